-- The credentials number 0 to @rows - 1, with all that they refer to.

INSERT INTO acs_systems (acs_system_id, system_type, name)
    SELECT bench.system_id(i), 'generic', 'System ' || i FROM generate_series(0, 19) i;
INSERT INTO acs_entrances (acs_entrance_id, acs_system_id, display_name)
    SELECT bench.entrance_id(i), bench.system_id(i % 20), 'Door ' || i FROM generate_series(0, 999) i;
INSERT INTO acs_entrance_lockouts (acs_entrance_id)
    SELECT e.acs_entrance_id FROM acs_entrances e;

-- A group of each system, with its first door, has every user.
INSERT INTO acs_access_groups (acs_access_group_id, acs_system_id, name)
    SELECT bench.group_of(bench.system_id(i)), bench.system_id(i), 'Everybody' FROM generate_series(0, 19) i;
INSERT INTO acs_access_groups_entrances (acs_access_group_id, acs_entrance_id, acs_system_id)
    SELECT bench.group_of(bench.system_id(i)), bench.entrance_id(i), bench.system_id(i) FROM generate_series(0, 19) i;

INSERT INTO acs_users (acs_user_id, acs_system_id, full_name)
    SELECT bench.user_id(i), bench.system_id(i % 20), 'User ' || i
      FROM generate_series(0, (@rows - 1) / 2) i;
INSERT INTO acs_access_groups_users (acs_access_group_id, acs_user_id, acs_system_id)
    SELECT bench.group_of(bench.system_id(i % 20)), bench.user_id(i), bench.system_id(i % 20)
      FROM generate_series(0, (@rows - 1) / 2) i;

-- Every credential is a code, good for two years and for one door of its own.
INSERT INTO acs_credentials (acs_credential_id, acs_system_id, acs_user_id, access_method, code,
                             identifier, display_name, starts_at, ends_at, created_at, valid_from)
    SELECT bench.credential_id(i), bench.system_id(bench.system_of(i)), bench.user_id(i / 2), 'code',
           k.code, k.code::text, acs_display_name('code', k.code), k.starts_at, k.starts_at + interval '2 years',
           k.starts_at, k.starts_at
      FROM generate_series(0, @rows - 1) i
     CROSS JOIN LATERAL (SELECT bench.code(i) AS code,
                                date_trunc('day', now()) - interval '1 day' AS starts_at) k;
INSERT INTO acs_credential_entrances (acs_credential_id, acs_entrance_id, acs_system_id)
    SELECT bench.credential_id(i), bench.entrance_id(bench.entrance_of(i)), bench.system_id(bench.system_of(i))
      FROM generate_series(0, @rows - 1) i;
