/*
 * slots.h
 *		Versions of a row, as triggers get them.
 */
#ifndef STORE_SLOTS_H
#define STORE_SLOTS_H

#include "executor/tuptable.h"

/* Are both the same, bit by bit?  Two nulls are. */
extern bool values_agree(NullableDatum a, NullableDatum b, Form_pg_attribute attribute);

/* Do both versions hold the same value, bit by bit?  Two nulls are the same. */
extern bool slots_agree(TupleTableSlot *a, TupleTableSlot *b, AttrNumber column);

#endif							/* STORE_SLOTS_H */
