-- Pages of lists: what is there from the first page to the last is seen exactly
-- once, whatever else comes and goes meanwhile.
SET datestyle = 'ISO';
SET timezone = 'UTC';
SET credentials.workspace_id = '9a9e0000-0000-4000-8000-000000000000';
SELECT acs_system_id AS hotel FROM acs_systems_create('Hotel 00') \gset
SELECT acs_system_id AS annex FROM acs_systems_create('Annex 00') \gset
SELECT acs_user_id AS jane FROM acs_users_create(:'hotel', 'Jane Doe') \gset
SELECT acs_user_id AS joe FROM acs_users_create(:'annex', 'Joe Bloggs') \gset
-- 60 of each, every third one in the annex
SELECT count(acs_systems_create(format('Hotel %s', to_char(i, 'FM00')))) FROM generate_series(1, 58) AS i;
SELECT count(acs_users_create(CASE WHEN i % 3 = 0 THEN :'annex' ELSE :'hotel' END::uuid, format('Guest %s', to_char(i, 'FM00')))) FROM generate_series(1, 58) AS i;
SELECT count(acs_entrances_create(CASE WHEN i % 3 = 0 THEN :'annex' ELSE :'hotel' END::uuid, format('Room %s', to_char(i, 'FM00')))) FROM generate_series(1, 60) AS i;
SELECT count(acs_access_groups_create(CASE WHEN i % 3 = 0 THEN :'annex' ELSE :'hotel' END::uuid, format('Group %s', to_char(i, 'FM00')))) FROM generate_series(1, 60) AS i;
SELECT count(acs_access_groups_add_user(:'jane', acs_access_group_id)) FROM acs_access_groups_list(:'hotel') WHERE name < 'Group 30';
SELECT count(acs_credentials_create(CASE WHEN i % 3 = 0 THEN :'joe' ELSE :'jane' END::uuid, 'code', to_char(i, 'FM000000'))) FROM generate_series(1, 60) AS i;

---------------------------------------------------------------------------
-- All pages together are the list
---------------------------------------------------------------------------

-- Page by page, as a client does with the function: until a page is not full.
CREATE FUNCTION pg_temp.walk(kind text, filter text, size int, OUT pages int, OUT ids uuid[]) LANGUAGE plpgsql AS $$
DECLARE
    page uuid[];
    cursor_id uuid;
BEGIN
    pages := 0;
    ids := '{}';
    LOOP
        EXECUTE format('SELECT array_agg(%s_id) FROM %ss_list(%s page_size => $1, page_cursor => $2)', kind, kind, filter)
           INTO page USING size, cursor_id;
        pages := pages + 1;
        ids := ids || coalesce(page, '{}');
        EXIT WHEN coalesce(cardinality(page), 0) < size;
        cursor_id := page[size];
    END LOOP;
END
$$;
-- And with requests: as long as the response says that there is a next page.
CREATE FUNCTION pg_temp.ask(kind text, filter jsonb, size int, OUT pages int, OUT ids uuid[]) LANGUAGE plpgsql AS $$
DECLARE
    answer record;
    cursor_id text;
