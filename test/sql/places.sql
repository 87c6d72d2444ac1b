-- Changes of systems, entrances and access groups: rename and delete, doors of groups, one
-- door taken from a user, a lockout lifted.
SET datestyle = 'ISO';
SET timezone = 'UTC';
SET credentials.workspace_id = '91ace500-0000-4000-8000-00000000000e';
SELECT acs_system_id AS foreign_hotel FROM acs_systems_create('Foreign hotel') \gset
SELECT acs_entrance_id AS foreign_door FROM acs_entrances_create(:'foreign_hotel', 'Foreign door') \gset
SELECT acs_access_group_id AS foreign_group FROM acs_access_groups_create(:'foreign_hotel', 'Foreign group') \gset
SELECT acs_user_id AS foreigner FROM acs_users_create(:'foreign_hotel', 'Foreigner') \gset

SET credentials.workspace_id = '91ace500-0000-4000-8000-000000000000';
\set nobody '00000000-0000-4000-8000-000000000000'
\set jane_doe '11111111-1111-4111-8111-111111111111'
\set account '33333333-3333-4333-8333-333333333333'
SELECT acs_system_id AS hotel FROM acs_systems_create('Hotel') \gset
SELECT acs_system_id AS annex FROM acs_systems_create('Annex', connected_account_id => :'account') \gset
SELECT acs_entrance_id AS lobby FROM acs_entrances_create(:'hotel', 'Lobby') \gset
SELECT acs_entrance_id AS pool FROM acs_entrances_create(:'hotel', 'Pool') \gset
SELECT acs_entrance_id AS annex_door FROM acs_entrances_create(:'annex', 'Annex door') \gset
SELECT acs_user_id AS jane FROM acs_users_create(:'hotel', 'Jane Doe', user_identity_id => :'jane_doe') \gset
SELECT acs_user_id AS jane_in_annex FROM acs_users_create(:'annex', 'Jane Doe', user_identity_id => :'jane_doe') \gset
SELECT acs_user_id AS john FROM acs_users_create(:'hotel', 'John Roe') \gset
SELECT acs_access_group_id AS staff FROM acs_access_groups_create(:'hotel', 'Staff') \gset
SELECT acs_access_group_id AS annex_staff FROM acs_access_groups_create(:'annex', 'Annex staff') \gset
SELECT acs_credential_id AS pin FROM acs_credentials_create(:'jane', 'code', '910101', allowed_acs_entrance_ids => ARRAY[:'lobby', :'pool']::uuid[]) \gset
SELECT acs_credential_id AS card FROM acs_credentials_create(:'jane', 'card', allowed_acs_entrance_ids => ARRAY[:'lobby', :'pool']::uuid[]) \gset
SELECT acs_credential_id AS johns FROM acs_credentials_create(:'john', 'card', allowed_acs_entrance_ids => ARRAY[:'pool']::uuid[]) \gset
SELECT display_name FROM acs_credentials_issue(:'card', 'A1') UNION SELECT display_name FROM acs_credentials_issue(:'johns', 'A2');
CREATE FUNCTION pg_temp.opens(door uuid, code text) RETURNS text LANGUAGE sql AS
    $$ SELECT coalesce(reason::text, 'opens') FROM acs_access_check(door, 'code', code) $$;
-- Which cards no longer hold what is stored here; and they are written again.
CREATE FUNCTION pg_temp.outdated() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    result text;
BEGIN
    SELECT string_agg(card_number, ' ' ORDER BY card_number) INTO result
      FROM acs_credentials WHERE workspace_id = acs_workspace_id() AND needs_to_be_reissued_at IS NOT NULL;
    PERFORM acs_credentials_issue(acs_credential_id, card_number)
       FROM acs_credentials WHERE workspace_id = acs_workspace_id() AND needs_to_be_reissued_at IS NOT NULL;
    RETURN coalesce(result, 'none');
