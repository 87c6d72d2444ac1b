-- /acs/credentials/*: what happens to a credential after its creation.

CREATE FUNCTION acs_credentials_update(
    acs_credential_id uuid,
    code acs_code DEFAULT NULL,
    ends_at timestamptz DEFAULT NULL
) RETURNS acs_credential
    AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE SECURITY DEFINER COST 100;
COMMENT ON FUNCTION acs_credentials_update IS
    'change a credential''s code or end, with its copies on phones; null leaves a value as it is, infinity removes the end. Errors P0002 (acs_credential_not_found), 23P01 (code_overlap), 23514 (window_order), 22023 (phone_copy, window_in_the_past, code_not_allowed, and what the system type does not allow)';

CREATE FUNCTION acs_credentials_assign(
    acs_credential_id uuid,
    acs_user_id uuid DEFAULT NULL,
    user_identity_id uuid DEFAULT NULL
) RETURNS acs_credential
    AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE SECURITY DEFINER COST 100;
COMMENT ON FUNCTION acs_credentials_assign IS
    'give an unassigned credential to a user of its system; again to the same user is no error. Errors P0002 (acs_credential_not_found, acs_user_not_found), 22023 (user_required, user_mismatch, already_assigned, credential_limit, phone_copy)';

CREATE FUNCTION acs_credentials_unassign(
    acs_credential_id uuid,
    acs_user_id uuid DEFAULT NULL,
    user_identity_id uuid DEFAULT NULL
) RETURNS acs_credential
    AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE SECURITY DEFINER COST 100;
COMMENT ON FUNCTION acs_credentials_unassign IS
    'take a credential from its user, who may be named to make sure; it opens nothing until it is assigned again. Errors P0002 (acs_credential_not_found, acs_user_not_found), 22023 (user_mismatch, phone_copy)';

CREATE FUNCTION acs_credentials_create_offline_code(
    acs_user_id uuid,
    allowed_acs_entrance_id uuid,
    is_one_time_use boolean DEFAULT false,
    starts_at timestamptz DEFAULT NULL,
    ends_at timestamptz DEFAULT NULL
) RETURNS acs_credential
    AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE SECURITY DEFINER COST 100;
COMMENT ON FUNCTION acs_credentials_create_offline_code IS
    'issue a generated code for one entrance, on request for one use; errors as of acs_credentials_create';

CREATE FUNCTION acs_credentials_issue(acs_credential_id uuid, card_number text)
    RETURNS acs_credential
    AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE SECURITY DEFINER COST 100;
COMMENT ON FUNCTION acs_credentials_issue IS
    'note that a card was written: the first time it is issued, then reissued. card_number is 1 to 64 visible ASCII characters. Errors P0002 (acs_credential_not_found), 22023 (invalid_card_number, access_method_not_supported, already_issued if it is on another card), 23P01 (card_number_overlap)';

CREATE FUNCTION acs_credentials_sync_to_phone(acs_credential_id uuid, phone_id text)
    RETURNS acs_credential
    AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE SECURITY DEFINER COST 100;
COMMENT ON FUNCTION acs_credentials_sync_to_phone IS
    'the copy of a multi-phone sync credential for one phone, made on first call: it has the window, user, entrances and disable reasons of its parent, follows its changes, and goes with it. Errors P0002 (acs_credential_not_found), 22023 (multi_phone_sync_required, invalid_phone)';

REVOKE ALL ON FUNCTION
    acs_credentials_update, acs_credentials_assign, acs_credentials_unassign,
    acs_credentials_create_offline_code, acs_credentials_issue, acs_credentials_sync_to_phone
    FROM PUBLIC;
