/*
 * feed.h
 *		In which order events become visible, and how far that is settled.
 */
#ifndef STORE_FEED_H
#define STORE_FEED_H

#include "access/transam.h"

#include "store/statements.h"

/* The epoch of the events that this transaction writes.  The store has to be open. */
extern int32 feed_epoch(void);

typedef struct FeedEpoch
{
	int32		number;
	bool		is_settled;		/* no transaction can add an event to it any more */
} FeedEpoch;

/* What the statement sees of the log. */
typedef struct Feed
{
	FullTransactionId horizon;	/* all transactions before it have ended */
	int			n_epochs;
	FeedEpoch  *epochs;			/* in their order */
} Feed;

extern Feed feed_open(void);

/* The transaction before which events of the epoch can be told. */
extern FullTransactionId feed_end(const Feed *feed, const FeedEpoch *epoch);

/* What was told from here on is never taken back by a crash. */
extern void feed_make_durable(void);

#endif							/* STORE_FEED_H */
