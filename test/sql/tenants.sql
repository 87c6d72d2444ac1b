-- Tenants never meet: every statement is bound to the workspace of its session,
-- and only those who may set credentials.workspace_id choose it.
\set superuser :USER
\set acme 'ac3e0000-0000-4000-8000-000000000000'
\set bolt 'b0170000-0000-4000-8000-000000000000'
CREATE ROLE regress_acs_acme LOGIN PASSWORD 'acme';
CREATE ROLE regress_acs_bolt LOGIN PASSWORD 'bolt';
CREATE ROLE regress_acs_pool LOGIN PASSWORD 'pool';
CREATE ROLE regress_acs_tenants ROLE regress_acs_acme, regress_acs_bolt, regress_acs_pool;
-- they may call every function, and read and write every table
GRANT USAGE ON SCHEMA acs TO regress_acs_tenants;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA acs TO regress_acs_tenants;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA acs TO regress_acs_tenants;

-- Bind a role to its workspace,
ALTER ROLE regress_acs_acme SET credentials.workspace_id = :'acme';
ALTER ROLE regress_acs_bolt SET credentials.workspace_id = :'bolt';
-- or let it choose.
GRANT SET ON PARAMETER credentials.workspace_id TO regress_acs_pool;
-- A function may be bound, too.
CREATE FUNCTION acme_systems() RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
    SET credentials.workspace_id = 'ac3e0000-0000-4000-8000-000000000000' AS 'BEGIN RETURN count(*) FROM acs_systems_list(); END';

---------------------------------------------------------------------------
-- The first tenant
---------------------------------------------------------------------------

\c -reuse-previous=on "user=regress_acs_acme password=acme"
SELECT acs_workspace_id() = :'acme' AS at_acme, current_setting('credentials.workspace_id') = :'acme' AS shown;
SELECT acs_system_id AS acme_hq FROM acs_systems_create('Acme HQ') \gset
SELECT acs_entrance_id AS acme_door FROM acs_entrances_create(:'acme_hq', 'Acme door') \gset
SELECT acs_user_id AS wile FROM acs_users_create(:'acme_hq', 'Wile E.',
    user_identity_id => '55555555-5555-4555-8555-555555555555') \gset
SELECT acs_credential_id AS acme_pin, workspace_id = :'acme' AS at_acme
  FROM acs_credentials_create(:'wile', 'code', '824759', allowed_acs_entrance_ids => ARRAY[:'acme_door']::uuid[]) \gset
SELECT display_name FROM acs_credentials_list();

---------------------------------------------------------------------------
-- Another tenant reads nothing of it,
---------------------------------------------------------------------------

\c -reuse-previous=on "user=regress_acs_bolt password=bolt"
SELECT acs_workspace_id() = :'bolt' AS at_bolt;
CREATE FUNCTION pg_temp.rows() RETURNS TABLE (relation text, rows bigint) LANGUAGE plpgsql AS $$
BEGIN
    FOR relation IN SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'workspace_id'
                     WHERE c.relnamespace = 'acs'::regnamespace AND c.relkind IN ('r', 'v', 'p', 'm') ORDER BY c.relname LOOP
        EXECUTE format('SELECT count(*) FROM %I', relation) INTO rows;
        RETURN NEXT;
    END LOOP;
END
$$;
SELECT sum(rows) AS rows, count(*) >= 11 AS of_all_tables FROM pg_temp.rows();
SELECT count(*) FROM acs_credentials_list();
SELECT count(*) FROM acs_credentials_list(acs_user_id => :'wile');
SELECT count(*) FROM acs_credentials_list(acs_system_id => :'acme_hq');
SELECT count(*) FROM acs_credentials_list(user_identity_id => '55555555-5555-4555-8555-555555555555');
SELECT count(*) FROM acs_credentials_list(search => '824759');
-- and cannot tell an id of it from an id of nothing: the answers are the same.
CREATE TEMP TABLE answers AS
    SELECT what, fails(statement, theirs) AS theirs, fails(statement, '00000000-0000-4000-8000-000000000000') AS nobodys
      FROM (VALUES
        ('get', 'SELECT acs_credentials_get($1)', :'acme_pin'::uuid),
        ('delete', 'SELECT acs_credentials_delete($1)', :'acme_pin'),
        ('create', $$SELECT acs_credentials_create($1, 'code', '824759')$$, :'wile'),
        ('create by identity', $$SELECT acs_credentials_create(NULL, 'code', '824759',
            user_identity_id => '55555555-5555-4555-8555-555555555555', acs_system_id => $1)$$, :'acme_hq'),
        ('create a user', $$SELECT acs_users_create($1, 'Coyote')$$, :'acme_hq'),
        ('create an entrance', $$SELECT acs_entrances_create($1, 'Trapdoor')$$, :'acme_hq'),
        ('create a system', $$SELECT acs_systems_create('Bolt', default_credential_manager_acs_system_id => $1)$$, :'acme_hq')
      ) AS tries (what, statement, theirs);
