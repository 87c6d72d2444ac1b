/*
 * entrances.c
 *		/acs/entrances/...
 */
#include "postgres.h"

#include "catalog/pg_type_d.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/uuid.h"

#include "api/credential_object.h"
#include "api/holder.h"
#include "api/references.h"
#include "api/rows.h"
#include "credentials.h"
#include "errors.h"
#include "ids.h"
#include "store/details.h"
#include "store/events.h"
#include "store/lockouts.h"
#include "store/schedules.h"
#include "store/values.h"

/*
 * acs_entrances_create(acs_system_id uuid, display_name text,
 *		can_unlock_with_code, _card, _mobile_key boolean) returns acs_entrances
 */
PG_FUNCTION_INFO_V1(acs_entrances_create);
Datum
acs_entrances_create(PG_FUNCTION_ARGS)
{
	NullableDatum columns[N_ENTRANCE_COLUMNS] = {
		[WORKSPACE] = DATUM(UUIDPGetDatum(session_workspace())),
		[ENTRANCE_ID] = DATUM(UUIDPGetDatum(new_uuid())),
		[ENTRANCE_SYSTEM] = fcinfo->args[0],
		[ENTRANCE_DISPLAY_NAME] = fcinfo->args[1],
		[ENTRANCE_UNLOCK_SCHEDULE] = NO_DATUM,
		[ENTRANCE_MODE_UNTIL] = NO_DATUM,
		[ENTRANCE_CREATED_AT] = now_datum(),
	};
	Row			entrance;

	store_open_for_writing(fcinfo);
	columns[ENTRANCE_MODE] = DATUM(enum_datum(&entrance_modes, DOOR_CONTROLLED));
	require_name(fcinfo->args[1], "display_name");
	require_system(fcinfo->args[0]);
	for (int i = 0; i < METHOD_COUNT; i++)
		columns[ENTRANCE_TAKES_CODE + i] = PG_ARGISNULL(2 + i) ? DATUM(BoolGetDatum(true)) : fcinfo->args[2 + i];
	insert_row(TABLE_ENTRANCES, columns, NULL, &entrance);
	lockout_create(&entrance);
	return store_close_with(row_composite(&entrance));
}

/* acs_entrances_get(acs_entrance_id uuid) returns acs_entrances */
PG_FUNCTION_INFO_V1(acs_entrances_get);
Datum
acs_entrances_get(PG_FUNCTION_ARGS)
{
	return read_row(fcinfo, ENTRANCE_BY_ID, RULE_ACS_ENTRANCE_NOT_FOUND);
}

/*
 * acs_entrances_list(acs_system_id, acs_credential_id, acs_entrance_ids,
 *		connected_account_id, search, page_size, page_cursor) returns setof acs_entrances
 */
PG_FUNCTION_INFO_V1(acs_entrances_list);
Datum
acs_entrances_list(PG_FUNCTION_ARGS)
{
	require_page(fcinfo->args[5]);
	return read_set(fcinfo, STMT_ENTRANCE_LIST);
}

/* ---------- update, delete ---------- */

/*
 * acs_entrances_update(acs_entrance_id uuid, display_name text,
 *		can_unlock_with_code, _card, _mobile_key boolean, unlock_schedule acs_schedule)
 *		returns acs_entrances
 */
PG_FUNCTION_INFO_V1(acs_entrances_update);
Datum
acs_entrances_update(PG_FUNCTION_ARGS)
{
	const Change new_values[] = {
		{ENTRANCE_DISPLAY_NAME, fcinfo->args[1]},
		{ENTRANCE_TAKES_CODE, fcinfo->args[2]},
		{ENTRANCE_TAKES_CARD, fcinfo->args[3]},
		{ENTRANCE_TAKES_MOBILE_KEY, fcinfo->args[4]},
		{ENTRANCE_UNLOCK_SCHEDULE, schedule_to_store(fcinfo->args[5], NO_HOURS)},
	};

	store_open_for_writing(fcinfo);
	require_new_name(fcinfo->args[1], "display_name");
	return return_changed(fcinfo, ENTRANCE_BY_ID, RULE_ACS_ENTRANCE_NOT_FOUND, new_values, lengthof(new_values));
}

