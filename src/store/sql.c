/*
 * sql.c
 *		The driver that does with one kept statement what the heap driver does
 *		directly: for tables that are not plain heaps, and for roles that lack a
 *		right or meet a policy.
 *
 * Each statement is of one table and names the workspace and the key as
 * parameters, so an engine that distributes the table routes it without planning.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/xact.h"
#include "lib/stringinfo.h"
#include "utils/builtins.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

#include "store/drivers.h"

typedef enum Verb
{
	SELECT_ROW,
	INSERT_ROW,
	UPDATE_ROW,
	DELETE_ROW
} Verb;

#define NO_ROW_LOCK	(-1)

/* What a plan is of. */
typedef struct PlanKey
{
	Verb		verb;
	int			table;
	int			key;			/* KeyId */
	int			lock;			/* LockTupleMode, or NO_ROW_LOCK */
	uint32		columns;		/* that are set, a bit each */
} PlanKey;

typedef struct KeptPlan
{
	PlanKey		key;			/* hash key, must be first */
	uint64		store;			/* generations that it was made, or found fit, in */
	uint64		layout;
	Oid			relid;
	Oid			types[MAX_KEY_COLUMNS + MAX_COLUMNS];	/* of its parameters */
	SPIPlanPtr	plan;
} KeptPlan;

static HTAB *plans = NULL;

/* ---------- texts ---------- */

static const char *
lock_clause(int lock)
{
	switch (lock)
	{
		case LockTupleKeyShare:
			return " FOR KEY SHARE";
		case LockTupleShare:
			return " FOR SHARE";
		case LockTupleNoKeyExclusive:
			return " FOR NO KEY UPDATE";
		case LockTupleExclusive:
			return " FOR UPDATE";
		default:
			return "";
	}
}

static const char *
column_name(const Layout *layout, int column)
{
	return quote_identifier(layout->columns[column].name);
}

/* The parameters of the key come first. */
static void
append_condition(StringInfo text, const Layout *layout, const KeyLayout *key)
{
	int			n = 0;

	appendStringInfoString(text, " WHERE ");
	if (key->table != TABLE_SYSTEM_TYPES)
		appendStringInfo(text, "t.%s OPERATOR(pg_catalog.=) $%d", column_name(layout, WORKSPACE), ++n);
	for (int i = 0; i < key->n_columns; i++)
	{
		appendStringInfo(text, "%st.%s OPERATOR(pg_catalog.=) $%d", n > 0 ? " AND " : "",
						 column_name(layout, key->columns[i]), n + 1);
		n++;
	}
}

static void
append_insert(StringInfo text, const Layout *layout)
{
	appendStringInfo(text, "INSERT INTO @.%s AS t (", layout->name);
	for (int i = 0; i < layout->n_columns; i++)
		appendStringInfo(text, "%s%s", i > 0 ? ", " : "", column_name(layout, i));
	appendStringInfoString(text, ") VALUES (");
	for (int i = 0; i < layout->n_columns; i++)
		appendStringInfo(text, "%s$%d", i > 0 ? ", " : "", i + 1);
	appendStringInfoString(text, ") RETURNING t.*");
}

static void
append_update(StringInfo text, const Layout *layout, const KeyLayout *key, uint32 columns)
{
	int			n = key->n_columns + (key->table != TABLE_SYSTEM_TYPES);
	const char *separator = "";

	appendStringInfo(text, "UPDATE @.%s AS t SET ", layout->name);
	for (int i = 0; i < layout->n_columns; i++)
	{
		if (!(columns & (UINT32_C(1) << i)))
			continue;
		appendStringInfo(text, "%s%s = $%d", separator, column_name(layout, i), ++n);
		separator = ", ";
	}
	append_condition(text, layout, key);
	appendStringInfoString(text, " RETURNING t.*");
}

static char *
statement_text(const PlanKey *key, const Layout *layout)
{
	const KeyLayout *of = key_layout_of(key->key);
	StringInfoData text;

	initStringInfo(&text);
	switch (key->verb)
	{
		case SELECT_ROW:
			appendStringInfo(&text, "SELECT t.* FROM @.%s AS t", layout->name);
			append_condition(&text, layout, of);
			appendStringInfoString(&text, lock_clause(key->lock));
			break;
		case INSERT_ROW:
			append_insert(&text, layout);
			break;
		case UPDATE_ROW:
			append_update(&text, layout, of, key->columns);
			break;
		case DELETE_ROW:
			appendStringInfo(&text, "DELETE FROM @.%s AS t", layout->name);
			append_condition(&text, layout, of);
			break;
	}
	return store_qualified_text(text.data);
}

/* ---------- kept plans ---------- */

static Oid
column_type(Relation relation, const Layout *layout, int column)
{
	return TupleDescAttr(RelationGetDescr(relation), layout->attnums[column] - 1)->atttypid;
}

