-- Trigger functions of the extension where they do not belong: on any table, at any time,
-- for any event, with any arguments, called as plain functions.  What comes of it is an error
-- that says so, or nothing; never an internal error, or the end of the server.
SET credentials.workspace_id = '3150e000-0000-4000-8000-000000000000';
CREATE DATABASE regression_credentials_misuse;
\set database :DBNAME
\c regression_credentials_misuse
CREATE EXTENSION credentials;
SET credentials.workspace_id = '3150e000-0000-4000-8000-000000000000';

SELECT acs_system_id AS hotel FROM acs_systems_create('Hotel') \gset
SELECT acs_user_id AS jane FROM acs_users_create(:'hotel', 'Jane Doe') \gset
SELECT acs_credential_id AS pin FROM acs_credentials_create(:'jane', 'code', '824759') \gset

-- Tables: with nothing, with the columns of ours and none of them required, or all; partitioned; a view.
CREATE TABLE nothing (a integer);
CREATE TABLE credentials (LIKE acs_credentials);
CREATE TABLE indexed (LIKE acs_credentials);
CREATE INDEX ON indexed (identifier, acs_system_id, access_method, workspace_id, valid_from);
CREATE TABLE users (LIKE acs_users);
CREATE TABLE memberships (LIKE acs_access_groups_users);
CREATE TABLE group_doors (LIKE acs_access_groups_entrances);
CREATE TABLE credential_doors (LIKE acs_credential_entrances);
CREATE TABLE systems (LIKE acs_systems);
CREATE TABLE entrances (LIKE acs_entrances);
CREATE TABLE groups (LIKE acs_access_groups);
CREATE TABLE events (LIKE acs_events);
CREATE TABLE texts (workspace_id text, acs_credential_id text, acs_user_id text, code text, access_method text, identifier text);
CREATE TABLE parts (LIKE acs_credentials) PARTITION BY LIST (workspace_id);
CREATE TABLE part PARTITION OF parts DEFAULT;
CREATE TABLE user_parts (LIKE acs_users) PARTITION BY LIST (workspace_id);
CREATE TABLE user_part PARTITION OF user_parts DEFAULT;
CREATE VIEW seen AS SELECT * FROM credentials;
CREATE SCHEMA strict;
CREATE TABLE strict.credentials (LIKE acs_credentials INCLUDING INDEXES);
CREATE TABLE strict.unindexed (LIKE acs_credentials INCLUDING DEFAULTS);
CREATE TABLE strict.users (LIKE acs_users INCLUDING DEFAULTS);
CREATE TABLE strict.parts (LIKE acs_credentials) PARTITION BY LIST (workspace_id);
CREATE TABLE strict.part PARTITION OF strict.parts DEFAULT;
CREATE TEMP TABLE places AS
    SELECT oid::regclass AS place FROM pg_class
     WHERE relnamespace IN ('public'::regnamespace, 'strict'::regnamespace) AND relkind IN ('r', 'p', 'v')
       AND relname !~ '^acs_' AND relname !~ 'part$';
DO $$
DECLARE
    required record;
BEGIN
    FOR required IN SELECT attrelid::regclass AS place, attname FROM pg_attribute
                      JOIN pg_class ON oid = attrelid
                     WHERE attnotnull AND attnum > 0 AND relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
                       AND relname !~ '^acs_' LOOP
        EXECUTE format('ALTER TABLE %s ALTER %I DROP NOT NULL', required.place, required.attname);
    END LOOP;
END
$$;

-- A row that is all null, or filled as a row of ours is, is inserted, changed, deleted, truncated.
CREATE FUNCTION pg_temp.provoke(place regclass) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    statement text;
    name text := (SELECT attname FROM pg_attribute WHERE attrelid = place AND attnum = 1);
    source text := CASE WHEN place::text ~ 'user' THEN 'acs_users' WHEN place::text ~ 'credentials|indexed|parts' THEN 'acs_credentials' END;
    outcome text := '';
    rule text;
    statements text[] := ARRAY[format('INSERT INTO %s (%I) VALUES (NULL)', place, name),
        format('INSERT INTO %s SELECT * FROM %s', place, source),
        format('UPDATE %s SET %I = %I', place, name, name),
        format('UPDATE %s SET %I = NULL', place, name),
        format('DELETE FROM %s', place),
        format('TRUNCATE %s', place)];
