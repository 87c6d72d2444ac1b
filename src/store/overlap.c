/*
 * overlap.c
 *		The constraint trigger behind promise 1: within one access control
 *		system, no two credentials of the same access method have the same
 *		identifier at the same instant; and the look-up that rests on it.
 *
 * The protocol is the one that the server runs for exclusion constraints
 * (check_exclusion_or_unique_constraint() in executor/execIndexing.c): the row
 * and its index entry are written first, then the index is scanned with a
 * dirty snapshot.  Of two transactions that write conflicting rows, whichever
 * scans last sees the other's row, at any isolation level.  A committed
 * conflicting row is an error; one of a transaction in progress is waited for,
 * and the scan begins again.
 *
 * What differs is that the end of a window is in no index, so that changing it
 * can be a HOT update.  A dirty snapshot is not an MVCC snapshot, so the scan
 * returns every member of a HOT chain that may be live
 * (heapam_index_fetch_tuple()): of a row whose window is being changed by
 * another transaction, the version before and the version after.  Each is
 * compared by its own window, and the outcome of the other transaction is
 * awaited only if one of them overlaps.
 *
 * The start is the last column of the index.  Windows of one identifier do not
 * overlap, so they end in the order in which they start: the scan goes
 * backwards from the end of the new window, and the first window that is there
 * to stay and does not reach into it ends the search, however many came before.
 * Windows of this transaction may not have been checked yet, those of others
 * may go or have to go, and an empty one says nothing of those before it: they
 * do not end it.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/relscan.h"
#include "access/stratnum.h"
#include "access/sysattr.h"
#include "access/table.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "access/xlog.h"
#include "catalog/pg_control.h"
#include "commands/trigger.h"
#include "common/hashfn.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"
#include "utils/uuid.h"

#include "compat.h"
#include "credentials.h"
#include "errors.h"
#include "ids.h"
#include "store/drivers.h"
#include "store/identifier.h"
#include "store/overlap.h"
#include "store/trigger_table.h"

typedef enum ScanResult
{
	NOTHING_OVERLAPS,
	OVERLAPS,					/* with what is in the slot */
	OVERLAPS_IN_PROGRESS		/* if the transaction commits (or aborts) */
} ScanResult;

/* ---------- scans of the index ---------- */

/* From where, and which way; both ways end with the last row of the identifier. */
typedef enum Range
{
	BACK_FROM_BEFORE,
	BACK_FROM,
	ON_FROM_AFTER
} Range;

static const struct
{
	StrategyNumber strategy;
	RegProcedure procedure;
	ScanDirection direction;
}			ranges[] = {
	[BACK_FROM_BEFORE] = {BTLessStrategyNumber, F_TIMESTAMPTZ_LT, BackwardScanDirection},
	[BACK_FROM] = {BTLessEqualStrategyNumber, F_TIMESTAMPTZ_LE, BackwardScanDirection},
	[ON_FROM_AFTER] = {BTGreaterStrategyNumber, F_TIMESTAMPTZ_GT, ForwardScanDirection},
};

/* Values of the columns of the index but the last: workspace, system, method, identifier. */
typedef struct IdentifierKey
{
	Datum		values[N_IDENTIFIER_KEYS];
} IdentifierKey;

typedef struct IdentifierScan
{
	Relation	index;
	IndexScanDesc desc;
	ScanDirection direction;
} IdentifierScan;

static const RegProcedure identifier_equal[N_IDENTIFIER_KEYS] = {
	F_UUID_EQ, F_UUID_EQ, F_ENUM_EQ, F_TEXTEQ
};

static Relation
open_index(Relation relation, const TriggerTable *table)
{
	if (!OidIsValid(table->index))
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("table \"%s\" has no valid index to check for overlaps",
						RelationGetRelationName(relation)),
				 errhint("Create or rebuild the B-tree index on (%s).",
						 "identifier, acs_system_id, access_method, workspace_id, valid_from")));
	return index_open(table->index, AccessShareLock);
}

