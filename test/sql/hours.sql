-- Time of day at a door: schedules of credentials and groups, windows of memberships,
-- holidays and clocks of the system.
SET datestyle = 'ISO';
SET timezone = 'UTC';
SET credentials.workspace_id = '40025000-0000-4000-8000-000000000000';
SELECT acs_system_id AS office FROM acs_systems_create('Office', time_zone => 'Europe/Berlin') \gset
SELECT acs_entrance_id AS door FROM acs_entrances_create(:'office', 'Door') \gset
SELECT acs_entrance_id AS lab FROM acs_entrances_create(:'office', 'Lab') \gset
SELECT acs_user_id AS jane FROM acs_users_create(:'office', 'Jane Doe') \gset
CREATE FUNCTION pg_temp.news() RETURNS TABLE (event_type text, details jsonb) LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY SELECT e.event_type, e.details FROM acs_events e WHERE e.workspace_id = acs_workspace_id() ORDER BY e.event_id;
    PERFORM acs_events_purge('infinity');
END
$$;
CREATE FUNCTION pg_temp.reasons(door uuid, code text, VARIADIC instants timestamptz[]) RETURNS TABLE (berlin timestamp, reasons acs_denial_reason[]) LANGUAGE sql AS $$
    SELECT at AT TIME ZONE 'Europe/Berlin', d.reasons FROM unnest(instants) AS at, acs_access_check(door, 'code', code, at => at) AS d ORDER BY at $$;

---------------------------------------------------------------------------
-- A credential's own hours hold for all its doors
---------------------------------------------------------------------------

SELECT acs_credential_id AS pin, schedule FROM acs_credentials_create(:'jane', 'code', '824701', allowed_acs_entrance_ids => ARRAY[:'door'::uuid],
    schedule => 'PH off; Mo-Fr 08:00-18:00', max_uses => 9) \gset
SELECT :'schedule' AS schedule;
-- 2099-07-01 is a Wednesday; half-open, by the clocks of Berlin
SELECT * FROM pg_temp.reasons(:'door', '824701', '2099-07-01 05:59:59.999999Z', '2099-07-01 06:00Z', '2099-07-01 15:59:59.999999Z', '2099-07-01 16:00Z', '2099-07-04 10:00Z');
-- and not at the door of nobody, where both is told
SELECT * FROM pg_temp.reasons(:'lab', '824701', '2099-07-01 05:00Z', '2099-07-01 06:00Z');
-- no clock shows an infinity
SELECT granted, reasons FROM unnest('{-infinity,infinity}'::timestamptz[]) AS at, acs_access_check(:'door', 'code', '824701', at => at);

-- A holiday that is added counts from the next decision on, and so does another zone.
SELECT * FROM pg_temp.news();
SELECT acs_holidays_add(:'office', '2099-07-01', 'Founders'' day');
SELECT acs_holidays_add(:'office', '2099-12-25');
SELECT * FROM pg_temp.reasons(:'door', '824701', '2099-07-01 12:00Z', '2099-07-02 12:00Z');
SELECT acs_holidays_add(:'office', '2099-12-25', 'Christmas');
SELECT acs_holidays_add(:'office', '2099-12-25', 'Christmas');
SELECT acs_holidays_remove(:'office', '2099-07-01');
SELECT acs_holidays_remove(:'office', '2099-07-01');
SELECT day, name FROM acs_holidays WHERE workspace_id = acs_workspace_id();
SELECT name FROM acs_systems_update(:'office', time_zone => 'America/New_York');
SELECT granted FROM unnest('{2099-07-01 06:00Z, 2099-07-01 12:00Z, 2099-07-01 21:59Z}'::timestamptz[]) AS at, acs_access_check(:'door', 'code', '824701', at => at);
SELECT name FROM acs_systems_update(:'office', time_zone => 'Europe/Berlin');
SELECT acs_holidays_add(:'office', '2099-12-25', ' ');
SELECT * FROM pg_temp.news();

