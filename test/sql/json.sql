-- API objects as JSON: keys in the API's order, times in UTC with milliseconds,
-- nothing null but the code of what has none.
SET datestyle = 'ISO';
SET timezone = 'UTC';
SET credentials.workspace_id = '15090000-0000-4000-8000-000000000000';

-- Rows with ids and times that stay the same.
INSERT INTO acs_system_types (system_type, display_name, credential_type, credential_type_display_name, encodes_cards)
    VALUES ('json_hotel', 'Hotel "JSON"', 'visionline_card', 'JSON card', true);
INSERT INTO acs_systems (acs_system_id, system_type, name, connected_account_id, default_credential_manager_acs_system_id, created_at) VALUES
    ('15090000-0000-7000-8000-000000000052', 'generic', 'Keys', NULL, NULL, '2024-02-05 10:00:00Z'),
    ('15090000-0000-7000-8000-000000000051', 'json_hotel', 'Hotel', '33333333-3333-4333-8333-333333333333', '15090000-0000-7000-8000-000000000052', '2024-02-06 10:00:00Z');
INSERT INTO acs_entrances (acs_entrance_id, acs_system_id, display_name, can_unlock_with_card, created_at) VALUES
    ('15090000-0000-7000-8000-0000000000e1', '15090000-0000-7000-8000-000000000051', 'Lobby', false, '2024-02-06 10:00:00.1Z');
INSERT INTO acs_users (acs_user_id, acs_system_id, user_identity_id, full_name, email_address, phone_number, is_suspended, access_starts_at, access_ends_at, created_at) VALUES
    ('15090000-0000-7000-8000-0000000000a1', '15090000-0000-7000-8000-000000000051', '22222222-2222-4222-8222-222222222222', 'Jane Doe', 'jane@example.com', '+1 555 0100',
     true, '2024-03-01 10:40:00Z', '2024-03-04 10:40:00Z', '2024-02-06 10:00:00.12Z'),
    ('15090000-0000-7000-8000-0000000000a2', '15090000-0000-7000-8000-000000000052', NULL, 'Joe Bloggs', NULL, NULL, false, NULL, NULL, '2024-02-06 10:00:00.123Z');
INSERT INTO acs_access_groups (acs_access_group_id, acs_system_id, name, schedule, created_at) VALUES
    ('15090000-0000-7000-8000-000000000091', '15090000-0000-7000-8000-000000000051', 'Staff', 'Mo-Fr 08:00-18:00', '2024-02-06 10:00:00.1234Z');
INSERT INTO acs_credentials (acs_credential_id, acs_system_id, acs_user_id, access_method, code, card_number, starts_at, ends_at, is_multi_phone_sync_credential,
                             parent_acs_credential_id, phone_id, credential_manager_acs_system_id, max_uses, reference, is_issued, issued_at, needs_to_be_reissued_at, disable_reasons, metadata, created_at) VALUES
    ('15090000-0000-7000-8000-0000000000c1', '15090000-0000-7000-8000-000000000051', '15090000-0000-7000-8000-0000000000a1', 'code', '0824759', NULL, NULL, NULL, false,
     NULL, NULL, NULL, 1, 'booking 1', NULL, NULL, NULL, '{}', NULL, '2024-02-06 06:50:05.714Z'),
    ('15090000-0000-7000-8000-0000000000c2', '15090000-0000-7000-8000-000000000051', NULL, 'card', '123456', '164d29dc4a09b65f', '2024-03-01 10:40:00Z', '2024-03-04 10:40:00.999999Z', false,
     NULL, NULL, '15090000-0000-7000-8000-000000000052', NULL, NULL, true, '2024-02-07 08:00:00Z', '2024-02-08 09:00:00.5Z', '{lost}', '{"hotek_metadata": {"override": true}}', '2024-02-06 06:50:05.714999Z'),
    ('15090000-0000-7000-8000-0000000000c3', '15090000-0000-7000-8000-000000000051', '15090000-0000-7000-8000-0000000000a1', 'mobile_key', NULL, NULL, '1969-12-31 23:59:59.9999Z', NULL, true,
     NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '{}', '{"visionline_metadata": {"card_format": "rfid48", "label": "%ROOMNUM%"}, "assa_abloy_vostio_metadata": {"auto_join": true}}', '2024-02-06 06:50:05Z'),
    ('15090000-0000-7000-8000-0000000000c4', '15090000-0000-7000-8000-000000000051', '15090000-0000-7000-8000-0000000000a1', 'mobile_key', NULL, NULL, NULL, NULL, false,
     '15090000-0000-7000-8000-0000000000c3', 'phone', NULL, NULL, NULL, NULL, NULL, NULL, '{}', NULL, '2024-02-06 06:50:05Z'),
    ('15090000-0000-7000-8000-0000000000c5', '15090000-0000-7000-8000-000000000052', '15090000-0000-7000-8000-0000000000a2', 'card', NULL, NULL, NULL, NULL, false,
     NULL, NULL, NULL, NULL, NULL, false, NULL, NULL, '{}', '{"hotek_metadata": {}, "salto_space_metadata": {}}', '2024-02-06 06:50:05Z');
