/*
 * access.c
 *		acs_access_check() and acs_access_request(): may this open that door?
 *
 * What is asked of the tables is one statement, what follows from the answer
 * is src/domain/decision.c.  A check reads with the caller's snapshot.  A
 * request is made for a door that opens now, so it reads what is committed by
 * now, whatever the isolation level, and, before it grants, locks the
 * credential and looks again: of a revocation and a request, either the
 * request sees the revocation, or the revocation waits for the request.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_type_d.h"
#include "funcapi.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/timestamp.h"
#include "utils/uuid.h"

#include "api/rows.h"
#include "api/values.h"
#include "credentials.h"
#include "domain/decision.h"
#include "errors.h"
#include "store/details.h"
#include "store/events.h"

/* Arguments of both functions, in order. */
enum AccessArgs
{
	ARG_ENTRANCE,
	ARG_METHOD,
	ARG_CODE,
	ARG_CARD_NUMBER,
	ARG_CREDENTIAL,
	ARG_AT
};

/* Columns of STMT_ACCESS_BY_... */
enum FactColumns
{
	COL_SUPPORTS_METHOD = 1,
	COL_SYSTEM_ID,
	COL_FAILED_ATTEMPTS,
	COL_LOCKED_UNTIL,
	COL_CREDENTIAL_ID,
	COL_USER_ID,
	COL_DISPLAY_NAME,
	COL_STARTS_AT,
	COL_ENDS_AT,
	COL_IS_ONE_TIME_USE,
	COL_USED_AT,
	COL_IS_ISSUED,
	COL_IS_DISABLED,
	COL_IS_SUSPENDED,
	COL_ACCESS_STARTS_AT,
	COL_ACCESS_ENDS_AT,
	COL_ENTRANCE_IS_ALLOWED
};

/* Columns of acs_access_decision. */
enum DecisionColumns
{
	OUT_GRANTED,
	OUT_REASON,
	OUT_REASONS,
	OUT_CREDENTIAL_ID,
	OUT_USER_ID,
	OUT_ENTRANCE_ID,
	OUT_DECIDED_AT,
	N_DECISION_COLUMNS
};

/* Who presents what, where. */
typedef struct Attempt
{
	NullableDatum entrance;
	NullableDatum access_method;
	AccessMethod method;
	StatementId statement;		/* how to find what is presented */
	NullableDatum presented;
} Attempt;

/* What follows, and from what. */
typedef struct Decision
{
	Instant		at;
	Rows		facts;
	bool		locked_out;
	DenialReasons reasons;
} Decision;

static const char *const denial_labels[DENIAL_REASON_COUNT] = {
	[DENIED_UNKNOWN_CREDENTIAL] = "unknown_credential",
	[DENIED_TOO_MANY_ATTEMPTS] = "too_many_attempts",
	[DENIED_UNASSIGNED] = "unassigned",
	[DENIED_USER_SUSPENDED] = "user_suspended",
	[DENIED_DISABLED] = "disabled",
	[DENIED_USED_UP] = "used_up",
	[DENIED_NOT_ISSUED] = "not_issued",
	[DENIED_NOT_YET_VALID] = "not_yet_valid",
	[DENIED_EXPIRED] = "expired",
	[DENIED_OUTSIDE_USER_SCHEDULE] = "outside_user_schedule",
	[DENIED_METHOD_NOT_SUPPORTED] = "method_not_supported",
	[DENIED_ENTRANCE_NOT_ALLOWED] = "entrance_not_allowed",
};

/* ---------- what is presented ---------- */

/* A mobile key is presented by its id, a card by its number or else its code. */
static Attempt
read_attempt(FunctionCallInfo fcinfo)
{
	Attempt		attempt = {.entrance = fcinfo->args[ARG_ENTRANCE],.access_method = fcinfo->args[ARG_METHOD]};

	if (attempt.access_method.isnull)
		raise_rule(RULE_ACCESS_METHOD_REQUIRED, NULL);
	attempt.method = access_method_from_datum(attempt.access_method.value);
	if (attempt.method == METHOD_MOBILE_KEY)
	{
		attempt.statement = STMT_ACCESS_BY_ID;
		attempt.presented = fcinfo->args[ARG_CREDENTIAL];
	}
	else if (attempt.method == METHOD_CARD && !PG_ARGISNULL(ARG_CARD_NUMBER))
	{
		attempt.statement = STMT_ACCESS_BY_CARD_NUMBER;
		attempt.presented = fcinfo->args[ARG_CARD_NUMBER];
	}
	else
	{
		attempt.statement = STMT_ACCESS_BY_CODE;
		attempt.presented = fcinfo->args[ARG_CODE];
	}
	return attempt;
}

/* ---------- the decision ---------- */

static bool
fact_is_true(Rows facts, int column)
{
	NullableDatum value = row_get(facts, 0, column);

	return !value.isnull && DatumGetBool(value.value);
}

