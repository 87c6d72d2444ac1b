/*
 * lifecycle.c
 *		/acs/credentials/...: what happens to a credential after its creation.
 *
 * Each function locks the credential, checks what is asked against its system's
 * type, changes it together with its copies on phones, and returns it as it
 * then is.  The events come from a trigger (store/changes.c).
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/timestamp.h"
#include "utils/uuid.h"

#include "api/credentials_object.h"
#include "api/holder.h"
#include "api/limits.h"
#include "api/rows.h"
#include "api/values.h"
#include "domain/code.h"
#include "errors.h"
#include "ids.h"
#include "store/events.h"

#define MAX_CARD_NUMBER	64

static Datum
close_with_credential(FunctionCallInfo fcinfo, NullableDatum acs_credential_id)
{
	Rows		rows = statement_run_fresh(STMT_CREDENTIAL_GET, &acs_credential_id);

	require_row(rows, RULE_ACS_CREDENTIAL_NOT_FOUND, acs_credential_id);
	return store_close_with(credential_object_from_row(fcinfo, rows));
}

/* The credential, unless it is a copy on a phone, which follows its parent. */
static StoredCredential
find_original(NullableDatum acs_credential_id)
{
	StoredCredential stored = find_credential(acs_credential_id);

	if (!stored.parent.isnull)
		raise_rule(RULE_PHONE_COPY, "It is a copy of %s.", id_text(stored.parent.value));
	return stored;
}

/* ---------- update ---------- */

