/*
 * complaints.c
 *		What is wrong with which parameter of a request.
 */
#include "postgres.h"

#include "utils/json.h"

#include "api/http/complaints.h"

typedef enum About
{
	GIVEN,						/* what the request says of it */
	MISSING,					/* that it says nothing of it */
	EITHER
} About;

/*
 * What a broken rule is about, of these parameters, as far as the path has them.
 * A rule that is not here is about the request as a whole.
 */
static const struct
{
	Rule		rule;
	About		about;
	const char *parameters[4];
}			subjects[] = {
	{RULE_ACCESS_METHOD_REQUIRED, MISSING, {"access_method"}},
	{RULE_ACCESS_METHOD_NOT_SUPPORTED, GIVEN, {"access_method", "acs_credential_id"}},
	{RULE_CODE_NOT_ALLOWED, GIVEN, {"code"}},
	{RULE_CUSTOM_CODE_NOT_ALLOWED, GIVEN, {"code"}},
	{RULE_CODE_LENGTH, GIVEN, {"code"}},
	{RULE_CODE_DIGITS, GIVEN, {"code"}},
	{RULE_CODE_VALUE, GIVEN, {"code"}},
	{RULE_MULTI_PHONE_SYNC_REQUIRED, EITHER, {"is_multi_phone_sync_credential", "acs_credential_id"}},
	{RULE_ENTRANCE_REQUIRED, EITHER, {"allowed_acs_entrance_ids"}},
	{RULE_TOO_MANY_ENTRANCES, GIVEN, {"allowed_acs_entrance_ids", "acs_entrance_ids", "acs_entrance_id"}},
	{RULE_INVALID_ENTRANCES, GIVEN, {"allowed_acs_entrance_ids", "acs_entrance_ids", "acs_entrance_id"}},
	{RULE_ENTRANCE_IN_OTHER_SYSTEM, GIVEN,
	{"allowed_acs_entrance_ids", "allowed_acs_entrance_id", "acs_entrance_ids", "acs_entrance_id"}},
	{RULE_ACCESS_GROUP_IN_OTHER_SYSTEM, GIVEN, {"acs_access_group_ids", "acs_access_group_id"}},
	{RULE_WINDOW_REQUIRED, MISSING, {"starts_at", "ends_at"}},
	{RULE_WINDOW_IN_THE_PAST, GIVEN, {"ends_at"}},
	{RULE_WINDOW_ORDER, GIVEN, {"starts_at", "ends_at", "access_schedule"}},
	{RULE_INVALID_MAX_USES, GIVEN, {"max_uses"}},
	{RULE_INVALID_REFERENCE, GIVEN, {"reference"}},
	{RULE_METADATA_NOT_SUPPORTED, GIVEN,
	{"visionline_metadata", "assa_abloy_vostio_metadata", "hotek_metadata", "salto_space_metadata"}},
	{RULE_INVALID_METADATA, GIVEN,
	{"visionline_metadata", "assa_abloy_vostio_metadata", "hotek_metadata", "salto_space_metadata"}},
	{RULE_USER_REQUIRED, MISSING, {"acs_user_id"}},
	{RULE_USER_MISMATCH, GIVEN, {"acs_user_id", "user_identity_id"}},
	{RULE_ALREADY_ASSIGNED, GIVEN, {"acs_credential_id"}},
	{RULE_ALREADY_ISSUED, GIVEN, {"acs_credential_id"}},
	{RULE_PHONE_COPY, GIVEN, {"acs_credential_id"}},
	{RULE_CREDENTIAL_LIMIT, GIVEN, {"acs_user_id", "user_identity_id"}},
	{RULE_NOT_A_CREDENTIAL_MANAGER, GIVEN,
	{"credential_manager_acs_system_id", "default_credential_manager_acs_system_id"}},
	{RULE_INVALID_NAME, GIVEN, {"full_name", "name", "display_name"}},
	{RULE_INVALID_CARD_NUMBER, GIVEN, {"card_number", "code"}},
	{RULE_INVALID_PHONE, GIVEN, {"phone_id"}},
	{RULE_INVALID_SYSTEM_TYPE, GIVEN, {"system_type"}},
	{RULE_DISABLE_REASON_REQUIRED, MISSING, {"reason"}},
	{RULE_INVALID_TIME_ZONE, GIVEN, {"time_zone"}},
	{RULE_INVALID_MODE, GIVEN, {"until"}},
	{RULE_INVALID_DAY, EITHER, {"day"}},
	{RULE_ACCESS_BY_GROUP, GIVEN, {"acs_entrance_id"}},
	{RULE_SYSTEM_IN_USE, GIVEN, {"acs_system_id"}},
	{RULE_INVALID_FILTER, GIVEN, {"include_if", "between"}},
	{RULE_INVALID_PAGE, GIVEN, {"limit"}},
};

/* {"code": {"_errors": ["..."]}} */
void
complain(Call *call, const char *parameter, const char *what)
{
	appendStringInfoString(&call->complaints, ",");
	escape_json(&call->complaints, parameter);
	appendStringInfoString(&call->complaints, ":{\"_errors\":[");
	escape_json(&call->complaints, what);
	appendStringInfoString(&call->complaints, "]}");
}

void
complain_of_rule(Call *call, Rule rule, const char *what)
{
	for (size_t i = 0; i < lengthof(subjects); i++)
	{
		const char *const *names = subjects[i].parameters;

		for (size_t j = 0; subjects[i].rule == rule && j < lengthof(subjects[i].parameters) && names[j] != NULL; j++)
		{
			int			arg = find_parameter(call, names[j]);

			if (arg >= 0 && (subjects[i].about == EITHER || call->given[arg] == (subjects[i].about == GIVEN)))
				complain(call, names[j], what);
		}
	}
}