static bool
fact_is_false(Rows facts, int column)
{
	NullableDatum value = row_get(facts, 0, column);

	return !value.isnull && !DatumGetBool(value.value);
}

static WindowState
fact_window(Rows facts, int starts_at, int ends_at, Instant at)
{
	return window_state(window_from_datums(row_get(facts, 0, starts_at), row_get(facts, 0, ends_at)), at);
}

static bool
entrance_is_locked(Rows facts, Instant at)
{
	NullableDatum until = row_get(facts, 0, COL_LOCKED_UNTIL);

	return setting_lockout_attempts > 0 && !until.isnull && at < DatumGetTimestampTz(until.value);
}

static AccessFacts
read_facts(Rows rows, AccessMethod method, Instant at)
{
	AccessFacts facts = {.method = method};

	facts.entrance_supports_method = fact_is_true(rows, COL_SUPPORTS_METHOD);
	facts.locked_out = entrance_is_locked(rows, at);
	facts.is_known = !row_get(rows, 0, COL_CREDENTIAL_ID).isnull;
	facts.is_assigned = !row_get(rows, 0, COL_USER_ID).isnull;
	facts.is_disabled = fact_is_true(rows, COL_IS_DISABLED);
	facts.is_used_up = fact_is_true(rows, COL_IS_ONE_TIME_USE) && !row_get(rows, 0, COL_USED_AT).isnull;
	facts.awaits_issue = fact_is_false(rows, COL_IS_ISSUED);
	facts.window = fact_window(rows, COL_STARTS_AT, COL_ENDS_AT, at);
	facts.entrance_is_allowed = fact_is_true(rows, COL_ENTRANCE_IS_ALLOWED);
	facts.user_is_suspended = fact_is_true(rows, COL_IS_SUSPENDED);
	facts.schedule = fact_window(rows, COL_ACCESS_STARTS_AT, COL_ACCESS_ENDS_AT, at);
	return facts;
}

static Decision
decide_at(const Attempt *attempt, Instant at, RunStatement run)
{
	Decision	decision = {.at = at};
	AccessFacts facts;

	decision.facts = run(attempt->statement, (NullableDatum[])
	{
		attempt->entrance, attempt->access_method, attempt->presented,
		DATUM(TimestampTzGetDatum(at))
	});
	require_row(decision.facts, RULE_ACS_ENTRANCE_NOT_FOUND, attempt->entrance);
	facts = read_facts(decision.facts, attempt->method, at);
	decision.locked_out = facts.locked_out;
	decision.reasons = decide(&facts);
	return decision;
}

/* ---------- the result ---------- */

/* Labels of a set of reasons, in order; how many there are. */
static int
reason_labels(DenialReasons reasons, const char **labels)
{
	int			n = 0;

	for (int reason = 0; reason < DENIAL_REASON_COUNT; reason++)
	{
		if (reasons & DENIAL(reason))
			labels[n++] = denial_labels[reason];
	}
	return n;
}

/* The same as values of the enum; the first is the reason. */
static Datum
reasons_array(DenialReasons reasons, Oid enum_type, NullableDatum *first)
{
	const char *labels[DENIAL_REASON_COUNT];
	Datum		values[DENIAL_REASON_COUNT];
	int			n = reason_labels(reasons, labels);

	for (int i = 0; i < n; i++)
		values[i] = ObjectIdGetDatum(enum_value(enum_type, labels[i]));
	*first = n > 0 ? DATUM(values[0]) : NO_DATUM;
	return PointerGetDatum(construct_array(values, n, enum_type, sizeof(Oid), true, TYPALIGN_INT));
}

static Datum
decision_datum(FunctionCallInfo fcinfo, const Decision *decision)
{
	TupleDesc	tupdesc;
	NullableDatum columns[N_DECISION_COLUMNS];
	Datum		values[N_DECISION_COLUMNS];
	bool		nulls[N_DECISION_COLUMNS];

	if (get_call_result_type(fcinfo, NULL, &tupdesc) != TYPEFUNC_COMPOSITE ||
		tupdesc->natts != N_DECISION_COLUMNS)
		elog(ERROR, "acs_access_decision is not what this version of the library knows");

	columns[OUT_GRANTED] = DATUM(BoolGetDatum(decision->reasons == GRANTED));
	columns[OUT_REASONS] = DATUM(reasons_array(decision->reasons,
											   TupleDescAttr(tupdesc, OUT_REASON)->atttypid,
											   &columns[OUT_REASON]));
	columns[OUT_CREDENTIAL_ID] = row_get(decision->facts, 0, COL_CREDENTIAL_ID);
	columns[OUT_USER_ID] = row_get(decision->facts, 0, COL_USER_ID);
	columns[OUT_ENTRANCE_ID] = fcinfo->args[ARG_ENTRANCE];
	columns[OUT_DECIDED_AT] = DATUM(TimestampTzGetDatum(decision->at));
	for (int i = 0; i < N_DECISION_COLUMNS; i++)
	{
		values[i] = columns[i].value;
		nulls[i] = columns[i].isnull;
	}
	return HeapTupleGetDatum(heap_form_tuple(tupdesc, values, nulls));
}

