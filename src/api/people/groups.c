/*
 * groups.c
 *		/acs/access_groups/...
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/uuid.h"

#include "api/people/groups.h"
#include "api/references.h"
#include "api/rows.h"
#include "credentials.h"
#include "errors.h"
#include "ids.h"
#include "store/schedules.h"
#include "store/values.h"

static void
link_entrance(const Row *group, Datum acs_entrance_id, NullableDatum created_at)
{
	insert_row(TABLE_GROUP_ENTRANCES, (NullableDatum[])
	{
		group->columns[WORKSPACE], group->columns[GROUP_ID], DATUM(acs_entrance_id), group->columns[GROUP_SYSTEM],
		created_at
	}, NULL, NULL);
}

/*
 * acs_access_groups_create(acs_system_id uuid, name text, acs_entrance_ids uuid[],
 *		schedule acs_schedule) returns acs_access_groups
 */
PG_FUNCTION_INFO_V1(acs_access_groups_create);
Datum
acs_access_groups_create(PG_FUNCTION_ARGS)
{
	NullableDatum columns[N_GROUP_COLUMNS] = {
		[WORKSPACE] = DATUM(UUIDPGetDatum(session_workspace())),
		[GROUP_ID] = DATUM(UUIDPGetDatum(new_uuid())),
		[GROUP_SYSTEM] = fcinfo->args[0],
		[GROUP_NAME] = fcinfo->args[1],
		[GROUP_SCHEDULE] = schedule_to_store(fcinfo->args[3], ALL_HOURS),
		[GROUP_ENTERS_WHEN_LOCKED] = DATUM(BoolGetDatum(false)),
		[GROUP_CREATED_AT] = now_datum(),
	};
	Datum	   *entrances;
	size_t		n_entrances;
	Row			group;

	store_open_for_writing(fcinfo);
	require_name(fcinfo->args[1], "name");
	entrances = entrances_from_arg(fcinfo->args[2], &n_entrances);
	require_system(fcinfo->args[0]);
	require_entrances(entrances, n_entrances, PG_GETARG_DATUM(0));
	insert_row(TABLE_GROUPS, columns, NULL, &group);
	for (size_t i = 0; i < n_entrances; i++)
		link_entrance(&group, entrances[i], group.columns[GROUP_CREATED_AT]);
	return store_close_with(row_composite(&group));
}

/* acs_access_groups_get(acs_access_group_id uuid) returns acs_access_groups */
PG_FUNCTION_INFO_V1(acs_access_groups_get);
Datum
acs_access_groups_get(PG_FUNCTION_ARGS)
{
	return read_row(fcinfo, GROUP_BY_ID, RULE_ACS_ACCESS_GROUP_NOT_FOUND);
}

/*
 * acs_access_groups_list(acs_system_id, acs_user_id, user_identity_id, search,
 *		page_size, page_cursor) returns setof acs_access_groups
 */
PG_FUNCTION_INFO_V1(acs_access_groups_list);
Datum
acs_access_groups_list(PG_FUNCTION_ARGS)
{
	require_page(fcinfo->args[4]);
	return read_set(fcinfo, STMT_GROUP_LIST);
}

/* The members' cards that were written before have to be written again. */
static void
group_cards_outdated(const Row *group)
{
	cards_outdated(STMT_CARDS_OF_GROUP, group->columns[GROUP_ID]);
}

/*
 * acs_access_groups_update(acs_access_group_id uuid, name text, schedule acs_schedule,
 *		enters_when_locked boolean) returns acs_access_groups
 *
 * Cards before what gives them other hours.
 */
PG_FUNCTION_INFO_V1(acs_access_groups_update);
Datum
acs_access_groups_update(PG_FUNCTION_ARGS)
{
	NullableDatum schedule = fcinfo->args[2];
	const Change new_values[] = {
		{GROUP_NAME, fcinfo->args[1]},
		{GROUP_SCHEDULE, schedule_to_store(schedule, ALL_HOURS)},
		{GROUP_ENTERS_WHEN_LOCKED, fcinfo->args[3]},
	};
	Row			group;

	store_open_for_writing(fcinfo);
	require_new_name(fcinfo->args[1], "name");
	get_row_and_lock(GROUP_BY_ID, fcinfo->args[0], LockTupleNoKeyExclusive, RULE_ACS_ACCESS_GROUP_NOT_FOUND, &group);
	if (!schedule.isnull && !same_schedule(new_values[1].value, group.columns[GROUP_SCHEDULE]))
		group_cards_outdated(&group);
	update_given(&group, &fcinfo->args[1], new_values, lengthof(new_values));
	return store_close_with(row_composite(&group));
}

