/*
 * request.c
 *		acs_request(): the API's paths over the functions of SQL.
 *
 * A path is the name of its function, and its parameters are the function's
 * arguments, as the catalog has them.  So there is no code per path: only a
 * table of what each returns, and of the few names that differ.
 *
 * Everything runs in a subtransaction.  An error that says something about the
 * request becomes a response; one that says something about the transaction
 * (it was cancelled, it has to be retried) is passed on.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/xact.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type_d.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/catcache.h"
#include "utils/json.h"
#include "utils/jsonb.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/resowner.h"
#include "utils/syscache.h"
#include "utils/timestamp.h"

#include "api/json.h"
#include "errors.h"
#include "store/statements.h"

#define MAX_ARGS 16

/* What a path answers with, beside "ok". */
typedef enum Answer
{
	NOTHING,
	OBJECT,						/* {"acs_user": {...}} */
	LIST,						/* {"acs_users": [...]} */
	PAGES						/* the same, with "pagination" */
} Answer;

typedef struct Route
{
	const char *path;
	Answer		answer;
	const char *object;			/* or null */
} Route;

static const Route routes[] = {
	{"/acs/credentials/create", OBJECT, "acs_credential"},
	{"/acs/credentials/get", OBJECT, "acs_credential"},
	{"/acs/credentials/list", PAGES, "acs_credential"},
	{"/acs/credentials/update", OBJECT, "acs_credential"},
	{"/acs/credentials/delete", NOTHING, NULL},
	{"/acs/credentials/assign", OBJECT, "acs_credential"},
	{"/acs/credentials/unassign", OBJECT, "acs_credential"},
	{"/acs/credentials/list_accessible_entrances", LIST, "acs_entrance"},
	{"/acs/credentials/create_offline_code", OBJECT, "acs_credential"},
	{"/acs/credentials/issue", OBJECT, "acs_credential"},
	{"/acs/credentials/disable", OBJECT, "acs_credential"},
	{"/acs/credentials/enable", OBJECT, "acs_credential"},
	{"/acs/credentials/sync_to_phone", OBJECT, "acs_credential"},

	{"/acs/users/create", OBJECT, "acs_user"},
	{"/acs/users/get", OBJECT, "acs_user"},
	{"/acs/users/list", PAGES, "acs_user"},
	{"/acs/users/update", OBJECT, "acs_user"},
	{"/acs/users/delete", NOTHING, NULL},
	{"/acs/users/suspend", NOTHING, NULL},
	{"/acs/users/unsuspend", NOTHING, NULL},
	{"/acs/users/add_to_access_group", NOTHING, NULL},
	{"/acs/users/remove_from_access_group", NOTHING, NULL},
	{"/acs/users/list_accessible_entrances", LIST, "acs_entrance"},
	{"/acs/users/revoke_access_to_all_entrances", NOTHING, NULL},

	{"/acs/entrances/create", OBJECT, "acs_entrance"},
	{"/acs/entrances/get", OBJECT, "acs_entrance"},
	{"/acs/entrances/list", PAGES, "acs_entrance"},
	{"/acs/entrances/grant_access", NOTHING, NULL},
	{"/acs/entrances/list_credentials_with_access", LIST, "acs_credential"},

	{"/acs/access_groups/create", OBJECT, "acs_access_group"},
	{"/acs/access_groups/get", OBJECT, "acs_access_group"},
	{"/acs/access_groups/list", PAGES, "acs_access_group"},
	{"/acs/access_groups/delete", NOTHING, NULL},
	{"/acs/access_groups/add_user", NOTHING, NULL},
	{"/acs/access_groups/remove_user", NOTHING, NULL},
	{"/acs/access_groups/list_users", LIST, "acs_user"},
	{"/acs/access_groups/list_accessible_entrances", LIST, "acs_entrance"},

	{"/acs/systems/create", OBJECT, "acs_system"},
	{"/acs/systems/get", OBJECT, "acs_system"},
	{"/acs/systems/list", PAGES, "acs_system"},

	{"/acs/access/check", OBJECT, "acs_access_decision"},
	{"/acs/access/request", OBJECT, "acs_access_decision"},
};