-- Changed and removed; what stays the same is no change.
SELECT schedule FROM acs_credentials_update(:'pin', schedule => 'Sa,Su 10:00-12:00');
SELECT schedule FROM acs_credentials_update(:'pin', schedule => 'Su 10:00-12:00; Sa 10:00-12:00');
SELECT schedule, max_uses FROM acs_credentials_update(:'pin', max_uses => 8);
SELECT schedule FROM acs_credentials_update(:'pin', schedule => '24/7');
SELECT schedule FROM acs_credentials_update(:'pin', schedule => 'Mo-Su 00:00-24:00');
SELECT schedule IS NULL AS at_all_hours FROM acs_credentials WHERE acs_credential_id = :'pin';
SELECT * FROM pg_temp.news();
SELECT schedule FROM acs_credentials_create(:'jane', 'code', '824702', schedule => '24/7');
SELECT (credential).schedule, rule FROM acs_credentials_try_create(:'jane', 'code', '824703', schedule => 'off');
SELECT fails($$SELECT acs_credentials_update($1, schedule => 'Mo 8-12')$$, :'pin');

-- A copy on a phone has the hours of its parent, also if a DBA gave it others.
SELECT acs_credential_id AS key FROM acs_credentials_create(:'jane', 'mobile_key', is_multi_phone_sync_credential => true,
    allowed_acs_entrance_ids => ARRAY[:'door'::uuid], schedule => '08:00-12:00') \gset
SELECT acs_credential_id AS copy, schedule FROM acs_credentials_sync_to_phone(:'key', 'phone') \gset
SELECT :'schedule' AS of_copy;
CREATE FUNCTION pg_temp.morning_and_evening(key uuid) RETURNS TABLE (at timestamptz, reason acs_denial_reason) LANGUAGE sql AS $$
    SELECT at, d.reason FROM unnest('{2099-07-01 08:00Z, 2099-07-01 18:00Z}'::timestamptz[]) AS at, acs_entrances e,
           acs_access_check(e.acs_entrance_id, 'mobile_key', acs_credential_id => key, at => at) AS d
     WHERE e.workspace_id = acs_workspace_id() AND e.display_name = 'Door' ORDER BY at $$;
SELECT * FROM pg_temp.morning_and_evening(:'copy');
SELECT schedule FROM acs_credentials_update(:'key', schedule => '18:00-22:00');
SELECT schedule FROM acs_credentials_get(:'copy');
SELECT * FROM pg_temp.morning_and_evening(:'copy');
UPDATE acs_credentials SET schedule = '08:00-12:00' WHERE acs_credential_id = :'copy';
SELECT * FROM pg_temp.morning_and_evening(:'copy');

---------------------------------------------------------------------------
-- Two groups with different hours: two paths to a door
---------------------------------------------------------------------------

SELECT acs_user_id AS joe FROM acs_users_create(:'office', 'Joe Bloggs', user_identity_id => '40025000-0000-4000-8000-00000000000a') \gset
SELECT acs_credential_id AS joes FROM acs_credentials_create(:'joe', 'code', '824704') \gset
SELECT acs_access_group_id AS early, schedule FROM acs_access_groups_create(:'office', 'Early', ARRAY[:'lab'::uuid], 'Mo-Fr 06:00-14:00') \gset
SELECT :'schedule' AS schedule;
SELECT acs_access_group_id AS late FROM acs_access_groups_create(:'office', 'Late', ARRAY[:'lab'::uuid], '24/7') \gset
SELECT schedule IS NULL AS at_all_hours FROM acs_access_groups_get(:'late');
SELECT * FROM pg_temp.news();
SELECT schedule FROM acs_access_groups_update(:'late', schedule => 'Mo-Fr 13:00-22:00; PH 10:00-12:00');
SELECT acs_access_groups_add_user(:'joe', :'early');
SELECT acs_users_add_to_access_group(:'joe', :'late', starts_at => '2099-06-01', ends_at => '2099-08-01');
-- Wednesdays before, in, and after the second membership, and a holiday
SELECT * FROM pg_temp.reasons(:'lab', '824704', '2099-05-27 06:00Z', '2099-05-27 15:00Z', '2099-07-01 03:00Z', '2099-07-01 06:00Z', '2099-07-01 11:30Z', '2099-07-01 15:00Z', '2099-07-01 21:00Z',
    '2099-08-05 06:00Z', '2099-08-05 15:00Z');
