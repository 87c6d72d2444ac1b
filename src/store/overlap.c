/*
 * overlap.c
 *		The constraint trigger behind promise 1: within one access control
 *		system, no two credentials of the same access method hold the same code
 *		(or card number) at the same instant.
 *
 * The protocol is the one that the server runs for exclusion constraints
 * (check_exclusion_or_unique_constraint() in executor/execIndexing.c): the row
 * and its index entry are written first, then the index is scanned with a
 * dirty snapshot.  Of two transactions that write conflicting rows, whichever
 * scans last sees the other's row, at any isolation level.  A committed
 * conflicting row is an error; one of a transaction in progress is waited for,
 * and the scan begins again.
 *
 * What differs is that the window is in no index, so that changing it can be a
 * HOT update.  A dirty snapshot is not an MVCC snapshot, so the scan returns
 * every member of a HOT chain that may be live (heapam_index_fetch_tuple()):
 * of a row whose window is being changed by another transaction, the version
 * before and the version after.  Each is compared by its own window, and the
 * outcome of the other transaction is awaited only if one of them overlaps.
 *
 * Plain reads cannot see past the snapshot of a REPEATABLE READ transaction,
 * and locking the range would serialize all inserts; this does neither.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/relscan.h"
#include "access/sysattr.h"
#include "access/table.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "catalog/pg_am_d.h"
#include "catalog/pg_type_d.h"
#include "commands/trigger.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "nodes/primnodes.h"
#include "storage/lmgr.h"
#include "utils/builtins.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "compat.h"
#include "credentials.h"
#include "errors.h"
#include "store/overlap.h"

#define KEY_LENGTH 4			/* workspace, system, method, value */

/*
 * What the check needs to know of a table: looked up once, kept until the
 * table or its indexes change.
 */
typedef struct OverlapKey
{
	Oid			relid;
	AttrNumber	value;			/* the column that the trigger's argument names */
} OverlapKey;

typedef struct OverlapCheck
{
	OverlapKey	key;			/* hash key, must be first */
	bool		valid;			/* set last; the rest holds only if it is */
	Oid			index;
	AttrNumber	attributes[KEY_LENGTH]; /* columns of the index, in order */
	FmgrInfo	equal[KEY_LENGTH];	/* their equality functions */
	Oid			collation[KEY_LENGTH];
	AttrNumber	starts_at;
	AttrNumber	ends_at;
	AttrNumber	display_name;
	AttrNumber	credential_id;
} OverlapCheck;

/* Values of the columns of the index. */
typedef struct OverlapValues
{
	Datum		values[KEY_LENGTH];
} OverlapValues;

typedef enum ScanResult
{
	NOTHING_OVERLAPS,
	OVERLAPS,					/* with what is in the slot */
	OVERLAPS_IN_PROGRESS		/* if the transaction commits (or aborts) */
} ScanResult;

static HTAB *checks = NULL;
static uint64 n_changes = 0;	/* invalidations so far */

/* ---------- what to know of the table ---------- */

static void
relation_changed(Datum arg pg_attribute_unused(), Oid relid)
{
	HASH_SEQ_STATUS status;
	OverlapCheck *check;

	n_changes++;
	hash_seq_init(&status, checks);
	while ((check = hash_seq_search(&status)) != NULL)
	{
		if (relid == InvalidOid || relid == check->key.relid)
			check->valid = false;
	}
}

static OverlapCheck *
find_check(Oid relid, AttrNumber value)
{
	OverlapKey	key;
	OverlapCheck *check;
	bool		found;

	if (checks == NULL)
	{
		HASHCTL		ctl = {.keysize = sizeof(OverlapKey),.entrysize = sizeof(OverlapCheck)};

		checks = hash_create("credentials overlap checks", 8, &ctl, HASH_ELEM | HASH_BLOBS);
		CacheRegisterRelcacheCallback(relation_changed, (Datum) 0);
	}
	memset(&key, 0, sizeof(key));	/* padding is part of the hash key */
	key.relid = relid;
	key.value = value;
	check = hash_search(checks, &key, HASH_ENTER, &found);
	if (!found)
		check->valid = false;
	return check;
}

