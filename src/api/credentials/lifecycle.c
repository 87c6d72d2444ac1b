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
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"
#include "utils/uuid.h"

#include "api/credential_object.h"
#include "api/credentials/limits.h"
#include "api/holder.h"
#include "api/rows.h"
#include "domain/code.h"
#include "errors.h"
#include "ids.h"
#include "store/credential_write.h"
#include "store/events.h"
#include "store/identifier.h"
#include "store/values.h"

/* The credential as it is now. */
static Datum
close_with(FunctionCallInfo fcinfo, const StoredCredential *stored)
{
	return store_close_with(credential_object_of(fcinfo, &stored->row, &stored->holder.type));
}

/*
 * The copies on phones, locked; only mobile keys have some.  Those that the
 * transaction cannot see, too: whoever makes one locks the parent, which we have.
 */
static List *
lock_copies(const StoredCredential *stored)
{
	List	   *locked = NIL;
	List	   *copies;
	ListCell   *cell;

	if (stored->method != METHOD_MOBILE_KEY)
		return NIL;
	copies = find_rows(CREDENTIALS_BY_PARENT, &row_datum(&stored->row, CREDENTIAL_ID), LATEST_SIGHT);
	foreach(cell, copies)
	{
		Row		   *copy = lfirst(cell);

		CHECK_FOR_INTERRUPTS();
		if (find_row_and_lock(CREDENTIAL_BY_ID, &row_datum(copy, CREDENTIAL_ID), LATEST_SIGHT,
							  LockTupleNoKeyExclusive, copy))
			locked = lappend(locked, copy);
	}
	return locked;
}

#define MAX_CHANGES 2

/* A card that was written does not know of a change, and has to be written again. */
static void
change_row(Row *row, const Change *changes, int n)
{
	Change		all[MAX_CHANGES + 1];

	Assert(n <= MAX_CHANGES);
	memcpy(all, changes, sizeof(Change) * n);
	if (!row_is_null(row, CREDENTIAL_ISSUED_AT) && row_is_null(row, CREDENTIAL_NEEDS_REISSUE_AT))
		all[n++] = (Change)
	{
		CREDENTIAL_NEEDS_REISSUE_AT, DATUM(TimestampTzGetDatum(GetCurrentTimestamp()))
	};
	credential_change(row, all, n);
}

/* Change the credential, and its copies with it. */
static void
change_all(StoredCredential *stored, const Change *changes, int n)
{
	List	   *copies = lock_copies(stored);
	ListCell   *cell;

	change_row(&stored->row, changes, n);
	foreach(cell, copies)
		change_row(lfirst(cell), changes, n);
}

/* A copy on a phone follows its parent. */
static void
require_original(const Row *credential)
{
	if (!row_is_null(credential, CREDENTIAL_PARENT))
		raise_rule(RULE_PHONE_COPY, "It is a copy of %s.", id_text(row_datum(credential, CREDENTIAL_PARENT)));
}

static StoredCredential
find_original(NullableDatum acs_credential_id)
{
	StoredCredential stored = find_credential(acs_credential_id);

	require_original(&stored.row);
	return stored;
}

/* ---------- update ---------- */

static size_t
count_entrances(const StoredCredential *stored)
{
	return list_length(find_rows(CREDENTIAL_ENTRANCES_BY_CREDENTIAL,
								 &row_datum(&stored->row, CREDENTIAL_ID), FRESH_SIGHT));
}

/* Error unless the type allows the credential with the new code and end. */
static void
check_update(const StoredCredential *stored, NullableDatum code, Window window)
{
	CredentialRequest request = {
		.method = stored->method,
		.window = window,
		.now = GetCurrentTimestamp(),
		.n_entrances = count_entrances(stored),
		.is_multi_phone_sync = row_is_true(&stored->row, CREDENTIAL_IS_MULTI_PHONE_SYNC),
	};
	Rule		broken;

	if (!code.isnull)
	{
		struct varlena *digits = DatumGetCodePP(code.value);

		request.code = CODE_DIGITS(digits);
		request.code_length = CODE_LENGTH(digits);
	}
	broken = policy_first_broken_rule(&stored->holder.policy, &request);
	if (broken != RULE_NONE)
		raise_policy_rule(broken, &stored->holder);
}

static bool
changes_code(const StoredCredential *stored, NullableDatum code)
{
	struct varlena *old;
	struct varlena *new;

	if (code.isnull || row_is_null(&stored->row, CREDENTIAL_CODE))
		return !code.isnull;
	old = DatumGetCodePP(row_datum(&stored->row, CREDENTIAL_CODE));
	new = DatumGetCodePP(code.value);
	return code_compare(CODE_DIGITS(old), CODE_LENGTH(old), CODE_DIGITS(new), CODE_LENGTH(new)) != 0;
}

/*
 * acs_credentials_update(acs_credential_id uuid, code acs_code,
 *		ends_at timestamptz) returns acs_credential
 *
 * Null leaves a value as it is; an end of infinity removes the end.
 */
