/*
 * display_name.c
 *		How much of a value a display name shows, for every length.
 */
#include "domain/display_name.h"

#include "tap.h"

/* As the caller puts the parts together. */
static const char *
rendered(AccessMethod method, const char *value, bool is_multi_phone_sync)
{
	static char text[256];
	DisplayName name = display_name_parts(method, strlen(value), is_multi_phone_sync);
	int			n = snprintf(text, sizeof(text), "%s%.*s", name.prefix, (int) name.shown, value);

	memset(text + n, '*', name.stars);
	text[(size_t) n + name.stars] = '\0';
	return text;
}

static const struct
{
	AccessMethod method;
	const char *value;
	bool		is_multi_phone_sync;
	const char *name;
}			samples[] = {
	{METHOD_CODE, "824759", false, "Code 82****"},	/* documented by the API */
	{METHOD_CARD, "123456", false, "Card 123***"},	/* documented by the API */
	{METHOD_MOBILE_KEY, "", true, "Multi Phone Sync Credential"},	/* documented by the API */
	{METHOD_MOBILE_KEY, "", false, "Mobile Key"},
	{METHOD_MOBILE_KEY, "824759", false, "Mobile Key"},
	{METHOD_MOBILE_KEY, "824759", true, "Multi Phone Sync Credential"},
	{METHOD_CODE, "824759", true, "Code 82****"},
	{METHOD_CODE, "1", false, "Code *"},
	{METHOD_CODE, "12", false, "Code **"},
	{METHOD_CODE, "123", false, "Code 1**"},
	{METHOD_CODE, "1234", false, "Code 1***"},
	{METHOD_CODE, "12345", false, "Code 1****"},
	{METHOD_CODE, "1234567890", false, "Code 12********"},
	{METHOD_CARD, "", false, "Card"},
	{METHOD_CARD, "", true, "Card"},
	{METHOD_CARD, "1", false, "Card *"},
	{METHOD_CARD, "12", false, "Card 1*"},
	{METHOD_CARD, "123", false, "Card 1**"},
	{METHOD_CARD, "1234", false, "Card 12**"},
	{METHOD_CARD, "12345", false, "Card 12***"},
	{METHOD_CARD, "1234567890", false, "Card 123*******"},
	{METHOD_CARD, "04:A2:2C", false, "Card 04:*****"},
};

static void
test_samples(void)
{
	for (size_t i = 0; i < LENGTH(samples); i++)
	{
		const char *name = rendered(samples[i].method, samples[i].value, samples[i].is_multi_phone_sync);

		ok(strcmp(name, samples[i].name) == 0, "\"%s\" of \"%s\" (%s)",
		   samples[i].name, samples[i].value, name);
	}
}

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* The formulas of the design: min(2, n/3) of a code, min(3, n/2) of a card. */
static void
test_lengths(void)
{
	bool		code = true;
	bool		card = true;
	bool		hidden = true;

	for (size_t n = 0; n <= 64; n++)
	{
		DisplayName name = display_name_parts(METHOD_CODE, n, false);

		code &= name.shown == least(2, n / 3) && name.stars == n - name.shown;
		hidden &= name.shown * 3 <= n;
		name = display_name_parts(METHOD_CARD, n, false);
		card &= name.shown == least(3, n / 2) && name.stars == n - name.shown;
		hidden &= name.shown * 2 <= n;
		name = display_name_parts(METHOD_MOBILE_KEY, n, n % 2 == 0);
		hidden &= name.shown == 0 && name.stars == 0;
	}
	ok(code, "codes of 0 to 64 digits");
	ok(card, "cards of 0 to 64 characters");
	ok(hidden, "at most a third of a code, half of a card and nothing of a key is shown");
}

int
main(void)
{
	test_samples();
	test_lengths();
	return done_testing();
}
