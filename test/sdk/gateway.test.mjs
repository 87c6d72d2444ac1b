// What the gateway does itself: tokens, forms of HTTP, the pool, and stopping.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { connect } from 'node:net'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { Gateway } from './gateway.mjs'

const workspaces = { seam_one_abcdefgh: randomUUID(), seam_two_ijklmnop: randomUUID() }
const [token, otherToken] = Object.keys(workspaces)
const workspace = workspaces[token]
let gateway, hotel, jane

const value = (text, ...values) => gateway.db.value(workspace, text, values)

// A request, and what is true of every response.
async function send(method, path, body, headers = {}) {
  const response = await fetch(gateway.url + path, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    body: body === undefined || typeof body === 'string' || body instanceof Buffer ? body : JSON.stringify(body),
  })
  assert.match(response.headers.get('content-type'), /^application\/json/)
  assert.match(response.headers.get('seam-request-id'), /^[0-9a-f-]{36}$/)
  const json = await response.json()
  assert.equal(json.ok, response.status === 200)
  assert.equal(json.error?.request_id, json.ok ? undefined : response.headers.get('seam-request-id'))
  assert.equal(json.error !== undefined && 'validation_errors' in json.error, response.status === 400)
  return { status: response.status, type: json.error?.type, id: response.headers.get('seam-request-id'), json }
}
const post = (path, body, headers) => send('POST', path, body, headers)
const create = (code) => post('/acs/credentials/create', { acs_user_id: jane, access_method: 'code', code })

// What the server has to say to the gateway's sessions; the pool opens others.
const cutOff = () => value("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = 'gateway'")

// Runs while nobody can issue a credential, and a request that tries waits.
async function whileBlocked(code, run) {
  const blocker = new pg.Client({ database: 'credentials_gateway' })
  await blocker.connect()
  try {
    await blocker.query('BEGIN; LOCK TABLE "Doors & more".acs_credentials')
    const request = create(code)
    const waiting = () => value('SELECT count(*) FROM pg_locks WHERE NOT granted')
    request.catch(() => {}) // whoever waits for it sees the error
    for (let i = 0; i < 500 && (await waiting()) === '0'; i++) await sleep(20)
    await run(request)
    await blocker.query('COMMIT')
    return await request
  } finally {
    await blocker.end()
  }
}

before(async () => {
  gateway = await Gateway.start('credentials_gateway', workspaces, { MAX_BODY: '100000' }, 'Doors & more')
  hotel = await value("SELECT acs_system_id FROM acs_systems_create('Hotel')")
  jane = await value("SELECT acs_user_id FROM acs_users_create($1, 'Jane Doe')", hotel)
})
after(() => gateway?.close())

test('a token that is known, and no other', async () => {
  assert.equal((await post('/acs/systems/list')).status, 200)
  assert.equal((await post('/acs/systems/list', undefined, { authorization: `bearer ${token}`.replace('b', 'B') })).status, 200)
  for (const authorization of ['', token, `Basic ${token}`, `Bearer ${token}x`, 'Bearer ', 'Bearer', 'Bearer __proto__', 'Bearer constructor', `Bearer  ${token}`, `Bearer ${workspace}`]) {
    const { status, type } = await post('/acs/systems/list', {}, { authorization })
    assert.deepEqual([status, type], [401, 'unauthorized'], authorization)
  }
  assert.equal((await post('/no/such/path', {}, { authorization: '' })).status, 401)
})

test('every method takes a body', async () => {
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'])
    assert.equal((await send(method, '/acs/users/get', { acs_user_id: jane })).json.acs_user.full_name, 'Jane Doe')
  assert.equal((await post('/acs/systems/list')).json.acs_systems.length, 1) // none is an empty one
})

test('or a query string', async () => {
  assert.equal((await send('GET', `/acs/users/get?acs_user_id=${jane}`)).json.acs_user.full_name, 'Jane Doe')
  assert.equal((await send('DELETE', `/acs/users/get?acs_user_id=${jane}&_strict=true`)).json.acs_user.full_name, 'Jane Doe')
  const { json } = await send('GET', '/acs/credentials/list?limit=2&is_multi_phone_sync_credential=false&page_cursor=')
  assert.deepEqual(json.acs_credentials, [])
  assert.ok('acs_user_id' in (await send('GET', '/acs/credentials/list?acs_user_id=')).json.error.validation_errors) // null, and not everybody
  assert.ok('include_if' in (await send('GET', `/acs/entrances/list_credentials_with_access?acs_entrance_id=${jane}&include_if=`)).json.error.validation_errors)
  assert.ok('color' in (await send('GET', '/acs/systems/list?color=red')).json.error.validation_errors)
  assert.ok('limit' in (await send('GET', '/acs/systems/list?limit=1&limit=2')).json.error.validation_errors) // repeated: a list
  const ids = [randomUUID(), randomUUID()].map((id) => `allowed_acs_entrance_ids=${id}`).join('&')
  assert.equal((await send('POST', `/acs/credentials/create?acs_user_id=${jane}&access_method=code&${ids}`)).type, 'acs_entrance_not_found')
  assert.equal((await send('GET', '/acs/systems/list?__proto__=1')).type, 'invalid_input')
  assert.deepEqual((await send('GET', '/acs/systems/list?search=who%3F?')).json.acs_systems, []) // only the first ? is one
})

