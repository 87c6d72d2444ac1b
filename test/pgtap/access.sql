-- A week at the door: what the reader asks, what the database answers, and what
-- stands in the log.  The reader's role may do that one thing.
\set QUIET 1
BEGIN;
SELECT plan(54);
SET LOCAL credentials.workspace_id = '398d80b7-3f96-47c2-b85a-6f8ba21d07be';
SET LOCAL timezone = 'UTC';

SELECT acs_system_id AS hotel FROM acs_systems_create('Hotel') \gset
SELECT acs_entrance_id AS lobby FROM acs_entrances_create(:'hotel', 'Lobby') \gset
SELECT acs_entrance_id AS room FROM acs_entrances_create(:'hotel', 'Room 101') \gset
SELECT acs_entrance_id AS pool FROM acs_entrances_create(:'hotel', 'Pool', can_unlock_with_code => false) \gset
SELECT acs_access_group_id AS swimmers FROM acs_access_groups_create(:'hotel', 'Swimmers', ARRAY[:'pool'::uuid]) \gset
SELECT acs_user_id AS jane FROM acs_users_create(:'hotel', 'Jane Doe') \gset
SELECT acs_credential_id AS pin FROM acs_credentials_create(:'jane', 'code', '824759',
    allowed_acs_entrance_ids => ARRAY[:'lobby', :'room']::uuid[]) \gset
SELECT acs_credential_id AS card FROM acs_credentials_create(:'jane', 'card', '123456',
    allowed_acs_entrance_ids => ARRAY[:'lobby', :'room']::uuid[]) \gset

CREATE ROLE acs_door;
GRANT EXECUTE ON FUNCTION acs_access_request(uuid, acs_access_method, text, text, uuid) TO acs_door;

-- What the door is told, as the role of the door.
CREATE FUNCTION pg_temp.door(entrance uuid, method acs_access_method, code text, number text DEFAULT NULL, id uuid DEFAULT NULL) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    decision acs_access_decision;
BEGIN
    SET LOCAL ROLE acs_door;
    decision := acs_access_request(entrance, method, code, number, id);
    RESET ROLE;
    RETURN CASE WHEN decision.granted THEN 'open' ELSE decision.reason::text END;
END
$$;
-- What the log said last.
CREATE FUNCTION pg_temp.log() RETURNS text LANGUAGE sql AS $$
    SELECT concat_ws(' ', actor, event_type, details ->> 'display_name', details ->> 'reason') FROM acs_events ORDER BY event_id DESC LIMIT 1 $$;

---------------------------------------------------------------------------
-- What is offered
---------------------------------------------------------------------------

SELECT enum_has_labels('acs_denial_reason', ARRAY['unknown_credential', 'too_many_attempts', 'entrance_locked', 'unassigned', 'user_suspended', 'disabled', 'used_up',
    'not_issued', 'not_yet_valid', 'expired', 'outside_user_schedule', 'outside_schedule', 'method_not_supported', 'entrance_not_allowed'], 'reasons in the order of their importance');
SELECT enum_has_labels('acs_disable_reason', ARRAY['lost', 'stolen', 'damaged', 'blocked']);
SELECT results_eq($$SELECT attname::text COLLATE "default" FROM pg_attribute WHERE attrelid = 'acs_access_decision'::regclass ORDER BY attnum$$,
    ARRAY['granted', 'reason', 'reasons', 'acs_credential_id', 'acs_user_id', 'acs_entrance_id', 'decided_at', 'until'], 'a decision says all about itself');
SELECT volatility_is('acs_access_check', 'stable', 'a check reads');
SELECT volatility_is('acs_access_request', 'volatile', 'a request writes');
SELECT is(proparallel, 's'::"char", 'a check can run in a parallel plan, of text and of a code that is stored') FROM pg_proc WHERE proname = 'acs_access_check';
SELECT is_definer('acs_access_check', 'both with the rights of the owner');
SELECT is_definer('acs_access_request');
SELECT ok(NOT has_function_privilege('acs_door', p.oid, 'EXECUTE'), oid::regprocedure || ' is not for everybody')
  FROM pg_proc p WHERE proname IN ('acs_access_check', 'acs_credentials_get', 'acs_credentials_disable', 'acs_users_suspend') ORDER BY oid::regprocedure::text;

---------------------------------------------------------------------------
-- Monday: it opens
---------------------------------------------------------------------------

SELECT is(pg_temp.door(:'lobby', 'code', '824759'), 'open', 'the code opens the lobby');
SELECT is(pg_temp.log(), 'acs_door acs_entrance.access_granted Code 82****', 'the log says so, by which role, with the code masked');
SELECT is(pg_temp.door(:'room', 'card', '123456'), 'open', 'the card opens the room');
SELECT is(pg_temp.log(), 'acs_door acs_entrance.access_granted Card 123***', 'the log says so');
SELECT is(pg_temp.door(:'room', 'code', '123456'), 'unknown_credential', 'what is on the card is no code');
SELECT is(pg_temp.log(), 'acs_door acs_entrance.access_denied unknown_credential', 'and what was typed is not in the log');

---------------------------------------------------------------------------
-- Tuesday: the pool
---------------------------------------------------------------------------

