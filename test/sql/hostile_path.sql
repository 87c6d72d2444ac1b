-- A look-alike of everything, first in search_path, changes nothing: neither for
-- the role that made it nor for a superuser who has it in the path.
SET credentials.workspace_id = '90577111-0000-4000-8000-000000000000';
CREATE ROLE regress_acs_hostile;
GRANT USAGE ON SCHEMA acs TO regress_acs_hostile;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA acs TO regress_acs_hostile;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA acs TO regress_acs_hostile;
SELECT acs_system_id AS hotel FROM acs_systems_create('Hotel') \gset
CREATE SCHEMA hostile AUTHORIZATION regress_acs_hostile;
SET ROLE regress_acs_hostile;

-- Functions that raise when they are called: one for each function of the
-- extension, with its arguments, and for what statements commonly use.
CREATE PROCEDURE pg_temp.trap(signature text, result text) LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE %s hostile.%s LANGUAGE plpgsql AS %L',
                   CASE WHEN result IS NULL THEN 'PROCEDURE' ELSE 'FUNCTION' END,
                   signature || coalesce(' RETURNS ' || result, ''),
                   format('BEGIN RAISE EXCEPTION ''hijacked: %s''; END', signature));
END
$$;
DO $$
DECLARE
    f record;
BEGIN
    FOR f IN SELECT proname, oid, pg_get_function_identity_arguments(oid) AS arguments, pg_get_function_result(oid) AS result
               FROM pg_proc WHERE pronamespace = 'acs'::regnamespace AND NOT proretset AND prorettype <> 'trigger'::regtype
                AND NOT ARRAY['cstring', 'internal', '"any"']::regtype[] && (proargtypes::regtype[] || prorettype::regtype) LOOP
        CALL pg_temp.trap(format('%I(%s)', f.proname, f.arguments), f.result);
    END LOOP;
END
$$;
DO $$
DECLARE
    f text[];
BEGIN
    FOREACH f SLICE 1 IN ARRAY ARRAY[
        ['lower(text)', 'text'], ['upper(text)', 'text'], ['strpos(text, text)', 'integer'], ['concat_ws(text, text, text)', 'text'],
        ['unnest(uuid[])', 'SETOF uuid'], ['array_append(anycompatiblearray, anycompatible)', 'anycompatiblearray'],
        ['array_remove(anycompatiblearray, anycompatible)', 'anycompatiblearray'],
        ['jsonb_strip_nulls(jsonb)', 'jsonb'], ['jsonb_build_object(text, text)', 'jsonb'], ['jsonb_build_array(jsonb)', 'jsonb'],
        ['to_jsonb(anyelement)', 'jsonb'], ['clock_timestamp()', 'timestamptz'], ['now()', 'timestamptz'],
        ['array_agg(uuid)', 'uuid[]'], ['count(uuid)', 'bigint'], ['gen_random_uuid()', 'uuid'], ['uuidv7()', 'uuid'],
        ['uuid_eq(uuid, uuid)', 'boolean'], ['texteq(text, text)', 'boolean'], ['current_setting(text)', 'text']] LOOP
        CALL pg_temp.trap(f[1], f[2]);
    END LOOP;
END
$$;
-- Operators, over the same traps.
DO $$
DECLARE
    o text;
    t text;
BEGIN
    FOREACH t IN ARRAY '{uuid, text, timestamptz, jsonb, boolean, integer, acs.acs_code, acs.acs_access_method, acs.acs_disable_reason, name, oid, xid}'::text[] LOOP
        FOREACH o IN ARRAY '{=, <>, <, >, <=, >=}'::text[] LOOP
            EXECUTE format('CREATE FUNCTION hostile.%I(%s, %s) RETURNS boolean LANGUAGE plpgsql AS %L',
                           o || t, t, t, format('BEGIN RAISE EXCEPTION ''hijacked: %s %s''; END', o, t));
            EXECUTE format('CREATE OPERATOR hostile.%s (LEFTARG = %s, RIGHTARG = %s, FUNCTION = hostile.%I)', o, t, t, o || t);
        END LOOP;
    END LOOP;
END
$$;
CREATE FUNCTION hostile.arrow(jsonb, text) RETURNS jsonb LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'hijacked: ->'; END $$;
CREATE OPERATOR hostile.-> (LEFTARG = jsonb, RIGHTARG = text, FUNCTION = hostile.arrow);

-- Tables and types by the same names, here and in pg_temp, which comes first of all.
DO $$
DECLARE
    n name;