static IdentifierScan
begin_scan(Relation relation, const TriggerTable *table, const IdentifierKey *key,
		   Range range, Instant instant, Snapshot snapshot)
{
	IdentifierScan scan = {.index = open_index(relation, table),.direction = ranges[range].direction};
	ScanKeyData keys[N_IDENTIFIER_KEYS + 1];

	for (int i = 0; i < N_IDENTIFIER_KEYS; i++)
		ScanKeyInit(&keys[table->positions[i] - 1], table->positions[i], BTEqualStrategyNumber,
					identifier_equal[i], key->values[i]);
	ScanKeyInit(&keys[N_IDENTIFIER_KEYS], N_IDENTIFIER_KEYS + 1, ranges[range].strategy,
				ranges[range].procedure, TimestampTzGetDatum(instant));
	scan.desc = index_beginscan_compat(relation, scan.index, snapshot, N_IDENTIFIER_KEYS + 1);
	index_rescan(scan.desc, keys, N_IDENTIFIER_KEYS + 1, NULL, 0);
	return scan;
}

static bool
next_row(IdentifierScan *scan, TupleTableSlot *slot)
{
	CHECK_FOR_INTERRUPTS();
	return index_getnext_slot(scan->desc, scan->direction, slot);
}

static void
end_scan(IdentifierScan *scan)
{
	index_endscan(scan->desc);
	index_close(scan->index, NoLock);
}

/* ---------- the check ---------- */

static bool
is_of_this_transaction(TupleTableSlot *row)
{
	bool		isnull;
	Datum		xmin = slot_getsysattr(row, MinTransactionIdAttributeNumber, &isnull);

	return TransactionIdIsCurrentTransactionId(DatumGetTransactionId(xmin));
}

/*
 * Look for a row that overlaps, other than self (or null).  The slot holds
 * what was found; of a row in progress, *dirty tells whose it is.
 */
static ScanResult
scan_once(Relation relation, const TriggerTable *table, const IdentifierKey *key,
		  Window window, ItemPointer self, TupleTableSlot *slot, SnapshotData *dirty)
{
	IdentifierScan scan;
	ScanResult	result = NOTHING_OVERLAPS;

	InitDirtySnapshot(*dirty);
	scan = begin_scan(relation, table, key, BACK_FROM_BEFORE, window.ends_at, dirty);
	while (next_row(&scan, slot))
	{
		Window		other = credential_window(table, slot);
		bool		in_progress = TransactionIdIsValid(dirty->xmin) || TransactionIdIsValid(dirty->xmax);

		if (!window_is_ordered(other) ||
			(self != NULL && ItemPointerEquals(self, &slot->tts_tid)))
			continue;
		if (windows_overlap(window, other))
		{
			result = in_progress ? OVERLAPS_IN_PROGRESS : OVERLAPS;
			ExecMaterializeSlot(slot);
			break;
		}
		if (!in_progress && !is_of_this_transaction(slot))
			break;
	}
	end_scan(&scan);
	return result;
}

/* Wait for the end of the transaction that a dirty snapshot met. */
static void
wait_for(Relation relation, const SnapshotData *dirty, ItemPointer tid)
{
	TransactionId xid = TransactionIdIsValid(dirty->xmin) ? dirty->xmin : dirty->xmax;

	if (dirty->speculativeToken != 0)
		SpeculativeInsertionWait(dirty->xmin, dirty->speculativeToken);
	else
		XactLockTableWait(xid, relation, tid, XLTW_RecheckExclusionConstr);
}

/* ---------- the trigger ---------- */

/* Who holds it, by id and mask, and until when. */
static void
raise_overlap(Rule rule, const TriggerTable *table, TupleTableSlot *holder)
{
	Window		window = credential_window(table, holder);
	NullableDatum starts_at = trigger_column(table, holder, CREDENTIAL_STARTS_AT);

	const char *hint = window.ends_at <= GetCurrentTimestamp() ?
		"Move the start to after that, or create a new credential." : NULL;

	raise_rule_with_hint(rule, hint, "Credential %s (\"%s\") holds it from %s to %s.",
						 id_text(trigger_column(table, holder, CREDENTIAL_ID).value),
						 TextDatumGetCString(trigger_column(table, holder, CREDENTIAL_DISPLAY_NAME).value),
						 starts_at.isnull ? "-infinity" : pstrdup(timestamptz_to_str(DatumGetTimestampTz(starts_at.value))),
						 window.ends_at == NEVER_ENDS ? "infinity" : pstrdup(timestamptz_to_str(window.ends_at)));
}

