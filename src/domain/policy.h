/*
 * policy.h
 *		What a system type allows: the first broken rule of a request.
 */
#ifndef DOMAIN_POLICY_H
#define DOMAIN_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "domain/display_name.h"
#include "domain/validity.h"
#include "rules.h"

#define METADATA_NONE "none"	/* metadata_key of a type that takes none */

typedef enum CustomCode
{
	CUSTOM_CODE_ALLOWED,		/* the caller chooses, or has one generated */
	CUSTOM_CODE_GENERATED,		/* always generated */
	CUSTOM_CODE_NONE			/* no codes */
} CustomCode;

/* A row of acs_system_types.  A limit of 0 and a null text are no limit. */
typedef struct Policy
{
	bool		allows[METHOD_COUNT];
	CustomCode	custom_code;
	unsigned	code_min_length;
	unsigned	code_max_length;
	const char *code_digits;	/* null: all ten */
	uint64_t	code_max_value;
	unsigned	generated_code_length;
	unsigned	max_entrances_per_code;
	bool		requires_entrances;
	bool		requires_window;
	bool		requires_multi_phone_sync;
	unsigned	max_per_user[METHOD_COUNT]; /* of codes: no limit */
	const char *metadata_key;
} Policy;

/* What is asked for. */
typedef struct CredentialRequest
{
	AccessMethod method;
	const char *code;			/* digits without terminator, or null */
	size_t		code_length;
	Window		window;
	Instant		now;
	size_t		n_entrances;
	bool		is_multi_phone_sync;
	const char *metadata_keys[4];	/* the metadata arguments given */
	size_t		n_metadata_keys;
} CredentialRequest;

/* More doors than this are a job for an access group. */
#define MAX_ENTRANCES 1000

extern Rule policy_first_broken_rule(const Policy *policy, const CredentialRequest *request);
extern bool policy_code_fits(const Policy *policy, const char *code, size_t length);
extern unsigned policy_generated_length(const Policy *policy);

#endif							/* DOMAIN_POLICY_H */
