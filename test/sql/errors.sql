-- Bad input is met with a clear error: SQLSTATE, rule (CONSTRAINT NAME), what is
-- wrong, and what to do about it.  Nothing is stored, and no code is shown.
SET datestyle = 'ISO';
SET timezone = 'UTC';

-- Somebody else's workspace,
SET credentials.workspace_id = 'e0000000-0000-4000-8000-00000000000e';
SELECT acs_system_id AS foreign_hotel FROM acs_systems_create('Foreign hotel') \gset
SELECT acs_entrance_id AS foreign_door FROM acs_entrances_create(:'foreign_hotel', 'Foreign door') \gset
SELECT acs_user_id AS foreigner FROM acs_users_create(:'foreign_hotel', 'Foreigner',
    user_identity_id => '44444444-4444-4444-8444-444444444444') \gset
SELECT acs_credential_id AS foreign_pin FROM acs_credentials_create(:'foreigner', 'code', '824759') \gset

-- and our own.
SET credentials.workspace_id = 'e0000000-0000-4000-8000-000000000000';
SELECT acs_system_id AS hotel FROM acs_systems_create('Hotel') \gset
SELECT acs_system_id AS annex FROM acs_systems_create('Annex') \gset
SELECT acs_entrance_id AS room FROM acs_entrances_create(:'hotel', 'Room') \gset
SELECT acs_entrance_id AS lobby FROM acs_entrances_create(:'hotel', 'Lobby') \gset
SELECT acs_entrance_id AS annex_door FROM acs_entrances_create(:'annex', 'Annex door') \gset
SELECT acs_user_id AS jane FROM acs_users_create(:'hotel', 'Jane Doe',
    user_identity_id => '22222222-2222-4222-8222-222222222222') \gset
SELECT acs_user_id AS john FROM acs_users_create(:'hotel', 'John Roe',
    user_identity_id => '33333333-3333-4333-8333-333333333333') \gset
SELECT acs_credential_id AS pin FROM acs_credentials_create(:'john', 'code', '900001') \gset
\set nobody '00000000-0000-4000-8000-000000000000'

-- The contents of every table of the extension, but for the system types.
CREATE FUNCTION pg_temp.stored() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    relation regclass;
    digest text;
    digests text[] := '{}';
BEGIN
    FOR relation IN SELECT unnest(extconfig) FROM pg_extension WHERE extname = 'credentials' ORDER BY 1 LOOP
        CONTINUE WHEN relation = 'acs_system_types'::regclass;
        EXECUTE format('SELECT md5(string_agg(r::text, E''\n'' ORDER BY r::text)) FROM %s r', relation) INTO digest;
        digests := digests || digest;
    END LOOP;
    RETURN digests;
END
$$;
SELECT pg_temp.stored() AS before \gset

---------------------------------------------------------------------------
-- acs_credentials_create: who
---------------------------------------------------------------------------

SELECT fails($$SELECT acs_credentials_create($1, 'code', '824759')$$, :'nobody') AS unknown_user;
SELECT fails($$SELECT acs_credentials_create($1, 'code', '824759')$$, :'foreigner') AS user_of_another_workspace;
SELECT fails($$SELECT acs_credentials_create(NULL, 'code', '824759', user_identity_id => $1, acs_system_id => $2)$$,
             :'nobody', :'hotel') AS unknown_identity;
SELECT fails($$SELECT acs_credentials_create(NULL, 'code', '824759', user_identity_id => $1, acs_system_id => $2)$$,
             '22222222-2222-4222-8222-222222222222', :'annex') AS identity_without_user_there;
SELECT fails($$SELECT acs_credentials_create(NULL, 'code', '824759', user_identity_id => $1, acs_system_id => $2)$$,
             '44444444-4444-4444-8444-444444444444', :'foreign_hotel') AS identity_of_another_workspace;
SELECT fails($$SELECT acs_credentials_create(NULL, 'code', '824759')$$) AS neither_user_nor_identity;
SELECT fails($$SELECT acs_credentials_create(NULL, 'code', '824759', user_identity_id => $1)$$,
             '22222222-2222-4222-8222-222222222222') AS identity_without_system;
SELECT fails($$SELECT acs_credentials_create(NULL, 'code', '824759', acs_system_id => $1)$$, :'hotel') AS system_without_identity;
SELECT fails($$SELECT acs_credentials_create($1, 'code', '824759', user_identity_id => $2)$$,
             :'jane', '33333333-3333-4333-8333-333333333333') AS identity_of_another_user;
