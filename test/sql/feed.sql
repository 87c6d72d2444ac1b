-- Events listed, followed and removed.
SET datestyle = 'ISO';
SET timezone = 'UTC';
SET credentials.workspace_id = 'feed0000-0000-4000-8000-000000000000';
SELECT acs_system_id AS hotel FROM acs_systems_create('Hotel') \gset
SELECT acs_system_id AS annex FROM acs_systems_create('Annex', connected_account_id => 'feed0000-0000-4000-8000-0000000000ac') \gset
SELECT acs_entrance_id AS door FROM acs_entrances_create(:'hotel', 'Door') \gset
SELECT acs_user_id AS jane FROM acs_users_create(:'hotel', 'Jane Doe', user_identity_id => 'feed0000-0000-4000-8000-00000000001d') \gset
SELECT acs_user_id AS john FROM acs_users_create(:'annex', 'John Roe') \gset
SELECT acs_credential_id AS pin FROM acs_credentials_create(:'jane', 'code', '824759') \gset
SELECT granted FROM acs_access_request(:'door', 'code', '824759');
SELECT acs_users_suspend(:'john');
SELECT acs_access_group_id AS staff FROM acs_access_groups_create(:'hotel', 'Staff') \gset
SELECT acs_access_groups_add_user(:'jane', :'staff');

-- What is committed by now is told when nobody who began earlier is running any more, an
-- autovacuum for one.
CREATE PROCEDURE pg_temp.settle(next xid8 DEFAULT pg_snapshot_xmax(pg_current_snapshot())) LANGUAGE plpgsql AS $$
BEGIN
    WHILE pg_snapshot_xmin(pg_current_snapshot()) < next LOOP
        PERFORM pg_sleep(0.01);
    END LOOP;
END
$$;
-- As a client follows: page by page, with the cursor of the last row, until there is no more.
CREATE FUNCTION pg_temp.follow(INOUT cursor text, page_size int, OUT told text[], OUT pages int) LANGUAGE plpgsql AS $$
DECLARE
    page text[];
    last text;
BEGIN
    pages := 0;
    LOOP
        SELECT array_agg(e.event_type), (array_agg(e.cursor))[count(*)] INTO page, last FROM acs_events_after(follow.cursor, page_size) AS e;
        EXIT WHEN page IS NULL;
        told := told || page;
        follow.cursor := last;
        pages := pages + 1;
    END LOOP;
END
$$;

---------------------------------------------------------------------------
-- Listed
---------------------------------------------------------------------------

SELECT event_type, acs_user_id = :'jane' AS jane FROM acs_events_list() ORDER BY event_id;
SELECT event_id AS denied_id, occurred_at AS denied_at FROM acs_events_list(event_type => 'acs_entrance.access_denied') \gset
SELECT (SELECT count(*) FROM acs_events_list(acs_system_id => :'hotel')) AS hotel,
       (SELECT count(*) FROM acs_events_list(acs_system_ids => ARRAY[:'annex', :'hotel']::uuid[])) AS both,
       (SELECT count(*) FROM acs_events_list(acs_user_id => :'john')) AS john,
       (SELECT count(*) FROM acs_events_list(user_identity_id => 'feed0000-0000-4000-8000-00000000001d')) AS identity,
       (SELECT count(*) FROM acs_events_list(connected_account_id => 'feed0000-0000-4000-8000-0000000000ac')) AS account,
       (SELECT count(*) FROM acs_events_list(connected_account_id => acs_workspace_id())) AS default_account,
       (SELECT count(*) FROM acs_events_list(acs_credential_id => :'pin')) AS pin,
       (SELECT count(*) FROM acs_events_list(acs_entrance_id => :'door')) AS door,
       (SELECT count(*) FROM acs_events_list(acs_access_group_id => :'staff')) AS staff,
       (SELECT count(*) FROM acs_events_list(event_types => '{acs_user.created, acs_user.suspended}')) AS types,
       (SELECT count(*) FROM acs_events_list(event_ids => ARRAY[:'denied_id', :'jane']::uuid[])) AS ids,
       (SELECT count(*) FROM acs_events_list(event_types => '{}')) AS no_type;
