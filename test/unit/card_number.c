/*
 * card_number.c
 *		Card numbers: their canonical spelling in each format, and where a text
 *		stops to be one.
 */
#include "domain/card_number.h"

#include "tap.h"

#define ANY CARD_NUMBER_ANY
#define HEX CARD_NUMBER_HEX
#define DECIMAL CARD_NUMBER_DECIMAL
#define WIEGAND26 CARD_NUMBER_WIEGAND26

#define ZEROS_16 "0000000000000000"
#define ZEROS_64 ZEROS_16 ZEROS_16 ZEROS_16 ZEROS_16

static const char *const format_names[] = {"any", "hex", "decimal", "wiegand26"};

/* The canonical spelling, or "" if the text is no card number. */
static const char *
canonical(CardNumberFormat format, const char *text, size_t length)
{
	static char result[CARD_NUMBER_MAX + 1];
	char	   *copy = exact(text, length);
	char	   *written = malloc(CARD_NUMBER_MAX);
	size_t		n = card_number_canonical(format, copy, length, written);

	memcpy(result, written, n);
	result[n] = '\0';
	free(written);
	free(copy);
	return result;
}

static size_t
first_bad(CardNumberFormat format, const char *text, size_t length)
{
	char	   *copy = exact(text, length);
	size_t		bad = card_number_first_bad(format, copy, length);

	free(copy);
	return bad;
}

/* ---------- spellings ---------- */

static const struct
{
	CardNumberFormat format;
	const char *text;
	const char *canonical;
}			spellings[] = {
	/* letters in upper case */
	{ANY, "ed0ba996", "ED0BA996"},
	{ANY, "ED0BA996", "ED0BA996"},
	{ANY, "1234abc", "1234ABC"},
	{ANY, "ed", "ED"},
	{ANY, "e", "E"},
	{ANY, "badge_7@{x}~", "BADGE_7@{X}~"},
	/* pairs of hex digits with one separator throughout */
	{ANY, "ed:0b:a9:96", "ED0BA996"},
	{ANY, "ED:0B:A9:96", "ED0BA996"},
	{ANY, "eD-0b-A9-96", "ED0BA996"},
	{ANY, "ed.0b.a9.96", "ED0BA996"},
	{ANY, "ed 0b a9 96", "ED0BA996"},
	{ANY, "04:a2", "04A2"},
	{ANY, "12:34", "1234"},
	/* anything else belongs to the number */
	{ANY, "1:11572", "1:11572"},
	{ANY, "11:1572", "11:1572"},
	{ANY, "001:11572", "001:11572"},
	{ANY, "1 11572", "1 11572"},
	{ANY, "ed:0b-a9:96", "ED:0B-A9:96"},
	{ANY, "ed:0ba9:96", "ED:0BA9:96"},
	{ANY, "ed:0b:a9:9", "ED:0B:A9:9"},
	{ANY, "ed:0b:a9:96:", "ED:0B:A9:96:"},
	{ANY, ":ed:0b:a9:96", ":ED:0B:A9:96"},
	{ANY, "ed:0b:a9:9g", "ED:0B:A9:9G"},
	{ANY, "ed,0b,a9,96", "ED,0B,A9,96"},
	{ANY, "ed/0b/a9/96", "ED/0B/A9/96"},
	{ANY, "ed::0b", "ED::0B"},
	{ANY, "::::", "::::"},
	{ANY, "-", "-"},
	/* digits stay as they are */
	{ANY, "0", "0"},
	{ANY, "123456", "123456"},
	{ANY, "0012345678", "0012345678"},

	{HEX, "ed0ba996", "ED0BA996"},
	{HEX, "ed:0b:a9:96", "ED0BA996"},
	{HEX, "ed0b a996", "ED0BA996"},
	{HEX, "ed0b-a9.96", "ED0BA996"},
	{HEX, "00", "00"},
	{HEX, "123456", "123456"},
	{HEX, "0012345678", "0012345678"},

	{DECIMAL, "0012345678", "12345678"},
	{DECIMAL, "12345678", "12345678"},
	{DECIMAL, "10", "10"},
	{DECIMAL, "0", "0"},
	{DECIMAL, "000", "0"},
	{DECIMAL, ZEROS_64, "0"},

	{WIEGAND26, "1:11572", "1:11572"},
	{WIEGAND26, "001:11572", "1:11572"},
	{WIEGAND26, "1-11572", "1:11572"},
	{WIEGAND26, "1,11572", "1:11572"},
	{WIEGAND26, "1 11572", "1:11572"},
	{WIEGAND26, "77108", "1:11572"},
	{WIEGAND26, "0000077108", "1:11572"},
	{WIEGAND26, "11:1572", "11:1572"},
	{WIEGAND26, "0:0", "0:0"},
	{WIEGAND26, "00", "0:0"},
	{WIEGAND26, "65535", "0:65535"},
	{WIEGAND26, "65536", "1:0"},
	{WIEGAND26, "255:65535", "255:65535"},
	{WIEGAND26, "16777215", "255:65535"},
	{WIEGAND26, "000000255:0000065535", "255:65535"},
};

