-- acs_request(): the API's paths over the functions of SQL.  What is wrong with a
-- request is told in its response; nothing of it is stored, and no code is shown.
SET datestyle = 'ISO';
SET timezone = 'UTC';
SET credentials.workspace_id = '4e900000-0000-4000-8000-000000000000';
\set SHOW_CONTEXT never

-- Ask, as a client would.  $jane stands for an id that was remembered as jane, and #jane for
-- the cursor of a page that begins after it; of other ids and of the clock nothing is shown.
CREATE TEMP TABLE ids (name text PRIMARY KEY, id uuid);
CREATE TEMP TABLE asked (n int GENERATED ALWAYS AS IDENTITY, path text, body text, status int);
CREATE FUNCTION pg_temp.with_ids(body text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    known record;
BEGIN
    FOR known IN SELECT * FROM ids ORDER BY length(name) DESC LOOP
        body := replace(replace(body, '$' || known.name, known.id::text), '#' || known.name, encode(uuid_send(known.id), 'base64'));
    END LOOP;
    RETURN body;
END
$$;
CREATE FUNCTION pg_temp.shown(response text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    known record;
BEGIN
    FOR known IN SELECT * FROM ids LOOP
        response := replace(replace(response, known.id::text, '$' || known.name), encode(uuid_send(known.id), 'base64'), '#' || known.name);
    END LOOP;
    response := regexp_replace(response, '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}', '<id>', 'g');
    RETURN regexp_replace(response, '20[2-9][0-9]-[0-9-]{5}T[0-9:.]{12}Z', '<time>', 'g');
END
$$;
CREATE FUNCTION pg_temp.ask(path text, body text DEFAULT '{}', remember_as text DEFAULT NULL) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer record;
    object json;
BEGIN
    body := pg_temp.with_ids(body);
    SELECT * INTO answer FROM acs_request(path, body);
    INSERT INTO asked (path, body, status) VALUES (path, body, answer.status);
    IF remember_as IS NOT NULL THEN
        SELECT value INTO object FROM json_each(answer.response) LIMIT 1;
        INSERT INTO ids SELECT remember_as, value::uuid FROM json_each_text(object) LIMIT 1;
    END IF;
    RETURN answer.status || ' ' || pg_temp.shown(answer.response::text);
END
$$;

---------------------------------------------------------------------------
-- Every path
---------------------------------------------------------------------------

\t on
SELECT pg_temp.ask('/acs/systems/create', '{"name": "Hotel", "connected_account_id": "33333333-3333-4333-8333-333333333333"}', 'hotel');
SELECT pg_temp.ask('/acs/systems/create', '{"name": "Key service", "system_type": "generic"}', 'manager');
SELECT pg_temp.ask('/acs/systems/get', '{"acs_system_id": "$hotel"}');
SELECT pg_temp.ask('/acs/systems/list', '{"search": "hOtEl"}');

SELECT pg_temp.ask('/acs/entrances/create', '{"acs_system_id": "$hotel", "display_name": "Lobby"}', 'lobby');
SELECT pg_temp.ask('/acs/entrances/create', '{"acs_system_id": "$hotel", "display_name": "Safe", "can_unlock_with_card": false,
    "can_unlock_with_mobile_key": "false"}', 'safe');
SELECT pg_temp.ask('/acs/entrances/get', '{"acs_entrance_id": "$safe"}');
SELECT pg_temp.ask('/acs/entrances/list', '{"acs_system_id": "$hotel"}');

SELECT pg_temp.ask('/acs/access_groups/create', '{"acs_system_id": "$hotel", "name": "Staff", "acs_entrance_ids": ["$safe"]}', 'staff');
SELECT pg_temp.ask('/acs/access_groups/get', '{"acs_access_group_id": "$staff"}');
SELECT pg_temp.ask('/acs/access_groups/list', '{"acs_system_id": "$hotel"}');
SELECT pg_temp.ask('/acs/access_groups/list_accessible_entrances', '{"acs_access_group_id": "$staff"}');

SELECT pg_temp.ask('/acs/users/create', '{"acs_system_id": "$hotel", "full_name": "Jane Doe", "email_address": "jane@example.com",
    "user_identity_id": "22222222-2222-4222-8222-222222222222", "acs_access_group_ids": ["$staff"],
    "access_schedule": {"starts_at": "2001-03-01T10:40:00Z", "ends_at": null}}', 'jane');
SELECT pg_temp.ask('/acs/users/create', '{"acs_system_id": "$hotel", "full_name": "Joe Bloggs", "email": "joe@example.com", "phone_number": "+1 555 0100"}', 'joe');
SELECT pg_temp.ask('/acs/users/get', '{"acs_user_id": "$joe"}');
SELECT pg_temp.ask('/acs/users/get', '{"user_identity_id": "22222222-2222-4222-8222-222222222222", "acs_system_id": "$hotel"}');
SELECT pg_temp.ask('/acs/users/list', '{"search": "doe"}');
SELECT pg_temp.ask('/acs/users/update', '{"acs_user_id": "$joe", "full_name": "Joseph Bloggs", "access_schedule": {"starts_at": "2100-01-01T00:00:00Z", "ends_at": "2101-01-01T00:00:00+02:00"}}');
SELECT pg_temp.ask('/acs/users/update', '{"acs_user_id": "$joe", "access_schedule": null}');
SELECT pg_temp.ask('/acs/users/suspend', '{"acs_user_id": "$joe"}');
SELECT pg_temp.ask('/acs/users/unsuspend', '{"acs_user_id": "$joe"}');
SELECT pg_temp.ask('/acs/users/add_to_access_group', '{"acs_user_id": "$joe", "acs_access_group_id": "$staff"}');
SELECT pg_temp.ask('/acs/users/remove_from_access_group', '{"acs_user_id": "$joe", "acs_access_group_id": "$staff"}');
SELECT pg_temp.ask('/acs/access_groups/add_user', '{"acs_user_id": "$joe", "acs_access_group_id": "$staff"}');
SELECT pg_temp.ask('/acs/access_groups/list_users', '{"acs_access_group_id": "$staff"}');
SELECT pg_temp.ask('/acs/access_groups/remove_user', '{"acs_user_id": "$joe", "acs_access_group_id": "$staff"}');
SELECT pg_temp.ask('/acs/users/list_accessible_entrances', '{"acs_user_id": "$jane"}');

SELECT pg_temp.ask('/acs/credentials/create', '{"acs_user_id": "$jane", "access_method": "code", "code": "824759",
    "allowed_acs_entrance_ids": ["$lobby"], "starts_at": "2001-03-01T10:40:00+01:00"}', 'pin');
SELECT pg_temp.ask('/acs/credentials/create', '{"acs_user_id": "$jane", "access_method": "card"}', 'card');
SELECT pg_temp.ask('/acs/credentials/create', '{"user_identity_id": "22222222-2222-4222-8222-222222222222", "acs_system_id": "$hotel",
    "access_method": "mobile_key", "is_multi_phone_sync_credential": true, "credential_manager_acs_system_id": "$manager",
    "visionline_metadata": {"card_format": "rfid48"}}', 'key');
SELECT pg_temp.ask('/acs/credentials/get', '{"acs_credential_id": "$pin"}');
SELECT pg_temp.ask('/acs/credentials/list', '{"acs_user_id": "$jane", "limit": 2}');
SELECT pg_temp.ask('/acs/credentials/list', '{"acs_user_id": "$jane", "limit": "2", "page_cursor": "#card"}');
SELECT pg_temp.ask('/acs/credentials/update', '{"acs_credential_id": "$pin", "code": "824760", "ends_at": "2100-01-01T00:00:00.000Z"}');
SELECT pg_temp.ask('/acs/credentials/unassign', '{"acs_credential_id": "$card", "acs_user_id": "$jane"}');
SELECT pg_temp.ask('/acs/credentials/assign', '{"acs_credential_id": "$card", "acs_user_id": "$joe"}');
SELECT pg_temp.ask('/acs/credentials/list_accessible_entrances', '{"acs_credential_id": "$pin"}');
SELECT regexp_replace(pg_temp.ask('/acs/credentials/create_offline_code', '{"acs_user_id": "$joe", "allowed_acs_entrance_id": "$lobby", "is_one_time_use": true}', 'once'),
                      '[0-9*]{6}', '<code>', 'g');
SELECT regexp_replace(pg_temp.ask('/acs/credentials/regenerate_code', '{"acs_credential_id": "$once"}'),
                      '[0-9*]{6}', '<code>', 'g');
SELECT pg_temp.ask('/acs/credentials/issue', '{"acs_credential_id": "$card", "card_number": "1234abc"}');
SELECT pg_temp.ask('/acs/credentials/sync_to_phone', '{"acs_credential_id": "$key", "phone_id": "a phone"}');
SELECT pg_temp.ask('/acs/credentials/disable', '{"acs_credential_id": "$card", "reason": "lost"}');
SELECT pg_temp.ask('/acs/credentials/enable', '{"acs_credential_id": "$card", "reason": "lost"}');

SELECT pg_temp.ask('/acs/entrances/grant_access', '{"acs_entrance_id": "$safe", "acs_user_id": "$joe"}');
SELECT regexp_replace(pg_temp.ask('/acs/entrances/list_credentials_with_access', '{"acs_entrance_id": "$lobby"}'), '"(Code )?[0-9*]{6}"', '"<code>"', 'g');
SELECT pg_temp.ask('/acs/access/check', '{"acs_entrance_id": "$lobby", "access_method": "code", "code": "824760"}');
SELECT pg_temp.ask('/acs/access/check', '{"acs_entrance_id": "$lobby", "access_method": "code", "code": "824760", "at": "2100-01-01T00:00:00Z"}');
SELECT pg_temp.ask('/acs/access/request', '{"acs_entrance_id": "$safe", "access_method": "card", "card_number": "1234abc"}');

SELECT pg_temp.ask('/acs/entrances/revoke_access', '{"acs_entrance_id": "$safe", "acs_user_id": "$joe"}');
SELECT pg_temp.ask('/acs/entrances/update', '{"acs_entrance_id": "$safe", "display_name": "Strongroom", "can_unlock_with_card": true}');
SELECT pg_temp.ask('/acs/entrances/reset_lockout', '{"acs_entrance_id": "$safe"}');
SELECT pg_temp.ask('/acs/entrances/set_mode', '{"acs_entrance_id": "$safe", "mode": "locked", "until": "2099-01-01T00:00:00Z"}');
SELECT pg_temp.ask('/acs/systems/set_mode', '{"acs_system_id": "$hotel", "mode": "controlled"}');
SELECT pg_temp.ask('/acs/holidays/add', '{"acs_system_id": "$hotel", "day": "2099-12-25", "name": "Christmas"}');
SELECT pg_temp.ask('/acs/holidays/remove', '{"acs_system_id": "$hotel", "day": "2099-12-25"}');
SELECT pg_temp.ask('/acs/access_groups/update', '{"acs_access_group_id": "$staff", "name": "Night staff"}');
SELECT pg_temp.ask('/acs/access_groups/add_entrance', '{"acs_access_group_id": "$staff", "acs_entrance_id": "$lobby"}');
SELECT pg_temp.ask('/acs/access_groups/remove_entrance', '{"acs_access_group_id": "$staff", "acs_entrance_id": "$lobby"}');
SELECT pg_temp.ask('/acs/entrances/delete', '{"acs_entrance_id": "$safe"}');
SELECT pg_temp.ask('/acs/systems/update', '{"acs_system_id": "$hotel", "name": "Grand hotel", "time_zone": "Europe/Berlin"}');
SELECT pg_temp.ask('/acs/systems/list_compatible_credential_manager_acs_systems', '{"acs_system_id": "$hotel"}');
SELECT pg_temp.ask('/acs/systems/create', '{"name": "Annex", "time_zone": "Asia/Tokyo"}', 'annex');
SELECT pg_temp.ask('/acs/systems/delete', '{"acs_system_id": "$annex"}');

SELECT pg_temp.ask('/acs/users/revoke_access_to_all_entrances', '{"acs_user_id": "$joe"}');
SELECT pg_temp.ask('/acs/credentials/delete', '{"acs_credential_id": "$card"}');
SELECT pg_temp.ask('/acs/access_groups/delete', '{"acs_access_group_id": "$staff"}');
SELECT pg_temp.ask('/acs/users/delete', '{"acs_user_id": "$joe"}');
\t off

-- No function of the API was left out.
SELECT proname AS function_without_path FROM pg_proc
 WHERE pronamespace = 'acs'::regnamespace AND proname ~ '^acs_(access_groups|access|credentials|entrances|systems|holidays|users)_' AND proname !~ '_json$' AND proname NOT IN ('acs_credentials_overlaps', 'acs_credentials_try_create', 'acs_users_follow')
EXCEPT SELECT replace(substr(path, 2), '/', '_') FROM asked WHERE status = 200 ORDER BY 1;
SELECT status, count(DISTINCT path) AS paths FROM asked GROUP BY status;
-- What a response says is true: it is in the tables, and JSON.
SELECT display_name, code, ends_at FROM acs_credentials WHERE acs_credential_id = (SELECT id FROM ids WHERE name = 'pin');
SELECT full_name FROM acs_users WHERE workspace_id = acs_workspace_id() ORDER BY acs_user_id;

---------------------------------------------------------------------------
-- What is wrong with a request
---------------------------------------------------------------------------

\t on
-- no such path
SELECT pg_temp.ask(path) FROM unnest('{/acs/credentials/delete_all, /acs/credentials/create/, acs/credentials/get, /ACS/USERS/GET, /acs/users, /, "", /acs/json/object, /acs/request, /acs/events/purge}'::text[]) AS path;
SELECT status, response FROM acs_request(NULL);
SELECT status, response FROM acs_request(NULL, NULL);
SELECT pg_temp.ask('/acs/users/get; DROP TABLE acs_users');
-- a body that is no object
SELECT body, pg_temp.ask('/acs/systems/list', body) FROM unnest(ARRAY['[]', '[{}]', '"x"', '1', 'true', 'null']) AS body;
SELECT status, response FROM acs_request('/acs/systems/list', NULL::text);
SELECT status, response FROM acs_request('/acs/systems/list', NULL::jsonb);
SELECT status FROM acs_request('/acs/systems/list');
-- or, as text, no JSON, or none that could be stored: an answer, and nothing of it in an error
SELECT name, pg_temp.ask('/acs/systems/list', body) FROM (VALUES
    ('none', ''), ('blanks', '  '), ('words', 'secret 824759'), ('form', 'code=824759'), ('open', '{"code": "824759"'), ('comma', '{"code": "824759",}'), ('apostrophes', '{''code'': "824759"}'),
    ('two', '{} {}'), ('NaN', '{"limit": NaN}'), ('NUL', '{"code": "824759\u0000"}'), ('NUL in a key', '{"824759\u0000": 1}'), ('half of a pair', '{"code": "824759\ud83d"}'),
    ('other half', '{"code": "824759\ude00"}'), ('no escape', '{"code": "\x38"}'), ('no number', '{"limit": 1e1000000}'), ('control', E'{"code": "824759\t"}'),
    ('deep', repeat('[', 1000000)), ('deep inside', '{"code": ' || repeat('[', 100000) || repeat(']', 100000) || '}')) AS bodies (name, body);
SELECT name, pg_temp.ask('/acs/systems/list', body) FROM (VALUES
    ('a pair', '{"search": "\ud83d\ude00"}'), ('large number', '{"limit": 1e10000}'), ('small number', '{"limit": 1e-10000}'), ('a key in vain', '{"limit": "x", "limit": 1}')) AS bodies (name, body);
-- parameters that do not exist, here or at all; several at once
SELECT pg_temp.ask('/acs/credentials/get', '{"acs_credential_id": "$pin", "code": "1", "a \"key\"": 1, "": null, "__proto__": {}}');
SELECT pg_temp.ask('/acs/credentials/update', '{"acs_credential_id": "$pin", "starts_at": "2100-01-01T00:00:00Z", "acs_user_id": "$jane"}');
SELECT pg_temp.ask('/acs/systems/list', '{"status": 500, "response": {}}');
-- required ones that are missing, or null
SELECT pg_temp.ask('/acs/credentials/get');
SELECT pg_temp.ask('/acs/credentials/create', '{"acs_user_id": "$jane"}');
SELECT pg_temp.ask('/acs/credentials/create', '{"access_method": null}');
SELECT pg_temp.ask('/acs/credentials/create', '{"access_method": "code"}');
SELECT pg_temp.ask('/acs/credentials/create', '{"access_method": "code", "acs_system_id": "$hotel"}');
SELECT pg_temp.ask('/acs/users/create', '{"acs_system_id": null, "full_name": null}');
SELECT pg_temp.ask('/acs/users/update');
SELECT pg_temp.ask('/acs/access/check');
-- null is no value, or who asks with a lost id would be told of everybody; but of a cursor, of a schedule, and at a door
SELECT pg_temp.ask('/acs/credentials/list', '{"acs_user_id": null, "acs_system_id": null, "user_identity_id": null, "search": null, "limit": null, "page_cursor": null,
    "created_before": "2001-01-01T00:00:00Z", "is_multi_phone_sync_credential": null}');
SELECT pg_temp.ask('/acs/credentials/list', '{"created_before": "2001-01-01T00:00:00Z", "page_cursor": null}');
SELECT pg_temp.ask('/acs/credentials/update', '{"acs_credential_id": "$pin", "code": null, "ends_at": null}');
SELECT pg_temp.ask('/acs/access/check', '{"acs_entrance_id": "$lobby", "access_method": "card", "code": null, "card_number": null}');
-- one value by two names
SELECT pg_temp.ask('/acs/systems/list', '{"limit": 1, "page_size": 1}');
SELECT pg_temp.ask('/acs/users/update', '{"acs_user_id": "$jane", "email": "jane@example.com", "email_address": "joe@example.com"}');
SELECT pg_temp.ask('/acs/users/update', '{"acs_user_id": "$jane", "access_schedule": null, "access_ends_at": "2100-01-01T00:00:00Z"}');
-- what was asked is told by whom: as it was passed, beside each error
SELECT response FROM acs_request('/acs/systems', '{}', 'request "1"');
SELECT response #>> '{error,request_id}' AS request_id FROM acs_request('/acs/systems/get', '{}', 'a');
SELECT response #>> '{error,request_id}' AS request_id FROM acs_request('/acs/systems/get', pg_temp.with_ids('{"acs_system_id": "$jane"}')::jsonb, 'b');
SELECT response::text LIKE '%request_id%' AS told FROM acs_request('/acs/systems/list', '{}', 'c');
\t off

-- Values, and what is said about them as a parameter of each type.
CREATE FUNCTION pg_temp.complaint(path text, parameter text, value text) RETURNS text LANGUAGE sql AS $$
    SELECT coalesce((response::jsonb) #>> ARRAY['error', 'validation_errors', parameter, '_errors', '0'], 'fine')
      FROM acs_request(path, jsonb_build_object(parameter, value::jsonb, 'no_such_parameter', 1))
$$;
\pset format unaligned
SELECT value,
       pg_temp.complaint('/acs/credentials/create', 'acs_user_id', value) AS uuid,
       pg_temp.complaint('/acs/credentials/create', 'allowed_acs_entrance_ids', value) AS uuids,
       pg_temp.complaint('/acs/credentials/create', 'starts_at', value) AS instant,
       pg_temp.complaint('/acs/credentials/create', 'is_multi_phone_sync_credential', value) AS boolean,
       pg_temp.complaint('/acs/credentials/list', 'limit', value) AS integer,
       pg_temp.complaint('/acs/users/create', 'full_name', value) AS text,
       pg_temp.complaint('/acs/credentials/create', 'code', value) AS code,
       pg_temp.complaint('/acs/credentials/create', 'access_method', value) AS method,
       pg_temp.complaint('/acs/users/create', 'access_schedule', value) AS schedule
  FROM unnest(ARRAY['true', '"true"', '"TRUE"', '"t"', '"yes"', '"1"', '0', '1', '"0"', '-1', '1.0', '"1.5"', '"1e3"', '1e3', '999999999', '1000000000', '99999999999999999999',
                    '""', '" "', '" 5"', '"code"', '"CODE"', '"824759"', '"82475x"', '"８２４７５９"', '"00000000-0000-0000-0000-000000000000"', '[]', '[1]', '[""]', '[null]', '[[]]',
                    '["00000000-0000-0000-0000-000000000000"]', '{}', '{"starts_at": null}', '{"starts_at": 1}', '{"starts_at": "x", "ends_at": "y"}',
                    '{"starts_at": "2100-01-01T00:00:00Z"}', 'null']) AS value;
-- a member that a schedule does not have is no way to say that there is none
SELECT schedule, status, response #> '{error,validation_errors,access_schedule}' IS NOT NULL AS named
  FROM unnest('{"{\"ends\": \"2100-01-01T00:00:00Z\"}", "{\"starts_at\": null, \"ends_at\": null, \"zone\": \"UTC\"}", "{\"824759\": 1}"}'::text[]) AS schedule,
       acs_request('/acs/users/update', format(pg_temp.with_ids('{"acs_user_id": "$jane", "access_schedule": %s}'), schedule)::jsonb);

-- Ids as the API writes them, in either case, and not as the server reads them, too.
SELECT value, pg_temp.complaint('/acs/users/get', 'acs_user_id', to_json(value)::text) AS complaint
  FROM unnest(ARRAY['01a1ffe9-4f51-7ea3-9078-9db607424193', '01A1FFE9-4F51-7EA3-9078-9DB607424193', '{01a1ffe9-4f51-7ea3-9078-9db607424193}', '01a1ffe94f517ea390789db607424193',
                    '01a1-ffe9-4f51-7ea3-9078-9db6-0742-4193', ' 01a1ffe9-4f51-7ea3-9078-9db607424193', '01a1ffe9-4f51-7ea3-9078-9db60742419', '01a1ffe9-4f51-7ea3-9078-9db6074241931',
                    '01a1ffe9-4f51-7ea3-9078-9db60742419g', '01a1ffe9-4f51-7ea3-9078--db607424193', '------------------------------------', '01a1ffe9_4f51_7ea3_9078_9db607424193']) AS value;
-- Instants with a zone, and nothing that depends on the session or the clock.
SELECT value, pg_temp.complaint('/acs/credentials/create', 'ends_at', to_json(value)::text) AS complaint
  FROM unnest(ARRAY['2100-03-01T10:40:00Z', '2100-03-01T10:40:00.000Z', '2100-03-01T10:40:00.123456Z', '2100-03-01T10:40:00+02:00', '2100-03-01T10:40:00-0330', '2100-03-01T10:40:00+02',
                    '2100-03-01t10:40:00z', '2100-03-01 10:40:00Z', '2100-03-01T10:40Z', '2096-02-29T00:00:00Z', '0001-01-01T00:00:00Z', '9999-12-31T23:59:59.999Z',
                    '2100-03-01T10:40:00', '2100-03-01 10:40:00.000', '2100-03-01', '2100-03-01Z', '10:40:00Z', '2100-03-01T10Z', '2100-02-29T00:00:00Z', '2100-13-01T00:00:00Z',
                    '2100-03-01T25:00:00Z', '2100-03-01T10:61:00Z', '2100-03-01T10:40:00+99:00', '2100-03-01T10:40:00Z+02:00', '2100-03-01T10:40:00ZZ', '0000-01-01T00:00:00Z',
                    '12100-03-01T10:40:00Z', '0044-03-15T00:00:00Z BC', '2100-W10-1T00:00:00Z', '2100-060T00:00:00Z', '01/03/2100 10:40:00Z', '2100-03-01T10:40:00 UTC', '2100-03-01T10:40:00 Europe/Berlin',
                    'infinity', '-infinity', 'now', 'today', 'tomorrow', 'epoch', 'allballs', '4107580800', '']) AS value;

\pset format aligned

-- Addresses.
SELECT pg_temp.complaint('/acs/users/create', 'email', '"jane"') AS email, pg_temp.complaint('/acs/users/update', 'email_address', '"jane@"') AS email_address,
       pg_temp.complaint('/acs/users/update', 'email_address', '"jane@example.com"') AS an_address, pg_temp.complaint('/acs/users/update', 'email_address', '""') AS none;

-- The functions' own rules keep their names, beside the type where the request is wrong.
\t on
SELECT pg_temp.ask('/acs/credentials/create', '{"acs_user_id": "$jane", "access_method": "code", "code": "824760"}');
SELECT pg_temp.ask('/acs/credentials/create', '{"acs_user_id": "$jane", "access_method": "code", "starts_at": "2100-01-02T00:00:00Z", "ends_at": "2100-01-01T00:00:00Z"}');
SELECT pg_temp.ask('/acs/credentials/create', '{"acs_user_id": "$jane", "access_method": "code", "ends_at": "2001-01-01T00:00:00Z"}');
SELECT pg_temp.ask('/acs/credentials/create', '{"acs_user_id": "$jane", "access_method": "mobile_key", "code": "824761"}');
SELECT pg_temp.ask('/acs/credentials/create', '{"acs_user_id": "$jane", "access_method": "card", "visionline_metadata": "{}"}');
SELECT pg_temp.ask('/acs/credentials/create', '{"acs_user_id": "$jane", "access_method": "card", "allowed_acs_entrance_ids": ["$lobby", "$lobby"]}');
SELECT pg_temp.ask('/acs/credentials/create', '{"acs_user_id": "$jane", "access_method": "card", "allowed_acs_entrance_ids": ["$jane"]}');
SELECT pg_temp.ask('/acs/credentials/create', '{"acs_user_id": "$joe", "access_method": "card"}');
SELECT pg_temp.ask('/acs/credentials/get', '{"acs_credential_id": "$card"}');
SELECT pg_temp.ask('/acs/entrances/get', '{"acs_entrance_id": "$jane"}');
SELECT pg_temp.ask('/acs/access_groups/get', '{"acs_access_group_id": "$staff"}');
SELECT pg_temp.ask('/acs/systems/get', '{"acs_system_id": "$jane"}');
SELECT pg_temp.ask('/acs/access/check', '{"acs_entrance_id": "$jane", "access_method": "card"}');
SELECT pg_temp.ask('/acs/users/create', '{"acs_system_id": "$hotel", "full_name": ""}');
SELECT pg_temp.ask('/acs/users/create', '{"acs_system_id": "$hotel", "full_name": "Jane Too", "user_identity_id": "22222222-2222-4222-8222-222222222222"}') ~ '^4' AS one_user_for_an_identity;
SELECT pg_temp.ask('/acs/users/update', '{"acs_user_id": "$jane", "access_schedule": {"starts_at": "2100-01-02T00:00:00Z", "ends_at": "2100-01-01T00:00:00Z"}}');
SELECT pg_temp.ask('/acs/systems/create', '{"name": "Palace", "system_type": "no_such_type"}');
SELECT pg_temp.ask('/acs/credentials/list', '{"limit": 0}');
SELECT pg_temp.ask('/acs/credentials/list', '{"limit": 10001}');
-- the API's nested errors are objects, each key once
SELECT key, count(*) FROM acs_request('/acs/users/update', '{"access_schedule": {"starts_at": "x", "ends_at": "y"}}'), json_each(response #> '{error,validation_errors}') GROUP BY key ORDER BY key;
\t off

---------------------------------------------------------------------------
-- A code is not shown, wherever it was put by mistake
---------------------------------------------------------------------------

-- Each parameter of each path, with each value that it cannot have: all are named.
CREATE TEMP TABLE wrong AS
    SELECT path, parameter, type, value, status, response
      FROM (SELECT DISTINCT ON (path, parameter) path, CASE parameter WHEN 'page_size' THEN 'limit' ELSE parameter END AS parameter, type::regtype
              FROM (SELECT DISTINCT path FROM asked WHERE status = 200) AS paths
              JOIN pg_proc p ON p.proname = replace(substr(path, 2), '/', '_') AND pronamespace = 'acs'::regnamespace,
                   unnest(proargnames[:pronargs], proargtypes::oid[]) AS arguments (parameter, type)
             ORDER BY path, parameter, pronargdefaults DESC) AS parameters, -- of two functions, that for text
           unnest(ARRAY['"82475x"', '"824759 "', '82475.9', '["824759"]', '{"824759": 824759}', '"${824759}"']) AS value,
           acs_request(path, format('{"%s": %s}', parameter, value)::jsonb)
     WHERE type <> 'jsonb'::regtype AND NOT (type = 'text'::regtype AND value ~ '^"') AND NOT (type = 'text[]'::regtype AND value ~ '^\[');
SELECT type, count(DISTINCT (path, parameter)) AS parameters, count(*) AS requests, count(*) FILTER (WHERE status = 400) AS refused,
       count(*) FILTER (WHERE response #>> '{error,type}' = 'invalid_input' AND response #> ARRAY['error', 'validation_errors', parameter] IS NOT NULL) AS named,
       count(*) FILTER (WHERE response::text LIKE '%8247%') AS leaks
  FROM wrong GROUP BY type ORDER BY type::text;
-- In metadata, names and paths; and where it is right, but taken.
\t on
SELECT pg_temp.ask('/acs/credentials/create', '{"acs_user_id": "$jane", "access_method": "code", "code": "8247S9"}');
SELECT pg_temp.ask('/acs/credentials/create', '{"acs_user_id": "$jane", "access_method": "824759", "code": "code"}');
SELECT pg_temp.ask('/acs/credentials/create', '{"acs_user_id": "$jane", "access_method": "code", "code": 824759}');
SELECT pg_temp.ask('/acs/credentials/create', '{"acs_user_id": "$jane", "access_method": "code", "code": "824759824759824759824759824759824"}');
SELECT pg_temp.ask('/acs/824759');
SELECT pg_temp.ask('/acs/access/check', '{"acs_entrance_id": "$lobby", "access_method": "mobile_key", "code": "824759"}');
-- nor by a rule that the house has added
BEGIN;
ALTER TABLE acs_credentials ADD CONSTRAINT house_rule CHECK (code <> '824761');
CREATE UNIQUE INDEX one_of_a_code ON acs_credentials (code) WHERE workspace_id = '4e900000-0000-4000-8000-000000000000';
SELECT r !~ '^2' AS refused, r LIKE '%824761%' AS leak
  FROM pg_temp.ask('/acs/credentials/create', '{"acs_user_id": "$jane", "access_method": "code", "code": "824761"}') AS r;
SELECT r !~ '^2' AS refused, r LIKE '%824760%' AS leak
  FROM pg_temp.ask('/acs/credentials/create', '{"acs_user_id": "$jane", "access_method": "code", "code": "824760", "starts_at": "2100-01-01T00:00:00Z"}') AS r;
ROLLBACK;

---------------------------------------------------------------------------
-- A request that fails stores nothing, and the transaction goes on
---------------------------------------------------------------------------

CREATE TEMP TABLE bookings (room int PRIMARY KEY);
SELECT count(*) AS stored FROM acs_events WHERE workspace_id = acs_workspace_id() \gset before_
-- the user was stored, and the first group joined, before the second is found missing
SELECT pg_temp.ask('/acs/access_groups/create', '{"acs_system_id": "$hotel", "name": "Guests"}', 'guests');
BEGIN;
INSERT INTO bookings VALUES (101);
SELECT pg_temp.ask('/acs/users/create', '{"acs_system_id": "$hotel", "full_name": "Ann Other", "acs_access_group_ids": ["$guests", "$jane"]}');
SELECT pg_temp.ask('/acs/credentials/create', '{"acs_user_id": "$jane", "access_method": "code", "code": "82475x"}');
INSERT INTO bookings VALUES (102);
SAVEPOINT before;
SELECT pg_temp.ask('/acs/users/suspend', '{"acs_user_id": "$jane"}');
SELECT pg_temp.ask('/acs/credentials/delete', '{"acs_credential_id": "$jane"}');
SELECT is_suspended FROM acs_users WHERE acs_user_id = (SELECT id FROM ids WHERE name = 'jane');
ROLLBACK TO before;
SELECT is_suspended FROM acs_users WHERE acs_user_id = (SELECT id FROM ids WHERE name = 'jane');
SELECT pg_temp.ask('/acs/credentials/delete', '{"acs_credential_id": "$jane"}');
SELECT pg_temp.ask('/acs/users/suspend', '{"acs_user_id": "$jane"}');
RELEASE before;
COMMIT;
SELECT array_agg(room ORDER BY room) AS bookings FROM bookings;
SELECT full_name, is_suspended FROM acs_users WHERE workspace_id = acs_workspace_id() ORDER BY acs_user_id;
SELECT count(*) - :before_stored AS events, min(event_type) FILTER (WHERE details::text LIKE '%Ann%') AS of_ann
  FROM acs_events WHERE workspace_id = acs_workspace_id();
SELECT pg_temp.ask('/acs/users/unsuspend', '{"acs_user_id": "$jane"}');
-- all or nothing in one statement, too
SELECT status, count(*) FROM generate_series(1, 4) AS i,
       acs_request('/acs/systems/create', jsonb_build_object('name', repeat('x', i % 2))) GROUP BY status ORDER BY status;
-- in a transaction that may only read
BEGIN READ ONLY;
SELECT left(pg_temp.shown(response::text), 60) AS response FROM acs_request('/acs/credentials/get', pg_temp.with_ids('{"acs_credential_id": "$pin"}')::jsonb);
SELECT fails($$SELECT acs_request('/acs/users/suspend', pg_temp.with_ids('{"acs_user_id": "$jane"}')::jsonb)$$);
SELECT status FROM acs_request('/acs/systems/list');
COMMIT;
-- with constraints that are checked later, it is COMMIT that fails
BEGIN;
SET CONSTRAINTS ALL DEFERRED;
SELECT left(pg_temp.ask('/acs/credentials/create', '{"acs_user_id": "$jane", "access_method": "code", "code": "824760"}'), 4) AS ask;
SELECT fails('SET CONSTRAINTS ALL IMMEDIATE') LIKE '23P01 code_overlap %' AS refused;
ROLLBACK;
\t off

---------------------------------------------------------------------------
-- Who may ask: those who may call the function
---------------------------------------------------------------------------

CREATE ROLE regress_request_nobody;
GRANT USAGE ON SCHEMA acs TO regress_request_nobody;
GRANT SELECT ON ids, asked TO regress_request_nobody;
SET ROLE regress_request_nobody;
SELECT fails($$SELECT acs_request('/acs/systems/list')$$);
RESET ROLE;
GRANT EXECUTE ON FUNCTION acs_request(text, text, text), acs_request(text, jsonb, text) TO regress_request_nobody;
SET ROLE regress_request_nobody;
-- what it could do all by itself it is refused
SELECT r.status, r.response #>> '{error,type}' AS type, count(DISTINCT path) AS paths
  FROM asked a, acs_request(path, body) AS r WHERE a.status = 200 GROUP BY 1, 2;
SELECT response FROM acs_request('/acs/systems/list');
RESET ROLE;
-- a function needs the one that makes JSON of what it returns
GRANT EXECUTE ON FUNCTION acs_systems_list TO regress_request_nobody;
SET ROLE regress_request_nobody;
SELECT status, response FROM acs_request('/acs/systems/list');
RESET ROLE;
GRANT EXECUTE ON FUNCTION acs_system_json TO regress_request_nobody;
SET ROLE regress_request_nobody;
SELECT status, json_array_length(response -> 'acs_systems') > 0 AS some FROM acs_request('/acs/systems/list');
-- within a workspace
RESET ROLE;
SET credentials.workspace_id = '4e900000-0000-4000-8000-00000000000e';
SET ROLE regress_request_nobody;
SELECT status, response FROM acs_request('/acs/systems/list');
SELECT status, response ->> 'ok' AS ok FROM acs_request('/acs/systems/get', pg_temp.with_ids('{"acs_system_id": "$hotel"}')::jsonb);
RESET ROLE;
SELECT status, response #>> '{error,type}' AS type, count(DISTINCT path) AS paths
  FROM (SELECT path, r.* FROM asked a, acs_request(path, body) AS r
         WHERE a.status = 200 AND body::text ~ '-7[0-9a-f]{3}-' AND path !~ 'list$') AS of_another_workspace GROUP BY 1, 2 ORDER BY 1, 2;
SET credentials.workspace_id = '4e900000-0000-4000-8000-000000000000';
DROP OWNED BY regress_request_nobody;
DROP ROLE regress_request_nobody;

---------------------------------------------------------------------------
-- What is not about the request
---------------------------------------------------------------------------

-- What is raised from below: told, or passed on to who can do something about it.
CREATE FUNCTION public.request_raise() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('request.sqlstate', true) <> '' THEN
        RAISE 'secret 824759' USING ERRCODE = current_setting('request.sqlstate'), DETAIL = 'secret 824759';
    END IF;
    RETURN new;
END
$$;
CREATE TRIGGER request_raise BEFORE INSERT ON acs_systems FOR EACH ROW EXECUTE FUNCTION public.request_raise();
CREATE FUNCTION pg_temp.raised(sqlstate text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer record;
BEGIN
    PERFORM set_config('request.sqlstate', sqlstate, true);
    SELECT * INTO answer FROM acs_request('/acs/systems/create', '{"name": "Palace"}');
    RETURN answer.status || ' ' || answer.response;
EXCEPTION WHEN OTHERS THEN
    RETURN 'passed on: ' || SQLSTATE || ' ' || SQLERRM;
END
$$;
SELECT sqlstate, pg_temp.raised(sqlstate)
  FROM unnest('{22012, 23502, 23503, 23505, 23514, 40001, 40P01, 42883, 53100, 53200, 54001, 57P01, P0001, XX000, XX001}'::text[]) AS sqlstate;
RESET request.sqlstate;
DROP TRIGGER request_raise ON acs_systems;
-- a function that is not there is no success
BEGIN;
ALTER FUNCTION acs_systems_list RENAME TO list_systems;
SELECT status, response FROM acs_request('/acs/systems/list');
-- the log has the SQLSTATE, and what it was passed, if that is a word
SET LOCAL client_min_messages = log;
SELECT status FROM unnest(ARRAY['0f9c1a52-6a3e-4b6e-9f0b-7c2d', 'a request', E'a\nb', '', repeat('x', 101), NULL]) AS request_id, acs_request('/acs/systems/list', '{}', request_id);
ROLLBACK;

-- A request that is cancelled ends, and so does the statement.
CREATE FUNCTION public.request_sleep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(30); RETURN new; END $$;
CREATE TRIGGER request_sleep BEFORE INSERT ON acs_systems FOR EACH ROW EXECUTE FUNCTION public.request_sleep();
SET statement_timeout = '100ms';
SELECT status FROM acs_request('/acs/systems/create', '{"name": "Palace"}');
RESET statement_timeout;
DROP TRIGGER request_sleep ON acs_systems;
SELECT count(*) AS palaces FROM acs_systems WHERE workspace_id = acs_workspace_id() AND name = 'Palace';

---------------------------------------------------------------------------
-- Inside other functions, triggers and itself
---------------------------------------------------------------------------

CREATE FUNCTION pg_temp.check_in(guest text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer record;
    guest_id text;
    tries int := 0;
BEGIN
    SELECT * INTO answer FROM acs_request('/acs/users/create', jsonb_build_object('acs_system_id', (SELECT id FROM ids WHERE name = 'hotel'), 'full_name', guest));
    guest_id := answer.response #>> '{acs_user,acs_user_id}';
    LOOP
        BEGIN
            SELECT * INTO answer FROM acs_request('/acs/credentials/create', jsonb_build_object('acs_user_id', guest_id, 'access_method', 'code', 'code', (824757 + tries)::text));
            EXIT WHEN answer.status = 200;
            tries := tries + 1;
            RAISE division_by_zero;
        EXCEPTION WHEN division_by_zero THEN
            NULL;
        END;
    END LOOP;
    RETURN format('%s tries, %s', tries, answer.response #>> '{acs_credential,display_name}');
END
$$;
SELECT pg_temp.check_in(guest) FROM unnest('{Ann, Bob, Cleo}'::text[]) AS guest;
-- a trigger of the application that asks in its turn, in the middle of a request
CREATE FUNCTION public.request_welcome() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM status FROM unnest('{card, none, mobile_key}'::text[]) AS method,
            acs_request('/acs/credentials/create', jsonb_build_object('acs_user_id', new.acs_user_id, 'access_method', method));
    RETURN NULL;
END
$$;
CREATE TRIGGER request_welcome AFTER INSERT ON acs_users FOR EACH ROW EXECUTE FUNCTION public.request_welcome();
\t on
SELECT pg_temp.ask('/acs/users/create', '{"acs_system_id": "$hotel", "full_name": "Dora"}', 'dora');
DROP TRIGGER request_welcome ON acs_users;
SELECT display_name FROM acs_credentials_list(acs_user_id => (SELECT id FROM ids WHERE name = 'dora'));
-- by EXECUTE, a cursor, a prepared statement
DO $$
DECLARE
    answer record;
    answers CURSOR FOR SELECT status FROM generate_series(1, 3) AS i, acs_request('/acs/systems/list', jsonb_build_object('limit', i));
BEGIN
    EXECUTE 'SELECT * FROM acs_request($1, $2)' INTO answer USING '/acs/systems/list', '{"limit": 1}'::jsonb;
    RAISE NOTICE '%', answer.status;
    FOR answer IN answers LOOP
        RAISE NOTICE '%', answer.status;
    END LOOP;
END
$$;
PREPARE request AS SELECT status FROM acs_request($1, $2);
EXECUTE request('/acs/systems/list', '{}');
EXECUTE request('/acs/systems/lists', '{}');
DEALLOCATE request;
\t off

---------------------------------------------------------------------------
-- Large, deep and odd bodies
---------------------------------------------------------------------------

SELECT status, length(response #>> '{acs_user,full_name}') AS length
  FROM ids, acs_request('/acs/users/create', jsonb_build_object('acs_system_id', id, 'full_name', repeat('é', 2000000))) WHERE name = 'hotel';
SELECT status, (SELECT count(*) FROM json_object_keys(response #> '{error,validation_errors}')) AS errors
  FROM acs_request('/acs/users/get', (SELECT jsonb_object_agg('parameter ' || i, i) FROM generate_series(1, 10000) AS i));
SELECT status, response #>> '{error,type}' AS type
  FROM ids, acs_request('/acs/access_groups/create', jsonb_build_object('acs_system_id', id, 'name', 'x', 'acs_entrance_ids',
                                                                        (SELECT jsonb_agg(lpad(to_hex(i), 8, '0') || '-0000-4000-8000-000000000000') FROM generate_series(1, 10000) AS i)))
 WHERE name = 'hotel';
-- deep
SELECT parameter, status, left(response::text, 150) AS response
  FROM unnest('{acs_user_id, allowed_acs_entrance_ids, code, visionline_metadata, nonsense}'::text[]) AS parameter,
       acs_request('/acs/credentials/create', jsonb_build_object('acs_user_id', (SELECT id FROM ids WHERE name = 'jane'), 'access_method', 'card', parameter, (repeat('[', 1000) || repeat(']', 1000))::jsonb));
-- of two values for a key, the last one counts, as in jsonb
SELECT status, response #>> '{error,validation_errors,acs_user_id,_errors,0}' AS complaint
  FROM acs_request('/acs/users/get', '{"acs_user_id": "00000000-0000-4000-8000-000000000000", "acs_user_id": 1}');
-- names of the renamed parameters' arguments are taken as well; the API's name is the one that is told
SELECT status, response #>> '{error,validation_errors}' AS errors FROM acs_request('/acs/users/list', '{"limit": "x"}');
SELECT status, json_array_length(response -> 'acs_users') AS users FROM acs_request('/acs/users/list', '{"page_size": 2}');

---------------------------------------------------------------------------
-- A server that answers thousands of requests
---------------------------------------------------------------------------

-- Nothing piles up, be it in one statement.
CREATE FUNCTION public.request_used() RETURNS bigint LANGUAGE sql VOLATILE RETURN (SELECT sum(used_bytes) FROM pg_backend_memory_contexts);
CREATE FUNCTION public.request_held() RETURNS bigint LANGUAGE sql VOLATILE RETURN
    (SELECT count(*) FROM pg_locks WHERE pid = pg_backend_pid()) + (SELECT count(*) FROM pg_cursors) + (SELECT count(*) FROM pg_prepared_statements);
CREATE FUNCTION pg_temp.growth(path text, body jsonb, OUT calls bigint, OUT status int, OUT memory text, OUT held bigint) LANGUAGE sql AS $$
    -- from the second look on, as the first one takes memory itself
    SELECT count(*), max(served.status), CASE WHEN max(used) - min(used) FILTER (WHERE i > 250) < 65536 THEN 'flat' ELSE 'grows' END,
           max(held) - min(held) FILTER (WHERE i > 250)
      FROM (SELECT i, r.status, CASE WHEN i % 250 = 0 THEN public.request_used() END AS used, CASE WHEN i % 250 = 0 THEN public.request_held() END AS held
              FROM generate_series(1, 1250) AS i, LATERAL (SELECT r.status FROM acs_request(path, CASE WHEN i > 0 THEN body END) AS r OFFSET 0) AS r OFFSET 0) AS served
$$;
SELECT path, growth.* FROM (VALUES
    ('/acs/credentials/create', '{"acs_user_id": "$jane", "access_method": "code", "allowed_acs_entrance_ids": ["$lobby"]}'),
    ('/acs/credentials/list', '{"limit": "3"}'),
    ('/acs/credentials/create', '{"acs_user_id": "$jane", "access_method": "code", "code": "824760"}'),
    ('/acs/credentials/create', '{"acs_user_id": "$jane", "access_method": "code", "code": "82475x"}')) AS requests (path, body),
       pg_temp.growth(path, pg_temp.with_ids(body)::jsonb);
