/*
 * rows.c
 *		Return what was found, as one row or as a set of them.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/tupconvert.h"
#include "funcapi.h"
#include "lib/qunique.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/tuplestore.h"
#include "utils/typcache.h"
#include "utils/uuid.h"

#include "api/rows.h"
#include "errors.h"
#include "ids.h"

static int
compare_elements(const void *a, const void *b)
{
	return compare_ids(*(const Datum *) a, *(const Datum *) b);
}

void
sort_ids(Datum *ids, size_t n)
{
	qsort(ids, n, sizeof(Datum), compare_elements);
}

size_t
sort_unique_ids(Datum *ids, size_t n)
{
	sort_ids(ids, n);
	return qunique(ids, n, sizeof(Datum), compare_elements);
}

Datum *
find_id(Datum id, Datum *sorted, size_t n)
{
	return bsearch(&id, sorted, n, sizeof(Datum), compare_elements);
}

void
require_page(NullableDatum page_size)
{
	if (page_size.isnull || DatumGetInt32(page_size.value) < 1 ||
		DatumGetInt32(page_size.value) > MAX_PAGE_SIZE)
		raise_rule(RULE_INVALID_PAGE, NULL);
}

void
raise_not_found(Rule rule, NullableDatum id)
{
	raise_rule(rule, "The id is %s.", id.isnull ? "null" : id_text(id.value));
}

void
get_row(KeyId key, NullableDatum id, Sight sight, Rule rule, Row *row)
{
	if (id.isnull || !find_row(key, &id.value, sight, row))
		raise_not_found(rule, id);
}

void
get_row_and_lock(KeyId key, NullableDatum id, LockTupleMode mode, Rule rule, Row *row)
{
	if (id.isnull || !find_row_and_lock(key, &id.value, FRESH_SIGHT, mode, row))
		raise_not_found(rule, id);
}

HeapTuple
form_row(TupleDesc tupdesc, const NullableDatum *columns, int n)
{
	Datum		values[MaxTupleAttributeNumber];
	bool		nulls[MaxTupleAttributeNumber];

	if (tupdesc->natts != n)
		elog(ERROR, "type \"%s\" is not what this version of the library knows",
			 format_type_be(tupdesc->tdtypeid));
	for (int i = 0; i < n; i++)
	{
		values[i] = columns[i].value;
		nulls[i] = columns[i].isnull;
	}
	return heap_form_tuple(tupdesc, values, nulls);
}

/*
 * The descriptor is the one that the session keeps of the type;
 * get_call_result_type() would copy it for every call.
 */
Datum
row_of_type(Oid type, const NullableDatum *columns, int n)
{
	TupleDesc	tupdesc = lookup_rowtype_tupdesc(type, -1);
	Datum		row = HeapTupleGetDatum(form_row(tupdesc, columns, n));

	ReleaseTupleDesc(tupdesc);
	return row;
}

Datum
read_row(FunctionCallInfo fcinfo, KeyId key, Rule rule_if_none)
{
	Row			row;

	store_open(fcinfo);
	get_row(key, fcinfo->args[0], CALLERS_SIGHT, rule_if_none, &row);
	return store_close_with(row_composite(&row));
}

void
update_given(Row *row, const NullableDatum *args, const Change *new_values, int n)
{
	Change	   *changes = palloc(sizeof(Change) * n);
	int			n_changes = 0;

	for (int i = 0; i < n; i++)
	{
		if (!args[i].isnull)
			changes[n_changes++] = new_values[i];
	}
	if (n_changes > 0)
		update_row(row, changes, n_changes, NULL);
	pfree(changes);
}

Datum
return_changed(FunctionCallInfo fcinfo, KeyId key, Rule rule_if_none, const Change *new_values, int n)
{
	Row			row;

	get_row_and_lock(key, fcinfo->args[0], LockTupleNoKeyExclusive, rule_if_none, &row);
	update_given(&row, &fcinfo->args[1], new_values, n);
	return store_close_with(row_composite(&row));
}

void
begin_set(FunctionCallInfo fcinfo)
{
	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
}

/*
 * The columns are those of the result type, in their order: the server leaves
 * out what was dropped from a table, whose type still has a place for it.
 */
void
return_rows(FunctionCallInfo fcinfo, Rows rows)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	TupleConversionMap *map;

	map = convert_tuples_by_position(rows.table->tupdesc, result->setDesc,
									 "a statement's columns are not those of its function");
	for (uint64 i = 0; i < rows.count; i++)
	{
		HeapTuple	tuple = rows.table->vals[i];

		CHECK_FOR_INTERRUPTS();
		if (map != NULL)
			tuple = execute_attr_map_tuple(tuple, map);
		tuplestore_puttuple(result->setResult, tuple);
		if (map != NULL)
			heap_freetuple(tuple);
	}
}

void
return_set(FunctionCallInfo fcinfo, StatementId id, const NullableDatum *params)
{
	begin_set(fcinfo);
	return_rows(fcinfo, statement_run(id, params));
}

Datum
read_set(FunctionCallInfo fcinfo, StatementId id)
{
	store_open(fcinfo);
	return_set(fcinfo, id, fcinfo->args);
	store_close();
	return (Datum) 0;
}

Datum
read_set_of(FunctionCallInfo fcinfo, KeyId key, Rule rule_if_none, StatementId id)
{
	Row			row;

	store_open(fcinfo);
	get_row(key, fcinfo->args[0], CALLERS_SIGHT, rule_if_none, &row);
	return_set(fcinfo, id, fcinfo->args);
	store_close();
	return (Datum) 0;
}
