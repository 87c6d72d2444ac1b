/*
 * references.c
 *		What a call refers to has to exist: systems, entrances, names.
 */
#include "postgres.h"

#include "catalog/pg_type_d.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/uuid.h"

#include "api/holder.h"
#include "api/references.h"
#include "api/rows.h"
#include "errors.h"
#include "ids.h"
#include "store/values.h"

/* ---------- lists of entrances ---------- */

/* Sorted, so that whoever locks several does so in one order. */
static void
sort_different(Datum *ids, int n)
{
	sort_ids(ids, n);
	for (int i = 1; i < n; i++)
	{
		if (is_same_id(DATUM(ids[i - 1]), DATUM(ids[i])))
			raise_rule(RULE_INVALID_ENTRANCES, "Entrance %s is repeated.", id_text(ids[i]));
	}
}

Datum *
entrances_from_arg(NullableDatum argument, size_t *count)
{
	ArrayType  *array;
	Datum	   *ids;
	int			n;

	*count = 0;
	if (argument.isnull)
		return NULL;
	array = DatumGetArrayTypeP(argument.value);
	if (ARR_NDIM(array) > 1 || array_contains_nulls(array))
		raise_rule(RULE_INVALID_ENTRANCES, NULL);
	deconstruct_array(array, UUIDOID, UUID_LEN, false, TYPALIGN_CHAR, &ids, NULL, &n);
	sort_different(ids, n);
	*count = n;
	return ids;
}

static unsigned
methods_taken(const Row *entrance)
{
	unsigned	methods = 0;

	for (int method = 0; method < METHOD_COUNT; method++)
	{
		if (row_is_true(entrance, ENTRANCE_TAKES_CODE + method))
			methods |= 1u << method;
	}
	return methods;
}

unsigned
require_entrances(const Datum *ids, size_t n, Datum acs_system_id)
{
	unsigned	methods = 0;
	Row			entrance;

	for (size_t i = 0; i < n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (!find_row_and_lock(ENTRANCE_BY_ID, &ids[i], FRESH_SIGHT, LockTupleKeyShare, &entrance))
			raise_rule(RULE_ACS_ENTRANCE_NOT_FOUND, "The entrance is %s.", id_text(ids[i]));
		if (!is_same_id(entrance.columns[ENTRANCE_SYSTEM], DATUM(acs_system_id)))
			raise_rule(RULE_ENTRANCE_IN_OTHER_SYSTEM, "The entrance is %s.", id_text(ids[i]));
		methods |= methods_taken(&entrance);
	}
	return methods;
}

void
require_credential_manager(Datum acs_system_id)
{
	Row			system;
	Row			type;

	find_system(acs_system_id, FRESH_SIGHT, &system, &type);
	if (!row_is_true(&type, TYPE_IS_CREDENTIAL_MANAGER))
		raise_rule(RULE_NOT_A_CREDENTIAL_MANAGER, "The system is %s.", id_text(acs_system_id));
}

void
require_name(NullableDatum name, const char *argument)
{
	if (is_blank(name))
		raise_rule(RULE_INVALID_NAME, "It is given as %s.", argument);
}

void
require_new_name(NullableDatum name, const char *argument)
{
	if (!name.isnull)
		require_name(name, argument);
}

void
require_system(NullableDatum acs_system_id)
{
	Row			system;

	get_row(SYSTEM_BY_ID, acs_system_id, FRESH_SIGHT, RULE_ACS_SYSTEM_NOT_FOUND, &system);
}
