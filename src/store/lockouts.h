/*
 * lockouts.h
 *		Unknown codes in a row at each entrance, and until when it refuses codes.
 */
#ifndef STORE_LOCKOUTS_H
#define STORE_LOCKOUTS_H

#include "store/tables.h"

/* The row of a new entrance, which is there before anybody counts. */
extern void lockout_create(const Row *entrance);

/* Count an unknown code; every so many, the entrance refuses codes for a while. */
extern void lockout_count(Datum acs_entrance_id, TimestampTz now);

/* Forget what was counted. */
extern void lockout_reset(Datum acs_entrance_id);

#endif							/* STORE_LOCKOUTS_H */