/* Parameters whose name in the API is not that of the argument. */
static const struct
{
	const char *parameter;
	const char *argument;
}			renamed[] = {
	{"limit", "page_size"},		/* a reserved word in SQL */
	{"email", "email_address"}, /* deprecated in the API */
};

/* A parameter that is an object of two arguments. */
#define SCHEDULE			"access_schedule"
#define SCHEDULE_STARTS_AT	"access_starts_at"	/* and access_ends_at after it */

/* The arguments of a route's function, and the values that the body gives. */
typedef struct Call
{
	const Route *route;
	char	   *function;
	int			nargs;
	int			nrequired;
	char	  **names;
	Oid			types[MAX_ARGS];
	NullableDatum values[MAX_ARGS];
	bool		given[MAX_ARGS];
	StringInfoData complaints;	/* members of validation_errors */
} Call;

/* ---------- the function behind a path ---------- */

static const Route *
find_route(const char *path)
{
	for (size_t i = 0; i < lengthof(routes); i++)
	{
		if (strcmp(routes[i].path, path) == 0)
			return &routes[i];
	}
	return NULL;
}

/* /acs/users/get is acs_users_get. */
static char *
function_name(const char *path)
{
	char	   *name = pstrdup(path + 1);

	for (char *c = name; *c != '\0'; c++)
	{
		if (*c == '/')
			*c = '_';
	}
	return name;
}

static void
read_arguments(Call *call)
{
	CatCList   *list = SearchSysCacheList1(PROCNAMEARGSNSP, CStringGetDatum(call->function));
	Oid		   *types;
	char	   *modes;

	for (int i = 0; i < list->n_members; i++)
	{
		HeapTuple	tuple = &list->members[i]->tuple;
		Form_pg_proc form = (Form_pg_proc) GETSTRUCT(tuple);

		if (form->pronamespace != store_schema())
			continue;
		call->nargs = form->pronargs;
		call->nrequired = form->pronargs - form->pronargdefaults;
		get_func_arg_info(tuple, &types, &call->names, &modes);
		Assert(call->nargs <= MAX_ARGS);
		memcpy(call->types, types, sizeof(Oid) * call->nargs);
	}
	ReleaseSysCacheList(list);
	if (call->names == NULL)
		elog(ERROR, "function \"%s\" of the extension is missing", call->function);
}

static int
find_argument(const Call *call, const char *name)
{
	for (int i = 0; i < call->nargs; i++)
	{
		if (strcmp(call->names[i], name) == 0)
			return i;
	}
	return -1;
}

/* ---------- parameters ---------- */

/* {"code": {"_errors": ["..."]}}; never tells the value. */
static void
complain(Call *call, const char *parameter, const char *what)
{
	appendStringInfoString(&call->complaints, ",");
	escape_json(&call->complaints, parameter);
	appendStringInfoString(&call->complaints, ":{\"_errors\":[");
	escape_json(&call->complaints, what);
	appendStringInfoString(&call->complaints, "]}");
}

static char *
scalar_text(const JsonbValue *value)
{
	switch (value->type)
	{
		case jbvString:
			return pnstrdup(value->val.string.val, value->val.string.len);
		case jbvNumeric:
			return DatumGetCString(DirectFunctionCall1(numeric_out, NumericGetDatum(value->val.numeric)));
		case jbvBool:
			return pstrdup(value->val.boolean ? "true" : "false");
		default:
			return NULL;
	}
}

static bool
is_digits(const char *text, int n)
{
	for (int i = 0; i < n; i++)
	{
		if (text[i] < '0' || text[i] > '9')
			return false;
	}
	return true;
}

/*
 * The profile of ISO 8601 that the API takes: date, T or a blank, time, zone.
 * The server would also take "tomorrow", or leave the zone to the session.
 */
