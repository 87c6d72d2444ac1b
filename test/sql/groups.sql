-- Systems, entrances and access groups: every function of theirs.
SET datestyle = 'ISO';
SET timezone = 'UTC';
SET credentials.workspace_id = '96009000-0000-4000-8000-00000000000e';
SELECT acs_system_id AS foreign_hotel FROM acs_systems_create('Foreign hotel') \gset
SELECT acs_entrance_id AS foreign_door FROM acs_entrances_create(:'foreign_hotel', 'Foreign door') \gset
SELECT acs_access_group_id AS foreign_group FROM acs_access_groups_create(:'foreign_hotel', 'Foreign group', ARRAY[:'foreign_door'::uuid]) \gset
SELECT acs_user_id AS foreigner FROM acs_users_create(:'foreign_hotel', 'Foreigner', acs_access_group_ids => ARRAY[:'foreign_group'::uuid]) \gset
SELECT acs_credential_id AS foreign_pin FROM acs_credentials_create(:'foreigner', 'code', '890001', allowed_acs_entrance_ids => ARRAY[:'foreign_door'::uuid]) \gset

SET credentials.workspace_id = '96009000-0000-4000-8000-000000000000';
\set nobody '00000000-0000-4000-8000-000000000000'
\set jane_doe '11111111-1111-4111-8111-111111111111'

---------------------------------------------------------------------------
-- Systems
---------------------------------------------------------------------------

SELECT acs_system_id AS hotel FROM acs_systems_create('Hotel Bellevue') \gset
INSERT INTO acs_system_types (system_type, display_name) VALUES ('groups_lock', 'Some lock');
SELECT system_type, name, connected_account_id, default_credential_manager_acs_system_id = :'hotel' AS manager,
       workspace_id = acs_workspace_id() AS in_workspace, created_at BETWEEN statement_timestamp() AND clock_timestamp() AS created_now
  FROM acs_systems_create('Annex', system_type => 'groups_lock', default_credential_manager_acs_system_id => :'hotel', connected_account_id => :'jane_doe');
SELECT acs_system_id AS annex FROM acs_systems_list(search => 'annex') \gset
SELECT what, fails(format('SELECT acs_systems_create(%s)', arguments), :'annex', :'foreign_hotel')
  FROM (VALUES ('no name', 'NULL'), ('empty name', $$''$$), ('no type', $$'Hotel', NULL$$), ('unknown type', $$'Hotel', 'unheard_of'$$),
               ('unknown manager', $$'Hotel', default_credential_manager_acs_system_id => '00000000-0000-4000-8000-000000000000'$$),
               ('manager of another workspace', $$'Hotel', default_credential_manager_acs_system_id => $2$$),
               ('not a manager', $$'Hotel', default_credential_manager_acs_system_id => $1$$)) AS t (what, arguments);
SELECT name FROM acs_systems_get(:'hotel');
SELECT fails('SELECT acs_systems_get($1)', :'nobody') AS unknown, fails('SELECT acs_systems_get($1)', :'foreign_hotel') AS foreign, fails('SELECT acs_systems_get(NULL)') AS none;
SELECT name FROM acs_systems_list();
SELECT name FROM acs_systems_list(search => 'bell');
SELECT name FROM acs_systems_list(search => :'annex');
SELECT name FROM acs_systems_list(page_size => 1);
SELECT name FROM acs_systems_list(page_size => 1, page_cursor => :'hotel');
SELECT name FROM acs_systems_list(page_cursor => :'annex');
SELECT fails('SELECT acs_systems_list(page_size => 0)') AS page, fails('SELECT acs_systems_list(page_size => NULL)') AS page;

---------------------------------------------------------------------------
-- Entrances
---------------------------------------------------------------------------

SELECT display_name, can_unlock_with_code AS code, can_unlock_with_card AS card, can_unlock_with_mobile_key AS mobile_key, acs_system_id = :'hotel' AS in_hotel
  FROM acs_entrances_create(:'hotel', 'Lobby');
SELECT display_name, can_unlock_with_code AS code, can_unlock_with_card AS card, can_unlock_with_mobile_key AS mobile_key
  FROM acs_entrances_create(:'hotel', 'Gate', can_unlock_with_code => false, can_unlock_with_mobile_key => NULL);
