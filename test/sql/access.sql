-- Access: what is presented at an entrance, what is decided, and what is
-- written down.  The rules themselves are in decision and boundaries.
SET datestyle = 'ISO';
SET timezone = 'UTC';
SET credentials.workspace_id = 'acce5500-0000-4000-8000-000000000000';
INSERT INTO acs_system_types (system_type, display_name, encodes_cards) VALUES ('access_encoded', 'Encoded cards', true);

SELECT acs_system_id AS hotel FROM acs_systems_create('Hotel', 'access_encoded') \gset
SELECT acs_system_id AS annex FROM acs_systems_create('Annex') \gset
SELECT acs_entrance_id AS lobby FROM acs_entrances_create(:'hotel', 'Lobby') \gset
SELECT acs_entrance_id AS room FROM acs_entrances_create(:'hotel', 'Room') \gset
SELECT acs_entrance_id AS gate FROM acs_entrances_create(:'hotel', 'Gate', can_unlock_with_code => false) \gset
SELECT acs_entrance_id AS annex_door FROM acs_entrances_create(:'annex', 'Annex door') \gset
SELECT acs_user_id AS jane FROM acs_users_create(:'hotel', 'Jane Doe') \gset
SELECT acs_user_id AS joe FROM acs_users_create(:'annex', 'Joe Bloggs') \gset
SELECT acs_credential_id AS pin FROM acs_credentials_create(:'jane', 'code', '810001',
    allowed_acs_entrance_ids => ARRAY[:'lobby', :'gate']::uuid[]) \gset

-- A request, with the events that it writes.
CREATE FUNCTION pg_temp.request(entrance uuid, method acs_access_method, code acs_code DEFAULT NULL, number text DEFAULT NULL, id uuid DEFAULT NULL,
                                OUT granted boolean, OUT reasons text, OUT credential text, OUT events bigint, OUT event text, OUT agree boolean)
LANGUAGE plpgsql AS $$
DECLARE
    decision acs_access_decision;
    before bigint := (SELECT count(*) FROM acs_events WHERE workspace_id = acs_workspace_id());
BEGIN
    decision := acs_access_request(entrance, method, code, number, id);
    granted := decision.granted;
    reasons := array_to_string(decision.reasons, ', ');
    SELECT display_name FROM acs_credentials c WHERE workspace_id = acs_workspace_id() AND c.acs_credential_id = decision.acs_credential_id INTO credential;
    SELECT count(*), string_agg(event_type || ' ' || details, E'\n' ORDER BY event_id),
           bool_and((acs_entrance_id, acs_user_id, acs_credential_id, acs_system_id) IS NOT DISTINCT FROM
                    (entrance, decision.acs_user_id, decision.acs_credential_id,
                     (SELECT e.acs_system_id FROM acs_entrances e WHERE workspace_id = acs_workspace_id() AND e.acs_entrance_id = entrance)) AND
                    decision.acs_entrance_id = entrance AND
                    decision.decided_at BETWEEN statement_timestamp() AND occurred_at AND occurred_at <= clock_timestamp() AND
                    decision.granted = (event_type = 'acs_entrance.access_granted') AND
                    decision.reason IS NOT DISTINCT FROM (details ->> 'reason')::acs_denial_reason)
      FROM (SELECT * FROM acs_events WHERE workspace_id = acs_workspace_id() ORDER BY event_id OFFSET before) AS written WHERE event_type <> 'acs_credential.used_up'
      INTO events, event, agree;
END
$$;

---------------------------------------------------------------------------
-- Granted, and refused for each of the reasons
---------------------------------------------------------------------------

\x on
SELECT * FROM pg_temp.request(:'lobby', 'code', '810001');

-- unknown_credential: the event does not tell the code
SELECT * FROM pg_temp.request(:'lobby', 'code', '810002');

-- too_many_attempts
SET credentials.lockout_attempts = 2;
SELECT * FROM pg_temp.request(:'lobby', 'code', '810002');
SELECT * FROM pg_temp.request(:'lobby', 'code', '810001');
SELECT * FROM pg_temp.request(:'lobby', 'code', '810002');
RESET credentials.lockout_attempts;
DELETE FROM acs_entrance_lockouts WHERE workspace_id = acs_workspace_id();

