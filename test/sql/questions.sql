-- What the manager of a building asks, one query each, as they stand in the
-- README; asked by a role that has what it needs for that and no more.
SET datestyle = 'ISO';
SET timezone = 'UTC';
SET credentials.workspace_id = '9e5710a5-0000-4000-8000-000000000000';
SELECT acs_system_id AS hotel FROM acs_systems_create('Hotel') \gset
SELECT acs_entrance_id AS lobby FROM acs_entrances_create(:'hotel', 'Lobby') \gset
SELECT acs_entrance_id AS pool FROM acs_entrances_create(:'hotel', 'Pool') \gset
SELECT acs_entrance_id AS garage FROM acs_entrances_create(:'hotel', 'Garage', can_unlock_with_code => false) \gset
SELECT acs_access_group_id AS staff FROM acs_access_groups_create(:'hotel', 'Staff', ARRAY[:'lobby', :'pool', :'garage']::uuid[]) \gset

-- Ada has a code, a key for two phones, and a stay that ends in 2100; Bob works here; Cleo
-- is suspended, Dan comes later, and Eve lost her card.
SELECT acs_user_id AS ada FROM acs_users_create(:'hotel', 'Ada', access_ends_at => '2100-05-04 11:00') \gset
SELECT acs_user_id AS bob FROM acs_users_create(:'hotel', 'Bob', acs_access_group_ids => ARRAY[:'staff'::uuid]) \gset
SELECT acs_user_id AS cleo FROM acs_users_create(:'hotel', 'Cleo') \gset
SELECT acs_user_id AS dan FROM acs_users_create(:'hotel', 'Dan', access_starts_at => '2099-01-01') \gset
SELECT acs_user_id AS eve FROM acs_users_create(:'hotel', 'Eve') \gset
SELECT acs_credential_id AS adas_pin FROM acs_credentials_create(:'ada', 'code', '760001', ends_at => '2100-05-05', allowed_acs_entrance_ids => ARRAY[:'lobby', :'garage']::uuid[]) \gset
SELECT acs_credential_id AS adas_key FROM acs_credentials_create(:'ada', 'mobile_key', ends_at => '2100-05-01', is_multi_phone_sync_credential => true, allowed_acs_entrance_ids => ARRAY[:'lobby']::uuid[]) \gset
SELECT acs_credential_id AS bobs_pin FROM acs_credentials_create(:'bob', 'code', '760002', ends_at => clock_timestamp() + interval '2 days') \gset
SELECT acs_credential_id AS bobs_card FROM acs_credentials_create(:'bob', 'card', '760003', ends_at => clock_timestamp() + interval '8 days') \gset
SELECT acs_credential_id AS cleos_pin FROM acs_credentials_create(:'cleo', 'code', '760004', ends_at => clock_timestamp() + interval '6 days', allowed_acs_entrance_ids => ARRAY[:'lobby']::uuid[]) \gset
SELECT acs_credential_id AS dans_pin FROM acs_credentials_create(:'dan', 'code', '760005', allowed_acs_entrance_ids => ARRAY[:'lobby']::uuid[]) \gset
SELECT acs_credential_id AS eves_card FROM acs_credentials_create(:'eve', 'card', '760006', allowed_acs_entrance_ids => ARRAY[:'lobby']::uuid[]) \gset
SELECT acs_credential_id AS nobodys FROM acs_credentials_create(:'eve', 'code', '760007', clock_timestamp() + interval '3 days', clock_timestamp() + interval '5 days') \gset
UPDATE acs_credentials SET acs_user_id = NULL WHERE acs_credential_id = :'nobodys';
SELECT display_name FROM acs_credentials_disable(:'eves_card', 'lost');
SELECT acs_users_suspend(:'cleo');
-- somebody else's, of whom nobody hears
SET credentials.workspace_id = '9e5710a5-0000-4000-8000-00000000000e';
SELECT acs_system_id AS foreign_hotel FROM acs_systems_create('Foreign hotel') \gset
SELECT acs_user_id AS foreigner FROM acs_users_create(:'foreign_hotel', 'Foreigner') \gset
SELECT display_name FROM acs_credentials_create(:'foreigner', 'code', '760002', ends_at => clock_timestamp() + interval '2 days');
SET credentials.workspace_id = '9e5710a5-0000-4000-8000-000000000000';

-- A day at the door.
SELECT code, granted, reason FROM unnest(ARRAY['760001', '760004', '760002', '769999', '760005']::acs_code[]) WITH ORDINALITY AS c (code, n), acs_access_request(:'lobby', 'code', code) ORDER BY n;
SELECT granted, reason FROM acs_access_request(:'lobby', 'card', '760006');
SELECT granted, reason FROM acs_access_request(:'pool', 'code', '760001');

CREATE ROLE regress_questions_manager;
GRANT USAGE ON SCHEMA acs TO regress_questions_manager;
GRANT SELECT ON acs_users, acs_events, acs_credentials_masked TO regress_questions_manager;
GRANT EXECUTE ON FUNCTION acs_access_check(uuid, acs_access_method, acs_code, text, uuid, timestamptz), acs_credentials_get, acs_credentials_list_accessible_entrances,
    acs_entrances_list_credentials_with_access TO regress_questions_manager;
SET ROLE regress_questions_manager;

---------------------------------------------------------------------------
-- Who can open this door now, and until when?
---------------------------------------------------------------------------

CREATE TEMP TABLE answer AS
SELECT u.full_name, c.display_name, least(c.ends_at, u.access_ends_at) AS until
  FROM acs_entrances_list_credentials_with_access(:'lobby') AS c
  JOIN acs_users AS u USING (workspace_id, acs_user_id),
       acs_access_check(:'lobby', c.access_method, c.code, c.card_number, c.acs_credential_id) AS d
 WHERE d.granted
 ORDER BY u.full_name, c.display_name;
