-- Users that follow the rows of an application's own table.  The application goes on
-- writing its table; one trigger keeps a user for each row, and with it the doors.
SET datestyle = 'ISO';
SET timezone = 'UTC';
\set here 'f0110000-0000-4000-8000-000000000000'
\set elsewhere 'f0110000-0000-4000-8000-00000000000e'
SET credentials.workspace_id = :'elsewhere';
SELECT acs_system_id AS foreign_site FROM acs_systems_create('Foreign site') \gset
SET credentials.workspace_id = :'here';
SELECT acs_system_id AS harbour FROM acs_systems_create('Harbour') \gset
SELECT acs_system_id AS airport FROM acs_systems_create('Airport') \gset
SELECT acs_entrance_id AS door FROM acs_entrances_create(:'harbour', 'Front door') \gset

-- The application: a coworking space.
CREATE SCHEMA coworking;
CREATE TABLE coworking.companies (company text PRIMARY KEY);
CREATE TABLE coworking.members (
    id           uuid PRIMARY KEY,
    site_id      uuid NOT NULL,
    name         text,
    email        text UNIQUE,
    phone        text,
    person_id    uuid,
    is_blocked   boolean,
    member_from  timestamptz,
    member_until timestamptz,
    company      text REFERENCES coworking.companies ON UPDATE CASCADE ON DELETE CASCADE,
    desk         text
);
INSERT INTO coworking.companies VALUES ('Analytical Engines'), ('Bletchley');
\set ada 'ada00000-0000-4000-8000-000000000000'
\set bob 'b0b00000-0000-4000-8000-000000000000'
\set cleo 'c1e00000-0000-4000-8000-000000000000'
\set dan 'da000000-0000-4000-8000-000000000000'

-- All it takes:
CREATE TRIGGER acs AFTER INSERT OR UPDATE OR DELETE ON coworking.members
    FOR EACH ROW EXECUTE FUNCTION acs_follow_user_changes(
        'acs_user_id=id', 'acs_system_id=site_id', 'full_name=name',
        'email_address=email', 'phone_number=phone', 'user_identity_id=person_id',
        'suspended=is_blocked', 'access_starts_at=member_from', 'access_ends_at=member_until');

-- To look at: the users, and the events since the last look.
SET client_min_messages = warning;
CREATE VIEW pg_temp.users AS
    SELECT u.full_name, s.name AS at, u.email_address AS email, u.phone_number AS phone, u.is_suspended AS suspended,
           u.access_starts_at AS starts_at, u.access_ends_at AS ends_at
      FROM acs_users u JOIN acs_systems s USING (workspace_id, acs_system_id)
     WHERE u.workspace_id = acs_workspace_id() ORDER BY u.full_name, s.name;
CREATE TABLE pg_temp.seen AS SELECT acs_uuid() AS event_id;
CREATE PROCEDURE pg_temp.look_away() LANGUAGE sql AS 'UPDATE pg_temp.seen SET event_id = acs_uuid()';
CREATE FUNCTION pg_temp.news() RETURNS TABLE (event text, details text) LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY
        SELECT e.event_type, regexp_replace(e.details::text, '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}', '<id>', 'g')
          FROM acs_events e, pg_temp.seen s
         WHERE e.workspace_id = acs_workspace_id() AND e.event_id > s.event_id ORDER BY e.event_id;
    CALL pg_temp.look_away();
END
$$;

---------------------------------------------------------------------------
-- Insert, update, delete
---------------------------------------------------------------------------

INSERT INTO coworking.members (id, site_id, name, email) VALUES (:'ada', :'harbour', 'Ada', 'ada@example.com');
SELECT * FROM pg_temp.users;
SELECT * FROM pg_temp.news();
SELECT acs_user_id = :'ada' AS same_id, user_identity_id IS NULL AS no_identity FROM acs_users_get(:'ada');

-- An update tells the user what has changed,
UPDATE coworking.members SET name = 'Ada Lovelace' WHERE id = :'ada';
SELECT * FROM pg_temp.news();
UPDATE coworking.members SET email = 'countess@example.com', phone = '+44 20 7946 0000', member_until = '2100-07-01', desk = '7'
 WHERE id = :'ada';
SELECT * FROM pg_temp.users;
SELECT * FROM pg_temp.news();
UPDATE coworking.members SET email = NULL, phone = NULL, member_until = NULL WHERE id = :'ada';
SELECT * FROM pg_temp.users;
SELECT * FROM pg_temp.news();
-- a column that is not mapped is none of its business, nor is a change that changes nothing
UPDATE coworking.members SET desk = '8' WHERE id = :'ada';
UPDATE coworking.members SET name = name, is_blocked = is_blocked WHERE id = :'ada';
SELECT * FROM pg_temp.news();

-- Blocked is suspended.
UPDATE coworking.members SET is_blocked = true WHERE id = :'ada';
UPDATE coworking.members SET is_blocked = false, desk = '9' WHERE id = :'ada';
UPDATE coworking.members SET is_blocked = NULL WHERE id = :'ada';
SELECT * FROM pg_temp.news();
SELECT is_suspended FROM acs_users_get(:'ada');
-- and what it means together with another change is told apart
UPDATE coworking.members SET is_blocked = true, name = 'Ada L.' WHERE id = :'ada';
SELECT * FROM pg_temp.news();

DELETE FROM coworking.members WHERE id = :'ada';
SELECT * FROM pg_temp.users;
SELECT * FROM pg_temp.news();

---------------------------------------------------------------------------
-- At the door
---------------------------------------------------------------------------

INSERT INTO coworking.members (id, site_id, name) VALUES (:'ada', :'harbour', 'Ada');
SELECT acs_credential_id AS pin FROM acs_credentials_create(:'ada', 'code', '824759',
    allowed_acs_entrance_ids => ARRAY[:'door']::uuid[]) \gset
CREATE VIEW pg_temp.at_the_door AS
    SELECT d.granted, d.reasons FROM acs_access_check((SELECT acs_entrance_id FROM acs_entrances_list(search => 'Front door')), 'code', '824759') d;
SELECT * FROM pg_temp.at_the_door;

-- A change counts from the next decision on, in the same transaction, too.
BEGIN;
UPDATE coworking.members SET is_blocked = true WHERE id = :'ada';
SELECT * FROM pg_temp.at_the_door;
ROLLBACK;
SELECT * FROM pg_temp.at_the_door;
UPDATE coworking.members SET is_blocked = true, member_until = '2001-01-01' WHERE id = :'ada';
SELECT * FROM pg_temp.at_the_door;
UPDATE coworking.members SET is_blocked = false WHERE id = :'ada';
SELECT * FROM pg_temp.at_the_door;
UPDATE coworking.members SET member_until = '2100-01-01' WHERE id = :'ada';
SELECT * FROM pg_temp.at_the_door;
UPDATE coworking.members SET member_from = '2099-01-01' WHERE id = :'ada';
SELECT * FROM pg_temp.at_the_door;
UPDATE coworking.members SET member_from = NULL, member_until = NULL WHERE id = :'ada';

