/*
 * metadata.c
 *		The metadata of brands: check it, and put it into today's spelling.
 *
 * What there is to check is the table in metadata_rules.c.  Each member becomes
 * JSON text in one spelling, so that two members are the same if their texts
 * are.  The result is parsed by the server.
 */
#include "postgres.h"

#include "catalog/pg_type_d.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/json.h"
#include "utils/jsonb.h"
#include "utils/uuid.h"

#include "api/credentials/metadata.h"
#include "api/rows.h"
#include "errors.h"
#include "ids.h"

/* A member as it is given. */
typedef struct Given
{
	const Brand *brand;
	const Member *member;
	const char *spelling;
	JsonbValue	value;
	Datum		acs_system_id;
} Given;

/* A member as it is stored. */
typedef struct Normal
{
	const char *spelling;		/* in which it was given */
	const char *json;			/* null if it was not */
} Normal;

/* ---------- what is wrong ---------- */

static pg_noreturn void
raise_wrong(const Given *given, const char *what)
{
	raise_rule(RULE_INVALID_METADATA, "%s.%s %s.", given->brand->key, given->spelling, what);
}

static const char *
member_names(const Brand *brand)
{
	StringInfoData names;

	initStringInfo(&names);
	for (const Member *member = brand->members; member->spellings[0] != NULL; member++)
	{
		if (member->type != MEMBER_ARGUMENT)
			appendStringInfo(&names, "%s%s", names.len > 0 ? ", " : "", member->spellings[0]);
	}
	return names.data;
}

/* A name is told only if it looks like one: anything else might be a code. */
static pg_noreturn void
raise_unknown(const Brand *brand, const char *name)
{
	bool		is_word = strlen(name) < NAMEDATALEN &&
		strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_") == strlen(name);

	raise_rule_with_hint(RULE_INVALID_METADATA,
						 psprintf("Its members are %s.", member_names(brand)),
						 is_word ? "%s has no member \"%s\"." : "%s has no member of that name.",
						 brand->key, name);
}

/* ---------- values ---------- */

/* Null if it is not a string. */
static char *
string_of(const JsonbValue *value)
{
	return value->type == jbvString ? pnstrdup(value->val.string.val, value->val.string.len) : NULL;
}

static const char *
quoted(const char *text)
{
	StringInfoData json;

	initStringInfo(&json);
	escape_json(&json, text);
	return json.data;
}

static const char *
read_boolean(const Given *given)
{
	if (given->value.type != jbvBool)
		raise_wrong(given, "must be true or false");
	return given->value.val.boolean ? "true" : "false";
}

static const char *
read_choice(const Given *given)
{
	const char *text = string_of(&given->value);
	StringInfoData choices;

	initStringInfo(&choices);
	for (const char *const *choice = given->member->choices; *choice != NULL; choice++)
	{
		if (text != NULL && strcmp(text, *choice) == 0)
			return quoted(text);
		appendStringInfo(&choices, "%s\"%s\"", choices.len > 0 ? " or " : "", *choice);
	}
	raise_wrong(given, psprintf("must be %s", choices.data));
}

static const char *
read_text(const Given *given)
{
	const char *text = string_of(&given->value);

	if (text == NULL)
		raise_wrong(given, "must be a string");
	return quoted(text);
}

static Datum
uuid_of(const Given *given, const JsonbValue *value, const char *what)
{
	const char *text = string_of(value);

	if (text == NULL || !is_uuid_text(text))
		raise_wrong(given, what);
	return DirectFunctionCall1(uuid_in, CStringGetDatum(text));
}

static const char *
read_id(const Given *given)
{
	return quoted(id_text(uuid_of(given, &given->value, "must be a UUID")));
}

static Datum *
uuids_of(const Given *given, int *count)
{
	JsonbContainer *list = given->value.type == jbvBinary ? given->value.val.binary.data : NULL;
	Datum	   *ids;

	if (list == NULL || !JsonContainerIsArray(list))
		raise_wrong(given, "must be a list of UUIDs");
	*count = JsonContainerSize(list);
	ids = palloc(sizeof(Datum) * (*count + 1));
	for (int i = 0; i < *count; i++)
		ids[i] = uuid_of(given, getIthJsonbValueFromContainer(list, i), "must be a list of UUIDs");
	return ids;
}

