/*
 * schedules.h
 *		Schedules as they are stored, and the calendar of a place for src/domain/.
 */
#ifndef STORE_SCHEDULES_H
#define STORE_SCHEDULES_H

#include "fmgr.h"
#include "pgtime.h"
#include "utils/date.h"

#include "domain/schedule.h"
#include "store/tables.h"

/* A schedule is stored as its canonical text is: a varlena without a terminator. */
extern void schedule_from_datum(Datum datum, Schedule *schedule);

#define ALL_HOURS	"24/7"
#define NO_HOURS	"off"

/* An argument as it is stored: what says nothing is null. */
extern NullableDatum schedule_to_store(NullableDatum argument, const char *neutral);

extern bool same_schedule(NullableDatum a, NullableDatum b);

/* Where a schedule holds: its clocks, and its holidays in any order. */
typedef struct SchedulePlace
{
	Calendar	calendar;
	pg_tz	   *zone;
	Instant		asked_from;		/* clocks were asked last, and until when they go so */
	Instant		asked_until;
	int32_t		offset;
	int			n_holidays;
	DateADT	   *holidays;
} SchedulePlace;

/* Holidays are a date[], of which nulls and infinities are no day. */
extern SchedulePlace *make_schedule_place(pg_tz *zone, Datum holidays);

/* That of a row of acs_systems; holidays are read if they are asked for. */
extern SchedulePlace *schedule_place_of(const Row *system, bool with_holidays, Sight sight);

#endif							/* STORE_SCHEDULES_H */
