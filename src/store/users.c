/*
 * users.c
 *		What a user who moves to another system leaves behind.
 */
#include "postgres.h"

#include "store/slots.h"
#include "store/statements.h"
#include "store/trigger_table.h"

/* The row is locked against whoever would give the user something; all that is committed goes. */
static void
leave_system(const pg_uuid_t *workspace, NullableDatum acs_user_id)
{
	statement_run_at_latest_in(workspace, STMT_USER_LOCK_CREDENTIALS, &acs_user_id);
	statement_run_at_latest_in(workspace, STMT_USER_LOCK_ENTRANCES, &acs_user_id);
	statement_run_at_latest_in(workspace, STMT_USER_LEAVE_CREDENTIALS, &acs_user_id);
	statement_run_at_latest_in(workspace, STMT_USER_LEAVE_GROUPS, &acs_user_id);
}

/*
 * Before the update, since afterwards foreign keys would refuse it for what the
 * user still has.
 *
 * CREATE TRIGGER leave_system BEFORE UPDATE OF acs_system_id ON acs_users
 *		FOR EACH ROW EXECUTE FUNCTION acs_user_leaves_system();
 */
PG_FUNCTION_INFO_V1(acs_user_leaves_system);
Datum
acs_user_leaves_system(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;
	const TriggerTable *table;

	require_trigger_of_rows(fcinfo, TRIGGER_EVENT_BEFORE, "acs_user_leaves_system");
	if (!TRIGGER_FIRED_BY_UPDATE(trigger->tg_event))
		return PointerGetDatum(trigger->tg_trigtuple);
	table = trigger_table(trigger->tg_relation, TABLE_USERS);
	if (!slots_agree(trigger->tg_trigslot, trigger->tg_newslot, table->attnums[USER_SYSTEM]))
	{
		store_open(fcinfo);
		leave_system(DatumGetUUIDP(trigger_column(table, trigger->tg_trigslot, WORKSPACE).value),
					 trigger_column(table, trigger->tg_trigslot, USER_ID));
		store_close();
	}
	return PointerGetDatum(trigger->tg_newtuple);
}
