/*
 * errors.h
 *		The one way to raise a broken rule.
 */
#ifndef CREDENTIALS_ERRORS_H
#define CREDENTIALS_ERRORS_H

#include "compat.h"
#include "rules.h"

/* Is it the name of a rule, so that the report is one of ours? */
extern bool is_rule(const char *constraint_name);

/*
 * Raise the rule's error.  The hint replaces that of the rule, unless NULL.  The
 * detail is a format, or NULL; it must never be given a code (a mask is fine).
 */
extern pg_noreturn void raise_rule_with_hint(Rule rule, const char *hint,
											 const char *detail,...) pg_attribute_printf(3, 4);

#define raise_rule(rule, ...) raise_rule_with_hint(rule, NULL, __VA_ARGS__)

#endif							/* CREDENTIALS_ERRORS_H */