SELECT fails($$SELECT acs_credentials_create($1, 'code', '824759', acs_system_id => $2)$$,
             :'jane', :'annex') AS system_of_another_user;

---------------------------------------------------------------------------
-- acs_credentials_create: what
---------------------------------------------------------------------------

SELECT fails($$SELECT acs_credentials_create($1, NULL, '824759')$$, :'jane') AS no_access_method;
SELECT fails($$SELECT acs_credentials_create($1, 'fob', '824759')$$, :'jane') AS unknown_access_method;
SELECT fails($$SELECT acs_credentials_create($1, 'code', '8247S9')$$, :'jane') AS letter_in_code;
SELECT fails($$SELECT acs_credentials_create($1, 'code', '')$$, :'jane') AS empty_code;
SELECT fails($$SELECT acs_credentials_create($1, 'code', repeat('9', 33))$$, :'jane') AS code_of_33_digits;
SELECT fails($$SELECT acs_credentials_create($1, 'mobile_key', '824759')$$, :'jane') AS code_on_a_mobile_key;
SELECT fails($$SELECT acs_credentials_create($1, 'code', '900001')$$, :'jane') AS code_is_taken;
SELECT fails($$SELECT acs_credentials_create($1, 'code', '900001', '2100-01-01', '2100-01-02')$$, :'jane') AS code_is_taken_for_a_day;
SELECT what, fails(format('SELECT acs_credentials_create($1, ''code'', ''824759'', visionline_metadata => %L)', metadata), :'jane')
  FROM (VALUES ('array', '[]'), ('string', '"824759"'), ('number', '1'), ('true', 'true')) AS m (what, metadata);
SELECT argument, fails(format('SELECT acs_credentials_create($1, ''card'', %I => %L)', argument, '[]'), :'jane')
  FROM unnest('{visionline_metadata, assa_abloy_vostio_metadata, hotek_metadata, salto_space_metadata}'::text[]) AS argument;
SELECT fails($$SELECT acs_credentials_create($1, 'mobile_key', credential_manager_acs_system_id => $2)$$,
             :'jane', :'nobody') AS unknown_manager;
SELECT fails($$SELECT acs_credentials_create($1, 'mobile_key', credential_manager_acs_system_id => $2)$$,
             :'jane', :'foreign_hotel') AS manager_of_another_workspace;

---------------------------------------------------------------------------
-- acs_credentials_create: when
---------------------------------------------------------------------------

SELECT what, fails(format('SELECT acs_credentials_create($1, ''code'', ''824759'', %L, %L)', starts_at, ends_at), :'jane')
  FROM (VALUES ('ends before it starts', '2100-01-02', '2100-01-01'),
               ('ends as it starts', '2100-01-01', '2100-01-01'),
               ('is over', '2001-01-01', '2001-01-02'),
               ('is over, and began at no time', NULL, '2001-01-02'),
               ('ends before it starts, and is over', '2001-01-02', '2001-01-01'),
               ('starts at the end of time', 'infinity', NULL),
               ('ends at the beginning of time', NULL, '-infinity'),
               ('backwards', 'infinity', '-infinity'),
               ('starts at the end of time, and ends', 'infinity', '2100-01-01'),
               ('ends in this transaction', NULL, transaction_timestamp()::text)
       ) AS windows (what, starts_at, ends_at);

---------------------------------------------------------------------------
-- acs_credentials_create: where
---------------------------------------------------------------------------

SELECT fails($$SELECT acs_credentials_create($1, 'code', '824759', allowed_acs_entrance_ids => ARRAY[$2, $3])$$,
             :'jane', :'room', :'nobody') AS unknown_entrance;
SELECT fails($$SELECT acs_credentials_create($1, 'code', '824759', allowed_acs_entrance_ids => ARRAY[$2, $3])$$,
             :'jane', :'room', :'foreign_door') AS entrance_of_another_workspace;
SELECT fails($$SELECT acs_credentials_create($1, 'code', '824759', allowed_acs_entrance_ids => ARRAY[$2, $3])$$,
             :'jane', :'room', :'annex_door') AS entrance_of_another_system;
