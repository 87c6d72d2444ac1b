// The HTTP API in front of acs_request(): a bearer token names a workspace, and the
// database does the rest. Configured by the environment; see README.md.
import { createHash, randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import pg from 'pg'

const { HOST = '127.0.0.1', PORT = '8080', TOKENS = 'tokens.json', POOL_SIZE = '10', MAX_BODY = '1000000' } = process.env
const workspaces = new Map(Object.entries(JSON.parse(readFileSync(TOKENS, 'utf8'))))
const pool = new pg.Pool({ application_name: 'gateway', max: +POOL_SIZE, connectionTimeoutMillis: 5000, statement_timeout: 10000 })
pool.on('error', () => {}) // the pool replaces a connection that is lost,
pool.on('connect', (client) => client.on('error', () => {})) // and the query on it fails

class HttpError extends Error {
  constructor(status, type, message) {
    super(message)
    Object.assign(this, { status, type })
  }
}

function workspaceOf({ headers }) {
  const token = /^Bearer (.+)$/.exec(headers.authorization)?.[1] ?? ''
  const workspace = workspaces.get(createHash('sha256').update(token).digest('hex'))
  if (!workspace) throw new HttpError(401, 'unauthorized', 'unknown token')
  return workspace
}

// As the official client writes it: empty is null, repeated is a list.
function fromQuery(query) {
  const all = new URLSearchParams(query)
  all.delete('_strict') // a note to the parser
  return Object.fromEntries([...all.keys()].map((key) => [key, all.getAll(key).length > 1 ? all.getAll(key) : all.get(key) || null]))
}

// Whatever is text goes to the database, which says what is wrong with it.
async function bodyOf(request, query) {
  const chunks = []
  let length = 0
  for await (const chunk of request) {
    length += chunk.length
    if (length > +MAX_BODY) throw new HttpError(413, 'body_too_large', `body is longer than ${MAX_BODY}`)
    chunks.push(chunk)
  }
  try {
    const body = new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks))
    if (!body.includes('\0')) return body || JSON.stringify(fromQuery(query))
  } catch {}
  throw new HttpError(400, 'invalid_input', 'body is no text in UTF-8')
}

async function answer(request, id) {
  const workspace = workspaceOf(request)
  const [, path, query] = /^([^?]*)\??(.*)$/.exec(request.url)
  if (request.method === 'GET' && !/\/(get|list\w*|check)$/.test(path)) throw new HttpError(405, 'method_not_allowed', 'GET only reads')
  const body = await bodyOf(request, query)
  const client = await pool.connect()
  let lost
  try {
    await client.query('BEGIN')
    await client.query("SELECT set_config('credentials.workspace_id', $1, true)", [workspace])
    const { rows } = await client.query('SELECT status, response::text AS body FROM acs_request($1, $2::text, $3)', [path, body, id])
    await client.query('COMMIT')
    if (rows[0].status === 500) console.error(`${id}: the log of the database has it`)
    return rows[0]
  } catch (error) {
    await client.query('ROLLBACK').catch((e) => (lost = e))
    throw error
  } finally {
    client.release(lost)
  }
}

// What acs_request() does not answer itself. Of the classes of SQLSTATE, these may go better later:
// 08 connection, 25 standby, 40 conflict, 53 resources, 55 lock, 57 timeout or shutdown.
function problem(error, id) {
  if (error instanceof HttpError) return error
  console.error(`${id}: ${error.code ?? error.name}`) // the message might quote the body
  const later = !(error instanceof pg.DatabaseError) || /^(08|25|40|53|55|57)/.test(error.code)
  return later ? new HttpError(503, 'unavailable', 'try again later') : new HttpError(500, 'internal_error', 'internal error')
}

function answerOf({ status, type, message }, id) {
  const error = { type, message, request_id: id, ...(status === 400 && { validation_errors: { _errors: [message] } }) }
  return { status, body: JSON.stringify({ error, ok: false }) }
}

const server = createServer(async (request, response) => {
  const id = randomUUID()
  const { status, body } = await answer(request, id).catch((error) => answerOf(problem(error, id), id))
  const connection = server.listening && status !== 413 ? 'keep-alive' : 'close'
  response.writeHead(status, { 'content-type': 'application/json', 'seam-request-id': id, connection })
  response.end(body)
})

// Before anybody is let in: does the database answer, and may this role ask it?
async function tryDatabase() {
  const client = await pool.connect()
  try {
    await client.query('BEGIN')
    await client.query("SELECT set_config('credentials.workspace_id', '00000000-0000-0000-0000-000000000000', true)")
    await client.query(`SELECT status FROM acs_request('/acs/systems/list', '{"limit": 1}')`)
    await client.query('ROLLBACK')
  } finally {
    client.release(true)
  }
}
await tryDatabase().catch((error) => {
  console.error(`cannot serve: ${error.message || error.code}`)
  process.exit(1)
})
server.listen(+PORT, HOST, () => console.log(`listening on http://${HOST}:${server.address().port}`))

for (const signal of ['SIGTERM', 'SIGINT'])
  process.once(signal, () => {
    server.close(() => pool.end())
    server.closeIdleConnections()
  })
