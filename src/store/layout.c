/*
 * layout.c
 *		What the tables of tables.h look like right now: column numbers, indexes,
 *		and whether going to the heap directly is the same as SQL.
 *
 * Names are looked up once for each version of a table.  An invalidation of its
 * relation cache entry (new column, index, trigger, rule, policy, owner, grant,
 * a rename, a partition) has them looked up again.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/stratnum.h"
#include "access/table.h"
#include "access/transam.h"
#include "catalog/namespace.h"
#include "catalog/pg_am_d.h"
#include "catalog/pg_class.h"
#include "catalog/pg_namespace_d.h"
#include "catalog/pg_type_d.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "nodes/primnodes.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/rls.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"

#include "compat.h"
#include "credentials.h"
#include "store/layout.h"

/* ---------- names ---------- */

/* Of types of the extension, whose OIDs differ from database to database. */
#define LIKE_TEXT		InvalidOid	/* stored as text is */
#define ANY_ENUM		ANYENUMOID
#define ANY_ENUM_ARRAY	ANYARRAYOID

static const Column system_type_columns[N_TYPE_COLUMNS] = {
	[TYPE_NAME] = {"system_type", TEXTOID},
	[TYPE_DISPLAY_NAME] = {"display_name", TEXTOID},
	[TYPE_CREDENTIAL_TYPE] = {"credential_type", TEXTOID},
	[TYPE_CREDENTIAL_TYPE_DISPLAY_NAME] = {"credential_type_display_name", TEXTOID},
	[TYPE_ACCESS_METHODS] = {"access_methods", ANY_ENUM_ARRAY},
	[TYPE_CUSTOM_CODE] = {"custom_code", TEXTOID},
	[TYPE_CODE_MIN_LENGTH] = {"code_min_length", INT4OID},
	[TYPE_CODE_MAX_LENGTH] = {"code_max_length", INT4OID},
	[TYPE_CODE_DIGITS] = {"code_digits", TEXTOID},
	[TYPE_CODE_MAX_VALUE] = {"code_max_value", INT8OID},
	[TYPE_GENERATED_CODE_LENGTH] = {"generated_code_length", INT4OID},
	[TYPE_MAX_ENTRANCES_PER_CODE] = {"max_entrances_per_code", INT4OID},
	[TYPE_REQUIRES_ENTRANCES] = {"requires_entrances", BOOLOID},
	[TYPE_REQUIRES_WINDOW] = {"requires_window", BOOLOID},
	[TYPE_REQUIRES_MULTI_PHONE_SYNC] = {"requires_multi_phone_sync", BOOLOID},
	[TYPE_MAX_CARDS_PER_USER] = {"max_cards_per_user", INT4OID},
	[TYPE_MAX_MOBILE_KEYS_PER_USER] = {"max_mobile_keys_per_user", INT4OID},
	[TYPE_ENCODES_CARDS] = {"encodes_cards", BOOLOID},
	[TYPE_CARD_NUMBER_FORMAT] = {"card_number_format", TEXTOID},
	[TYPE_METADATA_KEY] = {"metadata_key", TEXTOID},
	[TYPE_IS_CREDENTIAL_MANAGER] = {"is_credential_manager", BOOLOID},
};

static const Column system_columns[N_SYSTEM_COLUMNS] = {
	[WORKSPACE] = {"workspace_id", UUIDOID},
	[SYSTEM_ID] = {"acs_system_id", UUIDOID},
	[SYSTEM_TYPE] = {"system_type", TEXTOID},
	[SYSTEM_NAME] = {"name", TEXTOID},
	[SYSTEM_DEFAULT_MANAGER] = {"default_credential_manager_acs_system_id", UUIDOID},
	[SYSTEM_CONNECTED_ACCOUNT] = {"connected_account_id", UUIDOID},
	[SYSTEM_TIME_ZONE] = {"time_zone", TEXTOID},
	[SYSTEM_MODE] = {"mode", ANY_ENUM},
	[SYSTEM_MODE_UNTIL] = {"mode_until", TIMESTAMPTZOID},
	[SYSTEM_CREATED_AT] = {"created_at", TIMESTAMPTZOID},
};

