-- acs_schedule: a week of opening hours, in one canonical spelling.
SET timezone = 'UTC';

SELECT schedule::acs_schedule
  FROM (VALUES ('Mo-Fr 08:00-18:00; Sa 10:00-14:00; PH off'), ('24/7'), ('24/7; PH off'), ('Mo-Su 22:00-06:00'),
               ('Fr-Mo 08:00-12:00'), ('Mo,We 08:00-12:00,13:00-17:00'), ('PH,Su off'), ('off'), ('08:00-12:00'),
               ('PH off;Mo-Fr 08:00-18:00 ; We 12:00-13:00,12:30-00:00')) AS t (schedule);

---------------------------------------------------------------------------
-- Whatever else is refused; the error tells the position, and not the input
---------------------------------------------------------------------------

CREATE TEMP TABLE bad (what text, input text);
INSERT INTO bad VALUES
    ('empty', ''),
    ('days without hours', 'Mo-Fr'),
    ('days without hours before a rule', 'Mo-Fr; Sa 10:00-14:00'),
    ('equal ends', 'Mo 08:00-08:00'),
    ('24:00 as a start', 'Mo 24:00-08:00'),
    ('hours past 24', 'Mo 22:00-26:00'),
    ('off with hours', 'Mo 08:00-12:00 off'),
    ('off before hours', 'Mo off 08:00-12:00'),
    ('PH beside a weekday', 'PH Mo 08:00-12:00'),
    ('a weekday beside PH', 'Mo PH 08:00-12:00'),
    ('SH', 'SH off'),
    ('a month', 'Jan Mo 08:00-12:00'),
    ('a date', 'Dec 25 off'),
    ('a year', '2026 Mo 08:00-12:00'),
    ('a comment', 'Mo 08:00-12:00 "not at noon"'),
    ('no such day', 'Xx 08:00-12:00'),
    ('no such minute', 'Mo 08:00-12:60'),
    ('one digit', 'Mo 8:00-12:00'),
    ('seconds', 'Mo 08:00:00-12:00:00'),
    ('sunset', 'Mo 08:00-sunset'),
    ('a rule too few', 'Mo 08:00-12:00;'),
    ('a dash that is none', 'Mo–Fr 08:00-12:00'),
    ('a newline', E'Mo 08:00-12:00\n'),
    ('a code', '824759'),
    ('very long', repeat('Mo 08:00-12:00; ', 10000) || '?');
SELECT fails($$SELECT 'Mo-Fr'::acs_schedule$$);
SELECT what, split_part(error, ' | ', 1) AS error, split_part(error, ' | ', 3) AS detail
  FROM bad, LATERAL (SELECT fails(format('SELECT %L::acs_schedule', input))) AS f (error);
-- the casts from text and varchar refuse the same
SELECT what FROM bad
 WHERE fails(format('SELECT %L::acs_schedule', input)) <> fails(format('SELECT %L::text::acs_schedule', input))
    OR fails(format('SELECT %L::acs_schedule', input)) <> fails(format('SELECT %L::varchar::acs_schedule', input));

-- Soft errors, where the server has them (16 and later).
SELECT current_setting('server_version_num')::int >= 160000 AS has_soft_errors \gset
\if :has_soft_errors
SELECT pg_input_is_valid('24/7', 'acs_schedule') AS good, pg_input_is_valid('24/8', 'acs_schedule') AS bad,
       (SELECT bool_or(pg_input_is_valid(input, 'acs_schedule')) FROM bad) AS any_bad,
       (SELECT concat_ws(' | ', sql_error_code || ' acs_schedule', message, detail, hint)
          FROM pg_input_error_info('24/8', 'acs_schedule')) AS error \gset
\else
SELECT true AS good, false AS bad, false AS any_bad, fails($$SELECT '24/8'::acs_schedule$$) AS error \gset
\endif
SELECT :'good' AS good, :'bad' AS bad, :'any_bad' AS any_bad, :'error' AS error;

---------------------------------------------------------------------------
-- Binary is the same characters, and is read as text is
---------------------------------------------------------------------------

\getenv directory PG_ABS_BUILDDIR
\set file :directory '/results/schedule.bin'
CREATE TEMP TABLE schedules (schedule acs_schedule);
INSERT INTO schedules VALUES ('Mo-Fr 08:00-18:00; PH off'), ('24/7'), ('off'), (NULL);
-- every second minute of a week whose days differ
INSERT INTO schedules
    SELECT string_agg(day || hours, '; ' ORDER BY number)
      FROM unnest('{Mo,Tu,We,Th,Fr,Sa,Su}'::text[]) WITH ORDINALITY AS days (day, number),
           LATERAL (SELECT string_agg(to_char(time '00:00' + m * interval '1 min', 'HH24:MI-') ||
                                      to_char(time '00:00' + (m + 1) * interval '1 min', 'HH24:MI'), ',' ORDER BY m)
                      FROM generate_series(number * 2, 1438, 2) AS m) AS spans (s),
           LATERAL (SELECT ' ' || s) AS h (hours);
