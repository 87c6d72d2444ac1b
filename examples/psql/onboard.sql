-- A table that an application has had for years: its rows become users, and stay so.
--   psql -d mydb -f onboard.sql           (with the extension on the search_path)
\set ON_ERROR_STOP on

-- Members of a club with two houses. In the table a house is a number.
CREATE TEMP TABLE houses (house int PRIMARY KEY, name text, acs_system_id uuid);
INSERT INTO houses VALUES (1, 'Berlin'), (2, 'Lisbon');
CREATE TEMP TABLE members (
    member_id int PRIMARY KEY,
    house     int REFERENCES houses,
    name      text,
    email     text,
    left_on   date
);
INSERT INTO members
    SELECT i, 1 + i % 2, CASE WHEN i <> 777 THEN format('Member %s', i) END, format('member%s@example.com', i),
           CASE WHEN i % 7 = 0 THEN date '2099-12-31' END
      FROM generate_series(1, 1000) AS i;

-- 1. The places. Days are days where the house is.
UPDATE houses SET acs_system_id = (acs_systems_create(name, time_zone => 'Europe/' || name)).acs_system_id;

-- 2. What the trigger needs of each row: an id for the user, and the system. Both could be columns that are filled
--    by the application; here the database does it.
ALTER TABLE members ADD acs_user_id uuid NOT NULL DEFAULT gen_random_uuid(), ADD acs_system_id uuid;
CREATE FUNCTION pg_temp.place_member() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.acs_system_id := (SELECT acs_system_id FROM houses WHERE houses.house = NEW.house);
    RETURN NEW;
END
$$;
CREATE TRIGGER place BEFORE INSERT OR UPDATE OF house ON members
    FOR EACH ROW EXECUTE FUNCTION pg_temp.place_member();
UPDATE members SET house = house;

-- 3. The trigger: from now on changes are followed.
CREATE TRIGGER acs AFTER INSERT OR UPDATE OR DELETE ON members
    FOR EACH ROW EXECUTE FUNCTION acs_follow_user_changes(
        'acs_user_id=acs_user_id', 'acs_system_id=acs_system_id', 'full_name=name',
        'email_address=email', 'access_ends_at=left_on');

-- 4. The rows that were there before. One that cannot be a user refuses all; the detail of the error has its id.
DO $$
DECLARE
    row_text text;
    id uuid;
    member members;
BEGIN
    PERFORM acs_users_follow('members');
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS row_text = PG_EXCEPTION_DETAIL;
    id := substring(row_text FROM 'acs_user_id "([^"]*)"');
    SELECT * INTO member FROM members WHERE acs_user_id = id;
    RAISE NOTICE '% (member %)', SQLERRM, member.member_id;
END
$$;
UPDATE members SET name = 'Unknown' WHERE name IS NULL; -- which the trigger follows already
SELECT acs_users_follow('members') AS new, acs_users_follow('members') AS again;

-- What is there now: a user for each member, who is one until the end of the last day.
SELECT h.name, count(*) AS users, max(u.access_ends_at) AS last_moment
  FROM houses h CROSS JOIN LATERAL acs_users_list(h.acs_system_id) AS u GROUP BY h.name ORDER BY h.name;
DELETE FROM members WHERE member_id = 1;
UPDATE members SET house = 2 WHERE member_id = 2;
SELECT h.name, count(*) AS users FROM houses h CROSS JOIN LATERAL acs_users_list(h.acs_system_id) GROUP BY h.name ORDER BY h.name;
