/*
 * ids.c
 *		Ids that sort by creation: UUIDs of version 7.
 *
 * Made here also where the server can make them (18), which asks for random
 * bytes each time: that is most of what an id costs.
 */
#include "postgres.h"

#include "port/pg_bswap.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "ids.h"

#define TICK_BYTES		8
#define RANDOM_BYTES	(UUID_LEN - TICK_BYTES)
#define POOL_IDS		64

/*
 * Milliseconds of Unix time in 48 bits, then the fraction of the millisecond
 * in 12 bits (RFC 9562, section 6.2, method 3).  Never less than one more than
 * the last, so that ids of one backend are in order even if the clock is not.
 */
static uint64
next_tick(void)
{
	static uint64 last = 0;
	int64		unix_us = GetCurrentTimestamp() +
		(POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE) * USECS_PER_DAY;
	uint64		tick = ((uint64) (unix_us / 1000) << 12) |
		((uint64) (unix_us % 1000) * 4096 / 1000);

	last = Max(tick, last + 1);
	return last;
}

void
fill_random(void *bytes, size_t n)
{
	if (!pg_strong_random(bytes, n))
		ereport(ERROR,
				(errcode(ERRCODE_INTERNAL_ERROR),
				 errmsg("could not generate random values")));
}

/*
 * Random bytes for one id, from a pool that is filled at once.  The pool belongs
 * to one process: a backend forks no other.  What was given out is not kept.
 */
static void
take_random(uint8 *bytes)
{
	static uint8 pool[POOL_IDS * RANDOM_BYTES];
	static int	left = 0;

	if (left == 0)
	{
		fill_random(pool, sizeof(pool));
		left = POOL_IDS;
	}
	left--;
	memcpy(bytes, pool + left * RANDOM_BYTES, RANDOM_BYTES);
	memset(pool + left * RANDOM_BYTES, 0, RANDOM_BYTES);
}

pg_uuid_t *
new_uuid(void)
{
	pg_uuid_t  *id = palloc(sizeof(pg_uuid_t));
	uint64		tick = next_tick();
	uint64		high = pg_hton64((tick >> 12) << 16 | 0x7000 | (tick & 0xFFF));

	memcpy(id->data, &high, TICK_BYTES);
	take_random(id->data + TICK_BYTES);
	id->data[TICK_BYTES] = (id->data[TICK_BYTES] & 0x3F) | 0x80;
	return id;
}

int
compare_ids(Datum a, Datum b)
{
	return memcmp(DatumGetUUIDP(a), DatumGetUUIDP(b), UUID_LEN);
}

bool
is_same_id(NullableDatum a, NullableDatum b)
{
	return !a.isnull && !b.isnull && compare_ids(a.value, b.value) == 0;
}

char *
id_text(Datum id)
{
	return DatumGetCString(DirectFunctionCall1(uuid_out, id));
}

bool
is_uuid_text(const char *text)
{
	for (int i = 0; i < 36; i++)
	{
		bool		hyphen = i == 8 || i == 13 || i == 18 || i == 23;

		if (hyphen ? text[i] != '-' : !isxdigit((unsigned char) text[i]))
			return false;
	}
	return text[36] == '\0';
}
