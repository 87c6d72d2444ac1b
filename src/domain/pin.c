/*
 * pin.c
 *		Make a PIN of random bytes, and tell one that is easily guessed.
 *
 * The caller brings the random bytes, so this file stays without a server.
 */
#include "domain/pin.h"

#include <string.h>

/*
 * Digits from random bytes, each of the keys equally likely: the few byte values
 * that would favour the first keys are passed over.  False if that used up the
 * bytes.
 */
bool
pin_from_random(const uint8_t *random, size_t n_random, const char *keys, char *digits, size_t length)
{
	size_t		n_keys = strlen(keys);
	size_t		n_fair = 256 - 256 % n_keys;
	size_t		filled = 0;
	size_t		i;

	for (i = 0; i < n_random && filled < length; i++)
	{
		if (random[i] < n_fair)
			digits[filled++] = keys[random[i] % n_keys];
	}
	return filled == length;
}

/* Three of the same digit in a row. */
static bool
has_run(const char *digits, size_t length)
{
	size_t		i;

	for (i = 2; i < length; i++)
	{
		if (digits[i] == digits[i - 1] && digits[i] == digits[i - 2])
			return true;
	}
	return false;
}

/* 1234, 8765: each digit one more, or one less, than the one before. */
static bool
is_sequence(const char *digits, size_t length)
{
	int			step = digits[1] - digits[0];
	size_t		i;

	if (step != 1 && step != -1)
		return false;
	for (i = 2; i < length; i++)
	{
		if (digits[i] - digits[i - 1] != step)
			return false;
	}
	return true;
}

/* 1212, 123123: a shorter block over and over, to the end. */
static bool
repeats_a_block(const char *digits, size_t length)
{
	size_t		block;

	for (block = 1; block <= length / 2; block++)
	{
		if (memcmp(digits, digits + block, length - block) == 0)
			return true;
	}
	return false;
}

/*
 * Often chosen, and in none of the patterns above: dates, walks over a keypad,
 * mirrored and doubled digits.
 */
static bool
is_popular(const char *digits, size_t length)
{
	static const char *const popular[] = {
		"007", "147", "159", "258", "357", "369", "741", "852", "911", "963",
		"0852", "1004", "1122", "1221", "1236", "1342", "1379", "1478",
		"1590", "1984", "1985", "1986", "1987", "1988", "1989", "1990", "1991",
		"1992", "2001", "2002", "2233", "2468", "2580", "3344",
		"4455", "5150", "5566", "5683", "7788", "8520", "8899", "9988",
		"12321", "13579", "24680", "52013", "74123", "98789",
		"102030", "112233", "123321", "123654", "147258", "147852",
		"159357", "159753", "258456", "314159", "456123", "520131", "654123",
		"741852", "753951", "789456", "963852", "987456",
		"11223344", "12344321", "13572468", "14725836", "98741236",
	};
	size_t		i;

	for (i = 0; i < sizeof(popular) / sizeof(popular[0]); i++)
	{
		if (strlen(popular[i]) == length && memcmp(popular[i], digits, length) == 0)
			return true;
	}
	return false;
}

/* The length is at least PIN_MIN_LENGTH. */
bool
pin_is_weak(const char *digits, size_t length)
{
	return has_run(digits, length) || is_sequence(digits, length) ||
		repeats_a_block(digits, length) || is_popular(digits, length);
}
