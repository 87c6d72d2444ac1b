-- Events: /events/*.

CREATE FUNCTION acs_events_get(event_id uuid) RETURNS acs_events
    AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL SAFE SUPPORT acs_planner_support SECURITY DEFINER COST 100;
COMMENT ON FUNCTION acs_events_get IS
    'an event of the workspace; error P0002 (event_not_found) if there is none';

CREATE FUNCTION acs_events_list(
    acs_system_id uuid DEFAULT NULL,
    acs_user_id uuid DEFAULT NULL,
    acs_credential_id uuid DEFAULT NULL,
    acs_entrance_id uuid DEFAULT NULL,
    acs_access_group_id uuid DEFAULT NULL,
    user_identity_id uuid DEFAULT NULL,
    connected_account_id uuid DEFAULT NULL,
    acs_system_ids uuid[] DEFAULT NULL,
    event_type text DEFAULT NULL,
    event_types text[] DEFAULT NULL,
    event_ids uuid[] DEFAULT NULL,
    since timestamptz DEFAULT NULL,
    "between" timestamptz[] DEFAULT NULL,
    page_size integer DEFAULT 500,
    page_cursor uuid DEFAULT NULL
) RETURNS SETOF acs_events
    AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL SAFE SUPPORT acs_planner_support SECURITY DEFINER COST 1000 ROWS 100;
COMMENT ON FUNCTION acs_events_list IS
    'events of the workspace that match every filter given, in order of their ids; since: that
occurred then or later; between: after the first of two instants and before the second. At most
page_size of them: next page: page_cursor is the last id seen. What commits late can be before
it: acs_events_after() misses nothing.
Errors 22023 (invalid_page, invalid_filter)';

CREATE FUNCTION acs_events_after(cursor text DEFAULT NULL, page_size integer DEFAULT 500)
    RETURNS TABLE (
        cursor text,
        event_id uuid,
        event_type text,
        occurred_at timestamptz,
        acs_system_id uuid,
        acs_user_id uuid,
        acs_credential_id uuid,
        acs_entrance_id uuid,
        acs_access_group_id uuid,
        actor text,
        details jsonb)
    AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL RESTRICTED SUPPORT acs_planner_support SECURITY DEFINER COST 1000 ROWS 500;
COMMENT ON FUNCTION acs_events_after IS
    'the next events of the workspace, each once, in an order under which no later commit slips; at
most page_size. Each row has its cursor: that of the last row is the argument of the next call,
null begins with the first event there is. What running transactions may still precede is held
back: acs_events_horizon().
Errors 22023 (invalid_page, invalid_cursor, cursor_ahead)';

CREATE FUNCTION acs_events_horizon(
    OUT cursor text,
    OUT xact xid8,
    OUT pid integer,
    OUT prepared text,
    OUT database text,
    OUT role text,
    OUT application_name text,
    OUT state text,
    OUT since timestamptz
)
    AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL RESTRICTED SUPPORT acs_planner_support SECURITY DEFINER COST 1000;
COMMENT ON FUNCTION acs_events_horizon IS
    'how far acs_events_after() can see, and who keeps it from more. cursor: its end by now, to
follow only what comes; xact: the oldest running transaction, which with all after it is held
back; and who runs it, in whatever database: process id or name of the prepared transaction,
database, role, application, state, start of the transaction. All null: nobody is running, or on
a standby a transaction of the primary';

CREATE FUNCTION acs_events_purge(before timestamptz) RETURNS bigint
    AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE SECURITY DEFINER COST 1000;
COMMENT ON FUNCTION acs_events_purge IS
    'delete the workspace''s events that occurred before an instant; returns their number. The only
way to remove events, beside acs_events_purge_all()';

-- Not SECURITY DEFINER, which may not commit: it takes the owner's rights for each batch.
CREATE PROCEDURE acs_events_purge_all(before timestamptz, batch_size integer DEFAULT 10000)
    AS 'MODULE_PATHNAME' LANGUAGE C;
COMMENT ON PROCEDURE acs_events_purge_all IS
    'delete the events of every workspace that occurred before an instant, the oldest first, with a
commit after each batch_size of them (events of one instant go together), so that what was done
stays done if it is interrupted; progress in acs_events_purge_progress.
Errors 25001 in a transaction block, 22023 (invalid_batch)';

CREATE FUNCTION acs_events_purges(
    OUT pid integer,
    OUT before timestamptz,
    OUT batch_size bigint,
    OUT events_total bigint,
    OUT events_deleted bigint,
    OUT batches bigint
) RETURNS SETOF record
    AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL RESTRICTED SUPPORT acs_planner_support SECURITY DEFINER COST 100 ROWS 1;
COMMENT ON FUNCTION acs_events_purges IS
    'the acs_events_purge_all() that run in this database; what acs_events_purge_progress shows';

CREATE VIEW acs_events_purge_progress AS
    SELECT p.pid, p.before, p.batch_size, p.events_total, p.events_deleted, p.batches
      FROM acs_events_purges() AS p;
COMMENT ON VIEW acs_events_purge_progress IS
    'each acs_events_purge_all() that runs in this database: process id, its arguments, events that
it found when it began, events deleted and batches committed by now. Who is to look needs
EXECUTE on acs_events_purges() as well';
COMMENT ON COLUMN acs_events_purge_progress.pid IS 'process id of the session';
COMMENT ON COLUMN acs_events_purge_progress.before IS 'as it was called: events that occurred before this are deleted';
COMMENT ON COLUMN acs_events_purge_progress.batch_size IS 'as it was called: events of a transaction, at least';
COMMENT ON COLUMN acs_events_purge_progress.events_total IS 'events to delete when it began; 0 while they are counted';
COMMENT ON COLUMN acs_events_purge_progress.events_deleted IS 'events deleted and committed by now';
COMMENT ON COLUMN acs_events_purge_progress.batches IS 'transactions committed by now';

REVOKE ALL ON FUNCTION
    acs_events_get, acs_events_list, acs_events_after, acs_events_horizon, acs_events_purge, acs_events_purges
    FROM PUBLIC;
REVOKE ALL ON PROCEDURE acs_events_purge_all FROM PUBLIC;
