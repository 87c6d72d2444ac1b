/*
 * users.c
 *		The end of a user.
 *
 * The foreign key deletes the credentials in whatever order it finds them, and a
 * copy on a phone before its parent would meet a request at a door that has the
 * parent and waits for the copy.
 */
#include "postgres.h"

#include "store/statements.h"
#include "store/users.h"

void
user_delete(const Row *user)
{
	statement_run_at_latest(STMT_USER_LOCK_CREDENTIALS, &user->columns[USER_ID]);
	delete_row(user);
}
