/*
 * credential_object.c
 *		A credential as the API shows it: acs_credential, from stored columns.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_type_d.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/tuplestore.h"
#include "utils/typcache.h"

#include "api/credential_object.h"
#include "api/json.h"
#include "api/rows.h"
#include "ids.h"
#include "store/values.h"

/* Columns of acs_credential. */
enum ObjectColumns
{
	OUT_CREDENTIAL_ID,
	OUT_USER_ID,
	OUT_USER_IDENTITY_ID,
	OUT_SYSTEM_ID,
	OUT_WORKSPACE_ID,
	OUT_ACCESS_METHOD,
	OUT_DISPLAY_NAME,
	OUT_CODE,
	OUT_CARD_NUMBER,
	OUT_STARTS_AT,
	OUT_ENDS_AT,
	OUT_ENTRANCE_IDS,
	OUT_MULTI_PHONE_SYNC,
	OUT_PARENT_ID,
	OUT_MANAGER_ID,
	OUT_SCHEDULE,
	OUT_ONE_TIME_USE,
	OUT_MAX_USES,
	OUT_USES,
	OUT_REFERENCE,
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

/* Members of a JSON array that is not closed yet. */
static void
append_warning(StringInfo json, const char *code, const char *message, NullableDatum since)
{
	appendStringInfo(json, "%s{\"warning_code\": \"%s\", \"message\": \"%s\"",
					 json->len > 0 ? ", " : "[", code, message);
	if (!since.isnull)
	{
		appendStringInfoString(json, ", \"created_at\": ");
		append_json_value(json, since.value, TIMESTAMPTZOID);
	}
	appendStringInfoChar(json, '}');
}

static bool
is_false(NullableDatum value)
{
	return !value.isnull && !DatumGetBool(value.value);
}

static Datum
warnings(const CredentialValues *values)
{
	bool		awaits_issue = is_false(values->is_issued);
	bool		awaits_reissue = !awaits_issue && !values->needs_to_be_reissued_at.isnull;
	bool		opens_nothing = is_false(values->any_entrance_takes_it);
	StringInfoData json;

	if (!awaits_issue && !awaits_reissue && !opens_nothing)
		return empty_array();
	initStringInfo(&json);
	if (awaits_issue)
		append_warning(&json, "waiting_to_be_issued", "The card has not been encoded yet.",
					   values->created_at);
	if (awaits_reissue)
		append_warning(&json, "needs_to_be_reissued",
					   "The card no longer holds what is stored here: encode it again.",
					   values->needs_to_be_reissued_at);
	if (opens_nothing)
		append_warning(&json, "entrance_does_not_support_method",
					   "None of its entrances can be unlocked with its access method.",
					   values->created_at);
	appendStringInfoChar(&json, ']');
	return DirectFunctionCall1(jsonb_in, CStringGetDatum(json.data));
}

/* ---------- the object ---------- */

static Datum
is_one_time_use(NullableDatum max_uses)
{
	return BoolGetDatum(!max_uses.isnull && DatumGetInt32(max_uses.value) == 1);
}

static void
object_columns(const CredentialValues *values, NullableDatum *columns)
{
	const NullableDatum object[N_OBJECT_COLUMNS] = {
		[OUT_CREDENTIAL_ID] = values->acs_credential_id,
		[OUT_USER_ID] = values->acs_user_id,
		[OUT_USER_IDENTITY_ID] = values->user_identity_id,
		[OUT_SYSTEM_ID] = values->acs_system_id,
		[OUT_WORKSPACE_ID] = values->workspace_id,
		[OUT_ACCESS_METHOD] = values->access_method,
		[OUT_DISPLAY_NAME] = values->display_name,
		[OUT_CODE] = values->code,
		[OUT_CARD_NUMBER] = values->card_number,
		[OUT_STARTS_AT] = values->starts_at,
		[OUT_ENDS_AT] = values->ends_at,
		[OUT_ENTRANCE_IDS] = values->allowed_acs_entrance_ids,
		[OUT_MULTI_PHONE_SYNC] = values->is_multi_phone_sync_credential,
		[OUT_PARENT_ID] = values->parent_acs_credential_id,
		[OUT_MANAGER_ID] = values->credential_manager_acs_system_id,
		[OUT_SCHEDULE] = values->schedule,
		[OUT_ONE_TIME_USE] = DATUM(is_one_time_use(values->max_uses)),
		[OUT_MAX_USES] = values->max_uses,
		[OUT_USES] = values->uses,
		[OUT_REFERENCE] = values->reference,
		[OUT_IS_ISSUED] = values->is_issued,
		[OUT_ISSUED_AT] = values->issued_at,
		[OUT_EXTERNAL_TYPE] = values->credential_type,
		[OUT_EXTERNAL_TYPE_DISPLAY_NAME] = values->credential_type_display_name,
		[OUT_VISIONLINE_METADATA] = json_member(values->metadata, "visionline_metadata"),
		[OUT_ASSA_ABLOY_VOSTIO_METADATA] = json_member(values->metadata, "assa_abloy_vostio_metadata"),
		[OUT_ERRORS] = DATUM(empty_array()),
		[OUT_WARNINGS] = DATUM(warnings(values)),
		[OUT_CREATED_AT] = values->created_at,
	};

	memcpy(columns, object, sizeof(object));
}

Datum
credential_object(const CredentialValues *values)
{
	NullableDatum columns[N_OBJECT_COLUMNS];

	object_columns(values, columns);
	return row_of_type(store_type("acs_credential"), columns, N_OBJECT_COLUMNS);
}

/* ---------- of a stored credential ---------- */

CredentialValues
credential_values(const Row *credential, const Row *type)
{
	const NullableDatum *column = credential->columns;

	return (CredentialValues)
	{
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
		.credential_manager_acs_system_id = column[CREDENTIAL_MANAGER],
		.schedule = column[CREDENTIAL_SCHEDULE],
		.max_uses = column[CREDENTIAL_MAX_USES],
		.uses = column[CREDENTIAL_USES],
		.reference = column[CREDENTIAL_REFERENCE],
		.is_issued = column[CREDENTIAL_IS_ISSUED],
		.issued_at = column[CREDENTIAL_ISSUED_AT],
		.needs_to_be_reissued_at = column[CREDENTIAL_NEEDS_REISSUE_AT],
		.metadata = column[CREDENTIAL_METADATA],
		.created_at = column[CREDENTIAL_CREATED_AT],
		.user_identity_id = NO_DATUM,
		.allowed_acs_entrance_ids = NO_DATUM,
		.any_entrance_takes_it = NO_DATUM,
		.credential_type = type->columns[TYPE_CREDENTIAL_TYPE],
		.credential_type_display_name = type->columns[TYPE_CREDENTIAL_TYPE_DISPLAY_NAME],
	};
}

NullableDatum
ids_value(Datum *ids, size_t n)
{
	return DATUM(PointerGetDatum(construct_array(ids, n, UUIDOID, UUID_LEN, false, TYPALIGN_CHAR)));
}

static NullableDatum
identity_of_user(NullableDatum acs_user_id, Sight sight)
{
	Row			user;

	if (acs_user_id.isnull || !find_row(USER_BY_ID, &acs_user_id.value, sight, &user))
		return NO_DATUM;
	return user.columns[USER_IDENTITY];
}

/* Whose list of entrances it has: a copy on a phone opens what its parent names. */
static NullableDatum
naming_credential(NullableDatum parent, NullableDatum own)
{
	return parent.isnull ? own : parent;
}

/* The entrances it names, in order, and whether one of them takes its access method. */
static void
set_entrances(CredentialValues *values, Datum *ids, size_t n, bool any_takes_it)
{
	values->allowed_acs_entrance_ids = ids_value(ids, n);
	values->any_entrance_takes_it = DATUM_IF(n > 0, BoolGetDatum(any_takes_it));
}

static void
read_entrances(Sight sight, CredentialValues *values)
{
	int			taken = ENTRANCE_TAKES_CODE + access_method_from_datum(values->access_method.value);
	NullableDatum naming = naming_credential(values->parent_acs_credential_id, values->acs_credential_id);
	List	   *rows = find_rows(CREDENTIAL_ENTRANCES_BY_CREDENTIAL, &naming.value, sight);
	Datum	   *ids = palloc(sizeof(Datum) * (list_length(rows) + 1));
	size_t		n = 0;
	bool		any = false;
	ListCell   *cell;

	foreach(cell, rows)
	{
		Row			entrance;

		ids[n++] = row_datum((Row *) lfirst(cell), CREDENTIAL_ENTRANCE_ENTRANCE);
		any = any || (find_row(ENTRANCE_BY_ID, &ids[n - 1], sight, &entrance) && row_is_true(&entrance, taken));
	}
	sort_ids(ids, n);
	set_entrances(values, ids, n, any);
}

Datum
credential_object_of(const Row *credential, const Row *type, Sight sight)
{
	CredentialValues values = credential_values(credential, type);

	values.user_identity_id = identity_of_user(credential->columns[CREDENTIAL_USER], sight);
	read_entrances(sight, &values);
	return credential_object(&values);
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
	COLUMN(credential_manager_acs_system_id),
	COLUMN(schedule),
	COLUMN(max_uses),
	COLUMN(uses),
	COLUMN(reference),
	COLUMN(is_issued),
	COLUMN(issued_at),
	COLUMN(needs_to_be_reissued_at),
	COLUMN(metadata),
	COLUMN(created_at),
	COLUMN(user_identity_id),
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

	StaticAssertStmt((lengthof(column_names) + 2) * sizeof(NullableDatum) == sizeof(CredentialValues),
					 "every value has a column, but for the two that set_entrances() sets");
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
	CredentialValues values;

	for (int i = 0; i < (int) lengthof(column_names); i++)
		*(NullableDatum *) ((char *) &values + column_names[i].offset) =
			row_get(rows, row, positions->of[i]);
	return values;
}

/* What the credentials name, all of them at once. */
static Rows
find_named_entrances(Rows credentials, const Positions *positions)
{
	Datum	   *ids;
	NullableDatum list;

	if (credentials.count == 0)
		return credentials;
	ids = palloc(sizeof(Datum) * credentials.count);
	for (uint64 i = 0; i < credentials.count; i++)
	{
		CredentialValues values = read_columns(credentials, i, positions);

		ids[i] = naming_credential(values.parent_acs_credential_id, values.acs_credential_id).value;
	}
	list = ids_value(ids, sort_unique_ids(ids, credentials.count));
	return statement_run(STMT_NAMED_ENTRANCES, &list);
}

/* The first row of a credential, of those that are in the order of credentials. */
static uint64
first_row_of(Datum acs_credential_id, Rows rows)
{
	uint64		first = 0;
	uint64		end = rows.count;

	while (first < end)
	{
		uint64		middle = first + (end - first) / 2;

		if (compare_ids(row_get(rows, middle, 1).value, acs_credential_id) < 0)
			first = middle + 1;
		else
			end = middle;
	}
	return first;
}

/* Columns of a named entrance: the credential, the entrance, and what it takes. */
static void
set_named_entrances(CredentialValues *values, Rows named)
{
	int			taken = 3 + access_method_from_datum(values->access_method.value);
	NullableDatum naming = naming_credential(values->parent_acs_credential_id, values->acs_credential_id);
	uint64		first = first_row_of(naming.value, named);
	Datum	   *ids;
	size_t		n = 0;
	bool		any = false;

	while (first + n < named.count && is_same_id(row_get(named, first + n, 1), naming))
		n++;
	ids = palloc(sizeof(Datum) * (n + 1));
	for (size_t i = 0; i < n; i++)
	{
		ids[i] = row_get(named, first + i, 2).value;
		any = any || DatumGetBool(row_get(named, first + i, taken).value);
	}
	set_entrances(values, ids, n, any);
}

void
return_credential_objects(FunctionCallInfo fcinfo, Rows rows)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	Positions	positions = find_columns(rows.table->tupdesc);
	Rows		named = find_named_entrances(rows, &positions);
	MemoryContext per_row = AllocSetContextCreate(CurrentMemoryContext, "credential", ALLOCSET_SMALL_SIZES);
	MemoryContext caller = MemoryContextSwitchTo(per_row);

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	for (uint64 i = 0; i < rows.count; i++)
	{
		CredentialValues values = read_columns(rows, i, &positions);
		NullableDatum columns[N_OBJECT_COLUMNS];

		CHECK_FOR_INTERRUPTS();
		set_named_entrances(&values, named);
		object_columns(&values, columns);
		tuplestore_puttuple(result->setResult, form_row(result->setDesc, columns, N_OBJECT_COLUMNS));
		MemoryContextReset(per_row);
	}
	MemoryContextSwitchTo(caller);
	MemoryContextDelete(per_row);
}
