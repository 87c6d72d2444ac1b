-- Copies of a multi-phone sync credential on phones: a copy opens only what its
-- parent opens at that moment, and not even that for reasons of its own.
SET datestyle = 'ISO';
SET timezone = 'UTC';
SET credentials.workspace_id = 'c0b1e500-0000-4000-8000-000000000000';
SELECT clock_timestamp() AS at \gset
SELECT acs_system_id AS hotel FROM acs_systems_create('Hotel') \gset
SELECT acs_entrance_id AS lobby FROM acs_entrances_create(:'hotel', 'Lobby') \gset

---------------------------------------------------------------------------
-- All that can be said of a parent, with all that can be said of its copy
---------------------------------------------------------------------------

SELECT acs_access_group_id AS staff FROM acs_access_groups_create(:'hotel', 'Staff', ARRAY[:'lobby'::uuid]) \gset
CREATE TEMP TABLE users AS
    SELECT acs_uuid() AS acs_user_id, is_suspended, in_group FROM (VALUES (false, false), (true, false), (false, true)) AS u (is_suspended, in_group);
INSERT INTO acs_users (acs_user_id, acs_system_id, full_name, is_suspended) SELECT acs_user_id, :'hotel', 'User', is_suspended FROM users;
INSERT INTO acs_access_groups_users (acs_access_group_id, acs_user_id) SELECT :'staff', acs_user_id FROM users WHERE in_group;
INSERT INTO users VALUES (NULL, false, false);
CREATE TEMP TABLE facts AS
    SELECT starts_at, ends_at, disable_reasons, is_issued
      FROM (VALUES (NULL::timestamptz, NULL::timestamptz), (:'at'::timestamptz + interval '1 hour', NULL), (NULL, :'at'::timestamptz - interval '1 hour')) AS w (starts_at, ends_at),
           (VALUES ('{}'::acs_disable_reason[]), ('{lost}')) AS d (disable_reasons),
           (VALUES (NULL), (false)) AS i (is_issued);
CREATE TEMP TABLE parents AS
    SELECT acs_uuid() AS id, * FROM facts, users, (VALUES (NULL, 0), (1, 1)) AS o (max_uses, uses), (VALUES (true), (false)) AS e (is_listed);
CREATE TEMP TABLE copies AS
    SELECT acs_uuid() AS id, parents.id AS parent, facts.*, CASE belongs_to WHEN 'the same user' THEN acs_user_id WHEN 'another' THEN other END AS acs_user_id,
           facts.ends_at IS NULL AND facts.starts_at IS NULL AND facts.disable_reasons = '{}' AND facts.is_issued IS NULL AND belongs_to = 'the same user' AS is_good
      FROM parents, facts, (VALUES ('the same user'), ('another'), ('nobody')) AS b (belongs_to), (SELECT acs_user_id AS other FROM users WHERE in_group) AS o
     WHERE acs_user_id IS DISTINCT FROM other OR belongs_to <> 'another';
INSERT INTO acs_credentials (acs_credential_id, acs_system_id, acs_user_id, access_method, is_multi_phone_sync_credential, parent_acs_credential_id,
                             starts_at, ends_at, disable_reasons, is_issued, max_uses, uses, created_at)
    SELECT id, :'hotel'::uuid, acs_user_id, 'mobile_key'::acs_access_method, true, NULL, starts_at, ends_at, disable_reasons, is_issued, max_uses, uses, :'at'::timestamptz - interval '1 year' FROM parents
    UNION ALL
    SELECT id, :'hotel'::uuid, acs_user_id, 'mobile_key'::acs_access_method, false, parent, starts_at, ends_at, disable_reasons, is_issued, NULL, 0, :'at'::timestamptz - interval '1 year' FROM copies;
INSERT INTO acs_credential_entrances (acs_credential_id, acs_entrance_id) SELECT id, :'lobby' FROM parents WHERE is_listed;
ANALYZE acs_credentials, acs_credential_entrances;
-- a list shows what get shows: also of copies without their parents, and of doors that take no mobile key
SELECT acs_entrance_id AS cellar FROM acs_entrances_create(:'hotel', 'Cellar', can_unlock_with_mobile_key => false) \gset
INSERT INTO acs_credential_entrances (acs_credential_id, acs_entrance_id)
    SELECT id, :'cellar' FROM parents WHERE disable_reasons = '{}';
CREATE FUNCTION pg_temp.shown_otherwise(listed acs_credential[]) RETURNS TABLE (listed bigint, with_doors bigint, warned bigint, otherwise bigint) LANGUAGE sql AS $$
    SELECT count(*), count(*) FILTER (WHERE l.allowed_acs_entrance_ids <> '{}'), count(*) FILTER (WHERE l.warnings::text ~ 'entrance_does_not_support_method'),
           count(*) FILTER (WHERE to_jsonb(l) <> to_jsonb(acs_credentials_get(l.acs_credential_id)))
      FROM unnest(listed) AS l
