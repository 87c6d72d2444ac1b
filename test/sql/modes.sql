-- Modes of doors: locked, unlocked, and by the hours; of an entrance, of all of a system.
SET datestyle = 'ISO';
SET timezone = 'UTC';
SET credentials.workspace_id = '30de5000-0000-4000-8000-000000000000';
SELECT acs_system_id AS school FROM acs_systems_create('School', time_zone => 'Europe/Berlin') \gset
SELECT acs_entrance_id AS gate FROM acs_entrances_create(:'school', 'Gate') \gset
SELECT acs_entrance_id AS hall FROM acs_entrances_create(:'school', 'Hall', can_unlock_with_card => false) \gset
SELECT acs_user_id AS ann FROM acs_users_create(:'school', 'Ann Teacher') \gset
SELECT acs_user_id AS guard FROM acs_users_create(:'school', 'Guard') \gset
SELECT acs_access_group_id AS staff FROM acs_access_groups_create(:'school', 'Staff', ARRAY[:'gate', :'hall']::uuid[]) \gset
SELECT acs_access_group_id AS security FROM acs_access_groups_create(:'school', 'Security', ARRAY[:'gate', :'hall']::uuid[], schedule => 'Mo-Fr 00:00-24:00') \gset
SELECT acs_access_groups_add_user(:'ann', :'staff') \gset
SELECT acs_access_groups_add_user(:'guard', :'staff') \gset
SELECT acs_access_groups_add_user(:'guard', :'security') \gset
SELECT acs_credential_id AS anns FROM acs_credentials_create(:'ann', 'code', '824901', max_uses => 2) \gset
SELECT acs_credential_id AS guards FROM acs_credentials_create(:'guard', 'code', '824902') \gset
SELECT acs_credential_id AS own FROM acs_credentials_create(:'guard', 'code', '824903', allowed_acs_entrance_ids => ARRAY[:'hall']::uuid[]) \gset
CREATE FUNCTION pg_temp.news() RETURNS TABLE (event_type text, details jsonb) LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY SELECT e.event_type, e.details FROM acs_events e WHERE e.workspace_id = acs_workspace_id() ORDER BY e.event_id;
    PERFORM acs_events_purge('infinity');
END
$$;
-- by whom and when: a Wednesday, a Saturday
CREATE FUNCTION pg_temp.doors(code text, at timestamptz DEFAULT '2099-07-01 10:00Z') RETURNS TABLE (door text, granted boolean, reasons acs_denial_reason[], named boolean, until timestamptz) LANGUAGE sql AS $$
    SELECT e.display_name, d.granted, d.reasons, d.acs_credential_id IS NOT NULL, d.until
      FROM acs_entrances e, acs_access_check(e.acs_entrance_id, 'code', code, at => at) AS d WHERE e.workspace_id = acs_workspace_id() ORDER BY 1 $$;
SELECT count(*) FROM pg_temp.news();

---------------------------------------------------------------------------
-- Locked
---------------------------------------------------------------------------

SELECT mode, mode_until FROM acs_entrances_set_mode(:'hall', 'locked', '2099-07-01 12:00Z');
SELECT * FROM pg_temp.doors('824901');
SELECT * FROM pg_temp.doors('824902');
SELECT * FROM pg_temp.doors('999999');
-- the guards' group enters, if its path holds in full
SELECT enters_when_locked FROM acs_access_groups_update(:'security', enters_when_locked => true);
SELECT * FROM pg_temp.doors('824902');
SELECT mode, mode_until FROM acs_entrances_set_mode(:'hall', 'locked');
SELECT * FROM pg_temp.doors('824902', '2099-07-04 10:00Z');
-- also beside the credential's own list, which does not
SELECT * FROM pg_temp.doors('824903');
SELECT name FROM acs_access_groups_update(:'security', enters_when_locked => false);
SELECT * FROM pg_temp.doors('824903');
SELECT name FROM acs_access_groups_update(:'security', enters_when_locked => true);
-- and by no other rule than before
SELECT acs_users_suspend(:'guard') \gset
SELECT * FROM pg_temp.doors('824902');
SELECT acs_users_unsuspend(:'guard') \gset
SELECT * FROM pg_temp.news();
-- a request: the unknown code is counted, the event says why
SELECT granted, reasons FROM acs_access_request(:'hall', 'code', '824901');
SELECT granted, reasons FROM acs_access_request(:'hall', 'code', '999999');
SELECT failed_attempts FROM acs_entrance_lockouts WHERE acs_entrance_id = :'hall';
SELECT * FROM pg_temp.news();

---------------------------------------------------------------------------
-- Unlocked: nothing is refused, counted or spent
---------------------------------------------------------------------------

SELECT mode, mode_until FROM acs_entrances_set_mode(:'hall', 'unlocked', '2099-07-02');
SELECT * FROM pg_temp.doors('824901');
SELECT * FROM pg_temp.doors('999999');
SELECT * FROM pg_temp.doors('no code');
SELECT granted, until FROM acs_access_check(:'hall', 'card', card_number => '0A0B', at => '2099-07-01 10:00Z');
SELECT granted, acs_credential_id = :'anns' AS named FROM acs_access_request(:'hall', 'code', '824901');
SELECT granted, acs_credential_id IS NULL AS unnamed FROM acs_access_request(:'hall', 'code', '999998');
SELECT granted FROM acs_access_request(:'hall', 'mobile_key');
SELECT uses FROM acs_credentials_get(:'anns');
SELECT failed_attempts FROM acs_entrance_lockouts WHERE acs_entrance_id = :'hall';
SELECT * FROM pg_temp.news();
-- a locked out keypad looks nothing up, and the door is open all the same
UPDATE acs_entrance_lockouts SET locked_until = '2099-07-01 11:00Z' WHERE acs_entrance_id = :'hall';
SELECT * FROM pg_temp.doors('824901');
UPDATE acs_entrance_lockouts SET locked_until = NULL, failed_attempts = 0 WHERE acs_entrance_id = :'hall';

