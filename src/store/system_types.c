/*
 * system_types.c
 *		What a system's type says of its cards, and the guards of both.
 *
 * What a card is known by follows from the format of its number, which is that of
 * its system's type.  So the format stays as it is while there are cards.  Whoever
 * stores a card locks its system FOR KEY SHARE before the format is read, and keeps
 * the lock.  Whoever changes the format, that of a type or that of a system by giving
 * it another type, locks the systems FOR UPDATE before he looks for cards.  Of two
 * at once one has ended before the other looks.
 */
#include "postgres.h"

#include "access/xact.h"
#include "utils/builtins.h"
#include "utils/rel.h"
#include "utils/uuid.h"

#include "compat.h"
#include "errors.h"
#include "ids.h"
#include "store/slots.h"
#include "store/system_types.h"
#include "store/trigger_table.h"

/* ---------- the format ---------- */

/* Values of card_number_format; null is any. */
static const struct
{
	const char *name;
	CardNumberFormat format;
}			formats[] = {
	{"hex", CARD_NUMBER_HEX},
	{"decimal", CARD_NUMBER_DECIMAL},
	{"wiegand26", CARD_NUMBER_WIEGAND26},
};

static CardNumberFormat
format_from_datum(NullableDatum value)
{
	const char *name = value.isnull ? NULL : TextDatumGetCString(value.value);

	if (name == NULL)
		return CARD_NUMBER_ANY;
	for (size_t i = 0; i < lengthof(formats); i++)
	{
		if (strcmp(name, formats[i].name) == 0)
			return formats[i].format;
	}
	elog(ERROR, "format of card numbers \"%s\" is unknown to this version of the library", name);
}

CardNumberFormat
card_number_format_of(const Row *type)
{
	return format_from_datum(type->columns[TYPE_CARD_NUMBER_FORMAT]);
}

static CardNumberFormat
format_in_system(const pg_uuid_t *workspace, const Row *system, Sight sight)
{
	Row			type;

	if (!find_row_in(workspace, SYSTEM_TYPE_BY_ID, &row_datum(system, SYSTEM_TYPE), sight, &type))
		return CARD_NUMBER_ANY;
	return card_number_format_of(&type);
}

CardNumberFormat
system_card_number_format(const pg_uuid_t *workspace, Datum acs_system_id, Sight sight)
{
	Row			system;

	if (!find_row_in(workspace, SYSTEM_BY_ID, &acs_system_id, sight, &system))
		return CARD_NUMBER_ANY;
	return format_in_system(workspace, &system, sight);
}

CardNumberFormat
keep_card_number_format(const pg_uuid_t *workspace, Datum acs_system_id)
{
	Row			system;

	if (!find_row_in_and_lock(workspace, SYSTEM_BY_ID, &acs_system_id, LATEST_SIGHT, LockTupleKeyShare, &system))
		return CARD_NUMBER_ANY;
	return format_in_system(workspace, &system, LATEST_SIGHT);
}

/* ---------- at hand ---------- */

/*
 * In which subtransaction a function writes a card of which system.  An error leaves
 * it as it is, and that subtransaction is over.
 */
static struct
{
	LocalTransactionId transaction;
	SubTransactionId subtransaction;
	pg_uuid_t	workspace;
	pg_uuid_t	system;
	CardNumberFormat format;
}			at_hand;

void
card_number_format_at_hand(const pg_uuid_t *workspace, Datum acs_system_id, CardNumberFormat format)
{
	at_hand.transaction = my_local_transaction_id();
	at_hand.subtransaction = GetCurrentSubTransactionId();
	at_hand.workspace = *workspace;
	at_hand.system = *DatumGetUUIDP(acs_system_id);
	at_hand.format = format;
}

void
card_number_format_written(void)
{
	at_hand.subtransaction = InvalidSubTransactionId;
}

bool
find_card_number_format_at_hand(const pg_uuid_t *workspace, Datum acs_system_id, CardNumberFormat *format)
{
	*format = at_hand.format;
	return at_hand.subtransaction == GetCurrentSubTransactionId() &&
		at_hand.transaction == my_local_transaction_id() &&
		memcmp(&at_hand.workspace, workspace, UUID_LEN) == 0 &&
		memcmp(&at_hand.system, DatumGetUUIDP(acs_system_id), UUID_LEN) == 0;
}

