/*
 * groups.c
 *		/acs/access_groups/...
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"
#include "utils/uuid.h"

#include "api/groups.h"
#include "api/rows.h"
#include "api/systems.h"
#include "credentials.h"
#include "errors.h"
#include "store/details.h"
#include "store/events.h"

/* Columns of STMT_GROUP_GET. */
enum GroupColumns
{
	COL_GROUP = 1,
	COL_SYSTEM_ID,
	COL_NAME
};

/*
 * acs_access_groups_create(acs_system_id uuid, name text, acs_entrance_ids uuid[])
 *		returns acs_access_groups
 */
PG_FUNCTION_INFO_V1(acs_access_groups_create);
Datum
acs_access_groups_create(PG_FUNCTION_ARGS)
{
	Rows		rows;
	Datum		entrances;
	size_t		n_entrances;

	store_open_for_writing(fcinfo);
	require_name(fcinfo->args[1], "name");
	entrances = entrances_from_arg(fcinfo->args[2], &n_entrances);
	rows = statement_run(STMT_GROUP_CREATE, fcinfo->args);
	require_row(rows, RULE_ACS_SYSTEM_NOT_FOUND, fcinfo->args[0]);
	if (n_entrances > 0)
	{
		require_entrances(entrances, PG_GETARG_DATUM(0));
		statement_run(STMT_GROUP_ADD_ENTRANCES, (NullableDatum[]) {row_get(rows, 0, 2), DATUM(entrances)});
	}
	return store_close_with(row_get(rows, 0, 1).value);
}

/* acs_access_groups_get(acs_access_group_id uuid) returns acs_access_groups */
PG_FUNCTION_INFO_V1(acs_access_groups_get);
Datum
acs_access_groups_get(PG_FUNCTION_ARGS)
{
	return read_row(fcinfo, STMT_GROUP_GET, RULE_ACS_ACCESS_GROUP_NOT_FOUND);
}

/*
 * acs_access_groups_list(acs_system_id, acs_user_id, search, page_size,
 *		page_cursor) returns setof acs_access_groups
 */
PG_FUNCTION_INFO_V1(acs_access_groups_list);
Datum
acs_access_groups_list(PG_FUNCTION_ARGS)
{
	require_page(fcinfo->args[3]);
	return read_set(fcinfo, STMT_GROUP_LIST);
}

/* Events of those who were in a group that goes. */
static void
tell_members(Rows removed)
{
	for (uint64 i = 0; i < removed.count; i++)
	{
		StringInfoData details;

		CHECK_FOR_INTERRUPTS();
		details_begin(&details);
		details_text(&details, "removed_from_access_group", TextDatumGetCString(row_get(removed, i, 3).value));
		event_write(session_workspace(), "acs_user.updated", row_get(removed, i, 1), row_get(removed, i, 2),
					NO_DATUM, NO_DATUM, DATUM(details_end(&details)));
	}
}

/* acs_access_groups_delete(acs_access_group_id uuid) returns void */
PG_FUNCTION_INFO_V1(acs_access_groups_delete);
Datum
acs_access_groups_delete(PG_FUNCTION_ARGS)
{
	store_open_for_writing(fcinfo);
	statement_run(STMT_CARDS_OF_GROUP_OUTDATED, (NullableDatum[])
	{
		fcinfo->args[0], DATUM(TimestampTzGetDatum(GetCurrentTimestamp()))
	});
	tell_members(statement_run(STMT_GROUP_EMPTY, fcinfo->args));
	require_row(statement_run(STMT_GROUP_DELETE, fcinfo->args),
				RULE_ACS_ACCESS_GROUP_NOT_FOUND, fcinfo->args[0]);
	store_close();
	PG_RETURN_VOID();
}

/* ---------- members ---------- */

/* The group, which has to be in the user's system. */
static Rows
find_group(NullableDatum group, const Holder *user)
{
	Rows		rows = statement_run_fresh(STMT_GROUP_GET, &group);

	require_row(rows, RULE_ACS_ACCESS_GROUP_NOT_FOUND, group);
	if (!is_same_id(row_get(rows, 0, COL_SYSTEM_ID), DATUM(user->acs_system_id)))
		raise_rule(RULE_ACCESS_GROUP_IN_OTHER_SYSTEM, "The group is %s.", id_text(group.value));
	return rows;
}

