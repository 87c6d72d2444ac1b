-- The CONTEXT of an error has no statement of the extension, whoever raises it: a rule, a
-- constraint or trigger of a DBA, the server.  What a DBA's own function was at stays.
SET credentials.workspace_id = 'c0047e47-0000-4000-8000-000000000000';

SELECT acs_system_id AS hotel FROM acs_systems_create('Hotel') \gset
SELECT acs_entrance_id AS door FROM acs_entrances_create(:'hotel', 'Door') \gset
SELECT acs_user_id AS jane FROM acs_users_create(:'hotel', 'Jane Doe') \gset
SELECT acs_entrance_id AS gate FROM acs_entrances_create(:'hotel', 'Gate') \gset
SELECT acs_system_id AS annex FROM acs_systems_create('Annex') \gset
SELECT acs_holidays_add(:'annex', '2099-12-26') \gset
SELECT acs_access_group_id AS staff FROM acs_access_groups_create(:'hotel', 'Staff', ARRAY[:'door']::uuid[]) \gset
SELECT acs_credential_id AS pin FROM acs_credentials_create(:'jane', 'code', '824759', ends_at => '2100-01-01') \gset
SELECT acs_credential_id AS later FROM acs_credentials_create(:'jane', 'code', '824759', '2100-01-01') \gset
SELECT acs_credential_id AS card FROM acs_credentials_create(:'jane', 'card') \gset
SELECT acs_credential_id AS key FROM acs_credentials_create(:'jane', 'mobile_key', is_multi_phone_sync_credential => true) \gset
-- Who has what can be taken away.
SELECT acs_user_id AS joe FROM acs_users_create(:'hotel', 'Joe Bloggs', acs_access_group_ids => ARRAY[:'staff']::uuid[]) \gset
SELECT acs_users_suspend(:'joe') \gset
SELECT acs_credentials_create(:'joe', 'code', '579135', allowed_acs_entrance_ids => ARRAY[:'gate']::uuid[]) AS opens \gset
SELECT acs_credential_id AS free FROM acs_credentials_create(:'joe', 'code', '579136') \gset
SELECT acs_credentials_disable(:'free', 'lost') AS disabled, acs_credentials_unassign(:'free') AS unassigned \gset
CREATE TABLE pg_temp.rows (id uuid DEFAULT gen_random_uuid(), site_id uuid, name text);
INSERT INTO pg_temp.rows (site_id, name) VALUES (:'hotel', 'Ann');
CREATE TRIGGER acs AFTER INSERT OR UPDATE OR DELETE ON pg_temp.rows FOR EACH ROW
    EXECUTE FUNCTION acs_follow_user_changes('acs_user_id=id', 'acs_system_id=site_id', 'full_name=name');

-- What the statement fails with: SQLSTATE, and the context but for what this function
-- itself adds, two lines.
CREATE FUNCTION pg_temp.context(statement text, VARIADIC ids uuid[] DEFAULT '{}') RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
    context text;
    lines text[];
BEGIN
    EXECUTE statement USING ids[1], ids[2], ids[3];
    RETURN 'no error';
EXCEPTION WHEN OTHERS OR query_canceled THEN
    GET STACKED DIAGNOSTICS context = PG_EXCEPTION_CONTEXT;
    lines := string_to_array(context, E'\n');
    RETURN concat_ws(' | ', SQLSTATE, nullif(array_to_string(trim_array(lines, 2), ' / '), ''));
END
$$;

-- A rule that is found broken when the row is written.
SELECT pg_temp.context($$SELECT acs_credentials_create($1, 'code', '824759')$$, :'jane') AS overlap,
       pg_temp.context($$SELECT acs_credentials_create($1, 'code', '824759', '2099-01-01')$$, :'jane') AS overlap_later,
       pg_temp.context($$SELECT acs_credentials_update($1, ends_at => '2101-01-01')$$, :'pin') AS extended;
SELECT pg_temp.context($$SELECT acs_users_create($1, 'John', access_starts_at => '2100-01-02', access_ends_at => '2100-01-01')$$,
                       :'hotel') AS users_window,
       pg_temp.context($$SELECT acs_users_update($1, access_starts_at => '2100-01-02', access_ends_at => '2100-01-01')$$,
                       :'jane') AS users_window_changed;
