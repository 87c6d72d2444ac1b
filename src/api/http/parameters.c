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
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"
#include "utils/lsyscache.h"

#include "api/http/complaints.h"
#include "api/http/forms.h"
#include "ids.h"
#include "store/statements.h"

/* A parameter that is an object of two arguments. */
#define SCHEDULE			"access_schedule"
#define SCHEDULE_STARTS_AT	"access_starts_at"	/* and access_ends_at after it */

/* Parameters whose name in the API is not that of the argument. */
static const struct
{
	const char *parameter;
	const char *argument;
}			renamed[] = {
	{"limit", "page_size"},		/* a reserved word in SQL */
	{"email", "email_address"}, /* deprecated in the API */
	{SCHEDULE, SCHEDULE_STARTS_AT},
};

int
find_parameter(const Call *call, const char *parameter)
{
	for (size_t i = 0; i < lengthof(renamed); i++)
	{
		if (strcmp(parameter, renamed[i].parameter) == 0)
			return find_argument(call->function, renamed[i].argument);
	}
	return find_argument(call->function, parameter);
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

/* Text that has to look like something, by the argument's name; empty text is none. */
static const struct
{
	const char *argument;
	bool		(*fits) (const char *text);
	const char *complaint;
}			text_forms[] = {
	{"email_address", is_email_address, "Invalid email"},
};

static const char *
text_error(const char *argument, const char *text)
{
	for (size_t i = 0; i < lengthof(text_forms); i++)
	{
		if (strcmp(text_forms[i].argument, argument) == 0 && *text != '\0' && !text_forms[i].fits(text))
			return text_forms[i].complaint;
	}
	return NULL;
}

static bool
is_cursor(const Argument *argument)
{
	return argument->type == UUIDOID && strcmp(argument->name, "page_cursor") == 0;
}

/*
 * What a value of the type must look like, or NULL if it does.  Clients send
 * some parameters in a query string, so a number or boolean may be a string.
 */
static const char *
form_error(const Argument *argument, Oid type, const JsonbValue *value)
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
	if (is_cursor(argument))
		return id_of_cursor(text) != NULL ? NULL : "Invalid page cursor";
	if (type == UUIDOID)
		return is_uuid_text(text) ? NULL : "Invalid uuid";
	if (type == DATEOID)
		return is_date(text) ? NULL : "Invalid date";
	if (type == TIMESTAMPTZOID)
		return is_date_time(text) ? NULL : "Invalid datetime";
	return text_error(argument->name, text);
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
add_element(const Argument *argument, Oid element_type, const JsonbValue *value, ArrayBuildState *list)
{
	const char *error = form_error(argument, element_type, value);

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
list_error(const Argument *argument, Oid element_type, const JsonbValue *value, ArrayBuildState **list)
{
	JsonbIterator *iterator;
	JsonbIteratorToken token;
	JsonbValue	element;

	*list = initArrayResult(element_type, CurrentMemoryContext, false);
	if (value->type == jbvString)
		return add_element(argument, element_type, value, *list);
	if (value->type != jbvBinary || !JsonContainerIsArray(value->val.binary.data))
		return "Expected array";
	iterator = JsonbIteratorInit(value->val.binary.data);
	while ((token = JsonbIteratorNext(&iterator, &element, true)) != WJB_DONE)
	{
		const char *error;

		if (token != WJB_ELEM)
			continue;
		error = add_element(argument, element_type, &element, *list);
		if (error != NULL)
			return error;
	}
	return NULL;
}

static Datum
value_datum(const Argument *argument, const JsonbValue *value)
{
	if (argument->type == JSONBOID)
		return JsonbPGetDatum(JsonbValueToJsonb(unconstify(JsonbValue *, value)));
	if (is_cursor(argument))
		return UUIDPGetDatum(id_of_cursor(scalar_text(value)));
	return input_datum(argument->type, scalar_text(value));
}

static bool
set_argument(Call *call, int arg, const char *parameter, const JsonbValue *value)
{
	const Argument *argument = &call->function->args[arg];
	Oid			element_type = get_element_type(argument->type);
	ArrayBuildState *list = NULL;
	const char *error = OidIsValid(element_type) ?
		list_error(argument, element_type, value, &list) : form_error(argument, argument->type, value);

	if (error != NULL)
		complain(call, parameter, error);
	else if (OidIsValid(element_type))
		call->values[arg] = DATUM(makeArrayResult(list, CurrentMemoryContext));
	else
		call->values[arg] = DATUM(value_datum(argument, value));
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

/* False if it has a value by another name. */
static bool
give(Call *call, int arg, const char *parameter)
{
	if (call->given[arg])
	{
		complain(call, parameter, "Given more than once");
		return false;
	}
	call->given[arg] = true;
	return true;
}

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

		if (!give(call, first + i, SCHEDULE))
			return;
		members += bound != NULL;
		if (bound == NULL || bound->type == jbvNull)
			call->values[first + i] = DATUM(input_datum(TIMESTAMPTZOID, pstrdup(bounds[i].unbounded)));
		else if (!try_argument(call, first + i, SCHEDULE, bound))
			return;
	}
	if (schedule->type != jbvNull && members != JsonContainerSize(schedule->val.binary.data))
		complain(call, SCHEDULE, "Unrecognized member");
}

/*
 * Where null is a value: it is the cursor of a first page, and at a door, where
 * code is text, that nothing was presented, which is refused and no error.
 */
static const struct
{
	const char *argument;
	Oid			type;
}			nullable[] = {
	{"page_cursor", UUIDOID},
	{"code", TEXTOID},
	{"card_number", TEXTOID},
};

static bool
is_nullable(const Argument *argument)
{
	for (size_t i = 0; i < lengthof(nullable); i++)
	{
		if (argument->type == nullable[i].type && strcmp(argument->name, nullable[i].argument) == 0)
			return true;
	}
	return false;
}

/* Else a client that has lost an id, and asks with null, would be told of everybody. */
static void
read_argument(Call *call, int arg, const char *parameter, const JsonbValue *value)
{
	bool		is_null = value->type == jbvNull;

	if ((is_null && is_nullable(&call->function->args[arg])) || !give(call, arg, parameter))
		return;
	if (is_null)
		complain(call, parameter, "Expected a value, not null");
	else
		try_argument(call, arg, parameter, value);
}

static void
read_parameter(Call *call, const char *parameter, const JsonbValue *value)
{
	int			arg = find_parameter(call, parameter);

	if (arg < 0)
		complain(call, parameter, "Unrecognized parameter");
	else if (strcmp(parameter, SCHEDULE) == 0)
		read_schedule(call, value);
	else
		read_argument(call, arg, parameter, value);
}

/*
 * Arguments without a default, and what the route says; but a user may be named by
 * identity instead.
 */
static bool
is_required(const Call *call, const Argument *argument)
{
	if (call->route->required != NULL && strcmp(argument->name, call->route->required) == 0)
		return true;
	return argument->default_value == NULL &&
		(strcmp(argument->name, "acs_user_id") != 0 || find_argument(call->function, "user_identity_id") < 0);
}

static void
require_arguments(Call *call)
{
	for (int i = 0; i < call->function->nargs; i++)
	{
		if (!call->given[i] && is_required(call, &call->function->args[i]))
			complain(call, call->function->args[i].name, "Required");
	}
}

static void
read_parameters(Call *call, Jsonb *body)
{
	JsonbIterator *iterator = JsonbIteratorInit(&body->root);
	JsonbIteratorToken token;
	JsonbValue	key;
	JsonbValue	value;

	while ((token = JsonbIteratorNext(&iterator, &key, true)) != WJB_DONE)
	{
		if (token != WJB_KEY)
			continue;
		CHECK_FOR_INTERRUPTS();
		JsonbIteratorNext(&iterator, &value, true);
		read_parameter(call, pnstrdup(key.val.string.val, key.val.string.len), &value);
	}
	require_arguments(call);
}

/*
 * NULL if it is no JSON, or nothing that jsonb holds: a NUL, half of a surrogate
 * pair, a number or a depth without measure.  The server's own error would quote
 * the body.  Nothing was written yet, as above.
 */
static Jsonb *
parse_body(const char *body)
{
	MemoryContext context = CurrentMemoryContext;
	Jsonb	   *volatile parsed = NULL;

	PG_TRY();
	{
		parsed = DatumGetJsonbP(DirectFunctionCall1(jsonb_in, CStringGetDatum(body)));
	}
	PG_CATCH();
	{
		int			category = ERRCODE_TO_CATEGORY(geterrcode());

		if (category != ERRCODE_DATA_EXCEPTION && category != ERRCODE_PROGRAM_LIMIT_EXCEEDED)
			PG_RE_THROW();
		MemoryContextSwitchTo(context);
		FlushErrorState();
	}
	PG_END_TRY();
	return parsed;
}

const char *
read_body(Call *call)
{
	Jsonb	   *body;

	if (call->body.isnull)
		return "body is not an object";
	body = call->body_is_text ? parse_body(TextDatumGetCString(call->body.value)) :
		DatumGetJsonbP(call->body.value);
	if (body == NULL)
		return "body is not JSON";
	if (!JB_ROOT_IS_OBJECT(body))
		return "body is not an object";
	read_parameters(call, body);
	return NULL;
}
