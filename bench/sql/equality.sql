-- Does the peer do what the extension does? Each comparison is a row: its name, and what
-- either says. Forty credentials (load.sql) are put into every state that a
-- decision knows. Rolled back.

SET search_path = @schema, acs, public;
SET credentials.lockout_attempts = 3;

CREATE TEMP TABLE comparisons (name text, extension jsonb, peer jsonb);

---------------------------------------------------------------------------
-- The decision table: every code, number and key, at every door, at several times
---------------------------------------------------------------------------

CREATE TEMP TABLE moments AS SELECT date_trunc('day', now()) AS today;

-- All in one system.
SET session_replication_role = replica;
UPDATE acs.acs_users SET acs_system_id = bench.system_id(0);
UPDATE acs.acs_credentials SET acs_system_id = bench.system_id(0);
RESET session_replication_role;

UPDATE acs.acs_users SET is_suspended = true WHERE acs_user_id = bench.user_id(1);
UPDATE acs.acs_users SET access_starts_at = today, access_ends_at = today + interval '10 days'
  FROM moments WHERE acs_user_id = bench.user_id(2);
UPDATE acs.acs_credentials SET disable_reasons = '{lost, blocked}' WHERE acs_credential_id = bench.credential_id(0);
UPDATE acs.acs_credentials SET acs_user_id = NULL WHERE acs_credential_id = bench.credential_id(1);
UPDATE acs.acs_credentials SET max_uses = 1, uses = 1, ends_at = today + interval '5 days'
  FROM moments WHERE acs_credential_id = bench.credential_id(6);
UPDATE acs.acs_credentials SET max_uses = 3, uses = 1 WHERE acs_credential_id = bench.credential_id(7);
UPDATE acs.acs_credentials SET access_method = 'card', is_issued = false WHERE acs_credential_id = bench.credential_id(8);
UPDATE acs.acs_credentials SET access_method = 'card', code = NULL, card_number = '1A2B3C', is_issued = true, issued_at = now()
 WHERE acs_credential_id = bench.credential_id(9);
UPDATE acs.acs_credentials SET access_method = 'mobile_key', code = NULL WHERE acs_credential_id = bench.credential_id(10);
UPDATE acs.acs_credentials SET access_method = 'mobile_key', code = NULL, is_multi_phone_sync_credential = true
 WHERE acs_credential_id = bench.credential_id(12);
UPDATE acs.acs_credentials SET access_method = 'mobile_key', code = NULL, acs_user_id = bench.user_id(6),
       parent_acs_credential_id = bench.credential_id(12), phone_id = 'phone'
 WHERE acs_credential_id = bench.credential_id(13);
UPDATE acs.acs_credentials SET starts_at = NULL, ends_at = NULL WHERE acs_credential_id = bench.credential_id(14);
UPDATE acs.acs_credentials SET starts_at = NULL, ends_at = today, created_at = today - interval '1 day'
  FROM moments WHERE acs_credential_id = bench.credential_id(16);
-- One code in two windows that touch, and in one later.
UPDATE acs.acs_credentials SET code = '24680', ends_at = today + interval '1 day'
  FROM moments WHERE acs_credential_id = bench.credential_id(20);
UPDATE acs.acs_credentials SET code = '24680', starts_at = today + interval '1 day', ends_at = today + interval '2 days'
  FROM moments WHERE acs_credential_id = bench.credential_id(21);
UPDATE acs.acs_credentials SET code = '24680', starts_at = today + interval '9 days', ends_at = today + interval '11 days'
  FROM moments WHERE acs_credential_id = bench.credential_id(22);
UPDATE acs.acs_entrances SET can_unlock_with_code = false, can_unlock_with_mobile_key = false WHERE acs_entrance_id = bench.entrance_id(20);
UPDATE acs.acs_entrance_lockouts SET failed_attempts = 3, locked_until = today + interval '10 days'
  FROM moments WHERE acs_entrance_id = bench.entrance_id(40);
