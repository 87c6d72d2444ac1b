-- Users: every function of theirs, what it changes, and what it writes down.
SET datestyle = 'ISO';
SET timezone = 'UTC';
SET credentials.workspace_id = '05e50000-0000-4000-8000-00000000000e';
SELECT acs_system_id AS foreign_hotel FROM acs_systems_create('Foreign hotel') \gset
SELECT acs_access_group_id AS foreign_group FROM acs_access_groups_create(:'foreign_hotel', 'Foreign group') \gset
SELECT acs_user_id AS foreigner FROM acs_users_create(:'foreign_hotel', 'Foreigner', user_identity_id => '99999999-9999-4999-8999-999999999999') \gset

SET credentials.workspace_id = '05e50000-0000-4000-8000-000000000000';
SELECT acs_system_id AS hotel FROM acs_systems_create('Hotel') \gset
SELECT acs_system_id AS annex FROM acs_systems_create('Annex') \gset
SELECT acs_entrance_id AS lobby FROM acs_entrances_create(:'hotel', 'Lobby') \gset
SELECT acs_entrance_id AS pool FROM acs_entrances_create(:'hotel', 'Pool') \gset
SELECT acs_entrance_id AS room FROM acs_entrances_create(:'hotel', 'Room') \gset
SELECT acs_access_group_id AS guests FROM acs_access_groups_create(:'hotel', 'Guests', ARRAY[:'lobby'::uuid]) \gset
SELECT acs_access_group_id AS swimmers FROM acs_access_groups_create(:'hotel', 'Swimmers', ARRAY[:'lobby', :'pool']::uuid[]) \gset
SELECT acs_access_group_id AS annex_group FROM acs_access_groups_create(:'annex', 'Annex group') \gset
\set nobody '00000000-0000-4000-8000-000000000000'
\set jane_doe '11111111-1111-4111-8111-111111111111'

-- What happened since the last look, with names in place of ids.
CREATE TEMP TABLE names (id uuid PRIMARY KEY, name text);
CREATE TEMP TABLE told (event_id uuid);
CREATE FUNCTION pg_temp.name(id uuid) RETURNS text LANGUAGE sql AS $$ SELECT (SELECT name FROM names n WHERE n.id = $1) $$;
CREATE FUNCTION pg_temp.news() RETURNS TABLE (event_type text, acs_user text, credential text, entrance text, access_group text, details text) LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO names SELECT acs_user_id, full_name FROM acs_users WHERE workspace_id = acs_workspace_id()
        UNION ALL SELECT acs_credential_id, display_name FROM acs_credentials WHERE workspace_id = acs_workspace_id()
        UNION ALL SELECT acs_entrance_id, display_name FROM acs_entrances WHERE workspace_id = acs_workspace_id()
        UNION ALL SELECT acs_access_group_id, name FROM acs_access_groups WHERE workspace_id = acs_workspace_id()
        ON CONFLICT DO NOTHING;
    RETURN QUERY
        SELECT e.event_type, pg_temp.name(acs_user_id), pg_temp.name(acs_credential_id), pg_temp.name(acs_entrance_id), pg_temp.name(acs_access_group_id),
               regexp_replace((e.details - 'created_at')::text, '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}', '<id>')
          FROM acs_events e WHERE workspace_id = acs_workspace_id() AND event_id NOT IN (SELECT event_id FROM told) ORDER BY event_id;
    INSERT INTO told SELECT event_id FROM acs_events WHERE workspace_id = acs_workspace_id() EXCEPT ALL SELECT event_id FROM told;
END
$$;

---------------------------------------------------------------------------
-- Create
---------------------------------------------------------------------------

\x on
SELECT acs_user_id IS NOT NULL AS id, acs_system_id = :'hotel' AS in_hotel, workspace_id = acs_workspace_id() AS in_workspace, user_identity_id,
       full_name, email_address, phone_number, is_suspended, access_starts_at, access_ends_at,
       created_at BETWEEN statement_timestamp() AND clock_timestamp() AS created_now
  FROM acs_users_create(:'hotel', 'Jane Doe', 'jane@example.com', '+1-555-0100', :'jane_doe', '2001-01-01', '2100-01-01',
                        ARRAY[:'guests', :'swimmers']::uuid[]);
