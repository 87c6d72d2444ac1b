/*
 * schedule.c
 *		Schedules: what is read, how it is written, what is open and until when.
 */
#include "domain/schedule.h"

#include "tap.h"

#define MINUTE	INT64_C(60000000)
#define HOUR	(60 * MINUTE)
#define DAY		(24 * HOUR)

/* Minutes of a day. */
#define AT(hour, minute) ((hour) * 60 + (minute))

enum {MO, TU, WE, TH, FR, SA, SU};

/* ---------- what is read, and how it is written ---------- */

static const struct
{
	const char *text;
	const char *canonical;		/* or NULL: the text itself */
}			texts[] = {
	{"Mo-Fr 08:00-18:00; Sa 10:00-14:00; PH off", NULL},
	{"24/7", NULL},
	{"24/7; PH off", NULL},
	{"off", NULL},
	{"Mo-Su 22:00-06:00", NULL},
	{"Mo,We 08:00-12:00,13:00-17:00", NULL},
	{"Mo-Fr 00:00-24:00", NULL},
	{"Mo 23:59-23:58", NULL},
	{"PH 00:00-24:00", NULL},
	{"Sa-Su 10:00-12:00; PH 22:00-02:00", NULL},

	/* days */
	{"22:00-06:00", "Mo-Su 22:00-06:00"},
	{"Fr-Mo 08:00-12:00", "Mo,Fr-Su 08:00-12:00"},
	{"Su-Sa 08:00-12:00", "Mo-Su 08:00-12:00"},
	{"Tu-Mo 08:00-12:00", "Mo-Su 08:00-12:00"},
	{"We,Mo,Tu 08:00-12:00", "Mo-We 08:00-12:00"},
	{"Mo,Mo-We,Mo 08:00-12:00", "Mo-We 08:00-12:00"},
	{"Mo,Tu,Th,Sa,Su 08:00-12:00", "Mo-Tu,Th,Sa-Su 08:00-12:00"},
	{"Mo-Su 00:00-24:00", "24/7"},
	{"00:00-24:00", "24/7"},

	/* later rules replace earlier ones for the days they name */
	{"Mo-Fr 08:00-18:00; We 10:00-12:00", "Mo-Tu,Th-Fr 08:00-18:00; We 10:00-12:00"},
	{"We 10:00-12:00; Mo-Fr 08:00-18:00", "Mo-Fr 08:00-18:00"},
	{"Mo-Fr 08:00-18:00; We off", "Mo-Tu,Th-Fr 08:00-18:00"},
	{"Mo-Fr 08:00-18:00; off", "off"},
	{"off; Mo 08:00-18:00", "Mo 08:00-18:00"},
	{"Mo off; 24/7", "24/7"},
	{"24/7; We 10:00-12:00", "Mo-Tu,Th-Su 00:00-24:00; We 10:00-12:00"},
	{"Mo 08:00-12:00; Tu 09:00-12:00; We 08:00-12:00", "Mo,We 08:00-12:00; Tu 09:00-12:00"},
	{"Sa 08:00-12:00; Mo 08:00-12:00", "Mo,Sa 08:00-12:00"},

	/* holidays */
	{"PH off; Mo-Fr 08:00-18:00", "Mo-Fr 08:00-18:00; PH off"},
	{"PH off; 24/7", "24/7; PH off"},
	{"PH 10:00-12:00; off", "PH 10:00-12:00"},
	{"PH off; PH 10:00-12:00", "PH 10:00-12:00"},
	{"24/7; PH,Su off", "Mo-Sa 00:00-24:00; PH off"},
	{"24/7; Su,PH off", "Mo-Sa 00:00-24:00; PH off"},
	{"Mo-Fr,PH 08:00-18:00", "Mo-Fr 08:00-18:00; PH 08:00-18:00"},
	{"PH,Su off", "off"},
	{"PH off", "off"},
	{"Mo-Su,PH 08:00-18:00", "Mo-Su 08:00-18:00"},
	{"Mo-Su,PH 00:00-24:00", "24/7"},
	{"24/7; PH 00:00-24:00", "24/7"},
	{"24/7; PH 00:00-23:59", NULL},

	/* hours */
	{"Mo 13:00-17:00,08:00-12:00", "Mo 08:00-12:00,13:00-17:00"},
	{"Mo 08:00-12:00,12:00-17:00", "Mo 08:00-17:00"},
	{"Mo 08:00-13:00,12:00-17:00", "Mo 08:00-17:00"},
	{"Mo 08:00-17:00,09:00-10:00", "Mo 08:00-17:00"},
	{"Mo 08:00-12:00,12:01-17:00", NULL},
	{"Mo 22:00-00:00", "Mo 22:00-24:00"},
	{"Mo 22:00-24:00,22:00-02:00", "Mo 22:00-02:00"},
	{"Mo 20:00-01:00,22:00-02:00", "Mo 20:00-02:00"},
	{"Mo 20:00-02:00,22:00-01:00", "Mo 20:00-02:00"},
	{"Mo 20:00-02:00; Tu 20:00-03:00", NULL},
	{"Mo 22:00-02:00,00:00-01:00", "Mo 00:00-01:00,22:00-02:00"},
	{"Mo 00:00-12:00,12:00-00:00", "Mo 00:00-24:00"},
	{"Mo 20:00-24:00; Tu 00:00-02:00", NULL},

	/* 24 hours and more of one day take two spans */
	{"Mo 00:00-24:00,23:00-02:00", "Mo 00:00-24:00,23:59-02:00"},
	{"Mo 06:00-05:00,04:00-06:00", "Mo 04:00-24:00,23:59-05:00"},
	{"Mo 06:00-05:00,23:00-06:00", "Mo 06:00-24:00,23:59-06:00"},
	{"Mo 06:00-05:59", NULL},
	{"Mo 12:00-11:59,23:59-23:58", "Mo 12:00-24:00,23:59-23:58"},
	{"Mo-Su 00:00-24:00,23:59-00:01", NULL},

	/* blanks */
	{"  Mo-Fr   08:00-18:00  ;PH   off ", "Mo-Fr 08:00-18:00; PH off"},
	{"24/7;PH off", "24/7; PH off"},
	{" off", "off"},
	{" 24/7 ", "24/7"},
};

