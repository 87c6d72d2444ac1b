/*
 * user_mapping.h
 *		A row of an application's own table as a user: which column is what.
 */
#ifndef STORE_USER_MAPPING_H
#define STORE_USER_MAPPING_H

#include "commands/trigger.h"
#include "executor/tuptable.h"
#include "utils/relcache.h"

#include "store/tables.h"

/*
 * Properties that a column can be mapped to, in the order of the parameters of
 * the statement user_follow_insert; 1 << property stands for it in a set.
 */
typedef enum Property
{
	PROPERTY_USER_ID,
	PROPERTY_SYSTEM_ID,
	PROPERTY_IDENTITY_ID,
	PROPERTY_FULL_NAME,
	PROPERTY_EMAIL_ADDRESS,
	PROPERTY_PHONE_NUMBER,
	PROPERTY_SUSPENDED,
	PROPERTY_ACCESS_STARTS_AT,
	PROPERTY_ACCESS_ENDS_AT,
	PROPERTY_COUNT
} Property;

typedef struct Mapping
{
	int			column[PROPERTY_COUNT]; /* attribute number, or 0 */
	bool		suspended_is_active;	/* the column holds the opposite */
	bool		delete_on_truncate;
} Mapping;

/* What the trigger's arguments say of the table. */
extern Mapping mapping_of_trigger(const Trigger *trigger, Relation relation);

/* Of a row, as the property's type. */
extern NullableDatum mapped_value(TupleTableSlot *row, const Mapping *mapping, Property property);

/* All properties of a user, in their order; error if there is no id or name. */
extern void mapped_user(TupleTableSlot *row, const Mapping *mapping, NullableDatum *params);

/* Is it mapped to a column without a time zone, whose meaning depends on the system? */
extern bool is_wall_clock(TupleTableSlot *row, const Mapping *mapping, Property property);

/* The system that a row names; error if the session's workspace has none. */
extern void find_mapped_system(NullableDatum acs_system_id, Row *system);

#endif							/* STORE_USER_MAPPING_H */
