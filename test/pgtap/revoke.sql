-- Revoking: what is deleted is gone at once, with all that hangs on it, and the
-- event log tells who did it and when, without the code.
\set QUIET 1
BEGIN;
SELECT plan(27);
SET LOCAL credentials.workspace_id = '398d80b7-3f96-47c2-b85a-6f8ba21d07be';

SELECT acs_system_id AS hotel FROM acs_systems_create('Hotel') \gset
SELECT acs_entrance_id AS room FROM acs_entrances_create(:'hotel', 'Room 101') \gset
SELECT acs_user_id AS jane FROM acs_users_create(:'hotel', 'Jane Doe') \gset
SELECT acs_credential_id AS pin FROM acs_credentials_create(:'jane', 'code', '824759',
    allowed_acs_entrance_ids => ARRAY[:'room']::uuid[]) \gset
SELECT acs_credential_id AS card FROM acs_credentials_create(:'jane', 'card', '123456') \gset
SELECT acs_credential_id AS key FROM acs_credentials_create(:'jane', 'mobile_key', is_multi_phone_sync_credential => true) \gset
INSERT INTO acs_credentials (acs_system_id, acs_user_id, access_method, parent_acs_credential_id)
    VALUES (:'hotel', :'jane', 'mobile_key', :'key'), (:'hotel', :'jane', 'mobile_key', :'key');

---------------------------------------------------------------------------
-- Deleting
---------------------------------------------------------------------------

CREATE ROLE acs_reception;
GRANT EXECUTE ON FUNCTION acs_credentials_delete, acs_credentials_get TO acs_reception;
SET LOCAL ROLE acs_reception;
CREATE TEMP TABLE answer AS SELECT acs_credentials_delete(:'pin')::text AS answer;
SELECT throws_ok(format('SELECT acs_credentials_get(%L)', :'pin'), 'P0002', 'credential does not exist', 'what is deleted cannot be got');
SELECT throws_ok(format('SELECT acs_credentials_delete(%L)', :'pin'), 'P0002', 'credential does not exist', 'nor deleted again');
SELECT is((SELECT answer FROM answer), '', 'deleting returns nothing');
RESET ROLE;
SELECT is_empty(format('SELECT FROM acs_credentials WHERE acs_credential_id = %L', :'pin'), 'no row is left');
SELECT is_empty(format('SELECT FROM acs_credential_entrances WHERE acs_credential_id = %L', :'pin'), 'nor its entrances');
SELECT isnt_empty(format('SELECT FROM acs_entrances WHERE acs_entrance_id = %L', :'room'), 'the entrance itself stays');
SELECT lives_ok(format('SELECT acs_credentials_create(%L, ''code'', ''824759'')', :'jane'), 'its code is free');
SELECT results_eq(format('SELECT display_name FROM acs_credentials_list(%L) WHERE access_method = ''card''', :'jane'),
                  ARRAY['Card 123***'], 'the others stay');

---------------------------------------------------------------------------
-- What the log says
---------------------------------------------------------------------------

PREPARE log AS SELECT event_type, actor, occurred_at, details, acs_system_id, acs_user_id
  FROM acs_events WHERE acs_credential_id = :'pin' ORDER BY event_id;
CREATE TEMP TABLE log AS EXECUTE log;
SELECT results_eq('SELECT event_type FROM log', ARRAY['acs_credential.created', 'acs_credential.entrance_added', 'acs_credential.deleted', 'acs_credential.entrance_removed'],
                  'it was created and deleted, and what it opened with it');
SELECT is(actor, 'acs_reception', 'the log says by whom: the role that called, not the owner of the function')
  FROM log WHERE event_type = 'acs_credential.deleted';
SELECT is(actor, current_user::text, 'and who created it') FROM log WHERE event_type = 'acs_credential.created';
SELECT ok(occurred_at BETWEEN now() AND clock_timestamp(), 'and when') FROM log WHERE event_type = 'acs_credential.deleted';
SELECT is(details ->> 'display_name', 'Code 82****', 'and what: the code is masked') FROM log WHERE event_type = 'acs_credential.deleted';
SELECT is(details ->> 'access_method', 'code', 'its access method') FROM log WHERE event_type = 'acs_credential.deleted';
SELECT is(acs_user_id, :'jane'::uuid, 'its holder') FROM log WHERE event_type = 'acs_credential.deleted';
SELECT is(acs_system_id, :'hotel'::uuid, 'its system') FROM log WHERE event_type = 'acs_credential.deleted';
SELECT is_empty('SELECT FROM log WHERE details::text LIKE ''%'' || 824759 || ''%''', 'the code itself is nowhere in it');
SELECT throws_ok('DELETE FROM acs_events', '42501', 'events cannot be changed or deleted', 'the log cannot be cleaned up after');
SELECT throws_ok('UPDATE acs_events SET actor = ''nobody''', '42501', 'events cannot be changed or deleted', 'nor corrected');

---------------------------------------------------------------------------
-- A multi-phone sync credential goes with its copies on phones
---------------------------------------------------------------------------

SELECT is((SELECT count(*) FROM acs_credentials_list(:'jane') WHERE parent_acs_credential_id = :'key'), 2::bigint, 'a key is on two phones');
SELECT is(acs_credentials_delete(:'key')::text, '', 'it is deleted');
SELECT is_empty(format('SELECT FROM acs_credentials_list(%L) WHERE access_method = ''mobile_key''', :'jane'), 'none of the three is left');
SELECT is((SELECT count(*) FROM acs_events WHERE acs_user_id = :'jane' AND event_type = 'acs_credential.deleted' AND details ->> 'access_method' = 'mobile_key'),
          3::bigint, 'each has its event');

---------------------------------------------------------------------------
-- A transaction that fails revokes nothing
---------------------------------------------------------------------------

SAVEPOINT before;
SELECT is(acs_credentials_delete(:'card')::text, '', 'a card is deleted');
SELECT throws_ok(format('SELECT acs_credentials_get(%L)', :'card'), 'P0002', NULL, 'and gone');
ROLLBACK TO before;
SELECT is((acs_credentials_get(:'card')).display_name, 'Card 123***', 'if the transaction fails it is still there');
SELECT is_empty(format('SELECT FROM acs_events WHERE acs_credential_id = %L AND event_type = ''acs_credential.deleted''', :'card'),
                'and the log says nothing else');

SELECT * FROM finish();
ROLLBACK;
