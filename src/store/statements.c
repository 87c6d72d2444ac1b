/*
 * statements.c
 *		What is not by key (lists, searches, sets), as kept plans; and the store
 *		itself, which is open while a function runs.
 *
 * The texts are the SQL files in statements/, of which statements/build.pl makes
 * the table that is included below.  There they trust nothing around them: "@."
 * stands for the extension's schema, and whatever is not a keyword is qualified.
 * Each names the workspace, as $1.
 *
 * A plan is prepared on first use and kept for the life of the backend; the
 * server replans it when a table changes.  What is baked in is the name of the
 * schema and the types of parameters, so the plans are forgotten when the
 * schema is renamed or the extension has come back after a DROP EXTENSION.
 * Syscache invalidations of schemas and types only tell to look again.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "nodes/parsenodes.h"
#include "utils/builtins.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/plancache.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"
#include "utils/uuid.h"

#include "credentials.h"
#include "errors.h"
#include "store/statements.h"

#define MAX_PARAMS	24

/* A type of the server, by its OID, or of the extension, by its name. */
typedef struct ParamType
{
	Oid			oid;
	const char *own;
} ParamType;

typedef struct Statement
{
	const char *text;
	int			nparams;
	ParamType	params[MAX_PARAMS]; /* $1 and up */
	bool		callers_snapshot;	/* for STABLE functions, which also run on
									 * a standby; others take a new snapshot */
	bool		plan_each_time; /* for optional filters, and lists of unknown
								 * length: a generic plan serves none well */
} Statement;

#include "store/statement_table.h"

/* ---------- kept plans ---------- */

static SPIPlanPtr plans[STMT_COUNT];
static Oid	plans_schema = InvalidOid;
static char plans_schema_name[NAMEDATALEN];
static Oid	plans_code_type = InvalidOid;
static bool names_changed = true;
static uint64 plans_generation = 0;

/* Looks nothing up: that is not allowed while invalidations are processed. */
static void
forget_names(Datum arg pg_attribute_unused(), int cacheid pg_attribute_unused(),
			 uint32 hashvalue pg_attribute_unused())
{
	names_changed = true;
}

static Oid
own_type(Oid schema, const char *name)
{
	Oid			type = GetSysCacheOid2(TYPENAMENSP, Anum_pg_type_oid,
									   CStringGetDatum(name), ObjectIdGetDatum(schema));

	if (!OidIsValid(type))
		elog(ERROR, "type \"%s\" of the extension is missing", name);
	return type;
}

static void
watch_names(void)
{
	static bool registered = false;

	if (registered)
		return;
	CacheRegisterSyscacheCallback(NAMESPACEOID, forget_names, (Datum) 0);
	CacheRegisterSyscacheCallback(TYPEOID, forget_names, (Datum) 0);
	registered = true;
}

/*
 * Make sure that the plans are those for the schema.  Stale ones are forgotten
 * and not freed, as one of them may be running further up the stack.
 */
static void
use_schema(Oid schema)
{
	char		name[NAMEDATALEN];
	char	   *found;
	Oid			code_type;

	if (schema == plans_schema && !names_changed)
		return;
	watch_names();
	names_changed = false;
	plans_schema = InvalidOid;	/* until all is looked up */
	found = get_namespace_name(schema);
	if (found == NULL)
		elog(ERROR, "cache lookup failed for schema %u", schema);
	strlcpy(name, found, NAMEDATALEN);
	pfree(found);

	code_type = own_type(schema, "acs_code");
	if (code_type != plans_code_type || strcmp(name, plans_schema_name) != 0)
	{
		memset(plans, 0, sizeof(plans));
		plans_generation++;
	}
	plans_code_type = code_type;
	strlcpy(plans_schema_name, name, NAMEDATALEN);
	plans_schema = schema;
}

char *
store_qualified_text(const char *text)
{
	StringInfoData buffer;
	const char *schema = quote_identifier(plans_schema_name);

	initStringInfo(&buffer);
	for (; *text != '\0'; text++)
	{
		if (text[0] == '@' && text[1] == '.')
			appendStringInfoString(&buffer, schema);
		else
			appendStringInfoChar(&buffer, *text);
	}
	return buffer.data;
}

static SPIPlanPtr
plan_of(StatementId id)
{
	const Statement *statement = &statements[id];
	Oid			types[MAX_PARAMS];
	SPIPlanPtr	plan;

	if (plans[id] != NULL)
		return plans[id];
	for (int i = 0; i < statement->nparams; i++)
	{
		const ParamType *param = &statement->params[i];

		types[i] = param->own != NULL ? own_type(plans_schema, param->own) : param->oid;
	}
	plan = SPI_prepare_cursor(store_qualified_text(statement->text), statement->nparams, types,
							  statement->plan_each_time ? CURSOR_OPT_CUSTOM_PLAN : 0);
	if (plan == NULL || SPI_keepplan(plan) != 0)
		elog(ERROR, "could not prepare statement %d: %s", (int) id, SPI_result_code_string(SPI_result));
	plans[id] = plan;
	return plan;
}

