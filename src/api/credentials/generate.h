/*
 * generate.h
 *		A code for a credential that was asked for without one.
 */
#ifndef API_CREDENTIALS_GENERATE_H
#define API_CREDENTIALS_GENERATE_H

#include "storage/lock.h"

#include "api/holder.h"

/*
 * A code that is not weak, that the type allows, and that is free during the
 * window, or error codes_exhausted.  The turn of those who write it is taken.
 */
extern Datum generate_code(const Holder *holder, Datum access_method, Window window, LOCKTAG *turn);

#endif							/* API_CREDENTIALS_GENERATE_H */
