/*
 * feed.c
 *		In which order events become visible, and how far that is settled.
 *
 * Ids are given before a transaction commits, so a reader who goes by id loses
 * what commits late.  Who follows the log goes by transaction (the outermost, as
 * it is numbered in pg_current_xact_id()) and id, and no further than to the
 * oldest transaction that is running: whatever is before it has ended, and is
 * seen by the snapshot or never will be.
 *
 * Numbers of transactions mean something only where they were given: after a
 * restore, pg_upgrade, recovery to a point in time or promotion others count
 * again from elsewhere.  So an event has an epoch as well, and acs_feed the
 * server and timeline of each.  The first event that is written under another
 * server or timeline begins the next one.  Nobody waits for it: whoever finds
 * none of ours adds a row, and several may.
 */
#include "postgres.h"

#include "access/xact.h"
#include "access/xlog.h"
#include "access/xlog_internal.h"
#include "commands/trigger.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/xid8.h"

#include "store/feed.h"

/* A row of acs_feed: who began an epoch. */
typedef struct Beginning
{
	int32		epoch;
	int64		system;
	int32		timeline;
	FullTransactionId xact;
} Beginning;

typedef struct Beginnings
{
	int			count;
	Beginning  *rows;			/* in the order of epochs */
} Beginnings;

static Beginnings
read_beginnings(RunStatement run)
{
	Rows		rows = run(STMT_FEED_EPOCHS, NULL);
	Beginnings	read = {rows.count, palloc(sizeof(Beginning) * (rows.count + 1))};

	for (int i = 0; i < read.count; i++)
	{
		read.rows[i].epoch = DatumGetInt32(row_get(rows, i, 1).value);
		read.rows[i].system = DatumGetInt64(row_get(rows, i, 2).value);
		read.rows[i].timeline = DatumGetInt32(row_get(rows, i, 3).value);
		read.rows[i].xact = DatumGetFullTransactionId(row_get(rows, i, 4).value);
	}
	return read;
}

/* Signed, as in pg_control_system(). */
static int64
our_system(void)
{
	return (int64) GetSystemIdentifier();
}

/* ---------- writing ---------- */

/*
 * The epoch, once a row of ours is there, or 0.  Any change of acs_feed has it
 * looked up again: a row of ours that is rolled back, rows of a restore.
 */
static int32 known_epoch = 0;
static Oid	feed_table = InvalidOid;
static uint64 n_changes = 0;

static void
relation_changed(Datum arg pg_attribute_unused(), Oid relid)
{
	if (relid != InvalidOid && relid != feed_table)
		return;
	known_epoch = 0;
	n_changes++;
}

static void
watch_table(void)
{
	static bool registered = false;

	feed_table = get_relname_relid("acs_feed", store_schema());
	if (registered)
		return;
	CacheRegisterRelcacheCallback(relation_changed, (Datum) 0);
	registered = true;
}

/* The last epoch, if nobody but this server on this timeline began it; else 0. */
static int32
our_epoch(const Beginnings *read)
{
	int32		last = read->count > 0 ? read->rows[read->count - 1].epoch : 0;

	for (int i = 0; i < read->count; i++)
	{
		const Beginning *row = &read->rows[i];

		if (row->epoch == last &&
			(row->system != our_system() || row->timeline != (int32) GetWALInsertionTimeLine()))
			return 0;
	}
	return last;
}

static int32
begin_epoch(const Beginnings *read)
{
	int32		epoch = read->count > 0 ? read->rows[read->count - 1].epoch + 1 : 1;

	statement_run_for_all(STMT_FEED_BEGIN, (NullableDatum[])
	{
		DATUM(Int32GetDatum(epoch)),
		DATUM(Int64GetDatum(our_system())),
		DATUM(Int32GetDatum((int32) GetWALInsertionTimeLine())),
		DATUM(FullTransactionIdGetDatum(GetTopFullTransactionId()))
	});
	return epoch;
}