UPDATE acs_credentials SET schedule = 'Mo-Fr 08:00-18:00; PH off' WHERE acs_credential_id = '15090000-0000-7000-8000-0000000000c1';
SELECT acs_events_purge('infinity') AS told_of_these_rows;
INSERT INTO acs_events (event_id, event_type, occurred_at, acs_system_id, acs_user_id, acs_access_group_id, actor) VALUES
    ('15090000-0000-7000-8000-0000000000f0', 'acs_access_group.user_added', '2024-02-06 06:50:05Z', '15090000-0000-7000-8000-000000000051',
     '15090000-0000-7000-8000-0000000000a1', '15090000-0000-7000-8000-000000000091', 'clerk');
INSERT INTO acs_events (event_id, event_type, occurred_at, acs_system_id, acs_user_id, acs_credential_id, acs_entrance_id, actor, details) VALUES
    ('15090000-0000-7000-8000-0000000000f1', 'acs_credential.created', '2024-02-06 06:50:05.71499Z', '15090000-0000-7000-8000-000000000051', '15090000-0000-7000-8000-0000000000a1',
     '15090000-0000-7000-8000-0000000000c1', NULL, 'clerk', '{"display_name": "Code 08*****"}'),
    ('15090000-0000-7000-8000-0000000000f2', 'acs_entrance.access_denied', '2024-02-06 06:50:06Z', '15090000-0000-7000-8000-000000000052', NULL,
     NULL, '15090000-0000-7000-8000-0000000000e1', 'a "door"', DEFAULT);

---------------------------------------------------------------------------
-- The objects
---------------------------------------------------------------------------

\t on
SELECT acs_credential_json(c) FROM acs_credentials_list() AS c;
SELECT acs_user_json(u) FROM acs_users AS u WHERE u.workspace_id = acs_workspace_id() ORDER BY acs_user_id;
SELECT acs_entrance_json(e) FROM acs_entrances AS e WHERE e.workspace_id = acs_workspace_id();
SELECT acs_access_group_json(g) FROM acs_access_groups AS g WHERE g.workspace_id = acs_workspace_id();
SELECT acs_system_json(s) FROM acs_systems AS s WHERE s.workspace_id = acs_workspace_id() ORDER BY created_at;
SELECT acs_event_json(e) FROM acs_events AS e WHERE e.workspace_id = acs_workspace_id() ORDER BY event_id;
SELECT acs_access_decision_json(d) FROM unnest(ARRAY[
    (false, 'expired', '{expired,entrance_not_allowed}', '15090000-0000-7000-8000-0000000000c1', '15090000-0000-7000-8000-0000000000a1', '15090000-0000-7000-8000-0000000000e1', '2024-02-06 06:50:05.7Z', '2024-02-07Z'),
    (true, NULL, '{}', NULL, NULL, '15090000-0000-7000-8000-0000000000e1', '2024-02-06 06:50:05.7Z', NULL)]::acs_access_decision[]) AS d;
\t off

-- Keys of a credential are the fields of its type, in their order, and two more.
CREATE TEMP TABLE keys AS
    SELECT acs_credential_id, n, key FROM acs_credentials_list() AS c, json_object_keys(acs_credential_json(c)) WITH ORDINALITY AS k (key, n);
