/*
 * forms.c
 *		What values of the API look like.
 */
#include "postgres.h"

#include "fmgr.h"
#include "utils/builtins.h"

#include "api/http/forms.h"
#include "compat.h"

#define DIGITS	"0123456789"
#define LETTERS	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

bool
is_digits(const char *text, int n)
{
	for (int i = 0; i < n; i++)
	{
		if (text[i] < '0' || text[i] > '9')
			return false;
	}
	return true;
}

bool
is_date(const char *text)
{
	return strlen(text) == 10 && is_digits(text, 4) && text[4] == '-' && is_digits(text + 5, 2) &&
		text[7] == '-' && is_digits(text + 8, 2);
}

/*
 * The profile of ISO 8601 that the API takes.  The server would also take
 * "tomorrow", or leave the zone to the session.
 */
bool
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

/* Labels of letters, digits and hyphens, the last one of two letters or more. */
static bool
is_domain(const char *text)
{
	const char *label = text;
	size_t		length;

	while (label[length = strspn(label, DIGITS LETTERS "-")] == '.')
	{
		if (length == 0 || label[0] == '-')
			return false;
		label += length + 1;
	}
	return label > text && label[length] == '\0' && length >= 2 && strspn(label, LETTERS) == length;
}

bool
is_email_address(const char *text)
{
	size_t		length = strspn(text, DIGITS LETTERS "_'+-.");

	return length > 0 && text[length] == '@' && text[0] != '.' &&
		strchr(".'", text[length - 1]) == NULL && strstr(text, "..") == NULL &&
		is_domain(text + length + 1);
}

bool
is_plain_word(const char *text)
{
	size_t		length = strspn(text, DIGITS LETTERS "-_.:");

	return length > 0 && length <= 100 && text[length] == '\0';
}

char *
cursor_of_id(const pg_uuid_t *id)
{
	bytea	   *bytes = palloc(VARHDRSZ + UUID_LEN);

	SET_VARSIZE(bytes, VARHDRSZ + UUID_LEN);
	memcpy(VARDATA(bytes), id->data, UUID_LEN);
	return TextDatumGetCString(DirectFunctionCall2(binary_encode, PointerGetDatum(bytes),
												   CStringGetTextDatum("base64")));
}

pg_uuid_t *
id_of_cursor(const char *cursor)
{
	bytea	   *bytes;
	pg_uuid_t  *id;

	if (strspn(cursor, DIGITS LETTERS "+/") != 22 || strcmp(cursor + 22, "==") != 0)
		return NULL;
	bytes = DatumGetByteaPP(DirectFunctionCall2(binary_decode, CStringGetTextDatum(cursor),
												CStringGetTextDatum("base64")));
	id = palloc(sizeof(pg_uuid_t));
	memcpy(id->data, VARDATA_ANY(bytes), UUID_LEN);
	return id;
}
