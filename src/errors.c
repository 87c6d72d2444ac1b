/*
 * errors.c
 *		The error vocabulary: SQLSTATE, rule name, message and hint of each rule.
 *
 * The rule's name goes into the CONSTRAINT NAME field of the report, so that a
 * client branches on it without reading the text.
 */
#include "postgres.h"

#include "errors.h"

typedef struct RuleError
{
	int			sqlstate;
	const char *name;
	const char *message;
	const char *hint;			/* or NULL */
} RuleError;

#define NOT_FOUND	ERRCODE_NO_DATA_FOUND
#define INVALID		ERRCODE_INVALID_PARAMETER_VALUE

static const RuleError rule_errors[RULE_COUNT] = {
	[RULE_ACS_USER_NOT_FOUND] = {NOT_FOUND, "acs_user_not_found",
	"user does not exist", NULL},
	[RULE_ACS_CREDENTIAL_NOT_FOUND] = {NOT_FOUND, "acs_credential_not_found",
	"credential does not exist", NULL},
	[RULE_ACS_ENTRANCE_NOT_FOUND] = {NOT_FOUND, "acs_entrance_not_found",
	"entrance does not exist", NULL},
	[RULE_ACS_SYSTEM_NOT_FOUND] = {NOT_FOUND, "acs_system_not_found",
	"access control system does not exist", NULL},
	[RULE_ACS_ACCESS_GROUP_NOT_FOUND] = {NOT_FOUND, "acs_access_group_not_found",
	"access group does not exist", NULL},
	[RULE_EVENT_NOT_FOUND] = {NOT_FOUND, "event_not_found",
	"event does not exist", NULL},

	[RULE_ACCESS_METHOD_REQUIRED] = {INVALID, "access_method_required",
	"access method is missing", "Give \"code\", \"card\" or \"mobile_key\"."},
	[RULE_ACCESS_METHOD_NOT_SUPPORTED] = {INVALID, "access_method_not_supported",
	"system type does not support the access method", NULL},
	[RULE_CODE_NOT_ALLOWED] = {INVALID, "code_not_allowed",
	"credential of this kind carries no code", "Leave out the code."},
	[RULE_CUSTOM_CODE_NOT_ALLOWED] = {INVALID, "custom_code_not_allowed",
		"system type generates its codes itself",
	"Leave out the code: the new credential brings one."},
	[RULE_CODE_LENGTH] = {INVALID, "code_length",
	"code has a length that the system type does not allow", NULL},
	[RULE_CODE_DIGITS] = {INVALID, "code_digits",
	"code has a digit that keypads of the system type have no key for", NULL},
	[RULE_CODE_VALUE] = {INVALID, "code_value",
	"code has a value that the system type does not allow", NULL},
	[RULE_MULTI_PHONE_SYNC_REQUIRED] = {INVALID, "multi_phone_sync_required",
		"mobile key of this system type must be a multi-phone sync credential",
	"Set is_multi_phone_sync_credential to true."},
	[RULE_ENTRANCE_REQUIRED] = {INVALID, "entrance_required",
		"system type requires an entrance on the credential",
	"Name it in allowed_acs_entrance_ids."},
	[RULE_TOO_MANY_ENTRANCES] = {INVALID, "too_many_entrances",
	"credential names too many entrances", NULL},
	[RULE_INVALID_ENTRANCES] = {INVALID, "invalid_entrances",
		"entrances must be a list of different ids",
	"Give a one-dimensional array in which no id is null or repeated."},
	[RULE_ENTRANCE_IN_OTHER_SYSTEM] = {INVALID, "entrance_in_other_system",
	"entrance belongs to another access control system", NULL},
	[RULE_ACCESS_GROUP_IN_OTHER_SYSTEM] = {INVALID, "access_group_in_other_system",
	"access group belongs to another access control system", NULL},
	[RULE_WINDOW_REQUIRED] = {INVALID, "window_required",
		"system type requires a validity window",
	"Give both starts_at and ends_at."},
	[RULE_WINDOW_IN_THE_PAST] = {INVALID, "window_in_the_past",
		"validity window ends in the past",
	"Give an ends_at that is later than now."},
	[RULE_METADATA_NOT_SUPPORTED] = {INVALID, "metadata_not_supported",
	"metadata is not for this system type", NULL},
	[RULE_INVALID_METADATA] = {INVALID, "invalid_metadata",
	"metadata is not valid", NULL},
	[RULE_USER_REQUIRED] = {INVALID, "user_required",
		"user is missing",
	"Give acs_user_id, or user_identity_id together with acs_system_id."},
	[RULE_USER_MISMATCH] = {INVALID, "user_mismatch",
		"arguments name different users",
	"Give acs_user_id alone, or ids that belong to the same user."},
	[RULE_ALREADY_ASSIGNED] = {INVALID, "already_assigned",
		"credential is assigned to another user",
	"Unassign it first."},
	[RULE_ALREADY_ISSUED] = {INVALID, "already_issued",
		"credential is on another card",
	"Set is_replacement to true, or create a new credential for the new card."},
	[RULE_PHONE_COPY] = {INVALID, "phone_copy",
		"credential is a copy on a phone",
	"Change the credential that it is a copy of: the copies follow."},
	[RULE_CREDENTIAL_LIMIT] = {INVALID, "credential_limit",
		"user has as many credentials of this kind as the system type allows",
	"Delete one of the user's credentials first."},
	[RULE_NOT_A_CREDENTIAL_MANAGER] = {INVALID, "not_a_credential_manager",
	"system is not a credential manager", NULL},
	[RULE_INVALID_NAME] = {INVALID, "invalid_name",
	"name is missing or blank", NULL},
	[RULE_INVALID_CARD_NUMBER] = {INVALID, "invalid_card_number",
		"card number is not valid",
	"Give 1 to 64 visible ASCII characters, with single blanks between them at most."},
	[RULE_INVALID_SYSTEM_TYPE] = {INVALID, "invalid_system_type",
		"system type does not exist",
	"Give one of acs_system_types, or add a row there."},
	[RULE_INVALID_PHONE] = {INVALID, "invalid_phone",
	"phone is not valid", "Give 1 to 256 characters."},
	[RULE_INVALID_MAX_USES] = {INVALID, "invalid_max_uses",
		"number of uses is out of range",
	"Give a max_uses of 1 or more; 0 is without limit."},
	[RULE_INVALID_REFERENCE] = {INVALID, "invalid_reference",
		"reference is empty or too long",
	"Give 1 to 1000 bytes, or null."},
	[RULE_DISABLE_REASON_REQUIRED] = {INVALID, "disable_reason_required",
	"reason is missing", "Give \"lost\", \"stolen\", \"damaged\" or \"blocked\"."},
	[RULE_INVALID_FILTER] = {INVALID, "invalid_filter",
		"filter is not known",
	"The one value of include_if is \"visionline_metadata.is_valid\"."},
	[RULE_INVALID_PAGE] = {INVALID, "invalid_page",
		"page size is out of range",
	"Give a page_size from 1 to 10000."},
	[RULE_INVALID_TIME_ZONE] = {INVALID, "invalid_time_zone",
		"time zone does not exist",
	"Give a name of the IANA database as it is spelt there, such as \"Europe/Berlin\"."},
	[RULE_INVALID_MODE] = {INVALID, "invalid_mode",
		"mode of the door is not valid",
	"Give \"controlled\", \"locked\" or \"unlocked\", and an until that is later than now."},
	[RULE_INVALID_DAY] = {INVALID, "invalid_day",
	"day is missing or infinite", NULL},
	[RULE_INVALID_RANGE] = {INVALID, "invalid_range",
		"range of time is unbounded or too long",
	"Give a from_at and an until_at that are at most 100 years apart."},
	[RULE_ACCESS_BY_GROUP] = {INVALID, "access_by_group",
		"access group of the user gives the entrance",
	"Remove the user or the entrance from the access group first."},
	[RULE_SYSTEM_IN_USE] = {INVALID, "system_in_use",
		"access control system is in use",
	"Delete its users, entrances, access groups and credentials first."},
	[RULE_SYSTEM_TYPE_IN_USE] = {INVALID, "system_type_in_use",
		"format of card numbers cannot change while there are cards",
	"Delete the cards first, expired ones too, or add another system type."},
	[RULE_INVALID_CURSOR] = {INVALID, "invalid_cursor",
		"cursor is malformed",
	"Give the cursor of a row of acs_events_after(), or null to begin with the first event."},
	[RULE_INVALID_BATCH] = {INVALID, "invalid_batch",
		"batch size is out of range",
	"Give a batch_size of 1 or more."},
	[RULE_CURSOR_AHEAD] = {INVALID, "cursor_ahead",
		"cursor is ahead of the log",
	"The log is another one, or was put back to an earlier state: compare what you have with it, and begin where they agree."},

	[RULE_WINDOW_ORDER] = {ERRCODE_CHECK_VIOLATION, "window_order",
		"validity window must end after it starts",
	"Give an ends_at later than starts_at; null means unbounded."},
	[RULE_CODE_OVERLAP] = {ERRCODE_EXCLUSION_VIOLATION, "code_overlap",
		"code is taken during the validity window",
	"Give another code, or a window that does not overlap."},
	[RULE_CARD_NUMBER_OVERLAP] = {ERRCODE_EXCLUSION_VIOLATION, "card_number_overlap",
		"card number is taken during the validity window",
	"Delete or shorten the credential that holds the card, or give another card."},
	[RULE_USER_IDENTITY_TAKEN] = {ERRCODE_UNIQUE_VIOLATION, "user_identity_taken",
		"user identity has a user in the access control system",
	"Use that user, or give another user_identity_id."},
	[RULE_REFERENCE_TAKEN] = {ERRCODE_UNIQUE_VIOLATION, "reference_taken",
		"reference belongs to another credential of the access control system",
	"Use that credential, or give another reference."},
	[RULE_CODES_EXHAUSTED] = {ERRCODE_PROGRAM_LIMIT_EXCEEDED, "codes_exhausted",
		"no free code was found for the validity window",
	"Delete credentials that are no longer needed, or use longer codes."},
	[RULE_USER_MAPPING] = {INVALID, "user_mapping",
	"trigger does not map the table to a user", NULL},
	[RULE_TRUNCATE_NOT_FOLLOWED] = {ERRCODE_FEATURE_NOT_SUPPORTED, "truncate_not_followed",
		"table whose rows are users cannot be truncated",
	"Use DELETE, or give the trigger the argument 'on_truncate=delete'."},
	[RULE_TRUNCATE_NOT_TOLD] = {ERRCODE_FEATURE_NOT_SUPPORTED, "truncate_not_told",
		"table whose changes are told cannot be truncated",
	"Use DELETE, which tells each row, or set session_replication_role to replica if nothing is to be told."},
	[RULE_APPEND_ONLY] = {ERRCODE_INSUFFICIENT_PRIVILEGE, "append_only",
		"events cannot be changed or deleted",
	"Remove old events with acs_events_purge() or acs_events_purge_all()."},
	[RULE_BUILTIN_SYSTEM_TYPE] = {ERRCODE_INSUFFICIENT_PRIVILEGE, "builtin_system_type",
		"built-in system types cannot be added, changed or deleted",
	"Add a row of your own instead."},

	[RULE_WORKSPACE_REQUIRED] = {ERRCODE_INSUFFICIENT_PRIVILEGE, "workspace_required",
		"session is bound to no workspace",
	"Set credentials.workspace_id, with SET LOCAL in each transaction behind a pooler."},
};

