/*
 * decision.h
 *		Whether what is presented opens the door: facts in, reasons out.
 */
#ifndef DOMAIN_DECISION_H
#define DOMAIN_DECISION_H

#include <stdbool.h>

#include "domain/display_name.h"
#include "domain/validity.h"

/*
 * Why access is denied.  In the order of the SQL enum acs_denial_reason, which
 * is the order in which the first that applies becomes the reason.
 */
typedef enum DenialReason
{
	DENIED_UNKNOWN_CREDENTIAL,
	DENIED_TOO_MANY_ATTEMPTS,
	DENIED_ENTRANCE_LOCKED,
	DENIED_UNASSIGNED,
	DENIED_USER_SUSPENDED,
	DENIED_DISABLED,
	DENIED_USED_UP,
	DENIED_NOT_ISSUED,
	DENIED_NOT_YET_VALID,
	DENIED_EXPIRED,
	DENIED_OUTSIDE_USER_SCHEDULE,
	DENIED_OUTSIDE_SCHEDULE,
	DENIED_METHOD_NOT_SUPPORTED,
	DENIED_ENTRANCE_NOT_ALLOWED,
	DENIAL_REASON_COUNT
} DenialReason;

/* A set of reasons; none is a grant. */
typedef unsigned DenialReasons;

#define DENIAL(reason)	(1U << (reason))
#define GRANTED			0U

/* Those that can go when nothing but time passes. */
#define LIFTED_BY_TIME \
	(DENIAL(DENIED_ENTRANCE_LOCKED) | DENIAL(DENIED_NOT_YET_VALID) | DENIAL(DENIED_EXPIRED) | \
	 DENIAL(DENIED_OUTSIDE_USER_SCHEDULE) | DENIAL(DENIED_OUTSIDE_SCHEDULE) | \
	 DENIAL(DENIED_ENTRANCE_NOT_ALLOWED))

/* What an entrance does, whoever comes; in the order of the SQL enum acs_entrance_mode. */
typedef enum DoorMode
{
	DOOR_CONTROLLED,
	DOOR_LOCKED,
	DOOR_UNLOCKED
} DoorMode;

/* How the credential comes to the entrance: by its own list, or by a group of its user. */
typedef enum PathState
{
	NO_PATH,					/* nothing names the entrance, or but a membership that is over */
	PATH_CLOSED,				/* something does, but not at this time */
	PATH_OPEN
} PathState;

typedef struct AccessFacts
{
	/* of the entrance */
	AccessMethod method;		/* what was presented */
	bool		entrance_supports_method;
	bool		locked_out;		/* the entrance refuses codes for now */
	DoorMode	mode;

	/* of the credential; without one, nothing below counts */
	bool		is_known;
	bool		is_assigned;
	bool		is_disabled;
	bool		is_used_up;
	bool		awaits_issue;
	WindowState window;
	bool		is_within_hours;	/* of its own schedule */
	PathState	path;
	bool		enters_when_locked; /* by a path that is open */

	/* of its user; if unassigned, these do not count either */
	bool		user_is_suspended;
	WindowState schedule;
} AccessFacts;

extern DenialReasons decide(const AccessFacts *facts);

#endif							/* DOMAIN_DECISION_H */
