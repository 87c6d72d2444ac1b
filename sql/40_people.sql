-- People: users and access groups.  A function that takes a user takes acs_user_id,
-- or user_identity_id together with acs_system_id.

---------------------------------------------------------------------------
-- Users
---------------------------------------------------------------------------

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
    'add a user to a system. Schedule: access_starts_at <= t < access_ends_at, null is unbounded.
Errors P0002 (acs_system_not_found, acs_access_group_not_found), 22023 (invalid_name,
access_group_in_other_system), 23514 (window_order), 23505 (user_identity_taken)';

CREATE FUNCTION acs_users_get(
    acs_user_id uuid DEFAULT NULL,
    user_identity_id uuid DEFAULT NULL,
    acs_system_id uuid DEFAULT NULL
) RETURNS acs_users
    AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL SAFE SUPPORT acs_planner_support SECURITY DEFINER COST 100;
COMMENT ON FUNCTION acs_users_get IS
    'a user of the workspace; errors P0002 (acs_user_not_found), 22023 (user_required)';

CREATE FUNCTION acs_users_list(
    acs_system_id uuid DEFAULT NULL,
    user_identity_id uuid DEFAULT NULL,
    search text DEFAULT NULL,
    created_before timestamptz DEFAULT NULL,
    page_size integer DEFAULT 500,
    page_cursor uuid DEFAULT NULL
) RETURNS SETOF acs_users
    AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL SAFE SUPPORT acs_planner_support SECURITY DEFINER COST 1000 ROWS 100;
COMMENT ON FUNCTION acs_users_list IS
    'users of the workspace that match every filter given, in order of their ids. The list ends at
page_size, from 1 to 10000; next page: page_cursor is the last id seen.
Error 22023 (invalid_page)';

CREATE FUNCTION acs_users_update(
    acs_user_id uuid DEFAULT NULL,
    user_identity_id uuid DEFAULT NULL,
    acs_system_id uuid DEFAULT NULL,
    full_name text DEFAULT NULL,
    email_address text DEFAULT NULL,
    phone_number text DEFAULT NULL,
    access_starts_at timestamptz DEFAULT NULL,
    access_ends_at timestamptz DEFAULT NULL
) RETURNS acs_users
    AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE SECURITY DEFINER COST 100;
COMMENT ON FUNCTION acs_users_update IS
    'change a user; null leaves a value as it is, -infinity or infinity removes a bound of the
schedule, an empty text the address or number.
Errors P0002 (acs_user_not_found), 22023 (user_required, invalid_name), 23514 (window_order)';

CREATE FUNCTION acs_users_delete(
    acs_user_id uuid DEFAULT NULL,
    user_identity_id uuid DEFAULT NULL,
    acs_system_id uuid DEFAULT NULL
) RETURNS void
    AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE SECURITY DEFINER COST 1000;
COMMENT ON FUNCTION acs_users_delete IS
    'delete a user with all credentials, in one transaction; errors P0002 (acs_user_not_found), 22023
(user_required)';

CREATE FUNCTION acs_users_suspend(
    acs_user_id uuid DEFAULT NULL,
    user_identity_id uuid DEFAULT NULL,
    acs_system_id uuid DEFAULT NULL
) RETURNS void
    AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE SECURITY DEFINER COST 100;
COMMENT ON FUNCTION acs_users_suspend IS
    'refuse the user from the next decision on; the credentials stay as they are. Again is no error.
Errors P0002 (acs_user_not_found), 22023 (user_required)';

CREATE FUNCTION acs_users_unsuspend(
    acs_user_id uuid DEFAULT NULL,
    user_identity_id uuid DEFAULT NULL,
    acs_system_id uuid DEFAULT NULL
) RETURNS void
    AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE SECURITY DEFINER COST 100;
COMMENT ON FUNCTION acs_users_unsuspend IS
    'end a suspension; what is disabled for another reason stays so.
Errors P0002 (acs_user_not_found), 22023 (user_required)';

CREATE FUNCTION acs_users_add_to_access_group(
    acs_user_id uuid DEFAULT NULL,
    acs_access_group_id uuid DEFAULT NULL,
    user_identity_id uuid DEFAULT NULL,
    starts_at timestamptz DEFAULT NULL,
    ends_at timestamptz DEFAULT NULL
) RETURNS void
    AS 'MODULE_PATHNAME', 'acs_access_groups_add_user'
    LANGUAGE C VOLATILE PARALLEL UNSAFE SECURITY DEFINER COST 100;
COMMENT ON FUNCTION acs_users_add_to_access_group IS
    'add a user to an access group, whose entrances the user then has while starts_at <= t < ends_at,
null is unbounded; again sets the window anew. The user is named by acs_user_id, or by
user_identity_id, which is then the one in the group''s system.
Errors P0002 (acs_user_not_found, acs_access_group_not_found), 22023
(access_group_in_other_system, user_required, user_mismatch), 23514 (window_order)';