-- since is an instant itself included; between, neither
SELECT (SELECT count(*) FROM acs_events_list(since => :'denied_at')) AS since,
       (SELECT count(*) FROM acs_events_list(since => :'denied_at'::timestamptz + interval '1 us')) AS later,
       (SELECT count(*) FROM acs_events_list("between" => ARRAY[:'denied_at', 'infinity']::timestamptz[])) AS after_it,
       (SELECT count(*) FROM acs_events_list("between" => ARRAY['-infinity', :'denied_at']::timestamptz[])) AS before_it,
       (SELECT count(*) FROM acs_events_list(since => :'denied_at', page_size => 1)) AS page,
       (SELECT count(*) FROM acs_events_list(since => :'denied_at', page_cursor => :'denied_id')) AS next_page;
SELECT fails($$SELECT acs_events_list("between" => '{2099-01-01}')$$) AS one_bound,
       fails($$SELECT acs_events_list("between" => '{2099-01-01, NULL}')$$) AS null_bound,
       fails($$SELECT acs_events_list(page_size => 0)$$) AS page_size;
SELECT event_type FROM acs_events_get(:'denied_id');
SELECT fails($$SELECT acs_events_get($1)$$, :'jane') AS none;
SELECT status, response ->> 'ok' AS ok, json_array_length(response -> 'events') AS events, response #>> '{events,0,event_type}' AS first, response #>> '{pagination,has_next_page}' AS more
  FROM acs_request('/events/list', jsonb_build_object('acs_credential_id', :'pin', 'since', '2024-01-01T00:00:00Z', 'limit', 1));
SELECT status, response #>> '{event,event_type}' AS event FROM acs_request('/events/get', jsonb_build_object('event_id', :'denied_id'));
SELECT status, response #>> '{error,validation_errors,between,_errors,0}' AS between FROM acs_request('/events/list', '{"between": ["tomorrow", "2099-01-01T00:00:00Z"]}');

---------------------------------------------------------------------------
-- Followed
---------------------------------------------------------------------------

CALL pg_temp.settle();
-- whatever the size of a page, all of it, once, in the order in which it was written
SELECT page_size, pages, array_to_string(told, ' ') AS told FROM unnest('{1, 2, 500}'::int[]) AS page_size, pg_temp.follow(NULL, page_size);
-- a row's columns are those of the event
SELECT count(*), bool_and((a.event_id, a.event_type, a.occurred_at, a.actor, a.details) = (e.event_id, e.event_type, e.occurred_at, e.actor, e.details)
                          AND (a.acs_system_id, a.acs_user_id, a.acs_credential_id, a.acs_entrance_id, a.acs_access_group_id)
                              IS NOT DISTINCT FROM (e.acs_system_id, e.acs_user_id, e.acs_credential_id, e.acs_entrance_id, e.acs_access_group_id)) AS same
  FROM acs_events_after() AS a JOIN acs_events AS e ON e.workspace_id = acs_workspace_id() AND e.event_id = a.event_id;
SELECT cursor FROM pg_temp.follow(NULL, 500) \gset
-- what a transaction has not committed it is not told itself, nor who runs beside it
BEGIN;
SELECT acs_users_unsuspend(:'john');
SELECT count(*) FROM acs_events_after(:'cursor');
CALL pg_temp.settle(pg_current_xact_id());
SELECT xact = pg_current_xact_id() AS held_by_me, pid = pg_backend_pid() AS my_process, prepared IS NULL AS not_prepared, database = current_database() AS here,
       role = session_user AS me, application_name, state, since = now() AS since_now
  FROM acs_events_horizon();
COMMIT;
CALL pg_temp.settle();
SELECT told FROM pg_temp.follow(:'cursor', 500);
-- when nobody runs, nobody is named
CREATE FUNCTION pg_temp.named() RETURNS int LANGUAGE plpgsql AS $$
DECLARE
    h record;
BEGIN
    FOR attempt IN 1 .. 500 LOOP
        SELECT * INTO h FROM acs_events_horizon();
        EXIT WHEN h.xact IS NULL;
        PERFORM pg_sleep(0.02);
    END LOOP;
    RETURN num_nonnulls(h.xact, h.pid, h.prepared, h.database, h.role, h.application_name, h.state, h.since);
