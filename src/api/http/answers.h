/*
 * answers.h
 *		What a request found, or failed with, as the API's answer.
 */
#ifndef API_HTTP_ANSWERS_H
#define API_HTTP_ANSWERS_H

#include "lib/stringinfo.h"
#include "nodes/execnodes.h"

#include "api/http/parameters.h"

#define HTTP_OK					200
#define HTTP_BAD_REQUEST		400
#define HTTP_FORBIDDEN			403
#define HTTP_NOT_FOUND			404
#define HTTP_CONFLICT			409
#define HTTP_INTERNAL_ERROR		500

/* Members of the answer. */
extern void append_object(StringInfo json, const Call *call, Datum row);

/* Returns the id of the last object, or null if there is none. */
extern NullableDatum append_list(StringInfo json, const Call *call, ReturnSetInfo *rows);

/* Null: there is no next page. */
extern void append_pagination(StringInfo json, NullableDatum next_page_cursor);

/* A whole answer that something is wrong, and its status. */
typedef struct Problem
{
	int			status;
	const char *type;
	const char *message;
	const char *rule;			/* or NULL */
} Problem;

extern int	answer_problem(StringInfo json, const Call *call, const Problem *problem);
extern int	answer_invalid_input(StringInfo json, const Call *call, const char *message);
extern int	answer_raised(StringInfo json, Call *call, const ErrorData *error);

/* Is it an error that says something about the transaction, and not about the request? */
extern bool must_be_passed_on(int sqlstate);

#endif							/* API_HTTP_ANSWERS_H */