-- In plain SQL, too.
\set VERBOSITY sqlstate
INSERT INTO acs_credentials (acs_system_id, access_method, code) VALUES (:'hotel', 'code', '824759');
\set VERBOSITY default
SELECT pg_temp.context($$INSERT INTO acs_credentials (acs_system_id, access_method, code) VALUES ($1, 'code', '824759')$$, :'hotel') AS insert,
       pg_temp.context($$UPDATE acs_credentials SET ends_at = NULL WHERE acs_credential_id = $1$$, :'pin') AS update,
       pg_temp.context($$DELETE FROM acs_events$$) AS append_only;

-- In an application's table.
CREATE TABLE pg_temp.members (id uuid DEFAULT gen_random_uuid(), site_id uuid, name text, starts timestamptz, ends timestamptz);
CREATE TRIGGER acs AFTER INSERT OR UPDATE OR DELETE ON pg_temp.members FOR EACH ROW EXECUTE FUNCTION acs_follow_user_changes(
    'acs_user_id=id', 'acs_system_id=site_id', 'full_name=name', 'access_starts_at=starts', 'access_ends_at=ends');
INSERT INTO pg_temp.members (site_id, name) VALUES (:'hotel', 'Ann');
SELECT pg_temp.context($$INSERT INTO pg_temp.members (site_id, name, starts, ends) VALUES ($1, 'Bob', '2100-01-02', '2100-01-01')$$, :'hotel') AS insert,
       pg_temp.context($$UPDATE pg_temp.members SET starts = '2100-01-02', ends = '2100-01-01'$$) AS update;

-- A trigger of a DBA on every table, which fails: that it did is told, and nothing else.
BEGIN;
CREATE FUNCTION acs.stop() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE 'stopped';
END
$$;
DO $$
DECLARE
    relation regclass;
BEGIN
    FOR relation IN SELECT unnest(extconfig) FROM pg_extension WHERE extname = 'credentials' LOOP
        EXECUTE format('CREATE TRIGGER stop BEFORE INSERT OR UPDATE OR DELETE ON %s FOR EACH ROW EXECUTE FUNCTION acs.stop()', relation);
    END LOOP;
