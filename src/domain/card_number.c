/*
 * card_number.c
 *		Check card numbers, and bring them into their canonical spelling.
 *
 * A reader, an encoder and a person at a desk spell the number of one card
 * differently.  What is dropped here can be dropped without a guess; the order
 * of bytes is never changed.
 */
#include "domain/card_number.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define SEPARATORS " :-."
#define WIEGAND26_SEPARATORS ":-, "

#define FACILITY_MAX	UINT32_C(0xFF)
#define NUMBER_BITS		16
#define NUMBER_MAX		UINT32_C(0xFFFF)
#define WIEGAND26_MAX	UINT32_C(0xFFFFFF)

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_hex_digit(char c)
{
	return is_digit(c) || (c >= 'A' && c <= 'F') || (c >= 'a' && c <= 'f');
}

static bool
is_one_of(const char *set, char c)
{
	return c != '\0' && strchr(set, c) != NULL;
}

static size_t
count_digits(const char *text, size_t length)
{
	size_t		i = 0;

	while (i < length && is_digit(text[i]))
		i++;
	return i;
}

/* In upper case, without the characters of dropped. */
static size_t
copy_upper(const char *text, size_t length, const char *dropped, char *canonical)
{
	size_t		written = 0;
	size_t		i;

	for (i = 0; i < length; i++)
	{
		char		c = text[i];

		if (is_one_of(dropped, c))
			continue;
		canonical[written++] = c >= 'a' && c <= 'z' ? (char) (c - 'a' + 'A') : c;
	}
	return written;
}

/* ---------- any ---------- */

/* Nobody sees two blanks, or one at an end. */
static size_t
any_first_bad(const char *text, size_t length)
{
	bool		after_blank = true;
	size_t		i;

	for (i = 0; i < length; i++)
	{
		if (text[i] < ' ' || text[i] > '~' || (text[i] == ' ' && after_blank))
			return i + 1;
		after_blank = text[i] == ' ';
	}
	return after_blank ? length + 1 : 0;
}

/*
 * ed:0b:a9:96, to the end and with one separator throughout.  Anything else may
 * be numbers side by side: 1:11572 is not 11:1572.
 */
static bool
is_pairs_of_hex_digits(const char *text, size_t length)
{
	size_t		i;

	if (length < 5 || length % 3 != 2 || !is_one_of(SEPARATORS, text[2]))
		return false;
	for (i = 0; i < length; i++)
	{
		if (i % 3 == 2 ? text[i] != text[2] : !is_hex_digit(text[i]))
			return false;
	}
	return true;
}

static size_t
any_canonical(const char *text, size_t length, char *canonical)
{
	return copy_upper(text, length, is_pairs_of_hex_digits(text, length) ? SEPARATORS : "", canonical);
}

/* ---------- hex ---------- */

/* Separators part whole bytes, however many. */
static size_t
hex_first_bad(const char *text, size_t length)
{
	size_t		digits = 0;		/* since the last separator */
	size_t		i;

	for (i = 0; i < length; i++)
	{
		if (is_hex_digit(text[i]))
			digits++;
		else if (is_one_of(SEPARATORS, text[i]) && digits > 0 && digits % 2 == 0)
			digits = 0;
		else
			return i + 1;
	}
	return digits == 0 || digits % 2 != 0 ? length + 1 : 0;
}

static size_t
hex_canonical(const char *text, size_t length, char *canonical)
{
	return copy_upper(text, length, SEPARATORS, canonical);
}

/* ---------- decimal ---------- */

static size_t
decimal_first_bad(const char *text, size_t length)
{
	size_t		digits = count_digits(text, length);

	return digits == 0 || digits < length ? digits + 1 : 0;
}

static size_t
decimal_canonical(const char *text, size_t length, char *canonical)
{
	while (length > 1 && text[0] == '0')
	{
		text++;
		length--;
	}
	memcpy(canonical, text, length);
	return length;
}

/* ---------- wiegand26 ---------- */

/* Of a number between two positions, of which the last digits may be too much. */
static size_t
number_first_bad(const char *text, size_t from, size_t to, uint32_t max)
{
	uint32_t	value = 0;
	size_t		i;

	for (i = from; i < to; i++)
	{
		if (!is_digit(text[i]))
			return i + 1;
		value = value * 10 + (uint32_t) (text[i] - '0');
		if (value > max)
			return i + 1;
	}
	return from == to ? to + 1 : 0;
}

static uint32_t
number_value(const char *text, size_t from, size_t to)
{
	uint32_t	value = 0;
	size_t		i;

	for (i = from; i < to; i++)
		value = value * 10 + (uint32_t) (text[i] - '0');
	return value;
}

static size_t
wiegand26_first_bad(const char *text, size_t length)
{
	size_t		digits = count_digits(text, length);
	size_t		bad;

	if (digits == length)
		return number_first_bad(text, 0, length, WIEGAND26_MAX);
	bad = number_first_bad(text, 0, digits, FACILITY_MAX);
	if (bad == 0 && !is_one_of(WIEGAND26_SEPARATORS, text[digits]))
		bad = digits + 1;
	if (bad == 0)
		bad = number_first_bad(text, digits + 1, length, NUMBER_MAX);
	return bad;
}

static size_t
wiegand26_canonical(const char *text, size_t length, char *canonical)
{
	size_t		digits = count_digits(text, length);
	uint32_t	value = number_value(text, 0, digits);

	if (digits < length)
		value = value << NUMBER_BITS | number_value(text, digits + 1, length);
	return (size_t) snprintf(canonical, CARD_NUMBER_MAX, "%u:%u",
							 (unsigned) (value >> NUMBER_BITS), (unsigned) (value & NUMBER_MAX));
}

/* ---------- all formats ---------- */

static const struct
{
	size_t		(*first_bad) (const char *text, size_t length);
	size_t		(*canonical) (const char *text, size_t length, char *canonical);
}			formats[] = {
	[CARD_NUMBER_ANY] = {any_first_bad, any_canonical},
	[CARD_NUMBER_HEX] = {hex_first_bad, hex_canonical},
	[CARD_NUMBER_DECIMAL] = {decimal_first_bad, decimal_canonical},
	[CARD_NUMBER_WIEGAND26] = {wiegand26_first_bad, wiegand26_canonical},
};

/*
 * Position (from 1) of the first character that keeps the text from being a
 * card number of the format, or 0 if it is one.  Where a character is missing,
 * that is the position after the last one.
 */
size_t
card_number_first_bad(CardNumberFormat format, const char *text, size_t length)
{
	size_t		bad = formats[format].first_bad(text, length);

	if (length > CARD_NUMBER_MAX && (bad == 0 || bad > CARD_NUMBER_MAX))
		return CARD_NUMBER_MAX + 1;
	return bad;
}

/*
 * Write the canonical spelling, of at most CARD_NUMBER_MAX characters, without
 * a terminator, and return its length; 0 if the text is no card number of the
 * format.
 */
size_t
card_number_canonical(CardNumberFormat format, const char *text, size_t length, char *canonical)
{
	if (card_number_first_bad(format, text, length) != 0)
		return 0;
	return formats[format].canonical(text, length, canonical);
}
