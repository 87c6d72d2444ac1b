-- Of each of @codes codes, @count windows of a day that are over, and one that is not. All in the
-- first system, of some of its users; ids from @first on.

INSERT INTO acs_credentials (acs_credential_id, acs_system_id, acs_user_id, access_method, code,
                             identifier, display_name, starts_at, ends_at, created_at, valid_from)
    SELECT bench.credential_id(@first + k.n), bench.system_id(0), bench.user_id(20 * (k.n % 25)), 'code',
           k.code, k.code::text, acs_display_name('code', k.code), k.starts_at, k.starts_at + interval '1 day',
           k.starts_at, k.starts_at
      FROM generate_series(0, @count) days_ago
     CROSS JOIN generate_series(0, @codes - 1) j
     CROSS JOIN LATERAL (SELECT bench.window_code(@count, j) AS code, days_ago * @codes + j AS n,
                                now() - interval '1 hour' - days_ago * interval '1 day' AS starts_at) k;