int
errhidecaller(void)
{
	errhidestmt(true);
	return errhidecontext(true);
}

void
raise_rule_with_hint(Rule rule, const char *hint, const char *detail,...)
{
	const RuleError *error = &rule_errors[rule];
	StringInfoData text;

	Assert(rule > RULE_NONE && rule < RULE_COUNT);
	if (hint == NULL)
		hint = error->hint;

	initStringInfo(&text);
	while (detail != NULL)
	{
		va_list		args;
		int			needed;

		va_start(args, detail);
		needed = appendStringInfoVA(&text, detail, args);
		va_end(args);
		if (needed == 0)
			break;
		enlargeStringInfo(&text, needed);
	}

	ereport(ERROR,
			(errcode(error->sqlstate),
			 errmsg("%s", error->message),
			 detail ? errdetail_internal("%s", text.data) : 0,
			 hint ? errhint("%s", hint) : 0,
			 errhidecaller(),
			 err_generic_string(PG_DIAG_CONSTRAINT_NAME, error->name)));
}

void
raise_concurrent_change(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
			 errmsg("could not serialize access due to concurrent update")));
}

/* The server names a constraint together with its table. */
Rule
rule_of(const ErrorData *error)
{
	for (Rule rule = RULE_NONE + 1; rule < RULE_COUNT; rule++)
	{
		if (error->constraint_name != NULL && error->table_name == NULL &&
			strcmp(rule_errors[rule].name, error->constraint_name) == 0)
			return rule;
	}
	return RULE_NONE;
}

