-- What a DBA may do to the tables: in the middle of a session, whatever they have
-- become, the functions still do what they did, or say why not; and it does not
-- matter whether they go straight to the table or by SQL.  In a database of its own,
-- as it takes the tables apart.
\set database :DBNAME
CREATE DATABASE regression_credentials_tables;
\c regression_credentials_tables
SET client_min_messages = warning;
CREATE SCHEMA acs;
CREATE EXTENSION credentials SCHEMA acs;
SET search_path = acs, public;
SET credentials.workspace_id = '7ab1e500-0000-4000-8000-000000000000';
SELECT acs_system_id AS hotel FROM acs_systems_create('Hotel') \gset
SELECT acs_user_id AS jane FROM acs_users_create(:'hotel', 'Jane Doe') \gset
SELECT acs_entrance_id AS lobby FROM acs_entrances_create(:'hotel', 'Lobby') \gset

-- Triggers of the DBA's own write here.
CREATE TABLE public.trail (what text);
CREATE FUNCTION public.trail() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO public.trail VALUES (concat_ws(' ', TG_ARGV[0], lower(TG_OP)));
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END
$$;

-- A credential's life, told in a line, with the trail that it leaves.
CREATE FUNCTION public.life(jane uuid, lobby uuid) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    pin uuid;
    card uuid;
    staff uuid;
    told text[];
    said text;
BEGIN
    pin := (acs_credentials_create(jane, 'code', '824759', ends_at => '2099-01-01', allowed_acs_entrance_ids => ARRAY[lobby])).acs_credential_id;
    BEGIN
        PERFORM acs_credentials_create(jane, 'code', '824759');
    EXCEPTION WHEN exclusion_violation THEN
        told := told || 'refused'::text;
    END;
    card := (acs_credentials_create(jane, 'card', allowed_acs_entrance_ids => ARRAY[lobby])).acs_credential_id;
    told := told || (acs_credentials_issue(card, 'ed:0b:a9:96')).display_name;
    FOREACH said IN ARRAY ARRAY['824759', '824750', '824751'] LOOP
        told := told || coalesce((acs_access_check(lobby, 'code', said)).reason::text, 'granted') || coalesce((acs_access_request(lobby, 'code', said)).reason::text, 'granted');
    END LOOP;
    told := told || (SELECT failed_attempts::text FROM acs_entrance_lockouts WHERE acs_entrance_id = lobby);
    told := told || ((acs_credentials_update(pin, code => '824750', ends_at => '2100-01-01')).ends_at > '2099-06-01')::text;
    PERFORM acs_credentials_disable(card, 'stolen');
    FOREACH said IN ARRAY ARRAY['824759', '824750'] LOOP
        told := told || coalesce((acs_access_request(lobby, 'code', said)).reason::text, 'granted');
    END LOOP;
    told := told || (acs_access_request(lobby, 'card', card_number => 'ED0BA996')).reason::text;
    told := told || (acs_credentials_get(pin)).display_name || (SELECT count(*)::text FROM acs_credentials_list(acs_user_id => jane));
    said := (acs_credentials_create_offline_code(jane, lobby, is_one_time_use => true)).code;
    told := told || coalesce((acs_access_request(lobby, 'code', said)).reason::text, 'granted') || coalesce((acs_access_request(lobby, 'code', said)).reason::text, 'granted');
    PERFORM acs_users_suspend(jane), acs_users_unsuspend(jane);
    staff := (acs_access_groups_create((SELECT acs_system_id FROM acs_users_get(jane)), 'Staff', ARRAY[lobby])).acs_access_group_id;
    PERFORM acs_users_add_to_access_group(acs_user_id => jane, acs_access_group_id => staff);
    told := told || (SELECT count(*)::text FROM acs_access_groups_list_users(staff));
    PERFORM acs_users_remove_from_access_group(acs_user_id => jane, acs_access_group_id => staff);
    told := told || (SELECT count(*)::text FROM acs_access_groups_list_users(staff));
    PERFORM acs_credentials_delete(pin);
    told := told || (acs_access_check(lobby, 'code', '824750')).reason::text;
    told := told || (SELECT string_agg(format('%s %s', event_type, n), ', ' ORDER BY event_type)
                       FROM (SELECT regexp_replace(event_type, '^.*[._]', '') AS event_type, count(*) AS n FROM acs_events WHERE workspace_id = acs_workspace_id() GROUP BY 1) AS e);
    RETURN array_to_string(told, ', ') || coalesce((SELECT '; trail: ' || string_agg(format('%s %s', n, what), ', ' ORDER BY what) FROM (SELECT what, count(*) AS n FROM public.trail GROUP BY what) AS t), '');