/* acs_access_groups_delete(acs_access_group_id uuid) returns void */
PG_FUNCTION_INFO_V1(acs_access_groups_delete);
Datum
acs_access_groups_delete(PG_FUNCTION_ARGS)
{
	Row			group;

	store_open_for_writing(fcinfo);
	get_row_and_lock(GROUP_BY_ID, fcinfo->args[0], LockTupleExclusive, RULE_ACS_ACCESS_GROUP_NOT_FOUND, &group);
	group_cards_outdated(&group);
	delete_row(&group);
	store_close();
	PG_RETURN_VOID();
}

/* ---------- members ---------- */

/* The group, which has to be in the user's system; kept from being deleted. */
static void
find_group(NullableDatum id, const Holder *user, Row *group)
{
	get_row_and_lock(GROUP_BY_ID, id, LockTupleKeyShare, RULE_ACS_ACCESS_GROUP_NOT_FOUND, group);
	if (!is_same_id(group->columns[GROUP_SYSTEM], DATUM(user->acs_system_id)))
		raise_rule(RULE_ACCESS_GROUP_IN_OTHER_SYSTEM, "The group is %s.", id_text(id.value));
}

/* A member already: the window is set anew. */
static void
set_window(const Holder *user, Row *membership, Window window)
{
	const Change changes[] = {
		{GROUP_USER_STARTS_AT, window_start_datum(window)},
		{GROUP_USER_ENDS_AT, window_end_datum(window)},
	};
	Window		old = window_from_datums(membership->columns[GROUP_USER_STARTS_AT], membership->columns[GROUP_USER_ENDS_AT]);

	if (old.starts_at == window.starts_at && old.ends_at == window.ends_at)
		return;
	user_cards_outdated(user);
	update_row(membership, changes, lengthof(changes), NULL);
}

void
add_to_group(const Holder *user, NullableDatum id, Window window)
{
	Row			group;
	Row			membership;
	Datum		key[2] = {id.value, user->acs_user_id.value};

	find_group(id, user, &group);
	/* whoever adds the same has locked the user, and has ended by now */
	if (find_row_and_lock(GROUP_USER_BY_ID, key, LATEST_SIGHT, LockTupleNoKeyExclusive, &membership))
		return set_window(user, &membership, window);
	insert_row(TABLE_GROUP_USERS, (NullableDatum[])
	{
		group.columns[WORKSPACE], id, user->acs_user_id, group.columns[GROUP_SYSTEM],
		window_start_datum(window), window_end_datum(window),
		now_datum()
	}, NULL, NULL);
	user_cards_outdated(user);
}

void
remove_from_group(const Holder *user, NullableDatum id)
{
	Row			group;
	Row			membership;
	Datum		key[2] = {id.value, user->acs_user_id.value};

	find_group(id, user, &group);
	/* also a membership that the transaction cannot see */
	if (find_row_and_lock(GROUP_USER_BY_ID, key, LATEST_SIGHT, LockTupleExclusive, &membership) &&
		delete_row(&membership))
		user_cards_outdated(user);
}

/* By identity, the user meant is the one in the group's system. */
static Holder
find_member(NullableDatum group, NullableDatum acs_user_id, NullableDatum user_identity_id)
{
	Row			found;

	if (!acs_user_id.isnull)
		return find_holder_to_change(acs_user_id, user_identity_id, NO_DATUM);
	get_row(GROUP_BY_ID, group, FRESH_SIGHT, RULE_ACS_ACCESS_GROUP_NOT_FOUND, &found);
	return find_holder_to_change(acs_user_id, user_identity_id, found.columns[GROUP_SYSTEM]);
}

/*
 * acs_access_groups_add_user(acs_user_id, acs_access_group_id, user_identity_id, starts_at,
 *		ends_at) returns void,
 * and acs_users_add_to_access_group() with the same arguments
 */
