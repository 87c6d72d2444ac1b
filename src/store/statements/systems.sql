-- Systems.

-- The account of a system that was given none is the workspace's own.
--! callers snapshot, plan each time
PREPARE system_list (uuid, uuid, text, integer, uuid) AS
SELECT s.*
  FROM acs_systems s
 WHERE s.workspace_id = $1
   AND ($2 IS NULL OR COALESCE(s.connected_account_id, s.workspace_id) = $2)
   AND ($3 IS NULL OR strpos(lower(concat_ws(E'\n', s.name, s.acs_system_id)), lower($3)) > 0)
   AND ($5 IS NULL OR s.acs_system_id > $5)
 ORDER BY s.acs_system_id
 LIMIT $4;

-- Those that can manage the credentials of the system $2.
--! callers snapshot, plan each time
PREPARE system_managers (uuid, uuid) AS
SELECT m.*
  FROM acs_systems s
  JOIN acs_systems m ON m.workspace_id = $1
  JOIN acs_system_types t ON t.system_type = m.system_type
 WHERE s.workspace_id = $1
   AND s.acs_system_id = $2
   AND t.is_credential_manager
 ORDER BY m.acs_system_id;
