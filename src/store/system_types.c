/*
 * system_types.c
 *		The guard of the system types that come with the extension.
 */
#include "postgres.h"

#include "fmgr.h"

#include "errors.h"

/*
 * CREATE TRIGGER builtin_system_type BEFORE UPDATE OR DELETE ON acs_system_types
 *		FOR EACH ROW WHEN (OLD.is_builtin) EXECUTE FUNCTION acs_builtin_system_type();
 */
PG_FUNCTION_INFO_V1(acs_builtin_system_type);
Datum
acs_builtin_system_type(PG_FUNCTION_ARGS)
{
	raise_rule(RULE_BUILTIN_SYSTEM_TYPE, NULL);
}
