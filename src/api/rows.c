/*
 * rows.c
 *		Return what a statement found, as one row or as a set of them.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/tupconvert.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/uuid.h"

#include "api/rows.h"
#include "errors.h"

#define MAX_PAGE_SIZE 10000

char *
id_text(Datum id)
{
	return DatumGetCString(DirectFunctionCall1(uuid_out, id));
}

bool
is_same_id(NullableDatum a, NullableDatum b)
{
	return !a.isnull && !b.isnull &&
		DatumGetBool(DirectFunctionCall2(uuid_eq, a.value, b.value));
}

void
require_row(Rows rows, Rule rule, NullableDatum id)
{
	if (rows.count == 0)
		raise_rule(rule, "The id is %s.", id.isnull ? "null" : id_text(id.value));
}

void
require_page(NullableDatum page_size)
{
	if (page_size.isnull || DatumGetInt32(page_size.value) < 1 ||
		DatumGetInt32(page_size.value) > MAX_PAGE_SIZE)
		raise_rule(RULE_INVALID_PAGE, NULL);
}

Datum
read_row(FunctionCallInfo fcinfo, StatementId id, Rule rule_if_none)
{
	Rows		rows;

	store_open(fcinfo);
	rows = statement_run(id, fcinfo->args);
	require_row(rows, rule_if_none, fcinfo->args[0]);
	return store_close_with(row_get(rows, 0, 1).value);
}

/*
 * The columns are those of the result type, in their order: the server leaves
 * out what was dropped from a table, whose type still has a place for it.
 */
void
return_set(FunctionCallInfo fcinfo, StatementId id, const NullableDatum *params)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	Rows		rows;
	TupleConversionMap *map;

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	rows = statement_run(id, params);
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

Datum
read_set(FunctionCallInfo fcinfo, StatementId id)
{
	store_open(fcinfo);
	return_set(fcinfo, id, fcinfo->args);
	store_close();
	return (Datum) 0;
}
