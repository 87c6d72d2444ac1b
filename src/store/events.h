/*
 * events.h
 *		The only writer of acs_events.
 */
#ifndef STORE_EVENTS_H
#define STORE_EVENTS_H

#include "store/statements.h"

/* Where statements that change something return what the event tells. */
enum EventColumns
{
	EVENT_SYSTEM_ID = 2,
	EVENT_USER_ID,
	EVENT_CREDENTIAL_ID,
	EVENT_DETAILS
};

extern void event_write(const pg_uuid_t *workspace, const char *event_type, NullableDatum acs_system_id,
						NullableDatum acs_user_id, NullableDatum acs_credential_id,
						NullableDatum acs_entrance_id, NullableDatum details);

/* One event for each row of a statement that returned the columns above. */
extern void events_write_rows(const char *event_type, Rows rows);

#endif							/* STORE_EVENTS_H */
