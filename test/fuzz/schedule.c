/*
 * schedule.c
 *		Any text as a schedule, and schedules of any rules in any place, asked
 *		minute by minute.
 */
#include "domain/schedule.h"

#include <stdio.h>

#include "input.h"

#define MINUTE	INT64_C(60000000)
#define DAY		(1440 * MINUTE)

#define MAX_TEXT 400

/* ---------- any text ---------- */

/* The same text again, and never more room than there is. */
static void
check_canonical(const Schedule *schedule)
{
	size_t		length = schedule_text(schedule, NULL, 0);
	char	   *text = malloc(length);
	char	   *again = malloc(length);
	Schedule	copy;

	CHECK(length >= 3);
	CHECK(schedule_text(schedule, text, length) == length);
	CHECK(schedule_parse(text, length, &copy) == 0);
	CHECK(copy.has_holidays == schedule->has_holidays);
	for (int day = 0; day < (copy.has_holidays ? SCHEDULE_DAYS : SCHEDULE_WEEKDAYS); day++)
	{
		CHECK(copy.days[day].spill == schedule->days[day].spill);
		CHECK(memcmp(copy.days[day].open, schedule->days[day].open, sizeof(copy.days[day].open)) == 0);
	}
	CHECK(schedule_text(&copy, again, length) == length);
	CHECK(memcmp(text, again, length) == 0);
	free(text);
	free(again);
}

/* Whatever fits can be completed to a schedule: always with the first character that fits. */
static void
check_beginning(const char *text, size_t length)
{
	static const char alphabet[] = ":-/7ofFMTWSPueahrH0123 ";
	char		longer[MAX_TEXT + 20];
	Schedule	schedule;

	memcpy(longer, text, length);
	while (schedule_parse(longer, length, &schedule) != 0)
	{
		const char *c = alphabet;

		for (;; c++)
		{
			size_t		bad;

			CHECK(*c != '\0');
			longer[length] = *c;
			bad = schedule_parse(longer, length + 1, &schedule);
			CHECK(bad <= length + 2);
			if (bad == 0 || bad == length + 2)
				break;
			CHECK(bad == length + 1);
		}
		length++;
		CHECK(length < sizeof(longer) - 1);
	}
}

/* Of a few words, so that schedules occur, or of any bytes. */
static size_t
take_text(Input *input, char *text)
{
	static const char *const words[] = {
		"Mo", "Tu", "We", "Th", "Fr", "Sa", "Su", "PH", "SH", "-", ",", ";", "; ", " ", ":", "24/7", "off",
		"08:00-18:00", "22:00-06:00", "00:00-24:00", "12:00-12:00", "23:59", "00:00", "24:00", "0", "2", "4", "7"
	};
	size_t		length = 0;
	bool		any = take_byte(input) % 4 == 0;

	while (input->size > 0 && length < 100)
	{
		const char *word = words[take_byte(input) % (sizeof(words) / sizeof(words[0]))];

		if (any)
			text[length++] = (char) take_byte(input);
		else
		{
			memcpy(text + length, word, strlen(word));
			length += strlen(word);
		}
	}
	return length;
}

static void
check_text(Input *input)
{
	char		text[MAX_TEXT];
	size_t		length = take_text(input, text);
	char	   *copy = exact(text, length);
	Schedule	schedule;
	size_t		bad = schedule_parse(copy, length, &schedule);

	CHECK(bad <= length + 1);
	check_canonical(&schedule);
	check_beginning(text, bad == 0 ? length : bad - 1);
	free(copy);
}

/* ---------- any rules, said another way ---------- */

#define MAX_RULES 4
#define MAX_SPANS 3

typedef struct Rule
{
	bool		names[SCHEDULE_DAYS];
	int			n_spans;
	int			from[MAX_SPANS];
	int			to[MAX_SPANS];
} Rule;

typedef struct Rules
{
	int			n;
	Rule		rules[MAX_RULES];
} Rules;

static int
take_minute(Input *input)
{
	int			number = take_byte(input);

	return number < 128 ? number % 24 * 60 : (number * 256 + take_byte(input)) % 1440;
}

