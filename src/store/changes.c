/*
 * changes.c
 *		Events of changes to rights, whoever makes them.
 *
 * Triggers and not the functions of the API, so that what a cascade, an
 * application's trigger or a DBA changes is told as well: each row that is
 * stored, changed or deleted, once.  What a column's change means is a table; a
 * change that means several things is several events, each with its own columns.
 *
 * Only a restore is no news (is_restored()).
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/namespace.h"
#include "catalog/partition.h"
#include "catalog/pg_type_d.h"
#include "commands/trigger.h"
#include "miscadmin.h"
#include "nodes/parsenodes.h"
#include "nodes/plannodes.h"
#include "tcop/pquery.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/datetime.h"
#include "utils/fmgroids.h"
#include "utils/json.h"
#include "utils/lsyscache.h"
#include "utils/portal.h"
#include "utils/rel.h"

#include "errors.h"
#include "store/details.h"
#include "store/events.h"
#include "store/layout.h"
#include "store/slots.h"
#include "store/trigger_table.h"

/* What a change means, which decides the name of its event. */
typedef enum Meaning
{
	UPDATE,
	SUSPENSION,
	ASSIGNMENT,
	DISABLING,
	ISSUE,
	USE,
	MODE
} Meaning;

typedef struct Told
{
	int			column;
	Meaning		meaning;
	bool		secret;			/* told as the display name */
	bool		counts;			/* told when it is set back: what is counted tells of itself */
} Told;

#define END_OF_COLUMNS (-1)

/* Columns are 0 where there is none. */
typedef struct Subject
{
	const char *name;			/* argument of the trigger, prefix of the events of changes */
	const char *added;			/* events of a row that comes, and of one that goes */
	const char *removed;
	const char *updated;		/* of a link, the event of its columns' changes */
	TableId		table;
	int			created_at;
	int			system_id;
	int			user_id;
	int			credential_id;
	int			entrance_id;
	int			group_id;
	int			display_name;
	const int  *shown;			/* what it is, when it comes or goes */
	const Told *columns;		/* whose changes are told; if there are none, it is another one then */
} Subject;

static const Told system_columns[] = {
	{SYSTEM_ID, UPDATE},
	{SYSTEM_TYPE, UPDATE},
	{SYSTEM_NAME, UPDATE},
	{SYSTEM_TIME_ZONE, UPDATE},
	{SYSTEM_DEFAULT_MANAGER, UPDATE},
	{SYSTEM_CONNECTED_ACCOUNT, UPDATE},
	{SYSTEM_MODE, MODE},
	{SYSTEM_MODE_UNTIL, MODE},
	{END_OF_COLUMNS}
};

static const Told user_columns[] = {
	{USER_ID, UPDATE},
	{USER_SYSTEM, UPDATE},
	{USER_IDENTITY, UPDATE},
	{USER_FULL_NAME, UPDATE},
	{USER_EMAIL_ADDRESS, UPDATE},
	{USER_PHONE_NUMBER, UPDATE},
	{USER_ACCESS_STARTS_AT, UPDATE},
	{USER_ACCESS_ENDS_AT, UPDATE},
	{USER_IS_SUSPENDED, SUSPENSION},
	{END_OF_COLUMNS}
};

static const Told entrance_columns[] = {
	{ENTRANCE_ID, UPDATE},
	{ENTRANCE_SYSTEM, UPDATE},
	{ENTRANCE_DISPLAY_NAME, UPDATE},
	{ENTRANCE_TAKES_CODE, UPDATE},
	{ENTRANCE_TAKES_CARD, UPDATE},
	{ENTRANCE_TAKES_MOBILE_KEY, UPDATE},
	{ENTRANCE_UNLOCK_SCHEDULE, UPDATE},
	{ENTRANCE_MODE, MODE},
	{ENTRANCE_MODE_UNTIL, MODE},
	{END_OF_COLUMNS}
};

