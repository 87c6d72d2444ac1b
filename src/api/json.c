/*
 * json.c
 *		Values as the API's JSON.
 */
#include "postgres.h"

#include "catalog/pg_type_d.h"
#include "datatype/timestamp.h"
#include "fmgr.h"
#include "funcapi.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/datetime.h"
#include "utils/json.h"
#include "utils/lsyscache.h"
#include "utils/timestamp.h"

#include "api/json.h"

/* 2024-02-06T06:50:05.714Z, whatever TimeZone and DateStyle say. */
static void
append_time(StringInfo json, TimestampTz time)
{
	struct pg_tm tm;
	fsec_t		fsec;

	/* without a zone, this converts to UTC */
	if (TIMESTAMP_NOT_FINITE(time) || timestamp2tm(time, NULL, &tm, &fsec, NULL, NULL) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("timestamp out of range")));
	/* outside of 0000 to 9999, ISO 8601 wants a sign and more digits */
	appendStringInfo(json, tm.tm_year < 0 || tm.tm_year > 9999 ? "\"%+07d" : "\"%04d", tm.tm_year);
	appendStringInfo(json, "-%02d-%02dT%02d:%02d:%02d.%03dZ\"",
					 tm.tm_mon, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec,
					 (int) (fsec / 1000));
}

static void
append_array(StringInfo json, Datum array, Oid element_type)
{
	int16		length;
	bool		by_value;
	char		align;
	Datum	   *values;
	bool	   *nulls;
	int			n;

	get_typlenbyvalalign(element_type, &length, &by_value, &align);
	deconstruct_array(DatumGetArrayTypeP(array), element_type, length, by_value, align,
					  &values, &nulls, &n);
	appendStringInfoChar(json, '[');
	for (int i = 0; i < n; i++)
	{
		if (i > 0)
			appendStringInfoString(json, ",");
		if (nulls[i])
			appendStringInfoString(json, "null");
		else
			append_json_value(json, values[i], element_type);
	}
	appendStringInfoChar(json, ']');
}

static char *
output_text(Datum value, Oid type)
{
	Oid			function;
	bool		is_varlena;

	getTypeOutputInfo(type, &function, &is_varlena);
	return OidOutputFunctionCall(function, value);
}

void
append_json_value(StringInfo json, Datum value, Oid type)
{
	Oid			element_type = get_element_type(type);

	if (OidIsValid(element_type))
		append_array(json, value, element_type);
	else if (type == TIMESTAMPTZOID)
		append_time(json, DatumGetTimestampTz(value));
	else if (type == BOOLOID)
		appendStringInfoString(json, DatumGetBool(value) ? "true" : "false");
	else if (type == INT4OID || type == INT8OID || type == JSONOID || type == JSONBOID)
		appendStringInfoString(json, output_text(value, type));
	else
		escape_json(json, output_text(value, type));
}

/*
 * acs_json_object(variadic "any") returns json
 *		An object of pairs of key and value, in their order; a pair whose value is
 *		null is left out.
 */
PG_FUNCTION_INFO_V1(acs_json_object);
Datum
acs_json_object(PG_FUNCTION_ARGS)
{
	StringInfoData json;
	Datum	   *args;
	bool	   *nulls;
	Oid		   *types;
	int			n = extract_variadic_args(fcinfo, 0, true, &args, &types, &nulls);

	if (n < 0 || n % 2 != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("arguments must be pairs of key and value")));
	initStringInfo(&json);
	appendStringInfoChar(&json, '{');
	for (int i = 0; i < n; i += 2)
	{
		if (nulls[i] || nulls[i + 1])
			continue;
		if (json.len > 1)
			appendStringInfoChar(&json, ',');
		escape_json(&json, output_text(args[i], types[i]));
		appendStringInfoChar(&json, ':');
		append_json_value(&json, args[i + 1], types[i + 1]);
	}
	appendStringInfoChar(&json, '}');
	PG_RETURN_TEXT_P(cstring_to_text_with_len(json.data, json.len));
}
