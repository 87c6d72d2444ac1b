-- What is read for one call: indexes only, and a handful of rows, whatever the
-- number of workspaces, users and credentials.  Counted by the server where the
-- statements really run, so that a lost index or a bad plan is noticed.
SET datestyle = 'ISO';
SET timezone = 'UTC';
SET credentials.workspace_id = '91a45000-0000-4000-8000-000000000000';
-- 1,000 small workspaces, and a large one that is as large as all of them together.
CREATE FUNCTION pg_temp.fill(workspace uuid, size int) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    system uuid := acs_uuid();
    door uuid := acs_uuid();
    team uuid := acs_uuid();
BEGIN
    INSERT INTO acs_systems (workspace_id, acs_system_id, system_type, name) VALUES (workspace, system, 'generic', 'System');
    INSERT INTO acs_entrances (workspace_id, acs_system_id, acs_entrance_id, display_name) VALUES (workspace, system, door, 'Door');
    INSERT INTO acs_entrances (workspace_id, acs_system_id, display_name) SELECT workspace, system, 'Door' FROM generate_series(2, size / 2);
    INSERT INTO acs_access_groups (workspace_id, acs_system_id, acs_access_group_id, name) VALUES (workspace, system, team, 'Team');
    INSERT INTO acs_access_groups (workspace_id, acs_system_id, name) SELECT workspace, system, 'Team' FROM generate_series(2, size / 2);
    INSERT INTO acs_users (workspace_id, acs_system_id, full_name, user_identity_id) SELECT workspace, system, 'User ' || i, acs_uuid() FROM generate_series(1, size) AS i;
    INSERT INTO acs_credentials (workspace_id, acs_system_id, acs_user_id, access_method, code, card_number)
        SELECT workspace, system, acs_user_id, CASE WHEN n % 2 = 0 THEN 'code' ELSE 'card' END, to_char(n, 'FM400000'), CASE WHEN n % 4 = 1 THEN 'No ' || n END
          FROM (SELECT acs_user_id, row_number() OVER () AS n FROM acs_users WHERE workspace_id = fill.workspace) AS u;
    INSERT INTO acs_credential_entrances (workspace_id, acs_credential_id, acs_entrance_id)
        SELECT workspace, acs_credential_id, door FROM acs_credentials WHERE workspace_id = fill.workspace;
    INSERT INTO acs_access_groups_users (workspace_id, acs_access_group_id, acs_user_id)
        SELECT workspace, team, acs_user_id FROM acs_users WHERE workspace_id = fill.workspace;
    INSERT INTO acs_access_groups_entrances (workspace_id, acs_access_group_id, acs_entrance_id)
        SELECT workspace, team, acs_entrance_id FROM acs_entrances WHERE workspace_id = fill.workspace;
    INSERT INTO acs_entrance_lockouts (workspace_id, acs_entrance_id, failed_attempts)
        SELECT workspace, acs_entrance_id, 1 FROM acs_entrances WHERE workspace_id = fill.workspace;
    -- with some history
    INSERT INTO acs_events (workspace_id, event_type, acs_system_id, acs_user_id, acs_entrance_id)
        SELECT workspace, 'acs_entrance.access_granted', system, acs_user_id, door FROM acs_users, generate_series(1, 2) WHERE workspace_id = fill.workspace;
END
$$;
SELECT count(pg_temp.fill(acs_uuid(), 2)) FROM generate_series(1, 1000);
SELECT count(pg_temp.fill(acs_workspace_id(), 2000));
-- Beside the large system a small one, and in it a user who has a lot.
SELECT acs_system_id AS annex FROM acs_systems_create('Annex') \gset
SELECT acs_user_id AS judy FROM acs_users_create(:'annex', 'Judy') \gset
INSERT INTO acs_users (acs_system_id, full_name) SELECT :'annex', 'Visitor ' || i FROM generate_series(1, 5) AS i;
INSERT INTO acs_credentials (acs_system_id, acs_user_id, access_method) SELECT :'annex', :'judy', 'mobile_key' FROM generate_series(1, 500);
SELECT acs_system_id AS lodge FROM acs_systems_create('Lodge') \gset
SELECT acs_user_id AS jack FROM acs_users_create(:'lodge', 'Jack') \gset
INSERT INTO acs_credentials (acs_system_id, acs_user_id, access_method) SELECT :'lodge', :'jack', 'mobile_key' FROM generate_series(1, 5);
ANALYZE acs_systems, acs_entrances, acs_access_groups, acs_users, acs_credentials, acs_credential_entrances, acs_access_groups_users, acs_access_groups_entrances, acs_entrance_lockouts, acs_events;

