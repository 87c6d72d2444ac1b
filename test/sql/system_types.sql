-- What each type of access control system allows, and types of one's own.
SET datestyle = 'ISO';
SET timezone = 'UTC';
SET credentials.workspace_id = '5c57e300-0000-4000-8000-000000000000';
\pset null -

---------------------------------------------------------------------------
-- The types that come with the extension
---------------------------------------------------------------------------

SELECT system_type, display_name, credential_type, credential_type_display_name
  FROM acs_system_types WHERE is_builtin ORDER BY system_type;
SELECT system_type, access_methods, custom_code, code_min_length AS min, code_max_length AS max,
       code_digits AS digits, code_max_value, generated_code_length AS generated
  FROM acs_system_types WHERE is_builtin ORDER BY system_type;
SELECT system_type, max_entrances_per_code AS entrances, max_cards_per_user AS cards, max_mobile_keys_per_user AS keys,
       metadata_key, permission_model,
       concat_ws(', ', CASE WHEN requires_entrances THEN 'entrances' END, CASE WHEN requires_window THEN 'window' END,
                 CASE WHEN requires_multi_phone_sync THEN 'multi-phone sync' END) AS requires,
       concat_ws(', ', CASE WHEN encodes_cards THEN 'encodes cards' END,
                 CASE WHEN is_credential_manager THEN 'is manager' END) AS and
  FROM acs_system_types WHERE is_builtin ORDER BY system_type;

---------------------------------------------------------------------------
-- Each type, access method and rule
---------------------------------------------------------------------------

-- A system of each type, with two doors and a user.
CREATE TEMP TABLE sandbox AS
    SELECT s.system_type, s.acs_system_id, u.acs_user_id, d1.acs_entrance_id AS door, d2.acs_entrance_id AS other_door
      FROM acs_system_types t, acs_systems_create(t.display_name, t.system_type) s, acs_users_create(s.acs_system_id, 'Jane Doe') u,
           acs_entrances_create(s.acs_system_id, 'Door') d1, acs_entrances_create(s.acs_system_id, 'Other door') d2
     WHERE t.is_builtin;
CREATE FUNCTION pg_temp.try(type text, arguments text) RETURNS text
    LANGUAGE sql RETURN (SELECT fails(format('SELECT acs_credentials_create($1, %s)', arguments), acs_user_id, door, other_door)
                           FROM sandbox WHERE system_type = type);

-- A request that no type has anything against but by its access method, and
-- what is asked for instead.
CREATE TEMP TABLE probes (
    n           integer GENERATED ALWAYS AS IDENTITY,
    probe       text,
    code        acs_code,
    starts_at   timestamptz DEFAULT '2100-01-01',
    ends_at     timestamptz DEFAULT '2100-01-02',
    entrances   text DEFAULT 'ARRAY[$2]',
    multi_phone boolean DEFAULT true,
    more        text DEFAULT '',
    calls       integer DEFAULT 1);
INSERT INTO probes (probe) VALUES ('nothing special');
INSERT INTO probes (probe, code) VALUES ('a code', '824759'), ('a code of 32', repeat('9', 32)), ('code 0', '0'),
    ('code 2^32', 4294967296::text), ('code 2^32+1', 4294967297::text);
INSERT INTO probes (probe, entrances) VALUES ('no entrance', '''{}'''), ('two entrances', 'ARRAY[$2, $3]');
INSERT INTO probes (probe, starts_at, ends_at) VALUES ('no window', NULL, NULL), ('no start', NULL, '2100-01-02'), ('no end', '2100-01-01', NULL);
INSERT INTO probes (probe, multi_phone) VALUES ('one phone', false);
INSERT INTO probes (probe, more) SELECT split_part(key, '_metadata', 1), format(', %s => ''{}''', key)
    FROM unnest('{visionline_metadata, assa_abloy_vostio_metadata, hotek_metadata, salto_space_metadata}'::text[]) AS key;
INSERT INTO probes (probe, calls) VALUES ('two at a time', 2);
INSERT INTO probes (probe, starts_at, ends_at) VALUES ('backwards', '2100-01-02', '2100-01-01'), ('over', '2001-01-01', '2001-01-02');

-- The rule that a request breaks, or "ok"; whatever it does is undone.
CREATE FUNCTION pg_temp.outcome(statement text, VARIADIC ids uuid[]) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    rule text;
BEGIN
    EXECUTE statement USING ids[1], ids[2], ids[3];
    RAISE EXCEPTION USING ERRCODE = 'UNDO0';
