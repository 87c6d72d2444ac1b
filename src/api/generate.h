/*
 * generate.h
 *		A code for a credential that was asked for without one.
 */
#ifndef API_GENERATE_H
#define API_GENERATE_H

#include "storage/lock.h"

#include "api/holder.h"

/*
 * A code that is not weak, that the type allows, and that is free during the
 * window, or error codes_exhausted.  It stays reserved against other sessions
 * that generate until release_code(), after the credential is stored, or until
 * the transaction ends.
 */
extern Datum generate_code(const Holder *holder, Datum access_method, Window window,
						   LOCKTAG *reservation);
extern void release_code(const LOCKTAG *reservation);

#endif							/* API_GENERATE_H */
