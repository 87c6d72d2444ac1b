/*
 * credential_object.h
 *		A credential as the API shows it: acs_credential, from stored columns.
 */
#ifndef API_CREDENTIAL_OBJECT_H
#define API_CREDENTIAL_OBJECT_H

#include "access/htup.h"
#include "access/tupdesc.h"
#include "store/tables.h"

/*
 * What the object is made of: columns of acs_credentials, what its user and its
 * entrances say, and columns of the type of its system.  Where they come from does
 * not matter.
 */
typedef struct CredentialValues
{
	NullableDatum acs_credential_id;
	NullableDatum acs_user_id;
	NullableDatum acs_system_id;
	NullableDatum workspace_id;
	NullableDatum access_method;
	NullableDatum display_name;
	NullableDatum code;
	NullableDatum card_number;
	NullableDatum starts_at;
	NullableDatum ends_at;
	NullableDatum is_multi_phone_sync_credential;
	NullableDatum parent_acs_credential_id;
	NullableDatum credential_manager_acs_system_id;
	NullableDatum schedule;
	NullableDatum max_uses;
	NullableDatum uses;
	NullableDatum reference;
	NullableDatum is_issued;
	NullableDatum issued_at;
	NullableDatum needs_to_be_reissued_at;
	NullableDatum metadata;
	NullableDatum created_at;
	NullableDatum user_identity_id;
	NullableDatum allowed_acs_entrance_ids;
	NullableDatum any_entrance_takes_it;	/* null: it names none */
	NullableDatum credential_type;
	NullableDatum credential_type_display_name;
} CredentialValues;

/* What the credential and the type of its system say; the rest is to be set. */
extern CredentialValues credential_values(const Row *credential, const Row *type);

/* Ids as an array of the API: of entrances, in an object. */
extern NullableDatum ids_value(Datum *ids, size_t n);

/* acs_credential, while the store is open. */
extern Datum credential_object(const CredentialValues *values);

/* The object of a stored credential; the type is that of its system. */
extern Datum credential_object_of(const Row *credential, const Row *type, Sight sight);

/*
 * The objects of all rows of a statement, whose columns are found by name, as
 * the result of a function that returns a set.
 */
extern void return_credential_objects(FunctionCallInfo fcinfo, Rows rows);

#endif							/* API_CREDENTIAL_OBJECT_H */