static const Told group_columns[] = {
	{GROUP_ID, UPDATE},
	{GROUP_SYSTEM, UPDATE},
	{GROUP_NAME, UPDATE},
	{GROUP_SCHEDULE, UPDATE},
	{GROUP_ENTERS_WHEN_LOCKED, UPDATE},
	{END_OF_COLUMNS}
};

static const Told group_user_columns[] = {
	{GROUP_USER_STARTS_AT, UPDATE},
	{GROUP_USER_ENDS_AT, UPDATE},
	{END_OF_COLUMNS}
};

/* Creation moves the start (valid_from); what follows from others is not told. */
static const Told credential_columns[] = {
	{CREDENTIAL_ID, UPDATE},
	{CREDENTIAL_SYSTEM, UPDATE},
	{CREDENTIAL_ACCESS_METHOD, UPDATE},
	{CREDENTIAL_CODE, UPDATE, .secret = true},
	{CREDENTIAL_STARTS_AT, UPDATE},
	{CREDENTIAL_ENDS_AT, UPDATE},
	{CREDENTIAL_CREATED_AT, UPDATE},
	{CREDENTIAL_IS_MULTI_PHONE_SYNC, UPDATE},
	{CREDENTIAL_PARENT, UPDATE},
	{CREDENTIAL_PHONE, UPDATE},
	{CREDENTIAL_MANAGER, UPDATE},
	{CREDENTIAL_SCHEDULE, UPDATE},
	{CREDENTIAL_MAX_USES, UPDATE},
	{CREDENTIAL_USES, UPDATE, .counts = true},
	{CREDENTIAL_REFERENCE, UPDATE},
	{CREDENTIAL_METADATA, UPDATE},
	{CREDENTIAL_USER, ASSIGNMENT},
	{CREDENTIAL_DISABLE_REASONS, DISABLING},
	{CREDENTIAL_CARD_NUMBER, ISSUE, .secret = true},
	{CREDENTIAL_IS_ISSUED, ISSUE},
	{CREDENTIAL_ISSUED_AT, ISSUE},
	{CREDENTIAL_USED_UP_AT, USE},
	{END_OF_COLUMNS}
};

