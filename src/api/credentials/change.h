/*
 * change.h
 *		Changes of a stored credential, and of its copies on phones with it.
 */
#ifndef API_CREDENTIALS_CHANGE_H
#define API_CREDENTIALS_CHANGE_H

#include "storage/lock.h"

#include "api/holder.h"

#define MAX_CHANGES 5			/* of one call */

/* A copy on a phone follows its parent: error phone_copy. */
extern void require_original(const Row *credential);

/* The credential, locked, if it is no copy. */
extern StoredCredential find_original(NullableDatum acs_credential_id);

/*
 * Where the holder has to be locked as well: before the credential is, whoever holds
 * it; and afterwards, in case that it is somebody else by then.
 */
extern void lock_holder(const Row *seen, LockTupleMode mode);
extern void require_locked_holder(const Row *seen, const Row *credential, LockTupleMode mode);

/*
 * Change the credential alone.  A card that was written does not know of the
 * change, and has to be written again.  The turn is as in credential_change().
 */
extern void change_credential(Row *row, const Change *changes, int n, LOCKTAG *turn);

/* Change the credential, and its copies with it. */
extern void change_with_copies(StoredCredential *stored, const Change *changes, int n);

/* The credential as it is now, as the function's result. */
extern Datum close_with_credential(const StoredCredential *stored);

#endif							/* API_CREDENTIALS_CHANGE_H */