EXCEPTION WHEN SQLSTATE 'UNDO0' THEN
    RETURN 'ok';
WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS rule = CONSTRAINT_NAME;
    RETURN coalesce(nullif(rule, ''), SQLERRM);
END
$$;
CREATE TEMP TABLE outcomes AS
    SELECT system_type, method, n, probe,
           pg_temp.outcome(format('SELECT acs_credentials_create($1, %L, %L, %L, %L, %s, %L%s) FROM generate_series(1, %s)',
                                  method, code, starts_at, ends_at, entrances, multi_phone AND method = 'mobile_key', more, calls),
                           acs_user_id, door, other_door) AS outcome
      FROM sandbox, unnest(enum_range(NULL::acs_access_method)) AS method, probes;
-- What a type does not issue at all is not told again for each probe.
SELECT system_type, string_agg(method::text, ', ' ORDER BY method) AS issues_no
  FROM (SELECT system_type, method FROM outcomes GROUP BY system_type, method
        HAVING bool_and(outcome = 'access_method_not_supported')) AS none
 GROUP BY system_type ORDER BY system_type;
SELECT system_type, method, outcome AS refused_as, string_agg(probe, ', ' ORDER BY n) AS asked_for
  FROM outcomes WHERE outcome NOT IN ('ok', 'access_method_not_supported') AND probe NOT IN ('backwards', 'over')
 GROUP BY system_type, method, outcome ORDER BY system_type, method, min(n);
SELECT probe AS no_type_allows, array_agg(DISTINCT outcome ORDER BY outcome) AS refused_as
  FROM outcomes WHERE probe IN ('backwards', 'over') GROUP BY probe ORDER BY probe;
-- The rest is allowed.
SELECT count(*) AS tried, count(*) FILTER (WHERE outcome = 'ok') AS allowed FROM outcomes;
SELECT count(*) AS left_behind FROM acs_credentials_list();

-- Who can be named as the credential manager of a mobile key.
SELECT system_type, pg_temp.outcome($$SELECT acs_credentials_create($1, 'mobile_key', credential_manager_acs_system_id => $2)$$,
                                    (SELECT acs_user_id FROM sandbox WHERE system_type = 'generic'), acs_system_id) AS as_manager
  FROM sandbox ORDER BY 2 DESC, 1;

---------------------------------------------------------------------------
-- In words
---------------------------------------------------------------------------

-- Salto KS and Latch make their codes themselves.
SELECT pg_temp.try('salto_ks_site', $$'code', '824759'$$);
SELECT pg_temp.try('salto_ks_site', $$'code'$$);
SELECT pg_temp.try('latch_building', $$'code', '8247591', '2100-01-01', '2100-01-02', ARRAY[$2]$$);
SELECT pg_temp.try('latch_building', $$'code', NULL, '2100-01-01', '2100-01-02', ARRAY[$2]$$);
-- Latch: a code opens one door, a mobile key one or more, and both end.
SELECT pg_temp.try('latch_building', $$'code', NULL, '2100-01-01', '2100-01-02', ARRAY[$2, $3]$$);
SELECT pg_temp.try('latch_building', $$'mobile_key', NULL, '2100-01-01', '2100-01-02', ARRAY[$2, $3], true$$);
SELECT pg_temp.try('latch_building', $$'mobile_key', NULL, '2100-01-01', '2100-01-02', '{}', true$$);
SELECT pg_temp.try('latch_building', $$'mobile_key', NULL, '2100-01-01', NULL, ARRAY[$2], true$$);
-- Visionline has no codes, and its mobile keys are for several phones.
SELECT pg_temp.try('visionline_system', $$'code', '824759'$$);
SELECT pg_temp.try('visionline_system', $$'card', '123456'$$);
SELECT pg_temp.try('visionline_system', $$'mobile_key'$$);
SELECT pg_temp.try('visionline_system', $$'mobile_key', is_multi_phone_sync_credential => true$$);
-- PTI reads codes as numbers.
SELECT code, pg_temp.try('pti_site', format($$'code', %L$$, code))
  FROM unnest('{0, 1, 4294967296, 4294967297, 00004294967296, 99999999999999999999999999999999}'::text[]) AS code;
