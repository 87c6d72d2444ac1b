-- Users that follow a table whose columns have no time zone: a date is a whole day where
-- the system is, and a timestamp what the clocks show there, whoever writes from wherever.
SET datestyle = 'ISO';
SET timezone = 'Asia/Tokyo';
SET credentials.workspace_id = 'f0110000-0000-4000-8000-0000000000d0';
SELECT acs_system_id AS berlin FROM acs_systems_create('Berlin', time_zone => 'Europe/Berlin') \gset
SELECT acs_system_id AS lima FROM acs_systems_create('Lima', time_zone => 'America/Lima') \gset
\set ada 'ada00000-0000-4000-8000-0000000000d0'
CREATE SCHEMA days;
CREATE DOMAIN days.day AS date;
CREATE TABLE days.guests (id uuid PRIMARY KEY, site uuid, name text DEFAULT 'Ada', arrival date, departure days.day, room text);
CREATE TRIGGER acs AFTER INSERT OR UPDATE OR DELETE ON days.guests
    FOR EACH ROW EXECUTE FUNCTION acs_follow_user_changes(
        'acs_user_id=id', 'acs_system_id=site', 'full_name=name', 'access_starts_at=arrival', 'access_ends_at=departure');
CREATE TEMP VIEW windows AS
    SELECT access_starts_at AT TIME ZONE s.time_zone AS starts, access_ends_at AT TIME ZONE s.time_zone AS ends,
           access_starts_at AT TIME ZONE 'UTC' AS starts_utc, access_ends_at AT TIME ZONE 'UTC' AS ends_utc
      FROM acs_users u JOIN acs_systems s USING (workspace_id, acs_system_id) WHERE u.workspace_id = acs_workspace_id();

-- From the first instant of the first day to the end of the last one.
INSERT INTO days.guests VALUES (:'ada', :'berlin', DEFAULT, '2100-07-01', '2100-07-04');
SELECT * FROM windows;
-- one day is a day, also when the year ends, and where the clock changes on it
UPDATE days.guests SET arrival = '2100-12-31', departure = '2100-12-31';
SELECT * FROM windows;
UPDATE days.guests SET arrival = '2024-03-31', departure = '2024-03-31';
SELECT starts, ends, ends_utc - starts_utc AS length FROM windows;
UPDATE days.guests SET arrival = '2024-10-27', departure = '2024-10-27';
SELECT starts, ends, ends_utc - starts_utc AS length FROM windows;
-- no bound: null, or infinitely far
UPDATE days.guests SET arrival = NULL, departure = '2100-07-04';
SELECT starts_utc, ends_utc FROM windows;
UPDATE days.guests SET arrival = '-infinity', departure = 'infinity';
SELECT starts_utc, ends_utc FROM windows;
SELECT arrival, departure, split_part(fails(format('UPDATE days.guests SET arrival = %L, departure = %L', arrival, departure)), ' |', 1) AS error
  FROM (VALUES ('2100-07-02', '2100-07-01'), ('2100-07-01', '2100-06-30'), ('infinity', NULL), (NULL, '-infinity'),
               ('294276-12-31', '294276-12-31'), ('294277-01-01', NULL), ('5874897-12-31', NULL), (NULL, '5874897-12-31'), ('4714-11-24 BC', NULL)) AS t (arrival, departure);

-- Another site has other clocks, so the days are others; another column changes nothing.
UPDATE days.guests SET arrival = '2100-07-01', departure = '2100-07-04';
UPDATE days.guests SET site = :'lima';
SELECT * FROM windows;
SELECT count(*) FROM acs_users_update(:'ada', access_ends_at => '2200-01-01 00:00+00');
UPDATE days.guests SET room = '1', name = 'Ada L.';
SELECT starts_utc, ends_utc FROM windows;
-- A zone that is corrected moves nobody; what is written next goes by it.
SELECT time_zone FROM acs_systems_update(:'lima', time_zone => 'Pacific/Auckland');
SELECT starts_utc, ends_utc FROM windows;
UPDATE days.guests SET departure = '2100-07-05';
SELECT starts_utc, ends_utc FROM windows;