/* The position of the first character that does not fit. */
static const struct
{
	const char *text;
	size_t		bad;
}			misfits[] = {
	{"", 1},
	{" ", 2},
	{";", 1},
	{"Mo", 3},
	{"Mo ", 4},
	{"Mo-Fr", 6},
	{"Mo-Fr; Sa 10:00-12:00", 6},
	{"Mo 08:00-12:00;", 16},
	{"Mo 08:00-12:00; ", 17},
	{"Mo 08:00-12:00;; Tu off", 16},
	{"Mo 08:00-12:00 Tu off", 16},
	{"Mo08:00-12:00", 3},
	{"Mo  :", 5},
	{"mo 08:00-12:00", 1},
	{"MO 08:00-12:00", 2},
	{"Mon 08:00-12:00", 3},
	{"Xx 08:00-12:00", 1},
	{"Mo-Mo 08:00-12:00", 4},
	{"Tu-Tu 08:00-12:00", 5},
	{"Mo, We 08:00-12:00", 4},
	{"Mo - We 08:00-12:00", 4},
	{"Mo,,We 08:00-12:00", 4},
	{"Mo-We-Fr 08:00-12:00", 6},
	{"PH-Mo 08:00-12:00", 3},
	{"Mo-PH 08:00-12:00", 4},
	{"PH Mo 08:00-12:00", 4},
	{"Mo PH 08:00-12:00", 4},
	{"SH 08:00-12:00", 2},
	{"Mo,SH off", 5},
	{"Jan 08:00-12:00", 1},
	{"2026 Mo 08:00-12:00", 3},
	{"Dec 25 off", 1},
	{"week 1-5 Mo 08:00-12:00", 1},
	{"\"by appointment\"", 1},
	{"Mo 08:00-12:00 \"lunch\"", 16},
	{"closed", 1},
	{"open", 2},
	{"of", 3},
	{"offf", 4},
	{"off 08:00-12:00", 5},
	{"Mo off 08:00-12:00", 8},
	{"Mo 08:00-12:00 off", 16},
	{"Mo 08:00-12:00,off", 16},
	{"Mo off,off", 7},
	{"Mo 24/7", 5},
	{"24/7 off", 6},
	{"24/8", 4},
	{"24:00-25:00", 3},
	{"Mo 24:00-02:00", 5},
	{"Mo 25:00-26:00", 5},
	{"Mo 30:00-31:00", 4},
	{"Mo 22:00-26:00", 11},
	{"Mo 22:00-24:01", 14},
	{"Mo 22:00-24:10", 13},
	{"Mo 08:60-12:00", 7},
	{"Mo 8:00-12:00", 4},
	{"Mo 08:0-12:00", 8},
	{"Mo 0800-1200", 6},
	{"Mo 08.00-12.00", 6},
	{"Mo 08:00:00-12:00:00", 9},
	{"Mo 08:00", 9},
	{"Mo 08:00-", 10},
	{"Mo 08:00+", 9},
	{"Mo 08:00 - 12:00", 9},
	{"Mo 08:00-12:00, 13:00-17:00", 16},
	{"Mo 08:00-12:00, We 13:00-17:00", 16},
	{"Mo 08:00-12:00,", 16},
	{"Mo 08:00-12:00/02:00", 15},
	{"Mo 08:00-12:00 || Tu off", 16},
	{"Mo 08:00-08:00", 14},
	{"Mo 00:00-00:00", 14},
	{"Mo 08:00-12:00,10:00-10:00", 26},
	{"sunrise-sunset", 1},
	{"Mo\t08:00-12:00", 3},
	{"Mo 08:00-12:00\n", 15},
	{"\xd0\x9f\xd0\xbd 08:00-12:00", 1},
	{"Mo 08:00\xe2\x80\x93" "12:00", 9},
};

