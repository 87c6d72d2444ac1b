-- The instants at which a credential begins and ceases to open a door: it is
-- valid when starts_at <= t < ends_at, to the microsecond, and instants are
-- instants, whatever clocks on the wall do; but never before it was created.
SET datestyle = 'ISO';
SET timezone = 'UTC';
SET credentials.workspace_id = 'b0da0000-0000-4000-8000-000000000000';
SELECT acs_system_id AS hotel FROM acs_systems_create('Hotel') \gset
SELECT acs_entrance_id AS lobby FROM acs_entrances_create(:'hotel', 'Lobby') \gset

-- Rows, because acs_credentials_create accepts nothing that ends in the past, and
-- of old, because nothing is valid before it was created.
CREATE PROCEDURE pg_temp.issue(code acs_code, starts_at timestamptz, ends_at timestamptz,
                               access_starts_at timestamptz DEFAULT NULL, access_ends_at timestamptz DEFAULT NULL,
                               created_at timestamptz DEFAULT '4713-01-01 BC')
LANGUAGE sql AS $$
    WITH guest AS (
        INSERT INTO acs_users (acs_system_id, full_name, access_starts_at, access_ends_at)
            SELECT acs_system_id, 'Guest', access_starts_at, access_ends_at
              FROM acs_systems WHERE workspace_id = acs_workspace_id()
            RETURNING acs_system_id, acs_user_id),
    pin AS (
        INSERT INTO acs_credentials (acs_system_id, acs_user_id, access_method, code, starts_at, ends_at, created_at)
            SELECT acs_system_id, acs_user_id, 'code', code, starts_at, ends_at, created_at FROM guest
            RETURNING acs_credential_id)
    INSERT INTO acs_credential_entrances (acs_credential_id, acs_entrance_id)
        SELECT acs_credential_id, acs_entrance_id FROM pin, acs_entrances WHERE workspace_id = acs_workspace_id()
$$;
-- What is said to the code at an instant.
CREATE FUNCTION pg_temp.answer(code acs_code, at timestamptz) RETURNS text LANGUAGE sql AS $$
    SELECT CASE WHEN d.granted THEN 'granted' ELSE array_to_string(d.reasons, ', ') END
      FROM acs_entrances e, acs_access_check(e.acs_entrance_id, 'code', code, at => at) AS d
     WHERE e.workspace_id = acs_workspace_id()
$$;

---------------------------------------------------------------------------
-- To the microsecond
---------------------------------------------------------------------------

CALL pg_temp.issue('700001', '2024-05-01 15:00', '2024-05-04 11:00');
SELECT at, pg_temp.answer('700001', at)
  FROM unnest(ARRAY['2024-05-01 14:59:59.999999', '2024-05-01 15:00', '2024-05-01 15:00:00.000001', '2024-05-03',
                    '2024-05-04 10:59:59.999999', '2024-05-04 11:00', '2024-05-04 11:00:00.000001']::timestamptz[]) AS at;
-- a window of one microsecond
CALL pg_temp.issue('700002', '2024-05-01', '2024-05-01 00:00:00.000001');
SELECT at, pg_temp.answer('700002', at)
  FROM unnest(ARRAY['2024-04-30 23:59:59.999999', '2024-05-01', '2024-05-01 00:00:00.000001']::timestamptz[]) AS at;
-- bounds between two microseconds are rounded when they are stored
CALL pg_temp.issue('700003', '2024-05-01 00:00:00.0000014', '2024-05-01 00:00:00.0000026');
SELECT at, pg_temp.answer('700003', at)
  FROM generate_series(0, 4) AS n, make_timestamptz(2024, 5, 1, 0, 0, n / 1000000.0) AS at;

-- Windows that touch leave no gap, and no instant at which both are meant.
CALL pg_temp.issue('700004', NULL, '2024-05-01');
CALL pg_temp.issue('700004', '2024-05-01', '2024-06-01');
CALL pg_temp.issue('700004', '2024-06-01', NULL);
SELECT at, granted, c.starts_at, c.ends_at
  FROM unnest(ARRAY['2024-04-30 23:59:59.999999', '2024-05-01', '2024-05-31 23:59:59.999999', '2024-06-01']::timestamptz[]) AS at,
       acs_access_check(:'lobby', 'code', '700004', at => at) AS d
       LEFT JOIN acs_credentials c ON c.workspace_id = acs_workspace_id() AND c.acs_credential_id = d.acs_credential_id;

-- The later of start and creation counts. What ended before it was created was never valid.
CALL pg_temp.issue('700005', NULL, '2024-05-03', created_at => '2024-05-02');
CALL pg_temp.issue('700006', '2024-05-01', '2024-05-03', created_at => '2024-05-02');
CALL pg_temp.issue('700007', '2024-05-02', '2024-05-03', created_at => '2024-05-01');
CALL pg_temp.issue('700008', '2024-05-01', '2024-05-02', created_at => '2024-05-02');
SELECT at, pg_temp.answer('700005', at) AS created, pg_temp.answer('700006', at) AS created_later,
       pg_temp.answer('700007', at) AS created_before, pg_temp.answer('700008', at) AS never
  FROM unnest(ARRAY['2024-05-01 23:59:59.999999', '2024-05-02', '2024-05-02 23:59:59.999999', '2024-05-03']::timestamptz[]) AS at;