static const Subject subjects[] = {
	{
		"acs_system", "acs_system.added", "acs_system.removed", NULL, TABLE_SYSTEMS,
		.created_at = SYSTEM_CREATED_AT,.system_id = SYSTEM_ID,
		.columns = system_columns,
		.shown = (const int[]) {SYSTEM_NAME, SYSTEM_TYPE, END_OF_COLUMNS}
	},
	{
		"acs_holiday", "acs_system.holiday_added", "acs_system.holiday_removed", NULL, TABLE_HOLIDAYS,
		.created_at = HOLIDAY_CREATED_AT,.system_id = HOLIDAY_SYSTEM,
		.shown = (const int[]) {HOLIDAY_DAY, HOLIDAY_NAME, END_OF_COLUMNS}
	},
	{
		"acs_user", "acs_user.created", "acs_user.deleted", NULL, TABLE_USERS,
		.created_at = USER_CREATED_AT,.system_id = USER_SYSTEM,.user_id = USER_ID,
		.columns = user_columns,
		.shown = (const int[]) {USER_FULL_NAME, USER_ACCESS_STARTS_AT, USER_ACCESS_ENDS_AT, END_OF_COLUMNS}
	},
	{
		"acs_entrance", "acs_entrance.added", "acs_entrance.removed", NULL, TABLE_ENTRANCES,
		.created_at = ENTRANCE_CREATED_AT,.system_id = ENTRANCE_SYSTEM,.entrance_id = ENTRANCE_ID,
		.columns = entrance_columns,
		.shown = (const int[]) {ENTRANCE_DISPLAY_NAME, END_OF_COLUMNS}
	},
	{
		"acs_access_group", "acs_access_group.created", "acs_access_group.deleted", NULL, TABLE_GROUPS,
		.created_at = GROUP_CREATED_AT,.system_id = GROUP_SYSTEM,.group_id = GROUP_ID,
		.columns = group_columns,
		.shown = (const int[]) {GROUP_NAME, GROUP_SCHEDULE, END_OF_COLUMNS}
	},
	{
		"acs_access_group_user", "acs_access_group.user_added", "acs_access_group.user_removed",
		"acs_access_group.user_updated", TABLE_GROUP_USERS,
		.created_at = GROUP_USER_CREATED_AT,.system_id = GROUP_USER_SYSTEM,
		.group_id = GROUP_USER_GROUP,.user_id = GROUP_USER_USER,
		.columns = group_user_columns,
		.shown = (const int[]) {GROUP_USER_STARTS_AT, GROUP_USER_ENDS_AT, END_OF_COLUMNS}
	},
	{
		"acs_access_group_entrance", "acs_access_group.entrance_added", "acs_access_group.entrance_removed",
		NULL, TABLE_GROUP_ENTRANCES,
		.created_at = GROUP_ENTRANCE_CREATED_AT,.system_id = GROUP_ENTRANCE_SYSTEM,
		.group_id = GROUP_ENTRANCE_GROUP,.entrance_id = GROUP_ENTRANCE_ENTRANCE
	},
	{
		"acs_credential", "acs_credential.created", "acs_credential.deleted", NULL, TABLE_CREDENTIALS,
		.created_at = CREDENTIAL_CREATED_AT,.system_id = CREDENTIAL_SYSTEM,.user_id = CREDENTIAL_USER,
		.credential_id = CREDENTIAL_ID,.display_name = CREDENTIAL_DISPLAY_NAME,
		.columns = credential_columns,
		.shown = (const int[]) {CREDENTIAL_ACCESS_METHOD, CREDENTIAL_DISPLAY_NAME,
		CREDENTIAL_STARTS_AT, CREDENTIAL_ENDS_AT, CREDENTIAL_SCHEDULE, END_OF_COLUMNS}
	},
	{
		"acs_credential_entrance", "acs_credential.entrance_added", "acs_credential.entrance_removed",
		NULL, TABLE_CREDENTIAL_ENTRANCES,
		.created_at = CREDENTIAL_ENTRANCE_CREATED_AT,.system_id = CREDENTIAL_ENTRANCE_SYSTEM,
		.credential_id = CREDENTIAL_ENTRANCE_CREDENTIAL,.entrance_id = CREDENTIAL_ENTRANCE_ENTRANCE
	},
};

/* A change: what it is of, and both versions of the row; of one that comes or goes, twice the same. */
typedef struct RowChange
{
	const Subject *subject;
	const TriggerTable *table;
	TupleTableSlot *old;
	TupleTableSlot *new;
	const Row  *credential;		/* on which a link hangs, or null */
} RowChange;

/* ---------- columns of a row ---------- */

static NullableDatum
old_value(const RowChange *change, int column)
{
	return trigger_column(change->table, change->old, column);
}

static NullableDatum
new_value(const RowChange *change, int column)
{
	return trigger_column(change->table, change->new, column);
}

/* Of a column that the subject may not have. */
static NullableDatum
new_id(const RowChange *change, int column)
{
	return column == 0 ? NO_DATUM : new_value(change, column);
}

static bool
is_changed(const RowChange *change, int column)
{
	return !slots_agree(change->old, change->new, change->table->attnums[column]);
}

static bool
is_told(const RowChange *change, const Told *told)
{
	if (told->counts)
		return DatumGetInt32(new_value(change, told->column).value) < DatumGetInt32(old_value(change, told->column).value);
	return is_changed(change, told->column);
}

static const char *
column_name(const RowChange *change, int column)
{
	return layout_of(change->subject->table)->columns[column].name;
}