-- Clocks that change at midnight: the first instant of each day, and the one before it.
CREATE TEMP TABLE midnights (zone text, day date, what text);
INSERT INTO midnights VALUES
    ('America/Havana', '2024-03-10', 'begins at 01:00'), ('America/Havana', '2024-11-03', '00:00 happens twice'),
    ('America/Sao_Paulo', '2018-11-04', 'begins at 01:00'), ('America/Sao_Paulo', '2018-02-18', 'the last hour before it happens twice'),
    ('Pacific/Apia', '2011-12-30', 'was left out'), ('Pacific/Apia', '2011-12-31', 'comes after the 29th'),
    ('Asia/Kathmandu', '2024-01-01', 'an odd offset'), ('UTC', '1969-12-31', 'before the epoch'), ('Europe/Berlin', '1850-01-01', 'local mean time');
CREATE FUNCTION pg_temp.window_of_day(zone text, day date) RETURNS tstzrange LANGUAGE plpgsql AS $$
DECLARE
    result tstzrange;
BEGIN
    UPDATE acs_systems SET time_zone = zone WHERE workspace_id = acs_workspace_id() AND name = 'Berlin';
    UPDATE days.guests SET site = (SELECT acs_system_id FROM acs_systems WHERE workspace_id = acs_workspace_id() AND name = 'Berlin'),
           arrival = CASE WHEN day = '2011-12-30' THEN day - 1 ELSE day END, departure = day;
    SELECT tstzrange(access_starts_at, access_ends_at) INTO result FROM acs_users WHERE workspace_id = acs_workspace_id();
    RETURN result;
END
$$;
SELECT zone, day, what, upper(w) - lower(w) AS length, lower(w) AT TIME ZONE zone AS starts,
       (lower(w) - interval '1 us') AT TIME ZONE zone AS before, upper(w) AT TIME ZONE zone AS ends
  FROM midnights, LATERAL (SELECT pg_temp.window_of_day(zone, day) AS w OFFSET 0) AS windows;

-- A time without a zone: of what the clocks show twice the second, what they skip as if they did not.
CREATE TABLE days.bookings (id uuid PRIMARY KEY, site uuid, name text DEFAULT 'Bob', until timestamp, since timestamptz);
CREATE TRIGGER acs AFTER INSERT OR UPDATE OR DELETE ON days.bookings
    FOR EACH ROW EXECUTE FUNCTION acs_follow_user_changes(
        'acs_user_id=id', 'acs_system_id=site', 'full_name=name', 'access_starts_at=since', 'access_ends_at=until');
DELETE FROM days.guests;
UPDATE acs_systems SET time_zone = 'Europe/Berlin' WHERE acs_system_id = :'berlin';
INSERT INTO days.bookings VALUES (:'ada', :'berlin', DEFAULT, '2100-07-04 10:00', '2000-01-01 00:00+09');
SELECT starts_utc, ends, ends_utc FROM windows;
SET timezone = 'UTC';
UPDATE days.bookings SET until = until + interval '1 second';
SELECT starts_utc, ends, ends_utc FROM windows;
UPDATE days.bookings SET until = '2024-10-27 02:30';
SELECT ends_utc FROM windows;
UPDATE days.bookings SET until = '2024-03-31 02:30';
SELECT ends, ends_utc FROM windows;
UPDATE days.bookings SET until = 'infinity';
SELECT ends_utc FROM windows;
SELECT split_part(fails($$UPDATE days.bookings SET until = '294276-12-31 23:59:59', since = NULL$$), ' |', 1) AS last_second,
       split_part(fails($$UPDATE days.bookings SET until = '-infinity'$$), ' |', 1) AS no_end;
-- A row of no system is refused as one before its days are looked at.
SELECT split_part(fails('UPDATE days.bookings SET site = NULL'), ' |', 1) AS no_site;
DROP SCHEMA days CASCADE;
