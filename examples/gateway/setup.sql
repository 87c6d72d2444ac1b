-- The role of the gateway: it may choose the workspace and call the API, and nothing else.
-- As the owner of the extension, in its database, whatever schema it is in: psql -f setup.sql
-- (PostgreSQL 15 or later)
CREATE ROLE gateway LOGIN;
GRANT SET ON PARAMETER credentials.workspace_id TO gateway;
SELECT format(command, quote_ident(current_database()), extnamespace::regnamespace)
  FROM pg_extension,
       unnest(ARRAY['ALTER ROLE gateway IN DATABASE %1$s SET search_path = %2$s',
                    'GRANT USAGE ON SCHEMA %2$s TO gateway']) AS command
 WHERE extname = 'credentials'
\gexec
SELECT format('GRANT EXECUTE ON FUNCTION %s TO gateway', p.oid::regprocedure)
  FROM pg_extension AS e JOIN pg_proc AS p ON pronamespace = extnamespace
 WHERE extname = 'credentials'
   AND EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_proc'::regclass AND objid = p.oid AND refobjid = e.oid AND deptype = 'e')
   AND proname ~ '^acs_(request|(access|access_groups|credentials|entrances|systems|users)_[a-z_]+|events_(get|list)|[a-z_]+_json)$'
\gexec