CREATE FUNCTION acs_users_remove_from_access_group(
    acs_user_id uuid DEFAULT NULL,
    acs_access_group_id uuid DEFAULT NULL,
    user_identity_id uuid DEFAULT NULL
) RETURNS void
    AS 'MODULE_PATHNAME', 'acs_access_groups_remove_user'
    LANGUAGE C VOLATILE PARALLEL UNSAFE SECURITY DEFINER COST 100;
COMMENT ON FUNCTION acs_users_remove_from_access_group IS
    'remove a user from an access group; no error if not in it. The user is named as for adding.
Errors P0002 (acs_user_not_found, acs_access_group_not_found), 22023
(access_group_in_other_system, user_required, user_mismatch)';

CREATE FUNCTION acs_users_list_accessible_entrances(
    acs_user_id uuid DEFAULT NULL,
    user_identity_id uuid DEFAULT NULL,
    acs_system_id uuid DEFAULT NULL
) RETURNS SETOF acs_entrances
    AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL SAFE SUPPORT acs_planner_support SECURITY DEFINER COST 1000 ROWS 100;
COMMENT ON FUNCTION acs_users_list_accessible_entrances IS
    'entrances that the user''s credentials or access groups allow, at whatever time: windows of
credentials and memberships, and schedules, are not asked; errors P0002 (acs_user_not_found),
22023 (user_required)';

CREATE FUNCTION acs_users_revoke_access_to_all_entrances(
    acs_user_id uuid DEFAULT NULL,
    user_identity_id uuid DEFAULT NULL,
    acs_system_id uuid DEFAULT NULL
) RETURNS void
    AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE SECURITY DEFINER COST 1000;
COMMENT ON FUNCTION acs_users_revoke_access_to_all_entrances IS
    'take all entrances off the user''s credentials, and the user out of all access groups; the
credentials stay.
Errors P0002 (acs_user_not_found), 22023 (user_required)';

---------------------------------------------------------------------------
-- Access groups
---------------------------------------------------------------------------

CREATE FUNCTION acs_access_groups_create(
    acs_system_id uuid,
    name text,
    acs_entrance_ids uuid[] DEFAULT '{}',
    schedule acs_schedule DEFAULT NULL
) RETURNS acs_access_groups
    AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE SECURITY DEFINER COST 100;
COMMENT ON FUNCTION acs_access_groups_create IS
    'add an access group with its entrances. schedule is at which hours it gives them, by the clocks
of its system; null or 24/7: at all.
Errors P0002 (acs_system_not_found, acs_entrance_not_found), 22023 (invalid_name,
invalid_entrances, entrance_in_other_system)';

CREATE FUNCTION acs_access_groups_get(acs_access_group_id uuid) RETURNS acs_access_groups
    AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL SAFE SUPPORT acs_planner_support SECURITY DEFINER COST 100;
COMMENT ON FUNCTION acs_access_groups_get IS
    'an access group of the workspace; error P0002 (acs_access_group_not_found) if there is none';

CREATE FUNCTION acs_access_groups_list(
    acs_system_id uuid DEFAULT NULL,
    acs_user_id uuid DEFAULT NULL,
    user_identity_id uuid DEFAULT NULL,
    search text DEFAULT NULL,
    page_size integer DEFAULT 500,
    page_cursor uuid DEFAULT NULL
) RETURNS SETOF acs_access_groups
    AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL SAFE SUPPORT acs_planner_support SECURITY DEFINER COST 1000 ROWS 10;
COMMENT ON FUNCTION acs_access_groups_list IS
    'access groups of the workspace that match every filter given, in order of their ids; of a user
identity: those of its users, whatever the system. The list ends at page_size, from 1 to 10000;
next page: page_cursor is the last id seen.
Error 22023 (invalid_page)';

CREATE FUNCTION acs_access_groups_update(
    acs_access_group_id uuid,
    name text DEFAULT NULL,
    schedule acs_schedule DEFAULT NULL,
    enters_when_locked boolean DEFAULT NULL
) RETURNS acs_access_groups
    AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE SECURITY DEFINER COST 100;
COMMENT ON FUNCTION acs_access_groups_update IS
    'change an access group; null leaves a value as it is, 24/7 removes the schedule.
enters_when_locked: its users enter also while the entrance is locked.
Errors P0002 (acs_access_group_not_found), 22023 (invalid_name)';

CREATE FUNCTION acs_access_groups_delete(acs_access_group_id uuid) RETURNS void
    AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE SECURITY DEFINER COST 100;
COMMENT ON FUNCTION acs_access_groups_delete IS
    'delete an access group; its users lose its entrances. Error P0002 (acs_access_group_not_found)';

CREATE FUNCTION acs_access_groups_add_user(
    acs_user_id uuid DEFAULT NULL,
    acs_access_group_id uuid DEFAULT NULL,
    user_identity_id uuid DEFAULT NULL,
    starts_at timestamptz DEFAULT NULL,
    ends_at timestamptz DEFAULT NULL
) RETURNS void
    AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE SECURITY DEFINER COST 100;
COMMENT ON FUNCTION acs_access_groups_add_user IS
    'add a user to an access group, whose entrances the user then has while starts_at <= t < ends_at,
