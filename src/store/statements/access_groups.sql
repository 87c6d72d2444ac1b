-- Access groups, their users and entrances.

--! callers snapshot, plan each time
PREPARE group_list (uuid, uuid, uuid, uuid, text, integer, uuid) AS
SELECT g.*
  FROM acs_access_groups g
 WHERE g.workspace_id = $1
   AND ($2 IS NULL OR g.acs_system_id = $2)
   AND ($3 IS NULL OR g.acs_access_group_id = ANY (ARRAY(
           SELECT gu.acs_access_group_id
             FROM acs_access_groups_users gu
            WHERE gu.workspace_id = $1 AND gu.acs_user_id = $3)))
   AND ($4 IS NULL OR g.acs_access_group_id = ANY (ARRAY(
           SELECT gu.acs_access_group_id
             FROM acs_users u
             JOIN acs_access_groups_users gu ON gu.workspace_id = $1 AND gu.acs_user_id = u.acs_user_id
            WHERE u.workspace_id = $1 AND u.user_identity_id = $4)))
   AND ($5 IS NULL OR strpos(lower(concat_ws(E'\n', g.name, g.acs_access_group_id)), lower($5)) > 0)
   AND ($7 IS NULL OR g.acs_access_group_id > $7)
 ORDER BY g.acs_access_group_id
 LIMIT $6;

--! callers snapshot, plan each time
PREPARE group_users (uuid, uuid) AS
SELECT u.*
  FROM acs_access_groups_users gu
  JOIN acs_users u ON u.workspace_id = $1 AND u.acs_user_id = gu.acs_user_id
 WHERE gu.workspace_id = $1 AND gu.acs_access_group_id = $2
 ORDER BY u.acs_user_id;

--! callers snapshot, plan each time
PREPARE group_entrances (uuid, uuid) AS
SELECT e.*
  FROM acs_access_groups_entrances ge
  JOIN acs_entrances e ON e.workspace_id = $1 AND e.acs_entrance_id = ge.acs_entrance_id
 WHERE ge.workspace_id = $1 AND ge.acs_access_group_id = $2
 ORDER BY e.acs_entrance_id;