/*
 * Constraints of ours that say what a rule says, by the end of their names.  What a
 * foreign key misses was there when it was looked for, and has been deleted meanwhile.
 */
static const struct
{
	int			sqlstate;
	const char *suffix;
	Rule		rule;
}			constraints[] = {
	{ERRCODE_FOREIGN_KEY_VIOLATION, "_system_fkey", RULE_ACS_SYSTEM_NOT_FOUND},
	{ERRCODE_FOREIGN_KEY_VIOLATION, "_manager_fkey", RULE_ACS_SYSTEM_NOT_FOUND},
	{ERRCODE_FOREIGN_KEY_VIOLATION, "_user_fkey", RULE_ACS_USER_NOT_FOUND},
	{ERRCODE_FOREIGN_KEY_VIOLATION, "_group_fkey", RULE_ACS_ACCESS_GROUP_NOT_FOUND},
	{ERRCODE_FOREIGN_KEY_VIOLATION, "_entrance_fkey", RULE_ACS_ENTRANCE_NOT_FOUND},
	{ERRCODE_FOREIGN_KEY_VIOLATION, "_credential_fkey", RULE_ACS_CREDENTIAL_NOT_FOUND},
	{ERRCODE_FOREIGN_KEY_VIOLATION, "_parent_fkey", RULE_ACS_CREDENTIAL_NOT_FOUND},
	{ERRCODE_UNIQUE_VIOLATION, "_reference_key", RULE_REFERENCE_TAKEN},
	{ERRCODE_UNIQUE_VIOLATION, "_identity_key", RULE_USER_IDENTITY_TAKEN},
};