END
$$;
CREATE TEMP TABLE calls (statement text, ids uuid[]);
INSERT INTO calls VALUES
    ('acs_systems_create(''Annex'')', '{}'),
    ('acs_systems_update($1, ''Annex'')', ARRAY[:'hotel'::uuid]),
    ('acs_systems_delete($1)', ARRAY[:'annex'::uuid]),
    ('acs_entrances_create($1, ''Gate'')', ARRAY[:'hotel'::uuid]),
    ('acs_entrances_update($1, ''Gate'')', ARRAY[:'door'::uuid]),
    ('acs_entrances_grant_access($1, $2)', ARRAY[:'gate'::uuid, :'jane']),
    ('acs_entrances_revoke_access($1, $2)', ARRAY[:'gate'::uuid, :'joe']),
    ('acs_entrances_reset_lockout($1)', ARRAY[:'gate'::uuid]),
    ('acs_systems_set_mode($1, ''locked'')', ARRAY[:'hotel'::uuid]),
    ('acs_entrances_set_mode($1, ''locked'')', ARRAY[:'gate'::uuid]),
    ('acs_holidays_add($1, ''2099-12-25'')', ARRAY[:'annex'::uuid]),
    ('acs_holidays_remove($1, ''2099-12-26'')', ARRAY[:'annex'::uuid]),
    ('acs_entrances_delete($1)', ARRAY[:'door'::uuid]),
    ('acs_users_create($1, ''John'')', ARRAY[:'hotel'::uuid]),
    ('acs_users_update($1, full_name => ''John'')', ARRAY[:'jane'::uuid]),
    ('acs_users_suspend($1)', ARRAY[:'jane'::uuid]),
    ('acs_users_unsuspend($1)', ARRAY[:'joe'::uuid]),
    ('acs_users_delete($1)', ARRAY[:'jane'::uuid]),
    ('acs_users_add_to_access_group($1, $2)', ARRAY[:'jane'::uuid, :'staff']),
    ('acs_users_remove_from_access_group($1, $2)', ARRAY[:'joe'::uuid, :'staff']),
    ('acs_users_revoke_access_to_all_entrances($1)', ARRAY[:'joe'::uuid]),
    ('acs_users_follow(''pg_temp.rows'')', '{}'),
    ('acs_access_groups_create($1, ''Guests'')', ARRAY[:'hotel'::uuid]),
    ('acs_access_groups_update($1, ''Guests'')', ARRAY[:'staff'::uuid]),
    ('acs_access_groups_add_user($1, $2)', ARRAY[:'jane'::uuid, :'staff']),
    ('acs_access_groups_remove_user($1, $2)', ARRAY[:'joe'::uuid, :'staff']),
    ('acs_access_groups_add_entrance($1, $2)', ARRAY[:'gate'::uuid, :'staff']),
    ('acs_access_groups_remove_entrance($1, $2)', ARRAY[:'door'::uuid, :'staff']),
    ('acs_access_groups_delete($1)', ARRAY[:'staff'::uuid]),
    ('acs_credentials_create($1, ''code'', ''135790'')', ARRAY[:'jane'::uuid]),
    ('acs_credentials_create($1, ''code'')', ARRAY[:'jane'::uuid]),
    ('acs_credentials_try_create($1, ''code'', ''135790'')', ARRAY[:'jane'::uuid]),
    ('acs_credentials_create_offline_code($1, $2)', ARRAY[:'jane'::uuid, :'door']),
    ('acs_credentials_update($1, ends_at => ''2099-01-01'')', ARRAY[:'pin'::uuid]),
    ('acs_credentials_update($1, code => ''135790'')', ARRAY[:'pin'::uuid]),
    ('acs_credentials_regenerate_code($1)', ARRAY[:'pin'::uuid]),
    ('acs_credentials_assign($1, $2)', ARRAY[:'free'::uuid, :'jane']),
    ('acs_credentials_unassign($1)', ARRAY[:'pin'::uuid]),
    ('acs_credentials_disable($1, ''lost'')', ARRAY[:'pin'::uuid]),
    ('acs_credentials_enable($1, ''lost'')', ARRAY[:'free'::uuid]),
    ('acs_credentials_issue($1, ''F00BA7'')', ARRAY[:'card'::uuid]),
    ('acs_credentials_sync_to_phone($1, ''phone'')', ARRAY[:'key'::uuid]),
    ('acs_credentials_delete($1)', ARRAY[:'pin'::uuid]),
    ('acs_access_request($1, ''code'', ''824759'')', ARRAY[:'door'::uuid]),
    ('acs_access_request($1, ''code'', ''135790'')', ARRAY[:'door'::uuid]),
    ('acs_events_purge(''infinity'')', '{}');
SELECT statement, pg_temp.context('SELECT ' || statement, VARIADIC ids) FROM calls;
-- What else changes something; a request says nothing of errors.
SELECT DISTINCT proname FROM pg_proc AS p JOIN pg_depend AS d ON d.objid = p.oid AND d.classid = 'pg_proc'::regclass AND d.deptype = 'e'
 WHERE d.refobjid = (SELECT oid FROM pg_extension WHERE extname = 'credentials')
   AND provolatile = 'v' AND prorettype <> 'trigger'::regtype AND proname NOT IN (SELECT split_part(statement, '(', 1) FROM calls)
 ORDER BY 1;
ROLLBACK;

-- A constraint of a DBA: neither the row nor the statement.
BEGIN;
ALTER TABLE acs_credentials ADD CONSTRAINT no_zeros CHECK (code::text !~ '0') NOT VALID;
SELECT fails($$SELECT acs_credentials_create($1, 'code', '135790')$$, :'jane'),
       pg_temp.context($$SELECT acs_credentials_create($1, 'code', '135790')$$, :'jane');
ROLLBACK;

-- The server, in the middle of a statement: time is up, a right is missing.
BEGIN;
CREATE FUNCTION acs.wait() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_sleep(100);
END
$$;
CREATE TRIGGER wait BEFORE INSERT ON acs_credentials FOR EACH ROW EXECUTE FUNCTION acs.wait();
SET LOCAL statement_timeout = '100ms';
SELECT acs_credentials_create(:'jane', 'code', '135790');
ROLLBACK;
BEGIN;
CREATE ROLE regress_context_owner;
GRANT USAGE ON SCHEMA acs TO regress_context_owner;
ALTER FUNCTION acs_users_list OWNER TO regress_context_owner;
ALTER FUNCTION acs_users_get OWNER TO regress_context_owner;
SELECT pg_temp.context('SELECT acs_users_list()') AS list, pg_temp.context('SELECT acs_users_get($1)', :'jane') AS get;
ROLLBACK;