static IdentifierKey
key_of_row(const TriggerTable *table, TupleTableSlot *row)
{
	return (IdentifierKey)
	{
		{
			trigger_column(table, row, WORKSPACE).value,
				trigger_column(table, row, CREDENTIAL_SYSTEM).value,
				trigger_column(table, row, CREDENTIAL_ACCESS_METHOD).value,
				trigger_column(table, row, CREDENTIAL_IDENTIFIER).value
		}
	};
}

static Rule
rule_of_row(const TriggerTable *table, TupleTableSlot *row)
{
	NullableDatum method = trigger_column(table, row, CREDENTIAL_ACCESS_METHOD);

	return access_method_from_datum(method.value) == METHOD_CARD &&
		!trigger_column(table, row, CREDENTIAL_CARD_NUMBER).isnull ?
		RULE_CARD_NUMBER_OVERLAP : RULE_CODE_OVERLAP;
}

/*
 * Did the update leave alone all that the check looks at?
 *
 * Only a HOT update, which changes no column of an index and so none of the key,
 * is one step to a scan that meets it: the scan sees the old version or the new
 * one, on one page under one lock.  Otherwise a concurrent scan may have copied
 * the index entries of the page before the new one was there, find the old
 * version dead, and never see the new one; then it is this update that has to
 * find the other row.
 *
 * An old version that this transaction wrote itself may not have been checked
 * yet (the constraint may be deferred, and its own check then finds it dead),
 * so it does not count; as in RI_FKey_fk_upd_check_required().
 */
static bool
update_is_irrelevant(const TriggerTable *table, TupleTableSlot *old, TupleTableSlot *new)
{
	return HeapTupleIsHeapOnly(ExecFetchSlotHeapTuple(new, false, NULL)) &&
		window_covers(credential_window(table, old), credential_window(table, new)) &&
		!is_of_this_transaction(old) &&
		credential_is_derived_as_before(table, old, new);
}

/*
 * In which subtransaction a row is being written although the identifier is held, in a
 * row that somebody else has locked.  That one may wait for a row of ours, so he must
 * not be waited for; and whatever he does, to have come first and been refused is right.
 * An error leaves it as it is, and that subtransaction is over.
 */
static LocalTransactionId refusing_transaction = InvalidLocalTransactionId;
static SubTransactionId refusing_subtransaction = InvalidSubTransactionId;

static void
refuse_at_once(bool refuse)
{
	refusing_transaction = my_local_transaction_id();
	refusing_subtransaction = refuse ? GetCurrentSubTransactionId() : InvalidSubTransactionId;
}

static bool
refuses_at_once(void)
{
	return refusing_subtransaction == GetCurrentSubTransactionId() &&
		refusing_transaction == my_local_transaction_id();
}

void
identifier_written(void)
{
	refuse_at_once(false);
}

static void
check_row(Relation relation, const TriggerTable *table, TupleTableSlot *row)
{
	IdentifierKey key = key_of_row(table, row);
	Window		window = credential_window(table, row);
	TupleTableSlot *other;
	SnapshotData dirty;
	ScanResult	result;

	if (!window_is_ordered(window))
		return;
	other = table_slot_create(relation, NULL);
	while ((result = scan_once(relation, table, &key, window, &row->tts_tid, other, &dirty)) == OVERLAPS_IN_PROGRESS &&
		   !refuses_at_once())
		wait_for(relation, &dirty, &other->tts_tid);
	if (result != NOTHING_OVERLAPS)
		raise_overlap(rule_of_row(table, row), table, other);
	ExecDropSingleTupleTableSlot(other);
}

/* A BEFORE trigger that fires after ours may have changed what ours went by. */
static void
require_derived(FunctionCallInfo fcinfo, const TriggerTable *table, TupleTableSlot *row)
{
	Relation	relation = ((TriggerData *) fcinfo->context)->tg_relation;

	if (credential_is_derived(fcinfo, table, row))
		return;
	ereport(ERROR,
			(errcode(ERRCODE_TRIGGERED_DATA_CHANGE_VIOLATION),
			 errmsg("identifier, display name, start or last use of a credential does not follow from its other columns"),
			 errhint("Trigger \"%s\" of table \"%s\" has to be enabled, and the last BEFORE trigger by name that changes the row.",
					 "derive", RelationGetRelationName(relation))));
}

/*
 * CREATE CONSTRAINT TRIGGER identifier_overlap AFTER INSERT OR UPDATE ON acs_credentials
 *		DEFERRABLE FOR EACH ROW EXECUTE FUNCTION acs_check_overlap();
 */
