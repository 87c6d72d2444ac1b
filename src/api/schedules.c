/*
 * schedules.c
 *		SQL face of acs_schedule: the type, and what is open when in a place.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "funcapi.h"
#include "libpq/pqformat.h"
#include "utils/builtins.h"
#include "utils/rangetypes.h"
#include "utils/timestamp.h"
#include "utils/typcache.h"

#include "compat.h"
#include "errors.h"
#include "store/schedules.h"
#include "store/time_zones.h"

/* ----------
 * acs_schedule: input
 * ----------
 */

/*
 * The schedule that a text says, as its canonical text; or a soft error.  All
 * characters before the one that does not fit are ASCII, so bytes count as
 * characters in any encoding.
 */
static Datum
make_schedule(const char *text, size_t length, Node *escontext)
{
	Schedule	schedule;
	size_t		bad = schedule_parse(text, length, &schedule);
	struct varlena *result;

	if (bad != 0)
		ereturn(escontext, (Datum) 0,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("invalid input syntax for type %s", "acs_schedule"),
				 errdetail("Position %zu does not fit.", bad),
				 errhint("A schedule is, for example, \"Mo-Fr 08:00-18:00; PH off\"."),
				 err_generic_string(PG_DIAG_CONSTRAINT_NAME, "acs_schedule")));
	length = schedule_text(&schedule, NULL, 0);
	result = palloc(VARHDRSZ + length);
	SET_VARSIZE(result, VARHDRSZ + length);
	schedule_text(&schedule, VARDATA(result), length);
	PG_RETURN_POINTER(result);
}

PG_FUNCTION_INFO_V1(acs_schedule_in);
Datum
acs_schedule_in(PG_FUNCTION_ARGS)
{
	char	   *text = PG_GETARG_CSTRING(0);

	return make_schedule(text, strlen(text), fcinfo->context);
}

/* Binary input is read as text is: it is the same characters. */
PG_FUNCTION_INFO_V1(acs_schedule_recv);
Datum
acs_schedule_recv(PG_FUNCTION_ARGS)
{
	StringInfo	buffer = (StringInfo) PG_GETARG_POINTER(0);
	int			length = buffer->len - buffer->cursor;

	return make_schedule(pq_getmsgbytes(buffer, length), length, fcinfo->context);
}

PG_FUNCTION_INFO_V1(acs_schedule_from_text);
Datum
acs_schedule_from_text(PG_FUNCTION_ARGS)
{
	text	   *value = PG_GETARG_TEXT_PP(0);

	return make_schedule(VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value), fcinfo->context);
}

/* ----------
 * What is open when
 * ----------
 */

/* The schedule of the first argument, and the place of a zone and the holidays after it. */
static const Calendar *
schedule_args(FunctionCallInfo fcinfo, int zone, Schedule *schedule)
{
	schedule_from_datum(PG_GETARG_DATUM(0), schedule);
	return &make_schedule_place(require_time_zone(fcinfo->args[zone]), PG_GETARG_DATUM(zone + 1))->calendar;
}

/* acs_open_at(schedule, at, time_zone, holidays) returns boolean */
PG_FUNCTION_INFO_V1(acs_open_at);
Datum
acs_open_at(PG_FUNCTION_ARGS)
{
	TimestampTz at = PG_GETARG_TIMESTAMPTZ(1);
	Schedule	schedule;
	const Calendar *calendar = schedule_args(fcinfo, 2, &schedule);

	if (TIMESTAMP_NOT_FINITE(at))
		PG_RETURN_NULL();
	PG_RETURN_BOOL(schedule_open_at(&schedule, calendar, at));
}

/* acs_schedule_next_change(schedule, at, time_zone, holidays) returns timestamptz */
PG_FUNCTION_INFO_V1(acs_schedule_next_change);
Datum
acs_schedule_next_change(PG_FUNCTION_ARGS)
{
	TimestampTz at = PG_GETARG_TIMESTAMPTZ(1);
	Schedule	schedule;
	const Calendar *calendar = schedule_args(fcinfo, 2, &schedule);

	if (!TIMESTAMP_NOT_FINITE(at))
		at = schedule_next_change(&schedule, calendar, at, END_TIMESTAMP);
	if (TIMESTAMP_NOT_FINITE(at))
		PG_RETURN_NULL();
	PG_RETURN_TIMESTAMPTZ(at);
}

/* What is left to list. */
typedef struct Windows
{
	Schedule	schedule;
	const Calendar *calendar;
	TypeCacheEntry *range_type;
	TimestampTz from;
	TimestampTz until;
} Windows;

#define MAX_RANGE (36525 * USECS_PER_DAY)

static Windows *
begin_windows(FunctionCallInfo fcinfo)
{
	Windows    *windows = palloc(sizeof(Windows));

	windows->calendar = schedule_args(fcinfo, 3, &windows->schedule);
	windows->range_type = lookup_type_cache(TSTZRANGEOID, TYPECACHE_RANGE_INFO);
	windows->from = PG_GETARG_TIMESTAMPTZ(1);
	windows->until = PG_GETARG_TIMESTAMPTZ(2);
	if (TIMESTAMP_NOT_FINITE(windows->from) || TIMESTAMP_NOT_FINITE(windows->until) ||
		windows->from < windows->until - MAX_RANGE)
		raise_rule(RULE_INVALID_RANGE, NULL);
	return windows;
}

/* When it changes next, or is told no more about. */
static TimestampTz
next_change(const Windows *windows)
{
	TimestampTz change = schedule_next_change(&windows->schedule, windows->calendar, windows->from, windows->until);

	return Min(change, windows->until);
}

static Datum
make_window(TypeCacheEntry *type, TimestampTz from, TimestampTz until)
{
	RangeBound	lower = {TimestampTzGetDatum(from), false, true, true};
	RangeBound	upper = {TimestampTzGetDatum(until), false, false, false};

	return RangeTypePGetDatum(make_range_compat(type, &lower, &upper));
}

/* acs_schedule_windows(schedule, from_at, until_at, time_zone, holidays) returns setof tstzrange */
PG_FUNCTION_INFO_V1(acs_schedule_windows);
Datum
acs_schedule_windows(PG_FUNCTION_ARGS)
{
	FuncCallContext *context;
	Windows    *windows;
	TimestampTz from;

	if (SRF_IS_FIRSTCALL())
	{
		MemoryContext caller;

		context = SRF_FIRSTCALL_INIT();
		caller = MemoryContextSwitchTo(context->multi_call_memory_ctx);
		context->user_fctx = begin_windows(fcinfo);
		MemoryContextSwitchTo(caller);
	}
	context = SRF_PERCALL_SETUP();
	windows = context->user_fctx;
	if (windows->from < windows->until &&
		!schedule_open_at(&windows->schedule, windows->calendar, windows->from))
		windows->from = next_change(windows);
	if (windows->from >= windows->until)
		SRF_RETURN_DONE(context);
	from = windows->from;
	windows->from = next_change(windows);
	SRF_RETURN_NEXT(context, make_window(windows->range_type, from, windows->from));
}
