/*
 * routes.c
 *		The API's paths, and the functions behind them.
 *
 * A path is the name of its function, and its parameters are the function's
 * arguments, as the catalog has them.  So there is no code per path: only a
 * table of what each returns.
 *
 * What was looked up is kept for the life of the backend, and looked up again
 * after any change of a function, by whomever.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/objectaccess.h"
#include "catalog/pg_proc.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "nodes/pg_list.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/catcache.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/syscache.h"

#include "api/http/routes.h"
#include "compat.h"

static const Route routes[] = {
	{"/acs/credentials/create", OBJECT, "acs_credential", "access_method"},
	{"/acs/credentials/get", OBJECT, "acs_credential"},
	{"/acs/credentials/list", PAGES, "acs_credential"},
	{"/acs/credentials/update", OBJECT, "acs_credential"},
	{"/acs/credentials/regenerate_code", OBJECT, "acs_credential"},
	{"/acs/credentials/delete", NOTHING, NULL},
	{"/acs/credentials/assign", OBJECT, "acs_credential"},
	{"/acs/credentials/unassign", OBJECT, "acs_credential"},
	{"/acs/credentials/list_accessible_entrances", LIST, "acs_entrance"},
	{"/acs/credentials/create_offline_code", OBJECT, "acs_credential"},
	{"/acs/credentials/issue", OBJECT, "acs_credential"},
	{"/acs/credentials/disable", OBJECT, "acs_credential"},
	{"/acs/credentials/enable", OBJECT, "acs_credential"},
	{"/acs/credentials/sync_to_phone", OBJECT, "acs_credential"},

	{"/acs/users/create", OBJECT, "acs_user"},
	{"/acs/users/get", OBJECT, "acs_user"},
	{"/acs/users/list", PAGES, "acs_user"},
	{"/acs/users/update", OBJECT, "acs_user"},
	{"/acs/users/delete", NOTHING, NULL},
	{"/acs/users/suspend", NOTHING, NULL},
	{"/acs/users/unsuspend", NOTHING, NULL},
	{"/acs/users/add_to_access_group", NOTHING, NULL, "acs_access_group_id"},
	{"/acs/users/remove_from_access_group", NOTHING, NULL, "acs_access_group_id"},
	{"/acs/users/list_accessible_entrances", LIST, "acs_entrance"},
	{"/acs/users/revoke_access_to_all_entrances", NOTHING, NULL},

	{"/acs/entrances/create", OBJECT, "acs_entrance"},
	{"/acs/entrances/get", OBJECT, "acs_entrance"},
	{"/acs/entrances/list", PAGES, "acs_entrance"},
	{"/acs/entrances/update", OBJECT, "acs_entrance"},
	{"/acs/entrances/delete", NOTHING, NULL},
	{"/acs/entrances/grant_access", NOTHING, NULL, "acs_entrance_id"},
	{"/acs/entrances/revoke_access", NOTHING, NULL, "acs_entrance_id"},
	{"/acs/entrances/reset_lockout", NOTHING, NULL},
	{"/acs/entrances/set_mode", OBJECT, "acs_entrance"},
	{"/acs/entrances/list_credentials_with_access", LIST, "acs_credential"},

	{"/acs/access_groups/create", OBJECT, "acs_access_group"},
	{"/acs/access_groups/get", OBJECT, "acs_access_group"},
	{"/acs/access_groups/list", LONG_PAGES, "acs_access_group"},
	{"/acs/access_groups/update", OBJECT, "acs_access_group"},
	{"/acs/access_groups/delete", NOTHING, NULL},
	{"/acs/access_groups/add_user", NOTHING, NULL, "acs_access_group_id"},
	{"/acs/access_groups/remove_user", NOTHING, NULL, "acs_access_group_id"},
	{"/acs/access_groups/add_entrance", NOTHING, NULL},
	{"/acs/access_groups/remove_entrance", NOTHING, NULL},
	{"/acs/access_groups/list_users", LIST, "acs_user"},
	{"/acs/access_groups/list_accessible_entrances", LIST, "acs_entrance"},

	{"/acs/systems/create", OBJECT, "acs_system"},
	{"/acs/systems/get", OBJECT, "acs_system"},
	{"/acs/systems/list", LONG_PAGES, "acs_system"},
	{"/acs/systems/update", OBJECT, "acs_system"},
	{"/acs/systems/delete", NOTHING, NULL},
	{"/acs/systems/set_mode", OBJECT, "acs_system"},
	{"/acs/systems/list_compatible_credential_manager_acs_systems", LIST, "acs_system"},

	{"/acs/holidays/add", NOTHING, NULL},
	{"/acs/holidays/remove", NOTHING, NULL},

	{"/acs/access/check", OBJECT, "acs_access_decision"},
	{"/acs/access/request", OBJECT, "acs_access_decision"},

	{"/events/get", OBJECT, "event"},
	{"/events/list", PAGES, "event"},
};

static Function *kept[lengthof(routes)];
static uint64 generation = 0;	/* of what the catalog says about functions */
static int	requests_running = 0;

const Route *
find_route(const char *path)
{
	for (size_t i = 0; i < lengthof(routes); i++)
	{
		if (strcmp(routes[i].path, path) == 0)
			return &routes[i];
	}
	return NULL;
}

