-- Single-row statements that leave, or read, the same rows: no rule is checked, no overlap
-- found, nothing returned from what is written. See extension.sql. @check_granted stands for the
-- statement of that name.

-- name: create
new_id := acs_uuid();
INSERT INTO acs_credentials (workspace_id, acs_credential_id, acs_system_id, acs_user_id, access_method,
                             code, identifier, display_name, starts_at, ends_at, valid_from)
    VALUES (workspace, new_id, k.acs_system_id, k.acs_user_id, 'code',
            k.code, k.code::text, k.display_name, k.starts_at, k.ends_at, k.starts_at);
INSERT INTO acs_events (workspace_id, event_type, acs_system_id, acs_user_id, acs_credential_id, details)
    VALUES (workspace, 'acs_credential.created', k.acs_system_id, k.acs_user_id, new_id,
            jsonb_build_object('access_method', 'code', 'display_name', k.display_name,
                               'starts_at', k.starts_at, 'ends_at', k.ends_at));

-- name: create with a door
new_id := acs_uuid();
INSERT INTO acs_credentials (workspace_id, acs_credential_id, acs_system_id, acs_user_id, access_method,
                             code, identifier, display_name, starts_at, ends_at, valid_from)
    VALUES (workspace, new_id, k.acs_system_id, k.acs_user_id, 'code',
            k.code, k.code::text, k.display_name, k.starts_at, k.ends_at, k.starts_at);
INSERT INTO acs_credential_entrances (workspace_id, acs_credential_id, acs_entrance_id, acs_system_id)
    VALUES (workspace, new_id, k.acs_entrance_id, k.acs_system_id);
INSERT INTO acs_events (workspace_id, event_type, acs_system_id, acs_user_id, acs_credential_id, acs_entrance_id, details)
    VALUES (workspace, 'acs_credential.entrance_added', k.acs_system_id, k.acs_user_id, new_id, k.acs_entrance_id,
            jsonb_build_object('display_name', k.display_name));
INSERT INTO acs_events (workspace_id, event_type, acs_system_id, acs_user_id, acs_credential_id, details)
    VALUES (workspace, 'acs_credential.created', k.acs_system_id, k.acs_user_id, new_id,
            jsonb_build_object('access_method', 'code', 'display_name', k.display_name,
                               'starts_at', k.starts_at, 'ends_at', k.ends_at));

-- name: create in a set
WITH c AS (
    INSERT INTO acs_credentials (workspace_id, acs_system_id, acs_user_id, access_method,
                                 code, identifier, display_name, starts_at, ends_at, valid_from)
        SELECT workspace, i.acs_system_id, i.acs_user_id, 'code',
               i.code, i.code::text, i.display_name, i.starts_at, i.ends_at, i.starts_at
          FROM @cases i
    RETURNING *
)
INSERT INTO acs_events (workspace_id, event_type, acs_system_id, acs_user_id, acs_credential_id, details)
    SELECT workspace, 'acs_credential.created', c.acs_system_id, c.acs_user_id, c.acs_credential_id,
           jsonb_build_object('access_method', 'code', 'display_name', c.display_name,
                              'starts_at', c.starts_at, 'ends_at', c.ends_at)
      FROM c;

-- name: check granted
SELECT e.acs_system_id, e.can_unlock_with_code, l.locked_until, c.acs_credential_id, c.acs_user_id,
       c.display_name, c.starts_at, c.ends_at, c.max_uses, c.uses, c.used_up_at, c.is_issued, c.disable_reasons,
       u.is_suspended, u.access_starts_at, u.access_ends_at,
       EXISTS (SELECT FROM acs_credential_entrances x
                WHERE x.workspace_id = workspace AND x.acs_entrance_id = k.acs_entrance_id
                  AND x.acs_credential_id = coalesce(c.parent_acs_credential_id, c.acs_credential_id))
       OR EXISTS (SELECT FROM acs_access_groups_users gu
                    JOIN acs_access_groups_entrances ge ON ge.workspace_id = workspace
                     AND ge.acs_access_group_id = gu.acs_access_group_id
                     AND ge.acs_entrance_id = k.acs_entrance_id
                   WHERE gu.workspace_id = workspace AND gu.acs_user_id = c.acs_user_id) AS is_allowed
  INTO f
  FROM acs_entrances e
  LEFT JOIN acs_entrance_lockouts l ON l.workspace_id = workspace AND l.acs_entrance_id = k.acs_entrance_id
  LEFT JOIN acs_credentials c ON c.workspace_id = workspace AND c.acs_system_id = e.acs_system_id
        AND c.access_method = 'code' AND c.identifier = k.code::text
  LEFT JOIN acs_users u ON u.workspace_id = workspace AND u.acs_user_id = c.acs_user_id
 WHERE e.workspace_id = workspace AND e.acs_entrance_id = k.acs_entrance_id;

-- name: check refused
@check_granted

-- name: check unknown
@check_granted

-- name: request granted
@check_granted
PERFORM FROM acs_credentials c
  WHERE c.workspace_id = workspace AND c.acs_credential_id = f.acs_credential_id FOR NO KEY UPDATE;
INSERT INTO acs_events (workspace_id, event_type, acs_system_id, acs_user_id, acs_credential_id,
                        acs_entrance_id, details)
    VALUES (workspace, 'acs_entrance.access_granted', f.acs_system_id, f.acs_user_id, f.acs_credential_id,
            k.acs_entrance_id, jsonb_build_object('access_method', 'code', 'display_name', f.display_name));

