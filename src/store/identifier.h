/*
 * identifier.h
 *		What a credential is known by at a door, and what follows from it.
 */
#ifndef STORE_IDENTIFIER_H
#define STORE_IDENTIFIER_H

#include "store/trigger_table.h"
#include "store/values.h"

/*
 * What is compared: of a code its digits, of a card its number in canonical
 * spelling, or without a number its code in the same way; of a mobile key, none.
 * Null as well if the card number is none that a card can have.
 */
extern NullableDatum identifier_of(AccessMethod method, NullableDatum code, NullableDatum card_number);

/* The same of what is presented as a code or as a card's number. */
extern NullableDatum presented_identifier(AccessMethod method, NullableDatum value);

/* Error invalid_card_number unless it is one. */
extern void require_card_number(NullableDatum card_number);

/* "Code 82****": what opens, masked. */
extern text *display_name_of(AccessMethod method, NullableDatum code, NullableDatum card_number,
							 bool is_multi_phone_sync);

/* The later of start and creation. */
extern Datum valid_from_of(NullableDatum starts_at, Datum created_at);

/* Are the columns that follow from others in the row? */
extern bool credential_is_derived(const TriggerTable *table, TupleTableSlot *row);

/* Has the row the same in them, and in what they follow from? */
extern bool credential_is_derived_as_before(const TriggerTable *table,
											TupleTableSlot *old, TupleTableSlot *new);

/* Set the columns of a new credential that follow from the others. */
extern void derive_columns(NullableDatum *columns);

#endif							/* STORE_IDENTIFIER_H */
