/*
 * credentials.c
 *		Module entry: magic block and settings.
 */
#include "postgres.h"

#include "access/xact.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/guc_tables.h"
#include "utils/timestamp.h"

#include "compat.h"
#include "credentials.h"
#include "errors.h"
#include "ids.h"

/* What the names of all settings begin with, and a dot. */
#define SETTINGS "credentials"

CREDENTIALS_MODULE_MAGIC;

int			setting_lockout_attempts = 10;
int			setting_lockout_duration = 30;
bool		setting_notify = false;
bool		setting_sql_driver = false;

static char *workspace_setting = NULL;
static pg_uuid_t workspace;		/* workspace_setting, parsed */
static bool setting_workspace_required = false;

/* The first setting of which a value was refused, or empty: see refuse_session(). */
static char *refused_setting = NULL;

void
require_honest_session(void)
{
	if (*refused_setting != '\0')
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("session is bound to no workspace"),
				 errdetail("A value of \"%s\" was given when the session began, and was refused.",
						   refused_setting),
				 errhint("Connect without it, or with the right to set it.")));
}

/* The nil UUID, when the setting is empty. */
const pg_uuid_t *
session_workspace(void)
{
	require_honest_session();
	if (setting_workspace_required && *workspace_setting == '\0')
		raise_rule(RULE_WORKSPACE_REQUIRED, NULL);
	return &workspace;
}

bool
is_session_workspace(Datum workspace_id)
{
	return memcmp(DatumGetUUIDP(workspace_id), session_workspace(), UUID_LEN) == 0;
}

static bool
check_workspace(char **newval, void **extra, GucSource source pg_attribute_unused())
{
	pg_uuid_t  *parsed;

	/* uuid_in() would report a malformed value by an error, which a check hook must not do */
	if (**newval != '\0' && !is_uuid_text(*newval))
	{
		GUC_check_errdetail("A workspace is a UUID such as \"398d80b7-3f96-47c2-b85a-6f8ba21d07be\", or empty.");
		return false;
	}

	/* guc.c frees the extra with free() up to 15, with guc_free() since */
	parsed = credentials_guc_malloc(sizeof(pg_uuid_t));
	if (parsed == NULL)
		return false;
	memset(parsed, 0, sizeof(pg_uuid_t));
	if (**newval != '\0')
		*parsed = *DatumGetUUIDP(DirectFunctionCall1(uuid_in, CStringGetDatum(*newval)));
	*extra = parsed;
	return true;
}

static void
assign_workspace(const char *newval pg_attribute_unused(), void *extra)
{
	workspace = *(pg_uuid_t *) extra;
}

/* By nobody but refuse_session(), here or in the leader of a parallel worker. */
static bool
check_refused_setting(char **newval pg_attribute_unused(), void **extra pg_attribute_unused(), GucSource source)
{
	if (source == PGC_S_DEFAULT || source == PGC_S_OVERRIDE)
		return true;
	GUC_check_errdetail("It tells which setting was refused, and cannot be set.");
	return false;
}

/* ---------- what was given before the library was loaded ---------- */

/*
 * Anybody can give a setting any value while the library is not loaded: by an
 * option of the connection, by SET.  The server keeps it in a placeholder, and
 * applies it when the setting is defined, if its giver had the right and the
 * value is valid.  One that is refused has hidden what ALTER ROLE ... SET bound
 * the session to, and the default is somebody's workspace, or a laxer lockout.
 * So such a session must not work at all.
 */
typedef struct GivenValue
{
	const char *setting;
	const char *value;
	GucContext	context;
	GucSource	source;
	Oid			role;
} GivenValue;

typedef struct Given
{
	List	   *values;			/* of GivenValue */
	const char *half_reset;		/* a setting that the server would get wrong, or NULL */
} Given;

static void
note_value(Given *given, const char *setting, const char *value, GucContext context, GucSource source, Oid role)
{
	GivenValue *noted;

	if (value == NULL)
		return;
	noted = palloc(sizeof(GivenValue));
	*noted = (GivenValue) {pstrdup(setting), pstrdup(value), context, source, role};
	given->values = lappend(given->values, noted);
}

/*
 * define_custom_variable() in guc.c loses a RESET that came after a SET, if a
 * savepoint or a function's SET lies between them so that both are kept.
 */
static bool
is_half_reset(const struct config_generic *placeholder)
{
	bool		is_reset = placeholder->source <= PGC_S_OVERRIDE;

	for (const GucStack *stack = placeholder->stack; stack != NULL; stack = stack->prev)
	{
		if (is_reset && stack->source > PGC_S_OVERRIDE)
			return true;
		is_reset |= stack->source <= PGC_S_OVERRIDE;
	}
	return false;
}

/* All that define_custom_variable() will apply. */
static void
note_placeholder(Given *given, struct config_generic *placeholder)
{
	struct config_string *string = config_string_compat(placeholder);
	const char *name = placeholder->name;

	note_value(given, name, string->reset_val, placeholder->reset_scontext,
			   placeholder->reset_source, placeholder->reset_srole);
	note_value(given, name, *string->variable, placeholder->scontext,
			   placeholder->source, placeholder->srole);
	for (GucStack *stack = placeholder->stack; stack != NULL; stack = stack->prev)
	{
		note_value(given, name, stack->prior.val.stringval, stack->scontext, stack->source, stack->srole);
		note_value(given, name, stack->masked.val.stringval, stack->masked_scontext,
				   PGC_S_SESSION, stack->masked_srole);
	}
	if (is_half_reset(placeholder))
		given->half_reset = pstrdup(name);
}

