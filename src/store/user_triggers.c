/*
 * user_triggers.c
 *		Users that follow the rows of an application's own table.
 */
#include "postgres.h"

#include "access/table.h"
#include "access/tableam.h"
#include "catalog/pg_class.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_type_d.h"
#include "commands/trigger.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "compat.h"
#include "credentials.h"
#include "errors.h"
#include "store/events.h"
#include "store/slots.h"

/*
 * Properties that a column can be mapped to, in the order of the parameters of
 * STMT_USER_FOLLOW_UPDATE, where 1 << property is the bit that says "follow".
 */
typedef enum Property
{
	USER_ID,
	SYSTEM_ID,
	IDENTITY_ID,
	FULL_NAME,
	EMAIL_ADDRESS,
	PHONE_NUMBER,
	SUSPENDED,
	ACCESS_STARTS_AT,
	ACCESS_ENDS_AT,
	PROPERTY_COUNT
} Property;

static const struct
{
	const char *name;
	Oid			type;
	bool		is_required;
}			properties[PROPERTY_COUNT] = {
	[USER_ID] = {"acs_user_id", UUIDOID, true},
	[SYSTEM_ID] = {"acs_system_id", UUIDOID, true},
	[IDENTITY_ID] = {"user_identity_id", UUIDOID, false},
	[FULL_NAME] = {"full_name", TEXTOID, true},
	[EMAIL_ADDRESS] = {"email_address", TEXTOID, false},
	[PHONE_NUMBER] = {"phone_number", TEXTOID, false},
	[SUSPENDED] = {"suspended", BOOLOID, false},
	[ACCESS_STARTS_AT] = {"access_starts_at", TIMESTAMPTZOID, false},
	[ACCESS_ENDS_AT] = {"access_ends_at", TIMESTAMPTZOID, false},
};

/* Besides: the opposite of "suspended", and what to do on TRUNCATE. */
#define ACTIVE_NAME			"active"
#define ON_TRUNCATE_NAME	"on_truncate"

typedef struct Mapping
{
	int			column[PROPERTY_COUNT]; /* attribute number, or 0 */
	bool		suspended_is_active;	/* the column holds the opposite */
	bool		delete_on_truncate;
} Mapping;

/* ---------- the trigger's arguments ---------- */

static const char *
column_names(Relation relation)
{
	TupleDesc	tupdesc = RelationGetDescr(relation);
	StringInfoData names;

	initStringInfo(&names);
	for (int i = 0; i < tupdesc->natts; i++)
	{
		if (!TupleDescAttr(tupdesc, i)->attisdropped)
			appendStringInfo(&names, "%s\"%s\"", names.len > 0 ? ", " : "",
							 NameStr(TupleDescAttr(tupdesc, i)->attname));
	}
	return names.data;
}

static const char *
property_names(void)
{
	StringInfoData names;

	initStringInfo(&names);
	for (int i = 0; i < PROPERTY_COUNT; i++)
		appendStringInfo(&names, "%s, ", properties[i].name);
	appendStringInfoString(&names, ACTIVE_NAME ", " ON_TRUNCATE_NAME);
	return names.data;
}

static Property
find_property(const char *name, const char *argument)
{
	for (Property property = 0; property < PROPERTY_COUNT; property++)
	{
		if (strcmp(properties[property].name, name) == 0)
			return property;
	}
	raise_rule_with_hint(RULE_USER_MAPPING, psprintf("Valid properties are %s.", property_names()),
						 "Argument \"%s\" does not begin with the name of a property and \"=\".", argument);
}

static void
map_column(Mapping *mapping, Relation relation, Property property, const char *column)
{
	AttrNumber	number = get_attnum(RelationGetRelid(relation), column);

	if (number <= 0)
		raise_rule_with_hint(RULE_USER_MAPPING, psprintf("Its columns are %s.", column_names(relation)),
							 "Table \"%s\" has no column \"%s\", which is mapped to %s.",
							 RelationGetRelationName(relation), column, properties[property].name);
	if (TupleDescAttr(RelationGetDescr(relation), number - 1)->attgenerated == ATTRIBUTE_GENERATED_VIRTUAL)
		raise_rule(RULE_USER_MAPPING, "Column \"%s\" is a virtual generated column, whose value is not in the row.",
				   column);
	if (mapping->column[property] != 0)
		raise_rule(RULE_USER_MAPPING, "Property %s is mapped twice.", properties[property].name);
	mapping->column[property] = number;
}

