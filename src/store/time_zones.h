/*
 * time_zones.h
 *		The time zone of a system: its name, and wall-clock times there as instants.
 */
#ifndef STORE_TIME_ZONES_H
#define STORE_TIME_ZONES_H

#include "pgtime.h"
#include "utils/date.h"

#include "store/tables.h"

/* The zone of a name of the IANA database, of type text; error invalid_time_zone. */
extern pg_tz *require_time_zone(NullableDatum name);

/* The zone of a row of acs_systems; error invalid_time_zone if the server does not know it. */
extern pg_tz *time_zone_of(const Row *system);

/* When a clock in the zone shows it; an infinity stays one. */
extern TimestampTz instant_in_zone(Timestamp wall_clock, pg_tz *zone);

/* The first instant of a day in the zone. */
extern TimestampTz start_of_day(DateADT day, pg_tz *zone);

#endif							/* STORE_TIME_ZONES_H */
