/*
 * access.c
 *		acs_access_check() and acs_access_request(): may this open that door?
 *
 * What is asked of the tables are a few rows by key, what follows from them is
 * src/domain/decision.c.  A check reads with the caller's snapshot.  A request
 * is made for a door that opens now, so it reads what is committed by now,
 * whatever the isolation level, and, before it grants, locks the credential as
 * it was read, or else decides again: of a revocation and a request, either the
 * request sees the revocation, or the revocation waits for the request.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_type_d.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"
#include "utils/uuid.h"

#include "api/access/rights.h"
#include "api/rows.h"
#include "credentials.h"
#include "errors.h"
#include "ids.h"
#include "store/details.h"
#include "store/events.h"
#include "store/identifier.h"
#include "store/lockouts.h"
#include "store/overlap.h"
#include "store/system_types.h"
#include "store/values.h"

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
	OUT_UNTIL,
	N_DECISION_COLUMNS
};

/* Who presents what, where. */
typedef struct Attempt
{
	NullableDatum entrance;
	Datum		access_method;
	AccessMethod method;
	NullableDatum presented;	/* what was typed or read; an id, if it is a mobile key */
	NullableDatum credential;	/* who it is said to be */
} Attempt;

/* What follows, and from what. */
typedef struct Decision
{
	Instant		at;
	Place		place;
	bool		has_lockout;
	Row			lockout;
	NullableDatum identifier;	/* of a code or card; null: nobody has it */
	bool		is_found;		/* whoever it is */
	bool		is_known;
	Presented	presented;		/* if it is found; else its rights are those of nobody */
	AccessFacts facts;
	DenialReasons reasons;
	Instant		until;			/* or NEVER_ENDS, if that is not known */
} Decision;

static OwnEnum denial_reasons = {
	"acs_denial_reason", {
		[DENIED_UNKNOWN_CREDENTIAL] = "unknown_credential",
		[DENIED_TOO_MANY_ATTEMPTS] = "too_many_attempts",
		[DENIED_ENTRANCE_LOCKED] = "entrance_locked",
		[DENIED_UNASSIGNED] = "unassigned",
		[DENIED_USER_SUSPENDED] = "user_suspended",
		[DENIED_DISABLED] = "disabled",
		[DENIED_USED_UP] = "used_up",
		[DENIED_NOT_ISSUED] = "not_issued",
		[DENIED_NOT_YET_VALID] = "not_yet_valid",
		[DENIED_EXPIRED] = "expired",
		[DENIED_OUTSIDE_USER_SCHEDULE] = "outside_user_schedule",
		[DENIED_OUTSIDE_SCHEDULE] = "outside_schedule",
		[DENIED_METHOD_NOT_SUPPORTED] = "method_not_supported",
		[DENIED_ENTRANCE_NOT_ALLOWED] = "entrance_not_allowed",
	}
};

/* ---------- what is presented ---------- */

/* A mobile key is presented by its id, a card by its number or else its code. */
static Attempt
read_attempt(FunctionCallInfo fcinfo)
{
	Attempt		attempt = {.entrance = fcinfo->args[ARG_ENTRANCE]};

	if (PG_ARGISNULL(ARG_METHOD))
		raise_rule(RULE_ACCESS_METHOD_REQUIRED, NULL);
	attempt.access_method = PG_GETARG_DATUM(ARG_METHOD);
	attempt.method = access_method_from_datum(attempt.access_method);
	attempt.credential = fcinfo->args[ARG_CREDENTIAL];
	if (attempt.method == METHOD_MOBILE_KEY)
		attempt.presented = fcinfo->args[ARG_CREDENTIAL];
	else if (attempt.method == METHOD_CARD && !PG_ARGISNULL(ARG_CARD_NUMBER))
		attempt.presented = fcinfo->args[ARG_CARD_NUMBER];
	else
		attempt.presented = fcinfo->args[ARG_CODE];
	return attempt;
}

/* ---------- the facts ---------- */