END
$$;
-- The same by both drivers, and taken back; what it is more or other than it was at first.
CREATE TABLE public.first (told text);
CREATE FUNCTION public.lives(jane uuid, lobby uuid) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    told text[];
    was text := (SELECT first.told FROM public.first);
BEGIN
    FOR driver IN 0 .. 1 LOOP
        BEGIN
            PERFORM set_config('credentials.debug_sql_driver', driver::text, true);
            RAISE EXCEPTION USING errcode = 'TOLD0', message = public.life(jane, lobby);
        EXCEPTION WHEN SQLSTATE 'TOLD0' THEN
            told := told || SQLERRM;
        WHEN OTHERS THEN
            told := told || concat_ws(' ', SQLSTATE, SQLERRM);
        END;
    END LOOP;
    IF told[1] <> told[2] THEN
        RETURN format(E'by table: %s\n  by SQL: %s', told[1], told[2]);
    END IF;
    RETURN CASE WHEN starts_with(told[1], was) THEN 'as ever' || substr(told[1], length(was) + 1) ELSE told[1] END;
END
$$;
SELECT public.lives(:'jane', :'lobby') AS at_first \gset
SELECT :'at_first' AS at_first;
INSERT INTO public.first VALUES (:'at_first');
\set lives 'SELECT public.lives(:''jane'', :''lobby'');'
:lives

---------------------------------------------------------------------------
-- Columns
---------------------------------------------------------------------------

ALTER TABLE acs_credentials ADD note text, ADD site text DEFAULT 'here', ADD n bigint GENERATED ALWAYS AS IDENTITY,
    ADD is_card boolean GENERATED ALWAYS AS (access_method = 'card') STORED, ADD CHECK (site <> 'there');
ALTER TABLE acs_users ADD note text DEFAULT 'x';
ALTER TABLE acs_entrance_lockouts ADD note text NOT NULL DEFAULT 'x';
ALTER TABLE acs_events ADD n serial;
ALTER TABLE acs_credential_entrances ADD since timestamptz NOT NULL DEFAULT now();
:lives
-- they have what a statement would have put into them
BEGIN;
SELECT acs_credential_id AS pin FROM acs_credentials_create(:'jane', 'code', '4711', allowed_acs_entrance_ids => ARRAY[:'lobby'::uuid]) \gset
SELECT acs_entrance_id AS gate FROM acs_entrances_create(:'hotel', 'Gate') \gset
SELECT acs_user_id AS joe FROM acs_users_create(:'hotel', 'Joe Bloggs') \gset
SELECT note, site, n > 0 AS numbered, is_card FROM acs_credentials WHERE acs_credential_id = :'pin';
SELECT l.note AS of_lockout, u.note AS of_user, since = now() AS since_now, e.n > 0 AS event_numbered
  FROM acs_entrance_lockouts l, acs_users u, acs_credential_entrances c, acs_events e
 WHERE l.acs_entrance_id = :'gate' AND u.acs_user_id = :'joe' AND c.acs_credential_id = :'pin' AND e.acs_credential_id = :'pin' AND e.event_type = 'acs_credential.created';
-- and keep it
UPDATE acs_credentials SET note = 'mine' WHERE acs_credential_id = :'pin';
SELECT display_name FROM acs_credentials_update(:'pin', ends_at => '2100-01-01');
SELECT note, site, is_card FROM acs_credentials WHERE acs_credential_id = :'pin';
ROLLBACK;
ALTER TABLE acs_credentials DROP n, DROP site, DROP is_card;
:lives
ALTER TABLE acs_credentials DROP note;
ALTER TABLE acs_users DROP note;
ALTER TABLE acs_entrance_lockouts DROP note;
ALTER TABLE acs_events DROP n;
ALTER TABLE acs_credential_entrances DROP since;
:lives
-- one that is not there, or is something else
ALTER TABLE acs_credentials RENAME used_up_at TO spent_at;
:lives
ALTER TABLE acs_credentials RENAME spent_at TO used_up_at;
ALTER TABLE acs_entrances ALTER can_unlock_with_code DROP DEFAULT, ALTER can_unlock_with_code TYPE integer USING 1;
:lives
ALTER TABLE acs_entrances ALTER can_unlock_with_code TYPE boolean USING true, ALTER can_unlock_with_code SET DEFAULT true;
:lives

