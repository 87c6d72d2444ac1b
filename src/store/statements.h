/*
 * statements.h
 *		Every SQL text the extension runs, as kept plans.
 */
#ifndef STORE_STATEMENTS_H
#define STORE_STATEMENTS_H

#include "executor/spi.h"
#include "fmgr.h"
#include "utils/uuid.h"

typedef enum StatementId
{
	/* systems, users, entrances */
	STMT_SYSTEM_CREATE,
	STMT_SYSTEM_GET,
	STMT_SYSTEM_LIST,
	STMT_ENTRANCE_CREATE,
	STMT_ENTRANCE_GET,
	STMT_ENTRANCE_LIST,
	STMT_ENTRANCE_GRANT,
	STMT_USER_HAS_CREDENTIALS,
	STMT_CODE_WITH_MORE_ENTRANCES,
	STMT_ENTRANCE_CREDENTIALS,
	STMT_USER_CREATE,
	STMT_USER_GET,
	STMT_USER_LIST,
	STMT_USER_UPDATE,
	STMT_USER_SUSPEND,
	STMT_USER_DELETE,
	STMT_USER_RENAME,
	STMT_USER_MOVE,
	STMT_USER_FOLLOW_INSERT,
	STMT_USER_FOLLOW_UPDATE,
	STMT_USER_ENTRANCES,
	STMT_USER_REVOKE_ENTRANCES,
	STMT_USER_LEAVE_GROUPS,
	STMT_GROUP_CREATE,
	STMT_GROUP_ADD_ENTRANCES,
	STMT_GROUP_GET,
	STMT_GROUP_LIST,
	STMT_GROUP_EMPTY,
	STMT_GROUP_DELETE,
	STMT_GROUP_ADD_USER,
	STMT_GROUP_REMOVE_USER,
	STMT_GROUP_USERS,
	STMT_GROUP_ENTRANCES,
	STMT_USER_BY_ID,
	STMT_USER_BY_IDENTITY,
	STMT_USER_LOCK,
	STMT_ENTRANCES_STRANGE,
	STMT_MANAGER_GET,

	/* credentials */
	STMT_CREDENTIAL_CREATE,
	STMT_CREDENTIAL_ADD_ENTRANCES,
	STMT_CREDENTIAL_GET,
	STMT_CREDENTIAL_LIST,
	STMT_CREDENTIAL_DELETE,
	STMT_CREDENTIAL_FOR_CHANGE,
	STMT_CREDENTIAL_UPDATE,
	STMT_CREDENTIAL_ASSIGN,
	STMT_CREDENTIAL_ISSUE,
	STMT_CREDENTIAL_SYNC,
	STMT_CARDS_OF_USER_OUTDATED,
	STMT_CARDS_OF_GROUP_OUTDATED,
	STMT_CREDENTIAL_DISABLE,
	STMT_CREDENTIAL_ENABLE,
	STMT_CREDENTIAL_ENTRANCES,
	STMT_CREDENTIALS_OF_USER,
	STMT_CREDENTIALS_STRANGE,

	/* access */
	STMT_ACCESS_BY_CODE,
	STMT_ACCESS_BY_CARD_NUMBER,
	STMT_ACCESS_BY_ID,
	STMT_CREDENTIAL_LOCK,
	STMT_CREDENTIAL_SPEND,
	STMT_LOCKOUT_COUNT,
	STMT_LOCKOUT_RESET,

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

/* A type of the extension, by its name. */
extern Oid	store_type(const char *name);

/*
 * Run a statement.  $1 is the session's workspace, which is added here, so
 * that no statement can be written without; params are $2 and up.
 */
extern Rows statement_run(StatementId id, const NullableDatum *params);

typedef Rows (*RunStatement) (StatementId id, const NullableDatum *params);

/* The same in a workspace other than the session's: for triggers, which follow the row. */
extern Rows statement_run_in(const pg_uuid_t *workspace, StatementId id, const NullableDatum *params);

/*
 * The same, of a statement that reads, in a function that writes: with what
 * this very command has already changed.
 */
extern Rows statement_run_fresh(StatementId id, const NullableDatum *params);

/*
 * The same, of a statement that reads, with what is committed by now instead
 * of what the transaction sees: at REPEATABLE READ and above, too.
 */
extern Rows statement_run_at_latest(StatementId id, const NullableDatum *params);

/* Column (from 1) of a row (from 0). */
extern NullableDatum row_get(Rows rows, uint64 row, int column);

#endif							/* STORE_STATEMENTS_H */
