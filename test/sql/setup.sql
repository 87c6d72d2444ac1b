-- What the other files stand on: the extension, in a schema of its own, and
-- one helper.  Every file brings its own workspace and its own rows.
CREATE SCHEMA acs;
CREATE EXTENSION credentials SCHEMA acs;
DO $$
BEGIN
    EXECUTE format('ALTER DATABASE %I SET search_path = acs, public', current_database());
END
$$;

-- What a statement fails with, in one line: SQLSTATE and rule (CONSTRAINT NAME),
-- which a program branches on, then the words for people.  Ids are not shown.
-- $1, $2, ... in the statement are the ids that follow it.
CREATE FUNCTION public.fails(statement text, VARIADIC ids uuid[] DEFAULT '{}') RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
    rule text;
    message text;
    detail text;
    hint text;
BEGIN
    EXECUTE statement USING ids[1], ids[2], ids[3], ids[4];
    RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS
        rule = CONSTRAINT_NAME,
        message = MESSAGE_TEXT,
        detail = PG_EXCEPTION_DETAIL,
        hint = PG_EXCEPTION_HINT;
    RETURN regexp_replace(
        concat_ws(' ', SQLSTATE, rule, '|', message,
                  '| ' || nullif(detail, ''), '| ' || nullif(hint, '')),
        '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}', '<id>', 'g');
END
$$;
SELECT fails('SELECT 1') AS good, fails('SELECT 1 / 0') AS bad;