-- unassigned
UPDATE acs_credentials SET acs_user_id = NULL WHERE acs_credential_id = :'pin';
SELECT * FROM pg_temp.request(:'lobby', 'code', '810001');
UPDATE acs_credentials SET acs_user_id = :'jane' WHERE acs_credential_id = :'pin';

-- user_suspended
SELECT acs_users_suspend(:'jane');
SELECT * FROM pg_temp.request(:'lobby', 'code', '810001');
SELECT acs_users_unsuspend(:'jane');

-- disabled
SELECT display_name FROM acs_credentials_disable(:'pin', 'lost');
SELECT * FROM pg_temp.request(:'lobby', 'code', '810001');
SELECT display_name FROM acs_credentials_enable(:'pin', 'lost');

-- used_up
UPDATE acs_credentials SET max_uses = 1 WHERE acs_credential_id = :'pin';
SELECT * FROM pg_temp.request(:'lobby', 'code', '810001');
SELECT * FROM pg_temp.request(:'lobby', 'code', '810001');
UPDATE acs_credentials SET max_uses = NULL WHERE acs_credential_id = :'pin';

-- not_issued
SELECT acs_credential_id AS card FROM acs_credentials_create(:'jane', 'card', '810003', allowed_acs_entrance_ids => ARRAY[:'lobby'::uuid]) \gset
SELECT * FROM pg_temp.request(:'lobby', 'card', '810003');
UPDATE acs_credentials SET is_issued = true WHERE acs_credential_id = :'card';
SELECT * FROM pg_temp.request(:'lobby', 'card', '810003');

-- not_yet_valid
UPDATE acs_credentials SET starts_at = '2100-01-01' WHERE acs_credential_id = :'pin';
SELECT * FROM pg_temp.request(:'lobby', 'code', '810001');

-- expired
UPDATE acs_credentials SET starts_at = NULL, ends_at = '2001-01-01' WHERE acs_credential_id = :'pin';
SELECT * FROM pg_temp.request(:'lobby', 'code', '810001');
UPDATE acs_credentials SET ends_at = NULL WHERE acs_credential_id = :'pin';

-- outside_user_schedule
SELECT access_starts_at FROM acs_users_update(:'jane', access_starts_at => '2100-01-01');
SELECT * FROM pg_temp.request(:'lobby', 'code', '810001');
SELECT access_starts_at FROM acs_users_update(:'jane', access_starts_at => '-infinity');

-- method_not_supported
SELECT * FROM pg_temp.request(:'gate', 'code', '810001');

-- entrance_not_allowed
SELECT * FROM pg_temp.request(:'room', 'code', '810001');

-- all at once
SELECT acs_users_suspend(:'jane');
SELECT display_name FROM acs_credentials_disable(:'pin', 'stolen');
UPDATE acs_credentials SET max_uses = 1, is_issued = false, ends_at = '2001-01-01' WHERE acs_credential_id = :'pin';
UPDATE acs_users SET access_ends_at = '2001-01-01' WHERE acs_user_id = :'jane';
DELETE FROM acs_credential_entrances WHERE acs_credential_id = :'pin';
SELECT * FROM pg_temp.request(:'gate', 'code', '810001');
UPDATE acs_users SET access_ends_at = NULL, is_suspended = false WHERE acs_user_id = :'jane';
DELETE FROM acs_credentials WHERE acs_credential_id = :'pin';
SELECT * FROM pg_temp.request(:'gate', 'code', '810001');
\x off

---------------------------------------------------------------------------
-- What is presented as what
---------------------------------------------------------------------------

