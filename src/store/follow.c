/*
 * follow.c
 *		Users that follow the rows of an application's own table.
 */
#include "postgres.h"

#include "access/table.h"
#include "access/tableam.h"
#include "catalog/pg_class.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_trigger.h"
#include "commands/trigger.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"

#include "compat.h"
#include "credentials.h"
#include "errors.h"
#include "ids.h"
#include "store/drivers.h"
#include "store/follow.h"
#include "store/slots.h"
#include "store/user_mapping.h"

/* ---------- what the row does to the user ---------- */

/* A trigger takes from the user what is of the old system. */
static void
move_user(Row *user, NullableDatum acs_system_id)
{
	Change		change = {USER_SYSTEM, acs_system_id};

	if (!is_same_id(user->columns[USER_SYSTEM], acs_system_id))
		update_row(user, &change, 1, NULL);
}

/* The column of the user behind a property; 0: it is changed in its own way. */
static const int user_columns[PROPERTY_COUNT] = {
	[PROPERTY_IDENTITY_ID] = USER_IDENTITY,
	[PROPERTY_FULL_NAME] = USER_FULL_NAME,
	[PROPERTY_EMAIL_ADDRESS] = USER_EMAIL_ADDRESS,
	[PROPERTY_PHONE_NUMBER] = USER_PHONE_NUMBER,
	[PROPERTY_SUSPENDED] = USER_IS_SUSPENDED,
	[PROPERTY_ACCESS_STARTS_AT] = USER_ACCESS_STARTS_AT,
	[PROPERTY_ACCESS_ENDS_AT] = USER_ACCESS_ENDS_AT,
};

/*
 * The properties of the set, if there is such a user.  Only who moves is locked
 * as whoever changes a key, which would lock out new credentials.
 */
static bool
change_user(const NullableDatum *params, int follow)
{
	bool		moves = follow & 1 << PROPERTY_SYSTEM_ID;
	Change		changes[PROPERTY_COUNT];
	Row			user;
	int			n = 0;

	if (moves)
		find_mapped_system(params[PROPERTY_SYSTEM_ID], NULL);
	if (!find_row_and_lock(USER_BY_ID, &params[PROPERTY_USER_ID].value, FRESH_SIGHT,
						   moves ? LockTupleExclusive : LockTupleNoKeyExclusive, &user))
		return false;
	if (moves)
		move_user(&user, params[PROPERTY_SYSTEM_ID]);
	for (Property property = 0; property < PROPERTY_COUNT; property++)
	{
		if (user_columns[property] != 0 && (follow & 1 << property))
			changes[n++] = (Change) {user_columns[property], params[property]};
	}
	if (n > 0)
		update_row(&user, changes, n, NULL);
	return true;
}

static int
mapped_columns(const Mapping *mapping)
{
	int			mapped = 0;

	for (Property property = 0; property < PROPERTY_COUNT; property++)
	{
		if (mapping->column[property] != 0)
			mapped |= 1 << property;
	}
	return mapped;
}

/* False if there is one of that id already. */
static bool
make_user(const NullableDatum *params)
{
	return statement_run(STMT_USER_FOLLOW_INSERT, params).count > 0;
}

#define MAX_TRIES 100

/* A user of that id who is there already becomes what the row says. */
static void
follow_insert(TupleTableSlot *row, const Mapping *mapping)
{
	int			tries = 0;
	NullableDatum params[PROPERTY_COUNT];
	bool		inserted;

	mapped_user(row, mapping, params);
	find_mapped_system(params[PROPERTY_SYSTEM_ID], NULL);
	do
	{
		/* again if the user went between the two, unless it is a trigger that does not want the row */
		CHECK_FOR_INTERRUPTS();
		if (++tries > MAX_TRIES)
			raise_not_stored(TABLE_USERS);
		inserted = make_user(params);
	} while (!inserted && !change_user(params, mapped_columns(mapping)));
}

static int
changed_columns(TupleTableSlot *old, TupleTableSlot *new, const Mapping *mapping)
{
	int			changed = 0;

	for (Property property = 0; property < PROPERTY_COUNT; property++)
	{
		if (mapping->column[property] != 0 && !slots_agree(old, new, mapping->column[property]))
			changed |= 1 << property;
	}
	for (Property property = PROPERTY_ACCESS_STARTS_AT; property <= PROPERTY_ACCESS_ENDS_AT; property++)
	{
		/* in another system, the clocks may show it at another instant */
		if ((changed & 1 << PROPERTY_SYSTEM_ID) && is_wall_clock(new, mapping, property))
			changed |= 1 << property;
	}
	return changed;
}

