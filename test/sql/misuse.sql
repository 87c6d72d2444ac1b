-- Trigger functions of the extension where they do not belong: on any table, at any time,
-- for any event, with any arguments, called as plain functions.  What comes of it is an error
-- that says so, or nothing; never an internal error, or the end of the server.
CREATE DATABASE regression_credentials_misuse;
\set database :DBNAME
\c regression_credentials_misuse
CREATE EXTENSION credentials;
SET credentials.workspace_id = '3150e000-0000-4000-8000-000000000000';

-- One row in each of our tables.
SELECT acs_system_id AS hotel FROM acs_systems_create('Hotel') \gset
SELECT acs_entrance_id AS door FROM acs_entrances_create(:'hotel', 'Door') \gset
SELECT acs_access_group_id AS staff FROM acs_access_groups_create(:'hotel', 'Staff', ARRAY[:'door']::uuid[]) \gset
SELECT acs_user_id AS jane FROM acs_users_create(:'hotel', 'Jane Doe', acs_access_group_ids => ARRAY[:'staff']::uuid[]) \gset
SELECT acs_credential_id AS pin FROM acs_credentials_create(:'jane', 'code', '824759', allowed_acs_entrance_ids => ARRAY[:'door']::uuid[]) \gset

-- Tables like each of them, in which nothing is required; like those of which most is expected,
-- with what is required there; with an index, with partitions; a view; and tables that are
-- like none.  What record_change is told that it is on.
CREATE TEMP TABLE places (place text, source text, subject text);
INSERT INTO places VALUES
    ('system', 'acs_systems', 'acs_system'), ('person', 'acs_users', 'acs_user'), ('entrance', 'acs_entrances', 'acs_entrance'),
    ('access_group', 'acs_access_groups', 'acs_access_group'), ('member', 'acs_access_groups_users', 'acs_access_group_user'),
    ('group_door', 'acs_access_groups_entrances', 'acs_access_group_entrance'), ('credential', 'acs_credentials', 'acs_credential'),
    ('credential_door', 'acs_credential_entrances', 'acs_credential_entrance'), ('event', 'acs_events', 'acs_event'),
    ('strict_credential', 'acs_credentials', 'acs_credential'), ('indexed', 'acs_credentials', 'acs_credential'),
    ('parts', 'acs_credentials', 'acs_credential'), ('seen', 'acs_credentials', 'acs_credential'),
    ('numbers', NULL, 'acs_user'), ('texts', NULL, 'acs_credential');
DO $$
DECLARE
    command text;
BEGIN
    FOR command IN SELECT format('CREATE TABLE %I (LIKE %I %s)', place, source, CASE WHEN place ~ 'strict' THEN 'INCLUDING INDEXES' END)
                     FROM places WHERE source IS NOT NULL AND place NOT IN ('parts', 'seen') LOOP
        EXECUTE command;
    END LOOP;
    FOR command IN SELECT format('ALTER TABLE %s ALTER %I DROP NOT NULL', attrelid::regclass, attname)
                     FROM places JOIN pg_attribute ON attrelid = to_regclass(place)
                    WHERE attnotnull AND attnum > 0 AND place !~ 'strict' LOOP
        EXECUTE command;
    END LOOP;
END
$$;
CREATE INDEX ON indexed (identifier, acs_system_id, access_method, workspace_id, valid_from);
CREATE TABLE parts (LIKE credential) PARTITION BY LIST (workspace_id);
CREATE TABLE part PARTITION OF parts DEFAULT;
CREATE VIEW seen AS SELECT * FROM credential;
CREATE TABLE numbers (a integer);
CREATE TABLE texts (workspace_id text, acs_credential_id text, acs_user_id text, code text, access_method text, identifier text);

