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

#include "access/sysattr.h"
#include "catalog/pg_type_d.h"
#include "commands/trigger.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/json.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#include "compat.h"
#include "store/details.h"
#include "store/events.h"
#include "store/slots.h"

/* What a change means, which decides the name of its event. */
typedef enum Meaning
{
	UPDATE,
	SUSPENSION,
	ASSIGNMENT,
	DISABLING,
	ISSUE,
	MEANING_COUNT
} Meaning;

typedef struct Column
{
	const char *name;
	Meaning		meaning;
	bool		secret;			/* told as the display name */
} Column;

typedef struct Subject
{
	const char *name;			/* argument of the trigger, prefix of its events */
	const char *credential_id;	/* column, or null */
	const Column *columns;		/* whose changes are told; ends with a null name */
	const char *const *told_on_delete;	/* ends with null */
} Subject;

static const Column user_columns[] = {
	{"is_suspended", SUSPENSION, false},
	{"acs_user_id", UPDATE, false},
	{"acs_system_id", UPDATE, false},
	{"user_identity_id", UPDATE, false},
	{"full_name", UPDATE, false},
	{"email_address", UPDATE, false},
	{"phone_number", UPDATE, false},
	{"access_starts_at", UPDATE, false},
	{"access_ends_at", UPDATE, false},
	{NULL, UPDATE, false}
};

static const Column credential_columns[] = {
	{"acs_user_id", ASSIGNMENT, false},
	{"disable_reasons", DISABLING, false},
	{"card_number", ISSUE, true},
	{"issued_at", ISSUE, false},
	{"acs_system_id", UPDATE, false},
	{"access_method", UPDATE, false},
	{"code", UPDATE, true},
	{"starts_at", UPDATE, false},
	{"ends_at", UPDATE, false},
	{"is_multi_phone_sync_credential", UPDATE, false},
	{"credential_manager_acs_system_id", UPDATE, false},
	{"is_one_time_use", UPDATE, false},
	{"metadata", UPDATE, false},
	{NULL, UPDATE, false}
};

static const Subject subjects[] = {
	{"acs_user", NULL, user_columns,
	(const char *const[]) {"full_name", NULL}},
	{"acs_credential", "acs_credential_id", credential_columns,
	(const char *const[]) {"access_method", "display_name", "starts_at", "ends_at", NULL}},
};

/* ---------- columns of a row ---------- */

static int
column_number(TupleTableSlot *row, const char *name)
{
	for (int i = 0; i < row->tts_tupleDescriptor->natts; i++)
	{
		Form_pg_attribute attribute = TupleDescAttr(row->tts_tupleDescriptor, i);

		if (!attribute->attisdropped && namestrcmp(&attribute->attname, name) == 0)
			return i + 1;
	}
	elog(ERROR, "column \"%s\" is missing", name);
}

static NullableDatum
column_value(TupleTableSlot *row, const char *name)
{
	NullableDatum value;

	value.value = slot_getattr(row, column_number(row, name), &value.isnull);
	return value;
}

/* For people and programs alike: instants as in JSON, the rest as its text. */
static const char *
column_text(TupleTableSlot *row, const char *name)
{
	NullableDatum value = column_value(row, name);
	Oid			type = TupleDescAttr(row->tts_tupleDescriptor, column_number(row, name) - 1)->atttypid;
	Oid			output;
	bool		is_varlena;

	if (value.isnull)
		return NULL;
	if (type == TIMESTAMPTZOID)
		return JsonEncodeDateTime(NULL, value.value, type, NULL);
	if (type == BOOLOID)
		return DatumGetBool(value.value) ? "true" : "false";
	getTypeOutputInfo(type, &output, &is_varlena);
	return OidOutputFunctionCall(output, value.value);
}

/* ---------- what happened ---------- */

static int
list_length_of(TupleTableSlot *row, const char *name)
{
	ArrayType  *array = DatumGetArrayTypeP(column_value(row, name).value);

	return ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array));
}

static const char *
verb(Meaning meaning, TupleTableSlot *old, TupleTableSlot *new)
{
	switch (meaning)
	{
		case SUSPENSION:
			return DatumGetBool(column_value(new, "is_suspended").value) ? "suspended" : "unsuspended";
		case ASSIGNMENT:
			return column_value(new, "acs_user_id").isnull ? "unassigned" : "assigned";
		case DISABLING:
			return list_length_of(new, "disable_reasons") > list_length_of(old, "disable_reasons") ?
				"disabled" : "enabled";
		case ISSUE:
			return column_value(old, "issued_at").isnull ? "issued" : "reissued";
		case UPDATE:
		case MEANING_COUNT:
			break;
	}
	return "updated";
}

static void
write_event(const Subject *subject, const char *event_verb, TupleTableSlot *old,
			TupleTableSlot *new, Datum details)
{
	NullableDatum user = column_value(new, "acs_user_id");

	if (user.isnull)
		user = column_value(old, "acs_user_id");
	event_write(DatumGetUUIDP(column_value(new, "workspace_id").value),
				psprintf("%s.%s", subject->name, event_verb),
				column_value(new, "acs_system_id"),
				user,
				subject->credential_id ? column_value(new, subject->credential_id) : NO_DATUM,
				NO_DATUM,
				DATUM(details));
}

static void
tell_column(StringInfo details, const Column *column, TupleTableSlot *old, TupleTableSlot *new)
{
	const char *shown = column->secret ? "display_name" : column->name;
	StringInfoData values;

	details_begin(&values);
	details_text(&values, "old", column_text(old, shown));
	details_text(&values, "new", column_text(new, shown));
	details_key(details, column->name);
	appendStringInfo(details, "%s}", values.data);
}

/* One event for all columns of a meaning, if any changed. */
static void
tell_update(const Subject *subject, Meaning meaning, TupleTableSlot *old, TupleTableSlot *new)
{
	StringInfoData details;
	bool		any = false;

	details_begin(&details);
	if (subject->credential_id)
		details_text(&details, "display_name", column_text(new, "display_name"));
	for (const Column *column = subject->columns; column->name != NULL; column++)
	{
		if (column->meaning != meaning || slots_agree(old, new, column_number(old, column->name)))
			continue;
		tell_column(&details, column, old, new);
		any = true;
	}
	if (any)
		write_event(subject, verb(meaning, old, new), old, new, details_end(&details));
}

static void
tell_delete(const Subject *subject, TupleTableSlot *old)
{
	StringInfoData details;

	details_begin(&details);
	for (const char *const *name = subject->told_on_delete; *name != NULL; name++)
		details_text(&details, *name, column_text(old, *name));
	write_event(subject, "deleted", old, old, details_end(&details));
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
	const Subject *subject = find_subject(fcinfo);

	store_open(fcinfo);
	if (TRIGGER_FIRED_BY_UPDATE(trigger->tg_event))
	{
		for (Meaning meaning = UPDATE; meaning < MEANING_COUNT; meaning++)
			tell_update(subject, meaning, trigger->tg_trigslot, trigger->tg_newslot);
	}
	else
		tell_delete(subject, trigger->tg_trigslot);
	store_close();
	PG_RETURN_POINTER(NULL);
}
