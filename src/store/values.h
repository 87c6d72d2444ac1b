/*
 * values.h
 *		Between SQL values and those of src/domain/.
 */
#ifndef STORE_VALUES_H
#define STORE_VALUES_H

#include "fmgr.h"

#include "domain/decision.h"
#include "domain/display_name.h"
#include "domain/validity.h"

/* A code is stored as text is: a varlena without a terminator. */
#define DatumGetCodePP(datum)	((struct varlena *) PG_DETOAST_DATUM_PACKED(datum))
#define PG_GETARG_CODE_PP(n)	DatumGetCodePP(PG_GETARG_DATUM(n))
#define CODE_DIGITS(code)		VARDATA_ANY(code)
#define CODE_LENGTH(code)		VARSIZE_ANY_EXHDR(code)

#define MAX_LABELS 16

/*
 * An enum of the extension, as a C enum in the same order.  The OIDs of its
 * values differ from database to database, and are kept once they are looked up.
 */
typedef struct OwnEnum
{
	const char *type;
	const char *labels[MAX_LABELS + 1]; /* ends with a null */
	uint64		generation;
	Oid			values[MAX_LABELS];
} OwnEnum;

extern OwnEnum access_methods;	/* of AccessMethod */
extern OwnEnum entrance_modes;	/* of DoorMode */

/* Position of a value's label; the value of a position, while the store is open. */
extern int	enum_position(OwnEnum *type, Oid value);
extern Datum enum_datum(OwnEnum *type, int position);

/* The value of a label of any enum type. */
extern Oid	enum_value(Oid enum_type, const char *label);

#define access_method_from_datum(value) \
	((AccessMethod) enum_position(&access_methods, DatumGetObjectId(value)))
#define access_method_label(method)		(access_methods.labels[method])

/* The present, as a timestamptz. */
extern NullableDatum now_datum(void);

/* Nothing but blanks, or null. */
extern bool is_blank(NullableDatum value);

extern Window window_from_datums(NullableDatum starts_at, NullableDatum ends_at);

/* Of a credential: until it ends, or was used for the last time. */
extern Window effective_window(NullableDatum valid_from, NullableDatum ends_at, NullableDatum used_up_at);
extern Window window_from_args(FunctionCallInfo fcinfo, int first);
extern NullableDatum window_start_datum(Window window);
extern NullableDatum window_end_datum(Window window);

#endif							/* STORE_VALUES_H */
