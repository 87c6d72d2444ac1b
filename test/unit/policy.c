/*
 * policy.c
 *		What a system type allows: each rule broken alone, and their order.
 */
#include "domain/policy.h"

#include "tap.h"

#define NOW INT64_C(820454400000000)
#define HOUR INT64_C(3600000000)

typedef struct Case
{
	Policy		policy;
	CredentialRequest request;
} Case;

/* A type without limits, and a request that asks for nothing special. */
static Case
unrestricted(AccessMethod method)
{
	Case		c = {
		.policy = {.allows = {true, true, true}},
		.request = {
			.method = method,
			.window = {ALWAYS_BEGUN, NEVER_ENDS},
			.now = NOW,
		},
	};

	return c;
}

static void
set_code(Case *c, const char *code)
{
	c->request.code = code;
	c->request.code_length = strlen(code);
}

static void
set_window(Case *c, Instant starts_at, Instant ends_at)
{
	c->request.window = (Window) {starts_at, ends_at};
}

static void
set_metadata(Case *c, const char *key)
{
	c->request.metadata_keys[c->request.n_metadata_keys++] = key;
}

/* ---------- ways to break one rule ---------- */

static void
break_access_method(Case *c)
{
	c->policy.allows[c->request.method] = false;
}

static void
break_code(Case *c)
{
	set_code(c, "824759");
	c->request.method = METHOD_MOBILE_KEY;
}

static void
break_custom_code(Case *c)
{
	set_code(c, "824759");
	c->policy.custom_code = CUSTOM_CODE_GENERATED;
}

static void
break_code_length(Case *c)
{
	set_code(c, "824759");
	c->policy.code_max_length = 5;
}

static void
break_code_digits(Case *c)
{
	set_code(c, "824759");
	c->policy.code_digits = "24789";
}

static void
break_code_value(Case *c)
{
	set_code(c, "824759");
	c->policy.code_max_value = 65535;
}

static void
break_multi_phone_sync(Case *c)
{
	c->request.method = METHOD_MOBILE_KEY;
	c->policy.requires_multi_phone_sync = true;
}

static void
break_entrance(Case *c)
{
	c->policy.requires_entrances = true;
}

static void
break_entrances(Case *c)
{
	c->request.n_entrances = MAX_ENTRANCES + 1;
}

static void
break_window(Case *c)
{
	c->policy.requires_window = true;
}

static void
break_window_order(Case *c)
{
	set_window(c, NOW + HOUR, NOW + HOUR);
}

static void
break_window_in_the_past(Case *c)
{
	set_window(c, ALWAYS_BEGUN, NOW - HOUR);
}

static void
break_metadata(Case *c)
{
	c->policy.metadata_key = "visionline_metadata";
	set_metadata(c, "salto_space_metadata");
}

/* In the order in which they are told. */
static const struct
{
	Rule		rule;
	const char *name;
	void		(*break_it) (Case *c);
}			rules[] = {
	{RULE_ACCESS_METHOD_NOT_SUPPORTED, "access_method_not_supported", break_access_method},
	{RULE_CODE_NOT_ALLOWED, "code_not_allowed", break_code},
	{RULE_CUSTOM_CODE_NOT_ALLOWED, "custom_code_not_allowed", break_custom_code},
	{RULE_CODE_LENGTH, "code_length", break_code_length},
	{RULE_CODE_DIGITS, "code_digits", break_code_digits},
	{RULE_CODE_VALUE, "code_value", break_code_value},
	{RULE_MULTI_PHONE_SYNC_REQUIRED, "multi_phone_sync_required", break_multi_phone_sync},
	{RULE_ENTRANCE_REQUIRED, "entrance_required", break_entrance},
	{RULE_TOO_MANY_ENTRANCES, "too_many_entrances", break_entrances},
	{RULE_WINDOW_REQUIRED, "window_required", break_window},
	{RULE_WINDOW_ORDER, "window_order", break_window_order},
	{RULE_WINDOW_IN_THE_PAST, "window_in_the_past", break_window_in_the_past},
	{RULE_METADATA_NOT_SUPPORTED, "metadata_not_supported", break_metadata},
};

static Rule
first_broken(const Case *c)
{
	return policy_first_broken_rule(&c->policy, &c->request);
}

