/*
 * compat.h
 *		Every difference between server versions that this project knows of.
 *
 * No other file tests PG_VERSION_NUM.  Each shim names what changed upstream.
 */
#ifndef CREDENTIALS_COMPAT_H
#define CREDENTIALS_COMPAT_H

#include "access/genam.h"
#include "catalog/pg_attribute.h"
#include "utils/uuid.h"

#if PG_VERSION_NUM < 150000
#error "credentials needs PostgreSQL 15 or later"
#endif

/* 16 brought soft errors for input functions (nodes/miscnodes.h). */
#if PG_VERSION_NUM >= 160000
#include "nodes/miscnodes.h"
#else
#define ereturn(context, dummy_value, ...) \
	do { \
		(void) (context); \
		ereport(ERROR, __VA_ARGS__); \
		return dummy_value; \
	} while (0)
#endif

/* 18 added the name and version to the magic block. */
#if PG_VERSION_NUM >= 180000
#define CREDENTIALS_MODULE_MAGIC \
	PG_MODULE_MAGIC_EXT(.name = "credentials", .version = CREDENTIALS_VERSION)
#else
#define CREDENTIALS_MODULE_MAGIC PG_MODULE_MAGIC
#endif

/* 18 replaced pg_attribute_noreturn() behind a declaration by a prefix. */
#ifndef pg_noreturn
#define pg_noreturn __attribute__((noreturn))
#endif

/* 18 gave index_beginscan() a place to count the scan's searches. */
static inline IndexScanDesc
index_beginscan_compat(Relation heap, Relation index, Snapshot snapshot,
					   int nkeys)
{
#if PG_VERSION_NUM >= 180000
	return index_beginscan(heap, index, snapshot, NULL, nkeys, 0);
#else
	return index_beginscan(heap, index, snapshot, nkeys, 0);
#endif
}

/* 16 moved the memory of settings from malloc() to guc_malloc(). */
#include "utils/guc.h"
#if PG_VERSION_NUM >= 160000
#define credentials_guc_malloc(size) guc_malloc(LOG, size)
#else
#define credentials_guc_malloc(size) malloc(size)
#endif

/* 18 brought generated columns that are not stored. */
#ifndef ATTRIBUTE_GENERATED_VIRTUAL
#define ATTRIBUTE_GENERATED_VIRTUAL 'v'
#endif

/* 18 generates UUIDs of version 7 itself. */
#if PG_VERSION_NUM >= 180000
#include "utils/fmgrprotos.h"
#define HAVE_SERVER_UUIDV7 1
#endif

#endif							/* CREDENTIALS_COMPAT_H */
