-- The measured calls, as a backend makes them. Each text is run for every case k of
-- bench.cases; one that reads @cases itself is run once for all.

-- name: create
PERFORM acs_credentials_create(acs_user_id => k.acs_user_id, access_method => 'code', code => k.code,
                               starts_at => k.starts_at, ends_at => k.ends_at);

-- name: create with a door
PERFORM acs_credentials_create(acs_user_id => k.acs_user_id, access_method => 'code', code => k.code,
                               starts_at => k.starts_at, ends_at => k.ends_at,
                               allowed_acs_entrance_ids => ARRAY[k.acs_entrance_id]);

-- name: create in a set
PERFORM count(acs_credentials_create(acs_user_id => i.acs_user_id, access_method => 'code', code => i.code,
                                     starts_at => i.starts_at, ends_at => i.ends_at))
   FROM @cases i;

-- name: check granted
PERFORM acs_access_check(k.acs_entrance_id, 'code', code => k.code);

-- name: check refused
PERFORM acs_access_check(k.acs_entrance_id, 'code', code => k.code);

-- name: check unknown
PERFORM acs_access_check(k.acs_entrance_id, 'code', code => k.code);

-- name: request granted
PERFORM acs_access_request(k.acs_entrance_id, 'code', code => k.code);

-- name: request refused
PERFORM acs_access_request(k.acs_entrance_id, 'code', code => k.code);

-- name: request unknown
PERFORM acs_access_request(k.acs_entrance_id, 'code', code => k.code);

-- name: update of the end
PERFORM acs_credentials_update(k.acs_credential_id, ends_at => k.ends_at);

-- name: update of the code
PERFORM acs_credentials_update(k.acs_credential_id, code => k.code);

-- name: delete
PERFORM acs_credentials_delete(k.acs_credential_id);

-- name: user with a group
PERFORM acs_users_create(acs_system_id => k.acs_system_id, full_name => 'New',
                         acs_access_group_ids => ARRAY[bench.group_of(k.acs_system_id)]);

-- name: get
PERFORM acs_credentials_get(k.acs_credential_id);

-- name: list of a user
PERFORM * FROM acs_credentials_list(acs_user_id => k.acs_user_id);

-- name: list of a system
PERFORM * FROM acs_credentials_list(acs_system_id => k.acs_system_id);

-- name: JSON of a credential
PERFORM acs_credential_json(k.credential);

-- name: row_to_json
PERFORM row_to_json(k.credential);

-- name: request of a get
PERFORM acs_request('/acs/credentials/get', jsonb_build_object('acs_credential_id', k.acs_credential_id));

-- name: import
PERFORM acs_credentials_create(
    acs_user_id => (acs_users_create(acs_system_id => k.acs_system_id, full_name => 'New')).acs_user_id,
    access_method => 'code', code => k.code, starts_at => k.starts_at, ends_at => k.ends_at,
    allowed_acs_entrance_ids => ARRAY[k.acs_entrance_id]);
