/*
 * statements.c
 *		Every SQL text the extension runs, as kept plans.
 *
 * The texts trust nothing around them: "@." stands for the extension's schema,
 * and whatever is not a keyword is qualified.  Each names the workspace, as $1.
 *
 * A plan is prepared on first use and kept for the life of the backend; the
 * server replans it when a table changes.  Only the name of the schema is
 * baked into the text, so the plans are forgotten when a schema is renamed
 * (syscache invalidation) or when the extension has come back in another one.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"
#include "utils/uuid.h"

#include "credentials.h"
#include "store/statements.h"

#define MAX_PARAMS	24

/* Types of parameters; those of the extension are looked up in its schema. */
typedef enum ParamType
{
	END_OF_PARAMS = 0,
	P_BOOL,
	P_CODE,
	P_INT,
	P_JSONB,
	P_METHOD,
	P_TEXT,
	P_TIME,
	P_UUID,
	P_UUIDS
} ParamType;

typedef struct Statement
{
	const char *text;
	ParamType	params[MAX_PARAMS]; /* $2 and up */
	bool		callers_snapshot;	/* for STABLE functions, which also run on
									 * a standby; others take a new snapshot */
	bool		plan_each_time; /* for optional filters: a generic plan would
								 * serve all of them, and none well */
} Statement;

/* ---------- parts that several statements share ---------- */

/* What an event tells of a credential, in the order of event_write(). */
#define CREDENTIAL_EVENT_COLUMNS \
	"c.acs_system_id, c.acs_user_id, c.acs_credential_id, " \
	"pg_catalog.jsonb_strip_nulls(pg_catalog.jsonb_build_object(" \
	"'access_method', c.access_method, 'display_name', c.display_name, " \
	"'starts_at', c.starts_at, 'ends_at', c.ends_at))"

/*
 * A user with its system and the rules of its type.  The lock keeps the user
 * from being deleted before the credential is stored; the foreign key takes
 * the same one.
 */
#define USER_WITH_RULES(condition) \
	"SELECT u.acs_user_id, u.acs_system_id, u.user_identity_id, " \
	"s.default_credential_manager_acs_system_id, t.system_type, " \
	"t.access_methods, t.custom_code, t.code_min_length, t.code_max_length, " \
	"t.code_max_value, t.generated_code_length, t.max_entrances_per_code, " \
	"t.requires_entrances, t.requires_window, t.requires_multi_phone_sync, " \
	"t.encodes_cards, t.metadata_key " \
	"FROM @.acs_users u " \
	"JOIN @.acs_systems s ON s.workspace_id OPERATOR(pg_catalog.=) u.workspace_id " \
	"AND s.acs_system_id OPERATOR(pg_catalog.=) u.acs_system_id " \
	"JOIN @.acs_system_types t ON t.system_type OPERATOR(pg_catalog.=) s.system_type " \
	"WHERE u.workspace_id OPERATOR(pg_catalog.=) $1 AND " condition \
	" FOR KEY SHARE OF u"

/* A credential with its type, which the API object needs. */
#define CREDENTIALS_WITH_TYPE \
	"SELECT @.acs_credential_object(c, t) " \
	"FROM @.acs_credentials c " \
	"JOIN @.acs_systems s ON s.workspace_id OPERATOR(pg_catalog.=) c.workspace_id " \
	"AND s.acs_system_id OPERATOR(pg_catalog.=) c.acs_system_id " \
	"JOIN @.acs_system_types t ON t.system_type OPERATOR(pg_catalog.=) s.system_type " \
	"WHERE c.workspace_id OPERATOR(pg_catalog.=) $1 "