SELECT what, theirs, theirs = nobodys AS same FROM answers;
SELECT acs_events_purge('infinity') AS purged;

---------------------------------------------------------------------------
-- stores nothing in it,
---------------------------------------------------------------------------

SELECT acs_system_id AS bolt_hq FROM acs_systems_create('Bolt HQ') \gset
SELECT acs_user_id AS usain, workspace_id = :'bolt' AS at_bolt FROM acs_users_create(:'bolt_hq', 'Usain') \gset
SELECT fails($$INSERT INTO acs_credentials (workspace_id, acs_system_id, access_method) VALUES ($1, $2, 'card')$$,
             :'acme', :'acme_hq') AS "insert";
SELECT fails($$INSERT INTO acs_systems (workspace_id, system_type, name) VALUES ($1, 'generic', 'Trojan')$$, :'acme') AS "insert";
SELECT fails($$UPDATE acs_systems SET workspace_id = $1$$, :'acme') AS "move";
SELECT left(fails($$INSERT INTO acs_credentials (acs_system_id, access_method) VALUES ($1, 'card')$$, :'acme_hq'), 5) AS "refer to its system";
SELECT left(fails($$INSERT INTO acs_credentials (acs_system_id, acs_user_id, access_method) VALUES ($1, $2, 'card')$$,
                  :'bolt_hq', :'wile'), 5) AS "refer to its user";
SELECT left(fails($$SELECT acs_credentials_create($1, 'code', '824759', allowed_acs_entrance_ids => ARRAY[$2])$$,
                  :'usain', :'acme_door'), 28) AS "refer to its entrance";
SELECT left(fails($$SELECT acs_credentials_create($1, 'mobile_key', credential_manager_acs_system_id => $2)$$,
                  :'usain', :'acme_hq'), 26) AS "refer to its manager";
UPDATE acs_credentials SET code = NULL;
DELETE FROM acs_credentials WHERE acs_credential_id = :'acme_pin';

---------------------------------------------------------------------------
-- and does not collide with it: not by code, not even by id.
---------------------------------------------------------------------------

SELECT display_name FROM acs_credentials_create(:'usain', 'code', '824759');
INSERT INTO acs_systems (acs_system_id, system_type, name) VALUES (:'acme_hq', 'generic', 'Namesake');
INSERT INTO acs_users (acs_system_id, acs_user_id, full_name) VALUES (:'acme_hq', :'wile', 'Namesake');
INSERT INTO acs_credentials (acs_credential_id, acs_system_id, access_method, code) VALUES (:'acme_pin', :'acme_hq', 'code', '824759');
SELECT (c).workspace_id = :'bolt' AS at_bolt FROM acs_credentials_get(:'acme_pin') AS c;
SELECT relation, rows FROM pg_temp.rows() WHERE relation IN ('acs_systems', 'acs_users', 'acs_credentials', 'acs_credentials_masked');
SELECT acs_credentials_delete(:'acme_pin');

-- The first has noticed nothing.
\c -reuse-previous=on "user=regress_acs_acme password=acme"
SELECT c.workspace_id = :'acme' AS at_acme, display_name, code FROM acs_credentials_list() c;
SELECT name FROM acs_systems;
SELECT event_type FROM acs_events WHERE acs_credential_id = :'acme_pin' ORDER BY event_id;

---------------------------------------------------------------------------
-- A role that is bound stays bound
---------------------------------------------------------------------------

