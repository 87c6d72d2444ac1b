/*
 * limits.c
 *		How many credentials a user may have, and how often one may be used.
 *
 * Two sessions that each see room for one more must not both take it.  So
 * whoever takes some locks the user first, and then counts what is committed
 * by now, whatever the isolation level: it is what the one before has left.
 * Only where the type has a limit, as everybody else need not wait.
 *
 * An expired credential counts until it is deleted: Salto Space wants the old
 * card's credential deleted before the new one is made.
 */
#include "postgres.h"

#include "utils/builtins.h"

#include "api/credentials/limits.h"
#include "api/rows.h"
#include "errors.h"
#include "ids.h"
#include "store/values.h"

static int64
count_credentials(const Holder *holder, AccessMethod method)
{
	Rows		rows = statement_run_at_latest(STMT_CREDENTIALS_OF_USER, (NullableDatum[])
	{
		DATUM(holder->acs_system_id), holder->acs_user_id, DATUM(enum_datum(&access_methods, method))
	});

	return DatumGetInt64(row_get(rows, 0, 1).value);
}

void
require_room(const Holder *holder, AccessMethod method)
{
	unsigned	limit = holder->policy.max_per_user[method];
	Row			user;

	if (limit == 0)
		return;
	/* against others who do the same, but not against those who only refer to the user */
	if (!find_row_and_lock(USER_BY_ID, &holder->acs_user_id.value, LATEST_SIGHT, LockTupleNoKeyExclusive, &user))
		raise_rule(RULE_ACS_USER_NOT_FOUND, "The id is %s.", id_text(holder->acs_user_id.value));
	if (count_credentials(holder, method) >= limit)
		raise_rule(RULE_CREDENTIAL_LIMIT, "System type \"%s\" allows each user %u of access method \"%s\".",
				   TextDatumGetCString(holder->system_type), limit, access_method_label(method));
}

NullableDatum
max_uses_from_arg(NullableDatum argument)
{
	return argument.isnull || DatumGetInt32(argument.value) == 0 ? NO_DATUM : argument;
}
