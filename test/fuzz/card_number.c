/*
 * card_number.c
 *		Any text as a card number, and any number in several spellings.
 */
#include "domain/card_number.h"

#include <ctype.h>
#include <stdio.h>

#include "input.h"

#define N_FORMATS (CARD_NUMBER_WIEGAND26 + 1)
#define MAX_TEXT (CARD_NUMBER_MAX + 8)

#define DIGITS "0123456789"
#define HEX_DIGITS DIGITS "abcdefABCDEF"

typedef struct Text
{
	size_t		length;
	char		bytes[MAX_TEXT + 1];	/* terminated */
} Text;

static void
append(Text *text, char c)
{
	if (text->length < MAX_TEXT)
		text->bytes[text->length++] = c;
	text->bytes[text->length] = '\0';
}

/* Of a few characters, so that card numbers occur, or of all. */
static Text
take_text(Input *input)
{
	static const char *const alphabets[] = {
		DIGITS, HEX_DIGITS, DIGITS ":-, ", HEX_DIGITS " :-.", "0a:", "1f F-", " ~\x7f\tz", NULL
	};
	const char *alphabet = alphabets[take_byte(input) % 8];
	size_t		length = take_byte(input) % (MAX_TEXT + 1);
	Text		text = {0};

	while (text.length < length)
	{
		uint8_t		byte = take_byte(input);

		append(&text, alphabet ? alphabet[byte % strlen(alphabet)] : (char) byte);
	}
	return text;
}

static Text
canonical(CardNumberFormat format, const Text *text)
{
	char	   *copy = exact(text->bytes, text->length);
	char	   *written = malloc(CARD_NUMBER_MAX);
	size_t		n = card_number_canonical(format, copy, text->length, written);
	size_t		bad = card_number_first_bad(format, copy, text->length);
	Text		result = {0};

	CHECK(n <= CARD_NUMBER_MAX);
	CHECK((n == 0) == (bad != 0));
	CHECK(bad <= text->length + 1 && bad <= CARD_NUMBER_MAX + 1);
	for (size_t i = 0; i < n; i++)
		append(&result, written[i]);
	free(written);
	free(copy);
	return result;
}

static bool
equal(const Text *a, const Text *b)
{
	return a->length == b->length && memcmp(a->bytes, b->bytes, a->length) == 0;
}

/* ---------- the rules, said another way ---------- */

/* The text without separators, with one put after each pair. */
static Text
in_pairs(const Text *text, char separator)
{
	Text		result = {0};
	size_t		n = 0;

	for (size_t i = 0; i < text->length; i++)
	{
		if (strchr(" :-.", text->bytes[i]))
			continue;
		if (n > 0 && n % 2 == 0)
			append(&result, separator);
		append(&result, text->bytes[i]);
		n++;
	}
	return result;
}

static Text
upper(const Text *text, const char *dropped)
{
	Text		result = {0};

	for (size_t i = 0; i < text->length; i++)
	{
		if (!strchr(dropped, text->bytes[i]))
			append(&result, (char) toupper((unsigned char) text->bytes[i]));
	}
	return result;
}

static Text
expected_any(const Text *text)
{
	static const Text none = {0};
	Text		pairs = in_pairs(text, text->length > 2 ? text->bytes[2] : ' ');

	for (size_t i = 0; i < text->length; i++)
	{
		if (!isprint((unsigned char) text->bytes[i]))
			return none;
	}
	if (text->bytes[0] == ' ' || strstr(text->bytes, "  ") || text->bytes[text->length - 1] == ' ')
		return none;
	if (equal(&pairs, text) && text->length % 3 == 2 &&
		strspn(text->bytes, HEX_DIGITS " :-.") == text->length)
		return upper(text, " :-.");
	return upper(text, "");
}

/* A byte, then bytes each of which may follow a separator. */
static Text
expected_hex(const Text *text)
{
	static const Text none = {0};
	const char *p = text->bytes;

	do
	{
		if (p > text->bytes && *p && strchr(" :-.", *p))
			p++;
		if (!isxdigit((unsigned char) p[0]) || !isxdigit((unsigned char) p[1]))
			return none;
		p += 2;
	} while (*p);
	return upper(text, " :-.");
}

static Text
expected_decimal(const Text *text)
{
	Text		result = {0};
	const char *p = text->bytes + strspn(text->bytes, "0");

	if (strspn(text->bytes, DIGITS) != text->length)
		return result;
	if (*p == '\0')
		append(&result, '0');
	while (*p)
		append(&result, *p++);
	return result;
}

/* strtoull() sticks to its greatest value. */
static Text
expected_wiegand26(const Text *text)
{
	Text		result = {0};
	char	   *end = (char *) text->bytes;
	unsigned long long first;
	unsigned long long second;

	if (!isdigit((unsigned char) *end))
		return result;
	first = strtoull(end, &end, 10);
	if (*end == '\0' && first <= 0xFFFFFF)
	{
		second = first % 65536;
		first /= 65536;
	}
	else
	{
		if (*end == '\0' || !strchr(":-, ", *end) || !isdigit((unsigned char) end[1]))
			return result;
		second = strtoull(end + 1, &end, 10);
		if (*end != '\0' || first > 255 || second > 65535)
			return result;
	}
	result.length = (size_t) snprintf(result.bytes, MAX_TEXT, "%llu:%llu", first, second);
	return result;
}

