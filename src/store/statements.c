/*
 * statements.c
 *		Every SQL text the extension runs, as kept plans.
 *
 * The texts trust nothing around them: "@." stands for the extension's schema,
 * and whatever is not a keyword is qualified.  Each names the workspace, as $1.
 *
 * A plan is prepared on first use and kept for the life of the backend; the
 * server replans it when a table changes.  What is baked in is the name of the
 * schema and the types of parameters, so the plans are forgotten when the
 * schema is renamed or the extension has come back after a DROP EXTENSION.
 * Syscache invalidations of schemas and types only tell to look again.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"
#include "utils/uuid.h"

#include "credentials.h"
#include "store/statements.h"

#define MAX_PARAMS	24

/* Types of parameters; those of the extension are looked up in its schema. */
typedef enum ParamType
{
	END_OF_PARAMS = 0,
	P_BOOL,
	P_CODE,
	P_DISABLE_REASON,
	P_INT,
	P_JSONB,
	P_METHOD,
	P_TEXT,
	P_TIME,
	P_UUID,
	P_UUIDS
} ParamType;

typedef struct Statement
{
	const char *text;
	ParamType	params[MAX_PARAMS]; /* $2 and up */
	bool		callers_snapshot;	/* for STABLE functions, which also run on
									 * a standby; others take a new snapshot */
	bool		plan_each_time; /* for optional filters, and lists of unknown
								 * length: a generic plan serves none well */
} Statement;

/* ---------- parts that several statements share ---------- */

/* What an event tells of a credential, in the order of event_write(). */
#define CREDENTIAL_EVENT_COLUMNS \
	"c.acs_system_id, c.acs_user_id, c.acs_credential_id, " \
	"pg_catalog.jsonb_strip_nulls(pg_catalog.jsonb_build_object(" \
	"'access_method', c.access_method, 'display_name', c.display_name, " \
	"'starts_at', c.starts_at, 'ends_at', c.ends_at))"

/* The same of a user. */
#define USER_DETAILS \
	"pg_catalog.jsonb_strip_nulls(pg_catalog.jsonb_build_object('full_name', u.full_name, " \
	"'access_starts_at', u.access_starts_at, 'access_ends_at', u.access_ends_at))"

/* The new value of a column of STMT_USER_FOLLOW_UPDATE if it follows. */
#define IF_FOLLOWED(bit, param, column) \
	"CASE WHEN ($11 OPERATOR(pg_catalog.&) " bit ") OPERATOR(pg_catalog.<>) 0 " \
	"THEN " param " ELSE u." column " END"

/* What api/holder.c reads of a system and its type, after the ids of a user. */
#define RULES \
	"s.default_credential_manager_acs_system_id, t.system_type, " \
	"t.access_methods, t.custom_code, t.code_min_length, t.code_max_length, " \
	"t.code_max_value, t.generated_code_length, t.max_entrances_per_code, " \
	"t.requires_entrances, t.requires_window, t.requires_multi_phone_sync, " \
	"t.max_cards_per_user, t.max_mobile_keys_per_user, t.encodes_cards, t.metadata_key "

/*
 * A user with its system and the rules of its type.  The lock keeps the user
 * from being deleted before the credential is stored; the foreign key takes
 * the same one.
 */
#define USER_WITH_RULES(condition) \
	"SELECT u.acs_user_id, u.acs_system_id, u.user_identity_id, " RULES \
	"FROM @.acs_users u " \
	"JOIN @.acs_systems s ON s.workspace_id OPERATOR(pg_catalog.=) u.workspace_id " \
	"AND s.acs_system_id OPERATOR(pg_catalog.=) u.acs_system_id " \
	"JOIN @.acs_system_types t ON t.system_type OPERATOR(pg_catalog.=) s.system_type " \
	"WHERE u.workspace_id OPERATOR(pg_catalog.=) $1 AND " condition \
	" FOR KEY SHARE OF u"

/* What api/credentials_object.c reads; a column that a DBA added to the table comes last. */
#define CREDENTIALS_WITH_TYPE \
	"SELECT t.credential_type, t.credential_type_display_name, c.* " \
	"FROM @.acs_credentials c " \
	"JOIN @.acs_systems s ON s.workspace_id OPERATOR(pg_catalog.=) c.workspace_id " \
	"AND s.acs_system_id OPERATOR(pg_catalog.=) c.acs_system_id " \
	"JOIN @.acs_system_types t ON t.system_type OPERATOR(pg_catalog.=) s.system_type " \
	"WHERE c.workspace_id OPERATOR(pg_catalog.=) $1 "

/* Optional filters and a page of a list: the filter is dropped from the plan if null. */
#define FILTER(column, param) \
	"AND (" param " IS NULL OR " column " OPERATOR(pg_catalog.=) " param ") "
/* A subquery under OR is no join; as an array it is looked up first, and can use an index. */
#define FILTER_BY_LIST(column, param, subquery) \
	"AND (" param " IS NULL OR " column " OPERATOR(pg_catalog.=) ANY (ARRAY(" subquery "))) "
/* Keeps a lateral look-up by key from becoming a join that reads the whole workspace. */
#define EACH_BY_KEY "OFFSET 0"
#define PAGE(id, size, cursor) \
	"AND (" cursor " IS NULL OR " id " OPERATOR(pg_catalog.>) " cursor ") " \
	"ORDER BY " id " LIMIT " size
#define SEARCH(columns, param) \
	"AND (" param " IS NULL OR pg_catalog.strpos(pg_catalog.lower(pg_catalog.concat_ws(E'\\n', " columns ")), " \
	"pg_catalog.lower(" param ")) OPERATOR(pg_catalog.>) 0) "

/* Ids of the entrances of a user's access groups; those of credentials stand beside. */
#define ENTRANCES_OF_GROUPS_OF(user) \
	"SELECT ge.acs_entrance_id FROM @.acs_access_groups_users gu " \
	"JOIN @.acs_access_groups_entrances ge ON ge.workspace_id OPERATOR(pg_catalog.=) $1 " \
	"AND ge.acs_access_group_id OPERATOR(pg_catalog.=) gu.acs_access_group_id " \
	"WHERE gu.workspace_id OPERATOR(pg_catalog.=) $1 AND gu.acs_user_id OPERATOR(pg_catalog.=) " user

/*
 * All that a decision needs to know, in the order of api/access.c: $2 is the
 * entrance, $3 the method, $4 what is presented, $5 the instant.  Of several
 * credentials that hold the same code, the nearest in time is meant; of one on
 * a phone, the entrances are those of the credential it is a copy of.
 */