int32
feed_epoch(void)
{
	Beginnings	read;
	uint64		before;
	int32		epoch;

	if (known_epoch != 0)
		return known_epoch;
	watch_table();
	before = n_changes;
	read = read_beginnings(statement_run_for_all_at_latest);
	epoch = our_epoch(&read);
	if (epoch == 0)
		return begin_epoch(&read);
	if (before == n_changes)
		known_epoch = epoch;
	return epoch;
}

/* acs_feed_epoch() returns integer */
PG_FUNCTION_INFO_V1(acs_feed_epoch);
Datum
acs_feed_epoch(PG_FUNCTION_ARGS)
{
	int32		epoch;

	store_open_for_writing(fcinfo);
	epoch = feed_epoch();
	store_close();
	PG_RETURN_INT32(epoch);
}

/*
 * CREATE TRIGGER feed_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON acs_feed
 *		FOR EACH STATEMENT EXECUTE FUNCTION acs_feed_changed();
 */
PG_FUNCTION_INFO_V1(acs_feed_changed);
Datum
acs_feed_changed(PG_FUNCTION_ARGS)
{
	if (!CALLED_AS_TRIGGER(fcinfo))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function \"%s\" was not called by trigger manager",
						"acs_feed_changed")));
	CacheInvalidateRelcache(((TriggerData *) fcinfo->context)->tg_relation);
	PG_RETURN_POINTER(NULL);
}

/* ---------- reading ---------- */

static FullTransactionId
snapshot_horizon(void)
{
	Datum		snapshot = OidFunctionCall0(F_PG_CURRENT_SNAPSHOT);

	return DatumGetFullTransactionId(OidFunctionCall1(F_PG_SNAPSHOT_XMIN, snapshot));
}

/*
 * Where transactions were numbered elsewhere, theirs have ended.  Else those of
 * an epoch can outlive it, if they were prepared; they are older than any that
 * began a later one.
 */
static bool
is_settled(const Beginnings *read, int32 epoch, FullTransactionId horizon)
{
	bool		is_ours = false;

	for (int i = 0; i < read->count; i++)
	{
		const Beginning *row = &read->rows[i];

		if (row->system != our_system())
			continue;
		if (row->epoch > epoch && FullTransactionIdPrecedesOrEquals(row->xact, horizon))
			return true;
		is_ours |= row->epoch == epoch;
	}
	return !is_ours;
}

Feed
feed_open(void)
{
	Beginnings	read = read_beginnings(statement_run);
	Feed		feed = {snapshot_horizon(), 0, palloc(sizeof(FeedEpoch) * (read.count + 1))};

	for (int i = 0; i < read.count; i++)
	{
		int32		epoch = read.rows[i].epoch;

		if (feed.n_epochs == 0 || feed.epochs[feed.n_epochs - 1].number != epoch)
			feed.epochs[feed.n_epochs++] = (FeedEpoch) {epoch, is_settled(&read, epoch, feed.horizon)};
	}
	return feed;
}

FullTransactionId
feed_end(const Feed *feed, const FeedEpoch *epoch)
{
	return epoch->is_settled ? FullTransactionIdFromU64(PG_UINT64_MAX) : feed->horizon;
}

/* The end of the WAL so far; what begins a page is not after the page's header. */
static XLogRecPtr
end_of_wal(void)
{
	XLogRecPtr	end = GetXLogInsertRecPtr();
	uint32		header = XLogSegmentOffset(end, wal_segment_size) < XLOG_BLCKSZ ?
		SizeOfXLogLongPHD : SizeOfXLogShortPHD;

	return end % XLOG_BLCKSZ == header ? end - header : end;
}

/*
 * With synchronous_commit = off a commit is seen before it is on disk.  If it were
 * told, and lost by a crash, its number would be given again, to a transaction
 * that a reader who is past it misses.  A standby has only what is on disk.
 */
void
feed_make_durable(void)
{
	if (!RecoveryInProgress())
		XLogFlush(end_of_wal());
}