/* acs_entrances_delete(acs_entrance_id uuid) returns void */
PG_FUNCTION_INFO_V1(acs_entrances_delete);
Datum
acs_entrances_delete(PG_FUNCTION_ARGS)
{
	Row			entrance;

	store_open_for_writing(fcinfo);
	get_row_and_lock(ENTRANCE_BY_ID, fcinfo->args[0], LockTupleExclusive, RULE_ACS_ENTRANCE_NOT_FOUND, &entrance);
	cards_outdated(STMT_CARDS_OF_ENTRANCE, fcinfo->args[0]);
	delete_row(&entrance);
	store_close();
	PG_RETURN_VOID();
}

/* A lockout ends by itself, so changes of its row are not told; that it ended before is. */
static void
tell_lockout_reset(const Row *entrance)
{
	Details		details;

	details_begin(&details);
	details_varlena(&details, "display_name", entrance->columns[ENTRANCE_DISPLAY_NAME]);
	event_write(session_workspace(), "acs_entrance.lockout_reset", entrance->columns[ENTRANCE_SYSTEM],
				NO_DATUM, NO_DATUM, entrance->columns[ENTRANCE_ID], NO_DATUM, DATUM(details_end(&details)));
}

/* acs_entrances_reset_lockout(acs_entrance_id uuid) returns void */
PG_FUNCTION_INFO_V1(acs_entrances_reset_lockout);
Datum
acs_entrances_reset_lockout(PG_FUNCTION_ARGS)
{
	Row			entrance;

	store_open_for_writing(fcinfo);
	get_row(ENTRANCE_BY_ID, fcinfo->args[0], FRESH_SIGHT, RULE_ACS_ENTRANCE_NOT_FOUND, &entrance);
	if (lockout_lift(PG_GETARG_DATUM(0)))
		tell_lockout_reset(&entrance);
	store_close();
	PG_RETURN_VOID();
}

/* ---------- who has access ---------- */

/* The user of an entrance, by identity the one in its system; both have to be in one. */
static Holder
find_user_of_entrance(NullableDatum entrance, NullableDatum acs_user_id, NullableDatum user_identity_id)
{
	Row			found;
	Holder		user;

	get_row(ENTRANCE_BY_ID, entrance, FRESH_SIGHT, RULE_ACS_ENTRANCE_NOT_FOUND, &found);
	user = find_holder_to_change(acs_user_id, user_identity_id,
								 acs_user_id.isnull ? found.columns[ENTRANCE_SYSTEM] : NO_DATUM);
	require_entrances(&entrance.value, 1, user.acs_system_id);
	return user;
}

/*
 * The user's credentials, which are to be given an entrance.  If the type limits the
 * entrances of each, they are locked against whoever else gives them one.
 */
static void
lock_credentials(const Holder *user)
{
	Rows		credentials = statement_run(STMT_USER_KEEP_CREDENTIALS, (NullableDatum[])
	{
		user->acs_user_id, DATUM(user->acs_system_id)
	});
	Row			locked;

	if (credentials.count == 0)
		raise_rule(RULE_ACS_CREDENTIAL_NOT_FOUND, "User %s has no credential that could be given the entrance.",
				   id_text(user->acs_user_id.value));
	for (uint64 i = 0; user->policy.max_entrances_per_code > 0 && i < credentials.count; i++)
	{
		Datum		id = row_get(credentials, i, 1).value;

		CHECK_FOR_INTERRUPTS();
		find_row_and_lock(CREDENTIAL_BY_ID, &id, FRESH_SIGHT, LockTupleNoKeyExclusive, &locked);
	}
}

/*
 * Error if one of the user's codes has more entrances than the type allows, by what is
 * committed by now: it is locked.
 */
static void
require_few_entrances(const Holder *user)
{
	unsigned	limit = user->policy.max_entrances_per_code;

	if (limit > 0 && statement_run_at_latest(STMT_CODE_WITH_MORE_ENTRANCES, (NullableDatum[])
											 {
												 user->acs_user_id, DATUM(user->acs_system_id), DATUM(Int32GetDatum(limit))
											 }).count > 0)
		raise_policy_rule(RULE_TOO_MANY_ENTRANCES, user);
}

