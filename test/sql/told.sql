-- Every change of a right is one event for each row that is stored, changed or deleted,
-- whoever makes it and however.
SET datestyle = 'ISO';
SET timezone = 'UTC';
SET credentials.workspace_id = '701d0000-0000-4000-8000-000000000000';
-- What was told since the last look, with names for ids.
CREATE TEMP TABLE names (id uuid PRIMARY KEY, name text);
CREATE TEMP TABLE seen (event_id uuid);
CREATE FUNCTION pg_temp.name(wanted uuid) RETURNS text LANGUAGE sql RETURN (SELECT name FROM names WHERE id = wanted);
CREATE FUNCTION pg_temp.news() RETURNS TABLE (event_type text, at text, user_ text, credential text, entrance text, group_ text, details text) LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY
        SELECT e.event_type, pg_temp.name(acs_system_id), pg_temp.name(acs_user_id), pg_temp.name(acs_credential_id), pg_temp.name(acs_entrance_id), pg_temp.name(acs_access_group_id),
               regexp_replace(e.details::text, '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|20[2-9][0-9]-[0-9-]{5}T[^"]*', '<->', 'g')
          FROM acs_events e WHERE workspace_id = acs_workspace_id() AND event_id NOT IN (SELECT s.event_id FROM seen s) ORDER BY event_id;
    INSERT INTO seen SELECT e.event_id FROM acs_events e WHERE workspace_id = acs_workspace_id();
END
$$;

---------------------------------------------------------------------------
-- By the functions: one event for each row, and no other
---------------------------------------------------------------------------

SELECT acs_system_id AS hotel FROM acs_systems_create('Hotel') \gset
SELECT acs_entrance_id AS lobby FROM acs_entrances_create(:'hotel', 'Lobby') \gset
SELECT acs_entrance_id AS gym FROM acs_entrances_create(:'hotel', 'Gym') \gset
SELECT acs_access_group_id AS staff FROM acs_access_groups_create(:'hotel', 'Staff', ARRAY[:'lobby', :'gym']::uuid[]) \gset
SELECT acs_user_id AS jane FROM acs_users_create(:'hotel', 'Jane Doe', acs_access_group_ids => ARRAY[:'staff']::uuid[]) \gset
SELECT acs_credential_id AS pin FROM acs_credentials_create(:'jane', 'code', '824759', allowed_acs_entrance_ids => ARRAY[:'lobby', :'gym']::uuid[]) \gset
SELECT acs_credential_id AS plain FROM acs_credentials_create(:'jane', 'code', '824760') \gset
INSERT INTO names VALUES (:'hotel', 'hotel'), (:'lobby', 'lobby'), (:'gym', 'gym'), (:'staff', 'staff'), (:'jane', 'jane'), (:'pin', 'pin'), (:'plain', 'plain');
SELECT * FROM pg_temp.news();
-- what is there already is not told again
SELECT acs_access_groups_add_user(:'jane', :'staff');
SELECT acs_entrances_grant_access(:'lobby', :'jane');
SELECT * FROM pg_temp.news();
-- what is deleted comes first, then what goes with it
BEGIN;
SELECT acs_credentials_delete(:'pin');
SELECT acs_access_groups_delete(:'staff');
SELECT * FROM pg_temp.news();
ROLLBACK;
BEGIN;
SELECT acs_users_delete(:'jane');
SELECT event_type, user_, count(DISTINCT credential) AS credentials, count(*) FROM pg_temp.news() GROUP BY 1, 2 ORDER BY 1;
ROLLBACK;

---------------------------------------------------------------------------
-- By SQL
---------------------------------------------------------------------------

