-- Types and the pure functions on them.  Nothing here reads a table, so
-- everything is PARALLEL SAFE and open to PUBLIC: a role that may see a code
-- may also compare it.

---------------------------------------------------------------------------
-- acs_code: 1 to 32 digits
---------------------------------------------------------------------------

CREATE TYPE acs_code;

CREATE FUNCTION acs_code_in(cstring) RETURNS acs_code
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION acs_code_out(acs_code) RETURNS cstring
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION acs_code_recv(internal) RETURNS acs_code
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION acs_code_send(acs_code) RETURNS bytea
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

-- Stored as text is, so that the cast to text costs nothing.
CREATE TYPE acs_code (
    INPUT = acs_code_in,
    OUTPUT = acs_code_out,
    RECEIVE = acs_code_recv,
    SEND = acs_code_send,
    LIKE = pg_catalog.text
);
COMMENT ON TYPE acs_code IS
    'code of a credential: 1 to 32 ASCII digits, leading zeros kept; anything else is error 22P02,
which tells the position and never the input';

CREATE FUNCTION acs_code(text) RETURNS acs_code
    AS 'MODULE_PATHNAME', 'acs_code_from_text' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION acs_code(text) IS
    'text as a code; error 22P02 if it is not 1 to 32 digits';

-- Implicit, so that a driver that sends typed text (JDBC: varchar, Npgsql:
-- text) can call every function without a cast.  Not implicit the other way:
-- that would make "code = text" ambiguous.
CREATE CAST (text AS acs_code) WITH FUNCTION acs_code(text) AS IMPLICIT;
CREATE FUNCTION acs_code(varchar) RETURNS acs_code
    AS 'MODULE_PATHNAME', 'acs_code_from_text' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION acs_code(varchar) IS
    'text as a code; error 22P02 if it is not 1 to 32 digits';
CREATE CAST (varchar AS acs_code) WITH FUNCTION acs_code(varchar) AS IMPLICIT;
CREATE CAST (acs_code AS text) WITHOUT FUNCTION AS ASSIGNMENT;
CREATE CAST (acs_code AS varchar) WITHOUT FUNCTION AS ASSIGNMENT;

CREATE FUNCTION acs_code_eq(acs_code, acs_code) RETURNS boolean
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
CREATE FUNCTION acs_code_ne(acs_code, acs_code) RETURNS boolean
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
CREATE FUNCTION acs_code_lt(acs_code, acs_code) RETURNS boolean
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
CREATE FUNCTION acs_code_le(acs_code, acs_code) RETURNS boolean
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
CREATE FUNCTION acs_code_gt(acs_code, acs_code) RETURNS boolean
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
CREATE FUNCTION acs_code_ge(acs_code, acs_code) RETURNS boolean
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
CREATE FUNCTION acs_code_cmp(acs_code, acs_code) RETURNS integer
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
CREATE FUNCTION acs_code_hash(acs_code) RETURNS integer
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
CREATE FUNCTION acs_code_hash_extended(acs_code, bigint) RETURNS bigint
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;

COMMENT ON FUNCTION acs_code_in(cstring) IS 'I/O';
COMMENT ON FUNCTION acs_code_out(acs_code) IS 'I/O';
COMMENT ON FUNCTION acs_code_recv(internal) IS 'I/O';
COMMENT ON FUNCTION acs_code_send(acs_code) IS 'I/O';
COMMENT ON FUNCTION acs_code_eq(acs_code, acs_code) IS 'implementation of = operator';
COMMENT ON FUNCTION acs_code_ne(acs_code, acs_code) IS 'implementation of <> operator';
COMMENT ON FUNCTION acs_code_lt(acs_code, acs_code) IS 'implementation of < operator';
COMMENT ON FUNCTION acs_code_le(acs_code, acs_code) IS 'implementation of <= operator';
COMMENT ON FUNCTION acs_code_gt(acs_code, acs_code) IS 'implementation of > operator';
COMMENT ON FUNCTION acs_code_ge(acs_code, acs_code) IS 'implementation of >= operator';
COMMENT ON FUNCTION acs_code_cmp(acs_code, acs_code) IS 'less-equal-greater';
COMMENT ON FUNCTION acs_code_hash(acs_code) IS 'hash';
COMMENT ON FUNCTION acs_code_hash_extended(acs_code, bigint) IS 'hash with a seed';

CREATE OPERATOR = (
    LEFTARG = acs_code, RIGHTARG = acs_code, FUNCTION = acs_code_eq,
    COMMUTATOR = =, NEGATOR = <>, RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES);
