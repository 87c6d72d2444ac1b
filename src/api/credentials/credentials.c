/*
 * credentials.c
 *		/acs/credentials/...
 */
#include "postgres.h"

#include "catalog/pg_type_d.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/timestamp.h"

#include "api/credential_object.h"
#include "api/credentials/allowed_entrances.h"
#include "api/credentials/generate.h"
#include "api/credentials/limits.h"
#include "api/credentials/metadata.h"
#include "api/holder.h"
#include "api/references.h"
#include "api/rows.h"
#include "api/types.h"
#include "credentials.h"
#include "errors.h"
#include "ids.h"
#include "store/credential_write.h"
#include "store/schedules.h"
#include "store/subtransaction.h"
#include "store/values.h"

/* Arguments of acs_credentials_create(), in order. */
enum CreateArgs
{
	ARG_USER,
	ARG_METHOD,
	ARG_CODE,
	ARG_STARTS_AT,
	ARG_ENDS_AT,
	ARG_ENTRANCES,
	ARG_MULTI_PHONE_SYNC,
	ARG_MANAGER,
	ARG_IDENTITY,
	ARG_SYSTEM,
	ARG_METADATA,
	ARG_SCHEDULE = ARG_METADATA + N_METADATA_KEYS,
	ARG_MAX_USES,
	ARG_REFERENCE,
	N_CREATE_ARGS
};

/* A credential to be stored: the request, and the values behind it. */
typedef struct NewCredential
{
	CredentialRequest request;
	NullableDatum access_method;
	NullableDatum code;
	Datum	   *entrances;		/* as many as the request says */
	unsigned	methods_taken;	/* by any of them; a bit each */
	NullableDatum manager;
	const NullableDatum *metadata_args;
	NullableDatum metadata;
	NullableDatum schedule;
	NullableDatum max_uses;
	NullableDatum reference;
} NewCredential;

/* ---------- create ---------- */

static void
read_code(NewCredential *new, NullableDatum code)
{
	struct varlena *digits;

	new->code = code;
	if (code.isnull)
		return;
	digits = DatumGetCodePP(code.value);
	new->request.code = CODE_DIGITS(digits);
	new->request.code_length = CODE_LENGTH(digits);
}

static void
read_create_args(FunctionCallInfo fcinfo, NewCredential *new)
{
	CredentialRequest *request = &new->request;

	if (PG_ARGISNULL(ARG_METHOD))
		raise_rule(RULE_ACCESS_METHOD_REQUIRED, NULL);
	new->access_method = fcinfo->args[ARG_METHOD];
	request->method = access_method_from_datum(new->access_method.value);
	read_code(new, fcinfo->args[ARG_CODE]);
	request->window = window_from_args(fcinfo, ARG_STARTS_AT);
	request->now = GetCurrentTimestamp();
	new->metadata_args = &fcinfo->args[ARG_METADATA];
	new->metadata = NO_DATUM;
	metadata_note_keys(new->metadata_args, request);
	new->entrances = entrances_from_arg(metadata_entrances(new->metadata_args, fcinfo->args[ARG_ENTRANCES]),
										&request->n_entrances);
	request->is_multi_phone_sync = !PG_ARGISNULL(ARG_MULTI_PHONE_SYNC) &&
		PG_GETARG_BOOL(ARG_MULTI_PHONE_SYNC);
	new->manager = fcinfo->args[ARG_MANAGER];
	new->schedule = schedule_to_store(fcinfo->args[ARG_SCHEDULE], ALL_HOURS);
	new->max_uses = max_uses_from_arg(fcinfo->args[ARG_MAX_USES]);
	new->reference = fcinfo->args[ARG_REFERENCE];
}

