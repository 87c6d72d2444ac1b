/*
 * pin.c
 *		PINs from any bytes, and any digits as a PIN.
 */
#include "domain/code.h"
#include "domain/pin.h"

#include "input.h"

/* Bytes that count, in order, as many as are needed. */
static void
check_from_random(const uint8_t *data, size_t size, const char *keys, size_t length)
{
	size_t		n_keys = strlen(keys);
	uint8_t    *random = (uint8_t *) exact(data, size);
	char	   *digits = malloc(length > 0 ? length : 1);
	bool		filled = pin_from_random(random, size, keys, digits, length);
	size_t		n = 0;

	for (size_t i = 0; i < size && n < length; i++)
	{
		if (random[i] / n_keys < 256 / n_keys)
		{
			CHECK(digits[n] == keys[random[i] % n_keys]);
			n++;
		}
	}
	CHECK(filled == (n == length));
	if (filled && length > 0 && length <= CODE_MAX_DIGITS)
		CHECK(code_first_bad(digits, length) == 0);
	free(random);
	free(digits);
}

/* Runs, sequences and doubled halves are weak, however long. */
static void
check_weak(Input *input)
{
	size_t		length;
	char	   *pin = take_digits(input, PIN_MIN_LENGTH, CODE_MAX_DIGITS, &length);
	bool		run = false;
	bool		up = true;
	bool		down = true;
	bool		halves = length % 2 == 0 && memcmp(pin, pin + length / 2, length / 2) == 0;

	for (size_t i = 1; i < length; i++)
	{
		run |= i > 1 && pin[i] == pin[i - 1] && pin[i] == pin[i - 2];
		up &= pin[i] == pin[i - 1] + 1;
		down &= pin[i] == pin[i - 1] - 1;
	}
	if (run || up || down || halves)
		CHECK(pin_is_weak(pin, length));
	else
		(void) pin_is_weak(pin, length);
	free(pin);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Input		input = {data, size};
	size_t		length = take_byte(&input) % (CODE_MAX_DIGITS + 1);

	const char *keys = &PIN_ALL_KEYS[take_byte(&input) % 9];

	check_from_random(input.data, input.size, keys, length);
	check_weak(&input);
	return 0;
}
