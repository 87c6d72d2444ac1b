/*
 * heap.c
 *		The driver that goes straight to index and table.
 *
 * Reading is an index scan; locking is table_tuple_lock() as the executor calls
 * it (nodeLockRows.c); writing is the path of logical replication
 * (ExecSimpleRelationInsert() and its siblings in execReplication.c), which
 * fires row triggers, computes stored columns and checks constraints.  Around
 * it stands what an executor would have: a command of its own, a snapshot, a
 * range table that says which columns change, and a query level for AFTER
 * triggers, foreign keys among them.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/heapam.h"
#include "access/htup_details.h"
#include "access/relscan.h"
#include "access/sysattr.h"
#include "access/table.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "catalog/pg_collation_d.h"
#include "commands/trigger.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "utils/datum.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

#include "compat.h"
#include "errors.h"
#include "store/drivers.h"

/* ---------- reading ---------- */

typedef struct KeyScan
{
	Relation	index;
	IndexScanDesc desc;
	TupleTableSlot *slot;
} KeyScan;

static KeyScan
begin_scan(Relation relation, const KeyLayout *key, const Datum *values, int n)
{
	KeyScan		scan;
	ScanKeyData keys[MAX_KEY_COLUMNS];

	scan.index = index_open(key->index, AccessShareLock);
	/* a B-tree wants its keys in the order of its columns, and its own collation */
	for (int i = 0; i < n; i++)
	{
		int			column = key->positions[i] - 1;

		ScanKeyEntryInitialize(&keys[column], 0, key->positions[i], BTEqualStrategyNumber, InvalidOid,
							   scan.index->rd_indcollation[column], key->equal[i], values[i]);
	}
	scan.slot = table_slot_create(relation, NULL);
	scan.desc = index_beginscan_compat(relation, scan.index, GetActiveSnapshot(), n);
	index_rescan(scan.desc, keys, n, NULL, 0);
	return scan;
}

static bool
next_row(KeyScan *scan)
{
	CHECK_FOR_INTERRUPTS();
	return index_getnext_slot(scan->desc, ForwardScanDirection, scan->slot);
}

static void
end_scan(KeyScan *scan)
{
	index_endscan(scan->desc);
	ExecDropSingleTupleTableSlot(scan->slot);
	index_close(scan->index, NoLock);
}

bool
heap_find(Relation relation, const Layout *layout, const KeyLayout *key,
		  const Datum *values, int n_values, Row *row)
{
	KeyScan		scan = begin_scan(relation, key, values, n_values);
	bool		found = next_row(&scan);

	if (found && row != NULL)
		layout_read(relation, layout, ExecCopySlotHeapTuple(scan.slot), row);
	end_scan(&scan);
	return found;
}

List *
heap_find_all(Relation relation, const Layout *layout, const KeyLayout *key,
			  const Datum *values, int n_values)
{
	KeyScan		scan = begin_scan(relation, key, values, n_values);
	List	   *rows = NIL;

	while (next_row(&scan))
	{
		Row		   *row = palloc(sizeof(Row));

		layout_read(relation, layout, ExecCopySlotHeapTuple(scan.slot), row);
		rows = lappend(rows, row);
	}
	end_scan(&scan);
	return rows;
}

/* ---------- locking ---------- */

bool
heap_lock_newest(Relation relation, TupleTableSlot *slot, LockTupleMode mode)
{
	TM_FailureData failure;
	ItemPointerData tid = slot->tts_tid;
	uint8		flags = TUPLE_LOCK_FLAG_LOCK_UPDATE_IN_PROGRESS;
	TM_Result	result;

	if (!IsolationUsesXactSnapshot())
		flags |= TUPLE_LOCK_FLAG_FIND_LAST_VERSION;
	result = table_tuple_lock(relation, &tid, GetActiveSnapshot(), slot, GetCurrentCommandId(true),
							  mode, LockWaitBlock, flags, &failure);
	switch (result)
	{
		case TM_Ok:
			return true;
		case TM_Updated:
		case TM_Deleted:
			if (IsolationUsesXactSnapshot())
				raise_concurrent_change();
			return false;
		case TM_SelfModified:	/* by a trigger of this very command */
			return false;
		default:
			elog(ERROR, "unexpected result of locking a tuple: %d", (int) result);
	}
}

/* After an update chain was followed, the row may have another key. */
static bool
still_has_key(const Row *row, const KeyLayout *key, const Datum *values, int n_values)
{
	int			first = n_values - key->n_columns;

	for (int i = 0; i < key->n_columns; i++)
	{
		const NullableDatum *column = &row->columns[key->columns[i]];

		if (column->isnull ||
			!DatumGetBool(OidFunctionCall2Coll(key->equal[first + i], C_COLLATION_OID,
											   column->value, values[first + i])))
			return false;
	}
	return true;
}

