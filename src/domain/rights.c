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
