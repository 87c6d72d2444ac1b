/*
 * time_zones.c
 *		The time zone of a system: its name, and wall-clock times there as instants.
 */
#include "postgres.h"

#include <ctype.h>

#include "commands/trigger.h"
#include "utils/builtins.h"
#include "utils/datetime.h"
#include "utils/timestamp.h"

#include "errors.h"
#include "store/time_zones.h"
#include "store/trigger_table.h"

/* ---------- names ---------- */

/*
 * pg_tzset() also takes what is no name of the IANA database: any case, offsets
 * such as "GMT+5", which means the opposite of what it seems, and other files of
 * the zones' directory.  The database's names begin with a capital; an offset
 * has a digit, and comes back in capitals.
 */
static pg_tz *
find_zone(const char *name)
{
	pg_tz	   *zone = isupper((unsigned char) name[0]) ? pg_tzset(name) : NULL;

	if (zone == NULL || !pg_tz_acceptable(zone) || strcmp(pg_get_timezone_name(zone), name) != 0)
		return NULL;
	for (const char *c = name; *c != '\0'; c++)
	{
		if (islower((unsigned char) *c))
			return zone;
	}
	return strpbrk(name, "0123456789") == NULL ? zone : NULL;
}

pg_tz *
require_time_zone(NullableDatum name)
{
	pg_tz	   *zone = name.isnull ? NULL : find_zone(TextDatumGetCString(name.value));

	if (zone == NULL)
		raise_rule(RULE_INVALID_TIME_ZONE, "The name is %s.",
				   name.isnull ? "null" : psprintf("\"%s\"", TextDatumGetCString(name.value)));
	return zone;
}

pg_tz *
time_zone_of(const Row *system)
{
	return require_time_zone(system->columns[SYSTEM_TIME_ZONE]);
}

/*
 * CREATE TRIGGER time_zone BEFORE INSERT OR UPDATE ON acs_systems
 *		FOR EACH ROW EXECUTE FUNCTION acs_check_time_zone();
 */
PG_FUNCTION_INFO_V1(acs_check_time_zone);
Datum
acs_check_time_zone(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;
	const TriggerTable *table;

	require_trigger_of_rows(fcinfo, TRIGGER_EVENT_BEFORE, "acs_check_time_zone");
	table = trigger_table(trigger->tg_relation, TABLE_SYSTEMS);
	require_time_zone(trigger_column(table, trigger_new_slot(trigger), SYSTEM_TIME_ZONE));
	return PointerGetDatum(trigger_new_tuple(trigger));
}

/* ---------- instants ---------- */

static pg_noreturn void
raise_out_of_range(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
			 errmsg("timestamp out of range")));
}

/* What the clock skips is as late as if it did not; of what it shows twice, the second. */
TimestampTz
instant_in_zone(Timestamp wall_clock, pg_tz *zone)
{
	struct pg_tm tm;
	fsec_t		fsec;
	TimestampTz instant;

	if (TIMESTAMP_NOT_FINITE(wall_clock))
		return wall_clock;
	if (timestamp2tm(wall_clock, NULL, &tm, &fsec, NULL, NULL) != 0)
		raise_out_of_range();
	instant = wall_clock + (TimestampTz) DetermineTimeZoneOffset(&tm, zone) * USECS_PER_SEC;
	if (!IS_VALID_TIMESTAMP(instant))
		raise_out_of_range();
	return instant;
}

static Timestamp
wall_clock_at(TimestampTz instant, pg_tz *zone)
{
	struct pg_tm tm;
	fsec_t		fsec;
	int			offset;

	if (timestamp2tm(instant, &offset, &tm, &fsec, NULL, zone) != 0)
		raise_out_of_range();
	return instant - (Timestamp) offset * USECS_PER_SEC;
}

TimestampTz
start_of_day(DateADT day, pg_tz *zone)
{
	Timestamp	midnight;
	TimestampTz start;
	Timestamp	before;

	if (DATE_NOT_FINITE(day))
		return DATE_IS_NOBEGIN(day) ? DT_NOBEGIN : DT_NOEND;
	if (day < DATETIME_MIN_JULIAN - POSTGRES_EPOCH_JDATE || day >= TIMESTAMP_END_JULIAN - POSTGRES_EPOCH_JDATE)
		raise_out_of_range();
	midnight = (Timestamp) day * USECS_PER_DAY;
	start = instant_in_zone(midnight, zone);

	/* where the clock goes back to midnight, the day has begun before that */
	before = wall_clock_at(start - 1, zone);
	return before < midnight ? start : start - 1 - (before - midnight);
}