END
$$;

---------------------------------------------------------------------------
-- Systems
---------------------------------------------------------------------------

-- In every update null leaves a value as it is.
SELECT name, time_zone FROM acs_systems_update(:'hotel', time_zone => 'Europe/Berlin');
SELECT name, time_zone FROM acs_systems_update(:'hotel', 'Grand hotel');
SELECT name, time_zone FROM acs_systems_update(:'hotel');
SELECT name, time_zone FROM acs_systems_get(:'hotel');
SELECT time_zone FROM acs_systems_create('Tokyo', time_zone => 'Asia/Tokyo');
SELECT time_zone FROM acs_systems_create('Somewhere', time_zone => NULL);
SELECT what, fails(format('SELECT acs_systems_update(%s)', arguments), :'hotel', :'foreign_hotel') AS error
  FROM (VALUES ('no system', $$NULL, 'Hotel'$$), ('unknown', $$'00000000-0000-4000-8000-000000000000', 'Hotel'$$), ('of another workspace', $$$2, 'Hotel'$$),
               ('empty name', $$$1, ''$$), ('blank name', $$$1, E' \t\n'$$), ('no zone', $$$1, time_zone => 'Mars/Olympus'$$)) AS t (what, arguments);

-- A zone is a name of the IANA database, as it is spelt there: an offset with a sign means
-- the opposite of what it seems, and other software may not find "europe/berlin".
SELECT left(zone, 30) AS zone, split_part(fails(format('SELECT acs_systems_update($1, time_zone => %L)', zone), :'hotel'), ' |', 1) AS error
  FROM unnest(ARRAY['UTC', 'GMT', 'Europe/Berlin', 'America/Argentina/Ushuaia', 'Etc/GMT+5', 'Asia/Kathmandu',
                    '', ' ', 'utc', 'europe/berlin', 'Europe/Berlin ', 'Europe', 'Berlin', 'GMT+5', 'UTC+1', 'FOO3', 'EST5EDT,M3.2.0,M11.1.0', '<+03>-3', '+02:00', '2',
                    'localtime', 'posix/Europe/Berlin', 'right/Europe/Berlin', '../etc/passwd', 'Europe/../Europe/Berlin', repeat('Zone', 100)]) WITH ORDINALITY AS z (zone, i) ORDER BY i;
-- whoever writes it
SELECT fails($$UPDATE acs_systems SET time_zone = 'GMT+5' WHERE acs_system_id = $1$$, :'hotel') AS "update",
       fails($$INSERT INTO acs_systems (system_type, name, time_zone) VALUES ('generic', 'System', NULL)$$) AS "null",
       fails('SELECT acs_check_time_zone()') AS called;
INSERT INTO acs_systems (system_type, name) VALUES ('generic', 'By SQL') RETURNING time_zone;

-- Who can manage its credentials: what acs_credentials_create takes.
INSERT INTO acs_system_types (system_type, display_name) VALUES ('places_lock', 'Some lock');
SELECT acs_system_id AS lock FROM acs_systems_create('Lock', 'places_lock', :'hotel') \gset
SELECT name FROM acs_systems_list_compatible_credential_manager_acs_systems(:'lock');
SELECT fails('SELECT acs_systems_list_compatible_credential_manager_acs_systems($1)', :'nobody') AS unknown,
       fails('SELECT acs_systems_list_compatible_credential_manager_acs_systems($1)', :'foreign_hotel') AS of_another_workspace,
       fails('SELECT acs_systems_list_compatible_credential_manager_acs_systems(NULL)') AS none;

-- A system goes when nothing is in it any more, and it manages nobody's credentials.
SELECT fails('SELECT acs_systems_delete($1)', :'nobody') AS unknown, fails('SELECT acs_systems_delete($1)', :'foreign_hotel') AS of_another_workspace,
       fails('SELECT acs_systems_delete(NULL)') AS none;
