/*
 * dependents.c
 *		What is deleted together with a user or an entrance, locked before.
 *
 * A foreign key deletes what depends on a row in whatever order it finds it.  So a
 * trigger takes the locks first, in the order of everybody, whoever deletes: a
 * parent before its copies on phones, as a request at a door, else by id; then what
 * joins credentials and entrances.
 */
#include "postgres.h"

#include "commands/trigger.h"
#include "utils/rel.h"

#include "store/trigger_table.h"

static const struct
{
	const char *name;			/* argument of the trigger */
	TableId		table;
	int			id;
	int			n_locks;
	StatementId locks[2];		/* in this order */
}			owners[] = {
	{"acs_user", TABLE_USERS, USER_ID, 2, {STMT_USER_LOCK_CREDENTIALS, STMT_USER_LOCK_ENTRANCES}},
	{"acs_entrance", TABLE_ENTRANCES, ENTRANCE_ID, 1, {STMT_ENTRANCE_LOCK_LINKS}},
};

static int
find_owner(FunctionCallInfo fcinfo)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;

	for (size_t i = 0; i < lengthof(owners); i++)
	{
		if (is_row_trigger_for(fcinfo, TRIGGER_EVENT_BEFORE, owners[i].name) &&
			TRIGGER_FIRED_BY_DELETE(trigger->tg_event))
			return i;
	}
	ereport(ERROR,
			(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
			 errmsg("function \"%s\" must be fired BEFORE DELETE FOR EACH ROW, with \"acs_user\" or \"acs_entrance\"",
					"acs_lock_dependents")));
}

/*
 * CREATE TRIGGER lock_dependents BEFORE DELETE ON acs_users
 *		FOR EACH ROW EXECUTE FUNCTION acs_lock_dependents('acs_user');
 */
PG_FUNCTION_INFO_V1(acs_lock_dependents);
Datum
acs_lock_dependents(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;
	int			owner = find_owner(fcinfo);
	const TriggerTable *table = trigger_table(trigger->tg_relation, owners[owner].table);
	NullableDatum id = trigger_column(table, trigger->tg_trigslot, owners[owner].id);
	NullableDatum workspace = trigger_column(table, trigger->tg_trigslot, WORKSPACE);

	store_open(fcinfo);
	for (int i = 0; i < owners[owner].n_locks; i++)
		statement_run_at_latest_in(DatumGetUUIDP(workspace.value), owners[owner].locks[i], &id);
	store_close();
	return PointerGetDatum(trigger->tg_trigtuple);
}
