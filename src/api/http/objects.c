/*
 * objects.c
 *		Rows as the API's objects: acs_credential_json() and its like.
 *
 * An object is a table of its members.  The columns that they are made of are
 * found by name, once for each shape of the row type: the owner of a table may
 * add columns of their own.
 *
 * The functions run as their owner, as an object tells something of its system.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_type_d.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/json.h"
#include "utils/typcache.h"

#include "api/http/brands.h"
#include "api/http/forms.h"
#include "api/json.h"
#include "credentials.h"
#include "store/tables.h"

#define MAX_MEMBERS	32
#define MAX_SOURCES	3

/* A row taken apart. */
typedef struct Object
{
	TupleDesc	desc;
	uint64		row_type;		/* identifies the description */
	Datum	   *values;
	bool	   *nulls;
	const Row  *system_type;	/* of a system */
	bool		asked_for_system;
	bool		has_system;		/* that the session may see */
	Row			system;
} Object;

/*
 * Append the value that is made of the member's columns, the first of which is
 * of the type; false if there is none.
 */
typedef bool (*AppendMember) (StringInfo json, Object *object,
							  const NullableDatum *columns, Oid type);

typedef struct Member
{
	const char *key;
	AppendMember append;
	const char *columns[MAX_SOURCES];
	const char *otherwise;		/* JSON in place of no value; null: left out */
} Member;

typedef struct Shape
{
	Member		members[MAX_MEMBERS];

	/* where the columns are in the row type of this identifier; -1: nowhere */
	uint64		row_type;
	int			positions[MAX_MEMBERS][MAX_SOURCES];
} Shape;

/* ---------- members ---------- */

static bool
append_column(StringInfo json, Object *object pg_attribute_unused(),
			  const NullableDatum *columns, Oid type)
{
	if (!columns[0].isnull)
		append_json_value(json, columns[0].value, type);
	return !columns[0].isnull;
}

/* Of the session's workspace, or NULL. */
static const Row *
system_of(Object *object, NullableDatum workspace, NullableDatum acs_system_id)
{
	if (!object->asked_for_system && !workspace.isnull && !acs_system_id.isnull &&
		is_session_workspace(workspace.value))
		object->has_system = find_row(SYSTEM_BY_ID, &acs_system_id.value, CALLERS_SIGHT, &object->system);
	object->asked_for_system = true;
	return object->has_system ? &object->system : NULL;
}

/*
 * The API demands an account of each object.  That of a system which was given
 * none is the workspace's own, and has its id.
 */
static NullableDatum
account_or_workspace(NullableDatum account, NullableDatum workspace)
{
	return account.isnull ? workspace : account;
}

static NullableDatum
connected_account_of(Object *object, NullableDatum workspace, NullableDatum acs_system_id)
{
	const Row  *system = system_of(object, workspace, acs_system_id);

	return system == NULL ? NO_DATUM :
		account_or_workspace(system->columns[SYSTEM_CONNECTED_ACCOUNT], workspace);
}

static bool
append_id(StringInfo json, NullableDatum id)
{
	if (!id.isnull)
		append_json_value(json, id.value, UUIDOID);
	return !id.isnull;
}

static bool
append_account(StringInfo json, Object *object,
			   const NullableDatum *columns, Oid type pg_attribute_unused())
{
	return append_id(json, connected_account_of(object, columns[0], columns[1]));
}

static bool
append_own_account(StringInfo json, Object *object pg_attribute_unused(),
				   const NullableDatum *columns, Oid type pg_attribute_unused())
{
	return append_id(json, account_or_workspace(columns[0], columns[1]));
}

static bool
append_own_accounts(StringInfo json, Object *object pg_attribute_unused(),
					const NullableDatum *columns, Oid type pg_attribute_unused())
{
	NullableDatum account = account_or_workspace(columns[0], columns[1]);

	if (account.isnull)
		return false;
	appendStringInfoChar(json, '[');
	append_id(json, account);
	appendStringInfoChar(json, ']');
	return true;
}

/* Text that passes the test. */
static bool
append_text_if(StringInfo json, NullableDatum word, bool (*test) (const char *))
{
	if (word.isnull || !test(TextDatumGetCString(word.value)))
		return false;
	append_json_value(json, word.value, TEXTOID);
	return true;
}

static bool
append_system_type(StringInfo json, Object *object pg_attribute_unused(),
				   const NullableDatum *columns, Oid type pg_attribute_unused())
{
	return append_text_if(json, columns[0], api_has_system_type);
}

static bool
append_credential_type(StringInfo json, Object *object pg_attribute_unused(),
					   const NullableDatum *columns, Oid type pg_attribute_unused())
{
	return append_text_if(json, columns[0], api_has_credential_type);
}

