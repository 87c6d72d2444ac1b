-- What a reader of \df, \dT and \d, and a DBA, may expect of every object of the
-- extension.  Each query finds what is not as it should be.
CREATE TEMP VIEW members AS
    SELECT d.classid, d.objid, pg_describe_object(d.classid, d.objid, 0) AS object
      FROM pg_depend d JOIN pg_extension e ON d.refobjid = e.oid
     WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e' AND e.extname = 'credentials';
CREATE TEMP VIEW functions AS SELECT p.*, p.oid::regprocedure AS function FROM pg_proc p JOIN members ON classid = 'pg_proc'::regclass AND objid = p.oid;
CREATE TEMP VIEW tables AS
    SELECT c.*, c.oid::regclass AS "table" FROM pg_class c JOIN members ON classid = 'pg_class'::regclass AND objid = c.oid WHERE relkind IN ('r', 'p');
CREATE TEMP VIEW tenant_tables AS
    SELECT * FROM tables t WHERE EXISTS (SELECT FROM pg_attribute WHERE attrelid = t.oid AND attname = 'workspace_id');
SELECT (SELECT count(*) FROM functions) > 30 AS functions, (SELECT count(*) FROM tables) > 10 AS tables,
       (SELECT count(*) FROM tables) - (SELECT count(*) FROM tenant_tables) AS without_workspace;

---------------------------------------------------------------------------
-- Comments
---------------------------------------------------------------------------

SELECT object AS without_comment FROM members
 WHERE classid IN ('pg_proc'::regclass, 'pg_class'::regclass, 'pg_type'::regclass, 'pg_operator'::regclass, 'pg_opclass'::regclass)
   AND obj_description(objid, classid::regclass::name) IS NULL
   -- array types and the row types of tables come by themselves
   AND NOT (classid = 'pg_type'::regclass AND EXISTS (
        SELECT FROM pg_type t LEFT JOIN pg_class c ON c.oid = t.typrelid
         WHERE t.oid = objid AND (t.typcategory = 'A' OR c.relkind IN ('r', 'p', 'v'))))
   AND NOT (classid = 'pg_class'::regclass AND EXISTS (SELECT FROM pg_class WHERE oid = objid AND relkind IN ('i', 'c', 't', 'S')))
 ORDER BY 1;
SELECT object AS comment_with_a_period FROM members
 WHERE obj_description(objid, classid::regclass::name) ~ '\.$' ORDER BY 1;
-- so has the extension, and what a user reads of it in \dx
SELECT obj_description(oid, 'pg_extension') IS NOT NULL AS extension_has_one FROM pg_extension WHERE extname = 'credentials';

---------------------------------------------------------------------------
-- Functions
---------------------------------------------------------------------------

SELECT function AS without_explicit_privileges FROM functions WHERE proacl IS NULL ORDER BY 1;
-- whoever looks an argument up by name, in the API's words
SELECT function AS with_nameless_arguments FROM functions
 WHERE proname ~ '^acs_(credentials|users|entrances|access_groups|systems|holidays|access|events)_' AND prorettype <> 'trigger'::regtype
   AND (proargnames IS NULL OR cardinality(proargnames) < pronargs OR '' = ANY (proargnames)) ORDER BY 1;
SELECT function AS not_definer FROM functions
 WHERE proname ~ '^acs_(credentials|users|entrances|access_groups|systems|holidays|access|events)_' AND prorettype <> 'trigger'::regtype AND NOT prosecdef
   -- what is SECURITY DEFINER cannot commit
   AND prokind <> 'p' ORDER BY 1;
