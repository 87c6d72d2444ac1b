/*
 * users.c
 *		/acs/users/...
 */
#include "postgres.h"

#include "api/access.h"
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
	N_PARAMS = ARG_GROUPS
};

/*
 * acs_users_create(acs_system_id uuid, full_name text, email_address text,
 *		phone_number text, user_identity_id uuid, access_starts_at timestamptz,
 *		access_ends_at timestamptz, acs_access_group_ids uuid[]) returns acs_users
 */
PG_FUNCTION_INFO_V1(acs_users_create);
Datum
acs_users_create(PG_FUNCTION_ARGS)
{
	NullableDatum params[N_PARAMS];
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
		raise_rule(RULE_ACS_SYSTEM_NOT_FOUND, NULL);
	events_write_rows("acs_user.created", rows);
	return store_close_with(row_get(rows, 0, 1).value);
}
