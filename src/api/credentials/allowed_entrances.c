/*
 * allowed_entrances.c
 *		The entrances that a credential names of its own.
 *
 * Whoever changes the list of a stored credential has locked the credential, so that
 * what is committed by now is the list, whatever the transaction can see.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "api/credentials/allowed_entrances.h"
#include "api/rows.h"
#include "store/values.h"

/* All that are committed by now: at REPEATABLE READ, the snapshot may be older than the lock. */
static List *
allowed_entrances(const Row *credential)
{
	return find_rows(CREDENTIAL_ENTRANCES_BY_CREDENTIAL, &row_datum(credential, CREDENTIAL_ID), LATEST_SIGHT);
}

size_t
count_allowed_entrances(const Row *credential)
{
	return list_length(allowed_entrances(credential));
}

void
add_allowed_entrances(const Row *credential, const Datum *ids, size_t n)
{
	NullableDatum now = now_datum();

	for (size_t i = 0; i < n; i++)
	{
		NullableDatum columns[N_CREDENTIAL_ENTRANCE_COLUMNS] = {
			credential->columns[WORKSPACE], credential->columns[CREDENTIAL_ID], DATUM(ids[i]),
			credential->columns[CREDENTIAL_SYSTEM], now
		};

		CHECK_FOR_INTERRUPTS();
		insert_row(TABLE_CREDENTIAL_ENTRANCES, columns, NULL, NULL);
	}
}

bool
set_allowed_entrances(const Row *credential, const Datum *ids, size_t n)
{
	List	   *present = allowed_entrances(credential);
	Datum	   *missing = palloc(sizeof(Datum) * (n + 1));
	size_t		n_missing = n;
	bool		any_removed = false;
	ListCell   *cell;

	memcpy(missing, ids, sizeof(Datum) * n);
	foreach(cell, present)
	{
		const Row  *row = lfirst(cell);
		Datum	   *wanted = find_id(row_datum(row, CREDENTIAL_ENTRANCE_ENTRANCE), missing, n_missing);

		CHECK_FOR_INTERRUPTS();
		if (wanted == NULL)
			any_removed |= delete_row(row);
		else
			memmove(wanted, wanted + 1, sizeof(Datum) * (missing + --n_missing - wanted));
	}
	add_allowed_entrances(credential, missing, n_missing);
	return any_removed || n_missing > 0;
}
