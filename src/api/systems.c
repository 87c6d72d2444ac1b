/*
 * systems.c
 *		Systems and entrances: what a credential refers to.
 */
#include "postgres.h"

#include "catalog/pg_type_d.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"
#include "utils/uuid.h"

#include "api/credentials_object.h"
#include "api/holder.h"
#include "api/rows.h"
#include "api/systems.h"
#include "api/values.h"
#include "errors.h"
#include "store/events.h"

/* ---------- lists of entrances ---------- */

static int
compare_ids(const void *a, const void *b)
{
	return memcmp(DatumGetUUIDP(*(const Datum *) a), DatumGetUUIDP(*(const Datum *) b), UUID_LEN);
}

static void
require_different(Datum *ids, int n)
{
	qsort(ids, n, sizeof(Datum), compare_ids);
	for (int i = 1; i < n; i++)
	{
		if (compare_ids(&ids[i - 1], &ids[i]) == 0)
			raise_rule(RULE_INVALID_ENTRANCES, "Entrance %s is repeated.", id_text(ids[i]));
	}
}

Datum
entrances_from_arg(NullableDatum argument, size_t *count)
{
	ArrayType  *array;
	Datum	   *ids;
	int			n;

	*count = 0;
	if (argument.isnull)
		return PointerGetDatum(construct_empty_array(UUIDOID));
	array = DatumGetArrayTypeP(argument.value);
	if (ARR_NDIM(array) > 1 || array_contains_nulls(array))
		raise_rule(RULE_INVALID_ENTRANCES, NULL);
	deconstruct_array(array, UUIDOID, UUID_LEN, false, TYPALIGN_CHAR, &ids, NULL, &n);
	require_different(ids, n);
	pfree(ids);
	*count = n;
	return PointerGetDatum(array);
}

void
require_entrances(Datum entrances, Datum acs_system_id)
{
	Rows		strangers = statement_run(STMT_ENTRANCES_STRANGE,
										  (NullableDatum[]) {DATUM(entrances), DATUM(acs_system_id)});
	bool		exists;

	if (strangers.count == 0)
		return;
	exists = DatumGetBool(row_get(strangers, 0, 2).value);
	raise_rule(exists ? RULE_ENTRANCE_IN_OTHER_SYSTEM : RULE_ACS_ENTRANCE_NOT_FOUND,
			   "The entrance is %s.", id_text(row_get(strangers, 0, 1).value));
}

void
require_credential_manager(Datum acs_system_id)
{
	Rows		rows = statement_run(STMT_MANAGER_GET, &DATUM(acs_system_id));

	if (rows.count == 0)
		raise_rule(RULE_ACS_SYSTEM_NOT_FOUND, "The system is %s.", id_text(acs_system_id));
	if (!DatumGetBool(row_get(rows, 0, 1).value))
		raise_rule(RULE_NOT_A_CREDENTIAL_MANAGER, "The system is %s.", id_text(acs_system_id));
}

void
require_name(NullableDatum name, const char *argument)
{
	if (name.isnull || VARSIZE_ANY_EXHDR(PG_DETOAST_DATUM_PACKED(name.value)) == 0)
		raise_rule(RULE_INVALID_NAME, "It is given as %s.", argument);
}

/* ---------- systems ---------- */

/*
 * acs_systems_create(name text, system_type text,
 *		default_credential_manager_acs_system_id uuid, connected_account_id uuid)
 *		returns acs_systems
 */
PG_FUNCTION_INFO_V1(acs_systems_create);
Datum
acs_systems_create(PG_FUNCTION_ARGS)
{
	Rows		rows;

	store_open_for_writing(fcinfo);
	require_name(fcinfo->args[0], "name");
	if (!PG_ARGISNULL(2))
		require_credential_manager(PG_GETARG_DATUM(2));
	rows = statement_run(STMT_SYSTEM_CREATE, fcinfo->args);
	if (rows.count == 0)
		raise_rule(RULE_INVALID_SYSTEM_TYPE, NULL);
	return store_close_with(row_get(rows, 0, 1).value);
}

/* acs_systems_get(acs_system_id uuid) returns acs_systems */
PG_FUNCTION_INFO_V1(acs_systems_get);
Datum
acs_systems_get(PG_FUNCTION_ARGS)
{
	return read_row(fcinfo, STMT_SYSTEM_GET, RULE_ACS_SYSTEM_NOT_FOUND);
}

