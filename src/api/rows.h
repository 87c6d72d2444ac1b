/*
 * rows.h
 *		Return what a statement found, as one row or as a set of them.
 */
#ifndef API_ROWS_H
#define API_ROWS_H

#include "rules.h"
#include "store/statements.h"

/*
 * A whole function that reads: the statement takes the arguments as they are,
 * and has the row to return in column 1.  Error if it finds none.
 */
extern Datum read_row(FunctionCallInfo fcinfo, StatementId id, Rule rule_if_none);

/* The same for a set, with the rows' columns as they are; an empty one is no error. */
extern Datum read_set(FunctionCallInfo fcinfo, StatementId id);

/* The same with other parameters than the arguments; the store is open already. */
extern void return_set(FunctionCallInfo fcinfo, StatementId id, const NullableDatum *params);

/* Error invalid_page unless the argument is a size for a page. */
extern void require_page(NullableDatum page_size);

/* Error unless there is a row; the id is for the detail. */
extern void require_row(Rows rows, Rule rule, NullableDatum id);

/* Do both name the same thing?  Null names none. */
extern bool is_same_id(NullableDatum a, NullableDatum b);

/* An id as text, for messages. */
extern char *id_text(Datum id);

#endif							/* API_ROWS_H */
