/*
 * tables.h
 *		The extension's tables by key: find, insert, change, delete, lock.
 *
 * One interface over two drivers.  The heap driver goes straight to index and
 * table, and to the executor's path of logical replication for writing, where
 * that is the same as SQL; everything else (a table that a DBA has partitioned,
 * distributed, or given a statement trigger) is the SQL driver, with one kept
 * single-table statement for each operation.  Callers do not notice which.
 *
 * Every operation is bound to a workspace.  The store has to be open.
 */
#ifndef STORE_TABLES_H
#define STORE_TABLES_H

#include "access/htup.h"
#include "nodes/lockoptions.h"
#include "nodes/pg_list.h"
#include "storage/lock.h"

#include "compat.h"
#include "store/statements.h"

typedef enum TableId
{
	TABLE_SYSTEM_TYPES,
	TABLE_SYSTEMS,
	TABLE_HOLIDAYS,
	TABLE_USERS,
	TABLE_ENTRANCES,
	TABLE_GROUPS,
	TABLE_GROUP_USERS,
	TABLE_GROUP_ENTRANCES,
	TABLE_CREDENTIALS,
	TABLE_CREDENTIAL_ENTRANCES,
	TABLE_LOCKOUTS,
	TABLE_EVENTS,
	TABLE_COUNT
} TableId;

/* Columns of each table; their names are in layout.c. */

#define WORKSPACE	0			/* first column of each but system types */

enum SystemTypeColumns
{
	TYPE_NAME,
	TYPE_DISPLAY_NAME,
	TYPE_CREDENTIAL_TYPE,
	TYPE_CREDENTIAL_TYPE_DISPLAY_NAME,
	TYPE_ACCESS_METHODS,
	TYPE_CUSTOM_CODE,
	TYPE_CODE_MIN_LENGTH,
	TYPE_CODE_MAX_LENGTH,
	TYPE_CODE_DIGITS,
	TYPE_CODE_MAX_VALUE,
	TYPE_GENERATED_CODE_LENGTH,
	TYPE_MAX_ENTRANCES_PER_CODE,
	TYPE_REQUIRES_ENTRANCES,
	TYPE_REQUIRES_WINDOW,
	TYPE_REQUIRES_MULTI_PHONE_SYNC,
	TYPE_MAX_CARDS_PER_USER,
	TYPE_MAX_MOBILE_KEYS_PER_USER,
	TYPE_ENCODES_CARDS,
	TYPE_CARD_NUMBER_FORMAT,
	TYPE_METADATA_KEY,
	TYPE_IS_CREDENTIAL_MANAGER,
	N_TYPE_COLUMNS
};

enum SystemColumns
{
	SYSTEM_ID = WORKSPACE + 1,
	SYSTEM_TYPE,
	SYSTEM_NAME,
	SYSTEM_DEFAULT_MANAGER,
	SYSTEM_CONNECTED_ACCOUNT,
	SYSTEM_TIME_ZONE,
	SYSTEM_MODE,
	SYSTEM_MODE_UNTIL,
	SYSTEM_CREATED_AT,
	N_SYSTEM_COLUMNS
};

enum HolidayColumns
{
	HOLIDAY_SYSTEM = WORKSPACE + 1,
	HOLIDAY_DAY,
	HOLIDAY_NAME,
	HOLIDAY_CREATED_AT,
	N_HOLIDAY_COLUMNS
};

enum UserColumns
{
	USER_ID = WORKSPACE + 1,
	USER_SYSTEM,
	USER_IDENTITY,
	USER_FULL_NAME,
	USER_EMAIL_ADDRESS,
	USER_PHONE_NUMBER,
	USER_IS_SUSPENDED,
	USER_ACCESS_STARTS_AT,
	USER_ACCESS_ENDS_AT,
	USER_CREATED_AT,
	N_USER_COLUMNS
};

enum EntranceColumns
{
	ENTRANCE_ID = WORKSPACE + 1,
	ENTRANCE_SYSTEM,
	ENTRANCE_DISPLAY_NAME,
	ENTRANCE_TAKES_CODE,		/* in the order of AccessMethod */
	ENTRANCE_TAKES_CARD,
	ENTRANCE_TAKES_MOBILE_KEY,
	ENTRANCE_UNLOCK_SCHEDULE,
	ENTRANCE_MODE,
	ENTRANCE_MODE_UNTIL,
	ENTRANCE_CREATED_AT,
	N_ENTRANCE_COLUMNS
};