static AttrNumber
column_number(Relation relation, const char *name, Oid type)
{
	AttrNumber	number = get_attnum(RelationGetRelid(relation), name);

	if (number == InvalidAttrNumber ||
		(OidIsValid(type) && TupleDescAttr(RelationGetDescr(relation), number - 1)->atttypid != type))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("table \"%s\" has no suitable column \"%s\"",
						RelationGetRelationName(relation), name)));
	return number;
}

/* Is the predicate of the index absent, or "value IS NOT NULL"? */
static bool
covers_every_value(Relation index, AttrNumber value)
{
	List	   *predicate = RelationGetIndexPredicate(index);
	NullTest   *test;

	if (predicate == NIL)
		return true;
	test = linitial(predicate);
	return list_length(predicate) == 1 && IsA(test, NullTest) &&
		test->nulltesttype == IS_NOT_NULL &&
		IsA(test->arg, Var) && ((Var *) test->arg)->varattno == value;
}

static bool
index_is_usable(Relation index, const AttrNumber *attributes)
{
	Form_pg_index form = index->rd_index;

	if (index->rd_rel->relam != BTREE_AM_OID || !form->indisvalid ||
		!form->indisready || form->indnkeyatts < KEY_LENGTH)
		return false;
	for (int i = 0; i < KEY_LENGTH; i++)
	{
		if (form->indkey.values[i] != attributes[i])
			return false;
	}
	return covers_every_value(index, attributes[KEY_LENGTH - 1]);
}

/* Remember the index and how its columns are compared. */
static void
use_index(OverlapCheck *check, Relation index)
{
	check->index = RelationGetRelid(index);
	for (int i = 0; i < KEY_LENGTH; i++)
	{
		Oid			type = index->rd_opcintype[i];
		Oid			operator = get_opfamily_member(index->rd_opfamily[i], type, type,
												   BTEqualStrategyNumber);

		if (!OidIsValid(operator))
			elog(ERROR, "column %d of index \"%s\" has no equality operator",
				 i + 1, RelationGetRelationName(index));
		fmgr_info_cxt(get_opcode(operator), &check->equal[i], TopMemoryContext);
		check->collation[i] = index->rd_indcollation[i];
	}
}

/* Take the first usable index of the table; without one, do not look away. */
static void
choose_index(OverlapCheck *check, Relation relation)
{
	List	   *indexes = RelationGetIndexList(relation);
	ListCell   *cell;

	check->index = InvalidOid;
	foreach(cell, indexes)
	{
		Relation	index = index_open(lfirst_oid(cell), AccessShareLock);

		if (index_is_usable(index, check->attributes))
			use_index(check, index);
		index_close(index, NoLock);
		if (OidIsValid(check->index))
			break;
	}
	list_free(indexes);
	if (!OidIsValid(check->index))
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("table \"%s\" has no valid index to check for overlaps",
						RelationGetRelationName(relation)),
				 errhint("Create or rebuild the B-tree index on (workspace_id, acs_system_id, access_method, %s).",
						 get_attname(RelationGetRelid(relation), check->key.value, false))));
}

static OverlapCheck *
overlap_check(Relation relation, AttrNumber value)
{
	OverlapCheck *check = find_check(RelationGetRelid(relation), value);
	uint64		changes_before = n_changes;

	if (check->valid)
		return check;
	check->attributes[0] = column_number(relation, "workspace_id", UUIDOID);
	check->attributes[1] = column_number(relation, "acs_system_id", UUIDOID);
	check->attributes[2] = column_number(relation, "access_method", InvalidOid);
	check->attributes[3] = value;
	check->starts_at = column_number(relation, "starts_at", TIMESTAMPTZOID);
	check->ends_at = column_number(relation, "ends_at", TIMESTAMPTZOID);
	check->display_name = column_number(relation, "display_name", TEXTOID);
	check->credential_id = column_number(relation, "acs_credential_id", UUIDOID);

	choose_index(check, relation);

	/* an invalidation meanwhile may concern what was looked up before it */
	check->valid = n_changes == changes_before;
	return check;
}

/* ---------- the scan ---------- */

static Window
slot_window(TupleTableSlot *slot, const OverlapCheck *check)
{
	Window		window;
	bool		isnull;
	Datum		bound;

	bound = slot_getattr(slot, check->starts_at, &isnull);
	window.starts_at = isnull ? ALWAYS_BEGUN : DatumGetTimestampTz(bound);
	bound = slot_getattr(slot, check->ends_at, &isnull);
	window.ends_at = isnull ? NEVER_ENDS : DatumGetTimestampTz(bound);
	return window;
}

