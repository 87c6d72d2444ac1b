/*
 * tables.c
 *		The extension's tables by key: which driver does it, and with what in sight.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/table.h"
#include "access/xact.h"
#include "miscadmin.h"
#include "storage/lock.h"
#include "storage/proc.h"
#include "utils/plancache.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

#include "credentials.h"
#include "errors.h"
#include "store/drivers.h"

/* Was the row read by the heap driver, so that its place is known? */
static bool
is_from_heap(const Row *row)
{
	return ItemPointerIsValid(&row->tuple->t_self);
}

/* ---------- what is in sight ---------- */

/* As foreign keys are checked: ri_PerformCheck() in utils/adt/ri_triggers.c. */
void
push_sight(Sight sight)
{
	if (sight != CALLERS_SIGHT)
		CommandCounterIncrement();
	if (sight == LATEST_SIGHT)
		PushActiveSnapshot(GetLatestSnapshot());
	else if (sight == FRESH_SIGHT)
		PushActiveSnapshot(GetTransactionSnapshot());
	else
		PushActiveSnapshot(GetActiveSnapshot());
}

/* ---------- reading ---------- */

/* A table that is open, and how to look up a key in it. */
typedef struct Opened
{
	Relation	relation;
	const Layout *layout;
	const KeyLayout *index;		/* null: by SQL */
	Datum		values[MAX_KEY_COLUMNS];
	int			n_values;
} Opened;

static Opened
open_for_key(const pg_uuid_t *workspace, KeyId key, const Datum *values, LOCKMODE lockmode)
{
	const KeyLayout *wanted = key_layout_of(key);
	Opened		opened = {.relation = layout_open(wanted->table, lockmode, &opened.layout)};

	opened.n_values = key_values(wanted, workspace, values, opened.values);
	return opened;
}

/* Decide it with the snapshot that is used, since an index may be too young for it. */
static void
choose_driver(Opened *opened, KeyId key, Operation operation)
{
	opened->index = layout_is_heap(opened->relation, opened->layout, operation) ?
		layout_index(opened->relation, opened->layout, key) : NULL;
}

bool
find_row_in(const pg_uuid_t *workspace, KeyId key, const Datum *values, Sight sight, Row *row)
{
	Opened		opened = open_for_key(workspace, key, values, AccessShareLock);
	bool		found;

	choose_driver(&opened, key, TO_READ);
	if (opened.index != NULL)
	{
		push_sight(sight);
		found = heap_find(opened.relation, opened.layout, opened.index, opened.values, opened.n_values, row);
		PopActiveSnapshot();
	}
	else
		found = sql_find(opened.relation, opened.layout, key, opened.values, sight, row);
	table_close(opened.relation, NoLock);
	return found;
}

bool
find_row(KeyId key, const Datum *values, Sight sight, Row *row)
{
	return find_row_in(session_workspace(), key, values, sight, row);
}

bool
find_row_in_and_lock(const pg_uuid_t *workspace, KeyId key, const Datum *values, Sight sight,
					 LockTupleMode mode, Row *row)
{
	Opened		opened = open_for_key(workspace, key, values, RowShareLock);
	bool		found;

	choose_driver(&opened, key, TO_UPDATE);
	if (opened.index != NULL)
	{
		push_sight(sight);
		found = heap_find_and_lock(opened.relation, opened.layout, opened.index,
								   opened.values, opened.n_values, mode, row);
		PopActiveSnapshot();
	}
	else
		found = sql_find_and_lock(opened.relation, opened.layout, key, opened.values,
								  sight, mode, row);
	table_close(opened.relation, NoLock);
	return found;
}

bool
find_row_and_lock(KeyId key, const Datum *values, Sight sight, LockTupleMode mode, Row *row)
{
	return find_row_in_and_lock(session_workspace(), key, values, sight, mode, row);
}

bool
lock_row_as_read(const Row *row, Sight sight, LockTupleMode mode)
{
	const Layout *layout;
	Relation	relation = layout_open(row->table, RowShareLock, &layout);
	bool		locked = false;

	if (layout_is_heap(relation, layout, TO_UPDATE) && is_from_heap(row))
	{
		push_sight(sight);
		locked = heap_lock_as_read(relation, row, mode);
		PopActiveSnapshot();
	}
	table_close(relation, NoLock);
	return locked;
}

List *
find_rows(KeyId key, const Datum *values, Sight sight)
{
	Opened		opened = open_for_key(session_workspace(), key, values, AccessShareLock);
	List	   *rows;

	choose_driver(&opened, key, TO_READ);
	if (opened.index != NULL)
	{
		push_sight(sight);
		rows = heap_find_all(opened.relation, opened.layout, opened.index, opened.values, opened.n_values);
		PopActiveSnapshot();
	}
	else
		rows = sql_find_all(opened.relation, opened.layout, key, opened.values, sight);
	table_close(opened.relation, NoLock);
	return rows;
}

