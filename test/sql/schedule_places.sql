-- What is open when, by the clocks of a place: acs_open_at, acs_schedule_next_change and
-- acs_schedule_windows, against a formulation in SQL that is none of theirs.
SET timezone = 'UTC';
SET datestyle = 'ISO';
SET intervalstyle = 'postgres';

---------------------------------------------------------------------------
-- The formulation in SQL
---------------------------------------------------------------------------

-- Hours of each kind of day, 1 to 7 as isodow, and 8 for holidays, in minutes from its midnight on.
CREATE FUNCTION pg_temp.hours(schedule text) RETURNS TABLE (kind int, from_minute int, to_minute int)
LANGUAGE sql IMMUTABLE AS $$
    WITH names (kind, name) AS (SELECT ordinality, name FROM unnest('{Mo,Tu,We,Th,Fr,Sa,Su,PH}'::text[]) WITH ORDINALITY AS name),
    rules AS (
        SELECT number, m[1] AS days, replace(m[2], '24/7', '00:00-24:00') AS hours
          FROM regexp_split_to_table(schedule, '; *') WITH ORDINALITY AS rule (text, number),
               regexp_match(rule.text, '^(?:([A-Z][-,A-Za-z]*) )?(.*)$') AS m),
    named AS (
        SELECT number, hours, day.kind
          FROM rules, regexp_split_to_table(coalesce(days, 'Mo-Su'), ',') AS item, names AS day,
               names AS first, names AS last
         WHERE first.name = split_part(item, '-', 1)
           AND last.name = CASE WHEN item ~ '-' THEN split_part(item, '-', 2) ELSE item END
           AND (day.kind = first.kind
                OR (day.kind < 8 AND first.kind < 8 AND (day.kind - first.kind + 7) % 7 <= (last.kind - first.kind + 7) % 7))),
    last_named AS (SELECT DISTINCT ON (kind) kind, hours FROM named ORDER BY kind, number DESC),
    spans AS (
        SELECT kind, 60 * m[1]::int + m[2]::int AS from_minute, 60 * m[3]::int + m[4]::int AS to_minute
          FROM last_named, regexp_matches(hours, '(\d\d):(\d\d)-(\d\d):(\d\d)', 'g') AS m)
    SELECT kind::int, from_minute, to_minute + CASE WHEN to_minute <= from_minute THEN 1440 ELSE 0 END FROM spans
    UNION ALL
    -- a rule for holidays that says off
    SELECT 8, -1, -1 FROM last_named WHERE kind = 8
$$;

CREATE TEMP TABLE questions (time_zone text, from_day date, until_day date, schedule text, holidays date[]);

-- The answer at each instant from one day to another, as many minutes apart.
CREATE FUNCTION pg_temp.answers(q questions, step int) RETURNS TABLE (at timestamptz, open boolean)
LANGUAGE sql STABLE AS $$
    WITH hours AS MATERIALIZED (SELECT * FROM pg_temp.hours(q.schedule)),
    clock AS (
        SELECT i.at, wall::date AS day, extract(hour FROM wall)::int * 60 + extract(minute FROM wall)::int AS minute
          FROM generate_series(q.from_day::timestamp AT TIME ZONE q.time_zone, q.until_day::timestamp AT TIME ZONE q.time_zone - interval '1 min',
                               step * interval '1 min') AS i (at), timezone(q.time_zone, i.at) AS wall),
    days AS (
        SELECT day,
               CASE WHEN day = ANY (q.holidays) AND EXISTS (SELECT FROM hours WHERE kind = 8) THEN 8 ELSE extract(isodow FROM day) END AS kind,
               CASE WHEN day - 1 = ANY (q.holidays) AND EXISTS (SELECT FROM hours WHERE kind = 8) THEN 8 ELSE extract(isodow FROM day - 1) END AS before
          FROM (SELECT DISTINCT day FROM clock) AS d),
    open AS (
        SELECT day, h.from_minute, h.to_minute FROM days JOIN hours AS h USING (kind)
        UNION ALL
        SELECT day, h.from_minute - 1440, h.to_minute - 1440 FROM days JOIN hours AS h ON h.kind = before),
    spans AS MATERIALIZED (SELECT day, range_agg(int4range(greatest(from_minute, 0), to_minute)) AS minutes
        FROM open WHERE to_minute > 0 GROUP BY day)
    SELECT at, coalesce(minute <@ minutes, false) FROM clock LEFT JOIN spans USING (day)
$$;

