/*
 * lifecycle.c
 *		/acs/credentials/...: what happens to a credential after its creation.
 *
 * Each function locks the credential, checks what is asked against its system's
 * type, changes it together with its copies on phones, and returns it as it
 * then is.  The events come from a trigger (store/changes.c).
 */
#include "postgres.h"

#include "catalog/pg_collation_d.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/uuid.h"

#include "api/credential_object.h"
#include "api/credentials/change.h"
#include "api/credentials/limits.h"
#include "api/holder.h"
#include "api/rows.h"
#include "errors.h"
#include "ids.h"
#include "store/credential_write.h"
#include "store/identifier.h"
#include "store/system_types.h"
#include "store/values.h"

/* ---------- assign, unassign ---------- */

/*
 * The credential and the user, who has to be one of its system.  Users are locked
 * before credentials, in the order in which a user is deleted with those he has.
 */
static StoredCredential
find_original_and_user(FunctionCallInfo fcinfo, Holder *user)
{
	NullableDatum *args = fcinfo->args;
	StoredCredential stored;
	Row			seen;

	get_row(CREDENTIAL_BY_ID, args[0], FRESH_SIGHT, RULE_ACS_CREDENTIAL_NOT_FOUND, &seen);
	require_original(&seen);
	*user = find_holder_to_change(args[1], args[2], args[1].isnull ? seen.columns[CREDENTIAL_SYSTEM] : NO_DATUM);
	stored = find_original(args[0]);
	if (!is_same_id(DATUM(user->acs_system_id), DATUM(stored.holder.acs_system_id)))
		raise_rule(RULE_USER_MISMATCH, "The user belongs to another access control system than the credential.");
	return stored;
}

/* Null takes it away. */
static void
assign(StoredCredential *stored, NullableDatum acs_user_id)
{
	Change		user = {CREDENTIAL_USER, acs_user_id};

	change_with_copies(stored, &user, 1);
}

/*
 * acs_credentials_assign(acs_credential_id uuid, acs_user_id uuid,
 *		user_identity_id uuid) returns acs_credential
 */
PG_FUNCTION_INFO_V1(acs_credentials_assign);
Datum
acs_credentials_assign(PG_FUNCTION_ARGS)
{
	StoredCredential stored;
	Holder		user;

	store_open_for_writing(fcinfo);
	stored = find_original_and_user(fcinfo, &user);
	if (!is_same_id(stored.holder.acs_user_id, user.acs_user_id))
	{
		if (!stored.holder.acs_user_id.isnull)
			raise_rule(RULE_ALREADY_ASSIGNED, "The holder is user %s.",
					   id_text(stored.holder.acs_user_id.value));
		require_room(&user, stored.method);
		assign(&stored, user.acs_user_id);
	}
	return close_with_credential(&stored);
}

/*
 * acs_credentials_unassign(acs_credential_id uuid, acs_user_id uuid,
 *		user_identity_id uuid) returns acs_credential
 *
 * Of whoever holds it, if no user is named.
 */
PG_FUNCTION_INFO_V1(acs_credentials_unassign);
Datum
acs_credentials_unassign(PG_FUNCTION_ARGS)
{
	StoredCredential stored;
	Holder		user;

	store_open_for_writing(fcinfo);
	if (PG_ARGISNULL(1) && PG_ARGISNULL(2))
		stored = find_original(fcinfo->args[0]);
	else
	{
		stored = find_original_and_user(fcinfo, &user);
		if (!stored.holder.acs_user_id.isnull && !is_same_id(stored.holder.acs_user_id, user.acs_user_id))
			raise_rule(RULE_USER_MISMATCH, "The holder of the credential is user %s.",
					   id_text(stored.holder.acs_user_id.value));
	}
	if (!stored.holder.acs_user_id.isnull)
		assign(&stored, NO_DATUM);
	return close_with_credential(&stored);
}

/* ---------- disable, enable ---------- */

static bool
reasons_contain(ArrayType *reasons, Datum reason)
{
	const Oid  *values = (const Oid *) ARR_DATA_PTR(reasons);

	for (int i = 0; i < ArrayGetNItems(ARR_NDIM(reasons), ARR_DIMS(reasons)); i++)
	{
		if (values[i] == DatumGetObjectId(reason))
			return true;
	}
	return false;
}

/* The reasons without one of them, and with it at the end if it is to be there. */
static Datum
reasons_with(ArrayType *reasons, Datum reason, bool is_to_be_there)
{
	Oid			type = ARR_ELEMTYPE(reasons);
	Datum	   *values;
	int			n;
	int			kept = 0;

	deconstruct_array(reasons, type, sizeof(Oid), true, TYPALIGN_INT, &values, NULL, &n);
	for (int i = 0; i < n; i++)
	{
		if (values[i] != reason)
			values[kept++] = values[i];
	}
	if (is_to_be_there)
	{
		values = repalloc(values, sizeof(Datum) * (kept + 1));
		values[kept++] = reason;
	}
	return PointerGetDatum(construct_array(values, kept, type, sizeof(Oid), true, TYPALIGN_INT));
}

