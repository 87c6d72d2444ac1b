-- Credentials.

-- The page is found first, in one table, so that an index gives it in order; what
-- the type of its system says of each credential is added to what was found.  If a
-- user and a system are given, the user is asked, who has one: as a condition on
-- each credential, the system would lead the planner away from the user's index.
-- What is added is looked up for each row (OFFSET 0 keeps it so), since a join could
-- read all users.
--! callers snapshot, plan each time
PREPARE credential_list (uuid, uuid, uuid, uuid, boolean, text, timestamptz, integer, uuid) AS
SELECT t.credential_type, t.credential_type_display_name, c.*,
       (SELECT u.user_identity_id
          FROM acs_users u
         WHERE u.workspace_id = $1 AND u.acs_user_id = c.acs_user_id) AS user_identity_id
  FROM (SELECT p.*
          FROM acs_credentials p
         WHERE p.workspace_id = $1
           AND ($2 IS NULL OR p.acs_user_id = $2)
           AND ($3 IS NULL OR
                CASE WHEN $2 IS NULL THEN p.acs_system_id = $3
                     ELSE EXISTS (SELECT true
                                    FROM acs_users u
                                   WHERE u.workspace_id = $1 AND u.acs_user_id = $2 AND u.acs_system_id = $3) END)
           AND ($4 IS NULL OR p.acs_user_id = ANY (ARRAY(
                   SELECT u.acs_user_id
                     FROM acs_users u
                    WHERE u.workspace_id = $1 AND u.user_identity_id = $4)))
           AND ($5 IS NULL OR p.is_multi_phone_sync_credential = $5)
           AND ($6 IS NULL OR strpos(lower(concat_ws(E'\n', p.display_name, p.code, p.card_number,
                                                     p.acs_user_id, p.acs_credential_id)), lower($6)) > 0)
           AND ($7 IS NULL OR p.created_at < $7)
           AND ($9 IS NULL OR p.acs_credential_id > $9)
         ORDER BY p.acs_credential_id
         LIMIT $8) c
 CROSS JOIN LATERAL (
           SELECT y.credential_type, y.credential_type_display_name
             FROM acs_systems s
             JOIN acs_system_types y ON y.system_type = s.system_type
            WHERE s.workspace_id = $1 AND s.acs_system_id = c.acs_system_id
           OFFSET 0) t
 ORDER BY c.acs_credential_id;

-- The entrances that the credentials $2 name, and what each takes, in the order of the
-- access methods.  OFFSET 0 keeps the look-ups from becoming a scan of all that are named.
--! callers snapshot, plan each time
PREPARE named_entrances (uuid, uuid[]) AS
SELECT n.acs_credential_id, n.acs_entrance_id,
       e.can_unlock_with_code, e.can_unlock_with_card, e.can_unlock_with_mobile_key
  FROM unnest($2) AS i (id)
 CROSS JOIN LATERAL (
           SELECT x.acs_credential_id, x.acs_entrance_id
             FROM acs_credential_entrances x
            WHERE x.workspace_id = $1 AND x.acs_credential_id = i.id
           OFFSET 0) n
  JOIN acs_entrances e ON e.workspace_id = $1 AND e.acs_entrance_id = n.acs_entrance_id
 ORDER BY n.acs_credential_id, n.acs_entrance_id;

-- The first id of $2 that is not a card or mobile key of the system $3, and its
-- position; see entrances_strange.
PREPARE credentials_strange (uuid, uuid[], uuid) AS
SELECT i.id, c.acs_credential_id IS NOT NULL, i.position
  FROM unnest($2) WITH ORDINALITY AS i (id, position)
  LEFT JOIN LATERAL (
           SELECT k.acs_credential_id, k.acs_system_id, k.access_method
             FROM acs_credentials k
            WHERE k.workspace_id = $1 AND k.acs_credential_id = i.id
           OFFSET 0) c ON true
 WHERE (c.acs_system_id = $3 AND c.access_method <> 'code') IS NOT TRUE
 ORDER BY i.position
 LIMIT 1;

-- How many of the method $4; a copy on a phone is no credential more.
PREPARE credentials_of_user (uuid, uuid, uuid, acs_access_method) AS
SELECT count(*)
  FROM acs_credentials c
 WHERE c.workspace_id = $1
   AND c.acs_system_id = $2
   AND c.acs_user_id = $3
   AND c.access_method = $4
   AND c.parent_acs_credential_id IS NULL;

