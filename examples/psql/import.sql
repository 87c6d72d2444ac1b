-- Bookings of another system, imported in one statement: each line is a credential, or says
-- why it is none. Again with a newer file, only what is new is imported.
--   psql -d mydb -f import.sql        (with the extension on the search_path)
\set ON_ERROR_STOP on

SELECT acs_system_id AS hotel FROM acs_systems_create('Hotel Bellevue') \gset
SELECT acs_entrance_id AS room FROM acs_entrances_create(:'hotel', 'Room 101') \gset
SELECT acs_user_id AS guest FROM acs_users_create(:'hotel', 'Guest of room 101') \gset

-- As a file has it: text, whatever it is.
CREATE TEMP TABLE lines (booking text, code text, arrives text, leaves text);
COPY lines FROM stdin WITH (FORMAT csv);
B-1,824759,2099-07-01 15:00+02,2099-07-04 10:00+02
B-2,824759,2099-07-03 15:00+02,2099-07-05 10:00+02
B-3,824759,2099-07-04 15:00+02,2099-07-05 10:00+02
B-4,,2099-07-08 15:00+02,2099-07-07 10:00+02
B-5,4711,2099-07-08 15:00+02,2099-07-09 10:00+02
B-7,82 47,2099-07-10 15:00+02,2099-07-11 10:00+02
\.

CREATE TEMP VIEW import AS
    SELECT l.booking, (r.credential).acs_credential_id, (r.credential).display_name, r.rule, r.message
      FROM lines AS l
     CROSS JOIN LATERAL acs_credentials_try_create(
               acs_user_id => :'guest', access_method => 'code', code => l.code,
               starts_at => l.arrives::timestamptz, ends_at => l.leaves::timestamptz,
               allowed_acs_entrance_ids => ARRAY[:'room'::uuid],
               reference => l.booking) AS r;

SELECT booking, display_name, rule, message FROM import ORDER BY booking;

-- The next day there is one booking more, and one was mended.
UPDATE lines SET code = '303606' WHERE booking = 'B-2';
INSERT INTO lines VALUES ('B-6', '60225', '2099-07-09 15:00+02', '2099-07-10 10:00+02');
SELECT booking, display_name, rule FROM import WHERE rule IS DISTINCT FROM 'reference_taken' ORDER BY booking;

SELECT reference, display_name, starts_at, ends_at FROM acs_credentials_list(:'guest');
