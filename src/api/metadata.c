/*
 * metadata.c
 *		The metadata of brands.
 */
#include "postgres.h"

#include "utils/jsonb.h"

#include "api/metadata.h"
#include "errors.h"
#include "store/statements.h"

static const char *const metadata_keys[N_METADATA_KEYS] = {
	"visionline_metadata",
	"assa_abloy_vostio_metadata",
	"hotek_metadata",
	"salto_space_metadata",
};

static void
add_member(JsonbParseState **state, const char *key, Jsonb *object)
{
	JsonbValue	name = {.type = jbvString};
	JsonbValue	value = {.type = jbvBinary};

	if (!JB_ROOT_IS_OBJECT(object))
		raise_rule(RULE_INVALID_METADATA, "%s is not an object.", key);
	name.val.string.val = unconstify(char *, key);
	name.val.string.len = strlen(key);
	value.val.binary.data = &object->root;
	value.val.binary.len = VARSIZE_ANY_EXHDR(object);
	pushJsonbValue(state, WJB_KEY, &name);
	pushJsonbValue(state, WJB_VALUE, &value);
}

NullableDatum
metadata_from_args(const NullableDatum *args, CredentialRequest *request)
{
	JsonbParseState *state = NULL;

	request->n_metadata_keys = 0;
	for (int i = 0; i < N_METADATA_KEYS; i++)
	{
		if (args[i].isnull)
			continue;
		if (state == NULL)
			pushJsonbValue(&state, WJB_BEGIN_OBJECT, NULL);
		add_member(&state, metadata_keys[i], DatumGetJsonbP(args[i].value));
		request->metadata_keys[request->n_metadata_keys++] = metadata_keys[i];
	}
	if (state == NULL)
		return NO_DATUM;
	return DATUM(JsonbPGetDatum(JsonbValueToJsonb(pushJsonbValue(&state, WJB_END_OBJECT, NULL))));
}
