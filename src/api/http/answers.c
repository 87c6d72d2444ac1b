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
#include "api/http/complaints.h"
#include "api/http/forms.h"
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
		escape_json(json, cursor_of_id(DatumGetUUIDP(next_page_cursor.value)));
	appendStringInfoString(json, ",\"next_page_url\":null}");
}

/* ---------- errors ---------- */

static void
append_text_member(StringInfo json, const char *key, const char *value)
{
	append_json_key(json, key);
	escape_json(json, value);
}

/* What is wrong with no parameter in particular is wrong with the body. */
static void
append_validation_errors(StringInfo json, const Call *call, const char *message)
{
	append_json_key(json, "validation_errors");
	appendStringInfoString(json, "{\"_errors\":[");
	if (call->complaints.len == 0)
		escape_json(json, message);
	appendStringInfo(json, "]%s}", call->complaints.data);
}

int
answer_problem(StringInfo json, const Call *call, const Problem *problem)
{
	appendStringInfoString(json, "{\"error\":{");
	append_text_member(json, "type", problem->type);
	append_text_member(json, "message", problem->message);
	if (call->request_id != NULL)
		append_text_member(json, "request_id", call->request_id);
	if (problem->rule != NULL)
	{
		append_json_key(json, "data");
		appendStringInfoChar(json, '{');
		append_text_member(json, "rule", problem->rule);
		appendStringInfoChar(json, '}');
	}
	if (problem->status == HTTP_BAD_REQUEST)
		append_validation_errors(json, call, problem->message);
	appendStringInfoString(json, "},\"ok\":false}");
	return problem->status;
}

int
answer_invalid_input(StringInfo json, const Call *call, const char *message)
{
	return answer_problem(json, call, &(Problem)
						  {
							  HTTP_BAD_REQUEST, "invalid_input", message, NULL
						  });
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

/* The status of a rule of ours: what is in the way are the facts, or the request itself. */
static int
rule_status(int sqlstate)
{
	switch (sqlstate)
	{
		case ERRCODE_NO_DATA_FOUND:
			return HTTP_NOT_FOUND;
		case ERRCODE_EXCLUSION_VIOLATION:
		case ERRCODE_UNIQUE_VIOLATION:
		case ERRCODE_PROGRAM_LIMIT_EXCEEDED:
			return HTTP_CONFLICT;
		case ERRCODE_INSUFFICIENT_PRIVILEGE:
			return HTTP_FORBIDDEN;
		default:
			return HTTP_BAD_REQUEST;
	}
}

/* Of a request that is wrong the type is the API's, and the rule is beside it. */
static Problem
broken_rule(Call *call, Rule rule, const ErrorData *error)
{
	Problem		problem = {.status = rule_status(error->sqlerrcode),.rule = error->constraint_name};

	problem.message = error->detail ? psprintf("%s: %s", error->message, error->detail) : error->message;
	problem.type = problem.status == HTTP_BAD_REQUEST ? "invalid_input" : problem.rule;
	if (problem.status == HTTP_BAD_REQUEST)
		complain_of_rule(call, rule, problem.message);
	return problem;
}

/* By which whoever passed it finds the line. */
static const char *
id_for_log(const Call *call)
{
	return call->request_id != NULL && is_plain_word(call->request_id) ? psprintf(" %s", call->request_id) : "";
}

/*
 * Only of our own rules are the words passed on: those of others may print a
 * row, with its code.
 */
static Problem
problem_of(Call *call, const ErrorData *error)
{
	int			category = ERRCODE_TO_CATEGORY(error->sqlerrcode);
	Rule		rule = rule_of(error);

	if (rule != RULE_NONE)
		return broken_rule(call, rule, error);
	if (error->sqlerrcode == ERRCODE_INSUFFICIENT_PRIVILEGE)
		return (Problem) {HTTP_FORBIDDEN, "forbidden", "permission denied", NULL};
	if (category == ERRCODE_DATA_EXCEPTION || category == ERRCODE_INTEGRITY_CONSTRAINT_VIOLATION)
		return (Problem) {HTTP_BAD_REQUEST, "invalid_input", "request is not accepted", error->constraint_name};
	ereport(LOG,
			(errcode(error->sqlerrcode), errhidecaller(),
			 errmsg("request%s failed with SQLSTATE %s", id_for_log(call), unpack_sql_state(error->sqlerrcode))));
	return (Problem) {HTTP_INTERNAL_ERROR, "internal_error", "internal error", NULL};
}

int
answer_raised(StringInfo json, Call *call, const ErrorData *error)
{
	Problem		problem = problem_of(call, error);

	return answer_problem(json, call, &problem);
}