---------------------------------------------------------------------------
-- Indexes, storage
---------------------------------------------------------------------------

ALTER INDEX acs_credentials_identifier_idx RENAME TO by_identifier;
ALTER INDEX acs_credentials_pkey RENAME TO by_id;
DROP INDEX acs_credentials_user_idx, acs_access_groups_users_user_idx, acs_credential_entrances_entrance_idx;
:lives
REINDEX TABLE acs_credentials;
VACUUM FULL acs_credentials;
CLUSTER acs_users USING acs_users_pkey;
:lives
CREATE INDEX by_identifier_again ON acs_credentials (workspace_id, acs_system_id, identifier, access_method, valid_from);
DROP INDEX by_identifier;
:lives
-- without any, what is known of a code is found, and no code is given
DROP INDEX by_identifier_again;
:lives
SELECT d.reason FROM acs_access_check(:'lobby', 'code', '824759') AS d;
CREATE INDEX acs_credentials_identifier_idx ON acs_credentials (identifier, acs_system_id, access_method, workspace_id, valid_from);
:lives
-- a key without its index
BEGIN;
ALTER TABLE acs_entrance_lockouts DROP CONSTRAINT acs_entrance_lockouts_pkey;
ALTER TABLE acs_credential_entrances DROP CONSTRAINT acs_credential_entrances_pkey;
:lives
ROLLBACK;
-- names of types in the order of another language
BEGIN;
ALTER TABLE acs_systems DROP CONSTRAINT acs_systems_system_type_fkey;
ALTER TABLE acs_system_types ALTER system_type TYPE text COLLATE "en-x-icu";
INSERT INTO acs_system_types (system_type, display_name) VALUES ('Aeta', 'Upper case'), ('Zeta', 'Upper case');
SELECT system_type, name FROM unnest(ARRAY['Aeta', 'Zeta', 'hotek_site', 'visionline_system']) AS type, acs_systems_create('System', type);
ROLLBACK;

---------------------------------------------------------------------------
-- Triggers and rules
---------------------------------------------------------------------------

CREATE TRIGGER trail_row BEFORE INSERT OR UPDATE OR DELETE ON acs_credentials FOR EACH ROW EXECUTE FUNCTION public.trail('row');
CREATE TRIGGER trail_end AFTER UPDATE OF ends_at ON acs_credentials FOR EACH ROW EXECUTE FUNCTION public.trail('of end');
CREATE TRIGGER trail_use AFTER UPDATE OF used_up_at ON acs_credentials FOR EACH ROW EXECUTE FUNCTION public.trail('of use');
:lives
-- of statements
CREATE TRIGGER trail_statement AFTER INSERT OR UPDATE OR DELETE ON acs_credentials FOR EACH STATEMENT EXECUTE FUNCTION public.trail('statement');
CREATE TRIGGER trail_lockout BEFORE UPDATE ON acs_entrance_lockouts FOR EACH STATEMENT EXECUTE FUNCTION public.trail('lockout statement');
CREATE TRIGGER trail_member AFTER DELETE ON acs_access_groups_users FOR EACH STATEMENT EXECUTE FUNCTION public.trail('member statement');
:lives
DROP TRIGGER trail_row ON acs_credentials;
DROP TRIGGER trail_end ON acs_credentials;
DROP TRIGGER trail_use ON acs_credentials;
DROP TRIGGER trail_statement ON acs_credentials;
DROP TRIGGER trail_lockout ON acs_entrance_lockouts;
DROP TRIGGER trail_member ON acs_access_groups_users;
-- with what they saw
CREATE FUNCTION public.trail_rows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO public.trail SELECT concat_ws(' ', 'new', access_method, card_number) FROM changed;
    RETURN NULL;