-- How often each relation was scanned in this transaction, and how much was read.
CREATE TEMP VIEW scans AS
    SELECT c.oid, c.relname, c.relkind, pg_stat_get_xact_numscans(c.oid) AS scans, pg_stat_get_xact_tuples_returned(c.oid) AS read
      FROM pg_class c LEFT JOIN pg_index i ON i.indexrelid = c.oid
     WHERE c.relnamespace = 'acs'::regnamespace AND c.relkind IN ('r', 'i') AND
           -- the types of systems and the epochs of the log are few, and known by heart
           coalesce(i.indrelid, c.oid) <> ALL ('{acs_system_types, acs_feed}'::regclass[]);

CREATE TEMP TABLE used (relname text, relkind "char", read bigint);

-- What a statement uses, run eight times: with the first plans, and with those that are kept.
-- "few" are at most 12 rows at a time; scans of tables are shown whatever they read.
CREATE FUNCTION pg_temp.reads(statement text, VARIADIC ids uuid[] DEFAULT '{}') RETURNS TABLE (relation text, rows text) LANGUAGE plpgsql AS $$
DECLARE
    before jsonb;
BEGIN
    TRUNCATE used;
    FOR n IN 1 .. 8 LOOP
        SELECT jsonb_object_agg(oid, jsonb_build_array(scans, read)) INTO before FROM scans;
        EXECUTE replace(statement, '$n', n::text) USING ids[1], ids[2], ids[3];
        INSERT INTO used SELECT relname, relkind, read - (before -> oid::text ->> 1)::bigint FROM scans WHERE scans > (before -> oid::text ->> 0)::bigint;
    END LOOP;
    RETURN QUERY
        SELECT -- indexes that serve the same columns alike, so that either will do
               regexp_replace(relname, '^(acs_[a-z_]+)_(pkey|entrance_idx|system_key)$', '\1_*'),
               CASE WHEN relkind = 'r' THEN 'TABLE SCAN' WHEN max(read) <= 12 THEN 'few' ELSE 'up to ' || max(read) END
          FROM used GROUP BY 1, relkind ORDER BY 1;
END
$$;
-- Of that, only what should not be.
CREATE FUNCTION pg_temp.wastes(statement text, VARIADIC ids uuid[] DEFAULT '{}') RETURNS text LANGUAGE sql AS $$
    SELECT coalesce(string_agg(relation || ': ' || rows, ', '), 'nothing') FROM pg_temp.reads(statement, VARIADIC ids) WHERE rows <> 'few' $$;

