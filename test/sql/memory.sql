-- A backend serves thousands of calls, and objects come and go under it: it keeps
-- no memory of a call, and no plan that is out of date.  In a database of its own,
-- as it drops the extension.
\set database :DBNAME
CREATE DATABASE regression_credentials_memory;
\c regression_credentials_memory
SET client_min_messages = warning;
CREATE SCHEMA acs;
CREATE EXTENSION credentials SCHEMA acs;
SET search_path = acs, public;
SET credentials.workspace_id = '3e300000-0000-4000-8000-000000000000';
SELECT acs_system_id AS hotel FROM acs_systems_create('Hotel') \gset
SELECT acs_user_id AS jane FROM acs_users_create(:'hotel', 'Jane Doe',
    user_identity_id => '22222222-2222-4222-8222-222222222222') \gset
SELECT acs_entrance_id AS door FROM acs_entrances_create(:'hotel', 'Door') \gset

---------------------------------------------------------------------------
-- Memory
---------------------------------------------------------------------------

-- Statistics that come in between would make the server plan anew.
DO $$
DECLARE
    t regclass;
BEGIN
    FOR t IN SELECT unnest(extconfig) FROM pg_extension WHERE extname = 'credentials' LOOP
        EXECUTE format('ALTER TABLE %s SET (autovacuum_enabled = off)', t);
    END LOOP;
END
$$;

-- A guest's stay, over and over; nothing is left of it in the tables.
CREATE PROCEDURE public.stays(n int, hotel uuid, jane uuid, door uuid) LANGUAGE plpgsql AS $$
DECLARE
    id uuid;
    guest uuid;
BEGIN
    FOR i IN 1..n LOOP
        guest := (acs_users_create(hotel, 'Guest ' || i)).acs_user_id;
        id := (acs_credentials_create(guest, 'code', (100000 + i)::text, ends_at => '2100-01-01', allowed_acs_entrance_ids => ARRAY[door],
                                      visionline_metadata => '{"label": "x"}')).acs_credential_id;
        PERFORM acs_credentials_create(guest, 'code'), acs_credentials_create(guest, 'mobile_key', is_multi_phone_sync_credential => true),
                acs_credentials_create(NULL, 'card', user_identity_id => '22222222-2222-4222-8222-222222222222', acs_system_id => hotel);
        PERFORM acs_credentials_get(id), acs_access_check(door, 'code', (100000 + i)::text), acs_access_request(door, 'code', (100000 + i)::text);
        PERFORM FROM acs_credentials_list(acs_user_id => guest, search => '1', page_size => 10);
        UPDATE acs_credentials SET ends_at = ends_at + interval '1 day', code = (200000 + i)::text WHERE acs_credential_id = id;
        PERFORM acs_credentials_update(id, code => (300000 + i)::text, ends_at => '2100-02-01'), acs_credentials_disable(id, 'lost'),
                acs_access_request(door, 'code', (300000 + i)::text), acs_access_request(door, 'code', '000000'), acs_credentials_enable(id, 'lost');
        PERFORM acs_credentials_delete(c.acs_credential_id) FROM acs_credentials_list() c;
        PERFORM acs_users_delete(guest);
        IF i % 10 = 0 THEN
            PERFORM acs_events_purge('infinity');
            COMMIT;
        END IF;
    END LOOP;
END
$$;
-- What goes wrong, over and over.
CREATE FUNCTION public.mistakes(n int, jane uuid, door uuid) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
    errors int := 0;
    statement text;
