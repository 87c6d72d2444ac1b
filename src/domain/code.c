/*
 * code.c
 *		Check and compare codes.
 */
#include "domain/code.h"

#include <string.h>

/*
 * Position (from 1) of the first character that keeps the text from being a
 * code, or 0 if it is one.  A text that is too short or too long is bad where
 * a digit is missing, or where there is one too many.
 */
size_t
code_first_bad(const char *text, size_t length)
{
	size_t		i;

	for (i = 0; i < length && i < CODE_MAX_DIGITS; i++)
	{
		if (text[i] < '0' || text[i] > '9')
			return i + 1;
	}
	if (length == 0 || length > CODE_MAX_DIGITS)
		return i + 1;
	return 0;
}

/* Order as text does in the C collation: digit by digit, the shorter first. */
int
code_compare(const char *a, size_t a_length, const char *b, size_t b_length)
{
	size_t		common = a_length < b_length ? a_length : b_length;
	int			result = memcmp(a, b, common);

	if (result != 0)
		return result;
	return (a_length > b_length) - (a_length < b_length);
}

/* Is the code, read as a number, greater than the limit? */
bool
code_value_exceeds(const char *digits, size_t length, uint64_t limit)
{
	uint64_t	value = 0;
	size_t		i;

	for (i = 0; i < length; i++)
	{
		unsigned	digit = (unsigned) (digits[i] - '0');

		if (digit > limit || value > (limit - digit) / 10)
			return true;
		value = value * 10 + digit;
	}
	return false;
}
