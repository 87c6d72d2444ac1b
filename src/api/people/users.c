/*
 * users.c
 *		/acs/users/...
 *
 * Functions that take a user take acs_user_id, or user_identity_id together
 * with acs_system_id, as their first three arguments.
 */
#include "postgres.h"

#include "catalog/pg_type_d.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "api/people/groups.h"
#include "api/references.h"
#include "api/rows.h"
#include "credentials.h"
#include "errors.h"
#include "ids.h"
#include "store/values.h"

/* Arguments of acs_users_create(), in order. */
enum CreateArgs
{
	ARG_SYSTEM,
	ARG_FULL_NAME,
	ARG_EMAIL,
	ARG_PHONE,
	ARG_IDENTITY,
	ARG_STARTS_AT,
	ARG_ENDS_AT,
	ARG_GROUPS
};

/* Arguments of acs_users_update(), after the three that name the user. */
enum UpdateArgs
{
	ARG_NEW_FULL_NAME = 3,
	ARG_NEW_EMAIL,
	ARG_NEW_PHONE,
	ARG_NEW_STARTS_AT,
	ARG_NEW_ENDS_AT
};

/* The neutral value of an address or a number, an empty one, is stored as none. */
static NullableDatum
text_or_none(NullableDatum text)
{
	return is_blank(text) ? NO_DATUM : text;
}

/* ---------- create, get, list ---------- */

static void
join_groups(Datum acs_user_id, NullableDatum groups)
{
	Holder		user = find_holder_to_change(DATUM(acs_user_id), NO_DATUM, NO_DATUM);
	Datum	   *ids;
	bool	   *nulls;
	int			n;

	deconstruct_array(DatumGetArrayTypeP(groups.value), UUIDOID, UUID_LEN, false, TYPALIGN_CHAR,
					  &ids, &nulls, &n);
	for (int i = 0; i < n; i++)
		add_to_group(&user, DATUM_IF(!nulls[i], ids[i]), (Window) {ALWAYS_BEGUN, NEVER_ENDS});
}

/* In partitions, the unique index has another name, by which its error is not known. */
static void
require_free_identity(const NullableDatum *columns)
{
	Datum		identity[2] = {columns[USER_IDENTITY].value, columns[USER_SYSTEM].value};

	if (!columns[USER_IDENTITY].isnull && find_row(USER_BY_IDENTITY, identity, LATEST_SIGHT, NULL))
		raise_rule(RULE_USER_IDENTITY_TAKEN, NULL);
}

/*
 * acs_users_create(acs_system_id uuid, full_name text, email_address text,
 *		phone_number text, user_identity_id uuid, access_starts_at timestamptz,
 *		access_ends_at timestamptz, acs_access_group_ids uuid[]) returns acs_users
 */
PG_FUNCTION_INFO_V1(acs_users_create);
Datum
acs_users_create(PG_FUNCTION_ARGS)
{
	Window		schedule = window_from_args(fcinfo, ARG_STARTS_AT);
	NullableDatum columns[N_USER_COLUMNS] = {
		[WORKSPACE] = DATUM(UUIDPGetDatum(session_workspace())),
		[USER_ID] = DATUM(UUIDPGetDatum(new_uuid())),
		[USER_SYSTEM] = fcinfo->args[ARG_SYSTEM],
		[USER_IDENTITY] = fcinfo->args[ARG_IDENTITY],
		[USER_FULL_NAME] = fcinfo->args[ARG_FULL_NAME],
		[USER_EMAIL_ADDRESS] = text_or_none(fcinfo->args[ARG_EMAIL]),
		[USER_PHONE_NUMBER] = text_or_none(fcinfo->args[ARG_PHONE]),
		[USER_IS_SUSPENDED] = DATUM(BoolGetDatum(false)),
		[USER_ACCESS_STARTS_AT] = window_start_datum(schedule),
		[USER_ACCESS_ENDS_AT] = window_end_datum(schedule),
		[USER_CREATED_AT] = now_datum(),
	};
	Row			user;

	store_open_for_writing(fcinfo);
	require_name(fcinfo->args[ARG_FULL_NAME], "full_name");
	if (!window_is_ordered(schedule))
		raise_rule(RULE_WINDOW_ORDER, NULL);
	require_system(fcinfo->args[ARG_SYSTEM]);
	require_free_identity(columns);
	insert_row(TABLE_USERS, columns, NULL, &user);
	if (!PG_ARGISNULL(ARG_GROUPS))
		join_groups(row_datum(&user, USER_ID), fcinfo->args[ARG_GROUPS]);
	return store_close_with(row_composite(&user));
}

/* The user whom the first three arguments name, to be shown. */
static void
show_user(FunctionCallInfo fcinfo, Row *user)
{
	Datum		identity[2] = {fcinfo->args[1].value, fcinfo->args[2].value};

	if (!PG_ARGISNULL(0))
		get_row(USER_BY_ID, fcinfo->args[0], CALLERS_SIGHT, RULE_ACS_USER_NOT_FOUND, user);
	else if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
		raise_rule(RULE_USER_REQUIRED, NULL);
	else if (!find_row(USER_BY_IDENTITY, identity, CALLERS_SIGHT, user))
		raise_rule(RULE_ACS_USER_NOT_FOUND, "The id is %s.", id_text(identity[0]));
	require_same_user(fcinfo->args[1], user->columns[USER_IDENTITY]);
	require_same_user(fcinfo->args[2], user->columns[USER_SYSTEM]);
}

