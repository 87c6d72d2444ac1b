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

typedef struct Rights
{
	Hours		credential;
	Hours		parent;			/* of which it is a copy; else the same */
	Window		user;
	int			n_paths;
	const Hours *paths;			/* one that holds will do */
	const Calendar *calendar;	/* of the place; null if there is no schedule */
} Rights;

/* What these say at an instant: of the facts, those that time changes. */
extern void rights_at(const Rights *rights, Instant at, AccessFacts *facts);

#endif							/* DOMAIN_RIGHTS_H */
