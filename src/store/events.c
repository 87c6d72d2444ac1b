/*
 * events.c
 *		The only writer of acs_events, and the guard that keeps it so.
 */
#include "postgres.h"

#include "commands/async.h"
#include "commands/trigger.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "credentials.h"
#include "errors.h"
#include "ids.h"
#include "store/events.h"

#define NOTIFY_CHANNEL "acs_events"

/* Set while acs_events_purge() deletes. */
static bool purging = false;

/* Id and type only: whoever listens reads the event under its own rights. */
static void
notify(pg_uuid_t *event_id, const char *event_type)
{
	char	   *id = DatumGetCString(DirectFunctionCall1(uuid_out, UUIDPGetDatum(event_id)));

	Async_Notify(NOTIFY_CHANNEL,
				 psprintf("{\"event_id\": \"%s\", \"event_type\": \"%s\"}", id, event_type));
}

/*
 * The actor is the role that called, not the owner that a SECURITY DEFINER
 * function runs as: GetOuterUserId() knows SET ROLE, but not definers.
 */
void
event_write(const pg_uuid_t *workspace, const char *event_type, NullableDatum acs_system_id,
			NullableDatum acs_user_id, NullableDatum acs_credential_id,
			NullableDatum acs_entrance_id, NullableDatum acs_access_group_id,
			NullableDatum details)
{
	pg_uuid_t  *event_id = new_uuid();
	NullableDatum columns[N_EVENT_COLUMNS] = {
		[WORKSPACE] = DATUM(UUIDPGetDatum(workspace)),
		[EVENT_ID] = DATUM(UUIDPGetDatum(event_id)),
		[EVENT_TYPE] = DATUM(CStringGetTextDatum(event_type)),
		[EVENT_OCCURRED_AT] = DATUM(TimestampTzGetDatum(GetCurrentTimestamp())),
		[EVENT_SYSTEM] = acs_system_id,
		[EVENT_USER] = acs_user_id,
		[EVENT_CREDENTIAL] = acs_credential_id,
		[EVENT_ENTRANCE] = acs_entrance_id,
		[EVENT_GROUP] = acs_access_group_id,
		[EVENT_ACTOR] = DATUM(CStringGetTextDatum(GetUserNameFromId(GetOuterUserId(), false))),
		[EVENT_DETAILS] = details,
	};

	insert_row(TABLE_EVENTS, columns, NULL, NULL);
	if (setting_notify)
		notify(event_id, event_type);
}

/*
 * acs_events_purge(before timestamptz) returns bigint
 *		Delete the workspace's events before an instant; how many there were.
 */
PG_FUNCTION_INFO_V1(acs_events_purge);
Datum
acs_events_purge(PG_FUNCTION_ARGS)
{
	Rows		deleted;

	store_open_for_writing(fcinfo);
	PG_TRY();
	{
		purging = true;
		deleted = statement_run(STMT_EVENTS_PURGE, (NullableDatum[])
		{
			DATUM(PG_GETARG_DATUM(0))
		});
	}
	PG_FINALLY();
	{
		purging = false;
	}
	PG_END_TRY();
	store_close();
	PG_RETURN_INT64(deleted.count);
}

/*
 * CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON acs_events
 *		FOR EACH STATEMENT EXECUTE FUNCTION acs_events_append_only();
 */
PG_FUNCTION_INFO_V1(acs_events_append_only);
Datum
acs_events_append_only(PG_FUNCTION_ARGS)
{
	if (!CALLED_AS_TRIGGER(fcinfo))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function \"%s\" was not called by trigger manager",
						"acs_events_append_only")));
	if (!purging)
		raise_rule(RULE_APPEND_ONLY, NULL);
	PG_RETURN_POINTER(NULL);
}