CREATE ROLE regress_told_dba BYPASSRLS;
GRANT USAGE ON SCHEMA acs TO regress_told_dba;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA acs TO regress_told_dba;
REVOKE ALL ON acs_events FROM regress_told_dba;
GRANT EXECUTE ON FUNCTION acs_workspace_id, acs_uuid, acs_window_order TO regress_told_dba;
SELECT acs_uuid() AS annex, acs_uuid() AS gate, acs_uuid() AS roof, acs_uuid() AS guests, acs_uuid() AS john, acs_uuid() AS key \gset
INSERT INTO names VALUES (:'annex', 'annex'), (:'gate', 'gate'), (:'roof', 'roof'), (:'guests', 'guests'), (:'john', 'john'), (:'key', 'key');
SET ROLE regress_told_dba;
INSERT INTO acs_systems (acs_system_id, system_type, name, created_at) VALUES (:'annex', 'generic', 'Annex', '2001-01-01');
INSERT INTO acs_entrances (acs_entrance_id, acs_system_id, display_name) VALUES (:'gate', :'annex', 'Gate'), (:'roof', :'annex', 'Roof');
INSERT INTO acs_access_groups (acs_access_group_id, acs_system_id, name) VALUES (:'guests', :'annex', 'Guests');
INSERT INTO acs_users (acs_user_id, acs_system_id, full_name, created_at) VALUES (:'john', :'annex', 'John Roe', '2001-01-01');
INSERT INTO acs_access_groups_users (acs_access_group_id, acs_user_id) VALUES (:'guests', :'john');
INSERT INTO acs_access_groups_entrances (acs_access_group_id, acs_entrance_id) VALUES (:'guests', :'gate');
INSERT INTO acs_credentials (acs_credential_id, acs_system_id, acs_user_id, access_method, code) VALUES (:'key', :'annex', :'john', 'card', '824770');
INSERT INTO acs_credential_entrances (acs_credential_id, acs_entrance_id) VALUES (:'key', :'gate');
RESET ROLE;
SELECT * FROM pg_temp.news();
SET ROLE regress_told_dba;
UPDATE acs_systems SET name = 'Annexe', default_credential_manager_acs_system_id = :'hotel' WHERE acs_system_id = :'annex';
UPDATE acs_entrances SET display_name = 'Main gate', can_unlock_with_code = false WHERE acs_entrance_id = :'gate';
UPDATE acs_access_groups SET name = 'Visitors' WHERE acs_access_group_id = :'guests';
UPDATE acs_users SET full_name = 'John Q. Roe', is_suspended = true WHERE acs_user_id = :'john';
UPDATE acs_access_groups_entrances SET acs_entrance_id = :'roof' WHERE acs_access_group_id = :'guests';
UPDATE acs_credential_entrances SET acs_entrance_id = :'roof' WHERE acs_credential_id = :'key';
UPDATE acs_credentials SET code = '824771', is_multi_phone_sync_credential = true WHERE acs_credential_id = :'key';
UPDATE acs_credentials SET is_issued = false WHERE acs_credential_id = :'key';
UPDATE acs_credentials SET is_issued = true, issued_at = '2100-01-01', card_number = 'a1b2c3d4' WHERE acs_credential_id = :'key';
UPDATE acs_credentials SET is_issued = false WHERE acs_credential_id = :'key';
UPDATE acs_credentials SET max_uses = 1, uses = 1, used_up_at = '2100-01-01' WHERE acs_credential_id = :'key';
UPDATE acs_credentials SET uses = 0 WHERE acs_credential_id = :'key';
UPDATE acs_credentials SET created_at = '2002-02-02' WHERE acs_credential_id = :'key';
-- one reason for another disables, as does one that comes while another goes; their order says nothing
UPDATE acs_credentials SET disable_reasons = '{lost}' WHERE acs_credential_id = :'key';
UPDATE acs_credentials SET disable_reasons = '{stolen}' WHERE acs_credential_id = :'key';
UPDATE acs_credentials SET disable_reasons = '{damaged,blocked}' WHERE acs_credential_id = :'key';
UPDATE acs_credentials SET disable_reasons = '{blocked,damaged,damaged}' WHERE acs_credential_id = :'key';
UPDATE acs_credentials SET disable_reasons = '{damaged}' WHERE acs_credential_id = :'key';
UPDATE acs_credentials SET disable_reasons = '{}' WHERE acs_credential_id = :'key';
RESET ROLE;
SELECT * FROM pg_temp.news();
-- what changes nothing, or no right, tells nothing
UPDATE acs_systems SET name = name, created_at = '2002-02-02' WHERE acs_system_id = :'annex';
UPDATE acs_entrances SET display_name = display_name WHERE acs_entrance_id = :'gate';
UPDATE acs_access_groups_users SET created_at = '2002-02-02', acs_user_id = acs_user_id WHERE acs_access_group_id = :'guests';
UPDATE acs_credentials SET needs_to_be_reissued_at = '2002-02-02', code = code WHERE acs_credential_id = :'key';
UPDATE acs_entrance_lockouts SET failed_attempts = 3;
SELECT * FROM pg_temp.news();
-- a user who moves: what goes, then the move
BEGIN;
UPDATE acs_users SET acs_system_id = :'hotel' WHERE acs_user_id = :'john';
SELECT * FROM pg_temp.news();
ROLLBACK;
-- to another workspace: what goes here comes there
INSERT INTO acs_systems (workspace_id, system_type, name) VALUES ('701d0000-0000-4000-8000-000000000001', 'generic', 'Elsewhere') RETURNING acs_system_id AS elsewhere \gset
UPDATE acs_entrances SET workspace_id = '701d0000-0000-4000-8000-000000000001', acs_system_id = :'elsewhere' WHERE acs_entrance_id = :'gate';
SELECT * FROM pg_temp.news();
SELECT event_type, acs_entrance_id = :'gate' AS of_gate, acs_system_id = :'elsewhere' AS there, details FROM acs_events WHERE workspace_id = '701d0000-0000-4000-8000-000000000001' ORDER BY event_id;
-- in the workspace of the row, whatever that of the session, and even if it has none
SET credentials.workspace_id = '701d0000-0000-4000-8000-000000000002';
SET credentials.workspace_required = on;
SET ROLE regress_told_dba;
DELETE FROM acs_access_groups_users WHERE acs_user_id = :'john';
RESET ROLE;
DELETE FROM acs_access_groups_users WHERE acs_user_id = :'john';
RESET credentials.workspace_id;
DELETE FROM acs_access_groups WHERE acs_access_group_id = :'guests';
RESET credentials.workspace_required;
SET credentials.workspace_id = '701d0000-0000-4000-8000-000000000000';
SELECT * FROM pg_temp.news();
SET ROLE regress_told_dba;
DELETE FROM acs_users WHERE acs_user_id = :'john';
DELETE FROM acs_entrances WHERE acs_system_id = :'annex';
DELETE FROM acs_systems WHERE acs_system_id = :'annex';
RESET ROLE;
SELECT * FROM pg_temp.news();
-- The actor is who called.
SELECT actor = current_user AS by_us, actor, count(*) FROM acs_events WHERE acs_user_id = :'john' GROUP BY actor ORDER BY actor;
-- No code is in any of it.
SELECT count(*) > 40 AS events, count(*) FILTER (WHERE details::text ~* '8247\d\d|a1b2c3d4') AS leaks FROM acs_events WHERE workspace_id = acs_workspace_id();

