/*
 * policy.c
 *		Any type against any request.
 */
#include <string.h>

#include "domain/code.h"
#include "domain/policy.h"

#include "input.h"

static const char *const keys[] = {
	"visionline_metadata", "assa_abloy_vostio_metadata", "hotek_metadata", "salto_space_metadata"
};

static const char *const digits[] = {"0123456789", "12345", "7"};

static Policy
take_policy(Input *input)
{
	Policy		policy = {0};

	for (int i = 0; i < METHOD_COUNT; i++)
		policy.allows[i] = take_byte(input) % 4 != 0;
	policy.custom_code = take_byte(input) % 3;
	policy.code_min_length = take_byte(input) % (CODE_MAX_DIGITS + 1);
	policy.code_max_length = take_byte(input) % (CODE_MAX_DIGITS + 1);
	policy.code_digits = take_bool(input) ? digits[take_byte(input) % 3] : NULL;
	policy.code_max_value = (uint64_t) take_number(input);
	policy.generated_code_length = take_byte(input) % (CODE_MAX_DIGITS + 1);
	policy.max_entrances_per_code = (unsigned) take_number(input);
	policy.requires_entrances = take_bool(input);
	policy.requires_window = take_bool(input);
	policy.requires_multi_phone_sync = take_bool(input);
	policy.metadata_key = take_bool(input) ? keys[take_byte(input) % 4] : NULL;
	if (take_byte(input) % 8 == 0)
		policy.metadata_key = METADATA_NONE;
	return policy;
}

static CredentialRequest
take_request(Input *input)
{
	CredentialRequest request = {.method = take_byte(input) % METHOD_COUNT};

	if (take_bool(input))
		request.code = take_digits(input, 1, CODE_MAX_DIGITS, &request.code_length);
	request.window.starts_at = take_number(input);
	request.window.ends_at = take_number(input);
	request.now = take_number(input);
	request.n_entrances = (size_t) take_number(input);
	request.is_multi_phone_sync = take_bool(input);
	request.n_metadata_keys = take_byte(input) % 5;
	for (size_t i = 0; i < request.n_metadata_keys; i++)
		request.metadata_keys[i] = keys[take_byte(input) % 4];
	return request;
}

/* The keypad's limits: of codes that are typed at it, a card's number may be any. */
static void
check_typed(const Policy *policy, const CredentialRequest *request)
{
	CHECK(policy_code_fits(policy, request->code, request->code_length));
	for (size_t i = 0; policy->code_digits != NULL && i < request->code_length; i++)
		CHECK(strchr(policy->code_digits, request->code[i]) != NULL);
}

/* What may never be let through, whatever the type. */
static void
check_accepted(const Policy *policy, const CredentialRequest *request)
{
	CHECK(policy->allows[request->method]);
	CHECK(request->code == NULL || request->method != METHOD_MOBILE_KEY);
	if (request->code != NULL && request->method == METHOD_CODE)
		check_typed(policy, request);
	CHECK(request->n_entrances <= MAX_ENTRANCES);
	CHECK(window_is_ordered(request->window));
	CHECK(request->window.ends_at > request->now || request->window.ends_at == NEVER_ENDS);
}

/* A type with fewer limits lets through what one with more does. */
static void
check_lifted(Policy policy, const CredentialRequest *request)
{
	Policy		none = {.allows = {true, true, true}};

	CHECK(policy_first_broken_rule(&none, request) == RULE_NONE);
	policy.code_max_value = 0;
	policy.requires_entrances = false;
	policy.requires_window = false;
	CHECK(policy_first_broken_rule(&policy, request) == RULE_NONE);
}

static void
check_generated_length(const Policy *policy)
{
	unsigned	length = policy_generated_length(policy);

	CHECK(length >= 1 && length <= CODE_MAX_DIGITS);
	CHECK(policy->code_max_length == 0 || length <= policy->code_max_length);
	/* the table does not hold a type whose lengths are in the wrong order */
	if (policy->code_max_length == 0 || policy->code_min_length <= policy->code_max_length)
		CHECK(length >= policy->code_min_length);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Input		input = {data, size};
	Policy		policy = take_policy(&input);
	CredentialRequest request = take_request(&input);
	Rule		rule = policy_first_broken_rule(&policy, &request);

	CHECK(rule == RULE_NONE || (rule > RULE_NONE && rule < RULE_COUNT));
	CHECK(rule == policy_first_broken_rule(&policy, &request));
	if (rule == RULE_NONE)
	{
		check_accepted(&policy, &request);
		check_lifted(policy, &request);
	}
	check_generated_length(&policy);
	free((char *) request.code);
	return 0;
}