CREATE OPERATOR <> (
    LEFTARG = acs_code, RIGHTARG = acs_code, FUNCTION = acs_code_ne,
    COMMUTATOR = <>, NEGATOR = =, RESTRICT = neqsel, JOIN = neqjoinsel);
CREATE OPERATOR < (
    LEFTARG = acs_code, RIGHTARG = acs_code, FUNCTION = acs_code_lt,
    COMMUTATOR = >, NEGATOR = >=, RESTRICT = scalarltsel, JOIN = scalarltjoinsel);
CREATE OPERATOR <= (
    LEFTARG = acs_code, RIGHTARG = acs_code, FUNCTION = acs_code_le,
    COMMUTATOR = >=, NEGATOR = >, RESTRICT = scalarlesel, JOIN = scalarlejoinsel);
CREATE OPERATOR > (
    LEFTARG = acs_code, RIGHTARG = acs_code, FUNCTION = acs_code_gt,
    COMMUTATOR = <, NEGATOR = <=, RESTRICT = scalargtsel, JOIN = scalargtjoinsel);
CREATE OPERATOR >= (
    LEFTARG = acs_code, RIGHTARG = acs_code, FUNCTION = acs_code_ge,
    COMMUTATOR = <=, NEGATOR = <, RESTRICT = scalargesel, JOIN = scalargejoinsel);

COMMENT ON OPERATOR = (acs_code, acs_code) IS 'equal';
COMMENT ON OPERATOR <> (acs_code, acs_code) IS 'not equal';
COMMENT ON OPERATOR < (acs_code, acs_code) IS 'less than, digit by digit';
COMMENT ON OPERATOR <= (acs_code, acs_code) IS 'less than or equal, digit by digit';
COMMENT ON OPERATOR > (acs_code, acs_code) IS 'greater than, digit by digit';
COMMENT ON OPERATOR >= (acs_code, acs_code) IS 'greater than or equal, digit by digit';

CREATE OPERATOR CLASS acs_code_ops DEFAULT FOR TYPE acs_code USING btree AS
    OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >,
    FUNCTION 1 acs_code_cmp(acs_code, acs_code),
    FUNCTION 4 pg_catalog.btequalimage(oid);
CREATE OPERATOR CLASS acs_code_ops DEFAULT FOR TYPE acs_code USING hash AS
    OPERATOR 1 =,
    FUNCTION 1 acs_code_hash(acs_code),
    FUNCTION 2 acs_code_hash_extended(acs_code, bigint);
COMMENT ON OPERATOR CLASS acs_code_ops USING btree IS 'order of codes, digit by digit';
COMMENT ON OPERATOR CLASS acs_code_ops USING hash IS 'hash of codes';

---------------------------------------------------------------------------
-- Enumerations
---------------------------------------------------------------------------

CREATE TYPE acs_access_method AS ENUM ('code', 'card', 'mobile_key');
COMMENT ON TYPE acs_access_method IS
    'what a credential is presented as: typed at a keypad, held to a reader, or sent from a phone';
CREATE CAST (text AS acs_access_method) WITH INOUT AS IMPLICIT;
CREATE CAST (varchar AS acs_access_method) WITH INOUT AS IMPLICIT;

CREATE TYPE acs_entrance_mode AS ENUM ('controlled', 'locked', 'unlocked');
COMMENT ON TYPE acs_entrance_mode IS
    'what an entrance does, whoever comes: as the rules say; let in only who enters when locked; let
everybody in';
CREATE CAST (text AS acs_entrance_mode) WITH INOUT AS IMPLICIT;
CREATE CAST (varchar AS acs_entrance_mode) WITH INOUT AS IMPLICIT;

CREATE TYPE acs_credential_state AS ENUM ('upcoming', 'active', 'expired');
COMMENT ON TYPE acs_credential_state IS
    'where an instant lies to a validity window: before its start, in it, or at its end or later';

CREATE TYPE acs_disable_reason AS ENUM ('lost', 'stolen', 'damaged', 'blocked');
COMMENT ON TYPE acs_disable_reason IS
    'why a credential is disabled; lifting one reason leaves the others';

-- In the order in which the first that applies becomes the reason.
CREATE TYPE acs_denial_reason AS ENUM (
    'unknown_credential', 'too_many_attempts', 'entrance_locked', 'unassigned', 'user_suspended', 'disabled',
    'used_up', 'not_issued', 'not_yet_valid', 'expired', 'outside_user_schedule', 'outside_schedule',
    'method_not_supported', 'entrance_not_allowed');