CREATE TEMP TABLE fields AS SELECT attnum AS n, attname::text AS key FROM pg_attribute WHERE attrelid = 'acs_credential'::regclass;
SELECT DISTINCT key AS beyond FROM keys WHERE key NOT IN (SELECT key FROM fields);
SELECT key AS never_seen FROM fields WHERE key NOT IN (SELECT key FROM keys);
SELECT bool_and(after > before) AS in_order
  FROM (SELECT f.n AS after, lag(f.n) OVER (PARTITION BY acs_credential_id ORDER BY k.n) AS before FROM keys k JOIN fields f USING (key)) AS order_of_keys;
SELECT key AS always_there FROM keys GROUP BY key HAVING count(*) = (SELECT count(*) FROM acs_credentials_list()) ORDER BY min(n);
-- Nothing is null, but a code.
SELECT DISTINCT key AS null_somewhere FROM acs_credentials_list() AS c, json_each(acs_credential_json(c)) WHERE json_typeof(value) = 'null';
-- The whole schedule of a user, if one side of it is set.
SELECT starts_at, ends_at, acs_user_json(u) -> 'access_schedule' AS access_schedule
  FROM (VALUES (timestamptz '2024-03-01', timestamptz '2024-03-04'), ('2024-03-01', NULL), (NULL, '2024-03-04'), (NULL, NULL)) AS schedules (starts_at, ends_at),
       LATERAL (SELECT ROW('15090000-0000-4000-8000-000000000000', NULL, NULL, NULL, 'Jane', NULL, NULL, false, starts_at, ends_at, '2024-02-06')::acs_users AS u) AS users;

-- Words for what brands have are those of the API's schema; what has none there has no such member, but groups.
CREATE TEMP TABLE of_types AS
    SELECT t.system_type, s, g FROM acs_system_types AS t, acs_systems_create('System', t.system_type) AS s, acs_access_groups_create(s.acs_system_id, 'Group') AS g
     WHERE t.is_builtin OR t.system_type = 'json_hotel';
SELECT system_type, acs_system_json(s) -> 'external_type' IS NOT NULL AS of_the_api, j ->> 'external_type' AS group_type, j ->> 'external_type_display_name' AS group_name,
       j ->> 'access_group_type' = j ->> 'external_type' AND j ->> 'access_group_type_display_name' = j ->> 'external_type_display_name' AS both
  FROM of_types, acs_access_group_json(g) AS j ORDER BY system_type COLLATE "C";
SELECT credential_type, acs_credential_json(jsonb_populate_record(NULL::acs_credential, jsonb_build_object('external_type', credential_type))) ->> 'external_type' AS shown
  FROM unnest('{visionline_card,json_card,"",generic}'::text[]) AS credential_type;
-- The API's schema refuses what is no address, so that is not shown as one.
SELECT email, acs_user_json(jsonb_populate_record(NULL::acs_users, jsonb_build_object('email_address', email))) ->> 'email_address' IS NOT NULL AS shown
  FROM unnest(ARRAY['jane@example.com', 'Jane.O''Doe+door_1-x@mail-2.EXAMPLE.co', 'a@b.cd', '1@2.cd', '-@x.yz', 'jane', '', '@', 'jane@', '@example.com', 'jane@example', 'jane@example.c', 'jane@example.c0m',
                    'jane@-example.com', 'jane@example..com', 'jane@.com', 'jane@example.com.', 'ja..ne@example.com', '.jane@example.com', 'jane.@example.com', 'jane''@example.com', 'jane@@example.com', 'jane doe@example.com',
                    'jane@example.com ', 'jörg@example.com', 'jane@exämple.com', 'jane@example.com' || chr(10), 'jane@[127.0.0.1]']) AS email;
-- No account was given: that of the workspace.
SELECT DISTINCT acs_system_json(s) ->> 'connected_account_id' AS account, acs_system_json(s) -> 'connected_account_ids' ->> 0 AS accounts FROM acs_systems_list() AS s ORDER BY 1;

