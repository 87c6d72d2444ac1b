/*
 * request.c
 *		acs_request(): the API's paths over the functions of SQL.
 *
 * The function of the path is called as the executor would call it, without a
 * query around it.
 *
 * Everything runs in a subtransaction.  An error that says something about the
 * request becomes a response; one that says something about the transaction
 * (it was cancelled, it has to be retried) is passed on.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "executor/executor.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "optimizer/optimizer.h"
#include "pgstat.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"
#include "utils/tuplestore.h"
#include "utils/typcache.h"

#include "api/http/answers.h"
#include "api/http/parameters.h"
#include "api/http/routes.h"
#include "api/json.h"
#include "api/rows.h"
#include "store/statements.h"
#include "store/subtransaction.h"

/* ---------- the call ---------- */

static NullableDatum
default_value(const Argument *argument)
{
	Expr	   *expression = (Expr *) argument->default_value;
	NullableDatum value;

	if (expression == NULL)
		return NO_DATUM;
	if (IsA(expression, Const))
		return DATUM_IF(!((Const *) expression)->constisnull, ((Const *) expression)->constvalue);
	expression = expression_planner(expression);
	value.value = ExecEvalExpr(ExecInitExpr(expression, NULL), CreateStandaloneExprContext(),
							   &value.isnull);
	return value;
}

/* Until PopActiveSnapshot(): what was done before in the statement that asks, too. */
static void
look_again(void)
{
	CommandCounterIncrement();
	PushActiveSnapshot(GetTransactionSnapshot());
}

static NullableDatum
invoke(Call *call, ReturnSetInfo *rows)
{
	LOCAL_FCINFO(fcinfo, MAX_ARGUMENTS);
	Function   *function = call->function;
	PgStat_FunctionCallUsage usage;
	NullableDatum result;

	InitFunctionCallInfoData(*fcinfo, &function->call, function->nargs, InvalidOid, NULL, (Node *) rows);
	for (int i = 0; i < function->nargs; i++)
		fcinfo->args[i] = call->given[i] ? call->values[i] : default_value(&function->args[i]);

	look_again();
	pgstat_init_function_usage(fcinfo, &usage);
	result.value = FunctionCallInvoke(fcinfo);
	result.isnull = fcinfo->isnull;
	pgstat_end_function_usage(&usage, true);
	PopActiveSnapshot();
	return result;
}

static Datum
call_for_object(Call *call)
{
	NullableDatum result = invoke(call, NULL);

	if (result.isnull)
		elog(ERROR, "function %u returned NULL", call->function->call.fn_oid);
	return result.value;
}

static ReturnSetInfo *
call_for_list(Call *call)
{
	ReturnSetInfo *rows = makeNode(ReturnSetInfo);

	rows->econtext = CreateStandaloneExprContext();
	rows->expectedDesc = lookup_rowtype_tupdesc_copy(call->function->result_type, -1);
	rows->allowedModes = SFRM_ValuePerCall | SFRM_Materialize | SFRM_Materialize_Preferred;
	rows->returnMode = SFRM_ValuePerCall;
	invoke(call, rows);
	if (rows->returnMode != SFRM_Materialize || rows->setResult == NULL)
		elog(ERROR, "function %u returned no set", call->function->call.fn_oid);
	return rows;
}

static void
close_list(ReturnSetInfo *rows)
{
	tuplestore_end(rows->setResult);
	FreeExprContext(rows->econtext, true);
}

/* ---------- the answer ---------- */

/* The cursor of the next page, if there is anything after the last row of a full one. */
static NullableDatum
next_page(Call *call, int64 nrows, NullableDatum last_id)
{
	int			size = find_argument(call->function, "page_size");
	int			cursor = find_argument(call->function, "page_cursor");
	NullableDatum page_size = call->given[size] ? call->values[size] :
		default_value(&call->function->args[size]);
	ReturnSetInfo *rows;

	if (last_id.isnull || nrows != DatumGetInt32(page_size.value))
		return NO_DATUM;
	call->values[size] = DATUM(Int32GetDatum(1));
	call->values[cursor] = last_id;
	call->given[size] = call->given[cursor] = true;
	rows = call_for_list(call);
	nrows = tuplestore_tuple_count(rows->setResult);
	close_list(rows);
	return nrows > 0 ? last_id : NO_DATUM;
}

/* Who does not know that there is a next page shall miss nothing that fits on this one. */
static void
choose_long_page(Call *call)
{
	int			size = find_argument(call->function, "page_size");

	if (!call->given[size])
		call->values[size] = DATUM(Int32GetDatum(MAX_PAGE_SIZE));
	call->given[size] = true;
}

static void
answer_list(StringInfo json, Call *call)
{
	ReturnSetInfo *rows;
	int64		nrows;
	NullableDatum last_id;

	if (call->route->answer == LONG_PAGES)
		choose_long_page(call);
	rows = call_for_list(call);
	nrows = tuplestore_tuple_count(rows->setResult);
	look_again();
	last_id = append_list(json, call, rows);
	PopActiveSnapshot();
	close_list(rows);
	if (call->route->answer != LIST)
		append_pagination(json, next_page(call, nrows, last_id));
}

