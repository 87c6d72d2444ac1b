/*
 * display_name.c
 *		A display name of a value of any length.
 */
#include "domain/display_name.h"

#include "input.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Input		input = {data, size};
	AccessMethod method = take_byte(&input) % METHOD_COUNT;
	size_t		length = (size_t) take_number(&input);
	DisplayName name = display_name_parts(method, length, take_bool(&input));
	bool		has_value = method != METHOD_MOBILE_KEY && length > 0;

	CHECK(name.prefix != NULL && name.prefix[0] != '\0');
	CHECK(name.shown <= 3 && name.shown <= length / 2);
	CHECK(name.shown + name.stars == (has_value ? length : 0));
	/* at least one character stays hidden */
	CHECK((name.stars > 0) == has_value);
	if (has_value)
		CHECK(name.prefix[strlen(name.prefix) - 1] == ' ');
	return 0;
}
