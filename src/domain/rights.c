/*
 * rights.c
 *		Windows and schedules of a credential, its user and the groups between them.
 */
#include "domain/rights.h"

/* No clock shows an infinity. */
static bool
is_open(const Schedule *schedule, const Calendar *calendar, Instant at)
{
	return schedule == NULL ||
		(at != ALWAYS_BEGUN && at != NEVER_ENDS && schedule_open_at(schedule, calendar, at));
}

static PathState
path_state(const Path *path, const Calendar *calendar, Instant at)
{
	const Hours *hours = &path->hours;

	if (window_state(hours->window, at) == WINDOW_EXPIRED)
		return NO_PATH;
	return window_contains(hours->window, at) && is_open(hours->schedule, calendar, at) ? PATH_OPEN : PATH_CLOSED;
}

/* The best of all. */
static void
paths_at(const Rights *rights, Instant at, AccessFacts *facts)
{
	facts->path = NO_PATH;
	facts->enters_when_locked = false;
	for (int i = 0; i < rights->n_paths; i++)
	{
		PathState	state = path_state(&rights->paths[i], rights->calendar, at);

		if (state > facts->path)
			facts->path = state;
		if (state == PATH_OPEN && rights->paths[i].enters_when_locked)
			facts->enters_when_locked = true;
	}
}

static bool
holds(const ModeWindow *set, Instant at)
{
	return set->mode != DOOR_CONTROLLED && (at < set->until || set->until == NEVER_ENDS);
}

static DoorMode
mode_at(const Door *door, const Calendar *calendar, Instant at)
{
	if (holds(&door->system, at))
		return door->system.mode;
	if (holds(&door->entrance, at))
		return door->entrance.mode;
	return door->unlock_schedule != NULL && is_open(door->unlock_schedule, calendar, at) ? DOOR_UNLOCKED : DOOR_CONTROLLED;
}

bool
door_may_be_locked(const Door *door)
{
	return door->system.mode == DOOR_LOCKED || door->entrance.mode == DOOR_LOCKED;
}

bool
door_may_be_unlocked(const Door *door)
{
	return door->system.mode == DOOR_UNLOCKED || door->entrance.mode == DOOR_UNLOCKED || door->unlock_schedule != NULL;
}

void
rights_at(const Rights *rights, Instant at, AccessFacts *facts)
{
	facts->window = window_state(window_intersection(rights->credential.window, rights->parent.window), at);
	facts->is_within_hours = is_open(rights->credential.schedule, rights->calendar, at) &&
		is_open(rights->parent.schedule, rights->calendar, at);
	facts->schedule = window_state(rights->user, at);
	facts->mode = mode_at(&rights->door, rights->calendar, at);
	paths_at(rights, at, facts);
}

/* ---------- until when ---------- */

static Instant
earlier(Instant a, Instant b)
{
	return a < b ? a : b;
}

static Instant
window_change(Window window, Instant at)
{
	if (at < window.starts_at)
		return window.starts_at;
	return at < window.ends_at ? window.ends_at : NEVER_ENDS;
}

/* The first instant after one at which they hold and did not, or the reverse; not too late. */
static Instant
hours_change(const Hours *hours, const Calendar *calendar, Instant at, Instant horizon)
{
	Instant		change = window_change(hours->window, at);

	if (hours->schedule == NULL || !window_contains(hours->window, at))
		return change;
	return earlier(change, schedule_next_change(hours->schedule, calendar, at, earlier(change, horizon)));
}

/* What is over does not come back. */
static bool
is_over(const Rights *rights, Instant at)
{
	AccessFacts then;

	paths_at(rights, at, &then);
	return window_state(rights->credential.window, at) == WINDOW_EXPIRED ||
		window_state(rights->parent.window, at) == WINDOW_EXPIRED ||
		window_state(rights->user, at) == WINDOW_EXPIRED ||
		then.path == NO_PATH;
}

static Instant
mode_change(const ModeWindow *set, Instant at)
{
	return holds(set, at) ? set->until : NEVER_ENDS;
}

static Instant
door_change(const Door *door, const Calendar *calendar, Instant at, Instant horizon)
{
	Instant		change = earlier(mode_change(&door->system, at), mode_change(&door->entrance, at));

	if (door->unlock_schedule == NULL)
		return change;
	return earlier(change, schedule_next_change(door->unlock_schedule, calendar, at, earlier(change, horizon)));
}

static Instant
next_change(const Rights *rights, Instant at, Instant horizon)
{
	const Calendar *calendar = rights->calendar;
	Instant		change = earlier(window_change(rights->user, at), door_change(&rights->door, calendar, at, horizon));

	change = earlier(change, hours_change(&rights->credential, calendar, at, horizon));
	change = earlier(change, hours_change(&rights->parent, calendar, at, horizon));
	for (int i = 0; i < rights->n_paths; i++)
		change = earlier(change, hours_change(&rights->paths[i].hours, calendar, at, horizon));
	return change;
}

static bool
opens_at(const Rights *rights, const AccessFacts *facts, Instant at)
{
	AccessFacts then = *facts;

	rights_at(rights, at, &then);
	return decide(&then) == GRANTED;
}

Instant
rights_change(const Rights *rights, const AccessFacts *facts, Instant at, Instant horizon)
{
	bool		opens = decide(facts) == GRANTED;
	bool		may_unlock = door_may_be_unlocked(&rights->door);

	if (!opens && !may_unlock && decide(facts) & ~LIFTED_BY_TIME)
		return NEVER_ENDS;
	while (opens || may_unlock || !is_over(rights, at))
	{
		at = next_change(rights, at, horizon);
		if (at >= horizon)
			break;
		if (opens_at(rights, facts, at) != opens)
			return at;
	}
	return NEVER_ENDS;
}