SELECT acs_system_id AS system FROM acs_systems WHERE workspace_id = acs_workspace_id() AND name = 'System' \gset
SELECT acs_entrance_id AS door FROM acs_entrances WHERE workspace_id = acs_workspace_id() ORDER BY acs_entrance_id LIMIT 1 \gset
SELECT acs_access_group_id AS team FROM acs_access_groups WHERE workspace_id = acs_workspace_id() ORDER BY acs_access_group_id LIMIT 1 \gset
SELECT acs_access_group_id AS other_team FROM acs_access_groups WHERE workspace_id = acs_workspace_id() ORDER BY acs_access_group_id DESC LIMIT 1 \gset
SELECT acs_user_id AS jane, user_identity_id AS identity FROM acs_users WHERE workspace_id = acs_workspace_id() AND full_name = 'User 1000' \gset
SELECT acs_credential_id AS pin FROM acs_credentials WHERE workspace_id = acs_workspace_id() AND acs_user_id = :'jane' \gset
SELECT acs_user_id AS john, user_identity_id AS johns_identity FROM acs_users WHERE workspace_id = acs_workspace_id() AND full_name = 'User 2000' \gset
SELECT acs_credential_id AS johns FROM acs_credentials WHERE workspace_id = acs_workspace_id() AND acs_user_id = :'john' \gset
INSERT INTO acs_credentials (acs_system_id, acs_user_id, access_method) VALUES (:'system', :'jane', 'mobile_key') RETURNING acs_credential_id AS key \gset
INSERT INTO acs_credential_entrances (acs_credential_id, acs_entrance_id) VALUES (:'key', :'door');
-- the door, the team and Jane have a lot; John has a little: one credential, one team of one entrance
SELECT acs_entrance_id AS last_door FROM acs_entrances WHERE workspace_id = acs_workspace_id() ORDER BY acs_entrance_id DESC LIMIT 1 \gset
DELETE FROM acs_access_groups_users WHERE workspace_id = acs_workspace_id() AND acs_user_id = :'john';
INSERT INTO acs_access_groups_users (acs_access_group_id, acs_user_id) VALUES (:'other_team', :'john');
DELETE FROM acs_access_groups_entrances WHERE workspace_id = acs_workspace_id() AND acs_entrance_id = :'last_door';
INSERT INTO acs_access_groups_entrances (acs_access_group_id, acs_entrance_id) VALUES (:'other_team', :'last_door');
CREATE TEMP TABLE condemned AS
    SELECT n, acs_user_id, acs_access_group_id, acs_entrance_id
      FROM (SELECT row_number() OVER (ORDER BY acs_user_id) - 1000 AS n, acs_user_id FROM acs_users WHERE workspace_id = acs_workspace_id()) AS u
      JOIN (SELECT row_number() OVER (ORDER BY acs_access_group_id) - 500 AS n, acs_access_group_id FROM acs_access_groups WHERE workspace_id = acs_workspace_id()) AS g USING (n)
      JOIN (SELECT row_number() OVER (ORDER BY acs_entrance_id) - 500 AS n, acs_entrance_id FROM acs_entrances WHERE workspace_id = acs_workspace_id()) AS e USING (n)
     WHERE n BETWEEN 1 AND 8;

---------------------------------------------------------------------------
-- At the door
---------------------------------------------------------------------------

SELECT * FROM pg_temp.reads($$SELECT acs_access_check($1, 'code', to_char(2 * $n, 'FM400000'))$$, :'door');
SELECT * FROM pg_temp.reads($$SELECT acs_access_check($1, 'card', card_number => 'No ' || 4 * $n + 1)$$, :'door');
SELECT * FROM pg_temp.reads($$SELECT acs_access_check($1, 'card', to_char(4 * $n + 3, 'FM400000'))$$, :'door');
SELECT * FROM pg_temp.reads($$SELECT acs_access_check($1, 'mobile_key', acs_credential_id => $2)$$, :'door', :'key');
-- by the access group alone
SELECT acs_entrance_id AS group_door FROM acs_entrances WHERE workspace_id = acs_workspace_id() ORDER BY acs_entrance_id OFFSET 1 LIMIT 1 \gset
SELECT * FROM pg_temp.reads($$SELECT acs_access_check($1, 'code', to_char(2 * $n, 'FM400000'))$$, :'group_door');
-- a request locks what it grants, as it was read
SELECT * FROM pg_temp.reads($$SELECT acs_access_request($1, 'code', to_char(2 * $n, 'FM400000'))$$, :'door');
-- what is not there takes no longer
SELECT pg_temp.wastes($$SELECT acs_access_check($1, 'code', '399999')$$, :'door') AS unknown_code,
       pg_temp.wastes($$SELECT acs_access_request($1, 'code', '399999')$$, :'door') AS unknown_code_at_the_door,
       pg_temp.wastes($$SELECT acs_access_check($1, 'card', card_number => 'No 0')$$, :'door') AS unknown_number,
       pg_temp.wastes($$SELECT acs_access_check($1, 'mobile_key', acs_credential_id => $2)$$, :'door', :'jane') AS unknown_key;


---------------------------------------------------------------------------
-- Issuing and revoking
---------------------------------------------------------------------------

SELECT * FROM pg_temp.reads($$SELECT acs_credentials_create($1, 'code', to_char($n, 'FM600000'), allowed_acs_entrance_ids => ARRAY[$2])$$, :'jane', :'door');
CREATE TEMP TABLE issued AS SELECT row_number() OVER () AS n, acs_credential_id FROM acs_credentials_list(acs_user_id => :'jane') WHERE code >= '600000';
SELECT * FROM pg_temp.reads($$SELECT acs_credentials_delete(acs_credential_id) FROM issued WHERE n = $n$$);
SELECT * FROM pg_temp.reads($$SELECT acs_credentials_get($1)$$, :'pin');