END
$$;
SELECT pg_temp.named();
-- what is written within a savepoint is of the outermost transaction, which decides
SELECT cursor FROM pg_temp.follow(NULL, 500) \gset
BEGIN;
SAVEPOINT a;
SELECT acs_users_suspend(:'john');
ROLLBACK TO a;
SELECT acs_users_suspend(:'jane');
SAVEPOINT b;
SELECT acs_users_unsuspend(:'jane');
RELEASE b;
SELECT count(*) AS events, bool_and(xact = pg_current_xact_id()) AS of_this_transaction FROM acs_events WHERE acs_user_id IN (:'john', :'jane') AND occurred_at >= now();
COMMIT;
CALL pg_temp.settle();
SELECT told FROM pg_temp.follow(:'cursor', 500);
-- in a snapshot nothing changes, and nothing is lost
SELECT cursor FROM pg_temp.follow(NULL, 500) \gset
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT count(*) FROM acs_events_after(:'cursor');
SELECT acs_users_suspend(:'john');
SELECT count(*) FROM acs_events_after(:'cursor');
COMMIT;
-- to follow only what comes
CALL pg_temp.settle();
SELECT cursor FROM acs_events_horizon() \gset
SELECT acs_users_unsuspend(:'john');
CALL pg_temp.settle();
SELECT told FROM pg_temp.follow(:'cursor', 500);
-- an INSERT of somebody's own is stamped, too
INSERT INTO acs_events (event_type) VALUES ('own.event');
CALL pg_temp.settle();
SELECT told FROM pg_temp.follow(:'cursor', 500);

-- What is no cursor.
SELECT c AS cursor, fails(format('SELECT acs_events_after(%L)', c)) AS refused
  FROM unnest('{"", x, 1, 1:2, 1:2:3, :1:00000000-0000-4000-8000-000000000000, 1::00000000-0000-4000-8000-000000000000, -1:1:00000000-0000-4000-8000-000000000000, " 1:1:00000000-0000-4000-8000-000000000000", 1:1:00000000000040008000000000000000,
                2147483648:1:00000000-0000-4000-8000-000000000000, 1:18446744073709551616:00000000-0000-4000-8000-000000000000}'::text[]) AS c;
SELECT fails($$SELECT acs_events_after(page_size => 0)$$) AS page_size;
-- one that lies ahead is of another log, or of a future that a copy of the files put back
SELECT max(feed_epoch) AS epoch FROM acs_feed \gset
SELECT fails(format('SELECT acs_events_after(%L)', :epoch || ':999999999999:00000000-0000-4000-8000-000000000000')) AS transaction,
       fails(format('SELECT acs_events_after(%L)', :epoch + 2 || ':1:00000000-0000-4000-8000-000000000000')) AS epoch;
SELECT count(*) FROM acs_events_after(:epoch + 1 || ':1:00000000-0000-4000-8000-000000000000');

---------------------------------------------------------------------------
-- Epochs
---------------------------------------------------------------------------

CREATE FUNCTION pg_temp.last_epoch() RETURNS int LANGUAGE sql AS $$
    SELECT feed_epoch - current_setting('feed.epoch')::int FROM acs_events WHERE workspace_id = acs_workspace_id() ORDER BY event_id DESC LIMIT 1 $$;
SELECT set_config('feed.epoch', :'epoch', false) IS NOT NULL AS noted, cursor FROM pg_temp.follow(NULL, 500) \gset
-- As if this were the first event after a promotion: the timeline of the rows is another.
UPDATE acs_feed SET timeline = timeline + 1;
-- while it is rolled back, it has not begun
BEGIN;
SAVEPOINT a;
SELECT acs_users_suspend(:'john');
SELECT pg_temp.last_epoch();
ROLLBACK TO a;
SELECT acs_users_suspend(:'jane');
SELECT pg_temp.last_epoch();
ROLLBACK;
SELECT max(feed_epoch) - :epoch AS epochs FROM acs_feed;
SELECT acs_users_suspend(:'john');
SELECT acs_users_unsuspend(:'john');
SELECT pg_temp.last_epoch();
-- by one row, of this server and timeline, and of the transaction that wrote it
SELECT count(*), bool_and(system_identifier = (SELECT system_identifier FROM pg_control_system())) AS server, bool_and(timeline = (SELECT timeline_id FROM pg_control_checkpoint())) AS timeline,
       bool_and(xact = (SELECT min(xact) FROM acs_events e WHERE e.feed_epoch = f.feed_epoch)) AS transaction FROM acs_feed f WHERE feed_epoch = :epoch + 1;