\x off
SELECT acs_user_id AS jane FROM acs_users_get(user_identity_id => :'jane_doe', acs_system_id => :'hotel') \gset
SELECT full_name, email_address, phone_number, user_identity_id, access_starts_at, access_ends_at FROM acs_users_create(:'hotel', 'John Roe');
SELECT acs_user_id AS john FROM acs_users_list(search => 'John Roe') \gset
-- a person can be a user of several systems, once of each
SELECT acs_user_id AS jane_in_annex FROM acs_users_create(:'annex', 'Jane Doe', user_identity_id => :'jane_doe') \gset
SELECT * FROM pg_temp.news();

SELECT what, fails(format('SELECT acs_users_create(%s)', arguments), :'hotel', :'annex_group', :'foreign_group', :'foreign_hotel')
  FROM (VALUES ('no system', $$NULL, 'Xaver'$$), ('unknown system', $$'00000000-0000-4000-8000-000000000000', 'Xaver'$$), ('system of another workspace', $$$4, 'Xaver'$$),
               ('no name', '$1, NULL'), ('empty name', $$$1, ''$$), ('ends before it starts', $$$1, 'Xaver', access_starts_at => '2100-01-02', access_ends_at => '2100-01-01'$$),
               ('ends as it starts', $$$1, 'Xaver', access_starts_at => '2100-01-01', access_ends_at => '2100-01-01'$$),
               ('identity again', $$$1, 'Xaver', user_identity_id => '11111111-1111-4111-8111-111111111111'$$),
               ('unknown group', $$$1, 'Xaver', acs_access_group_ids => ARRAY['00000000-0000-4000-8000-000000000000'::uuid]$$),
               ('no group', $$$1, 'Xaver', acs_access_group_ids => ARRAY[NULL::uuid]$$),
               ('group of another system', $$$1, 'Xaver', acs_access_group_ids => ARRAY[$2]$$),
               ('group of another workspace', $$$1, 'Xaver', acs_access_group_ids => ARRAY[$3]$$)) AS t (what, arguments);
SELECT full_name FROM acs_users_list(search => 'Xaver');
SELECT * FROM pg_temp.news();
-- a schedule in the past is a fact, not an error; null groups are none; the same group twice is once
SELECT full_name, access_ends_at FROM acs_users_create(:'hotel', 'Emma Earlier', access_ends_at => '2001-01-01', acs_access_group_ids => NULL);
SELECT full_name FROM acs_users_create(:'hotel', 'Max Mustermann', acs_access_group_ids => ARRAY[:'guests', :'guests']::uuid[]);
SELECT * FROM pg_temp.news();

---------------------------------------------------------------------------
-- Get, list
---------------------------------------------------------------------------

SELECT full_name FROM acs_users_get(:'jane');
SELECT acs_user_id = :'jane_in_annex' AS in_annex FROM acs_users_get(user_identity_id => :'jane_doe', acs_system_id => :'annex');
SELECT full_name FROM acs_users_get(:'jane', :'jane_doe', :'hotel');
SELECT what, fails(format('SELECT acs_users_get(%s)', arguments), :'jane', :'annex', :'foreigner', :'hotel')
  FROM (VALUES ('nobody', ''), ('null', 'NULL'), ('unknown', $$'00000000-0000-4000-8000-000000000000'$$), ('of another workspace', '$3'),
               ('identity alone', $$user_identity_id => '11111111-1111-4111-8111-111111111111'$$), ('system alone', 'acs_system_id => $4'),
               ('unknown identity', $$user_identity_id => '00000000-0000-4000-8000-000000000000', acs_system_id => $4$$),
               ('of another system', '$1, acs_system_id => $2')) AS t (what, arguments);
