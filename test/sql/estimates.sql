-- The planner's estimate tells a role that reads tables nothing of codes, people and
-- places in workspaces that it does not see; and the server keeps none of them in its statistics.
\set ours 'e5710000-0000-4000-8000-000000000001'
\set theirs 'e5710000-0000-4000-8000-000000000002'

-- Theirs: one code for three hundred nights, one person three hundred times.  Ours: other codes, other people.
SET credentials.workspace_id = :'theirs';
SELECT acs_system_id AS hotel FROM acs_systems_create('Hotel') \gset
INSERT INTO acs_credentials (acs_system_id, access_method, code, reference, created_at, starts_at, ends_at)
    SELECT :'hotel', 'code', '824759', 'theirs ' || night, '2001-01-01', night, night + '1 day'
      FROM generate_series('2001-01-01'::timestamptz, '2001-10-27', '1 day') AS night;
INSERT INTO acs_users (acs_system_id, full_name, email_address, phone_number)
    SELECT :'hotel', 'Jane Doe', 'jane@example.com', '555 0100' FROM generate_series(1, 300);
INSERT INTO acs_systems (system_type, name) SELECT 'generic', 'Hotel Bellevue' FROM generate_series(1, 300);
INSERT INTO acs_entrances (acs_system_id, display_name) SELECT :'hotel', 'Wine cellar' FROM generate_series(1, 300);
INSERT INTO acs_access_groups (acs_system_id, name) SELECT :'hotel', 'Night shift' FROM generate_series(1, 300);
SET credentials.workspace_id = :'ours';
SELECT acs_system_id AS annex FROM acs_systems_create('Annex') \gset
INSERT INTO acs_credentials (acs_system_id, access_method, code) SELECT :'annex', 'code', (200000 + n)::text FROM generate_series(1, 1000) AS n;
INSERT INTO acs_users (acs_system_id, full_name, email_address, phone_number)
    SELECT :'annex', 'User ' || n, n || '@example.com', '555 1' || n FROM generate_series(1, 1000) AS n;
INSERT INTO acs_systems (system_type, name) SELECT 'generic', 'Annex ' || n FROM generate_series(1, 1000) AS n;
INSERT INTO acs_entrances (acs_system_id, display_name) SELECT :'annex', 'Door ' || n FROM generate_series(1, 1000) AS n;
INSERT INTO acs_access_groups (acs_system_id, name) SELECT :'annex', 'Group ' || n FROM generate_series(1, 1000) AS n;
ANALYZE acs_credentials, acs_users, acs_systems, acs_entrances, acs_access_groups;

SELECT tablename, array_agg(attname ORDER BY attname) AS kept
  FROM pg_stats WHERE schemaname = 'acs' AND tablename IN ('acs_credentials', 'acs_users', 'acs_systems', 'acs_entrances', 'acs_access_groups')
   AND attname ~ 'code|number|identifier|name|address|reference|is_suspended|access_method' GROUP BY 1 ORDER BY 1;
SELECT count(*) AS with_a_code FROM pg_statistic AS s
 WHERE starelid::regclass::text IN ('acs_credentials', 'acs_users', 'acs_systems', 'acs_entrances', 'acs_access_groups')
   AND concat_ws(' ', stavalues1, stavalues2, stavalues3, stavalues4, stavalues5) ~
       '(?<![.\w])(824759|20000[1-9])\M|Jane Doe|theirs|Bellevue|Wine|Night|jane@example|555 0100';

CREATE FUNCTION pg_temp.estimate(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    plan jsonb;
BEGIN
    EXECUTE 'EXPLAIN (FORMAT json) ' || query INTO plan;
    RETURN concat_ws(' ', plan -> 0 -> 'Plan' ->> 'Node Type', plan -> 0 -> 'Plan' ->> 'Total Cost', plan -> 0 -> 'Plan' ->> 'Plan Rows');
END
$$;

CREATE ROLE regress_estimates;
GRANT USAGE ON SCHEMA acs TO regress_estimates;
GRANT SELECT ON ALL TABLES IN SCHEMA acs TO regress_estimates;
SET ROLE regress_estimates;
SELECT count(*) AS seen FROM acs_credentials WHERE code = '824759';
SELECT table_name, column_name, pg_temp.estimate(format('SELECT FROM %s WHERE %s = %L', table_name, column_name, theirs)) =
                    pg_temp.estimate(format('SELECT FROM %s WHERE %s = %L', table_name, column_name, nobodys)) AS same
  FROM (VALUES ('acs_credentials', 'code', '824759', '824758'),
               ('acs_credentials', 'identifier', '824759', '824758'),
               ('acs_credentials', 'card_number', '824759', '824758'),
               ('acs_credentials', 'display_name', 'Code 82****', 'Code 83****'),
               ('acs_credentials', 'reference', 'theirs 2001-03-01', 'ours'),
               ('acs_credentials_masked', 'display_name', 'Code 82****', 'Code 83****'),
               ('acs_users', 'full_name', 'Jane Doe', 'John Roe'),
               ('acs_users', 'email_address', 'jane@example.com', 'john@example.com'),
               ('acs_users', 'phone_number', '555 0100', '555 0101'),
               ('acs_systems', 'name', 'Hotel Bellevue', 'Hotel Miramar'),
               ('acs_entrances', 'display_name', 'Wine cellar', 'Coal cellar'),
               ('acs_access_groups', 'name', 'Night shift', 'Day shift')) AS columns (table_name, column_name, theirs, nobodys);
-- What is compared by order, and in a join.
SELECT pg_temp.estimate($$SELECT FROM acs_credentials WHERE code BETWEEN '824758' AND '824760'$$) =
       pg_temp.estimate($$SELECT FROM acs_credentials WHERE code BETWEEN '924758' AND '924760'$$) AS same,
       pg_temp.estimate($$SELECT FROM acs_credentials JOIN (VALUES ('824759'::acs_code)) AS v (code) USING (code)$$) =
       pg_temp.estimate($$SELECT FROM acs_credentials JOIN (VALUES ('924759'::acs_code)) AS v (code) USING (code)$$) AS same_join;
-- An estimate does depend on what is no secret.
SELECT pg_temp.estimate(format('SELECT FROM acs_users WHERE acs_system_id = %L', :'annex')) <>
       pg_temp.estimate(format('SELECT FROM acs_users WHERE acs_system_id = %L', :'ours')) AS other;
RESET ROLE;
DROP OWNED BY regress_estimates;
DROP ROLE regress_estimates;
