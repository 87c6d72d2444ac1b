/*
 * systems.h
 *		What a credential refers to: systems and entrances.
 */
#ifndef API_SYSTEMS_H
#define API_SYSTEMS_H

#include "postgres.h"

/*
 * A list of entrances from an argument; null is the empty one.  Error
 * invalid_entrances if an id is null or repeated.
 */
extern Datum entrances_from_arg(NullableDatum argument, size_t *count);

/* Error unless all exist and belong to the system. */
extern void require_entrances(Datum entrances, Datum acs_system_id);

/* Error unless the system exists and is of a type that manages credentials. */
extern void require_credential_manager(Datum acs_system_id);

/* Error invalid_name unless there is a name; the argument is for the detail. */
extern void require_name(NullableDatum name, const char *argument);

#endif							/* API_SYSTEMS_H */
