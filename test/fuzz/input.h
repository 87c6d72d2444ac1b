/*
 * input.h
 *		Take the bytes of a fuzzer apart.
 */
#ifndef FUZZ_INPUT_H
#define FUZZ_INPUT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define CHECK(condition) \
	do { \
		if (!(condition)) \
			__builtin_trap(); \
	} while (0)

typedef struct Input
{
	const uint8_t *data;
	size_t		size;
} Input;

/* The next bytes; zeros when there are no more. */
__attribute__((unused))
static void
take(Input *input, void *into, size_t size)
{
	size_t		n = size < input->size ? size : input->size;

	memset(into, 0, size);
	if (n > 0)
		memcpy(into, input->data, n);
	input->data += n;
	input->size -= n;
}

__attribute__((unused))
static uint8_t
take_byte(Input *input)
{
	uint8_t		byte;

	take(input, &byte, 1);
	return byte;
}

__attribute__((unused))
static bool
take_bool(Input *input)
{
	return take_byte(input) & 1;
}

/* Numbers of all sizes, small ones and the ends of the range more often. */
__attribute__((unused))
static int64_t
take_number(Input *input)
{
	uint8_t		kind = take_byte(input);
	int64_t		number;

	if (kind < 128)
		return kind % 8;
	take(input, &number, sizeof(number));
	switch (kind % 4)
	{
		case 0:
			return INT64_MIN + (number & 3);
		case 1:
			return INT64_MAX - (number & 3);
		default:
			return number;
	}
}

/* A copy that ends where the value ends, so that a byte too far is caught. */
__attribute__((unused))
static char *
exact(const void *bytes, size_t length)
{
	char	   *copy = malloc(length > 0 ? length : 1);

	if (length > 0)
		memcpy(copy, bytes, length);
	return copy;
}

/* Up to max digits, to be freed. */
__attribute__((unused))
static char *
take_digits(Input *input, size_t min, size_t max, size_t *length)
{
	char		digits[64];

	*length = min + take_byte(input) % (max - min + 1);
	for (size_t i = 0; i < *length; i++)
		digits[i] = (char) ('0' + take_byte(input) % 10);
	return exact(digits, *length);
}

extern int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif							/* FUZZ_INPUT_H */
