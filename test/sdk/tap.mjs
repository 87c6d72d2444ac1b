// Reporter of node:test: TAP without the YAML blocks of the built-in one, which prove cannot read.
export default async function* tap(source) {
  let number = 0
  const diagnose = (text) => String(text).replace(/^/gm, '# ') + '\n'
  for await (const { type, data } of source) {
    if (type !== 'test:pass' && type !== 'test:fail') continue
    const bad = type === 'test:fail'
    if (data.nesting === 0) yield `${bad ? 'not ok' : 'ok'} ${++number} - ${data.name.replaceAll('#', '\\#')}\n`
    if (bad) yield diagnose(data.nesting > 0 ? `${data.name}:` : '') + diagnose((data.details.error.cause ?? data.details.error).stack ?? data.details.error)
  }
  yield `1..${number}\n`
}
