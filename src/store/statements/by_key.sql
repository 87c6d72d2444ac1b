-- Rows by key, until store/tables.c finds and changes them.

PREPARE system_create (uuid, text, text, uuid, uuid) AS
INSERT INTO acs_systems AS s (workspace_id, acs_system_id, system_type, name,
        default_credential_manager_acs_system_id, connected_account_id)
    SELECT $1, acs_uuid(), t.system_type, $2, $4, $5
    FROM acs_system_types t
    WHERE t.system_type = $3
    RETURNING s;

--! callers snapshot
PREPARE system_get (uuid, uuid) AS
SELECT s
    FROM acs_systems s
    WHERE s.workspace_id = $1
    AND s.acs_system_id = $2;

--! callers snapshot
PREPARE entrance_get (uuid, uuid) AS
SELECT e, e.acs_system_id
    FROM acs_entrances e
    WHERE e.workspace_id = $1
    AND e.acs_entrance_id = $2;

--! callers snapshot, plan each time
PREPARE user_get (uuid, uuid, uuid, uuid) AS
SELECT u, u.acs_user_id, u.acs_system_id, u.user_identity_id
    FROM acs_users u
    WHERE u.workspace_id = $1
    AND ($2 IS NULL OR u.acs_user_id = $2)
    AND ($3 IS NULL OR u.user_identity_id = $3)
    AND ($4 IS NULL OR u.acs_system_id = $4);

PREPARE user_update (uuid, uuid, text, text, text, boolean, timestamptz, boolean, timestamptz) AS
UPDATE acs_users u
    SET full_name = COALESCE($3, u.full_name), email_address = COALESCE($4, u.email_address),
        phone_number = COALESCE($5, u.phone_number), access_starts_at = CASE WHEN $6 THEN $7
    ELSE u.access_starts_at END, access_ends_at = CASE WHEN $8 THEN $9
    ELSE u.access_ends_at END
    WHERE u.workspace_id = $1
    AND u.acs_user_id = $2
    RETURNING u;

PREPARE user_suspend (uuid, uuid, boolean) AS
UPDATE acs_users u
    SET is_suspended = $3
    WHERE u.workspace_id = $1
    AND u.acs_user_id = $2;

PREPARE user_delete (uuid, uuid) AS
DELETE
    FROM acs_users u
    WHERE u.workspace_id = $1
    AND u.acs_user_id = $2;

PREPARE user_rename (uuid, uuid, uuid) AS
UPDATE acs_users u
    SET acs_user_id = $3
    WHERE u.workspace_id = $1
    AND u.acs_user_id = $2;

PREPARE user_move (uuid, uuid, uuid) AS
UPDATE acs_users u
    SET acs_system_id = $3
    WHERE u.workspace_id = $1
    AND u.acs_user_id = $2
    AND u.acs_system_id <> $3;

