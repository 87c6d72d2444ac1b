/*
 * json.h
 *		Values as the API's JSON.
 */
#ifndef API_JSON_H
#define API_JSON_H

#include "lib/stringinfo.h"

/* A value that is not null: times in UTC with milliseconds, the rest as in JSON. */
extern void append_json_value(StringInfo json, Datum value, Oid type);

/* "key": and a comma before it, unless it is the first of its object; a plain word. */
extern void append_json_key(StringInfo json, const char *key);

#endif							/* API_JSON_H */
