-- Places: access control systems and entrances.

---------------------------------------------------------------------------
-- Systems
---------------------------------------------------------------------------

CREATE FUNCTION acs_systems_create(
    name text,
    system_type text DEFAULT 'generic',
    default_credential_manager_acs_system_id uuid DEFAULT NULL,
    connected_account_id uuid DEFAULT NULL,
    time_zone text DEFAULT 'UTC'
) RETURNS acs_systems
    AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE SECURITY DEFINER COST 100;
COMMENT ON FUNCTION acs_systems_create IS
    'add an access control system of a type in acs_system_types; time_zone is a name of the IANA
database, such as Europe/Berlin.
Errors 22023 (invalid_name, invalid_system_type, not_a_credential_manager, invalid_time_zone),
P0002 (acs_system_not_found)';

CREATE FUNCTION acs_systems_get(acs_system_id uuid) RETURNS acs_systems
    AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL SAFE SUPPORT acs_planner_support SECURITY DEFINER COST 100;
COMMENT ON FUNCTION acs_systems_get IS
    'a system of the workspace; error P0002 (acs_system_not_found) if there is none';

CREATE FUNCTION acs_systems_list(
    connected_account_id uuid DEFAULT NULL,
    search text DEFAULT NULL,
    page_size integer DEFAULT 500,
    page_cursor uuid DEFAULT NULL
) RETURNS SETOF acs_systems
    AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL SAFE SUPPORT acs_planner_support SECURITY DEFINER COST 1000 ROWS 10;
COMMENT ON FUNCTION acs_systems_list IS
    'systems of the workspace that match every filter given, in order of their ids. The list ends at
page_size, from 1 to 10000; next page: page_cursor is the last id seen.
Error 22023 (invalid_page)';

CREATE FUNCTION acs_systems_update(
    acs_system_id uuid,
    name text DEFAULT NULL,
    time_zone text DEFAULT NULL
) RETURNS acs_systems
    AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE SECURITY DEFINER COST 100;
COMMENT ON FUNCTION acs_systems_update IS
    'change a system; null leaves a value as it is. Instants that are stored stay what they are if
the time zone changes.
Errors P0002 (acs_system_not_found), 22023 (invalid_name, invalid_time_zone)';

CREATE FUNCTION acs_systems_set_mode(
    acs_system_id uuid,
    mode acs_entrance_mode,
    until timestamptz DEFAULT NULL
) RETURNS acs_systems
    AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE SECURITY DEFINER COST 100;
COMMENT ON FUNCTION acs_systems_set_mode IS
    'lock or unlock all entrances of a system from the next request on, or leave it to their own
modes: controlled. The mode that was set last holds, until an instant in the future, or for
good.
Errors P0002 (acs_system_not_found), 22023 (invalid_mode)';

CREATE FUNCTION acs_systems_delete(acs_system_id uuid) RETURNS void
    AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE SECURITY DEFINER COST 100;
COMMENT ON FUNCTION acs_systems_delete IS
    'delete a system that nothing refers to: no user, entrance, access group or credential is in it,
and it is no credential manager of another system or credential; its holidays go with it.
Errors P0002 (acs_system_not_found), 22023 (system_in_use)';

CREATE FUNCTION acs_systems_list_compatible_credential_manager_acs_systems(acs_system_id uuid)
    RETURNS SETOF acs_systems
    AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL SAFE SUPPORT acs_planner_support SECURITY DEFINER COST 1000 ROWS 10;
COMMENT ON FUNCTION acs_systems_list_compatible_credential_manager_acs_systems IS
    'systems that can be named as credential manager of the system''s credentials; error P0002
(acs_system_not_found)';

CREATE FUNCTION acs_holidays_add(
    acs_system_id uuid,
    day date,
    name text DEFAULT NULL
) RETURNS void
    AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE SECURITY DEFINER COST 100;
COMMENT ON FUNCTION acs_holidays_add IS
    'make a day a holiday of a system, the PH of its schedules; again sets the name anew, and no
name, or a blank one, is none.
Errors P0002 (acs_system_not_found), 22023 (invalid_day)';

CREATE FUNCTION acs_holidays_remove(
    acs_system_id uuid,
    day date
) RETURNS void
    AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE SECURITY DEFINER COST 100;
COMMENT ON FUNCTION acs_holidays_remove IS
    'make a day of a system an ordinary one; no error if it is.
Errors P0002 (acs_system_not_found), 22023 (invalid_day)';

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
    acs_entrance_ids uuid[] DEFAULT NULL,
    connected_account_id uuid DEFAULT NULL,
    search text DEFAULT NULL,
    page_size integer DEFAULT 500,
    page_cursor uuid DEFAULT NULL
) RETURNS SETOF acs_entrances
    AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL SAFE SUPPORT acs_planner_support SECURITY DEFINER COST 1000 ROWS 100;
