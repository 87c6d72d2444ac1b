/*
 * credential_object.c
 *		A credential as the API shows it: acs_credential, from stored columns.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_type_d.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/tuplestore.h"
#include "utils/typcache.h"

#include "api/credential_object.h"
#include "api/json.h"

/* Columns of acs_credential. */
enum ObjectColumns
{
	OUT_CREDENTIAL_ID,
	OUT_USER_ID,
	OUT_SYSTEM_ID,
	OUT_WORKSPACE_ID,
	OUT_ACCESS_METHOD,
	OUT_DISPLAY_NAME,
	OUT_CODE,
	OUT_CARD_NUMBER,
	OUT_STARTS_AT,
	OUT_ENDS_AT,
	OUT_MULTI_PHONE_SYNC,
	OUT_PARENT_ID,
	OUT_ONE_TIME_USE,
	OUT_MAX_USES,
	OUT_USES,
	OUT_IS_ISSUED,
	OUT_ISSUED_AT,
	OUT_EXTERNAL_TYPE,
	OUT_EXTERNAL_TYPE_DISPLAY_NAME,
	OUT_VISIONLINE_METADATA,
	OUT_ASSA_ABLOY_VOSTIO_METADATA,
	OUT_ERRORS,
	OUT_WARNINGS,
	OUT_CREATED_AT,
	N_OBJECT_COLUMNS
};

/* ---------- jsonb ---------- */

/* "[]", parsed once in a session. */
static Datum
empty_array(void)
{
	static Datum empty = (Datum) 0;

	if (empty == (Datum) 0)
	{
		MemoryContext caller = MemoryContextSwitchTo(TopMemoryContext);

		empty = DirectFunctionCall1(jsonb_in, CStringGetDatum("[]"));
		MemoryContextSwitchTo(caller);
	}
	return empty;
}

/* The member of an object, or null: what the operator -> does. */
static NullableDatum
json_member(NullableDatum object, const char *key)
{
	Jsonb	   *jsonb;
	JsonbValue	buffer;
	JsonbValue *member;

	if (object.isnull)
		return NO_DATUM;
	jsonb = DatumGetJsonbP(object.value);
	if (!JB_ROOT_IS_OBJECT(jsonb))
		return NO_DATUM;
	member = getKeyJsonValueFromContainer(&jsonb->root, key, strlen(key), &buffer);
	return member == NULL ? NO_DATUM : DATUM(JsonbPGetDatum(JsonbValueToJsonb(member)));
}

static Datum
one_warning(const char *code, const char *message, NullableDatum since)
{
	StringInfoData json;

	initStringInfo(&json);
	appendStringInfo(&json, "[{\"warning_code\": \"%s\", \"message\": \"%s\"", code, message);
	if (!since.isnull)
	{
		appendStringInfoString(&json, ", \"created_at\": ");
		append_json_value(&json, since.value, TIMESTAMPTZOID);
	}
	appendStringInfoString(&json, "}]");
	return DirectFunctionCall1(jsonb_in, CStringGetDatum(json.data));
}

static Datum
warnings(const CredentialValues *columns)
{
	if (!columns->is_issued.isnull && !DatumGetBool(columns->is_issued.value))
		return one_warning("waiting_to_be_issued", "The card has not been encoded yet.",
						   columns->created_at);
	if (!columns->needs_to_be_reissued_at.isnull)
		return one_warning("needs_to_be_reissued",
						   "The card no longer holds what is stored here: encode it again.",
						   columns->needs_to_be_reissued_at);
	return empty_array();
}

/* ---------- the object ---------- */

static Datum
is_one_time_use(NullableDatum max_uses)
{
	return BoolGetDatum(!max_uses.isnull && DatumGetInt32(max_uses.value) == 1);
}

HeapTuple
credential_tuple(TupleDesc tupdesc, const CredentialValues *columns)
{
	const NullableDatum object[N_OBJECT_COLUMNS] = {
		[OUT_CREDENTIAL_ID] = columns->acs_credential_id,
		[OUT_USER_ID] = columns->acs_user_id,
		[OUT_SYSTEM_ID] = columns->acs_system_id,
		[OUT_WORKSPACE_ID] = columns->workspace_id,
		[OUT_ACCESS_METHOD] = columns->access_method,
		[OUT_DISPLAY_NAME] = columns->display_name,
		[OUT_CODE] = columns->code,
		[OUT_CARD_NUMBER] = columns->card_number,
		[OUT_STARTS_AT] = columns->starts_at,
		[OUT_ENDS_AT] = columns->ends_at,
		[OUT_MULTI_PHONE_SYNC] = columns->is_multi_phone_sync_credential,
		[OUT_PARENT_ID] = columns->parent_acs_credential_id,
		[OUT_ONE_TIME_USE] = DATUM(is_one_time_use(columns->max_uses)),
		[OUT_MAX_USES] = columns->max_uses,
		[OUT_USES] = columns->uses,
		[OUT_IS_ISSUED] = columns->is_issued,
		[OUT_ISSUED_AT] = columns->issued_at,
		[OUT_EXTERNAL_TYPE] = columns->credential_type,
		[OUT_EXTERNAL_TYPE_DISPLAY_NAME] = columns->credential_type_display_name,
		[OUT_VISIONLINE_METADATA] = json_member(columns->metadata, "visionline_metadata"),
		[OUT_ASSA_ABLOY_VOSTIO_METADATA] = json_member(columns->metadata, "assa_abloy_vostio_metadata"),
		[OUT_ERRORS] = DATUM(empty_array()),
		[OUT_WARNINGS] = DATUM(warnings(columns)),
		[OUT_CREATED_AT] = columns->created_at,
	};
	Datum		values[N_OBJECT_COLUMNS];
	bool		nulls[N_OBJECT_COLUMNS];

	if (tupdesc->natts != N_OBJECT_COLUMNS)
		elog(ERROR, "acs_credential is not what this version of the library knows");
	for (int i = 0; i < N_OBJECT_COLUMNS; i++)
	{
		values[i] = object[i].value;
		nulls[i] = object[i].isnull;
	}
	return heap_form_tuple(tupdesc, values, nulls);
}

