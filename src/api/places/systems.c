/*
 * systems.c
 *		/acs/systems/...
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/uuid.h"

#include "api/references.h"
#include "api/rows.h"
#include "credentials.h"
#include "errors.h"
#include "ids.h"
#include "store/values.h"

/*
 * acs_systems_create(name text, system_type text,
 *		default_credential_manager_acs_system_id uuid, connected_account_id uuid,
 *		time_zone text) returns acs_systems
 */
PG_FUNCTION_INFO_V1(acs_systems_create);
Datum
acs_systems_create(PG_FUNCTION_ARGS)
{
	NullableDatum columns[N_SYSTEM_COLUMNS] = {
		[WORKSPACE] = DATUM(UUIDPGetDatum(session_workspace())),
		[SYSTEM_ID] = DATUM(UUIDPGetDatum(new_uuid())),
		[SYSTEM_TYPE] = fcinfo->args[1],
		[SYSTEM_NAME] = fcinfo->args[0],
		[SYSTEM_DEFAULT_MANAGER] = fcinfo->args[2],
		[SYSTEM_CONNECTED_ACCOUNT] = fcinfo->args[3],
		[SYSTEM_TIME_ZONE] = PG_ARGISNULL(4) ? DATUM(CStringGetTextDatum("UTC")) : fcinfo->args[4],
		[SYSTEM_MODE_UNTIL] = NO_DATUM,
		[SYSTEM_CREATED_AT] = now_datum(),
	};
	Row			system;

	store_open_for_writing(fcinfo);
	columns[SYSTEM_MODE] = DATUM(enum_datum(&entrance_modes, DOOR_CONTROLLED));
	require_name(fcinfo->args[0], "name");
	if (!PG_ARGISNULL(2))
		require_credential_manager(PG_GETARG_DATUM(2));
	if (PG_ARGISNULL(1) || !find_row(SYSTEM_TYPE_BY_ID, &fcinfo->args[1].value, FRESH_SIGHT, NULL))
		raise_rule(RULE_INVALID_SYSTEM_TYPE, NULL);
	insert_row(TABLE_SYSTEMS, columns, NULL, &system);
	return store_close_with(row_composite(&system));
}

/* acs_systems_get(acs_system_id uuid) returns acs_systems */
PG_FUNCTION_INFO_V1(acs_systems_get);
Datum
acs_systems_get(PG_FUNCTION_ARGS)
{
	return read_row(fcinfo, SYSTEM_BY_ID, RULE_ACS_SYSTEM_NOT_FOUND);
}

/*
 * acs_systems_list(connected_account_id, search, page_size, page_cursor)
 *		returns setof acs_systems
 */
PG_FUNCTION_INFO_V1(acs_systems_list);
Datum
acs_systems_list(PG_FUNCTION_ARGS)
{
	require_page(fcinfo->args[2]);
	return read_set(fcinfo, STMT_SYSTEM_LIST);
}

/*
 * acs_systems_list_compatible_credential_manager_acs_systems(acs_system_id uuid)
 *		returns setof acs_systems
 *
 * What require_credential_manager() takes, whatever the system.
 */
PG_FUNCTION_INFO_V1(acs_systems_list_compatible_credential_manager_acs_systems);
Datum
acs_systems_list_compatible_credential_manager_acs_systems(PG_FUNCTION_ARGS)
{
	return read_set_of(fcinfo, SYSTEM_BY_ID, RULE_ACS_SYSTEM_NOT_FOUND, STMT_SYSTEM_MANAGERS);
}

/* acs_systems_update(acs_system_id uuid, name text, time_zone text) returns acs_systems */
PG_FUNCTION_INFO_V1(acs_systems_update);
Datum
acs_systems_update(PG_FUNCTION_ARGS)
{
	const Change new_values[] = {
		{SYSTEM_NAME, fcinfo->args[1]},
		{SYSTEM_TIME_ZONE, fcinfo->args[2]},
	};

	store_open_for_writing(fcinfo);
	require_new_name(fcinfo->args[1], "name");
	return return_changed(fcinfo, SYSTEM_BY_ID, RULE_ACS_SYSTEM_NOT_FOUND, new_values, lengthof(new_values));
}

/*
 * Whatever refers to the system keeps it: it is the foreign keys that find it, so
 * nothing can come in between.
 */
static void
delete_unused(const Row *system)
{
	MemoryContext context = CurrentMemoryContext;

	PG_TRY();
	{
		delete_row(system);
	}
	PG_CATCH();
	{
		ErrorData  *error;

		MemoryContextSwitchTo(context);
		error = CopyErrorData();
		if (error->sqlerrcode != ERRCODE_FOREIGN_KEY_VIOLATION || error->table_name == NULL)
			ReThrowError(error);
		FlushErrorState();
		raise_rule(RULE_SYSTEM_IN_USE, "Table \"%s\" refers to it.", error->table_name);
	}
	PG_END_TRY();
}

/* acs_systems_delete(acs_system_id uuid) returns void */
PG_FUNCTION_INFO_V1(acs_systems_delete);
Datum
acs_systems_delete(PG_FUNCTION_ARGS)
{
	Row			system;

	store_open_for_writing(fcinfo);
	get_row_and_lock(SYSTEM_BY_ID, fcinfo->args[0], LockTupleExclusive, RULE_ACS_SYSTEM_NOT_FOUND, &system);
	delete_unused(&system);
	store_close();
	PG_RETURN_VOID();
}