PG_FUNCTION_INFO_V1(acs_credentials_update);
Datum
acs_credentials_update(PG_FUNCTION_ARGS)
{
	NullableDatum code = fcinfo->args[1];
	NullableDatum ends_at = fcinfo->args[2];
	StoredCredential stored;
	Window		window;
	Change		changes[MAX_CHANGES];
	int			n = 0;

	store_open_for_writing(fcinfo);
	stored = find_original(fcinfo->args[0]);
	window = stored.window;
	if (!ends_at.isnull)
		window.ends_at = DatumGetTimestampTz(ends_at.value);
	if (window.ends_at != stored.window.ends_at)
		changes[n++] = (Change) {CREDENTIAL_ENDS_AT, window_end_datum(window)};
	if (changes_code(&stored, code))
		changes[n++] = (Change) {CREDENTIAL_CODE, code};
	if (n > 0)
	{
		check_update(&stored, code, window);
		change_all(&stored, changes, n);
	}
	return close_with(fcinfo, &stored);
}

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
	*user = find_holder(args[1], args[2], args[1].isnull ? seen.columns[CREDENTIAL_SYSTEM] : NO_DATUM);
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

	change_all(stored, &user, 1);
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
	return close_with(fcinfo, &stored);
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
	return close_with(fcinfo, &stored);
}

/* ---------- issue ---------- */

/* A credential that was written on one card cannot be put on another. */
static void
require_same_card(const StoredCredential *stored, NullableDatum card_number)
{
	NullableDatum identifier;

	if (row_is_null(&stored->row, CREDENTIAL_ISSUED_AT) || row_is_null(&stored->row, CREDENTIAL_CARD_NUMBER))
		return;
	identifier = presented_identifier(METHOD_CARD, card_number);
	if (!DatumGetBool(DirectFunctionCall2Coll(texteq, C_COLLATION_OID, identifier.value,
											  row_datum(&stored->row, CREDENTIAL_IDENTIFIER))))
		raise_rule(RULE_ALREADY_ISSUED, NULL);
}

/*
 * acs_credentials_issue(acs_credential_id uuid, card_number text)
 *		returns acs_credential
 */
PG_FUNCTION_INFO_V1(acs_credentials_issue);
Datum
acs_credentials_issue(PG_FUNCTION_ARGS)
{
	NullableDatum card_number = fcinfo->args[1];
	StoredCredential stored;

	store_open_for_writing(fcinfo);
	require_card_number(card_number);
	stored = find_credential(fcinfo->args[0]);
	if (stored.method != METHOD_CARD)
		raise_rule(RULE_ACCESS_METHOD_NOT_SUPPORTED, "Only a card can be issued.");
	require_same_card(&stored, card_number);
	credential_change(&stored.row, (Change[])
	{
		{CREDENTIAL_CARD_NUMBER, card_number},
		{CREDENTIAL_IS_ISSUED, DATUM(BoolGetDatum(true))},
		{CREDENTIAL_ISSUED_AT, DATUM(TimestampTzGetDatum(GetCurrentTimestamp()))},
		{CREDENTIAL_NEEDS_REISSUE_AT, NO_DATUM},
	}, 4);
	return close_with(fcinfo, &stored);
}

/* ---------- multi-phone sync ---------- */

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
		CREDENTIAL_CODE, CREDENTIAL_CARD_NUMBER, CREDENTIAL_USED_AT, CREDENTIAL_IS_ISSUED,
		CREDENTIAL_ISSUED_AT, CREDENTIAL_NEEDS_REISSUE_AT
	};
	NullableDatum columns[N_CREDENTIAL_COLUMNS];

	memcpy(columns, parent->columns, sizeof(columns));
	for (size_t i = 0; i < lengthof(empty); i++)
		columns[empty[i]] = NO_DATUM;
	columns[CREDENTIAL_ID] = DATUM(UUIDPGetDatum(new_uuid()));
	columns[CREDENTIAL_PARENT] = parent->columns[CREDENTIAL_ID];
	columns[CREDENTIAL_PHONE] = phone;
	columns[CREDENTIAL_IS_MULTI_PHONE_SYNC] = DATUM(BoolGetDatum(false));
	columns[CREDENTIAL_IS_ONE_TIME_USE] = DATUM(BoolGetDatum(false));
	columns[CREDENTIAL_DISABLE_REASONS] = DATUM(PointerGetDatum(construct_empty_array(store_type("acs_disable_reason"))));
	columns[CREDENTIAL_CREATED_AT] = DATUM(TimestampTzGetDatum(GetCurrentTimestamp()));
	credential_insert(columns, NULL, copy);
}

/* Before the credential, as its copy will be stored with a reference to the user. */
static void
lock_user_of(NullableDatum acs_credential_id)
{
	Row			seen;
	Row			user;

	get_row(CREDENTIAL_BY_ID, acs_credential_id, FRESH_SIGHT, RULE_ACS_CREDENTIAL_NOT_FOUND, &seen);
	if (!row_is_null(&seen, CREDENTIAL_USER))
		find_row_and_lock(USER_BY_ID, &row_datum(&seen, CREDENTIAL_USER), FRESH_SIGHT, LockTupleKeyShare, &user);
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
	Row			copy;

	store_open_for_writing(fcinfo);
	if (phone.isnull || VARSIZE_ANY_EXHDR(PG_DETOAST_DATUM_PACKED(phone.value)) == 0)
		raise_rule(RULE_INVALID_PHONE, NULL);
	lock_user_of(fcinfo->args[0]);
	parent = find_credential(fcinfo->args[0]);
	if (parent.method != METHOD_MOBILE_KEY || !row_is_true(&parent.row, CREDENTIAL_IS_MULTI_PHONE_SYNC))
		raise_rule(RULE_MULTI_PHONE_SYNC_REQUIRED, "Credential %s has no copies on phones.",
				   id_text(fcinfo->args[0].value));
	if (!find_copy(&parent.row, phone.value, &copy))
	{
		insert_copy(&parent.row, phone, &copy);
		event_write_created(&copy);
	}
	return store_close_with(credential_object_of(fcinfo, &copy, &parent.holder.type));
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
	credential_change(row, &new_reasons, 1);
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
	return close_with(fcinfo, &stored);
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
