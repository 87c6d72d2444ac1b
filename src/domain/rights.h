/*
 * rights.h
 *		What a credential may do at an entrance, over time.
 */
#ifndef DOMAIN_RIGHTS_H
#define DOMAIN_RIGHTS_H

#include "domain/decision.h"
#include "domain/schedule.h"

/* When something holds: while both do. */
typedef struct Hours
{
	Window		window;
	const Schedule *schedule;	/* null: at all hours */
} Hours;

#define ALWAYS {{ALWAYS_BEGUN, NEVER_ENDS}, NULL}

/* By which a credential comes to the entrance. */
typedef struct Path
{
	Hours		hours;
	bool		enters_when_locked;
} Path;

/* A mode that was set, until it ends and is controlled again. */
typedef struct ModeWindow
{
	DoorMode	mode;
	Instant		until;
} ModeWindow;

/* That of the system goes before that of the entrance, and both before the hours. */
typedef struct Door
{
	ModeWindow	system;
	ModeWindow	entrance;
	const Schedule *unlock_schedule;	/* null: never */
} Door;

typedef struct Rights
{
	Door		door;
	Hours		credential;
	Hours		parent;			/* of which it is a copy; else always */
	Window		user;
	int			n_paths;
	const Path *paths;			/* one that holds will do */
	const Calendar *calendar;	/* of the place; null if there is no schedule */
} Rights;

/* Can time lock it, or unlock it? */
extern bool door_may_be_locked(const Door *door);
extern bool door_may_be_unlocked(const Door *door);

/* What these say at an instant: of the facts, those that time changes. */
extern void rights_at(const Rights *rights, Instant at, AccessFacts *facts);

/*
 * The first instant after one, before the horizon, at which the door opens and did not, or
 * the reverse, if nothing but time passes; NEVER_ENDS if there is none.  The facts are those
 * of the instant.  Instant and horizon are finite.
 */
extern Instant rights_change(const Rights *rights, const AccessFacts *facts, Instant at, Instant horizon);

#endif							/* DOMAIN_RIGHTS_H */