SELECT full_name, acs_system_id = :'hotel' AS in_hotel FROM acs_users_list();
SELECT full_name FROM acs_users_list(acs_system_id => :'annex');
SELECT full_name, acs_system_id = :'hotel' AS in_hotel FROM acs_users_list(user_identity_id => :'jane_doe');
SELECT full_name FROM acs_users_list(acs_system_id => :'hotel', user_identity_id => :'jane_doe', search => 'EXAMPLE.com');
SELECT what, string_agg(full_name, ', ' ORDER BY acs_user_id) AS found
  FROM (VALUES ('doe', 'doe'), ('JANE', 'JANE'), ('part of a number', '555-01'), ('across columns', 'Doejane'), ('%', '%'), ('_', '_'), ('empty', ''), ('id', :'john'), ('identity', :'jane_doe')) AS t (what, search)
       LEFT JOIN LATERAL acs_users_list(search => search) ON true
 GROUP BY what ORDER BY what COLLATE "C";
SELECT created_at AS created_at FROM acs_users_get(:'john') \gset
SELECT full_name FROM acs_users_list(created_before => :'created_at');
-- page by page
SELECT full_name, acs_user_id AS last FROM acs_users_list(page_size => 2) OFFSET 1 \gset
SELECT full_name FROM acs_users_list(page_size => 2, page_cursor => :'last');
SELECT count(*) FROM acs_users_list(page_size => 10000);
SELECT size, fails(format('SELECT acs_users_list(page_size => %s)', size)) FROM unnest(ARRAY['0', '-1', '10001', 'NULL']) AS size;
SELECT count(*) AS of_another_workspace FROM acs_users_list(acs_system_id => :'foreign_hotel');

---------------------------------------------------------------------------
-- Update
---------------------------------------------------------------------------

SELECT full_name, email_address, phone_number, access_starts_at, access_ends_at
  FROM acs_users_update(:'john', full_name => 'John Doe', email_address => 'john@example.com', phone_number => '+1-555-0101', access_starts_at => '2001-01-01');
-- null leaves a value as it is; infinity removes a bound
SELECT full_name, email_address, phone_number, access_starts_at, access_ends_at FROM acs_users_update(:'john', access_ends_at => '2100-01-01');
SELECT full_name, email_address, phone_number, access_starts_at, access_ends_at FROM acs_users_update(:'john', access_starts_at => '-infinity', access_ends_at => 'infinity');
SELECT full_name, email_address FROM acs_users_update(:'john', email_address => '');
-- no change, no event; nor for nothing at all
SELECT full_name FROM acs_users_update(:'john', full_name => 'John Doe');
SELECT full_name FROM acs_users_update(:'john');
-- by identity
SELECT phone_number FROM acs_users_update(user_identity_id => :'jane_doe', acs_system_id => :'annex', phone_number => '1');
SELECT * FROM pg_temp.news();
SELECT what, fails(format('SELECT acs_users_update(%s)', arguments), :'jane', :'foreigner')
  FROM (VALUES ('nobody', $$full_name => 'Xaver'$$), ('unknown', $$'00000000-0000-4000-8000-000000000000', full_name => 'Xaver'$$), ('of another workspace', $$$2, full_name => 'Xaver'$$),
               ('empty name', $$$1, full_name => ''$$), ('ends before it starts', $$$1, access_ends_at => '2000-01-01'$$),
               ('infinite start', $$$1, access_starts_at => 'infinity'$$), ('infinite end', $$$1, access_ends_at => '-infinity'$$),
               ('identity alone', $$user_identity_id => '11111111-1111-4111-8111-111111111111', full_name => 'Xaver'$$)) AS t (what, arguments);
SELECT * FROM pg_temp.news();

---------------------------------------------------------------------------
-- Suspend and unsuspend: at once, and again without effect
---------------------------------------------------------------------------

SELECT acs_credential_id AS pin FROM acs_credentials_create(:'jane', 'code', '880001', allowed_acs_entrance_ids => ARRAY[:'room'::uuid]) \gset
SELECT acs_credential_id AS card FROM acs_credentials_create(:'jane', 'card', '880002') \gset
SELECT count(*) FROM pg_temp.news();
CREATE FUNCTION pg_temp.opens(pin text, entrance uuid) RETURNS text LANGUAGE sql AS $$
    SELECT coalesce(reason::text, 'granted') FROM acs_access_request(entrance, 'code', pin::acs_code) $$;
