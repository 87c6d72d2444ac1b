-- Issuing: the three requests of the Seam guide "Issuing Credentials", and what
-- its response says of each.
\set QUIET 1
BEGIN;
SELECT plan(39);
SET LOCAL credentials.workspace_id = '398d80b7-3f96-47c2-b85a-6f8ba21d07be';

SELECT acs_system_id AS hotel FROM acs_systems_create('Hotel') \gset
SELECT acs_system_id AS manager FROM acs_systems_create('Credential service') \gset
SELECT acs_entrance_id AS room FROM acs_entrances_create(:'hotel', 'Room 101') \gset
SELECT acs_entrance_id AS lobby FROM acs_entrances_create(:'hotel', 'Lobby') \gset
SELECT acs_user_id AS jane FROM acs_users_create(:'hotel', 'Jane Doe') \gset

-- A credential, issued.  The composite is kept, so that each field can be looked at.
CREATE TEMP TABLE issued (name text PRIMARY KEY, c acs_credential);

---------------------------------------------------------------------------
-- A PIN code
---------------------------------------------------------------------------

SELECT lives_ok($$INSERT INTO issued SELECT 'pin', acs_credentials_create(
    acs_user_id => $$ || quote_literal(:'jane') || $$,
    access_method => 'code',
    code => '824759')$$, 'a PIN is issued');
SELECT is((c).display_name, 'Code 82****', 'its display name masks the code') FROM issued WHERE name = 'pin';
SELECT is((c).code::text, '824759', 'its code is there for whoever may open the door') FROM issued WHERE name = 'pin';
SELECT is((c).access_method::text, 'code', 'it is a code') FROM issued WHERE name = 'pin';
SELECT is((c).acs_user_id, :'jane'::uuid, 'it is the user''s') FROM issued WHERE name = 'pin';
SELECT is((c).acs_system_id, :'hotel'::uuid, 'it is for the user''s system') FROM issued WHERE name = 'pin';
SELECT is((c).workspace_id, '398d80b7-3f96-47c2-b85a-6f8ba21d07be'::uuid, 'it is in the workspace of the session') FROM issued WHERE name = 'pin';
SELECT is((c).errors, '[]'::jsonb, 'it has no errors') FROM issued WHERE name = 'pin';
SELECT is((c).warnings, '[]'::jsonb, 'it has no warnings') FROM issued WHERE name = 'pin';
SELECT cmp_ok((c).created_at, '<=', clock_timestamp(), 'it was created by now') FROM issued WHERE name = 'pin';
SELECT ok((c).starts_at IS NULL AND (c).ends_at IS NULL, 'it is valid at all times') FROM issued WHERE name = 'pin';

---------------------------------------------------------------------------
-- A key card
---------------------------------------------------------------------------

SELECT lives_ok($$INSERT INTO issued SELECT 'card', acs_credentials_create(
    acs_user_id => $$ || quote_literal(:'jane') || $$,
    access_method => 'card',
    code => '123456')$$, 'a card is issued');
SELECT is((c).display_name, 'Card 123***', 'its display name masks the code') FROM issued WHERE name = 'card';
SELECT is((c).code::text, '123456', 'its code is there') FROM issued WHERE name = 'card';
SELECT is((c).errors || (c).warnings, '[]'::jsonb, 'it has neither errors nor warnings') FROM issued WHERE name = 'card';

---------------------------------------------------------------------------
-- A mobile key for several phones
---------------------------------------------------------------------------

SELECT lives_ok($$INSERT INTO issued SELECT 'key', acs_credentials_create(
    acs_user_id => $$ || quote_literal(:'jane') || $$,
    credential_manager_acs_system_id => $$ || quote_literal(:'manager') || $$,
    access_method => 'mobile_key',
    is_multi_phone_sync_credential => true,
    starts_at => '2100-03-01T10:40:00Z',
    ends_at => '2100-03-04T10:40:00Z',
    allowed_acs_entrance_ids => ARRAY[$$ || quote_literal(:'room') || ', ' || quote_literal(:'lobby') || $$]::uuid[],
    visionline_metadata => '{"cardFormat": "rfid48", "label": "%ROOMNUM% - %SITENAME%", "is_override_key": true}')$$,
    'a multi-phone sync credential is issued');