static Given
note_given(void)
{
	Given		given = {NIL, NULL};
	int			n_settings;
	struct config_generic **settings = get_guc_variables_compat(&n_settings);

	for (int i = 0; i < n_settings; i++)
	{
		if ((settings[i]->flags & GUC_CUSTOM_PLACEHOLDER) != 0 &&
			pg_strncasecmp(settings[i]->name, SETTINGS ".", strlen(SETTINGS ".")) == 0)
			note_placeholder(&given, settings[i]);
	}
	return given;
}

/* The server asked the same when it applied the value, and only warned. */
static bool
was_refused(const GivenValue *given)
{
	return set_config_option_ext(given->setting, given->value, given->context, given->source, given->role,
								 GUC_ACTION_SET, false, DEBUG5, false) == 0;
}

/*
 * It is the value of a setting because the server takes those along: into
 * parallel workers, and through whatever undoes a SET.
 */
static void
refuse_session(const char *setting)
{
	SetConfigOption("credentials.refused_setting", setting, PGC_SUSET, PGC_S_OVERRIDE);
}

static void
judge_given(const Given *given)
{
	ListCell   *cell;

	foreach(cell, given->values)
	{
		const GivenValue *value = lfirst(cell);

		if (was_refused(value))
		{
			refuse_session(value->setting);
			break;
		}
	}
}

/* ---------- loading ---------- */

/* A parallel worker loads what its leader had loaded before the operation. */
static void
cannot_load(const char *when, const char *setting)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_TRANSACTION_STATE),
			 errmsg("cannot load library \"%s\" %s", SETTINGS, when),
			 errdetail("The server would not apply the value of \"%s\" that the session has.", setting),
			 errhint("Name the library in \"session_preload_libraries\".")));
}

/*
 * SUPPORT acs_planner_support: of a function that is SECURITY DEFINER the server
 * loads the library not with the plan but at the first call, which may be in a
 * parallel operation.  To ask for support is to load it when a call is planned.
 */
PG_FUNCTION_INFO_V1(acs_planner_support);
Datum
acs_planner_support(PG_FUNCTION_ARGS)
{
	PG_RETURN_POINTER(NULL);
}

/* The settings in credentials.h's order. */
static void
define_settings(void)
{
	DefineCustomStringVariable("credentials.workspace_id",
							   "Workspace to which the session is bound.",
							   "A UUID; empty means the nil UUID, for databases with a single workspace.",
							   &workspace_setting,
							   "",
							   PGC_SUSET,
							   0,
							   check_workspace, assign_workspace, NULL);
	DefineCustomBoolVariable("credentials.workspace_required",
							 "Refuse a session that is bound to no workspace.",
							 "Instead of binding it to the nil UUID.",
							 &setting_workspace_required,
							 false,
							 PGC_SUSET,
							 0,
							 NULL, NULL, NULL);
	DefineCustomIntVariable("credentials.lockout_attempts",
							"Unknown codes in a row at an entrance after which it refuses codes.",
							"0 turns lockouts off.",
							&setting_lockout_attempts,
							10, 0, 1000000,
							PGC_SUSET,
							0,
							NULL, NULL, NULL);
	DefineCustomIntVariable("credentials.lockout_duration",
							"How long an entrance refuses codes after too many unknown ones.",
							NULL,
							&setting_lockout_duration,
							30, 1, SECS_PER_DAY,
							PGC_SUSET,
							GUC_UNIT_S,
							NULL, NULL, NULL);
	DefineCustomBoolVariable("credentials.notify",
							 "Send each event with NOTIFY on channel acs_events as well.",
							 "NOTIFY takes a database-wide lock at commit.",
							 &setting_notify,
							 false,
							 PGC_SUSET,
							 0,
							 NULL, NULL, NULL);
	DefineCustomBoolVariable("credentials.debug_sql_driver",
							 "Reach all tables by SQL, as if none were a plain heap.",
							 "For developers: results are the same, costs are not.",
							 &setting_sql_driver,
							 false,
							 PGC_SUSET,
							 GUC_NO_SHOW_ALL | GUC_NOT_IN_SAMPLE,
							 NULL, NULL, NULL);
	DefineCustomStringVariable("credentials.refused_setting",
							   "A setting of which a value was refused, so that the session cannot work.",
							   NULL,
							   &refused_setting,
							   "",
							   PGC_SUSET,
							   GUC_NO_SHOW_ALL | GUC_NOT_IN_SAMPLE,
							   check_refused_setting, NULL, NULL);
}

/* Looked up by name; fmgr.h declares it from 16 on. */
extern void _PG_init(void);

void
_PG_init(void)
{
	Given		given = note_given();

	/* raised before anything is defined, so that it can be loaded later */
	if (IsInParallelMode() && given.values != NIL)
		cannot_load("during a parallel operation", ((GivenValue *) linitial(given.values))->setting);
	if (given.half_reset != NULL)
		cannot_load("in this transaction", given.half_reset);
	define_settings();
	judge_given(&given);
	MarkGUCPrefixReserved(SETTINGS);
}
