/*
 * credentials.h
 *		The session's settings.
 */
#ifndef CREDENTIALS_H
#define CREDENTIALS_H

#include "utils/uuid.h"

/* The workspace to which every statement is bound. */
extern const pg_uuid_t *session_workspace(void);

/* Is each event also sent with NOTIFY? */
extern bool setting_notify;

#endif							/* CREDENTIALS_H */
