/*
 * code.c
 *		Any bytes as a code; the axioms of the order; the value.
 */
#include "domain/code.h"

#include "input.h"

/* The first bad character is the first one that is no digit, by definition. */
static void
check_first_bad(const uint8_t *data, size_t size)
{
	char	   *text = exact(data, size);
	size_t		bad = code_first_bad(text, size);
	size_t		digits = 0;

	while (digits < size && digits < CODE_MAX_DIGITS && text[digits] >= '0' && text[digits] <= '9')
		digits++;
	if (digits == size && size > 0)
		CHECK(bad == 0);
	else
		CHECK(bad == digits + 1);
	free(text);
}

static int
sign(int number)
{
	return (number > 0) - (number < 0);
}

static void
check_order(Input *input)
{
	char	   *code[3];
	size_t		length[3];
	int			order[3][3];

	for (int i = 0; i < 3; i++)
		code[i] = take_digits(input, 1, CODE_MAX_DIGITS, &length[i]);
	for (int i = 0; i < 3; i++)
	{
		for (int j = 0; j < 3; j++)
			order[i][j] = sign(code_compare(code[i], length[i], code[j], length[j]));
	}
	for (int i = 0; i < 3; i++)
	{
		CHECK(order[i][i] == 0);
		for (int j = 0; j < 3; j++)
		{
			CHECK(order[i][j] == -order[j][i]);
			CHECK((order[i][j] == 0) ==
				  (length[i] == length[j] && memcmp(code[i], code[j], length[i]) == 0));
			for (int k = 0; k < 3; k++)
				CHECK(!(order[i][j] <= 0 && order[j][k] <= 0) || order[i][k] <= 0);
		}
	}
	for (int i = 0; i < 3; i++)
		free(code[i]);
}

static void
check_value(Input *input)
{
	uint64_t	limit = (uint64_t) take_number(input);
	size_t		length;
	char	   *code = take_digits(input, 1, CODE_MAX_DIGITS, &length);
	unsigned __int128 value = 0;

	for (size_t i = 0; i < length; i++)
		value = value * 10 + (unsigned) (code[i] - '0');
	CHECK(code_value_exceeds(code, length, limit) == (value > limit));
	if (value <= UINT64_MAX)
		CHECK(!code_value_exceeds(code, length, (uint64_t) value));
	if (value > 0 && value - 1 <= UINT64_MAX)
		CHECK(code_value_exceeds(code, length, (uint64_t) (value - 1)));
	free(code);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Input		input = {data, size};

	check_first_bad(data, size);
	check_order(&input);
	check_value(&input);
	return 0;
}