#define ACCESS_FACTS(presented) \
	"SELECT CASE WHEN $3 OPERATOR(pg_catalog.=) 'code' THEN e.can_unlock_with_code " \
	"WHEN $3 OPERATOR(pg_catalog.=) 'card' THEN e.can_unlock_with_card " \
	"ELSE e.can_unlock_with_mobile_key END, " \
	"e.acs_system_id, l.failed_attempts, l.locked_until, " \
	"c.acs_credential_id, c.acs_user_id, c.display_name, c.starts_at, c.ends_at, " \
	"c.is_one_time_use, c.used_at, c.is_issued, " \
	"c.disable_reasons OPERATOR(pg_catalog.<>) '{}', " \
	"u.is_suspended, u.access_starts_at, u.access_ends_at, " \
	"EXISTS (SELECT FROM @.acs_credential_entrances x " \
	"WHERE x.workspace_id OPERATOR(pg_catalog.=) $1 AND x.acs_entrance_id OPERATOR(pg_catalog.=) $2 " \
	"AND x.acs_credential_id OPERATOR(pg_catalog.=) COALESCE(c.parent_acs_credential_id, c.acs_credential_id)) " \
	"OR EXISTS (SELECT FROM @.acs_access_groups_users gu " \
	"JOIN @.acs_access_groups_entrances ge ON ge.workspace_id OPERATOR(pg_catalog.=) $1 " \
	"AND ge.acs_access_group_id OPERATOR(pg_catalog.=) gu.acs_access_group_id " \
	"AND ge.acs_entrance_id OPERATOR(pg_catalog.=) $2 " \
	"WHERE gu.workspace_id OPERATOR(pg_catalog.=) $1 AND gu.acs_user_id OPERATOR(pg_catalog.=) c.acs_user_id) " \
	"FROM @.acs_entrances e " \
	"LEFT JOIN @.acs_entrance_lockouts l ON l.workspace_id OPERATOR(pg_catalog.=) $1 " \
	"AND l.acs_entrance_id OPERATOR(pg_catalog.=) $2 " \
	"LEFT JOIN LATERAL (SELECT p.acs_credential_id, p.parent_acs_credential_id, p.acs_user_id, p.display_name, " \
	"p.starts_at, p.ends_at, p.is_one_time_use, p.used_at, p.is_issued, p.disable_reasons " \
	"FROM @.acs_credentials p " \
	"WHERE p.workspace_id OPERATOR(pg_catalog.=) $1 " \
	"AND p.acs_system_id OPERATOR(pg_catalog.=) e.acs_system_id " \
	"AND p.access_method OPERATOR(pg_catalog.=) $3 AND " presented \
	" ORDER BY @.acs_window_distance(p.starts_at, p.ends_at, $5) LIMIT 1) c ON true " \
	"LEFT JOIN @.acs_users u ON u.workspace_id OPERATOR(pg_catalog.=) $1 " \
	"AND u.acs_user_id OPERATOR(pg_catalog.=) c.acs_user_id " \
	"WHERE e.workspace_id OPERATOR(pg_catalog.=) $1 AND e.acs_entrance_id OPERATOR(pg_catalog.=) $2"