BEGIN
    FOREACH statement IN ARRAY statements LOOP
        CONTINUE WHEN statement IS NULL;
        BEGIN
            EXECUTE statement;
            SET CONSTRAINTS ALL IMMEDIATE;
        EXCEPTION WHEN OTHERS THEN
            GET STACKED DIAGNOSTICS rule = CONSTRAINT_NAME;
            outcome := outcome || ' ' || SQLSTATE || coalesce(' ' || nullif(rule, ''), '');
            IF SQLSTATE = 'XX000' THEN
                outcome := outcome || ' ' || SQLERRM;
            END IF;
        END;
    END LOOP;
    RETURN outcome;
END
$$;

-- Every function that returns a trigger, in every way in which the server lets it be one;
-- on a row that was there before, too.
CREATE FUNCTION pg_temp.misuse(function regprocedure, place regclass) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
    timing text;
    argument text;
    outcome text;
    name text := (SELECT attname FROM pg_attribute WHERE attrelid = place AND attnum = 1);
BEGIN
    FOREACH timing IN ARRAY '{BEFORE INSERT OR UPDATE OR DELETE/ROW,AFTER INSERT OR UPDATE OR DELETE/ROW,INSTEAD OF INSERT OR UPDATE OR DELETE/ROW,
        BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE/STATEMENT,AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE/STATEMENT}'::text[] LOOP
        FOREACH argument IN ARRAY ARRAY['', '''''', '''acs_user''', '''acs_credential''', '''x'', ''y''',
            format('''acs_user_id=%s'', ''acs_system_id=%s'', ''full_name=%s''', name, name, name)] LOOP
            BEGIN
                IF place::text !~ 'strict' THEN
                    EXECUTE format('INSERT INTO %s (%I) VALUES (NULL)', place, name);
                END IF;
                EXECUTE format('CREATE TRIGGER misuse %s ON %s FOR EACH %s EXECUTE FUNCTION %s(%s)',
                               split_part(timing, '/', 1), place, split_part(timing, '/', 2), function::oid::regproc, argument);
                outcome := pg_temp.provoke(place);
                RAISE EXCEPTION USING ERRCODE = 'UNDO0';
            EXCEPTION
                WHEN SQLSTATE 'UNDO0' THEN RETURN NEXT outcome;
                WHEN SQLSTATE '42809' OR SQLSTATE '0A000' OR SQLSTATE '42P17' OR SQLSTATE '42601' THEN NULL; -- the server does not let it be one
            END;
        END LOOP;
    END LOOP;
END
$$;
CREATE TEMP TABLE functions AS
    SELECT p.oid::regprocedure AS function FROM pg_proc AS p JOIN pg_depend AS d ON d.objid = p.oid AND d.classid = 'pg_proc'::regclass AND d.deptype = 'e'
     WHERE prorettype = 'trigger'::regtype;
CREATE TEMP TABLE outcomes AS SELECT function, place, outcome FROM functions, places, pg_temp.misuse(function, place) AS outcome;
SELECT function, place, outcome, count(*) FROM outcomes WHERE outcome ~ 'XX000' GROUP BY 1, 2, 3 ORDER BY 1, 2, 3;
SELECT count(DISTINCT (function, place)) > 50 AS tried, bool_or(outcome ~ '39P01') AS refused FROM outcomes;

-- Called as plain functions.
CREATE FUNCTION pg_temp.called(function regprocedure) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE 'SELECT ' || function;
    RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE;
END
$$;
SELECT DISTINCT pg_temp.called(function) FROM functions ORDER BY 1;

\c :database
DROP DATABASE regression_credentials_misuse;
