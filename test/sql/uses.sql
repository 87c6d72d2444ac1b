-- A credential with max_uses opens that many times, at whatever door, and then never
-- again.  The last use is the end of its validity: what it was known by is free.
SET datestyle = 'ISO';
SET timezone = 'UTC';
SET credentials.workspace_id = '05e50000-0000-4000-8000-000000000000';
SELECT acs_system_id AS hotel FROM acs_systems_create('Hotel') \gset
SELECT acs_entrance_id AS lobby FROM acs_entrances_create(:'hotel', 'Lobby') \gset
SELECT acs_entrance_id AS gym FROM acs_entrances_create(:'hotel', 'Gym') \gset
SELECT acs_user_id AS jane FROM acs_users_create(:'hotel', 'Jane Doe') \gset
SELECT acs_user_id AS joe FROM acs_users_create(:'hotel', 'Joe Bloggs') \gset
CREATE FUNCTION pg_temp.state(id uuid, OUT max_uses integer, OUT uses integer, OUT used_up boolean) LANGUAGE sql AS $$
    SELECT c.max_uses, c.uses, c.used_up_at IS NOT NULL FROM acs_credentials c
     WHERE c.workspace_id = acs_workspace_id() AND c.acs_credential_id = id $$;

---------------------------------------------------------------------------
-- Three times, by every method
---------------------------------------------------------------------------

SELECT acs_credential_id AS pin FROM acs_credentials_create(:'jane', 'code', '824101', max_uses => 3, allowed_acs_entrance_ids => ARRAY[:'lobby', :'gym']::uuid[]) \gset
SELECT acs_credential_id AS card FROM acs_credentials_create(:'jane', 'card', '824102', max_uses => 3, allowed_acs_entrance_ids => ARRAY[:'lobby', :'gym']::uuid[]) \gset
SELECT acs_credential_id AS key FROM acs_credentials_create(:'jane', 'mobile_key', max_uses => 3, allowed_acs_entrance_ids => ARRAY[:'lobby', :'gym']::uuid[]) \gset
SELECT display_name, is_one_time_use, max_uses, uses FROM acs_credentials_list(:'jane');
SELECT method, door, (d).granted, (d).reason
  FROM (VALUES ('code', '824101', NULL::uuid), ('card', '824102', NULL), ('mobile_key', NULL, :'key')) AS c (method, presented, key),
       (VALUES (1, 'lobby', :'lobby'::uuid), (2, 'gym', :'gym'), (3, 'lobby', :'lobby'), (4, 'gym', :'gym')) AS t (n, door, entrance),
       LATERAL (SELECT acs_access_request(entrance, method, presented, acs_credential_id => key) AS d OFFSET 0) AS r
 ORDER BY method, n;
SELECT display_name, max_uses, uses FROM acs_credentials_list(:'jane');
SELECT access_method, count(*) FILTER (WHERE occurred_at < used_up_at) AS granted_before, count(*) FILTER (WHERE occurred_at >= used_up_at) AS and_then
  FROM acs_credentials JOIN acs_events USING (workspace_id, acs_credential_id)
 WHERE acs_credentials.acs_user_id = :'jane' AND event_type = 'acs_entrance.access_granted' GROUP BY 1 ORDER BY 1;
-- what is told, in this order
SELECT event_type, details ->> 'reason' AS reason, details - 'used_up_at' - 'reasons' - 'reason' AS details FROM acs_events WHERE acs_credential_id = :'pin' ORDER BY event_id;
-- a check counts nothing, nor does a refusal
SELECT acs_credential_id AS two FROM acs_credentials_create(:'joe', 'code', '824103', max_uses => 2, allowed_acs_entrance_ids => ARRAY[:'lobby']::uuid[]) \gset
SELECT granted FROM acs_access_check(:'lobby', 'code', '824103');
SELECT granted, reason FROM acs_access_request(:'gym', 'code', '824103');
SELECT * FROM pg_temp.state(:'two');
-- without a limit nothing is counted
SELECT acs_credential_id AS free FROM acs_credentials_create(:'joe', 'code', '824104', max_uses => 0, allowed_acs_entrance_ids => ARRAY[:'lobby']::uuid[]) \gset
SELECT granted FROM acs_access_request(:'lobby', 'code', '824104');
SELECT * FROM pg_temp.state(:'free');