static void
test_each_rule_alone(void)
{
	for (int method = 0; method < METHOD_COUNT; method++)
	{
		Case		c = unrestricted((AccessMethod) method);

		ok(first_broken(&c) == RULE_NONE, "method %d: nothing is broken", method);
	}
	for (size_t i = 0; i < LENGTH(rules); i++)
	{
		Case		c = unrestricted(METHOD_CODE);

		rules[i].break_it(&c);
		ok(first_broken(&c) == rules[i].rule, "broken alone: %s", rules[i].name);
	}
}

/* Where the later of two does not undo the earlier, the earlier is told. */
static void
test_order_of_rules(void)
{
	for (size_t i = 0; i < LENGTH(rules); i++)
	{
		for (size_t j = i + 1; j < LENGTH(rules); j++)
		{
			Case		c = unrestricted(METHOD_CODE);

			if ((rules[i].rule == RULE_ENTRANCE_REQUIRED && rules[j].rule == RULE_TOO_MANY_ENTRANCES) ||
				(rules[i].rule == RULE_WINDOW_REQUIRED && rules[j].rule == RULE_WINDOW_ORDER) ||
				(rules[i].rule == RULE_WINDOW_ORDER && rules[j].rule == RULE_WINDOW_IN_THE_PAST))
				continue;
			rules[j].break_it(&c);
			rules[i].break_it(&c);
			/* a code together with a mobile key breaks one rule more */
			if (c.request.method == METHOD_MOBILE_KEY && c.request.code != NULL &&
				rules[i].rule > RULE_CODE_NOT_ALLOWED)
				continue;
			ok(first_broken(&c) == rules[i].rule, "%s comes before %s", rules[i].name, rules[j].name);
		}
	}
}

/* ---------- each rule, in detail ---------- */

#define EXPECT(c, rule, ...) ok(first_broken(&(c)) == (rule), __VA_ARGS__)

static void
test_access_method(void)
{
	static const char *const names[] = {"code", "card", "mobile key"};

	for (int allowed = 0; allowed < METHOD_COUNT; allowed++)
	{
		for (int asked = 0; asked < METHOD_COUNT; asked++)
		{
			Case		c = unrestricted((AccessMethod) asked);

			memset(c.policy.allows, 0, sizeof(c.policy.allows));
			c.policy.allows[allowed] = true;
			EXPECT(c, asked == allowed ? RULE_NONE : RULE_ACCESS_METHOD_NOT_SUPPORTED,
				   "%s where only %s is supported", names[asked], names[allowed]);
		}
	}
}

static void
test_where_codes_come_from(void)
{
	static const struct
	{
		CustomCode	custom_code;
		AccessMethod method;
		const char *code;
		Rule		rule;
		const char *what;
	}			cases[] = {
		{CUSTOM_CODE_ALLOWED, METHOD_CODE, "824759", RULE_NONE, "allowed: code of one's own"},
		{CUSTOM_CODE_ALLOWED, METHOD_CODE, NULL, RULE_NONE, "allowed: code to be generated"},
		{CUSTOM_CODE_ALLOWED, METHOD_CARD, "123456", RULE_NONE, "allowed: card with a code"},
		{CUSTOM_CODE_ALLOWED, METHOD_CARD, NULL, RULE_NONE, "allowed: card without a code"},
		{CUSTOM_CODE_ALLOWED, METHOD_MOBILE_KEY, NULL, RULE_NONE, "allowed: mobile key"},
		{CUSTOM_CODE_ALLOWED, METHOD_MOBILE_KEY, "1", RULE_CODE_NOT_ALLOWED, "allowed: mobile key with a code"},
		{CUSTOM_CODE_GENERATED, METHOD_CODE, "824759", RULE_CUSTOM_CODE_NOT_ALLOWED, "generated: code of one's own"},
		{CUSTOM_CODE_GENERATED, METHOD_CODE, NULL, RULE_NONE, "generated: code to be generated"},
		{CUSTOM_CODE_GENERATED, METHOD_CARD, "123456", RULE_CUSTOM_CODE_NOT_ALLOWED, "generated: card with a code"},
		{CUSTOM_CODE_GENERATED, METHOD_MOBILE_KEY, "1", RULE_CODE_NOT_ALLOWED, "generated: mobile key with a code"},
		{CUSTOM_CODE_NONE, METHOD_CODE, "824759", RULE_ACCESS_METHOD_NOT_SUPPORTED, "none: code of one's own"},
		{CUSTOM_CODE_NONE, METHOD_CODE, NULL, RULE_ACCESS_METHOD_NOT_SUPPORTED, "none: code to be generated"},
		{CUSTOM_CODE_NONE, METHOD_CARD, "123456", RULE_CODE_NOT_ALLOWED, "none: card with a code"},
		{CUSTOM_CODE_NONE, METHOD_CARD, NULL, RULE_NONE, "none: card without a code"},
		{CUSTOM_CODE_NONE, METHOD_MOBILE_KEY, NULL, RULE_NONE, "none: mobile key"},
	};

	for (size_t i = 0; i < LENGTH(cases); i++)
	{
		Case		c = unrestricted(cases[i].method);

		c.policy.custom_code = cases[i].custom_code;
		if (cases[i].code != NULL)
			set_code(&c, cases[i].code);
		EXPECT(c, cases[i].rule, "custom codes %s", cases[i].what);
	}
}