SELECT max(length(schedule::text)) AS longest FROM schedules;
SELECT pg_relation_size(reltoastrelid) > 0 AS out_of_line FROM pg_class WHERE oid = 'schedules'::regclass;
COPY schedules TO STDOUT (FORMAT binary) \g :file
CREATE TEMP TABLE copies (schedule acs_schedule);
\set load '\\copy copies FROM ' :'file' ' (FORMAT binary)'
:load
SELECT count(*) AS copied, count(schedule) AS schedules FROM copies;
SELECT left(schedule::text, 40) FROM schedules EXCEPT ALL SELECT left(schedule::text, 40) FROM copies;
SELECT count(*) AS equal FROM schedules JOIN copies USING (schedule);

-- One row of one column, of a program, as in the test of acs_code.
CREATE FUNCTION pg_temp.receive(bytes bytea) RETURNS text LANGUAGE sql RETURN
    fails(format('COPY copies FROM PROGRAM %L (FORMAT binary)', format('echo %s | base64 -d', translate(encode(
        '\x5047434f50590aff0d0a00 00000000 00000000 0001' || int4send(length(bytes)) || bytes || '\xffff', 'base64'), E'\n', ''))));
SELECT what, pg_temp.receive(input)
  FROM (VALUES ('another spelling', 'Mo-Su 00:00-24:00'::bytea),
               ('nothing', ''),
               ('a letter too much', '24/7x'),
               ('a zero byte', '\x32342f0037'),
               ('a zero byte at the end', '\x32342f3700'),
               ('not UTF-8', '\x32342f37ff')) AS t (what, input);
SELECT schedule, count(*) FROM copies WHERE schedule = '24/7' GROUP BY schedule;
-- by the same rules as text
SELECT what FROM bad
 WHERE length(input) < 1000
   AND fails(format('SELECT %L::acs_schedule', input)) <> pg_temp.receive(convert_to(input, 'UTF8'));

---------------------------------------------------------------------------
-- Equal is what has the same hours on every day
---------------------------------------------------------------------------

SELECT a, b, a::acs_schedule = b::acs_schedule AS eq, a::acs_schedule <> b::acs_schedule AS ne,
       acs_schedule_hash(a) = acs_schedule_hash(b) AS same_hash
  FROM (VALUES ('24/7', 'Mo-Su 00:00-24:00'),
               ('24/7', '24/7; PH off'),
               ('24/7; PH off', 'PH off;24/7'),
               ('Mo-We 08:00-12:00', 'Mo 08:00-10:00,10:00-12:00; Tu-We 08:00-12:00'),
               ('Mo 20:00-02:00', 'Mo 20:00-24:00; Tu 00:00-02:00'),
               ('PH,Su off', 'off')) AS pairs (a, b);
SELECT left(fails($$SELECT acs_schedule '24/7' < acs_schedule 'off'$$), 5) AS has_no_order;

CREATE TEMP TABLE many AS
    SELECT format('%s 0%s:00-1%s:00', day, i % 10, i % 7) AS text,
           format('%s 0%s:00-12:00; %s 0%s:00-1%s:00', day, i % 3, day, i % 10, i % 7)::acs_schedule AS schedule
      FROM generate_series(1, 2000) AS i, unnest('{Mo,Tu,Mo-Tu}'::text[]) AS day;
SELECT count(*) AS wrong FROM many WHERE schedule::text <> text;
SELECT count(*) AS wrong FROM many a, (SELECT DISTINCT text, schedule FROM many) b
 WHERE (a.schedule = b.schedule) <> (a.text = b.text) OR (a.schedule <> b.schedule) <> (a.text <> b.text);
SELECT count(*) AS wrong FROM many
 WHERE acs_schedule_hash(schedule)::bit(32) <> acs_schedule_hash_extended(schedule, 0)::bit(32);

---------------------------------------------------------------------------
-- Everything that groups, joins and looks up
---------------------------------------------------------------------------

SELECT amname, opcname, amvalidate(c.oid)
  FROM pg_opclass c JOIN pg_am a ON a.oid = c.opcmethod
 WHERE opcintype = 'acs_schedule'::regtype ORDER BY amname;
SELECT (SELECT count(*) FROM (SELECT DISTINCT schedule FROM many) d) AS "distinct",
       (SELECT count(*) FROM (SELECT schedule FROM many GROUP BY schedule) g) AS "group by",
       (SELECT count(*) FROM (SELECT schedule FROM many UNION SELECT schedule FROM many) u) AS "union",
       (SELECT count(DISTINCT text) FROM many) AS texts;
