-- Systems, users and entrances: what a credential refers to.

CREATE FUNCTION acs_systems_create(
    name text,
    system_type text DEFAULT 'generic',
    default_credential_manager_acs_system_id uuid DEFAULT NULL,
    connected_account_id uuid DEFAULT NULL
) RETURNS acs_systems
    AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE SECURITY DEFINER COST 100;
COMMENT ON FUNCTION acs_systems_create IS
    'add an access control system of a type in acs_system_types; errors 22023 (invalid_name, invalid_system_type, not_a_credential_manager), P0002 (acs_system_not_found)';

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

CREATE FUNCTION acs_users_create(
    acs_system_id uuid,
    full_name text,
    email_address text DEFAULT NULL,
    phone_number text DEFAULT NULL,
    user_identity_id uuid DEFAULT NULL,
    access_starts_at timestamptz DEFAULT NULL,
    access_ends_at timestamptz DEFAULT NULL,
    acs_access_group_ids uuid[] DEFAULT '{}'
) RETURNS acs_users
    AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE SECURITY DEFINER COST 100;
COMMENT ON FUNCTION acs_users_create IS
    'add a user to a system. Schedule: access_starts_at <= t < access_ends_at, null is unbounded. Errors P0002 (acs_system_not_found, acs_access_group_not_found), 22023 (invalid_name), 23514 (window_order), 23505 (acs_users_identity_key) if the identity has a user in the system already';

REVOKE ALL ON FUNCTION acs_systems_create, acs_entrances_create, acs_users_create FROM PUBLIC;