SELECT fails($$SELECT acs_credentials_create($1, 'code', '824759', allowed_acs_entrance_ids => ARRAY[$2, NULL])$$,
             :'jane', :'room') AS null_entrance;
SELECT fails($$SELECT acs_credentials_create($1, 'code', '824759', allowed_acs_entrance_ids => ARRAY[$2, $3, $2])$$,
             :'jane', :'room', :'lobby') AS entrance_given_twice;
SELECT fails($$SELECT acs_credentials_create($1, 'code', '824759', allowed_acs_entrance_ids => ARRAY[[$2], [$3]])$$,
             :'jane', :'room', :'lobby') AS two_dimensions;
SELECT fails($$SELECT acs_credentials_create($1, 'code', '824759', allowed_acs_entrance_ids =>
    ARRAY(SELECT acs_uuid() FROM generate_series(1, 10000)))$$, :'jane') AS ten_thousand_entrances;
SELECT fails($$SELECT acs_credentials_create($1, 'code', '824759', allowed_acs_entrance_ids =>
    ARRAY(SELECT acs_uuid() FROM generate_series(1, 1001)))$$, :'jane') AS one_too_many;
SELECT fails($$SELECT acs_credentials_create($1, 'code', '824759', allowed_acs_entrance_ids =>
    array_fill($2, ARRAY[10000]))$$, :'jane', :'room') AS one_ten_thousand_times;

---------------------------------------------------------------------------
-- Texts of any length are stored, or a rule is broken; none is too long for an index
---------------------------------------------------------------------------

-- 12,800 characters that cannot be compressed to a few.
SELECT string_agg(md5(n::text), '') AS long FROM generate_series(1, 400) AS n \gset
SELECT acs_credential_id AS key FROM acs_credentials_create(:'john', 'mobile_key', is_multi_phone_sync_credential => true) \gset
SELECT acs_credential_id AS card FROM acs_credentials_create(:'john', 'card') \gset
BEGIN;
SELECT replace(statement, '%L', '...') AS statement,
       left(fails(format(statement, :'long'), :'hotel', :'john', :'key', :'card'), 80) AS long
  FROM unnest(ARRAY[
    'SELECT acs_systems_create(%L)',
    'SELECT acs_systems_create(''Hotel'', system_type => %L)',
    'SELECT acs_systems_create(''Hotel'', time_zone => %L)',
    'SELECT acs_systems_update($1, name => %L)',
    'SELECT acs_systems_update($1, time_zone => %L)',
    'SELECT acs_systems_list(search => %L)',
    'SELECT acs_entrances_create($1, %L)',
    'SELECT acs_entrances_list(search => %L)',
    'SELECT acs_access_groups_create($1, %L)',
    'SELECT acs_access_groups_list(search => %L)',
    'SELECT acs_users_create($1, full_name => %L)',
    'SELECT acs_users_create($1, ''John'', email_address => %L)',
    'SELECT acs_users_create($1, ''John'', phone_number => %L)',
    'SELECT acs_users_update($2, full_name => %L)',
    'SELECT acs_users_update($2, email_address => %L)',
    'SELECT acs_users_update($2, phone_number => %L)',
    'SELECT acs_users_list(search => %L)',
    'SELECT acs_credentials_list(search => %L)',
    'SELECT acs_credentials_create($2, ''card'', visionline_metadata => to_jsonb(%L::text))',
    'SELECT acs_credentials_create($2, ''card'', reference => %L)',
    'SELECT acs_credentials_sync_to_phone($3, %L)',
    'SELECT acs_credentials_issue($4, %L)',
    'SELECT acs_request(%L, ''{}'')',
    'SELECT acs_request(''/acs/systems/list'', ''{}'', %L)',
    'SELECT acs_request(''/acs/systems/list'', %L)',
    'SELECT acs_events_list(event_type => %L)',
    'SELECT acs_events_list(event_types => ARRAY[%L])',
    'SELECT acs_events_after(%L)',
    'SELECT acs_request(''/acs/systems/create'', jsonb_build_object(%L, 1))']) AS statement;
ROLLBACK;
SELECT acs_credentials_delete(:'key'), acs_credentials_delete(:'card');
SELECT pg_temp.stored() AS before \gset

---------------------------------------------------------------------------
-- Looking and deleting
---------------------------------------------------------------------------

