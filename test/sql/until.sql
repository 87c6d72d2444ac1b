-- Until when a decision holds: the same question at that instant has another answer, and
-- at every instant before the same.
SET datestyle = 'ISO';
SET timezone = 'UTC';
SET credentials.workspace_id = '04711000-0000-4000-8000-000000000000';
SELECT acs_system_id AS office FROM acs_systems_create('Office', time_zone => 'Europe/Berlin') \gset
SELECT acs_entrance_id AS door FROM acs_entrances_create(:'office', 'Door') \gset
SELECT acs_user_id AS jane FROM acs_users_create(:'office', 'Jane Doe') \gset

---------------------------------------------------------------------------
-- Windows and schedules
---------------------------------------------------------------------------

CREATE FUNCTION pg_temp.until(door uuid, code text, VARIADIC instants timestamptz[])
    RETURNS TABLE (at timestamptz, granted boolean, reason acs_denial_reason, until timestamptz) LANGUAGE sql AS $$
    SELECT at, d.granted, d.reason, d.until FROM unnest(instants) AS at, acs_access_check(door, 'code', code, at => at) AS d ORDER BY at $$;
SELECT acs_credential_id AS pin FROM acs_credentials_create(:'jane', 'code', '824801', '2099-06-01', '2099-09-01', ARRAY[:'door']::uuid[]) \gset
-- a window; beyond 366 days nothing is said
SELECT * FROM pg_temp.until(:'door', '824801', '2098-05-31', '2098-05-30 23:59:59.999999Z', '2099-05-31', '2099-06-01', '2099-08-31 23:59:59.999999Z', '2099-09-01');
SELECT acs_credential_id FROM acs_credentials_update(:'pin', schedule => 'Mo-Fr 08:00-18:00; PH off') \gset
SELECT acs_holidays_add(:'office', '2099-07-02') \gset
SELECT * FROM pg_temp.until(:'door', '824801', '2099-05-01', '2099-07-01 10:00Z', '2099-07-01 16:00Z', '2099-08-31 10:00Z', '2099-08-31 16:00Z');
-- what time does not lift holds for good, as far as time goes
SELECT acs_credential_id FROM acs_credentials_disable(:'pin', 'lost') \gset
SELECT * FROM pg_temp.until(:'door', '824801', '2099-07-01 10:00Z');
-- the next who has the code comes in
SELECT acs_credential_id AS next FROM acs_credentials_create(:'jane', 'code', '824801', '2099-10-01', '2099-11-01', ARRAY[:'door']::uuid[]) \gset
SELECT * FROM pg_temp.until(:'door', '824801', '2099-07-01 10:00Z', '2099-09-30', '2099-10-15', '2099-11-01');
SELECT granted, until FROM acs_access_check(:'door', 'code', '824801', acs_credential_id => :'next', at => '2099-07-01 10:00Z');
SELECT granted, until FROM acs_access_check(:'door', 'code', '824801', acs_credential_id => :'pin', at => '2099-10-15');
SELECT acs_credential_id FROM acs_credentials_enable(:'pin', 'lost') \gset
SELECT * FROM pg_temp.until(:'door', '824801', '2099-08-31 16:00Z');
-- also at the door
SELECT acs_credential_id AS now FROM acs_credentials_create(:'jane', 'code', '824802', ends_at => '2099-01-01', allowed_acs_entrance_ids => ARRAY[:'door']::uuid[]) \gset
SELECT acs_access_group_id FROM acs_access_groups_create(:'office', 'Staff') \gset
SELECT acs_credential_id FROM acs_credentials_update(:'now', ends_at => '2100-01-01', max_uses => 1, schedule => 'off') \gset
SELECT granted, until FROM acs_access_request(:'door', 'code', '824802');
SELECT acs_credential_id FROM acs_credentials_update(:'now', ends_at => 'infinity', schedule => '24/7') \gset
SELECT granted, until FROM acs_access_request(:'door', 'code', '824802');
SELECT granted, reason, until FROM acs_access_request(:'door', 'code', '824802');
-- of an infinity, of what nobody has, and of a door that does not take it
SELECT * FROM pg_temp.until(:'door', '824801', '-infinity', 'infinity');
SELECT * FROM pg_temp.until(:'door', '000000', '2099-07-01');
SELECT * FROM pg_temp.until(:'door', '824801', '294276-12-31 23:59:59.999999Z', '4714-11-24 00:00Z BC');
SELECT granted, until FROM acs_access_check(:'door', 'card', '824801', at => '2099-07-01');
-- many who will have the code and may not come in, before one who may
INSERT INTO acs_credentials (acs_system_id, acs_user_id, access_method, code, starts_at, ends_at)
    SELECT :'office', :'jane', 'code', '824803', hour, hour + interval '1 hour' FROM generate_series('2099-07-01'::timestamptz, '2099-07-05 03:00', '1 hour') AS hour;
