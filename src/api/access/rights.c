/*
 * rights.c
 *		A credential at an entrance: what the tables say of its rights there.
 *
 * By its own list, or by a group of its user.  One path that always holds makes
 * others needless.  The place's clocks and holidays are read only for a
 * schedule.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/array.h"

#include "api/access/rights.h"
#include "api/rows.h"
#include "ids.h"
#include "store/schedules.h"
#include "store/values.h"

/* ---------- the door ---------- */

static const Schedule *
schedule_of(NullableDatum stored)
{
	Schedule   *schedule;

	if (stored.isnull)
		return NULL;
	schedule = palloc(sizeof(Schedule));
	schedule_from_datum(stored.value, schedule);
	return schedule;
}

static ModeWindow
mode_of(NullableDatum mode, NullableDatum until)
{
	return (ModeWindow)
	{
		enum_position(&entrance_modes, DatumGetObjectId(mode.value)),
			until.isnull ? NEVER_ENDS : DatumGetTimestampTz(until.value)
	};
}

void
read_place(NullableDatum acs_entrance_id, Sight sight, Place *place)
{
	const Row  *entrance = &place->entrance;
	const Row  *system = &place->system;

	get_row(ENTRANCE_BY_ID, acs_entrance_id, sight, RULE_ACS_ENTRANCE_NOT_FOUND, &place->entrance);
	get_row(SYSTEM_BY_ID, entrance->columns[ENTRANCE_SYSTEM], sight, RULE_ACS_SYSTEM_NOT_FOUND, &place->system);
	place->door.entrance = mode_of(entrance->columns[ENTRANCE_MODE], entrance->columns[ENTRANCE_MODE_UNTIL]);
	place->door.system = mode_of(system->columns[SYSTEM_MODE], system->columns[SYSTEM_MODE_UNTIL]);
	place->door.unlock_schedule = schedule_of(entrance->columns[ENTRANCE_UNLOCK_SCHEDULE]);
}

/* ---------- a copy and its parent ---------- */

bool
find_mobile_key(Datum acs_credential_id, Sight sight, const Row *entrance, Row *key)
{
	return find_row(CREDENTIAL_BY_ID, &acs_credential_id, sight, key) &&
		access_method_from_datum(row_datum(key, CREDENTIAL_ACCESS_METHOD)) == METHOD_MOBILE_KEY &&
		is_same_id(key->columns[CREDENTIAL_SYSTEM], entrance->columns[ENTRANCE_SYSTEM]);
}

bool
find_parent(Sight sight, const Row *entrance, Presented *presented)
{
	const Row  *copy = &presented->credential;

	presented->is_copy = !row_is_null(copy, CREDENTIAL_PARENT);
	return !presented->is_copy ||
		(find_mobile_key(row_datum(copy, CREDENTIAL_PARENT), sight, entrance, &presented->parent) &&
		 row_is_null(&presented->parent, CREDENTIAL_PARENT));
}

/*
 * Whose rights count: a copy on a phone opens only what the credential opens of
 * which it is a copy.
 */
static const Row *
rights_holder(const Presented *presented)
{
	return presented->is_copy ? &presented->parent : &presented->credential;
}

/* ---------- paths ---------- */

static bool
is_always(const Hours *hours)
{
	return hours->schedule == NULL && hours->window.starts_at == ALWAYS_BEGUN && hours->window.ends_at == NEVER_ENDS;
}

/* By the credential's own list. */
static bool
allows_entrance(const Row *holder, Datum acs_entrance_id, Sight sight)
{
	Datum		key[2] = {row_datum(holder, CREDENTIAL_ID), acs_entrance_id};

	return find_row(CREDENTIAL_ENTRANCE_BY_ID, key, sight, NULL);
}

/* By a group of the user; false if it has not the entrance. */
static bool
read_group_path(const Row *membership, Datum acs_entrance_id, Sight sight, Path *path)
{
	Datum		key[2] = {row_datum(membership, GROUP_USER_GROUP), acs_entrance_id};
	Row			group;

	if (!find_row(GROUP_ENTRANCE_BY_ID, key, sight, NULL) || !find_row(GROUP_BY_ID, key, sight, &group))
		return false;
	path->hours.window = window_from_datums(membership->columns[GROUP_USER_STARTS_AT], membership->columns[GROUP_USER_ENDS_AT]);
	path->hours.schedule = schedule_of(group.columns[GROUP_SCHEDULE]);
	path->enters_when_locked = row_is_true(&group, GROUP_ENTERS_WHEN_LOCKED);
	return true;
}

/* While the door may be locked, only some of them count. */
static bool
is_enough(const Path *path, const Door *door)
{
	return is_always(&path->hours) && (path->enters_when_locked || !door_may_be_locked(door));
}