CREATE TEMP TABLE things (thing, id) AS
    SELECT 'pin', acs_credential_id FROM acs_credentials_create(:'joe', 'code', '820001', allowed_acs_entrance_ids => ARRAY[:'annex_door'::uuid])
    UNION ALL
    SELECT 'card', acs_credential_id FROM acs_credentials_create(:'joe', 'card', '820002', allowed_acs_entrance_ids => ARRAY[:'annex_door'::uuid])
    UNION ALL
    SELECT 'key', acs_credential_id FROM acs_credentials_create(:'joe', 'mobile_key', allowed_acs_entrance_ids => ARRAY[:'annex_door'::uuid])
    UNION ALL
    -- the same digits, on a card
    SELECT 'card like pin', acs_credential_id FROM acs_credentials_create(:'joe', 'card', '820001', allowed_acs_entrance_ids => ARRAY[:'annex_door'::uuid]);
UPDATE acs_credentials SET card_number = 'AB:CD' WHERE acs_credential_id = (SELECT id FROM things WHERE thing = 'card');
CREATE TEMP TABLE presented (n, what, access_method, code, card_number, id) AS
    VALUES (1, 'code', 'code'::acs_access_method, '820001'::acs_code, NULL, NULL),
           (2, 'code of a card', 'code', '820002', NULL, NULL),
           (3, 'card by number', 'card', NULL, 'AB:CD', NULL),
           (4, 'card by code, once it has a number', 'card', '820002', NULL, NULL),
           (5, 'card by both', 'card', '820002', 'AB:CD', NULL),
           (6, 'the number decides', 'card', '820001', 'AB:CD', NULL),
           (7, 'the number decides, even if unknown', 'card', '820002', 'AB:CE', NULL),
           (8, 'a number in another spelling', 'card', NULL, 'ab-cd', NULL),
           (9, 'same digits, on a card', 'card', '820001', NULL, NULL),
           (10, 'the same as its number', 'card', NULL, '820001', NULL),
           (11, 'the same in another spelling', 'card', NULL, '82:00:01', NULL),
           (12, 'another number', 'card', NULL, '8:20:001', NULL),
           (13, 'key', 'mobile_key', NULL, NULL, 'key'),
           (14, 'a code beside it does not matter', 'mobile_key', '820001', 'AB:CD', 'key'),
           (15, 'card as key', 'mobile_key', NULL, NULL, 'card'),
           (16, 'code as key', 'mobile_key', '820001', NULL, NULL),
           (17, 'id as code', 'code', NULL, NULL, 'pin'),
           (18, 'leading zero', 'code', '0820001', NULL, NULL),
           (19, 'nothing', 'code', NULL, NULL, NULL),
           (20, 'nothing', 'card', NULL, NULL, NULL),
           (21, 'nothing', 'mobile_key', NULL, NULL, NULL),
           (22, 'empty number', 'card', NULL, '', NULL);
CREATE TEMP VIEW outcome AS
    SELECT n, what, p.access_method, d.granted, d.reason, f.thing AS found,
           r.granted = d.granted AND r.reasons = d.reasons AND r.acs_credential_id IS NOT DISTINCT FROM d.acs_credential_id AS request_agrees
      FROM presented p LEFT JOIN things t ON t.thing = p.id,
           acs_entrances e,
           acs_access_check(e.acs_entrance_id, access_method, code, card_number, t.id) AS d LEFT JOIN things f ON f.id = d.acs_credential_id,
           acs_access_request(e.acs_entrance_id, access_method, code, card_number, t.id) AS r
     WHERE e.workspace_id = acs_workspace_id() AND e.display_name = 'Annex door';
SELECT * FROM outcome ORDER BY n;
-- in another system they open nothing
SELECT acs_credential_id AS hotel_pin FROM acs_credentials_create(:'jane', 'code', '820009', allowed_acs_entrance_ids => ARRAY[:'lobby'::uuid]) \gset
SELECT what, d.granted, d.reason
  FROM presented p, acs_access_check(:'lobby', access_method, code, card_number, (SELECT id FROM things WHERE thing = p.id)) AS d
 WHERE n IN (1, 3, 9, 13) ORDER BY n;