static void
test_spellings(void)
{
	for (size_t i = 0; i < LENGTH(spellings); i++)
	{
		const char *text = spellings[i].text;
		const char *got = canonical(spellings[i].format, text, strlen(text));

		ok(strcmp(got, spellings[i].canonical) == 0 &&
		   first_bad(spellings[i].format, text, strlen(text)) == 0,
		   "%s: \"%s\" is %s (%s)", format_names[spellings[i].format], text,
		   spellings[i].canonical, got);
	}
}

static void
test_canonical_again(void)
{
	bool		good = true;

	for (size_t i = 0; i < LENGTH(spellings); i++)
	{
		const char *once = spellings[i].canonical;

		good &= strcmp(canonical(spellings[i].format, once, strlen(once)), once) == 0;
	}
	ok(good, "a canonical spelling stays");
}

/* ---------- what is none ---------- */

static const struct
{
	CardNumberFormat format;
	const char *what;
	const char *text;
	size_t		length;
	size_t		first_bad;
}			refused[] = {
#define TEXT(literal) literal, sizeof(literal) - 1
	{ANY, "nothing", TEXT(""), 1},
	{ANY, "a blank", TEXT(" "), 1},
	{ANY, "a blank before", TEXT(" 1234"), 1},
	{ANY, "a blank after", TEXT("1234 "), 6},
	{ANY, "two blanks inside", TEXT("12  34"), 4},
	{ANY, "a tab inside", TEXT("12\t34"), 3},
	{ANY, "a line feed after", TEXT("1234\n"), 5},
	{ANY, "a zero byte", TEXT("12\0" "34"), 3},
	{ANY, "DEL", TEXT("12\x7f"), 3},
	{ANY, "a letter outside ASCII", TEXT("12\xc3\xa4"), 3},
	{ANY, "65 characters", TEXT(ZEROS_64 "1"), 65},
	{ANY, "a bad character before the 65th", TEXT("1\t" ZEROS_64), 2},
	{ANY, "a bad character in place of the 65th", TEXT(ZEROS_64 "\t"), 65},
	{ANY, "a bad character after the 65th", TEXT(ZEROS_64 "1\t"), 65},

	{HEX, "nothing", TEXT(""), 1},
	{HEX, "an odd number of digits", TEXT("ed0ba99"), 8},
	{HEX, "half a byte at the end", TEXT("ed:0b:a9:9"), 11},
	{HEX, "half a byte before a separator", TEXT("1:11572"), 2},
	{HEX, "one and a half bytes before a separator", TEXT("ed0:ba996"), 4},
	{HEX, "a separator before", TEXT(":ed"), 1},
	{HEX, "a separator after", TEXT("ed:"), 4},
	{HEX, "two separators", TEXT("ed::0b"), 4},
	{HEX, "another separator", TEXT("ed,0b"), 3},
	{HEX, "another letter", TEXT("ed0g"), 4},
	{HEX, "a prefix", TEXT("0xed"), 2},
	{HEX, "a zero byte", TEXT("ed\0" "0b"), 3},
	{HEX, "66 digits", TEXT(ZEROS_64 "00"), 65},

	{DECIMAL, "nothing", TEXT(""), 1},
	{DECIMAL, "a sign", TEXT("-1"), 1},
	{DECIMAL, "a separator", TEXT("12.345"), 3},
	{DECIMAL, "a blank after", TEXT("12 "), 3},
	{DECIMAL, "a letter", TEXT("12a"), 3},
	{DECIMAL, "65 digits", TEXT(ZEROS_64 "0"), 65},

	{WIEGAND26, "nothing", TEXT(""), 1},
	{WIEGAND26, "a letter", TEXT("1a"), 2},
	{WIEGAND26, "no facility", TEXT(":11572"), 1},
	{WIEGAND26, "no number", TEXT("1:"), 3},
	{WIEGAND26, "two separators", TEXT("1::11572"), 3},
	{WIEGAND26, "another separator", TEXT("1.11572"), 2},
	{WIEGAND26, "three numbers", TEXT("1:2:3"), 4},
	{WIEGAND26, "a facility of 9 bits", TEXT("256:1"), 3},
	{WIEGAND26, "a number of 17 bits", TEXT("1:65536"), 7},
	{WIEGAND26, "25 bits", TEXT("16777216"), 8},
	{WIEGAND26, "1, were it to wrap around", TEXT("4294967297"), 8},
	{WIEGAND26, "65 digits", TEXT(ZEROS_64 "1"), 65},
#undef TEXT
};