static void
test_length_and_value(void)
{
	static const struct
	{
		const char *code;
		unsigned	min_length;
		unsigned	max_length;
		uint64_t	max_value;
		Rule		rule;
	}			cases[] = {
		{"1", 0, 0, 0, RULE_NONE},
		{"12345678901234567890123456789012", 0, 0, 0, RULE_NONE},
		{"000", 4, 8, 0, RULE_CODE_LENGTH},
		{"0000", 4, 8, 0, RULE_NONE},
		{"00000000", 4, 8, 0, RULE_NONE},
		{"000000000", 4, 8, 0, RULE_CODE_LENGTH},
		{"12345", 6, 6, 0, RULE_CODE_LENGTH},
		{"123456", 6, 6, 0, RULE_NONE},
		{"1234567", 6, 6, 0, RULE_CODE_LENGTH},
		{"123", 4, 0, 0, RULE_CODE_LENGTH},
		{"123456789", 4, 0, 0, RULE_NONE},
		{"1", 0, 4, 0, RULE_NONE},
		{"12345", 0, 4, 0, RULE_CODE_LENGTH},
		{"0", 0, 0, 65535, RULE_CODE_VALUE},
		{"00000", 0, 0, 65535, RULE_CODE_VALUE},
		{"00001", 0, 0, 65535, RULE_NONE},
		{"65535", 0, 0, 65535, RULE_NONE},
		{"0065535", 0, 0, 65535, RULE_NONE},
		{"65536", 0, 0, 65535, RULE_CODE_VALUE},
		{"4294967296", 0, 0, 4294967296, RULE_NONE},
		{"4294967297", 0, 0, 4294967296, RULE_CODE_VALUE},
		{"12345678901234567890123456789012", 0, 0, INT64_MAX, RULE_CODE_VALUE},
	};

	for (size_t i = 0; i < LENGTH(cases); i++)
	{
		Case		c = unrestricted(METHOD_CODE);

		set_code(&c, cases[i].code);
		c.policy.code_min_length = cases[i].min_length;
		c.policy.code_max_length = cases[i].max_length;
		c.policy.code_max_value = cases[i].max_value;
		EXPECT(c, cases[i].rule, "\"%s\" of %u to %u digits, up to %llu", cases[i].code,
			   cases[i].min_length, cases[i].max_length, (unsigned long long) cases[i].max_value);
		ok(policy_code_fits(&c.policy, cases[i].code, strlen(cases[i].code)) == (cases[i].rule == RULE_NONE),
		   "and so if it were generated");
	}
}

static void
test_digits(void)
{
	static const struct
	{
		AccessMethod method;
		const char *code;
		const char *digits;
		Rule		rule;
	}			cases[] = {
		{METHOD_CODE, "0123456789", NULL, RULE_NONE},
		{METHOD_CODE, "0123456789", "0123456789", RULE_NONE},
		{METHOD_CODE, "5231", "12345", RULE_NONE},
		{METHOD_CODE, "5236", "12345", RULE_CODE_DIGITS},
		{METHOD_CODE, "0523", "12345", RULE_CODE_DIGITS},
		{METHOD_CODE, "06", "60", RULE_NONE},
		{METHOD_CODE, NULL, "12345", RULE_NONE},
	};

	for (size_t i = 0; i < LENGTH(cases); i++)
	{
		Case		c = unrestricted(cases[i].method);

		if (cases[i].code != NULL)
			set_code(&c, cases[i].code);
		c.policy.code_digits = cases[i].digits;
		EXPECT(c, cases[i].rule, "method %d: \"%s\" where there are the keys %s", (int) cases[i].method,
			   cases[i].code ? cases[i].code : "", cases[i].digits ? cases[i].digits : "of all digits");
	}
}