/* acs_systems_list(search, page_size, page_cursor) returns setof acs_systems */
PG_FUNCTION_INFO_V1(acs_systems_list);
Datum
acs_systems_list(PG_FUNCTION_ARGS)
{
	require_page(fcinfo->args[1]);
	return read_set(fcinfo, STMT_SYSTEM_LIST);
}

/* ---------- entrances ---------- */

/*
 * acs_entrances_create(acs_system_id uuid, display_name text,
 *		can_unlock_with_code, _card, _mobile_key boolean) returns acs_entrances
 */
PG_FUNCTION_INFO_V1(acs_entrances_create);
Datum
acs_entrances_create(PG_FUNCTION_ARGS)
{
	NullableDatum params[5];
	Rows		rows;

	store_open_for_writing(fcinfo);
	require_name(fcinfo->args[1], "display_name");
	memcpy(params, fcinfo->args, sizeof(params));
	for (int i = 2; i < 5; i++)
	{
		if (params[i].isnull)
			params[i] = DATUM(BoolGetDatum(true));
	}
	rows = statement_run(STMT_ENTRANCE_CREATE, params);
	require_row(rows, RULE_ACS_SYSTEM_NOT_FOUND, fcinfo->args[0]);
	return store_close_with(row_get(rows, 0, 1).value);
}

/* acs_entrances_get(acs_entrance_id uuid) returns acs_entrances */
PG_FUNCTION_INFO_V1(acs_entrances_get);
Datum
acs_entrances_get(PG_FUNCTION_ARGS)
{
	return read_row(fcinfo, STMT_ENTRANCE_GET, RULE_ACS_ENTRANCE_NOT_FOUND);
}

/*
 * acs_entrances_list(acs_system_id, acs_credential_id, search, page_size,
 *		page_cursor) returns setof acs_entrances
 */
PG_FUNCTION_INFO_V1(acs_entrances_list);
Datum
acs_entrances_list(PG_FUNCTION_ARGS)
{
	require_page(fcinfo->args[3]);
	return read_set(fcinfo, STMT_ENTRANCE_LIST);
}

/* Error if one of the user's codes has more entrances than the type allows. */
static void
require_few_entrances(const Holder *user)
{
	unsigned	limit = user->policy.max_entrances_per_code;

	if (limit > 0 && statement_run(STMT_CODE_WITH_MORE_ENTRANCES, (NullableDatum[])
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
	Rows		found;
	Holder		user;

	store_open_for_writing(fcinfo);
	found = statement_run_fresh(STMT_ENTRANCE_GET, &entrance);
	require_row(found, RULE_ACS_ENTRANCE_NOT_FOUND, entrance);
	user = find_holder(fcinfo->args[1], fcinfo->args[2],
					   PG_ARGISNULL(1) ? row_get(found, 0, 2) : NO_DATUM);
	require_entrances(PointerGetDatum(construct_array(&entrance.value, 1, UUIDOID, UUID_LEN, false, TYPALIGN_CHAR)),
					  user.acs_system_id);
	if (statement_run_fresh(STMT_USER_HAS_CREDENTIALS,
							(NullableDatum[]) {user.acs_user_id, DATUM(user.acs_system_id)}).count == 0)
		raise_rule(RULE_ACS_CREDENTIAL_NOT_FOUND, "User %s has no credential that could be given the entrance.",
				   id_text(user.acs_user_id.value));
	if (statement_run(STMT_ENTRANCE_GRANT, (NullableDatum[])
					  {
						  entrance, DATUM(user.acs_system_id), user.acs_user_id
					  }).count > 0)
		user_rights_changed(&user, entrance, "access_to_entrance", "granted");
	require_few_entrances(&user);
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
	store_open(fcinfo);
	require_row(statement_run(STMT_ENTRANCE_GET, fcinfo->args),
				RULE_ACS_ENTRANCE_NOT_FOUND, fcinfo->args[0]);
	return_credential_objects(fcinfo, statement_run(STMT_ENTRANCE_CREDENTIALS, (NullableDatum[])
	{
		fcinfo->args[0],
		DATUM(BoolGetDatum(only_valid(fcinfo))),
		DATUM(TimestampTzGetDatum(GetCurrentTimestamp()))
	}));
	store_close();
	return (Datum) 0;
}
