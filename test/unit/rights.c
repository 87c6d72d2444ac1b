/*
 * rights.c
 *		What a credential may do over time: facts at an instant, and when that changes.
 */
#include "domain/rights.h"

#include <string.h>

#include "tap.h"

#define MINUTE	INT64_C(60000000)
#define HOUR	(60 * MINUTE)
#define DAY		(24 * HOUR)

/* ---------- a place in UTC, where the third day is a holiday ---------- */

static int32_t
clock_offset(const void *place, Instant at, Instant *until)
{
	(void) place;
	*until = at + DAY;
	return 0;
}

static int32_t
next_holiday(const void *place, int32_t day)
{
	(void) place;
	return day <= 3 ? 3 : NO_HOLIDAY;
}

static const Calendar calendar = {clock_offset, next_holiday, NULL};

static Schedule
schedule_of(const char *text)
{
	Schedule	schedule;

	if (schedule_parse(text, strlen(text), &schedule) != 0)
		ok(false, "%s is a schedule", text);
	return schedule;
}

static const AccessFacts facts = {
	.method = METHOD_CODE,
	.entrance_supports_method = true,
	.is_known = true,
	.is_assigned = true,
};

static Instant
change_after(const Rights *rights, AccessFacts then, Instant at, Instant horizon)
{
	rights_at(rights, at, &then);
	return rights_change(rights, &then, at, horizon);
}

/* ---------- single rules ---------- */

static void
test_paths(void)
{
	static const Hours always = ALWAYS;
	const Path	later = {{{DAY, 2 * DAY}, NULL}, false};
	Rights		rights = {.credential = always,.parent = always,.user = {ALWAYS_BEGUN, NEVER_ENDS}};
	AccessFacts then = facts;

	rights_at(&rights, 0, &then);
	ok(then.path == NO_PATH && decide(&then) == DENIAL(DENIED_ENTRANCE_NOT_ALLOWED), "no path");
	rights.n_paths = 1;
	rights.paths = &later;
	rights_at(&rights, 0, &then);
	ok(then.path == PATH_CLOSED && decide(&then) == DENIAL(DENIED_OUTSIDE_SCHEDULE), "a path that is to come");
	rights_at(&rights, DAY, &then);
	ok(then.path == PATH_OPEN && decide(&then) == GRANTED, "one that is open");
	rights_at(&rights, 2 * DAY, &then);
	ok(then.path == NO_PATH, "one that is over is none");
	ok(change_after(&rights, facts, 0, 9 * DAY) == DAY, "it opens");
	ok(change_after(&rights, facts, DAY, 9 * DAY) == 2 * DAY, "it closes");
	ok(change_after(&rights, facts, 2 * DAY, 9 * DAY) == NEVER_ENDS, "for good");
	ok(change_after(&rights, facts, 0, DAY) == NEVER_ENDS, "the horizon is not seen");
	then = facts;
	then.is_disabled = true;
	ok(change_after(&rights, then, 0, 9 * DAY) == NEVER_ENDS, "time does not enable");
}

static void
test_modes(void)
{
	static const Hours always = ALWAYS;
	const Path	paths[] = {{ALWAYS, false}, {{{ALWAYS_BEGUN, 5 * DAY}, NULL}, true}};
	const Schedule unlocked = schedule_of("12:00-13:00");
	Rights		rights = {.credential = always,.parent = always,.user = {ALWAYS_BEGUN, NEVER_ENDS},
		.n_paths = 2,.paths = paths,.calendar = &calendar};
	AccessFacts stranger = {.method = METHOD_CODE};

	rights.door.system = (ModeWindow) {DOOR_LOCKED, 9 * DAY};
	ok(change_after(&rights, facts, 0, 20 * DAY) == 5 * DAY, "locked: who enters then does so as long as the path holds");
	ok(change_after(&rights, facts, 5 * DAY, 20 * DAY) == 9 * DAY, "and others when it ends");
	rights.door.entrance = (ModeWindow) {DOOR_UNLOCKED, 3 * DAY};
	ok(change_after(&rights, stranger, 0, 20 * DAY) == NEVER_ENDS, "the system's mode goes before the entrance's");
	rights.door.system.mode = DOOR_CONTROLLED;
	ok(change_after(&rights, stranger, 0, 20 * DAY) == 3 * DAY, "unlocked: until that ends");
	rights.door.unlock_schedule = &unlocked;
	ok(change_after(&rights, stranger, 3 * DAY, 20 * DAY) == 3 * DAY + 12 * HOUR, "then as the hours say");
	ok(change_after(&rights, facts, 3 * DAY, 20 * DAY) == NEVER_ENDS, "who may enter anyway does not notice");
	rights.door.entrance = (ModeWindow) {DOOR_LOCKED, NEVER_ENDS};
	ok(change_after(&rights, stranger, 3 * DAY, 20 * DAY) == NEVER_ENDS, "locked goes before the hours");
}