enum GroupColumns
{
	GROUP_ID = WORKSPACE + 1,
	GROUP_SYSTEM,
	GROUP_NAME,
	GROUP_SCHEDULE,
	GROUP_ENTERS_WHEN_LOCKED,
	GROUP_CREATED_AT,
	N_GROUP_COLUMNS
};

enum GroupUserColumns
{
	GROUP_USER_GROUP = WORKSPACE + 1,
	GROUP_USER_USER,
	GROUP_USER_SYSTEM,
	GROUP_USER_STARTS_AT,
	GROUP_USER_ENDS_AT,
	GROUP_USER_CREATED_AT,
	N_GROUP_USER_COLUMNS
};

enum GroupEntranceColumns
{
	GROUP_ENTRANCE_GROUP = WORKSPACE + 1,
	GROUP_ENTRANCE_ENTRANCE,
	GROUP_ENTRANCE_SYSTEM,
	GROUP_ENTRANCE_CREATED_AT,
	N_GROUP_ENTRANCE_COLUMNS
};

enum CredentialColumns
{
	CREDENTIAL_ID = WORKSPACE + 1,
	CREDENTIAL_SYSTEM,
	CREDENTIAL_USER,
	CREDENTIAL_ACCESS_METHOD,
	CREDENTIAL_CODE,
	CREDENTIAL_CARD_NUMBER,
	CREDENTIAL_IDENTIFIER,
	CREDENTIAL_DISPLAY_NAME,
	CREDENTIAL_STARTS_AT,
	CREDENTIAL_ENDS_AT,
	CREDENTIAL_VALID_FROM,
	CREDENTIAL_IS_MULTI_PHONE_SYNC,
	CREDENTIAL_PARENT,
	CREDENTIAL_PHONE,
	CREDENTIAL_MANAGER,
	CREDENTIAL_SCHEDULE,
	CREDENTIAL_MAX_USES,
	CREDENTIAL_USES,
	CREDENTIAL_USED_UP_AT,
	CREDENTIAL_REFERENCE,
	CREDENTIAL_IS_ISSUED,
	CREDENTIAL_ISSUED_AT,
	CREDENTIAL_NEEDS_REISSUE_AT,
	CREDENTIAL_DISABLE_REASONS,
	CREDENTIAL_METADATA,
	CREDENTIAL_CREATED_AT,
	N_CREDENTIAL_COLUMNS
};

enum CredentialEntranceColumns
{
	CREDENTIAL_ENTRANCE_CREDENTIAL = WORKSPACE + 1,
	CREDENTIAL_ENTRANCE_ENTRANCE,
	CREDENTIAL_ENTRANCE_SYSTEM,
	CREDENTIAL_ENTRANCE_CREATED_AT,
	N_CREDENTIAL_ENTRANCE_COLUMNS
};

enum LockoutColumns
{
	LOCKOUT_ENTRANCE = WORKSPACE + 1,
	LOCKOUT_FAILED_ATTEMPTS,
	LOCKOUT_LOCKED_UNTIL,
	N_LOCKOUT_COLUMNS
};

enum EventColumns
{
	EVENT_ID = WORKSPACE + 1,
	EVENT_TYPE,
	EVENT_OCCURRED_AT,
	EVENT_SYSTEM,
	EVENT_USER,
	EVENT_CREDENTIAL,
	EVENT_ENTRANCE,
	EVENT_GROUP,
	EVENT_ACTOR,
	EVENT_DETAILS,
	EVENT_FEED_EPOCH,
	EVENT_XACT,
	N_EVENT_COLUMNS
};

#define MAX_COLUMNS	N_CREDENTIAL_COLUMNS

/*
 * What rows are found by: the workspace, and the columns named in layout.c.
 * Those that are BY_ID find at most one row.
 */
