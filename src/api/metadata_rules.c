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

#include "api/metadata_rules.h"

const Brand brands[N_METADATA_KEYS] = {
	{
		/*
		 * The first credential of a reservation overrides what was there, the
		 * later ones join it; auto_join lets the system find out.
		 */
		"visionline_metadata",
		.members = {
			{{"card_format", "cardFormat"}, MEMBER_CHOICE, {"TLCode", "rfid48"}},
			{{"card_function_type", "cardType"}, MEMBER_CHOICE, {"guest", "staff"}, "guest"},
			{{"override", "is_override_key", "override_previous_credentials",
			"override_existing_entrance_credentials"}, MEMBER_BOOLEAN},
			{{"auto_join"}, MEMBER_BOOLEAN},
			{{"joiner_acs_credential_ids", "joiners", "jointEntranceAccessCredentialIDs"}, MEMBER_CREDENTIALS},
			{{"label"}, MEMBER_TEXT},
			{{"assa_abloy_credential_service_mobile_endpoint_id"}, MEMBER_ID},
			{{"allowed_entrance_ids"}, MEMBER_ARGUMENT},
		},
		.exclusions = {
			{"override", "joiner_acs_credential_ids"},
			{"override", "auto_join"},
		},
	},
	{
		"assa_abloy_vostio_metadata",
		.members = {
			{{"auto_join"}, MEMBER_BOOLEAN},
			{{"override_all_guest_acs_entrances"}, MEMBER_BOOLEAN},
			{{"join_all_guest_acs_entrances"}, MEMBER_BOOLEAN},
			{{"override_guest_acs_entrance_ids"}, MEMBER_ENTRANCES},
		},
		.exclusions = {
			{"override_all_guest_acs_entrances", "join_all_guest_acs_entrances"},
		},
	},
	{
		"hotek_metadata",
		.members = {
			{{"override"}, MEMBER_BOOLEAN},
			{{"auto_join"}, MEMBER_BOOLEAN},
		},
	},
	{
		"salto_space_metadata",
		.members = {
			{{"assign_new_key", "assign_new_card"}, MEMBER_BOOLEAN},
			{{"update_current_key"}, MEMBER_BOOLEAN},
		},
	},
};