SELECT full_name, display_name, CASE WHEN until < now() + interval '1 year' THEN 'in days: ' || round(extract(epoch FROM until - now()) / 86400) ELSE until::text END AS until FROM answer;
DROP TABLE answer;

---------------------------------------------------------------------------
-- Which doors does this credential open?
---------------------------------------------------------------------------

SELECT e.display_name AS door, d.granted AS now, d.reasons AS why_not
  FROM acs_credentials_get(:'bobs_pin') AS c,
       acs_credentials_list_accessible_entrances(c.acs_credential_id) AS e,
       acs_access_check(e.acs_entrance_id, c.access_method, c.code, c.card_number, c.acs_credential_id) AS d
 ORDER BY e.display_name;
-- of somebody who is suspended
SELECT e.display_name AS door, d.granted AS now, d.reasons AS why_not
  FROM acs_credentials_get(:'cleos_pin') AS c,
       acs_credentials_list_accessible_entrances(c.acs_credential_id) AS e,
       acs_access_check(e.acs_entrance_id, c.access_method, c.code, c.card_number, c.acs_credential_id) AS d
 ORDER BY e.display_name;

---------------------------------------------------------------------------
-- What was refused here today, and why?
---------------------------------------------------------------------------

CREATE TEMP TABLE answer AS
SELECT e.occurred_at, u.full_name, e.details ->> 'access_method' AS presented, e.details ->> 'display_name' AS credential, e.details ->> 'reason' AS reason
  FROM acs_events AS e LEFT JOIN acs_users AS u USING (workspace_id, acs_user_id)
 WHERE e.workspace_id = acs_workspace_id() AND e.acs_entrance_id = :'lobby'
   AND e.event_type = 'acs_entrance.access_denied' AND e.occurred_at >= current_date
 ORDER BY e.event_id;
SELECT full_name, presented, credential, reason FROM answer;
DROP TABLE answer;

---------------------------------------------------------------------------
-- Which credentials expire this week?
---------------------------------------------------------------------------

CREATE TEMP TABLE answer AS
SELECT c.ends_at, u.full_name, c.display_name
  FROM acs_credentials_masked AS c LEFT JOIN acs_users AS u USING (workspace_id, acs_user_id)
 WHERE c.ends_at >= now() AND c.ends_at < now() + interval '1 week'
 ORDER BY c.ends_at;
SELECT round(extract(epoch FROM ends_at - now()) / 86400) AS days, full_name, display_name FROM answer;
DROP TABLE answer;

---------------------------------------------------------------------------
-- What changed for this person?
---------------------------------------------------------------------------

CREATE TEMP TABLE answer AS
SELECT occurred_at, actor, event_type, details
  FROM acs_events
 WHERE workspace_id = acs_workspace_id() AND acs_user_id = :'eve' AND event_type NOT LIKE 'acs_entrance.%'
 ORDER BY event_id DESC
 LIMIT 20;
SELECT event_type, details - 'ends_at' - 'starts_at' - 'acs_user_id' AS details FROM answer;
DROP TABLE answer;

---------------------------------------------------------------------------
-- The role gets to nothing else, and the events are found by their indexes
---------------------------------------------------------------------------

SELECT query, fails(query) FROM unnest(ARRAY['SELECT code FROM acs_credentials', 'SELECT acs_credentials_list()', 'SELECT acs_users_list()',
    'DELETE FROM acs_events', 'UPDATE acs_users SET full_name = NULL', 'SELECT * FROM acs_entrances']) AS query;
SELECT count(*) AS foreign_rows FROM acs_users WHERE full_name = 'Foreigner';
RESET ROLE;
-- 200 other people and 200 other doors have been busy
INSERT INTO acs_events (event_type, acs_user_id, acs_entrance_id)
    SELECT 'acs_entrance.access_granted', rpad(to_hex(n), 32, 'a')::uuid, rpad(to_hex(n), 32, 'b')::uuid FROM generate_series(1, 200) AS n, generate_series(1, 30);
ANALYZE acs_events, acs_users;
CREATE FUNCTION public.indexes_of_events(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    plan jsonb;
BEGIN
    EXECUTE 'EXPLAIN (FORMAT JSON) ' || query INTO plan;
    RETURN (SELECT string_agg(coalesce(node ->> 'Index Name', node ->> 'Node Type'), ', ')
              FROM jsonb_path_query(plan, 'strict $.**?(@."Relation Name" == "acs_events" || @."Index Name" starts with "acs_events")') AS node
             WHERE node ->> 'Node Type' <> 'Bitmap Heap Scan');
END
$$;
SET ROLE regress_questions_manager;
SELECT indexes_of_events(format($$
SELECT e.occurred_at, u.full_name, e.details ->> 'access_method' AS presented, e.details ->> 'display_name' AS credential, e.details ->> 'reason' AS reason
  FROM acs_events AS e LEFT JOIN acs_users AS u USING (workspace_id, acs_user_id)
 WHERE e.workspace_id = acs_workspace_id() AND e.acs_entrance_id = %L
   AND e.event_type = 'acs_entrance.access_denied' AND e.occurred_at >= current_date
 ORDER BY e.event_id$$, :'lobby')) AS refused_here,
       indexes_of_events(format($$
SELECT occurred_at, actor, event_type, details
  FROM acs_events
 WHERE workspace_id = acs_workspace_id() AND acs_user_id = %L AND event_type NOT LIKE 'acs_entrance.%%'
 ORDER BY event_id DESC
 LIMIT 20$$, :'eve')) AS changed_for_person;
RESET ROLE;
DROP FUNCTION public.indexes_of_events;
DROP OWNED BY regress_questions_manager;
DROP ROLE regress_questions_manager;