BEGIN
    FOR n IN SELECT relname FROM pg_class WHERE relnamespace = 'acs'::regnamespace AND relkind IN ('r', 'v') LOOP
        EXECUTE format('CREATE TABLE hostile.%I (LIKE acs.%I)', n, n);
        EXECUTE format('CREATE TEMP TABLE %I (LIKE acs.%I)', n, n);
    END LOOP;
    FOREACH n IN ARRAY '{acs_code, acs_access_method, acs_disable_reason, acs_credential, uuid, text, timestamptz, jsonb}'::name[] LOOP
        EXECUTE format('CREATE DOMAIN hostile.%I AS pg_catalog.int4', n);
        EXECUTE format('CREATE DOMAIN pg_temp.%I AS pg_catalog.int4', n);
    END LOOP;
END
$$;

RESET ROLE;

---------------------------------------------------------------------------
-- The main job, done with these in front
---------------------------------------------------------------------------

-- Every name in it is qualified, as an application that wants to be safe does.
CREATE FUNCTION public.main_job(hotel pg_catalog.uuid) RETURNS pg_catalog.text LANGUAGE plpgsql AS $$
DECLARE
    annex pg_catalog.uuid;
    jane pg_catalog.uuid;
    door pg_catalog.uuid;
    staff pg_catalog.uuid;
    pin acs.acs_credential;
    key acs.acs_credential;
    granted pg_catalog.bool;
    denied acs.acs_denial_reason;
    listed pg_catalog.int8;
    refused pg_catalog.int4 := 0;
    events pg_catalog.int8;
    statuses pg_catalog.text;
BEGIN
    annex := (acs.acs_systems_create('Annex', default_credential_manager_acs_system_id => hotel)).acs_system_id;
    door := (acs.acs_entrances_create(hotel, 'Door')).acs_entrance_id;
    staff := (acs.acs_access_groups_create(hotel, 'Staff', ARRAY[door])).acs_access_group_id;
    jane := (acs.acs_users_create(hotel, 'Jane Doe', acs_access_group_ids => ARRAY[staff],
                                  user_identity_id => acs.acs_uuid())).acs_user_id;
    pin := acs.acs_credentials_create(jane, 'code', '824759', ends_at => '2100-01-01', allowed_acs_entrance_ids => ARRAY[door]);
    PERFORM acs.acs_credentials_create(jane, 'code');
    key := acs.acs_credentials_create(jane, 'mobile_key', is_multi_phone_sync_credential => true,
                                      credential_manager_acs_system_id => hotel, visionline_metadata => '{"label": "x"}');
    BEGIN
        PERFORM acs.acs_credentials_create(jane, 'code', '824759');
    EXCEPTION WHEN exclusion_violation THEN
        refused := 1;
    END;
    pin := acs.acs_credentials_get(pin.acs_credential_id);
    SELECT pg_catalog.count(*) INTO listed
      FROM acs.acs_credentials_list(jane, hotel, (acs.acs_users_get(jane)).user_identity_id, false, '824759', 'infinity', 10,
                                    '00000000-0000-0000-0000-000000000000');
    granted := (acs.acs_access_check(door, 'code', '824759')).granted;
    granted := granted AND (acs.acs_access_check(door, 'code', '824759'::acs.acs_code)).granted;
    PERFORM acs.acs_access_request(door, 'code', '824759'), acs.acs_access_request(door, 'code', 'open sesame'),
            acs.acs_access_request(door, 'card', card_number => '77108'),
            acs.acs_access_request(door, 'mobile_key', acs_credential_id => (acs.acs_credentials_sync_to_phone(key.acs_credential_id, 'phone')).acs_credential_id);
    PERFORM acs.acs_credentials_disable(pin.acs_credential_id, 'lost');
    denied := (acs.acs_access_request(door, 'code', '824759')).reason;
    PERFORM acs.acs_credentials_enable(pin.acs_credential_id, 'lost');
    PERFORM acs.acs_users_suspend(jane), acs.acs_users_unsuspend(jane), acs.acs_users_update(jane, full_name => 'Jane Roe');
    -- as JSON
    statuses := pg_catalog.concat_ws(' ',
        (acs.acs_request('/acs/credentials/create', pg_catalog.json_build_object('acs_user_id', jane, 'access_method', 'code')::pg_catalog.jsonb)).status,
        (acs.acs_request('/acs/credentials/create', pg_catalog.json_build_object('acs_user_id', jane, 'access_method', 'code', 'code', '824759')::pg_catalog.jsonb)).status,
        (acs.acs_request('/acs/credentials/list', '{"search": "824759", "limit": "10"}')).status,
        (acs.acs_request('/acs/users/get', pg_catalog.json_build_object('acs_user_id', jane)::pg_catalog.jsonb)).status);
    PERFORM acs.acs_credential_json(pin);
    -- and past the functions
    INSERT INTO acs.acs_credentials (acs_system_id, acs_user_id, access_method, card_number) VALUES (hotel, jane, 'card', 'F00BA7');
    UPDATE acs.acs_credentials SET ends_at = '2100-01-01', card_number = 'BA7F00'
     WHERE acs_user_id OPERATOR(pg_catalog.=) jane AND card_number OPERATOR(pg_catalog.=) 'F00BA7';
    PERFORM FROM acs.acs_credentials_masked;
    PERFORM acs.acs_systems_update(annex, 'Annexe', 'Europe/Paris'), acs.acs_entrances_update(door, 'Front door'),
            acs.acs_access_groups_update(staff, 'Crew'), acs.acs_access_groups_remove_entrance(door, staff),
            acs.acs_entrances_revoke_access(door, jane), acs.acs_access_groups_add_entrance(door, staff),
            acs.acs_entrances_reset_lockout(door), acs.acs_entrances_delete(door), acs.acs_systems_delete(annex);
    PERFORM FROM acs.acs_systems_list_compatible_credential_manager_acs_systems(hotel);
    PERFORM acs.acs_credentials_delete(key.acs_credential_id);
    PERFORM acs.acs_users_delete(jane);
    SELECT pg_catalog.count(*) INTO events FROM acs.acs_events WHERE acs_user_id OPERATOR(pg_catalog.=) jane;
    PERFORM FROM acs.acs_events_after('1:1:00000000-0000-0000-0000-000000000000');
    PERFORM FROM acs.acs_events_horizon();
    PERFORM FROM acs.acs_events_list(hotel, jane, event_type => 'acs_user.created', since => '2001-01-01', "between" => '{2001-01-01, 2100-01-01}');
    PERFORM acs.acs_events_purge('infinity');
    RETURN pg_catalog.format('issued %s, listed %s, refused %s, granted %s, denied as %s, more than 10 events %s, requests %s',
                             pin.display_name, listed, refused, granted, denied, events OPERATOR(pg_catalog.>) 10, statuses);
