-- A code for each of 10,000 reservations, in one statement: all of them or none.
--   psql -d mydb -f bulk_issue.sql        (with the extension on the search_path)
\set ON_ERROR_STOP on

-- A table as an application has it: 200 rooms, one guest after the other in each.
CREATE TEMP TABLE reservations (
    reservation_id int PRIMARY KEY,
    guest          text NOT NULL,
    room           int NOT NULL,
    arrives_at     timestamptz NOT NULL,
    leaves_at      timestamptz NOT NULL,
    acs_credential_id uuid
);
INSERT INTO reservations
    SELECT i, format('Guest %s', i), i % 200,
           timestamptz '2099-01-01 15:00Z' + i / 200 * interval '3 days',
           timestamptz '2099-01-04 10:00Z' + i / 200 * interval '3 days'
      FROM generate_series(1, 10000) AS i;

SELECT acs_system_id AS hotel FROM acs_systems_create('Hotel Bellevue') \gset
CREATE TEMP TABLE rooms AS
    SELECT room, (acs_entrances_create(:'hotel', format('Room %s', room))).acs_entrance_id
      FROM generate_series(0, 199) AS room;

-- Each guest becomes a user, and gets a code that is good for the room and the nights. Codes are
-- generated: random, not easily guessed, and no two that are valid at a time are the same.
WITH guests AS MATERIALIZED (
    SELECT r.reservation_id, (acs_users_create(:'hotel', r.guest)).acs_user_id
      FROM reservations r
), issued AS MATERIALIZED (
    SELECT r.reservation_id, c.acs_credential_id
      FROM reservations r
      JOIN guests USING (reservation_id)
      JOIN rooms USING (room)
     CROSS JOIN LATERAL acs_credentials_create(
               acs_user_id => guests.acs_user_id, access_method => 'code',
               starts_at => r.arrives_at, ends_at => r.leaves_at,
               allowed_acs_entrance_ids => ARRAY[rooms.acs_entrance_id]) AS c
)
UPDATE reservations r SET acs_credential_id = issued.acs_credential_id
  FROM issued WHERE issued.reservation_id = r.reservation_id;

-- What is there now.
SELECT count(*) AS reservations, count(DISTINCT acs_credential_id) AS credentials FROM reservations;
-- A few guests at their doors: on the day before, during the stay, and at the door of the neighbour.
SELECT count(*) FILTER (WHERE before.granted) AS before, count(*) FILTER (WHERE during.granted) AS during,
       count(*) FILTER (WHERE next_door.granted) AS next_door
  FROM (SELECT * FROM reservations WHERE reservation_id % 1000 = 0) AS r
  JOIN rooms USING (room)
  JOIN rooms AS neighbour ON neighbour.room = (r.room + 1) % 200
 CROSS JOIN LATERAL acs_credentials_get(r.acs_credential_id) AS c
 CROSS JOIN LATERAL acs_access_check(rooms.acs_entrance_id, 'code', c.code, at => r.arrives_at - interval '1 day') AS before
 CROSS JOIN LATERAL acs_access_check(rooms.acs_entrance_id, 'code', c.code, at => r.arrives_at) AS during
 CROSS JOIN LATERAL acs_access_check(neighbour.acs_entrance_id, 'code', c.code, at => r.arrives_at) AS next_door;