SELECT acs_credential_id FROM acs_credentials_create(:'jane', 'code', '824803', '2099-08-01', allowed_acs_entrance_ids => ARRAY[:'door']::uuid[]) \gset
SELECT * FROM pg_temp.until(:'door', '824803', '2099-06-30', '2099-07-01 00:30Z');
-- a lockout
INSERT INTO acs_entrance_lockouts (acs_entrance_id, failed_attempts, locked_until) VALUES (:'door', 10, '2099-07-01 10:00Z')
    ON CONFLICT (workspace_id, acs_entrance_id) DO UPDATE SET failed_attempts = 10, locked_until = '2099-07-01 10:00Z';
SELECT * FROM pg_temp.until(:'door', '824801', '2099-07-01 09:59Z', '2099-07-01 10:00Z');
SELECT granted, reason, until FROM acs_access_request(:'door', 'code', '824801');
SELECT acs_access_decision_json(d)::jsonb - 'decided_at' - 'acs_entrance_id' AS json FROM acs_access_check(:'door', 'code', '824801', at => '2099-07-01 09:59Z') AS d;

---------------------------------------------------------------------------
-- Any windows, schedules and paths
---------------------------------------------------------------------------

-- From 0 to n - 1, the same in every run.
CREATE FUNCTION pg_temp.any(n integer, VARIADIC of text[]) RETURNS integer LANGUAGE sql IMMUTABLE AS $$
    SELECT (('x' || substr(md5(array_to_string(of, ' ')), 1, 7))::bit(28)::integer % n) $$;
CREATE FUNCTION pg_temp.any_schedule(name text) RETURNS acs_schedule LANGUAGE sql IMMUTABLE AS $$
    SELECT ('{NULL,NULL,NULL,NULL,Mo-Fr 08:00-18:00; PH off,22:00-06:00; PH 10:00-14:00,Su 01:30-03:30; Sa 23:00-03:00,PH 12:00-12:30,off,Mo 23:58-23:59,We-Th 12:00-13:00,24/7; PH off,Mo-Su 14:00-22:00}'::text[])[1 + pg_temp.any(13, name, 'schedule')]::acs_schedule $$;
-- A bound in about two months, or none.
CREATE FUNCTION pg_temp.any_instant(name text) RETURNS timestamptz LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN pg_temp.any(3, name, 'bound') > 0 THEN '2099-10-01 00:00Z'::timestamptz + pg_temp.any(60 * 24 * 60, name) * interval '1 minute' END $$;
CREATE TEMP TABLE cases AS
    SELECT n, acs_uuid() AS acs_user_id, acs_uuid() AS acs_entrance_id, array_agg(acs_uuid() ORDER BY m) AS groups
      FROM generate_series(1, 300) AS n, generate_series(1, 3) AS m GROUP BY n;
INSERT INTO acs_users (acs_user_id, acs_system_id, full_name, access_starts_at, access_ends_at)
    SELECT acs_user_id, :'office', 'Case ' || n, least(a, b), CASE WHEN a <> b THEN greatest(a, b) END
      FROM cases, LATERAL (SELECT CASE WHEN n % 4 = 0 THEN pg_temp.any_instant('a' || n) END AS a, CASE WHEN n % 4 = 0 THEN pg_temp.any_instant('b' || n) END AS b) AS w;
INSERT INTO acs_entrances (acs_entrance_id, acs_system_id, display_name) SELECT acs_entrance_id, :'office', 'Case ' || n FROM cases;
INSERT INTO acs_access_groups (acs_access_group_id, acs_system_id, name, schedule)
    SELECT g, :'office', 'Case', pg_temp.any_schedule('g' || n || ' ' || m) FROM cases, unnest(groups) WITH ORDINALITY AS u (g, m);