SELECT fails('SELECT acs_systems_delete($1)', :'hotel') AS manages_a_system;
SELECT acs_systems_delete(:'lock');
SELECT fails('SELECT acs_systems_delete($1)', :'hotel') AS with_users;
SELECT acs_system_id AS empty FROM acs_systems_create('Empty') \gset
BEGIN;
SELECT acs_entrance_id AS door FROM acs_entrances_create(:'empty', 'Door') \gset
SELECT fails('SELECT acs_systems_delete($1)', :'empty') AS with_an_entrance;
SELECT acs_entrances_delete(:'door');
SELECT acs_access_group_id AS team FROM acs_access_groups_create(:'empty', 'Team') \gset
SELECT fails('SELECT acs_systems_delete($1)', :'empty') AS with_a_group;
SELECT acs_access_groups_delete(:'team');
SELECT acs_credential_id AS spare FROM acs_users_create(:'empty', 'Joe') AS u, acs_credentials_create(u.acs_user_id, 'card', '910103') \gset
UPDATE acs_credentials SET acs_user_id = NULL WHERE acs_credential_id = :'spare';
DELETE FROM acs_users WHERE acs_system_id = :'empty';
SELECT fails('SELECT acs_systems_delete($1)', :'empty') AS with_a_credential;
SELECT acs_credentials_delete(:'spare');
SELECT count(*) FROM acs_credentials_create(:'jane', 'mobile_key', credential_manager_acs_system_id => :'empty');
SELECT fails('SELECT acs_systems_delete($1)', :'empty') AS manages_a_credential;
ROLLBACK;
SELECT acs_systems_delete(:'empty');
SELECT fails('SELECT acs_systems_delete($1)', :'empty') AS again;
SELECT count(*) AS left_behind FROM acs_systems WHERE acs_system_id = :'empty';

---------------------------------------------------------------------------
-- Entrances
---------------------------------------------------------------------------

SELECT display_name, can_unlock_with_code AS code, can_unlock_with_card AS card, can_unlock_with_mobile_key AS key FROM acs_entrances_update(:'lobby', 'Main lobby');
SELECT display_name, can_unlock_with_code AS code, can_unlock_with_card AS card, can_unlock_with_mobile_key AS key
  FROM acs_entrances_update(:'lobby', can_unlock_with_code => false, can_unlock_with_mobile_key => false);
SELECT pg_temp.opens(:'lobby', '910101');
SELECT display_name, can_unlock_with_code AS code, can_unlock_with_card AS card, can_unlock_with_mobile_key AS key
  FROM acs_entrances_update(:'lobby', can_unlock_with_code => true, can_unlock_with_card => true, can_unlock_with_mobile_key => true);
SELECT pg_temp.opens(:'lobby', '910101');
SELECT display_name FROM acs_entrances_update(:'lobby');
SELECT what, fails(format('SELECT acs_entrances_update(%s)', arguments), :'lobby', :'foreign_door') AS error
  FROM (VALUES ('no entrance', $$NULL, 'Door'$$), ('unknown', $$'00000000-0000-4000-8000-000000000000', 'Door'$$), ('of another workspace', $$$2, 'Door'$$),
               ('empty name', $$$1, ''$$), ('blank name', $$$1, '  '$$)) AS t (what, arguments);

-- Filters of the list
SELECT display_name FROM acs_entrances_list(acs_entrance_ids => ARRAY[:'pool', :'annex_door', :'foreign_door', :'nobody', NULL]::uuid[]);
SELECT display_name FROM acs_entrances_list(acs_entrance_ids => '{}');
SELECT display_name FROM acs_entrances_list(connected_account_id => :'account');
SELECT name FROM acs_systems_list(connected_account_id => :'account');
SELECT name FROM acs_systems_list(connected_account_id => :'nobody');

