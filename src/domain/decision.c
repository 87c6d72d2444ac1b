/*
 * decision.c
 *		The rules of access, one a line.  Whoever meets no rule comes in.
 */
#include "domain/decision.h"

#include <stddef.h>

typedef bool (*ReasonTest) (const AccessFacts *facts);

static bool
unknown_credential(const AccessFacts *facts)
{
	return !facts->is_known;
}

/* Wrong codes lock the keypad, not the reader: a card cannot be guessed. */
static bool
too_many_attempts(const AccessFacts *facts)
{
	return facts->locked_out && facts->method == METHOD_CODE;
}

/* But for who comes by a group that enters then. */
static bool
entrance_locked(const AccessFacts *facts)
{
	return facts->mode == DOOR_LOCKED && !(facts->is_known && facts->enters_when_locked);
}

static bool
method_not_supported(const AccessFacts *facts)
{
	return !facts->entrance_supports_method;
}

static bool
unassigned(const AccessFacts *facts)
{
	return facts->is_known && !facts->is_assigned;
}

static bool
user_suspended(const AccessFacts *facts)
{
	return facts->is_known && facts->is_assigned && facts->user_is_suspended;
}

static bool
outside_user_schedule(const AccessFacts *facts)
{
	return facts->is_known && facts->is_assigned && facts->schedule != WINDOW_ACTIVE;
}

static bool
disabled(const AccessFacts *facts)
{
	return facts->is_known && facts->is_disabled;
}

static bool
used_up(const AccessFacts *facts)
{
	return facts->is_known && facts->is_used_up;
}

static bool
not_issued(const AccessFacts *facts)
{
	return facts->is_known && facts->awaits_issue;
}

static bool
not_yet_valid(const AccessFacts *facts)
{
	return facts->is_known && facts->window == WINDOW_UPCOMING;
}

static bool
expired(const AccessFacts *facts)
{
	return facts->is_known && facts->window == WINDOW_EXPIRED;
}

static bool
outside_schedule(const AccessFacts *facts)
{
	return facts->is_known && (!facts->is_within_hours || facts->path == PATH_CLOSED);
}

static bool
entrance_not_allowed(const AccessFacts *facts)
{
	return facts->is_known && facts->path == NO_PATH;
}

static const ReasonTest reason_applies[DENIAL_REASON_COUNT] = {
	[DENIED_UNKNOWN_CREDENTIAL] = unknown_credential,
	[DENIED_TOO_MANY_ATTEMPTS] = too_many_attempts,
	[DENIED_ENTRANCE_LOCKED] = entrance_locked,
	[DENIED_UNASSIGNED] = unassigned,
	[DENIED_USER_SUSPENDED] = user_suspended,
	[DENIED_DISABLED] = disabled,
	[DENIED_USED_UP] = used_up,
	[DENIED_NOT_ISSUED] = not_issued,
	[DENIED_NOT_YET_VALID] = not_yet_valid,
	[DENIED_EXPIRED] = expired,
	[DENIED_OUTSIDE_USER_SCHEDULE] = outside_user_schedule,
	[DENIED_OUTSIDE_SCHEDULE] = outside_schedule,
	[DENIED_METHOD_NOT_SUPPORTED] = method_not_supported,
	[DENIED_ENTRANCE_NOT_ALLOWED] = entrance_not_allowed,
};

/*
 * Every reason that applies; GRANTED if none does.  An unlocked door refuses
 * nobody.  While the keypad is locked, nothing else is said: whoever tries codes
 * must not learn which one is known.
 */
DenialReasons
decide(const AccessFacts *facts)
{
	DenialReasons reasons = GRANTED;
	int			reason;

	if (facts->mode == DOOR_UNLOCKED)
		return GRANTED;
	if (too_many_attempts(facts))
		return DENIAL(DENIED_TOO_MANY_ATTEMPTS);
	for (reason = 0; reason < DENIAL_REASON_COUNT; reason++)
	{
		if (reason_applies[reason] (facts))
			reasons |= DENIAL(reason);
	}
	return reasons;
}