/* A card is not typed at a keypad, whatever it was created with. */
static void
test_code_of_a_card(void)
{
	Case		c = unrestricted(METHOD_CARD);

	set_code(&c, "0012345678");
	c.policy.code_max_length = 6;
	c.policy.code_digits = "67890";
	c.policy.code_max_value = 65535;
	EXPECT(c, RULE_NONE, "a code of a card may be any");
	c.request.method = METHOD_CODE;
	EXPECT(c, RULE_CODE_LENGTH, "but one that is typed");
}

static void
test_multi_phone_sync(void)
{
	for (int method = 0; method < METHOD_COUNT; method++)
	{
		Case		c = unrestricted((AccessMethod) method);

		c.policy.requires_multi_phone_sync = true;
		EXPECT(c, method == METHOD_MOBILE_KEY ? RULE_MULTI_PHONE_SYNC_REQUIRED : RULE_NONE,
			   "multi-phone sync required, method %d without", method);
		c.request.is_multi_phone_sync = true;
		EXPECT(c, RULE_NONE, "multi-phone sync required, method %d with", method);
	}
}

static void
test_entrances(void)
{
	static const struct
	{
		AccessMethod method;
		bool		required;
		unsigned	per_code;
		size_t		n;
		Rule		rule;
	}			cases[] = {
		{METHOD_CODE, false, 0, 0, RULE_NONE},
		{METHOD_CODE, true, 0, 0, RULE_ENTRANCE_REQUIRED},
		{METHOD_CARD, true, 0, 0, RULE_ENTRANCE_REQUIRED},
		{METHOD_MOBILE_KEY, true, 0, 0, RULE_ENTRANCE_REQUIRED},
		{METHOD_CODE, true, 0, 1, RULE_NONE},
		{METHOD_CODE, true, 1, 1, RULE_NONE},
		{METHOD_CODE, false, 1, 2, RULE_TOO_MANY_ENTRANCES},
		{METHOD_CARD, false, 1, 2, RULE_NONE},
		{METHOD_MOBILE_KEY, false, 1, 2, RULE_NONE},
		{METHOD_CARD, false, 0, MAX_ENTRANCES, RULE_NONE},
		{METHOD_CARD, false, 0, MAX_ENTRANCES + 1, RULE_TOO_MANY_ENTRANCES},
		{METHOD_CODE, false, 5000, MAX_ENTRANCES + 1, RULE_TOO_MANY_ENTRANCES},
	};

	for (size_t i = 0; i < LENGTH(cases); i++)
	{
		Case		c = unrestricted(cases[i].method);

		c.policy.requires_entrances = cases[i].required;
		c.policy.max_entrances_per_code = cases[i].per_code;
		c.request.n_entrances = cases[i].n;
		EXPECT(c, cases[i].rule, "method %d with %zu entrances, %s, at most %u on a code",
			   cases[i].method, cases[i].n, cases[i].required ? "required" : "not required", cases[i].per_code);
	}
}

static void
test_window(void)
{
	static const struct
	{
		const char *what;
		Window		window;
		Rule		rule;
		Rule		rule_if_required;
	}			cases[] = {
		{"none", {ALWAYS_BEGUN, NEVER_ENDS}, RULE_NONE, RULE_WINDOW_REQUIRED},
		{"start only", {NOW, NEVER_ENDS}, RULE_NONE, RULE_WINDOW_REQUIRED},
		{"end only", {ALWAYS_BEGUN, NOW + HOUR}, RULE_NONE, RULE_WINDOW_REQUIRED},
		{"both", {NOW, NOW + HOUR}, RULE_NONE, RULE_NONE},
		{"start in the past", {NOW - HOUR, NOW + HOUR}, RULE_NONE, RULE_NONE},
		{"end in a microsecond", {NOW - HOUR, NOW + 1}, RULE_NONE, RULE_NONE},
		{"end now", {NOW - HOUR, NOW}, RULE_WINDOW_IN_THE_PAST, RULE_WINDOW_IN_THE_PAST},
		{"end in the past", {NOW - HOUR, NOW - 1}, RULE_WINDOW_IN_THE_PAST, RULE_WINDOW_IN_THE_PAST},
		{"one microsecond long", {NOW + HOUR, NOW + HOUR + 1}, RULE_NONE, RULE_NONE},
		{"empty", {NOW + HOUR, NOW + HOUR}, RULE_WINDOW_ORDER, RULE_WINDOW_ORDER},
		{"empty and without a start", {ALWAYS_BEGUN, INT64_MIN}, RULE_WINDOW_ORDER, RULE_WINDOW_REQUIRED},
		{"end before start", {NOW + HOUR, NOW + 1}, RULE_WINDOW_ORDER, RULE_WINDOW_ORDER},
		{"end before start, in the past", {NOW - 1, NOW - HOUR}, RULE_WINDOW_ORDER, RULE_WINDOW_ORDER},
	};

	for (size_t i = 0; i < LENGTH(cases); i++)
	{
		Case		c = unrestricted(METHOD_CODE);

		c.request.window = cases[i].window;
		EXPECT(c, cases[i].rule, "window: %s", cases[i].what);
		c.policy.requires_window = true;
		EXPECT(c, cases[i].rule_if_required, "window: %s, where one is required", cases[i].what);
	}
}

