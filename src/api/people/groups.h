/*
 * groups.h
 *		Membership of users in access groups.
 */
#ifndef API_PEOPLE_GROUPS_H
#define API_PEOPLE_GROUPS_H

#include "api/holder.h"

/*
 * Errors if the group does not exist, or is in another system than the user.  To add
 * again sets the window anew.
 */
extern void add_to_group(const Holder *user, NullableDatum group, Window window);
extern void remove_from_group(const Holder *user, NullableDatum group);

#endif							/* API_PEOPLE_GROUPS_H */
