/*
 * answers.c
 *		What a request found, or failed with, as the API's answer.
 */
#include "postgres.h"

#include "catalog/pg_type_d.h"
#include "executor/executor.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/json.h"
#include "utils/tuplestore.h"

#include "api/http/answers.h"
#include "api/json.h"
#include "errors.h"
#include "store/statements.h"

/* ---------- results ---------- */

static void
append_json_of(StringInfo json, Function *function, Datum row)
{
	text	   *object = DatumGetTextPP(FunctionCall1(&function->json, row));

	appendBinaryStringInfo(json, VARDATA_ANY(object), VARSIZE_ANY_EXHDR(object));
	pfree(object);
}

void
append_object(StringInfo json, const Call *call, Datum row)
{
	append_json_key(json, call->route->object);
	append_json_of(json, call->function, row);
}

/* The object's id, which is the cursor of a page that ends with it. */
static NullableDatum
object_id(const Call *call, TupleTableSlot *slot)
{
	int			column = SPI_fnumber(slot->tts_tupleDescriptor, psprintf("%s_id", call->route->object));
	NullableDatum id;

	if (column <= 0)
		elog(ERROR, "type of \"%s\" has no id", call->route->object);
	id.value = slot_getattr(slot, column, &id.isnull);
	return id.isnull ? NO_DATUM : DATUM(datumCopy(id.value, false, UUID_LEN));
}

NullableDatum
append_list(StringInfo json, const Call *call, ReturnSetInfo *rows)
{
	TupleTableSlot *slot = MakeSingleTupleTableSlot(rows->expectedDesc, &TTSOpsMinimalTuple);
	NullableDatum last_id = NO_DATUM;

	append_json_key(json, psprintf("%ss", call->route->object));
	appendStringInfoChar(json, '[');
	for (int64 left = tuplestore_tuple_count(rows->setResult); left > 0; left--)
	{
		Datum		row;

		CHECK_FOR_INTERRUPTS();
		tuplestore_gettupleslot(rows->setResult, true, false, slot);
		row = ExecFetchSlotHeapTupleDatum(slot);
		append_json_of(json, call->function, row);
		pfree(DatumGetPointer(row));
		if (left > 1)
			appendStringInfoChar(json, ',');
		else
			last_id = object_id(call, slot);
	}
	appendStringInfoChar(json, ']');
	ExecDropSingleTupleTableSlot(slot);
	return last_id;
}

void
append_pagination(StringInfo json, NullableDatum next_page_cursor)
{
	append_json_key(json, "pagination");
	appendStringInfo(json, "{\"has_next_page\":%s,\"next_page_cursor\":",
					 next_page_cursor.isnull ? "false" : "true");
	if (next_page_cursor.isnull)
		appendStringInfoString(json, "null");
	else
		append_json_value(json, next_page_cursor.value, UUIDOID);
	appendStringInfoString(json, ",\"next_page_url\":null}");
}

/* ---------- errors ---------- */

int
answer_error(StringInfo json, int status, const char *type, const char *message, const char *validation_errors)
{
	appendStringInfoString(json, "{\"error\":{\"type\":");
	escape_json(json, type);
	appendStringInfoString(json, ",\"message\":");
	escape_json(json, message);
	if (validation_errors != NULL)
		appendStringInfo(json, ",\"validation_errors\":{\"_errors\":[]%s}", validation_errors);
	appendStringInfoString(json, "},\"ok\":false}");
	return status;
}

/*
 * Errors that concern the whole transaction, or the session, are not ours: it
 * was cancelled, has to be retried, or cannot write here.
 */
bool
must_be_passed_on(int sqlstate)
{
	int			category = ERRCODE_TO_CATEGORY(sqlstate);

	return category == ERRCODE_TRANSACTION_ROLLBACK ||
		category == ERRCODE_OPERATOR_INTERVENTION ||
		category == ERRCODE_INSUFFICIENT_RESOURCES ||
		category == ERRCODE_INVALID_TRANSACTION_STATE ||
		sqlstate == ERRCODE_LOCK_NOT_AVAILABLE;
}

/* The status of a rule of ours. */
static int
rule_status(int sqlstate)
{
	if (sqlstate == ERRCODE_NO_DATA_FOUND)
		return HTTP_NOT_FOUND;
	if (sqlstate == ERRCODE_EXCLUSION_VIOLATION || sqlstate == ERRCODE_UNIQUE_VIOLATION)
		return HTTP_CONFLICT;
	if (sqlstate == ERRCODE_INSUFFICIENT_PRIVILEGE)
		return HTTP_FORBIDDEN;
	return HTTP_BAD_REQUEST;
}

/*
 * Only of our own rules are the words passed on: those of others may print a
 * row, with its code.
 */
int
answer_raised(StringInfo json, const ErrorData *error)
{
	int			category = ERRCODE_TO_CATEGORY(error->sqlerrcode);

	if (is_rule(error))
		return answer_error(json, rule_status(error->sqlerrcode), error->constraint_name,
							error->detail ? psprintf("%s: %s", error->message, error->detail) : error->message,
							NULL);
	if (error->sqlerrcode == ERRCODE_INSUFFICIENT_PRIVILEGE)
		return answer_error(json, HTTP_FORBIDDEN, "forbidden", "permission denied", NULL);
	if (category == ERRCODE_DATA_EXCEPTION || category == ERRCODE_INTEGRITY_CONSTRAINT_VIOLATION)
		return answer_error(json, HTTP_BAD_REQUEST,
							error->constraint_name ? error->constraint_name : "invalid_input",
							"request is not accepted", NULL);
	ereport(LOG,
			(errcode(error->sqlerrcode),
			 errmsg("request failed with SQLSTATE %s", unpack_sql_state(error->sqlerrcode))));
	return answer_error(json, HTTP_INTERNAL_ERROR, "internal_error", "internal error", NULL);
}
