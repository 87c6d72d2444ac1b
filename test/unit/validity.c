/*
 * validity.c
 *		Windows: half-open, bounded or not.
 */
#include "domain/validity.h"

#include "tap.h"

#define FIRST	INT64_C(820454400000000)	/* some instant, in microseconds */
#define LAST	INT64_C(823132800000000)	/* some later one */

/* ---------- the state at an instant ---------- */

static const struct
{
	const char *what;
	Window		window;
	Instant		at;
	WindowState state;
}			states[] = {
	{"one microsecond before the start", {FIRST, LAST}, FIRST - 1, WINDOW_UPCOMING},
	{"exactly at the start", {FIRST, LAST}, FIRST, WINDOW_ACTIVE},
	{"one microsecond after the start", {FIRST, LAST}, FIRST + 1, WINDOW_ACTIVE},
	{"one microsecond before the end", {FIRST, LAST}, LAST - 1, WINDOW_ACTIVE},
	{"exactly at the end", {FIRST, LAST}, LAST, WINDOW_EXPIRED},
	{"one microsecond after the end", {FIRST, LAST}, LAST + 1, WINDOW_EXPIRED},
	{"long before", {FIRST, LAST}, INT64_MIN, WINDOW_UPCOMING},
	{"long after", {FIRST, LAST}, INT64_MAX, WINDOW_EXPIRED},

	{"window of one microsecond, before", {FIRST, FIRST + 1}, FIRST - 1, WINDOW_UPCOMING},
	{"window of one microsecond, in it", {FIRST, FIRST + 1}, FIRST, WINDOW_ACTIVE},
	{"window of one microsecond, after", {FIRST, FIRST + 1}, FIRST + 1, WINDOW_EXPIRED},

	{"no start, at minus infinity", {ALWAYS_BEGUN, LAST}, INT64_MIN, WINDOW_ACTIVE},
	{"no start, before the end", {ALWAYS_BEGUN, LAST}, LAST - 1, WINDOW_ACTIVE},
	{"no start, at the end", {ALWAYS_BEGUN, LAST}, LAST, WINDOW_EXPIRED},
	{"no end, before the start", {FIRST, NEVER_ENDS}, FIRST - 1, WINDOW_UPCOMING},
	{"no end, at the start", {FIRST, NEVER_ENDS}, FIRST, WINDOW_ACTIVE},
	{"no end, at the last finite instant", {FIRST, NEVER_ENDS}, INT64_MAX - 1, WINDOW_ACTIVE},
	{"no end, at infinity", {FIRST, NEVER_ENDS}, INT64_MAX, WINDOW_ACTIVE},
	{"unbounded, at minus infinity", {ALWAYS_BEGUN, NEVER_ENDS}, INT64_MIN, WINDOW_ACTIVE},
	{"unbounded, at zero", {ALWAYS_BEGUN, NEVER_ENDS}, 0, WINDOW_ACTIVE},
	{"unbounded, at infinity", {ALWAYS_BEGUN, NEVER_ENDS}, INT64_MAX, WINDOW_ACTIVE},
	{"end at the last finite instant", {FIRST, INT64_MAX - 1}, INT64_MAX - 1, WINDOW_EXPIRED},
	{"end at the last finite instant, at infinity", {FIRST, INT64_MAX - 1}, INT64_MAX, WINDOW_EXPIRED},

	{"empty, before", {FIRST, FIRST}, FIRST - 1, WINDOW_UPCOMING},
	{"empty, at its bounds", {FIRST, FIRST}, FIRST, WINDOW_EXPIRED},
	{"bounds in the wrong order, before both", {LAST, FIRST}, FIRST - 1, WINDOW_UPCOMING},
	{"bounds in the wrong order, between", {LAST, FIRST}, FIRST, WINDOW_UPCOMING},
	{"bounds in the wrong order, after both", {LAST, FIRST}, LAST, WINDOW_EXPIRED},
	{"empty at minus infinity", {INT64_MIN, INT64_MIN}, INT64_MIN, WINDOW_EXPIRED},
};

static void
test_state(void)
{
	static const char *const names[] = {"upcoming", "active", "expired"};

	for (size_t i = 0; i < LENGTH(states); i++)
		ok(window_state(states[i].window, states[i].at) == states[i].state &&
		   window_contains(states[i].window, states[i].at) == (states[i].state == WINDOW_ACTIVE),
		   "%s: %s", states[i].what, names[states[i].state]);
}

/* ---------- the distance from an instant ---------- */

static const struct
{
	const char *what;
	Window		window;
	Instant		at;
	uint64_t	distance;
}			distances[] = {
	{"one microsecond before the start", {FIRST, LAST}, FIRST - 1, 1},
	{"at the start", {FIRST, LAST}, FIRST, 0},
	{"one microsecond before the end", {FIRST, LAST}, LAST - 1, 0},
	{"at the end", {FIRST, LAST}, LAST, 1},
	{"one microsecond after the end", {FIRST, LAST}, LAST + 1, 2},
	{"unbounded", {ALWAYS_BEGUN, NEVER_ENDS}, FIRST, 0},
	{"from one end of time to the other, forward", {INT64_MAX - 1, NEVER_ENDS}, INT64_MIN, UINT64_MAX - 1},
	{"from one end of time to the other, back", {ALWAYS_BEGUN, INT64_MIN + 1}, INT64_MAX, UINT64_MAX},
	{"across zero", {5, 9}, -5, 10},
};

