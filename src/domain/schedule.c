/*
 * schedule.c
 *		Read and write schedules; what is open when, and when that changes.
 */
#include "domain/schedule.h"

#include <string.h>

#define EVERY_WEEKDAY	((1u << SCHEDULE_WEEKDAYS) - 1)

#define SECOND			INT64_C(1000000)
#define MINUTE			(60 * SECOND)
#define DAY				(SCHEDULE_MINUTES * MINUTE)
#define FIRST_WEEKDAY	5		/* 2000-01-01 was a Saturday */

/*
 * A week is like the one before it, but for what the clock skips in one of them.
 * What has not changed in two ordinary weeks changes on no ordinary day.
 */
#define DAYS_TO_WATCH	14

static const char *const day_names[SCHEDULE_DAYS] = {"Mo", "Tu", "We", "Th", "Fr", "Sa", "Su", "PH"};

/* ---------- minutes of a day ---------- */

static bool
is_open(const ScheduleDay *day, int minute)
{
	return day->open[minute / 32] >> minute % 32 & 1;
}

static void
open_minutes(ScheduleDay *day, int from, int to)
{
	for (; from < to && from % 32 != 0; from++)
		day->open[from / 32] |= UINT32_C(1) << from % 32;
	for (; from + 32 <= to; from += 32)
		day->open[from / 32] = UINT32_MAX;
	for (; from < to; from++)
		day->open[from / 32] |= UINT32_C(1) << from % 32;
}

/* The first minute from one on that is open, or closed; SCHEDULE_MINUTES if none is. */
static int
first_minute(const ScheduleDay *day, int from, bool open)
{
	while (from < SCHEDULE_MINUTES && is_open(day, from) != open)
	{
		if (day->open[from / 32] == (open ? 0 : UINT32_MAX))
			from += 32 - from % 32;
		else
			from++;
	}
	return from;
}

static bool
is_same(const ScheduleDay *a, const ScheduleDay *b)
{
	return a->spill == b->spill && memcmp(a->open, b->open, sizeof(a->open)) == 0;
}

static bool
is_never_open(const ScheduleDay *day)
{
	return first_minute(day, 0, true) == SCHEDULE_MINUTES;
}

/* From midnight to midnight, and no longer. */
static bool
is_all_day(const ScheduleDay *day)
{
	return first_minute(day, 0, false) == SCHEDULE_MINUTES && day->spill == 0;
}

/* Weekdays with the hours of one of them. */
static unsigned
weekdays_like(const Schedule *schedule, int weekday)
{
	unsigned	days = 0;

	for (int i = 0; i < SCHEDULE_WEEKDAYS; i++)
	{
		if (is_same(&schedule->days[i], &schedule->days[weekday]))
			days |= 1u << i;
	}
	return days;
}

/* ---------- reading ---------- */

/*
 * Once something does not fit, nothing more is read, and whatever was read last
 * counts as zero.
 */
typedef struct Parser
{
	const char *text;
	size_t		length;
	size_t		at;
	size_t		bad;			/* position of what does not fit, from 1; 0: all fits */
} Parser;

static void
refuse(Parser *parser)
{
	if (parser->bad == 0)
		parser->bad = parser->at + 1;
}

/* How much of the word comes next. */
static size_t
count_common(const Parser *parser, const char *word)
{
	size_t		n = 0;

	if (parser->bad != 0)
		return 0;
	while (word[n] != '\0' && parser->at + n < parser->length && parser->text[parser->at + n] == word[n])
		n++;
	return n;
}

static bool
comes_next(const Parser *parser, const char *word)
{
	return count_common(parser, word) == strlen(word);
}

static bool
skip(Parser *parser, const char *word)
{
	bool		found = comes_next(parser, word);

	if (found)
		parser->at += strlen(word);
	return found;
}

static void
skip_blanks(Parser *parser)
{
	while (skip(parser, " "))
		;
}

static void
read_word(Parser *parser, const char *word)
{
	size_t		n = count_common(parser, word);

	parser->at += n;
	if (n < strlen(word))
		refuse(parser);
}

static bool
digit_comes_next(const Parser *parser)
{
	return parser->bad == 0 && parser->at < parser->length &&
		parser->text[parser->at] >= '0' && parser->text[parser->at] <= '9';
}

static int
read_digit(Parser *parser, int max)
{
	int			digit = digit_comes_next(parser) ? parser->text[parser->at] - '0' : max + 1;

	if (digit > max)
	{
		refuse(parser);
		return 0;
	}
	parser->at++;
	return digit;
}