static void
answer_object(StringInfo json, Call *call)
{
	Datum		object = call_for_object(call);

	look_again();
	append_object(json, call, object);
	PopActiveSnapshot();
}

static void
answer_call(StringInfo json, Call *call)
{
	require_right_to_call(call->function);
	appendStringInfoChar(json, '{');
	switch (call->route->answer)
	{
		case NOTHING:
			invoke(call, NULL);
			break;
		case OBJECT:
			answer_object(json, call);
			break;
		case LIST:
		case PAGES:
		case LONG_PAGES:
			answer_list(json, call);
			break;
	}
	append_json_key(json, "ok");
	appendStringInfoString(json, "true}");
}

/* The answer to a path that exists, except for what is raised. */
static int
serve(StringInfo json, Call *call, Oid schema)
{
	const char *wrong;

	call->function = function_of(call->route, schema);
	wrong = read_body(call);
	if (wrong == NULL && call->complaints.len > 0)
		wrong = "invalid parameters";
	if (wrong != NULL)
		return answer_invalid_input(json, call, wrong);
	answer_call(json, call);
	return HTTP_OK;
}

/* ---------- the request ---------- */

typedef struct Attempt
{
	StringInfo	json;
	Call	   *call;
	Oid			schema;
	int			status;
} Attempt;

static bool
attempt_to_serve(void *arg)
{
	Attempt    *attempt = arg;

	begin_request();
	PG_TRY();
	{
		attempt->status = serve(attempt->json, attempt->call, attempt->schema);
	}
	PG_FINALLY();
	{
		end_request();
	}
	PG_END_TRY();
	return attempt->status == HTTP_OK;
}

static int
serve_in_subtransaction(StringInfo json, Call *call, Oid schema)
{
	Attempt		attempt = {json, call, schema};
	ErrorData  *error = run_in_subtransaction(attempt_to_serve, &attempt);

	if (error == NULL)
		return attempt.status;
	if (must_be_passed_on(error->sqlerrcode))
		ReThrowError(error);
	resetStringInfo(json);
	return answer_raised(json, call, error);
}

static int
respond(StringInfo json, FunctionCallInfo fcinfo, bool body_is_text)
{
	Call	   *call = palloc0(sizeof(Call));

	initStringInfo(&call->complaints);
	call->body = fcinfo->args[1];
	call->body_is_text = body_is_text;
	call->request_id = PG_ARGISNULL(2) ? NULL : text_to_cstring(PG_GETARG_TEXT_PP(2));
	call->route = PG_ARGISNULL(0) ? NULL : find_route(text_to_cstring(PG_GETARG_TEXT_PP(0)));
	if (call->route == NULL)
		return answer_problem(json, call, &(Problem)
							  {
								  HTTP_NOT_FOUND, "not_found", "no such path", NULL
							  });
	return serve_in_subtransaction(json, call, get_func_namespace(fcinfo->flinfo->fn_oid));
}

/* The same for all; kept, as making it anew costs as much as the row. */
static TupleDesc
result_description(FunctionCallInfo fcinfo)
{
	static TupleDesc kept = NULL;
	TupleDesc	found;
	MemoryContext context;

	if (kept != NULL)
		return kept;
	if (get_call_result_type(fcinfo, NULL, &found) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	context = MemoryContextSwitchTo(TopMemoryContext);
	kept = BlessTupleDesc(CreateTupleDescCopy(found));
	MemoryContextSwitchTo(context);
	return kept;
}

static Datum
answer_request(FunctionCallInfo fcinfo, bool body_is_text)
{
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "acs_request", ALLOCSET_DEFAULT_SIZES);
	MemoryContext callers_context = MemoryContextSwitchTo(context);
	StringInfoData json;
	Datum		values[2];
	bool		nulls[2] = {false, false};
	Datum		result;

	initStringInfo(&json);
	values[0] = Int32GetDatum(respond(&json, fcinfo, body_is_text));
	values[1] = PointerGetDatum(cstring_to_text_with_len(json.data, json.len));
	MemoryContextSwitchTo(callers_context);
	result = HeapTupleGetDatum(heap_form_tuple(result_description(fcinfo), values, nulls));
	MemoryContextDelete(context);
	return result;
}

/*
 * acs_request(path text, body jsonb, request_id text, OUT status int, OUT response json)
 */
PG_FUNCTION_INFO_V1(acs_request);
Datum
acs_request(PG_FUNCTION_ARGS)
{
	return answer_request(fcinfo, false);
}

/*
 * acs_request(path text, body text, request_id text, OUT status int, OUT response json)
 */
PG_FUNCTION_INFO_V1(acs_request_text);
Datum
acs_request_text(PG_FUNCTION_ARGS)
{
	return answer_request(fcinfo, true);
}