/*
 * acs_entrances_grant_access(acs_entrance_id, acs_user_id, user_identity_id)
 *		returns void
 */
PG_FUNCTION_INFO_V1(acs_entrances_grant_access);
Datum
acs_entrances_grant_access(PG_FUNCTION_ARGS)
{
	NullableDatum entrance = fcinfo->args[0];
	Holder		user;

	store_open_for_writing(fcinfo);
	user = find_user_of_entrance(entrance, fcinfo->args[1], fcinfo->args[2]);
	lock_credentials(&user);
	if (statement_run(STMT_ENTRANCE_GRANT, (NullableDatum[])
					  {
						  entrance, DATUM(user.acs_system_id), user.acs_user_id
					  }).count > 0)
		user_cards_outdated(&user);
	require_few_entrances(&user);
	store_close();
	PG_RETURN_VOID();
}

/* Also groups that the transaction cannot see give access. */
static void
require_no_group(NullableDatum entrance, const Holder *user)
{
	Rows		groups = statement_run_at_latest(STMT_ENTRANCE_GROUPS_OF_USER,
												 (NullableDatum[]) {entrance, user->acs_user_id});

	if (groups.count > 0)
		raise_rule(RULE_ACCESS_BY_GROUP, "The access group is %s (\"%s\").",
				   id_text(row_get(groups, 0, 1).value), TextDatumGetCString(row_get(groups, 0, 2).value));
}

/*
 * acs_entrances_revoke_access(acs_entrance_id, acs_user_id, user_identity_id)
 *		returns void
 */
PG_FUNCTION_INFO_V1(acs_entrances_revoke_access);
Datum
acs_entrances_revoke_access(PG_FUNCTION_ARGS)
{
	NullableDatum entrance = fcinfo->args[0];
	Holder		user;
	NullableDatum params[3];

	store_open_for_writing(fcinfo);
	user = find_user_of_entrance(entrance, fcinfo->args[1], fcinfo->args[2]);
	require_no_group(entrance, &user);
	params[0] = entrance;
	params[1] = user.acs_user_id;
	params[2] = DATUM(user.acs_system_id);
	/* credentials before what hangs on them */
	statement_run_at_latest(STMT_USER_KEEP_CREDENTIALS, &params[1]);
	if (statement_run_at_latest(STMT_ENTRANCE_OF_USER, params).count > 0)
	{
		user_cards_outdated(&user);
		statement_run_at_latest(STMT_ENTRANCE_REVOKE, params);
	}
	store_close();
	PG_RETURN_VOID();
}

/* The one condition that the API knows: it is written as Visionline's, and holds for all. */
static bool
only_valid(FunctionCallInfo fcinfo)
{
	Datum	   *conditions;
	bool	   *nulls;
	int			n = 0;

	if (!PG_ARGISNULL(1))
		deconstruct_array(PG_GETARG_ARRAYTYPE_P(1), TEXTOID, -1, false, TYPALIGN_INT,
						  &conditions, &nulls, &n);
	for (int i = 0; i < n; i++)
	{
		if (nulls[i] || strcmp(TextDatumGetCString(conditions[i]), "visionline_metadata.is_valid") != 0)
			raise_rule(RULE_INVALID_FILTER, NULL);
	}
	return n > 0;
}

/*
 * acs_entrances_list_credentials_with_access(acs_entrance_id uuid, include_if text[])
 *		returns setof acs_credential
 */
PG_FUNCTION_INFO_V1(acs_entrances_list_credentials_with_access);
Datum
acs_entrances_list_credentials_with_access(PG_FUNCTION_ARGS)
{
	Row			entrance;

	store_open(fcinfo);
	get_row(ENTRANCE_BY_ID, fcinfo->args[0], CALLERS_SIGHT, RULE_ACS_ENTRANCE_NOT_FOUND, &entrance);
	return_credential_objects(fcinfo, statement_run(STMT_ENTRANCE_CREDENTIALS, (NullableDatum[])
	{
		fcinfo->args[0],
		DATUM(BoolGetDatum(only_valid(fcinfo))),
		now_datum()
	}));
	store_close();
	return (Datum) 0;
}