/* Refuse what the type does not allow, and what does not exist. */
static void
check_new(NewCredential *new, const Holder *holder)
{
	Rule		broken = policy_first_broken_rule(&holder->policy, &new->request);

	if (broken != RULE_NONE)
		raise_policy_rule(broken, holder);
	/* it may lock the user, who goes before entrances */
	require_room(holder, new->request.method);
	if (new->request.n_entrances > 0)
		new->methods_taken = require_entrances(new->entrances, new->request.n_entrances, holder->acs_system_id);
	if (new->manager.isnull && new->request.method == METHOD_MOBILE_KEY)
		new->manager = holder->default_manager;
	if (!new->manager.isnull)
		require_credential_manager(new->manager.value);
	if (new->request.n_metadata_keys > 0)
		new->metadata = metadata_normalized(new->metadata_args, holder->acs_system_id);
}

/* Only a card that an encoder has to write can be "not issued". */
static NullableDatum
initially_issued(const NewCredential *new, const Holder *holder)
{
	return DATUM_IF(new->request.method == METHOD_CARD && holder->encodes_cards,
					BoolGetDatum(false));
}

static Datum
no_disable_reasons(void)
{
	return PointerGetDatum(construct_empty_array(store_type("acs_disable_reason")));
}

/* All columns of the new row; those that follow from others are not set yet. */
static void
new_columns(const NewCredential *new, const Holder *holder, NullableDatum *columns)
{
	const NullableDatum values[N_CREDENTIAL_COLUMNS] = {
		[WORKSPACE] = DATUM(UUIDPGetDatum(session_workspace())),
		[CREDENTIAL_ID] = DATUM(UUIDPGetDatum(new_uuid())),
		[CREDENTIAL_SYSTEM] = DATUM(holder->acs_system_id),
		[CREDENTIAL_USER] = holder->acs_user_id,
		[CREDENTIAL_ACCESS_METHOD] = new->access_method,
		[CREDENTIAL_CODE] = new->code,
		[CREDENTIAL_CARD_NUMBER] = NO_DATUM,
		[CREDENTIAL_STARTS_AT] = window_start_datum(new->request.window),
		[CREDENTIAL_ENDS_AT] = window_end_datum(new->request.window),
		[CREDENTIAL_IS_MULTI_PHONE_SYNC] = DATUM(BoolGetDatum(new->request.is_multi_phone_sync)),
		[CREDENTIAL_PARENT] = NO_DATUM,
		[CREDENTIAL_PHONE] = NO_DATUM,
		[CREDENTIAL_MANAGER] = new->manager,
		[CREDENTIAL_SCHEDULE] = new->schedule,
		[CREDENTIAL_MAX_USES] = new->max_uses,
		[CREDENTIAL_USES] = DATUM(Int32GetDatum(0)),
		[CREDENTIAL_USED_UP_AT] = NO_DATUM,
		[CREDENTIAL_REFERENCE] = new->reference,
		[CREDENTIAL_IS_ISSUED] = initially_issued(new, holder),
		[CREDENTIAL_ISSUED_AT] = NO_DATUM,
		[CREDENTIAL_NEEDS_REISSUE_AT] = NO_DATUM,
		[CREDENTIAL_DISABLE_REASONS] = DATUM(no_disable_reasons()),
		[CREDENTIAL_METADATA] = new->metadata,
		[CREDENTIAL_CREATED_AT] = DATUM(TimestampTzGetDatum(new->request.now)),
	};

	memcpy(columns, values, sizeof(values));
}

/* The API object, of what is at hand. */
static Datum
object_of_new(const NewCredential *new, const Holder *holder, const Row *row)
{
	CredentialValues values = credential_values(row, &holder->type);
	size_t		n = new->request.n_entrances;

	values.user_identity_id = holder->user_identity_id;
	values.allowed_acs_entrance_ids = ids_value(new->entrances, n);
	values.any_entrance_takes_it = DATUM_IF(n > 0, BoolGetDatum(new->methods_taken & (1u << new->request.method)));
	return credential_object(&values);
}

