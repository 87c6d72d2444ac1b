/*
 * follow.c
 *		Users of the rows that an application's own table has already.
 */
#include "postgres.h"

#include "access/table.h"
#include "catalog/objectaddress.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/rls.h"

#include "errors.h"
#include "store/follow.h"
#include "store/statements.h"

/*
 * Whoever calls learns who is in the table, and so has to be one who may read all of
 * it.  GetOuterUserId() is the role that called, not the owner that this runs as.
 */
static void
require_right_to_read(Relation table)
{
	Oid			role = GetOuterUserId();

	if (pg_class_aclcheck(RelationGetRelid(table), role, ACL_SELECT) != ACLCHECK_OK)
		aclcheck_error(ACLCHECK_NO_PRIV, get_relkind_objtype(table->rd_rel->relkind), RelationGetRelationName(table));
	if (check_enable_rls(RelationGetRelid(table), role, false) == RLS_ENABLED)
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("row-level security hides rows of table \"%s\" from role \"%s\"",
						RelationGetRelationName(table), GetUserNameFromId(role, false))));
}

/* acs_users_follow(table_name regclass, acs_system_id uuid) returns bigint */
PG_FUNCTION_INFO_V1(acs_users_follow);
Datum
acs_users_follow(PG_FUNCTION_ARGS)
{
	Relation	table;
	uint64		n;

	store_open_for_writing(fcinfo);
	store_close();
	table = PG_ARGISNULL(0) ? NULL : try_table_open(PG_GETARG_OID(0), RowShareLock);
	if (table == NULL)
		raise_rule(RULE_USER_MAPPING, "There is no such table.");
	require_right_to_read(table);
	n = follow_existing_rows(fcinfo, table, fcinfo->args[1]);
	table_close(table, NoLock);
	PG_RETURN_INT64(n);
}
