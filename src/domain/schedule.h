/*
 * schedule.h
 *		Weekly schedules: at which hours of which days something is open.
 *
 * Rules as in OpenStreetMap's opening_hours: "Mo-Fr 08:00-18:00; PH off".  A
 * later rule replaces earlier ones for the days it names, and a rule for
 * holidays (PH) goes before the weekday, wherever it stands.  A span past
 * midnight belongs to the day on which it starts, whatever the next day is.
 */
#ifndef DOMAIN_SCHEDULE_H
#define DOMAIN_SCHEDULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "domain/validity.h"

#define SCHEDULE_WEEKDAYS	7	/* Monday is 0 */
#define SCHEDULE_HOLIDAY	7	/* the day after them is a holiday */
#define SCHEDULE_DAYS		8
#define SCHEDULE_MINUTES	1440	/* of a day, as clocks show them */

typedef struct ScheduleDay
{
	uint32_t	open[SCHEDULE_MINUTES / 32];	/* a bit for each minute */
	int			spill;			/* minutes of the next day that belong to this one */
} ScheduleDay;

typedef struct Schedule
{
	ScheduleDay days[SCHEDULE_DAYS];
	bool		has_holidays;	/* else a holiday is an ordinary day */
} Schedule;

#define NO_HOLIDAY INT32_MAX

/*
 * What is to be known of a place.  Days are counted from 2000-01-01, as the
 * server's date; instants as in validity.h.
 */
typedef struct Calendar
{
	/* by how many seconds clocks are ahead of UTC, and at least until when */
	int32_t		(*clock_offset) (const void *place, Instant at, Instant *until);
	/* the first holiday that is not before the day, or NO_HOLIDAY */
	int32_t		(*next_holiday) (const void *place, int32_t day);
	const void *place;
} Calendar;

extern size_t schedule_parse(const char *text, size_t length, Schedule *schedule);
extern size_t schedule_text(const Schedule *schedule, char *text, size_t size);
extern bool schedule_contains(const Schedule *schedule, int weekday, int minute,
							  bool is_holiday, bool follows_holiday);
extern bool schedule_open_at(const Schedule *schedule, const Calendar *calendar, Instant at);
extern Instant schedule_next_change(const Schedule *schedule, const Calendar *calendar,
									Instant at, Instant horizon);

#endif							/* DOMAIN_SCHEDULE_H */
