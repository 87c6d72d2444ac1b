-- The event log: who did what and when, written in the transaction that did it,
-- with the codes masked, and never changed.
SET datestyle = 'ISO';
SET timezone = 'UTC';
SET credentials.workspace_id = 'e7e70000-0000-4000-8000-000000000000';
SELECT acs_system_id AS hotel FROM acs_systems_create('Hotel') \gset
SELECT acs_user_id AS jane FROM acs_users_create(:'hotel', 'Jane Doe', access_ends_at => '2100-01-01') \gset
SELECT acs_credential_id AS pin FROM acs_credentials_create(:'jane', 'code', '824759', '2100-05-01', '2100-06-01') \gset
SELECT acs_credential_id AS card FROM acs_credentials_create(:'jane', 'card', '123456') \gset
SELECT acs_credentials_delete(:'pin');

CREATE VIEW pg_temp.log AS
    SELECT event_id, event_type, occurred_at, acs_system_id, acs_credential_id, actor, details
      FROM acs_events WHERE acs_user_id = :'jane' ORDER BY event_id;
SELECT event_type,
       CASE acs_credential_id WHEN :'pin' THEN 'pin' WHEN :'card' THEN 'card' END AS credential,
       actor = current_user AS by_us, details ->> 'display_name' AS display_name
  FROM pg_temp.log;
SELECT jsonb_pretty(details) AS details FROM pg_temp.log WHERE event_type = 'acs_credential.deleted';
SELECT details FROM pg_temp.log WHERE event_type = 'acs_user.created';
-- they are in order, of this minute, and of this system and workspace
SELECT bool_and(occurred_at BETWEEN clock_timestamp() - interval '1 minute' AND clock_timestamp()) AS now,
       bool_and(occurred_at >= last) AS in_order, bool_and(acs_system_id = :'hotel') AS of_the_hotel
  FROM (SELECT *, lag(occurred_at) OVER (ORDER BY event_id) AS last FROM pg_temp.log) AS e;
-- no code is in any of them
SELECT count(*) AS leaks FROM pg_temp.log WHERE concat(event_type, actor, details) ~ '824759|123456';

---------------------------------------------------------------------------
-- An event stands and falls with what it tells
---------------------------------------------------------------------------

BEGIN;
SELECT acs_credentials_delete(:'card');
SELECT count(*) AS events FROM acs_events WHERE acs_credential_id = :'card';
ROLLBACK;
SELECT count(*) AS events FROM acs_events WHERE acs_credential_id = :'card';
SELECT fails($$SELECT acs_credentials_create($1, 'card', '123456')$$, :'jane') LIKE '23P01%' AS refused;
SELECT count(*) AS events FROM pg_temp.log;
-- no event, no change: both or none
BEGIN;
ALTER TABLE acs_events ADD CONSTRAINT full_disk CHECK (event_type <> 'acs_credential.deleted') NOT VALID;
SELECT left(fails('SELECT acs_credentials_delete($1)', :'card'), 15) AS refused;
SELECT display_name FROM acs_credentials_get(:'card');
ROLLBACK;
-- occurred_at is the clock, not the start of the transaction
BEGIN;
SELECT pg_sleep(0.01);
SELECT acs_credentials_delete(:'card');
SELECT occurred_at > transaction_timestamp() + interval '0.01 s' AS clock FROM acs_events
 WHERE acs_credential_id = :'card' AND event_type = 'acs_credential.deleted';
COMMIT;
-- Changes that the owner makes past the functions are told, too.
INSERT INTO acs_credentials (acs_system_id, acs_user_id, access_method, code, starts_at) VALUES (:'hotel', :'jane', 'code', '333444', '2100-01-01');
UPDATE acs_credentials SET code = '555666', starts_at = NULL WHERE acs_user_id = :'jane';
UPDATE acs_credentials SET acs_user_id = NULL WHERE acs_user_id = :'jane';
UPDATE acs_credentials SET acs_user_id = :'jane', created_at = created_at WHERE acs_system_id = :'hotel' AND code = '555666';
DELETE FROM acs_credentials WHERE acs_user_id = :'jane';
SELECT event_type, replace(details::text, :'jane', '(jane)') AS details FROM pg_temp.log OFFSET 5;

---------------------------------------------------------------------------
-- Append-only, even for the owner
---------------------------------------------------------------------------

SELECT fails($$UPDATE acs_events SET details = '{}' WHERE acs_credential_id = $1$$, :'pin') AS update;
SELECT fails($$UPDATE acs_events SET details = '{}' WHERE false$$) AS update_nothing;
SELECT fails($$DELETE FROM acs_events WHERE acs_credential_id = $1$$, :'pin') AS delete;
SELECT fails($$TRUNCATE acs_events$$) AS truncate;
SELECT left(fails($$MERGE INTO acs_events e USING (SELECT 1) s ON true WHEN MATCHED THEN DELETE$$), 17) AS merge;

-- Only the old ones go, all at once, through their own function.
SELECT acs_events_purge('2001-01-01') AS none;
SELECT acs_events_purge(NULL) IS NULL AS no_answer;
SET credentials.workspace_id = 'e7e70000-0000-4000-8000-00000000000e';
SELECT acs_events_purge('infinity') AS of_another_workspace;
SET credentials.workspace_id = 'e7e70000-0000-4000-8000-000000000000';
SELECT occurred_at AS deleted_at FROM acs_events WHERE acs_credential_id = :'pin' AND event_type = 'acs_credential.deleted' \gset
SELECT acs_events_purge(before => :'deleted_at') AS purged;
SELECT event_type, details ->> 'display_name' AS display_name FROM pg_temp.log;
SELECT fails($$DELETE FROM acs_events$$) AS still_append_only;
-- a purge that fails opens no door either
BEGIN;
CREATE FUNCTION pg_temp.no() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no'; END $$;
CREATE TRIGGER no BEFORE DELETE ON acs_events FOR EACH ROW EXECUTE FUNCTION pg_temp.no();
SELECT fails($$SELECT acs_events_purge('infinity')$$);
DROP TRIGGER no ON acs_events;
SELECT left(fails($$DELETE FROM acs_events$$), 17) AS still_append_only;
ROLLBACK;
SELECT acs_events_purge('infinity') AS purged;
SELECT count(*) AS events FROM pg_temp.log;

---------------------------------------------------------------------------
-- NOTIFY, where it is wanted: id and type only
---------------------------------------------------------------------------

SHOW credentials.notify;
\getenv directory PG_ABS_BUILDDIR
\set file :directory '/results/events.notify'
LISTEN acs_events;
\o :file
SELECT acs_credential_id AS quiet FROM acs_credentials_create(:'jane', 'code', '824759') \gset
SET credentials.notify = on;
SELECT acs_credential_id AS loud FROM acs_credentials_create(:'jane', 'code', '824760') \gset
BEGIN;
SELECT acs_credentials_delete(:'loud');
ROLLBACK;
SELECT acs_credentials_delete(:'quiet');
RESET credentials.notify;
SELECT acs_credentials_delete(:'loud');
\o
UNLISTEN acs_events;
\setenv file :file
\set printed `cat "$file"`
SELECT regexp_replace(line[1], '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}', '<id>') AS notification
  FROM regexp_matches(:'printed', 'notification ("acs_events" with payload ".*") received', 'gn') WITH ORDINALITY AS m (line, i) ORDER BY i;