SELECT acs_entrance_id AS lobby FROM acs_entrances_list(search => 'lobby') \gset
SELECT acs_entrance_id AS gate FROM acs_entrances_list(search => 'gate') \gset
SELECT acs_entrance_id AS room FROM acs_entrances_create(:'hotel', 'Room') \gset
SELECT acs_entrance_id AS annex_door FROM acs_entrances_create(:'annex', 'Annex door') \gset
SELECT what, fails(format('SELECT acs_entrances_create(%s)', arguments), :'hotel', :'foreign_hotel')
  FROM (VALUES ('no system', $$NULL, 'Door'$$), ('unknown system', $$'00000000-0000-4000-8000-000000000000', 'Door'$$), ('system of another workspace', $$$2, 'Door'$$),
               ('no name', '$1, NULL'), ('empty name', $$$1, ''$$)) AS t (what, arguments);
SELECT display_name FROM acs_entrances_get(:'room');
SELECT fails('SELECT acs_entrances_get($1)', :'nobody') AS unknown, fails('SELECT acs_entrances_get($1)', :'foreign_door') AS foreign, fails('SELECT acs_entrances_get(NULL)') AS none;

SELECT acs_user_id AS jane FROM acs_users_create(:'hotel', 'Jane Doe', user_identity_id => :'jane_doe') \gset
SELECT acs_user_id AS john FROM acs_users_create(:'hotel', 'John Roe') \gset
SELECT acs_user_id AS jane_in_annex FROM acs_users_create(:'annex', 'Jane Doe', user_identity_id => :'jane_doe') \gset
SELECT acs_credential_id AS pin FROM acs_credentials_create(:'jane', 'code', '890002', allowed_acs_entrance_ids => ARRAY[:'lobby', :'room']::uuid[]) \gset
SELECT acs_credential_id AS card FROM acs_credentials_create(:'jane', 'card', '890003', allowed_acs_entrance_ids => ARRAY[:'gate']::uuid[]) \gset

SELECT display_name FROM acs_entrances_list();
SELECT display_name FROM acs_entrances_list(acs_system_id => :'annex');
SELECT display_name FROM acs_entrances_list(acs_credential_id => :'pin');
SELECT display_name FROM acs_entrances_list(acs_credential_id => :'pin', search => 'ROOM');
SELECT display_name FROM acs_entrances_list(acs_credential_id => :'pin', acs_system_id => :'annex');
SELECT display_name FROM acs_entrances_list(acs_credential_id => :'foreign_pin');
SELECT display_name FROM acs_entrances_list(page_size => 2);
SELECT display_name FROM acs_entrances_list(page_size => 2, page_cursor => :'gate');
SELECT fails('SELECT acs_entrances_list(page_size => 10001)') AS page;

-- Grant access: on each credential that the user has now.
SELECT acs_entrances_grant_access(:'gate', :'jane');
SELECT c.display_name, e.display_name AS opens, e.can_unlock_with_code AS takes_codes FROM acs_credentials_list(acs_user_id => :'jane') AS c, acs_entrances_list(acs_credential_id => c.acs_credential_id) AS e;
-- again is no error
SELECT acs_entrances_grant_access(:'gate', :'jane');
-- by identity, the user in the entrance's system is meant
SELECT acs_entrances_grant_access(:'room', user_identity_id => :'jane_doe');
SELECT c.display_name, count(*) FROM acs_credentials_list(acs_user_id => :'jane') AS c, acs_entrances_list(acs_credential_id => c.acs_credential_id) AS e GROUP BY 1 ORDER BY 1;
SELECT granted FROM acs_access_request(:'room', 'card', '890003');
SELECT what, fails(format('SELECT acs_entrances_grant_access(%s)', arguments), :'lobby', :'jane', :'john', :'annex_door')
  FROM (VALUES ('no entrance', 'acs_user_id => $2'), ('nothing', ''), ('unknown entrance', '$2, $2'), ('no user', '$1'), ('unknown user', '$1, $1'), ('user without credentials', '$1, $3'),
               ('entrance of another system', '$4, $2'), ('unknown identity', '$1, user_identity_id => $1'),
               ('identity without credentials there', $$$4, user_identity_id => '11111111-1111-4111-8111-111111111111'$$),
               ('identity of another user', $$$1, $3, '11111111-1111-4111-8111-111111111111'$$)) AS t (what, arguments);
