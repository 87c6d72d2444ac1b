-- Who is meant at a door, where the index cannot be asked directly (store/overlap.c).

-- Of the credentials of an identifier that begin until $5, the last whose window
-- is not empty, with its window; if all are empty, the last.
--! callers snapshot
PREPARE identity_before (uuid, uuid, acs_access_method, text, timestamptz) AS
SELECT c.acs_credential_id, c.valid_from, c.until
  FROM (SELECT p.acs_credential_id, p.valid_from,
               LEAST(p.ends_at, p.used_up_at, 'infinity'::timestamptz) AS until
          FROM acs_credentials p
         WHERE p.workspace_id = $1
           AND p.acs_system_id = $2
           AND p.access_method = $3
           AND p.identifier = $4
           AND p.valid_from <= $5) c
 ORDER BY c.valid_from < c.until DESC, c.valid_from DESC
 LIMIT 1;

-- Of those that begin later, the first.
--! callers snapshot
PREPARE identity_after (uuid, uuid, acs_access_method, text, timestamptz) AS
SELECT c.acs_credential_id, c.valid_from, c.until
  FROM (SELECT p.acs_credential_id, p.valid_from,
               LEAST(p.ends_at, p.used_up_at, 'infinity'::timestamptz) AS until
          FROM acs_credentials p
         WHERE p.workspace_id = $1
           AND p.acs_system_id = $2
           AND p.access_method = $3
           AND p.identifier = $4
           AND p.valid_from > $5) c
 ORDER BY c.valid_from < c.until DESC, c.valid_from
 LIMIT 1;