typedef enum KeyId
{
	SYSTEM_TYPE_BY_ID,			/* of no workspace */
	SYSTEM_BY_ID,
	HOLIDAY_BY_ID,				/* acs_system_id, day */
	HOLIDAYS_BY_SYSTEM,
	USER_BY_ID,
	USER_BY_IDENTITY,			/* user_identity_id, acs_system_id */
	ENTRANCE_BY_ID,
	GROUP_BY_ID,
	GROUP_USER_BY_ID,			/* group, user */
	GROUP_USERS_BY_USER,
	GROUP_ENTRANCE_BY_ID,		/* group, entrance */
	CREDENTIAL_BY_ID,
	CREDENTIALS_BY_USER,
	CREDENTIALS_BY_PARENT,
	CREDENTIAL_ENTRANCE_BY_ID,	/* credential, entrance */
	CREDENTIAL_ENTRANCES_BY_CREDENTIAL,
	LOCKOUT_BY_ID,				/* entrance */
	EVENT_BY_ID,
	KEY_COUNT
} KeyId;

/* A row as it was found or written.  Lives until store_close(). */
typedef struct Row
{
	TableId		table;
	HeapTuple	tuple;			/* with the columns that the table has now */
	NullableDatum columns[MAX_COLUMNS];
} Row;

/* A column's new value. */
typedef struct Change
{
	int			column;
	NullableDatum value;
} Change;

/* What is read. */
typedef enum Sight
{
	CALLERS_SIGHT,				/* what the calling statement sees: for STABLE functions */
	FRESH_SIGHT,				/* what a statement sees that begins now */
	LATEST_SIGHT				/* what is committed by now, at any isolation level */
} Sight;

/* Find the one row of a BY_ID key; a null row asks only whether there is one. */
extern bool find_row(KeyId key, const Datum *values, Sight sight, Row *row);

/* The same in a workspace other than the session's: for triggers, which follow the row. */
extern bool find_row_in(const pg_uuid_t *workspace, KeyId key, const Datum *values, Sight sight, Row *row);

/*
 * The same, and lock it until the transaction ends.  The row is its newest
 * version; above READ COMMITTED, 40001 if that is not the one that is seen.
 */
extern bool find_row_and_lock(KeyId key, const Datum *values, Sight sight,
							  LockTupleMode mode, Row *row);

/* The same in a workspace other than the session's. */
extern bool find_row_in_and_lock(const pg_uuid_t *workspace, KeyId key, const Datum *values, Sight sight,
								 LockTupleMode mode, Row *row);

/*
 * Lock a row that was read, without waiting, if it is still as it was read.
 * False, and nothing locked: it has changed, somebody else has it locked, or the
 * driver cannot tell.
 */
extern bool lock_row_as_read(const Row *row, Sight sight, LockTupleMode mode);

/* The rows of a key, as a list of Row, in no order. */
extern List *find_rows(KeyId key, const Datum *values, Sight sight);

/*
 * Insert a row of all columns, in their order.  A lock that is named is released
 * when row and index entries are written, before AFTER triggers fire.  *row, if
 * not null, is what was stored.  If a BEFORE trigger does not want the row, that is
 * an error for who asks what was stored, else false.
 */
extern bool insert_row(TableId table, const NullableDatum *columns, LOCKTAG *release, Row *row);

/*
 * Change a row that was found and locked; *row is what is then stored.  False if
 * a BEFORE trigger does not want it.
 */
extern bool update_row(Row *row, const Change *changes, int n, LOCKTAG *release);

/* Error that a BEFORE trigger keeps the row from being stored. */
extern pg_noreturn void raise_not_stored(TableId table);

/* Delete a row that was found, locked or not, as it is now.  False if it is gone. */
extern bool delete_row(const Row *row);

/* The row as a value of the table's row type. */
extern Datum row_composite(const Row *row);

/* A column of a row. */
#define row_datum(row, column)		((row)->columns[column].value)
#define row_is_null(row, column)	((row)->columns[column].isnull)

/* Not null, and true (or false). */
#define row_is_true(row, column) \
	(!row_is_null(row, column) && DatumGetBool(row_datum(row, column)))
#define row_is_false(row, column) \
	(!row_is_null(row, column) && !DatumGetBool(row_datum(row, column)))

#endif							/* STORE_TABLES_H */