static Datum
uuid_array(Datum *ids, int count)
{
	return PointerGetDatum(construct_array(ids, count, UUIDOID, UUID_LEN, false, TYPALIGN_CHAR));
}

/* The statement finds those that the system does not have. */
static const char *
read_ids(const Given *given, StatementId strange, const char *what)
{
	int			count;
	Datum	   *ids = uuids_of(given, &count);
	Rows		strangers = statement_run(strange, (NullableDatum[])
	{
		DATUM(uuid_array(ids, count)), DATUM(given->acs_system_id)
	});
	StringInfoData json;

	if (strangers.count > 0)
		raise_rule(RULE_INVALID_METADATA, "Element " INT64_FORMAT " of %s.%s is not %s of the system.",
				   DatumGetInt64(row_get(strangers, 0, 3).value), given->brand->key, given->spelling, what);
	initStringInfo(&json);
	for (int i = 0; i < count; i++)
		appendStringInfo(&json, "%s\"%s\"", i > 0 ? ", " : "", id_text(ids[i]));
	return psprintf("[%s]", json.data);
}

static const char *
read_credentials(const Given *given)
{
	return read_ids(given, STMT_CREDENTIALS_STRANGE, "a card or mobile key");
}

static const char *
read_entrances(const Given *given)
{
	return read_ids(given, STMT_ENTRANCES_STRANGE, "an entrance");
}

/* It was read before, by metadata_entrances(). */
static const char *
read_argument(const Given *given pg_attribute_unused())
{
	return NULL;
}

typedef const char *(*Reader) (const Given *given);

static const Reader readers[] = {
	[MEMBER_BOOLEAN] = read_boolean,
	[MEMBER_CHOICE] = read_choice,
	[MEMBER_TEXT] = read_text,
	[MEMBER_ID] = read_id,
	[MEMBER_CREDENTIALS] = read_credentials,
	[MEMBER_ENTRANCES] = read_entrances,
	[MEMBER_ARGUMENT] = read_argument,
};

/* ---------- members ---------- */

static Given
find_member(const Brand *brand, const char *name)
{
	for (const Member *member = brand->members; member->spellings[0] != NULL; member++)
	{
		for (const char *const *spelling = member->spellings; *spelling != NULL; spelling++)
		{
			if (strcmp(*spelling, name) == 0)
				return (Given) {.brand = brand,.member = member,.spelling = *spelling};
		}
	}
	raise_unknown(brand, name);
}

static void
read_member(const Given *given, Normal *normal)
{
	const char *json = given->value.type == jbvNull ? NULL : readers[given->member->type] (given);

	if (json == NULL)
		return;
	if (normal->json != NULL && strcmp(normal->json, json) != 0)
		raise_wrong(given, psprintf("and %s.%s are two names of one member, but differ",
									given->brand->key, normal->spelling));
	normal->spelling = given->spelling;
	normal->json = json;
}

static void
read_members(const Brand *brand, Jsonb *metadata, Datum acs_system_id, Normal *normals)
{
	JsonbIterator *iterator;
	JsonbIteratorToken token;
	JsonbValue	key;

	if (!JB_ROOT_IS_OBJECT(metadata))
		raise_rule(RULE_INVALID_METADATA, "%s is not an object.", brand->key);
	iterator = JsonbIteratorInit(&metadata->root);
	while ((token = JsonbIteratorNext(&iterator, &key, true)) != WJB_DONE)
	{
		Given		given;

		if (token != WJB_KEY)
			continue;
		given = find_member(brand, string_of(&key));
		given.acs_system_id = acs_system_id;
		JsonbIteratorNext(&iterator, &given.value, true);
		read_member(&given, &normals[given.member - brand->members]);
	}
}