/* ---------- writing ---------- */

void
release_lock(LOCKTAG *release)
{
	if (release != NULL)
		LockRelease(release, ExclusiveLock, false);
}

/*
 * A plan that was made while a table was small, that of a foreign key for one,
 * reads it from end to end, and within a transaction nothing has it made again
 * when the table has grown.  So an import would take time by the square of its
 * rows.  Whenever the rows inserted by this transaction have doubled, all plans
 * are made again when they are next used: a handful of times, however many rows.
 */
static void
note_insert(void)
{
	static LocalTransactionId transaction = InvalidLocalTransactionId;
	static uint64 inserted = 0;
	static uint64 next = 0;

	if (transaction != my_local_transaction_id())
	{
		transaction = my_local_transaction_id();
		inserted = 0;
		next = 256;
	}
	if (++inserted < next)
		return;
	next *= 2;
	ResetPlanCache();
}

/* A row to be written: a new one, one with changes, or one to be deleted. */
typedef struct Write
{
	const char *command;		/* in the server's words for where nothing can be written */
	bool		(*by_driver) (Relation relation, const Layout *layout, const struct Write *write);
	const NullableDatum *columns;
	const Change *changes;
	int			n_changes;
	LOCKTAG    *release;
	Row		   *row;
} Write;

static bool
insert_by_driver(Relation relation, const Layout *layout, const Write *write)
{
	if (layout_is_heap(relation, layout, TO_INSERT))
		return heap_insert_row(relation, layout, write->columns, write->release, write->row);
	return sql_insert_row(relation, layout, write->columns, write->release, write->row);
}

/*
 * The version that was read has to be the one that is there.  Others cannot have
 * changed what is locked, but a trigger of this very call can have: SQL finds
 * what there is by now.
 */
static bool
is_for_heap(Relation relation, const Layout *layout, Operation operation, const Row *row)
{
	return layout_is_heap(relation, layout, operation) && is_from_heap(row) && heap_is_there(relation, row);
}

static bool
update_by_driver(Relation relation, const Layout *layout, const Write *write)
{
	if (is_for_heap(relation, layout, TO_UPDATE, write->row))
		return heap_update_row(relation, layout, write->row, write->changes, write->n_changes, write->release);
	return sql_update_row(relation, layout, write->row, write->changes, write->n_changes, write->release);
}

static bool
delete_by_driver(Relation relation, const Layout *layout, const Write *write)
{
	if (is_for_heap(relation, layout, TO_DELETE, write->row))
		return heap_delete_row(relation, write->row);
	return sql_delete_row(relation, layout, write->row);
}

static bool
write_row(TableId table, const Write *write)
{
	MemoryContext context = CurrentMemoryContext;
	const Layout *layout;
	Relation	relation;
	bool		written = false;

	PreventCommandIfReadOnly(write->command);
	PreventCommandIfParallelMode(write->command);
	relation = layout_open(table, RowExclusiveLock, &layout);
	push_sight(FRESH_SIGHT);
	PG_TRY();
	{
		written = write->by_driver(relation, layout, write);
	}
	PG_CATCH();
	{
		/* of a deletion, a foreign key says that something refers to the row */
		rethrow_without_row(context, write->by_driver == delete_by_driver ? "" : layout->name, NULL);
	}
	PG_END_TRY();
	PopActiveSnapshot();
	table_close(relation, NoLock);
	return written;
}

void
raise_not_stored(TableId table)
{
	ereport(ERROR,
			(errcode(ERRCODE_TRIGGERED_ACTION_EXCEPTION),
			 errmsg("a BEFORE trigger of table \"%s\" kept the row from being stored", layout_of(table)->name)));
}

bool
insert_row(TableId table, const NullableDatum *columns, LOCKTAG *release, Row *row)
{
	Write		write = {"INSERT", insert_by_driver,.columns = columns,.release = release,.row = row};
	bool		written;

	note_insert();
	written = write_row(table, &write);
	if (!written && row != NULL)
		raise_not_stored(table);
	return written;
}

bool
update_row(Row *row, const Change *changes, int n, LOCKTAG *release)
{
	Write		write = {"UPDATE", update_by_driver,.changes = changes,.n_changes = n,.release = release,.row = row};

	return write_row(row->table, &write);
}

bool
delete_row(const Row *row)
{
	Write		write = {"DELETE", delete_by_driver,.row = unconstify(Row *, row)};

	return write_row(row->table, &write);
}

Datum
row_composite(const Row *row)
{
	const Layout *layout;
	Relation	relation = layout_open(row->table, AccessShareLock, &layout);
	Datum		composite = heap_copy_tuple_as_datum(row->tuple, RelationGetDescr(relation));

	table_close(relation, NoLock);
	return composite;
}