static const Column holiday_columns[N_HOLIDAY_COLUMNS] = {
	[WORKSPACE] = {"workspace_id", UUIDOID},
	[HOLIDAY_SYSTEM] = {"acs_system_id", UUIDOID},
	[HOLIDAY_DAY] = {"day", DATEOID},
	[HOLIDAY_NAME] = {"name", TEXTOID},
	[HOLIDAY_CREATED_AT] = {"created_at", TIMESTAMPTZOID},
};

static const Column user_columns[N_USER_COLUMNS] = {
	[WORKSPACE] = {"workspace_id", UUIDOID},
	[USER_ID] = {"acs_user_id", UUIDOID},
	[USER_SYSTEM] = {"acs_system_id", UUIDOID},
	[USER_IDENTITY] = {"user_identity_id", UUIDOID},
	[USER_FULL_NAME] = {"full_name", TEXTOID},
	[USER_EMAIL_ADDRESS] = {"email_address", TEXTOID},
	[USER_PHONE_NUMBER] = {"phone_number", TEXTOID},
	[USER_IS_SUSPENDED] = {"is_suspended", BOOLOID},
	[USER_ACCESS_STARTS_AT] = {"access_starts_at", TIMESTAMPTZOID},
	[USER_ACCESS_ENDS_AT] = {"access_ends_at", TIMESTAMPTZOID},
	[USER_CREATED_AT] = {"created_at", TIMESTAMPTZOID},
};

static const Column entrance_columns[N_ENTRANCE_COLUMNS] = {
	[WORKSPACE] = {"workspace_id", UUIDOID},
	[ENTRANCE_ID] = {"acs_entrance_id", UUIDOID},
	[ENTRANCE_SYSTEM] = {"acs_system_id", UUIDOID},
	[ENTRANCE_DISPLAY_NAME] = {"display_name", TEXTOID},
	[ENTRANCE_TAKES_CODE] = {"can_unlock_with_code", BOOLOID},
	[ENTRANCE_TAKES_CARD] = {"can_unlock_with_card", BOOLOID},
	[ENTRANCE_TAKES_MOBILE_KEY] = {"can_unlock_with_mobile_key", BOOLOID},
	[ENTRANCE_UNLOCK_SCHEDULE] = {"unlock_schedule", LIKE_TEXT},
	[ENTRANCE_MODE] = {"mode", ANY_ENUM},
	[ENTRANCE_MODE_UNTIL] = {"mode_until", TIMESTAMPTZOID},
	[ENTRANCE_CREATED_AT] = {"created_at", TIMESTAMPTZOID},
};

static const Column group_columns[N_GROUP_COLUMNS] = {
	[WORKSPACE] = {"workspace_id", UUIDOID},
	[GROUP_ID] = {"acs_access_group_id", UUIDOID},
	[GROUP_SYSTEM] = {"acs_system_id", UUIDOID},
	[GROUP_NAME] = {"name", TEXTOID},
	[GROUP_SCHEDULE] = {"schedule", LIKE_TEXT},
	[GROUP_ENTERS_WHEN_LOCKED] = {"enters_when_locked", BOOLOID},
	[GROUP_CREATED_AT] = {"created_at", TIMESTAMPTZOID},
};

static const Column group_user_columns[N_GROUP_USER_COLUMNS] = {
	[WORKSPACE] = {"workspace_id", UUIDOID},
	[GROUP_USER_GROUP] = {"acs_access_group_id", UUIDOID},
	[GROUP_USER_USER] = {"acs_user_id", UUIDOID},
	[GROUP_USER_SYSTEM] = {"acs_system_id", UUIDOID},
	[GROUP_USER_STARTS_AT] = {"starts_at", TIMESTAMPTZOID},
	[GROUP_USER_ENDS_AT] = {"ends_at", TIMESTAMPTZOID},
	[GROUP_USER_CREATED_AT] = {"created_at", TIMESTAMPTZOID},
};