/* True, or not empty. */
static bool
is_set(const Brand *brand, const Normal *normals, const char *name)
{
	const char *json = normals[find_member(brand, name).member - brand->members].json;

	return json != NULL && strcmp(json, "false") != 0 && strcmp(json, "[]") != 0;
}

static void
check_exclusions(const Brand *brand, const Normal *normals)
{
	for (const char *const (*pair)[2] = brand->exclusions; (*pair)[0] != NULL; pair++)
	{
		if (is_set(brand, normals, (*pair)[0]) && is_set(brand, normals, (*pair)[1]))
			raise_rule(RULE_INVALID_METADATA, "%s.%s and %s.%s exclude each other.",
					   brand->key, (*pair)[0], brand->key, (*pair)[1]);
	}
}

static void
append_key(StringInfo json, const char *key)
{
	if (json->data[json->len - 1] != '{')
		appendStringInfoString(json, ", ");
	escape_json(json, key);
	appendStringInfoString(json, ": ");
}

static void
append_members(StringInfo all, const Brand *brand, const Normal *normals)
{
	append_key(all, brand->key);
	appendStringInfoChar(all, '{');
	for (int i = 0; brand->members[i].spellings[0] != NULL; i++)
	{
		const Member *member = &brand->members[i];

		if (normals[i].json != NULL)
		{
			append_key(all, member->spellings[0]);
			appendStringInfoString(all, normals[i].json);
		}
		else if (member->default_value != NULL)
		{
			append_key(all, member->spellings[0]);
			escape_json(all, member->default_value);
		}
	}
	appendStringInfoChar(all, '}');
}

/* ---------- arguments ---------- */

static bool
is_given(NullableDatum argument)
{
	JsonbValue	value;

	return !argument.isnull &&
		!(JsonbExtractScalar(&DatumGetJsonbP(argument.value)->root, &value) && value.type == jbvNull);
}

void
metadata_note_keys(const NullableDatum *args, CredentialRequest *request)
{
	request->n_metadata_keys = 0;
	for (int i = 0; i < N_METADATA_KEYS; i++)
	{
		if (is_given(args[i]))
			request->metadata_keys[request->n_metadata_keys++] = metadata_brands[i].key;
	}
}

/* Only Visionline's had them. */
NullableDatum
metadata_entrances(const NullableDatum *args, NullableDatum entrances)
{
	Jsonb	   *metadata;
	Given		given;
	Datum	   *ids;
	int			count;

	if (args[0].isnull)
		return entrances;
	metadata = DatumGetJsonbP(args[0].value);
	given = find_member(&metadata_brands[0], "allowed_entrance_ids");
	if (!JB_ROOT_IS_OBJECT(metadata) ||
		!getKeyJsonValueFromContainer(&metadata->root, given.spelling, strlen(given.spelling), &given.value) ||
		given.value.type == jbvNull)
		return entrances;
	if (!entrances.isnull && ARR_NDIM(DatumGetArrayTypeP(entrances.value)) > 0)
		raise_wrong(&given, "is an older name of allowed_acs_entrance_ids, which is given, too");
	ids = uuids_of(&given, &count);
	return DATUM(uuid_array(ids, count));
}

NullableDatum
metadata_normalized(const NullableDatum *args, Datum acs_system_id)
{
	StringInfoData all;

	initStringInfo(&all);
	appendStringInfoChar(&all, '{');
	for (int i = 0; i < N_METADATA_KEYS; i++)
	{
		Normal		normals[MAX_MEMBERS] = {{0}};

		if (!is_given(args[i]))
			continue;
		read_members(&metadata_brands[i], DatumGetJsonbP(args[i].value), acs_system_id, normals);
		check_exclusions(&metadata_brands[i], normals);
		append_members(&all, &metadata_brands[i], normals);
	}
	if (all.len == 1)
		return NO_DATUM;
	appendStringInfoChar(&all, '}');
	return DATUM(DirectFunctionCall1(jsonb_in, CStringGetDatum(all.data)));
}