-- Salto Space gives each user one card and one mobile key.
SELECT pg_temp.try('salto_space_system', $$'card'$$);
SELECT pg_temp.try('salto_space_system', $$'card'$$);
SELECT pg_temp.try('salto_space_system', $$'mobile_key', is_multi_phone_sync_credential => true$$);
SELECT pg_temp.try('salto_space_system', $$'mobile_key', is_multi_phone_sync_credential => true$$);
-- A credential manager has no credentials of its own, but is one; a brand is not.
SELECT pg_temp.try('assa_abloy_credential_service', $$'mobile_key', is_multi_phone_sync_credential => true$$);
SELECT type, fails($$SELECT acs_credentials_create($1, 'mobile_key', is_multi_phone_sync_credential => true,
                                                   credential_manager_acs_system_id => $2)$$,
                   (SELECT acs_user_id FROM sandbox WHERE system_type = 'visionline_system'), acs_system_id)
  FROM sandbox AS manager (type) WHERE type IN ('assa_abloy_credential_service', 'visionline_system') ORDER BY type;
-- The API's name of the credential.
SELECT external_type, external_type_display_name FROM acs_credentials_list() GROUP BY 1, 2 ORDER BY 1;

---------------------------------------------------------------------------
-- How many a user can have
---------------------------------------------------------------------------

INSERT INTO acs_system_types (system_type, display_name, max_cards_per_user, max_mobile_keys_per_user)
    VALUES ('types_limits', 'Two cards, one mobile key', 2, 1);
SELECT acs_system_id AS limits FROM acs_systems_create('Limits', 'types_limits') \gset
SELECT acs_user_id AS ann FROM acs_users_create(:'limits', 'Ann') \gset
SELECT acs_user_id AS bob FROM acs_users_create(:'limits', 'Bob') \gset
-- codes without limit, cards up to two, each user for themselves
SELECT count(*) FROM generate_series(1, 5), acs_credentials_create(:'ann', 'code');
SELECT acs_credential_id AS card FROM acs_credentials_create(:'ann', 'card') \gset
SELECT access_method FROM acs_credentials_create(:'ann', 'card');
SELECT fails($$SELECT acs_credentials_create($1, 'card')$$, :'ann') AS third_card;
SELECT access_method FROM acs_credentials_create(:'bob', 'card');
SELECT access_method FROM acs_credentials_create(:'ann', 'mobile_key');
SELECT fails($$SELECT acs_credentials_create($1, 'mobile_key')$$, :'ann') AS second_key;
-- a deleted one makes room; in one statement or transaction, too
SELECT acs_credentials_delete(:'card');
SELECT access_method FROM acs_credentials_create(:'ann', 'card');
SELECT fails($$SELECT acs_credentials_create($1, 'card')$$, :'ann') AS third_card;
SELECT fails($$SELECT acs_credentials_create($1, 'card') FROM generate_series(1, 2)$$, :'bob') AS three_at_once;
SELECT count(*) AS cards_of_bob FROM acs_credentials WHERE acs_user_id = :'bob';
BEGIN;
SELECT access_method FROM acs_credentials_create(:'bob', 'card') \gset
SAVEPOINT one_more;
SELECT fails($$SELECT acs_credentials_create($1, 'card')$$, :'bob') AS third_card;
ROLLBACK TO one_more;
SELECT acs_credentials_delete(acs_credential_id) FROM acs_credentials_list(:'bob') LIMIT 1;
SELECT access_method FROM acs_credentials_create(:'bob', 'card');
ROLLBACK;
-- an expired one counts, a copy on a phone or an unassigned one does not
INSERT INTO acs_credentials (acs_system_id, acs_user_id, access_method, ends_at) VALUES (:'limits', :'bob', 'card', '2001-01-01');
SELECT fails($$SELECT acs_credentials_create($1, 'card')$$, :'bob') AS third_card_one_expired;
INSERT INTO acs_credentials (acs_system_id, access_method) SELECT :'limits', 'mobile_key' FROM generate_series(1, 3);
SELECT acs_credential_id AS key FROM acs_credentials_create(:'bob', 'mobile_key', is_multi_phone_sync_credential => true) \gset
SELECT count(*) FROM acs_credentials_sync_to_phone(:'key', 'phone');
UPDATE acs_system_types SET max_mobile_keys_per_user = 2 WHERE system_type = 'types_limits';
SELECT access_method FROM acs_credentials_create(:'bob', 'mobile_key');
SELECT fails($$SELECT acs_credentials_create($1, 'mobile_key')$$, :'bob') AS third_key;
-- one that is assigned is one more, unless it is the user's already
SELECT acs_credential_id AS card FROM acs_credentials_list(:'ann') WHERE access_method = 'card' LIMIT 1 \gset
SELECT fails($$SELECT acs_credentials_assign($1, $2)$$, :'card', :'ann') AS own_card;
SELECT count(*) FROM acs_credentials_unassign(:'card');
SELECT fails($$SELECT acs_credentials_assign($1, $2)$$, :'card', :'bob') AS third_card;
SELECT access_method FROM acs_credentials_assign(:'card', :'ann');
-- a limit that came later takes nothing away
UPDATE acs_system_types SET max_cards_per_user = 1 WHERE system_type = 'types_limits';
SELECT count(*) AS cards_of_ann FROM acs_credentials WHERE acs_user_id = :'ann' AND access_method = 'card';
SELECT fails($$SELECT acs_credentials_create($1, 'card')$$, :'ann') AS third_card;

