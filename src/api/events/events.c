/*
 * events.c
 *		/events/..., and the log for who follows it.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/xlog.h"
#include "catalog/pg_type_d.h"
#include "commands/dbcommands.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/xid8.h"

#include "api/rows.h"
#include "errors.h"
#include "ids.h"
#include "store/feed.h"

/* ---------- get, list ---------- */

/* acs_events_get(event_id uuid) returns acs_events */
PG_FUNCTION_INFO_V1(acs_events_get);
Datum
acs_events_get(PG_FUNCTION_ARGS)
{
	return read_row(fcinfo, EVENT_BY_ID, RULE_EVENT_NOT_FOUND);
}

/* Arguments of acs_events_list(), in order; those before are the statement's, too. */
enum ListArgs
{
	ARG_BETWEEN = 12,
	ARG_PAGE_SIZE,
	ARG_PAGE_CURSOR
};

/* Both bounds, if there is an interval. */
static void
read_between(NullableDatum between, NullableDatum *bounds)
{
	Datum	   *instants;
	bool	   *nulls;
	int			n;

	bounds[0] = bounds[1] = NO_DATUM;
	if (between.isnull)
		return;
	deconstruct_array(DatumGetArrayTypeP(between.value), TIMESTAMPTZOID, sizeof(int64), FLOAT8PASSBYVAL,
					  TYPALIGN_DOUBLE, &instants, &nulls, &n);
	if (n != 2 || nulls[0] || nulls[1])
		raise_rule_with_hint(RULE_INVALID_FILTER, "Give \"between\" two instants.", NULL);
	bounds[0] = DATUM(instants[0]);
	bounds[1] = DATUM(instants[1]);
}

/*
 * acs_events_list(acs_system_id, acs_user_id, acs_credential_id, acs_entrance_id,
 *		acs_access_group_id, user_identity_id, connected_account_id, acs_system_ids,
 *		event_type, event_types, event_ids, since, between, page_size, page_cursor) returns setof acs_events
 */
PG_FUNCTION_INFO_V1(acs_events_list);
Datum
acs_events_list(PG_FUNCTION_ARGS)
{
	NullableDatum params[ARG_PAGE_CURSOR + 2];

	store_open(fcinfo);
	require_page(fcinfo->args[ARG_PAGE_SIZE]);
	memcpy(params, fcinfo->args, sizeof(NullableDatum) * ARG_BETWEEN);
	read_between(fcinfo->args[ARG_BETWEEN], &params[ARG_BETWEEN]);
	params[ARG_BETWEEN + 2] = fcinfo->args[ARG_PAGE_SIZE];
	params[ARG_BETWEEN + 3] = fcinfo->args[ARG_PAGE_CURSOR];
	return_set(fcinfo, STMT_EVENT_LIST, params);
	store_close();
	return (Datum) 0;
}

/* ---------- following ---------- */

/* A place in the log: epoch:transaction:id of the event before it. */
typedef struct Cursor
{
	int32		epoch;
	FullTransactionId xact;
	pg_uuid_t	event_id;
} Cursor;

/* Digits and a colon. */
static bool
read_number(const char **text, uint64 max, uint64 *number)
{
	const char *start = *text;

	*number = 0;
	for (; **text >= '0' && **text <= '9'; (*text)++)
	{
		unsigned	digit = **text - '0';

		if (*number > (max - digit) / 10)
			return false;
		*number = *number * 10 + digit;
	}
	return *text > start && *(*text)++ == ':';
}

static Cursor
read_cursor(const char *text)
{
	Cursor		cursor;
	uint64		epoch;
	uint64		xact;

	if (!read_number(&text, PG_INT32_MAX, &epoch) || !read_number(&text, PG_UINT64_MAX, &xact) ||
		!is_uuid_text(text))
		raise_rule(RULE_INVALID_CURSOR, NULL);
	cursor.epoch = epoch;
	cursor.xact = FullTransactionIdFromU64(xact);
	cursor.event_id = *DatumGetUUIDP(DirectFunctionCall1(uuid_in, CStringGetDatum(text)));
	return cursor;
}

/* Before the first there is one that nobody adds to. */
static FeedEpoch
last_epoch(const Feed *feed)
{
	return feed->n_epochs > 0 ? feed->epochs[feed->n_epochs - 1] : (FeedEpoch) {0, true};
}

/*
 * A standby may be behind the server that gave the cursor.  Elsewhere there is no
 * such place yet, and what comes to be before it would be missed.
 */
static void
require_not_ahead(const Cursor *cursor, const Feed *feed)
{
	FeedEpoch	last = last_epoch(feed);

	if (RecoveryInProgress())
		return;
	if (cursor->epoch > last.number + 1 ||
		(cursor->epoch == last.number && !last.is_settled &&
		 FullTransactionIdFollowsOrEquals(cursor->xact, ReadNextFullTransactionId())))
		raise_rule(RULE_CURSOR_AHEAD, NULL);
}