-- Hours: at noon, that is half a day from now, and on other days never.
UPDATE acs.acs_credentials SET schedule = '09:00-15:00; PH off' WHERE acs_credential_id = bench.credential_id(15);
UPDATE acs.acs_access_groups SET schedule = '00:00-06:00; PH off', enters_when_locked = true;
UPDATE acs.acs_entrances SET mode = 'locked', mode_until = today + interval '2 days' FROM moments WHERE acs_entrance_id = bench.entrance_id(20);
UPDATE acs.acs_entrances SET mode = 'unlocked', mode_until = today - interval '1 day', unlock_schedule = '12:00-13:00'
  FROM moments WHERE acs_entrance_id = bench.entrance_id(40);
INSERT INTO acs.acs_holidays (acs_system_id, day) SELECT bench.system_id(0), today + 2 FROM (SELECT today::date AS today FROM moments) m;
INSERT INTO acs.acs_access_groups_users (acs_access_group_id, acs_user_id, starts_at, ends_at)
    SELECT bench.group_of(bench.system_id(0)), bench.user_id(i), CASE WHEN i % 3 = 1 THEN today + interval '1 day' END,
           CASE WHEN i % 3 = 2 THEN today + interval '1 day' END
      FROM moments, generate_series(1, 19, 2) i;
INSERT INTO acs.acs_credential_entrances (acs_credential_id, acs_entrance_id)
    SELECT bench.credential_id(i), bench.entrance_id(40) FROM generate_series(0, 39, 3) i;

SELECT bench.copy_rows('@schema');

CREATE TEMP TABLE decisions AS
    SELECT e.acs_entrance_id, p.*, m.at, acs_access_check(e.acs_entrance_id, p.access_method, p.code,
               p.card_number, p.acs_credential_id, m.at) AS extension,
           peer_check(e.acs_entrance_id, p.access_method, p.code, p.card_number, p.acs_credential_id, m.at) AS peer
      FROM (VALUES (bench.entrance_id(0)), (bench.entrance_id(20)), (bench.entrance_id(40)),
                   (bench.entrance_id(1))) AS e (acs_entrance_id)
     CROSS JOIN (SELECT c.access_method, c.code, c.card_number,
                        CASE WHEN c.access_method = 'mobile_key' THEN c.acs_credential_id END AS acs_credential_id
                   FROM acs.acs_credentials c
                 UNION SELECT 'code', '00000', NULL, NULL
                 UNION SELECT 'card', NULL, 'FFFF', NULL
                 UNION SELECT 'mobile_key', NULL, NULL, bench.credential_id(99)) p
     CROSS JOIN (SELECT today + d * interval '1 day' AS at
                   FROM moments, unnest(ARRAY[-2, -1, 0.5, 1, 2, 5, 10, 800]) d) m;

INSERT INTO comparisons
    SELECT format('decision %s: %s', d.reasons, count(*)), jsonb_agg(d.extension), jsonb_agg(d.peer)
      FROM (SELECT (extension).reasons AS reasons, to_jsonb(peer) AS peer,
                   jsonb_build_object('granted', (extension).granted, 'reason', (extension).reason,
                       'reasons', (extension).reasons, 'acs_credential_id', (extension).acs_credential_id,
                       'acs_user_id', (extension).acs_user_id, 'acs_entrance_id', (extension).acs_entrance_id,
                       'decided_at', (extension).decided_at) AS extension
              FROM decisions) d
     GROUP BY d.reasons;
INSERT INTO comparisons
    SELECT format('reason %s was among them', reason), 'true',
           to_jsonb(EXISTS (SELECT FROM decisions WHERE reason = ANY ((peer).reasons)))
      FROM unnest(enum_range(NULL::acs_denial_reason)) reason;

---------------------------------------------------------------------------
-- The same calls leave the same rows
---------------------------------------------------------------------------

DELETE FROM @schema.acs_events;
CREATE TEMP TABLE before AS SELECT event_id FROM acs.acs_events;
CREATE FUNCTION pg_temp.state_of(statement text) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    result jsonb;
    state text;
BEGIN
    EXECUTE 'SELECT to_jsonb(r) FROM ' || statement || ' r' INTO result;
    RETURN result - '{acs_credential_id, created_at, decided_at}'::text[];
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE;
    RETURN to_jsonb('error ' || state);
