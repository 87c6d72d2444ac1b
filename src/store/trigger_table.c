/*
 * trigger_table.c
 *		A table as triggers meet it: one of tables.h, or a partition of one.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/relation.h"
#include "catalog/pg_am_d.h"
#include "catalog/pg_class.h"
#include "catalog/pg_collation_d.h"
#include "catalog/pg_index.h"
#include "catalog/pg_type_d.h"
#include "commands/trigger.h"
#include "nodes/primnodes.h"
#include "utils/hsearch.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#include "compat.h"
#include "store/layout.h"
#include "store/trigger_table.h"
#include "store/values.h"

static const int identifier_keys[N_IDENTIFIER_KEYS] = {
	WORKSPACE, CREDENTIAL_SYSTEM, CREDENTIAL_ACCESS_METHOD, CREDENTIAL_IDENTIFIER
};

static HTAB *tables = NULL;
static uint64 n_changes = 0;	/* invalidations so far */

static void
relation_changed(Datum arg pg_attribute_unused(), Oid relid)
{
	HASH_SEQ_STATUS status;
	TriggerTable *table;

	n_changes++;
	hash_seq_init(&status, tables);
	while ((table = hash_seq_search(&status)) != NULL)
	{
		if (relid == InvalidOid || relid == table->key.relid)
			table->valid = false;
	}
}

static TriggerTable *
find_table(Oid relid, TableId id)
{
	TriggerTableKey key = {relid, id};
	TriggerTable *table;
	bool		found;

	if (tables == NULL)
	{
		HASHCTL		ctl = {.keysize = sizeof(TriggerTableKey),.entrysize = sizeof(TriggerTable)};

		tables = hash_create("credentials tables of triggers", 8, &ctl, HASH_ELEM | HASH_BLOBS);
		CacheRegisterRelcacheCallback(relation_changed, (Datum) 0);
	}
	table = hash_search(tables, &key, HASH_ENTER, &found);
	if (!found)
		table->valid = false;
	return table;
}

/* ---------- the index ---------- */

static bool
is_its_own_btree(Relation index)
{
	Form_pg_index form = index->rd_index;

	return index->rd_rel->relam == BTREE_AM_OID && form->indisvalid && form->indisready &&
		form->indnkeyatts == N_IDENTIFIER_KEYS + 1 &&
		RelationGetIndexExpressions(index) == NIL && RelationGetIndexPredicate(index) == NIL;
}

/* What is compared in the order of a language cannot be found in that of bytes. */
static bool
has_expected_collation(Relation index, int column)
{
	Oid			collation = index->rd_indcollation[column];

	return !OidIsValid(collation) || collation == C_COLLATION_OID;
}

/*
 * Every one of the four columns is among the first four, and the fifth is the
 * start, in ascending order.
 */
static bool
has_identifier_keys(const TriggerTable *table, Relation index, AttrNumber *positions)
{
	const int2vector *columns = &index->rd_index->indkey;
	int			start = N_IDENTIFIER_KEYS;

	for (int i = 0; i < N_IDENTIFIER_KEYS; i++)
	{
		positions[i] = InvalidAttrNumber;
		for (int j = 0; j < N_IDENTIFIER_KEYS; j++)
		{
			if (columns->values[j] == table->attnums[identifier_keys[i]])
				positions[i] = j + 1;
		}
		if (positions[i] == InvalidAttrNumber || !has_expected_collation(index, positions[i] - 1))
			return false;
	}
	return columns->values[start] == table->attnums[CREDENTIAL_VALID_FROM] &&
		(index->rd_indoption[start] & INDOPTION_DESC) == 0;
}

static void
choose_index(TriggerTable *table, Relation relation)
{
	List	   *indexes = RelationGetIndexList(relation);
	ListCell   *cell;

	table->index = InvalidOid;
	foreach(cell, indexes)
	{
		Relation	index = index_open(lfirst_oid(cell), AccessShareLock);

		if (is_its_own_btree(index) && has_identifier_keys(table, index, table->positions))
		{
			table->index = RelationGetRelid(index);
			table->is_young = index->rd_index->indcheckxmin;
		}
		index_close(index, NoLock);
		if (OidIsValid(table->index))
			break;
	}
	list_free(indexes);
}

/* ---------- the table ---------- */

/*
 * Columns that are read without asking whether they are null, beside the workspace
 * and the primary key.  They are NOT NULL in our own tables.
 */