$$;
SELECT * FROM pg_temp.shown_otherwise((SELECT array_agg(l) FROM acs_credentials_list(page_size => 10000) AS l));
SELECT * FROM pg_temp.shown_otherwise((SELECT array_agg(l) FROM acs_credentials_list(page_size => 10000, page_cursor => (SELECT id FROM parents ORDER BY id DESC LIMIT 1)) AS l));
SELECT * FROM pg_temp.shown_otherwise((SELECT array_agg(l) FROM acs_entrances_list_credentials_with_access(:'cellar') AS l));
SELECT acs_entrances_delete(:'cellar');
CREATE TEMP VIEW checks AS
    SELECT c.id, c.is_good, copy.granted, parent.granted AS by_parent
      FROM copies c, acs_access_check(:'lobby', 'mobile_key', acs_credential_id => c.id, at => :'at') AS copy,
           acs_access_check(:'lobby', 'mobile_key', acs_credential_id => c.parent, at => :'at') AS parent;
SELECT by_parent, is_good, granted, count(*) FROM checks GROUP BY 1, 2, 3 ORDER BY 1, 2, 3;
-- a request decides the same
CREATE TEMP TABLE checked AS TABLE checks;
SELECT count(*) AS requests, count(*) FILTER (WHERE r.granted) AS granted, count(*) FILTER (WHERE r.granted <> c.granted) AS mismatches
  FROM checked c, acs_access_request(:'lobby', 'mobile_key', acs_credential_id => id) AS r;
-- of what is no mobile key, a copy is nothing
BEGIN;
UPDATE acs_credentials SET access_method = 'code' WHERE acs_credential_id IN (SELECT parent FROM copies JOIN checked USING (id) WHERE granted);
SELECT d.granted, d.reason, count(*) FROM checked c, acs_access_check(:'lobby', 'mobile_key', acs_credential_id => id) AS d WHERE c.granted GROUP BY 1, 2;
ROLLBACK;
-- nor is one of another copy, whose own parent may have been revoked
BEGIN;
UPDATE acs_credentials SET parent_acs_credential_id = (SELECT id FROM parents LIMIT 1) WHERE acs_credential_id IN (SELECT parent FROM copies JOIN checked USING (id) WHERE granted);
SELECT d.granted, d.reason, count(*) FROM checked c, acs_access_check(:'lobby', 'mobile_key', acs_credential_id => id) AS d WHERE c.granted GROUP BY 1, 2;
ROLLBACK;
-- uses count on the parent; a copy that is used up all the same opens nothing
BEGIN;
UPDATE acs_credentials SET max_uses = 1, uses = 1 WHERE acs_credential_id IN (SELECT id FROM checked WHERE granted);
SELECT d.granted, d.reason, count(*) FROM checked c, acs_access_check(:'lobby', 'mobile_key', acs_credential_id => id) AS d WHERE c.granted GROUP BY 1, 2;
ROLLBACK;

---------------------------------------------------------------------------
-- Reasons of both: each lifts its own
---------------------------------------------------------------------------

SELECT acs_user_id AS jane FROM acs_users_create(:'hotel', 'Jane Doe') \gset
SELECT acs_credential_id AS parent FROM acs_credentials_create(:'jane', 'mobile_key', is_multi_phone_sync_credential => true, allowed_acs_entrance_ids => ARRAY[:'lobby'::uuid]) \gset
SELECT acs_credential_id AS old FROM acs_credentials_sync_to_phone(:'parent', 'old phone') \gset
SELECT acs_credential_id AS new FROM acs_credentials_sync_to_phone(:'parent', 'new phone') \gset
CREATE TEMP VIEW doors AS
    SELECT coalesce(phone_id, 'parent') AS key, disable_reasons, d.granted, d.reason
      FROM acs_credentials c JOIN acs_users u USING (workspace_id, acs_user_id), acs_entrances e, acs_access_check(e.acs_entrance_id, 'mobile_key', acs_credential_id => c.acs_credential_id) AS d
     WHERE c.workspace_id = acs_workspace_id() AND e.workspace_id = acs_workspace_id() AND u.full_name = 'Jane Doe' ORDER BY 1;
TABLE doors;
-- the same reason of both
SELECT count(*) FROM acs_credentials_disable(:'old', 'lost');
TABLE doors;
SELECT count(*) FROM acs_credentials_disable(:'parent', 'lost');
TABLE doors;
SELECT count(*) FROM acs_credentials_enable(:'parent', 'lost');
TABLE doors;
SELECT count(*) FROM acs_credentials_enable(:'old', 'lost');
TABLE doors;
-- what the parent is disabled for is not lifted by a copy
SELECT count(*) FROM acs_credentials_disable(:'parent', 'stolen');
SELECT count(*) FROM acs_credentials_enable(:'new', 'stolen');
TABLE doors;
-- whoever syncs meanwhile gets nothing that opens, until the reason is lifted
SELECT acs_credential_id AS tablet FROM acs_credentials_sync_to_phone(:'parent', 'tablet') \gset
TABLE doors;
SELECT count(*) FROM acs_credentials_enable(:'parent', 'stolen');
TABLE doors;

---------------------------------------------------------------------------
-- A use is a use, by whichever phone
---------------------------------------------------------------------------

SELECT max_uses, uses FROM acs_credentials_update(:'parent', max_uses => 1);
SELECT granted, reason, acs_credential_id = :'new' AS by_new, acs_user_id = :'jane' AS of_jane FROM acs_access_request(:'lobby', 'mobile_key', acs_credential_id => :'new');
SELECT granted, reason FROM acs_access_request(:'lobby', 'mobile_key', acs_credential_id => :'old');
TABLE doors;
SELECT coalesce(phone_id, 'parent') AS key, max_uses, uses, used_up_at IS NOT NULL AS used_up FROM acs_credentials WHERE acs_user_id = :'jane' ORDER BY 1;
