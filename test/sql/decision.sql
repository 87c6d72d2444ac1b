-- The truth table of access: every combination of what there is to know about
-- an entrance, a credential and its user, as rows; what acs_access_check says
-- about each, beside the rules written once more in SQL.
SET datestyle = 'ISO';
SET timezone = 'UTC';
SET credentials.workspace_id = 'dec15100-0000-4000-8000-000000000000';
SELECT acs_system_id AS hotel FROM acs_systems_create('Hotel') \gset
SELECT acs_system_id AS annex FROM acs_systems_create('Annex') \gset
SELECT clock_timestamp() AS at \gset

---------------------------------------------------------------------------
-- The facts
---------------------------------------------------------------------------

CREATE TEMP TABLE times (state, starts_at, ends_at) AS
    VALUES ('always', NULL::timestamptz, NULL::timestamptz),
           ('now', :'at'::timestamptz - interval '1 hour', :'at'::timestamptz + interval '1 hour'),
           ('later', :'at'::timestamptz + interval '1 hour', NULL),
           ('past', NULL, :'at'::timestamptz - interval '1 hour');

-- Entrances that take one access method and no other: refusing codes for now or
-- not, and named by credentials, by an access group that is open or not, of which the
-- user is, was or will be a member, or not at all.
CREATE TEMP TABLE entrances AS
    SELECT acs_uuid() AS acs_entrance_id, takes, is_locked, named_by,
           row_number() OVER (ORDER BY takes, is_locked, named_by) AS entrance
      FROM unnest(enum_range(NULL::acs_access_method)) AS takes,
           (VALUES (false), (true)) AS l (is_locked),
           (VALUES ('credential'), ('group'), ('closed group'), ('past group'), ('later group'), ('nothing')) AS n (named_by);
INSERT INTO acs_entrances (acs_entrance_id, acs_system_id, display_name,
                           can_unlock_with_code, can_unlock_with_card, can_unlock_with_mobile_key)
    SELECT acs_entrance_id, :'hotel', 'Entrance', takes = 'code', takes = 'card', takes = 'mobile_key' FROM entrances;
INSERT INTO acs_entrance_lockouts (acs_entrance_id, failed_attempts, locked_until)
    SELECT acs_entrance_id, 10, :'at'::timestamptz + interval '1 hour' FROM entrances WHERE is_locked;
CREATE TEMP TABLE groups AS
    SELECT g.named_by, acs_access_group_id, member_from, member_until
      FROM (VALUES ('group', '00:00-24:00; PH off'::acs_schedule, 'now'), ('closed group', 'off', 'always'),
                   ('past group', NULL, 'past'), ('later group', NULL, 'later')) AS g (named_by, schedule, member),
           LATERAL (SELECT starts_at, ends_at FROM times WHERE state = member) AS t (member_from, member_until),
           LATERAL acs_access_groups_create(:'hotel', g.named_by, ARRAY(
               SELECT acs_entrance_id FROM entrances e WHERE e.named_by = g.named_by), g.schedule);

-- Users, who all are in the access groups; and none.
CREATE TEMP TABLE users AS
    SELECT acs_uuid() AS acs_user_id, is_suspended, state AS schedule, starts_at, ends_at
      FROM times, (VALUES (false), (true)) AS s (is_suspended) WHERE state <> 'now';
INSERT INTO acs_users (acs_user_id, acs_system_id, full_name, is_suspended, access_starts_at, access_ends_at)
    SELECT acs_user_id, :'hotel', 'User', is_suspended, starts_at, ends_at FROM users;
INSERT INTO acs_access_groups_users (acs_access_group_id, acs_user_id, starts_at, ends_at)
    SELECT acs_access_group_id, acs_user_id, member_from, member_until FROM groups, users;
INSERT INTO users VALUES (NULL);

-- Credentials, by what is presented, and all that can be said of them.
CREATE TEMP TABLE presented (what, access_method, has_code, has_number) AS
    VALUES ('code', 'code'::acs_access_method, true, false), ('card, by number', 'card', true, true),
           ('card, by code', 'card', true, false), ('mobile key', 'mobile_key', false, false);
CREATE TEMP TABLE credentials AS
    SELECT acs_uuid() AS acs_credential_id, to_char(n, 'FM500000')::acs_code AS code, 'No ' || n AS card_number,
           CASE 7 * n / 11 % 3 WHEN 0 THEN NULL WHEN 1 THEN '24/7; PH off' ELSE 'off' END::acs_schedule AS hours, c.*
      FROM (SELECT row_number() OVER (ORDER BY what, is_suspended, schedule, state, disable_reasons, is_issued, max_uses, uses) AS n,
                   what, access_method, has_code, has_number, acs_user_id, is_suspended, schedule,
                   state, times.starts_at, times.ends_at, disable_reasons, is_issued, max_uses, uses
              FROM presented, users, times,
                   (VALUES ('{}'::acs_disable_reason[]), ('{blocked,stolen}')) AS d (disable_reasons),
                   (VALUES (NULL), (true), (false)) AS i (is_issued),
                   (VALUES (NULL, 0), (2, 1), (2, 2)) AS o (max_uses, uses)
             WHERE state <> 'always') AS c;
