-- The enumerations, and windows of time: valid when starts_at <= t < ends_at.
SET datestyle = 'ISO';
SET timezone = 'UTC';

SELECT enum_range(NULL::acs_access_method) AS access_methods;
SELECT enum_range(NULL::acs_credential_state) AS states;
SELECT enum_range(NULL::acs_disable_reason) AS disable_reasons;

-- The first instant belongs to the window, the last does not.
SELECT at, acs_valid_at('2100-03-01 10:40', '2100-03-04 10:40', at),
       acs_credential_state('2100-03-01 10:40', '2100-03-04 10:40', at)
  FROM unnest('{2100-03-01 10:39:59.999999, 2100-03-01 10:40, 2100-03-02,
                2100-03-04 10:39:59.999999, 2100-03-04 10:40, 2100-03-05}'::timestamptz[]) AS at;

-- Null is unbounded, and so is infinity on its side.
SELECT starts_at, ends_at, acs_valid_at(starts_at, ends_at, '2100-01-02'),
       acs_credential_state(starts_at, ends_at, '2100-01-02')
  FROM (VALUES (NULL::timestamptz, NULL::timestamptz),
               (NULL, '2100-01-02'), (NULL, '2100-01-03'), ('2100-01-02', NULL), ('2100-01-03', NULL),
               ('-infinity', 'infinity'), ('-infinity', '2100-01-02'), ('2100-01-03', 'infinity'),
               ('infinity', NULL), (NULL, '-infinity')) AS windows (starts_at, ends_at);
-- An instant can be infinite, too.
SELECT at, acs_valid_at(NULL, NULL, at) AS in_always, acs_valid_at('2100-01-01', NULL, at) AS in_from,
       acs_valid_at(NULL, '2100-01-01', at) AS in_until
  FROM unnest('{-infinity, infinity}'::timestamptz[]) AS at;
-- No instant, no answer.
SELECT acs_valid_at(NULL, NULL, NULL), acs_credential_state('2100-01-01', NULL, NULL);
-- A window that ends before it starts is never active.
SELECT acs_valid_at('2100-01-03', '2100-01-01', '2100-01-02'), acs_valid_at('2100-01-02', '2100-01-02', '2100-01-02');

-- Windows that only touch do not overlap.
SELECT name, acs_windows_overlap(starts_a, ends_a, starts_b, ends_b) AS overlap
  FROM (VALUES ('apart', '2100-01-01'::timestamptz, '2100-01-02'::timestamptz, '2100-01-03'::timestamptz, '2100-01-04'::timestamptz),
               ('touching', '2100-01-01', '2100-01-02', '2100-01-02', '2100-01-03'),
               ('an instant shared', '2100-01-01', '2100-01-02', '2100-01-01 23:59:59.999999', '2100-01-03'),
               ('one in the other', '2100-01-01', '2100-01-31', '2100-01-02', '2100-01-03'),
               ('the same', '2100-01-01', '2100-01-02', '2100-01-01', '2100-01-02'),
               ('always and always', NULL, NULL, NULL, NULL),
               ('always and once', NULL, NULL, '2100-01-01', '2100-01-02'),
               ('until and from', NULL, '2100-01-02', '2100-01-02', NULL),
               ('until and from, crossing', NULL, '2100-01-03', '2100-01-02', NULL),
               ('an empty one', NULL, NULL, '2100-01-02', '2100-01-02'),
               ('infinities', '-infinity', 'infinity', '2100-01-01', 'infinity')
       ) AS pairs (name, starts_a, ends_a, starts_b, ends_b);

-- The same answers as the server's ranges give, for all small windows.
CREATE TEMP TABLE bounds AS
    SELECT '2100-01-01'::timestamptz + i * interval '1 day' AS t FROM generate_series(1, 4) AS i
    UNION ALL SELECT NULL;
CREATE TEMP TABLE windows AS
    SELECT s.t AS starts_at, e.t AS ends_at, tstzrange(s.t, e.t) AS range
      FROM bounds s, bounds e WHERE (s.t <= e.t) IS NOT false;
SELECT count(*) AS windows FROM windows;
SELECT count(*) AS pairs,
       count(*) FILTER (WHERE acs_windows_overlap(a.starts_at, a.ends_at, b.starts_at, b.ends_at)
                              IS DISTINCT FROM (a.range && b.range)) AS wrong
  FROM windows a, windows b;
SELECT count(*) AS instants,
       count(*) FILTER (WHERE acs_valid_at(starts_at, ends_at, t) IS DISTINCT FROM range @> t) AS wrong,
       count(*) FILTER (WHERE acs_valid_at(starts_at, ends_at, t)
                              IS DISTINCT FROM (acs_credential_state(starts_at, ends_at, t) = 'active')) AS wrong_state
  FROM windows, bounds WHERE t IS NOT NULL;

-- What can be stored: the end after the start, unbounded as null.
SELECT acs_window_order(NULL, NULL), acs_window_order('2100-01-01', NULL), acs_window_order(NULL, '2100-01-01'),
       acs_window_order('2100-01-01', '2100-01-01 00:00:00.000001');
SELECT starts_at, ends_at, fails(format('SELECT acs_window_order(%L, %L)', starts_at, ends_at))
  FROM (VALUES ('2100-01-02', '2100-01-01'), ('2100-01-01', '2100-01-01'),
               ('-infinity', '2100-01-01'), ('2100-01-01', 'infinity'),
               ('infinity', NULL), (NULL, '-infinity')) AS windows (starts_at, ends_at);

-- Ids are UUIDs of version 7, in order of their creation.
SELECT bool_and(id::text ~ '^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$') AS version_7,
       bool_and(id > last) AS in_order,
       count(DISTINCT id) AS different
  FROM (SELECT id, lag(id) OVER (ORDER BY i) AS last
          FROM (SELECT i, acs_uuid() AS id FROM generate_series(1, 10000) AS i) AS ids) AS ids;
-- each call makes one: in a parallel plan the server takes two calls that read the same for one
BEGIN;
SELECT set_config(name, 'on', true) FROM pg_settings WHERE name IN ('force_parallel_mode', 'debug_parallel_query');
SELECT acs_uuid() AS a, acs_uuid() AS b \gset
SELECT :'a' <> :'b' AS differ;
ROLLBACK;
SELECT abs(extract(epoch FROM clock_timestamp()) * 1000 - milliseconds) < 60000 AS time_is_now
  FROM (SELECT ('x' || substr(replace(acs_uuid()::text, '-', ''), 1, 12))::bit(48)::bigint AS milliseconds) AS id;