/* How the number of a card is compared, its system's type says. */
static NullableDatum
identifier_presented(const Attempt *attempt, Sight sight, Datum acs_system_id)
{
	CardNumberFormat format = CARD_NUMBER_ANY;

	if (attempt->method == METHOD_CARD && !attempt->presented.isnull)
		format = system_card_number_format(session_workspace(), acs_system_id, sight);
	return presented_identifier(attempt->method, format, attempt->presented);
}

/* Of a code or card that somebody could have. */
static Identifier
identity_of(const Attempt *attempt, const Decision *decision)
{
	return (Identifier)
	{
		row_datum(&decision->place.entrance, ENTRANCE_SYSTEM), attempt->access_method, decision->identifier.value
	};
}

static bool
find_credential_of(const Attempt *attempt, Sight sight, Decision *decision)
{
	const Row  *entrance = &decision->place.entrance;
	Row		   *credential = &decision->presented.credential;
	Identifier	identity;

	if (attempt->method == METHOD_MOBILE_KEY)
		return !attempt->presented.isnull && find_mobile_key(attempt->presented.value, sight, entrance, credential);
	decision->identifier = identifier_presented(attempt, sight, row_datum(entrance, ENTRANCE_SYSTEM));
	identity = identity_of(attempt, decision);
	return !decision->identifier.isnull && find_presented(&identity, decision->at, sight, credential);
}

/* Whoever is named beside a code or card must be the one that is found. */
static bool
is_meant(const Attempt *attempt, const Row *credential)
{
	return attempt->credential.isnull || is_same_id(attempt->credential, credential->columns[CREDENTIAL_ID]);
}

/* Only codes are locked out. */
static void
read_lockout(const Attempt *attempt, Sight sight, Decision *decision)
{
	decision->has_lockout = attempt->method == METHOD_CODE &&
		find_row(LOCKOUT_BY_ID, &attempt->entrance.value, sight, &decision->lockout);
	decision->facts.locked_out = decision->has_lockout && lockout_holds(&decision->lockout, decision->at);
}

/* ---------- the decision ---------- */

static AccessFacts
facts_of_entrance(const Attempt *attempt, const Row *entrance)
{
	return (AccessFacts)
	{
		.method = attempt->method,
		.entrance_supports_method = row_is_true(entrance, ENTRANCE_TAKES_CODE + attempt->method),
	};
}

/* Of what opens nothing, a copy is nothing. */
static void
read_presented(const Attempt *attempt, const Place *place, Instant at, Sight sight,
			   Presented *presented, AccessFacts *facts)
{
	*facts = facts_of_entrance(attempt, &place->entrance);
	facts->is_known = is_meant(attempt, &presented->credential) && find_parent(sight, &place->entrance, presented);
	if (facts->is_known)
		read_rights(place, sight, presented, facts);
	else
		read_rights_of_nobody(place, sight, &presented->rights);
	rights_at(&presented->rights, at, facts);
}

/* How far is looked ahead: in time, and in others who will have what is presented. */
#define MAX_UNTIL	(366 * USECS_PER_DAY)
#define MAX_NEXT	100

/* Within a while, itself included. */
static Instant
horizon_of(Instant at)
{
	return at < END_TIMESTAMP - MAX_UNTIL ? at + MAX_UNTIL + 1 : END_TIMESTAMP;
}

/* What else the identifier will be known as before the horizon. */
static bool
find_next(const Attempt *attempt, const Decision *decision, Instant after, Instant horizon, Sight sight,
		  Presented *next)
{
	Identifier	identity = identity_of(attempt, decision);

	return attempt->method != METHOD_MOBILE_KEY &&
		find_presented_next(&identity, after, sight, &next->credential) &&
		DatumGetTimestampTz(row_datum(&next->credential, CREDENTIAL_VALID_FROM)) < horizon;
}

/*
 * The first instant at which it is decided otherwise: by the credential that is meant now, or
 * by a later one of the same identifier, each until the next begins.  Whom an unlocked door
 * lets in does not matter.
 */