static void
read_argument(Mapping *mapping, Relation relation, const char *argument)
{
	const char *equals = strchr(argument, '=');
	char	   *name = equals ? pnstrdup(argument, equals - argument) : pstrdup(argument);
	const char *value = equals ? equals + 1 : "";

	if (equals != NULL && strcmp(name, ON_TRUNCATE_NAME) == 0)
	{
		if (strcmp(value, "delete") != 0)
			raise_rule(RULE_USER_MAPPING, "The one value of %s is \"delete\".", ON_TRUNCATE_NAME);
		mapping->delete_on_truncate = true;
	}
	else if (equals != NULL && strcmp(name, ACTIVE_NAME) == 0)
	{
		map_column(mapping, relation, SUSPENDED, value);
		mapping->suspended_is_active = true;
	}
	else
		map_column(mapping, relation, find_property(equals ? name : "", argument), value);
	pfree(name);
}

static Mapping
read_mapping(TriggerData *trigger, Relation relation)
{
	Mapping		mapping = {0};

	for (int i = 0; i < trigger->tg_trigger->tgnargs; i++)
		read_argument(&mapping, relation, trigger->tg_trigger->tgargs[i]);
	for (Property property = 0; property < PROPERTY_COUNT; property++)
	{
		if (properties[property].is_required && mapping.column[property] == 0)
			raise_rule_with_hint(RULE_USER_MAPPING,
								 psprintf("Add an argument '%s=...' with the name of the column.", properties[property].name),
								 "No column is mapped to %s.", properties[property].name);
	}
	return mapping;
}

/* ---------- values of a row ---------- */

/* As the property's type; by its text, unless the column has that type. */
static NullableDatum
property_value(TupleTableSlot *row, const Mapping *mapping, Property property)
{
	int			column = mapping->column[property];
	Oid			type;
	Oid			function;
	Oid			type_param;
	bool		is_varlena;
	char	   *text;
	NullableDatum value = NO_DATUM;

	if (column == 0)
		return value;
	value.value = slot_getattr(row, column, &value.isnull);
	type = TupleDescAttr(row->tts_tupleDescriptor, column - 1)->atttypid;
	if (value.isnull || type == properties[property].type)
		return value;
	getTypeOutputInfo(type, &function, &is_varlena);
	text = OidOutputFunctionCall(function, value.value);
	if (getBaseType(type) == BPCHAROID)
		text = pnstrdup(text, bpchartruelen(text, strlen(text)));
	getTypeInputInfo(properties[property].type, &function, &type_param);
	return DATUM(OidInputFunctionCall(function, text, type_param, -1));
}

/* Who is not said to be active is not; who is not said to be suspended is not. */
static NullableDatum
suspended_value(TupleTableSlot *row, const Mapping *mapping)
{
	NullableDatum value = property_value(row, mapping, SUSPENDED);
	bool		is_true = !value.isnull && DatumGetBool(value.value);

	return DATUM(BoolGetDatum(mapping->suspended_is_active ? !is_true : is_true));
}

static NullableDatum
bound_value(TupleTableSlot *row, const Mapping *mapping, Property property)
{
	NullableDatum value = property_value(row, mapping, property);

	/* an infinite bound is stored as none; one on the wrong side stays, to be refused */
	if (!value.isnull && (property == ACCESS_STARTS_AT ?
						  TIMESTAMP_IS_NOBEGIN(DatumGetTimestampTz(value.value)) :
						  TIMESTAMP_IS_NOEND(DatumGetTimestampTz(value.value))))
		return NO_DATUM;
	return value;
}