SELECT granted, reason FROM acs_access_check(:'annex_door', 'code', '820009');
SELECT granted, reason FROM acs_access_check(:'lobby', 'code', '820009');
-- nor in another workspace
SET credentials.workspace_id = 'acce5500-0000-4000-8000-00000000000a';
SELECT acs_system_id AS foreign_hotel FROM acs_systems_create('Foreign hotel') \gset
SELECT acs_entrance_id AS foreign_door FROM acs_entrances_create(:'foreign_hotel', 'Foreign door') \gset
SELECT what, d.granted, d.reason
  FROM presented p, acs_access_check(:'foreign_door', access_method, code, card_number, (SELECT id FROM things WHERE thing = p.id)) AS d
 WHERE n IN (1, 3, 9, 13) ORDER BY n;
SET credentials.workspace_id = 'acce5500-0000-4000-8000-000000000000';

-- Of several credentials with one code, the one whose time it is; or else the nearest.
CREATE TEMP TABLE stays AS
    SELECT stay, acs_credential_id FROM (VALUES ('1 first', timestamptz '2100-05-01', timestamptz '2100-05-04'),
                                                ('2 second', '2100-05-04', '2100-05-06'),
                                                ('3 third', '2100-05-20', NULL)) AS s (stay, starts_at, ends_at),
           acs_credentials_create(:'jane', 'code', '830001', starts_at, ends_at, ARRAY[:'lobby'::uuid]);
SELECT at, granted, reason, stay
  FROM unnest(ARRAY['2050-01-01', '2100-04-30', '2100-05-01', '2100-05-03 23:59:59', '2100-05-04', '2100-05-06', '2100-05-12 23:59:59', '2100-05-13 00:00:01',
                    '2100-05-20', '2200-01-01']::timestamptz[]) AS at,
       acs_access_check(:'lobby', 'code', '830001', at => at) AS d LEFT JOIN stays USING (acs_credential_id);

---------------------------------------------------------------------------
-- What is not an answer but an error
---------------------------------------------------------------------------

SELECT count(*) AS events FROM acs_events WHERE workspace_id = acs_workspace_id() \gset
SELECT f, fails(format($$SELECT acs_access_%s($1, 'code', '820001')$$, f), :'foreign_door') AS foreign_entrance,
       fails(format($$SELECT acs_access_%s($1, 'code', '820001')$$, f), :'jane') AS unknown_entrance,
       fails(format($$SELECT acs_access_%s(NULL, 'code', '820001')$$, f)) AS no_entrance
  FROM unnest(ARRAY['check', 'request']) AS f;
SELECT f, fails(format($$SELECT acs_access_%s($1, NULL, '820001')$$, f), :'lobby') AS no_method
  FROM unnest(ARRAY['check', 'request']) AS f;
SELECT count(*) - :events AS events FROM acs_events WHERE workspace_id = acs_workspace_id();
-- an entrance that is gone
SELECT acs_entrance_id AS gone FROM acs_entrances_create(:'hotel', 'Gone') \gset
SELECT granted FROM acs_access_request(:'gone', 'code', '820009');
DELETE FROM acs_entrances WHERE acs_entrance_id = :'gone';
SELECT fails($$SELECT acs_access_request($1, 'code', '820009')$$, :'gone');

---------------------------------------------------------------------------
-- Where nothing can be written, only checks are possible
---------------------------------------------------------------------------

BEGIN READ ONLY;
SELECT granted FROM acs_access_check(:'lobby', 'code', '820009');
SAVEPOINT s;
SELECT fails($$SELECT acs_access_request($1, 'code', '820009')$$, :'lobby') AS request;
ROLLBACK TO s;
SELECT fails($$SELECT acs_access_request($1, 'code', '820008')$$, :'lobby') AS even_of_an_unknown_code;
ROLLBACK;

---------------------------------------------------------------------------
-- A one-time credential is spent by the request that it opens
---------------------------------------------------------------------------

SELECT acs_credential_id AS once FROM acs_credentials_create(:'jane', 'code', '840001', allowed_acs_entrance_ids => ARRAY[:'lobby', :'gate']::uuid[]) \gset
UPDATE acs_credentials SET max_uses = 1 WHERE acs_credential_id = :'once';
CREATE FUNCTION pg_temp.is_spent(id uuid) RETURNS boolean LANGUAGE sql AS $$
    SELECT used_up_at IS NOT NULL FROM acs_credentials WHERE workspace_id = acs_workspace_id() AND acs_credential_id = id $$;