-- How often the functions say something else; the answers, and how often they change.
CREATE FUNCTION pg_temp.compare(q questions, step int)
RETURNS TABLE (instants bigint, changes bigint, wrong_answers bigint, wrong_windows bigint, wrong_changes bigint)
LANGUAGE sql STABLE AS $$
    WITH answers AS MATERIALIZED (
        SELECT at, open, open <> lag(open) OVER (ORDER BY at) AS changed FROM pg_temp.answers(q, step)),
    runs AS MATERIALIZED (
        SELECT at, open, lead(at) OVER (ORDER BY at) AS next
          FROM answers WHERE changed IS NOT false),
    windows AS MATERIALIZED (
        SELECT w FROM acs_schedule_windows(q.schedule, q.from_day::timestamp AT TIME ZONE q.time_zone, q.until_day::timestamp AT TIME ZONE q.time_zone,
                                           q.time_zone, q.holidays) AS w),
    expected AS (
        SELECT tstzrange(at, coalesce(next, q.until_day::timestamp AT TIME ZONE q.time_zone)) AS w FROM runs WHERE open)
    SELECT (SELECT count(*) FROM answers), (SELECT count(*) - 1 FROM runs),
           (SELECT count(*) FROM answers WHERE open <> acs_open_at(q.schedule, at, q.time_zone, q.holidays)),
           (SELECT count(*) FROM (TABLE windows EXCEPT ALL TABLE expected) AS more)
         + (SELECT count(*) FROM (TABLE expected EXCEPT ALL TABLE windows) AS less),
           -- asked at the beginning, in the middle and just before the end of what does not change
           (SELECT count(*) FROM runs, unnest(ARRAY[at, at + (next - at) / 2, next - interval '1 us']) AS t
             WHERE next IS NOT NULL
               AND acs_schedule_next_change(q.schedule, t, q.time_zone, q.holidays) IS DISTINCT FROM next)
$$;

---------------------------------------------------------------------------
-- Every minute of the days around a change of the clock, or of a zone
---------------------------------------------------------------------------

\set odd '\'Mo-Sa 00:07-02:29,23:31-01:03; Su 01:59-03:01; PH 02:13-02:47,22:00-00:33\''
INSERT INTO questions
    SELECT time_zone, day - 1, day + 2, schedule, ARRAY[day - 1, day + 1]
      FROM (VALUES ('Europe/Berlin', date '2024-03-31'), ('Europe/Berlin', '2024-10-27'),
                   ('America/New_York', '2024-03-10'), ('America/New_York', '2024-11-03'),
                   ('Australia/Lord_Howe', '2024-04-07'), ('Australia/Lord_Howe', '2024-10-06'),
                   ('Africa/Casablanca', '2024-03-10'), ('Africa/Casablanca', '2024-04-14'),
                   ('Asia/Kolkata', '2024-02-29'),
                   ('America/Sao_Paulo', '2018-11-04'),      -- midnight is skipped
                   ('America/Havana', '2024-11-03'),         -- the first hour of the day comes twice
                   ('Pacific/Apia', '2011-12-30'),           -- a day that was not
                   ('Europe/Moscow', '2011-03-27'), ('Europe/Moscow', '2014-10-26'),
                   ('Asia/Pyongyang', '2015-08-15'), ('Asia/Pyongyang', '2018-05-05'),
                   ('America/Caracas', '2016-05-01'),
                   ('Europe/Berlin', '2024-12-31'), ('UTC', '2023-12-31')) AS t (time_zone, day),
           (VALUES ('Mo-Su 02:00-03:00'), ('24/7; PH off'), (:odd)) AS s (schedule);
SELECT time_zone, from_day + 1 AS day, sum(instants) AS minutes, sum(changes) AS changes,
       sum(wrong_answers) AS wrong_answers, sum(wrong_windows) AS wrong_windows, sum(wrong_changes) AS wrong_changes
  FROM questions AS q, pg_temp.compare(q, 1)
 GROUP BY time_zone, from_day ORDER BY time_zone, from_day;

-- The same to look at: in spring 02:00-03:00 does not come, or half of it; in autumn it comes twice.
SELECT time_zone, day::date, lower(w) AS "from", upper(w) - lower(w) AS open
  FROM (VALUES ('Europe/Berlin', timestamp '2024-03-31'), ('Europe/Berlin', '2024-10-27'), ('Europe/Berlin', '2024-10-28'),
               ('Australia/Lord_Howe', '2024-10-06'), ('Australia/Lord_Howe', '2024-04-07')) AS t (time_zone, day)
  LEFT JOIN LATERAL acs_schedule_windows('02:00-03:00', day AT TIME ZONE time_zone, (day + interval '1 day') AT TIME ZONE time_zone, time_zone) AS w ON true;

---------------------------------------------------------------------------
-- Every quarter of an hour of years, with leap days, and holidays at their ends
---------------------------------------------------------------------------

