/*
 * rows.h
 *		Return what was found, as one row or as a set of them.
 */
#ifndef API_ROWS_H
#define API_ROWS_H

#include "compat.h"
#include "rules.h"
#include "store/tables.h"

/* Error that there is none of the id. */
extern pg_noreturn void raise_not_found(Rule rule, NullableDatum id);

/* The row of an id; error if there is none, or the id is null. */
extern void get_row(KeyId key, NullableDatum id, Sight sight, Rule rule, Row *row);

/* The same, locked until the transaction ends. */
extern void get_row_and_lock(KeyId key, NullableDatum id, LockTupleMode mode, Rule rule, Row *row);

/* A whole function that returns the row of the id that is its argument. */
extern Datum read_row(FunctionCallInfo fcinfo, KeyId key, Rule rule_if_none);

/*
 * Store the new values in a row that was found and locked, but for those whose argument
 * is null, which leaves the column as it is.
 */
extern void update_given(Row *row, const NullableDatum *args, const Change *new_values, int n);

/*
 * The rest of a function that does so, with the row of the id that is its first argument
 * and the arguments after it, and returns the row; the store is open for writing.
 */
extern Datum return_changed(FunctionCallInfo fcinfo, KeyId key, Rule rule_if_none,
						const Change *new_values, int n);

/*
 * A whole function that returns a set: the statement takes the arguments as they
 * are, and its columns are those of the result; an empty set is no error.
 */
extern Datum read_set(FunctionCallInfo fcinfo, StatementId id);

/* The same of what its first argument names, which has to be there. */
extern Datum read_set_of(FunctionCallInfo fcinfo, KeyId key, Rule rule_if_none, StatementId id);

/* A set with other parameters than the arguments; the store is open already. */
extern void return_set(FunctionCallInfo fcinfo, StatementId id, const NullableDatum *params);

/* A row of a type that has these columns, in this order. */
extern HeapTuple form_row(TupleDesc tupdesc, const NullableDatum *columns, int n);
extern Datum row_of_type(Oid type, const NullableDatum *columns, int n);

/* The same in parts: begin a set, and add what a statement found. */
extern void begin_set(FunctionCallInfo fcinfo);
extern void return_rows(FunctionCallInfo fcinfo, Rows rows);

#define MAX_PAGE_SIZE 10000

/* Error invalid_page unless the argument is a size for a page. */
extern void require_page(NullableDatum page_size);

/* In their order; without repetitions, the number of what is left; where one is in such a list, or null. */
extern void sort_ids(Datum *ids, size_t n);
extern size_t sort_unique_ids(Datum *ids, size_t n);
extern Datum *find_id(Datum id, Datum *sorted, size_t n);

#endif							/* API_ROWS_H */
