/*
 * parameters.h
 *		A request's body as the arguments of its function.
 */
#ifndef API_HTTP_PARAMETERS_H
#define API_HTTP_PARAMETERS_H

#include "lib/stringinfo.h"
#include "utils/jsonb.h"

#include "api/http/routes.h"

/* A function, and the values that the body gives to its arguments. */
typedef struct Call
{
	const Route *route;
	Function   *function;
	NullableDatum values[MAX_ARGUMENTS];
	bool		given[MAX_ARGUMENTS];
	StringInfoData complaints;	/* members of validation_errors */
} Call;

extern void read_body(Call *call, Jsonb *body);

#endif							/* API_HTTP_PARAMETERS_H */