/* What was stored by SQL may be none. */
static bool
append_email_address(StringInfo json, Object *object pg_attribute_unused(),
					 const NullableDatum *columns, Oid type pg_attribute_unused())
{
	return append_text_if(json, columns[0], is_email_address);
}

static const GroupType *
type_of_group(Object *object, const NullableDatum *columns)
{
	const Row  *system = system_of(object, columns[0], columns[1]);

	return group_type_of(system == NULL ? NULL : TextDatumGetCString(row_datum(system, SYSTEM_TYPE)));
}

static bool
append_group_type(StringInfo json, Object *object,
				  const NullableDatum *columns, Oid type pg_attribute_unused())
{
	escape_json(json, type_of_group(object, columns)->external_type);
	return true;
}

static bool
append_group_type_name(StringInfo json, Object *object,
					   const NullableDatum *columns, Oid type pg_attribute_unused())
{
	escape_json(json, type_of_group(object, columns)->display_name);
	return true;
}

static bool
append_location(StringInfo json, Object *object pg_attribute_unused(),
				const NullableDatum *columns, Oid type)
{
	if (columns[0].isnull)
		return false;
	appendStringInfoChar(json, '{');
	append_json_key(json, "time_zone");
	append_json_value(json, columns[0].value, type);
	appendStringInfoChar(json, '}');
	return true;
}

/*
 * Both bounds, if one is set.  The API knows no schedule without a start, so
 * that of the user's creation stands for it.
 */
static bool
append_schedule(StringInfo json, Object *object pg_attribute_unused(),
				const NullableDatum *columns, Oid type)
{
	NullableDatum starts_at = columns[0];
	NullableDatum ends_at = columns[1];

	if (starts_at.isnull && ends_at.isnull)
		return false;
	if (starts_at.isnull)
		starts_at = columns[2];
	appendStringInfoChar(json, '{');
	if (!starts_at.isnull)
	{
		append_json_key(json, "starts_at");
		append_json_value(json, starts_at.value, type);
	}
	append_json_key(json, "ends_at");
	if (ends_at.isnull)
		appendStringInfoString(json, "null");
	else
		append_json_value(json, ends_at.value, type);
	appendStringInfoChar(json, '}');
	return true;
}

static bool
append_type_name(StringInfo json, Object *object,
				 const NullableDatum *columns pg_attribute_unused(), Oid type pg_attribute_unused())
{
	append_json_value(json, row_datum(object->system_type, TYPE_DISPLAY_NAME), TEXTOID);
	return true;
}

static bool
append_is_manager(StringInfo json, Object *object,
				  const NullableDatum *columns pg_attribute_unused(), Oid type pg_attribute_unused())
{
	append_json_value(json, row_datum(object->system_type, TYPE_IS_CREDENTIAL_MANAGER), BOOLOID);
	return true;
}

/* ---------- objects ---------- */

#define COLUMN(name)				{#name, append_column, {#name}}
#define COLUMN_OR(name, json)		{#name, append_column, {#name}, json}
#define COLUMN_AS(key, name)		{key, append_column, {#name}}
#define CONSTANT(key, json)			{key, NULL, {NULL}, json}
#define CONNECTED_ACCOUNT \
	{"connected_account_id", append_account, {"workspace_id", "acs_system_id"}}
#define OF_GROUP_TYPE(key, append)	{key, append, {"workspace_id", "acs_system_id"}}

static Shape credential_shape = {{
	COLUMN(acs_credential_id),
	COLUMN(acs_user_id),
	COLUMN(user_identity_id),
	COLUMN(acs_system_id),
	COLUMN(workspace_id),
	CONNECTED_ACCOUNT,
	COLUMN(access_method),
	COLUMN(display_name),
	COLUMN_OR(code, "null"),
	COLUMN(card_number),
	COLUMN(starts_at),
	COLUMN(ends_at),
	COLUMN(allowed_acs_entrance_ids),
	COLUMN(is_multi_phone_sync_credential),
	COLUMN(parent_acs_credential_id),
	COLUMN(credential_manager_acs_system_id),
	COLUMN(schedule),
	COLUMN(is_one_time_use),
	COLUMN(max_uses),
	COLUMN(uses),
	COLUMN(reference),
	COLUMN(is_issued),
	COLUMN(issued_at),
	{"external_type", append_credential_type, {"external_type"}},
	COLUMN(external_type_display_name),
	COLUMN(visionline_metadata),
	COLUMN(assa_abloy_vostio_metadata),
	COLUMN_OR(errors, "[]"),
	COLUMN_OR(warnings, "[]"),
	COLUMN(created_at),
	CONSTANT("is_managed", "true"),
}};

