-- What lists have trouble with: a user with 10,000 credentials, and, after all others, a new
-- system with ten users of two credentials each.

INSERT INTO acs_systems (acs_system_id, system_type, name) VALUES (bench.system_id(20), 'generic', 'New');
INSERT INTO acs_users (acs_user_id, acs_system_id, full_name)
    SELECT bench.user_id(@first + i), bench.system_id(CASE i WHEN 0 THEN 0 ELSE 20 END), 'User ' || i
      FROM generate_series(0, 10) i;

INSERT INTO acs_credentials (acs_credential_id, acs_system_id, acs_user_id, access_method, code,
                             identifier, display_name, starts_at, ends_at, created_at, valid_from)
    SELECT bench.credential_id(@first + i), bench.system_id(0), bench.user_id(@first), 'code',
           k.code, k.code::text, acs_display_name('code', k.code), k.starts_at, k.starts_at + interval '1 hour',
           k.starts_at, k.starts_at
      FROM generate_series(0, 9999) i
     CROSS JOIN LATERAL (SELECT bench.code(@first + i) AS code, now() + i * interval '1 hour' AS starts_at) k;
INSERT INTO acs_credentials (acs_credential_id, acs_system_id, acs_user_id, access_method, code,
                             identifier, display_name, starts_at, ends_at, created_at, valid_from)
    SELECT bench.credential_id(@first + i), bench.system_id(20), bench.user_id(@first + 1 + i % 10), 'code',
           k.code, k.code::text, acs_display_name('code', k.code), k.starts_at, NULL,
           k.starts_at, k.starts_at
      FROM generate_series(10000, 10019) i
     CROSS JOIN LATERAL (SELECT bench.code(@first + i) AS code, now() AS starts_at) k;
