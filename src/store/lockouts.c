/*
 * lockouts.c
 *		Unknown codes in a row at each entrance, and until when it refuses codes.
 *
 * The row is made with the entrance.  An entrance that was stored without one
 * gets it at its first unknown code: whoever makes it has locked the entrance,
 * and looked again.
 */
#include "postgres.h"

#include "utils/timestamp.h"

#include "credentials.h"
#include "store/lockouts.h"

void
lockout_create(const Row *entrance)
{
	insert_row(TABLE_LOCKOUTS, (NullableDatum[])
	{
		entrance->columns[WORKSPACE], entrance->columns[ENTRANCE_ID], DATUM(Int32GetDatum(0)), NO_DATUM
	}, NULL, NULL);
}

/* False if there is none, and no entrance to make it for. */
static bool
find_or_create(Datum acs_entrance_id, Row *lockout)
{
	Row			entrance;

	if (find_row_and_lock(LOCKOUT_BY_ID, &acs_entrance_id, LATEST_SIGHT, LockTupleNoKeyExclusive, lockout))
		return true;
	if (!find_row_and_lock(ENTRANCE_BY_ID, &acs_entrance_id, LATEST_SIGHT, LockTupleNoKeyExclusive, &entrance))
		return false;
	if (!find_row(LOCKOUT_BY_ID, &acs_entrance_id, LATEST_SIGHT, NULL))
		lockout_create(&entrance);
	return find_row_and_lock(LOCKOUT_BY_ID, &acs_entrance_id, LATEST_SIGHT, LockTupleNoKeyExclusive, lockout);
}

bool
lockout_holds(const Row *lockout, TimestampTz at)
{
	return setting_lockout_attempts > 0 && !row_is_null(lockout, LOCKOUT_LOCKED_UNTIL) &&
		at < DatumGetTimestampTz(row_datum(lockout, LOCKOUT_LOCKED_UNTIL));
}

/* Attempts meanwhile are not counted, so the next lockout is as far away as the first was. */
bool
lockout_count(Datum acs_entrance_id)
{
	TimestampTz now;
	Change		changes[2];
	Row			lockout;
	int			failed;

	if (!find_or_create(acs_entrance_id, &lockout))
		return true;
	now = GetCurrentTimestamp(); /* after the wait for others */
	if (lockout_holds(&lockout, now))
		return false;
	failed = DatumGetInt32(row_datum(&lockout, LOCKOUT_FAILED_ATTEMPTS)) + 1;
	changes[0] = (Change) {LOCKOUT_FAILED_ATTEMPTS, DATUM(Int32GetDatum(failed))};
	changes[1] = (Change) {LOCKOUT_LOCKED_UNTIL, DATUM(TimestampTzGetDatum(now + setting_lockout_duration * USECS_PER_SEC))};
	update_row(&lockout, changes, failed % setting_lockout_attempts == 0 ? 2 : 1, NULL);
	return true;
}

static void
forget_attempts(Row *lockout)
{
	update_row(lockout, (Change[])
	{
		{LOCKOUT_FAILED_ATTEMPTS, DATUM(Int32GetDatum(0))}, {LOCKOUT_LOCKED_UNTIL, NO_DATUM}
	}, 2, NULL);
}

bool
lockout_lift(Datum acs_entrance_id)
{
	Row			lockout;
	bool		was_locked;

	if (!find_row_and_lock(LOCKOUT_BY_ID, &acs_entrance_id, LATEST_SIGHT, LockTupleNoKeyExclusive, &lockout))
		return false;
	was_locked = lockout_holds(&lockout, GetCurrentTimestamp());
	forget_attempts(&lockout);
	return was_locked;
}

void
lockout_reset(Datum acs_entrance_id)
{
	Row			lockout;

	if (find_row_and_lock(LOCKOUT_BY_ID, &acs_entrance_id, LATEST_SIGHT, LockTupleNoKeyExclusive, &lockout) &&
		!lockout_holds(&lockout, GetCurrentTimestamp()))
		forget_attempts(&lockout);
}
