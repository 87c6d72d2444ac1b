-- Nothing is open to everybody but the types and what computes on them; four
-- small grants serve the people there are.
SET credentials.workspace_id = '9a490000-0000-4000-8000-000000000000';
SELECT acs_system_id AS hotel FROM acs_systems_create('Hotel') \gset
SELECT acs_user_id AS jane FROM acs_users_create(:'hotel', 'Jane Doe') \gset
SELECT acs_credential_id AS pin FROM acs_credentials_create(:'jane', 'code', '824759') \gset

CREATE ROLE regress_acs_nobody;
CREATE ROLE regress_acs_issuer;
CREATE ROLE regress_acs_door;
CREATE ROLE regress_acs_support;
CREATE ROLE regress_acs_auditor;
GRANT USAGE ON SCHEMA acs TO regress_acs_nobody, regress_acs_issuer, regress_acs_door, regress_acs_support, regress_acs_auditor;

-- The functions, tables and views of the extension.
CREATE VIEW public.privileges_functions AS
    SELECT p.oid::regprocedure AS function, p.* FROM pg_proc p JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid
      JOIN pg_extension e ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid AND d.deptype = 'e'
     WHERE extname = 'credentials';
CREATE VIEW public.privileges_tables AS
    SELECT c.oid::regclass AS relation, c.* FROM pg_class c JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid
      JOIN pg_extension e ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid AND d.deptype = 'e'
     WHERE extname = 'credentials' AND relkind IN ('r', 'p', 'v', 'm', 'S', 'f');
GRANT SELECT ON public.privileges_functions, public.privileges_tables TO PUBLIC;

---------------------------------------------------------------------------
-- Everybody
---------------------------------------------------------------------------

-- What is open to PUBLIC, and should not be; then the other way around.
CREATE TEMP TABLE open_to_all (function regprocedure);
INSERT INTO open_to_all VALUES
    -- types and their operators
    ('acs_code(text)'), ('acs_code(character varying)'),
    ('acs_code_in(cstring)'), ('acs_code_out(acs_code)'), ('acs_code_recv(internal)'), ('acs_code_send(acs_code)'),
    ('acs_code_eq(acs_code, acs_code)'), ('acs_code_ne(acs_code, acs_code)'), ('acs_code_lt(acs_code, acs_code)'),
    ('acs_code_le(acs_code, acs_code)'), ('acs_code_gt(acs_code, acs_code)'), ('acs_code_ge(acs_code, acs_code)'),
    ('acs_code_cmp(acs_code, acs_code)'), ('acs_code_hash(acs_code)'), ('acs_code_hash_extended(acs_code, bigint)'),
    ('acs_schedule(text)'), ('acs_schedule(character varying)'),
    ('acs_schedule_in(cstring)'), ('acs_schedule_out(acs_schedule)'), ('acs_schedule_recv(internal)'), ('acs_schedule_send(acs_schedule)'),
    ('acs_schedule_eq(acs_schedule, acs_schedule)'), ('acs_schedule_ne(acs_schedule, acs_schedule)'),
    ('acs_schedule_hash(acs_schedule)'), ('acs_schedule_hash_extended(acs_schedule, bigint)'),
    -- pure functions
    ('acs_valid_at(timestamptz, timestamptz, timestamptz)'), ('acs_credential_state(timestamptz, timestamptz, timestamptz)'),
    ('acs_windows_overlap(timestamptz, timestamptz, timestamptz, timestamptz)'),
    ('acs_window_order(timestamptz, timestamptz)'), ('acs_window_distance(timestamptz, timestamptz, timestamptz)'),
    ('acs_open_at(acs_schedule, timestamptz, text, date[])'), ('acs_schedule_next_change(acs_schedule, timestamptz, text, date[])'),
    ('acs_schedule_windows(acs_schedule, timestamptz, timestamptz, text, date[])'),
    ('acs_display_name(acs_access_method, acs_code, text, boolean)'),
    ('acs_uuid()'), ('acs_workspace_id()'), ('acs_planner_support(internal)');
SELECT function AS opened_by_mistake FROM public.privileges_functions
 WHERE has_function_privilege('public', oid, 'EXECUTE') AND function NOT IN (SELECT function FROM open_to_all)
 ORDER BY function::text;
SELECT function AS closed_by_mistake FROM open_to_all
 WHERE NOT has_function_privilege('public', function, 'EXECUTE') ORDER BY function::text;