BEGIN
    FOR i IN 1..n LOOP
        FOREACH statement IN ARRAY ARRAY[
            $q$SELECT acs_credentials_create($1, 'code', '824759')$q$, $q$SELECT acs_credentials_create($1, 'code', '8247S9')$q$,
            $q$SELECT acs_credentials_create($2, 'code', '824760')$q$, $q$SELECT acs_credentials_create($1, 'code', '824760', ends_at => '2001-01-01')$q$,
            $q$SELECT acs_credentials_create($1, 'code', '824760', allowed_acs_entrance_ids => ARRAY[$1])$q$,
            $q$SELECT acs_credentials_get($1)$q$, $q$SELECT acs_credentials_delete($1)$q$, $q$SELECT acs_credentials_list(page_size => 0)$q$] LOOP
            BEGIN
                EXECUTE statement USING jane, door;
            EXCEPTION WHEN OTHERS THEN
                errors := errors + 1;
            END;
        END LOOP;
    END LOOP;
    RETURN errors;
END
$$;
SELECT count(*) FROM acs_credentials_create(:'jane', 'code', '824759');
CREATE VIEW public.memory AS
    SELECT count(*) FILTER (WHERE name ~ 'SPI|^CachedPlan') AS plans,
           sum(used_bytes) FILTER (WHERE name ~ 'SPI|^CachedPlan') AS of_plans,
           sum(used_bytes) FILTER (WHERE name = 'TopMemoryContext') AS of_top,
           sum(used_bytes) FILTER (WHERE name = 'CacheMemoryContext') AS of_cache,
           sum(total_bytes) AS total, count(*) AS contexts
      FROM pg_backend_memory_contexts;

-- warm up, then measure; again, and compare: 20,000 calls
\set warm_up 'SELECT public.mistakes(20, :''jane'', :''door'') > 0 AS errors; CALL public.stays(100, :''hotel'', :''jane'', :''door'');'
\set compare 'SELECT :after_plans > 10 AS some_plans, :after_plans > :before_plans AS more_plans, :after_contexts > :before_contexts + 10 AS more_contexts, :after_of_plans - :before_of_plans < 65536 AS plans_as_big, :after_of_top - :before_of_top < 65536 AS top_as_big, :after_of_cache - :before_of_cache < 65536 AS cache_as_big;'
SET credentials.lockout_attempts = 0;
:warm_up
SELECT * FROM public.memory \gset
SELECT * FROM public.memory \gset before_
SELECT public.mistakes(300, :'jane', :'door') > 1000 AS errors;
CALL public.stays(1000, :'hotel', :'jane', :'door');
SELECT * FROM public.memory \gset after_
:compare
-- by SQL as well
SET credentials.debug_sql_driver = on;
:warm_up
SELECT * FROM public.memory \gset before_
SELECT public.mistakes(100, :'jane', :'door') > 500 AS errors;
CALL public.stays(300, :'hotel', :'jane', :'door');
SELECT * FROM public.memory \gset after_
:compare
RESET credentials.debug_sql_driver;
RESET credentials.lockout_attempts;

-- Nor does a single statement pile up what each of its calls takes: the second
-- thousand needs no more than the first, give or take a plan, and but for what the
-- server keeps of every UPDATE until the transaction ends.
CREATE FUNCTION public.used() RETURNS bigint LANGUAGE sql VOLATILE
    RETURN (SELECT sum(used_bytes) FROM pg_backend_memory_contexts WHERE name <> 'AfterTriggerEvents');
CREATE FUNCTION public.growth(call text, jane uuid, door uuid, pin uuid DEFAULT NULL) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    growth bigint;
    calls bigint;