static const Statement statements[STMT_COUNT] = {
	[STMT_SYSTEM_CREATE] = {
		"INSERT INTO @.acs_systems AS s (workspace_id, acs_system_id, system_type, name, "
		"default_credential_manager_acs_system_id, connected_account_id) "
		"SELECT $1, @.acs_uuid(), t.system_type, $2, $4, $5 "
		"FROM @.acs_system_types t WHERE t.system_type OPERATOR(pg_catalog.=) $3 "
		"RETURNING s",
		{P_TEXT, P_TEXT, P_UUID, P_UUID}
	},
	[STMT_ENTRANCE_CREATE] = {
		"INSERT INTO @.acs_entrances AS e (workspace_id, acs_system_id, display_name, "
		"can_unlock_with_code, can_unlock_with_card, can_unlock_with_mobile_key) "
		"SELECT $1, s.acs_system_id, $3, $4, $5, $6 FROM @.acs_systems s "
		"WHERE s.workspace_id OPERATOR(pg_catalog.=) $1 AND s.acs_system_id OPERATOR(pg_catalog.=) $2 "
		"RETURNING e",
		{P_UUID, P_TEXT, P_BOOL, P_BOOL, P_BOOL}
	},
	[STMT_USER_CREATE] = {
		"INSERT INTO @.acs_users AS u (workspace_id, acs_system_id, full_name, email_address, "
		"phone_number, user_identity_id, access_starts_at, access_ends_at) "
		"SELECT $1, s.acs_system_id, $3, $4, $5, $6, $7, $8 FROM @.acs_systems s "
		"WHERE s.workspace_id OPERATOR(pg_catalog.=) $1 AND s.acs_system_id OPERATOR(pg_catalog.=) $2 "
		"RETURNING u, u.acs_system_id, u.acs_user_id, NULL::pg_catalog.uuid, "
		"pg_catalog.jsonb_strip_nulls(pg_catalog.jsonb_build_object('full_name', u.full_name, "
		"'access_starts_at', u.access_starts_at, 'access_ends_at', u.access_ends_at))",
		{P_UUID, P_TEXT, P_TEXT, P_TEXT, P_UUID, P_TIME, P_TIME}
	},
	[STMT_USER_BY_ID] = {
		USER_WITH_RULES("u.acs_user_id OPERATOR(pg_catalog.=) $2"),
		{P_UUID}
	},
	[STMT_USER_BY_IDENTITY] = {
		USER_WITH_RULES("u.user_identity_id OPERATOR(pg_catalog.=) $2 "
						"AND u.acs_system_id OPERATOR(pg_catalog.=) $3"),
		{P_UUID, P_UUID}
	},
	[STMT_ENTRANCES_STRANGE] = {
		/* one row for each id that is not an entrance of the system $3 */
		"SELECT i.id, e.acs_entrance_id IS NOT NULL "
		"FROM pg_catalog.unnest($2) AS i (id) "
		"LEFT JOIN @.acs_entrances e ON e.workspace_id OPERATOR(pg_catalog.=) $1 "
		"AND e.acs_entrance_id OPERATOR(pg_catalog.=) i.id "
		"WHERE (e.acs_system_id OPERATOR(pg_catalog.=) $3) IS NOT TRUE LIMIT 1",
		{P_UUIDS, P_UUID}
	},
	[STMT_MANAGER_GET] = {
		"SELECT t.is_credential_manager FROM @.acs_systems s "
		"JOIN @.acs_system_types t ON t.system_type OPERATOR(pg_catalog.=) s.system_type "
		"WHERE s.workspace_id OPERATOR(pg_catalog.=) $1 AND s.acs_system_id OPERATOR(pg_catalog.=) $2",
		{P_UUID}
	},
	[STMT_CREDENTIAL_CREATE] = {
		"INSERT INTO @.acs_credentials AS c (workspace_id, acs_credential_id, acs_system_id, acs_user_id, "
		"access_method, code, starts_at, ends_at, is_multi_phone_sync_credential, "
		"credential_manager_acs_system_id, is_one_time_use, is_issued, metadata, created_at) "
		"VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) "
		"RETURNING (SELECT @.acs_credential_object(c, t) FROM @.acs_system_types t "
		"WHERE t.system_type OPERATOR(pg_catalog.=) $15), "
		CREDENTIAL_EVENT_COLUMNS,
		{P_UUID, P_UUID, P_UUID, P_METHOD, P_CODE, P_TIME, P_TIME, P_BOOL,
		P_UUID, P_BOOL, P_BOOL, P_JSONB, P_TIME, P_TEXT}
	},
	[STMT_CREDENTIAL_ADD_ENTRANCES] = {
		"INSERT INTO @.acs_credential_entrances (workspace_id, acs_credential_id, acs_entrance_id) "
		"SELECT $1, $2, i.id FROM pg_catalog.unnest($3) AS i (id)",
		{P_UUID, P_UUIDS}
	},
	[STMT_CREDENTIAL_GET] = {
		CREDENTIALS_WITH_TYPE "AND c.acs_credential_id OPERATOR(pg_catalog.=) $2",
		{P_UUID},
		.callers_snapshot = true
	},
	[STMT_CREDENTIAL_LIST] = {
		CREDENTIALS_WITH_TYPE
		"AND ($2 IS NULL OR c.acs_user_id OPERATOR(pg_catalog.=) $2) "
		/* the index on users leads with the system, so tell it */
		"AND ($2 IS NULL OR c.acs_system_id OPERATOR(pg_catalog.=) (SELECT u.acs_system_id FROM @.acs_users u "
		"WHERE u.workspace_id OPERATOR(pg_catalog.=) $1 AND u.acs_user_id OPERATOR(pg_catalog.=) $2)) "
		"AND ($3 IS NULL OR c.acs_system_id OPERATOR(pg_catalog.=) $3) "
		"AND ($4 IS NULL OR (c.acs_system_id, c.acs_user_id) OPERATOR(pg_catalog.=) ANY "
		"(SELECT u.acs_system_id, u.acs_user_id FROM @.acs_users u "
		"WHERE u.workspace_id OPERATOR(pg_catalog.=) $1 AND u.user_identity_id OPERATOR(pg_catalog.=) $4)) "
		"AND ($5 IS NULL OR c.is_multi_phone_sync_credential OPERATOR(pg_catalog.=) $5) "
		"AND ($6 IS NULL OR pg_catalog.strpos(pg_catalog.lower(pg_catalog.concat_ws(E'\\n', c.display_name, "
		"c.code, c.card_number, c.acs_user_id, c.acs_credential_id)), pg_catalog.lower($6)) "
		"OPERATOR(pg_catalog.>) 0) "
		"AND ($7 IS NULL OR c.created_at OPERATOR(pg_catalog.<) $7) "
		"AND ($9 IS NULL OR c.acs_credential_id OPERATOR(pg_catalog.>) $9) "
		"ORDER BY c.acs_credential_id LIMIT $8",
		{P_UUID, P_UUID, P_UUID, P_BOOL, P_TEXT, P_TIME, P_INT, P_UUID},
		.callers_snapshot = true,
		.plan_each_time = true
	},
	[STMT_CREDENTIAL_DELETE] = {
		/* a multi-phone sync credential goes with its copies on phones */
		"DELETE FROM @.acs_credentials c "
		"WHERE c.workspace_id OPERATOR(pg_catalog.=) $1 "
		"AND (c.acs_credential_id OPERATOR(pg_catalog.=) $2 "
		"OR c.parent_acs_credential_id OPERATOR(pg_catalog.=) $2) "
		"RETURNING NULL, " CREDENTIAL_EVENT_COLUMNS,
		{P_UUID}
	},
	[STMT_EVENT_WRITE] = {
		"INSERT INTO @.acs_events (workspace_id, event_id, event_type, occurred_at, acs_system_id, "
		"acs_user_id, acs_credential_id, acs_entrance_id, actor, details) "
		"VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
		{P_UUID, P_TEXT, P_TIME, P_UUID, P_UUID, P_UUID, P_UUID, P_TEXT, P_JSONB}
	},
	[STMT_EVENTS_PURGE] = {
		"DELETE FROM @.acs_events e WHERE e.workspace_id OPERATOR(pg_catalog.=) $1 "
		"AND e.occurred_at OPERATOR(pg_catalog.<) $2",
		{P_TIME}
	},
};

