// Each object that the extension makes as JSON is one of the API's: it passes the zod model
// that the API's publisher ships, and so does each answer of each path. Of single objects,
// models are strict here, so that a key that the API does not have is an error, too; inside of
// metadata, more than the API tells is no error.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { openapi, schemas } from '@seamapi/types/connect'
import { Database } from './database.mjs'

const workspace = '398d80b7-3f96-47c2-b85a-6f8ba21d07be'
const account = '33333333-3333-4333-8333-333333333333'
const identity = '22222222-2222-4222-8222-222222222222'
let db
let hotel, manager, user, entrance, group

const value = (text, ...values) => db.value(workspace, text, values)
const issue = (args, ...values) => value(`SELECT acs_credential_json(c) FROM acs_credentials_create($1, ${args}) AS c`, user, ...values)

const source = (path) => readFileSync(new URL(`../../src/${path}`, import.meta.url), 'utf8')

function assertModel(model, object) {
  const result = model.safeParse(object)
  assert.ok(result.success, JSON.stringify(result.error?.issues))
}

before(async () => {
  db = await Database.create('credentials_json_models')
  manager = await value("SELECT acs_system_id FROM acs_systems_create('Keys', 'assa_abloy_credential_service', connected_account_id => $1)", account)
  hotel = await value("SELECT acs_system_id FROM acs_systems_create('Hotel', 'visionline_system', $1, $2)", manager, account)
  entrance = await value("SELECT acs_entrance_id FROM acs_entrances_create($1, 'Lobby')", hotel)
  group = await value("SELECT acs_access_group_id FROM acs_access_groups_create($1, 'Staff', ARRAY[$2]::uuid[])", hotel, entrance)
  user = await value("SELECT acs_user_id FROM acs_users_create($1, 'Jane Doe', user_identity_id => $2)", hotel, identity)
})
after(() => db?.drop())

// The model of a credential allows the keys of the API only, and what it has beyond that.
const { acs_user_count: count, default_credential_manager_acs_system_id: optionalId, external_type_display_name: text } = schemas.acs_system.shape
const credentialModel = schemas.acs_credential
  .extend({ uses: count, max_uses: count, reference: text, allowed_acs_entrance_ids: schemas.acs_entrance.shape.space_ids.optional(), credential_manager_acs_system_id: optionalId })
  .strict()

test('card credential that waits to be issued', async () => {
  const card = await issue("'card', starts_at => '2100-03-01T10:40:00Z', ends_at => '2100-03-04T10:40:00Z', allowed_acs_entrance_ids => ARRAY[$2]::uuid[]", entrance)
  assertModel(credentialModel, card)
  assert.equal(card.is_issued, false)
  assert.equal(card.warnings[0].warning_code, 'waiting_to_be_issued')
  assert.equal(card.external_type, 'visionline_card')
})

test('card credential that was issued, and needs to be reissued', async () => {
  const { acs_credential_id: id } = await issue("'card', visionline_metadata => '{\"card_format\": \"rfid48\", \"override\": true}'")
  const issued = await value("SELECT acs_credential_json(c) FROM acs_credentials_issue($1, '164d29dc4a09b65f') AS c", id)
  assertModel(credentialModel, issued)
  assert.equal(issued.card_number, '164d29dc4a09b65f')
  assert.ok(issued.issued_at)
  const updated = await value("SELECT acs_credential_json(c) FROM acs_credentials_update($1, ends_at => '2100-01-01') AS c", id)
  assertModel(credentialModel, updated)
  assert.equal(updated.warnings[0].warning_code, 'needs_to_be_reissued')
})

test('multi-phone sync credential with a credential manager, and its copy on a phone', async () => {
  const key = await issue("'mobile_key', is_multi_phone_sync_credential => true, credential_manager_acs_system_id => $2, ends_at => '2100-01-01', visionline_metadata => '{\"cardFormat\": \"rfid48\", \"override\": true}'", manager)
  assertModel(credentialModel, key)
  assert.equal(key.code, null)
  const copy = await value("SELECT acs_credential_json(c) FROM acs_credentials_sync_to_phone($1, 'phone') AS c", key.acs_credential_id)
  assertModel(credentialModel, copy)
  assert.equal(copy.parent_acs_credential_id, key.acs_credential_id)
})

