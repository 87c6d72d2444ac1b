-- Events: /events/*.

CREATE FUNCTION acs_events_purge(before timestamptz) RETURNS bigint
    AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE SECURITY DEFINER COST 1000;
COMMENT ON FUNCTION acs_events_purge IS
    'delete the workspace''s events that occurred before an instant; returns their number. The only way to remove events';

REVOKE ALL ON FUNCTION acs_events_purge FROM PUBLIC;
