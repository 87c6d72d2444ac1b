/*
 * validity.c
 *		Windows with any bounds.
 */
#include "domain/validity.h"

#include "input.h"

static Window
take_window(Input *input)
{
	Window		window;

	window.starts_at = take_number(input);
	window.ends_at = take_number(input);
	return window;
}

static bool
equal(Window a, Window b)
{
	return a.starts_at == b.starts_at && a.ends_at == b.ends_at;
}

static void
check_window(Window w, Instant at)
{
	WindowState state = window_state(w, at);

	CHECK(state == WINDOW_UPCOMING || state == WINDOW_ACTIVE || state == WINDOW_EXPIRED);
	CHECK(window_contains(w, at) == (state == WINDOW_ACTIVE));
	CHECK((state == WINDOW_UPCOMING) == (at < w.starts_at));
	CHECK(windows_overlap(w, w) == window_is_ordered(w));
	if (window_is_ordered(w))
	{
		CHECK((window_distance(w, at) == 0) == window_contains(w, at));
		CHECK(window_contains(w, w.starts_at));
		CHECK(window_contains(w, w.ends_at - 1));
		CHECK(window_contains(w, w.ends_at) == (w.ends_at == NEVER_ENDS));
	}
	if (w.starts_at > INT64_MIN)
		CHECK(!window_contains(w, w.starts_at - 1));
}

static void
check_pair(Window a, Window b, Instant at)
{
	Window		both = window_intersection(a, b);
	bool		overlap = windows_overlap(a, b);

	CHECK(overlap == windows_overlap(b, a));
	CHECK(equal(both, window_intersection(b, a)));
	CHECK(overlap == window_is_ordered(both));
	if (window_is_ordered(a) && window_is_ordered(b))
	{
		/* of two windows that overlap, the later start is in both */
		CHECK(overlap == (window_contains(a, b.starts_at) || window_contains(b, a.starts_at)));
		CHECK(window_contains(both, at) == (window_contains(a, at) && window_contains(b, at)));
	}
	else
		CHECK(!overlap);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Input		input = {data, size};
	Window		a = take_window(&input);
	Window		b = take_window(&input);
	Window		c = take_window(&input);
	Instant		at = take_number(&input);

	check_window(a, at);
	check_pair(a, b, at);
	check_pair(a, a, at);
	CHECK(equal(window_intersection(window_intersection(a, b), c),
				window_intersection(a, window_intersection(b, c))));
	/* who overlaps what both share overlaps both */
	if (windows_overlap(window_intersection(a, b), c))
		CHECK(windows_overlap(a, b) && windows_overlap(a, c) && windows_overlap(b, c));
	return 0;
}
