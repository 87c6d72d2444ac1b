/*
 * trigger_table.h
 *		A table as triggers meet it: one of tables.h, or a partition of one.
 */
#ifndef STORE_TRIGGER_TABLE_H
#define STORE_TRIGGER_TABLE_H

#include "commands/trigger.h"
#include "executor/tuptable.h"
#include "utils/relcache.h"

#include "domain/validity.h"
#include "store/tables.h"

/* The index by identifier: its columns in any order, but for the last, the start. */
#define N_IDENTIFIER_KEYS 4		/* workspace, system, access method, identifier */

typedef struct TriggerTableKey
{
	Oid			relid;
	TableId		id;				/* which it is to be */
} TriggerTableKey;

typedef struct TriggerTable
{
	TriggerTableKey key;		/* hash key, must be first */
	bool		valid;			/* set last; the rest holds only if it is */
	AttrNumber	attnums[MAX_COLUMNS];

	/* of credentials */
	Oid			index;			/* InvalidOid: there is none that is usable */
	bool		is_young;		/* see index_is_old_enough() */
	AttrNumber	positions[N_IDENTIFIER_KEYS];
} TriggerTable;

/* What to know of the table: looked up once, kept until it or its indexes change. */
extern const TriggerTable *trigger_table(Relation relation, TableId id);

/* Error unless the function is called by a row trigger of INSERT or UPDATE, before or after it. */
extern void require_trigger_of_rows(FunctionCallInfo fcinfo, TriggerEvent timing, const char *function);

/* Is it called by a row trigger, before or after the row, whose one argument is this? */
extern bool is_row_trigger_for(FunctionCallInfo fcinfo, TriggerEvent timing, const char *argument);

/* The row as it will be, or is, after INSERT or UPDATE. */
extern TupleTableSlot *trigger_new_slot(const TriggerData *trigger);
extern HeapTuple trigger_new_tuple(const TriggerData *trigger);

/* A column of a row of it. */
extern NullableDatum trigger_column(const TriggerTable *table, TupleTableSlot *row, int column);

/* Of a credential: from the later of start and creation until the earlier of end and last use. */
extern Window credential_window(const TriggerTable *table, TupleTableSlot *row);

#endif							/* STORE_TRIGGER_TABLE_H */