SELECT fails('SELECT acs_entrances_grant_access($1, $2)', :'foreign_door', :'jane') AS foreign_entrance, fails('SELECT acs_entrances_grant_access($1, $2)', :'lobby', :'foreigner') AS foreign_user;

-- Who has access, by whatever way
SELECT acs_access_group_id AS staff FROM acs_access_groups_create(:'hotel', 'Staff', ARRAY[:'lobby'::uuid]) \gset
SELECT acs_credential_id AS johns FROM acs_credentials_create(:'john', 'code', '890004') \gset
SELECT acs_credential_id AS johns_key FROM acs_credentials_create(:'john', 'mobile_key') \gset
SELECT e.display_name, c.display_name, c.acs_user_id = :'jane' AS jane FROM acs_entrances_list(acs_system_id => :'hotel') AS e, acs_entrances_list_credentials_with_access(e.acs_entrance_id) AS c;
SELECT acs_access_groups_add_user(:'john', :'staff');
SELECT e.display_name, c.display_name, c.acs_user_id = :'jane' AS jane FROM acs_entrances_list(acs_system_id => :'hotel') AS e, acs_entrances_list_credentials_with_access(e.acs_entrance_id) AS c;
-- both ways are one
SELECT acs_access_groups_add_user(:'jane', :'staff');
SELECT count(*), count(DISTINCT acs_credential_id) FROM acs_entrances_list_credentials_with_access(:'lobby');
SELECT fails('SELECT acs_entrances_list_credentials_with_access($1)', :'nobody') AS unknown, fails('SELECT acs_entrances_list_credentials_with_access($1)', :'foreign_door') AS foreign,
       fails('SELECT acs_entrances_list_credentials_with_access(NULL)') AS none;

-- What a credential opens: where its method is not taken, nothing
SELECT c.display_name, string_agg(e.display_name, ', ' ORDER BY e.acs_entrance_id) AS opens
  FROM acs_credentials_list(acs_system_id => :'hotel') AS c LEFT JOIN LATERAL acs_credentials_list_accessible_entrances(c.acs_credential_id) AS e ON true
 GROUP BY c.acs_credential_id, c.display_name ORDER BY c.acs_credential_id;
-- as the door sees it
SELECT c.display_name, e.display_name, d.granted, e.acs_entrance_id IN (SELECT acs_entrance_id FROM acs_credentials_list_accessible_entrances(c.acs_credential_id)) AS listed
  FROM acs_credentials_list(acs_system_id => :'hotel') AS c, acs_entrances_list(acs_system_id => :'hotel') AS e,
       acs_access_check(e.acs_entrance_id, c.access_method, c.code, acs_credential_id => c.acs_credential_id) AS d
 ORDER BY c.acs_credential_id, e.acs_entrance_id;
SELECT fails('SELECT acs_credentials_list_accessible_entrances($1)', :'nobody') AS unknown, fails('SELECT acs_credentials_list_accessible_entrances($1)', :'foreign_pin') AS foreign,
       fails('SELECT acs_credentials_list_accessible_entrances(NULL)') AS none;
-- without a user, what stands on the credential; a copy on a phone, what stands on its original
UPDATE acs_credentials SET acs_user_id = NULL WHERE acs_credential_id IN (:'pin', :'johns');
SELECT display_name FROM acs_credentials_list_accessible_entrances(:'pin');
SELECT display_name FROM acs_credentials_list_accessible_entrances(:'johns');
UPDATE acs_credentials SET acs_user_id = :'jane' WHERE acs_credential_id = :'pin';
UPDATE acs_credentials SET acs_user_id = :'john' WHERE acs_credential_id = :'johns';
SELECT acs_credential_id AS key FROM acs_credentials_create(:'jane', 'mobile_key', is_multi_phone_sync_credential => true, allowed_acs_entrance_ids => ARRAY[:'room'::uuid]) \gset
INSERT INTO acs_credentials (acs_system_id, acs_user_id, access_method, parent_acs_credential_id) VALUES (:'hotel', :'jane', 'mobile_key', :'key') RETURNING acs_credential_id AS copy \gset
SELECT display_name FROM acs_credentials_list_accessible_entrances(:'copy');
SELECT granted, reason FROM acs_access_check(:'room', 'mobile_key', acs_credential_id => :'copy');
-- both can open it, so both have access
SELECT display_name FROM acs_entrances_list_credentials_with_access(:'room') WHERE acs_credential_id IN (:'key', :'copy') ORDER BY display_name;
SELECT acs_credentials_delete(:'key');