/* Also one whom the transaction cannot see yet, who would be left behind with all rights. */
static bool
rename_user(Datum old_id, NullableDatum new_id)
{
	Change		change = {USER_ID, new_id};
	Row			user;

	return find_row_and_lock(USER_BY_ID, &old_id, LATEST_SIGHT, LockTupleExclusive, &user) &&
		update_row(&user, &change, 1, NULL);
}

/*
 * Only columns that changed: what was changed here, such as a suspension, is
 * not undone by another column.  A row that was there before the trigger makes
 * its user now.
 */
static void
follow_update(TupleTableSlot *old, TupleTableSlot *new, const Mapping *mapping)
{
	NullableDatum params[PROPERTY_COUNT];
	NullableDatum old_id = mapped_value(old, mapping, PROPERTY_USER_ID);
	int			changed = changed_columns(old, new, mapping);

	if (changed == 0)
		return;
	mapped_user(new, mapping, params);
	if ((changed & 1 << PROPERTY_USER_ID) && (old_id.isnull || !rename_user(old_id.value, params[PROPERTY_USER_ID])))
		follow_insert(new, mapping);	/* the old row had no user */
	else if (!change_user(params, changed))
		follow_insert(new, mapping);
}

/*
 * A user who is gone already is no error; but one of another workspace must not
 * be left behind in silence.  The latest snapshot, because a user whom the
 * transaction cannot see yet has to go as well.
 */
static void
follow_delete(TupleTableSlot *row, const Mapping *mapping)
{
	NullableDatum id = mapped_value(row, mapping, PROPERTY_USER_ID);
	Row			user;

	if (id.isnull)
		return;
	if (find_row_and_lock(USER_BY_ID, &id.value, LATEST_SIGHT, LockTupleExclusive, &user))
		delete_row(&user);
	else
		find_mapped_system(mapped_value(row, mapping, PROPERTY_SYSTEM_ID), NULL);
}

/*
 * Read by a plain scan and not by a query, which would evaluate what the owner
 * of the table chose with the rights of ours; with the latest snapshot, because
 * TRUNCATE removes rows that the transaction cannot see, too.
 */
static void
delete_all(Relation relation, TriggerData *trigger)
{
	Mapping		mapping = mapping_of_trigger(trigger->tg_trigger, relation);
	Snapshot	snapshot = RegisterSnapshot(GetLatestSnapshot());
	TupleTableSlot *slot = table_slot_create(relation, NULL);
	TableScanDesc scan = table_beginscan(relation, snapshot, 0, NULL);

	while (table_scan_getnextslot(scan, ForwardScanDirection, slot))
	{
		CHECK_FOR_INTERRUPTS();
		follow_delete(slot, &mapping);
	}
	table_endscan(scan);
	ExecDropSingleTupleTableSlot(slot);
	UnregisterSnapshot(snapshot);
}

/* The table, or a partitioned one and all below it. */
static List *
tables_of(Relation relation, LOCKMODE lockmode)
{
	return relation->rd_rel->relkind == RELKIND_PARTITIONED_TABLE ?
		find_all_inheritors(RelationGetRelid(relation), lockmode, NULL) :
		list_make1_oid(RelationGetRelid(relation));
}

/* TRUNCATE has locked the tables. */
static void
follow_truncate(TriggerData *trigger, const Mapping *mapping)
{
	Relation	relation = trigger->tg_relation;
	List	   *tables = tables_of(relation, NoLock);
	ListCell   *cell;

	if (!mapping->delete_on_truncate)
		raise_rule(RULE_TRUNCATE_NOT_FOLLOWED, "Users follow the rows of table \"%s\".",
				   RelationGetRelationName(relation));
	foreach(cell, tables)
	{
		Relation	table = table_open(lfirst_oid(cell), NoLock);

		if (table->rd_rel->relkind == RELKIND_FOREIGN_TABLE)
			raise_rule(RULE_TRUNCATE_NOT_FOLLOWED, "Table \"%s\" is a foreign table.", RelationGetRelationName(table));
		if (table->rd_rel->relkind == RELKIND_RELATION)
			delete_all(table, trigger);
		table_close(table, NoLock);
	}
}

/* ---------- rows that are there already ---------- */

