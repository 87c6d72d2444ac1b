/*
 * links.c
 *		What a row of a link table joins belongs to one system, that of the row.
 *
 * Foreign keys to both sides see to it.  Who does not know the system may leave
 * it out: a BEFORE trigger takes that of one side.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "utils/builtins.h"
#include "utils/rel.h"

#include "credentials.h"
#include "errors.h"
#include "ids.h"
#include "store/trigger_table.h"

/* A link table, and the side whose system its rows have. */
typedef struct Link
{
	const char *name;			/* argument of the trigger */
	TableId		table;
	int			system;			/* columns of it */
	int			side;
	KeyId		side_by_id;
	int			system_of_side;
	Rule		not_found;
} Link;

static const Link links[] = {
	{"acs_access_group_user", TABLE_GROUP_USERS, GROUP_USER_SYSTEM, GROUP_USER_GROUP,
	GROUP_BY_ID, GROUP_SYSTEM, RULE_ACS_ACCESS_GROUP_NOT_FOUND},
	{"acs_access_group_entrance", TABLE_GROUP_ENTRANCES, GROUP_ENTRANCE_SYSTEM, GROUP_ENTRANCE_GROUP,
	GROUP_BY_ID, GROUP_SYSTEM, RULE_ACS_ACCESS_GROUP_NOT_FOUND},
	{"acs_credential_entrance", TABLE_CREDENTIAL_ENTRANCES, CREDENTIAL_ENTRANCE_SYSTEM, CREDENTIAL_ENTRANCE_CREDENTIAL,
	CREDENTIAL_BY_ID, CREDENTIAL_SYSTEM, RULE_ACS_CREDENTIAL_NOT_FOUND},
};

static const Link *
find_link(FunctionCallInfo fcinfo)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;

	for (size_t i = 0; i < lengthof(links); i++)
	{
		if (is_row_trigger_for(fcinfo, TRIGGER_EVENT_BEFORE, links[i].name) &&
			TRIGGER_FIRED_BY_INSERT(trigger->tg_event))
			return &links[i];
	}
	ereport(ERROR,
			(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
			 errmsg("function \"%s\" must be fired BEFORE INSERT FOR EACH ROW, with the name of a link",
					"acs_link_system")));
}

/*
 * What is committed by now, as the foreign key sees it.  Of another workspace than the
 * session's it is not said what is missing there: a policy that refuses the row comes later.
 */
static NullableDatum
system_of_side(const Link *link, Datum workspace, Datum id)
{
	Row			side;

	if (find_row_in(DatumGetUUIDP(workspace), link->side_by_id, &id, LATEST_SIGHT, &side))
		return DATUM(SPI_datumTransfer(row_datum(&side, link->system_of_side), false, UUID_LEN));
	if (is_session_workspace(workspace))
		raise_rule(link->not_found, "The id is %s.", id_text(id));
	return NO_DATUM;
}

/* Where the system stays missing, the row is refused anyway. */
static HeapTuple
with_system(FunctionCallInfo fcinfo, const Link *link)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;
	const TriggerTable *table = trigger_table(trigger->tg_relation, link->table);
	NullableDatum workspace = trigger_column(table, trigger->tg_trigslot, WORKSPACE);
	NullableDatum id = trigger_column(table, trigger->tg_trigslot, link->side);
	int			attnum = table->attnums[link->system];
	NullableDatum system;

	if (workspace.isnull || id.isnull || !trigger_column(table, trigger->tg_trigslot, link->system).isnull)
		return trigger->tg_trigtuple;
	store_open(fcinfo);
	system = system_of_side(link, workspace.value, id.value);
	store_close();
	return heap_modify_tuple_by_cols(trigger->tg_trigtuple, RelationGetDescr(trigger->tg_relation), 1,
									 &attnum, &system.value, &system.isnull);
}

/*
 * CREATE TRIGGER link_system BEFORE INSERT ON acs_access_groups_users
 *		FOR EACH ROW EXECUTE FUNCTION acs_link_system('acs_access_group_user');
 */
PG_FUNCTION_INFO_V1(acs_link_system);
Datum
acs_link_system(PG_FUNCTION_ARGS)
{
	return PointerGetDatum(with_system(fcinfo, find_link(fcinfo)));
}
