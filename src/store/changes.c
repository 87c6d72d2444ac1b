/*
 * changes.c
 *		Events of changes to users and credentials, whoever makes them.
 *
 * A trigger and not the functions of the API, so that what a cascade, an
 * application's trigger or a DBA changes is told as well.  What a column's
 * change means is a table; a change that means several things is several
 * events, each with its own columns.
 */
#include "postgres.h"

#include "catalog/pg_type_d.h"
#include "commands/trigger.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/datetime.h"
#include "utils/json.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

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
	MEANING_COUNT
} Meaning;

typedef struct Told
{
	int			column;
	Meaning		meaning;
	bool		secret;			/* told as the display name */
	bool		counts;			/* told when it is set back: what is counted tells of itself */
} Told;

#define END_OF_COLUMNS (-1)

typedef struct Subject
{
	const char *name;			/* argument of the trigger, prefix of its events */
	TableId		table;
	int			system_id;		/* columns; 0: there is none */
	int			user_id;
	int			credential_id;
	int			display_name;
	const Told *columns;		/* whose changes are told */
	const int  *told_on_delete;
} Subject;

static const Told user_columns[] = {
	{USER_IS_SUSPENDED, SUSPENSION},
	{USER_ID, UPDATE},
	{USER_SYSTEM, UPDATE},
	{USER_IDENTITY, UPDATE},
	{USER_FULL_NAME, UPDATE},
	{USER_EMAIL_ADDRESS, UPDATE},
	{USER_PHONE_NUMBER, UPDATE},
	{USER_ACCESS_STARTS_AT, UPDATE},
	{USER_ACCESS_ENDS_AT, UPDATE},
	{END_OF_COLUMNS}
};

static const Told credential_columns[] = {
	{CREDENTIAL_USER, ASSIGNMENT},
	{CREDENTIAL_DISABLE_REASONS, DISABLING},
	{CREDENTIAL_CARD_NUMBER, ISSUE, .secret = true},
	{CREDENTIAL_ISSUED_AT, ISSUE},
	{CREDENTIAL_SYSTEM, UPDATE},
	{CREDENTIAL_ACCESS_METHOD, UPDATE},
	{CREDENTIAL_CODE, UPDATE, .secret = true},
	{CREDENTIAL_STARTS_AT, UPDATE},
	{CREDENTIAL_ENDS_AT, UPDATE},
	{CREDENTIAL_IS_MULTI_PHONE_SYNC, UPDATE},
	{CREDENTIAL_MANAGER, UPDATE},
	{CREDENTIAL_MAX_USES, UPDATE},
	{CREDENTIAL_USES, UPDATE, .counts = true},
	{CREDENTIAL_USED_UP_AT, USE},
	{CREDENTIAL_REFERENCE, UPDATE},
	{CREDENTIAL_METADATA, UPDATE},
	{END_OF_COLUMNS}
};

static const Subject subjects[] = {
	{
		"acs_user", TABLE_USERS,
		.system_id = USER_SYSTEM,.user_id = USER_ID,
		.columns = user_columns,
		.told_on_delete = (const int[]) {USER_FULL_NAME, END_OF_COLUMNS}
	},
	{
		"acs_credential", TABLE_CREDENTIALS,
		.system_id = CREDENTIAL_SYSTEM,.user_id = CREDENTIAL_USER,
		.credential_id = CREDENTIAL_ID,.display_name = CREDENTIAL_DISPLAY_NAME,
		.columns = credential_columns,
		.told_on_delete = (const int[]) {CREDENTIAL_ACCESS_METHOD, CREDENTIAL_DISPLAY_NAME,
		CREDENTIAL_STARTS_AT, CREDENTIAL_ENDS_AT, END_OF_COLUMNS}
	},
};

/* A change: what it is of, and both versions of the row; of a deletion, twice the same. */
typedef struct RowChange
{
	const Subject *subject;
	const TriggerTable *table;
	TupleTableSlot *old;
	TupleTableSlot *new;
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
	if (type == TIMESTAMPTZOID)
		return JsonEncodeDateTime(palloc(MAXDATELEN + 1), value.value, type, NULL);
	if (type == BOOLOID)
		return DatumGetBool(value.value) ? "true" : "false";
	getTypeOutputInfo(type, &output, &is_varlena);
	return OidOutputFunctionCall(output, value.value);
}