static bool
is_following(const Trigger *trigger, Oid function)
{
	return trigger->tgfoid == function &&
		TRIGGER_FOR_ROW(trigger->tgtype) && TRIGGER_FOR_AFTER(trigger->tgtype) && TRIGGER_FOR_INSERT(trigger->tgtype) &&
		(trigger->tgenabled == TRIGGER_FIRES_ON_ORIGIN || trigger->tgenabled == TRIGGER_FIRES_ALWAYS);
}

/* The one trigger that would have made users of the table's rows. */
static Mapping
find_mapping(Relation table)
{
	Oid			function = GetSysCacheOid3(PROCNAMEARGSNSP, Anum_pg_proc_oid, CStringGetDatum("acs_follow_user_changes"),
										   PointerGetDatum(buildoidvector(NULL, 0)), ObjectIdGetDatum(store_schema()));
	const Trigger *found = NULL;

	for (int i = 0; table->trigdesc != NULL && i < table->trigdesc->numtriggers; i++)
	{
		const Trigger *trigger = &table->trigdesc->triggers[i];

		if (!is_following(trigger, function))
			continue;
		if (found != NULL || trigger->tgqual != NULL)
			raise_rule(RULE_USER_MAPPING, "Which rows of table \"%s\" are users is not known: it has %s.", RelationGetRelationName(table),
					   found != NULL ? "several triggers that follow it" : "a trigger with a condition");
		found = trigger;
	}
	if (found == NULL)
		raise_rule_with_hint(RULE_USER_MAPPING, "Create the trigger, or enable it.",
							 "Table \"%s\" has no trigger AFTER INSERT FOR EACH ROW that calls acs_follow_user_changes().",
							 RelationGetRelationName(table));
	return mapping_of_trigger(found, table);
}

#define MAX_ID_BYTES 64

/* For an error that the row meets: a user's id, or where it is. */
static const char *
row_text(Relation table, TupleTableSlot *row, const Mapping *mapping)
{
	const char *table_name = RelationGetRelationName(table);
	int			column = mapping->column[PROPERTY_USER_ID];
	bool		isnull;
	Datum		id = slot_getattr(row, column, &isnull);
	Oid			function;
	bool		is_varlena;
	char	   *text;

	if (isnull)
		return psprintf("The row of table \"%s\" has ctid (%u,%u).", table_name,
						ItemPointerGetBlockNumber(&row->tts_tid), ItemPointerGetOffsetNumber(&row->tts_tid));
	getTypeOutputInfo(TupleDescAttr(row->tts_tupleDescriptor, column - 1)->atttypid, &function, &is_varlena);
	text = OidOutputFunctionCall(function, id);
	return psprintf("The row of table \"%s\" has acs_user_id \"%.*s\".", table_name,
					pg_mbcliplen(text, strlen(text), MAX_ID_BYTES), text);
}

static bool
is_in_system(TupleTableSlot *row, const Mapping *mapping, NullableDatum acs_system_id)
{
	return acs_system_id.isnull || is_same_id(mapped_value(row, mapping, PROPERTY_SYSTEM_ID), acs_system_id);
}

/*
 * True if the row has made a user.  It is locked, as by a foreign key to it: whoever
 * deletes it meanwhile comes later, and its trigger finds the user.
 */
static bool
follow_row(Relation table, TupleTableSlot *row, Snapshot snapshot, const Mapping *mapping, NullableDatum acs_system_id)
{
	NullableDatum params[PROPERTY_COUNT];
	bool		locked;

	if (!is_in_system(row, mapping, acs_system_id))
		return false;
	PushActiveSnapshot(snapshot);
	locked = heap_lock_newest(table, row, LockTupleKeyShare);
	PopActiveSnapshot();
	if (!locked || !is_in_system(row, mapping, acs_system_id))
		return false;
	mapped_user(row, mapping, params);
	find_mapped_system(params[PROPERTY_SYSTEM_ID], NULL);
	return make_user(params);
}

/* The row's errors tell which it is; whoever cancels is no error of the row. */
static pg_noreturn void
rethrow_with_row(MemoryContext context, const char *text)
{
	ErrorData  *error;
	int			category;

	MemoryContextSwitchTo(context);
	error = CopyErrorData();
	FlushErrorState();
	category = ERRCODE_TO_CATEGORY(error->sqlerrcode);
	if (text != NULL && (is_rule(error) || category == ERRCODE_DATA_EXCEPTION ||
						 category == ERRCODE_INTEGRITY_CONSTRAINT_VIOLATION))
		error->detail = error->detail == NULL ? pstrdup(text) : psprintf("%s %s", error->detail, text);
	ReThrowError(error);
}

