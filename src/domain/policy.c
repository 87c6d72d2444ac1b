/*
 * policy.c
 *		What a system type allows, one small rule at a time.
 */
#include "domain/policy.h"

#include <string.h>

#include "domain/code.h"
#include "domain/pin.h"

typedef bool (*BrokenTest) (const Policy *policy, const CredentialRequest *request);

static bool
method_not_supported(const Policy *policy, const CredentialRequest *request)
{
	return !policy->allows[request->method] ||
		(request->method == METHOD_CODE && policy->custom_code == CUSTOM_CODE_NONE);
}

/* A mobile key is known by its id, whatever the type. */
static bool
code_not_allowed(const Policy *policy, const CredentialRequest *request)
{
	return request->code != NULL &&
		(request->method == METHOD_MOBILE_KEY || policy->custom_code == CUSTOM_CODE_NONE);
}

static bool
custom_code_not_allowed(const Policy *policy, const CredentialRequest *request)
{
	return request->code != NULL && policy->custom_code == CUSTOM_CODE_GENERATED;
}

/* What a card was created with is not typed at a keypad: it can be anything. */
static bool
is_typed(const CredentialRequest *request)
{
	return request->code != NULL && request->method == METHOD_CODE;
}

static bool
code_length_wrong(const Policy *policy, const CredentialRequest *request)
{
	return is_typed(request) &&
		(request->code_length < policy->code_min_length ||
		 (policy->code_max_length > 0 && request->code_length > policy->code_max_length));
}

static bool
code_has_other_digits(const Policy *policy, const CredentialRequest *request)
{
	size_t		i;

	for (i = 0; is_typed(request) && policy->code_digits != NULL && i < request->code_length; i++)
	{
		if (strchr(policy->code_digits, request->code[i]) == NULL)
			return true;
	}
	return false;
}

/* Where codes are numbers, they begin at 1. */
static bool
code_value_wrong(const Policy *policy, const CredentialRequest *request)
{
	return is_typed(request) && policy->code_max_value > 0 &&
		(code_value_exceeds(request->code, request->code_length, policy->code_max_value) ||
		 !code_value_exceeds(request->code, request->code_length, 0));
}

static bool
multi_phone_sync_missing(const Policy *policy, const CredentialRequest *request)
{
	return request->method == METHOD_MOBILE_KEY &&
		policy->requires_multi_phone_sync && !request->is_multi_phone_sync;
}

static bool
entrance_missing(const Policy *policy, const CredentialRequest *request)
{
	return policy->requires_entrances && request->n_entrances == 0;
}

static bool
too_many_entrances(const Policy *policy, const CredentialRequest *request)
{
	return request->n_entrances > MAX_ENTRANCES ||
		(request->method == METHOD_CODE && policy->max_entrances_per_code > 0 &&
		 request->n_entrances > policy->max_entrances_per_code);
}

static bool
window_missing(const Policy *policy, const CredentialRequest *request)
{
	return policy->requires_window &&
		(request->window.starts_at == ALWAYS_BEGUN || request->window.ends_at == NEVER_ENDS);
}

static bool
window_not_ordered(const Policy *policy, const CredentialRequest *request)
{
	(void) policy;
	return !window_is_ordered(request->window);
}

static bool
window_in_the_past(const Policy *policy, const CredentialRequest *request)
{
	(void) policy;
	return window_state(request->window, request->now) == WINDOW_EXPIRED;
}

static bool
metadata_not_supported(const Policy *policy, const CredentialRequest *request)
{
	size_t		i;

	for (i = 0; policy->metadata_key != NULL && i < request->n_metadata_keys; i++)
	{
		if (strcmp(request->metadata_keys[i], policy->metadata_key) != 0)
			return true;
	}
	return false;
}

/* In the order in which they are told. */
static const struct
{
	Rule		rule;
	BrokenTest	is_broken;
}			policy_rules[] = {
	{RULE_ACCESS_METHOD_NOT_SUPPORTED, method_not_supported},
	{RULE_CODE_NOT_ALLOWED, code_not_allowed},
	{RULE_CUSTOM_CODE_NOT_ALLOWED, custom_code_not_allowed},
	{RULE_CODE_LENGTH, code_length_wrong},
	{RULE_CODE_DIGITS, code_has_other_digits},
	{RULE_CODE_VALUE, code_value_wrong},
	{RULE_MULTI_PHONE_SYNC_REQUIRED, multi_phone_sync_missing},
	{RULE_ENTRANCE_REQUIRED, entrance_missing},
	{RULE_TOO_MANY_ENTRANCES, too_many_entrances},
	{RULE_WINDOW_REQUIRED, window_missing},
	{RULE_WINDOW_ORDER, window_not_ordered},
	{RULE_WINDOW_IN_THE_PAST, window_in_the_past},
	{RULE_METADATA_NOT_SUPPORTED, metadata_not_supported},
};

Rule
policy_first_broken_rule(const Policy *policy, const CredentialRequest *request)
{
	size_t		i;

	for (i = 0; i < sizeof(policy_rules) / sizeof(policy_rules[0]); i++)
	{
		if (policy_rules[i].is_broken(policy, request))
			return policy_rules[i].rule;
	}
	return RULE_NONE;
}

/* Does a generated code have a length and a value that the type allows? */
bool
policy_code_fits(const Policy *policy, const char *code, size_t length)
{
	CredentialRequest request = {.method = METHOD_CODE, .code = code, .code_length = length};

	return !code_length_wrong(policy, &request) && !code_value_wrong(policy, &request);
}

/* Of longer codes, hardly one would be small enough. */
static unsigned
default_length(uint64_t max_value)
{
	unsigned	length = 1;

	if (max_value == 0)
		return PIN_DEFAULT_LENGTH;
	while (max_value >= 10 && length < PIN_DEFAULT_LENGTH)
	{
		max_value /= 10;
		length++;
	}
	return length;
}

/* Digits of a generated code: as the type says, or as near to 6 as it allows. */
unsigned
policy_generated_length(const Policy *policy)
{
	unsigned	length = policy->generated_code_length;

	if (length == 0)
		length = default_length(policy->code_max_value);
	if (length < policy->code_min_length)
		length = policy->code_min_length;
	if (policy->code_max_length > 0 && length > policy->code_max_length)
		length = policy->code_max_length;
	return length;
}
