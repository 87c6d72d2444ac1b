/*
 * card_number.h
 *		Numbers of cards: which spellings are the same number.
 *
 * 1 to 64 visible ASCII characters, with single blanks between them.  Two cards
 * with the same canonical spelling are one card.
 */
#ifndef DOMAIN_CARD_NUMBER_H
#define DOMAIN_CARD_NUMBER_H

#include <stddef.h>

#define CARD_NUMBER_MAX 64

/* What a system type says of its cards; the values of card_number_format. */
typedef enum CardNumberFormat
{
	CARD_NUMBER_ANY,
	CARD_NUMBER_HEX,			/* whole bytes: ED:0B:A9:96 */
	CARD_NUMBER_DECIMAL,		/* digits: 0012345678 */
	CARD_NUMBER_WIEGAND26		/* facility and number: 1:11572 */
} CardNumberFormat;

extern size_t card_number_first_bad(CardNumberFormat format, const char *text, size_t length);
extern size_t card_number_canonical(CardNumberFormat format, const char *text, size_t length,
									char *canonical);

#endif							/* DOMAIN_CARD_NUMBER_H */