SELECT fails('SELECT acs_credentials_get($1)', :'nobody') AS get_unknown;
SELECT fails('SELECT acs_credentials_get($1)', :'foreign_pin') AS get_of_another_workspace;
SELECT fails('SELECT acs_credentials_get(NULL)') AS get_null;
SELECT fails('SELECT acs_credentials_delete($1)', :'nobody') AS delete_unknown;
SELECT fails('SELECT acs_credentials_delete($1)', :'foreign_pin') AS delete_of_another_workspace;
SELECT fails('SELECT acs_credentials_delete(NULL)') AS delete_null;
SELECT fails('SELECT acs_credentials_list(page_size => 0)') AS empty_page;

---------------------------------------------------------------------------
-- Systems, users and entrances
---------------------------------------------------------------------------

SELECT fails($$SELECT acs_systems_create(NULL)$$) AS system_without_name;
SELECT fails($$SELECT acs_systems_create('')$$) AS system_with_empty_name;
SELECT fails($$SELECT acs_systems_create('Hotel', 'sandcastle')$$) AS unknown_type;
SELECT fails($$SELECT acs_systems_create('Hotel', NULL)$$) AS no_type;
SELECT fails($$SELECT acs_systems_create('Hotel', default_credential_manager_acs_system_id => $1)$$, :'nobody') AS unknown_manager;
SELECT fails($$SELECT acs_systems_create('Hotel', default_credential_manager_acs_system_id => $1)$$, :'foreign_hotel') AS manager_of_another_workspace;
SELECT fails($$SELECT acs_entrances_create($1, 'Door')$$, :'nobody') AS entrance_of_unknown_system;
SELECT fails($$SELECT acs_entrances_create($1, 'Door')$$, :'foreign_hotel') AS entrance_in_another_workspace;
SELECT fails($$SELECT acs_entrances_create(NULL, 'Door')$$) AS entrance_without_system;
SELECT fails($$SELECT acs_entrances_create($1, '')$$, :'hotel') AS entrance_with_empty_name;
SELECT fails($$SELECT acs_users_create($1, 'Jane Doe')$$, :'nobody') AS user_of_unknown_system;
SELECT fails($$SELECT acs_users_create($1, 'Jane Doe')$$, :'foreign_hotel') AS user_in_another_workspace;
SELECT fails($$SELECT acs_users_create($1, NULL)$$, :'hotel') AS user_without_name;
SELECT fails($$SELECT acs_users_create($1, 'Jane Doe', access_starts_at => '2100-01-02', access_ends_at => '2100-01-01')$$,
             :'hotel') AS schedule_ends_before_it_starts;
SELECT fails($$SELECT acs_users_create($1, 'Jane Doe', user_identity_id => $2)$$,
             :'hotel', '22222222-2222-4222-8222-222222222222') AS identity_has_a_user_there;
SELECT fails($$SELECT acs_users_create($1, 'Jane Doe', acs_access_group_ids => ARRAY[$2])$$,
             :'hotel', :'nobody') AS unknown_access_group;
SELECT fails($$SELECT acs_users_create($1, 'Jane Doe', acs_access_group_ids => ARRAY[acs_access_group_id])
    FROM acs_access_groups_create($2, 'Staff')$$, :'hotel', :'annex') AS access_group_of_another_system;
SELECT pg_temp.stored() = :'before' AS nothing_stored;

---------------------------------------------------------------------------
-- What a system type does not allow
---------------------------------------------------------------------------

INSERT INTO acs_system_types (system_type, display_name, access_methods) VALUES ('errors_no_cards', 'No cards', '{code, mobile_key}');
INSERT INTO acs_system_types (system_type, display_name, custom_code) VALUES ('errors_generated', 'Generated codes', 'generated');
INSERT INTO acs_system_types (system_type, display_name, custom_code) VALUES ('errors_no_codes', 'No codes', 'none');
INSERT INTO acs_system_types (system_type, display_name, code_min_length, code_max_length) VALUES ('errors_4_to_6', '4 to 6 digits', 4, 6);
INSERT INTO acs_system_types (system_type, display_name, code_digits) VALUES ('errors_5_keys', 'Five keys', '12345');
INSERT INTO acs_system_types (system_type, display_name, code_max_value) VALUES ('errors_65535', 'Two bytes', 65535);
INSERT INTO acs_system_types (system_type, display_name, requires_multi_phone_sync) VALUES ('errors_phones', 'Several phones', true);
INSERT INTO acs_system_types (system_type, display_name, requires_entrances, max_entrances_per_code) VALUES ('errors_one_door', 'One door', true, 1);
INSERT INTO acs_system_types (system_type, display_name, requires_window) VALUES ('errors_window', 'Always a window', true);
INSERT INTO acs_system_types (system_type, display_name, metadata_key) VALUES ('errors_visionline', 'Visionline metadata', 'visionline_metadata');
INSERT INTO acs_system_types (system_type, display_name, metadata_key) VALUES ('errors_no_metadata', 'No metadata', 'none');
INSERT INTO acs_system_types (system_type, display_name, max_cards_per_user, max_mobile_keys_per_user) VALUES ('errors_one_each', 'One of each', 1, 1);
INSERT INTO acs_system_types (system_type, display_name, generated_code_length) VALUES ('errors_3_digits', 'Three digits', 3);

