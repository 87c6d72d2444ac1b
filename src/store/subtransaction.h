/*
 * subtransaction.h
 *		Try something, and be as before if it fails.
 */
#ifndef STORE_SUBTRANSACTION_H
#define STORE_SUBTRANSACTION_H

#include "postgres.h"

/* What is tried; if it returns false, nothing of it is kept. */
typedef bool (*Attempted) (void *arg);

/*
 * Run it in a subtransaction, in the caller's memory.  Null, or the error that
 * ended it, of which nothing is left.
 */
extern ErrorData *run_in_subtransaction(Attempted attempted, void *arg);

#endif							/* STORE_SUBTRANSACTION_H */
