-- Places: access control systems and entrances.

---------------------------------------------------------------------------
-- Systems
---------------------------------------------------------------------------

CREATE FUNCTION acs_systems_create(
    name text,
    system_type text DEFAULT 'generic',
    default_credential_manager_acs_system_id uuid DEFAULT NULL,
    connected_account_id uuid DEFAULT NULL
) RETURNS acs_systems
    AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE SECURITY DEFINER COST 100;
COMMENT ON FUNCTION acs_systems_create IS
    'add an access control system of a type in acs_system_types; errors 22023 (invalid_name, invalid_system_type, not_a_credential_manager), P0002 (acs_system_not_found)';

CREATE FUNCTION acs_systems_get(acs_system_id uuid) RETURNS acs_systems
    AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL SAFE SUPPORT acs_planner_support SECURITY DEFINER COST 100;
COMMENT ON FUNCTION acs_systems_get IS
    'a system of the workspace; error P0002 (acs_system_not_found) if there is none';

CREATE FUNCTION acs_systems_list(
    search text DEFAULT NULL,
    page_size integer DEFAULT 500,
    page_cursor uuid DEFAULT NULL
) RETURNS SETOF acs_systems
    AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL SAFE SUPPORT acs_planner_support SECURITY DEFINER COST 1000 ROWS 10;
COMMENT ON FUNCTION acs_systems_list IS
    'systems of the workspace in order of their ids; next page: page_cursor is the last id seen; error 22023 (invalid_page)';

---------------------------------------------------------------------------
-- Entrances
---------------------------------------------------------------------------

CREATE FUNCTION acs_entrances_create(
    acs_system_id uuid,
    display_name text,
    can_unlock_with_code boolean DEFAULT true,
    can_unlock_with_card boolean DEFAULT true,
    can_unlock_with_mobile_key boolean DEFAULT true
) RETURNS acs_entrances
    AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE SECURITY DEFINER COST 100;
COMMENT ON FUNCTION acs_entrances_create IS
    'add an entrance to a system; errors P0002 (acs_system_not_found), 22023 (invalid_name)';

CREATE FUNCTION acs_entrances_get(acs_entrance_id uuid) RETURNS acs_entrances
    AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL SAFE SUPPORT acs_planner_support SECURITY DEFINER COST 100;
COMMENT ON FUNCTION acs_entrances_get IS
    'an entrance of the workspace; error P0002 (acs_entrance_not_found) if there is none';

CREATE FUNCTION acs_entrances_list(
    acs_system_id uuid DEFAULT NULL,
    acs_credential_id uuid DEFAULT NULL,
    search text DEFAULT NULL,
    page_size integer DEFAULT 500,
    page_cursor uuid DEFAULT NULL
) RETURNS SETOF acs_entrances
    AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL SAFE SUPPORT acs_planner_support SECURITY DEFINER COST 1000 ROWS 100;
COMMENT ON FUNCTION acs_entrances_list IS
    'entrances of the workspace that match every filter given, in order of their ids; acs_credential_id: those that the credential itself allows. Next page: page_cursor is the last id seen; error 22023 (invalid_page)';

CREATE FUNCTION acs_entrances_grant_access(
    acs_entrance_id uuid,
    acs_user_id uuid DEFAULT NULL,
    user_identity_id uuid DEFAULT NULL
) RETURNS void
    AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE SECURITY DEFINER COST 100;
COMMENT ON FUNCTION acs_entrances_grant_access IS
    'allow an entrance on each credential that the user has now; errors P0002 (acs_entrance_not_found, acs_user_not_found; acs_credential_not_found if the user has none), 22023 (entrance_in_other_system, user_required)';

CREATE FUNCTION acs_entrances_list_credentials_with_access(
    acs_entrance_id uuid,
    include_if text[] DEFAULT NULL
) RETURNS SETOF acs_credential
    AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL SAFE SUPPORT acs_planner_support SECURITY DEFINER COST 1000 ROWS 100;
COMMENT ON FUNCTION acs_entrances_list_credentials_with_access IS
    'credentials that allow the entrance, themselves or by an access group of their user, whatever their windows and states; with include_if => ''{visionline_metadata.is_valid}'' only those in their window and not disabled. Errors P0002 (acs_entrance_not_found), 22023 (invalid_filter)';

REVOKE ALL ON FUNCTION
    acs_systems_create,
    acs_systems_get,
    acs_systems_list,
    acs_entrances_create,
    acs_entrances_get,
    acs_entrances_list,
    acs_entrances_grant_access,
    acs_entrances_list_credentials_with_access
    FROM PUBLIC;
