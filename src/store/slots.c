/*
 * slots.c
 *		Versions of a row, as triggers get them.
 */
#include "postgres.h"

#include "utils/datum.h"

#include "store/slots.h"

bool
values_agree(NullableDatum a, NullableDatum b, Form_pg_attribute attribute)
{
	if (a.isnull || b.isnull)
		return a.isnull == b.isnull;
	return datum_image_eq(a.value, b.value, attribute->attbyval, attribute->attlen);
}

bool
slots_agree(TupleTableSlot *a, TupleTableSlot *b, AttrNumber column)
{
	NullableDatum a_value;
	NullableDatum b_value;

	a_value.value = slot_getattr(a, column, &a_value.isnull);
	b_value.value = slot_getattr(b, column, &b_value.isnull);
	return values_agree(a_value, b_value, TupleDescAttr(a->tts_tupleDescriptor, column - 1));
}