END
$$;
CREATE PROCEDURE pg_temp.compare(name text, extension text, peer text) LANGUAGE plpgsql AS $$
DECLARE
    ours jsonb := pg_temp.state_of(extension);
    theirs jsonb := pg_temp.state_of(peer);
BEGIN
    -- what the extension says beyond is no part of the comparison
    IF jsonb_typeof(ours) = 'object' AND jsonb_typeof(theirs) = 'object' THEN
        SELECT jsonb_object_agg(key, value) INTO ours FROM jsonb_each(ours) WHERE theirs ? key;
    END IF;
    INSERT INTO comparisons VALUES (name, ours, theirs);
END
$$;
CREATE PROCEDURE pg_temp.compare_call(name text, extension text, peer text, arguments text) LANGUAGE sql AS $$
    CALL pg_temp.compare(name, format('acs.%s(%s)', extension, arguments), format('%s(%s)', peer, arguments))
$$;

DO $$
DECLARE
    today timestamptz := date_trunc('day', now());
    r record;
BEGIN
    FOR r IN VALUES
        ('create', 8, '13579', 10, 20), ('the same code meanwhile', 9, '13579', 15, 25),
        ('around', 9, '13579', 5, 25), ('within', 9, '13579', 12, 13), ('over the start', 9, '13579', 9, 11),
        ('touching the end', 9, '13579', 20, 21), ('touching the start', 9, '13579', 9, 10),
        ('another code meanwhile', 9, '97531', 15, 25), ('a window that ends before it starts', 9, '1', 5, 4),
        ('a window in the past', 9, '1', -5, -4), ('no such user', 99, '1', 1, 2)
    LOOP
        CALL pg_temp.compare_call(r.column1, 'acs_credentials_create', 'peer_create',
            format('%L, ''code'', %L, %L, %L', bench.user_id(r.column2), r.column3,
                   today + r.column4 * interval '1 day', today + r.column5 * interval '1 day'));
    END LOOP;
    CALL pg_temp.compare_call('create with doors', 'acs_credentials_create', 'peer_create',
        format('%L, ''code'', ''86420'', NULL, NULL, ''{%s, %s}''', bench.user_id(9), bench.entrance_id(0), bench.entrance_id(20)));
    CALL pg_temp.compare_call('create with a door of another system', 'acs_credentials_create', 'peer_create',
        format('%L, ''code'', ''86421'', NULL, NULL, ''{%s}''', bench.user_id(9), bench.entrance_id(1)));
    CALL pg_temp.compare_call('create a card', 'acs_credentials_create', 'peer_create',
        format('%L, ''card'', ''13579''', bench.user_id(9)));

    CALL pg_temp.compare('create a user with a group',
        format('(SELECT full_name FROM acs.acs_users_create(%L, ''New'', acs_access_group_ids => ARRAY[%L]::uuid[]))', bench.system_id(0), bench.group_of(bench.system_id(0))),
        format('(SELECT full_name FROM peer_create_user(%L, ''New'', %L))', bench.system_id(0), bench.group_of(bench.system_id(0))));

    FOR r IN SELECT c.acs_credential_id AS id FROM acs.acs_credentials c WHERE c.created_at < now()
    LOOP
        CALL pg_temp.compare_call('get', 'acs_credentials_get', 'peer_get', quote_literal(r.id));
    END LOOP;
    CALL pg_temp.compare('update of the end', format('acs.acs_credentials_update(%L, ends_at => %L)', bench.credential_id(24), today + interval '3 days'),
                         format('peer_update_end(%L, %L)', bench.credential_id(24), today + interval '3 days'));
    CALL pg_temp.compare('update of the end into the next window', format('acs.acs_credentials_update(%L, ends_at => %L)', bench.credential_id(21), today + interval '10 days'),
                         format('peer_update_end(%L, %L)', bench.credential_id(21), today + interval '10 days'));
    CALL pg_temp.compare('update of the code', format('acs.acs_credentials_update(%L, code => ''111222'')', bench.credential_id(26)),
                         format('peer_update_code(%L, ''111222'')', bench.credential_id(26)));
    CALL pg_temp.compare('update to a taken code', format('acs.acs_credentials_update(%L, code => ''111222'')', bench.credential_id(27)),
                         format('peer_update_code(%L, ''111222'')', bench.credential_id(27)));
    CALL pg_temp.compare('update of one with a copy', format('acs.acs_credentials_update(%L, ends_at => %L)', bench.credential_id(12), today + interval '3 days'),
                         format('peer_update_end(%L, %L)', bench.credential_id(12), today + interval '3 days'));
    CALL pg_temp.compare_call('delete', 'acs_credentials_delete', 'peer_delete', quote_literal(bench.credential_id(28)));
    CALL pg_temp.compare_call('delete again', 'acs_credentials_delete', 'peer_delete', quote_literal(bench.credential_id(28)));
    CALL pg_temp.compare_call('delete one with a copy', 'acs_credentials_delete', 'peer_delete', quote_literal(bench.credential_id(12)));

    FOR r IN
        SELECT * FROM (VALUES
            ('granted', 0, 30), ('granted', 0, 7), ('granted for the last time', 0, 7), ('used up', 0, 7), ('unknown', 0, 98), ('unknown', 0, 97),
            ('granted after unknown', 0, 30), ('unknown', 0, 98), ('unknown', 0, 97), ('unknown, the last', 0, 96),
            ('locked out', 0, 95), ('locked out, known', 0, 30), ('disabled', 20, 0), ('at a door that takes no codes', 20, 30)
        ) AS requests (name, door, credential)
    LOOP
        CALL pg_temp.compare_call('request ' || r.name, 'acs_access_request', 'peer_request',
            format('%L, ''code'', %L', bench.entrance_id(r.door), bench.code(r.credential)));
    END LOOP;
    CALL pg_temp.compare_call('request by card', 'acs_access_request', 'peer_request',
        format('%L, ''card'', NULL, ''1A2B3C''', bench.entrance_id(0)));
    CALL pg_temp.compare_call('request by phone', 'acs_access_request', 'peer_request',
        format('%L, ''mobile_key'', NULL, NULL, %L', bench.entrance_id(0), bench.credential_id(10)));
