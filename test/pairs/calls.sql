-- Every function that writes, on the objects of scenario.sql: a call a line. What a call
-- returns is compared, so it says what of it matters, if anything does. Whoever adds a
-- function adds a call of it here, or more than one if it can do different things:
-- test/suites/pairs asks for it.

-- systems, entrances
SELECT FROM acs_systems_create('Annex', 'pairs', connected_account_id => id('7'))
SELECT FROM acs_systems_update(id('5'), name => 'Inn')
SELECT FROM acs_systems_delete(id('6'))
SELECT FROM acs_entrances_create(acs_system_id => id('6'), display_name => 'Garage')
SELECT FROM acs_entrances_update(id('e1'), can_unlock_with_code => false)
SELECT FROM acs_entrances_delete(id('e1'))
SELECT FROM acs_entrances_delete(id('e2'))
SELECT FROM acs_entrances_reset_lockout(id('e1'))
SELECT FROM acs_entrances_revoke_access(acs_entrance_id => id('e1'), acs_user_id => id('a1'))
SELECT FROM acs_entrances_grant_access(acs_entrance_id => id('e2'), acs_user_id => id('a1'))
SELECT FROM acs_entrances_grant_access(acs_entrance_id => id('e3'), user_identity_id => id('11'))

-- access groups
SELECT FROM acs_access_groups_create(id('5'), 'Team', acs_entrance_ids => ARRAY[id('e1'), id('e2')])
SELECT FROM acs_access_groups_create(id('5'), 'Crew', acs_entrance_ids => ARRAY[id('e2'), id('e1')])
SELECT FROM acs_access_groups_update(id('b1'), name => 'Crew')
SELECT FROM acs_access_groups_add_entrance(acs_entrance_id => id('e1'), acs_access_group_id => id('b1'))
SELECT FROM acs_access_groups_remove_entrance(acs_entrance_id => id('e2'), acs_access_group_id => id('b1'))
SELECT FROM acs_access_groups_delete(id('b1'))
SELECT FROM acs_access_groups_delete(id('b2'))
SELECT FROM acs_access_groups_add_user(acs_access_group_id => id('b2'), acs_user_id => id('a1'))
SELECT FROM acs_access_groups_remove_user(acs_access_group_id => id('b1'), user_identity_id => id('11'))

-- users
SELECT FROM acs_users_create(id('5'), 'Cem', user_identity_id => id('13'), acs_access_group_ids => ARRAY[id('b1'), id('b2')])
SELECT FROM acs_users_create(id('5'), 'Dora', user_identity_id => id('13'), acs_access_group_ids => ARRAY[id('b2'), id('b1')])
SELECT FROM acs_users_update(id('a1'), full_name => 'Anne')
SELECT FROM acs_users_suspend(id('a1'))
SELECT FROM acs_users_unsuspend(user_identity_id => id('11'), acs_system_id => id('5'))
SELECT FROM acs_users_delete(id('a1'))
SELECT FROM acs_users_delete(id('a2'))
SELECT FROM acs_users_revoke_access_to_all_entrances(id('a1'))

