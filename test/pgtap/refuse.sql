-- Refusing: a code is one person's at a time, and every bad request is met with
-- an error that a program can tell by its rule (CONSTRAINT NAME) and SQLSTATE.
\set QUIET 1
BEGIN;
SELECT plan(37);
SET LOCAL credentials.workspace_id = '398d80b7-3f96-47c2-b85a-6f8ba21d07be';
SET LOCAL timezone = 'UTC';

SELECT acs_system_id AS hotel FROM acs_systems_create('Hotel') \gset
SELECT acs_system_id AS annex FROM acs_systems_create('Annex') \gset
SELECT acs_entrance_id AS annex_door FROM acs_entrances_create(:'annex', 'Annex door') \gset
SELECT acs_user_id AS jane FROM acs_users_create(:'hotel', 'Jane Doe') \gset
SELECT acs_user_id AS john FROM acs_users_create(:'hotel', 'John Roe') \gset

-- A statement is refused with a SQLSTATE and by a rule, and no code is in what it says.
CREATE FUNCTION pg_temp.refuses(statement text, state text, rule text, description text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
    found_rule text;
    message text;
    detail text;
    hint text;
BEGIN
    EXECUTE statement;
    RETURN NEXT fail(description || ' (no error)');
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS found_rule = CONSTRAINT_NAME, message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
    RETURN NEXT is(SQLSTATE || ' ' || found_rule, state || ' ' || rule, description);
    RETURN NEXT ok(NOT EXISTS (SELECT FROM regexp_matches(statement, '''([0-9]{4,})''', 'g') AS code
                                WHERE strpos(concat(message, detail, hint), code[1]) > 0), 'and no code is told');
END
$$;

---------------------------------------------------------------------------
-- The same code
---------------------------------------------------------------------------

SELECT acs_credential_id AS may FROM acs_credentials_create(:'jane', 'code', '824759', '2100-05-01', '2100-06-01') \gset
\set create 'SELECT acs_credentials_create(%L, ''code'', ''824759'', %L, %L)'
SELECT pg_temp.refuses(format(:'create', :'john', '2100-05-31', '2100-07-01'), '23P01', 'code_overlap', 'a code is refused while another holds it');
SELECT pg_temp.refuses(format(:'create', :'john', NULL, NULL), '23P01', 'code_overlap', 'and for all times, of which that is one');
SELECT pg_temp.refuses(format(:'create', :'jane', '2100-05-01', '2100-06-01'), '23P01', 'code_overlap', 'and to its holder');
SELECT lives_ok(format(:'create', :'john', '2100-06-01', '2100-07-01'), 'it is accepted from the instant on at which the other ends');
SELECT lives_ok(format(:'create', :'john', '2100-04-01', '2100-05-01'), 'and up to the instant at which the other starts');
SELECT lives_ok(format('SELECT acs_credentials_create(%L, ''card'', ''824759'')', :'john'), 'and as a card');
SELECT acs_credentials_delete(:'may') IS NOT NULL AS deleted \gset
SELECT lives_ok(format(:'create', :'john', '2100-05-01', '2100-06-01'), 'and when the other is revoked');
SELECT is((SELECT count(*) FROM acs_credentials a JOIN acs_credentials b USING (workspace_id, acs_system_id, access_method, code)
            WHERE a.acs_credential_id < b.acs_credential_id AND acs_windows_overlap(a.starts_at, a.ends_at, b.starts_at, b.ends_at)),
          0::bigint, 'no two hold it at the same instant');

---------------------------------------------------------------------------
-- Bad requests
---------------------------------------------------------------------------

SELECT count(*) AS before FROM acs_credentials \gset
SELECT pg_temp.refuses(format('SELECT acs_credentials_create(%L, ''code'', ''135790'')', acs_uuid()), 'P0002', 'acs_user_not_found', 'an unknown user');
SELECT pg_temp.refuses('SELECT acs_credentials_create(NULL, ''code'', ''135790'')', '22023', 'user_required', 'no user');
SELECT pg_temp.refuses(format('SELECT acs_credentials_create(%L, ''code'', ''135790'', acs_system_id => %L)', :'jane', :'annex'),
                       '22023', 'user_mismatch', 'a user of another system');
SELECT pg_temp.refuses(format('SELECT acs_credentials_create(%L, ''mobile_key'', ''135790'')', :'jane'), '22023', 'code_not_allowed', 'a mobile key with a code');
SELECT pg_temp.refuses(format('SELECT acs_credentials_create(%L, ''code'', ''135790'', %L, %L)', :'jane', '2100-02-01', '2100-02-01'),
                       '23514', 'window_order', 'an empty window');
SELECT pg_temp.refuses(format('SELECT acs_credentials_create(%L, ''code'', ''135790'', ends_at => %L)', :'jane', '2001-01-01'),
                       '22023', 'window_in_the_past', 'a window that is over');
SELECT pg_temp.refuses(format('SELECT acs_credentials_create(%L, ''code'', ''135790'', allowed_acs_entrance_ids => ARRAY[%L]::uuid[])', :'jane', acs_uuid()),
                       'P0002', 'acs_entrance_not_found', 'an unknown entrance');
SELECT pg_temp.refuses(format('SELECT acs_credentials_create(%L, ''code'', ''135790'', allowed_acs_entrance_ids => ARRAY[%L]::uuid[])', :'jane', :'annex_door'),
                       '22023', 'entrance_in_other_system', 'an entrance of another system');
SELECT pg_temp.refuses(format('SELECT acs_credentials_create(%L, ''code'', ''135790'', visionline_metadata => ''[]'')', :'jane'),
                       '22023', 'invalid_metadata', 'metadata that is not an object');
SELECT throws_ok(format('SELECT acs_credentials_create(%L, ''code'', ''13579O'')', :'jane'), '22P02',
                 'invalid input syntax for type acs_code', 'a letter in the code');
SELECT throws_ok(format('SELECT acs_credentials_create(%L, ''code'', ''135 790'')', :'jane'), '22P02',
                 'invalid input syntax for type acs_code', 'a space in the code');
SELECT throws_ok(format('SELECT acs_credentials_create(%L, ''fob'')', :'jane'), '22P02', NULL, 'an unknown access method');
SELECT is((SELECT count(*) FROM acs_credentials), :before::bigint, 'nothing was stored');

---------------------------------------------------------------------------
-- Other tenants
---------------------------------------------------------------------------

SET LOCAL credentials.workspace_id = '00000000-0000-4000-8000-00000000000b';
SELECT is_empty('SELECT * FROM acs_credentials_list()', 'another workspace lists nothing of it');
SELECT pg_temp.refuses(format('SELECT acs_credentials_create(%L, ''code'', ''135790'')', :'jane'), 'P0002', 'acs_user_not_found', 'its users are unknown there');
SELECT acs_user_id AS eve FROM acs_users_create((SELECT acs_system_id FROM acs_systems_create('Elsewhere')), 'Eve') \gset
SELECT lives_ok(format(:'create', :'eve', '2100-05-01', '2100-06-01'), 'its codes are free there');

SELECT * FROM finish();
ROLLBACK;