/* Parameters of the two statements; the bits are of the columns to follow. */
static void
read_row(TupleTableSlot *row, const Mapping *mapping, int follow, NullableDatum *params)
{
	for (Property property = 0; property < PROPERTY_COUNT; property++)
		params[property] = property_value(row, mapping, property);
	params[SUSPENDED] = suspended_value(row, mapping);
	params[ACCESS_STARTS_AT] = bound_value(row, mapping, ACCESS_STARTS_AT);
	params[ACCESS_ENDS_AT] = bound_value(row, mapping, ACCESS_ENDS_AT);
	params[PROPERTY_COUNT] = DATUM(Int32GetDatum(follow));

	if (params[USER_ID].isnull)
		raise_rule_with_hint(RULE_USER_REQUIRED, "Give the row an id, or map another column.",
							 "The column that is mapped to acs_user_id is null.");
	if (params[FULL_NAME].isnull || VARSIZE_ANY_EXHDR(DatumGetPointer(params[FULL_NAME].value)) == 0)
		raise_rule(RULE_INVALID_NAME, "The column that is mapped to full_name is null or empty.");
}

static void
require_system(NullableDatum acs_system_id)
{
	if (statement_run_fresh(STMT_SYSTEM_GET, &acs_system_id).count == 0)
		raise_rule(RULE_ACS_SYSTEM_NOT_FOUND,
				   "The column that is mapped to acs_system_id names none of the session's workspace.");
}

/* ---------- what the row does to the user ---------- */

/* Moving a user who has credentials is refused by their foreign key. */
static bool
change_user(const NullableDatum *params, int follow)
{
	if (follow & 1 << SYSTEM_ID)
	{
		require_system(params[SYSTEM_ID]);
		statement_run(STMT_USER_MOVE, params);
	}
	return statement_run(STMT_USER_FOLLOW_UPDATE, params).count > 0;
}

static int
mapped_columns(const Mapping *mapping)
{
	int			mapped = 0;

	for (Property property = 0; property < PROPERTY_COUNT; property++)
	{
		if (mapping->column[property] != 0)
			mapped |= 1 << property;
	}
	return mapped;
}

/* A user of that id who is there already becomes what the row says. */
static void
follow_insert(TupleTableSlot *row, const Mapping *mapping)
{
	NullableDatum params[PROPERTY_COUNT + 1];
	Rows		rows;

	read_row(row, mapping, mapped_columns(mapping), params);
	require_system(params[SYSTEM_ID]);
	do
	{
		/* again if the user went between the two statements */
		CHECK_FOR_INTERRUPTS();
		rows = statement_run(STMT_USER_FOLLOW_INSERT, params);
		events_write_rows("acs_user.created", rows);
	} while (rows.count == 0 && !change_user(params, mapped_columns(mapping)));
}

static int
changed_columns(TupleTableSlot *old, TupleTableSlot *new, const Mapping *mapping)
{
	int			changed = 0;

	for (Property property = 0; property < PROPERTY_COUNT; property++)
	{
		if (mapping->column[property] != 0 && !slots_agree(old, new, mapping->column[property]))
			changed |= 1 << property;
	}
	return changed;
}

/*
 * Only columns that changed: what was changed here, such as a suspension, is
 * not undone by another column.  A row that was there before the trigger makes
 * its user now.
 */
static void
follow_update(TupleTableSlot *old, TupleTableSlot *new, const Mapping *mapping)
{
	NullableDatum params[PROPERTY_COUNT + 1];
	NullableDatum ids[2] = {property_value(old, mapping, USER_ID), property_value(new, mapping, USER_ID)};
	int			changed = changed_columns(old, new, mapping);

	if (changed == 0)
		return;
	read_row(new, mapping, changed, params);
	if ((changed & 1 << USER_ID) && (ids[0].isnull || statement_run(STMT_USER_RENAME, ids).count == 0))
		follow_insert(new, mapping);	/* the old row had no user */
	else if (!change_user(params, changed))
		follow_insert(new, mapping);
}

/*
 * A user who is gone already is no error; but one of another workspace must not
 * be left behind in silence.  The latest snapshot, because a user whom the
 * transaction cannot see yet has to go as well.
 */
static void
follow_delete(TupleTableSlot *row, const Mapping *mapping)
{
	NullableDatum id = property_value(row, mapping, USER_ID);

	if (!id.isnull && statement_run_at_latest(STMT_USER_DELETE, &id).count == 0)
		require_system(property_value(row, mapping, SYSTEM_ID));
}