/* A minute of the day that is not the excluded one; of the hour 24 only its beginning. */
static int
read_time(Parser *parser, int last_hour, int excluded)
{
	int			hour = 10 * read_digit(parser, 2);
	int			minute;

	hour += read_digit(parser, hour == 20 ? last_hour - 20 : 9);
	read_word(parser, ":");
	minute = 60 * hour + 10 * read_digit(parser, hour == 24 ? 0 : 5);
	minute += read_digit(parser, hour == 24 ? 0 : 9);
	if (minute == excluded && parser->bad == 0)
	{
		parser->at--;
		refuse(parser);
	}
	return minute;
}

static void
read_span(Parser *parser, ScheduleDay *day)
{
	int			from = read_time(parser, 23, -1);
	int			to;

	read_word(parser, "-");
	to = read_time(parser, 24, from);
	open_minutes(day, from, from < to ? to : SCHEDULE_MINUTES);
	if (to < from && to > day->spill)
		day->spill = to;
}

/* One of the first n days, but for the excluded one. */
static int
read_day(Parser *parser, int n, int excluded)
{
	size_t		longest = 0;

	for (int day = 0; day < n; day++)
	{
		size_t		common = day == excluded ? 0 : count_common(parser, day_names[day]);

		if (day != excluded && skip(parser, day_names[day]))
			return day;
		if (common > longest)
			longest = common;
	}
	parser->at += longest;
	refuse(parser);
	return 0;
}

/* "Fr-Mo" goes over the end of the week; holidays are in no range. */
static unsigned
read_days(Parser *parser)
{
	unsigned	days = 0;

	do
	{
		int			day = read_day(parser, SCHEDULE_DAYS, -1);
		int			last = day;

		if (day != SCHEDULE_HOLIDAY && skip(parser, "-"))
			last = read_day(parser, SCHEDULE_WEEKDAYS, day);
		for (; day != last; day = (day + 1) % SCHEDULE_WEEKDAYS)
			days |= 1u << day;
		days |= 1u << last;
	} while (skip(parser, ","));
	return days;
}

static void
read_hours(Parser *parser, ScheduleDay *day)
{
	if (comes_next(parser, "o"))
	{
		read_word(parser, "off");
		return;
	}
	do
		read_span(parser, day);
	while (skip(parser, ","));
}

static void
read_rule(Parser *parser, Schedule *schedule)
{
	ScheduleDay day = {{0}, 0};
	unsigned	days = EVERY_WEEKDAY;

	if (comes_next(parser, "24"))
	{
		read_word(parser, "24/7");
		open_minutes(&day, 0, SCHEDULE_MINUTES);
	}
	else
	{
		if (!digit_comes_next(parser) && !comes_next(parser, "o"))
		{
			days = read_days(parser);
			read_word(parser, " ");
			skip_blanks(parser);
		}
		read_hours(parser, &day);
	}
	for (int i = 0; i < SCHEDULE_DAYS; i++)
	{
		if (days >> i & 1)
			schedule->days[i] = day;
	}
	if (days >> SCHEDULE_HOLIDAY & 1)
		schedule->has_holidays = true;
}

/*
 * Position (from 1) of the first character that no schedule has there after what
 * is before it, or 0 if the text is a schedule.  Where something is missing, that
 * is the position after the last character.
 */
size_t
schedule_parse(const char *text, size_t length, Schedule *schedule)
{
	Parser		parser = {text, length, 0, 0};

	memset(schedule, 0, sizeof(*schedule));
	do
	{
		skip_blanks(&parser);
		read_rule(&parser, schedule);
		skip_blanks(&parser);
	} while (skip(&parser, ";"));
	if (parser.at < length)
		refuse(&parser);

	/* holidays that are like all other days need no rule */
	if (weekdays_like(schedule, 0) == EVERY_WEEKDAY &&
		is_same(&schedule->days[0], &schedule->days[SCHEDULE_HOLIDAY]))
		schedule->has_holidays = false;
	return parser.bad;
}

/* ---------- writing ---------- */

typedef struct Writer
{
	char	   *text;
	size_t		size;
	size_t		length;			/* of all, whether there was room for it or not */
} Writer;

static void
write_char(Writer *writer, char c)
{
	if (writer->length < writer->size)
		writer->text[writer->length] = c;
	writer->length++;
}