-- A system of each type, with two doors, and a user who lets us try.
CREATE TEMP TABLE sandbox AS
    SELECT s.system_type, s.acs_system_id, u.acs_user_id, d1.acs_entrance_id AS door, d2.acs_entrance_id AS other_door
      FROM acs_system_types t, acs_systems_create(t.display_name, t.system_type) s, acs_users_create(s.acs_system_id, 'Jane Doe') u,
           acs_entrances_create(s.acs_system_id, 'Door') d1, acs_entrances_create(s.acs_system_id, 'Other door') d2
     WHERE t.system_type LIKE 'errors%';
CREATE FUNCTION pg_temp.try(type text, arguments text) RETURNS text
    LANGUAGE sql RETURN (SELECT fails(format('SELECT acs_credentials_create($1, %s)', arguments), acs_user_id, door, other_door)
                           FROM sandbox WHERE system_type = type);
SELECT pg_temp.stored() AS before_types \gset

SELECT pg_temp.try('errors_no_cards', $$'card'$$) AS access_method_not_supported;
SELECT pg_temp.try('errors_no_codes', $$'code'$$) AS access_method_not_supported;
SELECT pg_temp.try('errors_no_codes', $$'card', '824759'$$) AS code_not_allowed;
SELECT pg_temp.try('errors_generated', $$'code', '824759'$$) AS custom_code_not_allowed;
SELECT pg_temp.try('errors_4_to_6', $$'code', '824'$$) AS code_too_short;
SELECT pg_temp.try('errors_4_to_6', $$'code', '8247591'$$) AS code_too_long;
SELECT pg_temp.try('errors_5_keys', $$'code', '12346'$$) AS code_without_key;
SELECT pg_temp.try('errors_65535', $$'code', '65536'$$) AS code_too_great;
SELECT pg_temp.try('errors_65535', $$'code', '824759824759824759824759824759'$$) AS code_much_too_great;
SELECT pg_temp.try('errors_65535', $$'code', '000000'$$) AS code_zero;
SELECT pg_temp.try('errors_phones', $$'mobile_key'$$) AS multi_phone_sync_required;
SELECT pg_temp.try('errors_one_door', $$'code', '824759'$$) AS entrance_required;
SELECT pg_temp.try('errors_one_door', $$'code', '824759', allowed_acs_entrance_ids => ARRAY[$2, $3]$$) AS too_many_entrances;
SELECT pg_temp.try('errors_window', $$'code', '824759'$$) AS window_required;
SELECT pg_temp.try('errors_window', $$'code', '824759', ends_at => '2100-01-01'$$) AS start_required;
SELECT pg_temp.try('errors_window', $$'code', '824759', starts_at => '2100-01-01', ends_at => 'infinity'$$) AS end_required;
SELECT pg_temp.try('errors_visionline', $$'card', hotek_metadata => '{}'$$) AS metadata_not_supported;
SELECT pg_temp.try('errors_no_metadata', $$'card', visionline_metadata => '{}'$$) AS metadata_not_supported;
SELECT pg_temp.stored() = :'before_types' AS nothing_stored;

-- A type that is not a credential manager is not one.
SELECT fails($$SELECT acs_credentials_create($1, 'mobile_key', credential_manager_acs_system_id => $2)$$,
             :'jane', acs_system_id) AS not_a_credential_manager FROM sandbox WHERE system_type = 'errors_window';
