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

#include "api/groups.h"
#include "api/rows.h"
#include "api/systems.h"
#include "api/values.h"
#include "errors.h"
#include "store/events.h"

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
	ARG_GROUPS,
	N_CREATE_PARAMS = ARG_GROUPS
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

/* Columns of STMT_USER_GET. */
enum UserColumns
{
	COL_USER = 1,
	COL_USER_ID,
	COL_SYSTEM_ID,
	COL_IDENTITY_ID
};

/* ---------- create, get, list ---------- */

static void
join_groups(Datum acs_user_id, NullableDatum groups)
{
	Holder		user = find_holder(DATUM(acs_user_id), NO_DATUM, NO_DATUM);
	Datum	   *ids;
	bool	   *nulls;
	int			n;

	deconstruct_array(DatumGetArrayTypeP(groups.value), UUIDOID, UUID_LEN, false, TYPALIGN_CHAR,
					  &ids, &nulls, &n);
	for (int i = 0; i < n; i++)
		add_to_group(&user, DATUM_IF(!nulls[i], ids[i]));
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
	NullableDatum params[N_CREATE_PARAMS];
	Window		schedule = window_from_args(fcinfo, ARG_STARTS_AT);
	Rows		rows;

	store_open_for_writing(fcinfo);
	require_name(fcinfo->args[ARG_FULL_NAME], "full_name");
	if (!window_is_ordered(schedule))
		raise_rule(RULE_WINDOW_ORDER, NULL);
	memcpy(params, fcinfo->args, sizeof(params));
	params[ARG_STARTS_AT] = window_start_datum(schedule);
	params[ARG_ENDS_AT] = window_end_datum(schedule);
	rows = statement_run(STMT_USER_CREATE, params);
	if (rows.count == 0)
	{
		require_row(statement_run_fresh(STMT_SYSTEM_GET, &fcinfo->args[ARG_SYSTEM]),
					RULE_ACS_SYSTEM_NOT_FOUND, fcinfo->args[ARG_SYSTEM]);
		raise_rule(RULE_USER_IDENTITY_TAKEN, NULL);
	}
	events_write_rows("acs_user.created", rows);
	if (!PG_ARGISNULL(ARG_GROUPS))
		join_groups(row_get(rows, 0, EVENT_USER_ID).value, fcinfo->args[ARG_GROUPS]);
	return store_close_with(row_get(rows, 0, 1).value);
}

/* The user whom the first three arguments name. */
static Rows
user_of_args(FunctionCallInfo fcinfo, RunStatement run)
{
	NullableDatum by_id[3] = {fcinfo->args[0], NO_DATUM, NO_DATUM};
	NullableDatum identity = fcinfo->args[1];
	Rows		rows;

	if (PG_ARGISNULL(0) && (PG_ARGISNULL(1) || PG_ARGISNULL(2)))
		raise_rule(RULE_USER_REQUIRED, NULL);
	rows = run(STMT_USER_GET, PG_ARGISNULL(0) ? fcinfo->args : by_id);
	require_row(rows, RULE_ACS_USER_NOT_FOUND, PG_ARGISNULL(0) ? identity : by_id[0]);
	require_same_user(identity, row_get(rows, 0, COL_IDENTITY_ID));
	require_same_user(fcinfo->args[2], row_get(rows, 0, COL_SYSTEM_ID));
	return rows;
}

/* acs_users_get(acs_user_id, user_identity_id, acs_system_id) returns acs_users */
PG_FUNCTION_INFO_V1(acs_users_get);
Datum
acs_users_get(PG_FUNCTION_ARGS)
{
	store_open(fcinfo);
	return store_close_with(row_get(user_of_args(fcinfo, statement_run), 0, COL_USER).value);
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
 * Null leaves a value as it is; an infinite bound removes the bound.
 */
PG_FUNCTION_INFO_V1(acs_users_update);
Datum
acs_users_update(PG_FUNCTION_ARGS)
{
	Window		schedule = window_from_args(fcinfo, ARG_NEW_STARTS_AT);
	Rows		rows;

	store_open_for_writing(fcinfo);
	if (!PG_ARGISNULL(ARG_NEW_FULL_NAME))
		require_name(fcinfo->args[ARG_NEW_FULL_NAME], "full_name");
	rows = user_of_args(fcinfo, statement_run_fresh);
	rows = statement_run(STMT_USER_UPDATE, (NullableDatum[])
	{
		row_get(rows, 0, COL_USER_ID),
		fcinfo->args[ARG_NEW_FULL_NAME],
		fcinfo->args[ARG_NEW_EMAIL],
		fcinfo->args[ARG_NEW_PHONE],
		DATUM(BoolGetDatum(!PG_ARGISNULL(ARG_NEW_STARTS_AT))),
		window_start_datum(schedule),
		DATUM(BoolGetDatum(!PG_ARGISNULL(ARG_NEW_ENDS_AT))),
		window_end_datum(schedule)
	});
	require_row(rows, RULE_ACS_USER_NOT_FOUND, fcinfo->args[0]);
	return store_close_with(row_get(rows, 0, 1).value);
}

/* Run a statement whose parameters are the user's id and one more. */
static Datum
change_user(FunctionCallInfo fcinfo, StatementId change, NullableDatum param)
{
	Rows		rows;

	store_open_for_writing(fcinfo);
	rows = user_of_args(fcinfo, statement_run_fresh);
	rows = statement_run(change, (NullableDatum[]) {row_get(rows, 0, COL_USER_ID), param});
	require_row(rows, RULE_ACS_USER_NOT_FOUND, fcinfo->args[0]);
	store_close();
	PG_RETURN_VOID();
}

/* acs_users_suspend(acs_user_id, user_identity_id, acs_system_id) returns void */
PG_FUNCTION_INFO_V1(acs_users_suspend);
Datum
acs_users_suspend(PG_FUNCTION_ARGS)
{
	return change_user(fcinfo, STMT_USER_SUSPEND, DATUM(BoolGetDatum(true)));
}

/* acs_users_unsuspend(acs_user_id, user_identity_id, acs_system_id) returns void */
PG_FUNCTION_INFO_V1(acs_users_unsuspend);
Datum
acs_users_unsuspend(PG_FUNCTION_ARGS)
{
	return change_user(fcinfo, STMT_USER_SUSPEND, DATUM(BoolGetDatum(false)));
}

/* acs_users_delete(acs_user_id, user_identity_id, acs_system_id) returns void */
PG_FUNCTION_INFO_V1(acs_users_delete);
Datum
acs_users_delete(PG_FUNCTION_ARGS)
{
	return change_user(fcinfo, STMT_USER_DELETE, NO_DATUM);
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
	Rows		rows;

	store_open(fcinfo);
	rows = user_of_args(fcinfo, statement_run);
	return_set(fcinfo, STMT_USER_ENTRANCES,
			   (NullableDatum[]) {row_get(rows, 0, COL_USER_ID), row_get(rows, 0, COL_SYSTEM_ID)});
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
	user = find_holder(fcinfo->args[0], fcinfo->args[1], fcinfo->args[2]);
	params[0] = user.acs_user_id;
	params[1] = DATUM(user.acs_system_id);
	statement_run(STMT_USER_REVOKE_ENTRANCES, params);
	statement_run(STMT_USER_LEAVE_GROUPS, params);
	user_rights_changed(&user, NO_DATUM, "access_to_all_entrances", "revoked");
	store_close();
	PG_RETURN_VOID();
}