SELECT pg_temp.wastes($$SELECT acs_credentials_create(NULL, 'code', user_identity_id => $1, acs_system_id => $2)$$, :'identity', :'system') AS create_by_identity;
SELECT pg_temp.wastes($$SELECT acs_credentials_disable($1, (enum_range(NULL::acs_disable_reason))[1 + $n % 4])$$, :'pin') AS disable;
SELECT pg_temp.wastes($$SELECT acs_credentials_enable($1, (enum_range(NULL::acs_disable_reason))[1 + $n % 4])$$, :'pin') AS enable;
SELECT pg_temp.wastes($$SELECT acs_credentials_list(acs_user_id => $1)$$, :'john') AS list_of_user;
SELECT pg_temp.wastes($$SELECT acs_credentials_list(user_identity_id => $1)$$, :'johns_identity') AS list_of_identity;
SELECT pg_temp.wastes($$SELECT acs_credentials_list(user_identity_id => $1, page_size => 5)$$, :'johns_identity') AS short_list_of_identity;
SELECT pg_temp.wastes($$SELECT acs_credentials_list(page_size => 5)$$) AS first_page;
SELECT pg_temp.wastes($$SELECT acs_credentials_list(page_size => 5, page_cursor => $1)$$, :'pin') AS next_page;
-- a page comes from an index, in order: of a large system or a small one, of a user who has a lot
SELECT pg_temp.wastes($$SELECT acs_credentials_list(acs_system_id => $1, page_size => 5)$$, :'system') AS of_large_system,
       pg_temp.wastes($$SELECT acs_credentials_list(acs_system_id => $1, page_size => 5, page_cursor => $2)$$, :'system', :'pin') AS next_page,
       pg_temp.wastes($$SELECT acs_credentials_list(acs_system_id => $1)$$, :'lodge') AS of_small_system;
-- a long page looks up the users and the entrances of its credentials, and no others
SELECT relation, rows FROM pg_temp.reads($$SELECT acs_credentials_list(acs_system_id => $1, page_size => 200)$$, :'system')
 WHERE relation ~ '^acs_(credentials|users|credential_entrances)' AND rows <> 'few';
SELECT pg_temp.wastes($$SELECT acs_credentials_list(acs_user_id => $1, page_size => 5)$$, :'judy') AS of_user_who_has_a_lot,
       pg_temp.wastes($$SELECT acs_credentials_list(acs_user_id => $1, acs_system_id => $2, page_size => 5)$$, :'judy', :'annex') AS in_her_system;

---------------------------------------------------------------------------
-- Users, access groups, entrances
---------------------------------------------------------------------------

SELECT pg_temp.wastes($$SELECT acs_users_create($1, 'New', acs_access_group_ids => ARRAY[$2])$$, :'system', :'team') AS create;
SELECT pg_temp.wastes($$SELECT acs_users_get($1)$$, :'john') AS get, pg_temp.wastes($$SELECT acs_users_get(user_identity_id => $1, acs_system_id => $2)$$, :'johns_identity', :'system') AS by_identity;
SELECT pg_temp.wastes($$SELECT acs_users_list(acs_system_id => $1, page_size => 5)$$, :'system') AS of_large_system,
       pg_temp.wastes($$SELECT acs_users_list(acs_system_id => $1)$$, :'annex') AS of_small_system;