-- A lockout is lifted: the next unknown code is the first again.
SET credentials.lockout_attempts = 3;
SELECT (acs_access_request(:'pool', 'code', '910199')).reason FROM generate_series(1, 4);
SELECT failed_attempts, locked_until > now() AS locked FROM acs_entrance_lockouts WHERE acs_entrance_id = :'pool';
SELECT pg_temp.opens(:'pool', '910101');
SELECT acs_entrances_reset_lockout(:'pool');
SELECT pg_temp.opens(:'pool', '910101');
SELECT (acs_access_request(:'pool', 'code', '910199')).reason;
SELECT failed_attempts, locked_until FROM acs_entrance_lockouts WHERE acs_entrance_id = :'pool';
SELECT acs_entrances_reset_lockout(:'pool');
-- it was told when the door was locked, not when a counter was set back
SELECT event_type, acs_system_id = :'hotel' AS in_hotel, details FROM acs_events WHERE acs_entrance_id = :'pool' AND event_type ~ 'lockout';
RESET credentials.lockout_attempts;
-- one that was stored by SQL has no counter yet
INSERT INTO acs_entrances (acs_system_id, display_name) VALUES (:'hotel', 'By SQL') RETURNING acs_entrance_id AS by_sql \gset
SELECT acs_entrances_reset_lockout(:'by_sql');
SELECT fails('SELECT acs_entrances_reset_lockout($1)', :'nobody') AS unknown, fails('SELECT acs_entrances_reset_lockout($1)', :'foreign_door') AS of_another_workspace,
       fails('SELECT acs_entrances_reset_lockout(NULL)') AS none;

---------------------------------------------------------------------------
-- Access groups
---------------------------------------------------------------------------

SELECT name FROM acs_access_groups_update(:'staff', 'Night staff');
SELECT name FROM acs_access_groups_update(:'staff');
SELECT what, fails(format('SELECT acs_access_groups_update(%s)', arguments), :'staff', :'foreign_group') AS error
  FROM (VALUES ('no group', $$NULL, 'Group'$$), ('unknown', $$'00000000-0000-4000-8000-000000000000', 'Group'$$), ('of another workspace', $$$2, 'Group'$$),
               ('empty name', $$$1, ''$$), ('blank name', $$$1, '  '$$)) AS t (what, arguments);
SELECT fails(format('SELECT acs_access_groups_create($1, %L)', E'\t'), :'hotel') AS blank_group, fails(format('SELECT acs_users_create($1, %L)', ' '), :'hotel') AS blank_user,
       fails($$SELECT acs_systems_create(' ')$$) AS blank_system, fails($$SELECT acs_entrances_create($1, ' ')$$, :'hotel') AS blank_entrance;

-- Its users get an entrance, and lose it.
SELECT acs_users_add_to_access_group(:'john', :'staff');
SELECT acs_credential_id AS johns_pin FROM acs_credentials_create(:'john', 'code', '910102') \gset
SELECT pg_temp.opens(:'lobby', '910102'), pg_temp.outdated();
SELECT acs_access_groups_add_entrance(:'lobby', :'staff');
SELECT pg_temp.opens(:'lobby', '910102'), pg_temp.outdated();
SELECT acs_access_groups_add_entrance(:'lobby', :'staff');
SELECT pg_temp.outdated() AS again_is_nothing;
SELECT display_name FROM acs_access_groups_list_accessible_entrances(:'staff');
SELECT acs_access_groups_remove_entrance(:'lobby', :'staff');
SELECT pg_temp.opens(:'lobby', '910102'), pg_temp.outdated();
SELECT acs_access_groups_remove_entrance(acs_access_group_id => :'staff', acs_entrance_id => :'lobby');
SELECT pg_temp.outdated() AS again_is_nothing;
SELECT f, what, fails(format('SELECT %s(%s)', f, arguments), :'lobby', :'staff', :'annex_door', :'annex_staff') AS error
  FROM unnest(ARRAY['acs_access_groups_add_entrance', 'acs_access_groups_remove_entrance']) AS f,
       (VALUES ('1 no entrance', 'NULL, $2'), ('2 no group', '$1, NULL'), ('3 unknown entrance', '$2, $2'), ('4 unknown group', '$1, $1'),
               ('5 entrance of another system', '$3, $2'), ('6 group of another system', '$1, $4')) AS t (what, arguments) ORDER BY f, what;