/*
 * Look for a row that overlaps, other than self (or null).  The slot holds
 * what was found; of a row in progress, *dirty tells whose it is.
 */
static ScanResult
scan_once(Relation relation, const OverlapCheck *check, const OverlapValues *values,
		  Window window, ItemPointer self, TupleTableSlot *slot, SnapshotData *dirty)
{
	Relation	index = index_open(check->index, AccessShareLock);
	ScanKeyData keys[KEY_LENGTH];
	IndexScanDesc scan;
	ScanResult	result = NOTHING_OVERLAPS;

	for (int i = 0; i < KEY_LENGTH; i++)
		ScanKeyEntryInitializeWithInfo(&keys[i], 0, i + 1, BTEqualStrategyNumber, InvalidOid,
									   check->collation[i], unconstify(FmgrInfo *, &check->equal[i]),
									   values->values[i]);
	InitDirtySnapshot(*dirty);
	scan = index_beginscan_compat(relation, index, dirty, KEY_LENGTH);
	index_rescan(scan, keys, KEY_LENGTH, NULL, 0);

	while (result == NOTHING_OVERLAPS && index_getnext_slot(scan, ForwardScanDirection, slot))
	{
		CHECK_FOR_INTERRUPTS();
		if (self != NULL && ItemPointerEquals(self, &slot->tts_tid))
			continue;
		if (!windows_overlap(window, slot_window(slot, check)))
			continue;
		result = TransactionIdIsValid(dirty->xmin) || TransactionIdIsValid(dirty->xmax) ?
			OVERLAPS_IN_PROGRESS : OVERLAPS;
		ExecMaterializeSlot(slot);
	}
	index_endscan(scan);
	index_close(index, AccessShareLock);
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

/* Who holds the value, by id and mask, and until when. */
static void
raise_overlap(Rule rule, const OverlapCheck *check, TupleTableSlot *holder)
{
	Window		window = slot_window(holder, check);
	bool		isnull;
	Datum		id = slot_getattr(holder, check->credential_id, &isnull);
	Datum		name = slot_getattr(holder, check->display_name, &isnull);

	raise_rule(rule, "Credential %s (\"%s\") holds it from %s to %s.",
			   DatumGetCString(DirectFunctionCall1(uuid_out, id)),
			   TextDatumGetCString(name),
			   window.starts_at == ALWAYS_BEGUN ? "-infinity" : pstrdup(timestamptz_to_str(window.starts_at)),
			   window.ends_at == NEVER_ENDS ? "infinity" : pstrdup(timestamptz_to_str(window.ends_at)));
}

/* False if a column of the key is null: such a row conflicts with nothing. */
static bool
slot_values(TupleTableSlot *slot, const OverlapCheck *check, OverlapValues *values)
{
	for (int i = 0; i < KEY_LENGTH; i++)
	{
		bool		isnull;

		values->values[i] = slot_getattr(slot, check->attributes[i], &isnull);
		if (isnull)
			return false;
	}
	return true;
}

/*
 * Did the update leave alone all that the check looks at?
 *
 * Only a HOT update, which changes no column of an index and so none of the key,
 * is one step to a scan that meets it: the scan sees the old
 * version or the new one, on one page under one lock.  Otherwise a concurrent
 * scan may have copied the index entries of the page before the new one was
 * there, find the old version dead, and never see the new one; then it is this
 * update that has to find the other row.
 *
 * An old version that this transaction wrote itself may not have been checked
 * yet (the constraint may be deferred, and its own check then finds it dead),
 * so it does not count; as in RI_FKey_fk_upd_check_required().
 */
static bool
update_is_irrelevant(TupleTableSlot *old, TupleTableSlot *new, const OverlapCheck *check)
{
	Window		old_window = slot_window(old, check);
	Window		new_window = slot_window(new, check);
	bool		isnull;
	Datum		xmin;

	if (!HeapTupleIsHeapOnly(ExecFetchSlotHeapTuple(new, false, NULL)))
		return false;
	if (old_window.starts_at != new_window.starts_at || old_window.ends_at != new_window.ends_at)
		return false;
	xmin = slot_getsysattr(old, MinTransactionIdAttributeNumber, &isnull);
	return !TransactionIdIsCurrentTransactionId(DatumGetTransactionId(xmin));
}

static void
check_row(Relation relation, const OverlapCheck *check, TupleTableSlot *row, Rule rule)
{
	OverlapValues values;
	TupleTableSlot *other;
	SnapshotData dirty;
	ScanResult	result;

	if (!slot_values(row, check, &values))
		return;
	other = table_slot_create(relation, NULL);
	while ((result = scan_once(relation, check, &values, slot_window(row, check),
							   &row->tts_tid, other, &dirty)) == OVERLAPS_IN_PROGRESS)
		wait_for(relation, &dirty, &other->tts_tid);
	if (result == OVERLAPS)
		raise_overlap(rule, check, other);
	ExecDropSingleTupleTableSlot(other);
}

/* The column named by the trigger's argument, and the rule that guards it. */
static Rule
trigger_rule(FunctionCallInfo fcinfo)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;

	if (!CALLED_AS_TRIGGER(fcinfo) ||
		!TRIGGER_FIRED_AFTER(trigger->tg_event) ||
		!TRIGGER_FIRED_FOR_ROW(trigger->tg_event) ||
		!(TRIGGER_FIRED_BY_INSERT(trigger->tg_event) || TRIGGER_FIRED_BY_UPDATE(trigger->tg_event)))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function \"%s\" must be fired AFTER INSERT OR UPDATE FOR EACH ROW",
						"acs_check_overlap")));
	if (trigger->tg_trigger->tgnargs == 1)
	{
		if (strcmp(trigger->tg_trigger->tgargs[0], "code") == 0)
			return RULE_CODE_OVERLAP;
		if (strcmp(trigger->tg_trigger->tgargs[0], "card_number") == 0)
			return RULE_CARD_NUMBER_OVERLAP;
	}
	ereport(ERROR,
			(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
			 errmsg("function \"%s\" takes the name of a column as its one argument",
					"acs_check_overlap"),
			 errhint("Valid names are \"code\" and \"card_number\".")));
}

