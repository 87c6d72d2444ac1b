/*
 * purge.c
 *		Removing old events, and the guard that lets nothing else change them.
 *
 * acs_events_purge_all() commits after each batch, so it cannot be SECURITY
 * DEFINER; it takes the owner's rights within each.  Its progress is where the
 * server has that of its own commands, in the backend's status: seen while a
 * batch runs, without a write, and gone when the backend is.  The server's views
 * show what its own commands put there, so there is a view of ours.
 */
#include "postgres.h"

#include "access/table.h"
#include "access/xact.h"
#include "commands/progress.h"
#include "commands/trigger.h"
#include "executor/spi.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/backend_progress.h"
#include "utils/builtins.h"
#include "utils/rel.h"
#include "utils/timestamp.h"
#include "utils/tuplestore.h"

#include "compat.h"
#include "credentials.h"
#include "errors.h"
#include "store/layout.h"
#include "store/statements.h"

/* ---------- the guard ---------- */

#define NOT_PURGING	(-1)

/* How many triggers were at work when the purge began that runs, if one does. */
static int	purge_depth = NOT_PURGING;

static int
trigger_depth(void)
{
	return DatumGetInt32(DirectFunctionCall1(pg_trigger_depth, (Datum) 0));
}

/* For this one statement, and not for what triggers do on its way. */
static Rows
run_purge(RunStatement run, StatementId id, const NullableDatum *params)
{
	int			outer = purge_depth;
	Rows		rows = {0};

	purge_depth = trigger_depth();
	PG_TRY();
	{
		rows = run(id, params);
	}
	PG_FINALLY();
	{
		purge_depth = outer;
	}
	PG_END_TRY();
	return rows;
}

/*
 * CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON acs_events
 *		FOR EACH STATEMENT EXECUTE FUNCTION acs_events_append_only();
 *
 * The trigger of a statement of ours is one deeper than whoever called the purge;
 * that of a statement in somebody's trigger on the way is deeper still.
 */
PG_FUNCTION_INFO_V1(acs_events_append_only);
Datum
acs_events_append_only(PG_FUNCTION_ARGS)
{
	if (!CALLED_AS_TRIGGER(fcinfo))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function \"%s\" was not called by trigger manager",
						"acs_events_append_only")));
	if (purge_depth == NOT_PURGING || trigger_depth() != purge_depth + 1 ||
		!TRIGGER_FIRED_BY_DELETE(((TriggerData *) fcinfo->context)->tg_event))
		raise_rule(RULE_APPEND_ONLY, NULL);
	PG_RETURN_POINTER(NULL);
}

/* ---------- one workspace ---------- */

/*
 * acs_events_purge(before timestamptz) returns bigint
 *		Delete the workspace's events before an instant; how many there were.
 */
PG_FUNCTION_INFO_V1(acs_events_purge);
Datum
acs_events_purge(PG_FUNCTION_ARGS)
{
	Rows		deleted;

	store_open_for_writing(fcinfo);
	deleted = run_purge(statement_run, STMT_EVENTS_PURGE, (NullableDatum[])
	{
		DATUM(PG_GETARG_DATUM(0))
	});
	store_close();
	PG_RETURN_INT64(deleted.count);
}

/* ---------- progress ---------- */

/* In the place of one of the server's commands, none of which has this number. */
#define PURGE_COMMAND ((ProgressCommandType) 0x61637370)

/* What is told, in the order of the view, after the backend's process id. */
enum Progress
{
	PROGRESS_BEFORE,
	PROGRESS_BATCH_SIZE,
	PROGRESS_TOTAL,
	PROGRESS_DELETED,
	PROGRESS_BATCHES,
	N_PROGRESS
};

/*
 * acs_events_purges() returns setof record
 *		A row for each acs_events_purge_all() that runs in this database.
 */
