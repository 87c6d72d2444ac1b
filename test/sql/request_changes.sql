-- acs_request() keeps what it knows of the functions behind its paths, and knows
-- when that is out of date.  In a database of its own, as it drops the extension.
\set database :DBNAME
CREATE DATABASE regression_credentials_request;
\c regression_credentials_request
SET client_min_messages = warning;
CREATE SCHEMA acs;
CREATE EXTENSION credentials SCHEMA acs;
SET search_path = acs, public;
SET credentials.workspace_id = '4e910000-0000-4000-8000-000000000000';
SELECT acs_system_id AS hotel FROM acs_systems_create('Hotel') \gset
SELECT acs_user_id AS jane FROM acs_users_create(:'hotel', 'Jane Doe') \gset
SELECT json_build_object('acs_system_id', :'hotel')::text AS of_hotel, json_build_object('acs_user_id', :'jane')::text AS of_jane \gset

-- What is asked before and after each change: an object, a list, nothing.
CREATE VIEW public.answers AS
    SELECT (SELECT concat(status, ' ', coalesce(response #>> '{acs_user,full_name}', response #>> '{error,type}'))
              FROM acs.acs_request('/acs/users/get', current_setting('asked.whom')::jsonb)) AS get,
           (SELECT concat(status, ' ', coalesce(json_array_length(response -> 'acs_users')::text, response #>> '{error,type}'))
              FROM acs.acs_request('/acs/users/list', '{"search": "Doe"}')) AS list,
           (SELECT concat(status, ' ', coalesce(response #>> '{error,type}', response ->> 'ok'))
              FROM acs.acs_request('/acs/users/suspend', current_setting('asked.whom')::jsonb)) AS suspend;
SET asked.whom = :'of_jane';
SELECT * FROM answers;

---------------------------------------------------------------------------
-- Privileges
---------------------------------------------------------------------------

CREATE ROLE regress_changes_clerk;
CREATE ROLE regress_changes_nobody;
GRANT USAGE ON SCHEMA acs TO regress_changes_clerk, regress_changes_nobody;
GRANT EXECUTE ON FUNCTION acs_request(text, text, text), acs_request(text, jsonb, text) TO regress_changes_clerk, regress_changes_nobody;
GRANT EXECUTE ON FUNCTION acs_users_get, acs_user_json TO regress_changes_clerk;
CREATE FUNCTION public.get() RETURNS text LANGUAGE sql VOLATILE AS $$
    SELECT concat(status, ' ', coalesce(response #>> '{acs_user,full_name}', response #>> '{error,type}'))
      FROM acs.acs_request('/acs/users/get', current_setting('asked.whom')::jsonb)
$$;
-- of whoever asks at the time
SELECT public.get() AS superuser;
SET ROLE regress_changes_clerk;
SELECT public.get() AS clerk;
SET ROLE regress_changes_nobody;
SELECT public.get() AS nobody;
SET ROLE regress_changes_clerk;
SELECT public.get() AS clerk;
-- as they are at the time
RESET ROLE;
REVOKE EXECUTE ON FUNCTION acs_users_get FROM regress_changes_clerk;
SET ROLE regress_changes_clerk;
SELECT public.get() AS without_get;
RESET ROLE;
GRANT EXECUTE ON FUNCTION acs_users_get TO regress_changes_clerk;
REVOKE EXECUTE ON FUNCTION acs_user_json FROM regress_changes_clerk;
SET ROLE regress_changes_clerk;
SELECT public.get() AS without_json;
RESET ROLE;
GRANT regress_changes_clerk TO regress_changes_nobody;
GRANT EXECUTE ON FUNCTION acs_user_json TO regress_changes_clerk;
SET ROLE regress_changes_nobody;
SELECT public.get() AS member;
RESET ROLE;
REVOKE regress_changes_clerk FROM regress_changes_nobody;
SET ROLE regress_changes_nobody;
SELECT public.get() AS nobody;
RESET ROLE;
-- in a transaction that comes to nothing
BEGIN;
REVOKE EXECUTE ON FUNCTION acs_users_get FROM regress_changes_clerk;
SET LOCAL ROLE regress_changes_clerk;
SELECT public.get() AS without_get;
ROLLBACK;
SET ROLE regress_changes_clerk;
SELECT public.get() AS clerk;
RESET ROLE;
-- within a function that is its owner's
ALTER FUNCTION public.get() SECURITY DEFINER;
SET ROLE regress_changes_nobody;
SELECT public.get() AS owner;
RESET ROLE;
ALTER FUNCTION public.get() SECURITY INVOKER;
SET ROLE regress_changes_nobody;
SELECT public.get() AS nobody;
RESET ROLE;

---------------------------------------------------------------------------
-- Functions
---------------------------------------------------------------------------

-- renamed
ALTER FUNCTION acs_users_get RENAME TO get_user;
SELECT * FROM answers;
ALTER FUNCTION get_user RENAME TO acs_users_get;
SELECT * FROM answers;
-- one of the house in place of the extension's, in PL/pgSQL and in SQL, with more
-- arguments, defaults that are computed, and rows one by one
BEGIN;
ALTER FUNCTION acs_users_get RENAME TO get_user;
CREATE FUNCTION acs_users_get(acs_user_id uuid, suffix text DEFAULT ' at ' || current_setting('asked.place')) RETURNS acs_users LANGUAGE plpgsql AS $$
DECLARE
    found acs_users := acs.get_user(acs_user_id);
BEGIN
    found.full_name := found.full_name || suffix;
    RETURN found;
END
$$;
ALTER FUNCTION acs_users_list RENAME TO list_users;
CREATE FUNCTION acs_users_list(search text, page_size int DEFAULT 5, page_cursor uuid DEFAULT NULL) RETURNS SETOF acs_users LANGUAGE sql AS $$
    SELECT u.* FROM acs.list_users() u, generate_series(1, 3)
$$;
SET LOCAL asked.place = 'the desk';
SELECT * FROM answers;
SET LOCAL asked.place = 'the bar';
SELECT * FROM answers;
SELECT response #>> '{acs_user,full_name}' AS name FROM acs_request('/acs/users/get', jsonb_set(:'of_jane', '{suffix}', '" herself"'));
SELECT response #> '{error,validation_errors}' AS errors FROM acs_request('/acs/users/list', '{}');
ROLLBACK;
SELECT * FROM answers;
SELECT status FROM acs_request('/acs/users/list', '{}');
-- one that returns nothing is no object
BEGIN;
CREATE OR REPLACE FUNCTION acs_users_get(acs_user_id uuid DEFAULT NULL, user_identity_id uuid DEFAULT NULL, acs_system_id uuid DEFAULT NULL) RETURNS acs_users
    LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
SELECT get FROM answers;
ROLLBACK;
SELECT get FROM answers;

-- What is in use by a request may be changed by another that it contains.
CREATE FUNCTION public.change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    ALTER FUNCTION acs.acs_users_create COST 200;
    IF new.full_name = 'Outer' THEN
        PERFORM acs.acs_request('/acs/users/create', jsonb_build_object('acs_system_id', new.acs_system_id, 'full_name', 'Inner'));
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER change AFTER INSERT ON acs_users FOR EACH ROW EXECUTE FUNCTION public.change();
SELECT status, response #>> '{acs_user,full_name}' AS name FROM acs_request('/acs/users/create', jsonb_set(:'of_hotel', '{full_name}', '"Outer"'));
DROP TRIGGER change ON acs_users;
SELECT full_name FROM acs_users ORDER BY created_at;
-- what one changes, the next one in the statement sees
SELECT array_agg(r.status) AS statuses, max(r.response #>> '{acs_user,full_name}') AS name
  FROM unnest('{"update {\"full_name\": \"Jane Roe\"}", "get {}"}'::text[]) AS asked,
       acs_request('/acs/users/' || split_part(asked, ' ', 1), :'of_jane'::jsonb || substr(asked, strpos(asked, '{'))::jsonb) AS r;
SELECT status FROM acs_request('/acs/users/update', :'of_jane'::jsonb || '{"full_name": "Jane Doe"}');

-- Nothing piles up where functions change all the time.
CREATE FUNCTION public.kept() RETURNS bigint LANGUAGE sql VOLATILE AS $$SELECT count(*) FROM pg_backend_memory_contexts WHERE name = 'acs_request function'$$;
SELECT count(get) FROM answers;
SELECT public.kept() AS kept \gset
DO $$
BEGIN
    FOR i IN 1..100 LOOP
        ALTER FUNCTION acs.acs_users_get COST 200;
        PERFORM get FROM public.answers;
    END LOOP;
END
$$;
SELECT :kept > 0 AS some, public.kept() - :kept AS more;

---------------------------------------------------------------------------
-- Tables, and the extension
---------------------------------------------------------------------------

-- a column of the owner's
ALTER TABLE acs_users ADD COLUMN note text DEFAULT 'a note';
SELECT * FROM answers;
SELECT response #>> '{acs_user,note}' AS note, response #>> '{acs_user,is_managed}' AS managed FROM acs_request('/acs/users/get', :'of_jane');
ALTER TABLE acs_users DROP COLUMN note;
SELECT * FROM answers;
-- one of ours that went and came back behind the others
CREATE VIEW public.contact AS
    SELECT acs_user_json(u) ->> 'phone_number' AS phone_number, acs_user_json(u) ->> 'full_name' AS full_name, acs_user_json(u) ->> 'is_managed' AS is_managed
      FROM acs_users u WHERE full_name = 'Jane Doe';
UPDATE acs_users SET phone_number = '+1 555 0100' WHERE full_name = 'Jane Doe';
SELECT * FROM public.contact;
BEGIN;
ALTER TABLE acs_users DROP COLUMN phone_number;
SELECT * FROM public.contact;
ALTER TABLE acs_users ADD COLUMN phone_number text;
UPDATE acs_users SET phone_number = '+1 555 0101' WHERE full_name = 'Jane Doe';
SELECT * FROM public.contact;
ROLLBACK;
SELECT * FROM public.contact;

-- the schema's name, with an impostor under the old one
ALTER SCHEMA acs RENAME TO "Doors & Co";
CREATE SCHEMA acs;
CREATE FUNCTION acs.acs_users_get(acs_user_id uuid) RETURNS "Doors & Co".acs_users LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
SELECT * FROM answers;
DROP SCHEMA acs CASCADE;
ALTER SCHEMA "Doors & Co" RENAME TO acs;
SELECT * FROM answers;

-- the extension itself, gone and back again, here and elsewhere
CREATE FUNCTION public.reborn(schema name) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    hotel text;
    answer text;
BEGIN
    EXECUTE format($q$SELECT response #>> '{acs_system,acs_system_id}' FROM %I.acs_request('/acs/systems/create', '{"name": "Hotel"}')$q$, schema) INTO hotel;
    EXECUTE format($q$SELECT concat(status, ' ', response #>> '{acs_user,full_name}')
                        FROM %I.acs_request('/acs/users/create', jsonb_build_object('acs_system_id', $1, 'full_name', 'Joe Bloggs'))$q$, schema) INTO answer USING hotel;
    RETURN answer;
END
$$;
SELECT public.reborn('acs');
DROP EXTENSION credentials CASCADE;
CREATE EXTENSION credentials SCHEMA acs;
SELECT public.reborn('acs');
CREATE SCHEMA elsewhere;
BEGIN;
DROP EXTENSION credentials;
CREATE EXTENSION credentials SCHEMA elsewhere;
SELECT public.reborn('elsewhere');
ROLLBACK;
SELECT public.reborn('acs');
DROP EXTENSION credentials;
CREATE EXTENSION credentials SCHEMA elsewhere;
SELECT public.reborn('elsewhere');

\c :database
DROP DATABASE regression_credentials_request;
DROP ROLE regress_changes_clerk, regress_changes_nobody;