static void
write_word(Writer *writer, const char *word)
{
	while (*word != '\0')
		write_char(writer, *word++);
}

static void
write_two_digits(Writer *writer, int number)
{
	write_char(writer, (char) ('0' + number / 10));
	write_char(writer, (char) ('0' + number % 10));
}

static void
write_span(Writer *writer, int from, int to)
{
	write_two_digits(writer, from / 60);
	write_char(writer, ':');
	write_two_digits(writer, from % 60);
	write_char(writer, '-');
	write_two_digits(writer, to / 60);
	write_char(writer, ':');
	write_two_digits(writer, to % 60);
}

/* The span that reaches midnight; one of 24 hours or more has to be written as two. */
static void
write_last_span(Writer *writer, int from, int spill)
{
	if (spill > 0 && spill < from)
	{
		write_span(writer, from, spill);
		return;
	}
	write_span(writer, from, SCHEDULE_MINUTES);
	if (spill > 0)
	{
		write_char(writer, ',');
		write_span(writer, SCHEDULE_MINUTES - 1, spill);
	}
}

static void
write_hours(Writer *writer, const ScheduleDay *day)
{
	int			from = first_minute(day, 0, true);

	if (from == SCHEDULE_MINUTES)
		write_word(writer, "off");
	while (from < SCHEDULE_MINUTES)
	{
		int			to = first_minute(day, from, false);

		if (to == SCHEDULE_MINUTES)
			write_last_span(writer, from, day->spill);
		else
			write_span(writer, from, to);
		from = first_minute(day, to, true);
		if (from < SCHEDULE_MINUTES)
			write_char(writer, ',');
	}
}

static void
write_days(Writer *writer, unsigned days)
{
	const char *separator = "";

	for (int day = 0; day < SCHEDULE_WEEKDAYS; day++)
	{
		int			last = day;

		if (!(days >> day & 1))
			continue;
		while (days >> (last + 1) & 1)
			last++;
		write_word(writer, separator);
		write_word(writer, day_names[day]);
		if (last > day)
		{
			write_char(writer, '-');
			write_word(writer, day_names[last]);
		}
		separator = ",";
		day = last;
	}
}

static void
write_separator(Writer *writer)
{
	if (writer->length > 0)
		write_word(writer, "; ");
}

static void
write_weekday_rule(Writer *writer, unsigned days, const ScheduleDay *hours)
{
	write_separator(writer);
	if (days == EVERY_WEEKDAY && is_all_day(hours))
	{
		write_word(writer, "24/7");
		return;
	}
	write_days(writer, days);
	write_char(writer, ' ');
	write_hours(writer, hours);
}

/*
 * Write the canonical text, without a terminator, as far as it has room, and
 * return its length.  A rule for each group of weekdays with the same hours,
 * and the holidays last, where every reader of the syntax lets them win.
 */
size_t
schedule_text(const Schedule *schedule, char *text, size_t size)
{
	Writer		writer = {text, size, 0};
	unsigned	written = 0;

	for (int day = 0; day < SCHEDULE_WEEKDAYS; day++)
	{
		unsigned	days = weekdays_like(schedule, day);

		if (!(written >> day & 1) && !is_never_open(&schedule->days[day]))
			write_weekday_rule(&writer, days, &schedule->days[day]);
		written |= days;
	}
	if (schedule->has_holidays)
	{
		write_separator(&writer);
		write_word(&writer, "PH ");
		write_hours(&writer, &schedule->days[SCHEDULE_HOLIDAY]);
	}
	if (writer.length == 0)
		write_word(&writer, "off");
	return writer.length;
}

/* ---------- by the clock on the wall ---------- */

/* What a clock and a calendar on the wall show. */
typedef struct Reading
{
	int32_t		day;
	int			weekday;
	bool		is_holiday;
	bool		follows_holiday;
	int			minute;
	Instant		midnight;		/* the day's first, by the clock as it is set now */
	int64_t		offset;			/* how it is set */
	Instant		until;			/* and at least until when */
} Reading;

#define NOT_READ {.until = ALWAYS_BEGUN}

static const ScheduleDay *
hours_of(const Schedule *schedule, int weekday, bool is_holiday)
{
	return &schedule->days[is_holiday && schedule->has_holidays ? SCHEDULE_HOLIDAY : weekday];
}