PREPARE user_follow_insert (uuid, uuid, uuid, uuid, text, text, text, boolean, timestamptz, timestamptz) AS
INSERT INTO acs_users AS u (workspace_id, acs_user_id, acs_system_id, user_identity_id, full_name,
        email_address, phone_number, is_suspended, access_starts_at, access_ends_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
    ON CONFLICT (workspace_id, acs_user_id) DO NOTHING
    RETURNING NULL, u.acs_system_id, u.acs_user_id, NULL::uuid,
        jsonb_strip_nulls(jsonb_build_object('full_name', u.full_name, 'access_starts_at',
        u.access_starts_at, 'access_ends_at', u.access_ends_at));

PREPARE user_follow_update (uuid, uuid, uuid, uuid, text, text, text, boolean, timestamptz, timestamptz, integer) AS
UPDATE acs_users u
    SET user_identity_id = CASE WHEN ($11 & 4) <> 0 THEN $4
    ELSE u.user_identity_id END, full_name = CASE WHEN ($11 & 8) <> 0 THEN $5
    ELSE u.full_name END, email_address = CASE WHEN ($11 & 16) <> 0 THEN $6
    ELSE u.email_address END, phone_number = CASE WHEN ($11 & 32) <> 0 THEN $7
    ELSE u.phone_number END, is_suspended = CASE WHEN ($11 & 64) <> 0 THEN $8
    ELSE u.is_suspended END, access_starts_at = CASE WHEN ($11 & 128) <> 0 THEN $9
    ELSE u.access_starts_at END, access_ends_at = CASE WHEN ($11 & 256) <> 0 THEN $10
    ELSE u.access_ends_at END
    WHERE u.workspace_id = $1
    AND u.acs_user_id = $2
    AND $3 IS NOT NULL;

PREPARE group_create (uuid, uuid, text) AS
INSERT INTO acs_access_groups AS g (workspace_id, acs_system_id, name)
    SELECT $1, s.acs_system_id, $3
    FROM acs_systems s
    WHERE s.workspace_id = $1
    AND s.acs_system_id = $2
    RETURNING g, g.acs_access_group_id;

--! callers snapshot
PREPARE group_get (uuid, uuid) AS
SELECT g, g.acs_system_id, g.name
    FROM acs_access_groups g
    WHERE g.workspace_id = $1
    AND g.acs_access_group_id = $2;

PREPARE group_delete (uuid, uuid) AS
DELETE
    FROM acs_access_groups g
    WHERE g.workspace_id = $1
    AND g.acs_access_group_id = $2;

PREPARE group_add_user (uuid, uuid, uuid) AS
INSERT INTO acs_access_groups_users (workspace_id, acs_access_group_id, acs_user_id)
    VALUES ($1, $2, $3)
    ON CONFLICT DO NOTHING;

PREPARE group_remove_user (uuid, uuid, uuid) AS
DELETE
    FROM acs_access_groups_users gu
    WHERE gu.workspace_id = $1
    AND gu.acs_access_group_id = $2
    AND gu.acs_user_id = $3;

PREPARE entrance_create (uuid, uuid, text, boolean, boolean, boolean) AS
INSERT INTO acs_entrances AS e (workspace_id, acs_system_id, display_name, can_unlock_with_code,
        can_unlock_with_card, can_unlock_with_mobile_key)
    SELECT $1, s.acs_system_id, $3, $4, $5, $6
    FROM acs_systems s
    WHERE s.workspace_id = $1
    AND s.acs_system_id = $2
    RETURNING e;

PREPARE user_create (uuid, uuid, text, text, text, uuid, timestamptz, timestamptz) AS
INSERT INTO acs_users AS u (workspace_id, acs_system_id, full_name, email_address, phone_number,
        user_identity_id, access_starts_at, access_ends_at)
    SELECT $1, s.acs_system_id, $3, $4, $5, $6, $7, $8
    FROM acs_systems s
    WHERE s.workspace_id = $1
    AND s.acs_system_id = $2
    ON CONFLICT (workspace_id, user_identity_id, acs_system_id)
    WHERE user_identity_id IS NOT NULL DO NOTHING
    RETURNING u, u.acs_system_id, u.acs_user_id, NULL::uuid,
        jsonb_strip_nulls(jsonb_build_object('full_name', u.full_name, 'access_starts_at',
        u.access_starts_at, 'access_ends_at', u.access_ends_at));

PREPARE user_by_id (uuid, uuid) AS
SELECT u.acs_user_id, u.acs_system_id, u.user_identity_id,
        s.default_credential_manager_acs_system_id, t.system_type, t.access_methods, t.custom_code,
        t.code_min_length, t.code_max_length, t.code_max_value, t.generated_code_length,
        t.max_entrances_per_code, t.requires_entrances, t.requires_window,
        t.requires_multi_phone_sync, t.max_cards_per_user, t.max_mobile_keys_per_user,
        t.encodes_cards, t.metadata_key
    FROM acs_users u
    JOIN acs_systems s ON s.workspace_id = $1
    AND s.acs_system_id = u.acs_system_id
    JOIN acs_system_types t ON t.system_type = s.system_type
    WHERE u.workspace_id = $1
    AND u.acs_user_id = $2
    FOR KEY SHARE OF u;

PREPARE user_by_identity (uuid, uuid, uuid) AS
SELECT u.acs_user_id, u.acs_system_id, u.user_identity_id,
        s.default_credential_manager_acs_system_id, t.system_type, t.access_methods, t.custom_code,
        t.code_min_length, t.code_max_length, t.code_max_value, t.generated_code_length,
        t.max_entrances_per_code, t.requires_entrances, t.requires_window,
        t.requires_multi_phone_sync, t.max_cards_per_user, t.max_mobile_keys_per_user,
        t.encodes_cards, t.metadata_key
    FROM acs_users u
    JOIN acs_systems s ON s.workspace_id = $1
    AND s.acs_system_id = u.acs_system_id
    JOIN acs_system_types t ON t.system_type = s.system_type
    WHERE u.workspace_id = $1
    AND u.user_identity_id = $2
    AND u.acs_system_id = $3
    FOR KEY SHARE OF u;

PREPARE user_lock (uuid, uuid) AS
SELECT
    FROM acs_users u
    WHERE u.workspace_id = $1
    AND u.acs_user_id = $2
    FOR NO KEY UPDATE;

PREPARE manager_get (uuid, uuid) AS
SELECT t.is_credential_manager
    FROM acs_systems s
    JOIN acs_system_types t ON t.system_type = s.system_type
    WHERE s.workspace_id = $1
    AND s.acs_system_id = $2;

PREPARE credential_create (uuid, uuid, uuid, uuid, acs_access_method, acs_code, timestamptz, timestamptz, boolean, uuid, boolean, boolean, jsonb, timestamptz, text) AS
INSERT INTO acs_credentials AS c (workspace_id, acs_credential_id, acs_system_id, acs_user_id,
        access_method, code, starts_at, ends_at, is_multi_phone_sync_credential,
        credential_manager_acs_system_id, is_one_time_use, is_issued, metadata, created_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
    RETURNING NULL, c.acs_system_id, c.acs_user_id, c.acs_credential_id,
        jsonb_strip_nulls(jsonb_build_object('access_method', c.access_method, 'display_name',
        c.display_name, 'starts_at', c.starts_at, 'ends_at', c.ends_at)), (SELECT t.credential_type
    FROM acs_system_types t
    WHERE t.system_type = $15), (SELECT t.credential_type_display_name
    FROM acs_system_types t
    WHERE t.system_type = $15), c.*;

--! callers snapshot
PREPARE credential_get (uuid, uuid) AS
SELECT t.credential_type, t.credential_type_display_name, c.*
    FROM acs_credentials c
    JOIN acs_systems s ON s.workspace_id = $1
    AND s.acs_system_id = c.acs_system_id
    JOIN acs_system_types t ON t.system_type = s.system_type
    WHERE c.workspace_id = $1
    AND c.acs_credential_id = $2;

PREPARE credential_delete (uuid, uuid) AS
DELETE
    FROM acs_credentials c
    WHERE c.workspace_id = $1
    AND c.acs_credential_id = $2;

PREPARE credential_for_change (uuid, uuid) AS
SELECT c.acs_user_id, c.acs_system_id, u.user_identity_id,
        s.default_credential_manager_acs_system_id, t.system_type, t.access_methods, t.custom_code,
        t.code_min_length, t.code_max_length, t.code_max_value, t.generated_code_length,
        t.max_entrances_per_code, t.requires_entrances, t.requires_window,
        t.requires_multi_phone_sync, t.max_cards_per_user, t.max_mobile_keys_per_user,
        t.encodes_cards, t.metadata_key , c.access_method, c.starts_at, c.ends_at,
        c.is_multi_phone_sync_credential, c.issued_at, c.card_number, (SELECT count(*)
    FROM acs_credential_entrances x
    WHERE x.workspace_id = $1
    AND x.acs_credential_id = c.acs_credential_id), c.parent_acs_credential_id, c.code
    FROM acs_credentials c
    JOIN acs_systems s ON s.workspace_id = $1
    AND s.acs_system_id = c.acs_system_id
    JOIN acs_system_types t ON t.system_type = s.system_type
    LEFT JOIN acs_users u ON u.workspace_id = $1
    AND u.acs_user_id = c.acs_user_id
    WHERE c.workspace_id = $1
    AND c.acs_credential_id = $2
    FOR NO KEY UPDATE OF c;

PREPARE credential_update (uuid, uuid, acs_code, boolean, timestamptz, timestamptz) AS
UPDATE acs_credentials c
    SET code = COALESCE($3, c.code), ends_at = CASE WHEN $4 THEN $5
    ELSE c.ends_at END,
        needs_to_be_reissued_at = CASE WHEN c.issued_at IS NOT NULL THEN COALESCE(c.needs_to_be_reissued_at, $6) END
    WHERE c.workspace_id = $1
    AND (c.acs_credential_id = $2 OR c.parent_acs_credential_id = $2);

PREPARE credential_assign (uuid, uuid, uuid, timestamptz) AS
UPDATE acs_credentials c
    SET acs_user_id = $3,
        needs_to_be_reissued_at = CASE WHEN c.issued_at IS NOT NULL THEN COALESCE(c.needs_to_be_reissued_at, $4) END
    WHERE c.workspace_id = $1
    AND (c.acs_credential_id = $2 OR c.parent_acs_credential_id = $2);

PREPARE credential_issue (uuid, uuid, text, timestamptz) AS
UPDATE acs_credentials c
    SET card_number = $3, is_issued = true, issued_at = $4, needs_to_be_reissued_at = NULL
    WHERE c.workspace_id = $1
    AND c.acs_credential_id = $2;

PREPARE credential_sync (uuid, uuid, uuid, text) AS
INSERT INTO acs_credentials AS c (workspace_id, acs_credential_id, acs_system_id, acs_user_id,
        access_method, starts_at, ends_at, parent_acs_credential_id, phone_id,
        credential_manager_acs_system_id, disable_reasons, metadata)
    SELECT $1, $3, p.acs_system_id, p.acs_user_id, p.access_method, p.starts_at, p.ends_at,
        p.acs_credential_id, $4, p.credential_manager_acs_system_id, p.disable_reasons, p.metadata
    FROM acs_credentials p
    WHERE p.workspace_id = $1
    AND p.acs_credential_id = $2
    ON CONFLICT (workspace_id, parent_acs_credential_id, phone_id)
    WHERE parent_acs_credential_id IS NOT NULL
    DO UPDATE SET phone_id = EXCLUDED.phone_id
    RETURNING NULL, c.acs_system_id, c.acs_user_id, c.acs_credential_id,
        jsonb_strip_nulls(jsonb_build_object('access_method', c.access_method, 'display_name',
        c.display_name, 'starts_at', c.starts_at, 'ends_at', c.ends_at)), c.xmax = '0';

--! callers snapshot
PREPARE access_by_code (uuid, uuid, acs_access_method, acs_code, timestamptz) AS
SELECT CASE WHEN $3 = 'code' THEN e.can_unlock_with_code
    WHEN $3 = 'card' THEN e.can_unlock_with_card
    ELSE e.can_unlock_with_mobile_key END, e.acs_system_id, l.failed_attempts, l.locked_until,
        c.acs_credential_id, c.acs_user_id, c.display_name, c.starts_at, c.ends_at,
        c.is_one_time_use, c.used_at, c.is_issued, c.disable_reasons <> '{}', u.is_suspended,
        u.access_starts_at, u.access_ends_at, EXISTS (SELECT
    FROM acs_credential_entrances x
    WHERE x.workspace_id = $1
    AND x.acs_entrance_id = $2
    AND x.acs_credential_id = COALESCE(c.parent_acs_credential_id, c.acs_credential_id))
    OR EXISTS (SELECT
    FROM acs_access_groups_users gu
    JOIN acs_access_groups_entrances ge ON ge.workspace_id = $1
    AND ge.acs_access_group_id = gu.acs_access_group_id
    AND ge.acs_entrance_id = $2
    WHERE gu.workspace_id = $1
    AND gu.acs_user_id = c.acs_user_id)
    FROM acs_entrances e
    LEFT JOIN acs_entrance_lockouts l ON l.workspace_id = $1
    AND l.acs_entrance_id = $2
    LEFT JOIN LATERAL (SELECT p.acs_credential_id, p.parent_acs_credential_id, p.acs_user_id,
        p.display_name, p.starts_at, p.ends_at, p.is_one_time_use, p.used_at, p.is_issued,
        p.disable_reasons
    FROM acs_credentials p
    WHERE p.workspace_id = $1
    AND p.acs_system_id = e.acs_system_id
    AND p.access_method = $3
    AND p.code OPERATOR(acs.=) $4
    ORDER BY acs_window_distance(p.starts_at, p.ends_at, $5) LIMIT 1) c ON true
    LEFT JOIN acs_users u ON u.workspace_id = $1
    AND u.acs_user_id = c.acs_user_id
    WHERE e.workspace_id = $1
    AND e.acs_entrance_id = $2;

--! callers snapshot
PREPARE access_by_card_number (uuid, uuid, acs_access_method, text, timestamptz) AS
SELECT CASE WHEN $3 = 'code' THEN e.can_unlock_with_code
    WHEN $3 = 'card' THEN e.can_unlock_with_card
    ELSE e.can_unlock_with_mobile_key END, e.acs_system_id, l.failed_attempts, l.locked_until,
        c.acs_credential_id, c.acs_user_id, c.display_name, c.starts_at, c.ends_at,
        c.is_one_time_use, c.used_at, c.is_issued, c.disable_reasons <> '{}', u.is_suspended,
        u.access_starts_at, u.access_ends_at, EXISTS (SELECT
    FROM acs_credential_entrances x
    WHERE x.workspace_id = $1
    AND x.acs_entrance_id = $2
    AND x.acs_credential_id = COALESCE(c.parent_acs_credential_id, c.acs_credential_id))
    OR EXISTS (SELECT
    FROM acs_access_groups_users gu
    JOIN acs_access_groups_entrances ge ON ge.workspace_id = $1
    AND ge.acs_access_group_id = gu.acs_access_group_id
    AND ge.acs_entrance_id = $2
    WHERE gu.workspace_id = $1
    AND gu.acs_user_id = c.acs_user_id)
    FROM acs_entrances e
    LEFT JOIN acs_entrance_lockouts l ON l.workspace_id = $1
    AND l.acs_entrance_id = $2
    LEFT JOIN LATERAL (SELECT p.acs_credential_id, p.parent_acs_credential_id, p.acs_user_id,
        p.display_name, p.starts_at, p.ends_at, p.is_one_time_use, p.used_at, p.is_issued,
        p.disable_reasons
    FROM acs_credentials p
    WHERE p.workspace_id = $1
    AND p.acs_system_id = e.acs_system_id
    AND p.access_method = $3
    AND p.card_number = $4
    ORDER BY acs_window_distance(p.starts_at, p.ends_at, $5) LIMIT 1) c ON true
    LEFT JOIN acs_users u ON u.workspace_id = $1
    AND u.acs_user_id = c.acs_user_id
    WHERE e.workspace_id = $1
    AND e.acs_entrance_id = $2;

--! callers snapshot
PREPARE access_by_id (uuid, uuid, acs_access_method, uuid, timestamptz) AS
SELECT CASE WHEN $3 = 'code' THEN e.can_unlock_with_code
    WHEN $3 = 'card' THEN e.can_unlock_with_card
    ELSE e.can_unlock_with_mobile_key END, e.acs_system_id, l.failed_attempts, l.locked_until,
        c.acs_credential_id, c.acs_user_id, c.display_name, c.starts_at, c.ends_at,
        c.is_one_time_use, c.used_at, c.is_issued, c.disable_reasons <> '{}', u.is_suspended,
        u.access_starts_at, u.access_ends_at, EXISTS (SELECT
    FROM acs_credential_entrances x
    WHERE x.workspace_id = $1
    AND x.acs_entrance_id = $2
    AND x.acs_credential_id = COALESCE(c.parent_acs_credential_id, c.acs_credential_id))
    OR EXISTS (SELECT
    FROM acs_access_groups_users gu
    JOIN acs_access_groups_entrances ge ON ge.workspace_id = $1
    AND ge.acs_access_group_id = gu.acs_access_group_id
    AND ge.acs_entrance_id = $2
    WHERE gu.workspace_id = $1
    AND gu.acs_user_id = c.acs_user_id)
    FROM acs_entrances e
    LEFT JOIN acs_entrance_lockouts l ON l.workspace_id = $1
    AND l.acs_entrance_id = $2
    LEFT JOIN LATERAL (SELECT p.acs_credential_id, p.parent_acs_credential_id, p.acs_user_id,
        p.display_name, p.starts_at, p.ends_at, p.is_one_time_use, p.used_at, p.is_issued,
        p.disable_reasons
    FROM acs_credentials p
    WHERE p.workspace_id = $1
    AND p.acs_system_id = e.acs_system_id
    AND p.access_method = $3
    AND p.acs_credential_id = $4
    ORDER BY acs_window_distance(p.starts_at, p.ends_at, $5) LIMIT 1) c ON true
    LEFT JOIN acs_users u ON u.workspace_id = $1
    AND u.acs_user_id = c.acs_user_id
    WHERE e.workspace_id = $1
    AND e.acs_entrance_id = $2;

PREPARE credential_lock (uuid, uuid) AS
SELECT
    FROM acs_credentials c
    WHERE c.workspace_id = $1
    AND c.acs_credential_id = $2
    FOR NO KEY UPDATE;

PREPARE credential_spend (uuid, uuid, timestamptz) AS
UPDATE acs_credentials c
    SET used_at = $3
    WHERE c.workspace_id = $1
    AND c.acs_credential_id = $2;

PREPARE lockout_count (uuid, uuid, integer, timestamptz) AS
INSERT INTO acs_entrance_lockouts AS l (workspace_id, acs_entrance_id, failed_attempts,
        locked_until)
    VALUES ($1, $2, 1, CASE WHEN $3 = 1 THEN $4 END)
    ON CONFLICT (workspace_id, acs_entrance_id)
    DO UPDATE SET failed_attempts = l.failed_attempts + 1,
        locked_until = CASE WHEN ((l.failed_attempts + 1) % $3) = 0 THEN $4
    ELSE l.locked_until END;

PREPARE lockout_reset (uuid, uuid) AS
DELETE
    FROM acs_entrance_lockouts l
    WHERE l.workspace_id = $1
    AND l.acs_entrance_id = $2;

PREPARE event_write (uuid, uuid, text, timestamptz, uuid, uuid, uuid, uuid, text, jsonb) AS
INSERT INTO acs_events (workspace_id, event_id, event_type, occurred_at, acs_system_id,
        acs_user_id, acs_credential_id, acs_entrance_id, actor, details)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10);