-- name: request refused
@check_granted
INSERT INTO acs_events (workspace_id, event_type, acs_system_id, acs_user_id, acs_credential_id,
                        acs_entrance_id, details)
    VALUES (workspace, 'acs_entrance.access_denied', f.acs_system_id, f.acs_user_id, f.acs_credential_id,
            k.acs_entrance_id, jsonb_build_object('access_method', 'code', 'display_name', f.display_name,
                'reason', 'entrance_not_allowed', 'reasons', ARRAY['entrance_not_allowed']));

-- name: request unknown
@check_granted
INSERT INTO acs_entrance_lockouts AS l (workspace_id, acs_entrance_id, failed_attempts)
    VALUES (workspace, k.acs_entrance_id, 1)
    ON CONFLICT (workspace_id, acs_entrance_id) DO UPDATE SET failed_attempts = l.failed_attempts + 1;
INSERT INTO acs_events (workspace_id, event_type, acs_system_id, acs_user_id, acs_credential_id,
                        acs_entrance_id, details)
    VALUES (workspace, 'acs_entrance.access_denied', f.acs_system_id, f.acs_user_id, f.acs_credential_id,
            k.acs_entrance_id, jsonb_build_object('access_method', 'code',
                'reason', 'unknown_credential', 'reasons', ARRAY['unknown_credential']));

-- name: update of the end
UPDATE acs_credentials c SET ends_at = k.ends_at
 WHERE c.workspace_id = workspace AND c.acs_credential_id = k.acs_credential_id;
INSERT INTO acs_events (workspace_id, event_type, acs_system_id, acs_user_id, acs_credential_id, details)
    VALUES (workspace, 'acs_credential.updated', k.acs_system_id, k.acs_user_id, k.acs_credential_id,
            jsonb_build_object('display_name', k.display_name, 'ends_at',
                               jsonb_build_object('old', k.starts_at, 'new', k.ends_at)));

-- name: update of the code
UPDATE acs_credentials c SET code = k.code, identifier = k.code::text, display_name = k.display_name
 WHERE c.workspace_id = workspace AND c.acs_credential_id = k.acs_credential_id;
INSERT INTO acs_events (workspace_id, event_type, acs_system_id, acs_user_id, acs_credential_id, details)
    VALUES (workspace, 'acs_credential.updated', k.acs_system_id, k.acs_user_id, k.acs_credential_id,
            jsonb_build_object('display_name', k.display_name, 'code',
                               jsonb_build_object('old', k.display_name, 'new', k.display_name)));

-- name: delete
DELETE FROM acs_credentials c
 WHERE c.workspace_id = workspace AND c.acs_credential_id = k.acs_credential_id;
INSERT INTO acs_events (workspace_id, event_type, acs_system_id, acs_user_id, acs_credential_id, details)
    VALUES (workspace, 'acs_credential.deleted', k.acs_system_id, k.acs_user_id, k.acs_credential_id,
            jsonb_build_object('access_method', 'code', 'display_name', k.display_name,
                               'starts_at', k.starts_at, 'ends_at', k.ends_at));
INSERT INTO acs_events (workspace_id, event_type, acs_system_id, acs_credential_id, acs_entrance_id)
    VALUES (workspace, 'acs_credential.entrance_removed', k.acs_system_id, k.acs_credential_id, k.acs_entrance_id);

-- name: user with a group
new_id := acs_uuid();
INSERT INTO acs_users (workspace_id, acs_user_id, acs_system_id, full_name)
    VALUES (workspace, new_id, k.acs_system_id, 'New');
INSERT INTO acs_access_groups_users (workspace_id, acs_access_group_id, acs_user_id, acs_system_id)
    VALUES (workspace, bench.group_of(k.acs_system_id), new_id, k.acs_system_id);
INSERT INTO acs_events (workspace_id, event_type, acs_system_id, acs_user_id, details)
    VALUES (workspace, 'acs_user.created', k.acs_system_id, new_id, jsonb_build_object('full_name', 'New'));
INSERT INTO acs_events (workspace_id, event_type, acs_system_id, acs_user_id, acs_access_group_id)
    VALUES (workspace, 'acs_access_group.user_added', k.acs_system_id, new_id, bench.group_of(k.acs_system_id));

-- name: get
PERFORM c.*, t.credential_type, t.credential_type_display_name
   FROM acs_credentials c
   JOIN acs_systems s ON s.workspace_id = c.workspace_id AND s.acs_system_id = c.acs_system_id
   JOIN acs_system_types t ON t.system_type = s.system_type
  WHERE c.workspace_id = workspace AND c.acs_credential_id = k.acs_credential_id;

-- name: list of a user
PERFORM c.*, t.credential_type, t.credential_type_display_name
   FROM acs_credentials c
   JOIN acs_systems s ON s.workspace_id = c.workspace_id AND s.acs_system_id = c.acs_system_id
   JOIN acs_system_types t ON t.system_type = s.system_type
  WHERE c.workspace_id = workspace AND c.acs_user_id = k.acs_user_id
  ORDER BY c.acs_credential_id LIMIT 500;

-- name: list of a system
PERFORM c.*, t.credential_type, t.credential_type_display_name
   FROM acs_credentials c
   JOIN acs_systems s ON s.workspace_id = c.workspace_id AND s.acs_system_id = c.acs_system_id
   JOIN acs_system_types t ON t.system_type = s.system_type
  WHERE c.workspace_id = workspace AND c.acs_system_id = k.acs_system_id
  ORDER BY c.acs_credential_id LIMIT 500;