/* Error unless the type allows the credential with the new code and end. */
static void
check_update(const StoredCredential *stored, NullableDatum code, Window window)
{
	CredentialRequest request = {
		.method = stored->method,
		.window = window,
		.now = GetCurrentTimestamp(),
		.n_entrances = stored->n_entrances,
		.is_multi_phone_sync = stored->is_multi_phone_sync,
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

	if (code.isnull || stored->code.isnull)
		return !code.isnull;
	old = DatumGetCodePP(stored->code.value);
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
	NullableDatum id = fcinfo->args[0];
	NullableDatum code = fcinfo->args[1];
	NullableDatum ends_at = fcinfo->args[2];
	StoredCredential stored;
	Window		window;

	store_open_for_writing(fcinfo);
	stored = find_original(id);
	window = stored.window;
	if (!ends_at.isnull)
		window.ends_at = DatumGetTimestampTz(ends_at.value);
	if (changes_code(&stored, code) || window.ends_at != stored.window.ends_at)
	{
		check_update(&stored, code, window);
		statement_run(STMT_CREDENTIAL_UPDATE, (NullableDatum[])
		{
			id, code,
			DATUM(BoolGetDatum(!ends_at.isnull)),
			window_end_datum(window),
			DATUM(TimestampTzGetDatum(GetCurrentTimestamp()))
		});
	}
	return close_with_credential(fcinfo, id);
}

/* ---------- assign, unassign ---------- */

/* The user, who has to be one of the credential's system. */
static Holder
find_user_of_system(NullableDatum acs_user_id, NullableDatum user_identity_id, Datum acs_system_id)
{
	Holder		user = find_holder(acs_user_id, user_identity_id,
								   acs_user_id.isnull ? DATUM(acs_system_id) : NO_DATUM);

	if (!is_same_id(DATUM(user.acs_system_id), DATUM(acs_system_id)))
		raise_rule(RULE_USER_MISMATCH, "The user belongs to another access control system than the credential.");
	return user;
}

static void
assign(NullableDatum acs_credential_id, NullableDatum acs_user_id)
{
	statement_run(STMT_CREDENTIAL_ASSIGN, (NullableDatum[])
	{
		acs_credential_id, acs_user_id, DATUM(TimestampTzGetDatum(GetCurrentTimestamp()))
	});
}

/*
 * acs_credentials_assign(acs_credential_id uuid, acs_user_id uuid,
 *		user_identity_id uuid) returns acs_credential
 */
PG_FUNCTION_INFO_V1(acs_credentials_assign);
Datum
acs_credentials_assign(PG_FUNCTION_ARGS)
{
	NullableDatum id = fcinfo->args[0];
	StoredCredential stored;
	Holder		user;

	store_open_for_writing(fcinfo);
	stored = find_original(id);
	user = find_user_of_system(fcinfo->args[1], fcinfo->args[2], stored.holder.acs_system_id);
	if (!is_same_id(stored.holder.acs_user_id, user.acs_user_id))
	{
		if (!stored.holder.acs_user_id.isnull)
			raise_rule(RULE_ALREADY_ASSIGNED, "The holder is user %s.",
					   id_text(stored.holder.acs_user_id.value));
		require_room(&user, stored.method);
		assign(id, user.acs_user_id);
	}
	return close_with_credential(fcinfo, id);
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
	NullableDatum id = fcinfo->args[0];
	StoredCredential stored;

	store_open_for_writing(fcinfo);
	stored = find_original(id);
	if (!PG_ARGISNULL(1) || !PG_ARGISNULL(2))
	{
		Holder		user = find_user_of_system(fcinfo->args[1], fcinfo->args[2],
											   stored.holder.acs_system_id);

		if (!stored.holder.acs_user_id.isnull && !is_same_id(stored.holder.acs_user_id, user.acs_user_id))
			raise_rule(RULE_USER_MISMATCH, "The holder of the credential is user %s.",
					   id_text(stored.holder.acs_user_id.value));
	}
	if (!stored.holder.acs_user_id.isnull)
		assign(id, NO_DATUM);
	return close_with_credential(fcinfo, id);
}

/* ---------- issue ---------- */

static void
require_card_number(NullableDatum card_number)
{
	struct varlena *text = card_number.isnull ? NULL : PG_DETOAST_DATUM_PACKED(card_number.value);
	int			length = text ? VARSIZE_ANY_EXHDR(text) : 0;

	if (length == 0 || length > MAX_CARD_NUMBER)
		raise_rule(RULE_INVALID_CARD_NUMBER, NULL);
	for (int i = 0; i < length; i++)
	{
		char		c = VARDATA_ANY(text)[i];

		if (c <= ' ' || c > '~')
			raise_rule(RULE_INVALID_CARD_NUMBER, "Position %d does not fit.", i + 1);
	}
}

/* A credential that was written on one card cannot be put on another. */
static void
require_same_card(const StoredCredential *stored, NullableDatum card_number)
{
	if (!stored->is_issued || stored->card_number.isnull)
		return;
	if (strcmp(TextDatumGetCString(stored->card_number.value), TextDatumGetCString(card_number.value)) != 0)
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
	NullableDatum id = fcinfo->args[0];
	NullableDatum card_number = fcinfo->args[1];
	StoredCredential stored;

	store_open_for_writing(fcinfo);
	require_card_number(card_number);
	stored = find_credential(id);
	if (stored.method != METHOD_CARD)
		raise_rule(RULE_ACCESS_METHOD_NOT_SUPPORTED, "Only a card can be issued.");
	require_same_card(&stored, card_number);
	statement_run(STMT_CREDENTIAL_ISSUE, (NullableDatum[])
	{
		id, card_number, DATUM(TimestampTzGetDatum(GetCurrentTimestamp()))
	});
	return close_with_credential(fcinfo, id);
}

/* ---------- multi-phone sync ---------- */

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
	Rows		rows;

	store_open_for_writing(fcinfo);
	if (phone.isnull || VARSIZE_ANY_EXHDR(PG_DETOAST_DATUM_PACKED(phone.value)) == 0)
		raise_rule(RULE_INVALID_PHONE, NULL);
	parent = find_credential(fcinfo->args[0]);
	if (parent.method != METHOD_MOBILE_KEY || !parent.is_multi_phone_sync)
		raise_rule(RULE_MULTI_PHONE_SYNC_REQUIRED, "Credential %s has no copies on phones.",
				   id_text(fcinfo->args[0].value));
	rows = statement_run(STMT_CREDENTIAL_SYNC, (NullableDatum[])
	{
		fcinfo->args[0], DATUM(UUIDPGetDatum(new_uuid())), phone
	});
	if (DatumGetBool(row_get(rows, 0, EVENT_DETAILS + 1).value))
		events_write_rows("acs_credential.created", rows);
	return close_with_credential(fcinfo, row_get(rows, 0, EVENT_CREDENTIAL_ID));
}

/* ---------- disable, enable ---------- */

/* Change the credential and its copies on phones; return it as it is then. */
static Datum
change_disable_reason(FunctionCallInfo fcinfo, StatementId change)
{
	store_open_for_writing(fcinfo);
	if (PG_ARGISNULL(1))
		raise_rule(RULE_DISABLE_REASON_REQUIRED, NULL);
	statement_run(change, fcinfo->args);
	return close_with_credential(fcinfo, fcinfo->args[0]);
}

/*
 * acs_credentials_disable(acs_credential_id uuid, reason acs_disable_reason)
 *		returns acs_credential
 */
PG_FUNCTION_INFO_V1(acs_credentials_disable);
Datum
acs_credentials_disable(PG_FUNCTION_ARGS)
{
	return change_disable_reason(fcinfo, STMT_CREDENTIAL_DISABLE);
}

/*
 * acs_credentials_enable(acs_credential_id uuid, reason acs_disable_reason)
 *		returns acs_credential
 */
PG_FUNCTION_INFO_V1(acs_credentials_enable);
Datum
acs_credentials_enable(PG_FUNCTION_ARGS)
{
	return change_disable_reason(fcinfo, STMT_CREDENTIAL_ENABLE);
}
