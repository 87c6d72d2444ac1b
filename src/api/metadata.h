/*
 * metadata.h
 *		The metadata of brands.
 */
#ifndef API_METADATA_H
#define API_METADATA_H

#include "domain/policy.h"
#include "postgres.h"

#define N_METADATA_KEYS 4

/*
 * The metadata arguments, which follow each other in the order of the names,
 * as one object keyed by the name of the argument, or null if none is given.
 * Notes in the request which are given.
 */
extern NullableDatum metadata_from_args(const NullableDatum *args, CredentialRequest *request);

#endif							/* API_METADATA_H */
