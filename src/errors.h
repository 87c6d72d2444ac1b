/*
 * errors.h
 *		The one way to raise a broken rule.
 */
#ifndef CREDENTIALS_ERRORS_H
#define CREDENTIALS_ERRORS_H

#include "compat.h"
#include "rules.h"

extern const char *rule_name(Rule rule);
extern int	rule_sqlstate(Rule rule);

/*
 * Raise the rule's error.  The detail is a format, or NULL; it must never be
 * given a code (a mask is fine).
 */
extern pg_noreturn void raise_rule(Rule rule, const char *detail,...) pg_attribute_printf(2, 3);

#endif							/* CREDENTIALS_ERRORS_H */