---------------------------------------------------------------------------
-- The system's mode goes before, the one that was set last holds
---------------------------------------------------------------------------

SELECT mode, mode_until FROM acs_systems_set_mode(:'school', 'locked', '2099-07-01 11:00Z');
SELECT * FROM pg_temp.doors('824901');
SELECT * FROM pg_temp.doors('824902');
SELECT * FROM pg_temp.doors('824901', '2099-07-01 11:00Z');
SELECT mode, mode_until FROM acs_systems_set_mode(:'school', 'unlocked');
SELECT * FROM pg_temp.doors('824901');
SELECT mode, mode_until FROM acs_systems_set_mode(:'school', 'controlled', '2099-07-01 11:00Z');
SELECT mode, mode_until FROM acs_entrances_set_mode(:'hall', 'controlled');
SELECT * FROM pg_temp.doors('824901');
SELECT mode, mode_until FROM acs_entrances_set_mode(:'hall', 'controlled');
SELECT * FROM pg_temp.news();
-- of a mode that is over, nothing is left
UPDATE acs_systems SET mode = 'locked', mode_until = '2001-01-01' WHERE acs_system_id = :'school';
UPDATE acs_entrances SET mode = 'unlocked', mode_until = '2001-01-01' WHERE acs_entrance_id = :'hall';
SELECT * FROM pg_temp.doors('824901');
SELECT count(*) FROM acs_systems_set_mode(:'school', 'controlled');
SELECT count(*) FROM acs_entrances_set_mode(:'hall', 'controlled');

---------------------------------------------------------------------------
-- Unlocked at some hours
---------------------------------------------------------------------------

SELECT unlock_schedule FROM acs_entrances_update(:'gate', unlock_schedule => 'Mo-Fr 07:30-08:15; PH off');
SELECT acs_holidays_add(:'school', '2099-07-02') \gset
SELECT at, granted, until FROM unnest('{2099-07-01 05:00Z, 2099-07-01 05:30Z, 2099-07-01 06:15Z, 2099-07-02 06:00Z}'::timestamptz[]) AS at, acs_access_check(:'gate', 'code', '999999', at => at) AS d;
SELECT at, granted, until FROM unnest('{2099-07-01 05:00Z, 2099-07-01 05:30Z}'::timestamptz[]) AS at, acs_access_check(:'gate', 'code', '824901', at => at) AS d;
-- locked goes before
SELECT mode FROM acs_entrances_set_mode(:'gate', 'locked');
SELECT granted, reasons, until FROM acs_access_check(:'gate', 'code', '824901', at => '2099-07-01 06:00Z') AS d;
SELECT mode FROM acs_entrances_set_mode(:'gate', 'controlled');
SELECT display_name, unlock_schedule FROM acs_entrances_update(:'gate', display_name => 'Main gate');
SELECT unlock_schedule FROM acs_entrances_update(:'gate', unlock_schedule => 'off');
SELECT granted, reasons, until FROM acs_access_check(:'gate', 'code', '999999', at => '2099-07-01 06:00Z') AS d;
SELECT * FROM pg_temp.news();

---------------------------------------------------------------------------
-- What is refused, and as JSON
---------------------------------------------------------------------------

SELECT fails('SELECT acs_entrances_set_mode($1, NULL)', :'gate');
SELECT fails('SELECT acs_entrances_set_mode($1, ''ajar'')', :'gate');
SELECT fails('SELECT acs_entrances_set_mode($1, ''locked'', ''2001-01-01'')', :'gate');
SELECT fails('SELECT acs_entrances_set_mode($1, ''locked'', ''-infinity'')', :'gate');
SELECT fails('SELECT acs_systems_set_mode($1, ''controlled'', ''2001-01-01'')', :'school');
SELECT fails('SELECT acs_systems_set_mode($1, ''locked'')', :'gate');
SELECT fails('SELECT acs_entrances_set_mode($1, ''locked'')', :'school');
SELECT mode, mode_until FROM acs_entrances_set_mode(:'gate', 'locked', 'infinity');
SELECT status, response -> 'acs_system' -> 'mode' AS mode, response -> 'acs_system' -> 'mode_until' AS until
  FROM acs_request('/acs/systems/set_mode', jsonb_build_object('acs_system_id', :'school', 'mode', 'locked', 'until', '2099-07-01T10:00:00Z'));
SELECT status, response -> 'acs_entrance' -> 'mode' AS mode FROM acs_request('/acs/entrances/set_mode', jsonb_build_object('acs_entrance_id', :'gate', 'mode', 'unlocked'));
SELECT status, response -> 'error' -> 'validation_errors' AS errors
  FROM acs_request('/acs/entrances/set_mode', jsonb_build_object('acs_entrance_id', :'gate', 'mode', 'unlocked', 'until', '2001-07-01T10:00:00Z'));
SELECT status, response -> 'error' -> 'validation_errors' AS errors FROM acs_request('/acs/entrances/set_mode', jsonb_build_object('acs_entrance_id', :'gate', 'mode', 'ajar'));