static const Column group_entrance_columns[N_GROUP_ENTRANCE_COLUMNS] = {
	[WORKSPACE] = {"workspace_id", UUIDOID},
	[GROUP_ENTRANCE_GROUP] = {"acs_access_group_id", UUIDOID},
	[GROUP_ENTRANCE_ENTRANCE] = {"acs_entrance_id", UUIDOID},
	[GROUP_ENTRANCE_SYSTEM] = {"acs_system_id", UUIDOID},
	[GROUP_ENTRANCE_CREATED_AT] = {"created_at", TIMESTAMPTZOID},
};

static const Column credential_columns[N_CREDENTIAL_COLUMNS] = {
	[WORKSPACE] = {"workspace_id", UUIDOID},
	[CREDENTIAL_ID] = {"acs_credential_id", UUIDOID},
	[CREDENTIAL_SYSTEM] = {"acs_system_id", UUIDOID},
	[CREDENTIAL_USER] = {"acs_user_id", UUIDOID},
	[CREDENTIAL_ACCESS_METHOD] = {"access_method", ANY_ENUM},
	[CREDENTIAL_CODE] = {"code", LIKE_TEXT},
	[CREDENTIAL_CARD_NUMBER] = {"card_number", TEXTOID},
	[CREDENTIAL_IDENTIFIER] = {"identifier", TEXTOID},
	[CREDENTIAL_DISPLAY_NAME] = {"display_name", TEXTOID},
	[CREDENTIAL_STARTS_AT] = {"starts_at", TIMESTAMPTZOID},
	[CREDENTIAL_ENDS_AT] = {"ends_at", TIMESTAMPTZOID},
	[CREDENTIAL_VALID_FROM] = {"valid_from", TIMESTAMPTZOID},
	[CREDENTIAL_IS_MULTI_PHONE_SYNC] = {"is_multi_phone_sync_credential", BOOLOID},
	[CREDENTIAL_PARENT] = {"parent_acs_credential_id", UUIDOID},
	[CREDENTIAL_PHONE] = {"phone_id", TEXTOID},
	[CREDENTIAL_MANAGER] = {"credential_manager_acs_system_id", UUIDOID},
	[CREDENTIAL_SCHEDULE] = {"schedule", LIKE_TEXT},
	[CREDENTIAL_MAX_USES] = {"max_uses", INT4OID},
	[CREDENTIAL_USES] = {"uses", INT4OID},
	[CREDENTIAL_USED_UP_AT] = {"used_up_at", TIMESTAMPTZOID},
	[CREDENTIAL_REFERENCE] = {"reference", TEXTOID},
	[CREDENTIAL_IS_ISSUED] = {"is_issued", BOOLOID},
	[CREDENTIAL_ISSUED_AT] = {"issued_at", TIMESTAMPTZOID},
	[CREDENTIAL_NEEDS_REISSUE_AT] = {"needs_to_be_reissued_at", TIMESTAMPTZOID},
	[CREDENTIAL_DISABLE_REASONS] = {"disable_reasons", ANY_ENUM_ARRAY},
	[CREDENTIAL_METADATA] = {"metadata", JSONBOID},
	[CREDENTIAL_CREATED_AT] = {"created_at", TIMESTAMPTZOID},
};

static const Column credential_entrance_columns[N_CREDENTIAL_ENTRANCE_COLUMNS] = {
	[WORKSPACE] = {"workspace_id", UUIDOID},
	[CREDENTIAL_ENTRANCE_CREDENTIAL] = {"acs_credential_id", UUIDOID},
	[CREDENTIAL_ENTRANCE_ENTRANCE] = {"acs_entrance_id", UUIDOID},
	[CREDENTIAL_ENTRANCE_SYSTEM] = {"acs_system_id", UUIDOID},
	[CREDENTIAL_ENTRANCE_CREATED_AT] = {"created_at", TIMESTAMPTZOID},
};

static const Column lockout_columns[N_LOCKOUT_COLUMNS] = {
	[WORKSPACE] = {"workspace_id", UUIDOID},
	[LOCKOUT_ENTRANCE] = {"acs_entrance_id", UUIDOID},
	[LOCKOUT_FAILED_ATTEMPTS] = {"failed_attempts", INT4OID},
	[LOCKOUT_LOCKED_UNTIL] = {"locked_until", TIMESTAMPTZOID},
};

