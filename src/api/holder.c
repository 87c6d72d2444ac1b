/*
 * holder.c
 *		Who is to hold a credential, and what the type of their system allows.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/uuid.h"

#include "api/holder.h"
#include "api/rows.h"
#include "credentials.h"
#include "domain/code.h"
#include "errors.h"
#include "ids.h"
#include "store/values.h"

/* ---------- a row of acs_system_types as a policy ---------- */

/* Null is unrestricted, which a Policy tells by 0. */
static unsigned
limit_column(const Row *type, int column)
{
	return row_is_null(type, column) ? 0 : (unsigned) DatumGetInt32(row_datum(type, column));
}

static const char *
text_column(const Row *type, int column)
{
	return row_is_null(type, column) ? NULL : TextDatumGetCString(row_datum(type, column));
}

static void
read_access_methods(const Row *type, Policy *policy)
{
	bool		any = row_is_null(type, TYPE_ACCESS_METHODS);
	ArrayType  *array;
	Datum	   *methods;
	bool	   *nulls;
	int			n;

	for (int i = 0; i < METHOD_COUNT; i++)
		policy->allows[i] = any;
	if (any)
		return;
	array = DatumGetArrayTypeP(row_datum(type, TYPE_ACCESS_METHODS));
	deconstruct_array(array, ARR_ELEMTYPE(array), sizeof(Oid), true, TYPALIGN_INT, &methods, &nulls, &n);
	for (int i = 0; i < n; i++)
	{
		if (!nulls[i])
			policy->allows[access_method_from_datum(methods[i])] = true;
	}
}

static CustomCode
read_custom_code(const Row *type)
{
	const char *value = text_column(type, TYPE_CUSTOM_CODE);

	if (value == NULL || strcmp(value, "allowed") == 0)
		return CUSTOM_CODE_ALLOWED;
	return strcmp(value, "generated") == 0 ? CUSTOM_CODE_GENERATED : CUSTOM_CODE_NONE;
}

static Policy
read_policy(const Row *type)
{
	Policy		policy;

	read_access_methods(type, &policy);
	policy.custom_code = read_custom_code(type);
	policy.code_min_length = limit_column(type, TYPE_CODE_MIN_LENGTH);
	policy.code_max_length = limit_column(type, TYPE_CODE_MAX_LENGTH);
	policy.code_digits = text_column(type, TYPE_CODE_DIGITS);
	policy.code_max_value = row_is_null(type, TYPE_CODE_MAX_VALUE) ? 0 :
		(uint64) DatumGetInt64(row_datum(type, TYPE_CODE_MAX_VALUE));
	policy.generated_code_length = limit_column(type, TYPE_GENERATED_CODE_LENGTH);
	policy.max_entrances_per_code = limit_column(type, TYPE_MAX_ENTRANCES_PER_CODE);
	policy.requires_entrances = row_is_true(type, TYPE_REQUIRES_ENTRANCES);
	policy.requires_window = row_is_true(type, TYPE_REQUIRES_WINDOW);
	policy.requires_multi_phone_sync = row_is_true(type, TYPE_REQUIRES_MULTI_PHONE_SYNC);
	policy.max_per_user[METHOD_CODE] = 0;
	policy.max_per_user[METHOD_CARD] = limit_column(type, TYPE_MAX_CARDS_PER_USER);
	policy.max_per_user[METHOD_MOBILE_KEY] = limit_column(type, TYPE_MAX_MOBILE_KEYS_PER_USER);
	policy.metadata_key = text_column(type, TYPE_METADATA_KEY);
	return policy;
}

void
find_system(Datum acs_system_id, Sight sight, Row *system, Row *type)
{
	if (!find_row(SYSTEM_BY_ID, &acs_system_id, sight, system) ||
		!find_row(SYSTEM_TYPE_BY_ID, &row_datum(system, SYSTEM_TYPE), sight, type))
		raise_rule(RULE_ACS_SYSTEM_NOT_FOUND, "The system is %s.", id_text(acs_system_id));
}

