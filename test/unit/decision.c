/*
 * decision.c
 *		Whether a door opens: every reason alone, and all combinations of facts.
 */
#include "domain/decision.h"

#include "tap.h"

/* A code that opens the door. */
static const AccessFacts granted = {
	.method = METHOD_CODE,
	.entrance_supports_method = true,
	.is_known = true,
	.is_assigned = true,
	.window = WINDOW_ACTIVE,
	.is_within_hours = true,
	.path = PATH_OPEN,
	.schedule = WINDOW_ACTIVE,
};

/* ---------- each reason alone ---------- */

#define WITH(field, value) ({ AccessFacts f = granted; f.field = (value); f; })

static void
expect(AccessFacts facts, DenialReasons reasons, const char *what)
{
	ok(decide(&facts) == reasons, "%s", what);
}

static void
test_each_reason_alone(void)
{
	expect(granted, GRANTED, "nothing against it: granted");
	expect(WITH(is_known, false), DENIAL(DENIED_UNKNOWN_CREDENTIAL), "unknown");
	expect(WITH(locked_out, true), DENIAL(DENIED_TOO_MANY_ATTEMPTS), "locked out");
	expect(WITH(mode, DOOR_LOCKED), DENIAL(DENIED_ENTRANCE_LOCKED), "locked");
	expect(WITH(is_assigned, false), DENIAL(DENIED_UNASSIGNED), "unassigned");
	expect(WITH(user_is_suspended, true), DENIAL(DENIED_USER_SUSPENDED), "user suspended");
	expect(WITH(is_disabled, true), DENIAL(DENIED_DISABLED), "disabled");
	expect(WITH(is_used_up, true), DENIAL(DENIED_USED_UP), "used up");
	expect(WITH(awaits_issue, true), DENIAL(DENIED_NOT_ISSUED), "not issued");
	expect(WITH(window, WINDOW_UPCOMING), DENIAL(DENIED_NOT_YET_VALID), "not yet valid");
	expect(WITH(window, WINDOW_EXPIRED), DENIAL(DENIED_EXPIRED), "expired");
	expect(WITH(schedule, WINDOW_UPCOMING), DENIAL(DENIED_OUTSIDE_USER_SCHEDULE), "before the schedule");
	expect(WITH(schedule, WINDOW_EXPIRED), DENIAL(DENIED_OUTSIDE_USER_SCHEDULE), "after the schedule");
	expect(WITH(entrance_supports_method, false), DENIAL(DENIED_METHOD_NOT_SUPPORTED), "method not supported");
	expect(WITH(is_within_hours, false), DENIAL(DENIED_OUTSIDE_SCHEDULE), "outside its own hours");
	expect(WITH(path, PATH_CLOSED), DENIAL(DENIED_OUTSIDE_SCHEDULE), "outside those of every path");
	expect(WITH(path, NO_PATH), DENIAL(DENIED_ENTRANCE_NOT_ALLOWED), "entrance not allowed");
}

static void
test_what_does_not_count(void)
{
	AccessFacts facts = granted;

	facts.locked_out = true;
	facts.method = METHOD_CARD;
	expect(facts, GRANTED, "a lockout is for codes, not for cards");
	facts.method = METHOD_MOBILE_KEY;
	expect(facts, GRANTED, "nor for mobile keys");

	facts = (AccessFacts) {.method = METHOD_CARD, .entrance_supports_method = true, .is_disabled = true,
		.is_used_up = true, .awaits_issue = true, .window = WINDOW_EXPIRED, .user_is_suspended = true};
	expect(facts, DENIAL(DENIED_UNKNOWN_CREDENTIAL), "of an unknown credential, nothing else is told");

	facts = (AccessFacts) {.method = METHOD_CODE, .locked_out = true, .is_known = true, .is_disabled = true};
	expect(facts, DENIAL(DENIED_TOO_MANY_ATTEMPTS), "while locked out, of a known code nothing else is told");
	facts.is_known = false;
	expect(facts, DENIAL(DENIED_TOO_MANY_ATTEMPTS), "and of an unknown one the same");

	facts = granted;
	facts.mode = DOOR_LOCKED;
	facts.enters_when_locked = true;
	expect(facts, GRANTED, "a locked door lets in who enters then");
	facts.is_disabled = true;
	expect(facts, DENIAL(DENIED_DISABLED), "by the same rules");
	facts.is_known = false;
	expect(facts, DENIAL(DENIED_UNKNOWN_CREDENTIAL) | DENIAL(DENIED_ENTRANCE_LOCKED), "and nobody unknown");
	facts = (AccessFacts) {.method = METHOD_CODE, .mode = DOOR_UNLOCKED, .locked_out = true};
	expect(facts, GRANTED, "an unlocked door lets in everybody");

	facts = granted;
	facts.is_assigned = false;
	facts.user_is_suspended = true;
	facts.schedule = WINDOW_EXPIRED;
	expect(facts, DENIAL(DENIED_UNASSIGNED), "without a user, nothing is told of one");
}