test('GET changes nothing', async () => {
  for (const path of ['/acs/users/delete', '/acs/credentials/create', '/acs/access/request', '/acs/users/suspend']) {
    const { status, type } = await send('GET', `${path}?acs_user_id=${jane}`)
    assert.deepEqual([status, type], [405, 'method_not_allowed'])
  }
  assert.equal((await send('GET', `/acs/users/get?acs_user_id=${jane}`)).json.acs_user.is_suspended, false)
})

test('a body that is no JSON object', async () => {
  for (const body of ['{', '{"acs_user_id": }', 'acs_user_id=1', '[]', '"x"', '1', 'null', '{"full_name": "\\u0000"}', '{"full_name": "\\ud800"}', '{"\\u0000": 1}', '\u0000', ' ', '{}\u0000', '{"full_name": 1e1000000}', '['.repeat(50000), Buffer.from([0xff]), Buffer.from('{"full_name": "\xe9"}', 'latin1')]) {
    const { status, type } = await post('/acs/users/create', body)
    assert.deepEqual([status, type], [400, 'invalid_input'], `${body.slice(0, 30)}`)
  }
  assert.equal((await send('GET', '/acs/systems/list?search=%00')).type, 'invalid_input')
  // what only looks like it
  const name = 'a \\u0000 \\ud800 "🔑" \u2028'
  const { json } = await post('/acs/users/create', { acs_system_id: hotel, full_name: name })
  assert.equal(json.acs_user.full_name, name)
  assert.equal(gateway.log, '')
})

test('parameters that are wrong are named', async () => {
  const { json, status } = await post('/acs/credentials/create', { acs_user_id: 'jane', code: '82475x' })
  assert.equal(status, 400)
  assert.deepEqual(Object.keys(json.error.validation_errors).sort(), ['_errors', 'access_method', 'acs_user_id', 'code'])
  assert.ok(!JSON.stringify(json).includes('82475'))
})

test('a body that is too long', async () => {
  const { status, type } = await post('/acs/users/create', { acs_system_id: hotel, full_name: 'x'.repeat(100000) })
  assert.deepEqual([status, type], [413, 'body_too_large'])
  assert.equal((await post('/acs/users/create', { acs_system_id: hotel, full_name: 'x'.repeat(99000) })).status, 200)
})

test('paths that are not served', async () => {
  for (const path of ['/', '//', '/acs', '/acs/users', '/acs/users/get/', '/acs/users/get%20', '/acs/users/../users/get2', '/ACS/USERS/GET', '/acs/users/get;x', '/acs/%00', "/acs/users/get'--", '/acs/events/list'])
    assert.deepEqual(await post(path, {}).then(({ status, type }) => [status, type]), [404, 'not_found'], path)
})

test('each status that there is', async () => {
  const ask = { acs_user_id: jane, access_method: 'code', code: '824758' }
  await value("SELECT acs_credentials_create($1, 'code', '824758')", jane)
  const statuses = {
    200: () => post('/acs/systems/list'),
    400: () => post('/acs/systems/list', { limit: 0 }),
    401: () => post('/acs/systems/list', {}, { authorization: '' }),
    404: () => post('/acs/users/get', { acs_user_id: randomUUID() }),
    405: () => send('GET', '/acs/systems/create?name=Hotel'),
    409: () => post('/acs/credentials/create', ask),
    413: () => post('/acs/systems/list', 'x'.repeat(100001)),
  }
  for (const [status, run] of Object.entries(statuses)) assert.equal((await run()).status, +status)
  // the others: 403 here, 500 and 503 below
  await gateway.db.client.query('REVOKE EXECUTE ON FUNCTION acs_systems_list FROM gateway')
  const { status, type } = await post('/acs/systems/list')
  await gateway.db.client.query('GRANT EXECUTE ON FUNCTION acs_systems_list TO gateway')
  assert.deepEqual([status, type], [403, 'forbidden'])
})

test('many at once: one of them gets the code', async () => {
  const results = await Promise.all(Array.from({ length: 40 }, () => create('824759')))
  const count = (status) => results.filter((result) => result.status === status).length
  assert.deepEqual([count(200), count(409)], [1, 39])
  assert.equal(new Set(results.map(({ id }) => id)).size, 40)
})

test('tenants take turns on the same connections', async () => {
  await gateway.db.value(workspaces[otherToken], "SELECT acs_systems_create('Palace')")
  const requests = Array.from({ length: 100 }, (_, i) => {
    const [name, authorization] = i % 2 ? ['Palace', `Bearer ${otherToken}`] : ['Hotel', `Bearer ${token}`]
    return post('/acs/systems/list', {}, { authorization }).then(({ json }) => assert.deepEqual(json.acs_systems.map((system) => system.name), [name]))
  })
  await Promise.all(requests)
  assert.ok((await value("SELECT count(*) FROM pg_stat_activity WHERE usename = 'gateway'")) <= 10)
  assert.equal((await post('/acs/users/get', { acs_user_id: jane }, { authorization: `Bearer ${otherToken}` })).status, 404)
})