SELECT acs_holidays_add(:'office', '2099-07-01');
SELECT * FROM pg_temp.reasons(:'lab', '824704', '2099-07-01 06:00Z', '2099-07-01 08:30Z', '2099-07-01 15:00Z');
SELECT acs_holidays_remove(:'office', '2099-07-01');
-- the credential's own hours as well
SELECT schedule FROM acs_credentials_update(:'joes', schedule => '10:00-16:00');
SELECT * FROM pg_temp.reasons(:'lab', '824704', '2099-07-01 06:00Z', '2099-07-01 09:00Z', '2099-07-01 13:59Z', '2099-07-01 15:00Z');
-- its own list needs no group
SELECT schedule FROM acs_credentials_update(:'joes', allowed_acs_entrance_ids => ARRAY[:'lab'::uuid], schedule => '24/7');
SELECT * FROM pg_temp.reasons(:'lab', '824704', '2099-07-01 03:00Z');
SELECT schedule FROM acs_credentials_update(:'joes', allowed_acs_entrance_ids => '{}');
SELECT event_type, details FROM pg_temp.news();

-- To add again sets the window anew; the same again is no change.
SELECT acs_access_groups_add_user(:'joe', :'late', starts_at => '2099-06-01', ends_at => '2099-08-01');
SELECT acs_access_groups_add_user(NULL, :'late', '40025000-0000-4000-8000-00000000000a', ends_at => '2099-07-01');
SELECT * FROM pg_temp.reasons(:'lab', '824704', '2099-06-30 18:00Z', '2099-07-02 18:00Z');
SELECT acs_access_groups_add_user(:'joe', :'late', starts_at => '-infinity', ends_at => 'infinity');
SELECT starts_at, ends_at FROM acs_access_groups_users WHERE acs_access_group_id = :'late';
-- Only by a membership that is over is as by none; by one that is to come, it is the time.
SELECT acs_access_groups_remove_user(:'joe', :'early');
SELECT acs_access_groups_add_user(:'joe', :'late', ends_at => '2099-07-01');
SELECT * FROM pg_temp.reasons(:'lab', '824704', '2099-06-30 18:00Z', '2099-07-01 18:00Z');
SELECT acs_access_groups_add_user(:'joe', :'late', starts_at => '2099-07-01');
SELECT * FROM pg_temp.reasons(:'lab', '824704', '2099-06-30 18:00Z', '2099-07-01 18:00Z');
SELECT * FROM pg_temp.news();
UPDATE acs_access_groups_users SET acs_access_group_id = :'early', ends_at = '2099-09-01' WHERE acs_access_group_id = :'late';
UPDATE acs_holidays SET day = '2099-12-26' WHERE acs_system_id = :'office';
SELECT * FROM pg_temp.news();

-- Who can open what is told whatever the time; a membership that is over gives nothing to take.
SELECT display_name FROM acs_users_list_accessible_entrances(:'joe');
SELECT display_name FROM acs_credentials_list_accessible_entrances(:'joes');
SELECT count(*) FROM acs_entrances_list_credentials_with_access(:'lab');
SELECT fails('SELECT acs_entrances_revoke_access($1, $2)', :'lab', :'joe');
SELECT acs_access_groups_add_user(:'joe', :'early', ends_at => '2001-01-01');
SELECT acs_entrances_revoke_access(:'lab', :'joe');

---------------------------------------------------------------------------
-- A card that was written does not know of other hours
---------------------------------------------------------------------------

SELECT acs_credential_id AS card FROM acs_credentials_create(:'joe', 'card') \gset
CREATE FUNCTION pg_temp.outdated(id uuid) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    outdated boolean := (SELECT needs_to_be_reissued_at IS NOT NULL FROM acs_credentials WHERE workspace_id = acs_workspace_id() AND acs_credential_id = id);
BEGIN
    PERFORM acs_credentials_issue(id, '0A0B');
    RETURN outdated;