END
$$;
\set VERBOSITY terse

SET ROLE regress_acs_hostile;
SET search_path = hostile, pg_catalog, acs, public;
SHOW search_path;
-- the traps are set
SELECT lower('A');
SELECT acs_workspace_id();
SELECT 1 = 1;
-- and catch nothing
SELECT public.main_job(:'hotel');

RESET ROLE;
SET credentials.workspace_id = '90577111-0000-4000-8000-000000000000';
SELECT public.main_job(:'hotel');

-- Also when the extension's schema is not in the path, and in a new session, which
-- prepares its statements with these in front.
\c -
SET credentials.workspace_id = '90577111-0000-4000-8000-000000000000';
SET search_path = hostile, pg_catalog;
SET ROLE regress_acs_hostile;
CREATE TEMP TABLE acs_credentials (LIKE acs.acs_credentials);
CREATE DOMAIN pg_temp.uuid AS pg_catalog.int4;
SELECT public.main_job(:'hotel');
RESET ROLE;
RESET search_path;

-- Not a row went to the look-alikes.
CREATE FUNCTION pg_temp.rows() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    n name;
    rows bigint;
    total bigint := 0;
BEGIN
    FOR n IN SELECT relname FROM pg_class WHERE relnamespace = 'hostile'::regnamespace AND relkind = 'r' LOOP
        EXECUTE format('SELECT count(*) FROM hostile.%I', n) INTO rows;
        total := total + rows;
    END LOOP;
    RETURN total + (SELECT count(*) FROM pg_temp.acs_credentials);
END
$$;
SELECT pg_temp.rows();
SELECT count(*) > 30 AS functions FROM pg_proc WHERE pronamespace = 'hostile'::regnamespace;

\set VERBOSITY default
\c -
SET client_min_messages = warning;
DROP SCHEMA hostile CASCADE;
DROP FUNCTION public.main_job;
DROP OWNED BY regress_acs_hostile;
DROP ROLE regress_acs_hostile;
