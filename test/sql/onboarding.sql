-- Users of the rows that an application's table had before its trigger.
SET datestyle = 'ISO';
SET timezone = 'UTC';
SET credentials.workspace_id = '0b0a4d00-0000-4000-8000-00000000000e';
SELECT acs_system_id AS foreign_site FROM acs_systems_create('Foreign site') \gset
SET credentials.workspace_id = '0b0a4d00-0000-4000-8000-000000000000';
SELECT acs_system_id AS harbour FROM acs_systems_create('Harbour', time_zone => 'Europe/Berlin') \gset
SELECT acs_system_id AS airport FROM acs_systems_create('Airport') \gset
\set ada 'ada00000-0000-4000-8000-00000b0a4d00'
\set bob 'b0b00000-0000-4000-8000-00000b0a4d00'
\set cleo 'c1e00000-0000-4000-8000-00000b0a4d00'
\set dan 'da000000-0000-4000-8000-00000b0a4d00'
CREATE SCHEMA club;
CREATE TABLE club.members (id uuid, site_id uuid, name text, email text, person_id uuid, is_here boolean, last_day date);
INSERT INTO club.members VALUES
    (:'ada', :'harbour', 'Ada', 'ada@example.com', '22222222-2222-4222-8222-222222222222', true, '2100-07-04'),
    (:'bob', :'airport', 'Bob', NULL, NULL, NULL, NULL);
CREATE TEMP VIEW users AS
    SELECT u.full_name, s.name AS at, u.email_address AS email, u.user_identity_id IS NOT NULL AS person, u.is_suspended AS suspended, u.access_ends_at AS ends_at
      FROM acs_users u JOIN acs_systems s USING (workspace_id, acs_system_id) WHERE u.workspace_id = acs_workspace_id() ORDER BY u.full_name;

-- Without a trigger there is nothing to go by.
SELECT fails($$SELECT acs_users_follow('club.members')$$) AS no_trigger, fails('SELECT acs_users_follow(NULL)') AS no_table;
\set mapping '''acs_user_id=id'', ''acs_system_id=site_id'', ''full_name=name'', ''email_address=email'', ''user_identity_id=person_id'', ''active=is_here'', ''access_ends_at=last_day'''
\set create 'CREATE TRIGGER acs AFTER INSERT OR UPDATE OR DELETE ON club.members FOR EACH ROW EXECUTE FUNCTION acs_follow_user_changes(' :mapping ')'
:create;
SELECT count(*) FROM users;
-- What the trigger would have done:
SELECT acs_users_follow('club.members');
SELECT * FROM users;
SELECT event_type, count(*) FROM acs_events WHERE workspace_id = acs_workspace_id() AND event_type LIKE 'acs_user.%' GROUP BY 1;
-- Again makes those who are missing, and leaves the others as they are: a suspension here is not undone.
SELECT acs_users_suspend(:'ada'), acs_users_delete(:'bob');
SELECT full_name FROM acs_users_update(:'ada', full_name => 'Ada Lovelace');
SELECT acs_users_follow('club.members'), acs_users_follow('club.members') AS again;
SELECT full_name, suspended FROM users;
-- From then on the trigger follows.
UPDATE club.members SET name = 'Robert' WHERE id = :'bob';
DELETE FROM club.members WHERE id = :'ada';
SELECT full_name FROM users;