static Instant
changed_at(const Attempt *attempt, const Decision *decision, bool looks_ahead, Instant horizon, Sight sight)
{
	const Place *place = &decision->place;
	bool		opens = decision->reasons == GRANTED;
	Presented	current = decision->presented;
	AccessFacts facts = decision->facts;
	Instant		from = decision->at;

	for (int i = 0; i < MAX_NEXT; i++)
	{
		Presented	next;
		bool		has_next = looks_ahead && find_next(attempt, decision, from, horizon, sight, &next);
		Instant		end = has_next ? DatumGetTimestampTz(row_datum(&next.credential, CREDENTIAL_VALID_FROM)) : horizon;
		Instant		change = rights_change(&current.rights, &facts, from, end);

		CHECK_FOR_INTERRUPTS();
		if (change < end || !has_next)
			return change;
		current = next;
		from = end;
		read_presented(attempt, place, from, sight, &current, &facts);
		if ((decide(&facts) == GRANTED) != opens || (opens && facts.mode != DOOR_UNLOCKED))
			return from;
	}
	return NEVER_ENDS;
}

/*
 * Until when the decision holds if nothing but time passes.  Who comes in where that is
 * asked holds what is presented until the window is over, so nobody else is looked for.
 */
static Instant
until_of(const Attempt *attempt, const Decision *decision, Sight sight)
{
	bool		opens = decision->reasons == GRANTED;
	bool		may_unlock = door_may_be_unlocked(&decision->place.door);

	if (decision->facts.locked_out && !opens)
		return DatumGetTimestampTz(row_datum(&decision->lockout, LOCKOUT_LOCKED_UNTIL));
	if (TIMESTAMP_NOT_FINITE(decision->at) ||
		(!may_unlock && (!decision->is_found || !decision->facts.entrance_supports_method)))
		return NEVER_ENDS;
	return changed_at(attempt, decision, decision->is_found && (!opens || may_unlock),
					  horizon_of(decision->at), sight);
}

static void
decide_at(const Attempt *attempt, Instant at, Sight sight, Decision *decision)
{
	AccessFacts *facts = &decision->facts;

	decision->at = at;
	read_place(attempt->entrance, sight, &decision->place);
	*facts = facts_of_entrance(attempt, &decision->place.entrance);
	read_lockout(attempt, sight, decision);
	decision->is_found = !facts->locked_out &&
		find_credential_of(attempt, sight, decision);
	if (decision->is_found)
		read_presented(attempt, &decision->place, at, sight, &decision->presented, facts);
	else
	{
		read_rights_of_nobody(&decision->place, sight, &decision->presented.rights);
		rights_at(&decision->presented.rights, at, facts);
	}
	decision->is_known = facts->is_known;
	decision->reasons = decide(facts);
	decision->until = until_of(attempt, decision, sight);
}

/* ---------- the result ---------- */

/* Of the credential that is meant, if there is one. */
static NullableDatum
credential_column_of(const Decision *decision, int column)
{
	return decision->is_known ? decision->presented.credential.columns[column] : NO_DATUM;
}

/* Labels of a set of reasons, in order; how many there are. */
static int
reason_labels(DenialReasons reasons, const char **labels)
{
	int			n = 0;

	for (int reason = 0; reason < DENIAL_REASON_COUNT; reason++)
	{
		if (reasons & DENIAL(reason))
			labels[n++] = denial_reasons.labels[reason];
	}
	return n;
}

/* The same as values of the enum; the first is the reason. */
static Datum
reasons_array(DenialReasons reasons, NullableDatum *first)
{
	Oid			type = store_type(denial_reasons.type);
	Datum		values[DENIAL_REASON_COUNT];
	int			n = 0;

	for (int reason = 0; reason < DENIAL_REASON_COUNT; reason++)
	{
		if (reasons & DENIAL(reason))
			values[n++] = enum_datum(&denial_reasons, reason);
	}
	*first = n > 0 ? DATUM(values[0]) : NO_DATUM;
	return PointerGetDatum(construct_array(values, n, type, sizeof(Oid), true, TYPALIGN_INT));
}

