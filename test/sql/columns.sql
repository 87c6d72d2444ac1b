-- What a DBA adds to a table, or takes away again, changes nothing but that the
-- functions that return its rows show it too.
SET credentials.workspace_id = 'c0100000-0000-4000-8000-000000000000';
SELECT acs_system_id AS hotel FROM acs_systems_create('Hotel') \gset
SELECT acs_entrance_id AS lobby FROM acs_entrances_create(:'hotel', 'Lobby') \gset
SELECT acs_access_group_id AS staff FROM acs_access_groups_create(:'hotel', 'Staff', ARRAY[:'lobby']::uuid[]) \gset
SELECT acs_user_id AS jane FROM acs_users_create(:'hotel', 'Jane Doe', acs_access_group_ids => ARRAY[:'staff']::uuid[]) \gset
SELECT acs_credential_id AS pin, created::text FROM acs_credentials_create(:'jane', 'code', '710001',
    ends_at => '2100-01-01', allowed_acs_entrance_ids => ARRAY[:'lobby']::uuid[], visionline_metadata => '{"label": "x"}') AS created \gset

-- by a function that returns rows of each table, first as it came
CREATE FUNCTION pg_temp.shown(lobby uuid, staff uuid, jane uuid, pin uuid) RETURNS TABLE (listed text, name text, note text) LANGUAGE sql AS $$
    SELECT 'systems', s.name, to_jsonb(s) ->> 'note' FROM acs_systems_list() AS s
    UNION ALL SELECT 'entrances', display_name, to_jsonb(e) ->> 'note' FROM acs_entrances_list() AS e
    UNION ALL SELECT 'entrances of the user', display_name, to_jsonb(e) ->> 'note' FROM acs_users_list_accessible_entrances(jane) AS e
    UNION ALL SELECT 'entrances of the group', display_name, to_jsonb(e) ->> 'note' FROM acs_access_groups_list_accessible_entrances(staff) AS e
    UNION ALL SELECT 'entrances of the credential', display_name, to_jsonb(e) ->> 'note' FROM acs_credentials_list_accessible_entrances(pin) AS e
    UNION ALL SELECT 'groups', g.name, to_jsonb(g) ->> 'note' FROM acs_access_groups_list() AS g
    UNION ALL SELECT 'users', full_name, to_jsonb(u) ->> 'note' FROM acs_users_list() AS u
    UNION ALL SELECT 'users of the group', full_name, to_jsonb(u) ->> 'note' FROM acs_access_groups_list_users(staff) AS u
    UNION ALL SELECT 'credentials', display_name, to_jsonb(c) ->> 'note' FROM acs_credentials_list() AS c
    UNION ALL SELECT 'credentials of the entrance', display_name, to_jsonb(c) ->> 'note' FROM acs_entrances_list_credentials_with_access(lobby) AS c $$;
SELECT * FROM pg_temp.shown(:'lobby', :'staff', :'jane', :'pin');

BEGIN;
-- a column that goes again, one that stays, and one by a name that the credential's object has from elsewhere
ALTER TABLE acs_systems ADD COLUMN gone integer, ADD COLUMN note text;
ALTER TABLE acs_entrances ADD COLUMN gone integer, ADD COLUMN note text;
ALTER TABLE acs_access_groups ADD COLUMN gone integer, ADD COLUMN note text;
ALTER TABLE acs_users ADD COLUMN gone integer, ADD COLUMN note text;
ALTER TABLE acs_credentials ADD COLUMN gone integer DEFAULT 1, ADD COLUMN note text DEFAULT 'of the credential',
    ADD COLUMN credential_type integer DEFAULT 2;
SELECT * FROM pg_temp.shown(:'lobby', :'staff', :'jane', :'pin');
SELECT got::text = :'created' AS same FROM acs_credentials_get(:'pin') AS got;

UPDATE acs_systems SET gone = 1, note = 'of the system' WHERE acs_system_id = :'hotel';
UPDATE acs_entrances SET gone = 1, note = 'of the entrance' WHERE acs_entrance_id = :'lobby';
UPDATE acs_access_groups SET gone = 1, note = 'of the group' WHERE acs_access_group_id = :'staff';
UPDATE acs_users SET gone = 1, note = 'of the user' WHERE acs_user_id = :'jane';
SELECT * FROM pg_temp.shown(:'lobby', :'staff', :'jane', :'pin');
ALTER TABLE acs_systems DROP COLUMN gone;
ALTER TABLE acs_entrances DROP COLUMN gone;
ALTER TABLE acs_access_groups DROP COLUMN gone;
ALTER TABLE acs_users DROP COLUMN gone;
ALTER TABLE acs_credentials DROP COLUMN gone;
SELECT * FROM pg_temp.shown(:'lobby', :'staff', :'jane', :'pin');
-- also in the select list, and for what is stored now
SELECT acs_user_id AS john FROM acs_users_create(:'hotel', 'John Roe') \gset
UPDATE acs_users SET note = 'of John' WHERE acs_user_id = :'john';
SELECT (acs_users_list()).note, to_jsonb(acs_users_list()) ->> 'full_name' AS name;
SELECT display_name, external_type, visionline_metadata FROM acs_credentials_create(:'john', 'card', '710002');
SELECT acs_users_delete(:'john');
SELECT got::text = :'created' AS same FROM acs_credentials_get(:'pin') AS got;
ROLLBACK;

-- and as it was
SELECT count(*) AS shown, count(note) AS notes FROM pg_temp.shown(:'lobby', :'staff', :'jane', :'pin');
