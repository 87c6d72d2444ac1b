-- Issuing credentials: the three requests of the Seam guide, and what else a
-- request can say.
SET datestyle = 'ISO';
SET timezone = 'UTC';
SET credentials.workspace_id = '398d80b7-3f96-47c2-b85a-6f8ba21d07be';

SELECT acs_system_id AS hotel, system_type, name, workspace_id FROM acs_systems_create('Hotel Bellevue') \gset
SELECT acs_system_id AS manager FROM acs_systems_create('Credential service') \gset
SELECT acs_entrance_id AS lobby FROM acs_entrances_create(:'hotel', 'Lobby') \gset
SELECT acs_entrance_id AS room_101 FROM acs_entrances_create(:'hotel', 'Room 101') \gset
SELECT acs_user_id AS jane FROM acs_users_create(:'hotel', 'Jane Doe', email_address => 'jane@example.com',
    user_identity_id => '22222222-2222-4222-8222-222222222222') \gset

-- Systems, users and entrances, as they are stored.
SELECT system_type, name, workspace_id = acs_workspace_id() AS in_workspace,
       default_credential_manager_acs_system_id AS manager, connected_account_id AS account
  FROM acs_systems WHERE acs_system_id = :'hotel';
SELECT full_name, email_address, phone_number, user_identity_id, is_suspended, access_starts_at, access_ends_at
  FROM acs_users WHERE acs_user_id = :'jane';
SELECT display_name, can_unlock_with_code AS code, can_unlock_with_card AS card, can_unlock_with_mobile_key AS mobile_key
  FROM acs_entrances WHERE acs_system_id = :'hotel' ORDER BY display_name;

---------------------------------------------------------------------------
-- The guide
---------------------------------------------------------------------------

-- A PIN code.
SELECT access_method, display_name, code, errors, warnings, workspace_id,
       acs_system_id = :'hotel' AS in_hotel, acs_user_id = :'jane' AS for_jane,
       created_at BETWEEN transaction_timestamp() AND clock_timestamp() AS created_now
  FROM acs_credentials_create(acs_user_id => :'jane', access_method => 'code', code => '824759');

-- A key card.
SELECT access_method, display_name, code, card_number, is_issued, errors, warnings
  FROM acs_credentials_create(acs_user_id => :'jane', access_method => 'card', code => '123456');

-- A mobile key for several phones.
SELECT access_method, display_name, code, starts_at, ends_at, is_multi_phone_sync_credential,
       visionline_metadata ->> 'label' AS label, errors, warnings
  FROM acs_credentials_create(
    acs_user_id => :'jane',
    credential_manager_acs_system_id => :'manager',
    access_method => 'mobile_key',
    is_multi_phone_sync_credential => true,
    starts_at => '2100-03-01T10:40:00Z',
    ends_at => '2100-03-04T10:40:00Z',
    visionline_metadata => '{"cardFormat": "rfid48", "label": "%ROOMNUM% - %SITENAME%", "is_override_key": true}');

-- The whole object, in the order of its fields.
\x on
\pset null null
SELECT acs_credential_id IS NOT NULL AS acs_credential_id, acs_user_id = :'jane' AS acs_user_id,
       acs_system_id = :'hotel' AS acs_system_id, workspace_id, access_method, display_name, code, card_number,
       starts_at, ends_at, is_multi_phone_sync_credential, parent_acs_credential_id, is_one_time_use, max_uses, uses,
       is_issued, issued_at, external_type, external_type_display_name, visionline_metadata,
       assa_abloy_vostio_metadata, errors, warnings, created_at < clock_timestamp() AS created_at
  FROM acs_credentials_list(search => '824759');
\x off
\pset null ''
SELECT string_agg(attname, ', ' ORDER BY attnum) AS fields
  FROM pg_attribute WHERE attrelid = 'acs_credential'::regclass;

---------------------------------------------------------------------------
-- Who it is for: a user, or the user of an identity in a system
---------------------------------------------------------------------------

SELECT acs_user_id = :'jane' AS for_jane
  FROM acs_credentials_create(NULL, 'code', '610001',
                              user_identity_id => '22222222-2222-4222-8222-222222222222', acs_system_id => :'hotel');
-- ids that say the same thing twice are fine
SELECT acs_user_id = :'jane' AS for_jane
  FROM acs_credentials_create(:'jane', 'code', '610002',
                              user_identity_id => '22222222-2222-4222-8222-222222222222', acs_system_id => :'hotel');