---------------------------------------------------------------------------
-- Bounds that are not there
---------------------------------------------------------------------------

CALL pg_temp.issue('700010', NULL, NULL);
CALL pg_temp.issue('700011', '2024-05-01', NULL);
CALL pg_temp.issue('700012', NULL, '2024-05-01');
CALL pg_temp.issue('700013', '4713-01-01 BC', '294276-12-31 23:59:59.999999');
\pset null now
SELECT at, pg_temp.answer('700010', at) AS unbounded, pg_temp.answer('700011', at) AS from_may_on,
       pg_temp.answer('700012', at) AS until_may, pg_temp.answer('700013', at) AS long
  FROM unnest(ARRAY['-infinity', '4713-01-01 BC', '2024-04-30', '2024-05-01', '294276-12-31 23:59:59.999998',
                    '294276-12-31 23:59:59.999999', 'infinity', NULL]::timestamptz[]) AS at;
\pset null ''
-- the decision tells of which instant it is; without one, of the clock's
SELECT decided_at FROM acs_access_check(:'lobby', 'code', '700010', at => '2024-05-01 15:00:00.000001');
SELECT decided_at FROM acs_access_check(:'lobby', 'code', '700010', at => 'infinity');
SELECT decided_at FROM acs_access_check(:'lobby', 'code', '700010', at => '-infinity');
SELECT decided_at BETWEEN clock_timestamp() - interval '1 minute' AND clock_timestamp() AS now
  FROM acs_access_check(:'lobby', 'code', '700010', at => NULL);
BEGIN;
SELECT pg_sleep(0.01);
SELECT bool_and(decided_at BETWEEN transaction_timestamp() + interval '0.01 s' AND clock_timestamp()) AS now
  FROM (SELECT decided_at FROM acs_access_check(:'lobby', 'code', '700010')
        UNION ALL SELECT decided_at FROM acs_access_check(:'lobby', 'code', '700010', at => NULL)
        UNION ALL SELECT decided_at FROM acs_access_request(:'lobby', 'code', '700010')) AS decisions;
COMMIT;

---------------------------------------------------------------------------
-- The user's schedule and the credential's window: both
---------------------------------------------------------------------------

CALL pg_temp.issue('700020', '2024-05-02', '2024-05-05', '2024-05-03', '2024-05-06');
CALL pg_temp.issue('700021', '2024-05-03', '2024-05-04', '2024-05-02', '2024-05-05');
CALL pg_temp.issue('700022', '2024-05-02', '2024-05-04', '2024-05-04', '2024-05-06');
CALL pg_temp.issue('700023', NULL, '2024-05-04', '2024-05-03', NULL);
SELECT at, pg_temp.answer('700020', at) AS credential_first, pg_temp.answer('700021', at) AS credential_within
  FROM generate_series(timestamptz '2024-05-01', '2024-05-06', interval '1 day') AS at;
SELECT at, pg_temp.answer('700022', at) AS never_both, pg_temp.answer('700023', at) AS one_bound_each
  FROM generate_series(timestamptz '2024-05-01', '2024-05-06', interval '1 day') AS at;
-- to the microsecond as well
SELECT at, pg_temp.answer('700020', at)
  FROM unnest(ARRAY['2024-05-02 23:59:59.999999', '2024-05-03', '2024-05-04 23:59:59.999999', '2024-05-05',
                    '2024-05-05 23:59:59.999999', '2024-05-06']::timestamptz[]) AS at;

---------------------------------------------------------------------------
-- Clocks go forward and back: a day has 23 or 25 hours
---------------------------------------------------------------------------

-- From midnight to midnight, in Zurich.
SET timezone = 'Europe/Zurich';
CALL pg_temp.issue('700030', '2024-03-31 00:00', '2024-04-01 00:00');
CALL pg_temp.issue('700031', '2024-10-27 00:00', '2024-10-28 00:00');
SELECT c.code, ends_at - starts_at AS lasts, count(*) FILTER (WHERE pg_temp.answer(c.code, at) = 'granted') AS minutes
  FROM acs_credentials c, generate_series(starts_at - interval '3 h', ends_at + interval '3 h', '1 min') AS at
 WHERE workspace_id = acs_workspace_id() AND c.code IN ('700030', '700031') GROUP BY c.code, lasts ORDER BY c.code;

