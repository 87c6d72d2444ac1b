/*
 * users.h
 *		The end of a user.
 */
#ifndef STORE_USERS_H
#define STORE_USERS_H

#include "store/tables.h"

/* Delete the user, whose row is locked; memberships and credentials go with it. */
extern void user_delete(const Row *user);

#endif							/* STORE_USERS_H */
