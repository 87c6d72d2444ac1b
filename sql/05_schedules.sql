-- Schedules: the type acs_schedule, and what is open when.  As in 00_types.sql,
-- nothing here reads a table, so everything is PARALLEL SAFE and open to PUBLIC.

---------------------------------------------------------------------------
-- acs_schedule: a week of opening hours
---------------------------------------------------------------------------

CREATE TYPE acs_schedule;

-- Stored as the characters of its canonical text, as a code is as its digits: so the
-- cast to text costs nothing, and what shows and compares the two is the same in C.
CREATE FUNCTION acs_schedule_in(cstring) RETURNS acs_schedule
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION acs_schedule_out(acs_schedule) RETURNS cstring
    AS 'MODULE_PATHNAME', 'acs_code_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION acs_schedule_recv(internal) RETURNS acs_schedule
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION acs_schedule_send(acs_schedule) RETURNS bytea
    AS 'MODULE_PATHNAME', 'acs_code_send' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE TYPE acs_schedule (
    INPUT = acs_schedule_in,
    OUTPUT = acs_schedule_out,
    RECEIVE = acs_schedule_recv,
    SEND = acs_schedule_send,
    LIKE = pg_catalog.text
);
COMMENT ON TYPE acs_schedule IS
    'weekly schedule in minutes, in the syntax of OpenStreetMap''s opening_hours: rules such as Mo-Fr
08:00-18:00; Sa off, hours alone for every day, 24/7, off. A later rule replaces earlier ones
for the days it names; PH (public holidays) goes before the weekday whatever the order, and
without a rule for PH a holiday is an ordinary day; a span past midnight belongs to the day on
which it starts. Kept in one canonical spelling; anything else is error 22P02 (acs_schedule),
which tells the position';

CREATE FUNCTION acs_schedule(text) RETURNS acs_schedule
    AS 'MODULE_PATHNAME', 'acs_schedule_from_text' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION acs_schedule(text) IS
    'text as a schedule; error 22P02 (acs_schedule) if it is none';
CREATE FUNCTION acs_schedule(varchar) RETURNS acs_schedule
    AS 'MODULE_PATHNAME', 'acs_schedule_from_text' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION acs_schedule(varchar) IS
    'text as a schedule; error 22P02 (acs_schedule) if it is none';

-- As those of acs_code, and for the same drivers.
CREATE CAST (text AS acs_schedule) WITH FUNCTION acs_schedule(text) AS IMPLICIT;
CREATE CAST (varchar AS acs_schedule) WITH FUNCTION acs_schedule(varchar) AS IMPLICIT;
CREATE CAST (acs_schedule AS text) WITHOUT FUNCTION AS ASSIGNMENT;
CREATE CAST (acs_schedule AS varchar) WITHOUT FUNCTION AS ASSIGNMENT;

CREATE FUNCTION acs_schedule_eq(acs_schedule, acs_schedule) RETURNS boolean
    AS 'MODULE_PATHNAME', 'acs_code_eq' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
CREATE FUNCTION acs_schedule_ne(acs_schedule, acs_schedule) RETURNS boolean
    AS 'MODULE_PATHNAME', 'acs_code_ne' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
CREATE FUNCTION acs_schedule_hash(acs_schedule) RETURNS integer
    AS 'MODULE_PATHNAME', 'acs_code_hash' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
CREATE FUNCTION acs_schedule_hash_extended(acs_schedule, bigint) RETURNS bigint
    AS 'MODULE_PATHNAME', 'acs_code_hash_extended' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;

COMMENT ON FUNCTION acs_schedule_in(cstring) IS 'I/O';
COMMENT ON FUNCTION acs_schedule_out(acs_schedule) IS 'I/O';
COMMENT ON FUNCTION acs_schedule_recv(internal) IS 'I/O';
COMMENT ON FUNCTION acs_schedule_send(acs_schedule) IS 'I/O';
COMMENT ON FUNCTION acs_schedule_eq(acs_schedule, acs_schedule) IS 'implementation of = operator';
COMMENT ON FUNCTION acs_schedule_ne(acs_schedule, acs_schedule) IS 'implementation of <> operator';
COMMENT ON FUNCTION acs_schedule_hash(acs_schedule) IS 'hash';
COMMENT ON FUNCTION acs_schedule_hash_extended(acs_schedule, bigint) IS 'hash with a seed';

