-- Credentials: the API object, and /acs/credentials/*.

CREATE TYPE acs_credential AS (
    acs_credential_id              uuid,
    acs_user_id                    uuid,
    acs_system_id                  uuid,
    workspace_id                   uuid,
    access_method                  acs_access_method,
    display_name                   text,
    code                           acs_code,
    card_number                    text,
    starts_at                      timestamptz,
    ends_at                        timestamptz,
    is_multi_phone_sync_credential boolean,
    parent_acs_credential_id       uuid,
    is_one_time_use                boolean,
    is_issued                      boolean,
    issued_at                      timestamptz,
    external_type                  text,
    external_type_display_name     text,
    visionline_metadata            jsonb,
    assa_abloy_vostio_metadata     jsonb,
    errors                         jsonb,
    warnings                       jsonb,
    created_at                     timestamptz
);
COMMENT ON TYPE acs_credential IS
    'a credential as the API shows it, its code in clear: hand it to whoever may open the door';

CREATE FUNCTION acs_credentials_create(
    acs_user_id uuid,
    access_method acs_access_method,
    code acs_code DEFAULT NULL,
    starts_at timestamptz DEFAULT NULL,
    ends_at timestamptz DEFAULT NULL,
    allowed_acs_entrance_ids uuid[] DEFAULT '{}',
    is_multi_phone_sync_credential boolean DEFAULT false,
    credential_manager_acs_system_id uuid DEFAULT NULL,
    user_identity_id uuid DEFAULT NULL,
    acs_system_id uuid DEFAULT NULL,
    visionline_metadata jsonb DEFAULT NULL,
    assa_abloy_vostio_metadata jsonb DEFAULT NULL,
    hotek_metadata jsonb DEFAULT NULL,
    salto_space_metadata jsonb DEFAULT NULL
) RETURNS acs_credential
    AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE SECURITY DEFINER COST 100;
COMMENT ON FUNCTION acs_credentials_create IS
    'issue a credential to a user, named by acs_user_id, or by user_identity_id and acs_system_id. A code credential without a code gets a generated one. Window: starts_at <= t < ends_at, null is unbounded. Errors by rule name: acs_user_not_found, user_required, user_mismatch, acs_entrance_not_found, entrance_in_other_system, invalid_entrances, acs_system_not_found, not_a_credential_manager, window_order, window_in_the_past, invalid_metadata, code_overlap, codes_exhausted, and what the system type does not allow';

CREATE FUNCTION acs_credentials_get(acs_credential_id uuid) RETURNS acs_credential
    AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL SAFE SECURITY DEFINER COST 100;
COMMENT ON FUNCTION acs_credentials_get IS
    'a credential of the workspace; error P0002 (acs_credential_not_found) if there is none';

CREATE FUNCTION acs_credentials_list(
    acs_user_id uuid DEFAULT NULL,
    acs_system_id uuid DEFAULT NULL,
    user_identity_id uuid DEFAULT NULL,
    is_multi_phone_sync_credential boolean DEFAULT NULL,
    search text DEFAULT NULL,
    created_before timestamptz DEFAULT NULL,
    page_size integer DEFAULT 500,
    page_cursor uuid DEFAULT NULL
) RETURNS SETOF acs_credential
    AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL SAFE SECURITY DEFINER COST 1000 ROWS 100;
COMMENT ON FUNCTION acs_credentials_list IS
    'credentials of the workspace that match every filter given, in order of their ids, which is the order of creation. Next page: page_cursor is the last id seen. page_size is 1 to 10000, else error 22023 (invalid_page)';

CREATE FUNCTION acs_credentials_delete(acs_credential_id uuid) RETURNS void
    AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE SECURITY DEFINER COST 100;
COMMENT ON FUNCTION acs_credentials_delete IS
    'revoke a credential, with the copies of a multi-phone sync credential on phones; error P0002 (acs_credential_not_found) if there is none';

CREATE FUNCTION acs_events_purge(before timestamptz) RETURNS bigint
    AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE SECURITY DEFINER COST 1000;
COMMENT ON FUNCTION acs_events_purge IS
    'delete the workspace''s events that occurred before an instant; returns their number. The only way to remove events';

REVOKE ALL ON FUNCTION
    acs_credentials_create, acs_credentials_get, acs_credentials_list, acs_credentials_delete,
    acs_events_purge
    FROM PUBLIC;
