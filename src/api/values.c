/*
 * values.c
 *		Between SQL values and those of src/domain/.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_enum.h"
#include "utils/builtins.h"
#include "utils/syscache.h"
#include "utils/timestamp.h"

#include "api/values.h"

const char *const access_method_labels[METHOD_COUNT] = {
	[METHOD_CODE] = "code",
	[METHOD_CARD] = "card",
	[METHOD_MOBILE_KEY] = "mobile_key",
};

/*
 * Position of an enum value's label in a list.  By label and not by OID,
 * because OIDs differ from database to database.
 */
int
enum_position(Oid value, const char *const *labels, int count)
{
	HeapTuple	tuple = SearchSysCache1(ENUMOID, ObjectIdGetDatum(value));
	int			position;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for enum value %u", value);
	for (position = 0; position < count; position++)
	{
		if (strcmp(NameStr(((Form_pg_enum) GETSTRUCT(tuple))->enumlabel),
				   labels[position]) == 0)
			break;
	}
	ReleaseSysCache(tuple);
	if (position == count)
		elog(ERROR, "enum value %u is unknown to this version of the library", value);
	return position;
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

AccessMethod
access_method_from_datum(Datum value)
{
	return (AccessMethod) enum_position(DatumGetObjectId(value),
										access_method_labels, METHOD_COUNT);
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
