/*
 * slots.c
 *		Versions of a row, as triggers get them.
 */
#include "postgres.h"

#include "utils/datum.h"

#include "store/slots.h"

bool
slots_agree(TupleTableSlot *a, TupleTableSlot *b, AttrNumber column)
{
	Form_pg_attribute attribute = TupleDescAttr(a->tts_tupleDescriptor, column - 1);
	bool		a_isnull;
	bool		b_isnull;
	Datum		a_value = slot_getattr(a, column, &a_isnull);
	Datum		b_value = slot_getattr(b, column, &b_isnull);

	if (a_isnull || b_isnull)
		return a_isnull == b_isnull;
	return datum_image_eq(a_value, b_value, attribute->attbyval, attribute->attlen);
}