static Datum
decision_datum(FunctionCallInfo fcinfo, const Decision *decision)
{
	NullableDatum columns[N_DECISION_COLUMNS];

	columns[OUT_GRANTED] = DATUM(BoolGetDatum(decision->reasons == GRANTED));
	columns[OUT_REASONS] = DATUM(reasons_array(decision->reasons, &columns[OUT_REASON]));
	columns[OUT_CREDENTIAL_ID] = credential_column_of(decision, CREDENTIAL_ID);
	columns[OUT_USER_ID] = credential_column_of(decision, CREDENTIAL_USER);
	columns[OUT_ENTRANCE_ID] = fcinfo->args[ARG_ENTRANCE];
	columns[OUT_DECIDED_AT] = DATUM(TimestampTzGetDatum(decision->at));
	columns[OUT_UNTIL] = DATUM_IF(decision->until != NEVER_ENDS, TimestampTzGetDatum(decision->until));
	return row_of_type(get_func_rettype(fcinfo->flinfo->fn_oid), columns, N_DECISION_COLUMNS);
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
	decide_at(&attempt, at, CALLERS_SIGHT, &decision);
	return store_close_with(decision_datum(fcinfo, &decision));
}

/* ---------- the door's call ---------- */

#define MAX_LOCK_TRIES 10

/* A copy after its parent, as whoever changes both. */
static bool
lock_as_read(const Decision *decision)
{
	const Presented *presented = &decision->presented;

	if (presented->is_copy && !lock_row_as_read(&presented->parent, LATEST_SIGHT, LockTupleNoKeyExclusive))
		return false;
	return lock_row_as_read(&presented->credential, LATEST_SIGHT, LockTupleNoKeyExclusive);
}

static bool
lock_newest(const Decision *decision)
{
	const Presented *presented = &decision->presented;
	Row			row;

	if (presented->is_copy &&
		!find_row_and_lock(CREDENTIAL_BY_ID, &row_datum(&presented->parent, CREDENTIAL_ID), LATEST_SIGHT,
						   LockTupleNoKeyExclusive, &row))
		return false;
	return find_row_and_lock(CREDENTIAL_BY_ID, &row_datum(&presented->credential, CREDENTIAL_ID), LATEST_SIGHT,
							 LockTupleNoKeyExclusive, &row);
}

/*
 * By what is committed by now, in one snapshot: a change that takes away here and gives
 * there counts in full or not at all.
 */
static void
decide_now(const Attempt *attempt, Decision *decision)
{
	Instant		at = GetCurrentTimestamp();

	CommandCounterIncrement();
	PushActiveSnapshot(GetLatestSnapshot());
	decide_at(attempt, at, CALLERS_SIGHT, decision);
	PopActiveSnapshot();
}

/* By a right, and not by a door that is open to everybody. */
static bool
is_let_in(const Decision *decision)
{
	return decision->reasons == GRANTED && decision->facts.mode != DOOR_UNLOCKED;
}

/*
 * Decide at the clock.  What would be refused is refused; what would be granted
 * is locked.  The decision stands if the credential is as it was read; else it is
 * waited for and decided again, unless by then the code belongs to another
 * credential, which then has to be locked first.
 */
static void
decide_and_lock(const Attempt *attempt, Decision *decision)
{
	NullableDatum locked = NO_DATUM;

	for (int i = 0; i < MAX_LOCK_TRIES; i++)
	{
		NullableDatum id;

		CHECK_FOR_INTERRUPTS();
		decide_now(attempt, decision);
		id = credential_column_of(decision, CREDENTIAL_ID);
		if (!is_let_in(decision) || is_same_id(id, locked) || lock_as_read(decision))
			return;
		locked = lock_newest(decision) ? id : NO_DATUM;
	}
	ereport(ERROR,
			(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
			 errmsg("could not decide about access due to concurrent changes"),
			 errhint("The request might succeed if retried.")));
}