SELECT f, fails(format('SELECT %s($1, $2)', f), :'foreign_door', :'staff') AS foreign_entrance, fails(format('SELECT %s($1, $2)', f), :'lobby', :'foreign_group') AS foreign_group
  FROM unnest(ARRAY['acs_access_groups_add_entrance', 'acs_access_groups_remove_entrance']) AS f;

-- The groups of a person, in whatever system
SELECT acs_users_add_to_access_group(acs_access_group_id => g.acs_access_group_id, user_identity_id => :'jane_doe') FROM acs_access_groups_list() AS g;
SELECT name FROM acs_access_groups_list(user_identity_id => :'jane_doe');
SELECT name FROM acs_access_groups_list(user_identity_id => :'jane_doe', acs_system_id => :'annex');
SELECT name FROM acs_access_groups_list(user_identity_id => :'nobody');
SELECT acs_users_remove_from_access_group(:'jane', :'staff');
SELECT name FROM acs_access_groups_list(user_identity_id => :'jane_doe');
SELECT pg_temp.outdated();

---------------------------------------------------------------------------
-- One door taken from a user
---------------------------------------------------------------------------

SELECT acs_entrances_revoke_access(:'pool', :'jane');
SELECT c.display_name, e.display_name AS opens FROM acs_credentials_list(:'jane') AS c, acs_entrances_list(acs_credential_id => c.acs_credential_id) AS e ORDER BY c.acs_credential_id, 2;
SELECT pg_temp.opens(:'pool', '910101') AS pool, pg_temp.opens(:'lobby', '910101') AS lobby, pg_temp.outdated();
-- again, or what she never had, is no error
SELECT acs_entrances_revoke_access(:'pool', :'jane');
SELECT pg_temp.outdated() AS again_is_nothing;
SELECT display_name FROM acs_entrances_list(acs_credential_id => :'johns') AS others_keep_it;
-- by identity, the user in the entrance's system
SELECT acs_entrances_grant_access(:'pool', user_identity_id => :'jane_doe');
SELECT pg_temp.opens(:'pool', '910101'), pg_temp.outdated();
SELECT acs_entrances_revoke_access(acs_entrance_id => :'pool', user_identity_id => :'jane_doe');
SELECT pg_temp.opens(:'pool', '910101'), pg_temp.outdated();
-- It never pretends: while a group gives the door, nothing is taken.
SELECT acs_entrances_grant_access(:'pool', :'jane');
SELECT acs_access_groups_add_entrance(:'pool', :'staff');
SELECT acs_users_add_to_access_group(:'jane', :'staff');
SELECT pg_temp.outdated();
SELECT fails('SELECT acs_entrances_revoke_access($1, $2)', :'pool', :'jane') AS by_group;
SELECT count(*) AS entrances FROM acs_entrances_list(acs_credential_id => :'pin');
SELECT pg_temp.outdated();
SELECT acs_users_remove_from_access_group(:'jane', :'staff'), acs_entrances_revoke_access(:'pool', :'jane');
SELECT pg_temp.opens(:'pool', '910101'), pg_temp.outdated();
-- a copy on a phone goes by its parent
SELECT acs_credential_id AS key FROM acs_credentials_create(:'jane', 'mobile_key', is_multi_phone_sync_credential => true, allowed_acs_entrance_ids => ARRAY[:'pool'::uuid]) \gset
SELECT acs_credential_id AS phone FROM acs_credentials_sync_to_phone(:'key', 'phone') \gset
SELECT granted FROM acs_access_check(:'pool', 'mobile_key', acs_credential_id => :'phone');
SELECT acs_entrances_revoke_access(:'pool', :'jane');
SELECT granted, reason FROM acs_access_check(:'pool', 'mobile_key', acs_credential_id => :'phone');
SELECT acs_credentials_delete(:'key');
SELECT pg_temp.outdated();
SELECT what, fails(format('SELECT acs_entrances_revoke_access(%s)', arguments), :'lobby', :'jane', :'john', :'annex_door') AS error
  FROM (VALUES ('nothing', ''), ('no entrance', 'acs_user_id => $2'), ('unknown entrance', '$2, $2'), ('no user', '$1'), ('unknown user', '$1, $1'),
               ('entrance of another system', '$4, $2'), ('unknown identity', '$1, user_identity_id => $1'),
               ('identity of another user', $$$1, $3, '11111111-1111-4111-8111-111111111111'$$)) AS t (what, arguments);