bool
heap_find_and_lock(Relation relation, const Layout *layout, const KeyLayout *key,
				   const Datum *values, int n_values, LockTupleMode mode, Row *row)
{
	KeyScan		scan = begin_scan(relation, key, values, n_values);
	bool		found = next_row(&scan) && heap_lock_newest(relation, scan.slot, mode);

	if (found)
	{
		layout_read(relation, layout, ExecCopySlotHeapTuple(scan.slot), row);
		found = still_has_key(row, key, values, n_values);
	}
	end_scan(&scan);
	return found;
}

bool
heap_lock_as_read(Relation relation, const Row *row, LockTupleMode mode)
{
	TM_FailureData failure;
	TupleTableSlot *slot = table_slot_create(relation, NULL);
	ItemPointerData tid = row->tuple->t_self;
	TM_Result	result = table_tuple_lock(relation, &tid, GetActiveSnapshot(), slot, GetCurrentCommandId(true),
										  mode, LockWaitSkip, 0, &failure);

	ExecDropSingleTupleTableSlot(slot);
	return result == TM_Ok;
}

/* Not replaced or deleted, by this transaction or another one that has ended. */
static bool
is_there(Relation relation, ItemPointerData tid)
{
	TupleTableSlot *slot = table_slot_create(relation, NULL);
	bool		found = table_tuple_fetch_row_version(relation, &tid, SnapshotSelf, slot);

	ExecDropSingleTupleTableSlot(slot);
	return found;
}

bool
heap_is_there(Relation relation, const Row *row)
{
	return is_there(relation, row->tuple->t_self);
}

/* ---------- writing ---------- */

typedef struct Writer
{
	EState	   *estate;
	ResultRelInfo *target;
	MemoryContext caller;
} Writer;

/* As create_edata_for_relation() in replication/logical/worker.c. */
static Writer
begin_writing(Relation relation, Bitmapset *updated)
{
	Writer		writer = {.estate = CreateExecutorState()};

	writer.caller = MemoryContextSwitchTo(writer.estate->es_query_cxt);
	init_range_table_compat(writer.estate, relation, updated);
	writer.target = makeNode(ResultRelInfo);
	InitResultRelInfo(writer.target, relation, 1, NULL, 0);
	writer.estate->es_opened_result_relations = lappend(NIL, writer.target);
	writer.estate->es_snapshot = GetActiveSnapshot();
	writer.estate->es_output_cid = GetCurrentCommandId(true);
	AfterTriggerBeginQuery();
	ExecOpenIndices(writer.target, false);
	return writer;
}

static TupleTableSlot *
new_slot(Writer *writer, Relation relation)
{
	return ExecInitExtraTupleSlot(writer->estate, RelationGetDescr(relation),
								  table_slot_callbacks(relation));
}

/* The version that is replaced, which names its place. */
static TupleTableSlot *
stored_slot(Writer *writer, Relation relation, const Row *row)
{
	TupleTableSlot *slot = ExecInitExtraTupleSlot(writer->estate, RelationGetDescr(relation), &TTSOpsHeapTuple);

	return ExecStoreHeapTuple(row->tuple, slot, false);
}

/* What was written is written: others may look for it now, and triggers fire. */
static void
end_writing(Writer *writer, LOCKTAG *release)
{
	release_lock(release);
	AfterTriggerEndQuery(writer->estate);
	ExecCloseResultRelations(writer->estate);
	ExecResetTupleTable(writer->estate->es_tupleTable, false);
	MemoryContextSwitchTo(writer->caller);
	FreeExecutorState(writer->estate);
}

static void
store_columns(TupleTableSlot *slot, const Layout *layout, const NullableDatum *columns)
{
	ExecClearTuple(slot);
	memset(slot->tts_isnull, true, sizeof(bool) * slot->tts_tupleDescriptor->natts);
	for (int i = 0; i < layout->n_columns; i++)
	{
		slot->tts_values[layout->attnums[i] - 1] = columns[i].value;
		slot->tts_isnull[layout->attnums[i] - 1] = columns[i].isnull;
	}
	ExecStoreVirtualTuple(slot);
	ItemPointerSetInvalid(&slot->tts_tid);
}

/*
 * Was it written, or did a trigger prevent it?  One that returned the old version
 * has left that one's place in the slot.
 */
static bool
take_written(Writer *writer, Relation relation, const Layout *layout, TupleTableSlot *old,
			 TupleTableSlot *slot, Row *row)
{
	if (!ItemPointerIsValid(&slot->tts_tid) || (old != NULL && ItemPointerEquals(&slot->tts_tid, &old->tts_tid)))
		return false;
	if (row != NULL)
	{
		MemoryContext query = MemoryContextSwitchTo(writer->caller);

		layout_read(relation, layout, ExecCopySlotHeapTuple(slot), row);
		MemoryContextSwitchTo(query);
	}
	return true;
}