static const Column event_columns[N_EVENT_COLUMNS] = {
	[WORKSPACE] = {"workspace_id", UUIDOID},
	[EVENT_ID] = {"event_id", UUIDOID},
	[EVENT_TYPE] = {"event_type", TEXTOID},
	[EVENT_OCCURRED_AT] = {"occurred_at", TIMESTAMPTZOID},
	[EVENT_SYSTEM] = {"acs_system_id", UUIDOID},
	[EVENT_USER] = {"acs_user_id", UUIDOID},
	[EVENT_CREDENTIAL] = {"acs_credential_id", UUIDOID},
	[EVENT_ENTRANCE] = {"acs_entrance_id", UUIDOID},
	[EVENT_GROUP] = {"acs_access_group_id", UUIDOID},
	[EVENT_ACTOR] = {"actor", TEXTOID},
	[EVENT_DETAILS] = {"details", JSONBOID},
	[EVENT_FEED_EPOCH] = {"feed_epoch", INT4OID},
	[EVENT_XACT] = {"xact", XID8OID},
};

#define TABLE(name, columns, by_id) {name, lengthof(columns), columns, by_id}

static Layout layouts[TABLE_COUNT] = {
	[TABLE_SYSTEM_TYPES] = TABLE("acs_system_types", system_type_columns, SYSTEM_TYPE_BY_ID),
	[TABLE_SYSTEMS] = TABLE("acs_systems", system_columns, SYSTEM_BY_ID),
	[TABLE_HOLIDAYS] = TABLE("acs_holidays", holiday_columns, HOLIDAY_BY_ID),
	[TABLE_USERS] = TABLE("acs_users", user_columns, USER_BY_ID),
	[TABLE_ENTRANCES] = TABLE("acs_entrances", entrance_columns, ENTRANCE_BY_ID),
	[TABLE_GROUPS] = TABLE("acs_access_groups", group_columns, GROUP_BY_ID),
	[TABLE_GROUP_USERS] = TABLE("acs_access_groups_users", group_user_columns, GROUP_USER_BY_ID),
	[TABLE_GROUP_ENTRANCES] = TABLE("acs_access_groups_entrances", group_entrance_columns, GROUP_ENTRANCE_BY_ID),
	[TABLE_CREDENTIALS] = TABLE("acs_credentials", credential_columns, CREDENTIAL_BY_ID),
	[TABLE_CREDENTIAL_ENTRANCES] = TABLE("acs_credential_entrances", credential_entrance_columns, CREDENTIAL_ENTRANCE_BY_ID),
	[TABLE_LOCKOUTS] = TABLE("acs_entrance_lockouts", lockout_columns, LOCKOUT_BY_ID),
	[TABLE_EVENTS] = TABLE("acs_events", event_columns, EVENT_BY_ID),
};

