/*
 * holder.h
 *		Who is to hold a credential, and what the type of their system allows.
 */
#ifndef API_HOLDER_H
#define API_HOLDER_H

#include "domain/policy.h"
#include "errors.h"
#include "store/tables.h"

typedef struct Holder
{
	NullableDatum acs_user_id;	/* null only of an unassigned credential */
	NullableDatum user_identity_id; /* not known of a stored credential's */
	Datum		acs_system_id;
	NullableDatum default_manager;
	Datum		system_type;	/* text */
	bool		encodes_cards;
	Policy		policy;
	Row			type;			/* of the system */
} Holder;

/* A system and its type; error if there is none. */
extern void find_system(Datum acs_system_id, Sight sight, Row *system, Row *type);

/*
 * The user named by acs_user_id, or by user_identity_id and acs_system_id; what
 * is given beside it must fit.
 */
extern void find_user(NullableDatum acs_user_id, NullableDatum user_identity_id,
					  NullableDatum acs_system_id, LockTupleMode mode, Row *user);

/* The same, locked against deletion, with what its system allows. */
extern Holder find_holder(NullableDatum acs_user_id, NullableDatum user_identity_id,
						  NullableDatum acs_system_id);

/*
 * The same, locked against whoever else changes what the user may open, or takes
 * room among the user's credentials.  New credentials may be given meanwhile.
 */
extern Holder find_holder_to_change(NullableDatum acs_user_id, NullableDatum user_identity_id,
									NullableDatum acs_system_id);

/* Error unless an id that is given beside another (or null) is what was found. */
extern void require_same_user(NullableDatum given, NullableDatum found);

/* The error of a rule of the system type, with what the type says. */
extern pg_noreturn void raise_policy_rule(Rule rule, const Holder *holder);

/* A credential that is about to be changed, and locked. */
typedef struct StoredCredential
{
	Holder		holder;
	AccessMethod method;
	Window		window;			/* as given: start and end, not from creation */
	Row			row;
} StoredCredential;

/* Error acs_credential_not_found if there is none. */
extern StoredCredential find_credential(NullableDatum acs_credential_id);

/*
 * What cards open has changed, though not in their own rows: those that were written
 * before have to be written again.  The statement finds them, of what is named.
 */
extern void cards_outdated(StatementId cards, NullableDatum of);

/* Those of the user. */
extern void user_cards_outdated(const Holder *user);

#endif							/* API_HOLDER_H */