/*
 * CREATE CONSTRAINT TRIGGER code_overlap AFTER INSERT OR UPDATE ON acs_credentials
 *		DEFERRABLE FOR EACH ROW WHEN (NEW.code IS NOT NULL)
 *		EXECUTE FUNCTION acs_check_overlap('code');
 */
PG_FUNCTION_INFO_V1(acs_check_overlap);
Datum
acs_check_overlap(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;
	Rule		rule = trigger_rule(fcinfo);
	Relation	relation = trigger->tg_relation;
	bool		update = TRIGGER_FIRED_BY_UPDATE(trigger->tg_event);
	TupleTableSlot *row = update ? trigger->tg_newslot : trigger->tg_trigslot;
	OverlapCheck *check = overlap_check(relation,
										column_number(relation, trigger->tg_trigger->tgargs[0], InvalidOid));

	/*
	 * A version that is no longer live was replaced in this transaction, and
	 * what replaced it has its own check.
	 */
	if (!(update && update_is_irrelevant(trigger->tg_trigslot, row, check)) &&
		table_tuple_satisfies_snapshot(relation, row, SnapshotSelf))
		check_row(relation, check, row, rule);
	PG_RETURN_POINTER(NULL);
}

/* ---------- for the generator of codes ---------- */

bool
code_is_taken(Oid schema, Datum acs_system_id, Datum access_method, Datum code, Window window)
{
	Oid			relid = get_relname_relid("acs_credentials", schema);
	Relation	relation = table_open(relid, RowExclusiveLock);
	OverlapCheck *check = overlap_check(relation, column_number(relation, "code", InvalidOid));
	TupleTableSlot *slot = table_slot_create(relation, NULL);
	OverlapValues values = {{UUIDPGetDatum(session_workspace()), acs_system_id, access_method, code}};
	SnapshotData dirty;
	bool		taken;

	taken = scan_once(relation, check, &values, window, NULL, slot, &dirty) != NOTHING_OVERLAPS;
	ExecDropSingleTupleTableSlot(slot);
	table_close(relation, NoLock);
	return taken;
}
