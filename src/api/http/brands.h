/*
 * brands.h
 *		The API's words for what brands have.
 */
#ifndef API_HTTP_BRANDS_H
#define API_HTTP_BRANDS_H

/* Is it an external_type that the API has, of systems or of credentials? */
extern bool api_has_system_type(const char *type);
extern bool api_has_credential_type(const char *type);

/* What the access groups of a system are called. */
typedef struct GroupType
{
	const char *system_type;
	const char *external_type;
	const char *display_name;
} GroupType;

/* NULL: of no type that is known. */
extern const GroupType *group_type_of(const char *system_type);

#endif							/* API_HTTP_BRANDS_H */
