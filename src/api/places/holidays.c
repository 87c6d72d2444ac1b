/*
 * holidays.c
 *		/acs/holidays/...
 *
 * Whoever changes the holidays of a system has it locked, so that of two who do so
 * to one day, one has ended before the other looks.
 */
#include "postgres.h"

#include "utils/date.h"

#include "api/rows.h"
#include "errors.h"
#include "store/values.h"

/* The arguments of both: acs_system_id, day. */
static void
lock_system_of_day(FunctionCallInfo fcinfo, Row *system)
{
	store_open_for_writing(fcinfo);
	if (PG_ARGISNULL(1) || DATE_NOT_FINITE(PG_GETARG_DATEADT(1)))
		raise_rule(RULE_INVALID_DAY, NULL);
	get_row_and_lock(SYSTEM_BY_ID, fcinfo->args[0], LockTupleNoKeyExclusive, RULE_ACS_SYSTEM_NOT_FOUND, system);
}

/* acs_holidays_add(acs_system_id uuid, day date, name text) returns void */
PG_FUNCTION_INFO_V1(acs_holidays_add);
Datum
acs_holidays_add(PG_FUNCTION_ARGS)
{
	NullableDatum name = is_blank(fcinfo->args[2]) ? NO_DATUM : fcinfo->args[2];
	Change		new_name = {HOLIDAY_NAME, name};
	Row			system;
	Row			holiday;

	lock_system_of_day(fcinfo, &system);
	if (!find_row_and_lock(HOLIDAY_BY_ID, (Datum[]) {PG_GETARG_DATUM(0), PG_GETARG_DATUM(1)},
						   LATEST_SIGHT, LockTupleNoKeyExclusive, &holiday))
		insert_row(TABLE_HOLIDAYS, (NullableDatum[])
	{
		system.columns[WORKSPACE], system.columns[SYSTEM_ID], fcinfo->args[1], name,
		now_datum()
	}, NULL, NULL);
	else
		update_row(&holiday, &new_name, 1, NULL);
	store_close();
	PG_RETURN_VOID();
}

/* acs_holidays_remove(acs_system_id uuid, day date) returns void */
PG_FUNCTION_INFO_V1(acs_holidays_remove);
Datum
acs_holidays_remove(PG_FUNCTION_ARGS)
{
	Row			system;
	Row			holiday;

	lock_system_of_day(fcinfo, &system);
	if (find_row(HOLIDAY_BY_ID, (Datum[]) {PG_GETARG_DATUM(0), PG_GETARG_DATUM(1)}, LATEST_SIGHT, &holiday))
		delete_row(&holiday);
	store_close();
	PG_RETURN_VOID();
}