SELECT fails($$SELECT acs_systems_create('Hotel', default_credential_manager_acs_system_id => $1)$$,
             acs_system_id) AS not_a_credential_manager FROM sandbox WHERE system_type = 'errors_window';
SELECT pg_temp.stored() = :'before_types' AS nothing_stored;

-- What they do allow.
SELECT system_type, pg_temp.try(system_type, arguments)
  FROM (VALUES ('errors_no_cards', $$'code', '900002'$$), ('errors_generated', $$'code'$$), ('errors_no_codes', $$'card'$$),
               ('errors_4_to_6', $$'code', '8247'$$), ('errors_4_to_6', $$'code', '900003'$$),
               ('errors_5_keys', $$'code', '51423'$$), ('errors_5_keys', $$'code'$$), ('errors_5_keys', $$'card', '0067890'$$),
               ('errors_65535', $$'code', '65535'$$), ('errors_65535', $$'code', '00001'$$),
               ('errors_phones', $$'mobile_key', is_multi_phone_sync_credential => true$$),
               ('errors_one_door', $$'code', '900004', allowed_acs_entrance_ids => ARRAY[$2]$$),
               ('errors_one_door', $$'card', allowed_acs_entrance_ids => ARRAY[$2, $3]$$),
               ('errors_window', $$'code', '900005', '2100-01-01', '2100-01-02'$$),
               ('errors_visionline', $$'card', visionline_metadata => '{"card_format": "rfid48"}'$$)
       ) AS allowed (system_type, arguments);

-- One card and one mobile key a user, and as many codes as one likes.
SELECT arguments, pg_temp.try('errors_one_each', arguments)
  FROM unnest(ARRAY[$$'card'$$, $$'mobile_key'$$, $$'code'$$, $$'code'$$, $$'card'$$, $$'mobile_key'$$]) AS arguments;

-- When all codes of three digits are taken, there is none to generate, but for
-- another time there is.
INSERT INTO acs_credentials (acs_system_id, access_method, code, ends_at)
    SELECT acs_system_id, 'code', to_char(i, 'FM000'), '2100-01-01'
      FROM sandbox, generate_series(0, 999) AS i WHERE system_type = 'errors_3_digits';
SELECT pg_temp.try('errors_3_digits', $$'code'$$) AS codes_exhausted;
SELECT pg_temp.try('errors_3_digits', $$'code', starts_at => '2099-12-31'$$) AS codes_exhausted;
SELECT pg_temp.try('errors_3_digits', $$'code', starts_at => '2100-01-01'$$) AS another_time;

-- The extension's own types are as they are; the owner's own change at will.
SELECT fails($$UPDATE acs_system_types SET code_max_length = 4 WHERE system_type = 'generic'$$);
SELECT fails($$DELETE FROM acs_system_types WHERE system_type = 'generic'$$);
SELECT fails($$INSERT INTO acs_system_types (system_type, display_name, is_builtin) VALUES ('errors_builtin', 'x', true)$$);
SELECT fails($$UPDATE acs_system_types SET is_builtin = true WHERE system_type = 'errors_4_to_6'$$);
UPDATE acs_system_types SET code_max_length = 5 WHERE system_type = 'errors_4_to_6';
SELECT pg_temp.try('errors_4_to_6', $$'code', '900006'$$) AS code_too_long_now;
SELECT column_name, value, split_part(fails(format(
           'INSERT INTO acs_system_types (system_type, display_name, %I) VALUES (''errors'', ''x'', %L)', column_name, value)), '|', 1) AS fails
  FROM (VALUES ('custom_code', 'perhaps'), ('code_min_length', '0'), ('code_max_length', '33'), ('code_max_value', '0'),
               ('code_digits', ''), ('code_digits', '1'), ('code_digits', '1231'), ('code_digits', '12 3'), ('code_digits', '01234567890'),
               ('generated_code_length', '2'), ('max_entrances_per_code', '0'), ('permission_model', 'none')) AS bad (column_name, value);
SELECT split_part(fails($$INSERT INTO acs_system_types (system_type, display_name, code_min_length, code_max_length)
    VALUES ('errors', 'x', 6, 4)$$), '|', 1) AS fails;

---------------------------------------------------------------------------
-- At the wrong time
---------------------------------------------------------------------------

