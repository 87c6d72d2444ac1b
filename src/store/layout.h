/*
 * layout.h
 *		What the tables of tables.h look like right now.
 */
#ifndef STORE_LAYOUT_H
#define STORE_LAYOUT_H

#include "storage/lockdefs.h"
#include "utils/relcache.h"

#include "store/tables.h"

/* Key columns and the workspace. */
#define MAX_KEY_COLUMNS 4

/* What the heap driver may do with a table. */
typedef enum Operation
{
	TO_READ,
	TO_INSERT,
	TO_UPDATE,
	TO_DELETE,
	OPERATION_COUNT
} Operation;

typedef struct Column
{
	const char *name;
	Oid			type;			/* or a mark for one of the extension */
} Column;

typedef struct Layout
{
	const char *name;
	int			n_columns;
	const Column *columns;
	KeyId		by_id;			/* its primary key */

	/* looked up once, and again when the table has changed */
	Oid			relid;
	bool		valid;
	uint64		generation;		/* changes whenever it is looked up */
	AttrNumber	attnums[MAX_COLUMNS];
	bool		by_heap[OPERATION_COUNT];

	/* whose rights were checked last, and which there were */
	Oid			role;
	AclMode		rights;
} Layout;

typedef struct KeyLayout
{
	TableId		table;
	int			n_columns;		/* the workspace is one more, but of system types */
	int			columns[MAX_KEY_COLUMNS - 1];

	uint64		generation;		/* of the table's layout that the rest belongs to */
	Oid			index;			/* or InvalidOid if there is no usable one */
	bool		is_young;		/* see index_is_old_enough() */
	AttrNumber	positions[MAX_KEY_COLUMNS]; /* in the index: of the workspace, then of the columns */
	RegProcedure equal[MAX_KEY_COLUMNS];
} KeyLayout;

/*
 * Open and lock a table, and look up what is not known of it.  The caller
 * closes the relation and keeps the lock.
 */
extern Relation layout_open(TableId table, LOCKMODE lockmode, const Layout **layout);

/* Without opening: only what never changes. */
extern const Layout *layout_of(TableId table);
extern const KeyLayout *key_layout_of(KeyId key);

/*
 * Where the columns are in a table that may be another, as a trigger can be put
 * on any; an error if it has not all of them, with their types.
 */
extern void layout_find_columns(const Layout *layout, Relation relation, AttrNumber *attnums, int sqlstate);

/* May the current role do it here, through the heap driver? */
extern bool layout_is_heap(Relation relation, const Layout *layout, Operation operation);

/* The same for looking up rows by a key: is there an index for it? */
extern const KeyLayout *layout_index(Relation relation, const Layout *layout, KeyId key);

/* All values of the key with its workspace, if it has one; how many there are. */
extern int	key_values(const KeyLayout *layout, const pg_uuid_t *workspace,
					   const Datum *values, Datum *all);

/* The columns that we know of a tuple. */
extern void layout_read(Relation relation, const Layout *layout, HeapTuple tuple, Row *row);

/*
 * Is the index old enough for the snapshots of this transaction?  One that was
 * built over rows with broken HOT chains is not, for a while.
 */
extern bool index_is_old_enough(Oid index);

#endif							/* STORE_LAYOUT_H */
