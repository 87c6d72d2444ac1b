-- What a request is refused with: each rule, with its HTTP status, the type by which the
-- API's client tells errors apart, and the parameters that it names.
SET credentials.workspace_id = '4e900000-0000-4000-8000-0000000000a0';
\set SHOW_CONTEXT never

CREATE TEMP TABLE ids (name text PRIMARY KEY, id uuid);
CREATE FUNCTION pg_temp.remember(name text, id uuid) RETURNS uuid LANGUAGE sql AS $$ INSERT INTO ids VALUES (name, id) RETURNING id $$;
CREATE FUNCTION pg_temp.with_ids(body text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    known record;
BEGIN
    FOR known IN SELECT * FROM ids ORDER BY length(name) DESC LOOP
        body := replace(body, '$' || known.name, known.id::text);
    END LOOP;
    RETURN body;
END
$$;

INSERT INTO acs_system_types (system_type, display_name, access_methods, custom_code, code_min_length, code_max_length, code_digits, code_max_value, max_entrances_per_code, metadata_key, max_cards_per_user)
    VALUES ('rules_strict', 'Strict', '{code,card}', 'allowed', 4, 6, '01234567', 500000, 1, 'none', 1);
\t on
\o /dev/null
SELECT pg_temp.remember(system, acs_system_id) FROM unnest('{generic,rules_strict,visionline_system,latch_building}'::text[]) AS system, acs_systems_create('System', system);
SELECT pg_temp.remember('strict', id) FROM ids WHERE name = 'rules_strict';
SELECT pg_temp.remember('door', acs_entrance_id) FROM ids, acs_entrances_create(id, 'Door') WHERE name = 'generic';
SELECT pg_temp.remember('strict_' || n, acs_entrance_id) FROM ids, unnest('{a,b}'::text[]) AS n, acs_entrances_create(id, n) WHERE ids.name = 'strict';
SELECT pg_temp.remember('latch_door', acs_entrance_id) FROM ids, acs_entrances_create(id, 'Door') WHERE name = 'latch_building';
SELECT pg_temp.remember('group', acs_access_group_id) FROM ids, acs_access_groups_create(id, 'Group') WHERE ids.name = 'generic';
SELECT pg_temp.remember(user_name, acs_user_id)
  FROM (VALUES ('jane', 'generic'), ('joe', 'generic'), ('sue', 'rules_strict'), ('vic', 'visionline_system'), ('liz', 'latch_building')) AS users (user_name, system)
  JOIN ids ON name = system, acs_users_create(id, user_name, user_identity_id => CASE user_name WHEN 'jane' THEN '22222222-2222-4222-8222-222222222222'::uuid END);
SELECT acs_access_groups_add_user(acs_access_group_id => (SELECT id FROM ids WHERE name = 'group'), acs_user_id => (SELECT id FROM ids WHERE name = 'jane'));
SELECT acs_access_groups_add_entrance(acs_access_group_id => (SELECT id FROM ids WHERE name = 'group'), acs_entrance_id => (SELECT id FROM ids WHERE name = 'door'));
SELECT pg_temp.remember('pin', acs_credential_id) FROM ids, acs_credentials_create(id, 'code', '824759', reference => 'a line of an import') WHERE name = 'jane';
SELECT pg_temp.remember('card', acs_credential_id) FROM ids, acs_credentials_create(id, 'card') WHERE name = 'jane';
SELECT acs_credentials_issue(id, '04A22C1B') FROM ids WHERE name = 'card';
SELECT pg_temp.remember('blank', acs_credential_id) FROM ids, acs_credentials_create(id, 'card') WHERE name = 'joe';
SELECT pg_temp.remember('key', acs_credential_id) FROM ids, acs_credentials_create(id, 'mobile_key', is_multi_phone_sync_credential => true) WHERE name = 'jane';
SELECT pg_temp.remember('copy', acs_credential_id) FROM ids, acs_credentials_sync_to_phone(id, 'a phone') WHERE name = 'key';
SELECT pg_temp.remember('old', acs_credential_id) FROM ids, acs_credentials_create(id, 'card') WHERE name = 'sue';
SELECT pg_temp.remember('code', acs_credential_id) FROM ids, acs_credentials_create(id, 'code', '1234', allowed_acs_entrance_ids => ARRAY[(SELECT id FROM ids WHERE name = 'strict_a')]) WHERE name = 'sue';
SELECT pg_temp.remember('nobody', '00000000-0000-4000-8000-000000000000');
\o
\t off

CREATE FUNCTION pg_temp.ask(path text, body text, OUT status int, OUT type text, OUT rule text, OUT parameters text, OUT the_request text) LANGUAGE sql AS $$
    SELECT status, response #>> '{error,type}', response #>> '{error,data,rule}',
           (SELECT string_agg(key || CASE WHEN value #>> '{_errors,0}' = response #>> '{error,message}' THEN '' ELSE ' with other words' END, ', ')
              FROM json_each(response #> '{error,validation_errors}') WHERE key <> '_errors'),
           CASE WHEN json_array_length(response #> '{error,validation_errors,_errors}') > 0 THEN 'yes' END
      FROM acs_request(path, pg_temp.with_ids(body))
$$;

-- The request is wrong: the type is the API's, and the parameters are named.
SELECT path, answer.*
  FROM (VALUES
    (1, '/acs/credentials/create', '{"acs_user_id": "$liz", "access_method": "card"}'),
    (2, '/acs/credentials/issue', '{"acs_credential_id": "$pin", "card_number": "1"}'),
    (3, '/acs/credentials/create', '{"acs_user_id": "$jane", "access_method": "mobile_key", "code": "1234"}'),
    (4, '/acs/credentials/create', '{"acs_user_id": "$liz", "access_method": "code", "code": "1234567"}'),
    (5, '/acs/credentials/create', '{"acs_user_id": "$sue", "access_method": "code", "code": "123"}'),
    (6, '/acs/credentials/update', '{"acs_credential_id": "$code", "code": "1234567"}'),
    (7, '/acs/credentials/create', '{"acs_user_id": "$sue", "access_method": "code", "code": "500001"}'),
    (8, '/acs/credentials/create', '{"acs_user_id": "$vic", "access_method": "mobile_key"}'),
    (9, '/acs/credentials/create', '{"acs_user_id": "$vic", "access_method": "mobile_key", "is_multi_phone_sync_credential": false}'),
    (10, '/acs/credentials/sync_to_phone', '{"acs_credential_id": "$pin", "phone_id": "a phone"}'),
    (11, '/acs/credentials/create', '{"acs_user_id": "$liz", "access_method": "code"}'),
    (12, '/acs/credentials/create', '{"acs_user_id": "$liz", "access_method": "code", "allowed_acs_entrance_ids": []}'),
    (13, '/acs/credentials/create', '{"acs_user_id": "$sue", "access_method": "code", "code": "1235", "allowed_acs_entrance_ids": ["$strict_a", "$strict_b"]}'),
    (14, '/acs/entrances/grant_access', '{"acs_entrance_id": "$strict_b", "acs_user_id": "$sue"}'),
    (15, '/acs/credentials/create', '{"acs_user_id": "$jane", "access_method": "card", "allowed_acs_entrance_ids": ["$door", "$door"]}'),
    (16, '/acs/access_groups/create', '{"acs_system_id": "$generic", "name": "x", "acs_entrance_ids": ["$door", "$door"]}'),
    (17, '/acs/credentials/create', '{"acs_user_id": "$jane", "access_method": "card", "allowed_acs_entrance_ids": ["$strict_a"]}'),
    (18, '/acs/credentials/create_offline_code', '{"acs_user_id": "$jane", "allowed_acs_entrance_id": "$strict_a"}'),
    (19, '/acs/access_groups/create', '{"acs_system_id": "$generic", "name": "x", "acs_entrance_ids": ["$strict_a"]}'),
    (20, '/acs/entrances/grant_access', '{"acs_entrance_id": "$strict_a", "acs_user_id": "$jane"}'),
    (21, '/acs/users/create', '{"acs_system_id": "$strict", "full_name": "x", "acs_access_group_ids": ["$group"]}'),
    (22, '/acs/access_groups/add_user', '{"acs_access_group_id": "$group", "acs_user_id": "$sue"}'),
    (23, '/acs/credentials/create', '{"acs_user_id": "$liz", "access_method": "code", "allowed_acs_entrance_ids": ["$latch_door"], "starts_at": "2100-01-01T00:00:00Z"}'),
    (24, '/acs/credentials/create', '{"acs_user_id": "$liz", "access_method": "code", "allowed_acs_entrance_ids": ["$latch_door"]}'),
    (25, '/acs/credentials/create', '{"acs_user_id": "$jane", "access_method": "card", "starts_at": "2000-01-01T00:00:00Z", "ends_at": "2001-01-01T00:00:00Z"}'),
    (26, '/acs/credentials/update', '{"acs_credential_id": "$pin", "ends_at": "2001-01-01T00:00:00Z"}'),
    (27, '/acs/credentials/create', '{"acs_user_id": "$jane", "access_method": "card", "starts_at": "2101-01-01T00:00:00Z", "ends_at": "2100-01-01T00:00:00Z"}'),
    (28, '/acs/users/update', '{"acs_user_id": "$jane", "access_schedule": {"starts_at": "2101-01-01T00:00:00Z", "ends_at": "2100-01-01T00:00:00Z"}}'),
    (29, '/acs/credentials/create', '{"acs_user_id": "$vic", "access_method": "card", "hotek_metadata": {"override": true}}'),
    (30, '/acs/credentials/create', '{"acs_user_id": "$vic", "access_method": "card", "visionline_metadata": [1]}'),
    (31, '/acs/credentials/create', '{"access_method": "card"}'),
    (32, '/acs/users/delete', '{"user_identity_id": "22222222-2222-4222-8222-222222222222"}'),
    (33, '/acs/credentials/unassign', '{"acs_credential_id": "$pin", "acs_user_id": "$joe"}'),
    (34, '/acs/credentials/unassign', '{"acs_credential_id": "$blank", "user_identity_id": "22222222-2222-4222-8222-222222222222"}'),
    (35, '/acs/credentials/assign', '{"acs_credential_id": "$pin", "acs_user_id": "$joe"}'),
    (36, '/acs/credentials/issue', '{"acs_credential_id": "$card", "card_number": "04A22C1C"}'),
    (37, '/acs/credentials/update', '{"acs_credential_id": "$copy", "ends_at": "2100-01-01T00:00:00Z"}'),
    (38, '/acs/credentials/create', '{"acs_user_id": "$sue", "access_method": "card"}'),
    (39, '/acs/credentials/create', '{"acs_user_id": "$jane", "access_method": "card", "credential_manager_acs_system_id": "$strict"}'),
    (40, '/acs/systems/create', '{"name": "x", "default_credential_manager_acs_system_id": "$strict"}'),
    (41, '/acs/systems/create', '{"name": ""}'),
    (42, '/acs/entrances/create', '{"acs_system_id": "$generic", "display_name": ""}'),
    (43, '/acs/users/update', '{"acs_user_id": "$jane", "full_name": ""}'),
    (44, '/acs/credentials/issue', '{"acs_credential_id": "$blank", "card_number": "  "}'),
    (45, '/acs/credentials/sync_to_phone', '{"acs_credential_id": "$key", "phone_id": ""}'),
    (46, '/acs/systems/create', '{"name": "x", "system_type": "no such"}'),
    (47, '/acs/entrances/list_credentials_with_access', '{"acs_entrance_id": "$door", "include_if": ["true"]}'),
    (48, '/acs/users/list', '{"limit": 0}'),
    (49, '/acs/credentials/create', '{"acs_user_id": "$jane", "access_method": "code", "reference": ""}'),
    (50, '/acs/credentials/regenerate_code', '{"acs_credential_id": "$card"}'),
    (51, '/acs/systems/create', '{"name": "x", "time_zone": "Mars"}'),
    (52, '/acs/systems/delete', '{"acs_system_id": "$generic"}'),
    (53, '/acs/entrances/revoke_access', '{"acs_entrance_id": "$door", "acs_user_id": "$jane"}'),
    (54, '/events/list', '{"between": ["2100-01-01T00:00:00Z"]}'),
    (55, '/acs/credentials/create', '{"acs_user_id": "$sue", "access_method": "code", "code": "1238"}')) AS requests (n, path, body),
       pg_temp.ask(path, body) AS answer ORDER BY n;

-- The request is right, and something else is in the way: the type is the rule's name.
SELECT path, answer.*
  FROM (VALUES
    (1, '/acs/credentials/create', '{"acs_user_id": "$nobody", "access_method": "code"}'),
    (2, '/acs/credentials/get', '{"acs_credential_id": "$nobody"}'),
    (3, '/acs/credentials/create', '{"acs_user_id": "$jane", "access_method": "code", "allowed_acs_entrance_ids": ["$nobody"]}'),
    (4, '/acs/systems/get', '{"acs_system_id": "$nobody"}'),
    (5, '/acs/access_groups/get', '{"acs_access_group_id": "$nobody"}'),
    (6, '/acs/credentials/create', '{"acs_user_id": "$joe", "access_method": "code", "code": "824759"}'),
    (7, '/acs/credentials/issue', '{"acs_credential_id": "$blank", "card_number": "04:a2:2c:1b"}'),
    (8, '/acs/users/create', '{"acs_system_id": "$generic", "full_name": "x", "user_identity_id": "22222222-2222-4222-8222-222222222222"}'),
    (9, '/acs/credentials/create', '{"acs_user_id": "$joe", "access_method": "card", "reference": "a line of an import"}'),
    (10, '/events/get', '{"event_id": "$nobody"}')) AS requests (n, path, body),
       pg_temp.ask(path, body) AS answer ORDER BY n;
-- no code is free
BEGIN;
UPDATE acs_system_types SET code_max_value = 1, code_max_length = 1, code_min_length = 1, generated_code_length = NULL, max_entrances_per_code = NULL WHERE system_type = 'rules_strict';
SELECT answer.status, type, rule FROM unnest('{2100,2101}'::text[]) AS year,
       pg_temp.ask('/acs/credentials/create', format('{"acs_user_id": "$sue", "access_method": "code", "ends_at": "%s-01-01T00:00:00Z"}', year)) AS answer;
ROLLBACK;
-- A rule of the house has its name there, too, and none of its words.
BEGIN;
ALTER TABLE acs_users ADD CONSTRAINT no_bob CHECK (full_name <> 'Bob 824759');
SELECT answer.* FROM pg_temp.ask('/acs/users/create', '{"acs_system_id": "$generic", "full_name": "Bob 824759"}') AS answer;
ROLLBACK;
-- Who may not, and where there is no workspace.
CREATE ROLE regress_rules_nobody;
GRANT USAGE ON SCHEMA acs TO regress_rules_nobody;
GRANT EXECUTE ON FUNCTION acs_request(text, text, text) TO regress_rules_nobody;
SET ROLE regress_rules_nobody;
SELECT status, response FROM acs_request('/acs/systems/list', '{}', 'a request');
RESET ROLE;
DROP OWNED BY regress_rules_nobody;
DROP ROLE regress_rules_nobody;
RESET credentials.workspace_id;
SET credentials.workspace_required = on;
SELECT status, response #>> '{error,type}' AS type, response #>> '{error,data,rule}' AS rule FROM acs_request('/acs/systems/list');
RESET credentials.workspace_required;
