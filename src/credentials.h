/*
 * credentials.h
 *		The session's settings.
 */
#ifndef CREDENTIALS_H
#define CREDENTIALS_H

#include "utils/uuid.h"

/* The workspace to which every statement is bound. */
extern const pg_uuid_t *session_workspace(void);

/* Is it that workspace?  A row's may be another. */
extern bool is_session_workspace(Datum workspace_id);

/* Error if a setting was refused when the session began; session_workspace() has it, too. */
extern void require_honest_session(void);

/* Unknown codes in a row at an entrance that lock it (0: never), and for how long. */
extern int	setting_lockout_attempts;
extern int	setting_lockout_duration;	/* seconds */

/* Is each event also sent with NOTIFY? */
extern bool setting_notify;

/* Are tables reached by SQL only?  For developers: both drivers do the same. */
extern bool setting_sql_driver;

#endif							/* CREDENTIALS_H */