static void
change_membership(const Holder *user, NullableDatum group, StatementId change, const char *key)
{
	Rows		found = find_group(group, user);

	if (statement_run(change, (NullableDatum[]) {group, user->acs_user_id}).count > 0)
		user_rights_changed(user, NO_DATUM, key, TextDatumGetCString(row_get(found, 0, COL_NAME).value));
}

void
add_to_group(const Holder *user, NullableDatum group)
{
	change_membership(user, group, STMT_GROUP_ADD_USER, "added_to_access_group");
}

void
remove_from_group(const Holder *user, NullableDatum group)
{
	change_membership(user, group, STMT_GROUP_REMOVE_USER, "removed_from_access_group");
}

typedef void (*ChangeMember) (const Holder *user, NullableDatum group);

/* By identity, the user meant is the one in the group's system. */
static Holder
find_member(NullableDatum group, NullableDatum acs_user_id, NullableDatum user_identity_id)
{
	Rows		rows;

	if (!acs_user_id.isnull)
		return find_holder(acs_user_id, user_identity_id, NO_DATUM);
	rows = statement_run_fresh(STMT_GROUP_GET, &group);
	require_row(rows, RULE_ACS_ACCESS_GROUP_NOT_FOUND, group);
	return find_holder(acs_user_id, user_identity_id, row_get(rows, 0, COL_SYSTEM_ID));
}

static Datum
change_member(FunctionCallInfo fcinfo, NullableDatum group, NullableDatum acs_user_id,
			  NullableDatum user_identity_id, ChangeMember change)
{
	Holder		user;

	store_open_for_writing(fcinfo);
	user = find_member(group, acs_user_id, user_identity_id);
	change(&user, group);
	store_close();
	PG_RETURN_VOID();
}

/* acs_access_groups_add_user(acs_access_group_id, acs_user_id, user_identity_id) returns void */
PG_FUNCTION_INFO_V1(acs_access_groups_add_user);
Datum
acs_access_groups_add_user(PG_FUNCTION_ARGS)
{
	return change_member(fcinfo, fcinfo->args[0], fcinfo->args[1], fcinfo->args[2], add_to_group);
}

/*
 * acs_access_groups_remove_user(acs_access_group_id, acs_user_id, user_identity_id) returns void,
 * and acs_users_remove_from_access_group() with the same arguments
 */
PG_FUNCTION_INFO_V1(acs_access_groups_remove_user);
Datum
acs_access_groups_remove_user(PG_FUNCTION_ARGS)
{
	return change_member(fcinfo, fcinfo->args[0], fcinfo->args[1], fcinfo->args[2], remove_from_group);
}

/* acs_users_add_to_access_group(acs_user_id, acs_access_group_id) returns void */
PG_FUNCTION_INFO_V1(acs_users_add_to_access_group);
Datum
acs_users_add_to_access_group(PG_FUNCTION_ARGS)
{
	return change_member(fcinfo, fcinfo->args[1], fcinfo->args[0], NO_DATUM, add_to_group);
}

static Datum
list_of_group(FunctionCallInfo fcinfo, StatementId id)
{
	store_open(fcinfo);
	require_row(statement_run(STMT_GROUP_GET, fcinfo->args),
				RULE_ACS_ACCESS_GROUP_NOT_FOUND, fcinfo->args[0]);
	return_set(fcinfo, id, fcinfo->args);
	store_close();
	return (Datum) 0;
}

/* acs_access_groups_list_users(acs_access_group_id uuid) returns setof acs_users */
PG_FUNCTION_INFO_V1(acs_access_groups_list_users);
Datum
acs_access_groups_list_users(PG_FUNCTION_ARGS)
{
	return list_of_group(fcinfo, STMT_GROUP_USERS);
}

/*
 * acs_access_groups_list_accessible_entrances(acs_access_group_id uuid)
 *		returns setof acs_entrances
 */
PG_FUNCTION_INFO_V1(acs_access_groups_list_accessible_entrances);
Datum
acs_access_groups_list_accessible_entrances(PG_FUNCTION_ARGS)
{
	return list_of_group(fcinfo, STMT_GROUP_ENTRANCES);
}
