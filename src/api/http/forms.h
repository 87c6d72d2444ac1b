/*
 * forms.h
 *		What values of the API look like.
 */
#ifndef API_HTTP_FORMS_H
#define API_HTTP_FORMS_H

#include "utils/uuid.h"

extern bool is_digits(const char *text, int n);

/* Date, T or a blank, time and zone, as the API takes them. */
extern bool is_date_time(const char *text);

/* Year, month and day. */
extern bool is_date(const char *text);

/* What the API, and its schema, take for an address. */
extern bool is_email_address(const char *text);

/* Does it fit into a line of the log? */
extern bool is_plain_word(const char *text);

/* Where a page begins, in base64: the id before it, and back.  NULL: it is none. */
extern char *cursor_of_id(const pg_uuid_t *id);
extern pg_uuid_t *id_of_cursor(const char *cursor);

#endif							/* API_HTTP_FORMS_H */
