/*
 * types.c
 *		SQL face of the types: acs_code, display names, windows, ids.
 *
 * acs_schedule is stored in the same way as acs_code, and shown, sent, compared for
 * equality and hashed by the same functions.
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "fmgr.h"
#include "libpq/pqformat.h"
#include "mb/pg_wchar.h"
#include "port/pg_bswap.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/timestamp.h"
#include "utils/uuid.h"

#include "api/types.h"
#include "compat.h"
#include "credentials.h"
#include "domain/code.h"
#include "errors.h"
#include "ids.h"
#include "store/identifier.h"
#include "store/values.h"

/* ----------
 * acs_code: input and output
 * ----------
 */

/*
 * A code of the given bytes, or a soft error that tells the position of the
 * first bad character, never the input.  All characters before it are digits,
 * so bytes count as characters in any encoding.
 */
static Datum
make_code(const char *text, size_t length, Node *escontext)
{
	size_t		bad = code_first_bad(text, length);

	if (bad != 0)
		ereturn(escontext, (Datum) 0,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("invalid input syntax for type %s", "acs_code"),
				 errdetail("Position %zu does not fit.", bad),
				 errhint("A code is 1 to %d digits from 0 to 9.", CODE_MAX_DIGITS),
				 errhidecaller(),
				 err_generic_string(PG_DIAG_CONSTRAINT_NAME, "acs_code")));
	PG_RETURN_TEXT_P(cstring_to_text_with_len(text, length));
}

bool
is_malformed_code(const ErrorData *error)
{
	return error->sqlerrcode == ERRCODE_INVALID_TEXT_REPRESENTATION && error->constraint_name != NULL &&
		strcmp(error->constraint_name, "acs_code") == 0;
}

PG_FUNCTION_INFO_V1(acs_code_in);
Datum
acs_code_in(PG_FUNCTION_ARGS)
{
	char	   *text = PG_GETARG_CSTRING(0);

	return make_code(text, strlen(text), fcinfo->context);
}

PG_FUNCTION_INFO_V1(acs_code_out);
Datum
acs_code_out(PG_FUNCTION_ARGS)
{
	PG_RETURN_CSTRING(TextDatumGetCString(PG_GETARG_DATUM(0)));
}

/* Binary input is checked as hard as text: it is the same digits. */
PG_FUNCTION_INFO_V1(acs_code_recv);
Datum
acs_code_recv(PG_FUNCTION_ARGS)
{
	StringInfo	buffer = (StringInfo) PG_GETARG_POINTER(0);
	int			length = buffer->len - buffer->cursor;

	return make_code(pq_getmsgbytes(buffer, length), length, fcinfo->context);
}

PG_FUNCTION_INFO_V1(acs_code_send);
Datum
acs_code_send(PG_FUNCTION_ARGS)
{
	struct varlena *code = PG_GETARG_CODE_PP(0);
	StringInfoData buffer;

	pq_begintypsend(&buffer);
	pq_sendbytes(&buffer, CODE_DIGITS(code), CODE_LENGTH(code));
	PG_RETURN_BYTEA_P(pq_endtypsend(&buffer));
}

PG_FUNCTION_INFO_V1(acs_code_from_text);
Datum
acs_code_from_text(PG_FUNCTION_ARGS)
{
	text	   *value = PG_GETARG_TEXT_PP(0);

	return make_code(VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value), fcinfo->context);
}

Datum
code_from_text(Datum value)
{
	return DirectFunctionCall1(acs_code_from_text, value);
}

/* ----------
 * acs_code: comparison
 * ----------
 */

static int
compare_args(FunctionCallInfo fcinfo)
{
	struct varlena *a = PG_GETARG_CODE_PP(0);
	struct varlena *b = PG_GETARG_CODE_PP(1);
	int			result = code_compare(CODE_DIGITS(a), CODE_LENGTH(a),
									  CODE_DIGITS(b), CODE_LENGTH(b));

	PG_FREE_IF_COPY(a, 0);
	PG_FREE_IF_COPY(b, 1);
	return result;
}

#define CODE_COMPARISON(name, operator) \
	PG_FUNCTION_INFO_V1(name); \
	Datum \
	name(PG_FUNCTION_ARGS) \
	{ \
		PG_RETURN_BOOL(compare_args(fcinfo) operator 0); \
	} \
	extern Datum name(PG_FUNCTION_ARGS)

