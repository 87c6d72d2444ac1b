/*
 * identifier.c
 *		What a credential is known by at a door, and what follows from it.
 *
 * Some columns of acs_credentials follow from others.  The functions set them
 * and a BEFORE trigger sees to it, whoever writes; it also refuses what a
 * constraint would refuse by printing the row, and its code with it.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "commands/trigger.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/rel.h"
#include "utils/timestamp.h"
#include "utils/uuid.h"

#include "credentials.h"
#include "domain/code.h"
#include "errors.h"
#include "store/identifier.h"
#include "store/slots.h"
#include "store/system_types.h"
#include "store/values.h"

/* ---------- identifiers ---------- */

static NullableDatum
canonical_card_number(CardNumberFormat format, NullableDatum value)
{
	struct varlena *text = PG_DETOAST_DATUM_PACKED(value.value);
	char		canonical[CARD_NUMBER_MAX];
	size_t		length = card_number_canonical(format, VARDATA_ANY(text), VARSIZE_ANY_EXHDR(text), canonical);

	if (length == 0)
		return NO_DATUM;
	return DATUM(PointerGetDatum(cstring_to_text_with_len(canonical, length)));
}

/* What is no code is nobody's. */
static NullableDatum
valid_code(NullableDatum value)
{
	struct varlena *text = PG_DETOAST_DATUM_PACKED(value.value);

	if (code_first_bad(VARDATA_ANY(text), VARSIZE_ANY_EXHDR(text)) != 0)
		return NO_DATUM;
	return DATUM(PointerGetDatum(text));
}

NullableDatum
presented_identifier(AccessMethod method, CardNumberFormat format, NullableDatum value)
{
	if (value.isnull || method == METHOD_MOBILE_KEY)
		return NO_DATUM;
	return method == METHOD_CARD ? canonical_card_number(format, value) : valid_code(value);
}

/* What a credential is presented by: a card by its number, or without one by its code. */
static NullableDatum
presented_by(AccessMethod method, const NullableDatum *columns)
{
	if (method == METHOD_CARD && !columns[CREDENTIAL_CARD_NUMBER].isnull)
		return columns[CREDENTIAL_CARD_NUMBER];
	return columns[CREDENTIAL_CODE];
}

/* In the words of who has to give another number; of any format, the rule's own. */
static const char *const format_hints[] = {
	[CARD_NUMBER_HEX] = "Give pairs of hex digits, with a separator between them or without.",
	[CARD_NUMBER_DECIMAL] = "Give digits.",
	[CARD_NUMBER_WIEGAND26] = "Give a facility of one byte and a number of two, with a colon between them, or the three bytes as one number.",
};

void
require_card_number(CardNumberFormat format, NullableDatum card_number)
{
	struct varlena *text = card_number.isnull ? NULL : PG_DETOAST_DATUM_PACKED(card_number.value);
	size_t		length = text ? VARSIZE_ANY_EXHDR(text) : 0;
	size_t		bad = card_number_first_bad(format, text ? VARDATA_ANY(text) : "", length);

	if (length == 0)
		raise_rule_with_hint(RULE_INVALID_CARD_NUMBER, format_hints[format], NULL);
	if (bad != 0)
		raise_rule_with_hint(RULE_INVALID_CARD_NUMBER, format_hints[format], "Position %zu does not fit.", bad);
}

/* ---------- display names ---------- */

/* The value masked; it is cut between characters, whatever the encoding. */
text *
display_name_of(AccessMethod method, NullableDatum code, NullableDatum card_number, bool is_multi_phone_sync)
{
	NullableDatum shown = method == METHOD_CARD && !card_number.isnull ? card_number : code;
	struct varlena *value = shown.isnull ? NULL : PG_DETOAST_DATUM_PACKED(shown.value);
	const char *data = value ? VARDATA_ANY(value) : "";
	int			bytes = value ? VARSIZE_ANY_EXHDR(value) : 0;
	DisplayName name = display_name_parts(method, pg_mbstrlen_with_len(data, bytes), is_multi_phone_sync);
	int			prefix = strlen(name.prefix);
	int			clear = pg_mbcharcliplen(data, bytes, name.shown);
	text	   *result = palloc(VARHDRSZ + prefix + clear + name.stars);

	SET_VARSIZE(result, VARHDRSZ + prefix + clear + name.stars);
	memcpy(VARDATA(result), name.prefix, prefix);
	memcpy(VARDATA(result) + prefix, data, clear);
	memset(VARDATA(result) + prefix + clear, '*', name.stars);
	return result;
}

