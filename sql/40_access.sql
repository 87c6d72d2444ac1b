-- Access: may what is presented open this entrance?

CREATE TYPE acs_access_decision AS (
    granted           boolean,
    reason            acs_denial_reason,
    reasons           acs_denial_reason[],
    acs_credential_id uuid,
    acs_user_id       uuid,
    acs_entrance_id   uuid,
    decided_at        timestamptz
);
COMMENT ON TYPE acs_access_decision IS
    'verdict about access; if it is denied, the first reason and all that apply';

CREATE FUNCTION acs_access_check(
    acs_entrance_id uuid,
    access_method acs_access_method,
    code acs_code DEFAULT NULL,
    card_number text DEFAULT NULL,
    acs_credential_id uuid DEFAULT NULL,
    at timestamptz DEFAULT pg_catalog.clock_timestamp()
) RETURNS acs_access_decision
    AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL SAFE SECURITY DEFINER COST 100;
COMMENT ON FUNCTION acs_access_check IS
    'would what is presented open the entrance at an instant? A code is presented as code, a card as card_number or else code, a mobile key as acs_credential_id. Changes nothing; runs on a standby. A refusal is a result, not an error. Errors P0002 (acs_entrance_not_found), 22023 (access_method_required)';

CREATE FUNCTION acs_access_request(
    acs_entrance_id uuid,
    access_method acs_access_method,
    code acs_code DEFAULT NULL,
    card_number text DEFAULT NULL,
    acs_credential_id uuid DEFAULT NULL
) RETURNS acs_access_decision
    AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE SECURITY DEFINER COST 1000;
COMMENT ON FUNCTION acs_access_request IS
    'the door''s call: decide at the clock, with what is committed by now, and write the event; spends a one-time credential, counts an unknown code. Arguments as of acs_access_check. A refusal is a result, not an error. Errors P0002 (acs_entrance_not_found), 22023 (access_method_required), 40001 under concurrent changes above READ COMMITTED';

CREATE FUNCTION acs_credentials_disable(acs_credential_id uuid, reason acs_disable_reason)
    RETURNS acs_credential
    AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE SECURITY DEFINER COST 100;
COMMENT ON FUNCTION acs_credentials_disable IS
    'add a reason why the credential opens nothing; again is no error. Errors P0002 (acs_credential_not_found), 22023 (disable_reason_required)';

CREATE FUNCTION acs_credentials_enable(acs_credential_id uuid, reason acs_disable_reason)
    RETURNS acs_credential
    AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE SECURITY DEFINER COST 100;
COMMENT ON FUNCTION acs_credentials_enable IS
    'lift one reason; the credential stays disabled for any other. Errors P0002 (acs_credential_not_found), 22023 (disable_reason_required)';

CREATE FUNCTION acs_credentials_list_accessible_entrances(acs_credential_id uuid)
    RETURNS SETOF acs_entrances
    AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL SAFE SECURITY DEFINER COST 1000 ROWS 10;
COMMENT ON FUNCTION acs_credentials_list_accessible_entrances IS
    'entrances that the credential opens, of its own and of its user''s access groups, when it and its user are valid; error P0002 (acs_credential_not_found)';

REVOKE ALL ON FUNCTION
    acs_access_check, acs_access_request,
    acs_credentials_disable, acs_credentials_enable, acs_credentials_list_accessible_entrances
    FROM PUBLIC;

---------------------------------------------------------------------------
-- Users that follow an application's own table
---------------------------------------------------------------------------

CREATE FUNCTION acs_follow_user_changes() RETURNS trigger
    AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE SECURITY DEFINER;
COMMENT ON FUNCTION acs_follow_user_changes() IS
    'trigger for a table of the application, AFTER INSERT OR UPDATE OR DELETE FOR EACH ROW: keeps a user of the session''s workspace for each row. Arguments ''property=column'' map acs_user_id, acs_system_id, full_name (required), user_identity_id, email_address, phone_number, suspended or active, access_starts_at, access_ends_at. As BEFORE TRUNCATE trigger with the same arguments: refuses, unless ''on_truncate=delete''. Errors 22023 (user_mapping, user_required, invalid_name), P0002 (acs_system_not_found), 0A000 (truncate_not_followed)';
REVOKE ALL ON FUNCTION acs_follow_user_changes() FROM PUBLIC;