/* ---------- the guard of the format ---------- */

/* Where a refusal needs no lock, nobody is kept waiting for it. */
static void
require_no_cards(const pg_uuid_t *workspace, StatementId lock, StatementId cards, NullableDatum of, const char *what)
{
	if (statement_run_at_latest_in(workspace, cards, &of).count == 0)
	{
		statement_run_at_latest_in(workspace, lock, &of);
		if (statement_run_at_latest_in(workspace, cards, &of).count == 0)
			return;
	}
	raise_rule(RULE_SYSTEM_TYPE_IN_USE, "There are cards of %s.", what);
}

static void
guard_type(const TriggerTable *table, TriggerData *trigger)
{
	static const pg_uuid_t no_workspace;	/* of every one */
	NullableDatum name = trigger_column(table, trigger->tg_trigslot, TYPE_NAME);

	if (slots_agree(trigger->tg_trigslot, trigger->tg_newslot, table->attnums[TYPE_CARD_NUMBER_FORMAT]))
		return;
	/* a system that comes to the type meanwhile has locked it, by a foreign key or below */
	statement_run_for_all_at_latest(STMT_SYSTEM_TYPE_LOCK, &name);
	require_no_cards(&no_workspace, STMT_SYSTEM_TYPE_LOCK_SYSTEMS, STMT_SYSTEM_TYPE_CARDS, name,
					 psprintf("system type \"%s\"", TextDatumGetCString(name.value)));
}

static NullableDatum
format_in_type(NullableDatum name)
{
	Rows		rows = statement_run_for_all_at_latest(STMT_SYSTEM_TYPE_KEEP, &name);

	return rows.count == 0 ? NO_DATUM : row_get(rows, 0, 1);
}

static void
guard_system(const TriggerTable *table, TriggerData *trigger)
{
	const pg_uuid_t *workspace = DatumGetUUIDP(trigger_column(table, trigger->tg_trigslot, WORKSPACE).value);
	NullableDatum id = trigger_column(table, trigger->tg_trigslot, SYSTEM_ID);
	NullableDatum new_type = trigger_column(table, trigger->tg_newslot, SYSTEM_TYPE);

	if (slots_agree(trigger->tg_trigslot, trigger->tg_newslot, table->attnums[SYSTEM_TYPE]))
		return;
	if (format_from_datum(format_in_type(trigger_column(table, trigger->tg_trigslot, SYSTEM_TYPE))) !=
		format_from_datum(format_in_type(new_type)))
		require_no_cards(workspace, STMT_SYSTEM_LOCK, STMT_SYSTEM_CARDS, id,
						 psprintf("system %s", id_text(id.value)));
}

/*
 * CREATE TRIGGER card_number_format BEFORE UPDATE ON acs_system_types
 *		FOR EACH ROW EXECUTE FUNCTION acs_guard_card_number_format('acs_system_type');
 */
PG_FUNCTION_INFO_V1(acs_guard_card_number_format);
Datum
acs_guard_card_number_format(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;
	bool		is_type;

	require_trigger_of_rows(fcinfo, TRIGGER_EVENT_BEFORE, "acs_guard_card_number_format");
	if (!TRIGGER_FIRED_BY_UPDATE(trigger->tg_event))
		return PointerGetDatum(trigger->tg_trigtuple);
	is_type = is_row_trigger_for(fcinfo, TRIGGER_EVENT_BEFORE, "acs_system_type");
	card_number_format_written();
	store_open(fcinfo);
	if (is_type)
		guard_type(trigger_table(trigger->tg_relation, TABLE_SYSTEM_TYPES), trigger);
	else
		guard_system(trigger_table(trigger->tg_relation, TABLE_SYSTEMS), trigger);
	store_close();
	return PointerGetDatum(trigger->tg_newtuple);
}

/* ---------- built-in types ---------- */

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
