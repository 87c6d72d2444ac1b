/*
 * statements.h
 *		What is not by key (lists, searches, sets), as kept plans; and the store
 *		itself, which is open while a function runs.
 */
#ifndef STORE_STATEMENTS_H
#define STORE_STATEMENTS_H

#include "executor/spi.h"
#include "fmgr.h"
#include "utils/uuid.h"

#include "store/statement_ids.h"

/* Rows of a statement; they live until store_close(). */
typedef struct Rows
{
	uint64		count;
	SPITupleTable *table;
} Rows;

#define DATUM(x)				((NullableDatum) {.value = (x), .isnull = false})
#define DATUM_IF(present, x)	((NullableDatum) {.value = (x), .isnull = !(present)})
#define NO_DATUM				((NullableDatum) {.value = (Datum) 0, .isnull = true})

/*
 * Open the store for one call of an SQL function.  On error the end of the
 * transaction closes it.  The second form refuses, by the function's name,
 * where nothing can be written: read-only transaction, standby, parallel query.
 */
extern void store_open(FunctionCallInfo fcinfo);
extern void store_open_for_writing(FunctionCallInfo fcinfo);

/*
 * The same for a procedure that commits, by SPI_commit(), between its batches.
 * Error if it was called where that cannot be.
 */
extern void store_open_for_batches(FunctionCallInfo fcinfo);
extern void store_close(void);

/* The same, with a copy of the result for the caller. */
extern Datum store_close_with(Datum composite);

/* The schema that the extension is in, while the store is open. */
extern Oid	store_schema(void);

/* Changes whenever plans made before no longer hold. */
extern uint64 store_generation(void);

/* A statement's text with the schema, quoted, in place of "@.". */
extern char *store_qualified_text(const char *text);

/* A type of the extension, by its name. */
extern Oid	store_type(const char *name);

/*
 * Run a statement.  $1 is the session's workspace, which is added here, so
 * that no statement can be written without; params are $2 and up.
 */
extern Rows statement_run(StatementId id, const NullableDatum *params);

typedef Rows (*RunStatement) (StatementId id, const NullableDatum *params);

/*
 * The same with what is committed by now instead of what the transaction sees:
 * at REPEATABLE READ and above, too.
 */
extern Rows statement_run_at_latest(StatementId id, const NullableDatum *params);

/* The same in a workspace other than the session's: for triggers, which follow the row. */
extern Rows statement_run_at_latest_in(const pg_uuid_t *workspace, StatementId id, const NullableDatum *params);

/*
 * The same two of statements that are of every workspace, or of none: whatever
 * the session is bound to.
 */
extern Rows statement_run_for_all(StatementId id, const NullableDatum *params);
extern Rows statement_run_for_all_at_latest(StatementId id, const NullableDatum *params);

/*
 * Run a kept plan of one statement, of the table (null: of any; "": of none): what SPI
 * says.  Neither the row nor the statement's text is in an error that it raises.
 */
extern int	store_execute(SPIPlanPtr plan, Datum *values, const char *nulls, Snapshot snapshot,
						  bool read_only, const char *table);

/* Column (from 1) of a row (from 0). */
extern NullableDatum row_get(Rows rows, uint64 row, int column);

#endif							/* STORE_STATEMENTS_H */
