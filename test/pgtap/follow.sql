-- How an application tests in its own suite that access follows its table:
-- each rule of the house in one line.
BEGIN;
SELECT plan(33);
SET LOCAL client_min_messages = warning;

-- The house: one site with a door, and guests who stay in rooms.
INSERT INTO acs_systems (acs_system_id, system_type, name) VALUES ('51000000-0000-4000-8000-000000000000', 'generic', 'Inn');
INSERT INTO acs_entrances (acs_entrance_id, acs_system_id, display_name)
    VALUES ('d0000000-0000-4000-8000-000000000000', '51000000-0000-4000-8000-000000000000', 'Front door');
CREATE SCHEMA inn;
CREATE TABLE inn.bookings (booking integer PRIMARY KEY, arrival timestamptz, departure timestamptz);
CREATE TABLE inn.guests (
    id uuid PRIMARY KEY,
    booking integer REFERENCES inn.bookings ON DELETE CASCADE,
    site_id uuid DEFAULT '51000000-0000-4000-8000-000000000000',
    name text,
    has_paid boolean DEFAULT true,
    arrival timestamptz,
    departure timestamptz
);
CREATE TRIGGER acs AFTER INSERT OR UPDATE OR DELETE ON inn.guests
    FOR EACH ROW EXECUTE FUNCTION acs_follow_user_changes(
        'acs_user_id=id', 'acs_system_id=site_id', 'full_name=name', 'active=has_paid',
        'access_starts_at=arrival', 'access_ends_at=departure');
CREATE TRIGGER acs_truncate BEFORE TRUNCATE ON inn.guests
    FOR EACH STATEMENT EXECUTE FUNCTION acs_follow_user_changes(
        'acs_user_id=id', 'acs_system_id=site_id', 'full_name=name');

-- May Jane in, at an instant?
CREATE FUNCTION inn.refused(at timestamptz DEFAULT now()) RETURNS text LANGUAGE sql AS $$
    SELECT reasons::text FROM acs_access_check('d0000000-0000-4000-8000-000000000000', 'code', '824759', at => at)
$$;
CREATE FUNCTION inn.events() RETURNS SETOF text LANGUAGE sql AS $$
    SELECT event_type FROM acs_events WHERE acs_user_id = 'a0000000-0000-4000-8000-000000000000' ORDER BY event_id
$$;

-- The trigger function
SELECT has_function('acs_follow_user_changes', '{}'::name[]);
SELECT function_returns('acs_follow_user_changes', '{}'::name[], 'trigger');
SELECT is_definer('acs_follow_user_changes', '{}'::name[]);
SELECT volatility_is('acs_follow_user_changes', '{}'::name[], 'volatile');
SELECT function_privs_are('acs_follow_user_changes', '{}'::name[], 'pg_monitor', '{}', 'nobody may use it without a grant');
SELECT trigger_is('inn', 'guests', 'acs', (SELECT pronamespace::regnamespace::name FROM pg_proc WHERE proname = 'acs_follow_user_changes'),
                  'acs_follow_user_changes', 'the guests are followed');

-- Arrival
INSERT INTO inn.bookings VALUES (1, '2100-05-01 15:00+00', '2100-05-04 11:00+00');
INSERT INTO inn.guests (id, booking, name, arrival, departure)
    SELECT 'a0000000-0000-4000-8000-000000000000', booking, 'Jane Doe', arrival, departure FROM inn.bookings;
SELECT row_eq($$SELECT acs_system_id, full_name, is_suspended, access_starts_at, access_ends_at
                  FROM acs_users_get('a0000000-0000-4000-8000-000000000000')$$,
              ROW ('51000000-0000-4000-8000-000000000000'::uuid, 'Jane Doe'::text, false,
                   '2100-05-01 15:00+00'::timestamptz, '2100-05-04 11:00+00'::timestamptz),
              'who is booked is a user');
SELECT lives_ok($$SELECT acs_credentials_create('a0000000-0000-4000-8000-000000000000', 'code', '824759',
                         allowed_acs_entrance_ids => '{d0000000-0000-4000-8000-000000000000}')$$, 'who gets a code');