-- A row that is all null, and one that is as ours, are inserted, changed, deleted, truncated:
-- SQLSTATE and rule of each that fails, the words of what is internal.
CREATE FUNCTION pg_temp.provoke(place text, source text, first text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    statement text;
    rule text;
    outcome text := '';
BEGIN
    FOREACH statement IN ARRAY ARRAY[
        format('INSERT INTO %I (%I) VALUES (NULL)', place, first),
        CASE WHEN source IS NOT NULL THEN format('INSERT INTO %I SELECT * FROM %I', place, source) END,
        format('UPDATE %I SET %I = %I', place, first, first), format('UPDATE %I SET %I = NULL', place, first),
        format('DELETE FROM %I', place), format('TRUNCATE %I', place)] LOOP
        CONTINUE WHEN statement IS NULL;
        BEGIN
            EXECUTE statement;
            SET CONSTRAINTS ALL IMMEDIATE;
        EXCEPTION WHEN OTHERS THEN
            GET STACKED DIAGNOSTICS rule = CONSTRAINT_NAME;
            outcome := concat_ws(' ', outcome, SQLSTATE, nullif(rule, ''), CASE WHEN SQLSTATE ~ '^XX' THEN SQLERRM END);
        END;
    END LOOP;
    RETURN outcome;
END
$$;

-- As a trigger in one way; null if the server does not let it be one.
CREATE FUNCTION pg_temp.misuse(function regproc, place text, source text, timing text, arguments text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    first text := (SELECT attname FROM pg_attribute WHERE attrelid = place::regclass AND attnum = 1);
    outcome text;
BEGIN
    IF place !~ 'strict' THEN
        EXECUTE format('INSERT INTO %I (%I) VALUES (NULL)', place, first);
    END IF;
    EXECUTE format('CREATE TRIGGER misuse %s OR UPDATE OR DELETE %s EXECUTE FUNCTION %s(%s)',
                   split_part(timing, '/', 1), format(split_part(timing, '/', 2), place), function, replace(arguments, '@', first));
    outcome := pg_temp.provoke(place, source, first);
    RAISE EXCEPTION USING ERRCODE = 'UNDO0';
EXCEPTION
    WHEN SQLSTATE 'UNDO0' THEN
        RETURN outcome;
    WHEN wrong_object_type OR feature_not_supported THEN
        RETURN NULL;
END
$$;

CREATE TEMP TABLE functions AS
    SELECT p.oid::regproc AS function,
           coalesce((SELECT max(tgnargs) > 0 FROM pg_trigger WHERE tgfoid = p.oid), true) AS has_arguments
      FROM pg_proc AS p JOIN pg_depend AS d ON d.objid = p.oid AND d.classid = 'pg_proc'::regclass AND d.deptype = 'e'
     WHERE prorettype = 'trigger'::regtype;
CREATE TEMP TABLE outcomes AS
    SELECT function, place, timing, pg_temp.misuse(function, place, source, timing, arguments) AS outcome
      FROM functions, places,
           unnest(CASE WHEN place = 'seen' THEN ARRAY['INSTEAD OF INSERT/ON %I FOR EACH ROW']
                       ELSE ARRAY['BEFORE INSERT/ON %I FOR EACH ROW', 'AFTER INSERT/ON %I FOR EACH ROW',
                                  'BEFORE TRUNCATE OR INSERT/ON %I', 'AFTER TRUNCATE OR INSERT/ON %I'] END) AS timing,
           unnest(CASE WHEN timing !~ 'ROW' THEN ARRAY['']
                       WHEN NOT has_arguments THEN ARRAY['', '''x''']
                       ELSE ARRAY['', quote_literal(subject), '''x'', ''y''',
                                  '''acs_user_id=@'', ''acs_system_id=@'', ''full_name=@'''] END) AS arguments;
SELECT function, place, timing, outcome FROM outcomes WHERE outcome ~ 'XX...' ORDER BY 1, 2, 3, 4;
-- They were tried, and refused as triggers.
SELECT count(DISTINCT (function, place)) > 50 AS tried, count(*) FILTER (WHERE outcome ~ '39P01') > 200 AS refused FROM outcomes;

-- On a table like ours in all but a list that can be null, which is compared with what it was.
CREATE TABLE unsure (LIKE acs_credentials INCLUDING INDEXES);
ALTER TABLE unsure ALTER disable_reasons DROP NOT NULL;
INSERT INTO unsure SELECT * FROM acs_credentials;
CREATE TRIGGER t AFTER UPDATE ON unsure FOR EACH ROW EXECUTE FUNCTION acs_record_change('acs_credential');
UPDATE unsure SET disable_reasons = NULL;

-- Called as plain functions.
CREATE FUNCTION pg_temp.called(function regproc) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('SELECT %s()', function);
    RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE;
END
$$;
SELECT DISTINCT pg_temp.called(function) FROM functions ORDER BY 1;

\c :database
DROP DATABASE regression_credentials_misuse;