/* Store the credential and its entrances; returns the API object. */
static Datum
store_new(NewCredential *new, const Holder *holder)
{
	bool		generate = new->request.method == METHOD_CODE && new->code.isnull;
	Window		window = new->request.window;
	NullableDatum columns[N_CREDENTIAL_COLUMNS];
	LOCKTAG		turn;
	Row			row;

	window.starts_at = Max(window.starts_at, new->request.now);
	if (generate)
		read_code(new, DATUM(generate_code(holder, new->access_method.value, window, &turn)));
	new_columns(new, holder, columns);
	credential_insert(columns, generate ? &turn : NULL, &row);
	add_allowed_entrances(&row, new->entrances, new->request.n_entrances);
	return object_of_new(new, holder, &row);
}

/*
 * acs_credentials_create_offline_code(acs_user_id uuid, allowed_acs_entrance_id uuid,
 *		is_one_time_use boolean, starts_at timestamptz, ends_at timestamptz)
 *		returns acs_credential
 */
PG_FUNCTION_INFO_V1(acs_credentials_create_offline_code);
Datum
acs_credentials_create_offline_code(PG_FUNCTION_ARGS)
{
	NewCredential new = {.code = NO_DATUM,.manager = NO_DATUM,.metadata = NO_DATUM,.schedule = NO_DATUM,
	.reference = NO_DATUM};
	Holder		holder;

	store_open_for_writing(fcinfo);
	if (PG_ARGISNULL(1))
		raise_rule(RULE_ENTRANCE_REQUIRED, NULL);
	new.access_method = DATUM(enum_datum(&access_methods, METHOD_CODE));
	new.entrances = &fcinfo->args[1].value;
	new.max_uses = DATUM_IF(!PG_ARGISNULL(2) && PG_GETARG_BOOL(2), Int32GetDatum(1));
	new.request.method = METHOD_CODE;
	new.request.window = window_from_args(fcinfo, 3);
	new.request.now = GetCurrentTimestamp();
	new.request.n_entrances = 1;
	holder = find_holder(fcinfo->args[0], NO_DATUM, NO_DATUM);
	check_new(&new, &holder);
	return store_close_with(store_new(&new, &holder));
}

static Datum
create_credential(FunctionCallInfo fcinfo)
{
	NewCredential new = {0};
	Holder		holder;

	store_open_for_writing(fcinfo);
	read_create_args(fcinfo, &new);
	holder = find_holder(fcinfo->args[ARG_USER], fcinfo->args[ARG_IDENTITY],
						 fcinfo->args[ARG_SYSTEM]);
	check_new(&new, &holder);
	return store_close_with(store_new(&new, &holder));
}

/* acs_credentials_create(...) returns acs_credential */
PG_FUNCTION_INFO_V1(acs_credentials_create);
Datum
acs_credentials_create(PG_FUNCTION_ARGS)
{
	return create_credential(fcinfo);
}

/* ---------- try ---------- */

/* Columns of acs_credential_result. */
enum ResultColumns
{
	RESULT_CREDENTIAL,
	RESULT_SQLSTATE,
	RESULT_RULE,
	RESULT_MESSAGE,
	RESULT_DETAIL,
	N_RESULT_COLUMNS
};

typedef struct CreateAttempt
{
	FunctionCallInfo fcinfo;
	Datum		credential;
} CreateAttempt;

static bool
attempt_to_create(void *arg)
{
	CreateAttempt *attempt = arg;
	NullableDatum *code = &attempt->fcinfo->args[ARG_CODE];

	if (!code->isnull)
		code->value = code_from_text(code->value);
	attempt->credential = create_credential(attempt->fcinfo);
	return true;
}

static NullableDatum
text_or_null(const char *string)
{
	return string == NULL ? NO_DATUM : DATUM(CStringGetTextDatum(string));
}

static bool
is_result(const ErrorData *error)
{
	return is_rule(error) || is_malformed_code(error);
}

/*
 * acs_credentials_try_create(as acs_credentials_create, but code text) returns acs_credential_result
 *
 * Only a broken rule is a result: what is wrong with the transaction, or with the
 * server, would be wrong with the next row as well.  The code is text, as a cast of
 * the caller's would be an error before this is called.
 */
