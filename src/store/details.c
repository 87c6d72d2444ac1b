/*
 * details.c
 *		Details of an event: a JSON object, built member by member.
 */
#include "postgres.h"

#include "catalog/pg_type_d.h"
#include "datatype/timestamp.h"
#include "utils/builtins.h"
#include "utils/datetime.h"
#include "utils/json.h"

#include "store/details.h"

static void
push_string(Details *details, JsonbIteratorToken token, const char *string, int length)
{
	JsonbValue	value = {.type = jbvString};

	value.val.string.val = unconstify(char *, string);
	value.val.string.len = length;
	push_jsonb_compat(&details->state, token, &value);
}

static void
push_key(Details *details, const char *key)
{
	push_string(details, WJB_KEY, key, strlen(key));
}

void
details_begin(Details *details)
{
	memset(details, 0, sizeof(*details));
	push_jsonb_compat(&details->state, WJB_BEGIN_OBJECT, NULL);
}

void
details_text(Details *details, const char *key, const char *value)
{
	if (value == NULL)
		return;
	push_key(details, key);
	push_string(details, WJB_VALUE, value, strlen(value));
}

/* Of text or of a code. */
void
details_varlena(Details *details, const char *key, NullableDatum value)
{
	struct varlena *text;

	if (value.isnull)
		return;
	text = PG_DETOAST_DATUM_PACKED(value.value);
	push_key(details, key);
	push_string(details, WJB_VALUE, VARDATA_ANY(text), VARSIZE_ANY_EXHDR(text));
}

void
details_time(Details *details, const char *key, NullableDatum value)
{
	if (!value.isnull)
		details_text(details, key, JsonEncodeDateTime(palloc(MAXDATELEN + 1), value.value, TIMESTAMPTZOID, NULL));
}

void
details_texts(Details *details, const char *key, const char *const *values, int n)
{
	push_key(details, key);
	push_jsonb_compat(&details->state, WJB_BEGIN_ARRAY, NULL);
	for (int i = 0; i < n; i++)
		push_string(details, WJB_ELEM, values[i], strlen(values[i]));
	push_jsonb_compat(&details->state, WJB_END_ARRAY, NULL);
}

void
details_begin_object(Details *details, const char *key)
{
	push_key(details, key);
	push_jsonb_compat(&details->state, WJB_BEGIN_OBJECT, NULL);
}

void
details_end_object(Details *details)
{
	push_jsonb_compat(&details->state, WJB_END_OBJECT, NULL);
}

Datum
details_end(Details *details)
{
	details_end_object(details);
	return JsonbPGetDatum(JsonbValueToJsonb(details->state.result));
}