PG_FUNCTION_INFO_V1(acs_access_groups_add_user);
Datum
acs_access_groups_add_user(PG_FUNCTION_ARGS)
{
	NullableDatum group = fcinfo->args[1];
	Window		window = window_from_args(fcinfo, 3);
	Holder		user;

	store_open_for_writing(fcinfo);
	if (!window_is_ordered(window))
		raise_rule(RULE_WINDOW_ORDER, NULL);
	user = find_member(group, fcinfo->args[0], fcinfo->args[2]);
	add_to_group(&user, group, window);
	store_close();
	PG_RETURN_VOID();
}

/*
 * acs_access_groups_remove_user(acs_user_id, acs_access_group_id, user_identity_id) returns void,
 * and acs_users_remove_from_access_group() with the same arguments
 */
PG_FUNCTION_INFO_V1(acs_access_groups_remove_user);
Datum
acs_access_groups_remove_user(PG_FUNCTION_ARGS)
{
	NullableDatum group = fcinfo->args[1];
	Holder		user;

	store_open_for_writing(fcinfo);
	user = find_member(group, fcinfo->args[0], fcinfo->args[2]);
	remove_from_group(&user, group);
	store_close();
	PG_RETURN_VOID();
}

/* ---------- entrances ---------- */

/*
 * The group is locked, so that whoever does the same to it has ended, and so is the
 * entrance, against its deletion.
 */
static void
add_entrance(const Row *group, NullableDatum entrance)
{
	Datum		key[2] = {row_datum(group, GROUP_ID), entrance.value};

	if (find_row(GROUP_ENTRANCE_BY_ID, key, LATEST_SIGHT, NULL))
		return;
	group_cards_outdated(group);
	link_entrance(group, entrance.value, now_datum());
}

/* Cards before what gives them the entrance. */
static void
remove_entrance(const Row *group, NullableDatum entrance)
{
	Datum		key[2] = {row_datum(group, GROUP_ID), entrance.value};
	Row			found;

	if (!find_row(GROUP_ENTRANCE_BY_ID, key, LATEST_SIGHT, &found))
		return;
	group_cards_outdated(group);
	delete_row(&found);
}

/* The arguments of both: acs_entrance_id, acs_access_group_id. */
static Datum
change_entrance(FunctionCallInfo fcinfo, void (*change) (const Row *group, NullableDatum entrance))
{
	NullableDatum entrance = fcinfo->args[0];
	Row			group;

	store_open_for_writing(fcinfo);
	get_row_and_lock(GROUP_BY_ID, fcinfo->args[1], LockTupleNoKeyExclusive, RULE_ACS_ACCESS_GROUP_NOT_FOUND, &group);
	if (entrance.isnull)
		raise_not_found(RULE_ACS_ENTRANCE_NOT_FOUND, entrance);
	require_entrances(&entrance.value, 1, row_datum(&group, GROUP_SYSTEM));
	change(&group, entrance);
	store_close();
	PG_RETURN_VOID();
}

/* acs_access_groups_add_entrance(acs_entrance_id, acs_access_group_id) returns void */
PG_FUNCTION_INFO_V1(acs_access_groups_add_entrance);
Datum
acs_access_groups_add_entrance(PG_FUNCTION_ARGS)
{
	return change_entrance(fcinfo, add_entrance);
}

/* acs_access_groups_remove_entrance(acs_entrance_id, acs_access_group_id) returns void */
PG_FUNCTION_INFO_V1(acs_access_groups_remove_entrance);
Datum
acs_access_groups_remove_entrance(PG_FUNCTION_ARGS)
{
	return change_entrance(fcinfo, remove_entrance);
}

/* ---------- lists of what is in a group ---------- */

/* acs_access_groups_list_users(acs_access_group_id uuid) returns setof acs_users */
PG_FUNCTION_INFO_V1(acs_access_groups_list_users);
Datum
acs_access_groups_list_users(PG_FUNCTION_ARGS)
{
	return read_set_of(fcinfo, GROUP_BY_ID, RULE_ACS_ACCESS_GROUP_NOT_FOUND, STMT_GROUP_USERS);
}

/*
 * acs_access_groups_list_accessible_entrances(acs_access_group_id uuid)
 *		returns setof acs_entrances
 */
PG_FUNCTION_INFO_V1(acs_access_groups_list_accessible_entrances);
Datum
acs_access_groups_list_accessible_entrances(PG_FUNCTION_ARGS)
{
	return read_set_of(fcinfo, GROUP_BY_ID, RULE_ACS_ACCESS_GROUP_NOT_FOUND, STMT_GROUP_ENTRANCES);
}
