/*
 * events.h
 *		The only writer of acs_events.
 */
#ifndef STORE_EVENTS_H
#define STORE_EVENTS_H

#include "store/tables.h"

extern void event_write(const pg_uuid_t *workspace, const char *event_type, NullableDatum acs_system_id,
						NullableDatum acs_user_id, NullableDatum acs_credential_id,
						NullableDatum acs_entrance_id, NullableDatum acs_access_group_id,
						NullableDatum details);

#endif							/* STORE_EVENTS_H */