-- who follows goes on
CALL pg_temp.settle();
SELECT told FROM pg_temp.follow(:'cursor', 1);
SELECT cursor FROM pg_temp.follow(NULL, 500) \gset

-- As if there were a restore, from a server that counts far ahead, into this database that
-- has events of its own: who writes them may still be running, until the next epoch begins.
INSERT INTO acs_feed (feed_epoch, system_identifier, timeline, xact) VALUES (:epoch + 2, 4711, 1, '999999999000');
INSERT INTO acs_events (event_type, feed_epoch, xact) SELECT 'restored.' || i, :epoch + 2, ('999999999999'::text)::xid8 FROM generate_series(1, 2) AS i;
CALL pg_temp.settle();
SELECT told FROM pg_temp.follow(:'cursor', 1);
SELECT cursor FROM acs_events_horizon() \gset
SELECT told FROM pg_temp.follow(:'cursor', 1);
SELECT acs_users_suspend(:'john');
SELECT pg_temp.last_epoch();
CALL pg_temp.settle();
SELECT told FROM pg_temp.follow(:'cursor', 1);

---------------------------------------------------------------------------
-- Whose
---------------------------------------------------------------------------

CREATE ROLE regress_feed_reader;
GRANT USAGE ON SCHEMA acs TO regress_feed_reader;
GRANT EXECUTE ON FUNCTION acs_events_after, acs_events_horizon, acs_events_list, acs_events_get TO regress_feed_reader;
SET ROLE regress_feed_reader;
SELECT count(*) > 5 AS own FROM acs_events_after();
SELECT fails('SET credentials.workspace_id = ''feed0000-0000-4000-8000-00000000000e''') AS bound;
RESET ROLE;
SET credentials.workspace_id = 'feed0000-0000-4000-8000-00000000000e';
SET ROLE regress_feed_reader;
SELECT count(*) AS of_another_workspace FROM acs_events_after();
SELECT count(*) AS of_another_workspace FROM acs_events_list();
SELECT fails('SELECT acs_events_get($1)', :'denied_id') AS of_another_workspace;
BEGIN;
CALL pg_temp.settle(pg_current_xact_id());
SELECT cursor ~ '^\d+:\d+:f' AS cursor, xact = pg_current_xact_id() AS held_by_me, pid = pg_backend_pid() AS my_process FROM acs_events_horizon();
COMMIT;
SELECT fails('SELECT FROM acs_feed') AS feed;
RESET ROLE;
SET credentials.workspace_id = 'feed0000-0000-4000-8000-000000000000';

---------------------------------------------------------------------------
-- Removed, in batches, in every workspace
---------------------------------------------------------------------------

INSERT INTO acs_events (workspace_id, event_type, occurred_at)
    SELECT CASE WHEN i % 2 = 0 THEN acs_workspace_id() ELSE 'feed0000-0000-4000-8000-00000000000e' END, 'old', timestamptz '2001-01-01' + i * interval '1 min' FROM generate_series(1, 25) AS i;
-- three at the same instant go together
INSERT INTO acs_events (event_type, occurred_at) SELECT 'old', '2001-01-01 00:10' FROM generate_series(1, 2) AS i;
CREATE TEMP TABLE seen (transaction xid8, deleted bigint, progress text);
CREATE FUNCTION pg_temp.see() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO seen SELECT pg_current_xact_id(), (SELECT count(*) FROM old), format('%s of %s before %s in %s of %s', events_deleted, events_total, before, batches, batch_size)
      FROM acs_events_purge_progress WHERE pid = pg_backend_pid();
    RETURN NULL;