static void
test_texts(void)
{
	for (size_t i = 0; i < LENGTH(texts); i++)
	{
		const char *text = texts[i].text;
		const char *canonical = texts[i].canonical ? texts[i].canonical : text;
		char	   *copy = exact(text, strlen(text));
		char		written[100];
		Schedule	schedule;
		size_t		bad = schedule_parse(copy, strlen(text), &schedule);
		size_t		length = schedule_text(&schedule, written, sizeof(written));

		ok(bad == 0 && length == strlen(canonical) && memcmp(written, canonical, length) == 0,
		   "\"%s\": \"%s\"", text, canonical);
		free(copy);
	}
}

static void
test_misfits(void)
{
	for (size_t i = 0; i < LENGTH(misfits); i++)
	{
		const char *text = misfits[i].text;
		char	   *copy = exact(text, strlen(text));
		Schedule	schedule;

		ok(schedule_parse(copy, strlen(text), &schedule) == misfits[i].bad,
		   "misfit %zu: \"%.*s\" and no further", i + 1, (int) misfits[i].bad - 1, text);
		free(copy);
	}
}

static Schedule
parse(const char *text)
{
	Schedule	schedule;

	if (schedule_parse(text, strlen(text), &schedule) != 0)
		ok(false, "\"%s\" is a schedule", text);
	return schedule;
}

/* As snprintf(): what has no room is left out, and the length is that of all. */
static void
test_room(void)
{
	Schedule	schedule = parse("Mo-Fr 08:00-18:00; PH off");
	bool		good = true;

	for (size_t size = 0; size <= 30; size++)
	{
		char	   *text = malloc(size > 0 ? size : 1);

		good &= schedule_text(&schedule, text, size) == 25;
		good &= memcmp(text, "Mo-Fr 08:00-18:00; PH off", size < 25 ? size : 25) == 0;
		free(text);
	}
	ok(good, "a text is written as far as there is room");
}

/* Every second minute of every day, each at other minutes. */
static void
test_longest(void)
{
	static const char *const days[] = {"Mo", "Tu", "We", "Th", "Fr", "Sa", "Su", "PH"};
	char	   *text = malloc(100000);
	char	   *written = malloc(100000);
	size_t		length = 0;
	Schedule	schedule;

	for (int day = 0; day < 8; day++)
	{
		length += (size_t) sprintf(text + length, day > 0 ? "; %s " : "%s ", days[day]);
		for (int minute = day < 7 ? day * 2 : 1; minute < 1439; minute += 2)
			length += (size_t) sprintf(text + length, "%s%02d:%02d-%02d:%02d",
									   text[length - 1] == ' ' ? "" : ",", minute / 60, minute % 60,
									   (minute + 1) / 60, (minute + 1) % 60);
	}
	ok(schedule_parse(text, length, &schedule) == 0 &&
	   schedule_text(&schedule, written, 100000) == length &&
	   memcmp(text, written, length) == 0, "a schedule of %zu characters", length);
	free(text);
	free(written);
}

/* ---------- what is open ---------- */

