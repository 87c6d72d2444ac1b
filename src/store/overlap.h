/*
 * overlap.h
 *		No two live codes collide (promise 1).
 */
#ifndef STORE_OVERLAP_H
#define STORE_OVERLAP_H

#include "postgres.h"

#include "domain/validity.h"

/*
 * Does a credential hold the code during the window, or is one that does just
 * being written?  Does not wait for the answer to the latter.
 */
extern bool code_is_taken(Oid schema, Datum acs_system_id, Datum access_method,
						  Datum code, Window window);

#endif							/* STORE_OVERLAP_H */
