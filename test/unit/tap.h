/*
 * tap.h
 *		As much of the Test Anything Protocol as the programs here need.
 */
#ifndef UNIT_TAP_H
#define UNIT_TAP_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

static int	tap_tests = 0;
static int	tap_failures = 0;

/* One test; the name is a format. */
__attribute__((format(printf, 2, 3)))
static void
ok(bool good, const char *name,...)
{
	va_list		args;

	printf("%s %d - ", good ? "ok" : "not ok", ++tap_tests);
	va_start(args, name);
	vprintf(name, args);
	va_end(args);
	printf("\n");
	if (!good)
		tap_failures++;
}

/* What main() returns. */
static int
done_testing(void)
{
	printf("1..%d\n", tap_tests);
	return tap_failures > 0;
}

/* A copy that ends where the value ends, so that a byte too far is caught. */
__attribute__((unused))
static char *
exact(const char *bytes, size_t length)
{
	char	   *copy = malloc(length > 0 ? length : 1);

	memcpy(copy, bytes, length);
	return copy;
}

/* The same numbers each time (xorshift64*). */
__attribute__((unused))
static unsigned long long
next_random(void)
{
	static unsigned long long state = 824759;

	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return state * 2685821657736338717ULL;
}

#endif							/* UNIT_TAP_H */