static Rule
take_rule(Input *input)
{
	Rule		rule = {.n_spans = take_byte(input) % (MAX_SPANS + 1)};
	uint8_t		days = take_byte(input);

	if (days == 0)
		days = 1;
	for (int day = 0; day < SCHEDULE_DAYS; day++)
		rule.names[day] = days >> day & 1;
	for (int i = 0; i < rule.n_spans; i++)
	{
		rule.from[i] = take_minute(input);
		rule.to[i] = take_minute(input);
		if (rule.from[i] == rule.to[i])
			rule.to[i] = (rule.from[i] + 1) % 1440;
	}
	return rule;
}

static size_t
write_rule(const Rule *rule, char *text)
{
	static const char *const names[] = {"Mo", "Tu", "We", "Th", "Fr", "Sa", "Su", "PH"};
	size_t		n = 0;

	for (int day = 0; day < SCHEDULE_DAYS; day++)
	{
		if (rule->names[day])
			n += (size_t) sprintf(text + n, "%s%s", n > 0 ? "," : "", names[day]);
	}
	for (int i = 0; i < rule->n_spans; i++)
		n += (size_t) sprintf(text + n, "%s%02d:%02d-%02d:%02d", i > 0 ? "," : " ",
							  rule->from[i] / 60, rule->from[i] % 60, rule->to[i] / 60, rule->to[i] % 60);
	if (rule->n_spans == 0)
		n += (size_t) sprintf(text + n, " off");
	return n;
}

static Schedule
parse_rules(const Rules *rules)
{
	char		text[MAX_TEXT];
	size_t		n = 0;
	Schedule	schedule;

	for (int i = 0; i < rules->n; i++)
	{
		if (i > 0)
			text[n++] = ';';
		n += write_rule(&rules->rules[i], text + n);
	}
	CHECK(schedule_parse(text, n, &schedule) == 0);
	return schedule;
}

/* The rule that a day follows: the last one that names it, or null. */
static const Rule *
rule_of(const Rules *rules, int weekday, bool is_holiday)
{
	for (int day = is_holiday ? SCHEDULE_HOLIDAY : weekday;; day = weekday)
	{
		for (int i = rules->n - 1; i >= 0; i--)
		{
			if (rules->rules[i].names[day])
				return &rules->rules[i];
		}
		if (day == weekday)
			return NULL;
	}
}

/* Is the minute in a span of the rule that begins on the same day, or on the one before? */
static bool
is_in_rule(const Rule *rule, int minute, bool next_day)
{
	for (int i = 0; rule != NULL && i < rule->n_spans; i++)
	{
		int			to = rule->to[i] + (rule->to[i] < rule->from[i] ? 1440 : 0);
		int			at = minute + (next_day ? 1440 : 0);

		if (rule->from[i] <= at && at < to)
			return true;
	}
	return false;
}

static bool
is_open(const Rules *rules, int weekday, int minute, bool is_holiday, bool follows_holiday)
{
	return is_in_rule(rule_of(rules, weekday, is_holiday), minute, false) ||
		is_in_rule(rule_of(rules, (weekday + 6) % 7, follows_holiday), minute, true);
}

/* Every minute is asked now and then; else a few, so that there are many inputs. */
static int
take_step(Input *input)
{
	return take_byte(input) == 1 ? 1 : 113;
}

static void
check_minutes(const Rules *rules, const Schedule *schedule, Input *input)
{
	int			weekday = take_byte(input) % 7;
	uint8_t		holidays = take_byte(input);
	int			step = take_step(input);

	for (int minute = holidays % step; minute < 1440; minute += step)
		CHECK(schedule_contains(schedule, weekday, minute, holidays & 1, holidays >> 1 & 1) ==
			  is_open(rules, weekday, minute, holidays & 1, holidays >> 1 & 1));
}

/* ---------- in any place ---------- */

#define N_HOLIDAYS 3

/* Where clocks are set twice, by whole minutes; instants are in minutes. */
typedef struct TestPlace
{
	int64_t		set_at[2];
	int32_t		offset[3];
	int32_t		holidays[N_HOLIDAYS];
} TestPlace;

static int32_t
offset_at(const TestPlace *place, int64_t at, int64_t *until)
{
	int			i = 0;

	while (i < 2 && place->set_at[i] <= at)
		i++;
	*until = i < 2 ? place->set_at[i] : INT64_MAX;
	return place->offset[i];
}