/* What the system of a user or a credential says. */
static Holder
holder_in_system(NullableDatum acs_user_id, Datum acs_system_id)
{
	Holder		holder = {.acs_user_id = acs_user_id,.user_identity_id = NO_DATUM,.acs_system_id = acs_system_id};
	Row			system;

	find_system(acs_system_id, FRESH_SIGHT, &system, &holder.type);
	holder.default_manager = system.columns[SYSTEM_DEFAULT_MANAGER];
	holder.system_type = row_datum(&holder.type, TYPE_NAME);
	holder.encodes_cards = row_is_true(&holder.type, TYPE_ENCODES_CARDS);
	holder.policy = read_policy(&holder.type);
	return holder;
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
	if (rule == RULE_CODE_DIGITS)
		raise_rule(rule, "Keypads of system type \"%s\" have the digits %s.", type, policy->code_digits);
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

void
find_user(NullableDatum acs_user_id, NullableDatum user_identity_id, NullableDatum acs_system_id,
		  LockTupleMode mode, Row *user)
{
	Datum		identity[2] = {user_identity_id.value, acs_system_id.value};

	if (!acs_user_id.isnull)
		get_row_and_lock(USER_BY_ID, acs_user_id, mode, RULE_ACS_USER_NOT_FOUND, user);
	else if (user_identity_id.isnull || acs_system_id.isnull)
		raise_rule(RULE_USER_REQUIRED, NULL);
	else if (!find_row_and_lock(USER_BY_IDENTITY, identity, FRESH_SIGHT, mode, user))
		raise_rule(RULE_ACS_USER_NOT_FOUND, "The id is %s.", id_text(user_identity_id.value));
	require_same_user(user_identity_id, user->columns[USER_IDENTITY]);
	require_same_user(acs_system_id, user->columns[USER_SYSTEM]);
}

static Holder
find_holder_and_lock(NullableDatum acs_user_id, NullableDatum user_identity_id,
					 NullableDatum acs_system_id, LockTupleMode mode)
{
	Holder		holder;
	Row			user;

	find_user(acs_user_id, user_identity_id, acs_system_id, mode, &user);
	holder = holder_in_system(user.columns[USER_ID], row_datum(&user, USER_SYSTEM));
	holder.user_identity_id = user.columns[USER_IDENTITY];
	return holder;
}

Holder
find_holder(NullableDatum acs_user_id, NullableDatum user_identity_id, NullableDatum acs_system_id)
{
	return find_holder_and_lock(acs_user_id, user_identity_id, acs_system_id, LockTupleKeyShare);
}

Holder
find_holder_to_change(NullableDatum acs_user_id, NullableDatum user_identity_id, NullableDatum acs_system_id)
{
	return find_holder_and_lock(acs_user_id, user_identity_id, acs_system_id, LockTupleNoKeyExclusive);
}

/* ---------- a credential ---------- */

StoredCredential
find_credential(NullableDatum acs_credential_id)
{
	StoredCredential stored;
	Row		   *row = &stored.row;

	get_row_and_lock(CREDENTIAL_BY_ID, acs_credential_id, LockTupleNoKeyExclusive,
					 RULE_ACS_CREDENTIAL_NOT_FOUND, row);
	stored.holder = holder_in_system(row->columns[CREDENTIAL_USER], row_datum(row, CREDENTIAL_SYSTEM));
	stored.method = access_method_from_datum(row_datum(row, CREDENTIAL_ACCESS_METHOD));
	stored.window = window_from_datums(row->columns[CREDENTIAL_STARTS_AT], row->columns[CREDENTIAL_ENDS_AT]);
	return stored;
}

/* ---------- cards that were written ---------- */

/* It holds what is stored here, so far. */
static bool
is_written(const Row *credential)
{
	return !row_is_null(credential, CREDENTIAL_ISSUED_AT) && row_is_null(credential, CREDENTIAL_NEEDS_REISSUE_AT);
}

/* Null if it was deleted, or is not as it was found. */
static Row *
lock_written_card(Datum id)
{
	Row		   *card = palloc(sizeof(Row));

	if (find_row_and_lock(CREDENTIAL_BY_ID, &id, LATEST_SIGHT, LockTupleNoKeyExclusive, card) && is_written(card))
		return card;
	pfree(card);
	return NULL;
}

/* All are locked, in the order of everybody, before the first is changed. */
static void
outdate_cards(Datum *ids, size_t n)
{
	Change		since = {CREDENTIAL_NEEDS_REISSUE_AT, now_datum()};
	List	   *locked = NIL;
	ListCell   *cell;

	sort_ids(ids, n);
	for (size_t i = 0; i < n; i++)
	{
		Row		   *card = lock_written_card(ids[i]);

		CHECK_FOR_INTERRUPTS();
		if (card != NULL)
			locked = lappend(locked, card);
	}
	foreach(cell, locked)
	{
		CHECK_FOR_INTERRUPTS();
		update_row(lfirst(cell), &since, 1, NULL);
	}
}

void
cards_outdated(StatementId cards, NullableDatum of)
{
	Rows		rows = statement_run_at_latest(cards, &of);
	Datum	   *ids = palloc(sizeof(Datum) * (rows.count + 1));

	for (uint64 i = 0; i < rows.count; i++)
		ids[i] = row_get(rows, i, 1).value;
	outdate_cards(ids, rows.count);
}

void
user_cards_outdated(const Holder *user)
{
	List	   *credentials = find_rows(CREDENTIALS_BY_USER, &user->acs_user_id.value, LATEST_SIGHT);
	Datum	   *ids = palloc(sizeof(Datum) * (list_length(credentials) + 1));
	size_t		n = 0;
	ListCell   *cell;

	foreach(cell, credentials)
	{
		const Row  *credential = lfirst(cell);

		if (is_written(credential))
			ids[n++] = row_datum(credential, CREDENTIAL_ID);
	}
	outdate_cards(ids, n);
}