static bool
is_date_time(const char *text)
{
	size_t		length = strspn(text, "0123456789-:.TZtz+ ");
	const char *zone;

	if (length < 17 || text[length] != '\0' || !is_digits(text, 4) || text[4] != '-' ||
		!is_digits(text + 5, 2) || text[7] != '-' || !is_digits(text + 8, 2) ||
		strchr("Tt ", text[10]) == NULL || !is_digits(text + 11, 2) || text[13] != ':')
		return false;
	zone = strpbrk(text + 14, "Zz+-");
	return zone != NULL && (strchr("Zz", *zone) != NULL ? zone[1] == '\0' : is_digits(zone + 1, 2));
}

static bool
is_uuid_text(const char *text)
{
	return strlen(text) == 36 && strspn(text, "0123456789abcdefABCDEF-") == 36 &&
		text[8] == '-' && text[13] == '-' && text[18] == '-' && text[23] == '-' &&
		strcspn(text, "-") == 8;
}

/*
 * What a value of the type must look like, or NULL if it does.  Clients send
 * some parameters in a query string, so a number or boolean may be a string.
 */
static const char *
form_error(Oid type, const JsonbValue *value)
{
	char	   *text = scalar_text(value);

	if (type == JSONBOID)
		return NULL;			/* its function knows */
	if (text == NULL)
		return "Expected a single value";
	if (type == BOOLOID)
		return value->type == jbvBool || strcmp(text, "true") == 0 || strcmp(text, "false") == 0 ?
			NULL : "Expected boolean";
	if (type == INT4OID)
		return value->type != jbvBool && strlen(text) > 0 && strlen(text) <= 9 && is_digits(text, strlen(text)) ?
			NULL : "Expected integer";
	if (value->type != jbvString)
		return "Expected string";
	if (type == UUIDOID)
		return is_uuid_text(text) ? NULL : "Invalid uuid";
	if (type == TIMESTAMPTZOID)
		return is_date_time(text) ? NULL : "Invalid datetime";
	return NULL;
}

static Datum
input_datum(Oid type, char *text)
{
	Oid			function;
	Oid			type_param;

	getTypeInputInfo(type, &function, &type_param);
	return OidInputFunctionCall(function, text, type_param, -1);
}

static const char *
add_element(Oid element_type, const JsonbValue *value, ArrayBuildState *list)
{
	const char *error = form_error(element_type, value);

	if (error == NULL)
		accumArrayResult(list, input_datum(element_type, scalar_text(value)), false,
						 element_type, CurrentMemoryContext);
	return error;
}

/*
 * The same of a list, whose elements must look like that.  In a query string, a
 * list of one is a single value.
 */
static const char *
list_error(Oid element_type, const JsonbValue *value, ArrayBuildState **list)
{
	JsonbIterator *iterator;
	JsonbIteratorToken token;
	JsonbValue	element;

	*list = initArrayResult(element_type, CurrentMemoryContext, false);
	if (value->type == jbvString)
		return add_element(element_type, value, *list);
	if (value->type != jbvBinary || !JsonContainerIsArray(value->val.binary.data))
		return "Expected array";
	iterator = JsonbIteratorInit(value->val.binary.data);
	while ((token = JsonbIteratorNext(&iterator, &element, true)) != WJB_DONE)
	{
		const char *error;

		if (token != WJB_ELEM)
			continue;
		error = add_element(element_type, &element, *list);
		if (error != NULL)
			return error;
	}
	return NULL;
}

static bool
set_argument(Call *call, int arg, const char *parameter, const JsonbValue *value)
{
	Oid			type = call->types[arg];
	Oid			element_type = get_element_type(type);
	ArrayBuildState *list = NULL;
	const char *error = OidIsValid(element_type) ?
		list_error(element_type, value, &list) : form_error(type, value);

	if (error != NULL)
		complain(call, parameter, error);
	else if (OidIsValid(element_type))
		call->values[arg] = DATUM(makeArrayResult(list, CurrentMemoryContext));
	else if (type == JSONBOID)
		call->values[arg] = DATUM(JsonbPGetDatum(JsonbValueToJsonb(unconstify(JsonbValue *, value))));
	else
		call->values[arg] = DATUM(input_datum(type, scalar_text(value)));
	return error == NULL;
}