---------------------------------------------------------------------------
-- TRUNCATE shows no rows, and is refused
---------------------------------------------------------------------------

SELECT t, fails('TRUNCATE ' || t || ' CASCADE') FROM unnest(ARRAY['acs_credential_entrances', 'acs_access_groups_users', 'acs_access_groups_entrances']) AS t;
SET client_min_messages = warning;
SELECT t, left(fails('TRUNCATE ' || t || ' CASCADE'), 23) AS refused FROM unnest(ARRAY['acs_systems', 'acs_users', 'acs_entrances', 'acs_access_groups', 'acs_credentials']) AS t;
RESET client_min_messages;
BEGIN;
SET LOCAL session_replication_role = replica;
TRUNCATE acs_access_groups_users;
ROLLBACK;
TRUNCATE acs_entrance_lockouts;
SELECT fails('CREATE TEMP TABLE other (id uuid); CREATE TRIGGER t BEFORE INSERT ON other EXECUTE FUNCTION acs_truncate_not_told(); INSERT INTO other VALUES (NULL)');

---------------------------------------------------------------------------
-- Only a restore is silent: a COPY by who owns the table, of rows that are older
---------------------------------------------------------------------------

INSERT INTO acs_systems (acs_system_id, system_type, name) VALUES ('701d0000-0000-7000-8000-000000000051', 'generic', 'Restored');
SELECT event_type FROM pg_temp.news();
COPY acs_users (workspace_id, acs_user_id, acs_system_id, full_name, created_at) FROM stdin;
701d0000-0000-4000-8000-000000000000	701d0000-0000-7000-8000-0000000000a1	701d0000-0000-7000-8000-000000000051	Old 1	2001-01-01 00:00:00+00
701d0000-0000-4000-8000-000000000000	701d0000-0000-7000-8000-0000000000a2	701d0000-0000-7000-8000-000000000051	Old 2	2001-01-01 00:00:00+00
\.
SELECT count(*) AS restored FROM acs_users WHERE full_name LIKE 'Old _';
SELECT * FROM pg_temp.news();
-- not by another role
DELETE FROM acs_users WHERE full_name LIKE 'Old _';
SELECT count(*) AS deleted FROM pg_temp.news();
SET ROLE regress_told_dba;
COPY acs_users (workspace_id, acs_user_id, acs_system_id, full_name, created_at) FROM stdin;
701d0000-0000-4000-8000-000000000000	701d0000-0000-7000-8000-0000000000a1	701d0000-0000-7000-8000-000000000051	Old 1	2001-01-01 00:00:00+00
701d0000-0000-4000-8000-000000000000	701d0000-0000-7000-8000-0000000000a2	701d0000-0000-7000-8000-000000000051	Old 2	2001-01-01 00:00:00+00
\.
RESET ROLE;
SELECT event_type, details FROM pg_temp.news();
-- nor rows that are new, or not older than the COPY
DELETE FROM acs_users WHERE full_name LIKE 'Old _';
SELECT count(*) AS deleted FROM pg_temp.news();
COPY acs_users (workspace_id, acs_user_id, acs_system_id, full_name) FROM stdin;
701d0000-0000-4000-8000-000000000000	701d0000-0000-7000-8000-0000000000a1	701d0000-0000-7000-8000-000000000051	Old 1
701d0000-0000-4000-8000-000000000000	701d0000-0000-7000-8000-0000000000a2	701d0000-0000-7000-8000-000000000051	Old 2
\.
SELECT event_type, details FROM pg_temp.news();
DELETE FROM acs_users WHERE full_name LIKE 'Old _';
SELECT count(*) AS deleted FROM pg_temp.news();
COPY acs_users (workspace_id, acs_user_id, acs_system_id, full_name, created_at) FROM stdin;
701d0000-0000-4000-8000-000000000000	701d0000-0000-7000-8000-0000000000a1	701d0000-0000-7000-8000-000000000051	Old 1	infinity
701d0000-0000-4000-8000-000000000000	701d0000-0000-7000-8000-0000000000a2	701d0000-0000-7000-8000-000000000051	Old 2	infinity
\.
SELECT event_type, details FROM pg_temp.news();
-- nor what a trigger makes of a COPY into another table, nor an INSERT in a COPY that writes
CREATE TABLE public.arrivals (workspace_id uuid, acs_system_id uuid, full_name text);
CREATE FUNCTION public.arrive() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO acs.acs_users (workspace_id, acs_user_id, acs_system_id, full_name, created_at) VALUES (NEW.workspace_id, acs.acs_uuid(), NEW.acs_system_id, NEW.full_name, '2001-01-01');
    RETURN NULL;