-- No object is no JSON; an object without anything has what every object has.
SELECT acs_credential_json(NULL) IS NULL AS credential, acs_user_json(NULL) IS NULL AS acs_user, acs_entrance_json(NULL) IS NULL AS entrance, acs_access_group_json(NULL) IS NULL AS access_group,
       acs_system_json(NULL) IS NULL AS system, acs_event_json(NULL) IS NULL AS event, acs_access_decision_json(NULL) IS NULL AS decision;
SELECT acs_credential_json(c) FROM (SELECT (jsonb_populate_record(NULL::acs_credential, '{"display_name": "Card"}')).*) AS c;
SELECT acs_system_json(jsonb_populate_record(NULL::acs_systems, '{"system_type": "generic"}'));

---------------------------------------------------------------------------
-- Times
---------------------------------------------------------------------------

-- the same, whatever the session's settings
CREATE FUNCTION pg_temp.everything() RETURNS text LANGUAGE sql AS $$
    SELECT concat((SELECT string_agg(acs_credential_json(c)::text, '') FROM acs_credentials_list() AS c), (SELECT string_agg(acs_user_json(u)::text, '') FROM acs_users AS u WHERE u.workspace_id = acs_workspace_id()),
                  (SELECT string_agg(acs_entrance_json(e)::text, '') FROM acs_entrances AS e WHERE e.workspace_id = acs_workspace_id()), (SELECT string_agg(acs_event_json(e)::text, '') FROM acs_events AS e WHERE e.workspace_id = acs_workspace_id()),
                  (SELECT string_agg(response::text, '') FROM acs_request('/acs/systems/list')))
