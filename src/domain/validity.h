/*
 * validity.h
 *		Validity windows: [starts_at, ends_at).
 *
 * Instants are microseconds, as the server's timestamptz.  Its two infinities
 * are the two values below, so an unbounded end needs no flag: SQL's NULL,
 * '-infinity' for a start and 'infinity' for an end are one and the same.
 */
#ifndef DOMAIN_VALIDITY_H
#define DOMAIN_VALIDITY_H

#include <stdbool.h>
#include <stdint.h>

typedef int64_t Instant;

#define ALWAYS_BEGUN	INT64_MIN	/* starts_at of a window without a start */
#define NEVER_ENDS		INT64_MAX	/* ends_at of a window without an end */

typedef struct Window
{
	Instant		starts_at;
	Instant		ends_at;
} Window;

typedef enum WindowState
{
	WINDOW_UPCOMING,
	WINDOW_ACTIVE,
	WINDOW_EXPIRED
} WindowState;

extern bool window_is_ordered(Window window);
extern WindowState window_state(Window window, Instant at);
extern uint64_t window_distance(Window window, Instant at);
extern bool window_contains(Window window, Instant at);
extern bool windows_overlap(Window a, Window b);
extern bool window_covers(Window outer, Window inner);
extern Window window_intersection(Window a, Window b);

#endif							/* DOMAIN_VALIDITY_H */