/* ---------- running ---------- */

void
store_open(FunctionCallInfo fcinfo)
{
	use_schema(get_func_namespace(fcinfo->flinfo->fn_oid));
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "could not connect to SPI");
}

void
store_open_for_writing(FunctionCallInfo fcinfo)
{
	char	   *name = get_func_name(fcinfo->flinfo->fn_oid);

	/* before anything is looked at, so that the message names the function */
	PreventCommandIfReadOnly(name);
	PreventCommandIfParallelMode(name);
	store_open(fcinfo);
}

void
store_open_for_batches(FunctionCallInfo fcinfo)
{
	char	   *name = get_func_name(fcinfo->flinfo->fn_oid);

	PreventCommandIfReadOnly(name);
	if (fcinfo->context == NULL || !IsA(fcinfo->context, CallContext) ||
		castNode(CallContext, fcinfo->context)->atomic)
		ereport(ERROR,
				(errcode(ERRCODE_ACTIVE_SQL_TRANSACTION),
				 errmsg("%s cannot run inside a transaction block", name)));
	use_schema(get_func_namespace(fcinfo->flinfo->fn_oid));
	if (SPI_connect_ext(SPI_OPT_NONATOMIC) != SPI_OK_CONNECT)
		elog(ERROR, "could not connect to SPI");
}

void
store_close(void)
{
	if (SPI_finish() != SPI_OK_FINISH)
		elog(ERROR, "could not disconnect from SPI");
}

Datum
store_close_with(Datum composite)
{
	composite = SPI_datumTransfer(composite, false, -1);
	store_close();
	return composite;
}

uint64
store_generation(void)
{
	return plans_generation;
}

Oid
store_schema(void)
{
	return plans_schema;
}

/* Of one of our statements, which has one plan source. */
static const char *
text_of(SPIPlanPtr plan)
{
	return ((CachedPlanSource *) linitial(SPI_plan_get_plan_sources(plan)))->query_string;
}

int
store_execute(SPIPlanPtr plan, Datum *values, const char *nulls, Snapshot snapshot, bool read_only,
			  const char *table)
{
	MemoryContext context = CurrentMemoryContext;
	int			result = 0;

	PG_TRY();
	{
		result = SPI_execute_snapshot(plan, values, nulls, snapshot, InvalidSnapshot, read_only, true, 0);
	}
	PG_CATCH();
	{
		rethrow_without_row(context, table, text_of(plan));
	}
	PG_END_TRY();
	return result;
}

/* With a snapshot, or with that of the statement's kind if InvalidSnapshot. */
static Rows
execute(const pg_uuid_t *workspace, StatementId id, const NullableDatum *params,
		Snapshot snapshot, bool read_only)
{
	SPIPlanPtr	plan = plan_of(id);
	Datum		values[MAX_PARAMS] = {UUIDPGetDatum(workspace)};
	char		nulls[MAX_PARAMS] = {' '};
	int			result;

	for (int i = 1; i < statements[id].nparams; i++)
	{
		values[i] = params[i - 1].value;
		nulls[i] = params[i - 1].isnull ? 'n' : ' ';
	}
	result = store_execute(plan, values, nulls, snapshot, read_only, NULL);
	if (result < 0)
		elog(ERROR, "statement %d failed: %s", (int) id, SPI_result_code_string(result));
	return (Rows) {SPI_processed, SPI_tuptable};
}

Oid
store_type(const char *name)
{
	return own_type(plans_schema, name);
}

Rows
statement_run(StatementId id, const NullableDatum *params)
{
	return execute(session_workspace(), id, params, InvalidSnapshot, statements[id].callers_snapshot);
}

/* As foreign keys are checked: ri_PerformCheck() in utils/adt/ri_triggers.c. */
Rows
statement_run_at_latest_in(const pg_uuid_t *workspace, StatementId id, const NullableDatum *params)
{
	CommandCounterIncrement();
	return execute(workspace, id, params, GetLatestSnapshot(), false);
}

Rows
statement_run_at_latest(StatementId id, const NullableDatum *params)
{
	return statement_run_at_latest_in(session_workspace(), id, params);
}

/* $1 of statements that do not ask for it. */
static const pg_uuid_t no_workspace;

Rows
statement_run_for_all(StatementId id, const NullableDatum *params)
{
	return execute(&no_workspace, id, params, InvalidSnapshot, statements[id].callers_snapshot);
}

Rows
statement_run_for_all_at_latest(StatementId id, const NullableDatum *params)
{
	return statement_run_at_latest_in(&no_workspace, id, params);
}

NullableDatum
row_get(Rows rows, uint64 row, int column)
{
	NullableDatum datum;

	Assert(row < rows.count);
	datum.value = SPI_getbinval(rows.table->vals[row], rows.table->tupdesc, column, &datum.isnull);
	return datum;
}