-- Blocking and unblocking the member leaves a lost credential lost.
SELECT display_name FROM acs_credentials_disable(:'pin', 'lost');
SELECT * FROM pg_temp.at_the_door;
UPDATE coworking.members SET is_blocked = true WHERE id = :'ada';
SELECT * FROM pg_temp.at_the_door;
UPDATE coworking.members SET is_blocked = false WHERE id = :'ada';
SELECT * FROM pg_temp.at_the_door;
SELECT disable_reasons FROM acs_credentials WHERE acs_credential_id = :'pin';
SELECT display_name FROM acs_credentials_enable(:'pin', 'lost');
SELECT * FROM pg_temp.at_the_door;

-- What the door is told past the table holds until the row says otherwise:
-- a suspension outlives a new phone number,
SELECT acs_users_suspend(:'ada');
SELECT count(*) FROM acs_users_update(:'ada', access_ends_at => '2100-01-01', email_address => 'desk@example.com');
UPDATE coworking.members SET phone = '+44 20 7946 0001' WHERE id = :'ada';
SELECT * FROM pg_temp.users;
SELECT * FROM pg_temp.at_the_door;
-- but not the end of a block.
UPDATE coworking.members SET is_blocked = true WHERE id = :'ada';
UPDATE coworking.members SET is_blocked = false WHERE id = :'ada';
SELECT * FROM pg_temp.at_the_door;

-- Who is deleted leaves no credential behind.
CALL pg_temp.look_away();
DELETE FROM coworking.members WHERE id = :'ada';
SELECT * FROM pg_temp.at_the_door;
SELECT fails('SELECT acs_credentials_get($1)', :'pin');
SELECT * FROM pg_temp.news();

---------------------------------------------------------------------------
-- Whatever the statement
---------------------------------------------------------------------------

-- several rows at once
INSERT INTO coworking.members (id, site_id, name, email, company) VALUES
    (:'ada', :'harbour', 'Ada', 'ada@example.com', 'Analytical Engines'),
    (:'bob', :'harbour', 'Bob', 'bob@example.com', 'Bletchley'),
    (:'cleo', :'airport', 'Cleo', 'cleo@example.com', 'Bletchley');
UPDATE coworking.members SET phone = '+44 20 7946 0000';
SELECT full_name, at, email, phone FROM pg_temp.users;
-- all or none
SELECT fails($$INSERT INTO coworking.members (id, site_id, name) VALUES ($1, $2, 'Dan'), (gen_random_uuid(), $3, 'Eve')$$,
             :'dan', :'harbour', :'foreign_site');
SELECT count(*) FROM pg_temp.users;
SELECT * FROM pg_temp.news();

-- ON CONFLICT
INSERT INTO coworking.members (id, site_id, name, email) VALUES (:'ada', :'harbour', 'Ada', 'ada@example.com')
    ON CONFLICT DO NOTHING;
INSERT INTO coworking.members (id, site_id, name, email) VALUES (gen_random_uuid(), :'harbour', 'Ada', 'ada@example.com')
    ON CONFLICT (email) DO NOTHING;
INSERT INTO coworking.members (id, site_id, name, email) VALUES (:'ada', :'harbour', 'Ada', 'ada@example.com')
    ON CONFLICT (id) DO UPDATE SET name = EXCLUDED.name;
SELECT * FROM pg_temp.news();
INSERT INTO coworking.members (id, site_id, name) VALUES (:'ada', :'harbour', 'Ada Lovelace'), (:'dan', :'harbour', 'Dan')
    ON CONFLICT (id) DO UPDATE SET name = EXCLUDED.name;
SELECT * FROM pg_temp.news();
INSERT INTO coworking.members (id, site_id, name, email) VALUES (gen_random_uuid(), :'harbour', 'Nobody', 'ada@example.com')
    ON CONFLICT (email) DO UPDATE SET name = 'Ada';
SELECT * FROM pg_temp.news();

-- MERGE, COPY, a statement within a statement
MERGE INTO coworking.members m
    USING (VALUES ('ada@example.com', 'Ada M.'), ('dan@example.com', 'Dan M.')) AS v (email, name) ON m.email = v.email
    WHEN MATCHED THEN UPDATE SET name = v.name
    WHEN NOT MATCHED THEN INSERT (id, site_id, name, email) VALUES (gen_random_uuid(), :'airport', v.name, v.email);
WITH gone AS (DELETE FROM coworking.members WHERE name = 'Dan M.' RETURNING site_id)
    INSERT INTO coworking.members (id, site_id, name) SELECT gen_random_uuid(), site_id, 'Successor of Dan' FROM gone;
SELECT * FROM pg_temp.news();
DELETE FROM coworking.members WHERE name LIKE '%Dan%';
SELECT * FROM pg_temp.news();
ALTER TABLE coworking.members ALTER site_id SET DEFAULT :'harbour';
COPY coworking.members (id, name) FROM STDIN;
da000000-0000-4000-8000-000000000000	Dan
e4e00000-0000-4000-8000-000000000000	Eve
\.
DELETE FROM coworking.members USING (VALUES ('Dan'), ('Eve')) AS v (name) WHERE members.name = v.name;
SELECT * FROM pg_temp.news();

-- A company that goes takes its members along, their users and credentials.
SELECT count(*) FROM acs_credentials_create(:'bob', 'code', '910001');
UPDATE coworking.companies SET company = 'Bletchley Park' WHERE company = 'Bletchley';
SELECT * FROM pg_temp.news();
DELETE FROM coworking.companies WHERE company = 'Bletchley Park';
SELECT full_name FROM pg_temp.users;
SELECT * FROM pg_temp.news() ORDER BY event, details;

-- A savepoint takes the users back with the rows, and so does a handled exception.
BEGIN;
SAVEPOINT before;
INSERT INTO coworking.members (id, site_id, name) VALUES (:'bob', :'harbour', 'Bob');
UPDATE coworking.members SET name = 'Nobody' WHERE id = :'ada';
SELECT full_name FROM pg_temp.users;
ROLLBACK TO before;
SELECT full_name FROM pg_temp.users;
DELETE FROM coworking.members;
SELECT full_name FROM pg_temp.users;
ROLLBACK TO before;
INSERT INTO coworking.members (id, site_id, name) VALUES (:'bob', :'harbour', 'Bob');
COMMIT;
DO $$
BEGIN
    DELETE FROM coworking.members;
    RAISE division_by_zero;
EXCEPTION WHEN division_by_zero THEN
END
$$;
SELECT full_name FROM pg_temp.users;
SELECT * FROM pg_temp.news();

---------------------------------------------------------------------------
-- Ids
---------------------------------------------------------------------------

-- Without credentials a user can change the id,
UPDATE coworking.members SET id = :'cleo', name = 'Cleo' WHERE id = :'bob';
SELECT acs_user_id = :'cleo' AS new_id, full_name FROM acs_users_get(:'cleo');
SELECT fails('SELECT acs_users_get($1)', :'bob') AS old_id;
-- which is told, so that the log leads from one to the other,
SELECT count(*) > 0 AS told FROM acs_events
 WHERE workspace_id = acs_workspace_id() AND acs_user_id IN (:'bob', :'cleo')
   AND event_type = 'acs_user.updated' AND details::text LIKE '%b0b00000-%' AND details::text LIKE '%c1e00000-%';
