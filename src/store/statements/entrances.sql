-- Entrances, and who may open them.

-- A subquery under OR is no join; as an array it is looked up first, and can use
-- an index.
--! callers snapshot, plan each time
PREPARE entrance_list (uuid, uuid, uuid, uuid[], uuid, text, integer, uuid) AS
SELECT e.*
  FROM acs_entrances e
 WHERE e.workspace_id = $1
   AND ($2 IS NULL OR e.acs_system_id = $2)
   AND ($3 IS NULL OR e.acs_entrance_id = ANY (ARRAY(
           SELECT x.acs_entrance_id
             FROM acs_credential_entrances x
            WHERE x.workspace_id = $1 AND x.acs_credential_id = $3)))
   AND ($4 IS NULL OR e.acs_entrance_id = ANY ($4))
   AND ($5 IS NULL OR e.acs_system_id = ANY (ARRAY(
           SELECT s.acs_system_id
             FROM acs_systems s
            WHERE s.workspace_id = $1 AND COALESCE(s.connected_account_id, s.workspace_id) = $5)))
   AND ($6 IS NULL OR strpos(lower(concat_ws(E'\n', e.display_name, e.acs_entrance_id)), lower($6)) > 0)
   AND ($8 IS NULL OR e.acs_entrance_id > $8)
 ORDER BY e.acs_entrance_id
 LIMIT $7;

-- The first id of $2 that is not an entrance of the system $3, and its position.
-- OFFSET 0 keeps the look-up by key from becoming a join that reads the whole
-- workspace.
PREPARE entrances_strange (uuid, uuid[], uuid) AS
SELECT i.id, e.acs_entrance_id IS NOT NULL, i.position
  FROM unnest($2) WITH ORDINALITY AS i (id, position)
  LEFT JOIN LATERAL (
           SELECT d.acs_entrance_id, d.acs_system_id
             FROM acs_entrances d
            WHERE d.workspace_id = $1 AND d.acs_entrance_id = i.id
           OFFSET 0) e ON true
 WHERE (e.acs_system_id = $3) IS NOT TRUE
 ORDER BY i.position
 LIMIT 1;

-- What goes with an entrance, locked in the order of everybody.
PREPARE entrance_lock_links (uuid, uuid) AS
SELECT x.acs_credential_id
  FROM acs_credential_entrances x
 WHERE x.workspace_id = $1 AND x.acs_entrance_id = $2
 ORDER BY x.acs_credential_id
   FOR UPDATE;

-- Give the entrance $2 to each credential of a user; copies on phones have those
-- of their parent.
PREPARE entrance_grant (uuid, uuid, uuid, uuid) AS
INSERT INTO acs_credential_entrances (workspace_id, acs_credential_id, acs_entrance_id, acs_system_id)
SELECT $1, c.acs_credential_id, $2, c.acs_system_id
  FROM acs_credentials c
 WHERE c.workspace_id = $1
   AND c.acs_system_id = $3
   AND c.acs_user_id = $4
   AND c.parent_acs_credential_id IS NULL
    ON CONFLICT (workspace_id, acs_credential_id, acs_entrance_id) DO NOTHING;

-- A code of the user that has more than $4 entrances.
PREPARE code_with_more_entrances (uuid, uuid, uuid, integer) AS
SELECT c.acs_credential_id
  FROM acs_credentials c
 WHERE c.workspace_id = $1
   AND c.acs_user_id = $2
   AND c.acs_system_id = $3
   AND c.access_method = 'code'
   AND (SELECT count(*)
          FROM acs_credential_entrances x
         WHERE x.workspace_id = $1 AND x.acs_credential_id = c.acs_credential_id) > $4
 LIMIT 1;