PG_FUNCTION_INFO_V1(acs_credentials_try_create);
Datum
acs_credentials_try_create(PG_FUNCTION_ARGS)
{
	LOCAL_FCINFO(call, N_CREATE_ARGS);
	CreateAttempt attempt = {call};
	ErrorData  *error;
	NullableDatum result[N_RESULT_COLUMNS];

	memcpy(call, fcinfo, SizeForFunctionCallInfo(N_CREATE_ARGS));
	error = run_in_subtransaction(attempt_to_create, &attempt);
	if (error != NULL && !is_result(error))
		ReThrowError(error);
	result[RESULT_CREDENTIAL] = DATUM_IF(error == NULL, attempt.credential);
	result[RESULT_SQLSTATE] = text_or_null(error ? unpack_sql_state(error->sqlerrcode) : NULL);
	result[RESULT_RULE] = text_or_null(error ? error->constraint_name : NULL);
	result[RESULT_MESSAGE] = text_or_null(error ? error->message : NULL);
	result[RESULT_DETAIL] = text_or_null(error ? error->detail : NULL);
	return row_of_type(get_func_rettype(fcinfo->flinfo->fn_oid), result, N_RESULT_COLUMNS);
}

/* ---------- get, list, delete ---------- */

/* acs_credentials_get(acs_credential_id uuid) returns acs_credential */
PG_FUNCTION_INFO_V1(acs_credentials_get);
Datum
acs_credentials_get(PG_FUNCTION_ARGS)
{
	Row			credential;
	Row			system;
	Row			type;

	store_open(fcinfo);
	get_row(CREDENTIAL_BY_ID, fcinfo->args[0], CALLERS_SIGHT, RULE_ACS_CREDENTIAL_NOT_FOUND, &credential);
	find_system(row_datum(&credential, CREDENTIAL_SYSTEM), CALLERS_SIGHT, &system, &type);
	return store_close_with(credential_object_of(&credential, &type, CALLERS_SIGHT));
}

/* acs_credentials_list(...) returns setof acs_credential */
PG_FUNCTION_INFO_V1(acs_credentials_list);
Datum
acs_credentials_list(PG_FUNCTION_ARGS)
{
	require_page(fcinfo->args[6]);
	store_open(fcinfo);
	return_credential_objects(fcinfo, statement_run(STMT_CREDENTIAL_LIST, fcinfo->args));
	store_close();
	return (Datum) 0;
}

/*
 * acs_credentials_list_accessible_entrances(acs_credential_id uuid)
 *		returns setof acs_entrances
 */
PG_FUNCTION_INFO_V1(acs_credentials_list_accessible_entrances);
Datum
acs_credentials_list_accessible_entrances(PG_FUNCTION_ARGS)
{
	return read_set_of(fcinfo, CREDENTIAL_BY_ID, RULE_ACS_CREDENTIAL_NOT_FOUND, STMT_CREDENTIAL_ENTRANCES);
}

/* acs_credentials_delete(acs_credential_id uuid) returns void */
PG_FUNCTION_INFO_V1(acs_credentials_delete);
Datum
acs_credentials_delete(PG_FUNCTION_ARGS)
{
	Row			credential;

	store_open_for_writing(fcinfo);
	get_row(CREDENTIAL_BY_ID, fcinfo->args[0], FRESH_SIGHT, RULE_ACS_CREDENTIAL_NOT_FOUND, &credential);
	if (!delete_row(&credential))
		raise_not_found(RULE_ACS_CREDENTIAL_NOT_FOUND, fcinfo->args[0]);
	store_close();
	PG_RETURN_VOID();
}

/* acs_credentials_overlaps() returns setof record */
PG_FUNCTION_INFO_V1(acs_credentials_overlaps);
Datum
acs_credentials_overlaps(PG_FUNCTION_ARGS)
{
	return read_set(fcinfo, STMT_CREDENTIALS_OVERLAPS);
}
