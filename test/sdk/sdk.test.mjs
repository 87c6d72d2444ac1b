// The official client, unchanged, against the gateway: the package "seam", and the newest
// version of the package that it is made of, which is another major version.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import * as newest from '@seamapi/http'
import * as official from 'seam'
import { Gateway } from './gateway.mjs'

const workspaces = { seam_one_abcdefgh: randomUUID(), seam_two_ijklmnop: randomUUID() }
const clients = { 'seam 1.225.0': { ...official, token: 'seam_one_abcdefgh' }, '@seamapi/http 2.32.0': { ...newest, token: 'seam_two_ijklmnop' } }
let gateway

before(async () => (gateway = await Gateway.start('credentials_sdk', workspaces)))
after(() => gateway?.close())

for (const [name, { SeamHttp, SeamHttpApiError, SeamHttpInvalidInputError, SeamHttpUnauthorizedError, token }] of Object.entries(clients)) {
  const workspace = workspaces[token]
  const identity = randomUUID()
  let seam, hotel, lobby, room, staff, jane, joe

  const names = (objects) => objects.map((object) => object.display_name).sort()
  const id = (text, values) => gateway.db.value(workspace, text, values)
  const apiError = (code, statusCode) => (error) => {
    assert.ok(error instanceof SeamHttpApiError, `${error}`)
    assert.ok(!(error instanceof SeamHttpInvalidInputError))
    assert.deepEqual([error.code, error.statusCode], [code, statusCode])
    if (statusCode !== 401 && code !== 'not_found') assert.equal(error.data.rule, code)
    assert.match(error.requestId, /^[0-9a-f-]{36}$/)
    return true
  }
  const invalid = (parameter, complaint) => (error) => {
    assert.ok(error instanceof SeamHttpInvalidInputError, `${error}`)
    assert.equal(error.statusCode, 400)
    assert.match(error.requestId, /^[0-9a-f-]{36}$/)
    assert.match(error.getValidationErrorMessages(parameter).join(), complaint)
    return true
  }
  const against = (rule, parameter) => (error) => {
    assert.equal(error.data?.rule, rule)
    return invalid(parameter, /./)(error)
  }
  const check = (title, run) => test(`${name}: ${title}`, run)

  check('has a system with doors, which nobody can make through the API', async () => {
    seam = new SeamHttp({ apiKey: token, endpoint: gateway.url })
    hotel = await id("SELECT acs_system_id FROM acs_systems_create('Hotel', connected_account_id => $1)", [randomUUID()])
    lobby = await id("SELECT acs_entrance_id FROM acs_entrances_create($1, 'Lobby')", [hotel])
    room = await id("SELECT acs_entrance_id FROM acs_entrances_create($1, 'Room 101')", [hotel])
    staff = await id("SELECT acs_access_group_id FROM acs_access_groups_create($1, 'Staff', ARRAY[$2]::uuid[])", [hotel, room])
  })

  check('systems.list, get', async () => {
    const [system] = await seam.acs.systems.list()
    assert.deepEqual([system.acs_system_id, system.name, system.workspace_id], [hotel, 'Hotel', workspace])
    assert.deepEqual(await seam.acs.systems.get({ acs_system_id: hotel }), system)
    await assert.rejects(seam.acs.systems.get({ acs_system_id: randomUUID() }), apiError('acs_system_not_found', 404))
  })

  check('entrances.list, get', async () => {
    assert.deepEqual(names(await seam.acs.entrances.list({ acs_system_id: hotel })), ['Lobby', 'Room 101'])
    assert.equal((await seam.acs.entrances.get({ acs_entrance_id: lobby })).display_name, 'Lobby')
    await assert.rejects(seam.acs.entrances.get({ acs_entrance_id: randomUUID() }), apiError('acs_entrance_not_found', 404))
  })

  check('users.create, get, list', async () => {
    jane = await seam.acs.users.create({ acs_system_id: hotel, full_name: 'Jane Doe', email_address: 'jane@example.com', user_identity_id: identity })
    joe = await seam.acs.users.create({
      acs_system_id: hotel,
      full_name: 'Joe Bloggs',
      phone_number: '+15555550100',
      acs_access_group_ids: [staff],
      access_schedule: { starts_at: '2024-03-01T10:40:00Z', ends_at: '2100-03-04T10:40:00+01:00' },
    })
    assert.deepEqual([jane.full_name, jane.email_address, jane.is_suspended, jane.is_managed], ['Jane Doe', 'jane@example.com', false, true])
    assert.deepEqual(joe.access_schedule, { starts_at: '2024-03-01T10:40:00.000Z', ends_at: '2100-03-04T09:40:00.000Z' })
    assert.deepEqual(await seam.acs.users.get({ acs_user_id: jane.acs_user_id }), jane)
    assert.deepEqual(await seam.acs.users.get({ user_identity_id: identity, acs_system_id: hotel }), jane)
    assert.deepEqual(names(await seam.acs.users.list({ acs_system_id: hotel })), ['Jane Doe', 'Joe Bloggs'])
    assert.deepEqual(names(await seam.acs.users.list({ search: 'BLOGGS' })), ['Joe Bloggs'])
    assert.deepEqual(names(await seam.acs.users.list({ user_identity_id: identity, created_before: '2100-01-01T00:00:00Z' })), ['Jane Doe'])
  })

  check('users.update', async () => {
    await seam.acs.users.update({ acs_user_id: joe.acs_user_id, full_name: 'Joseph Bloggs', access_schedule: null })
    const updated = await seam.acs.users.get({ acs_user_id: joe.acs_user_id })
    assert.deepEqual([updated.full_name, updated.phone_number, 'access_schedule' in updated], ['Joseph Bloggs', '+15555550100', false])
  })

  check('access groups', async () => {
    const [group] = await seam.acs.accessGroups.list({ acs_system_id: hotel })
    assert.deepEqual([group.acs_access_group_id, group.name], [staff, 'Staff'])
    assert.deepEqual(await seam.acs.accessGroups.get({ acs_access_group_id: staff }), group)
    await seam.acs.accessGroups.addUser({ acs_access_group_id: staff, acs_user_id: jane.acs_user_id })
    assert.deepEqual(names(await seam.acs.accessGroups.listUsers({ acs_access_group_id: staff })), ['Jane Doe', 'Joseph Bloggs'])
    await seam.acs.accessGroups.removeUser({ acs_access_group_id: staff, acs_user_id: jane.acs_user_id })
    await seam.acs.users.addToAccessGroup({ acs_user_id: jane.acs_user_id, acs_access_group_id: staff })
    assert.deepEqual(names(await seam.acs.accessGroups.list({ acs_user_id: jane.acs_user_id })), ['Staff'])
    assert.deepEqual(names(await seam.acs.accessGroups.listAccessibleEntrances({ acs_access_group_id: staff })), ['Room 101'])
    assert.deepEqual(names(await seam.acs.users.listAccessibleEntrances({ acs_user_id: jane.acs_user_id })), ['Room 101'])
    await seam.acs.users.removeFromAccessGroup({ acs_user_id: jane.acs_user_id, acs_access_group_id: staff })
    assert.deepEqual(names(await seam.acs.accessGroups.listUsers({ acs_access_group_id: staff })), ['Joseph Bloggs'])
    assert.deepEqual(await seam.acs.users.listAccessibleEntrances({ user_identity_id: identity, acs_system_id: hotel }), [])
  })

  let pin, card, key
  check('credentials.create: a code', async () => {
    pin = await seam.acs.credentials.create({
      acs_user_id: jane.acs_user_id,
      access_method: 'code',
      code: '824759',
      allowed_acs_entrance_ids: [lobby],
      starts_at: '2024-03-01T10:40:00Z',
      ends_at: '2100-03-04T10:40:00.000Z',
    })
    const { acs_user_id, acs_system_id, access_method, display_name, code, starts_at, ends_at, errors, warnings } = pin
    assert.deepEqual(
      [acs_user_id, acs_system_id, access_method, display_name, code, starts_at, ends_at, errors, warnings],
      [jane.acs_user_id, hotel, 'code', 'Code 82****', '824759', '2024-03-01T10:40:00.000Z', '2100-03-04T10:40:00.000Z', [], []],
    )
    const generated = await seam.acs.credentials.create({ acs_user_id: joe.acs_user_id, access_method: 'code' })
    assert.match(generated.code, /^\d{6}$/)
    await seam.acs.credentials.delete({ acs_credential_id: generated.acs_credential_id })
  })
  check('credentials.create: a card', async () => {
    card = await seam.acs.credentials.create({ acs_user_id: jane.acs_user_id, access_method: 'card', code: '123456' })
    assert.deepEqual([card.access_method, card.display_name, card.code], ['card', 'Card 123***', '123456'])
  })
  check('credentials.create: a mobile key', async () => {
    key = await seam.acs.credentials.create({
      user_identity_id: identity,
      acs_system_id: hotel,
      credential_manager_acs_system_id: hotel,
      access_method: 'mobile_key',
      is_multi_phone_sync_credential: true,
      visionline_metadata: { card_format: 'rfid48', override: true },
    })
    assert.deepEqual([key.access_method, key.display_name, key.code, key.is_multi_phone_sync_credential], ['mobile_key', 'Multi Phone Sync Credential', null, true])
    assert.equal(key.acs_user_id, jane.acs_user_id)
  })

  check('credentials.get, list', async () => {
    assert.deepEqual(await seam.acs.credentials.get({ acs_credential_id: pin.acs_credential_id }), pin)
    assert.deepEqual(await seam.acs.credentials.list({ acs_user_id: jane.acs_user_id }), [pin, card, key])
    assert.deepEqual(await seam.acs.credentials.list({ acs_system_id: hotel, is_multi_phone_sync_credential: true }), [key])
    assert.deepEqual(await seam.acs.credentials.list({ acs_system_id: hotel, is_multi_phone_sync_credential: false, search: 'code 82' }), [pin])
    assert.deepEqual(await seam.acs.credentials.list({ user_identity_id: identity, limit: 1 }), [pin])
    assert.deepEqual(await seam.acs.credentials.list({ created_before: '2024-01-01T00:00:00Z' }), [])
  })

  check('pages of a list', async () => {
    const pages = seam.createPaginator(seam.acs.credentials.list({ acs_user_id: jane.acs_user_id, limit: 2 }))
    const [first, { hasNextPage, nextPageCursor }] = await pages.firstPage()
    assert.deepEqual([first, hasNextPage], [[pin, card], true])
    const [second, end] = await pages.nextPage(nextPageCursor)
    assert.deepEqual([second, end.hasNextPage, end.nextPageCursor], [[key], false, null])
    assert.deepEqual(await pages.flattenToArray(), [pin, card, key])
    const sizes = []
    for await (const page of seam.createPaginator(seam.acs.credentials.list({ acs_user_id: jane.acs_user_id, limit: 1 }))) sizes.push(page.length)
    assert.deepEqual(sizes, [1, 1, 1])
    // as many users as make many pages; the last page is full
    for (let i = 0; i < 8; i++) await seam.acs.users.create({ acs_system_id: hotel, full_name: `Guest ${i}` })
    const users = await seam.createPaginator(seam.acs.users.list({ acs_system_id: hotel, limit: 5 })).flattenToArray()
    assert.deepEqual([users.length, new Set(users.map((user) => user.acs_user_id)).size], [10, 10])
    assert.deepEqual(await seam.createPaginator(seam.acs.entrances.list({ acs_system_id: hotel, limit: 1 })).flattenToArray().then(names), ['Lobby', 'Room 101'])
  })

  check('credentials.update', async () => {
    await seam.acs.credentials.update({ acs_credential_id: pin.acs_credential_id, code: '824760', ends_at: '2100-01-01T00:00:00Z' })
    pin = await seam.acs.credentials.get({ acs_credential_id: pin.acs_credential_id })
    assert.deepEqual([pin.code, pin.ends_at, pin.starts_at], ['824760', '2100-01-01T00:00:00.000Z', '2024-03-01T10:40:00.000Z'])
  })

  check('credentials.unassign, assign', async () => {
    const { acs_credential_id } = card
    await seam.acs.credentials.unassign({ acs_credential_id, acs_user_id: jane.acs_user_id })
    assert.ok(!('acs_user_id' in (await seam.acs.credentials.get({ acs_credential_id }))))
    await seam.acs.credentials.assign({ acs_credential_id, acs_user_id: joe.acs_user_id })
    assert.equal((await seam.acs.credentials.get({ acs_credential_id })).acs_user_id, joe.acs_user_id)
    await assert.rejects(seam.acs.credentials.assign({ acs_credential_id, acs_user_id: jane.acs_user_id }), against('already_assigned', 'acs_credential_id'))
    await assert.rejects(seam.acs.credentials.unassign({ acs_credential_id, acs_user_id: jane.acs_user_id }), against('user_mismatch', 'acs_user_id'))
  })

  check('where a credential opens', async () => {
    assert.deepEqual(names(await seam.acs.credentials.listAccessibleEntrances({ acs_credential_id: pin.acs_credential_id })), ['Lobby'])
    await seam.acs.entrances.grantAccess({ acs_entrance_id: room, acs_user_id: jane.acs_user_id })
    assert.deepEqual(names(await seam.acs.credentials.listAccessibleEntrances({ acs_credential_id: pin.acs_credential_id })), ['Lobby', 'Room 101'])
    assert.deepEqual(names(await seam.acs.entrances.listCredentialsWithAccess({ acs_entrance_id: lobby })), ['Code 82****'])
    assert.deepEqual(
      names(await seam.acs.entrances.listCredentialsWithAccess({ acs_entrance_id: room, include_if: ['visionline_metadata.is_valid'] })),
      ['Card 123***', 'Code 82****', 'Multi Phone Sync Credential'],
    )
    const open = async () => (await gateway.db.value(workspace, "SELECT (acs_access_check($1, 'code', '824760')).granted", [lobby]))
    assert.equal(await open(), true)
    await seam.acs.users.suspend({ acs_user_id: jane.acs_user_id })
    assert.equal((await seam.acs.users.get({ acs_user_id: jane.acs_user_id })).is_suspended, true)
    assert.equal(await open(), false)
    await seam.acs.users.unsuspend({ user_identity_id: identity, acs_system_id: hotel })
    assert.equal(await open(), true)
    await seam.acs.users.revokeAccessToAllEntrances({ acs_user_id: jane.acs_user_id })
    assert.equal(await open(), false)
    assert.deepEqual(await seam.acs.users.listAccessibleEntrances({ acs_user_id: jane.acs_user_id }), [])
  })

  check('an unreleased path: create_offline_code', async () => {
    const preview = new SeamHttp({ apiKey: token, endpoint: gateway.url, isUndocumentedApiEnabled: true })
    if (!preview.acs.credentials.createOfflineCode) return // left the client
    const once = await preview.acs.credentials.createOfflineCode({ acs_user_id: jane.acs_user_id, allowed_acs_entrance_id: lobby, is_one_time_use: true })
    assert.deepEqual([once.access_method, once.is_one_time_use], ['code', true])
    await seam.acs.credentials.delete({ acs_credential_id: once.acs_credential_id })
  })

  check('events.list, get', async () => {
    const [created] = await seam.events.list({ acs_user_id: jane.acs_user_id, event_type: 'acs_user.created', since: '2024-01-01T00:00:00Z' })
    assert.deepEqual([created.event_type, created.acs_user_id, created.acs_system_id, created.workspace_id], ['acs_user.created', jane.acs_user_id, hotel, workspace])
    assert.deepEqual(await seam.events.get({ event_id: created.event_id }), created)
    await assert.rejects(seam.events.get({ event_id: randomUUID() }), apiError('event_not_found', 404))
    await assert.rejects(seam.events.list({ between: ['2024-01-01T00:00:00Z'] }), against('invalid_filter', 'between'))
  })

  check('errors about what does not exist', async () => {
    const nobody = randomUUID()
    await assert.rejects(seam.acs.credentials.get({ acs_credential_id: nobody }), apiError('acs_credential_not_found', 404))
    await assert.rejects(seam.acs.credentials.delete({ acs_credential_id: nobody }), apiError('acs_credential_not_found', 404))
    await assert.rejects(seam.acs.users.get({ acs_user_id: nobody }), apiError('acs_user_not_found', 404))
    await assert.rejects(seam.acs.credentials.create({ acs_user_id: nobody, access_method: 'code' }), apiError('acs_user_not_found', 404))
    await assert.rejects(seam.acs.accessGroups.get({ acs_access_group_id: nobody }), apiError('acs_access_group_not_found', 404))
  })

  check('errors about what is against the rules', async () => {
    const create = (parameters) => seam.acs.credentials.create({ acs_user_id: jane.acs_user_id, access_method: 'code', ...parameters })
    await assert.rejects(create({ code: '824760' }), (error) => {
      assert.ok(!error.message.includes('824760'))
      return apiError('code_overlap', 409)(error)
    })
    await assert.rejects(create({ access_method: 'mobile_key', code: '824761' }), against('code_not_allowed', 'code'))
    await assert.rejects(create({ ends_at: '2001-01-01T00:00:00Z' }), against('window_in_the_past', 'ends_at'))
    await assert.rejects(create({ starts_at: '2100-01-02T00:00:00Z', ends_at: '2100-01-01T00:00:00Z' }), against('window_order', 'ends_at'))
    await assert.rejects(create({ acs_user_id: undefined }), against('user_required', 'acs_user_id'))
    await assert.rejects(seam.acs.credentials.list({ limit: 0 }), against('invalid_page', 'limit'))
  })

  check('errors about the form of a request', async () => {
    const create = (parameters) => seam.acs.credentials.create({ acs_user_id: jane.acs_user_id, access_method: 'code', ...parameters })
    await assert.rejects(create({ access_method: 'retina' }), invalid('access_method', /invalid/i))
    await assert.rejects(create({ code: '82475x' }), (error) => !`${error.message}${JSON.stringify(error)}`.includes('82475') && invalid('code', /invalid/i)(error))
    await assert.rejects(create({ acs_user_id: 'jane' }), invalid('acs_user_id', /uuid/i))
    await assert.rejects(create({ ends_at: 'tomorrow' }), invalid('ends_at', /datetime/i))
    await assert.rejects(create({ allowed_acs_entrance_ids: 'all' }), invalid('allowed_acs_entrance_ids', /uuid/i))
    await assert.rejects(create({ color: 'red' }), invalid('color', /unrecognized/i))
    await assert.rejects(create({ access_method: 'cloud_key' }), invalid('access_method', /invalid/i))
    await assert.rejects(seam.acs.credentials.list({ acs_user_id: null }), invalid('acs_user_id', /null/i))
    await assert.rejects(seam.acs.users.create({ acs_system_id: hotel, full_name: 'Jim', email_address: 'jim' }), invalid('email_address', /email/i))
    await assert.rejects(seam.acs.credentials.list({ limit: 'all' }), invalid('limit', /integer/i))
    await assert.rejects(seam.acs.users.update({ acs_user_id: jane.acs_user_id, access_schedule: { starts_at: 'now' } }), invalid('access_schedule', /datetime/i))
  })

  check('a token that is not known', async () => {
    const stranger = new SeamHttp({ apiKey: 'seam_other_abcdefgh', endpoint: gateway.url })
    await assert.rejects(stranger.acs.users.list(), (error) => error instanceof SeamHttpUnauthorizedError && apiError('unauthorized', 401)(error))
  })

  check('a path that is not served', async () => {
    await assert.rejects(seam.acs.entrances.unlock({ acs_entrance_id: lobby, acs_credential_id: pin.acs_credential_id }), apiError('not_found', 404))
    await assert.rejects(seam.devices.list(), apiError('not_found', 404))
  })

  check('credentials.delete', async () => {
    await seam.acs.credentials.delete({ acs_credential_id: pin.acs_credential_id })
    await assert.rejects(seam.acs.credentials.get({ acs_credential_id: pin.acs_credential_id }), apiError('acs_credential_not_found', 404))
    // its code is free again
    await seam.acs.credentials.create({ acs_user_id: jane.acs_user_id, access_method: 'code', code: '824760' })
  })

  check('users.delete, access groups.delete', async () => {
    await seam.acs.users.delete({ acs_user_id: joe.acs_user_id })
    await assert.rejects(seam.acs.credentials.get({ acs_credential_id: card.acs_credential_id }), apiError('acs_credential_not_found', 404))
    await seam.acs.users.delete({ user_identity_id: identity, acs_system_id: hotel })
    await assert.rejects(seam.acs.users.get({ acs_user_id: jane.acs_user_id }), apiError('acs_user_not_found', 404))
    await seam.acs.accessGroups.delete({ acs_access_group_id: staff })
    assert.deepEqual(await seam.acs.accessGroups.list({ acs_system_id: hotel }), [])
    assert.deepEqual(await seam.acs.credentials.list({ acs_system_id: hotel }), [])
  })

  check('nothing of the other workspace was ever seen', async () => {
    assert.equal((await seam.acs.systems.list()).length, 1)
    const others = Object.values(workspaces).find((other) => other !== workspace)
    const foreign = await gateway.db.value(others, "SELECT acs_system_id FROM acs_systems_create('Foreign')")
    await assert.rejects(seam.acs.systems.get({ acs_system_id: foreign }), apiError('acs_system_not_found', 404))
    await gateway.db.client.query('DELETE FROM acs_systems WHERE acs_system_id = $1', [foreign])
  })
}