/* The first minute of a day, from one on, that is open, or closed. */
static int
first_minute_from(const Schedule *schedule, int weekday, int from, bool open,
				  bool is_holiday, bool follows_holiday)
{
	int			yesterday = (weekday + SCHEDULE_WEEKDAYS - 1) % SCHEDULE_WEEKDAYS;
	int			spill = hours_of(schedule, yesterday, follows_holiday)->spill;

	if (open && from < spill)
		return from;
	return first_minute(hours_of(schedule, weekday, is_holiday), from < spill ? spill : from, open);
}

bool
schedule_contains(const Schedule *schedule, int weekday, int minute,
				  bool is_holiday, bool follows_holiday)
{
	return first_minute_from(schedule, weekday, minute, true, is_holiday, follows_holiday) == minute;
}

/* ---------- by instants ---------- */

static int64_t
divide_down(int64_t number, int64_t by)
{
	return number / by - (number % by < 0);
}

static int32_t
next_holiday(const Schedule *schedule, const Calendar *calendar, int32_t day)
{
	return schedule->has_holidays ? calendar->next_holiday(calendar->place, day) : NO_HOLIDAY;
}

/* At an instant that is not before that of the last reading. */
static void
read_clock(Reading *clock, const Schedule *schedule, const Calendar *calendar, Instant at)
{
	int32_t		holiday;

	if (at >= clock->until)
		clock->offset = calendar->clock_offset(calendar->place, at, &clock->until) * SECOND;
	clock->day = (int32_t) divide_down(at + clock->offset, DAY);
	clock->weekday = (clock->day % SCHEDULE_WEEKDAYS + SCHEDULE_WEEKDAYS + FIRST_WEEKDAY) % SCHEDULE_WEEKDAYS;
	clock->midnight = clock->day * DAY - clock->offset;
	clock->minute = (int) ((at - clock->midnight) / MINUTE);

	holiday = next_holiday(schedule, calendar, clock->day - 1);
	clock->follows_holiday = holiday == clock->day - 1;
	if (clock->follows_holiday)
		holiday = next_holiday(schedule, calendar, clock->day);
	clock->is_holiday = holiday == clock->day;
}

/* The first minute of the day on the clock, from now on, that is open, or closed. */
static int
first_minute_shown(const Schedule *schedule, const Reading *clock, bool open)
{
	return first_minute_from(schedule, clock->weekday, clock->minute, open,
							 clock->is_holiday, clock->follows_holiday);
}

bool
schedule_open_at(const Schedule *schedule, const Calendar *calendar, Instant at)
{
	Reading		clock = NOT_READ;

	read_clock(&clock, schedule, calendar, at);
	return first_minute_shown(schedule, &clock, true) == clock.minute;
}

/*
 * The same time of day shortly before a holiday: a day for the change of a clock
 * by as much, and one for what the day before has left.
 */
static Instant
shortly_before(int32_t holiday, Instant at, int32_t day, Instant horizon)
{
	int64_t		days = (int64_t) holiday - day - 2;

	if (holiday == NO_HOLIDAY || days > (horizon - at) / DAY)
		return horizon;
	return days > 0 ? at + days * DAY : at;
}

static Instant
earlier(Instant a, Instant b)
{
	return a < b ? a : b;
}

/*
 * The first instant after one at which the schedule is open and was not, or the
 * reverse; NEVER_ENDS if that does not come before the horizon.  The horizon is
 * finite.  Each step goes to the minute of this day in which that is so, or to
 * the next midnight, or to where the clock may be set, whichever comes first.
 */
Instant
schedule_next_change(const Schedule *schedule, const Calendar *calendar, Instant at, Instant horizon)
{
	Reading		clock = NOT_READ;
	bool		change_to;
	int32_t		ordinary_since;

	read_clock(&clock, schedule, calendar, at);
	change_to = first_minute_shown(schedule, &clock, true) != clock.minute;
	ordinary_since = clock.day;
	while (at < horizon)
	{
		int			minute;

		read_clock(&clock, schedule, calendar, at);
		minute = first_minute_shown(schedule, &clock, change_to);
		if (minute == clock.minute)
			return at;
		if (clock.is_holiday || clock.follows_holiday)
			ordinary_since = clock.day;
		if (clock.day - ordinary_since <= DAYS_TO_WATCH)
			at = earlier(clock.midnight + minute * MINUTE, clock.until);
		else
		{
			ordinary_since = next_holiday(schedule, calendar, clock.day);
			at = shortly_before(ordinary_since, at, clock.day, horizon);
		}
	}
	return NEVER_ENDS;
}
