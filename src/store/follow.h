/*
 * follow.h
 *		Users of the rows that an application's own table has already.
 */
#ifndef STORE_FOLLOW_H
#define STORE_FOLLOW_H

#include "fmgr.h"
#include "utils/relcache.h"

/*
 * Make a user of each row that has none, by the mapping of the table's trigger; how
 * many.  With a system, of its rows only.  The table is locked; the store is not open.
 */
extern uint64 follow_existing_rows(FunctionCallInfo fcinfo, Relation relation, NullableDatum acs_system_id);

#endif							/* STORE_FOLLOW_H */