-- but not to that of somebody else, and not with credentials, which keep the id.
SELECT acs_user_id AS eve FROM acs_users_create(:'harbour', 'Eve') \gset
SELECT split_part(fails('UPDATE coworking.members SET id = $1 WHERE id = $2', :'eve', :'cleo'), ' |', 1) AS taken;
SELECT acs_users_delete(:'eve');
SELECT acs_credential_id AS pin FROM acs_credentials_create(:'cleo', 'code', '910002') \gset
SELECT split_part(fails('UPDATE coworking.members SET id = $1 WHERE id = $2', :'bob', :'cleo'), ' |', 1) AS with_a_credential;
SELECT acs_credentials_delete(:'pin');
UPDATE coworking.members SET id = :'bob', name = 'Bob' WHERE id = :'cleo';
SELECT full_name FROM pg_temp.users;

-- The person: one user in each system.
UPDATE coworking.members SET person_id = '22222222-2222-4222-8222-222222222222' WHERE id = :'bob';
SELECT full_name FROM acs_users_get(user_identity_id => '22222222-2222-4222-8222-222222222222', acs_system_id => :'harbour');
SELECT split_part(fails('UPDATE coworking.members SET person_id = $1 WHERE id = $2',
                        '22222222-2222-4222-8222-222222222222', :'ada'), ' |', 1) AS taken;
UPDATE coworking.members SET person_id = NULL WHERE id = :'bob';
SELECT fails($$SELECT acs_users_get(user_identity_id => '22222222-2222-4222-8222-222222222222', acs_system_id => $1)$$, :'harbour');

-- Null is no id: such a row cannot be followed, unless it goes.
CREATE TABLE coworking.guests (id uuid, site_id uuid, name text);
INSERT INTO coworking.guests VALUES (NULL, :'harbour', 'Unknown'), (NULL, NULL, NULL);
CREATE TRIGGER acs AFTER INSERT OR UPDATE OR DELETE ON coworking.guests
    FOR EACH ROW EXECUTE FUNCTION acs_follow_user_changes('acs_user_id=id', 'acs_system_id=site_id', 'full_name=name');