SELECT pg_temp.opens('880001', :'room') AS room, pg_temp.opens('880001', :'lobby') AS lobby;
SELECT acs_users_suspend(:'jane');
SELECT pg_temp.opens('880001', :'room') AS room, pg_temp.opens('880001', :'lobby') AS lobby, is_suspended FROM acs_users_get(:'jane');
SELECT acs_users_suspend(:'jane');
SELECT acs_users_suspend(user_identity_id => :'jane_doe', acs_system_id => :'hotel');
SELECT acs_users_unsuspend(:'jane');
SELECT acs_users_unsuspend(:'jane');
SELECT pg_temp.opens('880001', :'room') AS room, is_suspended FROM acs_users_get(:'jane');
-- what is disabled for another reason stays so
SELECT display_name FROM acs_credentials_disable(:'pin', 'stolen');
SELECT acs_users_suspend(user_identity_id => :'jane_doe', acs_system_id => :'hotel');
SELECT acs_users_unsuspend(user_identity_id => :'jane_doe', acs_system_id => :'hotel');
SELECT pg_temp.opens('880001', :'room') AS room, pg_temp.opens('880001', :'lobby') AS lobby;
SELECT display_name FROM acs_credentials_enable(:'pin', 'stolen');
-- another system's user of the same person is another user
SELECT acs_users_suspend(user_identity_id => :'jane_doe', acs_system_id => :'annex');
SELECT pg_temp.opens('880001', :'room') AS room;
SELECT acs_users_unsuspend(:'jane_in_annex');
SELECT event_type, acs_user, credential, details FROM pg_temp.news() WHERE event_type NOT LIKE 'acs_entrance.%';
SELECT f, fails(format('SELECT %s()', f)) AS nobody, fails(format('SELECT %s($1)', f), :'nobody') AS unknown, fails(format('SELECT %s($1)', f), :'foreigner') AS foreign
  FROM unnest(ARRAY['acs_users_suspend', 'acs_users_unsuspend', 'acs_users_delete', 'acs_users_list_accessible_entrances', 'acs_users_revoke_access_to_all_entrances']) AS f;
SELECT f, fails(format('SELECT %s($1, $2)', f), :'jane', :'nobody') AS other_identity, fails(format('SELECT %s($1, acs_system_id => $2)', f), :'jane', :'annex') AS other_system
  FROM unnest(ARRAY['acs_users_suspend', 'acs_users_unsuspend', 'acs_users_delete', 'acs_users_list_accessible_entrances', 'acs_users_revoke_access_to_all_entrances']) AS f;
SELECT f, fails(format('SELECT %s(user_identity_id => $1)', f), :'jane_doe') AS identity_alone, fails(format('SELECT %s(user_identity_id => $1, acs_system_id => $2)', f), :'nobody', :'hotel') AS unknown_identity
  FROM unnest(ARRAY['acs_users_suspend', 'acs_users_unsuspend', 'acs_users_delete', 'acs_users_list_accessible_entrances', 'acs_users_revoke_access_to_all_entrances']) AS f;
SELECT * FROM pg_temp.news();

---------------------------------------------------------------------------
-- Entrances: their own, and those of their groups
---------------------------------------------------------------------------