PG_FUNCTION_INFO_V1(acs_check_overlap);
Datum
acs_check_overlap(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;
	const TriggerTable *table;
	TupleTableSlot *row;
	bool		update;

	require_trigger_of_rows(fcinfo, TRIGGER_EVENT_AFTER, "acs_check_overlap");
	update = TRIGGER_FIRED_BY_UPDATE(trigger->tg_event);
	row = trigger_new_slot(trigger);
	table = trigger_table(trigger->tg_relation, TABLE_CREDENTIALS);

	/*
	 * A version that is no longer live was replaced in this transaction, and
	 * what replaced it has its own check.
	 */
	if (!(update && update_is_irrelevant(table, trigger->tg_trigslot, row)) &&
		table_tuple_satisfies_snapshot(trigger->tg_relation, row, SnapshotSelf))
	{
		require_derived(fcinfo, table, row);
		if (!trigger_column(table, row, CREDENTIAL_IDENTIFIER).isnull)
			check_row(trigger->tg_relation, table, row);
	}
	PG_RETURN_POINTER(NULL);
}

/* ---------- turns ---------- */

/*
 * Two sessions that write one identifier at once would each write a row and
 * then wait for the other: a deadlock, after a second, for what is a plain
 * refusal.  So the functions take turns.  Whoever has the turn knows that nobody
 * else has a row in progress, writes row and index entries, and gives the turn
 * away before it could wait for anything; who comes next sees that row and waits
 * for its transaction, with nothing written yet.
 */
static LOCKTAG
turn_of(const Identifier *identity)
{
	LOCKTAG		tag;
	struct varlena *identifier = PG_DETOAST_DATUM_PACKED(identity->identifier);
	Oid			method = DatumGetObjectId(identity->access_method);
	/* everybody sees locks: what only the server knows keeps others from trying out codes */
	uint64		hash = hash_bytes_extended((const unsigned char *) GetMockAuthenticationNonce(),
										   MOCK_AUTH_NONCE_LEN, method);

	hash = hash_bytes_extended(session_workspace()->data, UUID_LEN, hash);
	hash = hash_bytes_extended(DatumGetUUIDP(identity->acs_system_id)->data, UUID_LEN, hash);
	hash = hash_bytes_extended((const unsigned char *) VARDATA_ANY(identifier), VARSIZE_ANY_EXHDR(identifier), hash);
	/* users' advisory locks have 1 or 2 in the last field */
	SET_LOCKTAG_ADVISORY(tag, MyDatabaseId, (uint32) (hash >> 32), (uint32) hash, 3);
	return tag;
}

static IdentifierKey
key_of_identifier(const Identifier *identity)
{
	return (IdentifierKey)
	{
		{
			UUIDPGetDatum(session_workspace()), identity->acs_system_id,
				identity->access_method, identity->identifier
		}
	};
}

/* Null where rows cannot be looked for with a dirty snapshot. */
static Relation
open_heap(const TriggerTable **table, LOCKMODE lockmode)
{
	const Layout *layout;
	Relation	relation = layout_open(TABLE_CREDENTIALS, lockmode, &layout);

	if (layout_is_heap(relation, layout, TO_INSERT))
	{
		*table = trigger_table(relation, TABLE_CREDENTIALS);
		if (OidIsValid((*table)->index))
			return relation;
	}
	table_close(relation, NoLock);
	return NULL;
}

/*
 * Who holds the identifier will be found by the check, which refuses the row
 * that is about to be written.  Meanwhile the holder must not be changed: its own
 * check could find our row, and both would wait for each other.  Where somebody has
 * it locked, it is our check that does not wait.  False if the holder has changed.
 */
static bool
hold_still(Relation relation, TupleTableSlot *holder)
{
	TM_FailureData failure;
	ItemPointerData tid = holder->tts_tid;
	TM_Result	result = table_tuple_lock(relation, &tid, GetActiveSnapshot(), holder, GetCurrentCommandId(true),
										  LockTupleShare, LockWaitSkip, 0, &failure);

	refuse_at_once(result == TM_WouldBlock);
	/* of this very transaction, nobody else changes it */
	return result == TM_Ok || result == TM_WouldBlock || result == TM_SelfModified || result == TM_Invisible;
}