test('credential without a holder', async () => {
  const { acs_credential_id: id } = await issue("'card'")
  const card = await value('SELECT acs_credential_json(c) FROM acs_credentials_unassign($1) AS c', id)
  assertModel(credentialModel, card)
  assert.ok(!('acs_user_id' in card))
})

test('credentials of every built-in type', async (t) => {
  const types = await db.rows(workspace, "SELECT system_type, method FROM acs_system_types, unnest(coalesce(access_methods, '{code,card,mobile_key}')) AS method WHERE is_builtin ORDER BY 1, 2")
  assert.ok(types.length > 20)
  for (const { system_type, method } of types) {
    const system = await value("SELECT acs_system_id FROM acs_systems_create('System', $1, connected_account_id => $2)", system_type, account)
    const credential = await value(
      `SELECT acs_credential_json(c) FROM acs_users_create($1, 'Joe') AS u, acs_entrances_create($1, 'Door') AS e,
              acs_credentials_create(u.acs_user_id, $2::text, starts_at => '2100-01-01', ends_at => '2100-02-01', allowed_acs_entrance_ids => ARRAY[e.acs_entrance_id],
                                     is_multi_phone_sync_credential => $2::text = 'mobile_key') AS c`,
      system, method)
    await t.test(`${method} of ${system_type}`, () => assertModel(credentialModel, credential))
  }
})

// Users of this project have no metadata of brands, which are optional; pending mutations and the
// rest of the model hold for them as they are.
const userModel = schemas.acs_user.strict()
for (const [schedule, from, until] of [['without a schedule', null, null], ['with a schedule', '2100-01-01', '2100-02-01'], ['with a schedule without an end', '2100-01-01', null], ['with a schedule without a start', null, '2100-02-01']])
  test(`user ${schedule}`, async () => {
    const object = await value(
      `SELECT acs_user_json(u) FROM acs_users_create($1, 'Jane "JD" Döe', email_address => 'jane@example.com', phone_number => '+15555550100',
                                                     access_starts_at => $2, access_ends_at => $3) AS u`, hotel, from, until)
    assertModel(userModel, object)
    assert.equal('access_schedule' in object, from !== null || until !== null)
  })

test('user who is suspended', async () => {
  await value('SELECT acs_users_suspend($1)', user)
  const object = await value('SELECT acs_user_json(u) FROM acs_users_get($1) AS u', user)
  assertModel(userModel, object)
  assert.equal(object.is_suspended, true)
  assert.equal(object.user_identity_id, identity)
  await value('SELECT acs_users_unsuspend($1)', user)
})

// The API's entrances do not name their workspace, as all other objects do.
const modes = { mode: text, mode_until: text }
const entranceModel = schemas.acs_entrance.extend({ workspace_id: schemas.acs_user.shape.workspace_id, unlock_schedule: text, ...modes }).strict()
test('entrance', async () => {
  assertModel(entranceModel, await value('SELECT acs_entrance_json(e) FROM acs_entrances_get($1) AS e', entrance))
})

const groupModel = schemas.acs_access_group.extend({ schedule: text, enters_when_locked: schemas.acs_user.shape.is_suspended }).strict()
test('access group', async () => {
  assertModel(groupModel, await value('SELECT acs_access_group_json(g) FROM acs_access_groups_get($1) AS g', group))
})

const systemModel = schemas.acs_system.extend(modes).strict()
test('system of a brand, and the credential manager', async () => {
  for (const id of [hotel, manager]) assertModel(systemModel, await value('SELECT acs_system_json(s) FROM acs_systems_get($1) AS s', id))
})