-- At 2:00 on March 31 it is 3:00: half past two is no time at all, and read as half past three.
CALL pg_temp.issue('700032', '2024-03-31 01:30', '2024-03-31 02:30');
SELECT at, pg_temp.answer('700032', at)
  FROM unnest(ARRAY['2024-03-31 01:29:59.999999+01', '2024-03-31 01:30+01', '2024-03-31 01:59:59.999999+01', '2024-03-31 03:00+02',
                    '2024-03-31 03:29:59.999999+02', '2024-03-31 03:30+02']::timestamptz[]) AS at;

-- At 3:00 on October 27 it is 2:00 once more: which half past two is meant has to be said.
CALL pg_temp.issue('700033', '2024-10-27 02:30+02', '2024-10-27 02:30+01');
CALL pg_temp.issue('700034', '2024-10-27 01:30', '2024-10-27 02:30 CEST');
SELECT at, at AT TIME ZONE 'UTC' AS utc, pg_temp.answer('700033', at) AS between_them, pg_temp.answer('700034', at) AS until_the_first
  FROM unnest(ARRAY['2024-10-27 02:29:59.999999+02', '2024-10-27 02:30+02', '2024-10-27 02:59:59.999999+02', '2024-10-27 02:00+01',
                    '2024-10-27 02:29:59.999999+01', '2024-10-27 02:30+01']::timestamptz[]) AS at;
-- the server reads it as the second
SELECT '2024-10-27 02:30'::timestamptz = '2024-10-27 02:30+01' AS second;

-- The same in New York, where it happens on other days and at other hours.
SET timezone = 'America/New_York';
CALL pg_temp.issue('700040', '2024-03-10 00:00', '2024-03-11 00:00');
CALL pg_temp.issue('700041', '2024-11-03 00:00', '2024-11-04 00:00');
SELECT c.code, ends_at - starts_at AS lasts, count(*) FILTER (WHERE pg_temp.answer(c.code, at) = 'granted') AS minutes
  FROM acs_credentials c, generate_series(starts_at - interval '3 h', ends_at + interval '3 h', '1 min') AS at
 WHERE workspace_id = acs_workspace_id() AND c.code IN ('700040', '700041') GROUP BY c.code, lasts ORDER BY c.code;
CALL pg_temp.issue('700042', '2024-03-10 01:30', '2024-03-10 02:30');
SELECT at, pg_temp.answer('700042', at)
  FROM unnest(ARRAY['2024-03-10 01:29:59.999999-05', '2024-03-10 01:30-05', '2024-03-10 01:59:59.999999-05', '2024-03-10 03:00-04',
                    '2024-03-10 03:29:59.999999-04', '2024-03-10 03:30-04']::timestamptz[]) AS at;
CALL pg_temp.issue('700043', '2024-11-03 01:30-04', '2024-11-03 01:30-05');
SELECT at, at AT TIME ZONE 'UTC' AS utc, pg_temp.answer('700043', at) AS between_them
  FROM unnest(ARRAY['2024-11-03 01:29:59.999999-04', '2024-11-03 01:30-04', '2024-11-03 01:59:59.999999-04', '2024-11-03 01:00-05',
                    '2024-11-03 01:29:59.999999-05', '2024-11-03 01:30-05']::timestamptz[]) AS at;

-- What is stored is an instant: asked from elsewhere, the answer is the same.
SET timezone = 'Europe/Zurich';
SELECT pg_temp.answer('700043', '2024-11-03 01:29:59.999999 America/New_York') AS before_the_second,
       pg_temp.answer('700043', '2024-11-03 07:29:59.999999') AS the_same, pg_temp.answer('700043', '2024-11-03 07:30') AS at_it;
SET timezone = 'UTC';

---------------------------------------------------------------------------
-- Calendars: leap days, the year 2100, which has none, and the end of 32 bits
---------------------------------------------------------------------------

CALL pg_temp.issue('700050', '2024-02-28', '2024-03-01');
CALL pg_temp.issue('700051', '2024-02-29', timestamptz '2024-02-29' + interval '1 year');
CALL pg_temp.issue('700052', '2100-02-28', timestamptz '2100-02-28' + interval '1 day');
CALL pg_temp.issue('700053', '2038-01-19 03:14:07', '2038-01-19 03:14:09');
SELECT code, starts_at, ends_at, ends_at - starts_at AS lasts,
       pg_temp.answer(code, starts_at - interval '1 us') AS before, pg_temp.answer(code, starts_at) AS first,
       pg_temp.answer(code, ends_at - interval '1 us') AS last, pg_temp.answer(code, ends_at) AS after
  FROM acs_credentials WHERE workspace_id = acs_workspace_id() AND code BETWEEN '700050' AND '700053' ORDER BY code;
-- 30 June 2015 had a second more, which instants do not count
CALL pg_temp.issue('700054', '2015-06-30 23:59:60', '2015-07-01 00:00:01');
SELECT at, pg_temp.answer('700054', at) FROM unnest(ARRAY['2015-06-30 23:59:59.999999', '2015-07-01', '2015-07-01 00:00:01']::timestamptz[]) AS at;