static const Statement statements[STMT_COUNT] = {
	[STMT_SYSTEM_CREATE] = {
		"INSERT INTO @.acs_systems AS s (workspace_id, acs_system_id, system_type, name, "
		"default_credential_manager_acs_system_id, connected_account_id) "
		"SELECT $1, @.acs_uuid(), t.system_type, $2, $4, $5 "
		"FROM @.acs_system_types t WHERE t.system_type OPERATOR(pg_catalog.=) $3 "
		"RETURNING s",
		{P_TEXT, P_TEXT, P_UUID, P_UUID}
	},
	[STMT_SYSTEM_GET] = {
		"SELECT s FROM @.acs_systems s WHERE s.workspace_id OPERATOR(pg_catalog.=) $1 "
		"AND s.acs_system_id OPERATOR(pg_catalog.=) $2",
		{P_UUID},
		.callers_snapshot = true
	},
	[STMT_SYSTEM_LIST] = {
		"SELECT s FROM @.acs_systems s WHERE s.workspace_id OPERATOR(pg_catalog.=) $1 "
		SEARCH("s.name, s.acs_system_id", "$2")
		PAGE("s.acs_system_id", "$3", "$4"),
		{P_TEXT, P_INT, P_UUID},
		.callers_snapshot = true,
		.plan_each_time = true
	},
	[STMT_ENTRANCE_GET] = {
		"SELECT e, e.acs_system_id FROM @.acs_entrances e WHERE e.workspace_id OPERATOR(pg_catalog.=) $1 "
		"AND e.acs_entrance_id OPERATOR(pg_catalog.=) $2",
		{P_UUID},
		.callers_snapshot = true
	},
	[STMT_ENTRANCE_LIST] = {
		"SELECT e FROM @.acs_entrances e WHERE e.workspace_id OPERATOR(pg_catalog.=) $1 "
		FILTER("e.acs_system_id", "$2")
		FILTER_BY_LIST("e.acs_entrance_id", "$3", "SELECT x.acs_entrance_id FROM @.acs_credential_entrances x "
					   "WHERE x.workspace_id OPERATOR(pg_catalog.=) $1 AND x.acs_credential_id OPERATOR(pg_catalog.=) $3")
		SEARCH("e.display_name, e.acs_entrance_id", "$4")
		PAGE("e.acs_entrance_id", "$5", "$6"),
		{P_UUID, P_UUID, P_TEXT, P_INT, P_UUID},
		.callers_snapshot = true,
		.plan_each_time = true
	},
	[STMT_ENTRANCE_GRANT] = {
		/* on each of the user's credentials; copies on phones have those of their parent */
		"INSERT INTO @.acs_credential_entrances (workspace_id, acs_credential_id, acs_entrance_id) "
		"SELECT $1, c.acs_credential_id, $2 FROM @.acs_credentials c "
		"WHERE c.workspace_id OPERATOR(pg_catalog.=) $1 AND c.acs_system_id OPERATOR(pg_catalog.=) $3 "
		"AND c.acs_user_id OPERATOR(pg_catalog.=) $4 AND c.parent_acs_credential_id IS NULL "
		"ON CONFLICT (workspace_id, acs_credential_id, acs_entrance_id) DO NOTHING",
		{P_UUID, P_UUID, P_UUID}
	},
	[STMT_CODE_WITH_MORE_ENTRANCES] = {
		"SELECT c.acs_credential_id FROM @.acs_credentials c "
		"WHERE c.workspace_id OPERATOR(pg_catalog.=) $1 AND c.acs_user_id OPERATOR(pg_catalog.=) $2 "
		"AND c.acs_system_id OPERATOR(pg_catalog.=) $3 AND c.access_method OPERATOR(pg_catalog.=) 'code' "
		"AND (SELECT pg_catalog.count(*) FROM @.acs_credential_entrances x "
		"WHERE x.workspace_id OPERATOR(pg_catalog.=) $1 "
		"AND x.acs_credential_id OPERATOR(pg_catalog.=) c.acs_credential_id) OPERATOR(pg_catalog.>) $4 LIMIT 1",
		{P_UUID, P_UUID, P_INT}
	},
	[STMT_USER_HAS_CREDENTIALS] = {
		"SELECT FROM @.acs_credentials c WHERE c.workspace_id OPERATOR(pg_catalog.=) $1 "
		"AND c.acs_user_id OPERATOR(pg_catalog.=) $2 AND c.acs_system_id OPERATOR(pg_catalog.=) $3 LIMIT 1",
		{P_UUID, P_UUID}
	},
	[STMT_ENTRANCE_CREDENTIALS] = {
		CREDENTIALS_WITH_TYPE "AND c.acs_credential_id OPERATOR(pg_catalog.=) ANY ("
		"SELECT x.acs_credential_id FROM @.acs_credential_entrances x "
		"WHERE x.workspace_id OPERATOR(pg_catalog.=) $1 AND x.acs_entrance_id OPERATOR(pg_catalog.=) $2 "
		"UNION SELECT k.acs_credential_id FROM @.acs_credential_entrances x JOIN @.acs_credentials k "
		"ON k.workspace_id OPERATOR(pg_catalog.=) $1 AND k.parent_acs_credential_id OPERATOR(pg_catalog.=) x.acs_credential_id "
		"WHERE x.workspace_id OPERATOR(pg_catalog.=) $1 AND x.acs_entrance_id OPERATOR(pg_catalog.=) $2 "
		"UNION SELECT d.acs_credential_id FROM @.acs_access_groups_entrances ge "
		"JOIN @.acs_access_groups_users gu ON gu.workspace_id OPERATOR(pg_catalog.=) $1 "
		"AND gu.acs_access_group_id OPERATOR(pg_catalog.=) ge.acs_access_group_id "
		"JOIN @.acs_users u ON u.workspace_id OPERATOR(pg_catalog.=) $1 "
		"AND u.acs_user_id OPERATOR(pg_catalog.=) gu.acs_user_id "
		"JOIN @.acs_credentials d ON d.workspace_id OPERATOR(pg_catalog.=) $1 "
		"AND d.acs_system_id OPERATOR(pg_catalog.=) u.acs_system_id "
		"AND d.acs_user_id OPERATOR(pg_catalog.=) u.acs_user_id "
		"WHERE ge.workspace_id OPERATOR(pg_catalog.=) $1 AND ge.acs_entrance_id OPERATOR(pg_catalog.=) $2) "
		"AND (NOT $3 OR @.acs_valid_at(c.starts_at, c.ends_at, $4) AND c.disable_reasons OPERATOR(pg_catalog.=) '{}') "
		"ORDER BY c.acs_credential_id",
		{P_UUID, P_BOOL, P_TIME},
		.callers_snapshot = true,
		.plan_each_time = true
	},
	[STMT_USER_GET] = {
		"SELECT u, u.acs_user_id, u.acs_system_id, u.user_identity_id FROM @.acs_users u "
		"WHERE u.workspace_id OPERATOR(pg_catalog.=) $1 "
		FILTER("u.acs_user_id", "$2") FILTER("u.user_identity_id", "$3") FILTER("u.acs_system_id", "$4"),
		{P_UUID, P_UUID, P_UUID},
		.callers_snapshot = true,
		.plan_each_time = true
	},
	[STMT_USER_LIST] = {
		"SELECT u FROM @.acs_users u WHERE u.workspace_id OPERATOR(pg_catalog.=) $1 "
		FILTER("u.acs_system_id", "$2") FILTER("u.user_identity_id", "$3")
		SEARCH("u.full_name, u.email_address, u.phone_number, u.acs_user_id, u.user_identity_id", "$4")
		"AND ($5 IS NULL OR u.created_at OPERATOR(pg_catalog.<) $5) "
		PAGE("u.acs_user_id", "$6", "$7"),
		{P_UUID, P_UUID, P_TEXT, P_TIME, P_INT, P_UUID},
		.callers_snapshot = true,
		.plan_each_time = true
	},
	[STMT_USER_UPDATE] = {
		"UPDATE @.acs_users u SET full_name = COALESCE($3, u.full_name), "
		"email_address = COALESCE($4, u.email_address), phone_number = COALESCE($5, u.phone_number), "
		"access_starts_at = CASE WHEN $6 THEN $7 ELSE u.access_starts_at END, "
		"access_ends_at = CASE WHEN $8 THEN $9 ELSE u.access_ends_at END "
		"WHERE u.workspace_id OPERATOR(pg_catalog.=) $1 AND u.acs_user_id OPERATOR(pg_catalog.=) $2 "
		"RETURNING u",
		{P_UUID, P_TEXT, P_TEXT, P_TEXT, P_BOOL, P_TIME, P_BOOL, P_TIME}
	},
	[STMT_USER_SUSPEND] = {
		"UPDATE @.acs_users u SET is_suspended = $3 "
		"WHERE u.workspace_id OPERATOR(pg_catalog.=) $1 AND u.acs_user_id OPERATOR(pg_catalog.=) $2",
		{P_UUID, P_BOOL}
	},
	[STMT_USER_DELETE] = {
		"DELETE FROM @.acs_users u "
		"WHERE u.workspace_id OPERATOR(pg_catalog.=) $1 AND u.acs_user_id OPERATOR(pg_catalog.=) $2",
		{P_UUID}
	},
	[STMT_USER_RENAME] = {
		"UPDATE @.acs_users u SET acs_user_id = $3 "
		"WHERE u.workspace_id OPERATOR(pg_catalog.=) $1 AND u.acs_user_id OPERATOR(pg_catalog.=) $2",
		{P_UUID, P_UUID}
	},
	[STMT_USER_MOVE] = {
		"UPDATE @.acs_users u SET acs_system_id = $3 "
		"WHERE u.workspace_id OPERATOR(pg_catalog.=) $1 AND u.acs_user_id OPERATOR(pg_catalog.=) $2 "
		"AND u.acs_system_id OPERATOR(pg_catalog.<>) $3",
		{P_UUID, P_UUID}
	},
	[STMT_USER_FOLLOW_INSERT] = {
		"INSERT INTO @.acs_users AS u (workspace_id, acs_user_id, acs_system_id, user_identity_id, full_name, "
		"email_address, phone_number, is_suspended, access_starts_at, access_ends_at) "
		"VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) "
		"ON CONFLICT (workspace_id, acs_user_id) DO NOTHING "
		"RETURNING NULL, u.acs_system_id, u.acs_user_id, NULL::pg_catalog.uuid, " USER_DETAILS,
		{P_UUID, P_UUID, P_UUID, P_TEXT, P_TEXT, P_TEXT, P_BOOL, P_TIME, P_TIME}
	},
	[STMT_USER_FOLLOW_UPDATE] = {
		/*
		 * A bit of $11 for each column that follows; the others stay as they
		 * are.  No column of a key, which would lock out new credentials.
		 */
		"UPDATE @.acs_users u SET "
		"user_identity_id = " IF_FOLLOWED("4", "$4", "user_identity_id") ", "
		"full_name = " IF_FOLLOWED("8", "$5", "full_name") ", "
		"email_address = " IF_FOLLOWED("16", "$6", "email_address") ", "
		"phone_number = " IF_FOLLOWED("32", "$7", "phone_number") ", "
		"is_suspended = " IF_FOLLOWED("64", "$8", "is_suspended") ", "
		"access_starts_at = " IF_FOLLOWED("128", "$9", "access_starts_at") ", "
		"access_ends_at = " IF_FOLLOWED("256", "$10", "access_ends_at") " "
		"WHERE u.workspace_id OPERATOR(pg_catalog.=) $1 AND u.acs_user_id OPERATOR(pg_catalog.=) $2 "
		"AND $3 IS NOT NULL",
		{P_UUID, P_UUID, P_UUID, P_TEXT, P_TEXT, P_TEXT, P_BOOL, P_TIME, P_TIME, P_INT}
	},
	[STMT_USER_ENTRANCES] = {
		"SELECT e FROM @.acs_entrances e WHERE e.workspace_id OPERATOR(pg_catalog.=) $1 "
		"AND e.acs_entrance_id OPERATOR(pg_catalog.=) ANY ("
		"SELECT x.acs_entrance_id FROM @.acs_credentials c JOIN @.acs_credential_entrances x "
		"ON x.workspace_id OPERATOR(pg_catalog.=) $1 AND x.acs_credential_id OPERATOR(pg_catalog.=) c.acs_credential_id "
		"WHERE c.workspace_id OPERATOR(pg_catalog.=) $1 AND c.acs_system_id OPERATOR(pg_catalog.=) $3 "
		"AND c.acs_user_id OPERATOR(pg_catalog.=) $2 "
		"UNION " ENTRANCES_OF_GROUPS_OF("$2") ") ORDER BY e.acs_entrance_id",
		{P_UUID, P_UUID},
		.callers_snapshot = true,
		.plan_each_time = true
	},
	[STMT_USER_REVOKE_ENTRANCES] = {
		"DELETE FROM @.acs_credential_entrances x USING @.acs_credentials c "
		"WHERE c.workspace_id OPERATOR(pg_catalog.=) $1 AND c.acs_system_id OPERATOR(pg_catalog.=) $3 "
		"AND c.acs_user_id OPERATOR(pg_catalog.=) $2 AND x.workspace_id OPERATOR(pg_catalog.=) $1 "
		"AND x.acs_credential_id OPERATOR(pg_catalog.=) c.acs_credential_id",
		{P_UUID, P_UUID}
	},
	[STMT_USER_LEAVE_GROUPS] = {
		"DELETE FROM @.acs_access_groups_users gu WHERE gu.workspace_id OPERATOR(pg_catalog.=) $1 "
		"AND gu.acs_user_id OPERATOR(pg_catalog.=) $2",
		{P_UUID}
	},
	[STMT_GROUP_CREATE] = {
		"INSERT INTO @.acs_access_groups AS g (workspace_id, acs_system_id, name) "
		"SELECT $1, s.acs_system_id, $3 FROM @.acs_systems s "
		"WHERE s.workspace_id OPERATOR(pg_catalog.=) $1 AND s.acs_system_id OPERATOR(pg_catalog.=) $2 "
		"RETURNING g, g.acs_access_group_id",
		{P_UUID, P_TEXT}
	},
	[STMT_GROUP_ADD_ENTRANCES] = {
		"INSERT INTO @.acs_access_groups_entrances (workspace_id, acs_access_group_id, acs_entrance_id) "
		"SELECT $1, $2, i.id FROM pg_catalog.unnest($3) AS i (id)",
		{P_UUID, P_UUIDS}
	},
	[STMT_GROUP_GET] = {
		"SELECT g, g.acs_system_id, g.name FROM @.acs_access_groups g WHERE g.workspace_id OPERATOR(pg_catalog.=) $1 "
		"AND g.acs_access_group_id OPERATOR(pg_catalog.=) $2",
		{P_UUID},
		.callers_snapshot = true
	},
	[STMT_GROUP_LIST] = {
		"SELECT g FROM @.acs_access_groups g WHERE g.workspace_id OPERATOR(pg_catalog.=) $1 "
		FILTER("g.acs_system_id", "$2")
		FILTER_BY_LIST("g.acs_access_group_id", "$3", "SELECT gu.acs_access_group_id FROM @.acs_access_groups_users gu "
					   "WHERE gu.workspace_id OPERATOR(pg_catalog.=) $1 AND gu.acs_user_id OPERATOR(pg_catalog.=) $3")
		SEARCH("g.name, g.acs_access_group_id", "$4")
		PAGE("g.acs_access_group_id", "$5", "$6"),
		{P_UUID, P_UUID, P_TEXT, P_INT, P_UUID},
		.callers_snapshot = true,
		.plan_each_time = true
	},
	[STMT_GROUP_EMPTY] = {
		/* what the users' events tell */
		"DELETE FROM @.acs_access_groups_users gu USING @.acs_users u, @.acs_access_groups g "
		"WHERE gu.workspace_id OPERATOR(pg_catalog.=) $1 AND gu.acs_access_group_id OPERATOR(pg_catalog.=) $2 "
		"AND u.workspace_id OPERATOR(pg_catalog.=) $1 AND u.acs_user_id OPERATOR(pg_catalog.=) gu.acs_user_id "
		"AND g.workspace_id OPERATOR(pg_catalog.=) $1 AND g.acs_access_group_id OPERATOR(pg_catalog.=) $2 "
		"RETURNING NULL, u.acs_system_id, u.acs_user_id, NULL::pg_catalog.uuid, "
		"pg_catalog.jsonb_build_object('removed_from_access_group', g.name)",
		{P_UUID}
	},
	[STMT_GROUP_DELETE] = {
		"DELETE FROM @.acs_access_groups g WHERE g.workspace_id OPERATOR(pg_catalog.=) $1 "
		"AND g.acs_access_group_id OPERATOR(pg_catalog.=) $2",
		{P_UUID}
	},
	[STMT_GROUP_ADD_USER] = {
		"INSERT INTO @.acs_access_groups_users (workspace_id, acs_access_group_id, acs_user_id) "
		"VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
		{P_UUID, P_UUID}
	},
	[STMT_GROUP_REMOVE_USER] = {
		"DELETE FROM @.acs_access_groups_users gu WHERE gu.workspace_id OPERATOR(pg_catalog.=) $1 "
		"AND gu.acs_access_group_id OPERATOR(pg_catalog.=) $2 AND gu.acs_user_id OPERATOR(pg_catalog.=) $3",
		{P_UUID, P_UUID}
	},
	[STMT_GROUP_USERS] = {
		"SELECT u FROM @.acs_access_groups_users gu JOIN @.acs_users u "
		"ON u.workspace_id OPERATOR(pg_catalog.=) $1 AND u.acs_user_id OPERATOR(pg_catalog.=) gu.acs_user_id "
		"WHERE gu.workspace_id OPERATOR(pg_catalog.=) $1 AND gu.acs_access_group_id OPERATOR(pg_catalog.=) $2 "
		"ORDER BY u.acs_user_id",
		{P_UUID},
		.callers_snapshot = true,
		.plan_each_time = true
	},
	[STMT_GROUP_ENTRANCES] = {
		"SELECT e FROM @.acs_access_groups_entrances ge JOIN @.acs_entrances e "
		"ON e.workspace_id OPERATOR(pg_catalog.=) $1 AND e.acs_entrance_id OPERATOR(pg_catalog.=) ge.acs_entrance_id "
		"WHERE ge.workspace_id OPERATOR(pg_catalog.=) $1 AND ge.acs_access_group_id OPERATOR(pg_catalog.=) $2 "
		"ORDER BY e.acs_entrance_id",
		{P_UUID},
		.callers_snapshot = true,
		.plan_each_time = true
	},
	[STMT_ENTRANCE_CREATE] = {
		"INSERT INTO @.acs_entrances AS e (workspace_id, acs_system_id, display_name, "
		"can_unlock_with_code, can_unlock_with_card, can_unlock_with_mobile_key) "
		"SELECT $1, s.acs_system_id, $3, $4, $5, $6 FROM @.acs_systems s "
		"WHERE s.workspace_id OPERATOR(pg_catalog.=) $1 AND s.acs_system_id OPERATOR(pg_catalog.=) $2 "
		"RETURNING e",
		{P_UUID, P_TEXT, P_BOOL, P_BOOL, P_BOOL}
	},
	[STMT_USER_CREATE] = {
		"INSERT INTO @.acs_users AS u (workspace_id, acs_system_id, full_name, email_address, "
		"phone_number, user_identity_id, access_starts_at, access_ends_at) "
		"SELECT $1, s.acs_system_id, $3, $4, $5, $6, $7, $8 FROM @.acs_systems s "
		"WHERE s.workspace_id OPERATOR(pg_catalog.=) $1 AND s.acs_system_id OPERATOR(pg_catalog.=) $2 "
		"ON CONFLICT (workspace_id, user_identity_id, acs_system_id) WHERE user_identity_id IS NOT NULL DO NOTHING "
		"RETURNING u, u.acs_system_id, u.acs_user_id, NULL::pg_catalog.uuid, " USER_DETAILS,
		{P_UUID, P_TEXT, P_TEXT, P_TEXT, P_UUID, P_TIME, P_TIME}
	},
	[STMT_USER_BY_ID] = {
		USER_WITH_RULES("u.acs_user_id OPERATOR(pg_catalog.=) $2"),
		{P_UUID}
	},
	[STMT_USER_BY_IDENTITY] = {
		USER_WITH_RULES("u.user_identity_id OPERATOR(pg_catalog.=) $2 "
						"AND u.acs_system_id OPERATOR(pg_catalog.=) $3"),
		{P_UUID, P_UUID}
	},
	[STMT_USER_LOCK] = {
		/* against others who do the same, but not against those who only refer to the user */
		"SELECT FROM @.acs_users u WHERE u.workspace_id OPERATOR(pg_catalog.=) $1 "
		"AND u.acs_user_id OPERATOR(pg_catalog.=) $2 FOR NO KEY UPDATE",
		{P_UUID}
	},
	[STMT_ENTRANCES_STRANGE] = {
		/* the first id that is not an entrance of the system $3, and its position */
		"SELECT i.id, e.acs_entrance_id IS NOT NULL, i.position "
		"FROM pg_catalog.unnest($2) WITH ORDINALITY AS i (id, position) "
		"LEFT JOIN LATERAL (SELECT e.acs_entrance_id, e.acs_system_id FROM @.acs_entrances e "
		"WHERE e.workspace_id OPERATOR(pg_catalog.=) $1 AND e.acs_entrance_id OPERATOR(pg_catalog.=) i.id " EACH_BY_KEY ") e ON true "
		"WHERE (e.acs_system_id OPERATOR(pg_catalog.=) $3) IS NOT TRUE ORDER BY i.position LIMIT 1",
		{P_UUIDS, P_UUID}
	},
	[STMT_MANAGER_GET] = {
		"SELECT t.is_credential_manager FROM @.acs_systems s "
		"JOIN @.acs_system_types t ON t.system_type OPERATOR(pg_catalog.=) s.system_type "
		"WHERE s.workspace_id OPERATOR(pg_catalog.=) $1 AND s.acs_system_id OPERATOR(pg_catalog.=) $2",
		{P_UUID}
	},
	[STMT_CREDENTIAL_CREATE] = {
		"INSERT INTO @.acs_credentials AS c (workspace_id, acs_credential_id, acs_system_id, acs_user_id, "
		"access_method, code, starts_at, ends_at, is_multi_phone_sync_credential, "
		"credential_manager_acs_system_id, is_one_time_use, is_issued, metadata, created_at) "
		"VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) "
		"RETURNING NULL, " CREDENTIAL_EVENT_COLUMNS ", "
		"(SELECT t.credential_type FROM @.acs_system_types t WHERE t.system_type OPERATOR(pg_catalog.=) $15), "
		"(SELECT t.credential_type_display_name FROM @.acs_system_types t WHERE t.system_type OPERATOR(pg_catalog.=) $15), "
		"c.*",
		{P_UUID, P_UUID, P_UUID, P_METHOD, P_CODE, P_TIME, P_TIME, P_BOOL,
		P_UUID, P_BOOL, P_BOOL, P_JSONB, P_TIME, P_TEXT}
	},
	[STMT_CREDENTIAL_ADD_ENTRANCES] = {
		"INSERT INTO @.acs_credential_entrances (workspace_id, acs_credential_id, acs_entrance_id) "
		"SELECT $1, $2, i.id FROM pg_catalog.unnest($3) AS i (id)",
		{P_UUID, P_UUIDS}
	},
	[STMT_CREDENTIAL_GET] = {
		CREDENTIALS_WITH_TYPE "AND c.acs_credential_id OPERATOR(pg_catalog.=) $2",
		{P_UUID},
		.callers_snapshot = true
	},
	[STMT_CREDENTIAL_LIST] = {
		CREDENTIALS_WITH_TYPE
		FILTER("c.acs_user_id", "$2")
		FILTER("c.acs_system_id", "$3")
		FILTER_BY_LIST("c.acs_user_id", "$4", "SELECT u.acs_user_id FROM @.acs_users u "
					   "WHERE u.workspace_id OPERATOR(pg_catalog.=) $1 AND u.user_identity_id OPERATOR(pg_catalog.=) $4")
		FILTER("c.is_multi_phone_sync_credential", "$5")
		SEARCH("c.display_name, c.code, c.card_number, c.acs_user_id, c.acs_credential_id", "$6")
		"AND ($7 IS NULL OR c.created_at OPERATOR(pg_catalog.<) $7) "
		PAGE("c.acs_credential_id", "$8", "$9"),
		{P_UUID, P_UUID, P_UUID, P_BOOL, P_TEXT, P_TIME, P_INT, P_UUID},
		.callers_snapshot = true,
		.plan_each_time = true
	},
	[STMT_CREDENTIAL_DELETE] = {
		"DELETE FROM @.acs_credentials c "
		"WHERE c.workspace_id OPERATOR(pg_catalog.=) $1 "
		"AND c.acs_credential_id OPERATOR(pg_catalog.=) $2",
		{P_UUID}
	},
	[STMT_CREDENTIAL_FOR_CHANGE] = {
		"SELECT c.acs_user_id, c.acs_system_id, u.user_identity_id, " RULES ", "
		"c.access_method, c.starts_at, c.ends_at, c.is_multi_phone_sync_credential, c.issued_at, c.card_number, "
		"(SELECT pg_catalog.count(*) FROM @.acs_credential_entrances x "
		"WHERE x.workspace_id OPERATOR(pg_catalog.=) $1 AND x.acs_credential_id OPERATOR(pg_catalog.=) "
		"c.acs_credential_id), c.parent_acs_credential_id, c.code "
		"FROM @.acs_credentials c "
		"JOIN @.acs_systems s ON s.workspace_id OPERATOR(pg_catalog.=) c.workspace_id "
		"AND s.acs_system_id OPERATOR(pg_catalog.=) c.acs_system_id "
		"JOIN @.acs_system_types t ON t.system_type OPERATOR(pg_catalog.=) s.system_type "
		"LEFT JOIN @.acs_users u ON u.workspace_id OPERATOR(pg_catalog.=) c.workspace_id "
		"AND u.acs_user_id OPERATOR(pg_catalog.=) c.acs_user_id "
		"WHERE c.workspace_id OPERATOR(pg_catalog.=) $1 AND c.acs_credential_id OPERATOR(pg_catalog.=) $2 "
		"FOR NO KEY UPDATE OF c",
		{P_UUID}
	},
	[STMT_CREDENTIAL_UPDATE] = {
		/* with the copies on phones, which have no code */
		"UPDATE @.acs_credentials c SET code = COALESCE($3, c.code), "
		"ends_at = CASE WHEN $4 THEN $5 ELSE c.ends_at END, "
		"needs_to_be_reissued_at = CASE WHEN c.issued_at IS NOT NULL THEN COALESCE(c.needs_to_be_reissued_at, $6) END "
		"WHERE c.workspace_id OPERATOR(pg_catalog.=) $1 "
		"AND (c.acs_credential_id OPERATOR(pg_catalog.=) $2 OR c.parent_acs_credential_id OPERATOR(pg_catalog.=) $2)",
		{P_UUID, P_CODE, P_BOOL, P_TIME, P_TIME}
	},
	[STMT_CREDENTIAL_ASSIGN] = {
		"UPDATE @.acs_credentials c SET acs_user_id = $3, "
		"needs_to_be_reissued_at = CASE WHEN c.issued_at IS NOT NULL THEN COALESCE(c.needs_to_be_reissued_at, $4) END "
		"WHERE c.workspace_id OPERATOR(pg_catalog.=) $1 "
		"AND (c.acs_credential_id OPERATOR(pg_catalog.=) $2 OR c.parent_acs_credential_id OPERATOR(pg_catalog.=) $2)",
		{P_UUID, P_UUID, P_TIME}
	},
	[STMT_CREDENTIAL_ISSUE] = {
		"UPDATE @.acs_credentials c SET card_number = $3, is_issued = true, issued_at = $4, "
		"needs_to_be_reissued_at = NULL "
		"WHERE c.workspace_id OPERATOR(pg_catalog.=) $1 AND c.acs_credential_id OPERATOR(pg_catalog.=) $2",
		{P_UUID, P_TEXT, P_TIME}
	},
	[STMT_CREDENTIAL_SYNC] = {
		/* the copy for a phone, which is there already if the phone was synced before */
		"INSERT INTO @.acs_credentials AS c (workspace_id, acs_credential_id, acs_system_id, acs_user_id, "
		"access_method, starts_at, ends_at, parent_acs_credential_id, phone_id, "
		"credential_manager_acs_system_id, disable_reasons, metadata) "
		"SELECT $1, $3, p.acs_system_id, p.acs_user_id, p.access_method, p.starts_at, p.ends_at, "
		"p.acs_credential_id, $4, p.credential_manager_acs_system_id, p.disable_reasons, p.metadata "
		"FROM @.acs_credentials p WHERE p.workspace_id OPERATOR(pg_catalog.=) $1 "
		"AND p.acs_credential_id OPERATOR(pg_catalog.=) $2 "
		"ON CONFLICT (workspace_id, parent_acs_credential_id, phone_id) WHERE parent_acs_credential_id IS NOT NULL "
		"DO UPDATE SET phone_id = EXCLUDED.phone_id "
		"RETURNING NULL, " CREDENTIAL_EVENT_COLUMNS ", c.xmax OPERATOR(pg_catalog.=) '0'",
		{P_UUID, P_UUID, P_TEXT}
	},
	[STMT_CARDS_OF_USER_OUTDATED] = {
		"UPDATE @.acs_credentials c SET needs_to_be_reissued_at = $4 "
		"WHERE c.workspace_id OPERATOR(pg_catalog.=) $1 AND c.acs_user_id OPERATOR(pg_catalog.=) $2 "
		"AND c.acs_system_id OPERATOR(pg_catalog.=) $3 "
		"AND c.issued_at IS NOT NULL AND c.needs_to_be_reissued_at IS NULL",
		{P_UUID, P_UUID, P_TIME}
	},
	[STMT_CARDS_OF_GROUP_OUTDATED] = {
		"UPDATE @.acs_credentials c SET needs_to_be_reissued_at = $3 "
		"FROM @.acs_access_groups_users gu JOIN @.acs_users u "
		"ON u.workspace_id OPERATOR(pg_catalog.=) $1 AND u.acs_user_id OPERATOR(pg_catalog.=) gu.acs_user_id "
		"WHERE gu.workspace_id OPERATOR(pg_catalog.=) $1 AND gu.acs_access_group_id OPERATOR(pg_catalog.=) $2 "
		"AND c.workspace_id OPERATOR(pg_catalog.=) $1 AND c.acs_user_id OPERATOR(pg_catalog.=) u.acs_user_id "
		"AND c.acs_system_id OPERATOR(pg_catalog.=) u.acs_system_id "
		"AND c.issued_at IS NOT NULL AND c.needs_to_be_reissued_at IS NULL",
		{P_UUID, P_TIME}
	},
	[STMT_CREDENTIAL_DISABLE] = {
		"UPDATE @.acs_credentials c SET disable_reasons = pg_catalog.array_append(c.disable_reasons, $3) "
		"WHERE c.workspace_id OPERATOR(pg_catalog.=) $1 "
		"AND (c.acs_credential_id OPERATOR(pg_catalog.=) $2 OR c.parent_acs_credential_id OPERATOR(pg_catalog.=) $2) "
		"AND NOT ($3 OPERATOR(pg_catalog.=) ANY (c.disable_reasons))",
		{P_UUID, P_DISABLE_REASON}
	},
	[STMT_CREDENTIAL_ENABLE] = {
		"UPDATE @.acs_credentials c SET disable_reasons = pg_catalog.array_remove(c.disable_reasons, $3) "
		"WHERE c.workspace_id OPERATOR(pg_catalog.=) $1 "
		"AND (c.acs_credential_id OPERATOR(pg_catalog.=) $2 OR c.parent_acs_credential_id OPERATOR(pg_catalog.=) $2) "
		"AND $3 OPERATOR(pg_catalog.=) ANY (c.disable_reasons)",
		{P_UUID, P_DISABLE_REASON}
	},
	[STMT_CREDENTIAL_ENTRANCES] = {
		/* those that the credential, or its user's groups, allow, and that take what it is presented as */
		"SELECT e FROM @.acs_credentials c CROSS JOIN LATERAL ("
		"SELECT x.acs_entrance_id FROM @.acs_credential_entrances x "
		"WHERE x.workspace_id OPERATOR(pg_catalog.=) $1 AND x.acs_credential_id "
		"OPERATOR(pg_catalog.=) COALESCE(c.parent_acs_credential_id, c.acs_credential_id) "
		"UNION " ENTRANCES_OF_GROUPS_OF("c.acs_user_id") ") i "
		"JOIN @.acs_entrances e ON e.workspace_id OPERATOR(pg_catalog.=) $1 "
		"AND e.acs_entrance_id OPERATOR(pg_catalog.=) i.acs_entrance_id "
		"WHERE c.workspace_id OPERATOR(pg_catalog.=) $1 AND c.acs_credential_id OPERATOR(pg_catalog.=) $2 "
		"AND CASE WHEN c.access_method OPERATOR(pg_catalog.=) 'code' THEN e.can_unlock_with_code "
		"WHEN c.access_method OPERATOR(pg_catalog.=) 'card' THEN e.can_unlock_with_card "
		"ELSE e.can_unlock_with_mobile_key END ORDER BY e.acs_entrance_id",
		{P_UUID},
		.callers_snapshot = true,
		.plan_each_time = true
	},
	[STMT_CREDENTIALS_OF_USER] = {
		/* by access method; a copy on a phone is no credential more */
		"SELECT pg_catalog.count(*) FROM @.acs_credentials c WHERE c.workspace_id OPERATOR(pg_catalog.=) $1 "
		"AND c.acs_system_id OPERATOR(pg_catalog.=) $2 AND c.acs_user_id OPERATOR(pg_catalog.=) $3 "
		"AND c.access_method OPERATOR(pg_catalog.=) $4 AND c.parent_acs_credential_id IS NULL",
		{P_UUID, P_UUID, P_METHOD}
	},
	[STMT_CREDENTIALS_STRANGE] = {
		/* the first id that is not a card or mobile key of the system $3, and its position */
		"SELECT i.id, c.acs_credential_id IS NOT NULL, i.position "
		"FROM pg_catalog.unnest($2) WITH ORDINALITY AS i (id, position) "
		"LEFT JOIN LATERAL (SELECT c.acs_credential_id, c.acs_system_id, c.access_method FROM @.acs_credentials c "
		"WHERE c.workspace_id OPERATOR(pg_catalog.=) $1 AND c.acs_credential_id OPERATOR(pg_catalog.=) i.id " EACH_BY_KEY ") c ON true "
		"WHERE (c.acs_system_id OPERATOR(pg_catalog.=) $3 "
		"AND c.access_method OPERATOR(pg_catalog.<>) 'code') IS NOT TRUE ORDER BY i.position LIMIT 1",
		{P_UUIDS, P_UUID}
	},
	[STMT_ACCESS_BY_CODE] = {
		ACCESS_FACTS("p.code OPERATOR(@.=) $4"),
		{P_UUID, P_METHOD, P_CODE, P_TIME},
		.callers_snapshot = true
	},
	[STMT_ACCESS_BY_CARD_NUMBER] = {
		ACCESS_FACTS("p.card_number OPERATOR(pg_catalog.=) $4"),
		{P_UUID, P_METHOD, P_TEXT, P_TIME},
		.callers_snapshot = true
	},
	[STMT_ACCESS_BY_ID] = {
		ACCESS_FACTS("p.acs_credential_id OPERATOR(pg_catalog.=) $4"),
		{P_UUID, P_METHOD, P_UUID, P_TIME},
		.callers_snapshot = true
	},
	[STMT_CREDENTIAL_LOCK] = {
		"SELECT FROM @.acs_credentials c "
		"WHERE c.workspace_id OPERATOR(pg_catalog.=) $1 "
		"AND c.acs_credential_id OPERATOR(pg_catalog.=) $2 FOR NO KEY UPDATE",
		{P_UUID}
	},
	[STMT_CREDENTIAL_SPEND] = {
		"UPDATE @.acs_credentials c SET used_at = $3 "
		"WHERE c.workspace_id OPERATOR(pg_catalog.=) $1 "
		"AND c.acs_credential_id OPERATOR(pg_catalog.=) $2",
		{P_UUID, P_TIME}
	},
	[STMT_LOCKOUT_COUNT] = {
		/*
		 * Every $3 attempts, codes are refused until $4.  Attempts meanwhile are
		 * not counted, so the next lockout is as far away as the first was.
		 */
		"INSERT INTO @.acs_entrance_lockouts AS l (workspace_id, acs_entrance_id, failed_attempts, locked_until) "
		"VALUES ($1, $2, 1, CASE WHEN $3 OPERATOR(pg_catalog.=) 1 THEN $4 END) "
		"ON CONFLICT (workspace_id, acs_entrance_id) DO UPDATE SET "
		"failed_attempts = l.failed_attempts OPERATOR(pg_catalog.+) 1, "
		"locked_until = CASE WHEN (l.failed_attempts OPERATOR(pg_catalog.+) 1) "
		"OPERATOR(pg_catalog.%) $3 OPERATOR(pg_catalog.=) 0 THEN $4 ELSE l.locked_until END",
		{P_UUID, P_INT, P_TIME}
	},
	[STMT_LOCKOUT_RESET] = {
		"DELETE FROM @.acs_entrance_lockouts l WHERE l.workspace_id OPERATOR(pg_catalog.=) $1 "
		"AND l.acs_entrance_id OPERATOR(pg_catalog.=) $2",
		{P_UUID}
	},
	[STMT_EVENT_WRITE] = {
		"INSERT INTO @.acs_events (workspace_id, event_id, event_type, occurred_at, acs_system_id, "
		"acs_user_id, acs_credential_id, acs_entrance_id, actor, details) "
		"VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
		{P_UUID, P_TEXT, P_TIME, P_UUID, P_UUID, P_UUID, P_UUID, P_TEXT, P_JSONB}
	},
	[STMT_EVENTS_PURGE] = {
		"DELETE FROM @.acs_events e WHERE e.workspace_id OPERATOR(pg_catalog.=) $1 "
		"AND e.occurred_at OPERATOR(pg_catalog.<) $2",
		{P_TIME}
	},
};