/* ---------- the columns ---------- */

Datum
valid_from_of(NullableDatum starts_at, Datum created_at)
{
	if (starts_at.isnull || DatumGetTimestampTz(starts_at.value) < DatumGetTimestampTz(created_at))
		return created_at;
	return starts_at.value;
}

/* What cannot be null, in the order of the table. */
static const struct
{
	int			column;
	const char *name;
}			required[] = {
	{WORKSPACE, "workspace_id"},
	{CREDENTIAL_ID, "acs_credential_id"},
	{CREDENTIAL_SYSTEM, "acs_system_id"},
	{CREDENTIAL_ACCESS_METHOD, "access_method"},
	{CREDENTIAL_IS_MULTI_PHONE_SYNC, "is_multi_phone_sync_credential"},
	{CREDENTIAL_USES, "uses"},
	{CREDENTIAL_DISABLE_REASONS, "disable_reasons"},
	{CREDENTIAL_CREATED_AT, "created_at"},
};

/* As the server says it (ExecConstraints() in execMain.c), but for the row. */
static void
require_columns(const NullableDatum *columns)
{
	for (size_t i = 0; i < lengthof(required); i++)
	{
		if (columns[required[i].column].isnull)
			ereport(ERROR,
					(errcode(ERRCODE_NOT_NULL_VIOLATION),
					 errmsg("null value in column \"%s\" of relation \"%s\" violates not-null constraint",
							required[i].name, "acs_credentials"),
					 errhidecaller(),
					 err_generic_string(PG_DIAG_COLUMN_NAME, required[i].name)));
	}
}

/* What is stored has null for an infinity on its own side. */
static void
require_window_order(NullableDatum starts_at, NullableDatum ends_at)
{
	if (!window_is_ordered(window_from_datums(starts_at, ends_at)))
		raise_rule(RULE_WINDOW_ORDER, NULL);
	if ((!starts_at.isnull && TIMESTAMP_NOT_FINITE(DatumGetTimestampTz(starts_at.value))) ||
		(!ends_at.isnull && TIMESTAMP_NOT_FINITE(DatumGetTimestampTz(ends_at.value))))
		raise_rule(RULE_WINDOW_ORDER, "An unbounded window is stored with null.");
}

/* As long as an index can hold in any encoding. */
#define REFERENCE_MAX_BYTES 1000

static void
require_reference(NullableDatum reference)
{
	size_t		length;

	if (reference.isnull)
		return;
	length = VARSIZE_ANY_EXHDR(PG_DETOAST_DATUM_PACKED(reference.value));
	if (length == 0 || length > REFERENCE_MAX_BYTES)
		raise_rule(RULE_INVALID_REFERENCE, NULL);
}

static void
require_uses(NullableDatum max_uses, int32 uses)
{
	if (!max_uses.isnull && DatumGetInt32(max_uses.value) < 1)
		raise_rule(RULE_INVALID_MAX_USES, NULL);
	if (uses < 0)
		raise_rule(RULE_INVALID_MAX_USES, "It cannot have been used %d times.", uses);
}

/* Whoever says when it was is believed, but not whether. */
static NullableDatum
used_up_at_of(NullableDatum max_uses, int32 uses, NullableDatum used_up_at)
{
	if (max_uses.isnull || uses < DatumGetInt32(max_uses.value))
		return NO_DATUM;
	return used_up_at.isnull ? now_datum() : used_up_at;
}

/*
 * The format of another workspace is not told before the row is stored: a policy that
 * refuses the row comes later.  What is no number in any format is.
 */
static NullableDatum
required_identifier(AccessMethod method, CardNumberFormat format, const NullableDatum *columns, bool is_stored)
{
	NullableDatum by = presented_by(method, columns);
	NullableDatum identifier = presented_identifier(method, format, by);

	if (!columns[CREDENTIAL_CARD_NUMBER].isnull)
		require_card_number(CARD_NUMBER_ANY, columns[CREDENTIAL_CARD_NUMBER]);
	if (method == METHOD_CARD && !by.isnull && identifier.isnull && (is_stored || is_session_workspace(columns[WORKSPACE].value)))
		require_card_number(format, by);
	return identifier;
}