/*
 * The descriptor is the one that the session keeps of the function's result
 * type; get_call_result_type() would copy it for every call.
 */
Datum
credential_object(FunctionCallInfo fcinfo, const CredentialValues *columns)
{
	TupleDesc	tupdesc = lookup_rowtype_tupdesc(get_func_rettype(fcinfo->flinfo->fn_oid), -1);
	Datum		object = HeapTupleGetDatum(credential_tuple(tupdesc, columns));

	ReleaseTupleDesc(tupdesc);
	return object;
}

Datum
credential_object_of(FunctionCallInfo fcinfo, const Row *credential, const Row *type)
{
	const NullableDatum *column = credential->columns;
	CredentialValues columns = {
		.acs_credential_id = column[CREDENTIAL_ID],
		.acs_user_id = column[CREDENTIAL_USER],
		.acs_system_id = column[CREDENTIAL_SYSTEM],
		.workspace_id = column[WORKSPACE],
		.access_method = column[CREDENTIAL_ACCESS_METHOD],
		.display_name = column[CREDENTIAL_DISPLAY_NAME],
		.code = column[CREDENTIAL_CODE],
		.card_number = column[CREDENTIAL_CARD_NUMBER],
		.starts_at = column[CREDENTIAL_STARTS_AT],
		.ends_at = column[CREDENTIAL_ENDS_AT],
		.is_multi_phone_sync_credential = column[CREDENTIAL_IS_MULTI_PHONE_SYNC],
		.parent_acs_credential_id = column[CREDENTIAL_PARENT],
		.max_uses = column[CREDENTIAL_MAX_USES],
		.uses = column[CREDENTIAL_USES],
		.is_issued = column[CREDENTIAL_IS_ISSUED],
		.issued_at = column[CREDENTIAL_ISSUED_AT],
		.needs_to_be_reissued_at = column[CREDENTIAL_NEEDS_REISSUE_AT],
		.metadata = column[CREDENTIAL_METADATA],
		.created_at = column[CREDENTIAL_CREATED_AT],
		.credential_type = type->columns[TYPE_CREDENTIAL_TYPE],
		.credential_type_display_name = type->columns[TYPE_CREDENTIAL_TYPE_DISPLAY_NAME],
	};

	return credential_object(fcinfo, &columns);
}

/* ---------- from rows of a statement ---------- */

#define COLUMN(name) {#name, offsetof(CredentialValues, name)}

static const struct
{
	const char *name;
	size_t		offset;
}			column_names[] = {
	COLUMN(acs_credential_id),
	COLUMN(acs_user_id),
	COLUMN(acs_system_id),
	COLUMN(workspace_id),
	COLUMN(access_method),
	COLUMN(display_name),
	COLUMN(code),
	COLUMN(card_number),
	COLUMN(starts_at),
	COLUMN(ends_at),
	COLUMN(is_multi_phone_sync_credential),
	COLUMN(parent_acs_credential_id),
	COLUMN(max_uses),
	COLUMN(uses),
	COLUMN(is_issued),
	COLUMN(issued_at),
	COLUMN(needs_to_be_reissued_at),
	COLUMN(metadata),
	COLUMN(created_at),
	COLUMN(credential_type),
	COLUMN(credential_type_display_name),
};

#undef COLUMN

/* Where the columns stand in the rows, in the order of column_names. */
typedef struct Positions
{
	int			of[lengthof(column_names)];
} Positions;

static Positions
find_columns(TupleDesc tupdesc)
{
	Positions	positions;

	StaticAssertStmt(lengthof(column_names) * sizeof(NullableDatum) == sizeof(CredentialValues),
					 "every column has a name");
	for (int i = 0; i < (int) lengthof(column_names); i++)
	{
		positions.of[i] = SPI_fnumber(tupdesc, column_names[i].name);
		if (positions.of[i] <= 0)
			elog(ERROR, "column \"%s\" of a credential is missing", column_names[i].name);
	}
	return positions;
}

static CredentialValues
read_columns(Rows rows, uint64 row, const Positions *positions)
{
	CredentialValues columns;

	for (int i = 0; i < (int) lengthof(column_names); i++)
		*(NullableDatum *) ((char *) &columns + column_names[i].offset) =
			row_get(rows, row, positions->of[i]);
	return columns;
}

void
return_credential_objects(FunctionCallInfo fcinfo, Rows rows)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	Positions	positions = find_columns(rows.table->tupdesc);
	MemoryContext per_row = AllocSetContextCreate(CurrentMemoryContext, "credential", ALLOCSET_SMALL_SIZES);
	MemoryContext caller = MemoryContextSwitchTo(per_row);

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	for (uint64 i = 0; i < rows.count; i++)
	{
		CredentialValues columns = read_columns(rows, i, &positions);

		CHECK_FOR_INTERRUPTS();
		tuplestore_puttuple(result->setResult, credential_tuple(result->setDesc, &columns));
		MemoryContextReset(per_row);
	}
	MemoryContextSwitchTo(caller);
	MemoryContextDelete(per_row);
}