END
$$;
CREATE TRIGGER trail_rows AFTER UPDATE ON acs_credentials REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.trail_rows();
CREATE TRIGGER trail_new_rows AFTER INSERT ON acs_credentials REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.trail_rows();
:lives
DROP TRIGGER trail_rows ON acs_credentials;
DROP TRIGGER trail_new_rows ON acs_credentials;
-- disabled for now
CREATE TRIGGER trail_statement AFTER INSERT ON acs_credentials FOR EACH STATEMENT EXECUTE FUNCTION public.trail('statement');
ALTER TABLE acs_credentials DISABLE TRIGGER trail_statement;
:lives
DROP TRIGGER trail_statement ON acs_credentials;
-- one that wants no row of a certain kind, or wants to keep it, or the door to say nothing of it
CREATE FUNCTION public.unwanted() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE TRIGGER unwanted BEFORE INSERT ON acs_credentials FOR EACH ROW WHEN (NEW.code = '824759') EXECUTE FUNCTION public.unwanted();
:lives
DROP TRIGGER unwanted ON acs_credentials;
CREATE TRIGGER unwanted BEFORE DELETE ON acs_credentials FOR EACH ROW EXECUTE FUNCTION public.unwanted();
:lives
DROP TRIGGER unwanted ON acs_credentials;
CREATE TRIGGER unwanted BEFORE INSERT ON acs_events FOR EACH ROW WHEN (NEW.event_type = 'acs_entrance.access_granted') EXECUTE FUNCTION public.unwanted();
:lives
DROP TRIGGER unwanted ON acs_events;
-- rules
CREATE RULE trail AS ON INSERT TO acs_credentials DO ALSO INSERT INTO public.trail VALUES ('rule');
CREATE RULE trail AS ON UPDATE TO acs_entrance_lockouts DO ALSO INSERT INTO public.trail VALUES ('lockout rule');
:lives
DROP RULE trail ON acs_credentials;
DROP RULE trail ON acs_entrance_lockouts;
:lives

-- the extension's own triggers on a table with columns of the same names and other types
CREATE FUNCTION public.look_alike(of regclass) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(format('%I integer', attname), ', ' ORDER BY attnum) FROM pg_attribute WHERE attrelid = of AND attnum > 0 AND NOT attisdropped $$;
SELECT format('CREATE TABLE public.credentials (%s)', public.look_alike('acs_credentials')) AS create \gset
:create;
SELECT format('CREATE TABLE public.users (%s)', public.look_alike('acs_users')) AS create \gset
:create;
CREATE TRIGGER derive BEFORE INSERT ON public.credentials FOR EACH ROW EXECUTE FUNCTION acs_credential_derive();
INSERT INTO public.credentials VALUES (1);
DROP TRIGGER derive ON public.credentials;
CREATE TRIGGER identifier_overlap AFTER INSERT ON public.credentials FOR EACH ROW EXECUTE FUNCTION acs_check_overlap();
INSERT INTO public.credentials VALUES (1);
DROP TRIGGER identifier_overlap ON public.credentials;
INSERT INTO public.credentials VALUES (1);
INSERT INTO public.users VALUES (1);
CREATE TRIGGER record_change AFTER UPDATE OR DELETE ON public.credentials FOR EACH ROW EXECUTE FUNCTION acs_record_change('acs_credential');
CREATE TRIGGER record_change AFTER UPDATE OR DELETE ON public.users FOR EACH ROW EXECUTE FUNCTION acs_record_change('acs_user');
UPDATE public.credentials SET workspace_id = 2;
DELETE FROM public.credentials;
UPDATE public.users SET workspace_id = 2;
DELETE FROM public.users;
DROP TABLE public.credentials, public.users;

---------------------------------------------------------------------------
-- Rights
---------------------------------------------------------------------------

-- an owner who is no superuser, and to whom policies apply or not
CREATE ROLE regress_tables_owner;
GRANT ALL ON SCHEMA acs TO regress_tables_owner;
DO $$
DECLARE
    command text;
BEGIN
    FOR command IN
        SELECT format('ALTER %s %s OWNER TO regress_tables_owner', CASE prokind WHEN 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END, p.oid::regprocedure)
          FROM pg_proc p WHERE pronamespace = 'acs'::regnamespace AND prosecdef
        UNION ALL
        SELECT format('ALTER TABLE %s OWNER TO regress_tables_owner', oid::regclass) FROM pg_class WHERE relnamespace = 'acs'::regnamespace AND relkind IN ('r', 'v')
    LOOP
        EXECUTE command;
    END LOOP;
