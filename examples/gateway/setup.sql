-- The role of the gateway: it may choose the workspace and call the API, and nothing else.
-- As the owner of the extension, in its database: psql -f setup.sql (PostgreSQL 15 or later)
CREATE ROLE gateway LOGIN;
ALTER ROLE gateway SET search_path = acs;
GRANT USAGE ON SCHEMA acs TO gateway;
GRANT SET ON PARAMETER credentials.workspace_id TO gateway;
SELECT format('GRANT EXECUTE ON FUNCTION %s TO gateway', oid::regprocedure)
  FROM pg_proc
 WHERE pronamespace = 'acs'::regnamespace
   AND proname ~ '^acs_(request|(access|access_groups|credentials|entrances|systems|users)_[a-z_]+|[a-z_]+_json)$'
\gexec
