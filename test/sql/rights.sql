-- Rights stay in their system: what a membership, an entrance of a group or an entrance of
-- a credential joins is of one system, whoever writes, and whatever moves.
SET credentials.workspace_id = '81645000-0000-4000-8000-000000000000';
SELECT acs_system_id AS hotel FROM acs_systems_create('Hotel') \gset
SELECT acs_system_id AS annex FROM acs_systems_create('Annex') \gset
SELECT acs_entrance_id AS door FROM acs_entrances_create(:'hotel', 'Door') \gset
SELECT acs_entrance_id AS gate FROM acs_entrances_create(:'annex', 'Gate') \gset
SELECT acs_access_group_id AS staff FROM acs_access_groups_create(:'hotel', 'Staff', ARRAY[:'door']::uuid[]) \gset
SELECT acs_access_group_id AS guests FROM acs_access_groups_create(:'annex', 'Guests', ARRAY[:'gate']::uuid[]) \gset
SELECT acs_user_id AS jane FROM acs_users_create(:'hotel', 'Jane Doe', acs_access_group_ids => ARRAY[:'staff']::uuid[]) \gset
SELECT acs_user_id AS john FROM acs_users_create(:'annex', 'John Roe') \gset
SELECT acs_credential_id AS pin FROM acs_credentials_create(:'jane', 'code', '824759', allowed_acs_entrance_ids => ARRAY[:'door']::uuid[]) \gset
CREATE TEMP VIEW rights AS
    SELECT 'user of group' AS "right", acs_system_id, created_at FROM acs_access_groups_users WHERE workspace_id = acs_workspace_id()
    UNION ALL SELECT 'entrance of group', acs_system_id, created_at FROM acs_access_groups_entrances WHERE workspace_id = acs_workspace_id()
    UNION ALL SELECT 'entrance of credential', acs_system_id, created_at FROM acs_credential_entrances WHERE workspace_id = acs_workspace_id();
CREATE TEMP VIEW show AS
    SELECT "right", s.name AS system, count(*), bool_and(age(clock_timestamp(), r.created_at) < '1 minute') AS now
      FROM rights AS r JOIN acs_systems AS s USING (acs_system_id) GROUP BY 1, 2 ORDER BY 1, 2;
CREATE FUNCTION pg_temp.refused(statement text, VARIADIC ids uuid[]) RETURNS text LANGUAGE sql
    RETURN split_part(fails(statement, VARIADIC ids), ' | ', 1);
-- by the functions
SELECT acs_entrances_grant_access(:'door', :'jane');
SELECT acs_access_groups_add_user(:'john', :'guests');
TABLE show;

---------------------------------------------------------------------------
-- By SQL
---------------------------------------------------------------------------

