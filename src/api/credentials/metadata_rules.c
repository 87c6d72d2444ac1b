/*
 * metadata_rules.c
 *		What the metadata of each brand may consist of.
 *
 * Members and their types are those of the request schema (npm @seamapi/types
 * 1.977.0).  The schema does not have Visionline's label, which the guides have.
 * Older spellings are those of the guides of 2024 and, where they still stand,
 * of today's; a guide's sample must not be refused.
 */
#include "postgres.h"

#include "api/credentials/metadata_rules.h"

const Brand metadata_brands[N_METADATA_KEYS] = {
	{
		/*
		 * The first credential of a reservation overrides what was there, the
		 * later ones join it; auto_join lets the system find out.
		 */
		.key = "visionline_metadata",
		.members = {
			{
				.type = MEMBER_CHOICE,
				.spellings = {"card_format", "cardFormat"},
				.choices = {"TLCode", "rfid48"}
			},
			{
				.type = MEMBER_CHOICE,
				.spellings = {"card_function_type", "cardType"},
				.choices = {"guest", "staff"},
				.default_value = "guest"
			},
			{
				.type = MEMBER_BOOLEAN,
				.spellings = {"override", "is_override_key", "override_previous_credentials",
				"override_existing_entrance_credentials"}
			},
			{.type = MEMBER_BOOLEAN,.spellings = {"auto_join"}},
			{
				.type = MEMBER_CREDENTIALS,
				.spellings = {"joiner_acs_credential_ids", "joiners", "jointEntranceAccessCredentialIDs"}
			},
			{.type = MEMBER_TEXT,.spellings = {"label"}},
			{.type = MEMBER_ID,.spellings = {"assa_abloy_credential_service_mobile_endpoint_id"}},
			{.type = MEMBER_ARGUMENT,.spellings = {"allowed_entrance_ids"}},
		},
		.exclusions = {
			{"override", "joiner_acs_credential_ids"},
			{"override", "auto_join"},
		},
	},
	{
		.key = "assa_abloy_vostio_metadata",
		.members = {
			{.type = MEMBER_BOOLEAN,.spellings = {"auto_join"}},
			{.type = MEMBER_BOOLEAN,.spellings = {"override_all_guest_acs_entrances"}},
			{.type = MEMBER_BOOLEAN,.spellings = {"join_all_guest_acs_entrances"}},
			{.type = MEMBER_ENTRANCES,.spellings = {"override_guest_acs_entrance_ids"}},
		},
		.exclusions = {
			{"override_all_guest_acs_entrances", "join_all_guest_acs_entrances"},
		},
	},
	{
		.key = "hotek_metadata",
		.members = {
			{.type = MEMBER_BOOLEAN,.spellings = {"override"}},
			{.type = MEMBER_BOOLEAN,.spellings = {"auto_join"}},
		},
	},
	{
		.key = "salto_space_metadata",
		.members = {
			{.type = MEMBER_BOOLEAN,.spellings = {"assign_new_key", "assign_new_card"}},
			{.type = MEMBER_BOOLEAN,.spellings = {"update_current_key"}},
		},
	},
};
