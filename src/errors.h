/*
 * errors.h
 *		The one way to raise a broken rule.
 */
#ifndef CREDENTIALS_ERRORS_H
#define CREDENTIALS_ERRORS_H

#include "compat.h"
#include "rules.h"

/*
 * Raise the rule's error.  The hint replaces that of the rule, unless NULL.  The
 * detail is a format, or NULL; it must never be given a code (a mask is fine).
 * What the caller was at stays out of the log, as below.
 */
extern pg_noreturn void raise_rule_with_hint(Rule rule, const char *hint,
											 const char *detail,...) pg_attribute_printf(3, 4);

#define raise_rule(rule, ...) raise_rule_with_hint(rule, NULL, __VA_ARGS__)

/*
 * For ereport(): the server is not to log what the session was at, the statement
 * or those around it, which may have a code in their text.
 */
extern int	errhidecaller(void);

/* 40001, to be retried. */
extern pg_noreturn void raise_concurrent_change(void);

/* Which of ours is it?  None if it is of a constraint that has the name of a rule. */
extern Rule rule_of(const ErrorData *error);
#define is_rule(error) (rule_of(error) != RULE_NONE)

/*
 * In PG_CATCH: the server's own message about a broken constraint may print the
 * row, with its code; of those that are not ours, pass on everything but that.
 * That a row of the table (null: of any; "": of none) refers to what is gone is an error
 * of ours, and so is what may not be there twice.
 * The statement (null: none) is our own, and not for the error's context.
 */
extern pg_noreturn void rethrow_without_row(MemoryContext context, const char *table, const char *statement);

#endif							/* CREDENTIALS_ERRORS_H */
