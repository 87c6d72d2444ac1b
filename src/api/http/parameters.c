/*
 * parameters.c
 *		A request's body as the arguments of its function.
 *
 * Values are checked against the forms that the API takes before the types'
 * input functions see them, as those take more.  What is wrong is told by the
 * parameter's name, never by its value.
 */
#include "postgres.h"

#include "catalog/pg_type_d.h"
#include "fmgr.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/json.h"
#include "utils/lsyscache.h"

#include "api/http/parameters.h"
#include "ids.h"
#include "store/statements.h"

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
	Oid			type = call->function->args[arg].type;
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
	int			first = find_argument(call->function, SCHEDULE_STARTS_AT);
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
	arg = find_argument(call->function, name);
	if (strcmp(parameter, SCHEDULE) == 0 && find_argument(call->function, SCHEDULE_STARTS_AT) >= 0)
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
	bool		by_identity = find_argument(call->function, "user_identity_id") >= 0;

	for (int i = 0; i < call->function->nargs; i++)
	{
		const Argument *argument = &call->function->args[i];

		if (argument->default_value == NULL && !call->given[i] &&
			!(by_identity && strcmp(argument->name, "acs_user_id") == 0))
			complain(call, argument->name, "Required");
	}
}

void
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