null is unbounded; again sets the window anew. The user is named by acs_user_id, or by
user_identity_id, which is then the one in the group''s system.
Errors P0002 (acs_user_not_found, acs_access_group_not_found), 22023
(access_group_in_other_system, user_required, user_mismatch), 23514 (window_order)';

CREATE FUNCTION acs_access_groups_remove_user(
    acs_user_id uuid DEFAULT NULL,
    acs_access_group_id uuid DEFAULT NULL,
    user_identity_id uuid DEFAULT NULL
) RETURNS void
    AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE SECURITY DEFINER COST 100;
COMMENT ON FUNCTION acs_access_groups_remove_user IS
    'remove a user from an access group; no error if not in it. The user is named as for adding.
Errors P0002 (acs_user_not_found, acs_access_group_not_found), 22023
(access_group_in_other_system, user_required, user_mismatch)';

CREATE FUNCTION acs_access_groups_add_entrance(
    acs_entrance_id uuid,
    acs_access_group_id uuid
) RETURNS void
    AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE SECURITY DEFINER COST 100;
COMMENT ON FUNCTION acs_access_groups_add_entrance IS
    'add an entrance to an access group, for all its users; again is no error.
Errors P0002 (acs_entrance_not_found, acs_access_group_not_found), 22023
(entrance_in_other_system)';

CREATE FUNCTION acs_access_groups_remove_entrance(
    acs_entrance_id uuid,
    acs_access_group_id uuid
) RETURNS void
    AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE SECURITY DEFINER COST 100;
COMMENT ON FUNCTION acs_access_groups_remove_entrance IS
    'remove an entrance from an access group: its users lose it, unless they have it otherwise; no
error if it is not in it.
Errors P0002 (acs_entrance_not_found, acs_access_group_not_found), 22023
(entrance_in_other_system)';

CREATE FUNCTION acs_access_groups_list_users(acs_access_group_id uuid) RETURNS SETOF acs_users
    AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL SAFE SUPPORT acs_planner_support SECURITY DEFINER COST 1000 ROWS 100;
COMMENT ON FUNCTION acs_access_groups_list_users IS
    'users of an access group, whatever the windows of their memberships; error P0002
(acs_access_group_not_found)';

CREATE FUNCTION acs_access_groups_list_accessible_entrances(acs_access_group_id uuid)
    RETURNS SETOF acs_entrances
    AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL SAFE SUPPORT acs_planner_support SECURITY DEFINER COST 1000 ROWS 100;
COMMENT ON FUNCTION acs_access_groups_list_accessible_entrances IS
    'entrances of an access group; error P0002 (acs_access_group_not_found)';

---------------------------------------------------------------------------
-- Users that follow an application's own table
---------------------------------------------------------------------------

CREATE FUNCTION acs_follow_user_changes() RETURNS trigger
    AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE SECURITY DEFINER;
COMMENT ON FUNCTION acs_follow_user_changes() IS
    'trigger for a table of the application, AFTER INSERT OR UPDATE OR DELETE FOR EACH ROW: keeps a
user of the session''s workspace for each row. Arguments ''property=column'' map acs_user_id,
acs_system_id, full_name (required), user_identity_id, email_address, phone_number, suspended or
active, access_starts_at, access_ends_at. A date is a whole day where the system is, a timestamp
without time zone what its clocks show. As BEFORE TRUNCATE trigger with the same arguments:
refuses, unless ''on_truncate=delete''.
Errors 22023 (user_mapping, user_required, invalid_name, invalid_time_zone), P0002
(acs_system_not_found), 23505 (user_identity_taken), 0A000 (truncate_not_followed)';

CREATE FUNCTION acs_users_follow(
    table_name regclass,
    acs_system_id uuid DEFAULT NULL
) RETURNS bigint
    AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE SECURITY DEFINER COST 10000;
COMMENT ON FUNCTION acs_users_follow IS
    'make a user of each row that a table had before its trigger acs_follow_user_changes(), by the
trigger''s mapping; how many. A row that has a user is left alone, so again is no error.
acs_system_id: only rows of that system, for a table of several workspaces. The caller needs
SELECT on the table. The detail of an error tells the row.
Errors 22023 (user_mapping, user_required, invalid_name), P0002 (acs_system_not_found), 23514
(window_order), 23505 (user_identity_taken), and those of the columns'' values';

REVOKE ALL ON FUNCTION
    acs_users_create,
    acs_users_get,
    acs_users_list,
    acs_users_update,
    acs_users_delete,
    acs_users_suspend,
    acs_users_unsuspend,
    acs_users_add_to_access_group,
    acs_users_remove_from_access_group,
    acs_users_list_accessible_entrances,
    acs_users_revoke_access_to_all_entrances,
    acs_access_groups_create,
    acs_access_groups_get,
    acs_access_groups_list,
    acs_access_groups_update,
    acs_access_groups_delete,
    acs_access_groups_add_user,
    acs_access_groups_remove_user,
    acs_access_groups_add_entrance,
    acs_access_groups_remove_entrance,
    acs_access_groups_list_users,
    acs_access_groups_list_accessible_entrances,
    acs_follow_user_changes(),
    acs_users_follow
    FROM PUBLIC;
