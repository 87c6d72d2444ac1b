/*
 * credential_write.h
 *		Writing credentials, in turn with others who write the same identifier.
 */
#ifndef STORE_CREDENTIAL_WRITE_H
#define STORE_CREDENTIAL_WRITE_H

#include "store/overlap.h"

/*
 * Insert a credential; the columns that follow from others are set here.  The
 * turn is one that was taken already, for a code that was made up, or null.
 */
extern void credential_insert(NullableDatum *columns, LOCKTAG *turn, Row *row);

/* From when until when it holds its identifier. */
extern Window credential_effective_window(const Row *row);

/* Change a credential that is locked; the turn is as above. */
extern void credential_change(Row *row, const Change *changes, int n, LOCKTAG *turn);

#endif							/* STORE_CREDENTIAL_WRITE_H */