SELECT pg_temp.wastes($$SELECT acs_users_list(page_size => 5)$$) AS list, pg_temp.wastes($$SELECT acs_users_list(user_identity_id => $1)$$, :'johns_identity') AS of_identity;
SELECT pg_temp.wastes($$SELECT acs_users_update($1, full_name => 'User ' || $n)$$, :'john') AS update;
SELECT pg_temp.wastes($$SELECT acs_users_suspend(user_identity_id => $1, acs_system_id => $2)$$, :'johns_identity', :'system') AS suspend, pg_temp.wastes($$SELECT acs_users_unsuspend($1)$$, :'john') AS unsuspend;
SELECT pg_temp.wastes($$SELECT acs_users_remove_from_access_group($1, $2)$$, :'john', :'team') AS remove, pg_temp.wastes($$SELECT acs_users_add_to_access_group($1, $2)$$, :'john', :'other_team') AS add;
SELECT pg_temp.wastes($$SELECT acs_access_groups_list(acs_user_id => $1)$$, :'john') AS groups_of_user, pg_temp.wastes($$SELECT acs_access_groups_list_users($1)$$, :'other_team') AS users_of_group;
SELECT pg_temp.wastes($$SELECT acs_entrances_list(acs_credential_id => $1)$$, :'johns') AS of_credential;
SELECT pg_temp.wastes($$SELECT acs_entrances_grant_access($1, $2)$$, :'door', :'john') AS grant;
SELECT pg_temp.wastes($$SELECT acs_users_revoke_access_to_all_entrances($1)$$, :'john') AS revoke;
SELECT acs_entrance_id AS fourth_door FROM acs_entrances WHERE workspace_id = acs_workspace_id() ORDER BY acs_entrance_id OFFSET 3 LIMIT 1 \gset
SELECT count(acs_entrances_grant_access(:'fourth_door', :'john'));
SELECT pg_temp.wastes($$SELECT acs_entrances_revoke_access($1, $2)$$, :'fourth_door', :'john') AS revoke_one,
       pg_temp.wastes($$SELECT acs_access_groups_add_entrance($1, $2)$$, :'fourth_door', :'other_team') AS add_entrance,
       pg_temp.wastes($$SELECT acs_access_groups_remove_entrance($1, $2)$$, :'fourth_door', :'other_team') AS remove_entrance;
SELECT pg_temp.wastes($$SELECT acs_access_groups_list(user_identity_id => $1)$$, :'johns_identity') AS groups_of_identity,
       pg_temp.wastes($$SELECT acs_entrances_list(acs_entrance_ids => ARRAY[$1, $2])$$, :'door', :'fourth_door') AS entrances_by_id;
SELECT pg_temp.wastes($$SELECT acs_entrances_reset_lockout($1)$$, :'door') AS reset_lockout, pg_temp.wastes($$SELECT acs_systems_update($1, 'System ' || $n)$$, :'lodge') AS update_system;
SELECT pg_temp.wastes($$SELECT acs_access_groups_delete(acs_access_group_id) FROM condemned WHERE n = $n$$) AS delete_groups;
SELECT pg_temp.wastes($$SELECT acs_users_delete(acs_user_id) FROM condemned WHERE n = $n$$) AS delete_users;
SELECT pg_temp.wastes($$DELETE FROM acs_entrances WHERE workspace_id = acs_workspace_id() AND acs_entrance_id = (SELECT acs_entrance_id FROM condemned WHERE n = $n)$$) AS delete_entrances;
-- where an entrance is all that is known, it leads the index
SELECT DISTINCT relname FROM used WHERE relname ~ '_entrances_entrance_idx$' ORDER BY relname;
-- entrances of a small group
CREATE TEMP TABLE gates AS SELECT n, (acs_entrances_create(:'system', 'Gate ' || n)).acs_entrance_id FROM generate_series(1, 8) AS n;
SELECT count(acs_access_groups_add_entrance(acs_entrance_id, :'other_team')), count(acs_entrances_grant_access(acs_entrance_id, :'john')) FROM gates;
SELECT pg_temp.wastes($$SELECT acs_entrances_delete(acs_entrance_id) FROM gates WHERE n = $n$$) AS delete_gates;
-- Who and what a large group connects is read once, and not once for each of the others.
CREATE FUNCTION pg_temp.multiplies(statement text, VARIADIC ids uuid[] DEFAULT '{}') RETURNS text LANGUAGE sql AS $$
    SELECT coalesce(string_agg(relation || ': ' || rows, ', '), 'no') FROM pg_temp.reads(statement, VARIADIC ids) WHERE substring(rows, '[0-9]+')::int > 5000 $$;