/* acs_users_get(acs_user_id, user_identity_id, acs_system_id) returns acs_users */
PG_FUNCTION_INFO_V1(acs_users_get);
Datum
acs_users_get(PG_FUNCTION_ARGS)
{
	Row			user;

	store_open(fcinfo);
	show_user(fcinfo, &user);
	return store_close_with(row_composite(&user));
}

/*
 * acs_users_list(acs_system_id, user_identity_id, search, created_before,
 *		page_size, page_cursor) returns setof acs_users
 */
PG_FUNCTION_INFO_V1(acs_users_list);
Datum
acs_users_list(PG_FUNCTION_ARGS)
{
	require_page(fcinfo->args[4]);
	return read_set(fcinfo, STMT_USER_LIST);
}

/* ---------- update, suspend, delete ---------- */

/*
 * acs_users_update(acs_user_id, user_identity_id, acs_system_id, full_name,
 *		email_address, phone_number, access_starts_at, access_ends_at)
 *		returns acs_users
 *
 * Null leaves a value as it is; an infinite bound removes the bound, and an empty
 * text the address or number.
 */
PG_FUNCTION_INFO_V1(acs_users_update);
Datum
acs_users_update(PG_FUNCTION_ARGS)
{
	Window		schedule = window_from_args(fcinfo, ARG_NEW_STARTS_AT);
	const Change new_values[] = {
		{USER_FULL_NAME, fcinfo->args[ARG_NEW_FULL_NAME]},
		{USER_EMAIL_ADDRESS, text_or_none(fcinfo->args[ARG_NEW_EMAIL])},
		{USER_PHONE_NUMBER, text_or_none(fcinfo->args[ARG_NEW_PHONE])},
		{USER_ACCESS_STARTS_AT, window_start_datum(schedule)},
		{USER_ACCESS_ENDS_AT, window_end_datum(schedule)},
	};
	Row			user;

	store_open_for_writing(fcinfo);
	require_new_name(fcinfo->args[ARG_NEW_FULL_NAME], "full_name");
	find_user(fcinfo->args[0], fcinfo->args[1], fcinfo->args[2], LockTupleNoKeyExclusive, &user);
	update_given(&user, &fcinfo->args[ARG_NEW_FULL_NAME], new_values, lengthof(new_values));
	return store_close_with(row_composite(&user));
}

static Datum
set_suspended(FunctionCallInfo fcinfo, bool suspended)
{
	Change		change = {USER_IS_SUSPENDED, DATUM(BoolGetDatum(suspended))};
	Row			user;

	store_open_for_writing(fcinfo);
	find_user(fcinfo->args[0], fcinfo->args[1], fcinfo->args[2], LockTupleNoKeyExclusive, &user);
	update_row(&user, &change, 1, NULL);
	store_close();
	PG_RETURN_VOID();
}

/* acs_users_suspend(acs_user_id, user_identity_id, acs_system_id) returns void */
PG_FUNCTION_INFO_V1(acs_users_suspend);
Datum
acs_users_suspend(PG_FUNCTION_ARGS)
{
	return set_suspended(fcinfo, true);
}

/* acs_users_unsuspend(acs_user_id, user_identity_id, acs_system_id) returns void */
PG_FUNCTION_INFO_V1(acs_users_unsuspend);
Datum
acs_users_unsuspend(PG_FUNCTION_ARGS)
{
	return set_suspended(fcinfo, false);
}

/* acs_users_delete(acs_user_id, user_identity_id, acs_system_id) returns void */
PG_FUNCTION_INFO_V1(acs_users_delete);
Datum
acs_users_delete(PG_FUNCTION_ARGS)
{
	Row			user;

	store_open_for_writing(fcinfo);
	find_user(fcinfo->args[0], fcinfo->args[1], fcinfo->args[2], LockTupleExclusive, &user);
	delete_row(&user);
	store_close();
	PG_RETURN_VOID();
}

/* ---------- groups and entrances ---------- */

/*
 * acs_users_list_accessible_entrances(acs_user_id, user_identity_id,
 *		acs_system_id) returns setof acs_entrances
 */
PG_FUNCTION_INFO_V1(acs_users_list_accessible_entrances);
Datum
acs_users_list_accessible_entrances(PG_FUNCTION_ARGS)
{
	Row			user;

	store_open(fcinfo);
	show_user(fcinfo, &user);
	return_set(fcinfo, STMT_USER_ENTRANCES,
			   (NullableDatum[]) {user.columns[USER_ID], user.columns[USER_SYSTEM]});
	store_close();
	return (Datum) 0;
}

/*
 * acs_users_revoke_access_to_all_entrances(acs_user_id, user_identity_id,
 *		acs_system_id) returns void
 */
PG_FUNCTION_INFO_V1(acs_users_revoke_access_to_all_entrances);
Datum
acs_users_revoke_access_to_all_entrances(PG_FUNCTION_ARGS)
{
	Holder		user;
	NullableDatum params[2];

	store_open_for_writing(fcinfo);
	user = find_holder_to_change(fcinfo->args[0], fcinfo->args[1], fcinfo->args[2]);
	params[0] = user.acs_user_id;
	params[1] = DATUM(user.acs_system_id);
	/* also those that the transaction cannot see; credentials before what hangs on them */
	statement_run_at_latest(STMT_USER_KEEP_CREDENTIALS, params);
	user_cards_outdated(&user);
	statement_run_at_latest(STMT_USER_LOCK_ENTRANCES, params);
	statement_run_at_latest(STMT_USER_REVOKE_ENTRANCES, params);
	statement_run_at_latest(STMT_USER_LEAVE_GROUPS, params);
	store_close();
	PG_RETURN_VOID();
}
