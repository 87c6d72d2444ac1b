/*
 * follow.c
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
#include "store/slots.h"
#include "store/users.h"

/*
 * Properties that a column can be mapped to, in the order of the parameters of
 * the statement user_follow_insert; 1 << property stands for it in a set.
 */
typedef enum Property
{
	PROPERTY_USER_ID,
	PROPERTY_SYSTEM_ID,
	PROPERTY_IDENTITY_ID,
	PROPERTY_FULL_NAME,
	PROPERTY_EMAIL_ADDRESS,
	PROPERTY_PHONE_NUMBER,
	PROPERTY_SUSPENDED,
	PROPERTY_ACCESS_STARTS_AT,
	PROPERTY_ACCESS_ENDS_AT,
	PROPERTY_COUNT
} Property;

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
		map_column(mapping, relation, PROPERTY_SUSPENDED, value);
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
	NullableDatum value = property_value(row, mapping, PROPERTY_SUSPENDED);
	bool		is_true = !value.isnull && DatumGetBool(value.value);

	return DATUM(BoolGetDatum(mapping->suspended_is_active ? !is_true : is_true));
}

static NullableDatum
bound_value(TupleTableSlot *row, const Mapping *mapping, Property property)
{
	NullableDatum value = property_value(row, mapping, property);

	/* an infinite bound is stored as none; one on the wrong side stays, to be refused */
	if (!value.isnull && (property == PROPERTY_ACCESS_STARTS_AT ?
						  TIMESTAMP_IS_NOBEGIN(DatumGetTimestampTz(value.value)) :
						  TIMESTAMP_IS_NOEND(DatumGetTimestampTz(value.value))))
		return NO_DATUM;
	return value;
}

/* All properties, in their order. */
static void
read_row(TupleTableSlot *row, const Mapping *mapping, NullableDatum *params)
{
	for (Property property = 0; property < PROPERTY_COUNT; property++)
		params[property] = property_value(row, mapping, property);
	params[PROPERTY_SUSPENDED] = suspended_value(row, mapping);
	params[PROPERTY_ACCESS_STARTS_AT] = bound_value(row, mapping, PROPERTY_ACCESS_STARTS_AT);
	params[PROPERTY_ACCESS_ENDS_AT] = bound_value(row, mapping, PROPERTY_ACCESS_ENDS_AT);

	if (params[PROPERTY_USER_ID].isnull)
		raise_rule_with_hint(RULE_USER_REQUIRED, "Give the row an id, or map another column.",
							 "The column that is mapped to acs_user_id is null.");
	if (params[PROPERTY_FULL_NAME].isnull || VARSIZE_ANY_EXHDR(DatumGetPointer(params[PROPERTY_FULL_NAME].value)) == 0)
		raise_rule(RULE_INVALID_NAME, "The column that is mapped to full_name is null or empty.");
}

static void
require_system(NullableDatum acs_system_id)
{
	if (acs_system_id.isnull || !find_row(SYSTEM_BY_ID, &acs_system_id.value, FRESH_SIGHT, NULL))
		raise_rule(RULE_ACS_SYSTEM_NOT_FOUND,
				   "The column that is mapped to acs_system_id names none of the session's workspace.");
}

/* ---------- what the row does to the user ---------- */

/* A trigger takes from the user what is of the old system. */
static void
move_user(Row *user, NullableDatum acs_system_id)
{
	Change		change = {USER_SYSTEM, acs_system_id};

	if (memcmp(DatumGetUUIDP(row_datum(user, USER_SYSTEM)), DatumGetUUIDP(acs_system_id.value), UUID_LEN) != 0)
		update_row(user, &change, 1, NULL);
}

