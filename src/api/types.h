/*
 * types.h
 *		Codes as text, for functions that take text.
 */
#ifndef API_TYPES_H
#define API_TYPES_H

#include "postgres.h"

/* The acs_code of a text; error 22P02 (acs_code) if it is none. */
extern Datum code_from_text(Datum value);

/* Is it that error? */
extern bool is_malformed_code(const ErrorData *error);

#endif							/* API_TYPES_H */