// None was given an account.
test('what systems of each type have, and of a type of one’s own', async (t) => {
  await value("INSERT INTO acs_system_types (system_type, display_name, credential_type, credential_type_display_name) VALUES ('own', 'Own', 'own_card', 'Own card') RETURNING 1")
  const apiType = schemas.acs_system.shape.external_type
  for (const { system_type } of await db.rows(workspace, 'SELECT system_type FROM acs_system_types ORDER BY 1')) {
    const system = await value("SELECT acs_system_json(s) FROM acs_systems_create('System', $1) AS s", system_type)
    const make = (sql) => value(sql, system.acs_system_id)
    await t.test(system_type, async () => {
      assertModel(systemModel, system)
      assert.equal(system.connected_account_id, workspace)
      assert.equal(system.external_type, apiType.safeParse(system_type).success ? system_type : undefined)
      assertModel(userModel, await make("SELECT acs_user_json(u) FROM acs_users_create($1, 'Joe', 'no address') AS u"))
      assertModel(entranceModel, await make("SELECT acs_entrance_json(e) FROM acs_entrances_create($1, 'Door') AS e"))
      assertModel(groupModel, await make("SELECT acs_access_group_json(g) FROM acs_access_groups_create($1, 'Group') AS g"))
    })
  }
  const card = await value("SELECT acs_credential_json(c) FROM acs_systems_list() AS s, acs_users_list(s.acs_system_id) AS u, acs_credentials_create(u.acs_user_id, 'card') AS c WHERE system_type = 'own'")
  assertModel(credentialModel, card)
  assert.deepEqual([card.external_type, card.external_type_display_name], [undefined, 'Own card'])
})

test('external types of the schema are all known', () => {
  for (const { shape } of [schemas.acs_system, schemas.acs_credential])
    for (const word of shape.external_type.unwrap().options) assert.ok(source('api/http/brands.c').includes(`"${word}"`), word)
})

test('events that the API has', async () => {
  const { acs_credential_id: id } = await issue("'card'")
  await value("SELECT acs_credentials_issue($1, 'A1')", id)
  await value("SELECT acs_credentials_issue($1, 'A1')", id)
  await value('SELECT acs_credentials_delete($1)', id)
  await value('SELECT acs_users_delete(acs_user_id) FROM acs_users_create($1, $2)', hotel, 'Joe Bloggs')
  await value('SELECT acs_access_groups_delete(acs_access_group_id) FROM acs_access_groups_create($1, $2)', hotel, 'Staff')
  const door = await value('SELECT acs_entrance_id FROM acs_entrances_create($1, $2)', hotel, 'Back door')
  await value('SELECT acs_entrances_delete($1)', door)
  for (const type of ['acs_system.added', 'acs_entrance.added', 'acs_entrance.removed', 'acs_access_group.deleted',
    'acs_credential.issued', 'acs_credential.reissued', 'acs_credential.deleted', 'acs_user.created', 'acs_user.deleted']) {
    const event = await value('SELECT acs_event_json(e) FROM acs_events AS e WHERE event_type = $1 ORDER BY event_id DESC LIMIT 1', type)
    // The API's events do not say who did what, and what changed; nor does the model of an event of
    // a credential know its user. These are more than it has.
    const { actor, details, ...rest } = event
    assert.ok(actor && details)
    if (type.startsWith('acs_credential.')) delete rest.acs_user_id
    const option = schemas.seam_event.options.find((model) => model.shape.event_type.value === type)
    assertModel(option.strict(), rest)
  }
})

test('events that only this project has are like the others', async () => {
  // There is no model of acs_credential.created and the like in the API, so the one of deletions stands for them.
  const event = await value("SELECT acs_event_json(e) FROM acs_events AS e WHERE event_type = 'acs_credential.created' ORDER BY event_id DESC LIMIT 1")
  const model = schemas.seam_event.options.find(({ shape }) => shape.event_type.value === 'acs_credential.deleted').omit({ event_type: true })
  assert.ok(model.safeParse(event).success)
})