/*
 * Count an unknown code.  Of many at once, those who come to the counter after
 * the one that locked the entrance are told that it is locked.
 */
static void
count_attempt(const Attempt *attempt, Decision *decision)
{
	if (setting_lockout_attempts == 0 || attempt->method != METHOD_CODE || attempt->presented.isnull)
		return;
	if (!lockout_count(attempt->entrance.value))
	{
		read_lockout(attempt, LATEST_SIGHT, decision);
		decision->facts.locked_out = true;
		decision->reasons = decide(&decision->facts);
		decision->until = until_of(attempt, decision, LATEST_SIGHT);
	}
}

/* Where uses are limited; they are counted on the parent, by whichever phone. */
static void
count_use(Row *holder, Instant at)
{
	int32		uses = DatumGetInt32(row_datum(holder, CREDENTIAL_USES)) + 1;
	Change		changes[] = {
		{CREDENTIAL_USES, DATUM(Int32GetDatum(uses))},
		{CREDENTIAL_USED_UP_AT, DATUM(TimestampTzGetDatum(at))},
	};
	bool		is_last = uses >= DatumGetInt32(row_datum(holder, CREDENTIAL_MAX_USES));

	if (!update_row(holder, changes, is_last ? 2 : 1, NULL))
		raise_not_stored(TABLE_CREDENTIALS);
}

/* What a grant changes: a use is counted, wrong codes are forgotten. */
static void
record_grant(const Attempt *attempt, Decision *decision)
{
	Presented  *presented = &decision->presented;
	Row		   *holder = presented->is_copy ? &presented->parent : &presented->credential;

	if (!row_is_null(holder, CREDENTIAL_MAX_USES))
		count_use(holder, decision->at);
	if (decision->has_lockout &&
		DatumGetInt32(row_datum(&decision->lockout, LOCKOUT_FAILED_ATTEMPTS)) > 0)
		lockout_reset(attempt->entrance.value);
}

/*
 * The code of an unknown credential is not told; of a known one, its mask; and
 * that of an unknown card, by which whoever holds it can have it enrolled.
 */
static void
write_access_event(const Attempt *attempt, const Decision *decision)
{
	Details		details;
	NullableDatum name = credential_column_of(decision, CREDENTIAL_DISPLAY_NAME);
	const char *reasons[DENIAL_REASON_COUNT];
	int			n_reasons = reason_labels(decision->reasons, reasons);

	details_begin(&details);
	details_text(&details, "access_method", access_method_label(attempt->method));
	details_varlena(&details, "display_name", name);
	if (!decision->is_known && attempt->method == METHOD_CARD && !decision->identifier.isnull)
		details_varlena(&details, "presented", DATUM(PointerGetDatum(
						display_name_of(METHOD_CARD, NO_DATUM, decision->identifier, false))));
	if (decision->facts.mode != DOOR_CONTROLLED)
		details_text(&details, "mode", entrance_modes.labels[decision->facts.mode]);
	if (n_reasons > 0)
	{
		details_text(&details, "reason", reasons[0]);
		details_texts(&details, "reasons", reasons, n_reasons);
	}
	event_write(session_workspace(),
				decision->reasons == GRANTED ? "acs_entrance.access_granted" : "acs_entrance.access_denied",
				decision->place.entrance.columns[ENTRANCE_SYSTEM],
				credential_column_of(decision, CREDENTIAL_USER),
				credential_column_of(decision, CREDENTIAL_ID),
				attempt->entrance,
				NO_DATUM,
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
	decide_and_lock(&attempt, &decision);
	if (decision.reasons & DENIAL(DENIED_UNKNOWN_CREDENTIAL))
		count_attempt(&attempt, &decision);
	write_access_event(&attempt, &decision);
	if (is_let_in(&decision))
		record_grant(&attempt, &decision);
	return store_close_with(decision_datum(fcinfo, &decision));
}