---------------------------------------------------------------------------
-- What is used up is free, and stays over
---------------------------------------------------------------------------

SELECT display_name FROM acs_credentials_create(:'joe', 'code', '824101', allowed_acs_entrance_ids => ARRAY[:'gym']::uuid[]);
SELECT acs_user_id = :'joe' AS of_joe FROM acs_access_request(:'gym', 'code', '824101');
-- more uses would be an extension over the next one
SELECT fails('SELECT acs_credentials_update($1, max_uses => 4)', :'pin') LIKE '23P01 code_overlap |%' AS more,
       fails('SELECT acs_credentials_update($1, max_uses => 0)', :'pin') LIKE '23P01 code_overlap |%' AS any_number,
       fails('UPDATE acs_credentials SET uses = 1 WHERE acs_credential_id = $1', :'pin') LIKE '23P01 code_overlap |%' AS set_back;
SELECT * FROM pg_temp.state(:'pin');

---------------------------------------------------------------------------
-- Fewer and more
---------------------------------------------------------------------------

CREATE TEMP TABLE seen AS SELECT event_id FROM acs_events;
SELECT granted FROM acs_access_request(:'lobby', 'code', '824103');
SELECT max_uses, uses FROM acs_credentials_update(:'two', max_uses => 5);
-- no more than were used: used up now
SELECT max_uses, uses FROM acs_credentials_update(:'two', max_uses => 1);
SELECT * FROM pg_temp.state(:'two');
SELECT reason FROM acs_access_request(:'lobby', 'code', '824103');
-- and good again, as nobody took the code meanwhile
SELECT max_uses, uses, is_one_time_use FROM acs_credentials_update(:'two', max_uses => 2);
SELECT * FROM pg_temp.state(:'two');
SELECT granted FROM acs_access_request(:'lobby', 'code', '824103');
SELECT max_uses, uses FROM acs_credentials_update(:'two', max_uses => 0);
SELECT * FROM pg_temp.state(:'two');
SELECT granted FROM acs_access_request(:'lobby', 'code', '824103');
-- null leaves it, the same is no change
SELECT max_uses, uses FROM acs_credentials_update(:'two', max_uses => NULL);
SELECT event_type, regexp_replace((details - 'display_name')::text, '"20[^"]*"', '(now)', 'g') AS details
  FROM acs_events WHERE event_id NOT IN (SELECT event_id FROM seen) ORDER BY event_id;

---------------------------------------------------------------------------
-- Whoever writes
---------------------------------------------------------------------------

-- when it was used up is kept, whether it is follows from the uses
INSERT INTO acs_credentials (acs_system_id, acs_user_id, access_method, code, max_uses, uses, used_up_at)
    VALUES (:'hotel', :'jane', 'code', '824201', 1, 1, '2024-05-01'), (:'hotel', :'jane', 'code', '824202', 2, 1, '2024-05-01'),
           (:'hotel', :'jane', 'code', '824203', NULL, 7, '2024-05-01'), (:'hotel', :'jane', 'code', '824204', 2, 9, NULL);
SELECT code, max_uses, uses, CASE WHEN used_up_at > now() - interval '1 hour' THEN '(now)' ELSE used_up_at::text END AS used_up_at
  FROM acs_credentials WHERE code BETWEEN '824201' AND '824204' ORDER BY code;
SELECT fails('UPDATE acs_credentials SET max_uses = 0 WHERE acs_credential_id = $1', :'two') AS none;
SELECT fails('UPDATE acs_credentials SET uses = -1 WHERE acs_credential_id = $1', :'two') AS negative;
SELECT fails($$SELECT acs_credentials_create($1, 'code', '824301', max_uses => -1)$$, :'jane') AS created;
SELECT fails('SELECT acs_credentials_update($1, max_uses => -1)', :'two') AS updated;
SELECT count(*) AS stored FROM acs_credentials WHERE code = '824301';