/* For people and programs alike: instants as in JSON, the rest as its text. */
static const char *
column_text(const RowChange *change, TupleTableSlot *row, int column)
{
	NullableDatum value = trigger_column(change->table, row, column);
	Oid			type = TupleDescAttr(row->tts_tupleDescriptor, change->table->attnums[column] - 1)->atttypid;
	Oid			output;
	bool		is_varlena;

	if (value.isnull)
		return NULL;
	if (type == TEXTOID)
		return TextDatumGetCString(value.value);
	if (type == TIMESTAMPTZOID || type == DATEOID)
		return JsonEncodeDateTime(palloc(MAXDATELEN + 1), value.value, type, NULL);
	if (type == BOOLOID)
		return DatumGetBool(value.value) ? "true" : "false";
	getTypeOutputInfo(type, &output, &is_varlena);
	return OidOutputFunctionCall(output, value.value);
}

/* ---------- what happened ---------- */

/* Whatever the order of the reasons, and however often each is there. */
static bool
has_all_reasons(NullableDatum reasons, NullableDatum others)
{
	return DatumGetBool(OidFunctionCall2(F_ARRAYCONTAINS, reasons.value, others.value));
}

/* One for another is one more that speaks against it. */
static const char *
disabling_verb(const RowChange *change)
{
	NullableDatum old_reasons = old_value(change, CREDENTIAL_DISABLE_REASONS);
	NullableDatum new_reasons = new_value(change, CREDENTIAL_DISABLE_REASONS);

	if (!has_all_reasons(old_reasons, new_reasons))
		return "disabled";
	return has_all_reasons(new_reasons, old_reasons) ? "updated" : "enabled";
}

static const char *
issue_verb(const RowChange *change)
{
	NullableDatum is_issued = new_value(change, CREDENTIAL_IS_ISSUED);

	if (new_value(change, CREDENTIAL_ISSUED_AT).isnull || (!is_issued.isnull && !DatumGetBool(is_issued.value)))
		return "updated";
	return old_value(change, CREDENTIAL_ISSUED_AT).isnull ? "issued" : "reissued";
}

static const char *
verb(const RowChange *change, Meaning meaning)
{
	switch (meaning)
	{
		case SUSPENSION:
			return DatumGetBool(new_value(change, USER_IS_SUSPENDED).value) ? "suspended" : "unsuspended";
		case ASSIGNMENT:
			return new_value(change, CREDENTIAL_USER).isnull ? "unassigned" : "assigned";
		case DISABLING:
			return disabling_verb(change);
		case ISSUE:
			return issue_verb(change);
		case USE:
			return old_value(change, CREDENTIAL_USED_UP_AT).isnull ? "used_up" : "updated";
		case MODE:
			return "mode_changed";
		case UPDATE:
			break;
	}
	return "updated";
}

/* The credential that was given something, or lost it; null if it is gone itself. */
static const Row *
find_credential(const RowChange *change, Row *credential)
{
	const Subject *subject = change->subject;
	Datum		id;

	if (subject->credential_id == 0 || subject->table == TABLE_CREDENTIALS)
		return NULL;
	id = new_value(change, subject->credential_id).value;
	return find_row_in(DatumGetUUIDP(new_value(change, WORKSPACE).value), CREDENTIAL_BY_ID, &id,
					   LATEST_SIGHT, credential) ? credential : NULL;
}

/* Of a credential that was taken from its user, that one. */
static NullableDatum
user_of(const RowChange *change)
{
	const Subject *subject = change->subject;
	NullableDatum user = new_id(change, subject->user_id);

	if (change->credential != NULL)
		return change->credential->columns[CREDENTIAL_USER];
	return user.isnull && subject->user_id != 0 ? old_value(change, subject->user_id) : user;
}

static void
write_event(const RowChange *change, const char *event_type, Details *details)
{
	const Subject *subject = change->subject;

	event_write(DatumGetUUIDP(new_value(change, WORKSPACE).value), event_type,
				new_id(change, subject->system_id),
				user_of(change),
				new_id(change, subject->credential_id),
				new_id(change, subject->entrance_id),
				new_id(change, subject->group_id),
				DATUM(details_end(details)));
}