SELECT display_name FROM acs_users_list_accessible_entrances(:'jane');
SELECT display_name FROM acs_users_list_accessible_entrances(user_identity_id => :'jane_doe', acs_system_id => :'hotel');
SELECT display_name FROM acs_users_list_accessible_entrances(:'john');
SELECT acs_users_add_to_access_group(:'john', :'swimmers');
SELECT acs_users_add_to_access_group(:'john', :'swimmers');
SELECT display_name FROM acs_users_list_accessible_entrances(:'john');
SELECT acs_users_remove_from_access_group(:'john', :'swimmers');
SELECT acs_users_remove_from_access_group(acs_access_group_id => :'swimmers', user_identity_id => :'jane_doe');
SELECT acs_users_remove_from_access_group(:'john', :'swimmers');
SELECT display_name FROM acs_users_list_accessible_entrances(:'jane');
SELECT acs_users_add_to_access_group(acs_user_id => :'jane', acs_access_group_id => :'swimmers');
SELECT * FROM pg_temp.news();
SELECT f, fails(format('SELECT %s($1, $2)', f), a, b) FROM (VALUES
    ('acs_users_add_to_access_group', :'john'::uuid, :'annex_group'::uuid), ('acs_users_add_to_access_group', :'john', :'foreign_group'), ('acs_users_add_to_access_group', :'foreigner', :'guests'),
    ('acs_users_add_to_access_group', :'john', NULL), ('acs_users_add_to_access_group', NULL, :'guests'), ('acs_users_remove_from_access_group', :'john', :'annex_group'),
    ('acs_users_remove_from_access_group', :'john', :'foreign_group'), ('acs_users_remove_from_access_group', :'foreigner', :'guests'), ('acs_users_remove_from_access_group', :'john', NULL),
    ('acs_users_remove_from_access_group', NULL, :'guests')) AS t (f, a, b);

-- All taken away: the credentials stay, and open nothing.
BEGIN;
SELECT acs_users_revoke_access_to_all_entrances(:'jane');
SELECT display_name FROM acs_users_list_accessible_entrances(:'jane');
SELECT pg_temp.opens('880001', :'room') AS room, pg_temp.opens('880001', :'lobby') AS lobby, pg_temp.opens('880001', :'pool') AS pool;
SELECT display_name FROM acs_credentials_list(acs_user_id => :'jane');
SELECT full_name FROM acs_access_groups_list_users(:'guests');
SELECT event_type, acs_user, details FROM pg_temp.news() WHERE event_type NOT LIKE 'acs_entrance.%';
ROLLBACK;
SELECT display_name FROM acs_users_list_accessible_entrances(:'jane');
BEGIN;
SELECT acs_users_revoke_access_to_all_entrances(user_identity_id => :'jane_doe', acs_system_id => :'hotel');
SELECT count(*) AS entrances FROM acs_users_list_accessible_entrances(:'jane');
ROLLBACK;
-- A copy on a phone has the entrances of its original; without them, none either.
BEGIN;
SELECT acs_credential_id AS key FROM acs_credentials_create(:'jane', 'mobile_key', is_multi_phone_sync_credential => true, allowed_acs_entrance_ids => ARRAY[:'pool'::uuid]) \gset
INSERT INTO acs_credentials (acs_system_id, acs_user_id, access_method, parent_acs_credential_id) VALUES (:'hotel', :'jane', 'mobile_key', :'key') RETURNING acs_credential_id AS copy \gset
SELECT granted FROM acs_access_request(:'pool', 'mobile_key', acs_credential_id => :'copy');
SELECT acs_users_revoke_access_to_all_entrances(:'jane');
SELECT granted, reason FROM acs_access_request(:'pool', 'mobile_key', acs_credential_id => :'copy');
ROLLBACK;

---------------------------------------------------------------------------
-- Delete: with everything that is theirs, or not at all
---------------------------------------------------------------------------

CREATE FUNCTION pg_temp.rows_of(id uuid) RETURNS text LANGUAGE sql AS $$
    SELECT format('users %s, credentials %s, entrances %s, groups %s', (SELECT count(*) FROM acs_users WHERE acs_user_id = id),
        (SELECT count(*) FROM acs_credentials WHERE acs_user_id = id),
        (SELECT count(*) FROM acs_credential_entrances JOIN acs_credentials USING (workspace_id, acs_credential_id) WHERE acs_user_id = id),
        (SELECT count(*) FROM acs_access_groups_users WHERE acs_user_id = id)) $$;