BEGIN
    pages := 0;
    ids := '{}';
    LOOP
        SELECT * INTO answer FROM acs_request(format('/acs/%ss/list', substr(kind, 5)), filter || jsonb_build_object('limit', size, 'page_cursor', cursor_id));
        pages := pages + 1;
        ids := ids || ARRAY(SELECT (object ->> (kind || '_id'))::uuid FROM json_array_elements(answer.response -> (kind || 's')) WITH ORDINALITY AS a (object, n) ORDER BY n);
        EXIT WHEN NOT (answer.response #>> '{pagination,has_next_page}')::boolean;
        cursor_id := answer.response #>> '{pagination,next_page_cursor}';
    END LOOP;
    IF answer.response #>> '{pagination,next_page_cursor}' IS NOT NULL THEN
        RAISE 'a cursor without a page';
    END IF;
END
$$;
CREATE FUNCTION pg_temp.everything(kind text, filter text) RETURNS uuid[] LANGUAGE plpgsql AS $$
DECLARE
    ids uuid[];
BEGIN
    EXECUTE format('SELECT array_agg(%s_id) FROM %ss_list(%s page_size => 10000)', kind, kind, filter) INTO ids;
    RETURN ids;
END
$$;
CREATE TEMP TABLE lists (kind text, filter text, body jsonb);
INSERT INTO lists VALUES
    ('acs_system', '', '{}'), ('acs_user', '', '{}'), ('acs_entrance', '', '{}'), ('acs_access_group', '', '{}'), ('acs_credential', '', '{}'),
    ('acs_system', 'search => ''hotel'',', '{"search": "hotel"}'),
    ('acs_user', format('acs_system_id => %L,', :'annex'), jsonb_build_object('acs_system_id', :'annex')),
    ('acs_entrance', format('acs_system_id => %L, search => ''1'',', :'hotel'), jsonb_build_object('acs_system_id', :'hotel', 'search', '1')),
    ('acs_access_group', format('acs_user_id => %L,', :'jane'), jsonb_build_object('acs_user_id', :'jane')),
    ('acs_credential', format('acs_user_id => %L,', :'joe'), jsonb_build_object('acs_user_id', :'joe'));
SELECT kind, left(filter, 13) AS filter, size, walk.pages, ask.pages AS asked, cardinality(everything) AS rows,
       walk.ids = everything AS walked_all, ask.ids = everything AS got_all,
       ARRAY(SELECT id FROM unnest(everything) AS id ORDER BY id) = everything AS in_order
  FROM lists, unnest('{1, 7, 20, 60, 61}'::int[]) AS size, pg_temp.walk(kind, filter, size) AS walk, pg_temp.ask(kind, body, size) AS ask,
       LATERAL (SELECT coalesce(pg_temp.everything(kind, filter), '{}')) AS e (everything)
 ORDER BY kind COLLATE "C", filter COLLATE "C", size;

-- By default 500 on a page.
BEGIN;
SELECT count(acs_systems_create(format('Hostel %s', i))) FROM generate_series(1, 450) AS i;
SELECT count(*) FROM acs_systems_list();
-- but where the API knows no pages: a client that does not ask for the next one sees all
SELECT json_array_length(response -> 'acs_systems') AS systems, response #> '{pagination,has_next_page}' AS more FROM acs_request('/acs/systems/list');
SELECT json_array_length(response -> 'acs_systems') AS systems, response #> '{pagination,has_next_page}' AS more FROM acs_request('/acs/systems/list', '{"limit": 500}');
ROLLBACK;
-- Any id is a cursor: of no row, of a row of another list or workspace, of one that is gone.
SELECT (SELECT count(*) FROM acs_credentials_list(page_cursor => '00000000-0000-0000-0000-000000000000')) AS after_the_first,
       (SELECT count(*) FROM acs_credentials_list(page_cursor => 'ffffffff-ffff-ffff-ffff-ffffffffffff')) AS after_the_last,
       (SELECT count(*) FROM acs_credentials_list(page_cursor => :'jane')) AS after_an_older_row,
       (SELECT count(*) FROM acs_credentials_list(page_cursor => acs_uuid())) AS after_now;
-- In the API a cursor is base64, and that of the first page is null.
CREATE FUNCTION pg_temp.cursor_of(id uuid) RETURNS text LANGUAGE sql RETURN encode(uuid_send(id), 'base64');
SELECT status, response -> 'pagination' AS pagination FROM acs_request('/acs/credentials/list', jsonb_build_object('page_cursor', pg_temp.cursor_of('ffffffff-ffff-ffff-ffff-ffffffffffff')));
SELECT response #>> '{pagination,next_page_cursor}' = pg_temp.cursor_of((response #>> '{acs_credentials,1,acs_credential_id}')::uuid) AS after_the_last_shown FROM acs_request('/acs/credentials/list', '{"limit": 2}');
SELECT (SELECT response::text FROM acs_request('/acs/credentials/list', '{"page_cursor": null}')) = (SELECT response::text FROM acs_request('/acs/credentials/list')) AS first_page;
SELECT page_cursor, status, response #> '{error,validation_errors}' AS errors
  FROM unnest(ARRAY['2', '', '/////////////////////w==', '/////////////////////w', '/////////////////////w=', '/////////////////////w== ', '////////////////////w===', '/////////////////////////////w==', 'ffffffff-ffff-ffff-ffff-ffffffffffff']) AS page_cursor,
       acs_request('/acs/credentials/list', jsonb_build_object('page_cursor', page_cursor));
SELECT status, response #> '{error,validation_errors}' AS errors FROM acs_request('/acs/credentials/list', '{"page_cursor": "2", "limit": -1}');

---------------------------------------------------------------------------
-- While others come and go
---------------------------------------------------------------------------

-- Before each page, some rows go, on this page, before it and after it, and some
-- come; then each row is one of those that were there throughout, or not.
CREATE FUNCTION pg_temp.walk_in_a_storm(jane uuid, hotel uuid, size int, seed float8, OUT pages int, OUT stayed bigint, OUT seen_once bigint, OUT others bigint, OUT twice bigint, OUT in_order boolean)
LANGUAGE plpgsql AS $$
DECLARE
    cursor_id uuid;
    page uuid[];
    ids uuid[] := '{}';
    first uuid[] := ARRAY(SELECT acs_credential_id FROM acs_credentials_list());
BEGIN
    PERFORM setseed(seed);
    pages := 0;
    LOOP
        PERFORM acs_credentials_delete(acs_credential_id) FROM acs_credentials_list() WHERE random() < 0.05;
        PERFORM acs_credentials_create(jane, 'code') FROM generate_series(1, 2);
        PERFORM acs_credentials_update(acs_credential_id, ends_at => '2100-01-01') FROM acs_credentials_list() WHERE random() < 0.1;
        -- the row that the cursor stands on, too
        IF random() < 0.3 AND cursor_id = ANY (SELECT acs_credential_id FROM acs_credentials_list()) THEN
            PERFORM acs_credentials_delete(cursor_id);
        END IF;
        SELECT array_agg(acs_credential_id) INTO page FROM acs_credentials_list(page_size => size, page_cursor => cursor_id);
        pages := pages + 1;
        ids := ids || coalesce(page, '{}');
        EXIT WHEN coalesce(cardinality(page), 0) < size OR pages = 100;
        cursor_id := page[size];
    END LOOP;
    SELECT count(*), count(*) FILTER (WHERE n = 1) INTO stayed, seen_once
      FROM (SELECT acs_credential_id, (SELECT count(*) FROM unnest(ids) AS id WHERE id = acs_credential_id) AS n
              FROM acs_credentials_list() WHERE acs_credential_id = ANY (first)) AS those;
    SELECT count(*) FILTER (WHERE id <> ALL (first)), count(*) - count(DISTINCT id), bool_and(id > before)
      INTO others, twice, in_order FROM (SELECT id, lag(id) OVER (ORDER BY n) AS before FROM unnest(ids) WITH ORDINALITY AS u (id, n)) AS seen;
END
$$;
SELECT size, storm.pages > 1 AS pages, storm.stayed > 0 AS some_stayed, storm.stayed = storm.seen_once AS each_seen_once, storm.twice, storm.in_order
  FROM (VALUES (3, 0.1), (5, 0.2), (8, 0.3), (13, 0.4)) AS storms (size, seed), pg_temp.walk_in_a_storm(:'jane', :'hotel', size, seed) AS storm;

---------------------------------------------------------------------------
-- A page is found, not counted out
---------------------------------------------------------------------------

-- The last page costs as much as the first: rows before the cursor are not read.
CREATE FUNCTION pg_temp.rows_read(call text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    before bigint;
    after bigint;
BEGIN
    SELECT idx_tup_fetch + seq_tup_read INTO before FROM pg_stat_xact_user_tables WHERE relid = 'acs_credentials'::regclass;
    EXECUTE call;
    SELECT idx_tup_fetch + seq_tup_read INTO after FROM pg_stat_xact_user_tables WHERE relid = 'acs_credentials'::regclass;
    RETURN after - before;
END
$$;
BEGIN;
SELECT count(acs_credentials_create(:'jane', 'card')) FROM generate_series(1, 3000);
COMMIT;
VACUUM ANALYZE acs_credentials;
SELECT (array_agg(acs_credential_id))[2900] AS cursor FROM acs_credentials_list(page_size => 2900) \gset
SELECT pg_temp.rows_read('SELECT count(*) FROM acs_credentials_list(page_size => 10)') <= 20 AS first_page,
       pg_temp.rows_read(format('SELECT count(*) FROM acs_credentials_list(page_size => 10, page_cursor => %L)', :'cursor')) <= 20 AS last_page;
