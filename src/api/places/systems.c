/*
 * systems.c
 *		/acs/systems/...
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/timestamp.h"
#include "utils/uuid.h"

#include "api/references.h"
#include "api/rows.h"
#include "credentials.h"
#include "errors.h"
#include "ids.h"

/*
 * acs_systems_create(name text, system_type text,
 *		default_credential_manager_acs_system_id uuid, connected_account_id uuid)
 *		returns acs_systems
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
		[SYSTEM_CREATED_AT] = DATUM(TimestampTzGetDatum(GetCurrentTimestamp())),
	};
	Row			system;

	store_open_for_writing(fcinfo);
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

/* acs_systems_list(search, page_size, page_cursor) returns setof acs_systems */
PG_FUNCTION_INFO_V1(acs_systems_list);
Datum
acs_systems_list(PG_FUNCTION_ARGS)
{
	require_page(fcinfo->args[1]);
	return read_set(fcinfo, STMT_SYSTEM_LIST);
}
