/*
 * display_name.c
 *		"Code 82****": how much of a value a display name shows.
 *
 * A code shows at most two digits and at most a third of them, a card at most
 * three characters and at most half.  The documented samples of the Seam API
 * ("Code 82****", "Card 123***") are of six characters; for other lengths
 * nothing is documented.
 */
#include "domain/display_name.h"

#define AT_MOST(limit, part) ((part) < (limit) ? (part) : (limit))

static DisplayName
masked(const char *prefix, size_t shown, size_t length)
{
	DisplayName name = {prefix, shown, length - shown};

	return name;
}

/* value_length counts characters; 0 means that there is no value. */
DisplayName
display_name_parts(AccessMethod method, size_t value_length,
				   bool is_multi_phone_sync)
{
	if (method == METHOD_MOBILE_KEY)
		return masked(is_multi_phone_sync ?
					  "Multi Phone Sync Credential" : "Mobile Key", 0, 0);
	if (method == METHOD_CODE)
		return masked("Code ", AT_MOST(2, value_length / 3), value_length);
	if (value_length == 0)
		return masked("Card", 0, 0);
	return masked("Card ", AT_MOST(3, value_length / 2), value_length);
}