-- The system of the group, or of the credential, where it is left out.
SELECT acs_user_id AS jim FROM acs_users_create(:'hotel', 'Jim') \gset
SELECT acs_entrance_id AS lobby FROM acs_entrances_create(:'hotel', 'Lobby') \gset
INSERT INTO acs_access_groups_users (acs_access_group_id, acs_user_id) VALUES (:'staff', :'jim');
INSERT INTO acs_access_groups_entrances (acs_access_group_id, acs_entrance_id) VALUES (:'staff', :'lobby');
INSERT INTO acs_credential_entrances (acs_credential_id, acs_entrance_id) VALUES (:'pin', :'lobby');
TABLE show;
-- What is of another system is not stored, whichever is said.
SELECT pg_temp.refused('INSERT INTO acs_access_groups_users (acs_access_group_id, acs_user_id) VALUES ($1, $2)', :'staff', :'john');
SELECT pg_temp.refused('INSERT INTO acs_access_groups_users (acs_access_group_id, acs_user_id, acs_system_id) VALUES ($1, $2, $3)', :'staff', :'john', :'annex');
SELECT pg_temp.refused('INSERT INTO acs_access_groups_entrances (acs_access_group_id, acs_entrance_id) VALUES ($1, $2)', :'staff', :'gate');
SELECT pg_temp.refused('INSERT INTO acs_access_groups_entrances (acs_access_group_id, acs_entrance_id, acs_system_id) VALUES ($1, $2, $3)', :'staff', :'gate', :'annex');
SELECT pg_temp.refused('INSERT INTO acs_credential_entrances (acs_credential_id, acs_entrance_id) VALUES ($1, $2)', :'pin', :'gate');
SELECT pg_temp.refused('INSERT INTO acs_credential_entrances (acs_credential_id, acs_entrance_id, acs_system_id) VALUES ($1, $2, $3)', :'pin', :'gate', :'annex');
SELECT pg_temp.refused('UPDATE acs_access_groups_users SET acs_user_id = $1 WHERE acs_user_id = $2', :'john', :'jane');
SELECT pg_temp.refused('UPDATE acs_access_groups_users SET acs_system_id = $1 WHERE acs_user_id = $2', :'annex', :'jane');
SELECT pg_temp.refused('UPDATE acs_credential_entrances SET acs_entrance_id = $1 WHERE acs_entrance_id = $2', :'gate', :'lobby');
SELECT pg_temp.refused($$INSERT INTO acs_credentials (acs_system_id, access_method, parent_acs_credential_id) VALUES ($1, 'mobile_key', $2)$$, :'annex', :'pin');
-- nor what is not there, or in another workspace
SELECT fails('INSERT INTO acs_access_groups_users (acs_access_group_id, acs_user_id) VALUES ($1, $2)', acs_uuid(), :'jane');
SELECT pg_temp.refused('INSERT INTO acs_credential_entrances (acs_credential_id, acs_entrance_id) VALUES ($1, $2)', acs_uuid(), :'door');
SELECT pg_temp.refused('INSERT INTO acs_access_groups_users (acs_access_group_id, acs_user_id) VALUES (NULL, $1)', :'jane');
SELECT pg_temp.refused('INSERT INTO acs_access_groups_users (workspace_id, acs_access_group_id, acs_user_id) VALUES ($1, $2, $3)', acs_uuid(), :'staff', :'jane');
-- The row's workspace counts, and not the session's; whoever may insert needs no other right.
CREATE ROLE regress_rights;
GRANT USAGE ON SCHEMA acs TO regress_rights;
GRANT EXECUTE ON FUNCTION acs_workspace_id TO regress_rights;
GRANT INSERT ON acs_access_groups_users TO regress_rights;
SET ROLE regress_rights;
INSERT INTO acs_access_groups_users (acs_access_group_id, acs_user_id) VALUES (:'guests', :'jim');
INSERT INTO acs_access_groups_users (acs_access_group_id, acs_user_id) SELECT :'staff', acs_uuid();
-- of another workspace nobody is told what is there
RESET ROLE;
SELECT acs_workspace_id() AS here, '81645000-0000-4000-8000-000000000001' AS there \gset
SET credentials.workspace_id = :'there';
SELECT acs_access_group_id AS hidden FROM acs_systems_create('Motel') AS s, acs_access_groups_create(s.acs_system_id, 'Hidden') \gset
SET credentials.workspace_id = :'here';
SET ROLE regress_rights;
INSERT INTO acs_access_groups_users (workspace_id, acs_access_group_id, acs_user_id) VALUES (:'there', :'hidden', :'jim');
INSERT INTO acs_access_groups_users (workspace_id, acs_access_group_id, acs_user_id) SELECT :'there', acs_uuid(), :'jim';
RESET ROLE;
SELECT acs_user_id AS jill FROM acs_users_create(:'hotel', 'Jill') \gset
SET ROLE regress_rights;
INSERT INTO acs_access_groups_users (acs_access_group_id, acs_user_id) VALUES (:'staff', :'jill');
RESET ROLE;
SET credentials.workspace_id = :'there';
DELETE FROM acs_access_groups_users WHERE acs_user_id = :'jill';
INSERT INTO acs_access_groups_users (workspace_id, acs_access_group_id, acs_user_id) VALUES (:'here', :'staff', :'jill');
SET credentials.workspace_id = :'here';
TABLE show;
REVOKE ALL ON FUNCTION acs_workspace_id FROM regress_rights;
DROP OWNED BY regress_rights;
DROP ROLE regress_rights;
-- The trigger of a table is for that table.
SELECT fails('CREATE TEMP TABLE other (id uuid); CREATE TRIGGER t BEFORE INSERT ON other FOR EACH ROW EXECUTE FUNCTION acs_link_system(''acs_access_group_user''); INSERT INTO other VALUES (NULL)');
SELECT fails('CREATE TEMP TABLE other (id uuid); CREATE TRIGGER t BEFORE INSERT ON other FOR EACH ROW EXECUTE FUNCTION acs_link_system(''other''); INSERT INTO other VALUES (NULL)');
SELECT fails('CREATE TEMP TABLE other (id uuid); CREATE TRIGGER t AFTER INSERT ON other FOR EACH ROW EXECUTE FUNCTION acs_user_leaves_system(); INSERT INTO other VALUES (NULL)');

