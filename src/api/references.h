/*
 * references.h
 *		What a call refers to has to exist: systems, entrances, names.
 */
#ifndef API_REFERENCES_H
#define API_REFERENCES_H

#include "postgres.h"

/*
 * A list of entrances from an argument, sorted; null is the empty one.  Error
 * invalid_entrances if an id is null or repeated.
 */
extern Datum *entrances_from_arg(NullableDatum argument, size_t *count);

/*
 * Error unless all exist and belong to the system; they are locked against deletion,
 * which has to come before credentials are locked.  Returns a bit for each access
 * method that one of them takes.
 */
extern unsigned require_entrances(const Datum *ids, size_t n, Datum acs_system_id);

/* Error unless it exists. */
extern void require_system(NullableDatum acs_system_id);

/* Error unless the system exists and is of a type that manages credentials. */
extern void require_credential_manager(Datum acs_system_id);

/* Error invalid_name unless there is a name, which is not blank; the argument is for the detail. */
extern void require_name(NullableDatum name, const char *argument);

/* The same of an update, where null leaves it as it is. */
extern void require_new_name(NullableDatum name, const char *argument);

#endif							/* API_REFERENCES_H */