/* Where somebody has to be waited for, that is done without the turn. */
static bool
look_in_turn(Relation relation, const TriggerTable *table, const IdentifierKey *key,
			 Window window, ItemPointer self, TupleTableSlot *slot, LOCKTAG *turn)
{
	SnapshotData dirty;
	ScanResult	result;

	LockAcquire(turn, ExclusiveLock, false, false);
	result = scan_once(relation, table, key, window, self, slot, &dirty);
	if (result == NOTHING_OVERLAPS || (result == OVERLAPS && hold_still(relation, slot)))
		return true;
	LockRelease(turn, ExclusiveLock, false);
	if (result == OVERLAPS_IN_PROGRESS)
		wait_for(relation, &dirty, &slot->tts_tid);
	return false;
}

bool
identifier_take_turn(const Identifier *identity, Window window, const Row *self, LOCKTAG *turn)
{
	const TriggerTable *table;
	Relation	relation = open_heap(&table, RowExclusiveLock);
	IdentifierKey key = key_of_identifier(identity);
	TupleTableSlot *slot;

	if (relation == NULL)
		return false;
	*turn = turn_of(identity);
	slot = table_slot_create(relation, NULL);
	push_sight(FRESH_SIGHT);
	while (!look_in_turn(relation, table, &key, window, self ? &self->tuple->t_self : NULL, slot, turn))
		CHECK_FOR_INTERRUPTS();
	PopActiveSnapshot();
	ExecDropSingleTupleTableSlot(slot);
	table_close(relation, NoLock);
	return true;
}

static Window
window_of_result(Rows rows)
{
	return window_from_datums(row_get(rows, 0, 2), row_get(rows, 0, 3));
}

/* Of those that begin before the end, the last decides. */
static bool
is_free_by_sql(const Identifier *identity, Window window)
{
	Instant		last = window.ends_at == NEVER_ENDS ? NEVER_ENDS : window.ends_at - 1;
	Rows		rows = statement_run_at_latest(STMT_IDENTITY_BEFORE, (NullableDatum[])
	{
		DATUM(identity->acs_system_id), DATUM(identity->access_method), DATUM(identity->identifier),
		DATUM(TimestampTzGetDatum(last))
	});

	return rows.count == 0 || !windows_overlap(window_of_result(rows), window);
}

static bool
is_free(const Identifier *identity, Window window)
{
	const TriggerTable *table;
	Relation	relation = open_heap(&table, RowExclusiveLock);
	IdentifierKey key = key_of_identifier(identity);
	TupleTableSlot *slot;
	SnapshotData dirty;
	bool		free;

	if (relation == NULL)
		return is_free_by_sql(identity, window);
	slot = table_slot_create(relation, NULL);
	free = scan_once(relation, table, &key, window, NULL, slot, &dirty) == NOTHING_OVERLAPS;
	ExecDropSingleTupleTableSlot(slot);
	table_close(relation, NoLock);
	return free;
}

bool
identifier_take_if_free(const Identifier *identity, Window window, LOCKTAG *turn)
{
	*turn = turn_of(identity);
	if (LockAcquire(turn, ExclusiveLock, false, true) == LOCKACQUIRE_NOT_AVAIL)
		return false;
	if (is_free(identity, window))
		return true;
	LockRelease(turn, ExclusiveLock, false);
	return false;
}

/* ---------- at a door ---------- */

/*
 * The first row of the range whose window is not empty; if there is none, the
 * first, which holds nothing, but tells whose it was.
 */
static bool
first_holder(Relation relation, const Layout *layout, const TriggerTable *table,
			 const IdentifierKey *key, Range range, Instant at, Window *window, Row *row)
{
	TupleTableSlot *slot = table_slot_create(relation, NULL);
	IdentifierScan scan = begin_scan(relation, table, key, range, at, GetActiveSnapshot());
	bool		any = false;
	bool		holds = false;

	while (!holds && next_row(&scan, slot))
	{
		Window		found = credential_window(table, slot);

		holds = window_is_ordered(found);
		if (any && !holds)
			continue;
		*window = found;
		layout_read(relation, layout, ExecCopySlotHeapTuple(slot), row);
		any = true;
	}
	end_scan(&scan);
	ExecDropSingleTupleTableSlot(slot);
	return any;
}

/*
 * Whose window it is; else the nearest in time, which is the one that the person
 * at the door means.
 */