\c -reuse-previous=on "user=regress_acs_bolt password=bolt"
SELECT acs_workspace_id() = :'bolt' AS at_bolt;
SELECT fails($$SET credentials.workspace_id = 'ac3e0000-0000-4000-8000-000000000000'$$) AS "set";
SELECT fails($$SET LOCAL credentials.workspace_id = ''$$) AS "set local";
SELECT fails($$SELECT set_config('credentials.workspace_id', 'ac3e0000-0000-4000-8000-000000000000', true)$$) AS set_config;
SELECT left(fails($$UPDATE pg_settings SET setting = '' WHERE name = 'credentials.workspace_id'$$), 5) AS pg_settings;
SELECT fails($$RESET credentials.workspace_id$$) AS reset;
SELECT fails($$ALTER ROLE regress_acs_bolt SET credentials.workspace_id = 'ac3e0000-0000-4000-8000-000000000000'$$) AS alter_role;
SELECT left(fails($$ALTER ROLE regress_acs_acme SET credentials.workspace_id = ''$$), 5) AS alter_other_role;
SELECT fails($$CREATE FUNCTION pg_temp.spy() RETURNS SETOF acs_credential LANGUAGE sql
    SET credentials.workspace_id = 'ac3e0000-0000-4000-8000-000000000000' RETURN acs_credentials_list()$$) AS function_setting;
RESET ALL;
SELECT acs_workspace_id() = :'bolt' AS still_at_bolt;
DISCARD ALL;
SELECT acs_workspace_id() = :'bolt' AS still_at_bolt;
BEGIN;
SELECT fails('SET credentials.notify = on') AS notify;
ROLLBACK;
SELECT acs_workspace_id() = :'bolt' AS still_at_bolt;

-- Before the library is loaded, anybody can set anything of its name.  Who had no right
-- to is told so when it is loaded, and works nowhere: not where it wanted to, nor where
-- it did not know it was.
\c -reuse-previous=on "user=regress_acs_bolt password=bolt"
SET credentials.workspace_id = 'ac3e0000-0000-4000-8000-000000000000';
SHOW credentials.workspace_id;
SELECT acs_workspace_id();
SHOW credentials.workspace_id;
SELECT count(*) FROM acs_systems WHERE name = 'Acme HQ';
-- and likewise when a table is the first to load it
\c -reuse-previous=on "user=regress_acs_bolt password=bolt"
BEGIN;
SET LOCAL credentials.workspace_id = 'ac3e0000-0000-4000-8000-000000000000';
SELECT count(*) FROM acs_systems WHERE name = 'Acme HQ';
COMMIT;
SELECT acs_workspace_id();

-- An option of the connection hides what the role is bound to, so such a session
-- is bound to nothing at all; least of all to the workspace that an unset one means.
\c -reuse-previous=on "user=regress_acs_bolt password=bolt options='-c credentials.workspace_id=ac3e0000-0000-4000-8000-000000000000'"
SELECT fails('SELECT acs_workspace_id()');
SELECT fails('SELECT count(*) FROM acs_systems') LIKE '42501%' AS read, fails('SELECT acs_credentials_list()') LIKE '42501%' AS list,
       fails('SELECT * FROM acs_credentials_masked') LIKE '42501%' AS masked, fails($$SELECT acs_systems_create('Trojan')$$) LIKE '42501%' AS create;
\c -reuse-previous=on "user=regress_acs_bolt password=bolt options='-c credentials.workspace_id='"
SELECT fails('SELECT acs_workspace_id()') LIKE '42501%' AS refused;
SELECT fails('SELECT acs_workspace_id()') LIKE '42501%' AS still_refused;
RESET ALL;
SELECT fails('SELECT acs_workspace_id()') LIKE '42501%' AS still_refused;
DISCARD ALL;
SELECT fails('SELECT acs_workspace_id()') LIKE '42501%' AS still_refused;
SET SESSION AUTHORIZATION DEFAULT;
BEGIN;
SAVEPOINT s;
SELECT fails($$SET LOCAL credentials.workspace_id = ''$$) LIKE '42501%' AS refused;
ROLLBACK TO s;
SELECT fails('SELECT acs_workspace_id()') LIKE '42501%' AS still_refused;
COMMIT;

-- This holds for every setting, in any spelling of its name, and for what is no value of it.
\c -reuse-previous=on "user=regress_acs_bolt password=bolt options='-c credentials.lockout_attempts=100000'"
SELECT fails('SELECT acs_workspace_id()');
\c -reuse-previous=on "user=regress_acs_bolt password=bolt options='-c credentials.lockout_duration=1s'"
SELECT fails('SELECT acs_credentials_list()') LIKE '42501%' AS refused;
\c -reuse-previous=on "user=regress_acs_bolt password=bolt options='-c credentials.notify=off'"
SELECT fails('SELECT count(*) FROM acs_systems') LIKE '42501%' AS refused;
\c -reuse-previous=on "user=regress_acs_bolt password=bolt options='-c credentials.workspace_required=off'"
SELECT fails('SELECT acs_workspace_id()') LIKE '42501%' AS refused;
\c -reuse-previous=on "user=regress_acs_bolt password=bolt options='-c CREDENTIALS.Workspace_Id='"
SELECT fails('SELECT acs_workspace_id()') LIKE '42501%' AS refused;
\c -reuse-previous=on "user=regress_acs_pool password=pool options='-c credentials.workspace_id=acme'"
SELECT fails('SELECT acs_workspace_id()') LIKE '42501%' AS refused;
-- The mark is a setting, too, which nobody sets.
\c -reuse-previous=on "user=regress_acs_bolt password=bolt options='-c credentials.lockout_attempts=1 -c credentials.refused_setting='"
SELECT fails('SELECT acs_workspace_id()') LIKE '42501%' AS refused;
\set conninfo 'user=' :superuser ' options= '
\c -reuse-previous=on :conninfo
SELECT acs_workspace_id() AS unbound;
SELECT fails($$SET credentials.refused_setting = ''$$);