SET enable_nestloop = off;
EXPLAIN (COSTS OFF) SELECT count(*) FROM many a JOIN many b USING (schedule);
RESET enable_nestloop;
CREATE INDEX many_hash ON many USING hash (schedule);
SET enable_seqscan = off;
SET enable_bitmapscan = off;
EXPLAIN (COSTS OFF) SELECT schedule FROM many WHERE schedule = 'Mo 03:00-12:00';
SELECT count(*) AS wrong FROM (SELECT DISTINCT text FROM many) d
 WHERE (SELECT count(*) FROM many WHERE schedule = d.text) <> (SELECT count(*) FROM many WHERE text = d.text);
RESET enable_seqscan;
RESET enable_bitmapscan;
CREATE TEMP TABLE parted (schedule acs_schedule) PARTITION BY HASH (schedule);
CREATE TEMP TABLE parted_0 PARTITION OF parted FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TEMP TABLE parted_1 PARTITION OF parted FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO parted SELECT schedule FROM many;
SELECT (SELECT count(*) FROM parted) = (SELECT count(*) FROM many) AS all_there,
       EXISTS (SELECT FROM parted_0) AND EXISTS (SELECT FROM parted_1) AS spread;

---------------------------------------------------------------------------
-- Casts: text becomes a schedule by itself; a schedule becomes text when assigned
---------------------------------------------------------------------------

SELECT castsource::regtype, casttarget::regtype, castcontext
  FROM pg_cast WHERE 'acs_schedule'::regtype IN (castsource, casttarget) ORDER BY 1, 2;
CREATE TEMP TABLE texts (t text, v varchar(8));
INSERT INTO texts SELECT schedule, schedule FROM schedules WHERE schedule = '24/7';
SELECT t, v, schedule = t AS compares_with_text, schedule = v AS and_varchar,
       acs_open_at(t, '2026-07-01') AS taken_as_text, acs_open_at(v, '2026-07-01') AS and_varchar
  FROM texts, schedules WHERE schedule = t;
SELECT '{24/7,"Mo-Fr 08:00-18:00; PH off"}'::acs_schedule[] AS schedules,
       ARRAY['PH off; 24/7'::acs_schedule] = ARRAY['24/7; PH off'::acs_schedule] AS equal;

---------------------------------------------------------------------------
-- Functions: nothing in, nothing out
---------------------------------------------------------------------------

SELECT acs_open_at(NULL, '2026-07-01') AS schedule, acs_open_at('24/7', NULL) AS at,
       acs_open_at('24/7', '2026-07-01', NULL) AS time_zone, acs_open_at('24/7', '2026-07-01', 'UTC', NULL) AS holidays,
       acs_schedule_next_change(NULL, '2026-07-01') AS change, acs_schedule_next_change('24/7', NULL) AS change_at,
       (SELECT count(*) FROM acs_schedule_windows('24/7', NULL, '2026-07-01')) AS windows;
-- infinity is no time of day
SELECT acs_open_at('24/7', 'infinity') AS open_at, acs_open_at('24/7', '-infinity') AS and_before,
       acs_schedule_next_change('Mo 08:00-12:00', 'infinity') AS change,
       acs_schedule_next_change('Mo 08:00-12:00', '-infinity') AS and_before;
SELECT what, split_part(error, ' | Give', 1) AS error
  FROM (VALUES ('no such zone', $$acs_open_at('24/7', '2026-07-01', 'Mars/Olympus')$$),
               ('an offset', $$acs_open_at('24/7', '2026-07-01', 'GMT+5')$$),
               ('no such zone, next change', $$acs_schedule_next_change('24/7', '2026-07-01', 'Mars/Olympus')$$),
               ('no such zone, windows', $$acs_schedule_windows('24/7', '2026-07-01', '2026-07-02', 'Mars/Olympus')$$),
               ('no such zone, at infinity', $$acs_open_at('24/7', 'infinity', 'Mars/Olympus')$$),
               ('for ever', $$acs_schedule_windows('24/7', '2026-07-01', 'infinity')$$),
               ('since ever', $$acs_schedule_windows('24/7', '-infinity', '2026-07-01')$$),
               ('never', $$acs_schedule_windows('24/7', 'infinity', '-infinity')$$),
               ('for 7,973 years', $$acs_schedule_windows('24/7', '2026-07-01', '9999-01-01')$$),
               ('for all years', $$acs_schedule_windows('24/7', '4714-11-24 00:00+00 BC', '294276-12-31')$$),
               ('no schedule', $$acs_open_at('824759', '2026-07-01')$$)) AS t (what, call),
       LATERAL (SELECT fails(format('SELECT %s', call))) AS f (error);
SELECT proname, provolatile, proparallel, proisstrict, proretset, prosecdef FROM pg_proc
 WHERE proname IN ('acs_open_at', 'acs_schedule_next_change', 'acs_schedule_windows') ORDER BY 1;