SELECT count(*) FROM acs_credentials_list_accessible_entrances(:'pin');
SELECT pg_temp.multiplies($$SELECT acs_credentials_list_accessible_entrances($1)$$, :'pin') AS entrances_of_credential;
SELECT pg_temp.multiplies($$SELECT acs_users_list_accessible_entrances($1)$$, :'jane') AS entrances_of_user;
SELECT pg_temp.multiplies($$SELECT acs_entrances_list_credentials_with_access($1)$$, :'door') AS credentials_of_entrance;
SELECT pg_temp.multiplies($$SELECT acs_access_groups_list_users($1)$$, :'team') AS users_of_group;
SELECT pg_temp.multiplies($$SELECT acs_access_groups_list_accessible_entrances($1)$$, :'team') AS entrances_of_group;

---------------------------------------------------------------------------
-- Events
---------------------------------------------------------------------------

-- a page comes from an index, in order, wherever in the log it is
SELECT event_id AS middle FROM acs_events WHERE workspace_id = acs_workspace_id() ORDER BY event_id OFFSET 2000 LIMIT 1 \gset
SELECT pg_temp.wastes($$SELECT acs_events_list(page_size => 5)$$) AS list, pg_temp.wastes($$SELECT acs_events_list(page_size => 5, page_cursor => $1)$$, :'middle') AS next_page,
       pg_temp.wastes($$SELECT acs_events_get($1)$$, :'middle') AS get;
SELECT * FROM pg_temp.reads($$SELECT acs_events_list(acs_user_id => $1, page_size => 5)$$, :'jane');
SELECT * FROM pg_temp.reads($$SELECT acs_events_list(acs_credential_id => $1, page_size => 5)$$, :'pin');
SELECT * FROM pg_temp.reads($$SELECT acs_events_list(acs_entrance_id => $1, page_size => 5)$$, :'door');
SELECT * FROM pg_temp.reads($$SELECT acs_events_list(acs_access_group_id => $1, page_size => 5)$$, :'other_team');
SELECT * FROM pg_temp.reads($$SELECT acs_events_list(acs_system_id => $1, page_size => 5)$$, :'lodge');
SELECT pg_temp.wastes($$SELECT acs_events_list(acs_system_id => $1, page_size => 5)$$, :'system') AS of_large_system,
       pg_temp.wastes($$SELECT acs_events_list(event_ids => ARRAY[$1])$$, :'middle') AS of_ids;
-- the newest are not looked for from the beginning of the log
SELECT occurred_at AS since FROM acs_events ORDER BY occurred_at DESC OFFSET 8 LIMIT 1 \gset
SELECT * FROM pg_temp.reads(format('SELECT acs_events_list(since => %L)', :'since'));
SELECT pg_temp.wastes(format('SELECT acs_events_list("between" => ARRAY[%L, ''infinity'']::timestamptz[])', :'since')) AS between_them,
       pg_temp.wastes(format('SELECT acs_events_list(since => %L, page_size => 5, page_cursor => $1)', :'since'), :'middle') AS next_page;
-- who follows goes on where the cursor is
SELECT cursor FROM acs_events_after(page_size => 2000) OFFSET 1999 \gset
SELECT * FROM pg_temp.reads('SELECT acs_events_after(page_size => 5)');
SELECT * FROM pg_temp.reads(format('SELECT acs_events_after(%L, 5)', :'cursor'));
SELECT pg_temp.wastes(format('SELECT acs_events_after(%L, 5)', cursor)) AS at_the_end, pg_temp.wastes('SELECT acs_events_horizon()') AS horizon FROM acs_events_horizon();
-- what is not there to be removed is not looked for, and a batch is found, not counted out
SELECT pg_temp.wastes($$SELECT acs_events_purge('2001-01-01')$$) AS nothing_to_purge;
CREATE PROCEDURE pg_temp.note(INOUT scans bigint, INOUT read bigint) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_stat_force_next_flush();
    COMMIT;
    SELECT seq_scan - scans, seq_tup_read + idx_tup_fetch - read INTO scans, read FROM pg_stat_user_tables WHERE relid = 'acs.acs_events'::regclass;
END
$$;
INSERT INTO acs_events (event_type, occurred_at) SELECT 'old', timestamptz '2001-01-01' + i * interval '1 s' FROM generate_series(1, 500) AS i;
CALL pg_temp.note(0, 0) \gset
CALL acs_events_purge_all('2001-01-02', 5);
CALL pg_temp.note(:scans, :read) \gset
SELECT :scans AS table_scans, :read < 10000 AS in_proportion;

