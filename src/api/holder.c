/*
 * holder.c
 *		Who is to hold a credential, and what the type of their system allows.
 */
#include "postgres.h"

#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"
#include "utils/uuid.h"

#include "api/holder.h"
#include "api/rows.h"
#include "api/values.h"
#include "credentials.h"
#include "domain/code.h"
#include "errors.h"
#include "store/details.h"
#include "store/events.h"

/* Columns of STMT_USER_BY_ID and STMT_USER_BY_IDENTITY. */
enum HolderColumns
{
	COL_USER_ID = 1,
	COL_SYSTEM_ID,
	COL_IDENTITY_ID,
	COL_DEFAULT_MANAGER,
	COL_SYSTEM_TYPE,
	COL_ACCESS_METHODS,
	COL_CUSTOM_CODE,
	COL_CODE_MIN_LENGTH,
	COL_CODE_MAX_LENGTH,
	COL_CODE_MAX_VALUE,
	COL_GENERATED_CODE_LENGTH,
	COL_MAX_ENTRANCES_PER_CODE,
	COL_REQUIRES_ENTRANCES,
	COL_REQUIRES_WINDOW,
	COL_REQUIRES_MULTI_PHONE_SYNC,
	COL_MAX_CARDS_PER_USER,
	COL_MAX_MOBILE_KEYS_PER_USER,
	COL_ENCODES_CARDS,
	COL_METADATA_KEY,

	/* of STMT_CREDENTIAL_FOR_CHANGE only */
	COL_ACCESS_METHOD,
	COL_STARTS_AT,
	COL_ENDS_AT,
	COL_MULTI_PHONE_SYNC,
	COL_ISSUED_AT,
	COL_CARD_NUMBER,
	COL_N_ENTRANCES,
	COL_PARENT_ID,
	COL_CODE
};

/* ---------- a row of acs_system_types as a policy ---------- */

/* Null is unrestricted, which a Policy tells by 0. */
static unsigned
limit_column(Rows rows, int column)
{
	NullableDatum value = row_get(rows, 0, column);

	return value.isnull ? 0 : (unsigned) DatumGetInt32(value.value);
}

static const char *
text_column(Rows rows, int column)
{
	NullableDatum value = row_get(rows, 0, column);

	return value.isnull ? NULL : TextDatumGetCString(value.value);
}

static bool
flag_column(Rows rows, int column)
{
	return DatumGetBool(row_get(rows, 0, column).value);
}

static void
read_access_methods(Rows rows, Policy *policy)
{
	NullableDatum column = row_get(rows, 0, COL_ACCESS_METHODS);
	Datum	   *methods;
	bool	   *nulls;
	int			n;

	for (int i = 0; i < METHOD_COUNT; i++)
		policy->allows[i] = column.isnull;
	if (column.isnull)
		return;
	deconstruct_array(DatumGetArrayTypeP(column.value), ARR_ELEMTYPE(DatumGetArrayTypeP(column.value)),
					  sizeof(Oid), true, TYPALIGN_INT, &methods, &nulls, &n);
	for (int i = 0; i < n; i++)
	{
		if (!nulls[i])
			policy->allows[access_method_from_datum(methods[i])] = true;
	}
}

static CustomCode
read_custom_code(Rows rows)
{
	const char *value = text_column(rows, COL_CUSTOM_CODE);

	if (value == NULL || strcmp(value, "allowed") == 0)
		return CUSTOM_CODE_ALLOWED;
	return strcmp(value, "generated") == 0 ? CUSTOM_CODE_GENERATED : CUSTOM_CODE_NONE;
}

static Policy
read_policy(Rows rows)
{
	Policy		policy;
	NullableDatum max_value = row_get(rows, 0, COL_CODE_MAX_VALUE);

	read_access_methods(rows, &policy);
	policy.custom_code = read_custom_code(rows);
	policy.code_min_length = limit_column(rows, COL_CODE_MIN_LENGTH);
	policy.code_max_length = limit_column(rows, COL_CODE_MAX_LENGTH);
	policy.code_max_value = max_value.isnull ? 0 : (uint64) DatumGetInt64(max_value.value);
	policy.generated_code_length = limit_column(rows, COL_GENERATED_CODE_LENGTH);
	policy.max_entrances_per_code = limit_column(rows, COL_MAX_ENTRANCES_PER_CODE);
	policy.requires_entrances = flag_column(rows, COL_REQUIRES_ENTRANCES);
	policy.requires_window = flag_column(rows, COL_REQUIRES_WINDOW);
	policy.requires_multi_phone_sync = flag_column(rows, COL_REQUIRES_MULTI_PHONE_SYNC);
	policy.max_per_user[METHOD_CODE] = 0;
	policy.max_per_user[METHOD_CARD] = limit_column(rows, COL_MAX_CARDS_PER_USER);
	policy.max_per_user[METHOD_MOBILE_KEY] = limit_column(rows, COL_MAX_MOBILE_KEYS_PER_USER);
	policy.metadata_key = text_column(rows, COL_METADATA_KEY);
	return policy;
}