static KeyLayout keys[KEY_COUNT] = {
	[SYSTEM_TYPE_BY_ID] = {TABLE_SYSTEM_TYPES, 1, {TYPE_NAME}},
	[SYSTEM_BY_ID] = {TABLE_SYSTEMS, 1, {SYSTEM_ID}},
	[HOLIDAY_BY_ID] = {TABLE_HOLIDAYS, 2, {HOLIDAY_SYSTEM, HOLIDAY_DAY}},
	[HOLIDAYS_BY_SYSTEM] = {TABLE_HOLIDAYS, 1, {HOLIDAY_SYSTEM}},
	[USER_BY_ID] = {TABLE_USERS, 1, {USER_ID}},
	[USER_BY_IDENTITY] = {TABLE_USERS, 2, {USER_IDENTITY, USER_SYSTEM}},
	[ENTRANCE_BY_ID] = {TABLE_ENTRANCES, 1, {ENTRANCE_ID}},
	[GROUP_BY_ID] = {TABLE_GROUPS, 1, {GROUP_ID}},
	[GROUP_USER_BY_ID] = {TABLE_GROUP_USERS, 2, {GROUP_USER_GROUP, GROUP_USER_USER}},
	[GROUP_USERS_BY_USER] = {TABLE_GROUP_USERS, 1, {GROUP_USER_USER}},
	[GROUP_ENTRANCE_BY_ID] = {TABLE_GROUP_ENTRANCES, 2, {GROUP_ENTRANCE_GROUP, GROUP_ENTRANCE_ENTRANCE}},
	[CREDENTIAL_BY_ID] = {TABLE_CREDENTIALS, 1, {CREDENTIAL_ID}},
	[CREDENTIALS_BY_USER] = {TABLE_CREDENTIALS, 1, {CREDENTIAL_USER}},
	[CREDENTIALS_BY_PARENT] = {TABLE_CREDENTIALS, 1, {CREDENTIAL_PARENT}},
	[CREDENTIAL_ENTRANCE_BY_ID] = {TABLE_CREDENTIAL_ENTRANCES, 2, {CREDENTIAL_ENTRANCE_CREDENTIAL, CREDENTIAL_ENTRANCE_ENTRANCE}},
	[CREDENTIAL_ENTRANCES_BY_CREDENTIAL] = {TABLE_CREDENTIAL_ENTRANCES, 1, {CREDENTIAL_ENTRANCE_CREDENTIAL}},
	[LOCKOUT_BY_ID] = {TABLE_LOCKOUTS, 1, {LOCKOUT_ENTRANCE}},
	[EVENT_BY_ID] = {TABLE_EVENTS, 1, {EVENT_ID}},
};

static Oid	schema_of_layouts = InvalidOid;
static uint64 n_lookups = 0;
static uint64 n_changes = 0;	/* invalidations so far */

const Layout *
layout_of(TableId table)
{
	return &layouts[table];
}

const KeyLayout *
key_layout_of(KeyId key)
{
	return &keys[key];
}

/* ---------- what has changed ---------- */

static void
forget(Layout *layout)
{
	layout->valid = false;
	layout->role = InvalidOid;
}

static void
relation_changed(Datum arg pg_attribute_unused(), Oid relid)
{
	n_changes++;
	for (TableId table = 0; table < TABLE_COUNT; table++)
	{
		if (relid == InvalidOid || relid == layouts[table].relid)
			forget(&layouts[table]);
	}
}

static void
roles_changed(Datum arg pg_attribute_unused(), int cacheid pg_attribute_unused(),
			  uint32 hashvalue pg_attribute_unused())
{
	for (TableId table = 0; table < TABLE_COUNT; table++)
		layouts[table].role = InvalidOid;
}

static void
watch_changes(void)
{
	static bool registered = false;

	if (registered)
		return;
	CacheRegisterRelcacheCallback(relation_changed, (Datum) 0);
	CacheRegisterSyscacheCallback(AUTHOID, roles_changed, (Datum) 0);
	CacheRegisterSyscacheCallback(AUTHMEMROLEMEM, roles_changed, (Datum) 0);
	registered = true;
}

/* ---------- may the heap driver? ---------- */

/* Citus leaves an empty shell of the table behind, which looks like any other. */
static bool
is_distributed(Oid relid)
{
	Oid			metadata = get_relname_relid("pg_dist_partition", PG_CATALOG_NAMESPACE);
	Relation	relation;
	AttrNumber	column;
	ScanKeyData key;
	SysScanDesc scan;
	bool		found;

	if (!OidIsValid(metadata))
		return false;
	column = get_attnum(metadata, "logicalrelid");
	if (column == InvalidAttrNumber)
		return false;
	relation = table_open(metadata, AccessShareLock);
	ScanKeyInit(&key, column, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(relid));
	scan = systable_beginscan(relation, InvalidOid, false, NULL, 1, &key);
	found = HeapTupleIsValid(systable_getnext(scan));
	systable_endscan(scan);
	table_close(relation, AccessShareLock);
	return found;
}