---------------------------------------------------------------------------
-- The counters that a DBA sees tell the same
---------------------------------------------------------------------------

CREATE FUNCTION pg_temp.counters(OUT index_scans bigint, OUT table_scans bigint) LANGUAGE sql AS $$
    SELECT (SELECT idx_scan FROM pg_stat_user_indexes WHERE schemaname = 'acs' AND indexrelname = 'acs_credentials_identifier_idx'),
           (SELECT seq_scan FROM pg_stat_user_tables WHERE schemaname = 'acs' AND relname = 'acs_credentials') $$;
SELECT pg_stat_force_next_flush();
SELECT index_scans, table_scans FROM pg_temp.counters() \gset
SELECT count(*) FROM generate_series(1, 100) AS n, acs_access_check(:'door', 'code', to_char(2 * n, 'FM400000'));
SELECT pg_stat_force_next_flush();
SELECT index_scans - :index_scans AS index_scans, table_scans - :table_scans AS table_scans FROM pg_temp.counters();

---------------------------------------------------------------------------
-- What is over costs nothing
---------------------------------------------------------------------------

-- 10,000 guests who had a code one after the other, each for an hour
CREATE PROCEDURE pg_temp.past(system uuid, guest uuid) LANGUAGE plpgsql AS $$
BEGIN
    FOR day IN 0 .. 99 LOOP
        INSERT INTO acs_credentials (acs_system_id, acs_user_id, access_method, code, starts_at, ends_at, created_at)
            SELECT system, guest, 'code', '4825', hour, hour + interval '1 hour', hour
              FROM generate_series(1, 100) AS n, LATERAL (SELECT timestamptz '2010-01-01' + (day * 100 + n) * interval '1 hour' AS hour) AS hours;
        COMMIT;
    END LOOP;
END
$$;
CALL pg_temp.past(:'lodge', :'jack');
SELECT count(*) FROM acs_credentials WHERE workspace_id = acs_workspace_id() AND code = '4825';
SELECT acs_entrance_id AS lodge_door FROM acs_entrances_create(:'lodge', 'Door') \gset
SELECT acs_access_group_id AS guests FROM acs_access_groups_create(:'lodge', 'Guests', ARRAY[:'lodge_door']::uuid[]) \gset
SELECT acs_access_groups_add_user(:'jack', :'guests') \gset
SELECT acs_user_id AS jill FROM acs_users_create(:'lodge', 'Jill') \gset
SELECT pg_temp.wastes($$SELECT acs_access_check($1, 'code', '4825')$$, :'lodge_door') AS after_them,
       pg_temp.wastes($$SELECT acs_access_check($1, 'code', '4825', at => '2010-07-01 00:30')$$, :'lodge_door') AS among_them,
       pg_temp.wastes($$SELECT acs_access_check($1, 'code', '4825', at => '2009-01-01')$$, :'lodge_door') AS before_them,
       pg_temp.wastes($$SELECT acs_access_request($1, 'code', '4825')$$, :'lodge_door') AS request;
-- the later window first, as those of the same transaction may not have been checked yet
SELECT pg_temp.wastes($$SELECT acs_credentials_create($1, 'code', '4825', timestamptz '2100-02-01' - $n * interval '1 day', timestamptz '2100-02-02' - $n * interval '1 day')$$, :'jill') AS create,
       pg_temp.wastes($$SELECT fails('SELECT acs_credentials_create($1, ''code'', ''4825'')', $1)$$, :'jill') AS refused;
CREATE TEMP TABLE later AS SELECT row_number() OVER (ORDER BY starts_at DESC) AS n, acs_credential_id, ends_at FROM acs_credentials_list(acs_user_id => :'jill');
SELECT pg_temp.wastes($$SELECT acs_credentials_update(acs_credential_id, ends_at => ends_at - interval '1 hour') FROM later WHERE n = $n$$) AS shorten;
SELECT pg_temp.wastes($$SELECT acs_credentials_update(acs_credential_id, ends_at => ends_at) FROM later WHERE n = $n$$) AS extend;
SELECT d.granted, d.reason, acs_user_id = :'jill' AS jill FROM acs_access_check(:'lodge_door', 'code', '4825', at => '2100-01-25 12:00') AS d;
