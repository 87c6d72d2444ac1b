/*
 * brands.c
 *		The API's words for what brands have.
 *
 * Its schema has a closed list of external types, and a client that checks an
 * answer by it refuses any other word: a type of one's own is not shown as one.
 */
#include "postgres.h"

#include "api/http/brands.h"

static const char *const system_types[] = {
	"pti_site", "avigilon_alta_org", "salto_ks_site", "salto_space_system", "brivo_account",
	"hid_credential_manager_organization", "visionline_system", "assa_abloy_credential_service",
	"latch_building", "dormakaba_community_site", "dormakaba_ambiance_site",
	"legic_connect_credential_service", "assa_abloy_vostio",
	"assa_abloy_vostio_credential_service", "hotek_site", "kisi_organization",
};

static const char *const credential_types[] = {
	"pti_card", "brivo_credential", "hid_credential", "visionline_card", "salto_ks_credential",
	"assa_abloy_vostio_key", "salto_space_key", "latch_access", "dormakaba_ambiance_credential",
	"hotek_card", "salto_ks_tag", "avigilon_alta_credential", "kisi_credential",
};

/*
 * The schema demands a type of each group.  The first one stands for the systems
 * of which it has none: of its words, the one that is nobody's own.
 */
static const GroupType group_types[] = {
	{"", "pti_access_level", "Access Group"},
	{"pti_site", "pti_access_level", "PTI Access Level"},
	{"salto_ks_site", "salto_ks_access_group", "Salto KS Access Group"},
	{"brivo_account", "brivo_group", "Brivo Group"},
	{"salto_space_system", "salto_space_group", "Salto Space Group"},
	{"dormakaba_community_site", "dormakaba_community_access_group", "dormakaba Community Access Group"},
	{"dormakaba_ambiance_site", "dormakaba_ambiance_access_group", "dormakaba Ambiance Access Group"},
	{"avigilon_alta_org", "avigilon_alta_group", "Avigilon Alta Group"},
	{"kisi_organization", "kisi_access_group", "Kisi Access Group"},
};

static bool
is_among(const char *const *words, size_t n, const char *word)
{
	for (size_t i = 0; i < n; i++)
	{
		if (strcmp(words[i], word) == 0)
			return true;
	}
	return false;
}

bool
api_has_system_type(const char *type)
{
	return is_among(system_types, lengthof(system_types), type);
}

bool
api_has_credential_type(const char *type)
{
	return is_among(credential_types, lengthof(credential_types), type);
}

const GroupType *
group_type_of(const char *system_type)
{
	for (size_t i = 1; system_type != NULL && i < lengthof(group_types); i++)
	{
		if (strcmp(group_types[i].system_type, system_type) == 0)
			return &group_types[i];
	}
	return &group_types[0];
}