/* /acs/users/get is acs_users_get, and /events/get is acs_events_get. */
static char *
function_name(const char *path)
{
	const char *prefix = strncmp(path, "/acs", strlen("/acs")) == 0 ? "" : "acs_";
	char	   *name = psprintf("%s%s", prefix, path + 1);

	for (char *c = name; *c != '\0'; c++)
	{
		if (*c == '/')
			*c = '_';
	}
	return name;
}

/* ---------- looking it up ---------- */

static void
read_default_values(Function *function, HeapTuple tuple, int n)
{
	bool		isnull;
	Datum		list = SysCacheGetAttr(PROCOID, tuple, Anum_pg_proc_proargdefaults, &isnull);
	List	   *values = isnull ? NIL : (List *) stringToNode(TextDatumGetCString(list));

	Assert(list_length(values) == n);
	for (int i = 0; i < n; i++)
		function->args[function->nargs - n + i].default_value = list_nth(values, i);
}

static void
read_arguments(Function *function, HeapTuple tuple)
{
	Form_pg_proc form = (Form_pg_proc) GETSTRUCT(tuple);
	Oid		   *types;
	char	  **names;
	char	   *modes;

	function->nargs = form->pronargs;
	function->result_type = form->prorettype;
	get_func_arg_info(tuple, &types, &names, &modes);
	if (form->pronargs > MAX_ARGUMENTS || (form->pronargs > 0 && names == NULL))
		elog(ERROR, "function \"%s\" has arguments that are not the extension's", NameStr(form->proname));
	for (int i = 0; i < form->pronargs; i++)
	{
		function->args[i].name = names[i];
		function->args[i].type = types[i];
	}
	read_default_values(function, tuple, form->pronargdefaults);
}

/*
 * Of those at a door there are two: the one that can be called without a code is
 * the one for whatever is sent.
 */
static Oid
find_function(const char *name, Oid schema)
{
	CatCList   *list = SearchSysCacheList1(PROCNAMEARGSNSP, CStringGetDatum(name));
	Oid			found = InvalidOid;
	int			defaults = -1;

	for (int i = 0; i < list->n_members; i++)
	{
		Form_pg_proc form = (Form_pg_proc) GETSTRUCT(&list->members[i]->tuple);

		if (form->pronamespace != schema || form->pronargdefaults <= defaults)
			continue;
		found = form->oid;
		defaults = form->pronargdefaults;
	}
	ReleaseSysCacheList(list);
	if (!OidIsValid(found))
		elog(ERROR, "function \"%s\" of the extension is missing", name);
	return found;
}

/* In the current memory context. */
static void
look_up(Function *function, const Route *route, Oid schema)
{
	Oid			oid = find_function(function_name(route->path), schema);
	HeapTuple	tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(oid));

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for function %u", oid);
	read_arguments(function, tuple);
	ReleaseSysCache(tuple);
	function->schema = schema;
	fmgr_info_cxt(oid, &function->call, function->context);
	if (route->object != NULL)
		fmgr_info_cxt(find_function(function_name(psprintf("/%s_json", route->object)), schema),
					  &function->json, function->context);
}

/* ---------- keeping it ---------- */

/* Looks nothing up: that is not allowed while invalidations are processed. */
static void
note_change(Datum arg pg_attribute_unused(), int cacheid pg_attribute_unused(),
			uint32 hashvalue pg_attribute_unused())
{
	generation++;
}

static void
watch_functions(void)
{
	static bool registered = false;

	if (registered)
		return;
	CacheRegisterSyscacheCallback(PROCOID, note_change, (Datum) 0);
	registered = true;
}

/* A change in the meantime makes it one of an older generation. */
static Function *
new_function(const Route *route, Oid schema)
{
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "acs_request function",
												  ALLOCSET_SMALL_SIZES);
	MemoryContext old_context = MemoryContextSwitchTo(context);
	Function   *function = palloc0(sizeof(Function));

	function->context = context;
	function->generation = generation;
	look_up(function, route, schema);
	MemoryContextSwitchTo(old_context);
	MemoryContextSetParent(context, CacheMemoryContext);
	return function;
}

/*
 * A request can run within another, by a trigger: then what is out of date may
 * be in use, and is forgotten, not freed.
 */
Function *
function_of(const Route *route, Oid schema)
{
	Function  **place = &kept[route - routes];
	Function   *stale = *place;

	watch_functions();
	if (stale != NULL && stale->generation == generation && stale->schema == schema)
		return stale;
	*place = new_function(route, schema);
	if (stale != NULL && requests_running <= 1)
		MemoryContextDelete(stale->context);
	return *place;
}

void
begin_request(void)
{
	requests_running++;
}

void
end_request(void)
{
	requests_running--;
}

/* ---------- using it ---------- */

static void
require_execute(Oid function)
{
	AclResult	result = function_aclcheck(function, GetUserId());

	if (result != ACLCHECK_OK)
		aclcheck_error(result, OBJECT_FUNCTION, get_func_name(function));
	InvokeFunctionExecuteHook(function);
}

void
require_right_to_call(const Function *function)
{
	require_execute(function->call.fn_oid);
	if (OidIsValid(function->json.fn_oid))
		require_execute(function->json.fn_oid);
}

int
find_argument(const Function *function, const char *name)
{
	for (int i = 0; i < function->nargs; i++)
	{
		if (strcmp(function->args[i].name, name) == 0)
			return i;
	}
	return -1;
}
