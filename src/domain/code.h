/*
 * code.h
 *		Codes: what a person types at a keypad, or what is printed on a card.
 *
 * 1 to 32 ASCII digits.  Leading zeros count: "0042" and "42" are two codes.
 */
#ifndef DOMAIN_CODE_H
#define DOMAIN_CODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CODE_MAX_DIGITS 32

extern size_t code_first_bad(const char *text, size_t length);
extern int	code_compare(const char *a, size_t a_length,
						 const char *b, size_t b_length);
extern bool code_value_exceeds(const char *digits, size_t length,
							   uint64_t limit);

#endif							/* DOMAIN_CODE_H */
