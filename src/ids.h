/*
 * ids.h
 *		Ids: UUIDs of version 7 (RFC 9562, section 5.7).
 */
#ifndef CREDENTIALS_IDS_H
#define CREDENTIALS_IDS_H

#include "utils/uuid.h"

extern pg_uuid_t *new_uuid(void);

#endif							/* CREDENTIALS_IDS_H */
