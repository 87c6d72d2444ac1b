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

-- Whoever stores a card has locked its system FOR KEY SHARE.
PREPARE system_lock (uuid, uuid) AS
SELECT s.acs_system_id
  FROM acs_systems s
 WHERE s.workspace_id = $1 AND s.acs_system_id = $2
   FOR UPDATE;

PREPARE system_cards (uuid, uuid) AS
SELECT c.acs_credential_id
  FROM acs_credentials c
 WHERE c.workspace_id = $1 AND c.acs_system_id = $2 AND c.access_method = 'card'
 LIMIT 1;

-- The format of a type that a system is about to have.
--! every workspace
PREPARE system_type_keep (uuid, text) AS
SELECT t.card_number_format
  FROM acs_system_types t
 WHERE t.system_type = $2
   FOR KEY SHARE;

--! every workspace
PREPARE system_type_lock (uuid, text) AS
SELECT t.system_type
  FROM acs_system_types t
 WHERE t.system_type = $2
   FOR UPDATE;

--! every workspace
PREPARE system_type_lock_systems (uuid, text) AS
SELECT s.acs_system_id
  FROM acs_systems s
 WHERE s.system_type = $2
 ORDER BY s.workspace_id, s.acs_system_id
   FOR UPDATE;

--! every workspace
PREPARE system_type_cards (uuid, text) AS
SELECT c.acs_credential_id
  FROM acs_systems s
  JOIN acs_credentials c ON c.workspace_id = s.workspace_id AND c.acs_system_id = s.acs_system_id
 WHERE s.system_type = $2 AND c.access_method = 'card'
 LIMIT 1;
