/*
 * pin.c
 *		PINs: each as likely as any other, and which ones are too weak.
 */
#include "domain/pin.h"

#include "tap.h"

/* ---------- digits from random bytes ---------- */

static const struct
{
	const char *what;
	const uint8_t bytes[8];
	size_t		n_bytes;
	size_t		length;
	const char *keys;
	const char *digits;			/* or null: the bytes do not suffice */
}			conversions[] = {
	{"small bytes are digits", {0, 1, 2, 3, 8, 9}, 6, 6, PIN_ALL_KEYS, "012389"},
	{"larger ones by their last digit", {10, 101, 202, 99}, 4, 4, PIN_ALL_KEYS, "0129"},
	{"249 is the greatest that counts", {249, 240}, 2, 2, PIN_ALL_KEYS, "90"},
	{"250 to 255 are passed over", {250, 7, 251, 252, 253, 254, 255, 8}, 8, 2, PIN_ALL_KEYS, "78"},
	{"bytes that are not needed are not used", {1, 2, 3, 4}, 4, 2, PIN_ALL_KEYS, "12"},
	{"too few bytes", {1, 2, 3}, 3, 4, PIN_ALL_KEYS, NULL},
	{"too few after those passed over", {1, 255, 3}, 3, 3, PIN_ALL_KEYS, NULL},
	{"none but those passed over", {250, 255}, 2, 1, PIN_ALL_KEYS, NULL},
	{"no bytes", {0}, 0, 1, PIN_ALL_KEYS, NULL},
	{"no digits wanted", {0}, 0, 0, PIN_ALL_KEYS, ""},
	{"of fewer keys", {0, 4, 5, 11, 254}, 5, 5, "12345", "15125"},
	{"what would favour the first of them is passed over", {255, 252, 251, 253, 0}, 5, 2, "2468013", "32"},
	{"of two keys every byte counts", {255, 254, 0}, 3, 3, "06", "600"},
};

static void
test_conversions(void)
{
	for (size_t i = 0; i < LENGTH(conversions); i++)
	{
		uint8_t    *bytes = (uint8_t *) exact((const char *) conversions[i].bytes, conversions[i].n_bytes);
		char	   *digits = exact("********", conversions[i].length);
		bool		filled = pin_from_random(bytes, conversions[i].n_bytes, conversions[i].keys, digits,
										   conversions[i].length);

		if (conversions[i].digits == NULL)
			ok(!filled, "%s: refused", conversions[i].what);
		else
			ok(filled && memcmp(digits, conversions[i].digits, conversions[i].length) == 0,
			   "%s: \"%s\"", conversions[i].what, conversions[i].digits);
		free(bytes);
		free(digits);
	}
}

/*
 * Are these counts of what should happen equally often?  Chi-square has mean
 * df and variance 2 df; it may be off by three standard deviations, in either
 * direction.  The source is seeded, so what passes once passes always.
 */
static bool
is_uniform(const unsigned *counts, size_t n, double expected)
{
	double		chi_square = 0;
	double		df = (double) n - 1;

	for (size_t i = 0; i < n; i++)
		chi_square += (counts[i] - expected) * (counts[i] - expected) / expected;
	return (chi_square - df) * (chi_square - df) < 9 * 2 * df;
}

static void
fill(uint8_t *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		bytes[i] = (uint8_t) (next_random() >> 56);
}

static void
test_distribution(void)
{
	enum { ROUNDS = 1000000 };
	static unsigned pins[10000];
	static unsigned digits[4][10];
	bool		good = true;

	for (int i = 0; i < ROUNDS; i++)
	{
		uint8_t		bytes[64];
		char		pin[4];

		fill(bytes, sizeof(bytes));
		good &= pin_from_random(bytes, sizeof(bytes), PIN_ALL_KEYS, pin, sizeof(pin));
		pins[(pin[0] - '0') * 1000 + (pin[1] - '0') * 100 + (pin[2] - '0') * 10 + pin[3] - '0']++;
		for (int position = 0; position < 4; position++)
			digits[position][pin[position] - '0']++;
	}
	ok(good, "64 bytes were enough for 4 digits, a million times");
	ok(is_uniform(pins, LENGTH(pins), ROUNDS / 10000.0),
	   "each of 10000 PINs is as likely as any other");
	for (int position = 0; position < 4; position++)
		ok(is_uniform(digits[position], 10, ROUNDS / 10.0),
		   "each digit is as likely as any other at position %d", position + 1);
}

static void
test_longest(void)
{
	bool		good = true;

	for (int i = 0; i < 10000; i++)
	{
		uint8_t		bytes[64];
		char	   *pin = exact("********************************", 32);

		fill(bytes, sizeof(bytes));
		good &= pin_from_random(bytes, sizeof(bytes), PIN_ALL_KEYS, pin, 32);
		for (int position = 0; position < 32; position++)
			good &= pin[position] >= '0' && pin[position] <= '9';
		free(pin);
	}
	ok(good, "64 bytes are enough for 32 digits, ten thousand times");
}

/* ---------- weakness ---------- */