---------------------------------------------------------------------------
-- When it is valid: starts_at <= t < ends_at, unbounded where null
---------------------------------------------------------------------------

SELECT display_name, starts_at, ends_at
  FROM acs_credentials_create(:'jane', 'code', '610003', ends_at => '2100-01-01');
-- it may have begun long ago, and be valid for a microsecond
SELECT display_name, starts_at, ends_at
  FROM acs_credentials_create(:'jane', 'code', '610004', '2001-01-01', '2100-01-01 00:00:00.000001');
SELECT display_name, starts_at, ends_at
  FROM acs_credentials_create(:'jane', 'code', '610004', '2100-01-01 00:00:00.000001', '2100-01-01 00:00:00.000002');
-- infinity is stored as null
SELECT display_name, starts_at, ends_at
  FROM acs_credentials_create(:'jane', 'code', '610005', '-infinity', 'infinity');
-- a user's schedule, too
SELECT full_name, access_starts_at, access_ends_at
  FROM acs_users_create(:'hotel', 'Erika Mustermann', access_starts_at => '-infinity', access_ends_at => '2100-01-01');

---------------------------------------------------------------------------
-- Where it opens
---------------------------------------------------------------------------

SELECT acs_credential_id AS guest FROM acs_credentials_create(:'jane', 'code', '610006',
    allowed_acs_entrance_ids => ARRAY[:'room_101', :'lobby']::uuid[]) \gset
SELECT display_name FROM acs_credential_entrances JOIN acs_entrances USING (workspace_id, acs_entrance_id)
 WHERE acs_credential_id = :'guest' ORDER BY display_name;
-- null and empty are none
SELECT acs_credential_id AS nowhere FROM acs_credentials_create(:'jane', 'code', '610007',
    allowed_acs_entrance_ids => NULL) \gset
SELECT acs_credential_id AS nowhere_else FROM acs_credentials_create(:'jane', 'code', '610008',
    allowed_acs_entrance_ids => '{}') \gset
SELECT count(*) FROM acs_credential_entrances WHERE acs_credential_id IN (:'nowhere', :'nowhere_else');

---------------------------------------------------------------------------
-- A code credential without a code gets one that is free and not easily guessed
---------------------------------------------------------------------------

SELECT length(code::text) AS digits, display_name ~ '^Code [0-9]{2}\*{4}$' AS masked
  FROM acs_credentials_create(:'jane', 'code');
CREATE TEMP TABLE generated AS
    SELECT (acs_credentials_create(:'jane', 'code')).code::text FROM generate_series(1, 300);
SELECT count(DISTINCT code) AS different, bool_and(length(code) = 6) AS of_6_digits,
       bool_or(code ~ '(\d)\1\1') AS three_in_a_row, bool_or(code ~ '^(\d{1,3})\1+$') AS repeated,
       bool_or(code IN ('012345', '123456', '234567', '654321', '543210')) AS counting
  FROM generated;
-- neither a card nor a mobile key needs one
SELECT access_method, display_name, code FROM acs_credentials_create(:'jane', 'card')
UNION ALL
SELECT access_method, display_name, code FROM acs_credentials_create(:'jane', 'mobile_key');

-- What a code looks like is up to the type of the system.
INSERT INTO acs_system_types (system_type, display_name, code_min_length, code_max_length, generated_code_length, code_max_value)
    VALUES ('create_four', 'Four digits', 4, 4, NULL, NULL),
           ('create_nine', 'Nine digits or more', 9, NULL, NULL, NULL),
           ('create_eight', 'Eight digits if generated', NULL, NULL, 8, NULL),
           ('create_byte', 'Small numbers', 3, 3, 3, 255);
CREATE TEMP TABLE of_type AS
    SELECT s.system_type, u.acs_user_id
      FROM acs_system_types t, acs_systems_create(t.display_name, t.system_type) s,
           acs_users_create(s.acs_system_id, 'Jane Doe') u
     WHERE t.system_type LIKE 'create%';
SELECT system_type, min(length(code::text)) AS min, max(length(code::text)) AS max, bool_and(code <= '255') AS small
  FROM (SELECT system_type, (acs_credentials_create(acs_user_id, 'code')).code FROM of_type, generate_series(1, 40)) AS issued
 GROUP BY system_type ORDER BY system_type;

---------------------------------------------------------------------------
-- Credential managers
---------------------------------------------------------------------------