SELECT fails('SELECT acs_entrances_revoke_access($1, $2)', :'foreign_door', :'jane') AS foreign_entrance, fails('SELECT acs_entrances_revoke_access($1, $2)', :'lobby', :'foreigner') AS foreign_user;

---------------------------------------------------------------------------
-- A door that goes
---------------------------------------------------------------------------

SELECT pg_temp.opens(:'pool', '910102') AS by_group;
SELECT acs_entrances_delete(:'pool');
SELECT fails($$SELECT acs_access_check($1, 'code', '910102')$$, :'pool') AS by_group;
SELECT display_name FROM acs_access_groups_list_accessible_entrances(:'staff');
SELECT (SELECT count(*) FROM acs_credential_entrances WHERE acs_entrance_id = :'pool') AS credentials, (SELECT count(*) FROM acs_access_groups_entrances WHERE acs_entrance_id = :'pool') AS groups,
       (SELECT count(*) FROM acs_entrance_lockouts WHERE acs_entrance_id = :'pool') AS lockouts;
-- the cards that were encoded with it ask to be encoded again; Jane's had it no more
SELECT pg_temp.outdated();
SELECT fails('SELECT acs_entrances_delete($1)', :'pool') AS again, fails('SELECT acs_entrances_delete($1)', :'foreign_door') AS of_another_workspace,
       fails('SELECT acs_entrances_delete(NULL)') AS none;

---------------------------------------------------------------------------
-- Users: what removes an address or a number is an empty text
---------------------------------------------------------------------------

SELECT email_address, phone_number FROM acs_users_update(:'jane', email_address => 'jane@example.com', phone_number => '+1 555 0100');
SELECT email_address, phone_number FROM acs_users_update(:'jane', email_address => '');
SELECT email_address IS NULL AS no_address, phone_number FROM acs_users_update(:'jane', phone_number => NULL);
SELECT phone_number IS NULL AS no_number FROM acs_users_update(:'jane', phone_number => ' ');
SELECT email_address IS NULL AS no_address, phone_number IS NULL AS no_number FROM acs_users_create(:'hotel', 'Joe', '', '');

---------------------------------------------------------------------------
-- What of all this was told: by the functions' names, in their order
---------------------------------------------------------------------------

SELECT event_type, count(*), count(acs_system_id) AS system, count(acs_entrance_id) AS entrance, count(acs_access_group_id) AS "group", count(acs_user_id) AS user_, count(acs_credential_id) AS credential
  FROM acs_events WHERE workspace_id = acs_workspace_id() AND event_type !~ '^acs_(user|credential\.(created|issued|reissued|deleted)|entrance.access)' GROUP BY event_type ORDER BY event_type;
SELECT event_type, details FROM acs_events WHERE workspace_id = acs_workspace_id() AND event_type ~ '^acs_(system|entrance|access_group)\.updated' ORDER BY event_id;