/* ---------- all combinations ---------- */

/* Of the bits of a number, each fact takes its own; false for a window, path or mode 3. */
static bool
nth_facts(unsigned n, AccessFacts *facts)
{
	*facts = (AccessFacts) {
		.method = n & 3,
		.entrance_supports_method = n >> 2 & 1,
		.locked_out = n >> 3 & 1,
		.is_known = n >> 4 & 1,
		.is_assigned = n >> 5 & 1,
		.is_disabled = n >> 6 & 1,
		.is_used_up = n >> 7 & 1,
		.awaits_issue = n >> 8 & 1,
		.window = n >> 9 & 3,
		.path = n >> 11 & 3,
		.user_is_suspended = n >> 13 & 1,
		.schedule = n >> 14 & 3,
		.is_within_hours = n >> 16 & 1,
		.mode = n >> 17 & 3,
		.enters_when_locked = n >> 19 & 1,
	};
	return facts->method < METHOD_COUNT && facts->window <= WINDOW_EXPIRED && facts->schedule <= WINDOW_EXPIRED &&
		facts->path <= PATH_OPEN && facts->mode <= DOOR_UNLOCKED;
}

/* What a person at the door would say has to be so. */
static bool
may_enter(const AccessFacts *f)
{
	return f->mode == DOOR_UNLOCKED || (f->is_known && f->is_assigned && f->entrance_supports_method && f->path == PATH_OPEN && f->is_within_hours &&
		f->window == WINDOW_ACTIVE && f->schedule == WINDOW_ACTIVE &&
		!f->is_disabled && !f->is_used_up && !f->awaits_issue && !f->user_is_suspended &&
		!(f->locked_out && f->method == METHOD_CODE) &&
		(f->mode == DOOR_CONTROLLED || f->enters_when_locked));
}

static void
test_all_combinations(void)
{
	unsigned	combinations = 0;
	unsigned	grants = 0;
	bool		agreed = true;
	bool		in_range = true;
	bool		exclusive = true;
	bool		silent = true;

	for (unsigned n = 0; n < 1 << 20; n++)
	{
		AccessFacts facts;
		DenialReasons reasons;

		if (!nth_facts(n, &facts))
			continue;
		reasons = decide(&facts);
		combinations++;
		grants += reasons == GRANTED;
		agreed &= (reasons == GRANTED) == may_enter(&facts);
		in_range &= reasons < DENIAL(DENIAL_REASON_COUNT);
		exclusive &= !(reasons & DENIAL(DENIED_NOT_YET_VALID) && reasons & DENIAL(DENIED_EXPIRED)) &&
			!(reasons & DENIAL(DENIED_UNASSIGNED) && reasons & DENIAL(DENIED_USER_SUSPENDED));
		silent &= (facts.locked_out && facts.method == METHOD_CODE && facts.mode != DOOR_UNLOCKED) ==
			((reasons & DENIAL(DENIED_TOO_MANY_ATTEMPTS)) != 0) &&
			(!(reasons & DENIAL(DENIED_TOO_MANY_ATTEMPTS)) || reasons == DENIAL(DENIED_TOO_MANY_ATTEMPTS));
	}
	ok(combinations == 248832, "%u combinations of facts", combinations);
	ok(agreed, "%u of them open the door, and no other", grants);
	ok(in_range, "every reason has a name");
	ok(exclusive, "no reasons that exclude each other");
	ok(silent, "of a code while locked out, nothing but that");
}

int
main(void)
{
	test_each_reason_alone();
	test_what_does_not_count();
	test_all_combinations();
	return done_testing();
}