bool
heap_insert_row(Relation relation, const Layout *layout,
				const NullableDatum *columns, LOCKTAG *release, Row *row)
{
	Writer		writer = begin_writing(relation, NULL);
	TupleTableSlot *slot = new_slot(&writer, relation);
	bool		written;

	store_columns(slot, layout, columns);
	ExecSimpleRelationInsert(writer.target, writer.estate, slot);
	written = take_written(&writer, relation, layout, NULL, slot, row);
	end_writing(&writer, release);
	return written;
}

static Bitmapset *
changed_columns(const Layout *layout, const Change *changes, int n)
{
	Bitmapset  *columns = NULL;

	for (int i = 0; i < n; i++)
		columns = bms_add_member(columns, layout->attnums[changes[i].column] - FirstLowInvalidHeapAttributeNumber);
	return columns;
}

static void
store_changes(TupleTableSlot *slot, TupleTableSlot *old, const Layout *layout,
			  const Change *changes, int n)
{
	int			natts = slot->tts_tupleDescriptor->natts;

	slot_getallattrs(old);
	ExecClearTuple(slot);
	memcpy(slot->tts_values, old->tts_values, sizeof(Datum) * natts);
	memcpy(slot->tts_isnull, old->tts_isnull, sizeof(bool) * natts);
	for (int i = 0; i < n; i++)
	{
		slot->tts_values[layout->attnums[changes[i].column] - 1] = changes[i].value.value;
		slot->tts_isnull[layout->attnums[changes[i].column] - 1] = changes[i].value.isnull;
	}
	ExecStoreVirtualTuple(slot);
	ItemPointerSetInvalid(&slot->tts_tid);
}

bool
heap_update_row(Relation relation, const Layout *layout, Row *row,
				const Change *changes, int n, LOCKTAG *release)
{
	Writer		writer = begin_writing(relation, changed_columns(layout, changes, n));
	TupleTableSlot *old = stored_slot(&writer, relation, row);
	TupleTableSlot *slot = new_slot(&writer, relation);
	EPQState	epq;
	bool		written;

	evalplanqual_init_compat(&epq, writer.estate);
	store_changes(slot, old, layout, changes, n);
	ExecSimpleRelationUpdate(writer.target, writer.estate, &epq, old, slot);
	written = take_written(&writer, relation, layout, old, slot, row);
	EvalPlanQualEnd(&epq);
	end_writing(&writer, release);
	return written;
}

/*
 * Delete the newest version of the row; false if it is gone.  As ExecDelete()
 * does it (nodeModifyTable.c), where no trigger is to be asked before: a lock
 * that is taken first would be one more change of the tuple.
 */
static bool
delete_newest(Relation relation, Writer *writer, ItemPointer tid)
{
	TM_FailureData failure;
	TM_Result	result;

	while ((result = table_tuple_delete_compat(relation, tid, writer->estate->es_output_cid,
											   writer->estate->es_snapshot, &failure)) == TM_Updated)
	{
		if (IsolationUsesXactSnapshot())
			raise_concurrent_change();
		CHECK_FOR_INTERRUPTS();
		*tid = failure.ctid;
	}
	if (result == TM_Deleted && IsolationUsesXactSnapshot())
		raise_concurrent_change();
	if (result != TM_Ok && result != TM_Deleted && result != TM_SelfModified)
		elog(ERROR, "unexpected result of deleting a tuple: %d", (int) result);
	return result == TM_Ok;
}

static bool
delete_without_asking(Relation relation, Writer *writer, const Row *row)
{
	ItemPointerData tid = row->tuple->t_self;

	CheckCmdReplicaIdentity(relation, CMD_DELETE);
	if (!delete_newest(relation, writer, &tid))
		return false;
	ExecARDeleteTriggers(writer->estate, writer->target, &tid, NULL, NULL, false);
	return true;
}

/* A BEFORE trigger may prevent it, which ExecSimpleRelationDelete() keeps to itself. */
static bool
delete_if_allowed(Relation relation, Writer *writer, const Row *row)
{
	TupleTableSlot *newest = new_slot(writer, relation);
	EPQState	epq;

	newest->tts_tid = row->tuple->t_self;
	if (!heap_lock_newest(relation, newest, LockTupleExclusive))
		return false;
	evalplanqual_init_compat(&epq, writer->estate);
	ExecSimpleRelationDelete(writer->target, writer->estate, &epq, newest);
	EvalPlanQualEnd(&epq);
	return !is_there(relation, newest->tts_tid);
}

bool
heap_delete_row(Relation relation, const Row *row)
{
	Writer		writer = begin_writing(relation, NULL);
	bool		asks = relation->trigdesc != NULL && relation->trigdesc->trig_delete_before_row;
	bool		deleted = asks ? delete_if_allowed(relation, &writer, row) :
		delete_without_asking(relation, &writer, row);

	end_writing(&writer, NULL);
	return deleted;
}