static int32_t
clock_offset(const void *place, Instant at, Instant *until)
{
	int64_t		minute = at / MINUTE - (at % MINUTE < 0);
	int32_t		offset = offset_at(place, minute, until);

	*until = *until == INT64_MAX ? NEVER_ENDS : *until * MINUTE;
	return offset * 60;
}

static int32_t
next_holiday(const void *place, int32_t day)
{
	const int32_t *holidays = ((const TestPlace *) place)->holidays;
	int32_t		next = NO_HOLIDAY;

	for (int i = 0; i < N_HOLIDAYS; i++)
	{
		if (holidays[i] >= day && holidays[i] < next)
			next = holidays[i];
	}
	return next;
}

static bool
is_holiday(const TestPlace *place, int64_t day)
{
	return next_holiday(place, (int32_t) day) == day;
}

/* In the minute that begins at an instant. */
static bool
is_open_in_place(const Rules *rules, const TestPlace *place, int64_t at)
{
	int64_t		until;
	int64_t		shown = at + offset_at(place, at, &until) + 10000 * INT64_C(1440);
	int64_t		day = shown / 1440 - 10000;
	int			weekday = (int) ((shown / 1440 - 10000 % 7 + 5) % 7);

	return is_open(rules, weekday, (int) (shown % 1440), is_holiday(place, day), is_holiday(place, day - 1));
}

static TestPlace
take_place(Input *input)
{
	static const int32_t jumps[] = {60, -60, 30, -30, 0, 1440, -1440, 17};
	TestPlace	place;

	place.set_at[0] = take_byte(input) * INT64_C(97) - 9000;
	place.set_at[1] = place.set_at[0] + 1 + take_byte(input) * INT64_C(997);
	place.offset[0] = (take_byte(input) % 27 - 12) * 60 + (take_bool(input) ? 30 : 0);
	for (int i = 0; i < 2; i++)
		place.offset[i + 1] = place.offset[i] + jumps[take_byte(input) % 8];
	for (int i = 0; i < N_HOLIDAYS; i++)
	{
		uint8_t		kind = take_byte(input);

		place.holidays[i] = kind < 128 ? kind % 8 - 4 : kind < 240 ? kind - 128 : kind * 1000;
	}
	return place;
}

/* For up to this many minutes after an instant, and before the change. */
#define MINUTES_TO_ASK 3000

static void
check_place(const Rules *rules, const Schedule *schedule, Input *input)
{
	TestPlace	place = take_place(input);
	Calendar	calendar = {clock_offset, next_holiday, &place};
	int64_t		from = take_byte(input) * INT64_C(57) - 7000;
	Instant		next = schedule_next_change(schedule, &calendar, from * MINUTE + 1, 300000 * DAY);
	int64_t		until = next == NEVER_ENDS ? 300000 * INT64_C(1440) : next / MINUTE;
	bool		open = is_open_in_place(rules, &place, from);
	int			step = take_step(input);

	CHECK(schedule_open_at(schedule, &calendar, from * MINUTE + 1) == open);
	CHECK(next > from * MINUTE && next % MINUTE == (next == NEVER_ENDS ? NEVER_ENDS % MINUTE : 0));
	for (int64_t at = from; at < until && at < from + MINUTES_TO_ASK; at += step)
		CHECK(is_open_in_place(rules, &place, at) == open);
	for (int64_t at = until - 1; at >= from && at > until - MINUTES_TO_ASK; at -= step)
		CHECK(is_open_in_place(rules, &place, at) == open);
	if (next != NEVER_ENDS)
		CHECK(is_open_in_place(rules, &place, until) != open);
}

static void
check_rules(Input *input)
{
	Rules		rules = {.n = 1 + take_byte(input) % MAX_RULES};
	Schedule	schedule;

	for (int i = 0; i < rules.n; i++)
		rules.rules[i] = take_rule(input);
	schedule = parse_rules(&rules);
	check_canonical(&schedule);
	check_minutes(&rules, &schedule, input);
	check_place(&rules, &schedule, input);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Input		input = {data, size};

	if (take_bool(&input))
		check_text(&input);
	else
		check_rules(&input);
	return 0;
}
