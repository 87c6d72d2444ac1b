/*
 * details.c
 *		Details of an event, as JSON text that the server then parses: the
 *		functions that build a jsonb directly differ between versions.
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/json.h"
#include "utils/jsonb.h"

#include "store/details.h"

void
details_begin(StringInfo details)
{
	initStringInfo(details);
	appendStringInfoChar(details, '{');
}

void
details_key(StringInfo details, const char *key)
{
	if (details->data[details->len - 1] != '{')
		appendStringInfoString(details, ", ");
	escape_json(details, key);
	appendStringInfoString(details, ": ");
}

void
details_text(StringInfo details, const char *key, const char *value)
{
	if (value == NULL)
		return;
	details_key(details, key);
	escape_json(details, value);
}

void
details_texts(StringInfo details, const char *key, const char *const *values, int n)
{
	details_key(details, key);
	appendStringInfoChar(details, '[');
	for (int i = 0; i < n; i++)
	{
		if (i > 0)
			appendStringInfoString(details, ", ");
		escape_json(details, values[i]);
	}
	appendStringInfoChar(details, ']');
}

Datum
details_end(StringInfo details)
{
	appendStringInfoChar(details, '}');
	return DirectFunctionCall1(jsonb_in, CStringGetDatum(details->data));
}