/* ---------- kept plans ---------- */

static SPIPlanPtr plans[STMT_COUNT];
static Oid	plans_schema = InvalidOid;
static char plans_schema_name[NAMEDATALEN];
static Oid	plans_code_type = InvalidOid;
static bool names_changed = true;

/* Looks nothing up: that is not allowed while invalidations are processed. */
static void
forget_names(Datum arg pg_attribute_unused(), int cacheid pg_attribute_unused(),
			 uint32 hashvalue pg_attribute_unused())
{
	names_changed = true;
}

static Oid
own_type(Oid schema, const char *name)
{
	Oid			type = GetSysCacheOid2(TYPENAMENSP, Anum_pg_type_oid,
									   CStringGetDatum(name), ObjectIdGetDatum(schema));

	if (!OidIsValid(type))
		elog(ERROR, "type \"%s\" of the extension is missing", name);
	return type;
}

static void
watch_names(void)
{
	static bool registered = false;

	if (registered)
		return;
	CacheRegisterSyscacheCallback(NAMESPACEOID, forget_names, (Datum) 0);
	CacheRegisterSyscacheCallback(TYPEOID, forget_names, (Datum) 0);
	registered = true;
}

/*
 * Make sure that the plans are those for the schema.  Stale ones are forgotten
 * and not freed, as one of them may be running further up the stack.
 */