-- Access groups by which the user $3 has the entrance $2, or will have.
PREPARE entrance_groups_of_user (uuid, uuid, uuid) AS
SELECT g.acs_access_group_id, g.name
  FROM acs_access_groups_users gu
  JOIN acs_access_groups_entrances ge
    ON ge.workspace_id = $1
   AND ge.acs_access_group_id = gu.acs_access_group_id
   AND ge.acs_entrance_id = $2
  JOIN acs_access_groups g ON g.workspace_id = $1 AND g.acs_access_group_id = gu.acs_access_group_id
 WHERE gu.workspace_id = $1
   AND gu.acs_user_id = $3
   AND (gu.ends_at IS NULL OR gu.ends_at > clock_timestamp())
 ORDER BY g.acs_access_group_id;

-- Has a credential of the user $3 of the system $4 the entrance $2?
PREPARE entrance_of_user (uuid, uuid, uuid, uuid) AS
SELECT true
  FROM acs_credentials c
  JOIN acs_credential_entrances x
    ON x.workspace_id = $1
   AND x.acs_credential_id = c.acs_credential_id
   AND x.acs_entrance_id = $2
 WHERE c.workspace_id = $1 AND c.acs_system_id = $4 AND c.acs_user_id = $3
 LIMIT 1;

-- Take the entrance $2 from each credential of the user $3 of the system $4.
PREPARE entrance_revoke (uuid, uuid, uuid, uuid) AS
DELETE FROM acs_credential_entrances x
 USING acs_credentials c
 WHERE c.workspace_id = $1
   AND c.acs_system_id = $4
   AND c.acs_user_id = $3
   AND x.workspace_id = $1
   AND x.acs_credential_id = c.acs_credential_id
   AND x.acs_entrance_id = $2;

-- By their own list, as the copy of one that has the entrance in its list, or by
-- a group of their user; with $3 only those that are valid at $4.
--! callers snapshot, plan each time
PREPARE entrance_credentials (uuid, uuid, boolean, timestamptz) AS
SELECT t.credential_type, t.credential_type_display_name, c.*,
       (SELECT u.user_identity_id
          FROM acs_users u
         WHERE u.workspace_id = $1 AND u.acs_user_id = c.acs_user_id) AS user_identity_id
  FROM acs_credentials c
 CROSS JOIN LATERAL (
           SELECT y.credential_type, y.credential_type_display_name
             FROM acs_systems s
             JOIN acs_system_types y ON y.system_type = s.system_type
            WHERE s.workspace_id = $1 AND s.acs_system_id = c.acs_system_id
           OFFSET 0) t
 WHERE c.workspace_id = $1
   AND c.acs_credential_id = ANY (
           SELECT x.acs_credential_id
             FROM acs_credential_entrances x
            WHERE x.workspace_id = $1 AND x.acs_entrance_id = $2
            UNION
           SELECT k.acs_credential_id
             FROM acs_credential_entrances x
             JOIN acs_credentials k
               ON k.workspace_id = $1 AND k.parent_acs_credential_id = x.acs_credential_id
            WHERE x.workspace_id = $1 AND x.acs_entrance_id = $2
            UNION
           SELECT d.acs_credential_id
             FROM acs_access_groups_entrances ge
             JOIN acs_access_groups_users gu
               ON gu.workspace_id = $1 AND gu.acs_access_group_id = ge.acs_access_group_id
             JOIN acs_users u ON u.workspace_id = $1 AND u.acs_user_id = gu.acs_user_id
             JOIN acs_credentials d
               ON d.workspace_id = $1
              AND d.acs_system_id = u.acs_system_id
              AND d.acs_user_id = u.acs_user_id
            WHERE ge.workspace_id = $1 AND ge.acs_entrance_id = $2)
   AND (NOT $3 OR acs_valid_at(c.valid_from, LEAST(c.ends_at, c.used_up_at), $4) AND c.disable_reasons = '{}'
        AND NOT EXISTS (
            SELECT true
              FROM acs_credentials p
             WHERE p.workspace_id = $1
               AND p.acs_credential_id = c.parent_acs_credential_id
               AND NOT (acs_valid_at(p.valid_from, LEAST(p.ends_at, p.used_up_at), $4) AND p.disable_reasons = '{}')))
 ORDER BY c.acs_credential_id;