COMMENT ON FUNCTION acs_entrances_list IS
    'entrances of the workspace that match every filter given, in order of their ids;
acs_credential_id: those that the credential itself allows. The list ends at page_size, from 1
to 10000; next page: page_cursor is the last id seen.
Error 22023 (invalid_page)';

CREATE FUNCTION acs_entrances_update(
    acs_entrance_id uuid,
    display_name text DEFAULT NULL,
    can_unlock_with_code boolean DEFAULT NULL,
    can_unlock_with_card boolean DEFAULT NULL,
    can_unlock_with_mobile_key boolean DEFAULT NULL,
    unlock_schedule acs_schedule DEFAULT NULL
) RETURNS acs_entrances
    AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE SECURITY DEFINER COST 100;
COMMENT ON FUNCTION acs_entrances_update IS
    'change an entrance; null leaves a value as it is. unlock_schedule is at which hours
everybody is let in, by the clocks of its system; off removes it.
Errors P0002 (acs_entrance_not_found), 22023 (invalid_name)';

CREATE FUNCTION acs_entrances_delete(acs_entrance_id uuid) RETURNS void
    AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE SECURITY DEFINER COST 1000;
COMMENT ON FUNCTION acs_entrances_delete IS
    'delete an entrance; credentials and access groups lose it and stay.
Error P0002 (acs_entrance_not_found)';

CREATE FUNCTION acs_entrances_set_mode(
    acs_entrance_id uuid,
    mode acs_entrance_mode,
    until timestamptz DEFAULT NULL
) RETURNS acs_entrances
    AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE SECURITY DEFINER COST 100;
COMMENT ON FUNCTION acs_entrances_set_mode IS
    'lock an entrance, so that only groups that enter when locked open it, or unlock it for
everybody, or have it controlled again; from the next request on, but a mode of the system goes
before. The mode that was set last holds, until an instant in the future, or for good.
Errors P0002 (acs_entrance_not_found), 22023 (invalid_mode)';

CREATE FUNCTION acs_entrances_reset_lockout(acs_entrance_id uuid) RETURNS void
    AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE SECURITY DEFINER COST 100;
COMMENT ON FUNCTION acs_entrances_reset_lockout IS
    'let an entrance take codes again after too many unknown ones, and count from 0; no error if it
does.
Error P0002 (acs_entrance_not_found)';

CREATE FUNCTION acs_entrances_grant_access(
    acs_entrance_id uuid DEFAULT NULL,
    acs_user_id uuid DEFAULT NULL,
    user_identity_id uuid DEFAULT NULL
) RETURNS void
    AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE SECURITY DEFINER COST 100;
COMMENT ON FUNCTION acs_entrances_grant_access IS
    'allow an entrance on each credential that the user has now; errors P0002
(acs_entrance_not_found, acs_user_not_found; acs_credential_not_found if the user has none),
22023 (entrance_in_other_system, too_many_entrances, user_required, user_mismatch)';

CREATE FUNCTION acs_entrances_revoke_access(
    acs_entrance_id uuid DEFAULT NULL,
    acs_user_id uuid DEFAULT NULL,
    user_identity_id uuid DEFAULT NULL
) RETURNS void
    AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE SECURITY DEFINER COST 100;
COMMENT ON FUNCTION acs_entrances_revoke_access IS
    'take an entrance from all credentials of a user, which stay; no error if none has it. Nothing is
taken while an access group of the user gives it, or will (access_by_group).
Errors P0002 (acs_entrance_not_found, acs_user_not_found), 22023 (access_by_group,
entrance_in_other_system, user_required, user_mismatch)';

CREATE FUNCTION acs_entrances_list_credentials_with_access(
    acs_entrance_id uuid,
    include_if text[] DEFAULT NULL
) RETURNS SETOF acs_credential
    AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL SAFE SUPPORT acs_planner_support SECURITY DEFINER COST 1000 ROWS 100;
COMMENT ON FUNCTION acs_entrances_list_credentials_with_access IS
    'credentials that allow the entrance, themselves or by an access group of their user, whatever
windows, schedules and states; with include_if => ''{visionline_metadata.is_valid}'' only those
in their window and not disabled.
Errors P0002 (acs_entrance_not_found), 22023 (invalid_filter)';

REVOKE ALL ON FUNCTION
    acs_systems_create,
    acs_systems_get,
    acs_systems_list,
    acs_systems_update,
    acs_systems_set_mode,
    acs_systems_delete,
    acs_systems_list_compatible_credential_manager_acs_systems,
    acs_holidays_add,
    acs_holidays_remove,
    acs_entrances_create,
    acs_entrances_get,
    acs_entrances_list,
    acs_entrances_update,
    acs_entrances_delete,
    acs_entrances_set_mode,
    acs_entrances_reset_lockout,
    acs_entrances_grant_access,
    acs_entrances_revoke_access,
    acs_entrances_list_credentials_with_access
    FROM PUBLIC;