static void
test_infinity(void)
{
	const Schedule open = schedule_of("24/7");
	const Hours hours = {{ALWAYS_BEGUN, NEVER_ENDS}, &open};
	const Path	path = {hours, false};
	Rights		rights = {.credential = hours,.parent = hours,.user = hours.window,.n_paths = 1,.paths = &path,.calendar = &calendar};
	AccessFacts then = facts;

	rights_at(&rights, NEVER_ENDS, &then);
	ok(!then.is_within_hours && then.path == PATH_CLOSED, "no clock shows an infinity");
	rights_at(&rights, 0, &then);
	ok(then.is_within_hours && then.path == PATH_OPEN, "but any instant");
}

/* ---------- any rights, minute by minute ---------- */

static unsigned seed = 20240607;

static int
any(int n)
{
	seed = seed * 1103515245 + 12345;
	return (int) (seed >> 8) % n;
}

static Window
any_window(void)
{
	Instant		start = any(6 * 24 * 60) * MINUTE;

	return (Window) {any(2) ? ALWAYS_BEGUN : start, any(2) ? NEVER_ENDS : start + any(3 * 24 * 60) * MINUTE};
}

static Hours
any_hours(const Schedule *schedules, int n)
{
	return (Hours) {any_window(), any(3) == 0 ? NULL : &schedules[any(n)]};
}

static Path
any_path(const Schedule *schedules, int n)
{
	return (Path) {any_hours(schedules, n), any(2)};
}

static ModeWindow
any_mode(void)
{
	return (ModeWindow) {any(3) == 0 ? any(3) : DOOR_CONTROLLED, any(9 * 24 * 60) * MINUTE};
}

static Door
any_door(const Schedule *schedules, int n)
{
	return (Door) {any_mode(), any_mode(), any(4) == 0 ? &schedules[any(n)] : NULL};
}

static bool
opens(const Rights *rights, Instant at)
{
	AccessFacts then = facts;

	rights_at(rights, at, &then);
	return decide(&then) == GRANTED;
}

static Instant
slow_change(const Rights *rights, Instant at, Instant horizon)
{
	bool		before = opens(rights, at);

	for (at += MINUTE; at < horizon; at += MINUTE)
	{
		if (opens(rights, at) != before)
			return at;
	}
	return NEVER_ENDS;
}

static void
test_any(void)
{
	const Schedule schedules[] = {
		schedule_of("Mo-Fr 08:00-18:00; PH off"), schedule_of("22:00-06:00; PH 10:00-14:00"),
		schedule_of("Sa-Tu 00:00-24:00"), schedule_of("12:00-12:30,13:00-20:00")
	};
	const int	n = sizeof(schedules) / sizeof(schedules[0]);
	int			changes = 0;
	int			wrong = 0;

	for (int i = 0; i < 600; i++)
	{
		const Path	paths[] = {any_path(schedules, n), any_path(schedules, n), any_path(schedules, n)};
		const Rights rights = {any_door(schedules, n), any_hours(schedules, n), any_hours(schedules, n), any_window(), any(4), paths, &calendar};
		Instant		at = any(8 * 24 * 60) * MINUTE;
		Instant		change = change_after(&rights, facts, at, 10 * DAY);

		changes += change != NEVER_ENDS;
		wrong += change != slow_change(&rights, at, 10 * DAY);
	}
	ok(changes > 50 && changes < 550, "%d of 600 rights change", changes);
	ok(wrong == 0, "each at the first minute that is not as before");
}

int
main(void)
{
	test_paths();
	test_modes();
	test_infinity();
	test_any();
	return done_testing();
}