END
$$;
:lives
ALTER TABLE acs_credentials FORCE ROW LEVEL SECURITY;
ALTER TABLE acs_events FORCE ROW LEVEL SECURITY;
:lives
CREATE POLICY no_more_codes ON acs_credentials AS RESTRICTIVE USING (true) WITH CHECK (access_method <> 'code');
:lives
DROP POLICY no_more_codes ON acs_credentials;
ALTER TABLE acs_credentials NO FORCE ROW LEVEL SECURITY;
ALTER TABLE acs_events NO FORCE ROW LEVEL SECURITY;
:lives
-- rights that go and come back, of the owner and on a column
REVOKE UPDATE ON acs_entrance_lockouts FROM regress_tables_owner;
:lives
GRANT UPDATE (failed_attempts, locked_until) ON acs_entrance_lockouts TO regress_tables_owner;
:lives
GRANT UPDATE ON acs_entrance_lockouts TO regress_tables_owner;
REVOKE SELECT ON acs_users FROM regress_tables_owner;
:lives
GRANT SELECT ON acs_users TO regress_tables_owner;
REVOKE DELETE ON acs_credentials FROM regress_tables_owner;
:lives
GRANT DELETE ON acs_credentials TO regress_tables_owner;
:lives

---------------------------------------------------------------------------
-- Other tables in their place
---------------------------------------------------------------------------

-- a child, and what is in it
BEGIN;
CREATE TABLE public.guests () INHERITS (acs_users);
:lives
SELECT acs_user_id AS guest FROM acs_users_create(:'hotel', 'Guest') \gset
WITH guest AS (DELETE FROM ONLY acs_users WHERE acs_user_id = :'guest' RETURNING *) INSERT INTO public.guests SELECT * FROM guest;
SELECT full_name FROM acs_users_get(:'guest');
DROP TABLE public.guests;
\set VERBOSITY terse
SELECT acs_users_get(:'guest');
\set VERBOSITY default
ROLLBACK;
:lives
-- a view
BEGIN;
ALTER TABLE acs_entrance_lockouts RENAME TO lockouts;
CREATE VIEW acs_entrance_lockouts AS SELECT * FROM lockouts;
GRANT ALL ON acs_entrance_lockouts TO regress_tables_owner;
:lives
ROLLBACK;
:lives
-- none at all
BEGIN;
ALTER TABLE acs_entrance_lockouts RENAME TO lockouts;
:lives
ROLLBACK;
:lives
-- partitions
BEGIN;
ALTER TABLE acs_credential_entrances DROP CONSTRAINT acs_credential_entrances_credential_fkey;
ALTER TABLE acs_credentials RENAME TO credentials;
ALTER INDEX acs_credentials_identifier_idx RENAME TO credentials_identifier_idx;
CREATE TABLE acs_credentials (LIKE credentials INCLUDING DEFAULTS, PRIMARY KEY (workspace_id, acs_credential_id)) PARTITION BY HASH (workspace_id);
CREATE INDEX acs_credentials_identifier_idx ON acs_credentials (identifier, acs_system_id, access_method, workspace_id, valid_from);
ALTER TABLE acs_credentials OWNER TO regress_tables_owner;
:lives
CREATE TABLE part_0 PARTITION OF acs_credentials FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE part_1 PARTITION OF acs_credentials FOR VALUES WITH (MODULUS 2, REMAINDER 1);
CREATE TRIGGER derive BEFORE INSERT OR UPDATE ON acs_credentials FOR EACH ROW EXECUTE FUNCTION acs_credential_derive();
CREATE CONSTRAINT TRIGGER identifier_overlap AFTER INSERT OR UPDATE ON acs_credentials DEFERRABLE FOR EACH ROW EXECUTE FUNCTION acs_check_overlap();
CREATE TRIGGER record_change AFTER INSERT OR UPDATE OR DELETE ON acs_credentials FOR EACH ROW EXECUTE FUNCTION acs_record_change('acs_credential');
CREATE TRIGGER truncate_not_told BEFORE TRUNCATE ON acs_credentials EXECUTE FUNCTION acs_truncate_not_told();
ALTER TABLE acs_credential_entrances ADD FOREIGN KEY (workspace_id, acs_credential_id) REFERENCES acs_credentials ON DELETE CASCADE;
SELECT count(*) AS other_triggers FROM pg_trigger t WHERE tgrelid = 'credentials'::regclass AND NOT tgisinternal
   AND NOT EXISTS (SELECT FROM pg_trigger p WHERE p.tgrelid = 'acs_credentials'::regclass AND p.tgname = t.tgname);
:lives
SELECT count(*) AS codes FROM (SELECT acs_credentials_create(:'jane', 'code') FROM generate_series(1, 20)) AS created;
SELECT count(*) FROM acs_credentials;
ROLLBACK;
:lives

\c :database
DROP DATABASE regression_credentials_tables;
DROP ROLE regress_tables_owner;