/* ---------- kept plans ---------- */

static SPIPlanPtr plans[STMT_COUNT];
static Oid	plans_schema = InvalidOid;
static char plans_schema_name[NAMEDATALEN];
static bool schema_names_changed = true;

/* Looks nothing up: that is not allowed while invalidations are processed. */
static void
schema_changed(Datum arg pg_attribute_unused(), int cacheid pg_attribute_unused(),
			   uint32 hashvalue pg_attribute_unused())
{
	schema_names_changed = true;
}

/*
 * Make sure that the plans are those for the schema.  Stale ones are forgotten
 * and not freed, as one of them may be running further up the stack.
 */
static void
use_schema(Oid schema)
{
	static bool registered = false;
	char	   *name;

	if (schema == plans_schema && !schema_names_changed)
		return;
	if (!registered)
		CacheRegisterSyscacheCallback(NAMESPACEOID, schema_changed, (Datum) 0);
	registered = true;

	schema_names_changed = false;
	name = get_namespace_name(schema);
	if (name == NULL)
		elog(ERROR, "cache lookup failed for schema %u", schema);
	if (schema != plans_schema || strcmp(name, plans_schema_name) != 0)
		memset(plans, 0, sizeof(plans));
	plans_schema = schema;
	strlcpy(plans_schema_name, name, NAMEDATALEN);
	pfree(name);
}

