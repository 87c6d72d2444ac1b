-- Events.

-- Who asks for what happened since some time wants the newest part of a long log, which
-- the planner takes for spread evenly over it: so the first page does not come from the
-- index of ids, which would be read up to there.
--! callers snapshot, plan each time
PREPARE event_list (uuid, uuid, uuid, uuid, uuid, uuid, uuid, uuid, uuid[], text, text[], uuid[], timestamptz,
                    timestamptz, timestamptz, integer, uuid) AS
SELECT e.*
  FROM acs_events e
 WHERE e.workspace_id = $1
   AND ($2 IS NULL OR e.acs_system_id = $2)
   AND ($3 IS NULL OR e.acs_user_id = $3)
   AND ($4 IS NULL OR e.acs_credential_id = $4)
   AND ($5 IS NULL OR e.acs_entrance_id = $5)
   AND ($6 IS NULL OR e.acs_access_group_id = $6)
   AND ($7 IS NULL OR e.acs_user_id = ANY (ARRAY(
           SELECT u.acs_user_id
             FROM acs_users u
            WHERE u.workspace_id = $1 AND u.user_identity_id = $7)))
   AND ($8 IS NULL OR e.acs_system_id = ANY (ARRAY(
           SELECT s.acs_system_id
             FROM acs_systems s
            WHERE s.workspace_id = $1 AND COALESCE(s.connected_account_id, s.workspace_id) = $8)))
   AND ($9 IS NULL OR e.acs_system_id = ANY ($9))
   AND ($10 IS NULL OR e.event_type = $10)
   AND ($11 IS NULL OR e.event_type = ANY ($11))
   AND ($12 IS NULL OR e.event_id = ANY ($12))
   AND ($13 IS NULL OR e.occurred_at >= $13)
   AND ($14 IS NULL OR e.occurred_at > $14)
   AND ($15 IS NULL OR e.occurred_at < $15)
   AND ($17 IS NULL OR e.event_id > $17)
 ORDER BY CASE WHEN $17 IS NULL AND COALESCE($13, $14) IS NOT NULL THEN (SELECT e.event_id) END, e.event_id
 LIMIT $16;

-- The next of an epoch $2, after the position $3, $4, that are of transactions before $5.
--! callers snapshot, plan each time
PREPARE events_after (uuid, integer, xid8, uuid, xid8, integer) AS
SELECT concat_ws(':', e.feed_epoch, e.xact, e.event_id), e.event_id, e.event_type, e.occurred_at,
       e.acs_system_id, e.acs_user_id, e.acs_credential_id, e.acs_entrance_id,
       e.acs_access_group_id, e.actor, e.details
  FROM acs_events e
 WHERE e.workspace_id = $1
   AND e.feed_epoch = $2
   AND (e.xact, e.event_id) > ($3, $4)
   AND e.xact < $5
 ORDER BY e.xact, e.event_id
 LIMIT $6;

--! callers snapshot, every workspace
PREPARE feed_epochs (uuid) AS
SELECT f.feed_epoch, f.system_identifier, f.timeline, f.xact
  FROM acs_feed f
 ORDER BY f.feed_epoch;

--! every workspace
PREPARE feed_begin (uuid, integer, bigint, integer, xid8) AS
INSERT INTO acs_feed (feed_epoch, system_identifier, timeline, xact)
VALUES ($2, $3, $4, $5);

-- Who runs the transaction $2, or prepared it.
--! callers snapshot, every workspace
PREPARE feed_holder (uuid, xid) AS
SELECT a.pid, NULL::text AS prepared, a.datid, pg_get_userbyid(a.usesysid)::text AS role,
       a.application_name, a.state, a.xact_start
  FROM pg_stat_get_activity(NULL) a
 WHERE a.backend_xid = $2
 UNION ALL
SELECT NULL::integer, p.gid, p.dbid, pg_get_userbyid(p.ownerid)::text, NULL::text, NULL::text, p.prepared
  FROM pg_prepared_xact() p
 WHERE p.transaction = $2;

PREPARE events_purge (uuid, timestamptz) AS
DELETE FROM acs_events e
 WHERE e.workspace_id = $1 AND e.occurred_at < $2;

-- Of every workspace: how many there are before $2; the time of the last of a batch of
-- $4 + 1 from $2 on and before $3; what occurred from $2 until $3.
--! every workspace
PREPARE events_purge_count (uuid, timestamptz) AS
SELECT count(*)
  FROM acs_events e
 WHERE e.occurred_at < $2;

--! plan each time, every workspace
PREPARE events_purge_end (uuid, timestamptz, timestamptz, integer) AS
SELECT e.occurred_at
  FROM acs_events e
 WHERE e.occurred_at >= $2 AND e.occurred_at < $3
 ORDER BY e.occurred_at
OFFSET $4
 LIMIT 1;

--! plan each time, every workspace
PREPARE events_purge_batch (uuid, timestamptz, timestamptz) AS
DELETE FROM acs_events e
 WHERE e.occurred_at >= $2 AND e.occurred_at < $3;
