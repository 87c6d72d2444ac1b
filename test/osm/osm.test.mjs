// Schedules mean what OpenStreetMap's opening_hours means, as an independent implementation
// of it reads them: many texts, each at many instants. Two exceptions are documented, and not
// compared: holidays go before weekdays whatever the order of the rules, and a span past
// midnight is not cut by the rule of the next day. The same numbers each time.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { after, before, test } from 'node:test'
import OpeningHours from 'opening_hours'

const TEXTS = 3000
const INSTANTS = 25 // of each text
const DAY = 86400000
const FROM = Date.UTC(2024, 0, 1)
const DAYS = 1096

const database = 'credentials_osm'
const weekdays = ['Mo', 'Tu', 'We', 'Th', 'Fr', 'Sa', 'Su']
// Holidays are those that it knows of a place.
const berlin = { lat: 52.5, lon: 13.4, address: { country_code: 'de', state: 'Berlin' } }

const psql = (input) => execFileSync('psql', ['-XqAt', '-v', 'ON_ERROR_STOP=1', '-d', database], { input, maxBuffer: 1 << 28, encoding: 'utf8' })
const dateOf = (time) => new Date(time).toISOString().slice(0, 10)

let state = 824759
function random(n) {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0 // the low bits are poor
  return Math.floor((state / 2 ** 32) * n)
}
const one = (list) => list[random(list.length)]
const some = (max, make) => Array.from({ length: 1 + random(max) }, make)

// ---------- texts ----------

const twoDigits = (n) => String(n).padStart(2, '0')
const clock = (minute) => `${twoDigits(Math.floor(minute / 60))}:${twoDigits(minute % 60)}`

function makeSpan() {
  const minute = () => (random(3) ? random(24) * 60 : random(1440))
  const from = minute()
  const to = random(8) ? minute() : 1440
  return `${clock(from)}-${clock(from === to ? (to + 1) % 1440 : to)}`
}

function makeDays() {
  if (random(6) === 0) return 'PH'
  const first = random(7)
  return random(2) ? weekdays[first] : `${weekdays[first]}-${weekdays[(first + 1 + random(6)) % 7]}`
}

function makeRule() {
  const kind = random(12)
  if (kind === 0) return '24/7'
  const days = random(6) ? some(3, makeDays).join(',') + ' ' : ''
  return days + (kind < 3 ? 'off' : some(3, makeSpan).join(','))
}

const makeText = () => some(4, makeRule).join(one([';', '; ']))

// ---------- what is to be known of their rules, to tell where the exceptions apply ----------

function readDays(days) {
  if (!days) return [0, 1, 2, 3, 4, 5, 6]
  return days.split(',').flatMap((item) => {
    if (item === 'PH') return [7]
    const [first, last] = item.split('-').map((name) => weekdays.indexOf(name))
    return Array.from({ length: last === undefined ? 1 : ((last - first + 7) % 7) + 1 }, (_, i) => (first + i) % 7)
  })
}

// The days that a rule names, the ends of its spans, and how far it reaches into the next day.
function readRule(rule) {
  const [, days] = /^(?:([A-Z]\S*) )?/.exec(rule)
  const times = [...rule.matchAll(/(\d\d):(\d\d)/g)].map(([, hour, minute]) => hour * 60 + Number(minute))
  const spills = times.map((to, i) => (i % 2 && to < times[i - 1] ? to : 0))
  return { days: readDays(days), ends: [0, ...times], spill: Math.max(0, ...spills) }
}

const readRules = (text) => text.split(/; ?/).map(readRule)
const kindsOf = (day, holidays) => [(Math.floor(day / DAY) + 3) % 7, ...(holidays.has(dateOf(day)) ? [7] : [])]
const lastNaming = (rules, kind) => rules.findLastIndex((rule) => rule.days.includes(kind))

// The rule that a day follows, by our order.
function ruleOf(rules, day, holidays) {
  const [weekday, holiday] = kindsOf(day, holidays)
  return rules[lastNaming(rules, holiday)] ?? rules[lastNaming(rules, weekday)]
}

// Does a rule for the weekday stand after the one for holidays?
function isOrderException(rules, day, holidays) {
  const [weekday, holiday] = kindsOf(day, holidays)
  return lastNaming(rules, holiday) >= 0 && lastNaming(rules, weekday) > lastNaming(rules, holiday)
}

