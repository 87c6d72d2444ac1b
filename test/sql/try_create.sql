-- An import is one statement: a row that breaks a rule is a row of the result, and the
-- others are stored.  The caller's own reference tells what was imported before.
SET datestyle = 'ISO';
SET timezone = 'UTC';
SET credentials.workspace_id = '7121e000-0000-4000-8000-000000000000';
SELECT acs_system_id AS hotel FROM acs_systems_create('Hotel') \gset
SELECT acs_system_id AS annex FROM acs_systems_create('Annex') \gset
SELECT acs_entrance_id AS lobby FROM acs_entrances_create(:'hotel', 'Lobby') \gset
SELECT acs_user_id AS jane FROM acs_users_create(:'hotel', 'Jane Doe', user_identity_id => '7121e000-0000-4000-8000-000000000001') \gset
SELECT acs_user_id AS joe FROM acs_users_create(:'annex', 'Joe Bloggs') \gset

CREATE TEMP TABLE bookings (booking text, acs_user_id uuid, code text, starts_at timestamptz, ends_at timestamptz, door uuid);
INSERT INTO bookings VALUES
    ('B1', :'jane', '826001', '2100-01-01', '2100-01-05', :'lobby'),
    ('B2', :'jane', '826001', '2100-01-04', '2100-01-08', :'lobby'),
    ('B3', :'jane', '826001', '2100-01-05', '2100-01-08', :'lobby'),
    ('B4', :'jane', NULL, '2100-01-01', '2100-01-01', :'lobby'),
    ('B5', :'joe', '826001', '2100-01-01', '2100-01-05', :'lobby'),
    ('B1', :'jane', '826006', NULL, NULL, NULL),
    ('B7', NULL, '826007', NULL, NULL, NULL),
    ('', :'jane', '826008', NULL, NULL, NULL),
    ('B9', :'jane', '826009', NULL, NULL, NULL),
    ('B10', :'jane', '82601x', NULL, NULL, NULL),
    ('B11', :'jane', '', NULL, NULL, NULL),
    ('B12', :'jane', repeat('8', 33), NULL, NULL, NULL);
CREATE TEMP VIEW import AS
    SELECT b.booking, (r.credential).display_name, (r.credential).reference, r.sqlstate, r.rule, r.message,
           regexp_replace(r.detail, '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}', '<id>') AS detail
      FROM bookings b, acs_credentials_try_create(b.acs_user_id, 'code', b.code, b.starts_at, b.ends_at, array_remove(ARRAY[b.door], NULL),
                                                  reference => b.booking) AS r;
TABLE import;
SELECT display_name, reference, starts_at FROM acs_credentials_list(:'jane');
-- a second import finds the first
SELECT booking, rule FROM import;
-- what was refused left no trace
SELECT count(*) AS stored, count(DISTINCT e.event_id) AS told FROM acs_credentials c JOIN acs_events e USING (workspace_id, acs_credential_id)
 WHERE workspace_id = acs_workspace_id();
-- only a broken rule is a result
SET default_transaction_read_only = on;
SELECT fails($$SELECT acs_credentials_try_create($1, 'code', '826010')$$, :'jane');
RESET default_transaction_read_only;
-- what one call read of its arguments is not left to the next
SELECT (r.credential).code, r.rule FROM (VALUES (1), (2)) AS line, acs_credentials_try_create(:'jane', 'code', '826011') AS r;

---------------------------------------------------------------------------
-- References
---------------------------------------------------------------------------

-- unique in a system, whoever writes
SELECT fails($$SELECT acs_credentials_create($1, 'code', reference => 'B9')$$, :'jane');
SELECT reference FROM acs_credentials_create(:'joe', 'code', reference => 'B9');
SELECT fails($$INSERT INTO acs_credentials (acs_system_id, access_method, reference) VALUES ($1, 'card', 'B9')$$, :'hotel');
SELECT fails($$SELECT acs_credentials_create($1, 'code', reference => '')$$, :'jane');
SELECT fails($$SELECT acs_credentials_create($1, 'code', reference => repeat('x', 1001))$$, :'jane');
SELECT length(reference) FROM acs_credentials_create(:'jane', 'code', reference => repeat('x', 1000));
-- a copy on a phone has none, and what was deleted gives it back
SELECT acs_credential_id AS key FROM acs_credentials_create(:'jane', 'mobile_key', is_multi_phone_sync_credential => true, reference => 'key') \gset
SELECT reference FROM acs_credentials_sync_to_phone(:'key', 'phone');
SELECT acs_credentials_delete(:'key');
SELECT reference FROM acs_credentials_create(:'jane', 'card', reference => 'key');

---------------------------------------------------------------------------
-- What the object tells
---------------------------------------------------------------------------

-- a user that is named by identity needs no null before
SELECT acs_user_id = :'jane' AS of_jane, user_identity_id, allowed_acs_entrance_ids = ARRAY[:'lobby']::uuid[] AS of_lobby,
       credential_manager_acs_system_id = :'annex' AS managed
  FROM acs_credentials_create(user_identity_id => '7121e000-0000-4000-8000-000000000001', acs_system_id => :'hotel', access_method => 'code',
                              allowed_acs_entrance_ids => ARRAY[:'lobby'::uuid], credential_manager_acs_system_id => :'annex');
SELECT fails($$SELECT acs_credentials_create(access_method => 'code')$$) AS no_user, fails($$SELECT acs_credentials_create($1)$$, :'jane') AS no_method;
-- created, shown and listed, it is the same
SELECT acs_credential_id AS pin FROM acs_credentials_list(user_identity_id => '7121e000-0000-4000-8000-000000000001') ORDER BY 1 DESC LIMIT 1 \gset
SELECT get = list AS same_as_listed, get = with_access AS same_as_with_access, get = unchanged AS same_as_updated
  FROM acs_credentials_get(:'pin') AS get, acs_credentials_list() AS list, acs_entrances_list_credentials_with_access(:'lobby') AS with_access,
       acs_credentials_update(:'pin') AS unchanged
 WHERE list.acs_credential_id = :'pin' AND with_access.acs_credential_id = :'pin';

-- a code for a door without a keypad is created with a warning
SELECT acs_entrance_id AS garage FROM acs_entrances_create(:'hotel', 'Garage', can_unlock_with_code => false) \gset
SELECT acs_credential_id AS mute, warnings #>> '{0,warning_code}' AS warning FROM acs_credentials_create(:'jane', 'code', allowed_acs_entrance_ids => ARRAY[:'garage'::uuid]) \gset
SELECT :'warning' AS warning;
SELECT warnings #>> '{0,warning_code}' AS shown FROM acs_credentials_get(:'mute');
SELECT warnings #>> '{0,warning_code}' AS listed FROM acs_credentials_list(:'jane') WHERE acs_credential_id = :'mute';
SELECT warnings FROM acs_credentials_create(:'jane', 'card', allowed_acs_entrance_ids => ARRAY[:'garage'::uuid]);
-- one that takes it is enough, and a door of none says nothing
SELECT warnings FROM acs_credentials_update(:'mute', allowed_acs_entrance_ids => ARRAY[:'garage', :'lobby']::uuid[]);
SELECT warnings FROM acs_credentials_update(:'mute', allowed_acs_entrance_ids => '{}');
