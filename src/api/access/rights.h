/*
 * rights.h
 *		A credential at an entrance: what the tables say of its rights there.
 */
#ifndef API_ACCESS_RIGHTS_H
#define API_ACCESS_RIGHTS_H

#include "domain/rights.h"
#include "store/tables.h"

typedef struct Place
{
	Row			entrance;
	Row			system;
	Door		door;
} Place;

typedef struct Presented
{
	Row			credential;
	bool		is_copy;
	Row			parent;			/* if it is a copy on a phone */
	Rights		rights;			/* over time */
} Presented;

/* Error acs_entrance_not_found if there is none. */
extern void read_place(NullableDatum acs_entrance_id, Sight sight, Place *place);

/* A mobile key of the entrance's system, whoever presents it. */
extern bool find_mobile_key(Datum acs_credential_id, Sight sight, const Row *entrance, Row *key);

/* Of what a credential that was found is a copy; false if that is no mobile key of the system. */
extern bool find_parent(Sight sight, const Row *entrance, Presented *presented);

/* Its rights, and those facts that time does not change. */
extern void read_rights(const Place *place, Sight sight, Presented *presented, AccessFacts *facts);

/* Those of nobody: what the door lets in of itself. */
extern void read_rights_of_nobody(const Place *place, Sight sight, Rights *rights);

#endif							/* API_ACCESS_RIGHTS_H */