/* ---------- what happened ---------- */

static int
count_reasons(NullableDatum reasons)
{
	ArrayType  *array;

	if (reasons.isnull)
		return 0;
	array = DatumGetArrayTypeP(reasons.value);
	return ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array));
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
			return count_reasons(new_value(change, CREDENTIAL_DISABLE_REASONS)) >
				count_reasons(old_value(change, CREDENTIAL_DISABLE_REASONS)) ? "disabled" : "enabled";
		case ISSUE:
			return old_value(change, CREDENTIAL_ISSUED_AT).isnull ? "issued" : "reissued";
		case USE:
			return "used_up";
		case UPDATE:
		case MEANING_COUNT:
			break;
	}
	return "updated";
}

static void
write_event(const RowChange *change, const char *event_verb, Details *details)
{
	const Subject *subject = change->subject;
	NullableDatum user = new_value(change, subject->user_id);

	if (user.isnull)
		user = old_value(change, subject->user_id);
	event_write(DatumGetUUIDP(new_value(change, WORKSPACE).value),
				psprintf("%s.%s", subject->name, event_verb),
				new_value(change, subject->system_id),
				user,
				subject->credential_id ? new_value(change, subject->credential_id) : NO_DATUM,
				NO_DATUM,
				DATUM(details_end(details)));
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

static bool
is_changed(const RowChange *change, const Told *told)
{
	if (told->counts)
		return DatumGetInt32(new_value(change, told->column).value) < DatumGetInt32(old_value(change, told->column).value);
	return !slots_agree(change->old, change->new, change->table->attnums[told->column]);
}

/* To be good again is one change with the uses that are left. */
static Meaning
meaning_of(const RowChange *change, const Told *told)
{
	return told->meaning == USE && new_value(change, told->column).isnull ? UPDATE : told->meaning;
}

/* One event for all columns of a meaning, if any changed. */
static void
tell_update(const RowChange *change, Meaning meaning)
{
	const Subject *subject = change->subject;
	Details		details;
	bool		any = false;

	for (const Told *told = subject->columns; told->column != END_OF_COLUMNS; told++)
	{
		if (meaning_of(change, told) != meaning || !is_changed(change, told))
			continue;
		if (!any)
		{
			details_begin(&details);
			if (subject->display_name)
				details_varlena(&details, "display_name", new_value(change, subject->display_name));
		}
		tell_column(&details, change, told);
		any = true;
	}
	if (any)
		write_event(change, verb(change, meaning), &details);
}

static void
tell_delete(const RowChange *change)
{
	Details		details;

	details_begin(&details);
	for (const int *column = change->subject->told_on_delete; *column != END_OF_COLUMNS; column++)
		details_text(&details, column_name(change, *column), column_text(change, change->old, *column));
	write_event(change, "deleted", &details);
}

/* ---------- the trigger ---------- */

static const Subject *
find_subject(FunctionCallInfo fcinfo)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;

	if (CALLED_AS_TRIGGER(fcinfo) && TRIGGER_FIRED_AFTER(trigger->tg_event) &&
		TRIGGER_FIRED_FOR_ROW(trigger->tg_event) && trigger->tg_trigger->tgnargs == 1)
	{
		for (size_t i = 0; i < lengthof(subjects); i++)
		{
			if (strcmp(trigger->tg_trigger->tgargs[0], subjects[i].name) == 0)
				return &subjects[i];
		}
	}
	ereport(ERROR,
			(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
			 errmsg("function \"%s\" must be fired AFTER UPDATE OR DELETE FOR EACH ROW, with \"acs_user\" or \"acs_credential\"",
					"acs_record_change")));
}

/*
 * CREATE TRIGGER record_change AFTER UPDATE OR DELETE ON acs_users
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
	store_open(fcinfo);
	if (TRIGGER_FIRED_BY_UPDATE(trigger->tg_event))
	{
		change.new = trigger->tg_newslot;
		for (Meaning meaning = UPDATE; meaning < MEANING_COUNT; meaning++)
			tell_update(&change, meaning);
	}
	else
		tell_delete(&change);
	store_close();
	PG_RETURN_POINTER(NULL);
}