UPDATE credentials SET code = NULL WHERE NOT has_code;
UPDATE credentials SET card_number = NULL WHERE NOT has_number;
INSERT INTO acs_credentials (acs_credential_id, acs_system_id, acs_user_id, access_method, code, card_number,
                             starts_at, ends_at, schedule, disable_reasons, is_issued, max_uses, uses, used_up_at, created_at)
    SELECT acs_credential_id, :'hotel', acs_user_id, access_method, code, card_number,
           starts_at, ends_at, hours, disable_reasons, is_issued, max_uses, uses, CASE WHEN uses = max_uses THEN :'at'::timestamptz END,
           :'at'::timestamptz - interval '1 year' FROM credentials; -- nothing is valid before it was created
INSERT INTO acs_credential_entrances (acs_credential_id, acs_entrance_id)
    SELECT acs_credential_id, acs_entrance_id FROM credentials, entrances WHERE named_by = 'credential';
ANALYZE acs_entrances, acs_access_groups_entrances, acs_access_groups_users, acs_users, acs_credentials, acs_credential_entrances;
SELECT (SELECT count(*) FROM entrances) AS entrances, (SELECT count(acs_user_id) FROM users) AS users,
       (SELECT count(*) FROM credentials) AS credentials;

---------------------------------------------------------------------------
-- The rules
---------------------------------------------------------------------------

CREATE TEMP TABLE truth AS
    SELECT c.*, e.acs_entrance_id, e.takes, e.entrance, is_locked_out,
           CASE WHEN is_locked_out THEN '{too_many_attempts}'
           ELSE array_remove(ARRAY[
               CASE WHEN acs_user_id IS NULL THEN 'unassigned' END,
               CASE WHEN is_suspended THEN 'user_suspended' END,
               CASE WHEN disable_reasons <> '{}' THEN 'disabled' END,
               CASE WHEN uses = max_uses THEN 'used_up' END,
               CASE is_issued WHEN false THEN 'not_issued' END,
               CASE state WHEN 'later' THEN 'not_yet_valid' WHEN 'past' THEN 'expired' END,
               CASE WHEN schedule IN ('later', 'past') THEN 'outside_user_schedule' END,
               CASE WHEN hours = 'off' OR (named_by IN ('closed group', 'later group') AND acs_user_id IS NOT NULL) THEN 'outside_schedule' END,
               CASE takes WHEN access_method THEN NULL ELSE 'method_not_supported' END,
               CASE WHEN named_by IN ('nothing', 'past group') OR (named_by LIKE '%group' AND acs_user_id IS NULL) THEN 'entrance_not_allowed' END
           ]::acs_denial_reason[], NULL) END AS reasons
      FROM credentials c, entrances e, LATERAL (SELECT is_locked AND access_method = 'code' AS is_locked_out) AS l
           -- of the two other methods, one will do
     WHERE (access_method, takes) NOT IN (('code', 'card'), ('card', 'mobile_key'), ('mobile_key', 'code'));

-- A card is presented with its number or, without one, with its code, as such or as a number.
CREATE TEMP TABLE checks AS
    SELECT t.reasons AS expected, decision,
           decision IS DISTINCT FROM
               ROW(t.reasons = '{}', t.reasons[1], t.reasons, CASE WHEN NOT is_locked_out THEN t.acs_credential_id END,
                   CASE WHEN NOT is_locked_out THEN t.acs_user_id END, t.acs_entrance_id, :'at', (decision).until)::acs_access_decision AS mismatch
      FROM truth t,
           LATERAL (SELECT coalesce(card_number, CASE WHEN access_method = 'card' AND entrance % 2 = 0 THEN code END::text) AS number) AS n,
           acs_access_check(t.acs_entrance_id, access_method, CASE WHEN number IS NULL THEN code END, number,
                            t.acs_credential_id, :'at') AS decision;
SELECT count(*) AS combinations, count(*) FILTER (WHERE (decision).granted) AS granted,
       count(*) FILTER (WHERE mismatch) AS mismatches
  FROM checks;
SELECT expected, decision FROM checks WHERE mismatch LIMIT 5;
-- how often each reason is met, is the first, and stands alone
SELECT reason, count(*) AS met, count(*) FILTER (WHERE (decision).reason = reason) AS first,
       count(*) FILTER (WHERE (decision).reasons = ARRAY[reason]) AS alone
  FROM checks, unnest((decision).reasons) AS reason GROUP BY reason ORDER BY reason;
-- they stand in the order of the enum
SELECT count(*) AS out_of_order FROM checks
 WHERE (decision).reasons <> ARRAY(SELECT reason FROM unnest((decision).reasons) AS reason ORDER BY reason);

---------------------------------------------------------------------------
-- What nobody holds
---------------------------------------------------------------------------