-- A function that sets the workspace with its owner's right comes back to what was there before.
\c -reuse-previous=on "user=regress_acs_bolt password=bolt options='-c credentials.workspace_id=ac3e0000-0000-4000-8000-000000000000'"
SELECT fails('SELECT acme_systems()') LIKE '42501%' AS refused;
SELECT fails('SELECT acs_workspace_id()') LIKE '42501%' AS still_refused;
\c -reuse-previous=on "user=regress_acs_bolt password=bolt options=''"
SET credentials.workspace_id = 'ac3e0000-0000-4000-8000-000000000000';
SELECT fails('SELECT acme_systems()') LIKE '42501%' AS refused;
SELECT fails('SELECT acs_workspace_id()') LIKE '42501%' AS still_refused;
\c -reuse-previous=on "user=regress_acs_bolt password=bolt"
SELECT acme_systems();
SELECT acs_workspace_id() = :'bolt' AS still_at_bolt;

-- What was undone before the library was loaded has never been.
\c -reuse-previous=on "user=regress_acs_bolt password=bolt"
BEGIN;
SET LOCAL credentials.workspace_id = 'ac3e0000-0000-4000-8000-000000000000';
COMMIT;
SELECT acs_workspace_id() = :'bolt' AS at_bolt;
\c -reuse-previous=on "user=regress_acs_bolt password=bolt"
SET credentials.workspace_id = 'ac3e0000-0000-4000-8000-000000000000';
RESET credentials.workspace_id;
SET credentials.lockout_attempts = 100000;
RESET ALL;
SELECT acs_workspace_id() = :'bolt' AS at_bolt;
\c -reuse-previous=on "user=regress_acs_bolt password=bolt"
BEGIN;
SET credentials.workspace_id = 'ac3e0000-0000-4000-8000-000000000000';
ROLLBACK;
SELECT acs_workspace_id() = :'bolt' AS at_bolt;
\c -reuse-previous=on "user=regress_acs_bolt password=bolt"
BEGIN;
SAVEPOINT s;
SET credentials.workspace_id = 'ac3e0000-0000-4000-8000-000000000000';
ROLLBACK TO s;
SELECT acs_workspace_id() = :'bolt' AS at_bolt;
COMMIT;

---------------------------------------------------------------------------
-- A pooled role switches, with the right to
---------------------------------------------------------------------------

\c -reuse-previous=on "user=regress_acs_pool password=pool options=''"
SELECT acs_workspace_id() AS unbound;
SET credentials.workspace_id = :'acme';
SELECT name FROM acs_systems;
BEGIN;
SET LOCAL credentials.workspace_id = :'bolt';
SELECT name FROM acs_systems ORDER BY name;
COMMIT;
SELECT name FROM acs_systems;
-- prepared once, it sees the workspace of each call
PREPARE systems AS SELECT name FROM acs_systems ORDER BY name;
EXECUTE systems;
SET credentials.workspace_id = :'bolt';
EXECUTE systems;
SELECT count(*) FROM acs_credentials_list();
RESET credentials.workspace_id;
EXECUTE systems;
SELECT count(*) FROM acs_credentials_list();
-- also before the library is loaded, and in an option of the connection
\c -reuse-previous=on "user=regress_acs_pool password=pool"
SET credentials.workspace_id = :'acme';
SELECT name FROM acs_systems;
\c -reuse-previous=on "user=regress_acs_pool password=pool options='-c credentials.workspace_id=b0170000-0000-4000-8000-000000000000'"
SELECT name FROM acs_systems ORDER BY name;