static Shape user_shape = {{
	COLUMN(acs_user_id),
	COLUMN(acs_system_id),
	COLUMN(workspace_id),
	CONNECTED_ACCOUNT,
	COLUMN(user_identity_id),
	COLUMN_AS("display_name", full_name),
	COLUMN(full_name),
	{"email_address", append_email_address, {"email_address"}},
	COLUMN(phone_number),
	COLUMN(is_suspended),
	{"access_schedule", append_schedule, {"access_starts_at", "access_ends_at", "created_at"}},
	COLUMN(created_at),
	CONSTANT("errors", "[]"),
	CONSTANT("warnings", "[]"),
	COLUMN_AS("last_successful_sync_at", created_at),
	CONSTANT("is_managed", "true"),
}};

static Shape entrance_shape = {{
	COLUMN(acs_entrance_id),
	COLUMN(acs_system_id),
	COLUMN(workspace_id),
	CONNECTED_ACCOUNT,
	COLUMN(display_name),
	COLUMN(can_unlock_with_code),
	COLUMN(can_unlock_with_card),
	COLUMN(can_unlock_with_mobile_key),
	COLUMN(unlock_schedule),
	COLUMN(mode),
	COLUMN(mode_until),
	CONSTANT("space_ids", "[]"),
	COLUMN(created_at),
	CONSTANT("errors", "[]"),
	CONSTANT("warnings", "[]"),
}};

/* Nothing is ever pending: what is stored is what counts. */
static Shape access_group_shape = {{
	COLUMN(acs_access_group_id),
	COLUMN(acs_system_id),
	COLUMN(workspace_id),
	CONNECTED_ACCOUNT,
	COLUMN(name),
	COLUMN(schedule),
	COLUMN(enters_when_locked),
	OF_GROUP_TYPE("access_group_type", append_group_type),
	OF_GROUP_TYPE("access_group_type_display_name", append_group_type_name),
	COLUMN_AS("display_name", name),
	OF_GROUP_TYPE("external_type", append_group_type),
	OF_GROUP_TYPE("external_type_display_name", append_group_type_name),
	COLUMN(created_at),
	CONSTANT("errors", "[]"),
	CONSTANT("warnings", "[]"),
	CONSTANT("pending_mutations", "[]"),
	CONSTANT("is_managed", "true"),
}};

static Shape system_shape = {{
	COLUMN(acs_system_id),
	COLUMN(workspace_id),
	{"connected_account_id", append_own_account, {"connected_account_id", "workspace_id"}},
	{"connected_account_ids", append_own_accounts, {"connected_account_id", "workspace_id"}, "[]"},
	COLUMN(name),
	{"external_type", append_system_type, {"system_type"}},
	{"external_type_display_name", append_type_name},
	{"is_credential_manager", append_is_manager},
	COLUMN(default_credential_manager_acs_system_id),
	{"location", append_location, {"time_zone"}, "{\"time_zone\":\"UTC\"}"},
	COLUMN(mode),
	COLUMN(mode_until),
	CONSTANT("image_url", "\"\""),
	CONSTANT("image_alt_text", "\"\""),
	COLUMN(created_at),
	CONSTANT("errors", "[]"),
	CONSTANT("warnings", "[]"),
}};

static Shape event_shape = {{
	COLUMN(event_id),
	COLUMN(event_type),
	COLUMN(workspace_id),
	COLUMN_AS("created_at", occurred_at),
	COLUMN(occurred_at),
	COLUMN(acs_system_id),
	CONNECTED_ACCOUNT,
	COLUMN(acs_user_id),
	COLUMN(acs_credential_id),
	COLUMN(acs_entrance_id),
	COLUMN(acs_access_group_id),
	COLUMN(actor),
	COLUMN(details),
}};

static Shape access_decision_shape = {{
	COLUMN(granted),
	COLUMN(reason),
	COLUMN(reasons),
	COLUMN(acs_credential_id),
	COLUMN(acs_user_id),
	COLUMN(acs_entrance_id),
	COLUMN(decided_at),
	COLUMN(until),
}};

/* ---------- from row to object ---------- */

static Object
open_object(HeapTupleHeader header)
{
	Oid			type = HeapTupleHeaderGetTypeId(header);
	int32		typmod = HeapTupleHeaderGetTypMod(header);
	HeapTupleData tuple = {.t_len = HeapTupleHeaderGetDatumLength(header),.t_data = header};
	Object		object = {.desc = lookup_rowtype_tupdesc(type, typmod)};

	object.row_type = assign_record_type_identifier(type, typmod);
	object.values = palloc(sizeof(Datum) * object.desc->natts);
	object.nulls = palloc(sizeof(bool) * object.desc->natts);
	heap_deform_tuple(&tuple, object.desc, object.values, object.nulls);
	return object;
}

static int
find_column(const Object *object, const char *name)
{
	for (int i = 0; i < object->desc->natts; i++)
	{
		Form_pg_attribute attribute = TupleDescAttr(object->desc, i);

		if (!attribute->attisdropped && strcmp(NameStr(attribute->attname), name) == 0)
			return i;
	}
	return -1;
}

