/*
 * credential_write.c
 *		Writing credentials, in turn with others who write the same identifier.
 */
#include "postgres.h"

#include "compat.h"
#include "store/credential_write.h"
#include "store/identifier.h"
#include "store/system_types.h"

static Window
window_of_columns(const NullableDatum *columns)
{
	return effective_window(columns[CREDENTIAL_VALID_FROM], columns[CREDENTIAL_ENDS_AT], columns[CREDENTIAL_USED_UP_AT]);
}

Window
credential_effective_window(const Row *row)
{
	return window_of_columns(row->columns);
}

static Identifier
identifier_of_columns(const NullableDatum *columns)
{
	return (Identifier)
	{
		columns[CREDENTIAL_SYSTEM].value,
			columns[CREDENTIAL_ACCESS_METHOD].value,
			columns[CREDENTIAL_IDENTIFIER].value
	};
}

void
credential_insert(NullableDatum *columns, LOCKTAG *turn, Row *row)
{
	LOCKTAG		own_turn;

	derive_columns(columns, true);
	if (turn == NULL && !columns[CREDENTIAL_IDENTIFIER].isnull)
	{
		Identifier	identity = identifier_of_columns(columns);

		if (identifier_take_turn(&identity, window_of_columns(columns), NULL, &own_turn))
			turn = &own_turn;
	}
	insert_row(TABLE_CREDENTIALS, columns, turn, row);
	identifier_written();
	card_number_format_written();
}

/* Columns whose change cannot be HOT, so that it is checked for overlaps. */
static bool
is_indexed(int column)
{
	return column == CREDENTIAL_USER || column == CREDENTIAL_CODE ||
		column == CREDENTIAL_CARD_NUMBER || column == CREDENTIAL_STARTS_AT;
}

/*
 * Nobody waits who only takes something away: to disable a credential or to end
 * it earlier is no time to wait for others.
 */
static bool
needs_turn(const Row *row, const NullableDatum *new_columns, const Change *changes, int n)
{
	if (new_columns[CREDENTIAL_IDENTIFIER].isnull)
		return false;
	for (int i = 0; i < n; i++)
	{
		if (is_indexed(changes[i].column))
			return true;
	}
	return !window_covers(window_of_columns(row->columns), window_of_columns(new_columns));
}

void
credential_change(Row *row, const Change *changes, int n, LOCKTAG *turn)
{
	NullableDatum columns[N_CREDENTIAL_COLUMNS];
	LOCKTAG		own_turn;

	memcpy(columns, row->columns, sizeof(columns));
	for (int i = 0; i < n; i++)
		columns[changes[i].column] = changes[i].value;
	derive_columns(columns, false);
	if (turn == NULL && needs_turn(row, columns, changes, n))
	{
		Identifier	identity = identifier_of_columns(columns);

		if (identifier_take_turn(&identity, window_of_columns(columns), row, &own_turn))
			turn = &own_turn;
	}
	if (!update_row(row, changes, n, turn))
		raise_not_stored(TABLE_CREDENTIALS);
	identifier_written();
	card_number_format_written();
}