INSERT INTO acs_access_groups_entrances (acs_access_group_id, acs_entrance_id) SELECT g, acs_entrance_id FROM cases, unnest(groups) AS g;
INSERT INTO acs_access_groups_users (acs_access_group_id, acs_user_id, starts_at, ends_at)
    SELECT g, acs_user_id, least(a, b), CASE WHEN a <> b THEN greatest(a, b) END
      FROM cases, unnest(groups) WITH ORDINALITY AS u (g, m),
           LATERAL (SELECT pg_temp.any_instant('ga' || n || ' ' || m) AS a, pg_temp.any_instant('gb' || n || ' ' || m) AS b) AS w
     WHERE m <= pg_temp.any(4, 'groups', n::text);
-- One code in up to four windows, with and without a gap; one may be disabled.
INSERT INTO acs_credentials (acs_credential_id, acs_system_id, acs_user_id, access_method, code, starts_at, ends_at, schedule, disable_reasons, created_at)
    SELECT acs_uuid(), :'office', acs_user_id, 'code', to_char(n, 'FM500000'), starts_at, ends_at, pg_temp.any_schedule('c' || n || ' ' || starts_at),
           CASE WHEN pg_temp.any(5, 'disabled', n::text, starts_at::text) = 0 THEN '{lost}' ELSE '{}' END::acs_disable_reason[], '2001-01-01'
      FROM (SELECT n, acs_user_id, t AS starts_at, lead(t) OVER (PARTITION BY n ORDER BY t) AS ends_at, row_number() OVER (PARTITION BY n ORDER BY t) AS m
              FROM cases, generate_series(0, pg_temp.any(5, 'windows', n::text)) AS w, LATERAL (SELECT DISTINCT coalesce(pg_temp.any_instant('w' || n || ' ' || w), '2099-09-01') AS t) AS b
             GROUP BY n, acs_user_id, t) AS windows
     WHERE (n + m) % 3 > 0;
INSERT INTO acs_credential_entrances (acs_credential_id, acs_entrance_id)
    SELECT acs_credential_id, acs_entrance_id FROM cases JOIN acs_credentials USING (acs_user_id) WHERE n % 3 = 0;
SELECT count(acs_holidays_add(:'office', day::date)) FROM generate_series('2099-09-20'::date, '2100-10-20', '19 days') AS day;
ANALYZE acs_credentials, acs_access_groups, acs_access_groups_users, acs_access_groups_entrances, acs_credential_entrances, acs_entrances, acs_users;

CREATE FUNCTION pg_temp.who(door uuid, n bigint, at timestamptz) RETURNS uuid LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN d.granted THEN d.acs_credential_id END FROM acs_access_check(door, 'code', to_char(n, 'FM500000'), at => at) AS d $$;
CREATE TEMP TABLE answers AS
    SELECT n, c.acs_entrance_id AS door, at, CASE WHEN d.granted THEN d.acs_credential_id END AS who, d.until
      FROM cases c, generate_series(1, 8) AS k,
           LATERAL (SELECT '2099-09-25'::timestamptz + pg_temp.any(80 * 24 * 60, 'at', n::text, k::text) * interval '1 minute' AS at) AS i,
           acs_access_check(c.acs_entrance_id, 'code', to_char(n, 'FM500000'), at => at) AS d;
SELECT count(*) AS questions, count(who) AS granted, count(until) AS changes, count(until) FILTER (WHERE who IS NOT NULL) AS of_granted,
       count(*) FILTER (WHERE until <= at OR until > at + interval '366 days') AS out_of_range
  FROM answers;
-- then another answer, and right before that the same, as at any instant before
SELECT count(*) AS changes, count(*) FILTER (WHERE pg_temp.who(door, n, until) IS NOT DISTINCT FROM who) AS the_same_then,
       count(*) FILTER (WHERE pg_temp.who(door, n, until - interval '1 microsecond') IS DISTINCT FROM who) AS another_before
  FROM answers WHERE until IS NOT NULL;