/* A row that comes or goes. */
static void
tell_row(const RowChange *change, TupleTableSlot *row, const char *event_type)
{
	RowChange	whole = *change;
	Row			credential;
	Details		details;

	whole.old = whole.new = row;
	whole.credential = find_credential(&whole, &credential);
	details_begin(&details);
	if (whole.credential != NULL)
		details_varlena(&details, "display_name", credential.columns[CREDENTIAL_DISPLAY_NAME]);
	for (const int *column = change->subject->shown; column != NULL && *column != END_OF_COLUMNS; column++)
		details_text(&details, column_name(&whole, *column), column_text(&whole, row, *column));
	write_event(&whole, event_type, &details);
}

static void
tell_column(Details *details, const RowChange *change, const Told *told)
{
	int			shown = told->secret ? change->subject->display_name : told->column;

	details_begin_object(details, column_name(change, told->column));
	details_text(details, "old", column_text(change, change->old, shown));
	details_text(details, "new", column_text(change, change->new, shown));
	details_end_object(details);
}

/* One event for all columns whose change has the verb; they are then told. */
static void
tell_verb(const RowChange *change, const char *event_verb, const char **verbs)
{
	const Subject *subject = change->subject;
	Details		details;

	details_begin(&details);
	if (subject->display_name != 0)
		details_varlena(&details, "display_name", new_value(change, subject->display_name));
	for (int i = 0; subject->columns[i].column != END_OF_COLUMNS; i++)
	{
		if (verbs[i] == NULL || strcmp(verbs[i], event_verb) != 0)
			continue;
		tell_column(&details, change, &subject->columns[i]);
		verbs[i] = NULL;
	}
	write_event(change, subject->updated ? subject->updated : psprintf("%s.%s", subject->name, event_verb), &details);
}

static void
tell_columns(const RowChange *change)
{
	const Told *columns = change->subject->columns;
	const char *verbs[MAX_COLUMNS];
	int			n;

	for (n = 0; columns[n].column != END_OF_COLUMNS; n++)
		verbs[n] = is_told(change, &columns[n]) ? verb(change, columns[n].meaning) : NULL;
	for (int i = 0; i < n; i++)
	{
		if (verbs[i] != NULL)
			tell_verb(change, verbs[i], verbs);
	}
}

static bool
is_any_changed(const RowChange *change, const int *columns)
{
	for (; columns != NULL && *columns != END_OF_COLUMNS; columns++)
	{
		if (is_changed(change, *columns))
			return true;
	}
	return false;
}

/* Is it another link, or in another workspace?  Then one goes and one comes. */
static bool
is_another(const RowChange *change)
{
	const Subject *subject = change->subject;
	const int	ids[] = {subject->system_id, subject->group_id, subject->user_id, subject->credential_id, subject->entrance_id};

	if (is_changed(change, WORKSPACE))
		return true;
	if (subject->columns != NULL && subject->updated == NULL)
		return false;
	for (size_t i = 0; i < lengthof(ids); i++)
	{
		if (ids[i] != 0 && is_changed(change, ids[i]))
			return true;
	}
	return subject->columns == NULL && is_any_changed(change, subject->shown);
}

static void
tell_update(const RowChange *change)
{
	if (is_another(change))
	{
		tell_row(change, change->old, change->subject->removed);
		tell_row(change, change->new, change->subject->added);
	}
	else if (change->subject->columns != NULL)
		tell_columns(change);
}

/* ---------- a restore ---------- */