END
$$;

-- Ids of new rows differ, and when it was.
CREATE FUNCTION pg_temp.told(e anyelement) RETURNS jsonb LANGUAGE sql AS $$
    SELECT jsonb_build_object('event_type', j ->> 'event_type', 'acs_system_id', j ->> 'acs_system_id',
        'acs_user_id', CASE WHEN j ->> 'event_type' !~ '^acs_user|user_added' THEN j ->> 'acs_user_id' END,
        'acs_access_group_id', j ->> 'acs_access_group_id', 'acs_entrance_id', j ->> 'acs_entrance_id', 'actor', j ->> 'actor',
        'details', (j -> 'details') - 'used_up_at') FROM to_jsonb(e) j
$$;
INSERT INTO comparisons
    SELECT 'event ' || coalesce(a.told, b.told)::text, to_jsonb(a.times), to_jsonb(b.times)
      FROM (SELECT pg_temp.told(e) AS told, count(*) AS times FROM acs.acs_events e
             WHERE e.event_id NOT IN (SELECT event_id FROM before) GROUP BY 1) a
      FULL JOIN (SELECT pg_temp.told(e) AS told, count(*) AS times FROM @schema.acs_events e GROUP BY 1) b USING (told);
INSERT INTO comparisons
    SELECT 'lockouts', a.rows, b.rows
      FROM (SELECT jsonb_agg(jsonb_build_array(acs_entrance_id, failed_attempts, locked_until > now()) ORDER BY acs_entrance_id) AS rows
              FROM acs.acs_entrance_lockouts) a,
           (SELECT jsonb_agg(jsonb_build_array(acs_entrance_id, failed_attempts, locked_until > now()) ORDER BY acs_entrance_id) AS rows
              FROM @schema.acs_entrance_lockouts) b;