static int
parameter_types(const PlanKey *key, Relation relation, const Layout *layout, Oid *types)
{
	const KeyLayout *of = key_layout_of(key->key);
	int			n = 0;

	if (key->verb != INSERT_ROW)
	{
		if (of->table != TABLE_SYSTEM_TYPES)
			types[n++] = column_type(relation, layout, WORKSPACE);
		for (int i = 0; i < of->n_columns; i++)
			types[n++] = column_type(relation, layout, of->columns[i]);
	}
	for (int i = 0; i < layout->n_columns; i++)
	{
		if (key->columns & (UINT32_C(1) << i))
			types[n++] = column_type(relation, layout, i);
	}
	return n;
}

static void
prepare(KeptPlan *kept, const Layout *layout, int n_types)
{
	SPIPlanPtr	plan = SPI_prepare(statement_text(&kept->key, layout), n_types, kept->types);

	if (plan == NULL || SPI_keepplan(plan) != 0)
		elog(ERROR, "could not prepare a statement of table \"%s\": %s",
			 layout->name, SPI_result_code_string(SPI_result));
	kept->plan = plan;
}

/* The server itself plans anew when the table has changed; not if it is another, or has other types. */
static void
make_fit(KeptPlan *kept, Relation relation, const Layout *layout)
{
	Oid			types[MAX_KEY_COLUMNS + MAX_COLUMNS];
	int			n = parameter_types(&kept->key, relation, layout, types);

	if (kept->plan == NULL || kept->store != store_generation() || kept->relid != layout->relid ||
		memcmp(kept->types, types, sizeof(Oid) * n) != 0)
	{
		kept->plan = NULL;		/* until there is another */
		kept->relid = layout->relid;
		memcpy(kept->types, types, sizeof(Oid) * n);
		prepare(kept, layout, n);
	}
	kept->store = store_generation();
	kept->layout = layout->generation;
}

/* Stale ones are forgotten and not freed, as one may be running further up the stack. */
static SPIPlanPtr
plan_of(const PlanKey *key, Relation relation, const Layout *layout)
{
	KeptPlan   *kept;
	bool		found;

	if (plans == NULL)
	{
		HASHCTL		ctl = {.keysize = sizeof(PlanKey),.entrysize = sizeof(KeptPlan)};

		plans = hash_create("credentials statements by key", 64, &ctl, HASH_ELEM | HASH_BLOBS);
	}
	kept = hash_search(plans, key, HASH_ENTER, &found);
	if (!found)
		kept->plan = NULL;
	if (kept->plan == NULL || kept->store != store_generation() || kept->layout != layout->generation)
		make_fit(kept, relation, layout);
	return kept->plan;
}

/* ---------- running ---------- */

static Rows
run(const PlanKey *key, Relation relation, const Layout *layout,
	Datum *values, const char *nulls, Sight sight)
{
	SPIPlanPtr	plan = plan_of(key, relation, layout);
	Snapshot	snapshot = InvalidSnapshot;
	int			result;

	if (sight == LATEST_SIGHT)
	{
		CommandCounterIncrement();
		snapshot = GetLatestSnapshot();
	}
	/* of a deletion, a foreign key says that something refers to the row */
	result = store_execute(plan, values, nulls, snapshot, sight == CALLERS_SIGHT,
						   key->verb == DELETE_ROW ? "" : layout->name);
	if (result < 0)
		elog(ERROR, "statement of table \"%s\" failed: %s", layout->name, SPI_result_code_string(result));
	return (Rows) {SPI_processed, SPI_tuptable};
}

/* A result has the columns of the table that were not dropped, in their order. */
static void
read_result(Rows rows, uint64 i, Relation relation, const Layout *layout, Row *row)
{
	TupleDesc	tupdesc = RelationGetDescr(relation);
	Datum	   *values = palloc0(sizeof(Datum) * tupdesc->natts);
	bool	   *nulls = palloc(sizeof(bool) * tupdesc->natts);
	int			column = 0;

	memset(nulls, true, sizeof(bool) * tupdesc->natts);
	for (int attribute = 0; attribute < tupdesc->natts; attribute++)
	{
		if (TupleDescAttr(tupdesc, attribute)->attisdropped)
			continue;
		column++;
		values[attribute] = SPI_getbinval(rows.table->vals[i], rows.table->tupdesc, column, &nulls[attribute]);
	}
	layout_read(relation, layout, heap_form_tuple(tupdesc, values, nulls), row);
}

static PlanKey
select_key(KeyId key, int lock)
{
	PlanKey		plan_key;

	memset(&plan_key, 0, sizeof(plan_key)); /* padding is part of the hash key */
	plan_key.verb = SELECT_ROW;
	plan_key.table = key_layout_of(key)->table;
	plan_key.key = key;
	plan_key.lock = lock;
	return plan_key;
}