END
$$;
SELECT pg_temp.outdated(:'card') AS at_first;
SELECT schedule FROM acs_credentials_update(:'card', schedule => '08:00-12:00');
SELECT pg_temp.outdated(:'card') AS own_hours;
SELECT schedule FROM acs_access_groups_update(:'early', schedule => 'Mo 08:00-12:00');
SELECT pg_temp.outdated(:'card') AS of_a_group;
SELECT name FROM acs_access_groups_update(:'early', name => 'Early birds', schedule => 'Mo 08:00-12:00');
SELECT pg_temp.outdated(:'card') AS same_hours;
SELECT acs_access_groups_add_user(:'joe', :'early', ends_at => '2099-01-01');
SELECT pg_temp.outdated(:'card') AS of_a_membership;
SELECT acs_access_groups_add_user(:'joe', :'early', ends_at => '2099-01-01');
SELECT pg_temp.outdated(:'card') AS same_window;

---------------------------------------------------------------------------
-- What is refused
---------------------------------------------------------------------------

SELECT fails('SELECT acs_holidays_add($1, NULL)', :'office');
SELECT fails('SELECT acs_holidays_add($1, ''infinity'')', :'office');
SELECT fails('SELECT acs_holidays_remove($1, ''-infinity'')', :'office');
SELECT fails('SELECT acs_holidays_add($1, ''2099-12-25'')', :'jane');
SELECT fails('SELECT acs_holidays_remove(NULL, ''2099-12-25'')');
SELECT split_part(fails('INSERT INTO acs_holidays (acs_system_id, day) VALUES ($1, ''infinity'')', :'office'), '|', 1) AS by_sql;
SELECT fails('SELECT acs_access_groups_add_user($1, $2, starts_at => ''2099-01-02'', ends_at => ''2099-01-02'')', :'joe', :'early');
SELECT fails('UPDATE acs_access_groups_users SET starts_at = ''infinity'' WHERE acs_user_id = $1', :'joe');
SET credentials.workspace_id = '40025000-0000-4000-8000-000000000001';
SELECT fails('SELECT acs_holidays_add($1, ''2099-12-25'')', :'office');
SET credentials.workspace_id = '40025000-0000-4000-8000-000000000000';
-- with its system, holidays go
SELECT acs_system_id AS annex FROM acs_systems_create('Annex') \gset
SELECT acs_holidays_add(:'annex', '2099-12-25', 'Christmas');
SELECT acs_systems_delete(:'annex');
SELECT event_type, details FROM acs_events WHERE acs_system_id = :'annex' ORDER BY event_id;

-- As JSON.
SELECT status, response FROM acs_request('/acs/holidays/add', jsonb_build_object('acs_system_id', :'office', 'day', '2099-10-03', 'name', 'Unity'));
SELECT status, response -> 'error' -> 'validation_errors' AS errors
  FROM unnest('{tomorrow,2099-02-30,2099-10-03T10:00:00Z}'::text[]) WITH ORDINALITY AS d (day, n),
       acs_request('/acs/holidays/add', jsonb_build_object('acs_system_id', :'office', 'day', day)) ORDER BY n;
SELECT status, response FROM acs_request('/acs/holidays/remove', jsonb_build_object('acs_system_id', :'office', 'day', '2099-10-03'));
SELECT status, response -> 'acs_credential' -> 'schedule' AS schedule
  FROM acs_request('/acs/credentials/update', jsonb_build_object('acs_credential_id', :'joes', 'schedule', 'Fr 10:00-12:00; Mo 08:00-12:00'));
SELECT status, response -> 'error' -> 'validation_errors' -> 'schedule' AS errors
  FROM acs_request('/acs/credentials/update', jsonb_build_object('acs_credential_id', :'joes', 'schedule', 'mornings'));
SELECT status FROM acs_request('/acs/access_groups/add_user', jsonb_build_object('acs_user_id', :'joe', 'acs_access_group_id', :'late', 'ends_at', '2099-03-01T10:00:00Z'));

---------------------------------------------------------------------------
-- The same rules, once more in SQL, through a year of two changes of clocks
---------------------------------------------------------------------------

