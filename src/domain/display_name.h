/*
 * display_name.h
 *		What a credential is called where its code must not be seen.
 */
#ifndef DOMAIN_DISPLAY_NAME_H
#define DOMAIN_DISPLAY_NAME_H

#include <stdbool.h>
#include <stddef.h>

/* In the order of the SQL enum acs_access_method. */
typedef enum AccessMethod
{
	METHOD_CODE,
	METHOD_CARD,
	METHOD_MOBILE_KEY,
	METHOD_COUNT
} AccessMethod;

/* A display name in parts: prefix, shown characters of the value, stars. */
typedef struct DisplayName
{
	const char *prefix;
	size_t		shown;
	size_t		stars;
} DisplayName;

extern DisplayName display_name_parts(AccessMethod method, size_t value_length,
									  bool is_multi_phone_sync);

#endif							/* DOMAIN_DISPLAY_NAME_H */