SELECT is(pg_temp.door(:'pool', 'card', '123456'), 'entrance_not_allowed', 'the pool is not hers');
SELECT is(acs_access_groups_add_user(:'jane', :'swimmers')::text, '', 'she becomes a swimmer');
SELECT is(pg_temp.door(:'pool', 'card', '123456'), 'open', 'then it is');
SELECT is(pg_temp.door(:'pool', 'code', '824759'), 'method_not_supported', 'but there is no keypad');
SELECT is(acs_access_groups_remove_user(:'jane', :'swimmers')::text, '', 'the season is over');
SELECT is(pg_temp.door(:'pool', 'card', '123456'), 'entrance_not_allowed', 'and so is swimming');

---------------------------------------------------------------------------
-- Wednesday: the card is lost, and found
---------------------------------------------------------------------------

SELECT is((acs_credentials_disable(:'card', 'lost')).display_name, 'Card 123***', 'the card is lost');
SELECT is(pg_temp.door(:'room', 'card', '123456'), 'disabled', 'it opens nothing');
SELECT is(pg_temp.log(), 'acs_door acs_entrance.access_denied Card 123*** disabled', 'that somebody tried is in the log');
SELECT is(pg_temp.door(:'room', 'code', '824759'), 'open', 'the code still does');
SELECT is((acs_credentials_disable(:'card', 'damaged')).display_name, 'Card 123***', 'it was found under a car');
SELECT is((acs_credentials_enable(:'card', 'lost')).display_name, 'Card 123***', 'so it is lost no more');
SELECT is(pg_temp.door(:'room', 'card', '123456'), 'disabled', 'but damaged');
SELECT is((acs_credentials_enable(:'card', 'damaged')).display_name, 'Card 123***', 'and repaired');
SELECT is(pg_temp.door(:'room', 'card', '123456'), 'open', 'it opens');

---------------------------------------------------------------------------
-- Thursday: the bill
---------------------------------------------------------------------------

SELECT is(acs_users_suspend(:'jane')::text, '', 'she is suspended');
SELECT is(pg_temp.door(:'room', method, code), 'user_suspended', method || ' opens nothing')
  FROM (VALUES ('code'::acs_access_method, '824759'), ('card', '123456')) AS t (method, code);
SELECT is(acs_users_unsuspend(:'jane')::text, '', 'she pays');
SELECT is(pg_temp.door(:'room', 'code', '824759'), 'open', 'and is back');

---------------------------------------------------------------------------
-- Friday: somebody guesses
---------------------------------------------------------------------------

SET LOCAL credentials.lockout_attempts = 5;
SELECT is(string_agg(DISTINCT pg_temp.door(:'lobby', 'code', to_char(n, 'FM770000')), ' '), 'unknown_credential', 'five wrong codes')
  FROM generate_series(1, 5) AS n;
SELECT is(pg_temp.door(:'lobby', 'code', '824759'), 'too_many_attempts', 'then the right one is refused as well');
SELECT is(pg_temp.log(), 'acs_door acs_entrance.access_denied too_many_attempts', 'and the log does not say whose it is');
SELECT is(pg_temp.door(:'lobby', 'card', '123456'), 'open', 'not the card');
SELECT is(pg_temp.door(:'room', 'code', '824759'), 'open', 'nor the code elsewhere');
SELECT is((acs_access_check(:'lobby', 'code', '824759', at => clock_timestamp() + interval '31 s')).granted, true, 'and in half a minute it opens');

---------------------------------------------------------------------------
-- Saturday: she leaves at eleven
---------------------------------------------------------------------------

UPDATE acs_credentials SET ends_at = '2100-05-04 11:00' WHERE acs_credential_id = :'pin';
SELECT is((acs_access_check(:'room', 'code', '824759', at => '2100-05-04 10:59:59.999999')).granted, true, 'a microsecond before eleven it opens');
SELECT is((acs_access_check(:'room', 'code', '824759', at => '2100-05-04 11:00')).reason, 'expired', 'at eleven it does not');

---------------------------------------------------------------------------
-- Sunday: all is forgotten but in the log
---------------------------------------------------------------------------

SELECT is(acs_users_delete(:'jane')::text, '', 'she is deleted');
SELECT is(pg_temp.door(:'room', method, code), 'unknown_credential', method || ' is unknown')
  FROM (VALUES ('code'::acs_access_method, '824759'), ('card', '123456')) AS t (method, code);
SELECT results_eq($$SELECT details ->> 'reason', count(*) FROM acs_events WHERE event_type = 'acs_entrance.access_denied' AND acs_user_id = '$$ || :'jane' || $$' GROUP BY 1 ORDER BY 1$$,
    $$VALUES ('disabled', 2::bigint), ('entrance_not_allowed', 2), ('method_not_supported', 1), ('user_suspended', 2)$$, 'the log knows every refusal of hers');
SELECT is((SELECT count(*) FROM acs_events WHERE event_type = 'acs_entrance.access_granted' AND acs_user_id = :'jane'), 8::bigint, 'and how often it opened');
SELECT is_empty($$SELECT FROM acs_events WHERE details::text ~ '824759|123456|7700\d\d'$$, 'and no code');

SELECT * FROM finish();
ROLLBACK;
