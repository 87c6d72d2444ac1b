/*
 * validity.c
 *		Windows: contain, overlap, intersect, state at an instant.
 */
#include "domain/validity.h"

/* A window holds at least one instant, and its bounds are where they belong. */
bool
window_is_ordered(Window window)
{
	return window.starts_at < window.ends_at;
}

/*
 * Only an instant of infinity is not before NEVER_ENDS; a window without an end
 * contains it all the same.
 */
WindowState
window_state(Window window, Instant at)
{
	if (at < window.starts_at)
		return WINDOW_UPCOMING;
	if (at >= window.ends_at && window.ends_at != NEVER_ENDS)
		return WINDOW_EXPIRED;
	return WINDOW_ACTIVE;
}

bool
window_contains(Window window, Instant at)
{
	return window_state(window, at) == WINDOW_ACTIVE;
}

/*
 * How far the instant is from the window, in microseconds; 0 only inside it.
 * Among credentials that hold the same code at different times, the nearest is
 * the one that the person at the door means.
 */
uint64_t
window_distance(Window window, Instant at)
{
	switch (window_state(window, at))
	{
		case WINDOW_UPCOMING:
			return (uint64_t) window.starts_at - (uint64_t) at;
		case WINDOW_EXPIRED:
			return (uint64_t) at - (uint64_t) window.ends_at + 1;
		case WINDOW_ACTIVE:
			break;
	}
	return 0;
}

/* Windows that only touch do not overlap, and an empty one overlaps nothing. */
bool
windows_overlap(Window a, Window b)
{
	return window_is_ordered(window_intersection(a, b));
}

/* Is every instant of the one in the other? */
bool
window_covers(Window outer, Window inner)
{
	return !window_is_ordered(inner) ||
		(outer.starts_at <= inner.starts_at && inner.ends_at <= outer.ends_at);
}

Window
window_intersection(Window a, Window b)
{
	Window		result;

	result.starts_at = a.starts_at > b.starts_at ? a.starts_at : b.starts_at;
	result.ends_at = a.ends_at < b.ends_at ? a.ends_at : b.ends_at;
	return result;
}
