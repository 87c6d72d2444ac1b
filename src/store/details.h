/*
 * details.h
 *		Details of an event: a JSON object, built member by member.
 */
#ifndef STORE_DETAILS_H
#define STORE_DETAILS_H

#include "compat.h"

typedef struct Details
{
	JsonbInState state;
} Details;

extern void details_begin(Details *details);

/* A member; a null value leaves it out.  Keys and values are not copied. */
extern void details_text(Details *details, const char *key, const char *value);
extern void details_varlena(Details *details, const char *key, NullableDatum value);
extern void details_time(Details *details, const char *key, NullableDatum value);
extern void details_texts(Details *details, const char *key, const char *const *values, int n);

/* A member that is itself an object, from here to its end. */
extern void details_begin_object(Details *details, const char *key);
extern void details_end_object(Details *details);

/* The object as jsonb. */
extern Datum details_end(Details *details);

#endif							/* STORE_DETAILS_H */