SELECT granted, pg_temp.is_spent(:'once') AS spent FROM acs_access_check(:'lobby', 'code', '840001');
SELECT granted, pg_temp.is_spent(:'once') AS spent FROM acs_access_check(:'lobby', 'code', '840001');
-- not where it opens nothing
SELECT granted, reason FROM acs_access_request(:'gate', 'code', '840001');
SELECT granted, reason FROM acs_access_request(:'room', 'code', '840001');
SELECT pg_temp.is_spent(:'once') AS spent;
-- nor by a transaction that is rolled back, nor does it leave an event
BEGIN;
SELECT granted, reason FROM acs_access_request(:'lobby', 'code', '840001');
SELECT granted, reason FROM acs_access_request(:'lobby', 'code', '840001');
SELECT granted, reason FROM acs_access_check(:'lobby', 'code', '840001');
ROLLBACK;
SELECT pg_temp.is_spent(:'once') AS spent, count(*) AS events FROM acs_events
 WHERE acs_credential_id = :'once' AND event_type = 'acs_entrance.access_granted';
SELECT granted, reason FROM acs_access_request(:'lobby', 'code', '840001');
SELECT granted, reason FROM acs_access_request(:'lobby', 'code', '840001');
SELECT granted, reason FROM acs_access_check(:'lobby', 'code', '840001');
-- several requests in one statement: the first has it
SELECT acs_credential_id AS twice FROM acs_credentials_create(:'jane', 'card', '840002', allowed_acs_entrance_ids => ARRAY[:'lobby'::uuid]) \gset
UPDATE acs_credentials SET max_uses = 1, is_issued = true WHERE acs_credential_id = :'twice';
SELECT n, (d).granted, (d).reason
  FROM (SELECT n, acs_access_request(:'lobby', 'card', '840002') AS d FROM generate_series(1, 3) AS n OFFSET 0) AS requests;
-- spent once and for all, even if the door then changes
UPDATE acs_credentials SET ends_at = '2100-01-01' WHERE acs_credential_id = :'once';
SELECT granted, reason FROM acs_access_request(:'lobby', 'code', '840001');
-- a credential that was not for one use at the time is not spent by it
UPDATE acs_credentials SET max_uses = 1 WHERE acs_credential_id = :'hotel_pin';
SELECT granted, decided_at FROM acs_access_request(:'lobby', 'code', '820009') \gset
SELECT :'granted'::boolean AS granted, used_up_at = :'decided_at' AS used_then FROM acs_credentials WHERE acs_credential_id = :'hotel_pin';
UPDATE acs_credentials SET max_uses = NULL WHERE acs_credential_id = :'hotel_pin';
SELECT granted FROM acs_access_request(:'lobby', 'code', '820009');

---------------------------------------------------------------------------
-- The clock decides, not the start of the transaction
---------------------------------------------------------------------------

SELECT acs_credential_id AS ending FROM acs_credentials_create(:'jane', 'code', '860001', allowed_acs_entrance_ids => ARRAY[:'lobby'::uuid]) \gset
SELECT acs_credential_id AS beginning FROM acs_credentials_create(:'jane', 'code', '860002', allowed_acs_entrance_ids => ARRAY[:'lobby'::uuid]) \gset
BEGIN;
UPDATE acs_credentials SET ends_at = clock_timestamp() + interval '1 s' WHERE acs_credential_id = :'ending';
UPDATE acs_credentials SET starts_at = clock_timestamp() + interval '1 s' WHERE acs_credential_id = :'beginning';
SELECT (acs_access_request(:'lobby', 'code', code)).reason, (acs_access_check(:'lobby', 'code', code)).reason
  FROM unnest(ARRAY['860001', '860002']::acs_code[]) AS code;
SELECT pg_sleep(1.1);
SELECT (acs_access_request(:'lobby', 'code', code)).reason, (acs_access_check(:'lobby', 'code', code)).reason,
       (acs_access_check(:'lobby', 'code', code, at => transaction_timestamp())).reason AS when_it_began
  FROM unnest(ARRAY['860001', '860002']::acs_code[]) AS code;