---------------------------------------------------------------------------
-- A type of one's own: what it leaves out is unrestricted
---------------------------------------------------------------------------

INSERT INTO acs_system_types (system_type, display_name) VALUES ('types_own', 'My own');
SELECT acs_system_id AS own FROM acs_systems_create('Own', 'types_own') \gset
SELECT acs_user_id AS eve FROM acs_users_create(:'own', 'Eve') \gset
SELECT display_name, external_type FROM acs_credentials_create(:'eve', 'code', '1');
SELECT display_name FROM acs_credentials_create(:'eve', 'card', visionline_metadata => '{}', hotek_metadata => '{}');
SELECT display_name FROM acs_credentials_create(:'eve', 'mobile_key');
-- A change holds from the next call on, in this session and in every other.
UPDATE acs_system_types SET access_methods = '{code}', code_min_length = 4, requires_window = true WHERE system_type = 'types_own';
SELECT fails($$SELECT acs_credentials_create($1, 'card')$$, :'eve') AS here;
\c
SET credentials.workspace_id = '5c57e300-0000-4000-8000-000000000000';
SELECT fails($$SELECT acs_credentials_create($1, 'card')$$, :'eve') AS there,
       fails($$SELECT acs_credentials_create($1, 'code', '824')$$, :'eve') AS short,
       fails($$SELECT acs_credentials_create($1, 'code', '8247')$$, :'eve') AS without_window;
UPDATE acs_system_types SET access_methods = '{}' WHERE system_type = 'types_own';
SELECT method, split_part(fails(format('SELECT acs_credentials_create($1, %L)', method), :'eve'), '|', 1) AS nothing_allowed
  FROM unnest(enum_range(NULL::acs_access_method)) AS method;
-- It cannot go while a system is of it.
SELECT split_part(fails($$DELETE FROM acs_system_types WHERE system_type = 'types_own'$$), '|', 1) AS in_use;
INSERT INTO acs_system_types (system_type, display_name) VALUES ('types_unused', 'Unused');
DELETE FROM acs_system_types WHERE system_type = 'types_unused';
-- A slip of the pen would forbid all metadata.
SELECT fails($$INSERT INTO acs_system_types (system_type, display_name, metadata_key) VALUES ('types', 'x', 'visionline')$$) LIKE '23514%' AS refused;

---------------------------------------------------------------------------
-- The format of card numbers stays as it is while there are cards
---------------------------------------------------------------------------

INSERT INTO acs_system_types (system_type, display_name, card_number_format)
    VALUES ('types_cards', 'Cards', 'hex'), ('types_same_cards', 'Cards of the same format', 'hex'), ('types_other_cards', 'Cards of another format', 'decimal');
SELECT acs_system_id AS site FROM acs_systems_create('Site', 'types_cards') \gset
SELECT acs_user_id AS kim FROM acs_users_create(:'site', 'Kim') \gset
CREATE FUNCTION pg_temp.change(format text) RETURNS text LANGUAGE sql AS $$
    SELECT split_part(fails(format('UPDATE acs_system_types SET card_number_format = %L WHERE system_type = ''types_cards''', format)), '|', 1) $$;