-- Those that the credential, or its user's groups, allow, and that take what it is
-- presented as.
--! callers snapshot, plan each time
PREPARE credential_entrances (uuid, uuid) AS
SELECT e.*
  FROM acs_credentials c
 CROSS JOIN LATERAL (
           SELECT x.acs_entrance_id
             FROM acs_credential_entrances x
            WHERE x.workspace_id = $1
              AND x.acs_credential_id = COALESCE(c.parent_acs_credential_id, c.acs_credential_id)
            UNION
           SELECT ge.acs_entrance_id
             FROM acs_access_groups_users gu
             JOIN acs_access_groups_entrances ge
               ON ge.workspace_id = $1 AND ge.acs_access_group_id = gu.acs_access_group_id
            WHERE gu.workspace_id = $1 AND gu.acs_user_id = c.acs_user_id) i
  JOIN acs_entrances e ON e.workspace_id = $1 AND e.acs_entrance_id = i.acs_entrance_id
 WHERE c.workspace_id = $1
   AND c.acs_credential_id = $2
   AND CASE WHEN c.access_method = 'code' THEN e.can_unlock_with_code
            WHEN c.access_method = 'card' THEN e.can_unlock_with_card
            ELSE e.can_unlock_with_mobile_key END
 ORDER BY e.acs_entrance_id;

-- Cards that were written and hold what is stored here: of the members of the group $2,
-- and those that open the entrance $2, by themselves or by a group.  OFFSET 0 keeps the
-- look-up of each from becoming a join that reads the whole workspace.
PREPARE cards_of_group (uuid, uuid) AS
SELECT c.acs_credential_id
  FROM acs_access_groups_users gu
 CROSS JOIN LATERAL (
           SELECT d.acs_credential_id
             FROM acs_credentials d
            WHERE d.workspace_id = $1
              AND d.acs_user_id = gu.acs_user_id
              AND d.issued_at IS NOT NULL
              AND d.needs_to_be_reissued_at IS NULL
           OFFSET 0) c
 WHERE gu.workspace_id = $1
   AND gu.acs_access_group_id = $2;

--! plan each time
PREPARE cards_of_entrance (uuid, uuid) AS
SELECT c.acs_credential_id
  FROM (SELECT x.acs_credential_id
          FROM acs_credential_entrances x
         WHERE x.workspace_id = $1 AND x.acs_entrance_id = $2
         UNION
        SELECT m.acs_credential_id
          FROM acs_access_groups_entrances ge
          JOIN acs_access_groups_users gu
            ON gu.workspace_id = $1 AND gu.acs_access_group_id = ge.acs_access_group_id
         CROSS JOIN LATERAL (
                   SELECT d.acs_credential_id
                     FROM acs_credentials d
                    WHERE d.workspace_id = $1 AND d.acs_user_id = gu.acs_user_id
                   OFFSET 0) m
         WHERE ge.workspace_id = $1 AND ge.acs_entrance_id = $2) i
 CROSS JOIN LATERAL (
           SELECT k.acs_credential_id
             FROM acs_credentials k
            WHERE k.workspace_id = $1
              AND k.acs_credential_id = i.acs_credential_id
              AND k.issued_at IS NOT NULL
              AND k.needs_to_be_reissued_at IS NULL
           OFFSET 0) c;

-- Pairs of one identifier whose windows overlap, the earlier first, and for how long.
--! callers snapshot, plan each time
PREPARE credentials_overlaps (uuid) AS
SELECT a.acs_system_id, a.access_method, a.acs_credential_id, b.acs_credential_id AS other_acs_credential_id,
       b.valid_from AS starts_at,
       LEAST(a.ends_at, b.ends_at, a.used_up_at, b.used_up_at) AS ends_at
  FROM acs_credentials a
  JOIN acs_credentials b
    ON b.workspace_id = $1
   AND b.acs_system_id = a.acs_system_id
   AND b.access_method = a.access_method
   AND b.identifier = a.identifier
 WHERE a.workspace_id = $1
   AND (a.valid_from < b.valid_from
        OR a.valid_from = b.valid_from AND a.acs_credential_id < b.acs_credential_id)
   AND b.valid_from < LEAST(a.ends_at, a.used_up_at, 'infinity'::timestamptz)
   AND b.valid_from < LEAST(b.ends_at, b.used_up_at, 'infinity'::timestamptz)
 ORDER BY a.acs_credential_id, b.acs_credential_id;
