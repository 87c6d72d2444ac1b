-- Issue a code, handle one that is taken, ask the door, revoke.
--   psql -d mydb -f issue.sql        (with the extension on the search_path)
\set ON_ERROR_STOP on

BEGIN;
SELECT acs_system_id AS hotel FROM acs_systems_create('Hotel Bellevue') \gset
SELECT acs_entrance_id AS room FROM acs_entrances_create(:'hotel', 'Room 101') \gset
SELECT acs_user_id AS jane FROM acs_users_create(:'hotel', 'Jane Doe') \gset
SELECT acs_user_id AS joe FROM acs_users_create(:'hotel', 'Joe Bloggs') \gset
COMMIT;

-- Create: from 15:00 of one day to 10:00 of another, at which it ends.
SELECT acs_credential_id AS pin, display_name, code
  FROM acs_credentials_create(
         acs_user_id => :'jane', access_method => 'code', code => '824759',
         starts_at => '2099-07-01 15:00+02', ends_at => '2099-07-04 10:00+02',
         allowed_acs_entrance_ids => ARRAY[:'room']::uuid[]) \gset
\echo created :display_name

-- Handle code_overlap by the rule's name: what a caller wished for if it is free, else a
-- code of the system's choice.
CREATE FUNCTION pg_temp.issue(guest uuid, wish text, from_time timestamptz, until timestamptz)
RETURNS acs_credential LANGUAGE plpgsql AS $$
DECLARE
    rule text;
BEGIN
    RETURN acs_credentials_create(guest, 'code', wish, from_time, until);
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS rule = CONSTRAINT_NAME;
    IF rule <> 'code_overlap' THEN
        RAISE;
    END IF;
    RAISE NOTICE 'refused: %', rule;
    RETURN acs_credentials_create(guest, 'code', NULL, from_time, until);
END
$$;
SELECT code <> '824759' AS another_code
  FROM pg_temp.issue(:'joe', '824759', '2099-07-03 15:00+02', '2099-07-05 10:00+02');

-- Check: at any instant, for any entrance; a refusal is a row.
SELECT at, granted, reason
  FROM unnest('{2099-07-01 14:59+02, 2099-07-01 15:00+02, 2099-07-04 09:59+02}'::timestamptz[]) AS at,
       acs_access_check(:'room', 'code', '824759', at => at);

-- Delete: from the next decision on, nothing opens.
SELECT acs_credentials_delete(:'pin');
SELECT granted, reason FROM acs_access_check(:'room', 'code', '824759', at => '2099-07-02 12:00+02');