-- without cards it can change, whatever else there is
SELECT display_name FROM acs_credentials_create(:'kim', 'code', '4711');
SELECT display_name FROM acs_credentials_create(:'kim', 'mobile_key');
SELECT pg_temp.change(NULL) AS any_format, pg_temp.change('wiegand26') AS wiegand26, pg_temp.change('hex') AS hex, pg_temp.change('octal') AS unknown;
-- a card that has no number yet will have one; one that is over had one
SELECT acs_credential_id AS blank FROM acs_credentials_create(:'kim', 'card') \gset
SELECT fails($$UPDATE acs_system_types SET card_number_format = 'decimal' WHERE system_type = 'types_cards'$$) AS with_a_blank_card;
UPDATE acs_credentials SET card_number = 'ED:0B', ends_at = clock_timestamp() WHERE acs_credential_id = :'blank' RETURNING identifier;
SELECT pg_temp.change('decimal') AS another, pg_temp.change(NULL) AS none, pg_temp.change('hex') AS the_same;
-- all else of the type changes as ever
UPDATE acs_system_types SET max_cards_per_user = 5, code_digits = '12345' WHERE system_type = 'types_cards';
-- cards of another workspace count, too
SET credentials.workspace_id = '5c57e300-0000-4000-8000-000000000001';
SELECT pg_temp.change('decimal') AS from_another_workspace;
SET credentials.workspace_id = '5c57e300-0000-4000-8000-000000000000';
-- a system with cards takes no type of another format
SELECT fails($$UPDATE acs_systems SET system_type = 'types_other_cards' WHERE acs_system_id = $1$$, :'site') AS refused;
SELECT split_part(fails($$UPDATE acs_systems SET system_type = 'generic' WHERE acs_system_id = $1$$, :'site'), '|', 1) AS generic,
       split_part(fails($$UPDATE acs_systems SET system_type = 'no such' WHERE acs_system_id = $1$$, :'site'), '|', 1) AS no_type;
UPDATE acs_systems SET system_type = 'types_same_cards', name = 'Site 2' WHERE acs_system_id = :'site';
SELECT pg_temp.change('decimal') AS of_the_type_that_it_left;
-- until the cards are deleted
SELECT acs_credentials_delete(:'blank');
UPDATE acs_systems SET system_type = 'types_other_cards' WHERE acs_system_id = :'site';
SELECT acs_credential_id AS card FROM acs_credentials_create(:'kim', 'card', '0012') \gset
SELECT identifier FROM acs_credentials WHERE acs_credential_id = :'card';
-- a change counts in the transaction that makes it
BEGIN;
SELECT acs_credentials_delete(:'card');
UPDATE acs_system_types SET card_number_format = 'wiegand26' WHERE system_type = 'types_other_cards';
INSERT INTO acs_credentials (acs_system_id, access_method, card_number) SELECT :'site', 'card', n::text FROM generate_series(65536, 65538) AS n RETURNING identifier;
SELECT count(*) FROM acs_credentials_create(:'kim', 'card', '65539');
SELECT identifier FROM acs_credentials WHERE acs_system_id = :'site' AND code = '65539';
ROLLBACK;
SELECT display_name FROM acs_credentials_issue(:'card', '0065540');
SELECT identifier FROM acs_credentials WHERE acs_credential_id = :'card';
SELECT fails('SELECT acs_guard_card_number_format()') AS called;

---------------------------------------------------------------------------
-- Built-in rows stay as they came
---------------------------------------------------------------------------

SELECT statement, fails(statement)
  FROM (VALUES ('UPDATE acs_system_types SET max_cards_per_user = 2 WHERE system_type = ''salto_space_system'''),
               ('UPDATE acs_system_types SET is_builtin = false WHERE system_type = ''latch_building'''),
               ('DELETE FROM acs_system_types WHERE system_type = ''kisi_organization'''),
               ('DELETE FROM acs_system_types'),
               ('TRUNCATE acs_system_types')) AS attempts (statement);
SET client_min_messages = warning; -- CASCADE lists the tables that it would empty
SELECT fails('TRUNCATE acs_system_types CASCADE') AS truncate_cascade;
RESET client_min_messages;
-- Neither can a row of one's own say that it is one: a dump would leave it out.
SELECT fails($$INSERT INTO acs_system_types (system_type, display_name, is_builtin) VALUES ('types', 'x', true)$$) AS claimed,
       fails($$UPDATE acs_system_types SET is_builtin = true WHERE system_type = 'types_own'$$) AS claimed_later,
       fails($$INSERT INTO acs_system_types (system_type, display_name) VALUES ('generic', 'x')
               ON CONFLICT (system_type) DO UPDATE SET display_name = EXCLUDED.display_name$$) AS taken_over;
SELECT table_oid::regclass AS dumped, condition FROM pg_extension, unnest(extconfig, extcondition) AS config (table_oid, condition)
 WHERE extname = 'credentials' AND table_oid = 'acs_system_types'::regclass;
SELECT count(*) FILTER (WHERE is_builtin) AS builtin, count(*) FILTER (WHERE system_type = 'types_own') AS own FROM acs_system_types;