---------------------------------------------------------------------------
-- Access groups
---------------------------------------------------------------------------

SELECT name, acs_system_id = :'hotel' AS in_hotel, created_at BETWEEN statement_timestamp() AND clock_timestamp() AS created_now
  FROM acs_access_groups_create(:'hotel', 'Guests', ARRAY[:'lobby', :'gate', :'room']::uuid[]);
SELECT acs_access_group_id AS guests FROM acs_access_groups_list(search => 'guest') \gset
SELECT name FROM acs_access_groups_create(:'hotel', 'Nowhere', acs_entrance_ids => NULL);
SELECT acs_access_group_id AS nowhere FROM acs_access_groups_list(search => 'nowhere') \gset
SELECT acs_access_group_id AS annex_group FROM acs_access_groups_create(:'annex', 'Annex group', ARRAY[:'annex_door'::uuid]) \gset
SELECT what, fails(format('SELECT acs_access_groups_create(%s)', arguments), :'hotel', :'lobby', :'annex_door', :'foreign_door')
  FROM (VALUES ('no system', $$NULL, 'Group'$$), ('unknown system', $$$2, 'Group'$$), ('no name', '$1, NULL'), ('empty name', $$$1, ''$$),
               ('unknown entrance', $$$1, 'Group', ARRAY[$2, $1]$$), ('entrance of another system', $$$1, 'Group', ARRAY[$2, $3]$$), ('entrance of another workspace', $$$1, 'Group', ARRAY[$4]$$),
               ('entrance twice', $$$1, 'Group', ARRAY[$2, $2]$$), ('no entrance', $$$1, 'Group', ARRAY[NULL::uuid]$$), ('entrances in two dimensions', $$$1, 'Group', ARRAY[[$2], [$3]]$$)) AS t (what, arguments);
SELECT name FROM acs_access_groups_get(:'staff');
SELECT f, fails(format('SELECT %s($1)', f), :'nobody') AS unknown, fails(format('SELECT %s($1)', f), :'foreign_group') AS foreign, fails(format('SELECT %s(NULL)', f)) AS none
  FROM unnest(ARRAY['acs_access_groups_get', 'acs_access_groups_delete', 'acs_access_groups_list_users', 'acs_access_groups_list_accessible_entrances']) AS f;
SELECT name FROM acs_access_groups_list();
SELECT name FROM acs_access_groups_list(acs_system_id => :'annex');
SELECT name FROM acs_access_groups_list(acs_user_id => :'jane');
SELECT name FROM acs_access_groups_list(acs_user_id => :'foreigner');
SELECT name FROM acs_access_groups_list(acs_user_id => :'jane', search => 'Guests');
SELECT name FROM acs_access_groups_list(page_size => 2);
SELECT name FROM acs_access_groups_list(page_size => 2, page_cursor => :'guests');
SELECT fails('SELECT acs_access_groups_list(page_size => 0)') AS page;
SELECT display_name FROM acs_access_groups_list_accessible_entrances(:'guests');
SELECT display_name FROM acs_access_groups_list_accessible_entrances(:'nowhere');