-- what writes is VOLATILE and PARALLEL UNSAFE; what reads is STABLE and PARALLEL SAFE; what computes is IMMUTABLE
SELECT function, provolatile, proparallel FROM functions
 WHERE CASE WHEN proname ~ '_(create|try_create|update|regenerate_code|delete|assign|unassign|issue|disable|enable|suspend|unsuspend|purge|purge_all|feed_epoch|request|add_to_access_group|remove_from_access_group|add|remove|add_user|remove_user|add_entrance|remove_entrance|grant_access|revoke_access|reset_lockout|set_mode|follow|revoke_access_to_all_entrances|create_offline_code|sync_to_phone)$'
                 OR prorettype = 'trigger'::regtype THEN (provolatile, proparallel) <> ('v', 'u')
            WHEN proname ~ '_(get|list|check|after|horizon|purges)$|_list_' THEN (provolatile, proparallel) <> ('s', 'r') AND (provolatile, proparallel) <> ('s', 's')
            ELSE proparallel <> CASE proname WHEN 'acs_uuid' THEN 'r' ELSE 's' END END ORDER BY 1;
-- a definer function in SQL or PL/pgSQL has its own search_path; one in C qualifies every name
SELECT function AS definer_without_path FROM functions
 WHERE prosecdef AND prolang <> (SELECT oid FROM pg_language WHERE lanname = 'c')
   AND prosqlbody IS NULL AND NOT coalesce(array_to_string(proconfig, ',') ~ 'search_path', false) ORDER BY 1;

---------------------------------------------------------------------------
-- Tables
---------------------------------------------------------------------------

SELECT "table" AS without_row_security FROM tables
 WHERE NOT relrowsecurity AND oid IN (SELECT oid FROM tenant_tables) ORDER BY 1;
SELECT "table" AS without_workspace FROM tables WHERE oid NOT IN (SELECT oid FROM tenant_tables) ORDER BY 1;
SELECT "table" AS without_policy FROM tenant_tables t
 WHERE NOT EXISTS (SELECT FROM pg_policy WHERE polrelid = t.oid AND polpermissive AND polcmd = '*' AND polroles = '{0}'
                      AND pg_get_expr(polqual, polrelid) = '(workspace_id = acs_workspace_id())' AND polwithcheck IS NULL) ORDER BY 1;
SELECT "table" AS with_an_open_policy FROM tables JOIN pg_policy ON polrelid = tables.oid
 WHERE polpermissive AND pg_get_expr(polqual, polrelid) NOT LIKE '%acs_workspace_id()%' ORDER BY 1;
-- Every other table leads with its workspace: so do its row and its keys, but for those
-- that end with it, whose index is that of a system's pages, too
SELECT "table" AS not_led_by_workspace FROM tenant_tables t
 WHERE NOT EXISTS (SELECT FROM pg_attribute a WHERE attrelid = t.oid AND attnum = 1 AND attname = 'workspace_id' AND attnotnull
                      AND (SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef WHERE adrelid = t.oid AND adnum = 1) = 'acs_workspace_id()') ORDER BY 1;
SELECT "table" AS without_primary_key FROM tables t
 WHERE NOT EXISTS (SELECT FROM pg_constraint WHERE conrelid = t.oid AND contype = 'p') ORDER BY 1;
SELECT conrelid::regclass AS "table", conname AS key FROM pg_constraint c JOIN tenant_tables t ON conrelid = t.oid
 WHERE contype IN ('p', 'u', 'f', 'x') AND confrelid <> 'acs_system_types'::regclass
   AND (conkey[1] <> 1 AND NOT (contype = 'u' AND conname LIKE '%_system_key' AND conkey[cardinality(conkey)] = 1) OR contype = 'f' AND (confkey[1] <> 1 OR confrelid NOT IN (SELECT oid FROM tenant_tables))) ORDER BY 1, 2;
SELECT indexrelid::regclass AS index FROM pg_index i JOIN tenant_tables t ON indrelid = t.oid
 WHERE (indisunique OR indpred IS NOT NULL) AND indexrelid::regclass::text NOT LIKE '%_system_key'
   AND indkey[0] <> (SELECT attnum FROM pg_attribute WHERE attrelid = indrelid AND attname = 'workspace_id') ORDER BY 1;
