/*
 * overlap.h
 *		No two live credentials collide (promise 1).
 */
#ifndef STORE_OVERLAP_H
#define STORE_OVERLAP_H

#include "storage/lock.h"

#include "domain/validity.h"
#include "store/tables.h"

/* What two credentials must not share at the same instant, with its workspace. */
typedef struct Identifier
{
	Datum		acs_system_id;
	Datum		access_method;
	Datum		identifier;
} Identifier;

/*
 * Take the turn of those who write this identifier: when this returns, no other
 * transaction in progress has written it for an overlapping window.  The turn ends
 * with the lock's release.  False, without a turn, where the table is not a plain
 * heap.  self is the row that is about to be changed, or null.
 */
extern bool identifier_take_turn(const Identifier *identity, Window window, const Row *self, LOCKTAG *turn);

/* The row is written, and checked unless that is deferred. */
extern void identifier_written(void);

/*
 * The same for an identifier that is made up: only if nobody has the turn, holds
 * it during the window, or is just writing it.  Waits for nobody.
 */
extern bool identifier_take_if_free(const Identifier *identity, Window window, LOCKTAG *turn);

/* The credential that is meant by who presents the identifier at an instant. */
extern bool find_presented(const Identifier *identity, Instant at, Sight sight, Row *row);

/* The first that begins after an instant. */
extern bool find_presented_next(const Identifier *identity, Instant after, Sight sight, Row *row);

#endif							/* STORE_OVERLAP_H */