static bool
has_virtual_column(TupleDesc tupdesc)
{
	for (int i = 0; i < tupdesc->natts; i++)
	{
		if (TupleDescAttr(tupdesc, i)->attgenerated == ATTRIBUTE_GENERATED_VIRTUAL)
			return true;
	}
	return false;
}

static bool
is_known_column(const Layout *layout, AttrNumber attnum)
{
	for (int i = 0; i < layout->n_columns; i++)
	{
		if (layout->attnums[i] == attnum)
			return true;
	}
	return false;
}

/* A domain can have a default and forbid null, and a type can have a default, too. */
static bool
has_default(Form_pg_attribute attribute)
{
	return attribute->atthasdef || attribute->attidentity != '\0' ||
		get_typtype(attribute->atttypid) == TYPTYPE_DOMAIN || get_typdefault(attribute->atttypid) != NULL;
}

/* Is there something that only the rewriter would put into a new row? */
static bool
needs_defaults(const Layout *layout, TupleDesc tupdesc)
{
	for (int i = 0; i < tupdesc->natts; i++)
	{
		Form_pg_attribute attribute = TupleDescAttr(tupdesc, i);

		if (!attribute->attisdropped && !is_known_column(layout, attribute->attnum) && has_default(attribute))
			return true;
	}
	return false;
}

/* Of statement triggers, and of those that want to see all rows of a statement. */
static void
heed_triggers(Layout *layout, const TriggerDesc *triggers)
{
	if (triggers == NULL)
		return;
	if (triggers->trig_insert_before_statement || triggers->trig_insert_after_statement ||
		triggers->trig_insert_new_table)
		layout->by_heap[TO_INSERT] = false;
	if (triggers->trig_update_before_statement || triggers->trig_update_after_statement ||
		triggers->trig_update_old_table || triggers->trig_update_new_table)
		layout->by_heap[TO_UPDATE] = false;
	if (triggers->trig_delete_before_statement || triggers->trig_delete_after_statement ||
		triggers->trig_delete_old_table)
		layout->by_heap[TO_DELETE] = false;
}

/* What the relation cache says of triggers lasts only until something is looked up. */
static void
find_operations(Layout *layout, Relation relation)
{
	Form_pg_class form = relation->rd_rel;
	bool		is_plain = form->relkind == RELKIND_RELATION && form->relam == HEAP_TABLE_AM_OID &&
		!form->relhassubclass && !form->relispartition && relation->rd_rules == NULL &&
		!has_virtual_column(RelationGetDescr(relation)) && !is_distributed(layout->relid);
	bool		has_defaults = needs_defaults(layout, RelationGetDescr(relation));

	for (Operation operation = 0; operation < OPERATION_COUNT; operation++)
		layout->by_heap[operation] = is_plain;
	if (has_defaults)
		layout->by_heap[TO_INSERT] = false;
	heed_triggers(layout, relation->trigdesc);
}

/* As the executor asks (ExecCheckRTEPerms() in execMain.c), of whole tables. */
static const AclMode needed_rights[OPERATION_COUNT] = {
	[TO_READ] = ACL_SELECT,
	[TO_INSERT] = ACL_INSERT | ACL_SELECT,
	[TO_UPDATE] = ACL_UPDATE | ACL_SELECT,
	[TO_DELETE] = ACL_DELETE | ACL_SELECT,
};

static bool
is_filtered(Relation relation, Oid role)
{
	Form_pg_class form = relation->rd_rel;

	if (!form->relrowsecurity || (form->relowner == role && !form->relforcerowsecurity))
		return false;
	return check_enable_rls(RelationGetRelid(relation), role, true) == RLS_ENABLED;
}

/*
 * Without the right, the SQL driver says what is missing, or knows of a right
 * on single columns; where policies filter, it applies them.
 */
bool
layout_is_heap(Relation relation, const Layout *layout, Operation operation)
{
	Layout	   *known = unconstify(Layout *, layout);
	Oid			role = GetUserId();

	if (!layout->by_heap[operation] || setting_sql_driver)
		return false;
	if (layout->role != role)
	{
		known->rights = is_filtered(relation, role) ? 0 :
			pg_class_aclmask(layout->relid, role, ACL_SELECT | ACL_INSERT | ACL_UPDATE | ACL_DELETE, ACLMASK_ALL);
		known->role = role;
	}
	return (layout->rights & needed_rights[operation]) == needed_rights[operation];
}