ROLLBACK;
-- the user's schedule, too
BEGIN;
UPDATE acs_users SET access_ends_at = clock_timestamp() + interval '0.2 s' WHERE acs_user_id = :'jane';
SELECT pg_sleep(0.3);
SELECT granted, reason FROM acs_access_request(:'lobby', 'code', '860001');
ROLLBACK;

---------------------------------------------------------------------------
-- Disabled for several reasons: each is lifted by itself
---------------------------------------------------------------------------

CREATE FUNCTION pg_temp.door() RETURNS text LANGUAGE sql AS $$
    SELECT coalesce(d.reason::text, 'granted') || coalesce(': ' || (
               SELECT nullif(array_to_string(disable_reasons, ', '), '') FROM acs_credentials c
                WHERE workspace_id = acs_workspace_id() AND c.acs_credential_id = d.acs_credential_id), '')
      FROM acs_entrances e, acs_access_check(e.acs_entrance_id, 'code', '860001') AS d
     WHERE e.workspace_id = acs_workspace_id() AND e.display_name = 'Lobby' $$;
SELECT pg_temp.door();
SELECT display_name FROM acs_credentials_disable(:'ending', 'lost');
SELECT pg_temp.door();
SELECT display_name FROM acs_credentials_disable(:'ending', 'blocked');
SELECT pg_temp.door();
-- again changes nothing, and neither does lifting what is not there
SELECT display_name FROM acs_credentials_disable(:'ending', 'lost');
SELECT display_name FROM acs_credentials_enable(:'ending', 'stolen');
SELECT pg_temp.door();
SELECT display_name FROM acs_credentials_enable(:'ending', 'lost');
SELECT pg_temp.door();
-- a suspension and its end change nothing about it
SELECT acs_users_suspend(:'jane');
SELECT pg_temp.door();
SELECT acs_users_unsuspend(:'jane');
SELECT pg_temp.door();
SELECT display_name FROM acs_credentials_enable(:'ending', 'blocked');
SELECT pg_temp.door();
SELECT event_type, details FROM acs_events
 WHERE workspace_id = acs_workspace_id() AND acs_credential_id = :'ending' AND event_type ~ 'abled$' ORDER BY event_id;

-- Every set of reasons, with every reason added and removed.
DO $$
DECLARE
    pin uuid := (SELECT acs_credential_id FROM acs_credentials WHERE workspace_id = acs_workspace_id() AND code = '860001');
    all_reasons acs_disable_reason[] := enum_range(NULL::acs_disable_reason);
    reasons acs_disable_reason[];
    reason acs_disable_reason;
    stored acs_disable_reason[];
BEGIN
    FOR i IN 0 .. 15 LOOP
        reasons := ARRAY(SELECT r FROM unnest(all_reasons) WITH ORDINALITY AS u (r, n) WHERE (i >> (n::int - 1)) & 1 = 1);
        FOREACH reason IN ARRAY all_reasons LOOP
            UPDATE acs_credentials SET disable_reasons = reasons WHERE workspace_id = acs_workspace_id() AND acs_credential_id = pin;
            PERFORM acs_credentials_disable(pin, reason);
            SELECT disable_reasons INTO stored FROM acs_credentials WHERE workspace_id = acs_workspace_id() AND acs_credential_id = pin;
            ASSERT stored @> reasons AND reason = ANY (stored) AND
                   cardinality(stored) = cardinality(reasons) + (reason <> ALL (reasons))::int;
            PERFORM acs_credentials_enable(pin, reason);
            SELECT disable_reasons INTO stored FROM acs_credentials WHERE workspace_id = acs_workspace_id() AND acs_credential_id = pin;
            ASSERT stored = array_remove(reasons, reason);
            ASSERT pg_temp.door() LIKE CASE WHEN stored = '{}' THEN 'granted' ELSE 'disabled: %' END;
        END LOOP;
    END LOOP;
END
$$;
UPDATE acs_credentials SET disable_reasons = '{}' WHERE acs_credential_id = :'ending';

