-- Systems.

--! callers snapshot, plan each time
PREPARE system_list (uuid, text, integer, uuid) AS
SELECT s.*
  FROM acs_systems s
 WHERE s.workspace_id = $1
   AND ($2 IS NULL OR strpos(lower(concat_ws(E'\n', s.name, s.acs_system_id)), lower($2)) > 0)
   AND ($4 IS NULL OR s.acs_system_id > $4)
 ORDER BY s.acs_system_id
 LIMIT $3;