COMMENT ON TYPE acs_denial_reason IS
    'why access is denied, in the order in which the first that applies becomes the reason';

---------------------------------------------------------------------------
-- Windows: [starts_at, ends_at), null is unbounded
---------------------------------------------------------------------------

CREATE FUNCTION acs_valid_at(starts_at timestamptz, ends_at timestamptz, at timestamptz)
    RETURNS boolean
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION acs_valid_at(timestamptz, timestamptz, timestamptz) IS
    'is starts_at <= at < ends_at? A null bound is unbounded; null if at is null';

CREATE FUNCTION acs_credential_state(starts_at timestamptz, ends_at timestamptz, at timestamptz)
    RETURNS acs_credential_state
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION acs_credential_state(timestamptz, timestamptz, timestamptz) IS
    'state of the window at an instant; null if at is null';

CREATE FUNCTION acs_windows_overlap(starts_a timestamptz, ends_a timestamptz,
                                    starts_b timestamptz, ends_b timestamptz)
    RETURNS boolean
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION acs_windows_overlap(timestamptz, timestamptz, timestamptz, timestamptz) IS
    'do the two windows share an instant? Windows that only touch do not';

CREATE FUNCTION acs_window_distance(starts_at timestamptz, ends_at timestamptz, at timestamptz)
    RETURNS double precision
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION acs_window_distance(timestamptz, timestamptz, timestamptz) IS
    'microseconds from an instant to the window, 0 inside it; null if at is null';

CREATE FUNCTION acs_window_order(starts_at timestamptz, ends_at timestamptz)
    RETURNS boolean
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION acs_window_order(timestamptz, timestamptz) IS
    'true, or error 23514 (window_order) if the window does not end after it starts or a bound is
infinite; body of CHECK constraints, whose own error would print the row and its code';

---------------------------------------------------------------------------
-- Display names, ids
---------------------------------------------------------------------------

CREATE FUNCTION acs_display_name(access_method acs_access_method, code acs_code,
                                 card_number text DEFAULT NULL,
                                 is_multi_phone_sync_credential boolean DEFAULT false)
    RETURNS text
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION acs_display_name(acs_access_method, acs_code, text, boolean) IS
    'name of a credential with its code masked: Code 82****, Card 123***, Multi Phone Sync
Credential, Mobile Key';

-- Not PARALLEL SAFE: of two calls in one target list, below a Gather, the planner makes one.
CREATE FUNCTION acs_uuid() RETURNS uuid
    AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL RESTRICTED;
COMMENT ON FUNCTION acs_uuid() IS
    'new UUID of version 7: begins with the time in milliseconds, so ids sort by creation';

CREATE FUNCTION acs_workspace_id() RETURNS uuid
    AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL SAFE;
COMMENT ON FUNCTION acs_workspace_id() IS
    'workspace of the session, from the setting credentials.workspace_id; when that is unset the nil
UUID, or error 42501 (workspace_required) if the setting credentials.workspace_required is on';

-- Of a function that is SECURITY DEFINER the server loads the library at the first
-- call, which may be in a parallel worker; with a support function, before that.
CREATE FUNCTION acs_planner_support(internal) RETURNS internal
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION acs_planner_support(internal) IS
    'planner support: loads the library when a call is planned';

GRANT EXECUTE ON FUNCTION
    acs_code_in(cstring), acs_code_out(acs_code), acs_code_recv(internal), acs_code_send(acs_code),
    acs_code(text), acs_code(varchar),
    acs_code_eq(acs_code, acs_code), acs_code_ne(acs_code, acs_code),
    acs_code_lt(acs_code, acs_code), acs_code_le(acs_code, acs_code),
    acs_code_gt(acs_code, acs_code), acs_code_ge(acs_code, acs_code),
    acs_code_cmp(acs_code, acs_code), acs_code_hash(acs_code), acs_code_hash_extended(acs_code, bigint),
    acs_valid_at(timestamptz, timestamptz, timestamptz),
    acs_credential_state(timestamptz, timestamptz, timestamptz),
    acs_windows_overlap(timestamptz, timestamptz, timestamptz, timestamptz),
    acs_window_distance(timestamptz, timestamptz, timestamptz),
    acs_window_order(timestamptz, timestamptz),
    acs_display_name(acs_access_method, acs_code, text, boolean),
    acs_uuid(), acs_workspace_id(), acs_planner_support(internal)
    TO PUBLIC;