SELECT fails($$SELECT acs_credentials_disable($1, 'lost')$$, :'jane') AS disable_unknown, fails($$SELECT acs_credentials_enable($1, 'lost')$$, :'jane') AS enable_unknown,
       fails($$SELECT acs_credentials_disable(NULL, 'lost')$$) AS disable_nothing;
SELECT fails($$SELECT acs_credentials_disable($1, NULL)$$, :'pin') AS no_reason, fails($$SELECT acs_credentials_enable($1, NULL)$$, :'pin') AS no_reason,
       fails($$SELECT acs_credentials_disable($1, 'angry')$$, :'pin') AS other_reason;
SET credentials.workspace_id = 'acce5500-0000-4000-8000-00000000000a';
SELECT fails($$SELECT acs_credentials_disable($1, 'lost')$$, :'ending') AS from_another_workspace;
SET credentials.workspace_id = 'acce5500-0000-4000-8000-000000000000';

---------------------------------------------------------------------------
-- A multi-phone sync credential and its copies on phones
---------------------------------------------------------------------------

SELECT acs_credential_id AS key FROM acs_credentials_create(:'joe', 'mobile_key', is_multi_phone_sync_credential => true,
    allowed_acs_entrance_ids => ARRAY[:'annex_door'::uuid]) \gset
INSERT INTO acs_credentials (acs_system_id, acs_user_id, access_method, parent_acs_credential_id)
    VALUES (:'annex', :'joe', 'mobile_key', :'key') RETURNING acs_credential_id AS copy \gset
-- it opens what the original opens
SELECT granted, acs_credential_id = :'copy' AS copy FROM acs_access_request(:'annex_door', 'mobile_key', acs_credential_id => :'copy');
-- and is disabled and enabled with it
SELECT display_name FROM acs_credentials_disable(:'key', 'lost');
SELECT granted, reason FROM acs_access_request(:'annex_door', 'mobile_key', acs_credential_id => :'copy');
SELECT display_name FROM acs_credentials_enable(:'key', 'lost');
SELECT granted, reason FROM acs_access_request(:'annex_door', 'mobile_key', acs_credential_id => :'copy');
-- one lost phone is only that
SELECT display_name FROM acs_credentials_disable(:'copy', 'lost');
SELECT what, granted, reason FROM (VALUES ('original', :'key'::uuid), ('copy', :'copy')) AS k (what, id), acs_access_check(:'annex_door', 'mobile_key', acs_credential_id => id);
SELECT acs_credentials_delete(:'key');
SELECT granted, reason FROM acs_access_request(:'annex_door', 'mobile_key', acs_credential_id => :'copy');

---------------------------------------------------------------------------
-- A check over a set
---------------------------------------------------------------------------

SELECT e.display_name, d.granted, d.reason
  FROM acs_entrances e, acs_access_check(e.acs_entrance_id, 'code', '820009') AS d
 WHERE e.workspace_id = acs_workspace_id() AND e.acs_system_id = :'hotel' ORDER BY e.display_name;
SELECT c.display_name, (acs_access_check(:'lobby', c.access_method, c.code, acs_credential_id => c.acs_credential_id, at => '2100-05-03')).granted
  FROM acs_credentials c WHERE workspace_id = acs_workspace_id() AND acs_system_id = :'hotel' ORDER BY 1, 2;
-- it does not see what happens while it runs, as no query does
CREATE FUNCTION pg_temp.suspend(id uuid) RETURNS text LANGUAGE sql AS $$ SELECT 'suspended' FROM acs_users_suspend(id) $$;
BEGIN;
SELECT pg_temp.suspend(:'jane'), granted, reason FROM acs_access_check(:'lobby', 'code', '820009');
SELECT granted, reason FROM acs_access_check(:'lobby', 'code', '820009');
ROLLBACK;
-- and a request sees it
BEGIN;
SELECT granted, reason FROM (SELECT pg_temp.suspend(:'jane') AS s OFFSET 0) AS s, LATERAL (SELECT * FROM acs_access_request(:'lobby', 'code', '820009') OFFSET length(s) * 0) AS d;
ROLLBACK;