SELECT count(*) AS instants, count(*) FILTER (WHERE pg_temp.who(door, n, at + part * (coalesce(until, at + interval '366 days') - at)) IS DISTINCT FROM who) AS another_answer
  FROM answers, unnest('{0.01,0.1,0.3,0.5,0.7,0.9,0.97}'::float8[]) AS part;
-- minute by minute
SELECT count(*) AS minutes, count(*) FILTER (WHERE pg_temp.who(door, n, minute) IS DISTINCT FROM who) AS another_answer
  FROM answers, generate_series(at, least(until - interval '1 minute', at + interval '1 day'), '1 minute') AS minute
 WHERE n % 50 = 0;
-- by a phone, the copy and its parent
CREATE TEMP TABLE phones AS
    SELECT n, acs_entrance_id AS door, copy.acs_credential_id AS key
      FROM cases, LATERAL acs_credentials_create(acs_user_id, 'mobile_key', is_multi_phone_sync_credential => true, schedule => pg_temp.any_schedule('p' || n)) AS parent,
           LATERAL acs_credentials_sync_to_phone(parent.acs_credential_id, 'phone') AS copy WHERE n <= 40;
UPDATE acs_credentials SET schedule = pg_temp.any_schedule('copy' || n) FROM phones WHERE acs_credential_id = key;
WITH asked AS (
    SELECT door, key, d.granted, d.until FROM phones, generate_series('2099-10-01'::timestamptz, '2099-11-30', '13 days') AS at,
           acs_access_check(door, 'mobile_key', acs_credential_id => key, at => at) AS d)
SELECT count(*) AS questions, count(until) AS changes,
       count(*) FILTER (WHERE (acs_access_check(door, 'mobile_key', acs_credential_id => key, at => until)).granted = granted) AS the_same_then,
       count(*) FILTER (WHERE (acs_access_check(door, 'mobile_key', acs_credential_id => key, at => until - interval '1 microsecond')).granted <> granted) AS another_before
  FROM asked WHERE until IS NOT NULL;

---------------------------------------------------------------------------
-- Any modes of the door
---------------------------------------------------------------------------

UPDATE acs_entrances SET mode = (enum_range(NULL::acs_entrance_mode))[1 + pg_temp.any(3, 'mode', n::text)], mode_until = pg_temp.any_instant('mode' || n),
       unlock_schedule = CASE WHEN n % 2 = 0 THEN pg_temp.any_schedule('unlock' || n) END
  FROM cases WHERE cases.acs_entrance_id = acs_entrances.acs_entrance_id;
UPDATE acs_access_groups SET enters_when_locked = pg_temp.any(2, 'enters', schedule::text) = 0 WHERE acs_system_id = :'office';
CREATE TEMP TABLE at_doors AS
    SELECT n, c.acs_entrance_id AS door, code, at, d.granted, d.until, d.acs_credential_id
      FROM cases c, generate_series(1, 4) AS k, LATERAL (VALUES (to_char(n, 'FM500000')), ('000000')) AS p (code),
           LATERAL (SELECT '2099-09-25'::timestamptz + pg_temp.any(80 * 24 * 60, 'at', n::text, k::text) * interval '1 minute' AS at) AS i,
           acs_access_check(c.acs_entrance_id, 'code', code, at => at) AS d;
SELECT code = '000000' AS unknown, count(*) AS questions, count(*) FILTER (WHERE granted) AS granted, count(until) AS changes FROM at_doors GROUP BY 1 ORDER BY 1;
SELECT count(*) AS changes, count(*) FILTER (WHERE (t.granted, t.acs_credential_id) IS NOT DISTINCT FROM (a.granted, a.acs_credential_id)) AS the_same_then,
       count(*) FILTER (WHERE b.granted <> a.granted) AS another_before
  FROM at_doors a, acs_access_check(door, 'code', code, at => a.until) AS t, acs_access_check(door, 'code', code, at => a.until - interval '1 microsecond') AS b
 WHERE a.until IS NOT NULL;
SELECT count(*) AS instants, count(*) FILTER (WHERE d.granted <> a.granted) AS another_answer
  FROM at_doors a, unnest('{0.01,0.1,0.5,0.9,0.97}'::float8[]) AS part,
       acs_access_check(door, 'code', code, at => a.at + part * (coalesce(a.until, a.at + interval '366 days') - a.at)) AS d;