static const int never_null[] = {
	CREDENTIAL_SYSTEM, CREDENTIAL_ACCESS_METHOD, CREDENTIAL_DISPLAY_NAME, CREDENTIAL_VALID_FROM,
	CREDENTIAL_IS_MULTI_PHONE_SYNC, CREDENTIAL_DISABLE_REASONS, CREDENTIAL_CREATED_AT
};

static void
require_not_null(const TriggerTable *table, Relation relation, const int *columns, int n)
{
	for (int i = 0; i < n; i++)
	{
		Form_pg_attribute attribute = TupleDescAttr(RelationGetDescr(relation), table->attnums[columns[i]] - 1);

		if (!attribute->attnotnull || attribute->attgenerated == ATTRIBUTE_GENERATED_VIRTUAL)
			ereport(ERROR,
					(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
					 errmsg("column \"%s\" of table \"%s\" can be null",
							layout_of(table->key.id)->columns[columns[i]].name, RelationGetRelationName(relation))));
	}
}

/* A trigger can be put on any table; ours go by what is stored in one like ours. */
static void
require_suitable(TriggerTable *table, Relation relation)
{
	const Layout *layout = layout_of(table->key.id);
	const KeyLayout *key = key_layout_of(layout->by_id);

	if (relation->rd_rel->relkind == RELKIND_FOREIGN_TABLE)
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("\"%s\" is a foreign table", RelationGetRelationName(relation))));
	layout_find_columns(layout, relation, table->attnums, ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED);
	require_not_null(table, relation, (const int[]) {WORKSPACE}, 1);
	require_not_null(table, relation, key->columns, key->n_columns);
	if (table->key.id == TABLE_CREDENTIALS)
		require_not_null(table, relation, never_null, lengthof(never_null));
}

const TriggerTable *
trigger_table(Relation relation, TableId id)
{
	TriggerTable *table = find_table(RelationGetRelid(relation), id);
	uint64		changes_before = n_changes;

	if (table->valid)
		return table;
	require_suitable(table, relation);
	if (id == TABLE_CREDENTIALS)
		choose_index(table, relation);

	/* an invalidation meanwhile may concern what was looked up before it */
	table->valid = n_changes == changes_before;
	return table;
}

void
require_trigger_of_rows(FunctionCallInfo fcinfo, TriggerEvent timing, const char *function)
{
	TriggerEvent event = CALLED_AS_TRIGGER(fcinfo) ? ((TriggerData *) fcinfo->context)->tg_event : 0;

	if (CALLED_AS_TRIGGER(fcinfo) &&
		(event & TRIGGER_EVENT_TIMINGMASK) == timing && TRIGGER_FIRED_FOR_ROW(event) &&
		(TRIGGER_FIRED_BY_INSERT(event) || TRIGGER_FIRED_BY_UPDATE(event)))
		return;
	ereport(ERROR,
			(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
			 errmsg("function \"%s\" must be fired %s INSERT OR UPDATE FOR EACH ROW",
					function, timing == TRIGGER_EVENT_BEFORE ? "BEFORE" : "AFTER")));
}

bool
is_row_trigger_for(FunctionCallInfo fcinfo, TriggerEvent timing, const char *argument)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;

	return CALLED_AS_TRIGGER(fcinfo) && TRIGGER_FIRED_FOR_ROW(trigger->tg_event) &&
		(trigger->tg_event & TRIGGER_EVENT_TIMINGMASK) == timing &&
		trigger->tg_trigger->tgnargs == 1 && strcmp(trigger->tg_trigger->tgargs[0], argument) == 0;
}

TupleTableSlot *
trigger_new_slot(const TriggerData *trigger)
{
	return TRIGGER_FIRED_BY_UPDATE(trigger->tg_event) ? trigger->tg_newslot : trigger->tg_trigslot;
}

HeapTuple
trigger_new_tuple(const TriggerData *trigger)
{
	return TRIGGER_FIRED_BY_UPDATE(trigger->tg_event) ? trigger->tg_newtuple : trigger->tg_trigtuple;
}

NullableDatum
trigger_column(const TriggerTable *table, TupleTableSlot *row, int column)
{
	NullableDatum value;

	value.value = slot_getattr(row, table->attnums[column], &value.isnull);
	return value;
}

Window
credential_window(const TriggerTable *table, TupleTableSlot *row)
{
	return effective_window(trigger_column(table, row, CREDENTIAL_VALID_FROM),
							trigger_column(table, row, CREDENTIAL_ENDS_AT),
							trigger_column(table, row, CREDENTIAL_USED_UP_AT));
}
