/*
 * schedules.c
 *		Schedules as they are stored, and the calendar of a place for src/domain/.
 *
 * What a clock shows at an instant is asked of the server, so a schedule and AT
 * TIME ZONE never differ.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/timestamp.h"

#include "compat.h"
#include "store/schedules.h"
#include "store/time_zones.h"

static bool
is_text(const struct varlena *text, const char *bytes, size_t length)
{
	return VARSIZE_ANY_EXHDR(text) == length && memcmp(VARDATA_ANY(text), bytes, length) == 0;
}

NullableDatum
schedule_to_store(NullableDatum argument, const char *neutral)
{
	if (argument.isnull ||
		is_text((struct varlena *) PG_DETOAST_DATUM_PACKED(argument.value), neutral, strlen(neutral)))
		return NO_DATUM;
	return argument;
}

bool
same_schedule(NullableDatum a, NullableDatum b)
{
	struct varlena *text;

	if (a.isnull || b.isnull)
		return a.isnull == b.isnull;
	text = (struct varlena *) PG_DETOAST_DATUM_PACKED(a.value);
	return is_text((struct varlena *) PG_DETOAST_DATUM_PACKED(b.value), VARDATA_ANY(text), VARSIZE_ANY_EXHDR(text));
}

void
schedule_from_datum(Datum datum, Schedule *schedule)
{
	struct varlena *text = (struct varlena *) PG_DETOAST_DATUM_PACKED(datum);

	if (schedule_parse(VARDATA_ANY(text), VARSIZE_ANY_EXHDR(text), schedule) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("stored value is no schedule")));
	if ((Pointer) text != DatumGetPointer(datum))
		pfree(text);
}

/* timestamptz_to_time_t() rounds towards 2000. */
static pg_time_t
whole_seconds(TimestampTz at)
{
	return timestamptz_to_time_t(at) - (at % USECS_PER_SEC < 0);
}

/*
 * Asked for at the instant of the last change in a zone's table,
 * pg_next_dst_boundary() may know none after it.  That there is none is so for a
 * while only; then it is asked again.
 */
static int32_t
ask_zone(pg_tz *zone, Instant at, Instant *until)
{
	pg_time_t	seconds = whole_seconds(at);
	pg_time_t	boundary;
	long int	before;
	long int	after;
	int			is_dst;
	struct pg_tm *tm;

	CHECK_FOR_INTERRUPTS();
	if (pg_next_dst_boundary(&seconds, &before, &is_dst, &boundary, &after, &is_dst, zone) == 1 &&
		boundary < timestamptz_to_time_t(END_TIMESTAMP))
		*until = time_t_to_timestamptz(boundary);
	else
		*until = at + 7 * USECS_PER_DAY;

	tm = pg_localtime(&seconds, zone);
	if (tm == NULL)
		elog(ERROR, "time zone \"%s\" shows no time", pg_get_timezone_name(zone));
	return (int32_t) tm->tm_gmtoff;
}

/* Mostly of instants close together. */
static int32_t
clock_offset(const void *arg, Instant at, Instant *until)
{
	SchedulePlace *place = unconstify(void *, arg);

	if (at < place->asked_from || at >= place->asked_until)
	{
		place->offset = ask_zone(place->zone, at, &place->asked_until);
		place->asked_from = at;
	}
	*until = place->asked_until;
	return place->offset;
}

static int32_t
next_holiday(const void *arg, int32_t day)
{
	const SchedulePlace *place = arg;
	int32_t		next = NO_HOLIDAY;

	CHECK_FOR_INTERRUPTS();
	for (int i = 0; i < place->n_holidays; i++)
	{
		if (place->holidays[i] >= day && place->holidays[i] < next)
			next = place->holidays[i];
	}
	return next;
}

static SchedulePlace *
make_place(pg_tz *zone, int max_holidays)
{
	SchedulePlace *place = palloc(sizeof(SchedulePlace));

	StaticAssertStmt(DATEVAL_NOEND == NO_HOLIDAY,
					 "a holiday at the end of time is none");
	place->calendar = (Calendar) {clock_offset, next_holiday, place};
	place->zone = zone;
	place->asked_from = place->asked_until = 0;
	place->n_holidays = 0;
	place->holidays = palloc(max_holidays * sizeof(DateADT));
	return place;
}

SchedulePlace *
schedule_place_of(const Row *system, bool with_holidays, Sight sight)
{
	List	   *holidays = with_holidays ?
		find_rows(HOLIDAYS_BY_SYSTEM, &row_datum(system, SYSTEM_ID), sight) : NIL;
	SchedulePlace *place = make_place(time_zone_of(system), list_length(holidays));
	ListCell   *cell;

	foreach(cell, holidays)
		place->holidays[place->n_holidays++] = DatumGetDateADT(row_datum((Row *) lfirst(cell), HOLIDAY_DAY));
	return place;
}

SchedulePlace *
make_schedule_place(pg_tz *zone, Datum holidays)
{
	SchedulePlace *place;
	Datum	   *days;
	bool	   *nulls;
	int			n;

	deconstruct_array(DatumGetArrayTypeP(holidays), DATEOID, sizeof(DateADT), true, TYPALIGN_INT,
					  &days, &nulls, &n);
	place = make_place(zone, n);
	for (int i = 0; i < n; i++)
	{
		if (!nulls[i])
			place->holidays[place->n_holidays++] = DatumGetDateADT(days[i]);
	}
	return place;
}
