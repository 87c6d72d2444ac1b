/*
 * update.c
 *		/acs/credentials/update, and another code for a credential.
 *
 * What is asked is checked against the system's type as if the credential were
 * created so.  The events come from a trigger (store/changes.c).
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "api/credentials/allowed_entrances.h"
#include "api/credentials/change.h"
#include "api/credentials/generate.h"
#include "api/credentials/limits.h"
#include "api/references.h"
#include "api/rows.h"
#include "domain/code.h"
#include "errors.h"
#include "store/credential_write.h"
#include "store/schedules.h"
#include "store/values.h"

/* Error unless the type allows the credential with the new code, window and entrances. */
static void
check_update(const StoredCredential *stored, NullableDatum code, Window window, size_t n_entrances)
{
	CredentialRequest request = {
		.method = stored->method,
		.window = window,
		.now = GetCurrentTimestamp(),
		.n_entrances = n_entrances,
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

/* Arguments of acs_credentials_update(), in order, after the id. */
enum UpdateArgs
{
	ARG_CODE = 1,
	ARG_ENDS_AT,
	ARG_STARTS_AT,
	ARG_ENTRANCES,
	ARG_SCHEDULE,
	ARG_MAX_USES
};

static Window
window_updated(const StoredCredential *stored, NullableDatum starts_at, NullableDatum ends_at)
{
	Window		window = stored->window;

	if (!starts_at.isnull)
		window.starts_at = DatumGetTimestampTz(starts_at.value);
	if (!ends_at.isnull)
		window.ends_at = DatumGetTimestampTz(ends_at.value);
	return window;
}

static bool
changes_max_uses(const StoredCredential *stored, NullableDatum argument)
{
	NullableDatum old = stored->row.columns[CREDENTIAL_MAX_USES];
	NullableDatum new = max_uses_from_arg(argument);

	if (argument.isnull || old.isnull || new.isnull)
		return !argument.isnull && old.isnull != new.isnull;
	return DatumGetInt32(old.value) != DatumGetInt32(new.value);
}

/* What is asked for and is not so already; how much there is of it. */
static int
list_changes(const StoredCredential *stored, const NullableDatum *args, Window window, Change *changes)
{
	NullableDatum schedule = schedule_to_store(args[ARG_SCHEDULE], ALL_HOURS);
	int			n = 0;

	if (window.starts_at != stored->window.starts_at)
		changes[n++] = (Change) {CREDENTIAL_STARTS_AT, window_start_datum(window)};
	if (window.ends_at != stored->window.ends_at)
		changes[n++] = (Change) {CREDENTIAL_ENDS_AT, window_end_datum(window)};
	if (changes_code(stored, args[ARG_CODE]))
		changes[n++] = (Change) {CREDENTIAL_CODE, args[ARG_CODE]};
	if (!args[ARG_SCHEDULE].isnull && !same_schedule(schedule, stored->row.columns[CREDENTIAL_SCHEDULE]))
		changes[n++] = (Change) {CREDENTIAL_SCHEDULE, schedule};
	if (changes_max_uses(stored, args[ARG_MAX_USES]))
		changes[n++] = (Change) {CREDENTIAL_MAX_USES, max_uses_from_arg(args[ARG_MAX_USES])};
	return n;
}

/*
 * The credential, which is to have these entrances: they are locked before it, as is
 * the user, against others who change what the user may open.
 */
static StoredCredential
find_to_change_entrances(NullableDatum id, const Datum *entrances, size_t n)
{
	StoredCredential stored;
	Row			seen;

	get_row(CREDENTIAL_BY_ID, id, FRESH_SIGHT, RULE_ACS_CREDENTIAL_NOT_FOUND, &seen);
	require_original(&seen);
	lock_holder(&seen, LockTupleNoKeyExclusive);
	require_entrances(entrances, n, row_datum(&seen, CREDENTIAL_SYSTEM));
	stored = find_original(id);
	require_locked_holder(&seen, &stored.row, LockTupleNoKeyExclusive);
	return stored;
}

/*
 * acs_credentials_update(acs_credential_id uuid, code acs_code, ends_at timestamptz,
 *		starts_at timestamptz, allowed_acs_entrance_ids uuid[], schedule acs_schedule,
 *		max_uses integer) returns acs_credential
 *
 * Null leaves a value as it is; infinity, -infinity, {}, 24/7 and 0 remove it.
 */
PG_FUNCTION_INFO_V1(acs_credentials_update);
Datum
acs_credentials_update(PG_FUNCTION_ARGS)
{
	NullableDatum *args = fcinfo->args;
	StoredCredential stored;
	Window		window;
	Change		changes[MAX_CHANGES];
	int			n;
	Datum	   *entrances;
	size_t		n_entrances;

	store_open_for_writing(fcinfo);
	entrances = entrances_from_arg(args[ARG_ENTRANCES], &n_entrances);
	stored = args[ARG_ENTRANCES].isnull ? find_original(args[0]) :
		find_to_change_entrances(args[0], entrances, n_entrances);
	window = window_updated(&stored, args[ARG_STARTS_AT], args[ARG_ENDS_AT]);
	n = list_changes(&stored, args, window, changes);
	if (args[ARG_ENTRANCES].isnull)
		n_entrances = count_allowed_entrances(&stored.row);
	if (n > 0 || !args[ARG_ENTRANCES].isnull)
		check_update(&stored, args[ARG_CODE], window, n_entrances);
	if ((!args[ARG_ENTRANCES].isnull && set_allowed_entrances(&stored.row, entrances, n_entrances)) || n > 0)
		change_with_copies(&stored, changes, n);
	return close_with_credential(&stored);
}

/*
 * acs_credentials_regenerate_code(acs_credential_id uuid) returns acs_credential
 *		Another generated code, and nothing else changes.
 */
PG_FUNCTION_INFO_V1(acs_credentials_regenerate_code);
Datum
acs_credentials_regenerate_code(PG_FUNCTION_ARGS)
{
	StoredCredential stored;
	Change		new_code = {CREDENTIAL_CODE};
	LOCKTAG		turn;

	store_open_for_writing(fcinfo);
	stored = find_original(fcinfo->args[0]);
	if (stored.method != METHOD_CODE)
		raise_rule(RULE_ACCESS_METHOD_NOT_SUPPORTED, "Only the code of a code credential can be generated.");
	check_update(&stored, NO_DATUM, stored.window, count_allowed_entrances(&stored.row));
	new_code.value = DATUM(generate_code(&stored.holder, row_datum(&stored.row, CREDENTIAL_ACCESS_METHOD),
										 credential_effective_window(&stored.row), &turn));
	change_credential(&stored.row, &new_code, 1, &turn);
	return close_with_credential(&stored);
}