/*
 * The same, where the input function itself finds the value wrong.  The catch
 * is safe without a subtransaction of its own: the caller's is rolled back as
 * soon as there is a complaint, and nothing was written yet.
 */
static bool
try_argument(Call *call, int arg, const char *parameter, const JsonbValue *value)
{
	MemoryContext context = CurrentMemoryContext;
	volatile bool fits = false;

	PG_TRY();
	{
		fits = set_argument(call, arg, parameter, value);
	}
	PG_CATCH();
	{
		ErrorData  *error;

		MemoryContextSwitchTo(context);
		error = CopyErrorData();
		if (ERRCODE_TO_CATEGORY(error->sqlerrcode) != ERRCODE_DATA_EXCEPTION)
			PG_RE_THROW();
		FlushErrorState();
		complain(call, parameter, "Invalid value");
		FreeErrorData(error);
	}
	PG_END_TRY();
	return fits;
}

static const struct
{
	const char *member;
	const char *unbounded;
}			bounds[] = {{"starts_at", "-infinity"}, {"ends_at", "infinity"}};

/* The two bounds; null removes both, a bound that is null or missing is none. */
static void
read_schedule(Call *call, const JsonbValue *schedule)
{
	int			first = find_argument(call, SCHEDULE_STARTS_AT);
	uint32		members = 0;

	if (schedule->type != jbvNull &&
		(schedule->type != jbvBinary || !JsonContainerIsObject(schedule->val.binary.data)))
	{
		complain(call, SCHEDULE, "Expected object");
		return;
	}
	for (size_t i = 0; i < lengthof(bounds); i++)
	{
		JsonbValue *bound = schedule->type == jbvNull ? NULL :
			getKeyJsonValueFromContainer(schedule->val.binary.data, bounds[i].member,
										 strlen(bounds[i].member), NULL);

		call->given[first + i] = true;
		members += bound != NULL;
		if (bound == NULL || bound->type == jbvNull)
			call->values[first + i] = DATUM(input_datum(TIMESTAMPTZOID, pstrdup(bounds[i].unbounded)));
		else if (!try_argument(call, first + i, SCHEDULE, bound))
			return;
	}
	if (schedule->type != jbvNull && members != JsonContainerSize(schedule->val.binary.data))
		complain(call, SCHEDULE, "Unrecognized member");
}

static void
read_parameter(Call *call, const char *parameter, const JsonbValue *value)
{
	const char *name = parameter;
	int			arg;

	for (size_t i = 0; i < lengthof(renamed); i++)
	{
		if (strcmp(parameter, renamed[i].parameter) == 0)
			name = renamed[i].argument;
	}
	arg = find_argument(call, name);
	if (strcmp(parameter, SCHEDULE) == 0 && find_argument(call, SCHEDULE_STARTS_AT) >= 0)
		read_schedule(call, value);
	else if (arg < 0)
		complain(call, parameter, "Unrecognized parameter");
	else if (value->type != jbvNull)
	{
		call->given[arg] = true;
		try_argument(call, arg, parameter, value);
	}
}

/* Arguments without a default; a user may be named by identity instead. */
static void
require_arguments(Call *call)
{
	bool		by_identity = find_argument(call, "user_identity_id") >= 0;

	for (int i = 0; i < call->nrequired; i++)
	{
		if (!call->given[i] && !(by_identity && strcmp(call->names[i], "acs_user_id") == 0))
			complain(call, call->names[i], "Required");
	}
}