// Is it early on a day that follows another rule than yesterday, which goes past midnight? So
// does, for the other reading, a rule that was replaced yesterday and not today.
function isSpillException(rules, day, minute, holidays) {
  const today = ruleOf(rules, day, holidays)
  const yesterday = ruleOf(rules, day - DAY, holidays)
  return rules.some((rule) => minute < rule.spill && kindsOf(day - DAY, holidays).some((kind) => rule.days.includes(kind)) &&
    (rule === yesterday ? today && today !== yesterday : true))
}

function isException(rules, time, holidays) {
  const day = Math.floor(time / DAY) * DAY
  return isOrderException(rules, day, holidays) || isOrderException(rules, day - DAY, holidays) ||
    isSpillException(rules, day, (time - day) / 60000, holidays)
}

// ---------- asking both ----------

// On any day, and on every other one around a holiday; at any minute, and at or before the end of a span.
function makeInstant(rules) {
  const day = random(2) ? FROM + random(DAYS) * DAY : Date.parse(one([...holidays])) + (random(3) - 1) * DAY
  const minute = random(3) ? one(rules.flatMap((rule) => rule.ends)) - random(2) : random(1440)
  return day + minute * 60000
}

const holidays = new Set()
const texts = []
before(() => {
  execFileSync('dropdb', ['--if-exists', database], { stdio: 'ignore' })
  execFileSync('createdb', [database])
  psql('CREATE EXTENSION credentials')
  for (const [start] of new OpeningHours('PH 00:00-24:00', berlin).getOpenIntervals(new Date(FROM), new Date(FROM + DAYS * DAY)))
    holidays.add(dateOf(start.getTime()))
  while (texts.length < TEXTS) texts.push(makeText())
})
after(() => execFileSync('dropdb', [database]))

// Hours alone name every day, so they replace what is before them; that the other reading adds
// them is a fault it knows of (its issue 231), so there it gets the days.
const withDays = (text) => text.replace(/(; ?)(?=\d\d:)/g, '$1Mo-Su ')

// [text, instant, what it says, is it an exception?], for all texts
function ask(texts) {
  return texts.flatMap((text) => {
    const reading = new OpeningHours(withDays(text), berlin)
    const rules = readRules(text)
    return Array.from({ length: INSTANTS }, () => makeInstant(rules)).map((time) =>
      [text, new Date(time).toISOString(), reading.getState(new Date(time)), isException(rules, time, holidays)])
  })
}

// How many are compared, the first that differ, and how many exceptions do.
function compare(rows) {
  const quoted = `{${[...holidays]}}`
  const answer = psql(`SET timezone = 'UTC';
    CREATE TEMP TABLE answers (text text, at timestamptz, open boolean, is_exception boolean);
    COPY answers FROM STDIN;
${rows.map((row) => row.join('\t')).join('\n')}
\\.
    WITH differ AS (SELECT *, acs_open_at(text, at, 'UTC', '${quoted}') <> open AS differs FROM answers)
    SELECT json_build_object('compared', count(*) FILTER (WHERE NOT is_exception),
                             'different', count(*) FILTER (WHERE NOT is_exception AND differs),
                             'open', count(*) FILTER (WHERE NOT is_exception AND open),
                             'exceptions', count(*) FILTER (WHERE is_exception AND differs),
                             'examples', (SELECT json_agg(e) FROM (SELECT text, at, open FROM differ WHERE differs AND NOT is_exception LIMIT 5) AS e))
      FROM differ`)
  return JSON.parse(answer)
}

test('it knows the holidays of a place', () => {
  assert.ok(holidays.size > 25 && holidays.has('2025-12-25') && !holidays.has('2025-12-24'), [...holidays].join())
})

test('schedules as they are written', () => {
  const result = compare(ask(texts))
  assert.equal(result.different, 0, JSON.stringify(result.examples))
  assert.ok(result.compared > 0.8 * TEXTS * INSTANTS && result.open > result.compared / 5 && result.open < result.compared * 0.8, JSON.stringify(result))
  assert.ok(result.exceptions > 100, JSON.stringify(result))
})

test('schedules in canonical spelling', () => {
  const canonical = psql(`SELECT text::acs_schedule FROM unnest('{${texts.map((text) => `"${text}"`)}}'::text[]) AS text`).trim().split('\n')
  assert.equal(canonical.length, TEXTS)
  const result = compare(ask(canonical))
  assert.equal(result.different, 0, JSON.stringify(result.examples))
})