static void
derive(NullableDatum *columns, CardNumberFormat format, bool is_stored)
{
	AccessMethod method = access_method_from_datum(columns[CREDENTIAL_ACCESS_METHOD].value);
	int32		uses = DatumGetInt32(columns[CREDENTIAL_USES].value);

	columns[CREDENTIAL_IDENTIFIER] = required_identifier(method, format, columns, is_stored);
	require_uses(columns[CREDENTIAL_MAX_USES], uses);
	require_reference(columns[CREDENTIAL_REFERENCE]);
	require_window_order(columns[CREDENTIAL_STARTS_AT], columns[CREDENTIAL_ENDS_AT]);
	columns[CREDENTIAL_DISPLAY_NAME] =
		DATUM(PointerGetDatum(display_name_of(method, columns[CREDENTIAL_CODE], columns[CREDENTIAL_CARD_NUMBER],
											  DatumGetBool(columns[CREDENTIAL_IS_MULTI_PHONE_SYNC].value))));
	columns[CREDENTIAL_VALID_FROM] = DATUM(valid_from_of(columns[CREDENTIAL_STARTS_AT],
														 columns[CREDENTIAL_CREATED_AT].value));
	columns[CREDENTIAL_USED_UP_AT] = used_up_at_of(columns[CREDENTIAL_MAX_USES], uses, columns[CREDENTIAL_USED_UP_AT]);
}

/* Only of what a card is known by is there a format. */
static bool
has_format(const NullableDatum *columns)
{
	AccessMethod method = access_method_from_datum(columns[CREDENTIAL_ACCESS_METHOD].value);

	return method == METHOD_CARD && !presented_by(method, columns).isnull;
}

/* As of now.  What was a card of the system before has kept it. */
static CardNumberFormat
format_now(const NullableDatum *columns, bool is_new)
{
	const pg_uuid_t *workspace = DatumGetUUIDP(columns[WORKSPACE].value);
	Datum		acs_system_id = columns[CREDENTIAL_SYSTEM].value;

	return is_new ? keep_card_number_format(workspace, acs_system_id) :
		system_card_number_format(workspace, acs_system_id, LATEST_SIGHT);
}

void
derive_columns(NullableDatum *columns, bool is_new)
{
	CardNumberFormat format = CARD_NUMBER_ANY;

	if (has_format(columns))
	{
		format = format_now(columns, is_new);
		card_number_format_at_hand(DatumGetUUIDP(columns[WORKSPACE].value), columns[CREDENTIAL_SYSTEM].value, format);
	}
	derive(columns, format, false);
}

/* ---------- the trigger ---------- */

static const int derived[] = {
	CREDENTIAL_IDENTIFIER, CREDENTIAL_DISPLAY_NAME, CREDENTIAL_VALID_FROM, CREDENTIAL_USED_UP_AT
};

#define N_DERIVED lengthof(derived)

/*
 * Who writes to the table need not have the right to read what is looked up, so it is
 * done as the table's owner, as a foreign key is checked: ri_PerformCheck() in
 * utils/adt/ri_triggers.c.
 */
static CardNumberFormat
format_as_owner(FunctionCallInfo fcinfo, const NullableDatum *columns, bool is_new)
{
	Relation	relation = ((TriggerData *) fcinfo->context)->tg_relation;
	CardNumberFormat format;
	Oid			user;
	int			context;

	GetUserIdAndSecContext(&user, &context);
	SetUserIdAndSecContext(RelationGetForm(relation)->relowner,
						   context | SECURITY_LOCAL_USERID_CHANGE | SECURITY_NOFORCE_RLS);
	store_open(fcinfo);
	format = format_now(columns, is_new);
	store_close();
	SetUserIdAndSecContext(user, context);
	return format;
}

static void
derive_in_trigger(FunctionCallInfo fcinfo, NullableDatum *columns, bool is_new, bool is_stored)
{
	CardNumberFormat format = CARD_NUMBER_ANY;

	if (has_format(columns) &&
		!find_card_number_format_at_hand(DatumGetUUIDP(columns[WORKSPACE].value), columns[CREDENTIAL_SYSTEM].value,
										 &format))
		format = format_as_owner(fcinfo, columns, is_new);
	derive(columns, format, is_stored);
}