static Text
expected(CardNumberFormat format, const Text *text)
{
	static const Text none = {0};

	if (text->length == 0 || text->length > CARD_NUMBER_MAX || strlen(text->bytes) != text->length)
		return none;
	switch (format)
	{
		case CARD_NUMBER_ANY:
			return expected_any(text);
		case CARD_NUMBER_HEX:
			return expected_hex(text);
		case CARD_NUMBER_DECIMAL:
			return expected_decimal(text);
		case CARD_NUMBER_WIEGAND26:
			return expected_wiegand26(text);
	}
	return none;
}

/* ---------- any text ---------- */

static void
check_text(CardNumberFormat format, const Text *text, uint64_t cases)
{
	static const char *const allowed[] = {
		NULL, DIGITS "ABCDEF", DIGITS, DIGITS ":"
	};
	Text		is = canonical(format, text);
	Text		should_be = expected(format, text);
	Text		again = canonical(format, &is);
	Text		other = *text;

	CHECK(equal(&is, &should_be));
	CHECK(equal(&is, &again));
	if (allowed[format])
		CHECK(strspn(is.bytes, allowed[format]) == is.length);

	/* case is no difference */
	for (size_t i = 0; i < other.length; i++)
	{
		if (isalpha((unsigned char) other.bytes[i]) && cases >> i % 64 & 1)
			other.bytes[i] ^= 0x20;
	}
	other = canonical(format, &other);
	CHECK(equal(&is, &other));
}

/* ---------- spellings of one number ---------- */

/* Bytes with or without a separator between them, in any case. */
static void
check_bytes(Input *input)
{
	static const char *const digits[] = {"0123456789abcdef", "0123456789ABCDEF"};
	size_t		n = 2 + take_byte(input) % (CARD_NUMBER_MAX / 3 - 1);
	char		one = " :-."[take_byte(input) % 4];
	char		other;
	Text		plain = {0};
	Text		same = {0};		/* one separator throughout */
	Text		some = {0};		/* any separator, or none */

	for (size_t i = 0; i < n; i++)
	{
		uint8_t		byte = take_byte(input);
		uint8_t		style = take_byte(input);
		char		high = digits[style & 1][byte >> 4];
		char		low = digits[style >> 1 & 1][byte & 15];

		if (i > 0)
		{
			append(&same, one);
			if (style & 4)
				append(&some, " :-."[style >> 3 & 3]);
		}
		append(&plain, digits[1][byte >> 4]);
		append(&plain, digits[1][byte & 15]);
		append(&same, high);
		append(&same, low);
		append(&some, high);
		append(&some, low);
	}
	some = canonical(CARD_NUMBER_HEX, &some);
	CHECK(equal(&some, &plain));
	some = canonical(CARD_NUMBER_HEX, &same);
	CHECK(equal(&some, &plain));
	some = canonical(CARD_NUMBER_ANY, &same);
	CHECK(equal(&some, &plain));

	/* another separator somewhere, and all of them belong to the number */
	other = " :-."[take_byte(input) % 4];
	same.bytes[2 + 3 * (take_byte(input) % (n - 1))] = other;
	some = canonical(CARD_NUMBER_ANY, &same);
	CHECK(some.length == (other == one || n == 2 ? plain.length : same.length));
}

static Text
wiegand26(const char *spelling, int width, unsigned facility, char separator, unsigned number)
{
	Text		text = {0};

	text.length = (size_t) snprintf(text.bytes, MAX_TEXT, spelling, width, facility, separator,
									width, number);
	return canonical(CARD_NUMBER_WIEGAND26, &text);
}

/* A card is told apart from every other one, and from no spelling of itself. */
static void
check_wiegand26(Input *input)
{
	unsigned	facility[2];
	unsigned	number[2];
	Text		spelling[4];
	Text		bits = {0};

	for (int i = 0; i < 2; i++)
	{
		facility[i] = take_byte(input);
		number[i] = take_byte(input) * 256u;
		number[i] += take_byte(input);
		spelling[i] = wiegand26("%0*u%c%0*u", 1, facility[i], ':', number[i]);
	}
	spelling[2] = wiegand26("%0*u%c%0*u", 1 + take_byte(input) % 30, facility[0],
							":-, "[take_byte(input) % 4], number[0]);
	bits.length = (size_t) snprintf(bits.bytes, MAX_TEXT, "%0*u", 1 + take_byte(input) % 64,
									facility[0] * 65536 + number[0]);
	spelling[3] = canonical(CARD_NUMBER_WIEGAND26, &bits);

	CHECK(spelling[0].length > 0);
	CHECK(equal(&spelling[0], &spelling[2]) && equal(&spelling[0], &spelling[3]));
	CHECK(equal(&spelling[0], &spelling[1]) ==
		  (facility[0] == facility[1] && number[0] == number[1]));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Input		input = {data, size};
	uint64_t	cases = (uint64_t) take_number(&input);
	Text		text = take_text(&input);

	for (int format = 0; format < N_FORMATS; format++)
		check_text((CardNumberFormat) format, &text, cases);
	check_bytes(&input);
	check_wiegand26(&input);
	return 0;
}
