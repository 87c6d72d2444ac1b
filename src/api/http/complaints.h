/*
 * complaints.h
 *		What is wrong with which parameter of a request.
 */
#ifndef API_HTTP_COMPLAINTS_H
#define API_HTTP_COMPLAINTS_H

#include "api/http/parameters.h"
#include "rules.h"

/* Both are told by the parameter's name in the API, never by its value. */
extern void complain(Call *call, const char *parameter, const char *what);
extern void complain_of_rule(Call *call, Rule rule, const char *what);

#endif							/* API_HTTP_COMPLAINTS_H */
