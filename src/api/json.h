/*
 * json.h
 *		Values as the API's JSON.
 */
#ifndef API_JSON_H
#define API_JSON_H

#include "lib/stringinfo.h"

/* A value that is not null: times in UTC with milliseconds, the rest as in JSON. */
extern void append_json_value(StringInfo json, Datum value, Oid type);

#endif							/* API_JSON_H */