static void
test_metadata(void)
{
	static const struct
	{
		const char *key;
		const char *given[2];
		Rule		rule;
	}			cases[] = {
		{NULL, {NULL}, RULE_NONE},
		{NULL, {"visionline_metadata"}, RULE_NONE},
		{NULL, {"visionline_metadata", "hotek_metadata"}, RULE_NONE},
		{"visionline_metadata", {NULL}, RULE_NONE},
		{"visionline_metadata", {"visionline_metadata"}, RULE_NONE},
		{"visionline_metadata", {"hotek_metadata"}, RULE_METADATA_NOT_SUPPORTED},
		{"visionline_metadata", {"visionline_metadata", "hotek_metadata"}, RULE_METADATA_NOT_SUPPORTED},
		{"visionline_metadata", {"hotek_metadata", "visionline_metadata"}, RULE_METADATA_NOT_SUPPORTED},
		{METADATA_NONE, {NULL}, RULE_NONE},
		{METADATA_NONE, {"visionline_metadata"}, RULE_METADATA_NOT_SUPPORTED},
	};

	for (size_t i = 0; i < LENGTH(cases); i++)
	{
		Case		c = unrestricted(METHOD_CARD);

		c.policy.metadata_key = cases[i].key;
		for (size_t j = 0; j < 2 && cases[i].given[j] != NULL; j++)
			set_metadata(&c, cases[i].given[j]);
		EXPECT(c, cases[i].rule, "metadata: %zu given, first %s, supported %s", c.request.n_metadata_keys,
			   cases[i].given[0] ? cases[i].given[0] : "none", cases[i].key ? cases[i].key : "all");
	}
}

/* ---------- generated codes ---------- */

static void
test_generated_length(void)
{
	static const struct
	{
		unsigned	generated;
		unsigned	min;
		unsigned	max;
		uint64_t	max_value;
		unsigned	length;
	}			cases[] = {
		{0, 0, 0, 0, 6},
		{4, 0, 0, 0, 4},
		{32, 0, 0, 0, 32},
		{0, 8, 0, 0, 8},
		{0, 0, 4, 0, 4},
		{0, 3, 3, 0, 3},
		{0, 4, 8, 0, 6},
		{0, 7, 7, 0, 7},
		{5, 4, 8, 0, 5},
		{3, 4, 8, 0, 4},
		{9, 4, 8, 0, 8},
		{0, 1, 1, 0, 1},
		{0, 0, 0, 1, 1},
		{0, 0, 0, 9, 1},
		{0, 0, 0, 10, 2},
		{0, 0, 0, 255, 3},
		{0, 0, 0, 99999, 5},
		{0, 0, 0, 100000, 6},
		{0, 0, 0, 4294967296, 6},
		{0, 0, 0, INT64_MAX, 6},
		{0, 4, 8, 255, 4},
		{0, 0, 2, 255, 2},
		{8, 0, 0, 255, 8},
	};

	for (size_t i = 0; i < LENGTH(cases); i++)
	{
		Policy		policy = {
			.generated_code_length = cases[i].generated,
			.code_min_length = cases[i].min,
			.code_max_length = cases[i].max,
			.code_max_value = cases[i].max_value
		};

		ok(policy_generated_length(&policy) == cases[i].length,
		   "%u digits of %u to %u, up to %llu: %u are generated", cases[i].generated,
		   cases[i].min, cases[i].max, (unsigned long long) cases[i].max_value, cases[i].length);
	}
}

int
main(void)
{
	test_each_rule_alone();
	test_order_of_rules();
	test_access_method();
	test_where_codes_come_from();
	test_length_and_value();
	test_digits();
	test_code_of_a_card();
	test_multi_phone_sync();
	test_entrances();
	test_window();
	test_metadata();
	test_generated_length();
	return done_testing();
}