END
$$;
CREATE TRIGGER arrive AFTER INSERT ON public.arrivals FOR EACH ROW EXECUTE FUNCTION public.arrive();
COPY public.arrivals FROM stdin;
701d0000-0000-4000-8000-000000000000	701d0000-0000-7000-8000-000000000051	Arrival
\.
SELECT event_type, details FROM pg_temp.news();
DROP TABLE public.arrivals;
DROP FUNCTION public.arrive;
-- nor what a default of another table stores
CREATE FUNCTION public.arrived(name text) RETURNS uuid LANGUAGE sql AS $$
    INSERT INTO acs.acs_users (acs_system_id, full_name, created_at) VALUES ('701d0000-0000-7000-8000-000000000051', name, '2001-01-01') RETURNING acs_user_id
$$;
CREATE TABLE public.arrivals (place text, acs_user_id uuid DEFAULT public.arrived('Arrived'));
COPY public.arrivals (place) FROM stdin;
lobby
\.
SELECT event_type, details FROM pg_temp.news();
DROP TABLE public.arrivals;
DROP FUNCTION public.arrived;
COPY (INSERT INTO acs_users (acs_system_id, full_name, created_at) VALUES ('701d0000-0000-7000-8000-000000000051', 'Copied', '2001-01-01') RETURNING 'copied') TO stdout;
SELECT event_type, details FROM pg_temp.news();
-- a restored row is told from then on
COPY acs_users (workspace_id, acs_user_id, acs_system_id, full_name, created_at) FROM stdin;
701d0000-0000-4000-8000-000000000000	701d0000-0000-7000-8000-0000000000a3	701d0000-0000-7000-8000-000000000051	Old 3	2001-01-01 00:00:00+00
\.
UPDATE acs_users SET full_name = 'New' WHERE full_name = 'Old 3';
SELECT event_type, details FROM pg_temp.news();

DROP OWNED BY regress_told_dba;
DROP ROLE regress_told_dba;
