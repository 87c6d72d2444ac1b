// Each object that the extension makes as JSON is one of the API's: it passes the zod model
// that the API's publisher ships. Models are strict here, so that a key that the API does not
// have is an error, too; inside of metadata, more than the API tells is no error.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { schemas } from '@seamapi/types/connect'
import { Database } from './database.mjs'

const workspace = '398d80b7-3f96-47c2-b85a-6f8ba21d07be'
const account = '33333333-3333-4333-8333-333333333333' // every model demands a connected account
const identity = '22222222-2222-4222-8222-222222222222'
let db
let hotel, manager, user, entrance, group

const value = (text, ...values) => db.value(workspace, text, values)
const issue = (args, ...values) => value(`SELECT acs_credential_json(c) FROM acs_credentials_create($1, ${args}) AS c`, user, ...values)

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

// The model of a credential allows the keys of the API only.
const credentialModel = schemas.acs_credential.strict()

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

test('entrance', async () => {
  // The API's entrances do not name their workspace, as all other objects do.
  const model = schemas.acs_entrance.extend({ workspace_id: schemas.acs_user.shape.workspace_id }).strict()
  assertModel(model, await value('SELECT acs_entrance_json(e) FROM acs_entrances_get($1) AS e', entrance))
})

test('access group', async () => {
  // A type of group is a brand's word ('pti_unit', 'salto_ks_access_group', ...); groups here are of no brand, and
  // nothing is ever pending, as what is stored is what counts.
  const model = schemas.acs_access_group
    .omit({ access_group_type: true, access_group_type_display_name: true, external_type: true, external_type_display_name: true, pending_mutations: true })
    .strict()
  assertModel(model, await value('SELECT acs_access_group_json(g) FROM acs_access_groups_get($1) AS g', group))
})

const systemModel = schemas.acs_system.strict()
test('system of a brand, and the credential manager', async () => {
  for (const id of [hotel, manager]) assertModel(systemModel, await value('SELECT acs_system_json(s) FROM acs_systems_get($1) AS s', id))
})

test('system of each built-in type', async (t) => {
  for (const { system_type } of await db.rows(workspace, 'SELECT system_type FROM acs_system_types WHERE is_builtin ORDER BY 1')) {
    const system = await value("SELECT acs_system_json(s) FROM acs_systems_create('System', $1, connected_account_id => $2) AS s", system_type, account)
    // "generic" is no brand, so it cannot be one of the model's.
    const model = system_type === 'generic' ? systemModel.omit({ external_type: true }).extend({ external_type: schemas.acs_credential.shape.display_name }) : systemModel
    await t.test(system_type, () => assertModel(model, system))
  }
})

test('events that the API has', async () => {
  const { acs_credential_id: id } = await issue("'card'")
  await value("SELECT acs_credentials_issue($1, 'A1')", id)
  await value("SELECT acs_credentials_issue($1, 'A1')", id)
  await value('SELECT acs_credentials_delete($1)', id)
  await value('SELECT acs_users_delete(acs_user_id) FROM acs_users_create($1, $2)', hotel, 'Joe Bloggs')
  await value('SELECT acs_access_groups_delete(acs_access_group_id) FROM acs_access_groups_create($1, $2)', hotel, 'Staff')
  const door = await value('SELECT acs_entrance_id FROM acs_entrances_create($1, $2)', hotel, 'Back door')
  await value('DELETE FROM acs_entrances WHERE acs_entrance_id = $1 RETURNING true', door)
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