\set VERBOSITY sqlstate
-- in a failed transaction
BEGIN;
SELECT acs_credentials_get(NULL);
SELECT acs_credentials_create(:'jane', 'code', '824759');
SELECT acs_credentials_delete(:'pin');
SELECT acs_credentials_get(:'pin');
ROLLBACK;
\set VERBOSITY default

-- in a read-only transaction, where one can look
BEGIN READ ONLY;
SELECT fails($$SELECT acs_credentials_create($1, 'code', '824759')$$, :'jane') AS "create";
SELECT fails($$SELECT acs_credentials_create(NULL, NULL)$$) AS "create without anything";
SELECT fails($$SELECT acs_credentials_delete($1)$$, :'pin') AS "delete";
SELECT fails($$SELECT acs_systems_create('Hotel')$$) AS system;
SELECT fails($$SELECT acs_entrances_create($1, 'Door')$$, :'hotel') AS entrance;
SELECT fails($$SELECT acs_users_create($1, 'Jane Doe')$$, :'hotel') AS "user";
SELECT fails($$SELECT acs_events_purge('2001-01-01')$$) AS purge;
SELECT display_name FROM acs_credentials_get(:'pin');
SELECT count(*) FROM acs_credentials_list(acs_user_id => :'john');
COMMIT;

---------------------------------------------------------------------------
-- Past the functions: what the owner may not store either
---------------------------------------------------------------------------

SELECT fails($$INSERT INTO acs_credentials (acs_system_id, access_method, code, starts_at, ends_at)
    VALUES ($1, 'code', '824759', '2100-01-02', '2100-01-01')$$, :'hotel') AS window_order;
SELECT fails($$INSERT INTO acs_credentials (acs_system_id, access_method, code, ends_at)
    VALUES ($1, 'code', '824759', 'infinity')$$, :'hotel') AS infinity;
SELECT fails($$UPDATE acs_credentials SET ends_at = '2001-01-01', starts_at = '2001-01-01' WHERE acs_credential_id = $1$$, :'pin') AS window_order;
SELECT fails($$UPDATE acs_users SET access_starts_at = '2100-01-02', access_ends_at = '2100-01-01' WHERE acs_user_id = $1$$, :'jane') AS window_order;
SELECT fails($$INSERT INTO acs_credentials (acs_system_id, access_method, code) VALUES ($1, 'code', '900001')$$, :'hotel') AS code_overlap;
INSERT INTO acs_credentials (acs_system_id, access_method, card_number) VALUES (:'hotel', 'card', 'F00BA7');
SELECT fails($$INSERT INTO acs_credentials (acs_system_id, access_method, card_number) VALUES ($1, 'card', 'f0:0b:a7')$$, :'hotel') AS card_number_overlap;
DELETE FROM acs_credentials WHERE acs_system_id = :'hotel' AND card_number = 'F00BA7';
SELECT what, left(fails(format('INSERT INTO acs_credentials (acs_system_id, access_method, code, %s) VALUES ($1, ''code'', ''824759'', $2)', what),
                        :'hotel', id), 5)
  FROM (VALUES ('acs_user_id', :'nobody'::uuid), ('acs_user_id', :'foreigner'), ('parent_acs_credential_id', :'nobody'),
               ('credential_manager_acs_system_id', :'foreign_hotel'), ('acs_credential_id', :'pin')) AS bad (what, id);
-- an end in the past is stored, as a dump from the past has it
SELECT fails($$INSERT INTO acs_credentials (acs_system_id, access_method, code, ends_at) VALUES ($1, 'code', '900007', '2001-01-01');
    DELETE FROM acs_credentials WHERE acs_system_id = $1 AND code = '900007'$$, :'hotel') AS past;
SELECT fails($$UPDATE acs_events SET actor = 'nobody'$$) AS append_only;
SELECT fails($$DELETE FROM acs_events$$) AS append_only;
SELECT fails($$TRUNCATE acs_events$$) AS append_only;
SELECT fails($$SELECT acs_events_append_only()$$) AS not_a_trigger;

---------------------------------------------------------------------------
-- Nothing was stored for Jane in all this
---------------------------------------------------------------------------

SELECT count(*) AS credentials FROM acs_credentials_list(acs_user_id => :'jane');
SELECT count(*) AS events FROM acs_events WHERE acs_user_id = :'jane' AND event_type <> 'acs_user.created';
SELECT count(*) AS with_that_code FROM acs_credentials WHERE workspace_id = acs_workspace_id() AND code = '824759';
