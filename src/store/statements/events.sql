-- Events.

PREPARE events_purge (uuid, timestamptz) AS
DELETE FROM acs_events e
 WHERE e.workspace_id = $1 AND e.occurred_at < $2;