#define ORDINARY	false, false
#define HOLIDAY		true, false
#define DAY_AFTER	false, true
#define SECOND_DAY	true, true	/* of two holidays */

static const struct
{
	const char *schedule;
	int			weekday;
	int			minute;
	bool		is_holiday;
	bool		follows_holiday;
	bool		open;
}			minutes[] = {
	{"Mo-Fr 08:00-18:00", MO, AT(7, 59), ORDINARY, false},
	{"Mo-Fr 08:00-18:00", MO, AT(8, 0), ORDINARY, true},
	{"Mo-Fr 08:00-18:00", MO, AT(17, 59), ORDINARY, true},
	{"Mo-Fr 08:00-18:00", MO, AT(18, 0), ORDINARY, false},
	{"Mo-Fr 08:00-18:00", SA, AT(12, 0), ORDINARY, false},
	{"24/7", SU, AT(0, 0), ORDINARY, true},
	{"24/7", SU, AT(23, 59), SECOND_DAY, true},
	{"off", MO, AT(12, 0), ORDINARY, false},
	{"Mo 00:00-24:00", TU, AT(0, 0), ORDINARY, false},

	/* past midnight */
	{"Su 22:00-06:00", SU, AT(5, 59), ORDINARY, false},
	{"Su 22:00-06:00", SU, AT(22, 0), ORDINARY, true},
	{"Su 22:00-06:00", SU, AT(23, 59), ORDINARY, true},
	{"Su 22:00-06:00", MO, AT(0, 0), ORDINARY, true},
	{"Su 22:00-06:00", MO, AT(5, 59), ORDINARY, true},
	{"Su 22:00-06:00", MO, AT(6, 0), ORDINARY, false},
	{"Su 22:00-06:00; Mo off", MO, AT(5, 59), ORDINARY, true},
	{"Su 22:00-06:00; Mo 08:00-09:00", MO, AT(6, 30), ORDINARY, false},
	{"Su 22:00-06:00; Mo 08:00-09:00", MO, AT(8, 30), ORDINARY, true},

	/* without a rule for holidays they are ordinary days */
	{"Mo-Fr 08:00-18:00", MO, AT(12, 0), HOLIDAY, true},
	{"Mo-Fr 08:00-18:00", SA, AT(12, 0), HOLIDAY, false},

	/* with one, the weekday does not count */
	{"Mo-Fr 08:00-18:00; PH off", MO, AT(12, 0), HOLIDAY, false},
	{"Mo-Fr 08:00-18:00; PH off", MO, AT(12, 0), DAY_AFTER, true},
	{"PH off; Mo-Fr 08:00-18:00", MO, AT(12, 0), HOLIDAY, false},
	{"Mo-Fr 08:00-18:00; PH 10:00-12:00", SU, AT(11, 0), HOLIDAY, true},
	{"Mo-Fr 08:00-18:00; PH 10:00-12:00", MO, AT(9, 0), HOLIDAY, false},
	{"24/7; PH off", MO, AT(0, 0), HOLIDAY, false},
	{"24/7; PH off", TU, AT(0, 0), DAY_AFTER, true},

	/* a span past midnight is of the day on which it starts */
	{"22:00-06:00; PH off", MO, AT(5, 0), HOLIDAY, true},
	{"22:00-06:00; PH off", MO, AT(6, 0), HOLIDAY, false},
	{"22:00-06:00; PH off", MO, AT(23, 0), HOLIDAY, false},
	{"22:00-06:00; PH off", TU, AT(5, 0), DAY_AFTER, false},
	{"22:00-06:00; PH off", TU, AT(23, 0), DAY_AFTER, true},
	{"PH 22:00-06:00", MO, AT(5, 0), HOLIDAY, false},
	{"PH 22:00-06:00", MO, AT(23, 0), HOLIDAY, true},
	{"PH 22:00-06:00", TU, AT(5, 0), DAY_AFTER, true},
	{"PH 22:00-06:00", TU, AT(5, 0), SECOND_DAY, true},
	{"PH 22:00-06:00", TU, AT(23, 0), DAY_AFTER, false},
	{"22:00-02:00; PH 23:00-06:00", TU, AT(5, 0), DAY_AFTER, true},
	{"22:00-02:00; PH 23:00-01:00", TU, AT(1, 0), DAY_AFTER, false},
};