/* A reason that is there already, or is not there, is no change. */
static void
set_reason(Row *row, Datum reason, bool disabled)
{
	ArrayType  *reasons = DatumGetArrayTypeP(row_datum(row, CREDENTIAL_DISABLE_REASONS));
	bool		is_there = reasons_contain(reasons, reason);
	Change		new_reasons = {CREDENTIAL_DISABLE_REASONS};

	if (is_there == disabled)
		return;
	new_reasons.value = DATUM(reasons_with(reasons, reason, disabled));
	credential_change(row, &new_reasons, 1, NULL);
}

/*
 * A copy on a phone has reasons of its own: it opens nothing while it or its
 * parent has one, and each lifts its own.
 */
static Datum
change_disable_reason(FunctionCallInfo fcinfo, bool disabled)
{
	StoredCredential stored;

	store_open_for_writing(fcinfo);
	if (PG_ARGISNULL(1))
		raise_rule(RULE_DISABLE_REASON_REQUIRED, NULL);
	stored = find_credential(fcinfo->args[0]);
	set_reason(&stored.row, PG_GETARG_DATUM(1), disabled);
	return close_with_credential(&stored);
}

/*
 * acs_credentials_disable(acs_credential_id uuid, reason acs_disable_reason)
 *		returns acs_credential
 */
PG_FUNCTION_INFO_V1(acs_credentials_disable);
Datum
acs_credentials_disable(PG_FUNCTION_ARGS)
{
	return change_disable_reason(fcinfo, true);
}

/*
 * acs_credentials_enable(acs_credential_id uuid, reason acs_disable_reason)
 *		returns acs_credential
 */
PG_FUNCTION_INFO_V1(acs_credentials_enable);
Datum
acs_credentials_enable(PG_FUNCTION_ARGS)
{
	return change_disable_reason(fcinfo, false);
}

/* ---------- issue ---------- */

/* A credential that was written on one card cannot be put on another. */
static void
require_same_card(const StoredCredential *stored, CardNumberFormat format, NullableDatum card_number)
{
	NullableDatum identifier;

	if (row_is_null(&stored->row, CREDENTIAL_ISSUED_AT) || row_is_null(&stored->row, CREDENTIAL_CARD_NUMBER))
		return;
	identifier = presented_identifier(METHOD_CARD, format, card_number);
	if (!DatumGetBool(DirectFunctionCall2Coll(texteq, C_COLLATION_OID, identifier.value,
											  row_datum(&stored->row, CREDENTIAL_IDENTIFIER))))
		raise_rule(RULE_ALREADY_ISSUED, NULL);
}

/* What was wrong with the old card is not wrong with the new one; who was blocked is so still. */
static Datum
reasons_of_replacement(const Row *row)
{
	static const char *const of_the_card[] = {"lost", "stolen", "damaged"};
	ArrayType  *reasons = DatumGetArrayTypeP(row_datum(row, CREDENTIAL_DISABLE_REASONS));

	for (size_t i = 0; i < lengthof(of_the_card); i++)
	{
		Datum		reason = ObjectIdGetDatum(enum_value(ARR_ELEMTYPE(reasons), of_the_card[i]));

		reasons = DatumGetArrayTypeP(reasons_with(reasons, reason, false));
	}
	return PointerGetDatum(reasons);
}

/*
 * acs_credentials_issue(acs_credential_id uuid, card_number text,
 *		is_replacement boolean) returns acs_credential
 */
PG_FUNCTION_INFO_V1(acs_credentials_issue);
Datum
acs_credentials_issue(PG_FUNCTION_ARGS)
{
	NullableDatum card_number = fcinfo->args[1];
	bool		is_replacement = !PG_ARGISNULL(2) && PG_GETARG_BOOL(2);
	StoredCredential stored;
	CardNumberFormat format;

	store_open_for_writing(fcinfo);
	require_card_number(CARD_NUMBER_ANY, card_number);
	stored = find_credential(fcinfo->args[0]);
	if (stored.method != METHOD_CARD)
		raise_rule(RULE_ACCESS_METHOD_NOT_SUPPORTED, "Only a card can be issued.");
	format = card_number_format_of(&stored.holder.type);
	require_card_number(format, card_number);
	if (!is_replacement)
		require_same_card(&stored, format, card_number);
	credential_change(&stored.row, (Change[])
	{
		{CREDENTIAL_CARD_NUMBER, card_number},
		{CREDENTIAL_IS_ISSUED, DATUM(BoolGetDatum(true))},
		{CREDENTIAL_ISSUED_AT, now_datum()},
		{CREDENTIAL_NEEDS_REISSUE_AT, NO_DATUM},
		{CREDENTIAL_DISABLE_REASONS, DATUM(reasons_of_replacement(&stored.row))},
	}, is_replacement ? 5 : 4, NULL);
	return close_with_credential(&stored);
}

