/*
 * allowed_entrances.h
 *		The entrances that a credential names of its own.
 */
#ifndef API_CREDENTIALS_ALLOWED_ENTRANCES_H
#define API_CREDENTIALS_ALLOWED_ENTRANCES_H

#include "store/tables.h"

extern size_t count_allowed_entrances(const Row *credential);
extern void add_allowed_entrances(const Row *credential, const Datum *ids, size_t n);

/* Make them those of the list; false if they are already. */
extern bool set_allowed_entrances(const Row *credential, const Datum *ids, size_t n);

#endif							/* API_CREDENTIALS_ALLOWED_ENTRANCES_H */