SELECT display_name FROM acs_credentials_create(:'john', 'code', '880003', allowed_acs_entrance_ids => ARRAY[:'room'::uuid]);
SELECT count(*) FROM pg_temp.news();
SELECT pg_temp.rows_of(:'jane');
BEGIN;
SELECT acs_users_delete(:'jane');
SELECT pg_temp.rows_of(:'jane');
SELECT pg_temp.opens('880001', :'room') AS room;
ROLLBACK;
SELECT pg_temp.rows_of(:'jane');
SELECT * FROM pg_temp.news();
-- all or nothing: here the last step fails
BEGIN;
CREATE FUNCTION pg_temp.no() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no'; END $$;
CREATE TRIGGER no AFTER DELETE ON acs_access_groups_users FOR EACH ROW EXECUTE FUNCTION pg_temp.no();
SELECT fails('SELECT acs_users_delete($1)', :'jane');
SELECT pg_temp.rows_of(:'jane');
SELECT * FROM pg_temp.news();
ROLLBACK;
SELECT acs_users_delete(:'jane');
SELECT pg_temp.rows_of(:'jane') AS jane, pg_temp.rows_of(:'john') AS john;
SELECT count(*) AS entrances_of_no_credential FROM acs_credential_entrances WHERE acs_credential_id IN (:'pin', :'card');
SELECT * FROM pg_temp.news() ORDER BY event_type DESC, credential;
SELECT pg_temp.opens('880001', :'room') AS jane, pg_temp.opens('880003', :'room') AS john;
SELECT fails('SELECT acs_users_delete($1)', :'jane') AS again;
-- the code is free at once
SELECT display_name FROM acs_credentials_create(:'john', 'code', '880001');
SELECT acs_users_delete(user_identity_id => :'jane_doe', acs_system_id => :'annex');
SELECT full_name FROM acs_users_list(user_identity_id => :'jane_doe');
-- with a key and its copies on phones
SELECT acs_user_id AS ann FROM acs_users_create(:'hotel', 'Ann Other') \gset
SELECT acs_credential_id AS key FROM acs_credentials_create(:'ann', 'mobile_key', is_multi_phone_sync_credential => true) \gset
INSERT INTO acs_credentials (acs_system_id, acs_user_id, access_method, parent_acs_credential_id)
    SELECT :'hotel', :'ann', 'mobile_key', :'key' FROM generate_series(1, 2);
SELECT count(*) FROM pg_temp.news();
SELECT acs_users_delete(:'ann');
SELECT event_type, acs_user, credential, count(*) FROM pg_temp.news() GROUP BY 1, 2, 3 ORDER BY 1, 2, 3;

---------------------------------------------------------------------------
-- In one statement with what creates the user
---------------------------------------------------------------------------

SELECT acs_users_suspend(acs_user_id) FROM acs_users_create(:'hotel', 'One');
SELECT acs_users_unsuspend(acs_user_id) FROM acs_users_create(:'hotel', 'Two');
SELECT u.full_name, u.phone_number FROM acs_users_create(:'hotel', 'Three') AS c, acs_users_update(c.acs_user_id, phone_number => '3') AS u;
SELECT acs_users_delete(acs_user_id) FROM acs_users_create(:'hotel', 'Four');
SELECT acs_users_add_to_access_group(acs_user_id, :'guests') FROM acs_users_create(:'hotel', 'Five');
SELECT acs_access_groups_add_user(acs_user_id, :'guests') FROM acs_users_create(:'hotel', 'Six');
SELECT acs_users_revoke_access_to_all_entrances(acs_user_id) FROM acs_users_create(:'hotel', 'Seven', acs_access_group_ids => ARRAY[:'guests'::uuid]);
SELECT acs_users_suspend(user_identity_id => u.user_identity_id, acs_system_id => u.acs_system_id) FROM acs_users_create(:'hotel', 'Eight', user_identity_id => '88888888-8888-4888-8888-888888888888') AS u;
SELECT c.display_name, d.granted FROM acs_users_create(:'hotel', 'Nine') AS u, acs_credentials_create(u.acs_user_id, 'code', '880009', allowed_acs_entrance_ids => ARRAY[:'room'::uuid]) AS c,
       acs_access_request(:'room', 'code', c.code) AS d;
SELECT g.name FROM acs_systems_create('Two in one') AS s, acs_entrances_create(s.acs_system_id, 'Door') AS e, acs_access_groups_create(s.acs_system_id, 'Group', ARRAY[e.acs_entrance_id]) AS g,
       acs_users_create(s.acs_system_id, 'Ten', acs_access_group_ids => ARRAY[g.acs_access_group_id]) AS u, acs_credentials_create(u.acs_user_id, 'card') AS c,
       acs_entrances_grant_access(e.acs_entrance_id, u.acs_user_id);