CREATE OPERATOR = (
    LEFTARG = acs_schedule, RIGHTARG = acs_schedule, FUNCTION = acs_schedule_eq,
    COMMUTATOR = =, NEGATOR = <>, RESTRICT = eqsel, JOIN = eqjoinsel, HASHES);
CREATE OPERATOR <> (
    LEFTARG = acs_schedule, RIGHTARG = acs_schedule, FUNCTION = acs_schedule_ne,
    COMMUTATOR = <>, NEGATOR = =, RESTRICT = neqsel, JOIN = neqjoinsel);
COMMENT ON OPERATOR = (acs_schedule, acs_schedule) IS 'equal: the same hours on every day';
COMMENT ON OPERATOR <> (acs_schedule, acs_schedule) IS 'not equal';

CREATE OPERATOR CLASS acs_schedule_ops DEFAULT FOR TYPE acs_schedule USING hash AS
    OPERATOR 1 =,
    FUNCTION 1 acs_schedule_hash(acs_schedule),
    FUNCTION 2 acs_schedule_hash_extended(acs_schedule, bigint);
COMMENT ON OPERATOR CLASS acs_schedule_ops USING hash IS 'hash of schedules';

---------------------------------------------------------------------------
-- What is open when.  Immutable as AT TIME ZONE is, whose rules they share.
---------------------------------------------------------------------------

CREATE FUNCTION acs_open_at(
    schedule acs_schedule,
    at timestamptz,
    time_zone text DEFAULT 'UTC',
    holidays date[] DEFAULT '{}'
) RETURNS boolean
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION acs_open_at(acs_schedule, timestamptz, text, date[]) IS
    'is the schedule open at an instant, by the clocks of a time zone of the IANA database? An hour
that clocks skip does not come, one that they show twice comes twice. Null if an argument is
null or the instant infinite; error 22023 (invalid_time_zone)';

CREATE FUNCTION acs_schedule_next_change(
    schedule acs_schedule,
    at timestamptz,
    time_zone text DEFAULT 'UTC',
    holidays date[] DEFAULT '{}'
) RETURNS timestamptz
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION acs_schedule_next_change(acs_schedule, timestamptz, text, date[]) IS
    'the first instant after one at which acs_open_at() has another answer; null if there is none, an
argument is null or the instant infinite; error 22023 (invalid_time_zone)';

CREATE FUNCTION acs_schedule_windows(
    schedule acs_schedule,
    from_at timestamptz,
    until_at timestamptz,
    time_zone text DEFAULT 'UTC',
    holidays date[] DEFAULT '{}'
) RETURNS SETOF tstzrange
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000 ROWS 100;
COMMENT ON FUNCTION acs_schedule_windows(acs_schedule, timestamptz, timestamptz, text, date[]) IS
    'when acs_open_at() is true from an instant until before another, as ranges [start, end) in
order, the first and the last cut off there; none if an argument is null; errors 22023
(invalid_time_zone; invalid_range if a bound is infinite, or they are more than 100 years apart)';

GRANT EXECUTE ON FUNCTION
    acs_schedule_in(cstring), acs_schedule_out(acs_schedule), acs_schedule_recv(internal),
    acs_schedule_send(acs_schedule), acs_schedule(text), acs_schedule(varchar),
    acs_schedule_eq(acs_schedule, acs_schedule), acs_schedule_ne(acs_schedule, acs_schedule),
    acs_schedule_hash(acs_schedule), acs_schedule_hash_extended(acs_schedule, bigint),
    acs_open_at(acs_schedule, timestamptz, text, date[]),
    acs_schedule_next_change(acs_schedule, timestamptz, text, date[]),
    acs_schedule_windows(acs_schedule, timestamptz, timestamptz, text, date[])
    TO PUBLIC;