/* ---------- looking up ---------- */

static bool
has_type(const Column *column, Form_pg_attribute attribute)
{
	switch (column->type)
	{
		case LIKE_TEXT:
			return attribute->attlen == -1;
		case ANY_ENUM:
			return type_is_enum(attribute->atttypid);
		case ANY_ENUM_ARRAY:
			return type_is_enum(get_element_type(attribute->atttypid));
		default:
			return attribute->atttypid == column->type;
	}
}

void
layout_find_columns(const Layout *layout, Relation relation, AttrNumber *attnums, int sqlstate)
{
	for (int i = 0; i < layout->n_columns; i++)
	{
		const Column *column = &layout->columns[i];

		attnums[i] = get_attnum(RelationGetRelid(relation), column->name);
		if (attnums[i] == InvalidAttrNumber ||
			!has_type(column, TupleDescAttr(RelationGetDescr(relation), attnums[i] - 1)))
			ereport(ERROR,
					(errcode(sqlstate),
					 errmsg("table \"%s\" has no suitable column \"%s\"",
							RelationGetRelationName(relation), column->name)));
	}
}

static void
look_up(Layout *layout, Relation relation)
{
	uint64		changes_before = n_changes;

	layout_find_columns(layout, relation, layout->attnums, ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE);
	find_operations(layout, relation);
	layout->role = InvalidOid;
	layout->generation = ++n_lookups;
	/* an invalidation meanwhile may concern what was looked up before it */
	layout->valid = n_changes == changes_before;
}

static void
use_schema(Oid schema)
{
	if (schema == schema_of_layouts)
		return;
	watch_changes();
	for (TableId table = 0; table < TABLE_COUNT; table++)
	{
		forget(&layouts[table]);
		layouts[table].relid = InvalidOid;
	}
	schema_of_layouts = schema;
}

/* By the number that is known, or else by name. */
static Relation
open_relation(Layout *layout, LOCKMODE lockmode)
{
	Relation	relation = OidIsValid(layout->relid) && layout->valid ?
		try_table_open(layout->relid, lockmode) : NULL;

	if (relation != NULL && layout->valid)
		return relation;
	if (relation != NULL)
		table_close(relation, NoLock);
	layout->relid = get_relname_relid(layout->name, schema_of_layouts);
	relation = OidIsValid(layout->relid) ? try_table_open(layout->relid, lockmode) : NULL;
	if (relation == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("relation \"%s\" does not exist", layout->name)));
	return relation;
}

Relation
layout_open(TableId table, LOCKMODE lockmode, const Layout **layout)
{
	Relation	relation;

	use_schema(store_schema());
	relation = open_relation(&layouts[table], lockmode);
	if (!layouts[table].valid)
		look_up(&layouts[table], relation);
	*layout = &layouts[table];
	return relation;
}

/* ---------- indexes ---------- */

static RegProcedure
equality_of(Oid type)
{
	if (type == UUIDOID)
		return F_UUID_EQ;
	if (type == TEXTOID)
		return F_TEXTEQ;
	if (type == DATEOID)
		return F_DATE_EQ;
	return InvalidOid;
}

/* Is the predicate of the index absent, or that a column of the key is not null? */
static bool
covers_key(Relation index, const AttrNumber *attnums, int n)
{
	List	   *predicate = RelationGetIndexPredicate(index);
	NullTest   *test;

	if (predicate == NIL)
		return true;
	test = linitial(predicate);
	if (list_length(predicate) != 1 || !IsA(test, NullTest) ||
		test->nulltesttype != IS_NOT_NULL || !IsA(test->arg, Var))
		return false;
	for (int i = 0; i < n; i++)
	{
		if (((Var *) test->arg)->varattno == attnums[i])
			return true;
	}
	return false;
}

