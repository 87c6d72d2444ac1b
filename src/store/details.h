/*
 * details.h
 *		Details of an event: a JSON object, built member by member.
 */
#ifndef STORE_DETAILS_H
#define STORE_DETAILS_H

#include "lib/stringinfo.h"

extern void details_begin(StringInfo details);
extern void details_key(StringInfo details, const char *key);

/* A member; a null value leaves it out. */
extern void details_text(StringInfo details, const char *key, const char *value);

extern void details_texts(StringInfo details, const char *key, const char *const *values, int n);

/* The object as jsonb. */
extern Datum details_end(StringInfo details);

#endif							/* STORE_DETAILS_H */
