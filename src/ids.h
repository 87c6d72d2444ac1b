/*
 * ids.h
 *		Ids: UUIDs of version 7 (RFC 9562, section 5.7).
 */
#ifndef CREDENTIALS_IDS_H
#define CREDENTIALS_IDS_H

#include "utils/uuid.h"

extern pg_uuid_t *new_uuid(void);

/* As the server orders them: less than, equal to or greater than 0. */
extern int	compare_ids(Datum a, Datum b);

/* Do both name the same thing?  Null names none. */
extern bool is_same_id(NullableDatum a, NullableDatum b);

/* An id as text, for messages. */
extern char *id_text(Datum id);

/* 8-4-4-4-12 digits, as the API has them; uuid_in() takes more, and tells a wrong one. */
extern bool is_uuid_text(const char *text);

/* Bytes that nobody can guess. */
extern void fill_random(void *bytes, size_t n);

#endif							/* CREDENTIALS_IDS_H */