static void
use_schema(Oid schema)
{
	char		name[NAMEDATALEN];
	char	   *found;
	Oid			code_type;

	if (schema == plans_schema && !names_changed)
		return;
	watch_names();
	names_changed = false;
	plans_schema = InvalidOid;	/* until all is looked up */
	found = get_namespace_name(schema);
	if (found == NULL)
		elog(ERROR, "cache lookup failed for schema %u", schema);
	strlcpy(name, found, NAMEDATALEN);
	pfree(found);

	code_type = own_type(schema, "acs_code");
	if (code_type != plans_code_type || strcmp(name, plans_schema_name) != 0)
		memset(plans, 0, sizeof(plans));
	plans_code_type = code_type;
	strlcpy(plans_schema_name, name, NAMEDATALEN);
	plans_schema = schema;
}

/* The text with the schema in place of "@.". */
static char *
qualified_text(const char *text)
{
	StringInfoData buffer;
	const char *schema = quote_identifier(plans_schema_name);

	initStringInfo(&buffer);
	for (; *text != '\0'; text++)
	{
		if (text[0] == '@' && text[1] == '.')
			appendStringInfoString(&buffer, schema);
		else
			appendStringInfoChar(&buffer, *text);
	}
	return buffer.data;
}

static Oid
param_type_oid(ParamType type)
{
	switch (type)
	{
		case P_BOOL:
			return BOOLOID;
		case P_CODE:
			return plans_code_type;
		case P_DISABLE_REASON:
			return own_type(plans_schema, "acs_disable_reason");
		case P_INT:
			return INT4OID;
		case P_JSONB:
			return JSONBOID;
		case P_METHOD:
			return own_type(plans_schema, "acs_access_method");
		case P_TEXT:
			return TEXTOID;
		case P_TIME:
			return TIMESTAMPTZOID;
		case P_UUID:
			return UUIDOID;
		case P_UUIDS:
			return UUIDARRAYOID;
		case END_OF_PARAMS:
			break;
	}
	elog(ERROR, "unknown parameter type %d", (int) type);
}