-- A malformed workspace is refused when it is set; upper case is the same one.
\c -reuse-previous=on "user=regress_acs_pool password=pool options=''"
SELECT acs_workspace_id();
SELECT value, fails(format('SET LOCAL credentials.workspace_id = %L', value))
  FROM unnest('{acme, ac3e0000-0000-4000-8000-00000000000, ac3e0000-0000-4000-8000-0000000000000, "{ac3e0000-0000-4000-8000-000000000000}",
                ac3e00000000400080000000000000000000, ac3e0000-0000-4000-8000-00000000000g, " ", ""}'::text[]) AS value;
SET credentials.workspace_id = 'AC3E0000-0000-4000-8000-000000000000';
SELECT acs_workspace_id() = :'acme' AS at_acme;
-- no other setting has the prefix
SELECT fails('SET credentials.workspace = 1');

-- A SET counts from the first statement on, also if it comes before the library, a savepoint
-- or a function; so does what undoes it.
\c -reuse-previous=on "user=regress_acs_pool password=pool"
BEGIN;
SET LOCAL credentials.workspace_id = :'acme';
SAVEPOINT s;
SET LOCAL credentials.workspace_id = :'bolt';
SELECT acs_workspace_id() = :'bolt' AS at_bolt;
ROLLBACK TO s;
SELECT acs_workspace_id() = :'acme' AS at_acme;
COMMIT;
SELECT acs_workspace_id() AS unbound;
\c -reuse-previous=on "user=regress_acs_pool password=pool"
SET credentials.workspace_id = :'bolt';
SELECT acme_systems();
SELECT acs_workspace_id() = :'bolt' AS at_bolt;
-- The server would forget this RESET if it loaded the library here.
\c -reuse-previous=on "user=regress_acs_pool password=pool"
BEGIN;
SET credentials.workspace_id = :'acme';
SAVEPOINT s;
RESET credentials.workspace_id;
SELECT fails('SELECT acs_workspace_id()');
ROLLBACK TO s;
SELECT acs_workspace_id() = :'acme' AS at_acme;
COMMIT;

---------------------------------------------------------------------------
-- Where there are several tenants, who is bound to none is refused
---------------------------------------------------------------------------

\c -reuse-previous=on user=:superuser
ALTER ROLE regress_acs_pool SET credentials.workspace_required = on;
\c -reuse-previous=on "user=regress_acs_pool password=pool"
SELECT fails('SELECT acs_workspace_id()');
SELECT what, left(fails(what), 24) FROM unnest(ARRAY[
    'SELECT acs_credentials_list()', $$SELECT acs_systems_create('Nowhere')$$, 'SELECT count(*) FROM acs_systems',
    'SELECT * FROM acs_credentials_masked', $$INSERT INTO acs_systems (system_type, name) VALUES ('generic', 'Nowhere')$$]) AS what;
SELECT status, response::jsonb -> 'error' ->> 'type' AS type FROM acs_request('/acs/systems/list');
SELECT fails('SET credentials.workspace_required = off');
-- also if the name of the setting is misspelt
\c -reuse-previous=on "user=regress_acs_pool password=pool"
SET credentials.workspaceid = :'acme';
SELECT left(fails('SELECT acs_credentials_list()'), 24);
SELECT fails('SET credentials.workspaceid = 1');
BEGIN;
SET LOCAL credentials.workspace_id = :'bolt';
SELECT name FROM acs_systems ORDER BY name;
COMMIT;
SELECT left(fails('SELECT count(*) FROM acs_systems'), 24);
-- The nil UUID is a workspace like others, for who names it.
SET credentials.workspace_id = '00000000-0000-0000-0000-000000000000';
SELECT acs_workspace_id();

---------------------------------------------------------------------------
-- Whoever bypasses row security sees all tables; the functions and the view stay bound
---------------------------------------------------------------------------

\c -reuse-previous=on user=:superuser
SET credentials.workspace_id = :'bolt';
SELECT count(DISTINCT workspace_id) > 1 AS all_workspaces FROM acs_systems;
SELECT count(*) AS all, count(*) FILTER (WHERE workspace_id = :'bolt') AS of_bolt FROM acs_credentials_list();
SELECT count(*) AS all, count(*) FILTER (WHERE workspace_id = :'bolt') AS of_bolt FROM acs_credentials_masked;

ALTER ROLE regress_acs_acme RESET ALL;
REVOKE SET ON PARAMETER credentials.workspace_id FROM regress_acs_pool;
DROP FUNCTION acme_systems();
DROP OWNED BY regress_acs_tenants;
DROP ROLE regress_acs_acme, regress_acs_bolt, regress_acs_pool, regress_acs_tenants;
