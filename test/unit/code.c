/*
 * code.c
 *		Codes: what is one, their order, their value.
 */
#include "domain/code.h"

#include "tap.h"

#define DIGITS_31 "1234567890123456789012345678901"
#define ZEROS_31 "0000000000000000000000000000000"
#define NINES_31 "9999999999999999999999999999999"

/* ---------- what is a code ---------- */

static const struct
{
	const char *what;
	const char *text;
	size_t		length;
	size_t		first_bad;
}			texts[] = {
#define TEXT(literal) literal, sizeof(literal) - 1
	{"one digit", TEXT("0"), 0},
	{"six digits", TEXT("824759"), 0},
	{"leading zeros", TEXT("0042"), 0},
	{"32 digits", TEXT(DIGITS_31 "2"), 0},
	{"33 digits", TEXT(DIGITS_31 "23"), 33},
	{"64 digits", TEXT(DIGITS_31 "2" DIGITS_31 "2"), 33},
	{"a letter after the 33rd digit", TEXT(DIGITS_31 "23x"), 33},
	{"a letter in place of the 33rd digit", TEXT(DIGITS_31 "2x"), 33},
	{"a letter in place of the 32nd digit", TEXT(DIGITS_31 "x"), 32},
	{"a letter before the 33rd digit is too many", TEXT("x" DIGITS_31 "23"), 1},
	{"nothing", TEXT(""), 1},
	{"a space", TEXT(" "), 1},
	{"a space before", TEXT(" 1234"), 1},
	{"a space inside", TEXT("12 34"), 3},
	{"a space after", TEXT("1234 "), 5},
	{"a line feed after", TEXT("1234\n"), 5},
	{"a plus", TEXT("+1234"), 1},
	{"a minus", TEXT("-1234"), 1},
	{"a point", TEXT("12.34"), 3},
	{"an exponent", TEXT("1e4"), 2},
	{"hexadecimal", TEXT("0x1F"), 2},
	{"a star", TEXT("82****"), 3},
	{"a zero byte", TEXT("12\0" "34"), 3},
	{"Arabic-Indic digits", TEXT("\xd9\xa1\xd9\xa2"), 1},
	{"a full-width digit after ASCII", TEXT("1\xef\xbc\x92"), 2},
	{"superscript two", TEXT("1\xc2\xb2"), 2},
#undef TEXT
};

static void
test_first_bad(void)
{
	for (size_t i = 0; i < LENGTH(texts); i++)
	{
		char	   *text = exact(texts[i].text, texts[i].length);

		ok(code_first_bad(text, texts[i].length) == texts[i].first_bad,
		   "first bad character of %s: %zu", texts[i].what, texts[i].first_bad);
		free(text);
	}
}

static void
test_every_byte(void)
{
	bool		good = true;

	for (int byte = 0; byte < 256; byte++)
	{
		bool		is_digit = byte >= '0' && byte <= '9';

		for (size_t position = 0; position < CODE_MAX_DIGITS; position++)
		{
			char		text[] = DIGITS_31 "2";

			text[position] = (char) byte;
			good &= code_first_bad(text, CODE_MAX_DIGITS) ==
				(is_digit ? 0 : position + 1);
		}
	}
	ok(good, "of all bytes at all positions, the ten digits are good");
}

/* ---------- order ---------- */

static const struct
{
	const char *a;
	const char *b;
	int			sign;
}			pairs[] = {
	{"824759", "824759", 0},
	{"0", "0", 0},
	{"0", "1", -1},
	{"8", "9", -1},
	{"10", "9", -1},
	{"1", "10", -1},
	{"1", "1000", -1},
	{"0", "00", -1},
	{"0042", "42", -1},
	{"042", "0042", 1},
	{"824759", "824758", 1},
	{"824759", "924759", -1},
	{DIGITS_31 "1", DIGITS_31 "2", -1},
	{DIGITS_31, DIGITS_31 "0", -1},
};

static int
sign(int number)
{
	return (number > 0) - (number < 0);
}

static int
compare(const char *a, const char *b)
{
	char	   *exact_a = exact(a, strlen(a));
	char	   *exact_b = exact(b, strlen(b));
	int			result = code_compare(exact_a, strlen(a), exact_b, strlen(b));

	free(exact_a);
	free(exact_b);
	return sign(result);
}

static void
test_compare(void)
{
	for (size_t i = 0; i < LENGTH(pairs); i++)
	{
		ok(compare(pairs[i].a, pairs[i].b) == pairs[i].sign &&
		   compare(pairs[i].b, pairs[i].a) == -pairs[i].sign,
		   "\"%s\" is %s \"%s\", and the reverse", pairs[i].a,
		   pairs[i].sign < 0 ? "before" : pairs[i].sign > 0 ? "after" : "equal to",
		   pairs[i].b);
	}
}

