/*
 * ids.c
 *		Ids that sort by creation: UUIDs of version 7.
 */
#include "postgres.h"

#include "fmgr.h"
#include "port/pg_bswap.h"
#include "utils/timestamp.h"

#include "compat.h"
#include "ids.h"

#ifdef HAVE_SERVER_UUIDV7

pg_uuid_t *
new_uuid(void)
{
	return DatumGetUUIDP(DirectFunctionCall1(uuidv7, (Datum) 0));
}

#else

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

pg_uuid_t *
new_uuid(void)
{
	pg_uuid_t  *id = palloc(sizeof(pg_uuid_t));
	uint64		tick = next_tick();
	uint64		high = pg_hton64((tick >> 12) << 16 | 0x7000 | (tick & 0xFFF));

	memcpy(id->data, &high, sizeof(high));
	if (!pg_strong_random(id->data + sizeof(high), UUID_LEN - sizeof(high)))
		ereport(ERROR,
				(errcode(ERRCODE_INTERNAL_ERROR),
				 errmsg("could not generate random values")));
	id->data[8] = (id->data[8] & 0x3F) | 0x80;
	return id;
}

#endif							/* HAVE_SERVER_UUIDV7 */
