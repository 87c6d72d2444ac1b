-- Access: may what is presented open this entrance?

CREATE TYPE acs_access_decision AS (
    granted           boolean,
    reason            acs_denial_reason,
    reasons           acs_denial_reason[],
    acs_credential_id uuid,
    acs_user_id       uuid,
    acs_entrance_id   uuid,
    decided_at        timestamptz,
    until             timestamptz
);
COMMENT ON TYPE acs_access_decision IS
    'verdict about access; if it is denied, the first reason and all that apply';
COMMENT ON COLUMN acs_access_decision.granted IS 'may it open?';
COMMENT ON COLUMN acs_access_decision.reason IS 'the first of reasons; null if granted';
COMMENT ON COLUMN acs_access_decision.reasons IS 'all that speaks against it, in order';
COMMENT ON COLUMN acs_access_decision.acs_credential_id IS 'credential that was found; null: none, or not told while locked out';
COMMENT ON COLUMN acs_access_decision.acs_user_id IS 'its holder; null: nobody';
COMMENT ON COLUMN acs_access_decision.acs_entrance_id IS 'entrance that was asked for';
COMMENT ON COLUMN acs_access_decision.decided_at IS 'instant for which it was decided';
COMMENT ON COLUMN acs_access_decision.until IS 'the first instant at which granted changes, or another credential is granted, if nothing but
time passes; of a lockout its end; null: not within 366 days, or not by the next 100 credentials
that will have the same code or number. Uses are not foreseen';

-- Whatever a keypad or reader sends is text, so that it is a decision and not an
-- error.  Beside each stands the same for a code that is stored: with its type, since
-- acs_code becomes text only where it is assigned.

CREATE FUNCTION acs_access_check(
    acs_entrance_id uuid,
    access_method acs_access_method,
    code text DEFAULT NULL,
    card_number text DEFAULT NULL,
    acs_credential_id uuid DEFAULT NULL,
    at timestamptz DEFAULT pg_catalog.clock_timestamp()
) RETURNS acs_access_decision
    AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL SAFE SUPPORT acs_planner_support SECURITY DEFINER COST 100;
COMMENT ON FUNCTION acs_access_check(uuid, acs_access_method, text, text, uuid, timestamptz) IS
    'would what is presented open the entrance at an instant? A code is presented as code, a card as
card_number or else code, a mobile key as acs_credential_id; an acs_credential_id beside a code
or card must be the one that is found. Changes nothing; runs on a standby. A refusal is a
result, not an error, whatever is presented.
Errors P0002 (acs_entrance_not_found), 22023 (access_method_required)';

CREATE FUNCTION acs_access_check(
    acs_entrance_id uuid,
    access_method acs_access_method,
    code acs_code,
    card_number text DEFAULT NULL,
    acs_credential_id uuid DEFAULT NULL,
    at timestamptz DEFAULT pg_catalog.clock_timestamp()
) RETURNS acs_access_decision
    AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL SAFE SUPPORT acs_planner_support SECURITY DEFINER COST 100;
COMMENT ON FUNCTION acs_access_check(uuid, acs_access_method, acs_code, text, uuid, timestamptz) IS
    'the same for a code that is stored';

CREATE FUNCTION acs_access_request(
    acs_entrance_id uuid,
    access_method acs_access_method,
    code text DEFAULT NULL,
    card_number text DEFAULT NULL,
    acs_credential_id uuid DEFAULT NULL
) RETURNS acs_access_decision
    AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE SECURITY DEFINER COST 1000;
COMMENT ON FUNCTION acs_access_request(uuid, acs_access_method, text, text, uuid) IS
    'the door''s call: decide at the clock, with what is committed by now, and write the event;
spends a one-time credential, counts an unknown code. Arguments as of acs_access_check. A
refusal is a result, not an error, whatever is presented.
Errors P0002 (acs_entrance_not_found), 22023 (access_method_required), 40001 under concurrent
changes above READ COMMITTED';

CREATE FUNCTION acs_access_request(
    acs_entrance_id uuid,
    access_method acs_access_method,
    code acs_code,
    card_number text DEFAULT NULL,
    acs_credential_id uuid DEFAULT NULL
) RETURNS acs_access_decision
    AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE SECURITY DEFINER COST 1000;
COMMENT ON FUNCTION acs_access_request(uuid, acs_access_method, acs_code, text, uuid) IS
    'the same for a code that is stored';

REVOKE ALL ON FUNCTION
    acs_access_check(uuid, acs_access_method, text, text, uuid, timestamptz),
    acs_access_check(uuid, acs_access_method, acs_code, text, uuid, timestamptz),
    acs_access_request(uuid, acs_access_method, text, text, uuid),
    acs_access_request(uuid, acs_access_method, acs_code, text, uuid)
    FROM PUBLIC;