static bool
is_meant_instead(Window next, Window previous, Instant at)
{
	if (window_is_ordered(next) != window_is_ordered(previous))
		return window_is_ordered(next);
	return window_distance(next, at) < window_distance(previous, at);
}

static bool
find_on_heap(Relation relation, const Layout *layout, const TriggerTable *table,
			 const Identifier *identity, Instant at, Row *row)
{
	IdentifierKey key = key_of_identifier(identity);
	Window		window;
	Window		next;
	Row			next_row;

	if (!first_holder(relation, layout, table, &key, BACK_FROM, at, &window, row))
		return first_holder(relation, layout, table, &key, ON_FROM_AFTER, at, &next, row);
	if (!window_contains(window, at) &&
		first_holder(relation, layout, table, &key, ON_FROM_AFTER, at, &next, &next_row) &&
		is_meant_instead(next, window, at))
		*row = next_row;
	return true;
}

static bool
find_next_on_heap(Relation relation, const Layout *layout, const TriggerTable *table,
				  const Identifier *identity, Instant after, Row *row)
{
	IdentifierKey key = key_of_identifier(identity);
	Window		window;

	return first_holder(relation, layout, table, &key, ON_FROM_AFTER, after, &window, row) &&
		window_is_ordered(window);
}

static Rows
run_identity(StatementId statement, const Identifier *identity, Instant at, Sight sight)
{
	RunStatement run = sight == CALLERS_SIGHT ? statement_run : statement_run_at_latest;

	return run(statement, (NullableDatum[])
	{
		DATUM(identity->acs_system_id), DATUM(identity->access_method), DATUM(identity->identifier),
		DATUM(TimestampTzGetDatum(at))
	});
}

static bool
find_result(Rows rows, Sight sight, Row *row)
{
	Datum		id;

	if (rows.count == 0)
		return false;
	id = row_get(rows, 0, 1).value;
	return find_row(CREDENTIAL_BY_ID, &id, sight, row);
}

/* The same by two statements. */
static bool
find_by_sql(const Identifier *identity, Instant at, Sight sight, Row *row)
{
	Rows		before = run_identity(STMT_IDENTITY_BEFORE, identity, at, sight);
	Rows		after = run_identity(STMT_IDENTITY_AFTER, identity, at, sight);
	bool		is_after = before.count == 0 ||
		(after.count > 0 && is_meant_instead(window_of_result(after), window_of_result(before), at));

	return find_result(is_after ? after : before, sight, row);
}

static bool
find_next_by_sql(const Identifier *identity, Instant after, Sight sight, Row *row)
{
	Rows		rows = run_identity(STMT_IDENTITY_AFTER, identity, after, sight);

	return rows.count > 0 && window_is_ordered(window_of_result(rows)) && find_result(rows, sight, row);
}

/* Not with an index that is too young for what is to be seen. */
static bool
can_scan(const TriggerTable *table)
{
	return OidIsValid(table->index) && !(table->is_young && !index_is_old_enough(table->index));
}

typedef bool (*FindOnHeap) (Relation relation, const Layout *layout, const TriggerTable *table,
							const Identifier *identity, Instant at, Row *row);
typedef bool (*FindBySql) (const Identifier *identity, Instant at, Sight sight, Row *row);

static bool
find_by(FindOnHeap on_heap, FindBySql by_sql, const Identifier *identity, Instant at, Sight sight, Row *row)
{
	const Layout *layout;
	Relation	relation = layout_open(TABLE_CREDENTIALS, AccessShareLock, &layout);
	const TriggerTable *table = trigger_table(relation, TABLE_CREDENTIALS);
	bool		found;

	if (layout_is_heap(relation, layout, TO_READ) && can_scan(table))
	{
		push_sight(sight);
		found = on_heap(relation, layout, table, identity, at, row);
		PopActiveSnapshot();
	}
	else
		found = by_sql(identity, at, sight, row);
	table_close(relation, NoLock);
	return found;
}

bool
find_presented(const Identifier *identity, Instant at, Sight sight, Row *row)
{
	return find_by(find_on_heap, find_by_sql, identity, at, sight, row);
}

bool
find_presented_next(const Identifier *identity, Instant after, Sight sight, Row *row)
{
	return find_by(find_next_on_heap, find_next_by_sql, identity, after, sight, row);
}
