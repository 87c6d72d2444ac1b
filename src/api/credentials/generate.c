/*
 * generate.c
 *		A code for a credential that was asked for without one.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/uuid.h"

#include "api/credentials/generate.h"
#include "domain/code.h"
#include "domain/pin.h"
#include "errors.h"
#include "ids.h"
#include "store/overlap.h"

/*
 * With nine of ten codes taken, all tries fail once in 10^9 requests; with 99
 * of 100 taken, once in seven.
 */
#define MAX_TRIES	200

/* Even of a code of 32 digits, this many bytes are too few once in 10^60. */
#define RANDOM_BYTES	64

static void
random_digits(const char *keys, char *digits, unsigned length)
{
	uint8		random[RANDOM_BYTES];

	do
	{
		fill_random(random, sizeof(random));
	} while (!pin_from_random(random, sizeof(random), keys, digits, length));
}

/*
 * Between the look whether a code is free and its insertion, another session
 * must not generate the same: the turn of who writes it is taken without waiting,
 * and given back as soon as the row can be seen, so a bulk issue holds one at a time.
 */
Datum
generate_code(const Holder *holder, Datum access_method, Window window, LOCKTAG *turn)
{
	unsigned	length = policy_generated_length(&holder->policy);
	const char *keys = holder->policy.code_digits ? holder->policy.code_digits : PIN_ALL_KEYS;
	char		digits[CODE_MAX_DIGITS];
	Identifier	identity = {.acs_system_id = holder->acs_system_id,.access_method = access_method};

	Assert(length <= CODE_MAX_DIGITS);
	for (int i = 0; i < MAX_TRIES; i++)
	{
		Datum		code;

		CHECK_FOR_INTERRUPTS();
		random_digits(keys, digits, length);
		if ((length >= PIN_MIN_LENGTH && pin_is_weak(digits, length)) ||
			!policy_code_fits(&holder->policy, digits, length))
			continue;
		code = PointerGetDatum(cstring_to_text_with_len(digits, length));
		identity.identifier = code;
		if (identifier_take_if_free(&identity, window, turn))
			return code;
		pfree(DatumGetPointer(code));
	}
	raise_rule(RULE_CODES_EXHAUSTED, "None of %d random codes of %u digits was free.",
			   MAX_TRIES, length);
}