PG_FUNCTION_INFO_V1(acs_events_purges);
Datum
acs_events_purges(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;

	InitMaterializedSRF(fcinfo, 0);
	for (int i = 1; i <= pgstat_fetch_stat_numbackends(); i++)
	{
		const PgBackendStatus *backend = &pgstat_get_local_beentry_by_index(i)->backendStatus;
		Datum		values[1 + N_PROGRESS] = {Int32GetDatum(backend->st_procpid)};
		bool		nulls[1 + N_PROGRESS] = {false};

		if (backend->st_progress_command != PURGE_COMMAND || backend->st_databaseid != MyDatabaseId)
			continue;
		for (int n = 0; n < N_PROGRESS; n++)
			values[1 + n] = Int64GetDatum(backend->st_progress_param[n]);	/* an instant is one, too */
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	return (Datum) 0;
}

/* ---------- all workspaces ---------- */

/* Until the transaction ends, or the caller is put back. */
static void
become_owner(void)
{
	const Layout *layout;
	Relation	events = layout_open(TABLE_EVENTS, AccessShareLock, &layout);
	Oid			caller;
	int			context;

	GetUserIdAndSecContext(&caller, &context);
	SetUserIdAndSecContext(events->rd_rel->relowner, context | SECURITY_LOCAL_USERID_CHANGE);
	table_close(events, NoLock);
}

typedef struct Purge
{
	TimestampTz from;			/* what occurred earlier is gone */
	TimestampTz before;
	int32		batch_size;
	int64		deleted;
} Purge;

static int64
count_events(const Purge *purge)
{
	Rows		rows = statement_run_for_all(STMT_EVENTS_PURGE_COUNT, (NullableDatum[])
	{
		DATUM(TimestampTzGetDatum(purge->before))
	});

	return DatumGetInt64(row_get(rows, 0, 1).value);
}

/*
 * The end of a batch is found in the index of times, from where the last one
 * ended: what is dead but not yet vacuumed is not read again.
 */
static TimestampTz
end_of_batch(const Purge *purge)
{
	Rows		rows = statement_run_for_all(STMT_EVENTS_PURGE_END, (NullableDatum[])
	{
		DATUM(TimestampTzGetDatum(purge->from)),
		DATUM(TimestampTzGetDatum(purge->before)),
		DATUM(Int32GetDatum(purge->batch_size - 1))
	});
	TimestampTz end = purge->before;

	if (rows.count > 0)
		end = DatumGetTimestampTz(row_get(rows, 0, 1).value) + 1;
	SPI_freetuptable(rows.table);
	return end;
}

/* False if it was the last. */
static bool
purge_batch(Purge *purge)
{
	TimestampTz end = end_of_batch(purge);
	Rows		rows = run_purge(statement_run_for_all, STMT_EVENTS_PURGE_BATCH, (NullableDatum[])
	{
		DATUM(TimestampTzGetDatum(purge->from)),
		DATUM(TimestampTzGetDatum(end))
	});

	purge->deleted += rows.count;
	purge->from = end;
	return end < purge->before;
}

static void
purge_in_batches(Purge *purge)
{
	int64		batches = 0;
	bool		goes_on = true;
	Oid			caller;
	int			context;

	GetUserIdAndSecContext(&caller, &context);
	while (goes_on)
	{
		CHECK_FOR_INTERRUPTS();
		become_owner();
		if (batches == 0)
			pgstat_progress_update_param(PROGRESS_TOTAL, count_events(purge));
		goes_on = purge_batch(purge);
		SetUserIdAndSecContext(caller, context);
		SPI_commit();
		pgstat_progress_update_param(PROGRESS_DELETED, purge->deleted);
		pgstat_progress_update_param(PROGRESS_BATCHES, ++batches);
	}
}

/* CALL acs_events_purge_all(before timestamptz, batch_size integer) */
PG_FUNCTION_INFO_V1(acs_events_purge_all);
Datum
acs_events_purge_all(PG_FUNCTION_ARGS)
{
	Purge		purge = {.from = DT_NOBEGIN};

	store_open_for_batches(fcinfo);
	require_honest_session();
	if (PG_ARGISNULL(1) || PG_GETARG_INT32(1) < 1)
		raise_rule(RULE_INVALID_BATCH, NULL);
	if (!PG_ARGISNULL(0))
	{
		purge.before = PG_GETARG_TIMESTAMPTZ(0);
		purge.batch_size = PG_GETARG_INT32(1);
		pgstat_progress_start_command(PURGE_COMMAND, InvalidOid);
		pgstat_progress_update_param(PROGRESS_BEFORE, purge.before);
		pgstat_progress_update_param(PROGRESS_BATCH_SIZE, purge.batch_size);
		purge_in_batches(&purge);
		pgstat_progress_end_command();
	}
	store_close();
	PG_RETURN_VOID();
}