SELECT count(acs_holidays_add(:'office', day::date)) FROM generate_series('2099-03-20'::date, '2099-11-20', '17 days') AS day;
CREATE TEMP TABLE hours (n, schedule) AS
    VALUES (1, NULL::acs_schedule), (2, 'Mo-Fr 08:00-18:00; PH off'), (3, '22:00-06:00; PH 10:00-14:00'), (4, 'Su 01:30-03:30; Sa 23:00-03:00');
CREATE TEMP TABLE cases AS
    SELECT row_number() OVER () AS n, own.schedule AS own, by_list, a.schedule AS a, b.schedule AS b, b.n = 2 AS ends,
           acs_uuid() AS acs_user_id, acs_uuid() AS acs_entrance_id, acs_uuid() AS group_a, acs_uuid() AS group_b, acs_uuid() AS acs_credential_id
      FROM hours own, hours a, hours b, (VALUES (true), (false)) AS l (by_list) WHERE own.n < 4 AND a.n > 1 AND b.n > 1 AND NOT (by_list AND (a.n > 2 OR b.n > 2));
INSERT INTO acs_users (acs_user_id, acs_system_id, full_name) SELECT acs_user_id, :'office', 'Case' FROM cases;
INSERT INTO acs_entrances (acs_entrance_id, acs_system_id, display_name) SELECT acs_entrance_id, :'office', 'Case' FROM cases;
INSERT INTO acs_credentials (acs_credential_id, acs_system_id, acs_user_id, access_method, code, schedule)
    SELECT acs_credential_id, :'office', acs_user_id, 'code', to_char(n, 'FM500000'), own FROM cases;
INSERT INTO acs_credential_entrances (acs_credential_id, acs_entrance_id) SELECT acs_credential_id, acs_entrance_id FROM cases WHERE by_list;
INSERT INTO acs_access_groups (acs_access_group_id, acs_system_id, name, schedule) SELECT group_a, :'office'::uuid, 'A', a FROM cases UNION ALL SELECT group_b, :'office'::uuid, 'B', b FROM cases;
INSERT INTO acs_access_groups_entrances (acs_access_group_id, acs_entrance_id) SELECT group_a, acs_entrance_id FROM cases UNION ALL SELECT group_b, acs_entrance_id FROM cases;
INSERT INTO acs_access_groups_users (acs_access_group_id, acs_user_id, starts_at, ends_at)
    SELECT group_a, acs_user_id, NULL::timestamptz, NULL::timestamptz FROM cases
    UNION ALL SELECT group_b, acs_user_id, '2099-04-15 10:00Z', CASE WHEN ends THEN '2099-10-25 00:30Z'::timestamptz END FROM cases;
ANALYZE acs_credentials, acs_access_groups, acs_access_groups_users, acs_access_groups_entrances, acs_credential_entrances, acs_entrances, acs_users;
WITH places AS MATERIALIZED (
    SELECT array_agg(day) AS days FROM acs_holidays WHERE workspace_id = acs_workspace_id()),
instants AS (
    SELECT at FROM generate_series('2099-03-26 00:15Z'::timestamptz, '2099-03-31', '30 minutes') AS at
    UNION SELECT at FROM generate_series('2099-10-22 00:15Z'::timestamptz, '2099-10-27', '30 minutes') AS at
    UNION SELECT at FROM generate_series('2099-04-01'::timestamptz, '2099-12-01', '41 hours') AS at),
answers AS (
    SELECT (acs_access_check(c.acs_entrance_id, 'code', to_char(n, 'FM500000'), at => at)).reasons,
           coalesce(acs_open_at(own, at, 'Europe/Berlin', days), true) AND
           (by_list OR acs_open_at(a, at, 'Europe/Berlin', days) OR
            at >= '2099-04-15 10:00Z' AND (NOT ends OR at < '2099-10-25 00:30Z') AND acs_open_at(b, at, 'Europe/Berlin', days)) AS is_open
      FROM cases c, instants, places)
SELECT count(*) AS questions, count(*) FILTER (WHERE is_open) AS open,
       count(*) FILTER (WHERE reasons <> CASE WHEN is_open THEN '{}' ELSE '{outside_schedule}' END::acs_denial_reason[]) AS mismatches FROM answers;