-- credentials
SELECT FROM acs_credentials_create(id('a1'), 'code', '3333', allowed_acs_entrance_ids => ARRAY[id('e1'), id('e2')])
SELECT FROM acs_credentials_create(id('a2'), 'code', '3333', allowed_acs_entrance_ids => ARRAY[id('e2'), id('e1')])
SELECT FROM acs_credentials_create(id('a1'), 'code')
SELECT FROM acs_credentials_create(id('a1'), 'card')
SELECT FROM acs_credentials_create(id('a1'), 'mobile_key')
SELECT FROM acs_credentials_create(id('a2'), 'code', '4444', reference => 'booking 1')
SELECT sqlstate, rule FROM acs_credentials_try_create(id('a1'), 'code', '3333', reference => 'booking 1')
SELECT FROM acs_credentials_create_offline_code(acs_user_id => id('a1'), allowed_acs_entrance_id => id('e1'))
SELECT FROM acs_credentials_update(id('c1'), code => '2222')
SELECT FROM acs_credentials_update(id('c2'), code => '1111')
SELECT FROM acs_credentials_update(id('c2'), code => '3333')
SELECT FROM acs_credentials_update(id('c1'), ends_at => '2100-01-01')
SELECT FROM acs_credentials_update(id('f1'), ends_at => '2100-01-01')
SELECT FROM acs_credentials_update(id('c3'), max_uses => 0)
SELECT FROM acs_credentials_update(id('c1'), allowed_acs_entrance_ids => ARRAY[id('e2'), id('e3')])
SELECT FROM acs_credentials_update(id('d1'), allowed_acs_entrance_ids => ARRAY[id('e2')])
SELECT FROM acs_credentials_regenerate_code(id('c1'))
SELECT FROM acs_credentials_assign(id('d2'), id('a1'))
SELECT FROM acs_credentials_assign(id('d2'), user_identity_id => id('12'))
SELECT FROM acs_credentials_unassign(id('d1'))
SELECT FROM acs_credentials_unassign(id('f1'), acs_user_id => id('a1'))
SELECT FROM acs_credentials_issue(id('d2'), '0b22')
SELECT FROM acs_credentials_issue(id('d2'), '0a:11')
SELECT FROM acs_credentials_issue(id('d1'), '0a11')
SELECT FROM acs_credentials_issue(id('d3'), '0b22', is_replacement => true)
SELECT FROM acs_credentials_sync_to_phone(id('f1'), 'phone 1')
SELECT FROM acs_credentials_sync_to_phone(id('f1'), 'phone 2')
SELECT FROM acs_credentials_disable(id('f1'), 'lost')
SELECT FROM acs_credentials_disable(id('d1'), 'stolen')
SELECT FROM acs_credentials_enable(id('d1'), 'stolen')
SELECT FROM acs_credentials_delete(id('c1'))
SELECT FROM acs_credentials_delete(id('d1'))
SELECT FROM acs_credentials_delete(id('f1'))

-- doors
SELECT granted, reasons FROM acs_access_request(id('e1'), 'code', '1111')
SELECT granted, reasons FROM acs_access_request(id('e1'), 'code', '5555')
SELECT granted, reasons FROM acs_access_request(id('e1'), 'code', '9999')
SELECT granted, reasons FROM acs_access_request(id('e3'), 'code', '9999')
SELECT granted, reasons FROM acs_access_request(id('e2'), 'card', card_number => '0a44')
SELECT granted, reasons FROM acs_access_request(id('e1'), 'mobile_key', acs_credential_id => id('f0'))

-- the same as JSON
SELECT status, response -> 'error' ->> 'type' FROM acs_request('/acs/users/delete', jsonb_build_object('acs_user_id', id('a1')))
SELECT status, response -> 'error' ->> 'type' FROM acs_request('/acs/access_groups/add_user', jsonb_build_object('acs_user_id', id('a1'), 'acs_access_group_id', id('b2')))
SELECT status, response -> 'error' ->> 'type' FROM acs_request('/acs/entrances/grant_access', jsonb_build_object('acs_user_id', id('a1'), 'acs_entrance_id', id('e2')))

-- events
SELECT acs_events_purge('2001-01-01')
CALL acs_events_purge_all('2001-01-01')

-- a DBA's own, and users that follow a table
DELETE FROM acs_users WHERE workspace_id = acs_workspace_id() AND acs_user_id = id('a1')
DELETE FROM acs_credentials WHERE workspace_id = acs_workspace_id() AND acs_credential_id = id('f1')
DELETE FROM acs_access_groups WHERE workspace_id = acs_workspace_id() AND acs_access_group_id = id('b1')
UPDATE acs_credentials SET ends_at = '2100-06-01' WHERE workspace_id = acs_workspace_id() AND acs_credential_id = id('c1')
INSERT INTO acs_credentials (acs_system_id, acs_user_id, access_method, code) VALUES (id('5'), id('a1'), 'code', '3333')
UPDATE members SET site = id('6') WHERE workspace_id = acs_workspace_id() AND id = id('a1')
INSERT INTO members VALUES (acs_workspace_id(), id('a3'), id('5'), 'Eve')
UPDATE members SET name = 'Anna' WHERE workspace_id = acs_workspace_id() AND id = id('a1')
DELETE FROM members WHERE workspace_id = acs_workspace_id() AND id = id('a1')