SELECT event_type, acs_user, credential, entrance, details FROM pg_temp.news();
-- a function that only reads is as any query: it sees what was there before
SELECT left(fails($$SELECT g.full_name FROM acs_users_create($1, 'Eleven') AS c, acs_users_get(c.acs_user_id) AS g$$, :'hotel'), 24);

---------------------------------------------------------------------------
-- Whoever changes the rows: the same events
---------------------------------------------------------------------------

SELECT acs_credential_id AS pin FROM acs_credentials_list(search => '880003') \gset
UPDATE acs_users SET full_name = 'John Roe', phone_number = NULL, is_suspended = true WHERE acs_user_id = :'john';
UPDATE acs_users SET full_name = full_name, is_suspended = false WHERE acs_user_id = :'john';
UPDATE acs_credentials SET code = '880033', ends_at = '2100-01-01' WHERE acs_credential_id = :'pin';
UPDATE acs_credentials SET code = NULL WHERE acs_credential_id = :'pin';
UPDATE acs_credentials SET code = '880044', card_number = '123456789' WHERE acs_credential_id = :'pin';
UPDATE acs_credentials SET disable_reasons = '{lost,stolen}', metadata = '{"a": 1}' WHERE acs_credential_id = :'pin';
UPDATE acs_credentials SET disable_reasons = '{stolen}' WHERE acs_credential_id = :'pin';
UPDATE acs_credentials SET acs_user_id = NULL WHERE acs_credential_id = :'pin';
UPDATE acs_credentials SET acs_user_id = :'john' WHERE acs_credential_id = :'pin';
UPDATE acs_credentials SET needs_to_be_reissued_at = now(), created_at = now() WHERE acs_credential_id = :'pin';
SELECT * FROM pg_temp.news();
-- rows by the dozen
UPDATE acs_users SET phone_number = '0' WHERE acs_system_id = :'hotel' AND full_name IN ('One', 'Two', 'Three');
DELETE FROM acs_users WHERE acs_system_id = :'hotel' AND full_name IN ('One', 'Two', 'Nine');
SELECT * FROM pg_temp.news() ORDER BY event_type, acs_user;
-- in the workspace of the row, which need not be the session's
SET credentials.workspace_id = '05e50000-0000-4000-8000-00000000000e';
UPDATE acs_users SET full_name = 'John Q. Roe' WHERE acs_user_id = :'john';
SELECT count(*) AS events_here FROM acs_events WHERE workspace_id = acs_workspace_id() AND event_type = 'acs_user.updated';
SET credentials.workspace_id = '05e50000-0000-4000-8000-000000000000';
SELECT * FROM pg_temp.news();
-- also of rows that are inserted
INSERT INTO acs_users (acs_system_id, full_name) VALUES (:'annex', 'Restored') RETURNING acs_user_id AS restored \gset
SELECT * FROM pg_temp.news();

-- Credentials stay in their user's system, and go when the user goes to another.
SELECT left(fails('UPDATE acs_credentials SET acs_system_id = $1 WHERE acs_user_id = $2', :'annex', :'john'), 5) AS credentials_alone;
SELECT left(fails('UPDATE acs_credentials SET acs_user_id = $1 WHERE acs_user_id = $2', :'restored', :'john'), 5) AS credential_to_user_of_another_system;
SELECT fails('UPDATE acs_users SET acs_system_id = $1 WHERE acs_user_id = $2', :'hotel', :'restored') AS without;
SELECT fails('UPDATE acs_users SET acs_system_id = $1 WHERE acs_user_id = $2', :'annex', :'john') AS with_credentials;
SELECT event_type, acs_user, details LIKE '%acs_system_id%' AS system FROM pg_temp.news();

-- No code and no card number in any of it.
SELECT count(*) > 50 AS events, count(*) FILTER (WHERE details::text ~ '\m(8800\d\d|123456789)\M') AS leaks FROM acs_events WHERE workspace_id = acs_workspace_id();