SELECT is((c).display_name, 'Multi Phone Sync Credential', 'it is called one') FROM issued WHERE name = 'key';
SELECT ok((c).is_multi_phone_sync_credential, 'it is one') FROM issued WHERE name = 'key';
SELECT is((c).code, NULL, 'it has no code') FROM issued WHERE name = 'key';
SELECT is((c).starts_at, '2100-03-01 10:40:00+00'::timestamptz, 'it starts when asked') FROM issued WHERE name = 'key';
SELECT is((c).ends_at, '2100-03-04 10:40:00+00'::timestamptz, 'it ends when asked') FROM issued WHERE name = 'key';
SELECT is((c).visionline_metadata ->> 'label', '%ROOMNUM% - %SITENAME%', 'its metadata is kept') FROM issued WHERE name = 'key';
SELECT is((c).assa_abloy_vostio_metadata, NULL, 'that of another brand is not there') FROM issued WHERE name = 'key';
SELECT is(credential_manager_acs_system_id, :'manager'::uuid, 'its manager is the one named')
  FROM acs_credentials WHERE acs_credential_id = (SELECT (c).acs_credential_id FROM issued WHERE name = 'key');
SELECT set_eq($$SELECT display_name FROM acs_entrances JOIN acs_credential_entrances USING (workspace_id, acs_entrance_id)
                 JOIN issued ON (c).acs_credential_id = acs_credential_id WHERE issued.name = 'key'$$,
              ARRAY['Room 101', 'Lobby'], 'it opens the entrances named');

---------------------------------------------------------------------------
-- Looking at what was issued
---------------------------------------------------------------------------

SELECT is(acs_credentials_get((c).acs_credential_id), c, 'get shows the ' || name || ' as it was issued') FROM issued;
SELECT results_eq(format('SELECT display_name FROM acs_credentials_list(acs_user_id => %L)', :'jane'),
                  ARRAY['Code 82****', 'Card 123***', 'Multi Phone Sync Credential'], 'list shows all, in the order of creation');
SELECT results_eq('SELECT display_name FROM acs_credentials_list(search => ''824759'')', ARRAY['Code 82****'], 'list finds one by its code');
SELECT results_eq('SELECT display_name FROM acs_credentials_masked WHERE access_method = ''code''', ARRAY['Code 82****'],
                  'the masked view shows it, too');
SELECT hasnt_column('acs_credentials_masked'::name, 'code'::name, 'but not its code');

---------------------------------------------------------------------------
-- What it says when
---------------------------------------------------------------------------

SELECT is(acs_credential_state((c).starts_at, (c).ends_at, at), state::acs_credential_state, 'the mobile key is ' || state || ' at ' || at)
  FROM issued, (VALUES ('2100-03-01 10:39:59Z'::timestamptz, 'upcoming'), ('2100-03-01 10:40Z', 'active'), ('2100-03-04 10:40Z', 'expired')) AS v (at, state)
 WHERE name = 'key';

---------------------------------------------------------------------------
-- A code credential without a code
---------------------------------------------------------------------------

INSERT INTO issued SELECT 'generated', acs_credentials_create(:'jane', 'code');
SELECT matches((c).code::text, '^[0-9]{6}$', 'a code is generated where none is given') FROM issued WHERE name = 'generated';
SELECT isnt((c).code::text, '824759', 'it is a free one') FROM issued WHERE name = 'generated';
SELECT is((c).display_name, acs_display_name('code', (c).code), 'and masked') FROM issued WHERE name = 'generated';
SELECT is((SELECT count(DISTINCT (acs_credentials_create(:'jane', 'code')).code) FROM generate_series(1, 20))::int, 20, 'no two are alike');

SELECT * FROM finish();
ROLLBACK;
