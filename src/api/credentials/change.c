/*
 * change.c
 *		Changes of a stored credential, and of its copies on phones with it.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "api/credential_object.h"
#include "api/credentials/change.h"
#include "api/rows.h"
#include "errors.h"
#include "ids.h"
#include "store/credential_write.h"
#include "store/values.h"

/* The credential as it is now. */
Datum
close_with_credential(const StoredCredential *stored)
{
	return store_close_with(credential_object_of(&stored->row, &stored->holder.type, FRESH_SIGHT));
}

/*
 * The copies on phones, locked; only mobile keys have some.  Those that the
 * transaction cannot see, too: whoever makes one locks the parent, which we have.
 */
static List *
lock_copies(const StoredCredential *stored)
{
	List	   *locked = NIL;
	List	   *copies;
	ListCell   *cell;

	if (stored->method != METHOD_MOBILE_KEY)
		return NIL;
	copies = find_rows(CREDENTIALS_BY_PARENT, &row_datum(&stored->row, CREDENTIAL_ID), LATEST_SIGHT);
	foreach(cell, copies)
	{
		Row		   *copy = lfirst(cell);

		CHECK_FOR_INTERRUPTS();
		if (find_row_and_lock(CREDENTIAL_BY_ID, &row_datum(copy, CREDENTIAL_ID), LATEST_SIGHT,
							  LockTupleNoKeyExclusive, copy))
			locked = lappend(locked, copy);
	}
	return locked;
}

/* A card that was written does not know of a change, and has to be written again. */
void
change_credential(Row *row, const Change *changes, int n, LOCKTAG *turn)
{
	Change		all[MAX_CHANGES + 1];

	Assert(n <= MAX_CHANGES);
	memcpy(all, changes, sizeof(Change) * n);
	if (!row_is_null(row, CREDENTIAL_ISSUED_AT) && row_is_null(row, CREDENTIAL_NEEDS_REISSUE_AT))
		all[n++] = (Change)
	{
		CREDENTIAL_NEEDS_REISSUE_AT, now_datum()
	};
	if (n > 0)
		credential_change(row, all, n, turn);
}

/* A copy follows, but for uses, which are counted on its parent alone. */
static void
change_copy(Row *copy, const Change *changes, int n)
{
	Change		followed[MAX_CHANGES];
	int			n_followed = 0;

	for (int i = 0; i < n; i++)
	{
		if (changes[i].column != CREDENTIAL_MAX_USES)
			followed[n_followed++] = changes[i];
	}
	change_credential(copy, followed, n_followed, NULL);
}

/* Change the credential, and its copies with it. */
void
change_with_copies(StoredCredential *stored, const Change *changes, int n)
{
	List	   *copies = lock_copies(stored);
	ListCell   *cell;

	change_credential(&stored->row, changes, n, NULL);
	foreach(cell, copies)
		change_copy(lfirst(cell), changes, n);
}

void
lock_holder(const Row *seen, LockTupleMode mode)
{
	Row			user;

	if (!row_is_null(seen, CREDENTIAL_USER))
		find_row_and_lock(USER_BY_ID, &row_datum(seen, CREDENTIAL_USER), FRESH_SIGHT, mode, &user);
}

/* With the credential in hand, another user must not be waited for. */
void
require_locked_holder(const Row *seen, const Row *credential, LockTupleMode mode)
{
	NullableDatum holder = credential->columns[CREDENTIAL_USER];
	Row			user;

	if (holder.isnull || is_same_id(holder, seen->columns[CREDENTIAL_USER]))
		return;
	if (!find_row(USER_BY_ID, &holder.value, LATEST_SIGHT, &user) || !lock_row_as_read(&user, LATEST_SIGHT, mode))
		raise_concurrent_change();
}

void
require_original(const Row *credential)
{
	if (!row_is_null(credential, CREDENTIAL_PARENT))
		raise_rule(RULE_PHONE_COPY, "It is a copy of %s.", id_text(row_datum(credential, CREDENTIAL_PARENT)));
}

StoredCredential
find_original(NullableDatum acs_credential_id)
{
	StoredCredential stored = find_credential(acs_credential_id);

	require_original(&stored.row);
	return stored;
}
