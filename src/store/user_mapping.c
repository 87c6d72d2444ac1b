/*
 * user_mapping.c
 *		A row of an application's own table as a user: which column is what.
 */
#include "postgres.h"

#include "catalog/pg_type_d.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/timestamp.h"

#include "compat.h"
#include "errors.h"
#include "store/time_zones.h"
#include "store/user_mapping.h"
#include "store/values.h"

static const struct
{
	const char *name;
	Oid			type;
	bool		is_required;
}			properties[PROPERTY_COUNT] = {
	[PROPERTY_USER_ID] = {"acs_user_id", UUIDOID, true},
	[PROPERTY_SYSTEM_ID] = {"acs_system_id", UUIDOID, true},
	[PROPERTY_IDENTITY_ID] = {"user_identity_id", UUIDOID, false},
	[PROPERTY_FULL_NAME] = {"full_name", TEXTOID, true},
	[PROPERTY_EMAIL_ADDRESS] = {"email_address", TEXTOID, false},
	[PROPERTY_PHONE_NUMBER] = {"phone_number", TEXTOID, false},
	[PROPERTY_SUSPENDED] = {"suspended", BOOLOID, false},
	[PROPERTY_ACCESS_STARTS_AT] = {"access_starts_at", TIMESTAMPTZOID, false},
	[PROPERTY_ACCESS_ENDS_AT] = {"access_ends_at", TIMESTAMPTZOID, false},
};

/* Besides: the opposite of "suspended", and what to do on TRUNCATE. */
#define ACTIVE_NAME			"active"
#define ON_TRUNCATE_NAME	"on_truncate"

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
		map_column(mapping, relation, PROPERTY_SUSPENDED, value);
		mapping->suspended_is_active = true;
	}
	else
		map_column(mapping, relation, find_property(equals ? name : "", argument), value);
	pfree(name);
}

Mapping
mapping_of_trigger(const Trigger *trigger, Relation relation)
{
	Mapping		mapping = {0};

	for (int i = 0; i < trigger->tgnargs; i++)
		read_argument(&mapping, relation, trigger->tgargs[i]);
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

/* By its text, unless the column has the property's type. */
NullableDatum
mapped_value(TupleTableSlot *row, const Mapping *mapping, Property property)
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
	NullableDatum value = mapped_value(row, mapping, PROPERTY_SUSPENDED);
	bool		is_true = !value.isnull && DatumGetBool(value.value);

	return DATUM(BoolGetDatum(mapping->suspended_is_active ? !is_true : is_true));
}

static Oid
column_type(TupleTableSlot *row, const Mapping *mapping, Property property)
{
	int			column = mapping->column[property];

	return column == 0 ? InvalidOid : getBaseType(TupleDescAttr(row->tts_tupleDescriptor, column - 1)->atttypid);
}

bool
is_wall_clock(TupleTableSlot *row, const Mapping *mapping, Property property)
{
	Oid			type = column_type(row, mapping, property);

	return type == DATEOID || type == TIMESTAMPOID;
}

void
find_mapped_system(NullableDatum acs_system_id, Row *system)
{
	if (acs_system_id.isnull || !find_row(SYSTEM_BY_ID, &acs_system_id.value, FRESH_SIGHT, system))
		raise_rule(RULE_ACS_SYSTEM_NOT_FOUND,
				   "The column that is mapped to acs_system_id names none of the session's workspace.");
}

/*
 * A date is a whole day: as a start its first instant, as an end that of the next day,
 * where the system is.  So is a time without a zone what the clocks show there.
 */
static NullableDatum
wall_clock_value(TupleTableSlot *row, const Mapping *mapping, Property property, NullableDatum acs_system_id)
{
	NullableDatum value;
	Row			system;
	pg_tz	   *zone;
	DateADT		day;

	value.value = slot_getattr(row, mapping->column[property], &value.isnull);
	if (value.isnull)
		return value;
	find_mapped_system(acs_system_id, &system);
	zone = time_zone_of(&system);
	if (column_type(row, mapping, property) == TIMESTAMPOID)
		return DATUM(TimestampTzGetDatum(instant_in_zone(DatumGetTimestamp(value.value), zone)));
	day = DatumGetDateADT(value.value);
	if (property == PROPERTY_ACCESS_ENDS_AT && !DATE_NOT_FINITE(day))
		day++;
	return DATUM(TimestampTzGetDatum(start_of_day(day, zone)));
}

static NullableDatum
bound_value(TupleTableSlot *row, const Mapping *mapping, Property property, NullableDatum acs_system_id)
{
	NullableDatum value = is_wall_clock(row, mapping, property) ?
		wall_clock_value(row, mapping, property, acs_system_id) : mapped_value(row, mapping, property);

	/* an infinite bound is stored as none; one on the wrong side stays, to be refused */
	if (!value.isnull && (property == PROPERTY_ACCESS_STARTS_AT ?
						  TIMESTAMP_IS_NOBEGIN(DatumGetTimestampTz(value.value)) :
						  TIMESTAMP_IS_NOEND(DatumGetTimestampTz(value.value))))
		return NO_DATUM;
	return value;
}

void
mapped_user(TupleTableSlot *row, const Mapping *mapping, NullableDatum *params)
{
	for (Property property = 0; property < PROPERTY_ACCESS_STARTS_AT; property++)
		params[property] = mapped_value(row, mapping, property);
	params[PROPERTY_SUSPENDED] = suspended_value(row, mapping);
	if (params[PROPERTY_USER_ID].isnull)
		raise_rule_with_hint(RULE_USER_REQUIRED, "Give the row an id, or map another column.",
							 "The column that is mapped to acs_user_id is null.");
	if (is_blank(params[PROPERTY_FULL_NAME]))
		raise_rule(RULE_INVALID_NAME, "The column that is mapped to full_name is null or blank.");
	for (Property property = PROPERTY_ACCESS_STARTS_AT; property <= PROPERTY_ACCESS_ENDS_AT; property++)
		params[property] = bound_value(row, mapping, property, params[PROPERTY_SYSTEM_ID]);
}