bool
credential_is_derived(FunctionCallInfo fcinfo, const TriggerTable *table, TupleTableSlot *row)
{
	NullableDatum columns[N_CREDENTIAL_COLUMNS];

	for (int i = 0; i < N_CREDENTIAL_COLUMNS; i++)
		columns[i] = trigger_column(table, row, i);
	derive_in_trigger(fcinfo, columns, false, true);
	for (size_t i = 0; i < N_DERIVED; i++)
	{
		Form_pg_attribute attribute = TupleDescAttr(row->tts_tupleDescriptor, table->attnums[derived[i]] - 1);

		if (!values_agree(trigger_column(table, row, derived[i]), columns[derived[i]], attribute))
			return false;
	}
	return true;
}

/* What they follow from, and they themselves. */
static const int derivation[] = {
	CREDENTIAL_ACCESS_METHOD, CREDENTIAL_CODE, CREDENTIAL_CARD_NUMBER, CREDENTIAL_IDENTIFIER,
	CREDENTIAL_DISPLAY_NAME, CREDENTIAL_STARTS_AT, CREDENTIAL_VALID_FROM,
	CREDENTIAL_IS_MULTI_PHONE_SYNC, CREDENTIAL_CREATED_AT
};

bool
credential_is_derived_as_before(const TriggerTable *table, TupleTableSlot *old, TupleTableSlot *new)
{
	for (size_t i = 0; i < lengthof(derivation); i++)
	{
		if (!slots_agree(old, new, table->attnums[derivation[i]]))
			return false;
	}
	return true;
}

/* Was the row a credential of the same method and system before?  Else it comes to be one. */
static bool
is_new_there(const TriggerTable *table, TriggerData *trigger)
{
	static const int place[] = {WORKSPACE, CREDENTIAL_SYSTEM, CREDENTIAL_ACCESS_METHOD};

	for (size_t i = 0; TRIGGER_FIRED_BY_UPDATE(trigger->tg_event) && i < lengthof(place); i++)
	{
		if (!slots_agree(trigger->tg_trigslot, trigger->tg_newslot, table->attnums[place[i]]))
			return true;
	}
	return TRIGGER_FIRED_BY_INSERT(trigger->tg_event);
}

/* The row with what follows from its other columns; the same row if that is in it. */
static HeapTuple
derive_row(FunctionCallInfo fcinfo, TupleTableSlot *slot, HeapTuple row)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;
	const TriggerTable *table = trigger_table(trigger->tg_relation, TABLE_CREDENTIALS);
	TupleDesc	tupdesc = RelationGetDescr(trigger->tg_relation);
	NullableDatum columns[N_CREDENTIAL_COLUMNS];
	NullableDatum given[N_CREDENTIAL_COLUMNS];
	int			attnums[N_DERIVED];
	Datum		values[N_DERIVED];
	bool		nulls[N_DERIVED];
	int			n = 0;

	for (int i = 0; i < N_CREDENTIAL_COLUMNS; i++)
		given[i] = columns[i] = trigger_column(table, slot, i);
	require_columns(columns);
	derive_in_trigger(fcinfo, columns, is_new_there(table, trigger), false);
	for (size_t i = 0; i < N_DERIVED; i++)
	{
		AttrNumber	attnum = table->attnums[derived[i]];

		if (values_agree(given[derived[i]], columns[derived[i]], TupleDescAttr(tupdesc, attnum - 1)))
			continue;
		attnums[n] = attnum;
		values[n] = columns[derived[i]].value;
		nulls[n++] = columns[derived[i]].isnull;
	}
	return n == 0 ? row : heap_modify_tuple_by_cols(row, tupdesc, n, attnums, values, nulls);
}

/*
 * CREATE TRIGGER derive BEFORE INSERT OR UPDATE ON acs_credentials
 *		FOR EACH ROW EXECUTE FUNCTION acs_credential_derive();
 */
PG_FUNCTION_INFO_V1(acs_credential_derive);
Datum
acs_credential_derive(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;

	require_trigger_of_rows(fcinfo, TRIGGER_EVENT_BEFORE, "acs_credential_derive");
	return PointerGetDatum(derive_row(fcinfo, trigger_new_slot(trigger), trigger_new_tuple(trigger)));
}