$$;
CREATE FUNCTION pg_temp.everything_with(name text, value text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config(name, value, true);
    RETURN pg_temp.everything();
END
$$;
SELECT pg_temp.everything() AS everything \gset
SELECT name, value, pg_temp.everything_with(name, value) = :'everything' AS same
  FROM (VALUES ('TimeZone', 'America/New_York'), ('TimeZone', 'Asia/Kathmandu'), ('TimeZone', '<+1545>-15:45'), ('DateStyle', 'SQL, DMY'), ('DateStyle', 'German'), ('DateStyle', 'Postgres, MDY'),
               ('IntervalStyle', 'iso_8601'), ('lc_time', 'C'), ('extra_float_digits', '-15'), ('bytea_output', 'escape'), ('quote_all_identifiers', 'on')) AS settings (name, value);
CREATE FUNCTION pg_temp.json_time(at timestamptz) RETURNS json LANGUAGE sql AS $$
    SELECT acs_event_json(jsonb_populate_record(NULL::acs_events, jsonb_build_object('occurred_at', at))) -> 'occurred_at'
$$;
-- milliseconds, cut off and not rounded, so that nothing seems valid a moment longer
SELECT at, pg_temp.json_time(at) AS json
  FROM unnest('{2024-02-06 06:50:05.714Z, 2024-02-06 06:50:05.714999Z, 2024-02-06 06:50:05.9999Z, 2024-12-31 23:59:59.999999Z, 2024-02-06 06:50:05.000001Z, 1999-12-31 23:59:59.9999Z,
                1969-12-31 23:59:59.999999Z, 1969-07-20 20:17:40Z, 0001-01-01 00:00:00Z, 0999-01-01 00:00:00Z, 9999-12-31 23:59:59.9999Z, 2024-02-29 12:00:00+15:45}'::timestamptz[]) AS at;
-- years that four digits cannot tell have a sign and six, as in ECMAScript
SELECT at, pg_temp.json_time(at) AS json
  FROM unnest('{0001-12-31 23:59:59Z BC, 0044-03-15 12:00:00Z BC, 4713-01-01 00:00:00Z BC, 10000-01-01 00:00:00Z, 294276-12-31 23:59:59.999999Z}'::timestamptz[]) AS at;
-- no infinity is stored in a window; elsewhere it is no time that JSON could tell
SELECT starts_at, ends_at, access_starts_at, access_ends_at FROM acs_users_create('15090000-0000-7000-8000-000000000051', 'Ann', access_starts_at => '-infinity', access_ends_at => 'infinity') AS u,
       acs_credentials_create(u.acs_user_id, 'code', '610005', starts_at => '-infinity', ends_at => 'infinity');
SELECT fails($$SELECT pg_temp.json_time('infinity')$$);
SELECT fails($$SELECT pg_temp.json_time('-infinity')$$);

---------------------------------------------------------------------------
-- Names
---------------------------------------------------------------------------

CREATE TEMP TABLE names AS
    SELECT name, (acs_users_create('15090000-0000-7000-8000-000000000052', name)).* FROM unnest(ARRAY[
        'Anne "Queen" O''Hara', E'back\\slash \\" \\u0041 \\n', E'tab\t newline\n return\r backspace\b form feed\f', E'\x01\x02\x1b[31mred\x1f\x7f', 'Zoë Ångström-Müller', '陳大文 佐藤 Ελένη Марія', 'مريم שרה',
        '🔑 👩‍🚀', U&'line\2028paragraph\2029bom\FEFF', '</script><b>&amp;', '{"json": [1]}', '[]', 'null', '  blanks  ', '$1 %s :name {0}', repeat('x', 10000)]) AS name;
\pset format unaligned
\t on
SELECT acs_user_json(n)::jsonb ->> 'full_name' = name AS same, substring(acs_user_json(n)::text FROM '"display_name":("(?:[^"\\]|\\.){0,60})') AS json
  FROM (SELECT name, (SELECT u FROM acs_users u WHERE u.acs_user_id = names.acs_user_id) AS n FROM names) AS n (name, n);
\t off
\pset format aligned
-- as names of systems, entrances and groups, and in metadata
SELECT bool_and((acs_system_json(s)::jsonb ->> 'name') = full_name) AS systems, bool_and((acs_entrance_json(e)::jsonb ->> 'display_name') = full_name) AS entrances,
       bool_and((acs_access_group_json(g)::jsonb ->> 'name') = full_name) AS groups
  FROM names, acs_systems_create(full_name) AS s, acs_entrances_create('15090000-0000-7000-8000-000000000052', full_name) AS e, acs_access_groups_create('15090000-0000-7000-8000-000000000052', full_name) AS g;
-- and through a request
SELECT count(*) AS found, count(*) FILTER (WHERE response::jsonb #>> '{acs_users,0,full_name}' = full_name) AS same
  FROM names, acs_request('/acs/users/list', jsonb_build_object('search', full_name, 'limit', 1, 'acs_system_id', acs_system_id));

---------------------------------------------------------------------------
-- Whose
---------------------------------------------------------------------------

-- the connected account is that of the object's system, in the session's workspace only
SELECT acs_credential_json(c) ->> 'connected_account_id' AS account, count(*) FROM acs_credentials_list() AS c GROUP BY 1 ORDER BY 1;
SELECT acs_credentials_get('15090000-0000-7000-8000-0000000000c1') AS pin \gset
SET credentials.workspace_id = '15090000-0000-4000-8000-00000000000e';
SELECT acs_credential_json(:'pin'::acs_credential) ->> 'connected_account_id' IS NULL AS not_told,
       acs_connected_account_id('15090000-0000-4000-8000-000000000000', '15090000-0000-7000-8000-000000000051') IS NULL AS nor_so,
       acs_connected_account_id('15090000-0000-4000-8000-00000000000e', '15090000-0000-7000-8000-000000000051') IS NULL AS nor_so;
SET credentials.workspace_id = '15090000-0000-4000-8000-000000000000';
-- who has the object and the right to make JSON of it needs nothing else
CREATE ROLE regress_json_clerk;
GRANT USAGE ON SCHEMA acs TO regress_json_clerk;
SET ROLE regress_json_clerk;
SELECT fails(format('SELECT acs_credential_json(%L::acs_credential)', :'pin'));
RESET ROLE;
GRANT EXECUTE ON FUNCTION acs_credential_json TO regress_json_clerk;
SET ROLE regress_json_clerk;
SELECT acs_credential_json(:'pin'::acs_credential) ->> 'connected_account_id' AS account;
SELECT fails('SELECT connected_account_id FROM acs_systems');
SELECT fails($$SELECT acs_connected_account_id('15090000-0000-4000-8000-000000000000', '15090000-0000-7000-8000-000000000051')$$);
RESET ROLE;
DROP OWNED BY regress_json_clerk;
DROP ROLE regress_json_clerk;