/* One in another collation can have another equality. */
static bool
is_column(Relation index, int position, Relation relation, AttrNumber attnum)
{
	return index->rd_index->indkey.values[position] == attnum &&
		index->rd_indcollation[position] == TupleDescAttr(RelationGetDescr(relation), attnum - 1)->attcollation;
}

/* A B-tree whose first columns are those of the key, in whatever order. */
static bool
fits_key(Relation index, Relation relation, const AttrNumber *attnums, int n, AttrNumber *positions)
{
	Form_pg_index form = index->rd_index;

	if (index->rd_rel->relam != BTREE_AM_OID || !form->indisvalid || !form->indisready ||
		form->indnkeyatts < n)
		return false;
	for (int i = 0; i < n; i++)
	{
		positions[i] = InvalidAttrNumber;
		for (int j = 0; j < n; j++)
		{
			if (is_column(index, j, relation, attnums[i]))
				positions[i] = j + 1;
		}
		if (positions[i] == InvalidAttrNumber)
			return false;
	}
	return covers_key(index, attnums, n);
}

static bool
use_index(KeyLayout *key, Relation index, int n)
{
	for (int i = 0; i < n; i++)
	{
		int			column = key->positions[i] - 1;

		key->equal[i] = equality_of(index->rd_opcintype[column]);
		if (!OidIsValid(key->equal[i]))
			return false;
	}
	key->index = RelationGetRelid(index);
	key->is_young = index->rd_index->indcheckxmin;
	return true;
}

static void
choose_index(KeyLayout *key, Relation relation, const AttrNumber *attnums, int n)
{
	List	   *indexes = RelationGetIndexList(relation);
	ListCell   *cell;

	key->index = InvalidOid;
	foreach(cell, indexes)
	{
		Relation	index = index_open(lfirst_oid(cell), AccessShareLock);
		bool		fits = fits_key(index, relation, attnums, n, key->positions) && use_index(key, index, n);

		index_close(index, NoLock);
		if (fits)
			break;
	}
	list_free(indexes);
}

/* As the planner asks (get_relation_info() in plancat.c). */
bool
index_is_old_enough(Oid id)
{
	Relation	index = index_open(id, AccessShareLock);
	bool		is_old = !index->rd_index->indcheckxmin ||
		TransactionIdPrecedes(HeapTupleHeaderGetXmin(index->rd_indextuple->t_data), TransactionXmin);

	index_close(index, NoLock);
	return is_old;
}

const KeyLayout *
layout_index(Relation relation, const Layout *layout, KeyId id)
{
	KeyLayout  *key = &keys[id];
	AttrNumber	attnums[MAX_KEY_COLUMNS];
	int			n = 0;

	if (key->generation != layout->generation)
	{
		if (key->table != TABLE_SYSTEM_TYPES)
			attnums[n++] = layout->attnums[WORKSPACE];
		for (int i = 0; i < key->n_columns; i++)
			attnums[n++] = layout->attnums[key->columns[i]];
		choose_index(key, relation, attnums, n);
		key->generation = layout->generation;
	}
	if (!OidIsValid(key->index) || (key->is_young && !index_is_old_enough(key->index)))
		return NULL;
	return key;
}

/* ---------- values ---------- */

int
key_values(const KeyLayout *layout, const pg_uuid_t *workspace, const Datum *values, Datum *all)
{
	int			n = 0;

	if (layout->table != TABLE_SYSTEM_TYPES)
		all[n++] = UUIDPGetDatum(workspace);
	for (int i = 0; i < layout->n_columns; i++)
		all[n++] = values[i];
	return n;
}

void
layout_read(Relation relation, const Layout *layout, HeapTuple tuple, Row *row)
{
	Datum		values[MaxHeapAttributeNumber];
	bool		nulls[MaxHeapAttributeNumber];

	heap_deform_tuple(tuple, RelationGetDescr(relation), values, nulls);
	row->table = layout - layouts;
	row->tuple = tuple;
	for (int i = 0; i < layout->n_columns; i++)
	{
		row->columns[i].value = values[layout->attnums[i] - 1];
		row->columns[i].isnull = nulls[layout->attnums[i] - 1];
	}
}
