/*
 * json.c
 *		Values as the API's JSON.
 */
#include "postgres.h"

#include "catalog/pg_type_d.h"
#include "datatype/timestamp.h"
#include "fmgr.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/datetime.h"
#include "utils/json.h"
#include "utils/jsonb.h"
#include "utils/lsyscache.h"
#include "utils/timestamp.h"
#include "utils/uuid.h"

#include "api/json.h"

static char *
put_number(char *end, char before, uint32 number, int digits)
{
	*end = before;
	return pg_ultostr_zeropad(end + 1, number, digits);
}

/* 2024-02-06T06:50:05.714Z, whatever TimeZone and DateStyle say. */
static void
append_time(StringInfo json, TimestampTz time)
{
	struct pg_tm tm;
	fsec_t		fsec;
	char		text[MAXDATELEN + 1];
	char	   *end = text;

	/* without a zone, this converts to UTC */
	if (TIMESTAMP_NOT_FINITE(time) || timestamp2tm(time, NULL, &tm, &fsec, NULL, NULL) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("timestamp out of range")));
	/* outside of 0000 to 9999, ISO 8601 wants a sign and more digits */
	if (tm.tm_year < 0 || tm.tm_year > 9999)
		end += sprintf(end, "\"%+07d", tm.tm_year);
	else
		end = put_number(end, '"', tm.tm_year, 4);
	end = put_number(end, '-', tm.tm_mon, 2);
	end = put_number(end, '-', tm.tm_mday, 2);
	end = put_number(end, 'T', tm.tm_hour, 2);
	end = put_number(end, ':', tm.tm_min, 2);
	end = put_number(end, ':', tm.tm_sec, 2);
	end = put_number(end, '.', fsec / 1000, 3);
	appendBinaryStringInfo(json, text, end - text);
	appendStringInfoString(json, "Z\"");
}

static void
append_uuid(StringInfo json, const pg_uuid_t *uuid)
{
	static const char digits[] = "0123456789abcdef";
	char		text[2 * UUID_LEN + 6];
	char	   *end = text;

	*end++ = '"';
	for (int i = 0; i < UUID_LEN; i++)
	{
		if (i == 4 || i == 6 || i == 8 || i == 10)
			*end++ = '-';
		*end++ = digits[uuid->data[i] >> 4];
		*end++ = digits[uuid->data[i] & 0x0F];
	}
	*end++ = '"';
	appendBinaryStringInfo(json, text, end - text);
}

static void
append_jsonb(StringInfo json, Jsonb *jsonb)
{
	JsonbToCString(json, &jsonb->root, VARSIZE(jsonb));
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

static void
append_other(StringInfo json, Datum value, Oid type)
{
	Oid			element_type = get_element_type(type);

	if (OidIsValid(element_type))
		append_array(json, value, element_type);
	else
		escape_json(json, output_text(value, type));
}

void
append_json_value(StringInfo json, Datum value, Oid type)
{
	switch (type)
	{
		case UUIDOID:
			append_uuid(json, DatumGetUUIDP(value));
			break;
		case TIMESTAMPTZOID:
			append_time(json, DatumGetTimestampTz(value));
			break;
		case TEXTOID:
			escape_json(json, TextDatumGetCString(value));
			break;
		case BOOLOID:
			appendStringInfoString(json, DatumGetBool(value) ? "true" : "false");
			break;
		case JSONBOID:
			append_jsonb(json, DatumGetJsonbP(value));
			break;
		case INT4OID:
		case INT8OID:
		case JSONOID:
			appendStringInfoString(json, output_text(value, type));
			break;
		default:
			append_other(json, value, type);
	}
}

void
append_json_key(StringInfo json, const char *key)
{
	if (json->data[json->len - 1] != '{')
		appendStringInfoChar(json, ',');
	appendStringInfoChar(json, '"');
	appendStringInfoString(json, key);
	appendStringInfoString(json, "\":");
}
