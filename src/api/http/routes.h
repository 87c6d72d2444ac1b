/*
 * routes.h
 *		The API's paths, and the functions behind them.
 */
#ifndef API_HTTP_ROUTES_H
#define API_HTTP_ROUTES_H

#include "fmgr.h"
#include "nodes/nodes.h"

#define MAX_ARGUMENTS 32

/* What a path answers with, beside "ok". */
typedef enum Answer
{
	NOTHING,
	OBJECT,						/* {"acs_user": {...}} */
	LIST,						/* {"acs_users": [...]} */
	PAGES,						/* the same, with "pagination" */
	LONG_PAGES					/* the same, where the API's clients know of no pages */
} Answer;

typedef struct Route
{
	const char *path;
	Answer		answer;
	const char *object;			/* or null */
	const char *required;		/* a parameter that has a default in SQL only; or null */
} Route;

typedef struct Argument
{
	char	   *name;
	Oid			type;
	Node	   *default_value;	/* null: required */
} Argument;

/* The function behind a path, as the catalog has it. */
typedef struct Function
{
	MemoryContext context;		/* of all of it */
	Oid			schema;
	uint64		generation;
	FmgrInfo	call;
	FmgrInfo	json;			/* from what it returns, unless that is nothing */
	Oid			result_type;
	int			nargs;
	Argument	args[MAX_ARGUMENTS];
} Function;

/* NULL if there is no such path. */
extern const Route *find_route(const char *path);

/*
 * The function of that path in the schema.  It stays as it is while a request
 * runs: begin_request() before, end_request() after.
 */
extern Function *function_of(const Route *route, Oid schema);
extern void begin_request(void);
extern void end_request(void);

/* Error unless the current role may call it, and have JSON of what it returns. */
extern void require_right_to_call(const Function *function);

/* The position of an argument, or -1. */
extern int	find_argument(const Function *function, const char *name);

#endif							/* API_HTTP_ROUTES_H */