static void
read_body(Call *call, Jsonb *body)
{
	JsonbIterator *iterator = JsonbIteratorInit(&body->root);
	JsonbIteratorToken token;
	JsonbValue	key;
	JsonbValue	value;

	while ((token = JsonbIteratorNext(&iterator, &key, true)) != WJB_DONE)
	{
		if (token != WJB_KEY)
			continue;
		JsonbIteratorNext(&iterator, &value, true);
		read_parameter(call, pnstrdup(key.val.string.val, key.val.string.len), &value);
	}
	require_arguments(call);
}

/* ---------- the call ---------- */

/* "@.acs_users_get(acs_user_id => $1, ...)" with the arguments that are given. */
static char *
call_text(const Call *call, const char *schema)
{
	StringInfoData text;
	int			n = 0;

	initStringInfo(&text);
	appendStringInfo(&text, "%s.%s(", schema, call->function);
	for (int i = 0; i < call->nargs; i++)
	{
		if (i >= call->nrequired && !call->given[i])
			continue;
		appendStringInfo(&text, "%s%s => $%d", n++ > 0 ? ", " : "",
						 quote_identifier(call->names[i]), i + 1);
	}
	appendStringInfoChar(&text, ')');
	return text.data;
}

static char *
statement_text(const Call *call)
{
	const char *schema = quote_identifier(get_namespace_name(store_schema()));
	char	   *function = call_text(call, schema);

	if (call->route->answer == NOTHING)
		return psprintf("SELECT %s", function);
	if (call->route->answer == PAGES)
		return psprintf("SELECT %s.%s_json(f), f.%s_id FROM %s f", schema, call->route->object,
						call->route->object, function);
	return psprintf("SELECT %s.%s_json(f) FROM %s f", schema, call->route->object, function);
}

static Rows
execute_call(Call *call)
{
	Datum		values[MAX_ARGS];
	char		nulls[MAX_ARGS];

	for (int i = 0; i < call->nargs; i++)
	{
		values[i] = call->values[i].value;
		nulls[i] = call->given[i] ? ' ' : 'n';
	}
	if (SPI_execute_with_args(statement_text(call), call->nargs, call->types,
							  values, nulls, false, 0) != SPI_OK_SELECT)
		elog(ERROR, "could not call function \"%s\"", call->function);
	return (Rows) {SPI_processed, SPI_tuptable};
}

/* Is there anything after the last row of a full page? */
static bool
has_next_page(Call *call, NullableDatum last_id)
{
	int			size = find_argument(call, "page_size");
	int			cursor = find_argument(call, "page_cursor");

	call->values[size] = DATUM(Int32GetDatum(1));
	call->values[cursor] = last_id;
	call->given[size] = call->given[cursor] = true;
	return execute_call(call).count > 0;
}

static void
append_pagination(StringInfo json, Call *call, Rows rows)
{
	int			size = find_argument(call, "page_size");
	uint64		page_size = call->given[size] ? (uint64) DatumGetInt32(call->values[size].value) : 500;
	bool		next = false;
	NullableDatum last_id = NO_DATUM;

	if (rows.count == page_size)
	{
		last_id = row_get(rows, rows.count - 1, 2);
		next = has_next_page(call, last_id);
	}
	appendStringInfo(json, "\"pagination\":{\"has_next_page\":%s,\"next_page_cursor\":",
					 next ? "true" : "false");
	if (next)
		append_json_value(json, last_id.value, UUIDOID);
	else
		appendStringInfoString(json, "null");
	appendStringInfoString(json, ",\"next_page_url\":null},");
}

static void
append_list(StringInfo json, const Call *call, Rows rows)
{
	appendStringInfo(json, "\"%ss\":[", call->route->object);
	for (uint64 i = 0; i < rows.count; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (i > 0)
			appendStringInfoChar(json, ',');
		append_json_value(json, row_get(rows, i, 1).value, JSONOID);
	}
	appendStringInfoString(json, "],");
}