TRUNCATE questions;
INSERT INTO questions
    SELECT time_zone, from_day, from_day + days, schedule,
           ARRAY(SELECT day::date FROM generate_series(from_day, from_day + days, '1 day') AS day
                  WHERE to_char(day, 'MM-DD') IN ('12-31', '01-01', '02-29', '03-01', '05-01', '12-24', '12-25'))
      FROM (VALUES ('Europe/Berlin', date '2023-06-01', 731, 'Mo-Fr 08:00-18:00; Sa 10:00-14:00; PH off'),
                   ('America/New_York', '2023-06-01', 731, 'Mo-Su 22:00-06:00; PH 20:00-02:30'),
                   ('Australia/Lord_Howe', '2023-06-01', 731, 'Fr-Mo 01:45-02:15,23:00-01:45'),
                   ('Africa/Casablanca', '2023-01-01', 731, 'Mo,We 08:00-12:00,13:00-17:00; Su 02:00-03:00; PH 00:00-24:00'),
                   ('Asia/Kolkata', '2023-12-01', 366, '24/7; PH off'),
                   ('Pacific/Apia', '2011-07-01', 366, 'Th-Fr 20:00-04:00; Sa off; PH 10:00-12:00'),
                   ('America/Caracas', '2015-12-01', 366, 'PH off; 24/7; Su 03:00-02:30')) AS t (time_zone, from_day, days, schedule);
SELECT time_zone, c.* FROM questions AS q, pg_temp.compare(q, 15) AS c;

---------------------------------------------------------------------------
-- Far away
---------------------------------------------------------------------------

-- open until the next holiday, however far, or for ever
SELECT what, acs_schedule_next_change(schedule, '2026-07-01', 'UTC', holidays) AS changes
  FROM (VALUES ('always', '24/7', '{}'::date[]), ('never', 'off', '{}'), ('holidays without a rule', '24/7', '{2026-12-25}'),
               ('a holiday', '24/7; PH off', '{2026-12-25}'), ('a past one', '24/7; PH off', '{2025-12-25}'),
               ('in 500 years', '24/7; PH off', '{2526-12-25, 2527-12-25}'), ('in any order', '24/7; PH off', '{2027-12-25, 2026-12-25}'),
               ('not the null', '24/7; PH off', '{NULL, 2026-12-25, NULL}'), ('no day', '24/7; PH off', '{infinity, -infinity, NULL}'),
               ('a day that no timestamp has', '24/7; PH off', '{5874897-12-31}'),
               ('after a year of holidays', 'Mo 08:00-12:00; PH off', ARRAY(SELECT generate_series('2026-07-01'::date, '2027-06-30', '1 day')::date))
       ) AS t (what, schedule, holidays);
-- the whole time that the server knows
SELECT acs_schedule_next_change('Mo 08:00-12:00', '294276-12-31 23:59:59.999999+00') AS last,
       acs_schedule_next_change('Mo 08:00-12:00', '294276-12-20 13:00:00+00') AS before_the_last,
       acs_schedule_next_change('Mo 08:00-12:00', '4714-11-24 00:00:00+00 BC', 'America/New_York') AS first;
-- clocks of far years, where the server's table of changes repeats itself
SELECT time_zone, count(*) AS wrong
  FROM (VALUES ('Europe/Berlin'), ('America/New_York')) AS z (time_zone), generate_series(2400, 2480) AS year,
       acs_schedule_windows('08:00-18:00', make_timestamptz(year, 1, 1, 0, 0, 0, 'UTC'), make_timestamptz(year + 1, 1, 1, 0, 0, 0, 'UTC'), time_zone) AS w
 WHERE (lower(w) AT TIME ZONE time_zone)::time <> '08:00' OR (upper(w) AT TIME ZONE time_zone)::time <> '18:00'
 GROUP BY time_zone;

-- clocks that were set by odd seconds, asked between two seconds before 2000
SELECT time_zone, t AT TIME ZONE time_zone AS clock, acs_open_at('23:00-24:00', t, time_zone) AS open,
       acs_schedule_next_change('23:00-24:00', t, time_zone) AT TIME ZONE time_zone AS changes
  FROM (VALUES ('Europe/Berlin', timestamptz '1893-03-31 23:06:32+00'), ('Africa/Monrovia', '1972-01-07 00:44:30+00')) AS z (time_zone, change),
       unnest(ARRAY[change - interval '0.5 s', change]) AS t
 ORDER BY time_zone, t;

---------------------------------------------------------------------------
-- Windows are cut off where they are asked for, and are none where that is nothing
---------------------------------------------------------------------------

SELECT what, w FROM (VALUES
    ('in a window', '2026-07-01 09:00'::timestamptz, '2026-07-01 10:30'::timestamptz),
    ('from its start', '2026-07-01 08:00', '2026-07-01 18:00'),
    ('from its end', '2026-07-01 18:00', '2026-07-02 08:00'),
    ('a microsecond of it', '2026-07-01 17:59:59.999999', '2026-07-02 08:00:00.000001'),
    ('an instant', '2026-07-01 12:00', '2026-07-01 12:00'),
    ('backwards', '2026-07-02 12:00', '2026-07-01 12:00')) AS t (what, a, b)
  LEFT JOIN LATERAL acs_schedule_windows('08:00-18:00', a, b) AS w ON true;
SELECT count(*), max(upper(w)) FROM acs_schedule_windows('08:00-18:00', '1926-07-01', '2026-07-01') AS w;
SELECT acs_schedule_windows('Mo-Fr 08:00-18:00', '2026-07-01', '2027-07-01') LIMIT 2;