test('the role can do no more than it has to', async () => {
  const client = new pg.Client({ database: 'credentials_gateway' })
  await client.connect()
  await client.query('SET search_path = "Doors & more"; SET SESSION AUTHORIZATION gateway')
  for (const statement of ['SELECT code FROM acs_credentials', "SELECT acs_events_purge('infinity')", 'DELETE FROM acs_users', 'CREATE TABLE t ()'])
    await assert.rejects(client.query(statement), { code: '42501' }, statement)
  await client.end()
})

test('a lost connection is replaced', async () => {
  assert.ok((await cutOff()) > 0)
  let status
  for (let i = 0; i < 20 && status !== 200; i++) {
    status = (await post('/acs/systems/list')).status
    assert.ok([200, 503].includes(status))
  }
  assert.equal(status, 200)
})

test('a connection that is lost in the middle of a request', async () => {
  const { status, type, id } = await whileBlocked('824760', async (request) => {
    await cutOff()
    await request
  })
  assert.deepEqual([status, type], [503, 'unavailable'])
  assert.match(gateway.log, new RegExp(id))
  assert.equal((await create('824760')).status, 200) // it was not stored, and can be tried again
})

test('a database that cannot be reached', async () => {
  await gateway.db.admin.query('ALTER DATABASE credentials_gateway ALLOW_CONNECTIONS false')
  await cutOff()
  await sleep(50)
  assert.deepEqual(await post('/acs/systems/list').then(({ status, type }) => [status, type]), [503, 'unavailable'])
  await gateway.db.admin.query('ALTER DATABASE credentials_gateway ALLOW_CONNECTIONS true')
  assert.equal((await post('/acs/systems/list')).status, 200)
})

test('what is wrong with the installation is nobody else’s business', async () => {
  await gateway.db.client.query('REVOKE EXECUTE ON FUNCTION acs_request(text, text, text) FROM gateway')
  const { status, type, json, id } = await create('824761')
  await gateway.db.client.query('GRANT EXECUTE ON FUNCTION acs_request(text, text, text) TO gateway')
  assert.deepEqual([status, type, json.error.message], [500, 'internal_error', 'internal error'])
  assert.ok(gateway.log.includes(`${id}: 42501`))
  await gateway.db.client.query('ALTER FUNCTION acs_systems_get RENAME TO gone')
  const { status: gone, id: goneId } = await post('/acs/systems/get', { acs_system_id: hotel })
  await gateway.db.client.query('ALTER FUNCTION gone RENAME TO acs_systems_get')
  assert.equal(gone, 500)
  assert.ok(gateway.log.includes(goneId))
})

test('a caller who leaves in the middle does no harm', async () => {
  const { port } = new URL(gateway.url)
  const socket = connect(+port, '127.0.0.1')
  socket.write(`POST /acs/users/create HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nContent-Length: 1000\r\n\r\n{"full_name"`)
  await sleep(50)
  socket.destroy()
  assert.equal((await post('/acs/systems/list')).status, 200)
})

test('it asks its database before it listens', () => {
  const cwd = fileURLToPath(new URL('../../examples/gateway/', import.meta.url))
  const start = (settings) => {
    const env = { ...process.env, PORT: '0', TOKENS: 'tokens.example.json', PGDATABASE: 'credentials_gateway', ...settings }
    const { status, stdout, stderr } = spawnSync(process.execPath, ['server.mjs'], { cwd, env, encoding: 'utf8', timeout: 30000 })
    return [status, stdout, stderr]
  }
  const [status, stdout, stderr] = start({ PGDATABASE: 'nowhere' })
  assert.deepEqual([status, stdout], [1, ''])
  assert.match(stderr, /cannot serve: database "nowhere" does not exist/)
  assert.match(start({ PGPORT: '1', PGHOST: '127.0.0.1' })[2], /cannot serve: .*ECONNREFUSED/)
  assert.match(start({ PGDATABASE: 'postgres' })[2], /cannot serve: function acs_request\(.*\) does not exist/)
})

test('no code was ever logged', () => assert.doesNotMatch(gateway.log, /8247/))

test('SIGTERM: requests in flight are answered, then it ends', async () => {
  let exit
  const { status } = await whileBlocked('824762', async () => {
    exit = gateway.stop()
    await sleep(200)
    await assert.rejects(fetch(gateway.url, { headers: { connection: 'close' } })) // no new ones
  })
  const answered = Date.now()
  assert.equal(status, 200)
  assert.equal(await exit, 0)
  assert.ok(Date.now() - answered < 2000)
  assert.equal(await value("SELECT count(*) FROM acs_credentials WHERE code = '824762'"), '1')
  assert.equal(await value("SELECT count(*) FROM pg_stat_activity WHERE usename = 'gateway'"), '0')
})