/* The column of the user behind a property; 0: it is changed in its own way. */
static const int user_columns[PROPERTY_COUNT] = {
	[PROPERTY_IDENTITY_ID] = USER_IDENTITY,
	[PROPERTY_FULL_NAME] = USER_FULL_NAME,
	[PROPERTY_EMAIL_ADDRESS] = USER_EMAIL_ADDRESS,
	[PROPERTY_PHONE_NUMBER] = USER_PHONE_NUMBER,
	[PROPERTY_SUSPENDED] = USER_IS_SUSPENDED,
	[PROPERTY_ACCESS_STARTS_AT] = USER_ACCESS_STARTS_AT,
	[PROPERTY_ACCESS_ENDS_AT] = USER_ACCESS_ENDS_AT,
};

/*
 * The properties of the set, if there is such a user.  Only who moves is locked
 * as whoever changes a key, which would lock out new credentials.
 */
static bool
change_user(const NullableDatum *params, int follow)
{
	bool		moves = follow & 1 << PROPERTY_SYSTEM_ID;
	Change		changes[PROPERTY_COUNT];
	Row			user;
	int			n = 0;

	if (moves)
		require_system(params[PROPERTY_SYSTEM_ID]);
	if (!find_row_and_lock(USER_BY_ID, &params[PROPERTY_USER_ID].value, FRESH_SIGHT,
						   moves ? LockTupleExclusive : LockTupleNoKeyExclusive, &user))
		return false;
	if (moves)
		move_user(&user, params[PROPERTY_SYSTEM_ID]);
	for (Property property = 0; property < PROPERTY_COUNT; property++)
	{
		if (user_columns[property] != 0 && (follow & 1 << property))
			changes[n++] = (Change) {user_columns[property], params[property]};
	}
	if (n > 0)
		update_row(&user, changes, n, NULL);
	return true;
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

#define MAX_TRIES 100

/* A user of that id who is there already becomes what the row says. */
static void
follow_insert(TupleTableSlot *row, const Mapping *mapping)
{
	int			tries = 0;
	NullableDatum params[PROPERTY_COUNT];
	bool		inserted;

	read_row(row, mapping, params);
	require_system(params[PROPERTY_SYSTEM_ID]);
	do
	{
		/* again if the user went between the two, unless it is a trigger that does not want the row */
		CHECK_FOR_INTERRUPTS();
		if (++tries > MAX_TRIES)
			raise_not_stored(TABLE_USERS);
		inserted = statement_run(STMT_USER_FOLLOW_INSERT, params).count > 0;
	} while (!inserted && !change_user(params, mapped_columns(mapping)));
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

static bool
rename_user(Datum old_id, NullableDatum new_id)
{
	Change		change = {USER_ID, new_id};
	Row			user;

	return find_row_and_lock(USER_BY_ID, &old_id, FRESH_SIGHT, LockTupleExclusive, &user) &&
		update_row(&user, &change, 1, NULL);
}

/*
 * Only columns that changed: what was changed here, such as a suspension, is
 * not undone by another column.  A row that was there before the trigger makes
 * its user now.
 */
static void
follow_update(TupleTableSlot *old, TupleTableSlot *new, const Mapping *mapping)
{
	NullableDatum params[PROPERTY_COUNT];
	NullableDatum old_id = property_value(old, mapping, PROPERTY_USER_ID);
	int			changed = changed_columns(old, new, mapping);

	if (changed == 0)
		return;
	read_row(new, mapping, params);
	if ((changed & 1 << PROPERTY_USER_ID) && (old_id.isnull || !rename_user(old_id.value, params[PROPERTY_USER_ID])))
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
	NullableDatum id = property_value(row, mapping, PROPERTY_USER_ID);
	Row			user;

	if (id.isnull)
		return;
	if (find_row_and_lock(USER_BY_ID, &id.value, LATEST_SIGHT, LockTupleExclusive, &user))
		user_delete(&user);
	else
		require_system(property_value(row, mapping, PROPERTY_SYSTEM_ID));
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

		if (table->rd_rel->relkind == RELKIND_FOREIGN_TABLE)
			raise_rule(RULE_TRUNCATE_NOT_FOLLOWED, "Table \"%s\" is a foreign table.", RelationGetRelationName(table));
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
