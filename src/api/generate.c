/*
 * generate.c
 *		A code for a credential that was asked for without one.
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/uuid.h"

#include "api/generate.h"
#include "domain/code.h"
#include "domain/pin.h"
#include "errors.h"
#include "store/overlap.h"

/*
 * With nine of ten codes taken, all tries fail once in 10^9 requests; with 99
 * of 100 taken, once in seven.
 */
#define MAX_TRIES	200

/* Even of a code of 32 digits, this many bytes are too few once in 10^60. */
#define RANDOM_BYTES	64

static void
random_digits(char *digits, unsigned length)
{
	uint8		random[RANDOM_BYTES];

	do
	{
		if (!pg_strong_random(random, sizeof(random)))
			ereport(ERROR,
					(errcode(ERRCODE_INTERNAL_ERROR),
					 errmsg("could not generate random values")));
	} while (!pin_from_random(random, sizeof(random), digits, length));
}

/* Users' advisory locks have 1 or 2 in the last field of the tag. */
static LOCKTAG
code_locktag(Datum acs_system_id, const char *digits, unsigned length)
{
	LOCKTAG		tag;
	uint64		hash = hash_bytes_extended(DatumGetUUIDP(acs_system_id)->data, UUID_LEN, 0);

	hash = hash_bytes_extended((const unsigned char *) digits, length, hash);
	SET_LOCKTAG_ADVISORY(tag, MyDatabaseId, (uint32) (hash >> 32), (uint32) hash, 3);
	return tag;
}

/*
 * Between the look whether a code is free and its insertion, another session
 * must not generate the same.  Such a lock is not waited for, and given back as
 * soon as the row can be seen, so a bulk issue holds one at a time.
 */
static bool
reserve_code(const Holder *holder, Datum access_method, Window window, Datum code,
			 LOCKTAG *reservation)
{
	if (LockAcquire(reservation, ExclusiveLock, false, true) == LOCKACQUIRE_NOT_AVAIL)
		return false;
	if (!code_is_taken(store_schema(), holder->acs_system_id, access_method, code, window))
		return true;
	release_code(reservation);
	return false;
}

Datum
generate_code(const Holder *holder, Datum access_method, Window window, LOCKTAG *reservation)
{
	unsigned	length = policy_generated_length(&holder->policy);
	char		digits[CODE_MAX_DIGITS];

	Assert(length <= CODE_MAX_DIGITS);
	for (int i = 0; i < MAX_TRIES; i++)
	{
		Datum		code;

		CHECK_FOR_INTERRUPTS();
		random_digits(digits, length);
		if ((length >= PIN_MIN_LENGTH && pin_is_weak(digits, length)) ||
			!policy_code_fits(&holder->policy, digits, length))
			continue;
		code = PointerGetDatum(cstring_to_text_with_len(digits, length));
		*reservation = code_locktag(holder->acs_system_id, digits, length);
		if (reserve_code(holder, access_method, window, code, reservation))
			return code;
		pfree(DatumGetPointer(code));
	}
	raise_rule(RULE_CODES_EXHAUSTED, "None of %d random codes of %u digits was free.",
			   MAX_TRIES, length);
}

void
release_code(const LOCKTAG *reservation)
{
	LockRelease(reservation, ExclusiveLock, false);
}
