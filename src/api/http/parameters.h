/*
 * parameters.h
 *		A request's body as the arguments of its function.
 */
#ifndef API_HTTP_PARAMETERS_H
#define API_HTTP_PARAMETERS_H

#include "lib/stringinfo.h"

#include "api/http/routes.h"

/* A request: a function, and the values that the body gives to its arguments. */
typedef struct Call
{
	NullableDatum body;
	bool		body_is_text;	/* else jsonb */
	const char *request_id;		/* or NULL */
	const Route *route;
	Function   *function;		/* NULL until it is found */
	NullableDatum values[MAX_ARGUMENTS];
	bool		given[MAX_ARGUMENTS];
	StringInfoData complaints;	/* members of validation_errors */
} Call;

/* What is wrong with the body as a whole, or NULL; what is wrong in it are complaints. */
extern const char *read_body(Call *call);

/* The position of the argument that has the parameter's value, or -1. */
extern int	find_parameter(const Call *call, const char *parameter);

#endif							/* API_HTTP_PARAMETERS_H */