SELECT is(inn.refused('2100-05-01 14:59:59.999999+00'), '{outside_user_schedule}', 'which opens nothing before the arrival,');
SELECT is(inn.refused('2100-05-01 15:00+00'), '{}', 'opens from the arrival');
SELECT is(inn.refused('2100-05-04 10:59:59.999999+00'), '{}', 'to the departure,');
SELECT is(inn.refused('2100-05-04 11:00+00'), '{outside_user_schedule}', 'and not any longer');

-- Changes
UPDATE inn.guests SET departure = '2100-05-05 11:00+00';
SELECT is(inn.refused('2100-05-05 10:00+00'), '{}', 'who stays a day longer gets in a day longer');
UPDATE inn.guests SET departure = 'infinity';
SELECT is(inn.refused('2199-01-01'), '{}', 'who stays for ever, for ever');
UPDATE inn.guests SET has_paid = false;
SELECT is(inn.refused('2100-05-02'), '{user_suspended}', 'who does not pay is locked out');
UPDATE inn.guests SET has_paid = NULL;
SELECT is(inn.refused('2100-05-02'), '{user_suspended}', 'nor does who perhaps has paid get in');
UPDATE inn.guests SET has_paid = true;
SELECT is(inn.refused('2100-05-02'), '{}', 'who pays is let in');
SELECT results_eq('SELECT inn.events()',
    ARRAY['acs_user.created', 'acs_credential.created', 'acs_credential.entrance_added', 'acs_user.updated', 'acs_user.updated', 'acs_user.suspended', 'acs_user.unsuspended'],
    'each change is told once');
UPDATE inn.guests SET booking = booking;
SELECT is((SELECT count(*) FROM inn.events()), 7::bigint, 'what is no change is not told');
SELECT lives_ok($$SELECT acs_users_suspend('a0000000-0000-4000-8000-000000000000')$$, 'reception locks her out');
UPDATE inn.guests SET name = 'Jane Roe';
SELECT is(inn.refused('2100-05-02'), '{user_suspended}', 'a marriage does not let her in');
SELECT is((SELECT full_name FROM acs_users_get('a0000000-0000-4000-8000-000000000000')), 'Jane Roe', 'but gives her another name');

-- What is refused is refused for table and user alike
SELECT throws_ok($$UPDATE inn.guests SET departure = arrival$$, '23514', 'validity window must end after it starts',
                 'departure comes after arrival');
SELECT throws_ok($$UPDATE inn.guests SET site_id = '00000000-0000-4000-8000-000000000000'$$, 'P0002', 'access control system does not exist',
                 'a site is a site');
SELECT throws_ok($$UPDATE inn.guests SET name = NULL$$, '22023', 'name is missing or blank', 'guests have names');
SELECT throws_ok($$UPDATE inn.guests SET id = 'b0000000-0000-4000-8000-000000000000'$$, '23503', NULL, 'a guest with a code stays the same person');
SELECT throws_ok($$TRUNCATE inn.guests$$, '0A000', 'table whose rows are users cannot be truncated', 'nobody throws out all guests by mistake');
SELECT throws_ok($$TRUNCATE inn.bookings CASCADE$$, '0A000', 'table whose rows are users cannot be truncated', 'not even in passing');
ALTER TABLE inn.guests RENAME departure TO leaves_at;
SELECT throws_ok($$UPDATE inn.guests SET booking = 1$$, '22023', 'trigger does not map the table to a user', 'a forgotten rename is noticed at once');
ALTER TABLE inn.guests RENAME leaves_at TO departure;
SELECT row_eq($$SELECT name, departure FROM inn.guests$$, ROW ('Jane Roe'::text, 'infinity'::timestamptz), 'so the table is as it was,');
SELECT row_eq($$SELECT full_name, access_ends_at FROM acs_users_get('a0000000-0000-4000-8000-000000000000')$$,
              ROW ('Jane Roe'::text, NULL::timestamptz), 'and the user, too');

-- Departure
DELETE FROM inn.bookings;
SELECT is(inn.refused('2100-05-02'), '{unknown_credential}', 'whose booking is deleted has no code any more');
SELECT is_empty($$SELECT FROM acs_users WHERE acs_user_id = 'a0000000-0000-4000-8000-000000000000'$$, 'and is no user');

SELECT * FROM finish();
ROLLBACK;
