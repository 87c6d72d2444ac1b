/*
 * credentials.c
 *		Module entry: magic block and settings.
 */
#include "postgres.h"

#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/timestamp.h"

#include "compat.h"
#include "credentials.h"
#include "ids.h"

CREDENTIALS_MODULE_MAGIC;

int			setting_lockout_attempts = 10;
int			setting_lockout_duration = 30;
bool		setting_notify = false;
bool		setting_sql_driver = false;

static char *workspace_setting = NULL;
static pg_uuid_t workspace;		/* workspace_setting, parsed */
static int	workspace_assignments = 0;
static bool workspace_refused = false;

/* The nil UUID, when the setting is empty. */
const pg_uuid_t *
session_workspace(void)
{
	if (workspace_refused)
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("session is bound to no workspace"),
				 errdetail("A value of \"%s\" was given when the session began, and was refused.",
						   "credentials.workspace_id"),
				 errhint("Connect without it, or with the right to set it.")));
	return &workspace;
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
	workspace_assignments++;
	workspace_refused = false;
}

/* Looked up by name; fmgr.h declares it from 16 on. */
extern void _PG_init(void);

void
_PG_init(void)
{
	/*
	 * What was set before the library was loaded is applied now, if its setter
	 * had the right.  A refused one has hidden what ALTER ROLE ... SET bound
	 * the role to, and the default would be somebody's workspace: so refuse to
	 * work at all.  The default itself is the first assignment.
	 */
	bool		preset = GetConfigOption("credentials.workspace_id", true, false) != NULL;

	DefineCustomStringVariable("credentials.workspace_id",
							   "Workspace to which the session is bound.",
							   "A UUID; empty means the nil UUID, for databases with a single workspace.",
							   &workspace_setting,
							   "",
							   PGC_SUSET,
							   0,
							   check_workspace, assign_workspace, NULL);
	workspace_refused = preset && workspace_assignments < 2;
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
	MarkGUCPrefixReserved("credentials");
}