SELECT relation AS opened_by_mistake FROM public.privileges_tables
 WHERE has_table_privilege('public', oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')
    OR has_any_column_privilege('public', oid, 'SELECT, INSERT, UPDATE, REFERENCES');
-- What a parallel worker may call is loaded before there are any, by its support function.
SELECT function AS loaded_too_late FROM public.privileges_functions WHERE prosecdef AND proparallel <> 'u' AND prosupport = 0;

SET ROLE regress_acs_nobody;
-- Each call and each statement is refused for lack of privilege, whatever the arguments.
CREATE FUNCTION pg_temp.arguments(types oidvector) RETURNS text LANGUAGE sql RETURN
    (SELECT string_agg(format('(SELECT NULL::%s)', format_type(t.type, NULL)), ', ' ORDER BY t.i)
       FROM unnest(types) WITH ORDINALITY AS t (type, i));
SELECT count(*) > 0 AS some, array_agg(function::text) FILTER (WHERE refused NOT SIMILAR TO '42501 %permission denied for (function|procedure)%') AS not_refused
  FROM (SELECT function, CASE prokind WHEN 'p' THEN fails(format('CALL acs.%I(%s)', proname, replace(pg_temp.arguments(proargtypes), 'SELECT ', '')))
                         ELSE fails(format('SELECT acs.%I(%s)', proname, pg_temp.arguments(proargtypes))) END AS refused
          FROM public.privileges_functions WHERE NOT has_function_privilege('public', oid, 'EXECUTE')) AS calls;
SELECT count(*) > 0 AS some, array_agg(statement) FILTER (WHERE refused NOT LIKE '42501 %permission denied for %') AS not_refused
  FROM (SELECT format(pattern, relation) AS statement, fails(format(pattern, relation)) AS refused
          FROM public.privileges_tables,
               unnest(ARRAY['SELECT FROM %s', 'SELECT FROM %s FOR UPDATE', 'INSERT INTO %s DEFAULT VALUES', 'DELETE FROM %s',
                            'TRUNCATE %s', 'LOCK %s']) AS pattern
         WHERE relkind = 'r' OR pattern !~ 'TRUNCATE|INSERT|DELETE') AS statements;
-- For example:
SELECT fails($$SELECT acs_credentials_create($1, 'code', '824760')$$, :'jane') AS "create",
       fails($$SELECT acs_credentials_get($1)$$, :'pin') AS get;
SELECT fails('SELECT acs_credentials_list()') AS list, fails('SELECT * FROM acs_credentials') AS read;
-- Types and operators are there for all.
SELECT acs_display_name('code', '824759'), acs_code '824759' < '9', acs_workspace_id() IS NOT NULL AS workspace;
RESET ROLE;

---------------------------------------------------------------------------
-- The issuer: issues, shows and revokes, without any right on a table
---------------------------------------------------------------------------

GRANT EXECUTE ON FUNCTION acs_credentials_create, acs_credentials_get, acs_credentials_list, acs_credentials_delete
    TO regress_acs_issuer;
SET ROLE regress_acs_issuer;
SELECT acs_credential_id AS issued, display_name, code FROM acs_credentials_create(:'jane', 'code', '824760') \gset
SELECT display_name, code FROM acs_credentials_get(:'issued');
SELECT display_name, code FROM acs_credentials_list();
SELECT acs_credentials_delete(:'issued');
-- and no more
SELECT array_agg(function::text) AS functions FROM public.privileges_functions
 WHERE has_function_privilege(oid, 'EXECUTE') AND NOT has_function_privilege('public', oid, 'EXECUTE')
   AND proname !~ '^acs_credentials_(create|get|list|delete)$';
SELECT array_agg(relation::text) AS tables FROM public.privileges_tables
 WHERE has_table_privilege(oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER');
SELECT fails('SELECT acs_users_create($1, ''Eve'')', :'hotel') AS users, fails('SELECT acs_events_purge(now())') AS purge;
RESET ROLE;

---------------------------------------------------------------------------
-- The door: asks, and sees who it lets in
---------------------------------------------------------------------------

SELECT acs_entrance_id AS door FROM acs_entrances_create(:'hotel', 'Door') \gset
SELECT acs_credential_id AS key FROM acs_credentials_create(:'jane', 'code', '824761',
    allowed_acs_entrance_ids => ARRAY[:'door']::uuid[]) \gset
GRANT EXECUTE ON FUNCTION acs_access_request(uuid, acs_access_method, text, text, uuid) TO regress_acs_door;
SET ROLE regress_acs_door;
SELECT granted, reason, acs_user_id = :'jane' AS jane FROM acs_access_request(:'door', 'code', '824761');
SELECT granted, reason, acs_user_id = :'jane' AS jane FROM acs_access_request(:'door', 'code', '824762');
-- and no more
SELECT array_agg(function::text) AS functions FROM public.privileges_functions
 WHERE has_function_privilege(oid, 'EXECUTE') AND NOT has_function_privilege('public', oid, 'EXECUTE');
SELECT array_agg(relation::text) AS tables FROM public.privileges_tables
 WHERE has_table_privilege(oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER');
RESET ROLE;
SELECT acs_credentials_delete(:'key');

---------------------------------------------------------------------------
-- Support: sees credentials, but no codes
---------------------------------------------------------------------------

GRANT SELECT ON acs_credentials_masked TO regress_acs_support;
SET ROLE regress_acs_support;
SELECT access_method, display_name, starts_at, ends_at, acs_user_id = :'jane' AS of_jane FROM acs_credentials_masked;
SELECT attname AS not_hidden FROM pg_attribute
 WHERE attrelid = 'acs.acs_credentials_masked'::regclass AND attname IN ('code', 'card_number', 'metadata');
SELECT count(*) AS leaks FROM acs_credentials_masked m WHERE to_jsonb(m)::text LIKE '%"824759"%';
-- and no more
SELECT fails('SELECT code FROM acs_credentials') AS "table",
       fails('SELECT acs_credentials_get($1)', :'pin') AS get, fails('DELETE FROM acs_credentials_masked') AS "delete";
SELECT array_agg(relation::text) AS tables FROM public.privileges_tables WHERE has_table_privilege(oid, 'SELECT');
-- not by a function of its own that looks behind the view either
CREATE FUNCTION pg_temp.look(text) RETURNS boolean LANGUAGE plpgsql COST 0.0001 AS $$
    BEGIN RAISE NOTICE 'saw %', $1; RETURN true; END $$;
SELECT count(*) FROM acs_credentials_masked WHERE pg_temp.look(display_name);
RESET ROLE;
SET credentials.workspace_id = '9a490000-0000-4000-8000-00000000000e';
SET ROLE regress_acs_support;
SELECT count(*) FROM acs_credentials_masked WHERE pg_temp.look(display_name);
RESET ROLE;
SET credentials.workspace_id = '9a490000-0000-4000-8000-000000000000';

---------------------------------------------------------------------------
-- The auditor: reads who did what
---------------------------------------------------------------------------

GRANT SELECT ON acs_events TO regress_acs_auditor;
SET ROLE regress_acs_auditor;
-- the actor is the role that called, not the owner that the functions run as
SELECT event_type, actor, details ->> 'display_name' AS display_name FROM acs_events
 WHERE acs_user_id = :'jane' AND event_type LIKE 'acs_credential.%' AND actor LIKE 'regress_acs%' ORDER BY event_id;
SELECT count(DISTINCT workspace_id) AS workspaces FROM acs_events;
-- and no more
SELECT fails('DELETE FROM acs_events') AS "delete", fails('SELECT acs_events_purge(now())') AS purge;
SELECT array_agg(relation::text) AS tables FROM public.privileges_tables WHERE has_table_privilege(oid, 'SELECT');
RESET ROLE;

---------------------------------------------------------------------------
-- Who acts, and as whom
---------------------------------------------------------------------------

CREATE VIEW pg_temp.last AS SELECT actor FROM acs_events
 WHERE acs_user_id = :'jane' ORDER BY event_id DESC LIMIT 1;
SELECT acs_credential_id AS id FROM acs_credentials_create(:'jane', 'card', '1') \gset
SELECT actor = session_user AS superuser FROM pg_temp.last;
-- the session's user
SET SESSION AUTHORIZATION regress_acs_issuer;
SELECT count(*) FROM acs_credentials_create(:'jane', 'card', '2');
RESET SESSION AUTHORIZATION;
SELECT actor FROM pg_temp.last;
-- or what it has SET ROLE to
GRANT regress_acs_issuer TO regress_acs_nobody;
SET SESSION AUTHORIZATION regress_acs_nobody;
SET ROLE regress_acs_issuer;
SELECT count(*) FROM acs_credentials_create(:'jane', 'card', '3');
RESET ROLE;
RESET SESSION AUTHORIZATION;
SELECT actor FROM pg_temp.last;
-- not the owner of a function in between
CREATE FUNCTION public.privileges_check_in(jane uuid, code acs_code) RETURNS acs_credential
    LANGUAGE sql SECURITY DEFINER SET search_path = acs RETURN acs_credentials_create(jane, 'card', code);
GRANT EXECUTE ON FUNCTION public.privileges_check_in TO regress_acs_support;
SET ROLE regress_acs_support;
SELECT (public.privileges_check_in(:'jane', '4')).display_name;
RESET ROLE;
SELECT actor FROM pg_temp.last;
-- the log keeps the name of a role that is gone
DROP OWNED BY regress_acs_nobody, regress_acs_issuer, regress_acs_door, regress_acs_support, regress_acs_auditor;
DROP ROLE regress_acs_nobody, regress_acs_issuer, regress_acs_door, regress_acs_support, regress_acs_auditor;
SELECT count(*) AS by_the_issuer FROM acs_events WHERE acs_user_id = :'jane' AND actor = 'regress_acs_issuer';

-- The owner of the extension need not be a superuser's friend: row security does
-- not hide other workspaces from a dump, which the owner makes.
SELECT count(*) AS forced FROM public.privileges_tables WHERE relforcerowsecurity;
DROP FUNCTION public.privileges_check_in;
DROP VIEW public.privileges_functions, public.privileges_tables;
