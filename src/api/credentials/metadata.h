/*
 * metadata.h
 *		The metadata of brands.
 *
 * The metadata arguments follow each other in the order of metadata_brands[].
 * A JSON null, as an argument or in one, is nothing given.
 */
#ifndef API_CREDENTIALS_METADATA_H
#define API_CREDENTIALS_METADATA_H

#include "api/credentials/metadata_rules.h"
#include "domain/policy.h"
#include "postgres.h"

/* Note in the request which metadata is given. */
extern void metadata_note_keys(const NullableDatum *args, CredentialRequest *request);

/* The entrances, which used to be in the metadata, and now are an argument. */
extern NullableDatum metadata_entrances(const NullableDatum *args, NullableDatum entrances);

/*
 * All metadata checked, in today's spelling, as one object keyed by the names
 * of the arguments; null if none is given.  What it refers to must exist in the
 * system.  Error invalid_metadata names the member and never tells its value.
 */
extern NullableDatum metadata_normalized(const NullableDatum *args, Datum acs_system_id);

#endif							/* API_CREDENTIALS_METADATA_H */