/* acs_access_check(...) returns acs_access_decision */
PG_FUNCTION_INFO_V1(acs_access_check);
Datum
acs_access_check(PG_FUNCTION_ARGS)
{
	Attempt		attempt = read_attempt(fcinfo);
	Instant		at = PG_ARGISNULL(ARG_AT) ? GetCurrentTimestamp() : PG_GETARG_TIMESTAMPTZ(ARG_AT);
	Decision	decision;

	store_open(fcinfo);
	decision = decide_at(&attempt, at, statement_run);
	return store_close_with(decision_datum(fcinfo, &decision));
}

/* ---------- the door's call ---------- */

#define MAX_LOCK_TRIES 10

/*
 * Decide at the clock.  What would be refused is refused; what would be granted
 * is locked and decided again, unless by then the code belongs to another
 * credential, which then has to be locked first.
 */
static Decision
decide_and_lock(const Attempt *attempt)
{
	NullableDatum locked = NO_DATUM;

	for (int i = 0; i < MAX_LOCK_TRIES; i++)
	{
		Decision	decision = decide_at(attempt, GetCurrentTimestamp(), statement_run_at_latest);
		NullableDatum credential = row_get(decision.facts, 0, COL_CREDENTIAL_ID);

		if (decision.reasons != GRANTED || is_same_id(credential, locked))
			return decision;
		statement_run_at_latest(STMT_CREDENTIAL_LOCK, &credential);
		locked = credential;
	}
	ereport(ERROR,
			(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
			 errmsg("could not decide about access due to concurrent changes"),
			 errhint("The request might succeed if retried.")));
}

/* Count an unknown code, unless the entrance refuses codes anyway. */
static void
count_attempt(const Attempt *attempt, const Decision *decision)
{
	TimestampTz until = decision->at + setting_lockout_duration * USECS_PER_SEC;

	if (setting_lockout_attempts == 0 || decision->locked_out ||
		attempt->method != METHOD_CODE || attempt->presented.isnull)
		return;
	statement_run_at_latest(STMT_LOCKOUT_COUNT, (NullableDatum[])
	{
		attempt->entrance,
		DATUM(Int32GetDatum(setting_lockout_attempts)),
		DATUM(TimestampTzGetDatum(until))
	});
}

/* What a grant changes: a one-time credential is spent, wrong codes forgotten. */
static void
record_grant(const Attempt *attempt, const Decision *decision)
{
	if (fact_is_true(decision->facts, COL_IS_ONE_TIME_USE))
		statement_run_at_latest(STMT_CREDENTIAL_SPEND, (NullableDatum[])
		{
			row_get(decision->facts, 0, COL_CREDENTIAL_ID),
			DATUM(TimestampTzGetDatum(decision->at))
		});
	if (attempt->method == METHOD_CODE && !row_get(decision->facts, 0, COL_FAILED_ATTEMPTS).isnull)
		statement_run_at_latest(STMT_LOCKOUT_RESET, &attempt->entrance);
}

/* The code of an unknown credential is not told; of a known one, its mask. */
static void
write_access_event(const Attempt *attempt, const Decision *decision)
{
	StringInfoData details;
	NullableDatum name = row_get(decision->facts, 0, COL_DISPLAY_NAME);
	const char *reasons[DENIAL_REASON_COUNT];
	int			n_reasons = reason_labels(decision->reasons, reasons);

	details_begin(&details);
	details_text(&details, "access_method", access_method_labels[attempt->method]);
	details_text(&details, "display_name", name.isnull ? NULL : TextDatumGetCString(name.value));
	if (n_reasons > 0)
	{
		details_text(&details, "reason", reasons[0]);
		details_texts(&details, "reasons", reasons, n_reasons);
	}
	event_write(session_workspace(),
				decision->reasons == GRANTED ? "acs_entrance.access_granted" : "acs_entrance.access_denied",
				row_get(decision->facts, 0, COL_SYSTEM_ID),
				row_get(decision->facts, 0, COL_USER_ID),
				row_get(decision->facts, 0, COL_CREDENTIAL_ID),
				attempt->entrance,
				DATUM(details_end(&details)));
}

/* acs_access_request(...) returns acs_access_decision */
PG_FUNCTION_INFO_V1(acs_access_request);
Datum
acs_access_request(PG_FUNCTION_ARGS)
{
	Attempt		attempt = read_attempt(fcinfo);
	Decision	decision;

	store_open_for_writing(fcinfo);
	decision = decide_and_lock(&attempt);
	if (decision.reasons == GRANTED)
		record_grant(&attempt, &decision);
	else if (decision.reasons & DENIAL(DENIED_UNKNOWN_CREDENTIAL))
		count_attempt(&attempt, &decision);
	write_access_event(&attempt, &decision);
	return store_close_with(decision_datum(fcinfo, &decision));
}