/* ---------- multi-phone sync ---------- */

/* Its index could not hold a very long one. */
#define MAX_PHONE_CHARACTERS 256

static void
require_phone(NullableDatum phone)
{
	struct varlena *text = phone.isnull ? NULL : PG_DETOAST_DATUM_PACKED(phone.value);
	int			characters = text ? pg_mbstrlen_with_len(VARDATA_ANY(text), VARSIZE_ANY_EXHDR(text)) : 0;

	if (characters < 1 || characters > MAX_PHONE_CHARACTERS)
		raise_rule(RULE_INVALID_PHONE, NULL);
}

/*
 * Whoever makes copies has locked the parent, so that what is committed by now
 * are all that there are.
 */
static bool
find_copy(const Row *parent, Datum phone, Row *copy)
{
	List	   *copies = find_rows(CREDENTIALS_BY_PARENT, &row_datum(parent, CREDENTIAL_ID), LATEST_SIGHT);
	ListCell   *cell;

	foreach(cell, copies)
	{
		*copy = *(Row *) lfirst(cell);
		if (!row_is_null(copy, CREDENTIAL_PHONE) &&
			DatumGetBool(DirectFunctionCall2Coll(texteq, C_COLLATION_OID, row_datum(copy, CREDENTIAL_PHONE), phone)))
			return true;
	}
	return false;
}

/* With the system, user, method, window, manager and metadata of its parent. */
static void
insert_copy(const Row *parent, NullableDatum phone, Row *copy)
{
	static const int empty[] = {
		CREDENTIAL_CODE, CREDENTIAL_CARD_NUMBER, CREDENTIAL_MAX_USES, CREDENTIAL_USED_UP_AT, CREDENTIAL_REFERENCE,
		CREDENTIAL_IS_ISSUED, CREDENTIAL_ISSUED_AT, CREDENTIAL_NEEDS_REISSUE_AT
	};
	NullableDatum columns[N_CREDENTIAL_COLUMNS];

	memcpy(columns, parent->columns, sizeof(columns));
	for (size_t i = 0; i < lengthof(empty); i++)
		columns[empty[i]] = NO_DATUM;
	columns[CREDENTIAL_ID] = DATUM(UUIDPGetDatum(new_uuid()));
	columns[CREDENTIAL_PARENT] = parent->columns[CREDENTIAL_ID];
	columns[CREDENTIAL_PHONE] = phone;
	columns[CREDENTIAL_IS_MULTI_PHONE_SYNC] = DATUM(BoolGetDatum(false));
	columns[CREDENTIAL_USES] = DATUM(Int32GetDatum(0));
	columns[CREDENTIAL_DISABLE_REASONS] = DATUM(PointerGetDatum(construct_empty_array(store_type("acs_disable_reason"))));
	columns[CREDENTIAL_CREATED_AT] = now_datum();
	credential_insert(columns, NULL, copy);
}

/*
 * acs_credentials_sync_to_phone(acs_credential_id uuid, phone_id text)
 *		returns acs_credential
 *
 * The copy of a multi-phone sync credential for one phone; for a phone that
 * has one already, that one.
 */
PG_FUNCTION_INFO_V1(acs_credentials_sync_to_phone);
Datum
acs_credentials_sync_to_phone(PG_FUNCTION_ARGS)
{
	NullableDatum phone = fcinfo->args[1];
	StoredCredential parent;
	Row			seen;
	Row			copy;

	store_open_for_writing(fcinfo);
	require_phone(phone);
	/* the copy will refer to the user */
	get_row(CREDENTIAL_BY_ID, fcinfo->args[0], FRESH_SIGHT, RULE_ACS_CREDENTIAL_NOT_FOUND, &seen);
	lock_holder(&seen, LockTupleKeyShare);
	parent = find_credential(fcinfo->args[0]);
	require_locked_holder(&seen, &parent.row, LockTupleKeyShare);
	if (parent.method != METHOD_MOBILE_KEY || !row_is_true(&parent.row, CREDENTIAL_IS_MULTI_PHONE_SYNC))
		raise_rule(RULE_MULTI_PHONE_SYNC_REQUIRED, "Credential %s has no copies on phones.",
				   id_text(fcinfo->args[0].value));
	if (!find_copy(&parent.row, phone.value, &copy))
		insert_copy(&parent.row, phone, &copy);
	return store_close_with(credential_object_of(&copy, &parent.holder.type, FRESH_SIGHT));
}
