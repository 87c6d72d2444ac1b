-- Users, and what they may open.

--! callers snapshot, plan each time
PREPARE user_list (uuid, uuid, uuid, text, timestamptz, integer, uuid) AS
SELECT u.*
  FROM acs_users u
 WHERE u.workspace_id = $1
   AND ($2 IS NULL OR u.acs_system_id = $2)
   AND ($3 IS NULL OR u.user_identity_id = $3)
   AND ($4 IS NULL OR strpos(lower(concat_ws(E'\n', u.full_name, u.email_address, u.phone_number,
                                             u.acs_user_id, u.user_identity_id)), lower($4)) > 0)
   AND ($5 IS NULL OR u.created_at < $5)
   AND ($7 IS NULL OR u.acs_user_id > $7)
 ORDER BY u.acs_user_id
 LIMIT $6;

-- By the credentials of the user $2 of the system $3, or by groups.
--! callers snapshot, plan each time
PREPARE user_entrances (uuid, uuid, uuid) AS
SELECT e.*
  FROM acs_entrances e
 WHERE e.workspace_id = $1
   AND e.acs_entrance_id = ANY (
           SELECT x.acs_entrance_id
             FROM acs_credentials c
             JOIN acs_credential_entrances x
               ON x.workspace_id = $1 AND x.acs_credential_id = c.acs_credential_id
            WHERE c.workspace_id = $1 AND c.acs_system_id = $3 AND c.acs_user_id = $2
            UNION
           SELECT ge.acs_entrance_id
             FROM acs_access_groups_users gu
             JOIN acs_access_groups_entrances ge
               ON ge.workspace_id = $1 AND ge.acs_access_group_id = gu.acs_access_group_id
            WHERE gu.workspace_id = $1 AND gu.acs_user_id = $2)
 ORDER BY e.acs_entrance_id;

-- What goes with that, locked in the order of everybody.
PREPARE user_lock_entrances (uuid, uuid) AS
SELECT x.acs_credential_id
  FROM acs_credentials c
  JOIN acs_credential_entrances x ON x.workspace_id = $1 AND x.acs_credential_id = c.acs_credential_id
 WHERE c.workspace_id = $1
   AND c.acs_user_id = $2
 ORDER BY x.acs_credential_id, x.acs_entrance_id
   FOR UPDATE OF x;

PREPARE user_revoke_entrances (uuid, uuid, uuid) AS
DELETE FROM acs_credential_entrances x
 USING acs_credentials c
 WHERE c.workspace_id = $1
   AND c.acs_system_id = $3
   AND c.acs_user_id = $2
   AND x.workspace_id = $1
   AND x.acs_credential_id = c.acs_credential_id;

PREPARE user_leave_groups (uuid, uuid) AS
DELETE FROM acs_access_groups_users gu
 WHERE gu.workspace_id = $1 AND gu.acs_user_id = $2;

-- The user's credentials, kept from being deleted.
PREPARE user_keep_credentials (uuid, uuid, uuid) AS
SELECT c.acs_credential_id
  FROM acs_credentials c
 WHERE c.workspace_id = $1 AND c.acs_user_id = $2 AND c.acs_system_id = $3
 ORDER BY c.parent_acs_credential_id IS NOT NULL, c.acs_credential_id
   FOR KEY SHARE;

-- What goes with a user, locked in the order of whoever asks at a door: a parent
-- before its copies on phones.
PREPARE user_lock_credentials (uuid, uuid) AS
SELECT c.acs_credential_id
  FROM acs_credentials c
 WHERE c.workspace_id = $1 AND c.acs_user_id = $2
 ORDER BY c.parent_acs_credential_id IS NOT NULL, c.acs_credential_id
   FOR UPDATE;

PREPARE user_leave_credentials (uuid, uuid) AS
DELETE FROM acs_credentials c
 WHERE c.workspace_id = $1 AND c.acs_user_id = $2;

-- The user of a row of the application's table; nothing if there is one already.
PREPARE user_follow_insert (uuid, uuid, uuid, uuid, text, text, text, boolean, timestamptz, timestamptz) AS
INSERT INTO acs_users AS u (workspace_id, acs_user_id, acs_system_id, user_identity_id, full_name,
                            email_address, phone_number, is_suspended, access_starts_at, access_ends_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
    ON CONFLICT (workspace_id, acs_user_id) DO NOTHING
RETURNING u.acs_user_id;