/*
 * All rows as they are committed by now, at any isolation level: those whose
 * transaction had not ended when the trigger was created had it, too.  The store
 * is open for one row at a time, so that many rows take no memory.
 */
static uint64
follow_rows(FunctionCallInfo fcinfo, Relation table, const Mapping *mapping, NullableDatum acs_system_id)
{
	MemoryContext context = CurrentMemoryContext;
	Snapshot	snapshot = RegisterSnapshot(GetLatestSnapshot());
	TupleTableSlot *slot = table_slot_create(table, NULL);
	TableScanDesc scan = table_beginscan(table, snapshot, 0, NULL);
	const char *volatile text = NULL;
	volatile uint64 n = 0;

	PG_TRY();
	{
		while (table_scan_getnextslot(scan, ForwardScanDirection, slot))
		{
			CHECK_FOR_INTERRUPTS();
			store_open(fcinfo);
			text = row_text(table, slot, mapping);
			n += follow_row(table, slot, snapshot, mapping, acs_system_id);
			text = NULL;
			store_close();
		}
	}
	PG_CATCH();
	{
		rethrow_with_row(context, text);
	}
	PG_END_TRY();
	table_endscan(scan);
	ExecDropSingleTupleTableSlot(slot);
	UnregisterSnapshot(snapshot);
	return n;
}

uint64
follow_existing_rows(FunctionCallInfo fcinfo, Relation relation, NullableDatum acs_system_id)
{
	List	   *tables = tables_of(relation, RowShareLock);
	uint64		n = 0;
	ListCell   *cell;

	foreach(cell, tables)
	{
		Relation	table = table_open(lfirst_oid(cell), RowShareLock);
		Mapping		mapping;

		store_open(fcinfo);
		mapping = find_mapping(table);
		store_close();
		if (table->rd_rel->relkind == RELKIND_RELATION)
			n += follow_rows(fcinfo, table, &mapping, acs_system_id);
		else if (table->rd_rel->relkind != RELKIND_PARTITIONED_TABLE)
			ereport(ERROR,
					(errcode(ERRCODE_WRONG_OBJECT_TYPE),
					 errmsg("\"%s\" is not a table whose rows can be followed", RelationGetRelationName(table))));
		table_close(table, NoLock);
	}
	return n;
}

/* ---------- the trigger ---------- */

static void
check_call(FunctionCallInfo fcinfo)
{
	TriggerEvent event = CALLED_AS_TRIGGER(fcinfo) ? ((TriggerData *) fcinfo->context)->tg_event : 0;

	if (CALLED_AS_TRIGGER(fcinfo) &&
		(TRIGGER_FIRED_BY_TRUNCATE(event) ? TRIGGER_FIRED_BEFORE(event) :
		 TRIGGER_FIRED_AFTER(event) && TRIGGER_FIRED_FOR_ROW(event)))
		return;
	ereport(ERROR,
			(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
			 errmsg("function \"%s\" must be fired AFTER INSERT OR UPDATE OR DELETE FOR EACH ROW, or BEFORE TRUNCATE",
					"acs_follow_user_changes")));
}

/*
 * CREATE TRIGGER acs AFTER INSERT OR UPDATE OR DELETE ON app.members
 *		FOR EACH ROW EXECUTE FUNCTION acs_follow_user_changes(
 *			'acs_user_id=id', 'acs_system_id=site_id', 'full_name=name', ...);
 * CREATE TRIGGER acs_truncate BEFORE TRUNCATE ON app.members
 *		FOR EACH STATEMENT EXECUTE FUNCTION acs_follow_user_changes(
 *			the same arguments, and 'on_truncate=delete' if that is meant);
 */
PG_FUNCTION_INFO_V1(acs_follow_user_changes);
Datum
acs_follow_user_changes(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;
	Mapping		mapping;

	check_call(fcinfo);
	mapping = mapping_of_trigger(trigger->tg_trigger, trigger->tg_relation);
	store_open(fcinfo);
	if (TRIGGER_FIRED_BY_INSERT(trigger->tg_event))
		follow_insert(trigger->tg_trigslot, &mapping);
	else if (TRIGGER_FIRED_BY_UPDATE(trigger->tg_event))
		follow_update(trigger->tg_trigslot, trigger->tg_newslot, &mapping);
	else if (TRIGGER_FIRED_BY_DELETE(trigger->tg_event))
		follow_delete(trigger->tg_trigslot, &mapping);
	else
		follow_truncate(trigger, &mapping);
	store_close();
	PG_RETURN_POINTER(NULL);
}