static const struct
{
	const char *pin;
	const char *reason;			/* or null: not weak */
}			pins[] = {
	{"000", "one digit"},
	{"0000", "one digit"},
	{"999999", "one digit"},
	{"77777777777777777777777777777777", "one digit, 32 times"},
	{"1112", "three in a row, at the start"},
	{"0111", "three in a row, at the end"},
	{"824447", "three in a row, inside"},
	{"0123", "up"},
	{"1234", "up"},
	{"6789", "up, to the last digit"},
	{"123456", "up"},
	{"0123456789", "up, all digits"},
	{"987", "down"},
	{"4321", "down"},
	{"3210", "down, to zero"},
	{"876543", "down"},
	{"9876543210", "down, all digits"},
	{"1212", "a pair twice"},
	{"909090", "a pair three times"},
	{"123123", "three digits twice"},
	{"824824", "three digits twice"},
	{"82478247", "four digits twice"},
	{"12121", "a pair, cut off"},
	{"1231231", "three digits, cut off"},
	{"2580", "down the keypad"},
	{"1990", "a year"},
	{"1122", "popular"},
	{"5683", "popular"},
	{"112233", "popular"},
	{"123321", "popular"},
	{"147258", "popular"},
	{"11223344", "popular"},

	{"824759", NULL},
	{"8247", NULL},
	{"824", NULL},
	{"1243", NULL},
	{"1235", NULL},
	{"0134", NULL},
	{"2344", NULL},
	{"1135", NULL},
	{"1224", NULL},
	{"7891", NULL},
	{"1233", NULL},
	{"121345", NULL},
	{"123124", NULL},
	{"1321", NULL},
	{"1990824", NULL},
	{"8241990", NULL},
	{"11223345", NULL},
	{"82475963015728394061527384950617", NULL},
};

static void
test_weak(void)
{
	for (size_t i = 0; i < LENGTH(pins); i++)
	{
		char	   *pin = exact(pins[i].pin, strlen(pins[i].pin));

		ok(pin_is_weak(pin, strlen(pins[i].pin)) == (pins[i].reason != NULL),
		   "%s %s", pins[i].pin, pins[i].reason != NULL ? pins[i].reason : "will do");
		free(pin);
	}
}

/* ---------- of all PINs of four digits ---------- */

/* What is weak by its look. */
static bool
has_pattern(const int d[4])
{
	int			step = d[1] - d[0];

	return (d[1] == d[2] && (d[0] == d[1] || d[2] == d[3])) ||
		((step == 1 || step == -1) && d[2] - d[1] == step && d[3] - d[2] == step) ||
		(d[0] == d[2] && d[1] == d[3]);
}

/* What many people choose all the same.  Each has to be defended. */
static const struct
{
	const char *pin;
	const char *reason;
}			popular[] = {
	{"0852", "up the middle column"},
	{"8520", "up the middle column, from the 8"},
	{"2580", "down the middle column"},
	{"1236", "around a corner"},
	{"1478", "around a corner"},
	{"1379", "the four corners"},
	{"1590", "the diagonal, and zero"},
	{"2468", "the even digits"},
	{"1004", "sounds like angel in Korean"},
	{"1342", "a mixed-up 1234"},
	{"5150", "a police code, and an album"},
	{"5683", "LOVE on the keypad"},
	{"1221", "mirrored"},
	{"1122", "doubled"},
	{"2233", "doubled"},
	{"3344", "doubled"},
	{"4455", "doubled"},
	{"5566", "doubled"},
	{"7788", "doubled"},
	{"8899", "doubled"},
	{"9988", "doubled"},
	{"1984", "year"},
	{"1985", "year"},
	{"1986", "year"},
	{"1987", "year"},
	{"1988", "year"},
	{"1989", "year"},
	{"1990", "year"},
	{"1991", "year"},
	{"1992", "year"},
	{"2001", "year"},
	{"2002", "year"},
};

static bool
is_defended(const char *pin)
{
	for (size_t i = 0; i < LENGTH(popular); i++)
	{
		if (strcmp(popular[i].pin, pin) == 0)
			return true;
	}
	return false;
}

static void
test_all_of_four_digits(void)
{
	int			weak = 0;
	char		missed[8] = "none";
	char		unexplained[8] = "none";

	for (int value = 0; value < 10000; value++)
	{
		int			d[4] = {value / 1000, value / 100 % 10, value / 10 % 10, value % 10};
		bool		expected;
		char		pin[5];

		snprintf(pin, sizeof(pin), "%d%d%d%d", d[0], d[1], d[2], d[3]);
		expected = has_pattern(d) || is_defended(pin);
		if (pin_is_weak(pin, 4))
			weak++;
		if (expected && !pin_is_weak(pin, 4))
			strcpy(missed, pin);
		if (!expected && pin_is_weak(pin, 4))
			strcpy(unexplained, pin);
	}
	ok(strcmp(missed, "none") == 0, "every weak PIN of four digits is found (missed: %s)", missed);
	ok(strcmp(unexplained, "none") == 0, "every one found has a reason (without: %s)", unexplained);
	ok(weak < 500, "%d of 10000 are weak, less than 5%%", weak);
}

/* Three digits are the least that are judged. */
static void
test_all_of_three_digits(void)
{
	int			weak = 0;

	for (int value = 0; value < 1000; value++)
	{
		char		pin[3] = {'0' + value / 100, '0' + value / 10 % 10, '0' + value % 10};

		weak += pin_is_weak(pin, sizeof(pin));
	}
	ok(weak < 50, "%d of 1000 PINs of three digits are weak, less than 5%%", weak);
}

int
main(void)
{
	test_conversions();
	test_distribution();
	test_longest();
	test_weak();
	test_all_of_four_digits();
	test_all_of_three_digits();
	return done_testing();
}
