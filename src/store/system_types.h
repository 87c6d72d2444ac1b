/*
 * system_types.h
 *		What a system's type says of its cards, and the guards of both.
 */
#ifndef STORE_SYSTEM_TYPES_H
#define STORE_SYSTEM_TYPES_H

#include "domain/card_number.h"
#include "store/tables.h"

/* The format of card numbers that a row of acs_system_types has. */
extern CardNumberFormat card_number_format_of(const Row *type);

/* That of a system's type; of a system that is not there, any. */
extern CardNumberFormat system_card_number_format(const pg_uuid_t *workspace, Datum acs_system_id, Sight sight);

/* The same as of now, and kept so until the transaction ends. */
extern CardNumberFormat keep_card_number_format(const pg_uuid_t *workspace, Datum acs_system_id);

/*
 * That with which a function is about to write a card, for the triggers that then fire:
 * until the card is written, the second of these finds it.
 */
extern void card_number_format_at_hand(const pg_uuid_t *workspace, Datum acs_system_id, CardNumberFormat format);
extern bool find_card_number_format_at_hand(const pg_uuid_t *workspace, Datum acs_system_id, CardNumberFormat *format);
extern void card_number_format_written(void);

#endif							/* STORE_SYSTEM_TYPES_H */