/* What the client had begun, if it is a COPY into a table. */
static const CopyStmt *
copy_of_client(void)
{
	Portal		portal = ActivePortal;
	PlannedStmt *statement = portal != NULL && portal->commandTag == CMDTAG_COPY ? linitial(portal->stmts) : NULL;
	CopyStmt   *copy = statement != NULL && statement->utilityStmt != NULL && IsA(statement->utilityStmt, CopyStmt) ?
		castNode(CopyStmt, statement->utilityStmt) : NULL;

	return copy != NULL && copy->is_from ? copy : NULL;
}

/* Or into a table of which this is a partition. */
static bool
is_into(const CopyStmt *copy, Relation relation)
{
	Oid			relid = RelationGetRelid(relation);
	Oid			target = RangeVarGetRelid(copy->relation, NoLock, true);

	return target == relid ||
		(relation->rd_rel->relispartition && list_member_oid(get_partition_ancestors(relid), target));
}

/*
 * What a dump brings back was told when it happened.  That is a row of a COPY into
 * the table, not of a trigger or a default behind one, older than that COPY, and by
 * a role that could have kept silent anyway.
 */
static bool
is_restored(const RowChange *change, Relation relation)
{
	const CopyStmt *copy = copy_of_client();
	NullableDatum created_at;

	if (copy == NULL || DatumGetInt32(OidFunctionCall0(F_PG_TRIGGER_DEPTH)) != 1)
		return false;
	created_at = new_value(change, change->subject->created_at);
	return !created_at.isnull && DatumGetTimestampTz(created_at.value) < GetCurrentStatementStartTimestamp() &&
		has_privs_of_role(GetOuterUserId(), relation->rd_rel->relowner) && is_into(copy, relation);
}

/* ---------- the triggers ---------- */

static const Subject *
find_subject(FunctionCallInfo fcinfo)
{
	for (size_t i = 0; i < lengthof(subjects); i++)
	{
		if (is_row_trigger_for(fcinfo, TRIGGER_EVENT_AFTER, subjects[i].name))
			return &subjects[i];
	}
	ereport(ERROR,
			(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
			 errmsg("function \"%s\" must be fired AFTER INSERT OR UPDATE OR DELETE FOR EACH ROW, with the name of what is stored",
					"acs_record_change")));
}

/*
 * CREATE TRIGGER record_change AFTER INSERT OR UPDATE OR DELETE ON acs_users
 *		FOR EACH ROW EXECUTE FUNCTION acs_record_change('acs_user');
 */
PG_FUNCTION_INFO_V1(acs_record_change);
Datum
acs_record_change(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;
	RowChange	change = {.subject = find_subject(fcinfo)};

	change.table = trigger_table(trigger->tg_relation, change.subject->table);
	change.old = change.new = trigger->tg_trigslot;
	if (TRIGGER_FIRED_BY_INSERT(trigger->tg_event) && is_restored(&change, trigger->tg_relation))
		PG_RETURN_POINTER(NULL);
	store_open(fcinfo);
	if (TRIGGER_FIRED_BY_INSERT(trigger->tg_event))
		tell_row(&change, change.new, change.subject->added);
	else if (TRIGGER_FIRED_BY_DELETE(trigger->tg_event))
		tell_row(&change, change.old, change.subject->removed);
	else
	{
		change.new = trigger->tg_newslot;
		tell_update(&change);
	}
	store_close();
	PG_RETURN_POINTER(NULL);
}

/*
 * CREATE TRIGGER truncate_not_told BEFORE TRUNCATE ON acs_users
 *		FOR EACH STATEMENT EXECUTE FUNCTION acs_truncate_not_told();
 */
PG_FUNCTION_INFO_V1(acs_truncate_not_told);
Datum
acs_truncate_not_told(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;

	if (!CALLED_AS_TRIGGER(fcinfo) || !TRIGGER_FIRED_BY_TRUNCATE(trigger->tg_event))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function \"%s\" must be fired by TRUNCATE", "acs_truncate_not_told")));
	raise_rule(RULE_TRUNCATE_NOT_TOLD, "The table is \"%s\".", RelationGetRelationName(trigger->tg_relation));
}