/* What can be told of an epoch; how many there were. */
static int
return_epoch(FunctionCallInfo fcinfo, const Feed *feed, const FeedEpoch *epoch, const Cursor *cursor, int32 page_size)
{
	Cursor		from = {0};
	Rows		rows;

	if (cursor->epoch == epoch->number)
		from = *cursor;
	rows = statement_run(STMT_EVENTS_AFTER, (NullableDatum[])
	{
		DATUM(Int32GetDatum(epoch->number)),
		DATUM(FullTransactionIdGetDatum(from.xact)),
		DATUM(UUIDPGetDatum(&from.event_id)),
		DATUM(FullTransactionIdGetDatum(feed_end(feed, epoch))),
		DATUM(Int32GetDatum(page_size))
	});
	return_rows(fcinfo, rows);
	return rows.count;
}

/* From one epoch it goes on to the next only when nothing can be added to it. */
static int
return_events(FunctionCallInfo fcinfo, const Feed *feed, const Cursor *cursor, int32 page_size)
{
	int			n = 0;

	for (int i = 0; i < feed->n_epochs && n < page_size; i++)
	{
		const FeedEpoch *epoch = &feed->epochs[i];

		if (epoch->number < cursor->epoch)
			continue;
		n += return_epoch(fcinfo, feed, epoch, cursor, page_size - n);
		if (!epoch->is_settled)
			break;
	}
	return n;
}

/* acs_events_after(cursor text, page_size integer) returns table (cursor text, ...) */
PG_FUNCTION_INFO_V1(acs_events_after);
Datum
acs_events_after(PG_FUNCTION_ARGS)
{
	Cursor		cursor = {0};
	Feed		feed;

	store_open(fcinfo);
	require_page(fcinfo->args[1]);
	if (!PG_ARGISNULL(0))
		cursor = read_cursor(text_to_cstring(PG_GETARG_TEXT_PP(0)));
	feed = feed_open();
	require_not_ahead(&cursor, &feed);
	begin_set(fcinfo);
	if (return_events(fcinfo, &feed, &cursor, PG_GETARG_INT32(1)) > 0)
		feed_make_durable();
	store_close();
	return (Datum) 0;
}

/* ---------- how far it goes ---------- */

/* After all that can be told by now, before all that is held back. */
static char *
end_cursor(const Feed *feed)
{
	int32		epoch = last_epoch(feed).number + 1;
	uint64		xact = 0;

	for (int i = 0; i < feed->n_epochs && xact == 0; i++)
	{
		if (feed->epochs[i].is_settled)
			continue;
		epoch = feed->epochs[i].number;
		xact = U64FromFullTransactionId(feed->horizon) - 1;
	}
	return psprintf("%d:" UINT64_FORMAT ":ffffffff-ffff-ffff-ffff-ffffffffffff", epoch, xact);
}

/* Columns of acs_events_horizon(). */
enum HorizonColumns
{
	HORIZON_CURSOR,
	HORIZON_XACT,
	HORIZON_PID,				/* from here on as in the statement */
	HORIZON_PREPARED,
	HORIZON_DATABASE,
	HORIZON_ROLE,
	HORIZON_APPLICATION,
	HORIZON_STATE,
	HORIZON_SINCE,
	N_HORIZON_COLUMNS
};

static void
read_holder(TransactionId xid, Datum *values, bool *nulls)
{
	Rows		rows = statement_run(STMT_FEED_HOLDER, (NullableDatum[])
	{
		DATUM(TransactionIdGetDatum(xid))
	});

	for (int column = HORIZON_PID; column < N_HORIZON_COLUMNS && rows.count > 0; column++)
	{
		NullableDatum value = row_get(rows, 0, column - HORIZON_PID + 1);
		char	   *database;

		nulls[column] = value.isnull;
		values[column] = value.value;
		if (column != HORIZON_DATABASE || value.isnull)
			continue;
		database = get_database_name(DatumGetObjectId(value.value));
		nulls[column] = database == NULL;
		if (database != NULL)
			values[column] = CStringGetTextDatum(database);
	}
}

/* acs_events_horizon(out cursor text, out xact xid8, ...) */
PG_FUNCTION_INFO_V1(acs_events_horizon);
Datum
acs_events_horizon(PG_FUNCTION_ARGS)
{
	TupleDesc	desc;
	Datum		values[N_HORIZON_COLUMNS] = {0};
	bool		nulls[N_HORIZON_COLUMNS];
	Feed		feed;

	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	store_open(fcinfo);
	feed = feed_open();
	memset(nulls, true, sizeof(nulls));
	nulls[HORIZON_CURSOR] = false;
	values[HORIZON_CURSOR] = CStringGetTextDatum(end_cursor(&feed));
	if (FullTransactionIdPrecedes(feed.horizon, ReadNextFullTransactionId()))
	{
		nulls[HORIZON_XACT] = false;
		values[HORIZON_XACT] = FullTransactionIdGetDatum(feed.horizon);
		read_holder(XidFromFullTransactionId(feed.horizon), values, nulls);
	}
	return store_close_with(HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(desc), values, nulls)));
}
