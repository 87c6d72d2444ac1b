/*
 * subtransaction.c
 *		Try something, and be as before if it fails.
 *
 * As PL/pgSQL does with a block that has an EXCEPTION clause (exec_stmt_block()
 * in pl_exec.c).
 */
#include "postgres.h"

#include "access/xact.h"
#include "utils/memutils.h"
#include "utils/resowner.h"

#include "store/subtransaction.h"

static void
end_subtransaction(bool is_kept, MemoryContext context, ResourceOwner owner)
{
	if (is_kept)
		ReleaseCurrentSubTransaction();
	else
		RollbackAndReleaseCurrentSubTransaction();
	MemoryContextSwitchTo(context);
	CurrentResourceOwner = owner;
}

ErrorData *
run_in_subtransaction(Attempted attempted, void *arg)
{
	MemoryContext context = CurrentMemoryContext;
	ResourceOwner owner = CurrentResourceOwner;
	ErrorData  *volatile error = NULL;

	BeginInternalSubTransaction(NULL);
	MemoryContextSwitchTo(context);
	PG_TRY();
	{
		bool		is_kept = attempted(arg);

		end_subtransaction(is_kept, context, owner);
	}
	PG_CATCH();
	{
		MemoryContextSwitchTo(context);
		error = CopyErrorData();
		FlushErrorState();
		end_subtransaction(false, context, owner);
	}
	PG_END_TRY();
	return error;
}