static void
find_columns(Shape *shape, const Object *object)
{
	if (shape->row_type == object->row_type)
		return;
	shape->row_type = 0;		/* until all are found */
	for (int i = 0; i < MAX_MEMBERS && shape->members[i].key != NULL; i++)
	{
		for (int j = 0; j < MAX_SOURCES; j++)
		{
			const char *name = shape->members[i].columns[j];

			shape->positions[i][j] = name == NULL ? -1 : find_column(object, name);
		}
	}
	shape->row_type = object->row_type;
}

static NullableDatum
column_at(const Object *object, int position)
{
	return position < 0 ? NO_DATUM :
		DATUM_IF(!object->nulls[position], object->values[position]);
}

static bool
append_member_value(StringInfo json, Object *object, const Member *member,
					const int *positions)
{
	NullableDatum columns[MAX_SOURCES];
	Oid			type = positions[0] < 0 ? InvalidOid :
		TupleDescAttr(object->desc, positions[0])->atttypid;

	if (member->append == NULL)
		return false;
	for (int i = 0; i < MAX_SOURCES; i++)
		columns[i] = column_at(object, positions[i]);
	return member->append(json, object, columns, type);
}

static void
append_member(StringInfo json, Object *object, const Member *member,
			  const int *positions)
{
	int			length = json->len;

	append_json_key(json, member->key);
	if (append_member_value(json, object, member, positions))
		return;
	if (member->otherwise != NULL)
		appendStringInfoString(json, member->otherwise);
	else
	{
		json->len = length;		/* without the key */
		json->data[length] = '\0';
	}
}

/* The JSON of the object, which is then closed, and the store with it. */
static Datum
close_object(Object *object, Shape *shape)
{
	StringInfoData json;

	find_columns(shape, object);
	initStringInfo(&json);
	appendStringInfoChar(&json, '{');
	for (int i = 0; i < MAX_MEMBERS && shape->members[i].key != NULL; i++)
		append_member(&json, object, &shape->members[i], shape->positions[i]);
	appendStringInfoChar(&json, '}');
	ReleaseTupleDesc(object->desc);
	return store_close_with(PointerGetDatum(cstring_to_text_with_len(json.data, json.len)));
}

static Datum
object_json(FunctionCallInfo fcinfo, Shape *shape)
{
	Object		object;

	store_open(fcinfo);
	object = open_object(PG_GETARG_HEAPTUPLEHEADER(0));
	return close_object(&object, shape);
}

/* ---------- the functions ---------- */

/*
 * acs_connected_account_id(workspace_id uuid, acs_system_id uuid) returns uuid
 */
PG_FUNCTION_INFO_V1(acs_connected_account_id);
Datum
acs_connected_account_id(PG_FUNCTION_ARGS)
{
	Object		object = {0};
	NullableDatum account;
	pg_uuid_t  *result;

	store_open(fcinfo);
	account = connected_account_of(&object, fcinfo->args[0], fcinfo->args[1]);
	if (account.isnull)
	{
		store_close();
		PG_RETURN_NULL();
	}
	result = SPI_palloc(sizeof(pg_uuid_t));
	*result = *DatumGetUUIDP(account.value);
	store_close();
	PG_RETURN_UUID_P(result);
}

#define OBJECT_JSON(name, shape) \
	PG_FUNCTION_INFO_V1(name); \
	Datum \
	name(PG_FUNCTION_ARGS) \
	{ \
		return object_json(fcinfo, &shape); \
	} \
	extern Datum name(PG_FUNCTION_ARGS)

OBJECT_JSON(acs_credential_json, credential_shape);
OBJECT_JSON(acs_user_json, user_shape);
OBJECT_JSON(acs_entrance_json, entrance_shape);
OBJECT_JSON(acs_access_group_json, access_group_shape);
OBJECT_JSON(acs_event_json, event_shape);
OBJECT_JSON(acs_access_decision_json, access_decision_shape);

/*
 * acs_system_json(acs_system acs_systems) returns json
 *		Null if there is no such type.
 */
PG_FUNCTION_INFO_V1(acs_system_json);
Datum
acs_system_json(PG_FUNCTION_ARGS)
{
	Object		object;
	NullableDatum system_type;
	Row			type;

	store_open(fcinfo);
	object = open_object(PG_GETARG_HEAPTUPLEHEADER(0));
	system_type = column_at(&object, find_column(&object, "system_type"));
	object.system_type = &type;
	if (!system_type.isnull && find_row(SYSTEM_TYPE_BY_ID, &system_type.value, CALLERS_SIGHT, &type))
		return close_object(&object, &system_shape);
	ReleaseTupleDesc(object.desc);
	store_close();
	PG_RETURN_NULL();
}
