/*
 * statements.h
 *		Every SQL text the extension runs, as kept plans.
 */
#ifndef STORE_STATEMENTS_H
#define STORE_STATEMENTS_H

#include "executor/spi.h"
#include "fmgr.h"

typedef enum StatementId
{
	/* systems, users, entrances */
	STMT_SYSTEM_CREATE,
	STMT_ENTRANCE_CREATE,
	STMT_USER_CREATE,
	STMT_USER_BY_ID,
	STMT_USER_BY_IDENTITY,
	STMT_ENTRANCES_STRANGE,
	STMT_MANAGER_GET,

	/* credentials */
	STMT_CREDENTIAL_CREATE,
	STMT_CREDENTIAL_ADD_ENTRANCES,
	STMT_CREDENTIAL_GET,
	STMT_CREDENTIAL_LIST,
	STMT_CREDENTIAL_DELETE,

	/* events */
	STMT_EVENT_WRITE,
	STMT_EVENTS_PURGE,

	STMT_COUNT
} StatementId;

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
extern void store_close(void);

/* The same, with a copy of the result for the caller. */
extern Datum store_close_with(Datum composite);

/* The schema that the extension is in, while the store is open. */
extern Oid	store_schema(void);

/*
 * Run a statement.  $1 is the session's workspace, which is added here, so
 * that no statement can be written without; params are $2 and up.
 */
extern Rows statement_run(StatementId id, const NullableDatum *params);

/* Column (from 1) of a row (from 0). */
extern NullableDatum row_get(Rows rows, uint64 row, int column);

#endif							/* STORE_STATEMENTS_H */
