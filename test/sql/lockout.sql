-- Lockout: after so many unknown codes in a row, an entrance refuses codes for
-- a while.
SET datestyle = 'ISO';
SET timezone = 'UTC';
SET credentials.workspace_id = '10c40000-0000-4000-8000-000000000000';
SELECT acs_system_id AS hotel FROM acs_systems_create('Hotel') \gset
SELECT acs_entrance_id AS lobby FROM acs_entrances_create(:'hotel', 'Lobby') \gset
SELECT acs_entrance_id AS garage FROM acs_entrances_create(:'hotel', 'Garage') \gset
SELECT acs_user_id AS jane FROM acs_users_create(:'hotel', 'Jane Doe') \gset
SELECT acs_credential_id AS pin FROM acs_credentials_create(:'jane', 'code', '870001',
    allowed_acs_entrance_ids => ARRAY[:'lobby', :'garage']::uuid[]) \gset
SELECT acs_credential_id AS card FROM acs_credentials_create(:'jane', 'card', '870002',
    allowed_acs_entrance_ids => ARRAY[:'lobby'::uuid]) \gset
SELECT acs_credential_id AS key FROM acs_credentials_create(:'jane', 'mobile_key',
    allowed_acs_entrance_ids => ARRAY[:'lobby'::uuid]) \gset

-- What is said at each entrance, request by request: the code, or a wrong one.
CREATE FUNCTION pg_temp.says(entrance uuid, VARIADIC codes acs_code[]) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
    code acs_code;
    said text[] := '{}';
BEGIN
    FOREACH code IN ARRAY codes LOOP
        said := said || coalesce(array_to_string((acs_access_request(entrance, 'code', code)).reasons, ' and '), 'nothing');
    END LOOP;
    RETURN array_replace(said, '', 'granted');
END
$$;
CREATE TEMP VIEW lockouts AS
    SELECT display_name, failed_attempts, locked_until > clock_timestamp() AS locked
      FROM acs_entrance_lockouts JOIN acs_entrances USING (workspace_id, acs_entrance_id)
     WHERE workspace_id = acs_workspace_id() ORDER BY display_name;

---------------------------------------------------------------------------
-- Settings
---------------------------------------------------------------------------

SHOW credentials.lockout_attempts;
SHOW credentials.lockout_duration;
SET credentials.lockout_duration = '1min';
SHOW credentials.lockout_duration;
SET credentials.lockout_duration = 90;
SHOW credentials.lockout_duration;
SELECT left(fails('SET credentials.lockout_duration = 0'), 5) AS no_time, left(fails($$SET credentials.lockout_duration = '2d'$$), 5) AS two_days,
       left(fails('SET credentials.lockout_attempts = -1'), 5) AS negative;
-- they are not the caller's to choose
CREATE ROLE regress_lockout_door;
SET SESSION AUTHORIZATION regress_lockout_door;
SELECT fails('SET credentials.lockout_attempts = 0') AS attempts;
SELECT fails('SET credentials.lockout_duration = 1') AS duration;
SELECT fails($$SELECT set_config('credentials.lockout_attempts', '0', true)$$) AS set_config;
SELECT fails('ALTER ROLE regress_lockout_door SET credentials.lockout_attempts = 0') AS alter_role;
SHOW credentials.lockout_attempts;
RESET SESSION AUTHORIZATION;
DROP ROLE regress_lockout_door;

---------------------------------------------------------------------------
-- Counting
---------------------------------------------------------------------------

SET credentials.lockout_attempts = 3;
SET credentials.lockout_duration = '1h';
SELECT pg_temp.says(:'lobby', '999001', '999002');
SELECT * FROM lockouts;
-- a grant forgets them
SELECT pg_temp.says(:'lobby', '870001');
SELECT * FROM lockouts;
-- so that these are not three in a row; the same wrong code counts each time
SELECT pg_temp.says(:'lobby', '999001', '999001', '870001', '999001', '999001', '870001', '999001');
SELECT * FROM lockouts;
-- what is no code counts as a wrong one
SELECT reasons FROM acs_access_request(:'lobby', 'code', '99900l');
SELECT * FROM lockouts;
SELECT pg_temp.says(:'lobby', '870001', '999001');
-- what is not typed as a code does not count: nothing, a refused code of somebody, a wrong card or key, a check
SELECT pg_temp.says(:'lobby', NULL, NULL, NULL);
SELECT access_starts_at FROM acs_users_update(:'jane', access_starts_at => '2100-01-01');
SELECT pg_temp.says(:'lobby', '870001', '870001', '870001');
SELECT access_starts_at FROM acs_users_update(:'jane', access_starts_at => '-infinity');
SELECT granted FROM acs_access_request(:'lobby', 'card', '999001') UNION ALL SELECT granted FROM acs_access_request(:'lobby', 'card', card_number => '999001')
UNION ALL SELECT granted FROM acs_access_request(:'lobby', 'mobile_key', acs_credential_id => :'jane');
SELECT count(*) AS checks FROM generate_series(1, 5) AS i, acs_access_check(:'lobby', 'code', to_char(i, 'FM780000'));
SELECT * FROM lockouts;
-- nor does a card forget what was typed
SELECT granted FROM acs_access_request(:'lobby', 'card', '870002');
SELECT * FROM lockouts;

---------------------------------------------------------------------------
-- Refusing
---------------------------------------------------------------------------

