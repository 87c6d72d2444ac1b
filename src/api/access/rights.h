/*
 * rights.h
 *		A credential at an entrance: what the tables say of its rights there.
 */
#ifndef API_ACCESS_RIGHTS_H
#define API_ACCESS_RIGHTS_H

#include "domain/rights.h"
#include "store/tables.h"

typedef struct Presented
{
	Row			credential;
	bool		is_copy;
	Row			parent;			/* if it is a copy on a phone */
	Rights		rights;			/* over time */
} Presented;

/* A mobile key of the entrance's system, whoever presents it. */
extern bool find_mobile_key(Datum acs_credential_id, Sight sight, const Row *entrance, Row *key);

/* Of what a credential that was found is a copy; false if that is no mobile key of the system. */
extern bool find_parent(Sight sight, const Row *entrance, Presented *presented);

/* Its rights, and those facts that time does not change. */
extern void read_rights(const Row *entrance, Sight sight, Presented *presented, AccessFacts *facts);

#endif							/* API_ACCESS_RIGHTS_H */