static int
count_params(const Statement *statement)
{
	int			n = 0;

	while (statement->params[n] != END_OF_PARAMS)
		n++;
	return n;
}

static SPIPlanPtr
plan_of(StatementId id)
{
	const Statement *statement = &statements[id];
	Oid			types[MAX_PARAMS + 1] = {UUIDOID};
	int			nparams = count_params(statement);
	SPIPlanPtr	plan;

	if (plans[id] != NULL)
		return plans[id];
	for (int i = 0; i < nparams; i++)
		types[i + 1] = param_type_oid(statement->params[i]);
	plan = SPI_prepare_cursor(qualified_text(statement->text), nparams + 1, types,
							  statement->plan_each_time ? CURSOR_OPT_CUSTOM_PLAN : 0);
	if (plan == NULL || SPI_keepplan(plan) != 0)
		elog(ERROR, "could not prepare statement %d: %s", (int) id, SPI_result_code_string(SPI_result));
	plans[id] = plan;
	return plan;
}

/* ---------- running ---------- */

void
store_open(FunctionCallInfo fcinfo)
{
	use_schema(get_func_namespace(fcinfo->flinfo->fn_oid));
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "could not connect to SPI");
}

void
store_open_for_writing(FunctionCallInfo fcinfo)
{
	char	   *name = get_func_name(fcinfo->flinfo->fn_oid);

	/* before anything is looked at, so that the message names the function */
	PreventCommandIfReadOnly(name);
	PreventCommandIfParallelMode(name);
	store_open(fcinfo);
}