INSERT INTO acs_credentials (acs_system_id, access_method, code) VALUES (:'annex', 'code', '499999');
SELECT code AS pin, acs_credential_id AS pin_id FROM credentials WHERE what = 'code' ORDER BY code LIMIT 1 \gset
SELECT code AS card, acs_credential_id AS card_id FROM credentials WHERE what = 'card, by code' ORDER BY code LIMIT 1 \gset
SELECT code AS numbered FROM credentials WHERE what = 'card, by number' ORDER BY code LIMIT 1 \gset
SELECT acs_credential_id AS key_id FROM credentials WHERE what = 'mobile key' LIMIT 1 \gset
WITH presented (what, access_method, code, card_number, acs_credential_id) AS (
    VALUES ('nothing', 'code'::acs_access_method, NULL::acs_code, NULL, NULL::uuid),
           ('unknown code', 'code', '499998', NULL, NULL),
           ('code of another system', 'code', '499999', NULL, NULL),
           ('code of a card', 'code', :'card', NULL, NULL),
           ('id of a code', 'code', NULL, NULL, :'pin_id'),
           ('unknown code, id of a code', 'code', '499998', NULL, :'pin_id'),
           ('code, id of a card', 'code', :'pin', NULL, :'card_id'),
           ('nothing', 'card', NULL, NULL, NULL),
           ('unknown code', 'card', '499998', NULL, NULL),
           ('code of a code', 'card', :'pin', NULL, NULL),
           ('unknown number', 'card', NULL, 'No 0', NULL),
           ('unknown number, code of a card', 'card', :'card', 'No 0', NULL),
           ('code of a card with a number', 'card', :'numbered', NULL, NULL),
           ('the same as number', 'card', NULL, :'numbered', NULL),
           ('id of a card', 'card', NULL, NULL, :'card_id'),
           ('code of a card, id of a code', 'card', :'card', NULL, :'pin_id'),
           ('nothing', 'mobile_key', NULL, NULL, NULL),
           ('unknown id', 'mobile_key', NULL, NULL, :'hotel'),
           ('id of a card', 'mobile_key', NULL, NULL, :'card_id'),
           ('code of a code', 'mobile_key', :'pin', NULL, NULL))
SELECT access_method, what, count(*) AS combinations,
       count(*) FILTER (WHERE decision IS DISTINCT FROM
           ROW(false, expected[1], expected, NULL, NULL, e.acs_entrance_id, :'at', (decision).until)::acs_access_decision) AS mismatches
  FROM presented p, entrances e,
       LATERAL (SELECT CASE WHEN is_locked AND access_method = 'code' THEN '{too_many_attempts}'
                            WHEN takes = access_method THEN '{unknown_credential}'
                            ELSE '{unknown_credential,method_not_supported}' END::acs_denial_reason[] AS expected) AS t,
       acs_access_check(e.acs_entrance_id, access_method, code, card_number, p.acs_credential_id, :'at') AS decision
 GROUP BY access_method, what ORDER BY access_method, what;

---------------------------------------------------------------------------
-- A request decides as a check does
---------------------------------------------------------------------------

-- Each credential once, since that spends it: where it is welcome, or else at one entrance or another.
CREATE TEMP TABLE requests AS
    SELECT reasons AS expected, is_locked_out, acs_credential_id,
           acs_access_request(acs_entrance_id, access_method, CASE WHEN NOT has_number THEN code END,
                              card_number, acs_credential_id) AS decision
      FROM (SELECT *, row_number() OVER (PARTITION BY acs_credential_id
                                         ORDER BY reasons <> '{}', (n + entrance) % 18, entrance) AS choice
              FROM truth) AS t
     WHERE choice = 1;
SELECT count(*) AS requests, count(*) FILTER (WHERE (decision).granted) AS granted,
       count(*) FILTER (WHERE ((decision).granted, (decision).reason, (decision).reasons, (decision).acs_credential_id)
                              IS DISTINCT FROM (expected = '{}', expected[1], expected, CASE WHEN NOT is_locked_out THEN acs_credential_id END)) AS mismatches
  FROM requests;
SELECT DISTINCT reason FROM requests, unnest((decision).reasons) AS reason ORDER BY reason;
-- one event for each, which tells the same; while it is locked out, the entrance names nobody
SELECT event_type, count(*), count(acs_credential_id) + count(acs_user_id) + count(details -> 'display_name') AS named, details - 'access_method' AS details
  FROM acs_events WHERE workspace_id = acs_workspace_id() AND details -> 'reasons' ? 'too_many_attempts' GROUP BY event_type, 4;
SELECT event_type, count(*), count(DISTINCT acs_credential_id) AS credentials,
       count(*) FILTER (WHERE details ->> 'reason' IS DISTINCT FROM expected[1]::text OR
                              details -> 'reasons' IS DISTINCT FROM CASE WHEN expected <> '{}' THEN to_jsonb(expected) END) AS mismatches
  FROM requests JOIN acs_events USING (acs_credential_id)
 WHERE workspace_id = acs_workspace_id() AND event_type LIKE 'acs_entrance.access_%' GROUP BY event_type ORDER BY event_type;