static void
test_minutes(void)
{
	static const char *const days[] = {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};

	for (size_t i = 0; i < LENGTH(minutes); i++)
	{
		Schedule	schedule = parse(minutes[i].schedule);

		ok(schedule_contains(&schedule, minutes[i].weekday, minutes[i].minute, minutes[i].is_holiday,
							 minutes[i].follows_holiday) == minutes[i].open,
		   "\"%s\": %s on %s %02d:%02d%s%s", minutes[i].schedule, minutes[i].open ? "open" : "closed",
		   days[minutes[i].weekday], minutes[i].minute / 60, minutes[i].minute % 60,
		   minutes[i].is_holiday ? ", a holiday" : "", minutes[i].follows_holiday ? ", after a holiday" : "");
	}
}

/* ---------- until when ---------- */

/*
 * A place whose clocks are set once, on day 1, a Sunday (2000-01-02).  Day 0 is a
 * Saturday.
 */
typedef struct ClockChange
{
	int32_t		before;			/* minutes ahead of UTC */
	int32_t		after;
	Instant		at;
	int32_t		holiday;
} ClockChange;

static int32_t
clock_offset(const void *place, Instant at, Instant *until)
{
	const ClockChange *change = place;

	*until = at < change->at ? change->at : NEVER_ENDS;
	return (at < change->at ? change->before : change->after) * 60;
}

static int32_t
next_holiday(const void *place, int32_t day)
{
	int32_t		holiday = ((const ClockChange *) place)->holiday;

	return day <= holiday ? holiday : NO_HOLIDAY;
}

#define SPRING	{60, 120, DAY + HOUR, NO_HOLIDAY}	/* 02:00 is 03:00 */
#define AUTUMN	{120, 60, DAY + HOUR, NO_HOLIDAY}	/* 03:00 is 02:00 again */
#define HALF	{660, 630, DAY - 9 * HOUR, NO_HOLIDAY}	/* 02:00 is 01:30 again */
#define UTC(holiday) {0, 0, 0, holiday}
#define SKIP	{-600, 840, DAY + 10 * HOUR, NO_HOLIDAY}	/* Sunday 00:00 is Monday 00:00 */

