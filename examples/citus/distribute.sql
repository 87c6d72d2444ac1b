-- Distributes the tables of the extension over the nodes of a Citus cluster, by workspace_id.
--   psql -d mydb -f distribute.sql
-- Once, on the coordinator, as a superuser, after CREATE EXTENSION credentials there (Citus
-- repeats it on the workers) and before there is data. All or nothing.
\set ON_ERROR_STOP on
SELECT extnamespace::regnamespace AS schema FROM pg_extension WHERE extname = 'credentials' \gset
SET search_path = :schema;

BEGIN;
\o /dev/null
-- Citus takes every trigger for one that could reach beyond its shard. Those of the
-- extension stay within the workspace of their row.
SET LOCAL citus.enable_unsafe_triggers = on;
-- Else a table that refers to a reference table becomes one of Citus's own kinds at once,
-- and cannot be distributed any more.
SET LOCAL citus.enable_local_reference_table_foreign_keys = off;
-- A foreign key to a reference table, and the rows of that table, in one transaction.
SET LOCAL citus.multi_shard_modify_mode = 'sequential';

-- The extension's tables that belong to workspaces, in an order in which a table comes after
-- those it refers to.
CREATE TEMP TABLE tenant_tables AS
WITH RECURSIVE own AS (
    SELECT c.oid AS relid
      FROM pg_extension e
      JOIN pg_depend d ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid AND d.deptype = 'e'
      JOIN pg_class c ON d.classid = 'pg_class'::regclass AND c.oid = d.objid AND c.relkind IN ('r', 'p')
      JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'workspace_id' AND NOT a.attisdropped
     WHERE e.extname = 'credentials'
), steps AS (
    SELECT relid, 0 AS step FROM own
    UNION
    SELECT f.conrelid, steps.step + 1
      FROM steps
      JOIN pg_constraint f ON f.contype = 'f' AND f.confrelid = steps.relid AND f.conrelid <> f.confrelid
)
SELECT relid::regclass AS name, max(step) AS step FROM steps GROUP BY relid;

-- Rows that are there already would stay behind on the coordinator, unseen but readable, and
-- those of acs_events could not be removed.
DO $$
DECLARE
    t record;
    found boolean;
BEGIN
    FOR t IN SELECT name FROM tenant_tables LOOP
        EXECUTE format('SELECT EXISTS (SELECT 1 FROM %s)', t.name) INTO found;
        IF found THEN
            RAISE '% has rows', t.name USING HINT = 'Dump the data, distribute, restore the data.';
        END IF;
    END LOOP;
END
$$;

-- System types are the same for everybody: a copy on each node, with the built-in ones, which
-- their own trigger would take for somebody's claim.
ALTER TABLE acs_system_types DISABLE TRIGGER builtin_system_type_claimed;
SELECT create_reference_table('acs_system_types');
ALTER TABLE acs_system_types ENABLE TRIGGER builtin_system_type_claimed;

-- One group of shards, so that what belongs to a workspace lies together.
SELECT create_distributed_table('acs_systems', 'workspace_id', colocate_with => 'none');
SELECT format('SELECT create_distributed_table(%L, %L, colocate_with => %L)', name, 'workspace_id', 'acs_systems')
  FROM tenant_tables
 WHERE name <> 'acs_systems'::regclass
 ORDER BY step, name::text \gexec

\o
COMMIT;

-- Did it? Every table, in one group, with every trigger at work on every shard.
CREATE TEMP TABLE wrong AS
SELECT format('%s is not distributed by workspace_id, beside acs_systems', name) AS message
  FROM tenant_tables
  LEFT JOIN pg_dist_partition p ON p.logicalrelid = name
 WHERE p.partmethod IS DISTINCT FROM 'h'
    OR column_to_column_name(name, p.partkey) <> 'workspace_id'
    OR p.colocationid <> (SELECT colocationid FROM pg_dist_partition WHERE logicalrelid = 'acs_systems'::regclass)
UNION ALL
SELECT format('shard %s of %s lacks a trigger', shardid, name)
  FROM (SELECT name FROM tenant_tables UNION ALL SELECT 'acs_system_types'::regclass) AS tables
 CROSS JOIN LATERAL run_command_on_placements(name, $$
       SELECT count(*) FROM pg_trigger WHERE tgrelid = '%s'::regclass AND NOT tgisinternal AND tgenabled = 'O'
       $$) AS shards
 WHERE NOT success
    OR result::int <> (SELECT count(*) FROM pg_trigger
                        WHERE tgrelid = name AND NOT tgisinternal AND tgenabled = 'O');
DO $$ BEGIN
    IF EXISTS (SELECT FROM wrong) THEN
        RAISE '%', (SELECT string_agg(message, E'\n') FROM wrong);
    END IF;
END $$;
SELECT name AS distributed, count(*) AS shards
  FROM tenant_tables JOIN pg_dist_shard ON logicalrelid = name
 GROUP BY name ORDER BY name::text;