test('a time of the API passes where a date-time is demanded', async () => {
  const { created_at } = await issue("'card'")
  assert.match(created_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  assert.equal(new Date(created_at).toISOString(), created_at)
})

// Each path of the router is asked, and shows something.
test('each path answers as the API has it', async () => {
  const routes = [...source('api/http/routes.c').matchAll(/\{"(\/[a-z_/]+)", \w+, (?:"(\w+)"|NULL)/g)]
  const any = { safeParse: () => ({ success: true }) } // of which the API has none
  const events = new Map(schemas.seam_event.options.map((model) => [model.shape.event_type.value, model]))
  const event = { safeParse: (event) => (events.get(event.event_type) ?? any).safeParse(event) }
  const models = { ...schemas, acs_access_decision: any, event }
  const asked = new Set()
  const seen = new Set()

  const ask = async (path, body) => {
    const [{ status, response }] = await db.rows(workspace, 'SELECT * FROM acs_request($1, $2::text)', [path, JSON.stringify(body)])
    assert.equal(status, 200, `${path}: ${JSON.stringify(response)}`)
    const { ok, pagination, ...objects } = response
    assert.equal(ok, true)
    if (pagination) assertModel(schemas.pagination.strict(), pagination)
    for (const [key, value] of Object.entries(objects)) {
      const kind = Array.isArray(value) ? key.replace(/s$/, '') : key
      for (const object of [value].flat()) assertModel(models[kind], object)
      assert.ok([value].flat().length > 0, `${path} shows nothing`)
      seen.add(kind)
    }
    const { required = [] } = openapi.paths[path]?.post.responses[200].content['application/json'].schema ?? {}
    for (const key of required) assert.ok(key in response, `${path} has no ${key}`)
    asked.add(path)
    return Object.values(objects)[0]
  }
  const create = async (path, body) => {
    const [[key, id]] = Object.entries(await ask(path, body)) // the id is the first member
    return { [key]: id }
  }

  const keys = await create('/acs/systems/create', { name: 'Keys' })
  const house = await create('/acs/systems/create', { name: 'House', default_credential_manager_acs_system_id: keys.acs_system_id })
  await ask('/acs/systems/get', house)
  await ask('/acs/systems/list', { search: 'House', limit: 1 })
  assert.deepEqual((await ask('/acs/systems/update', { ...house, time_zone: 'Europe/Berlin' })).location, { time_zone: 'Europe/Berlin' })
  await ask('/acs/systems/list_compatible_credential_manager_acs_systems', house)
  await ask('/acs/holidays/add', { ...house, day: '2100-12-25', name: 'Christmas' })
  await ask('/acs/holidays/remove', { ...house, day: '2100-12-25' })
  await ask('/acs/systems/delete', await create('/acs/systems/create', { name: 'Shed', time_zone: 'Asia/Tokyo' }))

  const door = await create('/acs/entrances/create', { ...house, display_name: 'Door' })
  const gate = await create('/acs/entrances/create', { ...house, display_name: 'Gate', can_unlock_with_code: false })
  await ask('/acs/entrances/get', door)
  await ask('/acs/entrances/list', { ...house, limit: 1 })
  await ask('/acs/entrances/update', { ...gate, display_name: 'Main gate' })
  await ask('/acs/entrances/reset_lockout', gate)
  await ask('/acs/entrances/set_mode', { ...gate, mode: 'controlled' })
  await ask('/acs/systems/set_mode', { ...house, mode: 'controlled' })

  const staff = await create('/acs/access_groups/create', { ...house, name: 'Staff', acs_entrance_ids: [gate.acs_entrance_id] })
  await ask('/acs/access_groups/get', staff)
  await ask('/acs/access_groups/list', house)
  await ask('/acs/access_groups/update', { ...staff, name: 'Night staff' })
  await ask('/acs/access_groups/add_entrance', { ...staff, ...door })
  await ask('/acs/access_groups/remove_entrance', { ...staff, ...door })
  await ask('/acs/access_groups/list_accessible_entrances', staff)

  const window = { starts_at: '2024-03-01T10:40:00Z', ends_at: '2100-03-04T10:40:00Z' }
  const ann = await create('/acs/users/create', {
    ...house,
    full_name: 'Ann',
    email: 'ann@example.com',
    phone_number: '+15555550100',
    user_identity_id: identity,
    acs_access_group_ids: [staff.acs_access_group_id],
    access_schedule: window,
  })
  const bob = await create('/acs/users/create', { ...house, full_name: 'Bob' })
  await ask('/acs/users/get', { user_identity_id: identity, ...house })
  await ask('/acs/users/list', { ...house, limit: 1 })
  await ask('/acs/users/update', { ...bob, full_name: 'Robert', access_schedule: { ...window, ends_at: null } })
  await ask('/acs/users/suspend', bob)
  await ask('/acs/users/unsuspend', bob)
  await ask('/acs/users/add_to_access_group', { ...bob, ...staff })
  await ask('/acs/access_groups/list_users', staff)
  await ask('/acs/users/remove_from_access_group', { ...bob, ...staff })
  await ask('/acs/access_groups/add_user', { ...bob, ...staff })
  await ask('/acs/access_groups/remove_user', { ...bob, ...staff })
  await ask('/acs/users/list_accessible_entrances', ann)

  const pin = await create('/acs/credentials/create', { ...ann, max_uses: 10, access_method: 'code', allowed_acs_entrance_ids: [door.acs_entrance_id], ...window })
  const card = await create('/acs/credentials/create', { ...ann, access_method: 'card', code: '123456', visionline_metadata: { override: true, card_format: 'rfid48' } })
  const key = await create('/acs/credentials/create', { ...ann, access_method: 'mobile_key', is_multi_phone_sync_credential: true, credential_manager_acs_system_id: keys.acs_system_id })
  await ask('/acs/credentials/get', pin)
  await ask('/acs/credentials/list', { ...ann, limit: 2 })
  await ask('/acs/credentials/list_accessible_entrances', pin)
  await ask('/acs/credentials/update', { ...pin, code: '824769', ends_at: '2100-01-01T00:00:00Z' })
  await ask('/acs/credentials/create_offline_code', { ...bob, allowed_acs_entrance_id: door.acs_entrance_id, is_one_time_use: true })
  await ask('/acs/credentials/regenerate_code', pin)
  await ask('/acs/credentials/issue', { ...card, card_number: '04A22C1B' })
  await ask('/acs/credentials/disable', { ...card, reason: 'lost' })
  await ask('/acs/credentials/enable', { ...card, reason: 'lost' })
  await ask('/acs/credentials/unassign', { ...card, ...ann })
  await ask('/acs/credentials/assign', { ...card, ...bob })
  await ask('/acs/credentials/sync_to_phone', { ...key, phone_id: 'phone' })
  await ask('/acs/entrances/grant_access', { ...door, ...bob })
  await ask('/acs/entrances/revoke_access', { ...door, ...bob })
  await ask('/acs/entrances/list_credentials_with_access', { ...gate, include_if: ['visionline_metadata.is_valid'] })
  await ask('/acs/systems/list', { connected_account_id: workspace }) // that of a system that was given none
  await ask('/acs/entrances/list', { connected_account_id: workspace, acs_entrance_ids: [door.acs_entrance_id] })
  await ask('/acs/access_groups/list', { user_identity_id: identity })
  await ask('/acs/access/check', { ...door, access_method: 'code', code: '824769' })
  await ask('/acs/access/request', { ...door, access_method: 'code', code: '824769' })

  const [{ event_id }] = await ask('/events/list', { ...ann, since: '2024-01-01T00:00:00Z', limit: 2 })
  await ask('/events/get', { event_id })

  await ask('/acs/users/revoke_access_to_all_entrances', bob)
  await ask('/acs/credentials/delete', card)
  await ask('/acs/access_groups/delete', staff)
  await ask('/acs/entrances/delete', gate)
  await ask('/acs/users/delete', bob)

  assert.ok(routes.length > 40)
  assert.deepEqual([...asked].sort(), routes.map(([, path]) => path).sort())
  assert.deepEqual([...seen].sort(), [...new Set(routes.map(([, , object]) => object).filter(Boolean))].sort())
})

// What has no meaning here is refused, as a filter that is not heeded would show too much.
test('each parameter that the API has, and that means something here', async () => {
  const meaningless = ['customer_key', 'location_id', 'space_id', 'hid_acs_system_id', 'user_identity_email_address', 'user_identity_phone_number',
    'access_code_id', 'access_code_ids', 'access_grant_id', 'access_grant_ids', 'access_method_id', 'access_method_ids', 'acs_encoder_id', 'connect_webview_id', 'event_type', 'device_id', 'device_ids', 'space_ids', 'unstable_offset']
  const parametersOf = (schema) => [...Object.keys(schema.properties ?? {}), ...[...(schema.allOf ?? []), ...(schema.oneOf ?? []), ...(schema.anyOf ?? [])].flatMap(parametersOf)]
  const unknown = new Set()
  for (const [, path] of source('api/http/routes.c').matchAll(/\{"(\/[a-z_/]+)",/g)) {
    const parameters = parametersOf(openapi.paths[path]?.post.requestBody?.content['application/json'].schema ?? {})
    const [{ response }] = await db.rows(workspace, 'SELECT response FROM acs_request($1, $2::text)', [path, JSON.stringify({ ...Object.fromEntries(parameters.map((name) => [name, null])), '': null })])
    for (const name of parameters) if (/Unrecognized/.test(response.error.validation_errors[name]?._errors[0])) unknown.add(name)
  }
  assert.deepEqual([...unknown].filter((name) => !meaningless.includes(name)), [])
})

// All that the tests above have done was told. Of the union's types about access systems, all but those
// of what is not here: connections, encoders, and a vendor that invalidates a credential.
test('events of types that the API has are the API’s', async () => {
  const gone = await value("SELECT acs_entrance_id FROM acs_entrances_create($1, 'Gone')", hotel)
  await value('DELETE FROM acs_entrances WHERE acs_entrance_id = $1 RETURNING 1', gone)
  const models = new Map(schemas.seam_event.options.map((model) => [model.shape.event_type.value, model]))
  const rows = await db.rows(workspace, 'SELECT acs_event_json(e) AS event FROM acs_events AS e WHERE workspace_id = acs_workspace_id()')
  const events = rows.map(({ event }) => event).filter(({ event_type }) => models.has(event_type))
  for (const event of events) assertModel(models.get(event.event_type), event)
  const told = new Set(events.map(({ event_type }) => event_type))
  const untold = [...models.keys()].filter((type) => type.startsWith('acs_') && !told.has(type))
  assert.deepEqual(untold.sort(), ['acs_credential.invalidated', 'acs_encoder.added', 'acs_encoder.removed', 'acs_system.connected', 'acs_system.disconnected'])
})

// Of the rules whose SQLSTATE says that the request is wrong; a mapping is of a trigger, system
// types are changed by SQL, and following the log, purging it and the windows of a schedule are no paths.
test('each rule that a request can break is about a parameter', () => {
  const rules = [...source('errors.c').matchAll(/\[RULE_(\w+)\] = \{(INVALID|ERRCODE_CHECK_VIOLATION)/g)].map(([, rule]) => rule)
  const untold = rules.filter((rule) => !source('api/http/complaints.c').includes(`{RULE_${rule},`))
  assert.ok(rules.length > 30)
  assert.deepEqual(untold.sort(), ['CURSOR_AHEAD', 'INVALID_BATCH', 'INVALID_CURSOR', 'INVALID_RANGE', 'SYSTEM_TYPE_IN_USE', 'USER_MAPPING'])
})