static const struct
{
	const char *what;
	const char *schedule;
	ClockChange change;
	Instant		at;
	Instant		next;
}			changes[] = {
	{"before it opens", "Sa 08:00-18:00", UTC(NO_HOLIDAY), HOUR, 8 * HOUR},
	{"a microsecond before it opens", "Sa 08:00-18:00", UTC(NO_HOLIDAY), 8 * HOUR - 1, 8 * HOUR},
	{"as it opens", "Sa 08:00-18:00", UTC(NO_HOLIDAY), 8 * HOUR, 18 * HOUR},
	{"a microsecond before it closes", "Sa 08:00-18:00", UTC(NO_HOLIDAY), 18 * HOUR - 1, 18 * HOUR},
	{"as it closes, until next week", "Sa 08:00-18:00", UTC(NO_HOLIDAY), 18 * HOUR, 7 * DAY + 8 * HOUR},
	{"long before 2000", "Sa 08:00-18:00", UTC(NO_HOLIDAY), -7000 * DAY, -7000 * DAY + 8 * HOUR},
	{"over midnight", "Sa 22:00-06:00", UTC(NO_HOLIDAY), 23 * HOUR, DAY + 6 * HOUR},
	{"over midnights", "Sa-Su 00:00-24:00", UTC(NO_HOLIDAY), HOUR, 2 * DAY},
	{"always", "24/7", UTC(NO_HOLIDAY), HOUR, NEVER_ENDS},
	{"never", "off", UTC(NO_HOLIDAY), HOUR, NEVER_ENDS},
	{"always, with other words", "12:00-11:59,11:00-13:00", UTC(NO_HOLIDAY), HOUR, NEVER_ENDS},

	{"a holiday tomorrow", "24/7; PH off", UTC(1), HOUR, DAY},
	{"a holiday today", "24/7; PH off", UTC(0), HOUR, DAY},
	{"a holiday yesterday", "24/7; PH off", UTC(-1), HOUR, NEVER_ENDS},
	{"a holiday in two weeks", "24/7; PH off", UTC(14), HOUR, 14 * DAY},
	{"a holiday in 16 days", "24/7; PH off", UTC(16), HOUR, 16 * DAY},
	{"a holiday in 17 days", "24/7; PH off", UTC(17), HOUR, 17 * DAY},
	{"a holiday in 18 days", "24/7; PH off", UTC(18), HOUR, 18 * DAY},
	{"a holiday in five years", "24/7; PH off", UTC(1826), HOUR, 1826 * DAY},
	{"a holiday in five years, never open else", "PH 10:00-11:00", UTC(1826), HOUR, 1826 * DAY + 10 * HOUR},
	{"what yesterday's holiday left", "PH 22:00-06:00", UTC(-1), HOUR, 6 * HOUR},
	{"a holiday beyond the horizon", "24/7; PH off", UTC(40000), HOUR, NEVER_ENDS},
	{"a holiday beyond all", "24/7; PH off", UTC(NO_HOLIDAY - 1), HOUR, NEVER_ENDS},
	{"a holiday without a rule", "24/7", UTC(1), HOUR, NEVER_ENDS},

	{"the hour that is skipped", "Su 02:00-03:00", SPRING, DAY - HOUR, 8 * DAY},
	{"closes in the hour that is skipped", "Su 01:00-02:30", SPRING, DAY, DAY + HOUR},
	{"opens in the hour that is skipped", "Su 02:30-04:00", SPRING, DAY, DAY + HOUR},
	{"open over the hour that is skipped", "Su 01:00-04:00", SPRING, DAY, DAY + 2 * HOUR},
	{"closed over the hour that is skipped", "Su 04:00-05:00", SPRING, DAY, DAY + 2 * HOUR},
	{"the hour that comes twice", "Su 02:00-03:00", AUTUMN, DAY, DAY + 2 * HOUR},
	{"half of the hour that comes twice", "Su 02:30-03:00", AUTUMN, DAY + 30 * MINUTE, DAY + HOUR},
	{"and again", "Su 02:30-03:00", AUTUMN, DAY + HOUR, DAY + HOUR + 30 * MINUTE},
	{"the first half, which ends twice", "Su 02:00-02:30", AUTUMN, DAY, DAY + 30 * MINUTE},
	{"and begins twice", "Su 02:00-02:30", AUTUMN, DAY + 30 * MINUTE, DAY + HOUR},
	{"half an hour twice", "Su 01:45-02:00", HALF, DAY - 9 * HOUR - 15 * MINUTE, DAY - 9 * HOUR},
	{"and once more", "Su 01:45-02:00", HALF, DAY - 9 * HOUR, DAY - 9 * HOUR + 15 * MINUTE},
	{"a day that is skipped", "Su 10:00-12:00", SKIP, DAY, 8 * DAY - 4 * HOUR},
	{"a night into a day that is skipped", "Sa 22:00-06:00", SKIP, DAY + 9 * HOUR, DAY + 10 * HOUR},
	{"a night from a day that is skipped", "Su 22:00-06:00", SKIP, DAY + 9 * HOUR, DAY + 10 * HOUR},
};

static void
test_changes(void)
{
	for (size_t i = 0; i < LENGTH(changes); i++)
	{
		Schedule	schedule = parse(changes[i].schedule);
		Calendar	calendar = {clock_offset, next_holiday, &changes[i].change};
		Instant		next = schedule_next_change(&schedule, &calendar, changes[i].at, 36525 * DAY);

		ok(next == changes[i].next, "%s, \"%s\"", changes[i].what, changes[i].schedule);
		if (next != changes[i].next)
			printf("# %lld minutes, not %lld\n", (long long) (next / MINUTE), (long long) (changes[i].next / MINUTE));
		if (next != NEVER_ENDS)
			ok(schedule_open_at(&schedule, &calendar, changes[i].at) == schedule_open_at(&schedule, &calendar, next - 1) &&
			   schedule_open_at(&schedule, &calendar, next - 1) != schedule_open_at(&schedule, &calendar, next),
			   "%s, it is so until then", changes[i].what);
	}
}

static void
test_horizon(void)
{
	Schedule	schedule = parse("Sa 08:00-18:00");
	ClockChange utc = UTC(NO_HOLIDAY);
	Calendar	calendar = {clock_offset, next_holiday, &utc};

	ok(schedule_next_change(&schedule, &calendar, 0, 8 * HOUR) == NEVER_ENDS &&
	   schedule_next_change(&schedule, &calendar, 0, 8 * HOUR + 1) == 8 * HOUR, "the horizon is excluded");
}

int
main(void)
{
	test_texts();
	test_misfits();
	test_room();
	test_longest();
	test_minutes();
	test_changes();
	test_horizon();
	return done_testing();
}