-- the third locks; then the right code is refused as well
SELECT pg_temp.says(:'lobby', '999001', '999001');
SELECT * FROM lockouts;
SELECT pg_temp.says(:'lobby', '870001', '999001', NULL);
SELECT reason, reasons FROM acs_access_check(:'lobby', 'code', '870001');
-- until when
SELECT acs_access_check(:'lobby', 'code', '870001', at => locked_until - interval '1 us') = acs_access_check(:'lobby', 'code', '870001', at => locked_until) AS same,
       (acs_access_check(:'lobby', 'code', '870001', at => locked_until - interval '1 us')).reason,
       (acs_access_check(:'lobby', 'code', '870001', at => locked_until)).granted,
       locked_until - occurred_at BETWEEN interval '59 min' AND interval '1 h' AS after_an_hour
  FROM acs_entrance_lockouts JOIN (SELECT occurred_at FROM acs_events WHERE workspace_id = acs_workspace_id() AND acs_entrance_id = :'lobby' ORDER BY event_id DESC LIMIT 1) AS e ON true
 WHERE acs_entrance_id = :'lobby';
-- cards and mobile keys are not concerned: whoever types wrong codes keeps nobody else out
SELECT granted, reason FROM acs_access_request(:'lobby', 'card', '870002');
SELECT granted, reason FROM acs_access_request(:'lobby', 'mobile_key', acs_credential_id => :'key');
-- nor is another entrance
SELECT pg_temp.says(:'garage', '870001', '999001', '870001');
-- wrong codes meanwhile neither count nor make it longer, and grants of cards do not make it shorter
SELECT locked_until FROM acs_entrance_lockouts WHERE acs_entrance_id = :'lobby' \gset
SELECT pg_temp.says(:'lobby', '999001', '999002', '999003', '999004');
SELECT failed_attempts, locked_until = :'locked_until' AS unchanged FROM acs_entrance_lockouts WHERE acs_entrance_id = :'lobby';
-- every refusal is told
SELECT details ->> 'reason' AS reason, count(*) FROM acs_events
 WHERE workspace_id = acs_workspace_id() AND acs_entrance_id = :'lobby' AND details ->> 'access_method' = 'code' AND details -> 'reasons' ? 'too_many_attempts'
 GROUP BY 1 ORDER BY 1;

---------------------------------------------------------------------------
-- It ends by itself
---------------------------------------------------------------------------

SET credentials.lockout_duration = '1s';
SELECT pg_temp.says(:'garage', '999001', '999001', '999001', '870001');
SELECT pg_sleep(1.1);
SELECT * FROM lockouts WHERE display_name = 'Garage';
SELECT granted, reason FROM acs_access_check(:'garage', 'code', '870001');
-- after it, it takes as many wrong codes as before
SELECT pg_temp.says(:'garage', '999001', '999001', '999001', '999001');
SELECT * FROM lockouts WHERE display_name = 'Garage';
SELECT pg_sleep(1.1);
SELECT pg_temp.says(:'garage', '870001');
SELECT * FROM lockouts WHERE display_name = 'Garage';
SELECT pg_temp.says(:'garage', '999001', '999001', '870001', '999001');
SELECT * FROM lockouts WHERE display_name = 'Garage';

---------------------------------------------------------------------------
-- With other numbers
---------------------------------------------------------------------------

SET credentials.lockout_duration = '1h';
DELETE FROM acs_entrance_lockouts WHERE workspace_id = acs_workspace_id();
SET credentials.lockout_attempts = 1;
SELECT pg_temp.says(:'lobby', '999001', '870001', '999001');
SELECT * FROM lockouts;
-- 0: never; what was locked is open, and nothing is counted
SET credentials.lockout_attempts = 0;
SELECT pg_temp.says(:'lobby', '999001', '999001', '999001');
SELECT * FROM lockouts;
SELECT pg_temp.says(:'lobby', '870001');
SELECT * FROM lockouts;
SELECT pg_temp.says(:'lobby', '999001', '999001', '999001', '870001');
SELECT * FROM lockouts;
-- as it comes
RESET credentials.lockout_attempts;
RESET credentials.lockout_duration;
SELECT pg_temp.says(:'lobby', VARIADIC array_fill('999001'::acs_code, ARRAY[11]));
SELECT * FROM lockouts;
SELECT locked_until - occurred_at BETWEEN interval '20 s' AND interval '30 s' AS half_a_minute
  FROM acs_entrance_lockouts, (SELECT occurred_at FROM acs_events WHERE workspace_id = acs_workspace_id() ORDER BY event_id DESC LIMIT 1) AS e
 WHERE acs_entrance_id = :'lobby';

-- The count is part of the transaction, as the event is.
DELETE FROM acs_entrance_lockouts WHERE workspace_id = acs_workspace_id();
BEGIN;
SELECT pg_temp.says(:'lobby', VARIADIC array_fill('999001'::acs_code, ARRAY[10]));
SELECT pg_temp.says(:'lobby', '870001');
ROLLBACK;
SELECT pg_temp.says(:'lobby', '870001');
-- several in one statement are counted one by one
SELECT (d).reasons, count(*) FROM (SELECT acs_access_request(:'lobby', 'code', '999001') AS d FROM generate_series(1, 12)) AS requests GROUP BY 1 ORDER BY 1;
SELECT * FROM lockouts;
-- the lockout goes with its entrance
DELETE FROM acs_entrances WHERE acs_entrance_id = :'lobby';
SELECT * FROM lockouts;
