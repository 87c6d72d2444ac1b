/*
 * drivers.h
 *		The two ways to do what tables.h offers.
 */
#ifndef STORE_DRIVERS_H
#define STORE_DRIVERS_H

#include "store/layout.h"

/* Take a snapshot for the sight, and make it the active one. */
extern void push_sight(Sight sight);

/* If there is one: a lock that kept others from looking for what is written. */
extern void release_lock(LOCKTAG *release);

/* The table is open; what is written is locked already. */

extern bool heap_find(Relation relation, const Layout *layout, const KeyLayout *key,
					  const Datum *values, int n_values, Row *row);
extern bool heap_find_and_lock(Relation relation, const Layout *layout, const KeyLayout *key,
							   const Datum *values, int n_values, LockTupleMode mode, Row *row);

/* Lock the newest version of what is in the slot, which then holds it.  False if it is gone. */
extern bool heap_lock_newest(Relation relation, TupleTableSlot *slot, LockTupleMode mode);
extern bool heap_lock_as_read(Relation relation, const Row *row, LockTupleMode mode);
extern bool heap_is_there(Relation relation, const Row *row);
extern List *heap_find_all(Relation relation, const Layout *layout, const KeyLayout *key,
						   const Datum *values, int n_values);
extern bool heap_insert_row(Relation relation, const Layout *layout,
							const NullableDatum *columns, LOCKTAG *release, Row *row);
extern bool heap_update_row(Relation relation, const Layout *layout, Row *row,
							const Change *changes, int n, LOCKTAG *release);
extern bool heap_delete_row(Relation relation, const Row *row);

extern bool sql_find(Relation relation, const Layout *layout, KeyId key,
					 const Datum *values, Sight sight, Row *row);
extern bool sql_find_and_lock(Relation relation, const Layout *layout, KeyId key,
							  const Datum *values, Sight sight, LockTupleMode mode, Row *row);
extern List *sql_find_all(Relation relation, const Layout *layout, KeyId key,
						  const Datum *values, Sight sight);
extern bool sql_insert_row(Relation relation, const Layout *layout,
						   const NullableDatum *columns, LOCKTAG *release, Row *row);
extern bool sql_update_row(Relation relation, const Layout *layout, Row *row,
						   const Change *changes, int n, LOCKTAG *release);
extern bool sql_delete_row(Relation relation, const Layout *layout, const Row *row);

#endif							/* STORE_DRIVERS_H */
