/*
 * limits.h
 *		How many credentials a user may have, and how often one may be used.
 */
#ifndef API_CREDENTIALS_LIMITS_H
#define API_CREDENTIALS_LIMITS_H

#include "api/holder.h"

/*
 * Error credential_limit if the user has as many credentials of the access
 * method as the system type allows.  What the answer rests on stays so until
 * the transaction ends: to be called right before the user gets one more.
 */
extern void require_room(const Holder *holder, AccessMethod method);

/* 0 is without limit, which is stored as null. */
extern NullableDatum max_uses_from_arg(NullableDatum argument);

#endif							/* API_CREDENTIALS_LIMITS_H */