-- In parallel plans, the checks run in the workers, in the session's workspace, whoever runs them.
SELECT count(*) FROM generate_series(1, 500) AS i, acs_credentials_create(:'jane', 'code', to_char(i, 'FM850000'),
    allowed_acs_entrance_ids => CASE WHEN i % 2 = 0 THEN ARRAY[:'lobby'::uuid] END);
ANALYZE acs_credentials, acs_credential_entrances, acs_users, acs_entrances;
CREATE FUNCTION pg_temp.in_workers(query text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    plan jsonb;
    gather jsonb;
BEGIN
    EXECUTE 'EXPLAIN (ANALYZE, VERBOSE, COSTS OFF, TIMING OFF, SUMMARY OFF, FORMAT JSON) ' || query INTO plan;
    gather := jsonb_path_query_first(plan, '$.**?(@."Node Type" == "Gather" && @."Workers Launched" > 0)');
    RETURN coalesce(gather -> 'Plans' -> 0 -> 'Output' @? '$[*]?(@ like_regex "acs_access_check\\(")', false);
END
$$;
CREATE FUNCTION pg_temp.query(entrance uuid) RETURNS text LANGUAGE sql AS $$
    SELECT format($query$SELECT (acs_access_check(%L, c.access_method, c.code, c.card_number, c.acs_credential_id, '2100-05-03')).granted
                           FROM acs_credentials c
                          WHERE c.workspace_id = acs_workspace_id() AND c.code BETWEEN '850001' AND '850500'$query$, entrance) $$;
CREATE FUNCTION pg_temp.doors(entrance uuid) RETURNS TABLE (granted boolean, number bigint) LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY EXECUTE 'SELECT granted, count(*) FROM (' || pg_temp.query(entrance) || ' OFFSET 0) AS d GROUP BY 1 ORDER BY 1';
END
$$;
SELECT pg_temp.in_workers(pg_temp.query(:'lobby'));
SELECT * FROM pg_temp.doors(:'lobby');
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET min_parallel_index_scan_size = 0;
SET parallel_leader_participation = off;
SELECT pg_temp.in_workers(pg_temp.query(:'lobby'));
SELECT * FROM pg_temp.doors(:'lobby');
RESET parallel_setup_cost;
RESET parallel_tuple_cost;
RESET min_parallel_table_scan_size;
RESET min_parallel_index_scan_size;
RESET parallel_leader_participation;
SELECT set_config(name, 'on', false) FROM pg_settings WHERE name IN ('force_parallel_mode', 'debug_parallel_query');
SELECT pg_temp.in_workers(pg_temp.query(:'lobby'));
SELECT * FROM pg_temp.doors(:'lobby');
CREATE ROLE regress_access_door;
GRANT USAGE ON SCHEMA acs TO regress_access_door;
GRANT SELECT ON acs_credentials TO regress_access_door;
GRANT EXECUTE ON FUNCTION acs_access_check(uuid, acs_access_method, acs_code, text, uuid, timestamptz) TO regress_access_door;
SET SESSION AUTHORIZATION regress_access_door;
SELECT pg_temp.in_workers(pg_temp.query(:'lobby'));
SELECT * FROM pg_temp.doors(:'lobby');
SELECT fails($$SELECT acs_access_request($1, 'code', '820009')$$, :'lobby') AS without_the_right;
RESET SESSION AUTHORIZATION;
-- a request is never run in one
SELECT granted, reason FROM acs_access_request(:'lobby', 'code', '820009');
DROP OWNED BY regress_access_door;
DROP ROLE regress_access_door;

---------------------------------------------------------------------------
-- In all of this, no code and no card number was written down
---------------------------------------------------------------------------

SELECT count(*) AS events, count(*) FILTER (WHERE e::text ~ '(81|82|83|84|85|86)0\d\d\d|AB:C') AS leaks
  FROM (SELECT event_type, actor, details FROM acs_events WHERE workspace_id = acs_workspace_id() AND event_type LIKE 'acs_entrance.%') AS e;