static PlanKey
write_key(TableId table, Verb verb, uint32 columns)
{
	PlanKey		plan_key;

	memset(&plan_key, 0, sizeof(plan_key));
	plan_key.verb = verb;
	plan_key.table = table;
	plan_key.key = layout_of(table)->by_id;
	plan_key.lock = NO_ROW_LOCK;
	plan_key.columns = columns;
	return plan_key;
}

/* ---------- operations ---------- */

static bool
find_with(const PlanKey *key, Relation relation, const Layout *layout, const Datum *values,
		  Sight sight, Row *row)
{
	Rows		rows = run(key, relation, layout, unconstify(Datum *, values), NULL, sight);

	if (rows.count > 0 && row != NULL)
		read_result(rows, 0, relation, layout, row);
	return rows.count > 0;
}

bool
sql_find(Relation relation, const Layout *layout, KeyId key, const Datum *values, Sight sight, Row *row)
{
	PlanKey		plan_key = select_key(key, NO_ROW_LOCK);

	return find_with(&plan_key, relation, layout, values, sight, row);
}

bool
sql_find_and_lock(Relation relation, const Layout *layout, KeyId key, const Datum *values, Sight sight,
				  LockTupleMode mode, Row *row)
{
	PlanKey		plan_key = select_key(key, mode);

	return find_with(&plan_key, relation, layout, values, sight, row);
}

List *
sql_find_all(Relation relation, const Layout *layout, KeyId key, const Datum *values, Sight sight)
{
	PlanKey		plan_key = select_key(key, NO_ROW_LOCK);
	Rows		rows = run(&plan_key, relation, layout, unconstify(Datum *, values), NULL, sight);
	List	   *list = NIL;

	for (uint64 i = 0; i < rows.count; i++)
	{
		Row		   *row = palloc(sizeof(Row));

		read_result(rows, i, relation, layout, row);
		list = lappend(list, row);
	}
	return list;
}

bool
sql_insert_row(Relation relation, const Layout *layout, const NullableDatum *columns,
			   LOCKTAG *release, Row *row)
{
	PlanKey		key = write_key(layout - layout_of(0), INSERT_ROW, (UINT32_C(1) << layout->n_columns) - 1);
	Datum		values[MAX_COLUMNS];
	char		nulls[MAX_COLUMNS];
	Rows		rows;

	for (int i = 0; i < layout->n_columns; i++)
	{
		values[i] = columns[i].value;
		nulls[i] = columns[i].isnull ? 'n' : ' ';
	}
	rows = run(&key, relation, layout, values, nulls, FRESH_SIGHT);
	release_lock(release);
	if (rows.count > 0 && row != NULL)
		read_result(rows, 0, relation, layout, row);
	return rows.count > 0;
}

/* The values of the row's primary key with its workspace; how many there are. */
static int
id_values(const Row *row, const Layout *layout, Datum *values)
{
	const KeyLayout *key = key_layout_of(layout->by_id);
	int			n = 0;

	if (row->table != TABLE_SYSTEM_TYPES)
		values[n++] = row_datum(row, WORKSPACE);
	for (int i = 0; i < key->n_columns; i++)
		values[n++] = row_datum(row, key->columns[i]);
	return n;
}

bool
sql_update_row(Relation relation, const Layout *layout, Row *row, const Change *changes, int n,
			   LOCKTAG *release)
{
	Datum		values[MAX_KEY_COLUMNS + MAX_COLUMNS];
	char		nulls[MAX_KEY_COLUMNS + MAX_COLUMNS];
	NullableDatum new_values[MAX_COLUMNS];
	int			n_values = id_values(row, layout, values);
	uint32		columns = 0;
	PlanKey		key;
	Rows		rows;

	memset(nulls, ' ', n_values);
	for (int i = 0; i < n; i++)
	{
		columns |= UINT32_C(1) << changes[i].column;
		new_values[changes[i].column] = changes[i].value;
	}
	for (int i = 0; i < layout->n_columns; i++)
	{
		if (!(columns & (UINT32_C(1) << i)))
			continue;
		values[n_values] = new_values[i].value;
		nulls[n_values++] = new_values[i].isnull ? 'n' : ' ';
	}
	key = write_key(row->table, UPDATE_ROW, columns);
	/* it is locked, perhaps in a version that the transaction's snapshot does not see */
	rows = run(&key, relation, layout, values, nulls, LATEST_SIGHT);
	release_lock(release);
	if (rows.count > 0)
		read_result(rows, 0, relation, layout, row);
	return rows.count > 0;
}

bool
sql_delete_row(Relation relation, const Layout *layout, const Row *row)
{
	PlanKey		key = write_key(row->table, DELETE_ROW, 0);
	Datum		values[MAX_KEY_COLUMNS];

	id_values(row, layout, values);
	return run(&key, relation, layout, values, NULL, LATEST_SIGHT).count > 0;
}