-- A row that is refused is told by its id, or by its place where it has none; nothing is done then.
ALTER TABLE club.members DISABLE TRIGGER acs;
SELECT fails($$SELECT acs_users_follow('club.members')$$) AS disabled;
CREATE FUNCTION pg_temp.refused(guest text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    result text;
BEGIN
    SET LOCAL session_replication_role = replica;
    EXECUTE format('INSERT INTO club.members VALUES %s', guest);
    SET LOCAL session_replication_role = origin;
    ALTER TABLE club.members ENABLE TRIGGER acs;
    result := fails($q$SELECT acs_users_follow('club.members')$q$);
    ALTER TABLE club.members DISABLE TRIGGER acs;
    DELETE FROM club.members WHERE id IS DISTINCT FROM 'b0b00000-0000-4000-8000-00000b0a4d00';
    RETURN regexp_replace(result, '\(\d+,\d+\)', '(place)');
END
$$;
SELECT what, pg_temp.refused(format(guest, :'cleo', :'harbour', :'foreign_site')) AS error
  FROM (VALUES ('no name', '(%1$L, %2$L, NULL)'), ('blank name', '(%1$L, %2$L, '' '')'), ('no system', '(%1$L, NULL, ''Cleo'')'), ('system of another workspace', '(%1$L, %3$L, ''Cleo'')'),
               ('no id', '(NULL, %2$L, ''Cleo'')'), ('no such day', '(%1$L, %2$L, ''Cleo'', NULL, NULL, NULL, ''5874897-12-31'')'), ('end before the start of time', '(%1$L, %2$L, ''Cleo'', NULL, NULL, NULL, ''-infinity'')')) AS t (what, guest);
SELECT count(*) AS users FROM users;
-- the identity of somebody else
SELECT acs_user_id AS eve FROM acs_users_create(:'harbour', 'Eve', user_identity_id => '22222222-2222-4222-8222-222222222222') \gset
SELECT pg_temp.refused(format($$(%L, %L, 'Cleo', NULL, '22222222-2222-4222-8222-222222222222')$$, :'cleo', :'harbour'));
SELECT acs_users_delete(:'eve');
-- a text that is no id, told in part if it is long
CREATE TABLE club.badges (id text, site_id uuid, name text);
CREATE TRIGGER acs AFTER INSERT ON club.badges FOR EACH ROW EXECUTE FUNCTION acs_follow_user_changes('acs_user_id=id', 'acs_system_id=site_id', 'full_name=name');
SET session_replication_role = replica;
INSERT INTO club.badges VALUES (repeat('ä', 1000), :'harbour', 'Dan');
RESET session_replication_role;
SELECT substring(fails($$SELECT acs_users_follow('club.badges')$$) FROM 'The row.*') AS detail;

-- A table of several workspaces: a system at a time.
DELETE FROM club.members;
INSERT INTO club.members VALUES (:'ada', :'harbour', 'Ada'), (:'bob', :'airport', 'Bob'), (:'cleo', :'foreign_site', 'Cleo'), (:'dan', NULL, 'Dan');
ALTER TABLE club.members ENABLE TRIGGER acs;
SELECT acs_users_delete(acs_user_id) FROM acs_users_list();
SELECT acs_users_follow('club.members', :'harbour');
SELECT full_name, at FROM users;
SELECT name, acs_users_follow('club.members', acs_system_id) FROM acs_systems_list();
SELECT full_name, at FROM users;
SELECT split_part(fails($$SELECT acs_users_follow('club.members', $1)$$, :'foreign_site'), ' |', 1) AS foreign;

-- Which rows are users must be clear.
CREATE TRIGGER second AFTER INSERT ON club.members FOR EACH ROW EXECUTE FUNCTION acs_follow_user_changes('acs_user_id=id', 'acs_system_id=site_id', 'full_name=email');
SELECT fails($$SELECT acs_users_follow('club.members')$$) AS two_triggers;
DROP TRIGGER second ON club.members;
DROP TRIGGER acs ON club.members;
CREATE TRIGGER acs AFTER INSERT ON club.members FOR EACH ROW WHEN (NEW.name <> 'Draft')
    EXECUTE FUNCTION acs_follow_user_changes('acs_user_id=id', 'acs_system_id=site_id', 'full_name=name');
SELECT fails($$SELECT acs_users_follow('club.members')$$) AS condition;
DROP TRIGGER acs ON club.members;
CREATE TRIGGER acs AFTER UPDATE OR DELETE ON club.members FOR EACH ROW EXECUTE FUNCTION acs_follow_user_changes('acs_user_id=id', 'acs_system_id=site_id', 'full_name=name');
SELECT fails($$SELECT acs_users_follow('club.members')$$) AS not_on_insert;
DROP TRIGGER acs ON club.members;
CREATE TRIGGER acs AFTER INSERT ON club.members FOR EACH ROW EXECUTE FUNCTION acs_follow_user_changes('acs_user_id=id');
SELECT fails($$SELECT acs_users_follow('club.members')$$) AS incomplete;
CREATE VIEW club.member_view AS TABLE club.members;
SELECT split_part(fails($$SELECT acs_users_follow('club.member_view')$$), ' |', 1) AS view, fails('SELECT acs_users_follow(0)') AS nothing;

-- A partitioned table, whatever the order of the partitions' columns.
CREATE TABLE club.tenants (id uuid NOT NULL, site_id uuid NOT NULL, floor integer, name text) PARTITION BY LIST (floor);
CREATE TABLE club.first_floor PARTITION OF club.tenants FOR VALUES IN (1);
CREATE TABLE club.second_floor (name text, dropped text, floor integer, site_id uuid NOT NULL, id uuid NOT NULL);
ALTER TABLE club.second_floor DROP COLUMN dropped;
ALTER TABLE club.tenants ATTACH PARTITION club.second_floor FOR VALUES IN (2);
INSERT INTO club.tenants VALUES (:'cleo', :'harbour', 1, 'Cleo'), (:'dan', :'harbour', 2, 'Dan');
SELECT left(fails($$SELECT acs_users_follow('club.tenants')$$), 18) AS no_trigger;
CREATE TRIGGER acs AFTER INSERT OR UPDATE OR DELETE ON club.tenants FOR EACH ROW EXECUTE FUNCTION acs_follow_user_changes('acs_user_id=id', 'acs_system_id=site_id', 'full_name=name');
SELECT acs_users_follow('club.second_floor');
SELECT acs_users_follow('club.tenants');
SELECT full_name FROM users;
ALTER TABLE club.first_floor DISABLE TRIGGER acs;
SELECT fails($$SELECT acs_users_follow('club.tenants')$$) AS not_in_all;

-- At any isolation level, rows that were committed meanwhile are not left out; what this
-- transaction has deleted is.
BEGIN ISOLATION LEVEL REPEATABLE READ;
DELETE FROM club.second_floor;
INSERT INTO club.second_floor (id, site_id, floor, name) VALUES (:'dan', :'harbour', 2, 'Daniel');
SELECT acs_users_delete(:'dan');
SELECT acs_users_follow('club.second_floor');
SELECT full_name FROM users;
ROLLBACK;
BEGIN READ ONLY;
SELECT fails($$SELECT acs_users_follow('club.tenants')$$);
ROLLBACK;

-- Who may: with EXECUTE, whoever may read the table, and all of it.
CREATE ROLE regress_acs_onboarding;
GRANT USAGE ON SCHEMA acs, club TO regress_acs_onboarding;
SET ROLE regress_acs_onboarding;
SELECT fails($$SELECT acs_users_follow('club.second_floor')$$) AS without_execute;
RESET ROLE;
GRANT EXECUTE ON FUNCTION acs_users_follow TO regress_acs_onboarding;
SET ROLE regress_acs_onboarding;
SELECT fails($$SELECT acs_users_follow('club.second_floor')$$) AS without_select;
RESET ROLE;
GRANT SELECT ON club.second_floor TO regress_acs_onboarding;
SET ROLE regress_acs_onboarding;
SELECT fails($$SELECT acs_users_follow('club.second_floor')$$) AS with_both;
RESET ROLE;
ALTER TABLE club.second_floor ENABLE ROW LEVEL SECURITY;
SET ROLE regress_acs_onboarding;
SELECT fails($$SELECT acs_users_follow('club.second_floor')$$) AS filtered;
RESET ROLE;
DROP OWNED BY regress_acs_onboarding;
DROP ROLE regress_acs_onboarding;

-- Many rows in one statement take no more memory than few.
CREATE TABLE club.crowd (id uuid, site_id uuid, name text);
INSERT INTO club.crowd SELECT gen_random_uuid(), :'harbour', 'Member ' || n FROM generate_series(1, 6000) AS n;
CREATE TRIGGER acs AFTER INSERT OR UPDATE OR DELETE ON club.crowd FOR EACH ROW EXECUTE FUNCTION acs_follow_user_changes('acs_user_id=id', 'acs_system_id=site_id', 'full_name=name');
CREATE TABLE pg_temp.memory (n integer, contexts bigint, bytes numeric);
CREATE FUNCTION pg_temp.sample() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO pg_temp.memory SELECT substr(NEW.full_name, 8)::integer, count(*), sum(total_bytes) FROM pg_backend_memory_contexts WHERE name <> 'AfterTriggerEvents';
    RETURN NULL;
END
$$;
CREATE TRIGGER sample AFTER INSERT ON acs_users FOR EACH ROW WHEN (NEW.full_name IN ('Member 1000', 'Member 2000', 'Member 6000')) EXECUTE FUNCTION pg_temp.sample();
SELECT acs_users_follow('club.crowd');
SELECT max(contexts) - min(contexts) < 10 AS no_more_contexts, max(bytes) - min(bytes) < 100000 AS no_more_memory FROM pg_temp.memory WHERE n > 1000; -- the first sample takes some itself
DROP TRIGGER sample ON acs_users;
DELETE FROM club.crowd;
SELECT count(*) FROM users WHERE full_name LIKE 'Member %';
DROP SCHEMA club CASCADE;