-- a system's default manager is that of its mobile keys
SELECT acs_system_id AS annex FROM acs_systems_create('Annex',
    default_credential_manager_acs_system_id => :'manager',
    connected_account_id => '33333333-3333-4333-8333-333333333333') \gset
SELECT acs_user_id AS joe FROM acs_users_create(:'annex', 'Joe Bloggs') \gset
SELECT acs_credential_id AS key FROM acs_credentials_create(:'joe', 'mobile_key') \gset
SELECT acs_credential_id AS pin FROM acs_credentials_create(:'joe', 'code', '610009') \gset
-- and a stated one is that of any credential
SELECT acs_credential_id AS card
  FROM acs_credentials_create(:'joe', 'card', credential_manager_acs_system_id => :'annex') \gset
SELECT access_method, m.name AS manager
  FROM acs_credentials c LEFT JOIN acs_systems m ON c.credential_manager_acs_system_id = m.acs_system_id
 WHERE acs_credential_id IN (:'key', :'pin', :'card') ORDER BY acs_credential_id;

---------------------------------------------------------------------------
-- Metadata of brands is kept under the name of its argument
---------------------------------------------------------------------------

SELECT visionline_metadata, assa_abloy_vostio_metadata
  FROM acs_credentials_create(:'joe', 'mobile_key', assa_abloy_vostio_metadata => '{"auto_join": true}');
SELECT acs_credential_id AS two_brands
  FROM acs_credentials_create(:'joe', 'card', hotek_metadata => '{"override": true}',
                              salto_space_metadata => '{"assign_new_key": true}') \gset
SELECT metadata FROM acs_credentials WHERE acs_credential_id = :'two_brands';

-- null is none, in JSON as in SQL
SELECT acs_credential_id AS plain FROM acs_credentials_create(:'joe', 'card', visionline_metadata => 'null', hotek_metadata => NULL) \gset
SELECT metadata FROM acs_credentials WHERE acs_credential_id = :'plain';

---------------------------------------------------------------------------
-- A card that an encoder has to write waits for it
---------------------------------------------------------------------------

INSERT INTO acs_system_types (system_type, display_name, credential_type, credential_type_display_name, encodes_cards)
    VALUES ('create_encoding', 'Encoded cards', 'create_card', 'Encoded card', true);
SELECT acs_system_id AS encoding FROM acs_systems_create('Encoding', 'create_encoding') \gset
SELECT acs_user_id AS ann FROM acs_users_create(:'encoding', 'Ann Other') \gset
SELECT access_method, is_issued, external_type, external_type_display_name, warnings #- '{0,created_at}' AS warnings
  FROM acs_credentials_create(:'ann', 'card');
SELECT access_method, is_issued, warnings FROM acs_credentials_create(:'ann', 'code', '610010');

---------------------------------------------------------------------------
-- Many at a time, in one statement or one transaction: all or none
---------------------------------------------------------------------------

SELECT count(*) FROM generate_series(1, 1000) AS i,
       acs_credentials_create(:'joe', 'code', to_char(i, 'FM620000'));
SELECT fails($$SELECT acs_credentials_create($1, 'code', code) FROM (VALUES ('621001'), ('621002'), ('621001')) AS codes (code)$$, :'joe');
SELECT count(*) AS left_behind FROM acs_credentials WHERE acs_user_id = :'joe' AND code IN ('621001', '621002');
BEGIN;
SELECT display_name FROM acs_credentials_create(:'jane', 'code', '630001');
SAVEPOINT refused;
SELECT fails($$SELECT acs_credentials_create($1, 'code', '630001')$$, :'jane') LIKE '23P01 code_overlap%' AS refused;
ROLLBACK TO refused;
SELECT display_name FROM acs_credentials_create(:'jane', 'code', '630002');
ROLLBACK;
SELECT count(*) AS left_behind FROM acs_credentials WHERE acs_user_id = :'jane' AND code IN ('630001', '630002');

-- In a function, a trigger or a view of the application it is the same call.
CREATE FUNCTION pg_temp.check_in(guest text, until timestamptz) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    issued acs_credential;
BEGIN
    issued := acs_credentials_create((SELECT u.acs_user_id FROM acs_users_list(search => guest) u), 'code',
                                     code => '640001', ends_at => until);
    RETURN issued.code;
END
$$;
SELECT pg_temp.check_in('Joe Bloggs', '2100-01-01');
