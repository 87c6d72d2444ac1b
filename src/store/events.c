/*
 * events.c
 *		The only writer of acs_events.
 */
#include "postgres.h"

#include "access/xact.h"
#include "commands/async.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/xid8.h"

#include "credentials.h"
#include "ids.h"
#include "store/events.h"
#include "store/feed.h"
#include "store/values.h"

#define NOTIFY_CHANNEL "acs_events"

/* Id and type only: whoever listens reads the event under its own rights. */
static void
notify(pg_uuid_t *event_id, const char *event_type)
{
	char	   *id = id_text(UUIDPGetDatum(event_id));

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
		[EVENT_OCCURRED_AT] = now_datum(),
		[EVENT_SYSTEM] = acs_system_id,
		[EVENT_USER] = acs_user_id,
		[EVENT_CREDENTIAL] = acs_credential_id,
		[EVENT_ENTRANCE] = acs_entrance_id,
		[EVENT_GROUP] = acs_access_group_id,
		[EVENT_ACTOR] = DATUM(CStringGetTextDatum(GetUserNameFromId(GetOuterUserId(), false))),
		[EVENT_DETAILS] = details,
		[EVENT_FEED_EPOCH] = DATUM(Int32GetDatum(feed_epoch())),
		[EVENT_XACT] = DATUM(FullTransactionIdGetDatum(GetTopFullTransactionId())),
	};

	insert_row(TABLE_EVENTS, columns, NULL, NULL);
	if (setting_notify)
		notify(event_id, event_type);
}
