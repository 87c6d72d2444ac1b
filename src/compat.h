/*
 * compat.h
 *		Every difference between server versions that this project knows of.
 *
 * No other file tests PG_VERSION_NUM.  Each shim names what changed upstream.
 */
#ifndef CREDENTIALS_COMPAT_H
#define CREDENTIALS_COMPAT_H

#include "access/genam.h"
#include "access/tableam.h"
#include "catalog/pg_attribute.h"
#include "utils/uuid.h"

#if PG_VERSION_NUM < 150000
#error "credentials needs PostgreSQL 15 or later"
#endif

/* 16 moved VARDATA() and the like out of postgres.h. */
#if PG_VERSION_NUM >= 160000
#include "varatt.h"
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

/*
 * 18 replaced pg_attribute_noreturn() behind a declaration by a prefix; 19 makes
 * that C23's [[noreturn]] where the compiler is set to C23, which has to come
 * before "extern" and "static".
 */
#undef pg_noreturn
#define pg_noreturn __attribute__((noreturn))

/* 18 gave index_beginscan() a place to count the scan's searches, 19 flags. */
static inline IndexScanDesc
index_beginscan_compat(Relation heap, Relation index, Snapshot snapshot,
					   int nkeys)
{
#if PG_VERSION_NUM >= 190000
	return index_beginscan(heap, index, snapshot, NULL, nkeys, 0, SO_NONE);
#elif PG_VERSION_NUM >= 180000
	return index_beginscan(heap, index, snapshot, NULL, nkeys, 0);
#else
	return index_beginscan(heap, index, snapshot, nkeys, 0);
#endif
}

/* 19 gave table_beginscan() flags. */
#if PG_VERSION_NUM >= 190000
#define table_beginscan(relation, snapshot, nkeys, keys) \
	table_beginscan(relation, snapshot, nkeys, keys, SO_NONE)
#endif

/* 19 made one word of options of what was said by single arguments. */
static inline TM_Result
table_tuple_delete_compat(Relation relation, ItemPointer tid, CommandId cid,
						  Snapshot snapshot, TM_FailureData *failure)
{
#if PG_VERSION_NUM >= 190000
	return table_tuple_delete(relation, tid, cid, 0, snapshot, InvalidSnapshot, true, failure);
#else
	return table_tuple_delete(relation, tid, cid, snapshot, InvalidSnapshot, true, failure, false);
#endif
}

/* 19 keeps the state of a jsonb that is being built together with its result. */
#include "utils/jsonb.h"
#if PG_VERSION_NUM < 190000
typedef struct JsonbInState
{
	JsonbValue *result;			/* the completed value */
	JsonbParseState *parseState;
} JsonbInState;

static inline void
push_jsonb_compat(JsonbInState *state, JsonbIteratorToken token, JsonbValue *value)
{
	state->result = pushJsonbValue(&state->parseState, token, value);
}
#else
#define push_jsonb_compat(state, token, value)	pushJsonbValue(state, token, value)
#endif

/* 16 moved permissions out of the range table; 18 prunes the unneeded of it. */
#include "nodes/makefuncs.h"
#include "parser/parse_relation.h"
#include "utils/rel.h"
#include "executor/executor.h"
static inline void
init_range_table_compat(EState *estate, Relation relation, Bitmapset *updated)
{
	RangeTblEntry *entry = makeNode(RangeTblEntry);

	entry->rtekind = RTE_RELATION;
	entry->relid = RelationGetRelid(relation);
	entry->relkind = relation->rd_rel->relkind;
	entry->rellockmode = AccessShareLock;
#if PG_VERSION_NUM >= 160000
	{
		List	   *permissions = NIL;

		addRTEPermissionInfo(&permissions, entry)->updatedCols = updated;
#if PG_VERSION_NUM >= 180000
		ExecInitRangeTable(estate, list_make1(entry), permissions, bms_make_singleton(1));
#else
		ExecInitRangeTable(estate, list_make1(entry), permissions);
#endif
	}
#else
	entry->updatedCols = updated;
	ExecInitRangeTable(estate, list_make1(entry));
#endif
}

/* 16 gave it the result relations, of which there are none to replace. */
static inline void
evalplanqual_init_compat(EPQState *epq, EState *estate)
{
#if PG_VERSION_NUM >= 160000
	EvalPlanQualInit(epq, estate, NULL, NIL, -1, NIL);
#else
	EvalPlanQualInit(epq, estate, NULL, NIL, -1);
#endif
}

/* 16 gave it soft errors. */
#include "utils/rangetypes.h"
static inline RangeType *
make_range_compat(TypeCacheEntry *type, RangeBound *lower, RangeBound *upper)
{
#if PG_VERSION_NUM >= 160000
	return make_range(type, lower, upper, false, NULL);
#else
	return make_range(type, lower, upper, false);
#endif
}

/* 17 moved it into a structure. */
#include "storage/proc.h"
static inline LocalTransactionId
my_local_transaction_id(void)
{
#if PG_VERSION_NUM >= 170000
	return MyProc->vxid.lxid;
#else
	return MyProc->lxid;
#endif
}

/* 16 named the backends that report something by their place in a list, from 1. */
#include "utils/backend_status.h"
#if PG_VERSION_NUM < 160000
#define pgstat_get_local_beentry_by_index(i) pgstat_fetch_stat_local_beentry(i)
#endif

/* 16 gave all kinds of objects one check of privileges. */
#include "utils/acl.h"
#if PG_VERSION_NUM >= 160000
#include "catalog/pg_proc.h"
#define function_aclcheck(function, role) \
	object_aclcheck(ProcedureRelationId, function, role, ACL_EXECUTE)
#else
#define function_aclcheck(function, role) \
	pg_proc_aclcheck(function, role, ACL_EXECUTE)
#endif

/* 16 moved the memory of settings from malloc() to guc_malloc(). */
#include "utils/guc.h"
#if PG_VERSION_NUM >= 160000
#define credentials_guc_malloc(size) guc_malloc(LOG, size)
#else
#define credentials_guc_malloc(size) malloc(size)
#endif

/* 16 made a hash of the settings of what was an array. */
#include "utils/guc_tables.h"
static inline struct config_generic **
get_guc_variables_compat(int *n)
{
#if PG_VERSION_NUM >= 160000
	return get_guc_variables(n);
#else
	*n = GetNumConfigOptions();
	return get_guc_variables();
#endif
}

/* 19 made a union of what was the beginning of several structures. */
#if PG_VERSION_NUM >= 190000
#define config_string_compat(generic) (&(generic)->_string)
#else
#define config_string_compat(generic) ((struct config_string *) (generic))
#endif

/* 16 took it out of postgres.h. */
#if PG_VERSION_NUM >= 160000
#include "varatt.h"
#endif

/* 18 brought generated columns that are not stored. */
#ifndef ATTRIBUTE_GENERATED_VIRTUAL
#define ATTRIBUTE_GENERATED_VIRTUAL 'v'
#endif

#endif							/* CREDENTIALS_COMPAT_H */
