/*
 * identifier.h
 *		What a credential is known by at a door, and what follows from it.
 */
#ifndef STORE_IDENTIFIER_H
#define STORE_IDENTIFIER_H

#include "domain/card_number.h"
#include "store/trigger_table.h"
#include "store/values.h"

/*
 * What is compared: of a code its digits, of a card its number in canonical
 * spelling, or without a number its code in the same way; of a mobile key, none.
 * Of what is presented as a code or as a card's number, it is null as well if the
 * format allows no such number.
 */
extern NullableDatum presented_identifier(AccessMethod method, CardNumberFormat format, NullableDatum value);

/* Error invalid_card_number unless it is one. */
extern void require_card_number(CardNumberFormat format, NullableDatum card_number);

/* "Code 82****": what opens, masked. */
extern text *display_name_of(AccessMethod method, NullableDatum code, NullableDatum card_number,
							 bool is_multi_phone_sync);

/* The later of start and creation. */
extern Datum valid_from_of(NullableDatum starts_at, Datum created_at);

/*
 * Are the columns that follow from others in the row?  The trigger asks that fires
 * after it was stored.
 */
extern bool credential_is_derived(FunctionCallInfo fcinfo, const TriggerTable *table, TupleTableSlot *row);

/* Has the row the same in them, and in what they follow from? */
extern bool credential_is_derived_as_before(const TriggerTable *table,
											TupleTableSlot *old, TupleTableSlot *new);

/*
 * Set the columns of a credential that follow from the others, for a function of the
 * session's workspace.  If it is new, the format of its card's number is kept.
 */
extern void derive_columns(NullableDatum *columns, bool is_new);

#endif							/* STORE_IDENTIFIER_H */