static void
answer_call(StringInfo json, Call *call)
{
	Rows		rows = execute_call(call);

	appendStringInfoChar(json, '{');
	if (call->route->answer == OBJECT)
	{
		appendStringInfo(json, "\"%s\":", call->route->object);
		append_json_value(json, row_get(rows, 0, 1).value, JSONOID);
		appendStringInfoChar(json, ',');
	}
	else if (call->route->answer != NOTHING)
		append_list(json, call, rows);
	if (call->route->answer == PAGES)
		append_pagination(json, call, rows);
	appendStringInfoString(json, "\"ok\":true}");
}

/* ---------- errors ---------- */

#define HTTP_OK			200
#define HTTP_BAD_REQUEST		400
#define HTTP_FORBIDDEN	403
#define HTTP_NOT_FOUND	404
#define HTTP_CONFLICT		409
#define HTTP_INTERNAL_ERROR		500

static int
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
static bool
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
static int
answer_raised(StringInfo json, const ErrorData *error)
{
	int			category = ERRCODE_TO_CATEGORY(error->sqlerrcode);

	if (error->constraint_name != NULL && is_rule(error->constraint_name))
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

/* ---------- the request ---------- */

/* The response to a path that exists, except for what is raised. */
static int
serve(StringInfo json, const Route *route, Jsonb *body)
{
	Call		call = {.route = route,.function = function_name(route->path)};

	initStringInfo(&call.complaints);
	read_arguments(&call);
	read_body(&call, body);
	if (call.complaints.len > 0)
		return answer_error(json, HTTP_BAD_REQUEST, "invalid_input", "invalid parameters", call.complaints.data);
	answer_call(json, &call);
	return HTTP_OK;
}

static int
serve_in_subtransaction(StringInfo json, const Route *route, Jsonb *body)
{
	MemoryContext context = CurrentMemoryContext;
	ResourceOwner owner = CurrentResourceOwner;
	volatile int status = HTTP_INTERNAL_ERROR;

	BeginInternalSubTransaction(NULL);
	MemoryContextSwitchTo(context);
	PG_TRY();
	{
		status = serve(json, route, body);
		if (status == HTTP_OK)
			ReleaseCurrentSubTransaction();
		else
			RollbackAndReleaseCurrentSubTransaction();
		MemoryContextSwitchTo(context);
		CurrentResourceOwner = owner;
	}
	PG_CATCH();
	{
		ErrorData  *error;

		MemoryContextSwitchTo(context);
		error = CopyErrorData();
		FlushErrorState();
		RollbackAndReleaseCurrentSubTransaction();
		MemoryContextSwitchTo(context);
		CurrentResourceOwner = owner;
		if (must_be_passed_on(error->sqlerrcode))
			ReThrowError(error);
		resetStringInfo(json);
		status = answer_raised(json, error);
		FreeErrorData(error);
	}
	PG_END_TRY();
	return status;
}

static int
respond(StringInfo json, FunctionCallInfo fcinfo)
{
	const Route *route = PG_ARGISNULL(0) ? NULL : find_route(text_to_cstring(PG_GETARG_TEXT_PP(0)));
	Jsonb	   *body = PG_ARGISNULL(1) ? NULL : PG_GETARG_JSONB_P(1);

	if (route == NULL)
		return answer_error(json, HTTP_NOT_FOUND, "not_found", "no such path", NULL);
	if (body == NULL || !JB_ROOT_IS_OBJECT(body))
		return answer_error(json, HTTP_BAD_REQUEST, "invalid_input", "body is not an object", "");
	return serve_in_subtransaction(json, route, body);
}

/*
 * acs_request(path text, body jsonb, OUT status int, OUT response json)
 */
PG_FUNCTION_INFO_V1(acs_request);
Datum
acs_request(PG_FUNCTION_ARGS)
{
	TupleDesc	tupdesc;
	StringInfoData json;
	Datum		values[2];
	bool		nulls[2] = {false, false};

	if (get_call_result_type(fcinfo, NULL, &tupdesc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	store_open(fcinfo);
	initStringInfo(&json);
	values[0] = Int32GetDatum(respond(&json, fcinfo));
	values[1] = CStringGetTextDatum(json.data);
	return store_close_with(HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(tupdesc), values, nulls)));
}
