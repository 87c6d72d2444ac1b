/*
 * values.h
 *		Between SQL values and those of src/domain/.
 */
#ifndef API_VALUES_H
#define API_VALUES_H

#include "fmgr.h"

#include "domain/display_name.h"
#include "domain/validity.h"

/* A code is stored as text is: a varlena without a terminator. */
#define DatumGetCodePP(datum)	((struct varlena *) PG_DETOAST_DATUM_PACKED(datum))
#define PG_GETARG_CODE_PP(n)	DatumGetCodePP(PG_GETARG_DATUM(n))
#define CODE_DIGITS(code)		VARDATA_ANY(code)
#define CODE_LENGTH(code)		VARSIZE_ANY_EXHDR(code)

extern int	enum_position(Oid value, const char *const *labels, int count);
extern Oid	enum_value(Oid enum_type, const char *label);

extern const char *const access_method_labels[METHOD_COUNT];
extern AccessMethod access_method_from_datum(Datum value);

extern Window window_from_datums(NullableDatum starts_at, NullableDatum ends_at);
extern Window window_from_args(FunctionCallInfo fcinfo, int first);
extern NullableDatum window_start_datum(Window window);
extern NullableDatum window_end_datum(Window window);

#endif							/* API_VALUES_H */
