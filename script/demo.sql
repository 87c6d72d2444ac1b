-- A guest, two doors and two races, told by script/demo in a database of its own.
-- Shown are the statements that an application sends; functions stand for ids, so
-- that they are easily read.
\set QUIET 1
\pset format unaligned
\pset tuples_only on
\pset fieldsep ' | '
\pset null '-'

SELECT acs_system_id AS hotel FROM acs_systems_create('Hotel Bellevue') \gset
SELECT count(acs_entrances_create(:'hotel', name)) FROM unnest('{Front door,Wine cellar}'::text[]) name \gset
SELECT count(acs_users_create(:'hotel', name)) FROM unnest('{Jane Doe,John Roe,Mary Major}'::text[]) name \gset
CREATE FUNCTION door(name text) RETURNS uuid STABLE LANGUAGE sql
    RETURN (SELECT acs_entrance_id FROM acs_entrances WHERE display_name = name);
CREATE FUNCTION guest(name text) RETURNS uuid STABLE LANGUAGE sql
    RETURN (SELECT acs_user_id FROM acs_users WHERE full_name = name);
CREATE FUNCTION credential_of(name text) RETURNS uuid STABLE LANGUAGE sql
    RETURN (SELECT acs_credential_id FROM acs_credentials_list(guest(name)));
CREATE FUNCTION reserve(name text, arrival date, departure date) RETURNS text LANGUAGE sql
    AS $$ SELECT display_name FROM acs_credentials_create(guest(name), 'code', '135790', arrival, departure) $$;
-- Until another session waits for this one; for 10 seconds at most.
CREATE PROCEDURE wait_for_company() LANGUAGE plpgsql AS $$
BEGIN
    FOR i IN 1 .. 1000 LOOP
        EXIT WHEN EXISTS (SELECT FROM pg_stat_activity WHERE pg_backend_pid() = ANY (pg_blocking_pids(pid)));
        PERFORM pg_sleep(0.01), pg_stat_clear_snapshot();
    END LOOP;
END $$;

\echo 'Hotel Bellevue has a front door and a wine cellar. Jane Doe checks in:'
\set ECHO queries
SELECT display_name, code FROM acs_credentials_create(guest('Jane Doe'), 'code', '824759',
       ends_at => now() + '3 days', allowed_acs_entrance_ids => ARRAY[door('Front door')]);

\echo
\echo 'She tries the doors. A refusal is an answer like any other, with its reason:'
SELECT granted, reason FROM acs_access_request(door('Front door'), 'code', '824759');
SELECT granted, reason FROM acs_access_request(door('Wine cellar'), 'code', '824759');

\echo
\echo 'Two sessions want the code 135790 at the same time, one for John Roe from 1 to 5 July,'
\echo 'one for Mary Major from 3 to 8 July. The first gets it; the other waits and is refused:'
\! for stay in "'John Roe', '2099-07-01', '2099-07-05'" "'Mary Major', '2099-07-03', '2099-07-08'"; do echo "$(psql -XAqt -v VERBOSITY=verbose -c "SELECT reserve($stay), pg_sleep(0.5)" 2>&1)" & sleep 0.2; done | sed -n "s/|$//p; /^ERROR/p; s/^CONSTRAINT NAME:/RULE: /p" | sort
\echo 'Nobody has it from the 8th on:'
SELECT reserve('John Roe', '2099-07-08', '2099-07-15');

\echo
\echo 'Jane loses the note with her code. The desk blocks it, and has not yet committed ...'
BEGIN;
SELECT display_name FROM acs_credentials_disable(credential_of('Jane Doe'), 'lost');
\echo '... when somebody enters it at the front door. The door waits for the desk ...'
\! cd "${TMPDIR:-/tmp}" && flock door.$PPID psql -XAqt -F ' | ' -o door.$PPID -c "SELECT granted, reason FROM acs_access_request(door('Front door'), 'code', '824759')" &
\set ECHO none
CALL wait_for_company();
\set ECHO queries
COMMIT;
\echo '... and decides by what was committed:'
\! cd "${TMPDIR:-/tmp}" && flock door.$PPID cat door.$PPID; rm door.$PPID

\echo
\echo 'All of it is on record, where no code can be read:'
SELECT event_type, details ->> 'display_name', details ->> 'reason' FROM acs_events
 WHERE event_type ~ 'access_(granted|denied)|disabled' ORDER BY event_id;