/* Of digits without a zero byte, strcmp() knows the order. */
static void
test_compare_exhaustively(void)
{
	static char codes[1110][4];
	size_t		n = 0;
	bool		good = true;

	for (int width = 1; width <= 3; width++)
	{
		for (int value = 0, end = width == 1 ? 10 : width == 2 ? 100 : 1000; value < end; value++)
			snprintf(codes[n++], sizeof(codes[0]), "%0*d", width, value);
	}
	for (size_t i = 0; i < n; i++)
	{
		for (size_t j = 0; j < n; j++)
			good &= sign(code_compare(codes[i], strlen(codes[i]), codes[j], strlen(codes[j]))) ==
				sign(strcmp(codes[i], codes[j]));
	}
	ok(good && n == LENGTH(codes), "all %zu codes of 1 to 3 digits are in the order of text", n);
}

/* ---------- value ---------- */

static const struct
{
	const char *digits;
	uint64_t	limit;
	bool		exceeds;
}			values[] = {
	{"0", 0, false},
	{"00", 0, false},
	{ZEROS_31 "0", 0, false},
	{"1", 0, true},
	{"01", 0, true},
	{ZEROS_31 "1", 0, true},
	{ZEROS_31 "1", 1, false},
	{ZEROS_31 "2", 1, true},
	{"9", 9, false},
	{"9", 8, true},
	{"10", 9, true},
	{"10", 10, false},
	{"65535", 65535, false},
	{"65536", 65535, true},
	{"4294967295", 4294967295, false},
	{"4294967296", 4294967295, true},
	{"4294967295", 4294967296, false},
	{"4294967296", 4294967296, false},
	{"4294967297", 4294967296, true},
	{"0000004294967296", 4294967296, false},
	{"42949672960", 4294967296, true},
	{"9223372036854775807", INT64_MAX, false},
	{"9223372036854775808", INT64_MAX, true},
	{"18446744073709551615", UINT64_MAX, false},
	{"18446744073709551616", UINT64_MAX, true},
	{"00000000000018446744073709551615", UINT64_MAX, false},
	{"18446744073709551621", 10, true}, /* 5, were it to wrap around */
	{"184467440737095516160", 0, true},
	{NINES_31 "9", UINT64_MAX, true},
	{NINES_31 "9", 0, true},
	{"10000000000000000000000000000000", UINT64_MAX, true},
};

static void
test_value(void)
{
	for (size_t i = 0; i < LENGTH(values); i++)
	{
		size_t		length = strlen(values[i].digits);
		char	   *digits = exact(values[i].digits, length);

		ok(code_value_exceeds(digits, length, values[i].limit) == values[i].exceeds,
		   "%s %s %llu", values[i].digits, values[i].exceeds ? "exceeds" : "does not exceed",
		   (unsigned long long) values[i].limit);
		free(digits);
	}
}

static void
test_small_values(void)
{
	bool		good = true;

	for (unsigned value = 0; value < 1200; value++)
	{
		char		digits[8];
		int			length = snprintf(digits, sizeof(digits), "%0*u", value % 3 == 0 ? 6 : 1, value);

		for (unsigned limit = 0; limit < 1200; limit++)
			good &= code_value_exceeds(digits, (size_t) length, limit) == (value > limit);
	}
	ok(good, "all values against all limits, 0 to 1199");
}

/* Around limits of all sizes: one less, the limit, one more, ten times. */
static void
test_values_at_limits(void)
{
	bool		good = true;

	for (int i = 0; i < 20000; i++)
	{
		uint64_t	limit = (uint64_t) next_random() >> (next_random() % 64);
		unsigned __int128 candidates[] = {
			limit - (limit > 0), limit, (unsigned __int128) limit + 1,
			(unsigned __int128) limit * 10, ((unsigned __int128) 1 << 64) + limit
		};

		for (size_t c = 0; c < LENGTH(candidates); c++)
		{
			unsigned __int128 rest = candidates[c];
			char		digits[CODE_MAX_DIGITS];

			for (int position = CODE_MAX_DIGITS; position-- > 0; rest /= 10)
				digits[position] = (char) ('0' + (int) (rest % 10));
			good &= code_value_exceeds(digits, sizeof(digits), limit) == (candidates[c] > limit);
		}
	}
	ok(good, "values next to 20000 limits of up to 64 bits");
}

int
main(void)
{
	test_first_bad();
	test_every_byte();
	test_compare();
	test_compare_exhaustively();
	test_value();
	test_small_values();
	test_values_at_limits();
	return done_testing();
}