/* The rule behind a constraint that a row of the table (null: any) breaks. */
static Rule
rule_of_constraint(const ErrorData *error, const char *table)
{
	if (error->constraint_name == NULL ||
		error->table_name == NULL || (table != NULL && strcmp(error->table_name, table) != 0) ||
		strncmp(error->constraint_name, error->table_name, strlen(error->table_name)) != 0)
		return RULE_NONE;
	for (size_t i = 0; i < lengthof(constraints); i++)
	{
		if (error->sqlerrcode == constraints[i].sqlstate &&
			strcmp(error->constraint_name + strlen(error->table_name), constraints[i].suffix) == 0)
			return constraints[i].rule;
	}
	return RULE_NONE;
}

/*
 * The context without the line of SPI that prints the statement.  Lines of others
 * stay: a DBA looks there for what a trigger of his own was at.
 */
static char *
context_without(char *lines, const char *statement)
{
	char	   *text = lines != NULL && statement != NULL ? strstr(lines, statement) : NULL;
	char	   *begin = text;
	char	   *end;

	if (text == NULL)
		return lines;
	while (begin > lines && begin[-1] != '\n')
		begin--;
	end = strchr(text + strlen(statement), '\n');
	if (end != NULL)
		memmove(begin, end + 1, strlen(end + 1) + 1);
	else
		*(begin > lines ? begin - 1 : begin) = '\0';
	return *lines != '\0' ? lines : NULL;
}

void
rethrow_without_row(MemoryContext context, const char *table, const char *statement)
{
	ErrorData  *error;
	Rule		rule;

	MemoryContextSwitchTo(context);
	error = CopyErrorData();
	FlushErrorState();
	rule = rule_of_constraint(error, table);
	if (rule != RULE_NONE)
		raise_rule(rule, NULL);
	if (ERRCODE_TO_CATEGORY(error->sqlerrcode) == ERRCODE_INTEGRITY_CONSTRAINT_VIOLATION && !is_rule(error))
	{
		error->detail = NULL;
		error->hide_stmt = error->hide_ctx = true;
	}
	error->context = context_without(error->context, statement);
	ReThrowError(error);
}
