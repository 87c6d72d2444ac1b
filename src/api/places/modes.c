/*
 * modes.c
 *		/acs/entrances/set_mode and /acs/systems/set_mode
 *
 * The mode that was set last is the one that holds: nothing is stacked.
 */
#include "postgres.h"

#include "fmgr.h"
#include "utils/timestamp.h"

#include "api/rows.h"
#include "errors.h"
#include "store/values.h"

/* Of what is controlled, no end is kept: it changes nothing. */
static NullableDatum
mode_end(NullableDatum mode, NullableDatum until)
{
	if (mode.isnull)
		raise_rule(RULE_INVALID_MODE, "There is no mode.");
	if (!until.isnull && DatumGetTimestampTz(until.value) <= GetCurrentTimestamp())
		raise_rule(RULE_INVALID_MODE, "It ends in the past.");
	if (until.isnull || TIMESTAMP_IS_NOEND(DatumGetTimestampTz(until.value)) ||
		enum_position(&entrance_modes, DatumGetObjectId(mode.value)) == DOOR_CONTROLLED)
		return NO_DATUM;
	return until;
}

/* The arguments of both: id, mode, until. */
static Datum
set_mode(FunctionCallInfo fcinfo, KeyId key, Rule rule_if_none, int mode, int until)
{
	Row			row;
	Change		changes[2];

	store_open_for_writing(fcinfo);
	changes[0] = (Change) {mode, fcinfo->args[1]};
	changes[1] = (Change) {until, mode_end(fcinfo->args[1], fcinfo->args[2])};
	get_row_and_lock(key, fcinfo->args[0], LockTupleNoKeyExclusive, rule_if_none, &row);
	update_row(&row, changes, lengthof(changes), NULL);
	return store_close_with(row_composite(&row));
}

/*
 * acs_entrances_set_mode(acs_entrance_id uuid, mode acs_entrance_mode, until timestamptz)
 *		returns acs_entrances
 */
PG_FUNCTION_INFO_V1(acs_entrances_set_mode);
Datum
acs_entrances_set_mode(PG_FUNCTION_ARGS)
{
	return set_mode(fcinfo, ENTRANCE_BY_ID, RULE_ACS_ENTRANCE_NOT_FOUND, ENTRANCE_MODE, ENTRANCE_MODE_UNTIL);
}

/*
 * acs_systems_set_mode(acs_system_id uuid, mode acs_entrance_mode, until timestamptz)
 *		returns acs_systems
 */
PG_FUNCTION_INFO_V1(acs_systems_set_mode);
Datum
acs_systems_set_mode(PG_FUNCTION_ARGS)
{
	return set_mode(fcinfo, SYSTEM_BY_ID, RULE_ACS_SYSTEM_NOT_FOUND, SYSTEM_MODE, SYSTEM_MODE_UNTIL);
}
