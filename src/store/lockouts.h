/*
 * lockouts.h
 *		Unknown codes in a row at each entrance, and until when it refuses codes.
 */
#ifndef STORE_LOCKOUTS_H
#define STORE_LOCKOUTS_H

#include "store/tables.h"

/* The row of a new entrance, which is there before anybody counts. */
extern void lockout_create(const Row *entrance);

/* Does the entrance refuse codes then? */
extern bool lockout_holds(const Row *lockout, TimestampTz at);

/*
 * Count an unknown code; every so many, the entrance refuses codes for a while.
 * False, and not counted, if it does already.
 */
extern bool lockout_count(Datum acs_entrance_id);

/* Forget what was counted, and let the entrance take codes again; did it not? */
extern bool lockout_lift(Datum acs_entrance_id);

/* Forget what was counted, unless the entrance refuses codes by now. */
extern void lockout_reset(Datum acs_entrance_id);

#endif							/* STORE_LOCKOUTS_H */