/* The text with the schema in place of "@.". */
static char *
qualified_text(const char *text)
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

static Oid
own_type(const char *name)
{
	Oid			type = GetSysCacheOid2(TYPENAMENSP, Anum_pg_type_oid,
									   CStringGetDatum(name), ObjectIdGetDatum(plans_schema));

	if (!OidIsValid(type))
		elog(ERROR, "type \"%s\" of the extension is missing", name);
	return type;
}

static Oid
param_type_oid(ParamType type)
{
	switch (type)
	{
		case P_BOOL:
			return BOOLOID;
		case P_CODE:
			return own_type("acs_code");
		case P_INT:
			return INT4OID;
		case P_JSONB:
			return JSONBOID;
		case P_METHOD:
			return own_type("acs_access_method");
		case P_TEXT:
			return TEXTOID;
		case P_TIME:
			return TIMESTAMPTZOID;
		case P_UUID:
			return UUIDOID;
		case P_UUIDS:
			return UUIDARRAYOID;
		case END_OF_PARAMS:
			break;
	}
	elog(ERROR, "unknown parameter type %d", (int) type);
}

static int
count_params(const Statement *statement)
{
	int			n = 0;

	while (statement->params[n] != END_OF_PARAMS)
		n++;
	return n;
}

static SPIPlanPtr
plan_of(StatementId id)
{
	const Statement *statement = &statements[id];
	Oid			types[MAX_PARAMS + 1] = {UUIDOID};
	int			nparams = count_params(statement);
	SPIPlanPtr	plan;

	if (plans[id] != NULL)
		return plans[id];
	for (int i = 0; i < nparams; i++)
		types[i + 1] = param_type_oid(statement->params[i]);
	plan = SPI_prepare_cursor(qualified_text(statement->text), nparams + 1, types,
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

Oid
store_schema(void)
{
	return plans_schema;
}

Rows
statement_run(StatementId id, const NullableDatum *params)
{
	SPIPlanPtr	plan = plan_of(id);
	int			nparams = count_params(&statements[id]);
	Datum		values[MAX_PARAMS + 1] = {UUIDPGetDatum(session_workspace())};
	char		nulls[MAX_PARAMS + 1] = {' '};
	int			result;

	for (int i = 0; i < nparams; i++)
	{
		values[i + 1] = params[i].value;
		nulls[i + 1] = params[i].isnull ? 'n' : ' ';
	}
	result = SPI_execute_plan(plan, values, nulls, statements[id].callers_snapshot, 0);
	if (result < 0)
		elog(ERROR, "statement %d failed: %s", (int) id, SPI_result_code_string(result));
	return (Rows) {SPI_processed, SPI_tuptable};
}

NullableDatum
row_get(Rows rows, uint64 row, int column)
{
	NullableDatum datum;

	Assert(row < rows.count);
	datum.value = SPI_getbinval(rows.table->vals[row], rows.table->tupdesc, column, &datum.isnull);
	return datum;
}