---------------------------------------------------------------------------
-- What moves
---------------------------------------------------------------------------

-- A user who moves leaves everything behind: memberships, credentials and their entrances,
-- copies on phones.
SELECT acs_credential_id AS key FROM acs_credentials_create(:'jane', 'mobile_key', is_multi_phone_sync_credential => true, allowed_acs_entrance_ids => ARRAY[:'door']::uuid[]) \gset
SELECT acs_credential_id IS NOT NULL AS copied FROM acs_credentials_sync_to_phone(:'key', 'phone');
UPDATE acs_users SET acs_system_id = :'annex', full_name = 'Jane Moved' WHERE acs_user_id = :'jane';
SELECT full_name, acs_system_id = :'annex' AS in_annex FROM acs_users_get(:'jane');
SELECT count(*) AS credentials FROM acs_credentials WHERE acs_user_id = :'jane' OR acs_system_id = :'hotel';
SELECT count(*) AS groups FROM acs_access_groups_users WHERE acs_user_id = :'jane';
SELECT granted, reason FROM acs_access_check(:'door', 'code', '824759');
TABLE show;
-- nobody else loses anything, and an update that moves nobody takes nothing
SELECT acs_credential_id AS jims FROM acs_credentials_create(:'jim', 'code', '824759', allowed_acs_entrance_ids => ARRAY[:'door']::uuid[]) \gset
UPDATE acs_users SET acs_system_id = acs_system_id WHERE acs_user_id = :'jim';
TABLE show;
-- to a system that is not there, nothing happens
SELECT pg_temp.refused('UPDATE acs_users SET acs_system_id = $1 WHERE acs_user_id = $2', acs_uuid(), :'jim');
TABLE show;
-- Whatever the session's workspace is.
BEGIN;
SET LOCAL credentials.workspace_id = '81645000-0000-4000-8000-000000000001';
UPDATE acs_users SET acs_system_id = :'annex' WHERE acs_user_id = :'jim';
SELECT count(*) AS left_behind FROM acs_credentials WHERE acs_user_id = :'jim';
ROLLBACK;
-- By the row of an application's table, too.
CREATE TEMP TABLE members (id uuid, site uuid, name text);
CREATE TRIGGER acs AFTER INSERT OR UPDATE OR DELETE ON members
    FOR EACH ROW EXECUTE FUNCTION acs_follow_user_changes('acs_user_id=id', 'acs_system_id=site', 'full_name=name');
BEGIN;
INSERT INTO members VALUES (:'jim', :'hotel', 'Jim Member');
UPDATE members SET site = :'annex';
SELECT full_name, (SELECT count(*) FROM acs_credentials c WHERE c.acs_user_id = u.acs_user_id) AS credentials,
       (SELECT count(*) FROM acs_access_groups_users g WHERE g.acs_user_id = u.acs_user_id) AS groups
  FROM acs_users AS u WHERE acs_user_id = :'jim' AND acs_system_id = :'annex';
ROLLBACK;
-- An entrance, a group or a credential moves only if no right hangs on it.
SELECT pg_temp.refused('UPDATE acs_entrances SET acs_system_id = $1 WHERE acs_entrance_id = $2', :'annex', :'door');
SELECT pg_temp.refused('UPDATE acs_access_groups SET acs_system_id = $1 WHERE acs_access_group_id = $2', :'annex', :'staff');
SELECT pg_temp.refused('UPDATE acs_credentials SET acs_system_id = $1 WHERE acs_credential_id = $2', :'annex', :'jims');
SELECT pg_temp.refused('UPDATE acs_credentials SET acs_system_id = $1, acs_user_id = NULL WHERE acs_credential_id = $2', :'annex', :'jims');
DELETE FROM acs_credential_entrances WHERE acs_credential_id = :'jims';
UPDATE acs_credentials SET acs_system_id = :'annex', acs_user_id = NULL WHERE acs_credential_id = :'jims';
SELECT acs_system_id = :'annex' AS moved FROM acs_credentials_get(:'jims');