static void
test_refused(void)
{
	for (size_t i = 0; i < LENGTH(refused); i++)
	{
		size_t		bad = first_bad(refused[i].format, refused[i].text, refused[i].length);

		ok(bad == refused[i].first_bad &&
		   canonical(refused[i].format, refused[i].text, refused[i].length)[0] == '\0',
		   "%s: %s, at position %zu (%zu)", format_names[refused[i].format], refused[i].what,
		   refused[i].first_bad, bad);
	}
}

/* ---------- all of a kind ---------- */

static void
test_every_byte(void)
{
	bool		good = true;

	for (int byte = 0; byte < 256; byte++)
	{
		for (size_t position = 0; position < CARD_NUMBER_MAX; position++)
		{
			char		text[CARD_NUMBER_MAX + 1] = ZEROS_64;
			bool		at_end = position == 0 || position == CARD_NUMBER_MAX - 1;
			bool		fits = (byte > ' ' && byte <= '~') || (byte == ' ' && !at_end);

			text[position] = (char) byte;
			good &= (canonical(ANY, text, CARD_NUMBER_MAX)[0] != '\0') == fits;
		}
	}
	ok(good, "any: of all bytes at all positions, the visible ones and blanks inside are good");
}

static void
test_every_wiegand26(void)
{
	bool		good = true;

	for (unsigned value = 0; value <= 0xFFFFFF; value += 97)
	{
		char		bits[16];
		char		pair[16];
		int			n = snprintf(bits, sizeof(bits), "%08u", value);
		int			m = snprintf(pair, sizeof(pair), "%u:%u", value / 65536, value % 65536);

		good &= strcmp(canonical(WIEGAND26, bits, (size_t) n), pair) == 0 &&
			strcmp(canonical(WIEGAND26, pair, (size_t) m), pair) == 0;
	}
	ok(good, "wiegand26: 24 bits are a facility of 8 and a number of 16");
}

int
main(void)
{
	test_spellings();
	test_canonical_again();
	test_refused();
	test_every_byte();
	test_every_wiegand26();
	return done_testing();
}
