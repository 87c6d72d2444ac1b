-- The same calls of the peer, see extension.sql.

-- name: create
PERFORM peer_create(k.acs_user_id, 'code', k.code, k.starts_at, k.ends_at);

-- name: create with a door
PERFORM peer_create(k.acs_user_id, 'code', k.code, k.starts_at, k.ends_at, ARRAY[k.acs_entrance_id]);

-- name: create in a set
PERFORM count(peer_create(i.acs_user_id, 'code', i.code, i.starts_at, i.ends_at)) FROM @cases i;

-- name: check granted
PERFORM peer_check(k.acs_entrance_id, 'code', k.code);

-- name: check refused
PERFORM peer_check(k.acs_entrance_id, 'code', k.code);

-- name: check unknown
PERFORM peer_check(k.acs_entrance_id, 'code', k.code);

-- name: request granted
PERFORM peer_request(k.acs_entrance_id, 'code', k.code);

-- name: request refused
PERFORM peer_request(k.acs_entrance_id, 'code', k.code);

-- name: request unknown
PERFORM peer_request(k.acs_entrance_id, 'code', k.code);

-- name: update of the end
PERFORM peer_update_end(k.acs_credential_id, k.ends_at);

-- name: update of the code
PERFORM peer_update_code(k.acs_credential_id, k.code);

-- name: delete
PERFORM peer_delete(k.acs_credential_id);

-- name: user with a group
PERFORM peer_create_user(k.acs_system_id, 'New', bench.group_of(k.acs_system_id));

-- name: get
PERFORM peer_get(k.acs_credential_id);

-- name: list of a user
PERFORM * FROM peer_list_of_user(k.acs_user_id);

-- name: list of a system
PERFORM * FROM peer_list_of_system(k.acs_system_id);

-- name: import
INSERT INTO acs_users (acs_system_id, full_name) VALUES (k.acs_system_id, 'New')
    RETURNING acs_user_id INTO k.acs_user_id;
PERFORM peer_create(k.acs_user_id, 'code', k.code, k.starts_at, k.ends_at, ARRAY[k.acs_entrance_id]);