SELECT split_part(fails($$INSERT INTO coworking.guests VALUES (NULL, $1, 'Guest')$$, :'harbour'), '. |', 1) AS "insert";
SELECT split_part(fails($$UPDATE coworking.guests SET name = 'Guest'$$), '. |', 1) AS "update";
DELETE FROM coworking.guests WHERE name IS NULL;
CALL pg_temp.look_away();
UPDATE coworking.guests SET id = :'dan';
SELECT * FROM pg_temp.news();
SELECT split_part(fails('UPDATE coworking.guests SET id = NULL'), '. |', 1) AS update_to_null;
-- With an id comes a user, who may be there already, and becomes what the row says.
INSERT INTO acs_users (acs_user_id, acs_system_id, full_name) VALUES ('e4e00000-0000-4000-8000-000000000000', :'airport', 'Eve');
ALTER TABLE coworking.guests DISABLE TRIGGER acs;
INSERT INTO coworking.guests VALUES (NULL, :'harbour', 'Evelyn');
ALTER TABLE coworking.guests ENABLE TRIGGER acs;
UPDATE coworking.guests SET id = 'e4e00000-0000-4000-8000-000000000000' WHERE name = 'Evelyn';
SELECT full_name, at FROM pg_temp.users WHERE full_name LIKE 'Eve%';
DELETE FROM coworking.guests WHERE name = 'Evelyn';
CALL pg_temp.look_away();
-- Nor is a user without a name.
SELECT fails('UPDATE coworking.guests SET name = NULL') AS no_name;
SELECT split_part(fails('UPDATE coworking.guests SET name = '''''), ' |', 1) AS empty_name;
SELECT fails('UPDATE coworking.guests SET site_id = NULL') AS no_site;
DELETE FROM coworking.guests;
SELECT * FROM pg_temp.news();

---------------------------------------------------------------------------
-- Systems
---------------------------------------------------------------------------

SELECT fails('UPDATE coworking.members SET site_id = $1 WHERE id = $2', '00000000-0000-4000-8000-000000000000', :'bob') AS unknown;
SELECT fails('UPDATE coworking.members SET site_id = $1 WHERE id = $2', :'foreign_site', :'bob') AS of_another_workspace;
-- To another site, and back: credentials belong to a site, and go.
UPDATE coworking.members SET site_id = :'airport' WHERE id = :'bob';
SELECT full_name, at FROM pg_temp.users;
SELECT * FROM pg_temp.news();
SELECT acs_credential_id AS pin FROM acs_credentials_create(:'bob', 'code', '910003') \gset
UPDATE coworking.members SET site_id = :'harbour' WHERE id = :'bob';
SELECT full_name, at, (SELECT count(*) FROM acs_credentials_list(acs_user_id => :'bob')) AS credentials FROM pg_temp.users WHERE full_name = 'Bob';
UPDATE coworking.members SET site_id = :'airport' WHERE id = :'bob';
SELECT acs_credential_id AS pin FROM acs_credentials_create(:'bob', 'code', '910003') \gset

-- A session that is at home in another workspace can do nothing to the users of
-- this one, and is told so: least of all may it delete a row whose user stays.
SET credentials.workspace_id = :'elsewhere';
BEGIN;
SELECT statement, split_part(fails(statement, :'bob', :'harbour', :'dan'), ' |', 1) AS error FROM unnest(ARRAY[
    'INSERT INTO coworking.members (id, site_id, name) VALUES ($3, $2, ''Dan'')',
    'UPDATE coworking.members SET is_blocked = true WHERE id = $1',
    'DELETE FROM coworking.members WHERE id = $1']) AS statement;
ROLLBACK;
SET credentials.workspace_id = :'here';
SELECT full_name, at, suspended FROM pg_temp.users;

---------------------------------------------------------------------------
-- Schedules
---------------------------------------------------------------------------

CALL pg_temp.look_away();
UPDATE coworking.members SET member_from = '2100-01-01', member_until = '2100-01-01 00:00:00.000001' WHERE id = :'bob';
SELECT starts_at, ends_at FROM pg_temp.users WHERE full_name = 'Bob';
-- no bound: null, or infinitely far
UPDATE coworking.members SET member_from = '-infinity', member_until = 'infinity' WHERE id = :'bob';
SELECT starts_at, ends_at FROM pg_temp.users WHERE full_name = 'Bob';
SELECT * FROM pg_temp.news();
-- the end comes after the start
SELECT member_from, member_until, split_part(fails(format('UPDATE coworking.members SET member_from = %L, member_until = %L WHERE id = $1', member_from, member_until), :'bob'), ' |', 1) AS error
  FROM (VALUES ('2100-01-02', '2100-01-01'), ('2100-01-01', '2100-01-01'), ('infinity', NULL), (NULL, '-infinity'),
               ('infinity', 'infinity'), ('-infinity', '-infinity')) AS schedules (member_from, member_until);
SELECT starts_at, ends_at FROM pg_temp.users WHERE full_name = 'Bob';
SELECT * FROM pg_temp.news();

---------------------------------------------------------------------------
-- What was there before, and what goes its own way
---------------------------------------------------------------------------

-- Rows older than the trigger have users from their first change on,
CREATE TABLE coworking.residents (id uuid PRIMARY KEY, site_id uuid, name text, is_here boolean, room text);
INSERT INTO coworking.residents VALUES (:'cleo', :'harbour', 'Cleo', true, '1'), (:'dan', :'harbour', 'Dan', false, '2'),
    ('e4e00000-0000-4000-8000-000000000000', :'harbour', 'Eve', NULL, '3'), ('f1000000-0000-4000-8000-000000000000', :'harbour', 'Flo', true, '4');
CREATE TRIGGER acs AFTER INSERT OR UPDATE OR DELETE ON coworking.residents
    FOR EACH ROW EXECUTE FUNCTION acs_follow_user_changes(
        'acs_user_id=id', 'acs_system_id=site_id', 'full_name=name', 'active=is_here');
UPDATE coworking.residents SET room = '5';
UPDATE coworking.residents SET name = 'Cleopatra' WHERE id = :'cleo';
DELETE FROM coworking.residents WHERE name = 'Flo';
SELECT * FROM pg_temp.news();
-- or all at once.
SELECT acs_users_follow('coworking.residents');
-- Active is the opposite of suspended; who is not said to be active is not.
SELECT full_name, suspended FROM pg_temp.users WHERE full_name IN ('Cleopatra', 'Dan', 'Eve');
UPDATE coworking.residents SET is_here = CASE name WHEN 'Cleopatra' THEN NULL ELSE true END;
SELECT full_name, suspended FROM pg_temp.users WHERE full_name IN ('Cleopatra', 'Dan', 'Eve');
SELECT * FROM pg_temp.news();

-- What is not mapped stays as it is.
SELECT phone_number, access_ends_at FROM acs_users_update(:'dan', phone_number => '+44 20 7946 0000', access_ends_at => '2100-01-01');
UPDATE coworking.residents SET name = 'Daniel' WHERE id = :'dan';
SELECT full_name, phone, ends_at FROM pg_temp.users WHERE full_name = 'Daniel';

-- A user who is there already is taken over; one who has been deleted is no
-- obstacle, and comes back with the next change, without credentials.
INSERT INTO acs_users (acs_user_id, acs_system_id, full_name, phone_number)
    VALUES ('6e000000-0000-4000-8000-000000000000', :'harbour', 'G.', '+44 20 7946 0002');
CALL pg_temp.look_away();
INSERT INTO coworking.residents VALUES ('6e000000-0000-4000-8000-000000000000', :'harbour', 'Geo', true);
SELECT full_name, phone FROM pg_temp.users WHERE full_name = 'Geo';
SELECT * FROM pg_temp.news();
SELECT count(*) FROM acs_credentials_create(:'dan', 'code', '910004');
SELECT acs_users_delete(id) FROM coworking.residents;
CALL pg_temp.look_away();
UPDATE coworking.residents SET room = '6';
DELETE FROM coworking.residents WHERE name <> 'Daniel';
SELECT * FROM pg_temp.news();
UPDATE coworking.residents SET name = 'Dan';
SELECT * FROM pg_temp.news();
SELECT count(*) AS credentials FROM acs_credentials_list(acs_user_id => :'dan');
DROP TABLE coworking.residents;
SELECT acs_users_delete(:'dan');

---------------------------------------------------------------------------
-- TRUNCATE
---------------------------------------------------------------------------

-- No row trigger sees it, so it has a trigger of its own, which refuses,
CREATE TRIGGER acs_truncate BEFORE TRUNCATE ON coworking.members
    FOR EACH STATEMENT EXECUTE FUNCTION acs_follow_user_changes(
        'acs_user_id=id', 'acs_system_id=site_id', 'full_name=name');
TRUNCATE coworking.members;
SELECT split_part(fails('TRUNCATE coworking.companies CASCADE'), ' |', 1) AS by_cascade;
SELECT full_name FROM pg_temp.users;
-- or deletes every user, if that is meant.
DROP TRIGGER acs_truncate ON coworking.members;
CREATE TRIGGER acs_truncate BEFORE TRUNCATE ON coworking.members
    FOR EACH STATEMENT EXECUTE FUNCTION acs_follow_user_changes(
        'acs_user_id=id', 'acs_system_id=site_id', 'full_name=name', 'on_truncate=delete');
SET credentials.workspace_id = :'elsewhere';
SELECT split_part(fails('TRUNCATE coworking.members'), ' |', 1) AS elsewhere;
SET credentials.workspace_id = :'here';
SELECT acs_user_id AS eve FROM acs_users_create(:'harbour', 'Eve, not a member') \gset
SELECT acs_users_delete(:'ada');
CALL pg_temp.look_away();
TRUNCATE coworking.companies CASCADE;
SELECT count(*) AS members FROM coworking.members;
SELECT full_name FROM pg_temp.users;
SELECT * FROM pg_temp.news();
BEGIN;
INSERT INTO coworking.members (id, site_id, name) VALUES (:'ada', :'harbour', 'Ada');
TRUNCATE coworking.members;
SELECT full_name FROM pg_temp.users;
ROLLBACK;
-- rows without an id have no user
CREATE TRIGGER acs_truncate BEFORE TRUNCATE ON coworking.guests
    FOR EACH STATEMENT EXECUTE FUNCTION acs_follow_user_changes(
        'acs_user_id=id', 'acs_system_id=site_id', 'full_name=name', 'on_truncate=delete');
INSERT INTO coworking.guests VALUES (:'dan', :'harbour', 'Dan');
ALTER TABLE coworking.guests DISABLE TRIGGER acs;
INSERT INTO coworking.guests VALUES (NULL, :'harbour', 'Unknown');
TRUNCATE coworking.guests;
SELECT full_name FROM pg_temp.users;
SELECT acs_users_delete(:'eve');

---------------------------------------------------------------------------
-- Tables and columns of other kinds
---------------------------------------------------------------------------

-- Columns of another type are read by their text.
CREATE DOMAIN coworking.person_name AS varchar(40) CHECK (VALUE <> 'Mallory');
CREATE DOMAIN coworking.nickname AS char(20);
CREATE TYPE coworking.status AS ENUM ('yes', 'no', 'perhaps');
CREATE TABLE coworking.contractors (
    "Id"        text PRIMARY KEY,
    site        varchar(60),
    first_name  coworking.person_name,
    last_name   name,
    full_name   text GENERATED ALWAYS AS (first_name || ' ' || last_name::text) STORED,
    "e=mail"    char(40),
    working     coworking.status,
    first_day   date,
    last_moment timestamp,
    nickname    coworking.nickname
);
CREATE TRIGGER acs AFTER INSERT OR UPDATE OR DELETE ON coworking.contractors
    FOR EACH ROW EXECUTE FUNCTION acs_follow_user_changes(
        'acs_user_id=Id', 'acs_system_id=site', 'full_name=full_name', 'email_address=e=mail',
        'phone_number=nickname', 'active=working', 'access_starts_at=first_day', 'access_ends_at=last_moment');
INSERT INTO coworking.contractors
    VALUES (upper(:'cleo'), :'harbour', 'Cleo', 'Contractor', DEFAULT, 'cleo@example.com', 'yes', '2100-01-01', '2100-01-31 17:30', 'C.');
SELECT full_name, email, phone, suspended, starts_at, ends_at FROM pg_temp.users;
UPDATE coworking.contractors SET last_name = 'Smith', working = 'no', first_day = '-infinity', last_moment = 'infinity';
SELECT full_name, suspended, starts_at, ends_at FROM pg_temp.users;
CALL pg_temp.look_away();
UPDATE coworking.contractors SET "Id" = lower("Id");
-- A text that says nothing of the kind is refused.
SELECT fails($$UPDATE coworking.contractors SET working = 'perhaps'$$) AS not_a_boolean;
SELECT fails($$UPDATE coworking.contractors SET "Id" = 'member 7'$$) AS not_a_uuid;
SELECT count(*) AS users FROM pg_temp.users;
CREATE TRIGGER acs_truncate BEFORE TRUNCATE ON coworking.contractors
    FOR EACH STATEMENT EXECUTE FUNCTION acs_follow_user_changes(
        'acs_user_id=Id', 'acs_system_id=site', 'full_name=full_name', 'on_truncate=delete');
BEGIN;
TRUNCATE coworking.contractors;
SELECT count(*) AS users FROM pg_temp.users;
ROLLBACK;
DELETE FROM coworking.contractors;
SELECT count(*) AS users FROM pg_temp.users;
CREATE TABLE coworking.numbered (id integer, site_id uuid, name text);
CREATE TRIGGER acs AFTER INSERT OR UPDATE OR DELETE ON coworking.numbered
    FOR EACH ROW EXECUTE FUNCTION acs_follow_user_changes('acs_user_id=id', 'acs_system_id=site_id', 'full_name=name');
SELECT fails($$INSERT INTO coworking.numbered VALUES (7, $1, 'Seven')$$, :'harbour') AS an_integer_is_no_id;

-- A generated column that is not stored has no value in a trigger (PostgreSQL 18 has such).
SELECT current_setting('server_version_num')::integer >= 180000 AS has_virtual, true AS refused \gset
\if :has_virtual
BEGIN;
CREATE TABLE coworking.virtual (id uuid, site_id uuid, name text, status text, blocked boolean GENERATED ALWAYS AS (status = 'blocked') VIRTUAL);
CREATE TRIGGER acs AFTER INSERT OR UPDATE OR DELETE ON coworking.virtual
    FOR EACH ROW EXECUTE FUNCTION acs_follow_user_changes('acs_user_id=id', 'acs_system_id=site_id', 'full_name=name', 'suspended=blocked');
SELECT fails($$INSERT INTO coworking.virtual VALUES ($1, $2, 'Virtual', 'blocked')$$, :'dan', :'harbour') LIKE '22023 user_mapping |%' AS refused \gset
ROLLBACK;
\endif
SELECT :'refused' AS refused;

-- A partitioned table: the partitions have the trigger of the whole, whatever the order of their columns.
CREATE TABLE coworking.tenants (id uuid NOT NULL, site_id uuid NOT NULL, floor integer, name text, email text) PARTITION BY LIST (floor);
CREATE TABLE coworking.first_floor PARTITION OF coworking.tenants FOR VALUES IN (1);
CREATE TABLE coworking.second_floor (email text, dropped text, name text, floor integer, site_id uuid NOT NULL, id uuid NOT NULL);
ALTER TABLE coworking.second_floor DROP COLUMN dropped;
ALTER TABLE coworking.tenants ATTACH PARTITION coworking.second_floor FOR VALUES IN (2);
CREATE TRIGGER acs AFTER INSERT OR UPDATE OR DELETE ON coworking.tenants
    FOR EACH ROW EXECUTE FUNCTION acs_follow_user_changes(
        'acs_user_id=id', 'acs_system_id=site_id', 'full_name=name', 'email_address=email');
CALL pg_temp.look_away();
INSERT INTO coworking.tenants VALUES (:'ada', :'harbour', 1, 'Ada', 'ada@example.com'), (:'bob', :'harbour', 2, 'Bob', 'bob@example.com');
UPDATE coworking.tenants SET name = name || ' T.';
SELECT full_name, email FROM pg_temp.users;
INSERT INTO coworking.second_floor (id, site_id, floor, name) VALUES (:'cleo', :'harbour', 2, 'Cleo');
DELETE FROM coworking.tenants WHERE name = 'Bob T.';
SELECT * FROM pg_temp.news();
-- From one partition to another is a DELETE and an INSERT for any row trigger: the
-- user is a new one, without the credentials.
SELECT count(*) FROM acs_credentials_create(:'cleo', 'code', '910005');
UPDATE coworking.tenants SET floor = 1 WHERE id = :'cleo';
SELECT count(*) AS credentials FROM acs_credentials_list(acs_user_id => :'cleo');
SELECT * FROM pg_temp.news();
UPDATE coworking.tenants SET floor = 2 WHERE id = :'cleo';
-- TRUNCATE of the whole and of a partition are two things.
CREATE TRIGGER acs_truncate BEFORE TRUNCATE ON coworking.tenants
    FOR EACH STATEMENT EXECUTE FUNCTION acs_follow_user_changes(
        'acs_user_id=id', 'acs_system_id=site_id', 'full_name=name', 'on_truncate=delete');
CREATE TRIGGER acs_truncate BEFORE TRUNCATE ON coworking.first_floor
    FOR EACH STATEMENT EXECUTE FUNCTION acs_follow_user_changes(
        'acs_user_id=id', 'acs_system_id=site_id', 'full_name=name', 'on_truncate=delete');
BEGIN;
TRUNCATE coworking.first_floor;
SELECT full_name FROM pg_temp.users;
ROLLBACK;
TRUNCATE coworking.tenants;
SELECT full_name FROM pg_temp.users;

---------------------------------------------------------------------------
-- A mapping that is wrong
---------------------------------------------------------------------------

-- It is an error at the first event, and says what would be right.
CREATE TABLE coworking.visitors (id uuid, site_id uuid, name text, "E-mail" text, blocked boolean, present boolean, gone integer);
ALTER TABLE coworking.visitors DROP COLUMN gone;
CREATE FUNCTION pg_temp.with_mapping(arguments text[], statement text = 'INSERT INTO coworking.visitors DEFAULT VALUES') RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    result text;
BEGIN
    EXECUTE format('CREATE TRIGGER acs AFTER INSERT OR UPDATE OR DELETE ON coworking.visitors
                        FOR EACH ROW EXECUTE FUNCTION acs_follow_user_changes(%s)',
                   (SELECT string_agg(quote_literal(a), ', ' ORDER BY i) FROM unnest(arguments) WITH ORDINALITY AS t (a, i)));
    result := fails(statement);
    DROP TRIGGER acs ON coworking.visitors;
    RETURN result;
END
$$;
SELECT what, split_part(error, ' |', 1) AS error, split_part(error, '| ', 3) AS detail
  FROM (VALUES ('nothing wrong but the row', '{}'::text[]),
               ('no =', '{email_address}'), ('no property', '{=blocked}'), ('no column', '{email_address=}'), ('empty', '{""}'),
               ('unknown property', '{nickname=name}'), ('not quite the property', '{Suspended=blocked}'), ('space', '{" suspended=blocked"}'),
               ('unknown column', '{suspended=is_blocked}'), ('not quite the column', '{email_address=e-mail}'), ('quoted column', '{"email_address=\"E-mail\""}'),
               ('column that is gone', '{email_address=gone}'), ('its ghost', '{email_address=........pg.dropped.7........}'),
               ('system column', '{email_address=ctid}'), ('whole row', '{email_address=visitors}'),
               ('mapped twice', '{full_name=name}'), ('suspended and active', '{suspended=blocked,active=present}'),
               ('active and suspended', '{active=present,suspended=blocked}')
       ) AS mappings (what, argument),
       pg_temp.with_mapping('{acs_user_id=id,acs_system_id=site_id,full_name=name}'::text[] || argument) AS error;
SELECT what, split_part(error, ' |', 1) AS error, split_part(error, '| ', 3) AS detail
  FROM (VALUES ('nothing', '{}'::text[]), ('no id', '{acs_system_id=site_id,full_name=name}'),
               ('no system', '{acs_user_id=id,full_name=name}'), ('no name', '{acs_user_id=id,acs_system_id=site_id}')
       ) AS mappings (what, arguments), pg_temp.with_mapping(arguments) AS error;
-- The hint has the valid names:
CREATE TRIGGER acs AFTER INSERT ON coworking.visitors
    FOR EACH ROW EXECUTE FUNCTION acs_follow_user_changes('id=id', 'site=site_id', 'name=name');
INSERT INTO coworking.visitors DEFAULT VALUES;
DROP TRIGGER acs ON coworking.visitors;
CREATE TRIGGER acs AFTER INSERT ON coworking.visitors
    FOR EACH ROW EXECUTE FUNCTION acs_follow_user_changes('acs_user_id=id', 'acs_system_id=site', 'full_name=name');
INSERT INTO coworking.visitors DEFAULT VALUES;
DROP TRIGGER acs ON coworking.visitors;
CREATE TRIGGER acs AFTER INSERT ON coworking.visitors
    FOR EACH ROW EXECUTE FUNCTION acs_follow_user_changes('acs_user_id=id', 'acs_system_id=site_id');
INSERT INTO coworking.visitors DEFAULT VALUES;
DROP TRIGGER acs ON coworking.visitors;
-- what happens on TRUNCATE is said in one way
SELECT left(pg_temp.with_mapping(ARRAY['acs_user_id=id', 'acs_system_id=site_id', 'full_name=name', argument]), 18) AS error
  FROM unnest('{on_truncate, on_truncate=, on_truncate=refuse}'::text[]) AS argument;
-- for update and delete as well, also of what is not mapped
INSERT INTO coworking.visitors (id) VALUES (:'dan');
SELECT left(pg_temp.with_mapping('{acs_user_id=identity,acs_system_id=site_id,full_name=name}', statement), 18) AS error
  FROM unnest('{UPDATE coworking.visitors SET present = true, DELETE FROM coworking.visitors}'::text[]) AS statement;
DELETE FROM coworking.visitors;

-- A mapped column that is renamed: the application's next write says so.
CREATE TRIGGER acs AFTER INSERT OR UPDATE OR DELETE ON coworking.visitors
    FOR EACH ROW EXECUTE FUNCTION acs_follow_user_changes(
        'acs_user_id=id', 'acs_system_id=site_id', 'full_name=name', 'email_address=E-mail');
INSERT INTO coworking.visitors VALUES (:'dan', :'harbour', 'Dan', 'dan@example.com');
ALTER TABLE coworking.visitors RENAME name TO visitor_name;
INSERT INTO coworking.visitors VALUES (gen_random_uuid(), :'harbour', 'Eve');
SELECT statement, split_part(fails(statement), ' |', 1) AS error FROM unnest(ARRAY[
    'UPDATE coworking.visitors SET blocked = true', 'DELETE FROM coworking.visitors']) AS statement;
SELECT full_name FROM pg_temp.users;
-- Other columns come and go as they like, also before those that are mapped.
ALTER TABLE coworking.visitors RENAME visitor_name TO name;
ALTER TABLE coworking.visitors DROP COLUMN present, ADD COLUMN badge integer DEFAULT 7;
UPDATE coworking.visitors SET "E-mail" = 'd@example.com', badge = 8;
SELECT full_name, email FROM pg_temp.users;
DELETE FROM coworking.visitors;

---------------------------------------------------------------------------
-- A trigger that is wrong
---------------------------------------------------------------------------

SELECT fails('SELECT acs_follow_user_changes()') AS called;
CREATE TABLE coworking.wrong (id uuid, site_id uuid, name text);
CREATE VIEW coworking.wrong_view AS TABLE coworking.wrong;
CREATE FUNCTION pg_temp.with_trigger(kind text, statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    result text;
BEGIN
    EXECUTE format('CREATE TRIGGER wrong %s EXECUTE FUNCTION acs_follow_user_changes(''acs_user_id=id'', ''acs_system_id=site_id'', ''full_name=name'')', kind);
    result := fails(statement);
    EXECUTE format('DROP TRIGGER wrong ON %s', substring(kind FROM 'ON (\S+)'));
    RETURN result;
END
$$;
SELECT kind, split_part(error, ' |', 1) AS error
  FROM (VALUES ('BEFORE INSERT ON coworking.wrong FOR EACH ROW', 'INSERT INTO coworking.wrong DEFAULT VALUES'),
               ('BEFORE DELETE ON coworking.wrong FOR EACH STATEMENT', 'DELETE FROM coworking.wrong'),
               ('AFTER INSERT ON coworking.wrong FOR EACH STATEMENT', 'INSERT INTO coworking.wrong DEFAULT VALUES'),
               ('AFTER UPDATE ON coworking.wrong FOR EACH STATEMENT', 'UPDATE coworking.wrong SET name = NULL'),
               ('AFTER TRUNCATE ON coworking.wrong FOR EACH STATEMENT', 'TRUNCATE coworking.wrong'),
               ('INSTEAD OF INSERT ON coworking.wrong_view FOR EACH ROW', 'INSERT INTO coworking.wrong_view DEFAULT VALUES')
       ) AS triggers (kind, statement), pg_temp.with_trigger(kind, statement) AS error;
SELECT left(fails('CREATE EVENT TRIGGER wrong ON ddl_command_start EXECUTE FUNCTION acs_follow_user_changes()'), 5) AS event_trigger;
-- Some are not wrong: for some columns or rows only, or deferred to the end of the transaction.
CREATE TRIGGER blocked AFTER UPDATE OF name ON coworking.wrong FOR EACH ROW WHEN (NEW.name <> 'Draft')
    EXECUTE FUNCTION acs_follow_user_changes('acs_user_id=id', 'acs_system_id=site_id', 'full_name=name');
CREATE CONSTRAINT TRIGGER deferred AFTER DELETE ON coworking.wrong DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION acs_follow_user_changes('acs_user_id=id', 'acs_system_id=site_id', 'full_name=name');
INSERT INTO coworking.wrong VALUES (:'dan', :'harbour', 'Draft');
UPDATE coworking.wrong SET name = 'Draft';
SELECT full_name FROM pg_temp.users;
UPDATE coworking.wrong SET name = 'Dan';
SELECT full_name FROM pg_temp.users;
BEGIN;
DELETE FROM coworking.wrong;
SELECT full_name FROM pg_temp.users;
COMMIT;
SELECT full_name FROM pg_temp.users;

-- A replica gets its users by replication, not by the trigger, unless it is told to.
SET session_replication_role = replica;
INSERT INTO coworking.members (id, site_id, name) VALUES (:'ada', :'harbour', 'Ada');
SELECT full_name FROM pg_temp.users;
ALTER TABLE coworking.members ENABLE ALWAYS TRIGGER acs;
INSERT INTO coworking.members (id, site_id, name) VALUES (:'bob', :'harbour', 'Bob');
SELECT full_name FROM pg_temp.users;
RESET session_replication_role;
ALTER TABLE coworking.members ENABLE TRIGGER acs;
DELETE FROM coworking.members;

---------------------------------------------------------------------------
-- Who may do what
---------------------------------------------------------------------------

-- The owner of the table needs two rights of the extension, and only for CREATE TRIGGER.
CREATE ROLE regress_acs_follow_owner;
CREATE SCHEMA club AUTHORIZATION regress_acs_follow_owner;
SET ROLE regress_acs_follow_owner;
CREATE TABLE club.teams (team text PRIMARY KEY);
CREATE TABLE club.players (id uuid PRIMARY KEY, site_id uuid, name text, team text REFERENCES club.teams ON DELETE CASCADE);
\set create_trigger 'CREATE TRIGGER acs AFTER INSERT OR UPDATE OR DELETE ON club.players FOR EACH ROW EXECUTE FUNCTION acs.acs_follow_user_changes(''acs_user_id=id'', ''acs_system_id=site_id'', ''full_name=name'')'
\set create_truncate 'CREATE TRIGGER acs_truncate BEFORE TRUNCATE ON club.players EXECUTE FUNCTION acs.acs_follow_user_changes(''acs_user_id=id'', ''acs_system_id=site_id'', ''full_name=name'', ''on_truncate=delete'')'
SELECT fails(:'create_trigger') AS without_rights;
RESET ROLE;
GRANT USAGE ON SCHEMA acs TO regress_acs_follow_owner;
SET ROLE regress_acs_follow_owner;
SELECT fails(:'create_trigger') AS with_usage;
RESET ROLE;
GRANT EXECUTE ON FUNCTION acs_follow_user_changes() TO regress_acs_follow_owner;
SET ROLE regress_acs_follow_owner;
:create_trigger;
:create_truncate;
-- It gives no power over who owns the extension: no code of the owner of the table is run,
-- as a cast of a type of its own would be.
CREATE TYPE club.badge AS ENUM ('ada00000-0000-4000-8000-000000000000', 'Ada');
CREATE FUNCTION club.badge_text(club.badge) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'run by %', current_user; END $$;
CREATE CAST (club.badge AS text) WITH FUNCTION club.badge_text(club.badge);
CREATE TABLE club.badges (id club.badge, site_id uuid, name club.badge);
CREATE TRIGGER acs AFTER INSERT OR UPDATE OR DELETE ON club.badges
    FOR EACH ROW EXECUTE FUNCTION acs.acs_follow_user_changes('acs_user_id=id', 'acs_system_id=site_id', 'full_name=name');
CREATE TRIGGER acs_truncate BEFORE TRUNCATE ON club.badges
    EXECUTE FUNCTION acs.acs_follow_user_changes('acs_user_id=id', 'acs_system_id=site_id', 'full_name=name', 'on_truncate=delete');
INSERT INTO club.badges VALUES ('ada00000-0000-4000-8000-000000000000', :'harbour', 'Ada');
UPDATE club.badges SET name = 'ada00000-0000-4000-8000-000000000000';
UPDATE club.badges SET name = 'Ada';
RESET ROLE;
SELECT full_name FROM pg_temp.users;
SET ROLE regress_acs_follow_owner;
TRUNCATE club.badges;
RESET ROLE;
SELECT full_name FROM pg_temp.users;
REVOKE EXECUTE ON FUNCTION acs_follow_user_changes() FROM regress_acs_follow_owner;
REVOKE USAGE ON SCHEMA acs FROM regress_acs_follow_owner;
-- On a table of somebody else, the right TRIGGER as well.
CREATE ROLE regress_acs_follow_dba;
GRANT USAGE ON SCHEMA acs, coworking TO regress_acs_follow_dba;
GRANT EXECUTE ON FUNCTION acs_follow_user_changes() TO regress_acs_follow_dba;
SET ROLE regress_acs_follow_dba;
SELECT fails(replace(:'create_trigger', 'club.players', 'coworking.wrong')) AS without_trigger;
RESET ROLE;
GRANT TRIGGER ON coworking.wrong TO regress_acs_follow_dba;
SET ROLE regress_acs_follow_dba;
SELECT fails(replace(:'create_trigger', 'club.players', 'coworking.wrong')) AS with_trigger;
RESET ROLE;
DROP TABLE coworking.wrong CASCADE;

-- Who writes the table needs no right of the extension at all.
CREATE ROLE regress_acs_follow_app;
GRANT USAGE ON SCHEMA club TO regress_acs_follow_app;
GRANT INSERT, SELECT, UPDATE, DELETE, TRUNCATE ON club.players TO regress_acs_follow_app;
GRANT SELECT, INSERT, DELETE ON club.teams TO regress_acs_follow_app;
CREATE TEMP VIEW actors AS
    SELECT event_type AS event, details ->> 'full_name' AS full_name, actor FROM acs_events, pg_temp.seen
     WHERE workspace_id = acs_workspace_id() AND acs_events.event_id > seen.event_id ORDER BY acs_events.event_id;
SELECT has_schema_privilege('regress_acs_follow_app', 'acs', 'USAGE') AS usage,
       has_function_privilege('regress_acs_follow_app', 'acs.acs_follow_user_changes()', 'EXECUTE') AS execute;
CALL pg_temp.look_away();
SET ROLE regress_acs_follow_app;
INSERT INTO club.teams VALUES ('Reds'), ('Blues');
INSERT INTO club.players VALUES (:'ada', :'harbour', 'Ada', 'Reds'), (:'bob', :'harbour', 'Bob', 'Blues'), (:'cleo', :'harbour', 'Cleo', NULL);
UPDATE club.players SET name = 'Cleopatra' WHERE name = 'Cleo';
DELETE FROM club.players WHERE id = :'ada';
DELETE FROM club.teams WHERE team = 'Blues';
TRUNCATE club.players;
RESET ROLE;
-- and is the one who did it, also by way of a cascade, which the owner of the table does,
SELECT * FROM pg_temp.actors;
CALL pg_temp.look_away();
-- or of a function of somebody else.
CREATE FUNCTION club.sign_up(uuid, uuid, text) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = club
    BEGIN ATOMIC INSERT INTO club.players VALUES ($1, $2, $3); END;
SET ROLE regress_acs_follow_app;
SELECT club.sign_up(:'ada', :'harbour', 'Ada');
RESET ROLE;
SELECT * FROM pg_temp.actors;

-- A trap for every name, first in the path of who writes, changes nothing.
CREATE ROLE regress_acs_follow_mallory;
GRANT regress_acs_follow_app TO regress_acs_follow_mallory;
CREATE SCHEMA hostile_club AUTHORIZATION regress_acs_follow_mallory;
SET ROLE regress_acs_follow_mallory;
SET search_path = hostile_club, pg_catalog;
CREATE TABLE acs_users (workspace_id uuid, acs_user_id uuid PRIMARY KEY, acs_system_id uuid, full_name text);
CREATE TABLE acs_systems (workspace_id uuid, acs_system_id uuid);
CREATE TABLE acs_events (workspace_id uuid, event_id uuid, event_type text, details jsonb);
CREATE TABLE acs_credentials (workspace_id uuid, acs_user_id uuid, acs_system_id uuid);
CREATE TABLE players (id uuid, site_id uuid, name text);
DO $$
DECLARE
    f text[];
    o text;
    t text;
BEGIN
    FOREACH f SLICE 1 IN ARRAY ARRAY[
        ['acs_workspace_id()', 'uuid'], ['acs_uuid()', 'uuid'], ['acs_window_order(timestamptz, timestamptz)', 'boolean'],
        ['clock_timestamp()', 'timestamptz'], ['now()', 'timestamptz'], ['uuid_out(uuid)', 'cstring'],
        ['jsonb_build_object(text, text)', 'jsonb'], ['jsonb_strip_nulls(jsonb)', 'jsonb'], ['text(uuid)', 'text'], ['uuid(text)', 'uuid']] LOOP
        CONTINUE WHEN f[2] = 'cstring';
        EXECUTE format('CREATE FUNCTION %s RETURNS %s LANGUAGE plpgsql AS %L', f[1], f[2], format('BEGIN RAISE EXCEPTION ''hijacked: %s''; END', f[1]));
    END LOOP;
    FOREACH t IN ARRAY '{uuid, text, timestamptz, boolean, integer, bigint, jsonb, xid, name}'::text[] LOOP
        FOREACH o IN ARRAY '{=, <>, <, >, &}'::text[] LOOP
            EXECUTE format('CREATE FUNCTION %I(%s, %s) RETURNS boolean LANGUAGE plpgsql AS %L', o || t, t, t, format('BEGIN RAISE EXCEPTION ''hijacked: %s %s''; END', o, t));
            EXECUTE format('CREATE OPERATOR %s (LEFTARG = %s, RIGHTARG = %s, FUNCTION = %I)', o, t, t, o || t);
        END LOOP;
    END LOOP;
END
$$;
CREATE DOMAIN uuid AS pg_catalog.text CHECK (false);
CREATE DOMAIN text AS pg_catalog.bytea CHECK (false);
CREATE DOMAIN jsonb AS pg_catalog.text CHECK (false);
CREATE FUNCTION write(id pg_catalog.uuid, site_id pg_catalog.uuid, truncates boolean) RETURNS void LANGUAGE plpgsql SET search_path = hostile_club, pg_catalog AS $$
BEGIN
    INSERT INTO club.players VALUES (id, site_id, 'Mallory');
    UPDATE club.players SET name = 'M.' WHERE players.name OPERATOR(pg_catalog.=) 'Mallory';
    IF truncates THEN
        TRUNCATE club.players;
    ELSE
        DELETE FROM club.players WHERE players.name OPERATOR(pg_catalog.=) 'M.';
    END IF;
END
$$;
SELECT write(:'bob', :'harbour', false);
SELECT write(:'bob', :'harbour', true);
RESET ROLE;
RESET search_path;
SELECT * FROM pg_temp.actors;
SELECT full_name FROM pg_temp.users;
SELECT (SELECT count(*) FROM hostile_club.acs_users) + (SELECT count(*) FROM hostile_club.acs_events) AS in_the_traps;


---------------------------------------------------------------------------
-- Many rows
---------------------------------------------------------------------------

-- Ten thousand rows in one statement take no more memory than two thousand.
CREATE TABLE pg_temp.crowd (id uuid PRIMARY KEY, site_id uuid, name text, n integer);
CREATE TABLE pg_temp.memory (statement text, n integer, contexts bigint, bytes numeric);
CREATE FUNCTION pg_temp.sample() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- the server itself keeps a few bytes for each UPDATE in a trigger
    INSERT INTO pg_temp.memory SELECT TG_OP, coalesce(NEW.n, OLD.n), count(*), sum(total_bytes)
      FROM pg_backend_memory_contexts WHERE name <> 'AfterTriggerEvents';
    RETURN NULL;
END
$$;
CREATE TRIGGER acs AFTER INSERT OR UPDATE OR DELETE ON pg_temp.crowd
    FOR EACH ROW EXECUTE FUNCTION acs_follow_user_changes('acs_user_id=id', 'acs_system_id=site_id', 'full_name=name');
CREATE TRIGGER sample AFTER INSERT ON pg_temp.crowd FOR EACH ROW WHEN (NEW.n % 1000 = 0) EXECUTE FUNCTION pg_temp.sample();
CREATE TRIGGER sample_update AFTER UPDATE ON pg_temp.crowd FOR EACH ROW WHEN (NEW.n % 1000 = 0) EXECUTE FUNCTION pg_temp.sample();
CREATE TRIGGER sample_delete AFTER DELETE ON pg_temp.crowd FOR EACH ROW WHEN (OLD.n % 1000 = 0) EXECUTE FUNCTION pg_temp.sample();
INSERT INTO pg_temp.crowd SELECT gen_random_uuid(), :'harbour', 'Member ' || n, n FROM generate_series(1, 10000) AS n;
SELECT count(*) FROM acs_users WHERE acs_system_id = :'harbour';
UPDATE pg_temp.crowd SET name = name || '!';
SELECT count(*) FROM acs_users WHERE acs_system_id = :'harbour' AND full_name LIKE 'Member %!';
DELETE FROM pg_temp.crowd;
SELECT count(*) FROM acs_users WHERE acs_system_id = :'harbour';
SELECT event_type, count(*) FROM acs_events WHERE acs_system_id = :'harbour' AND details::text LIKE '%Member %' GROUP BY event_type ORDER BY event_type;
SELECT a.statement, z.contexts - a.contexts < 10 AS no_more_contexts, z.bytes - a.bytes < 100000 AS no_more_memory
  FROM pg_temp.memory a JOIN pg_temp.memory z USING (statement) WHERE a.n = 2000 AND z.n = 10000 ORDER BY statement;

DROP SCHEMA hostile_club, club, coworking CASCADE;
DROP OWNED BY regress_acs_follow_owner, regress_acs_follow_dba, regress_acs_follow_app, regress_acs_follow_mallory;
DROP ROLE regress_acs_follow_owner, regress_acs_follow_dba, regress_acs_follow_app, regress_acs_follow_mallory;