/*
 * Read by a plain scan and not by a query, which would evaluate what the owner
 * of the table chose with the rights of ours; with the latest snapshot, because
 * TRUNCATE removes rows that the transaction cannot see, too.
 */
static void
delete_all(Relation relation, TriggerData *trigger)
{
	Mapping		mapping = read_mapping(trigger, relation);
	Snapshot	snapshot = RegisterSnapshot(GetLatestSnapshot());
	TupleTableSlot *slot = table_slot_create(relation, NULL);
	TableScanDesc scan = table_beginscan(relation, snapshot, 0, NULL);

	while (table_scan_getnextslot(scan, ForwardScanDirection, slot))
	{
		CHECK_FOR_INTERRUPTS();
		follow_delete(slot, &mapping);
	}
	table_endscan(scan);
	ExecDropSingleTupleTableSlot(slot);
	UnregisterSnapshot(snapshot);
}

/* The table, or the leaves of a partitioned one, which TRUNCATE has locked. */
static void
follow_truncate(TriggerData *trigger, const Mapping *mapping)
{
	Relation	relation = trigger->tg_relation;
	List	   *tables = relation->rd_rel->relkind == RELKIND_PARTITIONED_TABLE ?
		find_all_inheritors(RelationGetRelid(relation), NoLock, NULL) :
		list_make1_oid(RelationGetRelid(relation));
	ListCell   *cell;

	if (!mapping->delete_on_truncate)
		raise_rule(RULE_TRUNCATE_NOT_FOLLOWED, "Users follow the rows of table \"%s\".",
				   RelationGetRelationName(relation));
	foreach(cell, tables)
	{
		Relation	table = table_open(lfirst_oid(cell), NoLock);

		if (table->rd_rel->relkind == RELKIND_RELATION)
			delete_all(table, trigger);
		table_close(table, NoLock);
	}
}

/* ---------- the trigger ---------- */

static void
check_call(FunctionCallInfo fcinfo)
{
	TriggerEvent event = CALLED_AS_TRIGGER(fcinfo) ? ((TriggerData *) fcinfo->context)->tg_event : 0;

	if (CALLED_AS_TRIGGER(fcinfo) &&
		(TRIGGER_FIRED_BY_TRUNCATE(event) ? TRIGGER_FIRED_BEFORE(event) :
		 TRIGGER_FIRED_AFTER(event) && TRIGGER_FIRED_FOR_ROW(event)))
		return;
	ereport(ERROR,
			(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
			 errmsg("function \"%s\" must be fired AFTER INSERT OR UPDATE OR DELETE FOR EACH ROW, or BEFORE TRUNCATE",
					"acs_follow_user_changes")));
}

/*
 * CREATE TRIGGER acs AFTER INSERT OR UPDATE OR DELETE ON app.members
 *		FOR EACH ROW EXECUTE FUNCTION acs_follow_user_changes(
 *			'acs_user_id=id', 'acs_system_id=site_id', 'full_name=name', ...);
 * CREATE TRIGGER acs_truncate BEFORE TRUNCATE ON app.members
 *		FOR EACH STATEMENT EXECUTE FUNCTION acs_follow_user_changes(
 *			the same arguments, and 'on_truncate=delete' if that is meant);
 */
PG_FUNCTION_INFO_V1(acs_follow_user_changes);
Datum
acs_follow_user_changes(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;
	Mapping		mapping;

	check_call(fcinfo);
	mapping = read_mapping(trigger, trigger->tg_relation);
	store_open(fcinfo);
	if (TRIGGER_FIRED_BY_INSERT(trigger->tg_event))
		follow_insert(trigger->tg_trigslot, &mapping);
	else if (TRIGGER_FIRED_BY_UPDATE(trigger->tg_event))
		follow_update(trigger->tg_trigslot, trigger->tg_newslot, &mapping);
	else if (TRIGGER_FIRED_BY_DELETE(trigger->tg_event))
		follow_delete(trigger->tg_trigslot, &mapping);
	else
		follow_truncate(trigger, &mapping);
	store_close();
	PG_RETURN_POINTER(NULL);
}