BEGIN
    EXECUTE format('SELECT max(used) FILTER (WHERE i > 1000) - max(used) FILTER (WHERE i <= 1000), count(result)
                      FROM (SELECT i, CASE WHEN i %% 200 = 0 THEN public.used() END AS used, %s AS result
                              FROM generate_series(1, 2000) AS i OFFSET 0) AS calls', call)
       INTO growth, calls USING jane, door, pin;
    RETURN growth;
END
$$;
SELECT count(*) AS copies FROM acs_credentials_create(:'jane', 'mobile_key', allowed_acs_entrance_ids => ARRAY[:'door'::uuid], is_multi_phone_sync_credential => true) AS key,
       acs_credentials_sync_to_phone(key.acs_credential_id, 'phone');
SELECT acs_credential_id AS pin FROM acs_credentials_create(:'jane', 'code', '4711') \gset
-- (rows each for itself: the server notes versions that one transaction makes and replaces)
CREATE TABLE public.many WITH (autovacuum_enabled = off) AS SELECT n, (acs_credentials_create(:'jane', 'code', (40000000 + n)::text)).acs_credential_id AS id FROM generate_series(1, 4000) AS n;
CREATE INDEX ON public.many (n);
SELECT call, public.growth(call, :'jane', :'door', :'pin') > 20000 AS grows
  FROM unnest(ARRAY['acs_credentials_create($1, ''code'', allowed_acs_entrance_ids => ARRAY[$2])',
                    '(SELECT count(c) FROM acs_credentials_list(page_size => 2) c WHERE i > 0)',
                    'acs_access_check($2, ''code'', i::text)', 'acs_access_request($2, ''code'', i::text)',
                    'acs_credentials_get($3)', 'acs_credentials_update((SELECT id FROM many WHERE n = i), ends_at => ''2100-01-01'')',
                    '(SELECT acs_credentials_delete(id)::text || '''' FROM many WHERE n = i + 2000)',
                    'acs_access_request($2, ''code'', repeat(''x'', 10000))', 'acs_access_request($2, ''card'', card_number => i::text)',
                    'acs_access_request($2, ''mobile_key'', acs_credential_id => (SELECT acs_credential_id FROM acs_credentials WHERE parent_acs_credential_id IS NOT NULL))',
                    '(SELECT acs_user_json(u) FROM acs_users u WHERE acs_user_id = $1 AND i > 0)', '(SELECT acs_system_json(s) FROM acs_systems s WHERE i > 0 LIMIT 1)',
                    '(SELECT status FROM acs_request(''/acs/users/get'', jsonb_build_object(''acs_user_id'', $1, CASE WHEN i % 3 = 0 THEN ''nonsense'' ELSE ''acs_system_id'' END, NULL)))',
                    '(SELECT status FROM acs_request(''/acs/credentials/list'', jsonb_build_object(''limit'', 2 + i % 2)))',
                    '(SELECT status FROM acs_request(''/acs/access/check'', jsonb_build_object(''acs_entrance_id'', $2, ''access_method'', ''code'', ''code'', i::text)))',
                    'acs_display_name(''code'', i::text)', 'acs_code_hash(i::text)', 'acs_uuid()', 'acs_credential_state(NULL, NULL, now())']) AS call;
-- (which would be seen)
SELECT public.growth('pg_advisory_lock_shared(i)', :'jane', :'door') > 20000 AS grows;
SELECT pg_advisory_unlock_all();

-- Nor are there more plans whenever a table has changed, where tables are reached by statements.
SET credentials.debug_sql_driver = on;
CREATE PROCEDURE public.changes(n int, jane uuid) LANGUAGE plpgsql AS $$
BEGIN
    FOR i IN 1..n LOOP
        EXECUTE format('ALTER TABLE acs_users SET (fillfactor = %s)', 50 + i);
        COMMIT;
        PERFORM acs_users_get(jane), acs_users_update(jane, full_name => 'Jane ' || i);
    END LOOP;
END
$$;
CALL public.changes(2, :'jane');
SELECT plans AS before_plans FROM public.memory \gset
CALL public.changes(20, :'jane');
SELECT plans - :before_plans > 5 AS more_plans FROM public.memory;
RESET credentials.debug_sql_driver;
ALTER TABLE acs_users RESET (fillfactor);

---------------------------------------------------------------------------
-- Objects that change in the middle of a session
---------------------------------------------------------------------------

-- The main job, wherever the extension is.
CREATE FUNCTION public.works(schema name) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    result text;
BEGIN
    EXECUTE format('SET LOCAL search_path = %I', schema);
    EXECUTE $q$
        CREATE FUNCTION pg_temp.job() RETURNS text LANGUAGE plpgsql AS $j$
        DECLARE
            hotel uuid := (acs_systems_create('Hotel')).acs_system_id;
            jane uuid := (acs_users_create(hotel, 'Jane Doe')).acs_user_id;
            door uuid := (acs_entrances_create(hotel, 'Door')).acs_entrance_id;
            pin acs_credential := acs_credentials_create(jane, 'code', '824759', allowed_acs_entrance_ids => ARRAY[door]);
            refused int := 0;
            result text;
        BEGIN
            PERFORM acs_credentials_create(jane, 'code'), acs_credentials_create(jane, 'card', '123456');
            BEGIN
                PERFORM acs_credentials_create(jane, 'code', '824759');
            EXCEPTION WHEN exclusion_violation THEN
                refused := refused + 1;
            END;
            result := format('%s, %s listed, %s refused, granted %s', (acs_credentials_get(pin.acs_credential_id)).display_name,
                             (SELECT count(*) FROM acs_credentials_list(acs_user_id => jane)), refused,
                             (acs_access_check(door, 'code', '824759')).granted);
            PERFORM acs_credentials_delete(pin.acs_credential_id);
            RETURN result || format(', %s events', (SELECT count(*) FROM acs_events WHERE acs_user_id = jane AND event_type ~ 'created|deleted'));
        END
        $j$ $q$;
    result := pg_temp.job();
    DROP FUNCTION pg_temp.job();
    RETURN result;
END
$$;
SELECT public.works('acs');

-- the schema's name; an impostor takes the old one
ALTER SCHEMA acs RENAME TO "Doors & Co";
SELECT public.works('Doors & Co');
CREATE SCHEMA acs;
CREATE TABLE acs.acs_users (LIKE "Doors & Co".acs_users);
CREATE TABLE acs.acs_events (LIKE "Doors & Co".acs_events);
SELECT public.works('Doors & Co');
SELECT count(*) FROM acs.acs_events;
DROP SCHEMA acs CASCADE;
-- in a transaction that comes to nothing
BEGIN;
ALTER SCHEMA "Doors & Co" RENAME TO acs;
SELECT public.works('acs');
ROLLBACK;
SELECT public.works('Doors & Co');
ALTER SCHEMA "Doors & Co" RENAME TO acs;
SELECT public.works('acs');

-- indexes
DROP INDEX acs_credentials_identifier_idx;
CREATE INDEX acs_credentials_identifier_idx ON acs_credentials (workspace_id, acs_system_id, access_method, identifier, valid_from);
SELECT public.works('acs');
REINDEX TABLE acs_credentials;
SELECT public.works('acs');

-- columns and rows: a note of the owner's, and a table rewritten
ALTER TABLE acs_credentials ADD COLUMN note text;
SELECT public.works('acs');
VACUUM FULL acs_credentials;
SELECT public.works('acs');
ALTER TABLE acs_credentials DROP COLUMN note;
SELECT public.works('acs');
-- names of functions
ALTER FUNCTION acs_credentials_list RENAME TO list_credentials;
SELECT count(*) > 0 AS listed FROM list_credentials();
ALTER FUNCTION list_credentials RENAME TO acs_credentials_list;

-- the extension itself, gone and back again
DROP EXTENSION credentials;
CREATE EXTENSION credentials SCHEMA acs;
SELECT public.works('acs');
DROP EXTENSION credentials;
CREATE SCHEMA elsewhere;
CREATE EXTENSION credentials SCHEMA elsewhere;
SELECT public.works('elsewhere');
BEGIN;
DROP EXTENSION credentials;
CREATE EXTENSION credentials SCHEMA acs;
SELECT public.works('acs');
ROLLBACK;
SELECT public.works('elsewhere');
DROP SCHEMA elsewhere CASCADE;
CREATE EXTENSION credentials SCHEMA public;
SELECT public.works('public');
-- the setting has outlived them all
SELECT public.acs_workspace_id();

\c :database
DROP DATABASE regression_credentials_memory;
