/*
 * values.c
 *		Between SQL values and those of src/domain/.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_enum.h"
#include "utils/builtins.h"
#include "utils/inval.h"
#include "utils/syscache.h"
#include "utils/timestamp.h"

#include "store/statements.h"
#include "store/values.h"

OwnEnum		access_methods = {
	"acs_access_method", {
		[METHOD_CODE] = "code",
		[METHOD_CARD] = "card",
		[METHOD_MOBILE_KEY] = "mobile_key",
	}
};

OwnEnum		entrance_modes = {
	"acs_entrance_mode", {
		[DOOR_CONTROLLED] = "controlled",
		[DOOR_LOCKED] = "locked",
		[DOOR_UNLOCKED] = "unlocked",
	}
};

static uint64 enums_generation = 1;

/* Another extension of the same name, or a label that was renamed. */
static void
enums_changed(Datum arg pg_attribute_unused(), int cacheid pg_attribute_unused(),
			  uint32 hashvalue pg_attribute_unused())
{
	enums_generation++;
}

static void
forget_old_values(OwnEnum *type)
{
	static bool registered = false;

	if (!registered)
	{
		CacheRegisterSyscacheCallback(ENUMOID, enums_changed, (Datum) 0);
		registered = true;
	}
	if (type->generation != enums_generation)
		memset(type->values, 0, sizeof(type->values));
	type->generation = enums_generation;
}

static int
label_position(const OwnEnum *type, Oid value)
{
	HeapTuple	tuple = SearchSysCache1(ENUMOID, ObjectIdGetDatum(value));
	int			position = 0;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for enum value %u", value);
	while (type->labels[position] != NULL &&
		   strcmp(NameStr(((Form_pg_enum) GETSTRUCT(tuple))->enumlabel), type->labels[position]) != 0)
		position++;
	ReleaseSysCache(tuple);
	if (type->labels[position] == NULL)
		elog(ERROR, "value %u of enum \"%s\" is unknown to this version of the library", value, type->type);
	return position;
}

int
enum_position(OwnEnum *type, Oid value)
{
	int			position;

	forget_old_values(type);
	for (position = 0; position < MAX_LABELS; position++)
	{
		if (type->values[position] == value)
			return position;
	}
	position = label_position(type, value);
	type->values[position] = value;
	return position;
}

Datum
enum_datum(OwnEnum *type, int position)
{
	forget_old_values(type);
	if (!OidIsValid(type->values[position]))
		type->values[position] = enum_value(store_type(type->type), type->labels[position]);
	return ObjectIdGetDatum(type->values[position]);
}

Oid
enum_value(Oid enum_type, const char *label)
{
	NameData	name;
	Oid			value;

	namestrcpy(&name, label);
	value = GetSysCacheOid2(ENUMTYPOIDNAME, Anum_pg_enum_oid,
							ObjectIdGetDatum(enum_type), NameGetDatum(&name));
	if (!OidIsValid(value))
		elog(ERROR, "enum type %u has no value \"%s\"", enum_type, label);
	return value;
}

NullableDatum
now_datum(void)
{
	return DATUM(TimestampTzGetDatum(GetCurrentTimestamp()));
}

bool
is_blank(NullableDatum value)
{
	const char *c = value.isnull ? "" : TextDatumGetCString(value.value);

	return c[strspn(c, " \t\n\v\f\r")] == '\0';
}

/* A null bound is unbounded, as is the infinity on its side. */
Window
window_from_datums(NullableDatum starts_at, NullableDatum ends_at)
{
	Window		window;

	StaticAssertStmt(DT_NOBEGIN == ALWAYS_BEGUN && DT_NOEND == NEVER_ENDS,
					 "the server's infinities are those of src/domain/validity.h");
	window.starts_at = starts_at.isnull ? ALWAYS_BEGUN : DatumGetTimestampTz(starts_at.value);
	window.ends_at = ends_at.isnull ? NEVER_ENDS : DatumGetTimestampTz(ends_at.value);
	return window;
}

Window
effective_window(NullableDatum valid_from, NullableDatum ends_at, NullableDatum used_up_at)
{
	Window		window = window_from_datums(valid_from, ends_at);

	if (!used_up_at.isnull)
		window.ends_at = Min(window.ends_at, DatumGetTimestampTz(used_up_at.value));
	return window;
}

/* The window in two successive arguments. */
Window
window_from_args(FunctionCallInfo fcinfo, int first)
{
	return window_from_datums(fcinfo->args[first], fcinfo->args[first + 1]);
}

NullableDatum
window_start_datum(Window window)
{
	NullableDatum start = {TimestampTzGetDatum(window.starts_at),
	window.starts_at == ALWAYS_BEGUN};

	return start;
}

NullableDatum
window_end_datum(Window window)
{
	NullableDatum end = {TimestampTzGetDatum(window.ends_at),
	window.ends_at == NEVER_ENDS};

	return end;
}