static void
read_group_paths(Datum acs_entrance_id, Sight sight, Rights *rights, Path *paths, List *memberships)
{
	ListCell   *cell;

	foreach(cell, memberships)
	{
		Path	   *path = &paths[rights->n_paths];

		CHECK_FOR_INTERRUPTS();
		if (!read_group_path(lfirst(cell), acs_entrance_id, sight, path))
			continue;
		rights->n_paths++;
		if (is_enough(path, &rights->door))
			break;
	}
}

static void
read_paths(const Row *holder, Datum acs_entrance_id, Sight sight, Rights *rights)
{
	static const Path own = {ALWAYS};
	List	   *memberships;
	Path	   *paths;

	rights->paths = &own;
	rights->n_paths = allows_entrance(holder, acs_entrance_id, sight) ? 1 : 0;
	if (row_is_null(holder, CREDENTIAL_USER) || (rights->n_paths == 1 && is_enough(&own, &rights->door)))
		return;
	memberships = find_rows(GROUP_USERS_BY_USER, &row_datum(holder, CREDENTIAL_USER), sight);
	rights->paths = paths = palloc(sizeof(Path) * (list_length(memberships) + 1));
	paths[0] = own;
	read_group_paths(acs_entrance_id, sight, rights, paths, memberships);
}

/* ---------- the credential and its user ---------- */

static Hours
hours_of(const Row *credential)
{
	return (Hours)
	{
		window_from_datums(credential->columns[CREDENTIAL_VALID_FROM], credential->columns[CREDENTIAL_ENDS_AT]),
			schedule_of(credential->columns[CREDENTIAL_SCHEDULE])
	};
}

static bool
is_disabled(const Row *credential)
{
	ArrayType  *reasons = DatumGetArrayTypeP(row_datum(credential, CREDENTIAL_DISABLE_REASONS));

	return ArrayGetNItems(ARR_NDIM(reasons), ARR_DIMS(reasons)) > 0;
}

static void
read_credential(const Presented *presented, AccessFacts *facts)
{
	const Row  *credential = &presented->credential;
	const Row  *holder = rights_holder(presented);

	facts->is_assigned = !row_is_null(holder, CREDENTIAL_USER) &&
		is_same_id(credential->columns[CREDENTIAL_USER], holder->columns[CREDENTIAL_USER]);
	facts->is_disabled = is_disabled(credential) || is_disabled(holder);
	facts->is_used_up = !row_is_null(credential, CREDENTIAL_USED_UP_AT) || !row_is_null(holder, CREDENTIAL_USED_UP_AT);
	facts->awaits_issue = row_is_false(credential, CREDENTIAL_IS_ISSUED) || row_is_false(holder, CREDENTIAL_IS_ISSUED);
}

static void
read_user(Datum acs_user_id, Sight sight, Rights *rights, AccessFacts *facts)
{
	Row			user;

	if (!find_row(USER_BY_ID, &acs_user_id, sight, &user))
		return;
	facts->user_is_suspended = row_is_true(&user, USER_IS_SUSPENDED);
	rights->user = window_from_datums(user.columns[USER_ACCESS_STARTS_AT], user.columns[USER_ACCESS_ENDS_AT]);
}

/* ---------- the place ---------- */

static void
heed_schedule(const Schedule *schedule, bool *any, bool *any_holidays)
{
	if (schedule == NULL)
		return;
	*any = true;
	*any_holidays = *any_holidays || schedule->has_holidays;
}

static const Calendar *
calendar_of(const Place *place, const Rights *rights, Sight sight)
{
	bool		any = false;
	bool		any_holidays = false;

	heed_schedule(rights->door.unlock_schedule, &any, &any_holidays);
	heed_schedule(rights->credential.schedule, &any, &any_holidays);
	heed_schedule(rights->parent.schedule, &any, &any_holidays);
	for (int i = 0; i < rights->n_paths; i++)
		heed_schedule(rights->paths[i].hours.schedule, &any, &any_holidays);
	return any ? &schedule_place_of(&place->system, any_holidays, sight)->calendar : NULL;
}

void
read_rights_of_nobody(const Place *place, Sight sight, Rights *rights)
{
	*rights = (Rights) {place->door, ALWAYS, ALWAYS, {ALWAYS_BEGUN, NEVER_ENDS}, 0, NULL, NULL};
	rights->calendar = calendar_of(place, rights, sight);
}

void
read_rights(const Place *place, Sight sight, Presented *presented, AccessFacts *facts)
{
	const Row  *holder = rights_holder(presented);
	Rights	   *rights = &presented->rights;

	read_credential(presented, facts);
	rights->door = place->door;
	rights->credential = hours_of(&presented->credential);
	rights->parent = presented->is_copy ? hours_of(holder) : (Hours) ALWAYS;
	rights->user = (Window) {ALWAYS_BEGUN, NEVER_ENDS};
	if (facts->is_assigned)
		read_user(row_datum(holder, CREDENTIAL_USER), sight, rights, facts);
	read_paths(holder, row_datum(&place->entrance, ENTRANCE_ID), sight, rights);
	rights->calendar = calendar_of(place, rights, sight);
}