void
store_close(void)
{
	if (SPI_finish() != SPI_OK_FINISH)
		elog(ERROR, "could not disconnect from SPI");
}

Datum
store_close_with(Datum composite)
{
	composite = SPI_datumTransfer(composite, false, -1);
	store_close();
	return composite;
}

Oid
store_schema(void)
{
	return plans_schema;
}

/* With a snapshot, or with that of the statement's kind if InvalidSnapshot. */
static Rows
execute(const pg_uuid_t *workspace, StatementId id, const NullableDatum *params,
		Snapshot snapshot, bool read_only)
{
	SPIPlanPtr	plan = plan_of(id);
	int			nparams = count_params(&statements[id]);
	Datum		values[MAX_PARAMS + 1] = {UUIDPGetDatum(workspace)};
	char		nulls[MAX_PARAMS + 1] = {' '};
	int			result;

	for (int i = 0; i < nparams; i++)
	{
		values[i + 1] = params[i].value;
		nulls[i + 1] = params[i].isnull ? 'n' : ' ';
	}
	result = SPI_execute_snapshot(plan, values, nulls, snapshot, InvalidSnapshot,
								  read_only, true, 0);
	if (result < 0)
		elog(ERROR, "statement %d failed: %s", (int) id, SPI_result_code_string(result));
	return (Rows) {SPI_processed, SPI_tuptable};
}

Oid
store_type(const char *name)
{
	return own_type(plans_schema, name);
}

Rows
statement_run_in(const pg_uuid_t *workspace, StatementId id, const NullableDatum *params)
{
	return execute(workspace, id, params, InvalidSnapshot, statements[id].callers_snapshot);
}

Rows
statement_run(StatementId id, const NullableDatum *params)
{
	return statement_run_in(session_workspace(), id, params);
}

Rows
statement_run_fresh(StatementId id, const NullableDatum *params)
{
	return execute(session_workspace(), id, params, InvalidSnapshot, false);
}

/* As foreign keys are checked: ri_PerformCheck() in utils/adt/ri_triggers.c. */
Rows
statement_run_at_latest(StatementId id, const NullableDatum *params)
{
	CommandCounterIncrement();
	return execute(session_workspace(), id, params, GetLatestSnapshot(), false);
}

NullableDatum
row_get(Rows rows, uint64 row, int column)
{
	NullableDatum datum;

	Assert(row < rows.count);
	datum.value = SPI_getbinval(rows.table->vals[row], rows.table->tupdesc, column, &datum.isnull);
	return datum;
}