-- Members: in is in and out is out, again is no error.
SELECT full_name FROM acs_access_groups_list_users(:'guests');
SELECT acs_access_groups_add_user(:'john', :'guests'), acs_access_groups_add_user(acs_access_group_id => :'guests', user_identity_id => :'jane_doe'), acs_access_groups_add_user(acs_access_group_id => :'annex_group', user_identity_id => :'jane_doe');
SELECT acs_access_groups_add_user(:'jane', :'guests', :'jane_doe');
SELECT full_name, acs_user_id = :'jane' AS of_hotel FROM acs_access_groups_list_users(:'guests');
SELECT full_name, acs_user_id = :'jane' AS of_hotel FROM acs_access_groups_list_users(:'annex_group');
SELECT granted FROM acs_access_request(:'room', 'code', '890004');
SELECT acs_access_groups_remove_user(:'john', :'guests'), acs_access_groups_remove_user(acs_access_group_id => :'annex_group', user_identity_id => :'jane_doe');
SELECT acs_access_groups_remove_user(:'john', :'guests');
SELECT granted, reason FROM acs_access_request(:'room', 'code', '890004');
SELECT full_name FROM acs_access_groups_list_users(:'guests');
SELECT f, what, fails(format('SELECT %s(%s)', f, arguments), :'guests', :'john', :'annex_group', :'jane_in_annex')
  FROM unnest(ARRAY['acs_access_groups_add_user', 'acs_access_groups_remove_user']) AS f,
       (VALUES ('1 no group', '$2'), ('2 unknown group', '$2, $2'), ('3 no user', 'acs_access_group_id => $1'), ('4 unknown user', '$1, $1'), ('5 user of another system', '$4, $1'), ('6 group of another system', '$2, $3'),
               ('7 unknown identity', 'acs_access_group_id => $1, user_identity_id => $1'), ('8 identity of another user', $$$2, $1, '11111111-1111-4111-8111-111111111111'$$),
               ('9 nothing', '')) AS t (what, arguments) ORDER BY f, what;
SELECT f, fails(format('SELECT %s($1, $2)', f), :'john', :'foreign_group') AS foreign_group, fails(format('SELECT %s($1, $2)', f), :'foreigner', :'guests') AS foreign_user
  FROM unnest(ARRAY['acs_access_groups_add_user', 'acs_access_groups_remove_user']) AS f;

-- Delete: its users lose its entrances, and keep what they have otherwise.
SELECT e.display_name, d.reason FROM acs_entrances_list(acs_system_id => :'hotel') AS e, acs_access_check(e.acs_entrance_id, 'code', '890004') AS d;
SELECT acs_access_groups_add_user(:'john', :'guests');
BEGIN;
SELECT acs_access_groups_delete(:'guests');
SELECT e.display_name, d.reason FROM acs_entrances_list(acs_system_id => :'hotel') AS e, acs_access_check(e.acs_entrance_id, 'code', '890004') AS d;
ROLLBACK;
SELECT granted FROM acs_access_request(:'room', 'code', '890004');
SELECT event_id AS before FROM acs_events WHERE workspace_id = acs_workspace_id() ORDER BY event_id DESC LIMIT 1 \gset
SELECT acs_access_groups_delete(:'guests');
SELECT granted, reason FROM acs_access_request(:'room', 'code', '890004');
SELECT granted, reason FROM acs_access_request(:'room', 'code', '890002');
SELECT fails('SELECT acs_access_groups_delete($1)', :'guests') AS again;
SELECT (SELECT count(*) FROM acs_access_groups_users WHERE acs_access_group_id = :'guests') AS users,
       (SELECT count(*) FROM acs_access_groups_entrances WHERE acs_access_group_id = :'guests') AS entrances;

---------------------------------------------------------------------------
-- What of all this was written down
---------------------------------------------------------------------------

SELECT event_type, g.name AS access_group, full_name, e.display_name AS entrance, details - 'created_at' AS details
  FROM acs_events LEFT JOIN acs_users USING (workspace_id, acs_user_id) LEFT JOIN acs_entrances e USING (workspace_id, acs_entrance_id)
  LEFT JOIN acs_access_groups g USING (workspace_id, acs_access_group_id)
 WHERE workspace_id = acs_workspace_id() AND event_type ~ '^acs_user|^acs_access_group|entrance_'
   AND event_id <= :'before' ORDER BY event_id;
-- whoever lost entrances with the group finds it in their log
SELECT full_name, count(*) AS told FROM acs_events JOIN acs_users USING (workspace_id, acs_user_id)
 WHERE workspace_id = acs_workspace_id() AND event_type = 'acs_access_group.user_removed'
   AND event_id > :'before'
 GROUP BY full_name ORDER BY full_name;