-- and no other does: it would tie with the primary key where there are no statistics
SELECT indexrelid::regclass AS index FROM pg_index i JOIN tenant_tables t ON indrelid = t.oid
 WHERE NOT indisunique AND indpred IS NULL
   AND indkey[0] = (SELECT attnum FROM pg_attribute WHERE attrelid = indrelid AND attname = 'workspace_id') ORDER BY 1;
-- and every foreign key has an index that serves it, if only the workspace is not enough; the system adds nothing to a user, who has one
SELECT conrelid::regclass AS "table", conname AS refers_without_index, pg_get_constraintdef(c.oid) AS definition
  FROM pg_constraint c JOIN tenant_tables t ON conrelid = t.oid
 CROSS JOIN LATERAL (SELECT array_agg(attnum) AS columns FROM pg_attribute
                      WHERE attrelid = conrelid AND attnum = ANY (conkey) AND attname <> 'acs_system_id') AS k
 WHERE contype = 'f' AND confdeltype = 'c'
   AND NOT EXISTS (SELECT FROM pg_index i WHERE indrelid = conrelid AND (indkey::int2[])[0:cardinality(columns) - 1] @> columns) ORDER BY 1, 2;

-- pg_dump saves the rows of all of them; of the types only the user's own.
SELECT "table" AS not_dumped FROM tables, pg_extension
 WHERE extname = 'credentials' AND tables.oid <> ALL (extconfig) ORDER BY 1;
SELECT extconfig[i]::regclass AS dumped_in_part, extcondition[i] AS condition
  FROM pg_extension, generate_subscripts(extconfig, 1) AS i
 WHERE extname = 'credentials' AND extcondition[i] <> '';
SELECT object AS sequence FROM members JOIN pg_class c ON classid = 'pg_class'::regclass AND objid = c.oid WHERE relkind = 'S';

-- The server's message about a broken CHECK would print the row with its code, and
-- what is an expression is parsed again at every call: triggers in C do all of it.
SELECT conname AS prints_the_row FROM pg_constraint WHERE conrelid = 'acs_credentials'::regclass AND contype = 'c' ORDER BY 1;
SELECT attname AS expression FROM pg_attribute WHERE attrelid = 'acs_credentials'::regclass AND attgenerated <> ''
UNION ALL
SELECT tgname FROM pg_trigger WHERE tgrelid = 'acs_credentials'::regclass AND tgqual IS NOT NULL ORDER BY 1;

---------------------------------------------------------------------------
-- The install script
---------------------------------------------------------------------------

SELECT pg_read_file(setting || '/extension/credentials--' || extversion || '.sql') AS script
  FROM pg_config, pg_extension WHERE name = 'SHAREDIR' AND extname = 'credentials' \gset
SELECT count(*) > 30 AS creates FROM regexp_matches(:'script', '^CREATE FUNCTION', 'gn');
-- OR REPLACE and IF NOT EXISTS would take over an object that somebody else left there
SELECT m[1] AS takes_over FROM regexp_matches(:'script', '^.*\m(OR REPLACE|IF NOT EXISTS)\M.*$', 'gni') AS m;
-- volatility and parallel safety are stated, not left to their defaults
SELECT (regexp_match(statement, '\w+'))[1] AS not_stated
  FROM regexp_split_to_table(:'script', '^CREATE FUNCTION ', 'n') WITH ORDINALITY AS s (statement, i)
 WHERE i > 1 AND NOT split_part(statement, ';', 1) ~ '\m(IMMUTABLE|STABLE|VOLATILE)\M.*\mPARALLEL (SAFE|UNSAFE|RESTRICTED)\M';
-- the version stands in the control file, and is installed
SELECT default_version = installed_version AS current, installed_version ~ '^\d+\.\d+$' AS two_numbers,
       NOT relocatable AS stays, requires IS NULL AS needs_nothing_else, superuser AS by_superuser, trusted
  FROM pg_available_extensions e JOIN pg_available_extension_versions v ON v.name = e.name AND v.version = e.default_version
 WHERE e.name = 'credentials';