END
$$;
CREATE TRIGGER see AFTER DELETE ON acs_events REFERENCING OLD TABLE AS old FOR EACH STATEMENT EXECUTE FUNCTION pg_temp.see();
CALL acs_events_purge_all('2001-01-01 00:21', 10);
SELECT progress, deleted FROM seen ORDER BY transaction;
SELECT count(*) AS left, min(occurred_at) AS oldest FROM acs_events WHERE event_type = 'old';
SELECT count(*) FROM acs_events_purge_progress;
TRUNCATE seen;
-- nothing to do
CALL acs_events_purge_all('2001-01-01 00:21');
CALL acs_events_purge_all(NULL);
SELECT progress, deleted FROM seen ORDER BY transaction;
DROP TRIGGER see ON acs_events;
-- what was done stays done, if it is cancelled
\set VERBOSITY terse
CREATE FUNCTION pg_temp.slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(60); RETURN OLD; END $$;
CREATE TRIGGER slow BEFORE DELETE ON acs_events FOR EACH ROW WHEN (OLD.occurred_at >= '2001-01-01 00:22') EXECUTE FUNCTION pg_temp.slow();
SET statement_timeout = '1s';
CALL acs_events_purge_all('2001-01-02', 1);
RESET statement_timeout;
SELECT count(*) AS left, min(occurred_at) AS oldest FROM acs_events WHERE event_type = 'old';
SELECT count(*) FROM acs_events_purge_progress;
DROP TRIGGER slow ON acs_events;
-- or fails
CREATE FUNCTION pg_temp.no() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no'; END $$;
CREATE TRIGGER no BEFORE DELETE ON acs_events FOR EACH ROW WHEN (OLD.occurred_at >= '2001-01-01 00:23') EXECUTE FUNCTION pg_temp.no();
CALL acs_events_purge_all('infinity', 1);
SELECT count(*) AS left, min(occurred_at) AS oldest FROM acs_events WHERE event_type = 'old';
SELECT count(*) FROM acs_events_purge_progress;
DROP TRIGGER no ON acs_events;
-- not where it cannot commit, and not without a size
BEGIN;
CALL acs_events_purge_all('infinity');
ROLLBACK;
SELECT fails($$CALL acs_events_purge_all('infinity')$$) AS in_a_function;
CALL acs_events_purge_all('infinity', 0);
CALL acs_events_purge_all('infinity', NULL);
-- it opens no door: not to a trigger on the way, which is refused as everybody is
CREATE FUNCTION pg_temp.more() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN DELETE FROM acs_events WHERE occurred_at > OLD.occurred_at; RETURN OLD; END $$;
CREATE TRIGGER more BEFORE DELETE ON acs_events FOR EACH ROW EXECUTE FUNCTION pg_temp.more();
CALL acs_events_purge_all('2001-01-02', 1);
SELECT fails($$SELECT acs_events_purge('2001-01-02')$$);
DROP TRIGGER more ON acs_events;
CREATE FUNCTION pg_temp.later() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN UPDATE acs_events SET event_type = 'new'; RETURN NULL; END $$;
CREATE TRIGGER later AFTER DELETE ON acs_events FOR EACH STATEMENT EXECUTE FUNCTION pg_temp.later();
CALL acs_events_purge_all('2001-01-02', 1);
DROP TRIGGER later ON acs_events;
-- but one that purges may
CREATE FUNCTION pg_temp.purge() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM acs_events_purge('2001-01-01 00:25'); RETURN NULL; END $$;
CREATE TRIGGER purge AFTER DELETE ON acs_events FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION pg_temp.purge();
SELECT acs_events_purge('2001-01-01 00:25');
DROP TRIGGER purge ON acs_events;
SELECT count(*) AS left FROM acs_events WHERE event_type = 'old';
-- whoever may call it needs no right on the table, and is who they were
SELECT fails($$SET ROLE regress_feed_reader$$) AS ok;
CALL acs_events_purge_all('2001-01-02');
RESET ROLE;
GRANT EXECUTE ON PROCEDURE acs_events_purge_all TO regress_feed_reader;
SET ROLE regress_feed_reader;
CALL acs_events_purge_all('2001-01-02', 1);
SELECT current_user, fails('SELECT FROM acs_events') AS still;
RESET ROLE;
SELECT count(*) AS left FROM acs_events WHERE event_type = 'old';
DROP OWNED BY regress_feed_reader;
DROP ROLE regress_feed_reader;