void
raise_policy_rule(Rule rule, const Holder *holder)
{
	const Policy *policy = &holder->policy;
	const char *type = TextDatumGetCString(holder->system_type);

	if (rule == RULE_WINDOW_ORDER || rule == RULE_WINDOW_IN_THE_PAST)
		raise_rule(rule, NULL);
	if (rule == RULE_CODE_LENGTH)
		raise_rule(rule, "Codes of system type \"%s\" have %u to %u digits.", type,
				   Max(policy->code_min_length, 1),
				   policy->code_max_length > 0 ? policy->code_max_length : CODE_MAX_DIGITS);
	if (rule == RULE_CODE_VALUE)
		raise_rule(rule, "Codes of system type \"%s\" are numbers from 1 to " UINT64_FORMAT ".",
				   type, policy->code_max_value);
	if (rule == RULE_TOO_MANY_ENTRANCES)
		raise_rule(rule, "At most %u are possible.",
				   policy->max_entrances_per_code > 0 ? policy->max_entrances_per_code : MAX_ENTRANCES);
	raise_rule(rule, "The system type is \"%s\".", type);
}

/* ---------- the user ---------- */

void
require_same_user(NullableDatum given, NullableDatum found)
{
	if (!given.isnull && !is_same_id(given, found))
		raise_rule(RULE_USER_MISMATCH, NULL);
}

static Rows
find_user(NullableDatum acs_user_id, NullableDatum user_identity_id, NullableDatum acs_system_id)
{
	Rows		rows;

	if (!acs_user_id.isnull)
		rows = statement_run(STMT_USER_BY_ID, &acs_user_id);
	else if (!user_identity_id.isnull && !acs_system_id.isnull)
		rows = statement_run(STMT_USER_BY_IDENTITY,
							 (NullableDatum[]) {user_identity_id, acs_system_id});
	else
		raise_rule(RULE_USER_REQUIRED, NULL);
	require_row(rows, RULE_ACS_USER_NOT_FOUND, acs_user_id.isnull ? user_identity_id : acs_user_id);
	return rows;
}

static Holder
read_holder(Rows rows)
{
	Holder		holder;

	holder.acs_user_id = row_get(rows, 0, COL_USER_ID);
	holder.acs_system_id = row_get(rows, 0, COL_SYSTEM_ID).value;
	holder.default_manager = row_get(rows, 0, COL_DEFAULT_MANAGER);
	holder.system_type = row_get(rows, 0, COL_SYSTEM_TYPE).value;
	holder.encodes_cards = flag_column(rows, COL_ENCODES_CARDS);
	holder.policy = read_policy(rows);
	return holder;
}

Holder
find_holder(NullableDatum acs_user_id, NullableDatum user_identity_id, NullableDatum acs_system_id)
{
	Rows		rows = find_user(acs_user_id, user_identity_id, acs_system_id);

	require_same_user(user_identity_id, row_get(rows, 0, COL_IDENTITY_ID));
	require_same_user(acs_system_id, row_get(rows, 0, COL_SYSTEM_ID));
	return read_holder(rows);
}

/* ---------- a credential ---------- */

StoredCredential
find_credential(NullableDatum acs_credential_id)
{
	Rows		rows = statement_run(STMT_CREDENTIAL_FOR_CHANGE, &acs_credential_id);
	StoredCredential stored;

	require_row(rows, RULE_ACS_CREDENTIAL_NOT_FOUND, acs_credential_id);
	stored.holder = read_holder(rows);
	stored.method = access_method_from_datum(row_get(rows, 0, COL_ACCESS_METHOD).value);
	stored.window = window_from_datums(row_get(rows, 0, COL_STARTS_AT), row_get(rows, 0, COL_ENDS_AT));
	stored.is_multi_phone_sync = flag_column(rows, COL_MULTI_PHONE_SYNC);
	stored.parent = row_get(rows, 0, COL_PARENT_ID);
	stored.code = row_get(rows, 0, COL_CODE);
	stored.is_issued = !row_get(rows, 0, COL_ISSUED_AT).isnull;
	stored.card_number = row_get(rows, 0, COL_CARD_NUMBER);
	stored.n_entrances = (size_t) DatumGetInt64(row_get(rows, 0, COL_N_ENTRANCES).value);
	return stored;
}

void
user_rights_changed(const Holder *user, NullableDatum acs_entrance_id,
					const char *key, const char *value)
{
	StringInfoData details;

	statement_run(STMT_CARDS_OF_USER_OUTDATED, (NullableDatum[])
	{
		user->acs_user_id, DATUM(user->acs_system_id), DATUM(TimestampTzGetDatum(GetCurrentTimestamp()))
	});
	details_begin(&details);
	details_text(&details, key, value);
	event_write(session_workspace(), "acs_user.updated", DATUM(user->acs_system_id),
				user->acs_user_id, NO_DATUM, acs_entrance_id, DATUM(details_end(&details)));
}