CODE_COMPARISON(acs_code_eq, ==);
CODE_COMPARISON(acs_code_ne, !=);
CODE_COMPARISON(acs_code_lt, <);
CODE_COMPARISON(acs_code_le, <=);
CODE_COMPARISON(acs_code_gt, >);
CODE_COMPARISON(acs_code_ge, >=);

PG_FUNCTION_INFO_V1(acs_code_cmp);
Datum
acs_code_cmp(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(compare_args(fcinfo));
}

PG_FUNCTION_INFO_V1(acs_code_hash);
Datum
acs_code_hash(PG_FUNCTION_ARGS)
{
	struct varlena *code = PG_GETARG_CODE_PP(0);

	return hash_any((unsigned char *) CODE_DIGITS(code), CODE_LENGTH(code));
}

PG_FUNCTION_INFO_V1(acs_code_hash_extended);
Datum
acs_code_hash_extended(PG_FUNCTION_ARGS)
{
	struct varlena *code = PG_GETARG_CODE_PP(0);

	return hash_any_extended((unsigned char *) CODE_DIGITS(code), CODE_LENGTH(code),
							 PG_GETARG_INT64(1));
}

/* ----------
 * Windows
 * ----------
 */

static const char *const state_labels[] = {
	[WINDOW_UPCOMING] = "upcoming",
	[WINDOW_ACTIVE] = "active",
	[WINDOW_EXPIRED] = "expired",
};

PG_FUNCTION_INFO_V1(acs_valid_at);
Datum
acs_valid_at(PG_FUNCTION_ARGS)
{
	if (PG_ARGISNULL(2))
		PG_RETURN_NULL();
	PG_RETURN_BOOL(window_contains(window_from_args(fcinfo, 0), PG_GETARG_TIMESTAMPTZ(2)));
}

PG_FUNCTION_INFO_V1(acs_credential_state);
Datum
acs_credential_state(PG_FUNCTION_ARGS)
{
	WindowState state;

	if (PG_ARGISNULL(2))
		PG_RETURN_NULL();
	state = window_state(window_from_args(fcinfo, 0), PG_GETARG_TIMESTAMPTZ(2));
	PG_RETURN_OID(enum_value(get_func_rettype(fcinfo->flinfo->fn_oid), state_labels[state]));
}

PG_FUNCTION_INFO_V1(acs_windows_overlap);
Datum
acs_windows_overlap(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(windows_overlap(window_from_args(fcinfo, 0), window_from_args(fcinfo, 2)));
}

/* As a float, so that any distance fits and can be sorted by. */
PG_FUNCTION_INFO_V1(acs_window_distance);
Datum
acs_window_distance(PG_FUNCTION_ARGS)
{
	if (PG_ARGISNULL(2))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8((float8) window_distance(window_from_args(fcinfo, 0), PG_GETARG_TIMESTAMPTZ(2)));
}

/* The CHECK constraint window_order.  What is stored has null for infinity. */
PG_FUNCTION_INFO_V1(acs_window_order);
Datum
acs_window_order(PG_FUNCTION_ARGS)
{
	if (!window_is_ordered(window_from_args(fcinfo, 0)))
		raise_rule(RULE_WINDOW_ORDER, NULL);
	for (int i = 0; i < 2; i++)
	{
		if (!PG_ARGISNULL(i) && TIMESTAMP_NOT_FINITE(PG_GETARG_TIMESTAMPTZ(i)))
			raise_rule(RULE_WINDOW_ORDER, "An unbounded window is stored with null.");
	}
	PG_RETURN_BOOL(true);
}

/* ----------
 * Display names
 * ----------
 */

PG_FUNCTION_INFO_V1(acs_display_name);
Datum
acs_display_name(PG_FUNCTION_ARGS)
{
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(display_name_of(access_method_from_datum(PG_GETARG_DATUM(0)), fcinfo->args[1], fcinfo->args[2],
									 !PG_ARGISNULL(3) && PG_GETARG_BOOL(3)));
}

/* ----------
 * Ids
 * ----------
 */

PG_FUNCTION_INFO_V1(acs_uuid);
Datum
acs_uuid(PG_FUNCTION_ARGS)
{
	PG_RETURN_UUID_P(new_uuid());
}

PG_FUNCTION_INFO_V1(acs_workspace_id);
Datum
acs_workspace_id(PG_FUNCTION_ARGS)
{
	pg_uuid_t  *id = palloc(sizeof(pg_uuid_t));

	*id = *session_workspace();
	PG_RETURN_UUID_P(id);
}