static void
test_distance(void)
{
	for (size_t i = 0; i < LENGTH(distances); i++)
		ok(window_distance(distances[i].window, distances[i].at) == distances[i].distance,
		   "distance %s: %llu", distances[i].what, (unsigned long long) distances[i].distance);
}

/* ---------- overlap ---------- */

static const struct
{
	const char *what;
	Window		a;
	Window		b;
	bool		overlap;
}			pairs[] = {
	{"the same window", {FIRST, LAST}, {FIRST, LAST}, true},
	{"one inside the other", {FIRST, LAST}, {FIRST + 1, LAST - 1}, true},
	{"the last microsecond shared", {FIRST, LAST}, {LAST - 1, LAST + 9}, true},
	{"windows that touch", {FIRST, LAST}, {LAST, LAST + 9}, false},
	{"a microsecond apart", {FIRST, LAST}, {LAST + 1, LAST + 9}, false},
	{"no end against a later start", {FIRST, NEVER_ENDS}, {LAST, LAST + 1}, true},
	{"no end against an end at its start", {LAST, NEVER_ENDS}, {FIRST, LAST}, false},
	{"no start against an earlier end", {ALWAYS_BEGUN, LAST}, {FIRST, FIRST + 1}, true},
	{"no start against a start at its end", {ALWAYS_BEGUN, FIRST}, {FIRST, LAST}, false},
	{"no start and no end, touching", {ALWAYS_BEGUN, FIRST}, {FIRST, NEVER_ENDS}, false},
	{"no start and no end, crossing", {ALWAYS_BEGUN, FIRST + 1}, {FIRST, NEVER_ENDS}, true},
	{"unbounded and unbounded", {ALWAYS_BEGUN, NEVER_ENDS}, {ALWAYS_BEGUN, NEVER_ENDS}, true},
	{"unbounded and a microsecond", {ALWAYS_BEGUN, NEVER_ENDS}, {FIRST, FIRST + 1}, true},
	{"unbounded and the first of all", {ALWAYS_BEGUN, NEVER_ENDS}, {INT64_MIN, INT64_MIN + 1}, true},
	{"unbounded and the last of all", {ALWAYS_BEGUN, NEVER_ENDS}, {INT64_MAX - 1, INT64_MAX}, true},
	{"unbounded and empty", {ALWAYS_BEGUN, NEVER_ENDS}, {FIRST, FIRST}, false},
	{"empty inside a window", {FIRST, LAST}, {FIRST + 1, FIRST + 1}, false},
	{"empty and itself", {FIRST, FIRST}, {FIRST, FIRST}, false},
	{"bounds in the wrong order", {FIRST, LAST}, {LAST, FIRST}, false},
	{"unbounded and bounds in the wrong order", {ALWAYS_BEGUN, NEVER_ENDS}, {LAST, FIRST}, false},
	{"unbounded and infinities in the wrong order",
	{ALWAYS_BEGUN, NEVER_ENDS}, {INT64_MAX, INT64_MIN}, false},
};

static void
test_overlap(void)
{
	for (size_t i = 0; i < LENGTH(pairs); i++)
		ok(windows_overlap(pairs[i].a, pairs[i].b) == pairs[i].overlap &&
		   windows_overlap(pairs[i].b, pairs[i].a) == pairs[i].overlap,
		   "%s: %s, and the reverse", pairs[i].what, pairs[i].overlap ? "overlap" : "no overlap");
}

/* ---------- against the definition, instant by instant ---------- */

#define LEAST	(-3)
#define MOST	3

/* Bounds from -3 to 3, and none: each window that they make, 81 in all. */
static Window
nth_window(int n)
{
	int			start = n / 9 + LEAST - 1;
	int			end = n % 9 + LEAST;
	Window		window = {
		start < LEAST ? ALWAYS_BEGUN : start,
		end > MOST ? NEVER_ENDS : end
	};

	return window;
}

static bool
holds(Window window, Instant at)
{
	return (window.starts_at == ALWAYS_BEGUN || window.starts_at <= at) &&
		(window.ends_at == NEVER_ENDS || at < window.ends_at);
}

static void
test_by_definition(void)
{
	bool		contains = true;
	bool		ordered = true;
	bool		overlap = true;
	bool		intersection = true;

	for (int i = 0; i < 81; i++)
	{
		Window		a = nth_window(i);
		bool		any = false;

		for (Instant at = LEAST - 2; at <= MOST + 2; at++)
		{
			contains &= window_contains(a, at) == holds(a, at);
			any |= holds(a, at);
		}
		ordered &= window_is_ordered(a) == any;

		for (int j = 0; j < 81; j++)
		{
			Window		b = nth_window(j);
			Window		both = window_intersection(a, b);

			any = false;
			for (Instant at = LEAST - 2; at <= MOST + 2; at++)
			{
				intersection &= holds(both, at) == (holds(a, at) && holds(b, at));
				any |= holds(a, at) && holds(b, at);
			}
			overlap &= windows_overlap(a, b) == any;
		}
	}
	ok(contains, "81 small windows contain what they should");
	ok(ordered, "of 81 small windows, those are in order that contain an instant");
	ok(intersection, "6561 intersections contain what both windows do");
	ok(overlap, "of 6561 pairs, those overlap that share an instant");
}

int
main(void)
{
	test_state();
	test_distance();
	test_overlap();
	test_by_definition();
	return done_testing();
}
