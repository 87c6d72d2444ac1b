/*
 * user_triggers.c
 *		Users that follow the rows of an application's own table.
 */
#include "postgres.h"

#include "catalog/pg_type_d.h"
#include "commands/trigger.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/timestamp.h"

#include "credentials.h"
#include "errors.h"
#include "store/events.h"

/*
 * Properties that a column can be mapped to, in the order of the parameters of
 * STMT_USER_FOLLOW, where 1 << property is the bit that says "mapped".
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

	if (equals != NULL && strcmp(name, ON_TRUNCATE_NAME) == 0 && strcmp(value, "delete") == 0)
		mapping->delete_on_truncate = true;
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
read_mapping(TriggerData *trigger)
{
	Mapping		mapping = {0};

	for (int i = 0; i < trigger->tg_trigger->tgnargs; i++)
		read_argument(&mapping, trigger->tg_relation, trigger->tg_trigger->tgargs[i]);
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

static void
read_row(TupleTableSlot *row, const Mapping *mapping, NullableDatum *params)
{
	int			mapped = 0;

	for (Property property = 0; property < PROPERTY_COUNT; property++)
	{
		params[property] = property_value(row, mapping, property);
		if (mapping->column[property] != 0)
			mapped |= 1 << property;
	}
	params[SUSPENDED] = suspended_value(row, mapping);
	params[ACCESS_STARTS_AT] = bound_value(row, mapping, ACCESS_STARTS_AT);
	params[ACCESS_ENDS_AT] = bound_value(row, mapping, ACCESS_ENDS_AT);
	params[PROPERTY_COUNT] = DATUM(Int32GetDatum(mapped));

	if (params[USER_ID].isnull)
		raise_rule(RULE_USER_REQUIRED, "The column that is mapped to acs_user_id is null.");
	if (params[FULL_NAME].isnull)
		raise_rule(RULE_INVALID_NAME, "The column that is mapped to full_name is null.");
}

/* ---------- what the row does to the user ---------- */

static void
follow_insert(TupleTableSlot *row, const Mapping *mapping)
{
	NullableDatum params[PROPERTY_COUNT + 1];
	Rows		rows;

	read_row(row, mapping, params);
	rows = statement_run(STMT_USER_FOLLOW, params);
	if (rows.count == 0)
		raise_rule(RULE_ACS_SYSTEM_NOT_FOUND, "The column that is mapped to acs_system_id names none of the workspace.");
	if (DatumGetBool(row_get(rows, 0, 1).value))
		events_write_rows("acs_user.created", rows);
}

static bool
is_same_value(TupleTableSlot *old, TupleTableSlot *new, int column)
{
	Form_pg_attribute attribute = TupleDescAttr(old->tts_tupleDescriptor, column - 1);
	bool		old_isnull;
	bool		new_isnull;
	Datum		old_value = slot_getattr(old, column, &old_isnull);
	Datum		new_value = slot_getattr(new, column, &new_isnull);

	if (old_isnull || new_isnull)
		return old_isnull == new_isnull;
	return datum_image_eq(old_value, new_value, attribute->attbyval, attribute->attlen);
}

/* Also for a row that was there before the trigger: the user is made then. */
static void
follow_update(TupleTableSlot *old, TupleTableSlot *new, const Mapping *mapping)
{
	bool		any = false;

	for (Property property = 0; property < PROPERTY_COUNT; property++)
		any |= mapping->column[property] != 0 && !is_same_value(old, new, mapping->column[property]);
	if (!any)
		return;
	if (!is_same_value(old, new, mapping->column[USER_ID]))
	{
		NullableDatum ids[2] = {property_value(old, mapping, USER_ID), property_value(new, mapping, USER_ID)};

		if (!ids[0].isnull && !ids[1].isnull)
			statement_run(STMT_USER_RENAME, ids);
	}
	follow_insert(new, mapping);
}

static void
follow_delete(TupleTableSlot *row, const Mapping *mapping)
{
	NullableDatum id = property_value(row, mapping, USER_ID);

	if (!id.isnull)
		statement_run(STMT_USER_DELETE, &id);
}

/* The one statement that is not kept: it names a table of the application. */
static void
follow_truncate(TriggerData *trigger, const Mapping *mapping)
{
	Relation	relation = trigger->tg_relation;
	const char *column;
	char	   *text;
	Rows		users;

	if (!mapping->delete_on_truncate)
		raise_rule(RULE_TRUNCATE_NOT_FOLLOWED, "Users follow the rows of table \"%s\".",
				   RelationGetRelationName(relation));
	column = quote_identifier(NameStr(TupleDescAttr(RelationGetDescr(relation), mapping->column[USER_ID] - 1)->attname));
	text = psprintf("SELECT m.%s::pg_catalog.text::pg_catalog.uuid FROM %s m WHERE m.%s IS NOT NULL", column,
					quote_qualified_identifier(get_namespace_name(RelationGetNamespace(relation)),
											   RelationGetRelationName(relation)),
					column);
	if (SPI_execute(text, false, 0) != SPI_OK_SELECT)
		elog(ERROR, "could not read the users of table \"%s\"", RelationGetRelationName(relation));
	users = (Rows) {SPI_processed, SPI_tuptable};
	for (uint64 i = 0; i < users.count; i++)
	{
		NullableDatum id = row_get(users, i, 1);

		CHECK_FOR_INTERRUPTS();
		statement_run(STMT_USER_DELETE, &id);
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
	mapping = read_mapping(trigger);
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
