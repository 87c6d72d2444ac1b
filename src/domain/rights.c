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
path_state(const Rights *rights, Instant at)
{
	PathState	state = NO_PATH;

	for (int i = 0; i < rights->n_paths; i++)
	{
		const Hours *path = &rights->paths[i];

		if (window_state(path->window, at) == WINDOW_EXPIRED)
			continue;
		if (window_contains(path->window, at) && is_open(path->schedule, rights->calendar, at))
			return PATH_OPEN;
		state = PATH_CLOSED;
	}
	return state;
}

void
rights_at(const Rights *rights, Instant at, AccessFacts *facts)
{
	facts->window = window_state(window_intersection(rights->credential.window, rights->parent.window), at);
	facts->is_within_hours = is_open(rights->credential.schedule, rights->calendar, at) &&
		is_open(rights->parent.schedule, rights->calendar, at);
	facts->schedule = window_state(rights->user, at);
	facts->path = path_state(rights, at);
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
	return window_state(rights->credential.window, at) == WINDOW_EXPIRED ||
		window_state(rights->parent.window, at) == WINDOW_EXPIRED ||
		window_state(rights->user, at) == WINDOW_EXPIRED ||
		path_state(rights, at) == NO_PATH;
}

static Instant
next_change(const Rights *rights, Instant at, Instant horizon)
{
	const Calendar *calendar = rights->calendar;
	Instant		change = window_change(rights->user, at);

	change = earlier(change, hours_change(&rights->credential, calendar, at, horizon));
	change = earlier(change, hours_change(&rights->parent, calendar, at, horizon));
	for (int i = 0; i < rights->n_paths; i++)
		change = earlier(change, hours_change(&rights->paths[i], calendar, at, horizon));
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

	if (!opens && decide(facts) & ~LIFTED_BY_TIME)
		return NEVER_ENDS;
	while (opens || !is_over(rights, at))
	{
		at = next_change(rights, at, horizon);
		if (at >= horizon)
			break;
		if (opens_at(rights, facts, at) != opens)
			return at;
	}
	return NEVER_ENDS;
}
