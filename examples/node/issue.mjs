// Issue a code, handle one that is taken, ask the door, revoke.
//   npm ci && PGDATABASE=mydb node issue.mjs        (with the extension on the search_path)
import pg from 'pg'

const pool = new pg.Pool()
const one = async (text, values) => (await pool.query(text, values)).rows[0]

// acs_credentials_create(), with the API's names as keys.
const create = (args) => {
  const names = Object.keys(args).map((name, i) => `${name} => $${i + 1}`)
  return one(`SELECT * FROM acs_credentials_create(${names.join(', ')})`, Object.values(args))
}

// The code wished for if it is free, else one of the system's choice.
const issue = (wish, args) =>
  create({ ...args, code: wish }).catch((error) => {
    if (error.constraint !== 'code_overlap') throw error
    console.log('refused:', error.constraint)
    return create(args)
  })

const check = (door, code, at) => one("SELECT granted, reason FROM acs_access_check($1, 'code', $2, at => $3)", [door, code, at])

const { acs_system_id: hotel } = await one("SELECT * FROM acs_systems_create('Hotel Bellevue')")
const { acs_entrance_id: door } = await one("SELECT * FROM acs_entrances_create($1, 'Room 101')", [hotel])
const { acs_user_id: jane } = await one('SELECT * FROM acs_users_create($1, $2)', [hotel, 'Jane Doe'])
const { acs_user_id: joe } = await one('SELECT * FROM acs_users_create($1, $2)', [hotel, 'Joe Bloggs'])

// create
const pin = await create({
  acs_user_id: jane,
  access_method: 'code',
  code: '824759',
  starts_at: '2099-07-01T15:00:00Z',
  ends_at: '2099-07-04T10:00:00Z',
  allowed_acs_entrance_ids: [door],
})
console.log('created:', pin.display_name)

// a code that is taken
const other = await issue('824759', { acs_user_id: joe, access_method: 'code', starts_at: '2099-07-03T15:00:00Z', ends_at: '2099-07-05T10:00:00Z' })
console.log('another code:', other.code !== '824759')

// check: a refusal is a row
console.log('during the stay:', await check(door, '824759', '2099-07-02T12:00:00Z'))
console.log('after it:', await check(door, '824759', '2099-07-04T10:00:00Z'))

// delete; and again is an error with a rule's name
await pool.query('SELECT acs_credentials_delete($1)', [pin.acs_credential_id])
console.log('deleted:', await check(door, '824759', '2099-07-02T12:00:00Z'))
await pool.query('SELECT acs_credentials_delete($1)', [pin.acs_credential_id]).catch((error) => console.log('again:', error.constraint))

await pool.end()
