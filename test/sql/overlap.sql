-- Promise 1: within one system, no two credentials of the same access method
-- hold the same code (or card number) at the same instant.
SET datestyle = 'ISO';
SET timezone = 'UTC';
SET credentials.workspace_id = '0be71a90-0000-4000-8000-00000000000e';
SELECT acs_system_id AS elsewhere FROM acs_systems_create('Elsewhere') \gset
SELECT acs_user_id AS stranger FROM acs_users_create(:'elsewhere', 'Stranger') \gset
SET credentials.workspace_id = '0be71a90-0000-4000-8000-000000000000';
SELECT acs_system_id AS hotel FROM acs_systems_create('Hotel') \gset
SELECT acs_system_id AS annex FROM acs_systems_create('Annex') \gset
SELECT acs_user_id AS jane FROM acs_users_create(:'hotel', 'Jane Doe') \gset
SELECT acs_user_id AS john FROM acs_users_create(:'annex', 'John Roe') \gset

---------------------------------------------------------------------------
-- The same code, at the same time
---------------------------------------------------------------------------

SELECT acs_credential_id AS may FROM acs_credentials_create(:'jane', 'code', '824759', '2100-05-01', '2100-06-01') \gset
-- the error tells who holds it, masked, and until when
SELECT fails($$SELECT acs_credentials_create($1, 'code', '824759', '2100-05-31', '2100-07-01')$$, :'jane');
SELECT window_, fails(format('SELECT acs_credentials_create($1, ''code'', ''824759'', %L, %L)', starts_at, ends_at), :'jane') LIKE '23P01 code_overlap |%' AS refused
  FROM (VALUES ('the same', '2100-05-01', '2100-06-01'), ('within', '2100-05-10', '2100-05-11'),
               ('around', '2100-04-01', '2100-07-01'), ('always', NULL, NULL),
               ('until', NULL, '2100-05-01 00:00:00.000001'), ('from', '2100-05-31 23:59:59.999999', NULL)
       ) AS windows (window_, starts_at, ends_at);
-- leading zeros make another code
SELECT display_name FROM acs_credentials_create(:'jane', 'code', '0824759', '2100-05-01', '2100-06-01');

-- at other times it is free, up to the instant
SELECT starts_at, ends_at FROM acs_credentials_create(:'jane', 'code', '824759', '2100-06-01', '2100-07-01');
SELECT starts_at, ends_at FROM acs_credentials_create(:'jane', 'code', '824759', '2100-04-01', '2100-05-01');
SELECT starts_at, ends_at FROM acs_credentials_create(:'jane', 'code', '824759', '2100-09-01');
SELECT starts_at, ends_at FROM acs_credentials_create(:'jane', 'code', '824759', '2100-07-01', '2100-09-01');
SELECT starts_at, ends_at FROM acs_credentials_create(:'jane', 'code', '824759', ends_at => '2100-04-01');
-- now it is taken for all times
SELECT fails($$SELECT acs_credentials_create($1, 'code', '824759')$$, :'jane') LIKE '23P01 code_overlap |%' AS refused;

-- elsewhere it is free: with another method, in another system, in another workspace
SELECT display_name FROM acs_credentials_create(:'jane', 'card', '824759');
SELECT display_name FROM acs_credentials_create(:'john', 'code', '824759');
SET credentials.workspace_id = '0be71a90-0000-4000-8000-00000000000e';
SELECT display_name FROM acs_credentials_create(:'stranger', 'code', '824759');
SET credentials.workspace_id = '0be71a90-0000-4000-8000-000000000000';
-- and no code is no collision
SELECT display_name FROM acs_credentials_create(:'jane', 'card');
SELECT display_name FROM acs_credentials_create(:'jane', 'card');

-- What is deleted holds nothing, also within the transaction.
SELECT acs_credentials_delete(:'may');
BEGIN;
SELECT acs_credential_id AS may FROM acs_credentials_create(:'jane', 'code', '824759', '2100-05-01', '2100-06-01') \gset
SELECT fails($$SELECT acs_credentials_create($1, 'code', '824759', '2100-05-01', '2100-06-01')$$, :'jane') LIKE '23P01%' AS refused;
SELECT acs_credentials_delete(:'may');
SELECT acs_credential_id AS may FROM acs_credentials_create(:'jane', 'code', '824759', '2100-05-01', '2100-06-01') \gset
SAVEPOINT before;
SELECT acs_credentials_delete(:'may');
SELECT display_name FROM acs_credentials_create(:'jane', 'code', '824759', '2100-05-01', '2100-06-01');
ROLLBACK TO before;
SELECT fails($$SELECT acs_credentials_create($1, 'code', '824759', '2100-05-01', '2100-06-01')$$, :'jane') LIKE '23P01%' AS refused;
COMMIT;
SELECT count(*) FROM acs_credentials WHERE acs_user_id = :'jane' AND access_method = 'code' AND code = '824759';

---------------------------------------------------------------------------
-- The promise is the table's: it holds for direct statements of its owner, too
---------------------------------------------------------------------------

CREATE FUNCTION pg_temp.overlaps() RETURNS bigint LANGUAGE sql BEGIN ATOMIC
    SELECT count(*) FROM acs_credentials a JOIN acs_credentials b
        ON a.workspace_id = acs_workspace_id() AND a.workspace_id = b.workspace_id AND a.acs_system_id = b.acs_system_id AND a.access_method = b.access_method
       AND (a.code = b.code OR a.card_number = b.card_number) AND a.acs_credential_id < b.acs_credential_id
       AND tstzrange(a.starts_at, a.ends_at) && tstzrange(b.starts_at, b.ends_at);
END;

INSERT INTO acs_credentials (acs_system_id, access_method, code, starts_at, ends_at)
    VALUES (:'hotel', 'code', '111222', '2100-01-01', '2100-02-01'),
           (:'hotel', 'code', '111222', '2100-02-01', '2100-03-01'),
           (:'hotel', 'code', '333444', '2100-01-01', '2100-02-01');
SELECT fails($$INSERT INTO acs_credentials (acs_system_id, access_method, code, starts_at)
    VALUES ($1, 'code', '111222', '2100-03-01'), ($1, 'code', '111222', '2100-04-01')$$, :'hotel') LIKE '23P01%' AS refused_together;
SELECT fails($$UPDATE acs_credentials SET ends_at = ends_at + interval '1 second' WHERE acs_system_id = $1 AND code = '111222'$$, :'hotel') LIKE '23P01%' AS grow_into;
SELECT fails($$UPDATE acs_credentials SET code = '111222' WHERE acs_system_id = $1 AND code = '333444'$$, :'hotel') AS change_to;
SELECT fails($$UPDATE acs_credentials SET acs_system_id = $1, acs_user_id = NULL WHERE acs_system_id = $2$$, :'hotel', :'annex') LIKE '23P01%' AS move_to;
SELECT fails($$UPDATE acs_credentials SET access_method = 'code' WHERE acs_system_id = $1 AND access_method = 'card'$$, :'hotel') LIKE '23P01%' AS as_a_code;
-- shrinking, moving on, or changing something else is fine
UPDATE acs_credentials SET ends_at = ends_at - interval '1 second' WHERE acs_system_id = :'hotel' AND code = '111222';
UPDATE acs_credentials SET starts_at = starts_at + interval '1 year', ends_at = ends_at + interval '1 year'
 WHERE acs_system_id = :'hotel' AND code = '111222';
UPDATE acs_credentials SET disable_reasons = '{lost}', metadata = '{}' WHERE acs_system_id = :'hotel';

-- A statement is judged by its outcome: codes can be swapped in one,
UPDATE acs_credentials SET ends_at = '2101-02-01', starts_at = '2101-01-01'
 WHERE acs_system_id = :'hotel' AND code = '333444';
UPDATE acs_credentials SET code = CASE code WHEN '111222' THEN '333444' ELSE '111222' END
 WHERE acs_system_id = :'hotel' AND code IN ('111222', '333444');
SELECT code, starts_at FROM acs_credentials WHERE acs_system_id = :'hotel' AND code IN ('111222', '333444')
 ORDER BY code, starts_at;
-- and one guest can move in as another moves out.
WITH moved_out AS (UPDATE acs_credentials SET ends_at = '2101-01-15' WHERE acs_system_id = :'hotel' AND code = '111222' RETURNING *)
INSERT INTO acs_credentials (acs_system_id, access_method, code, starts_at, ends_at)
    SELECT acs_system_id, access_method, code, ends_at, ends_at + interval '1 month' FROM moved_out;
SELECT code, starts_at, ends_at FROM acs_credentials WHERE acs_system_id = :'hotel' AND code = '111222' ORDER BY starts_at;

-- A transaction can be judged by its outcome as well.
BEGIN;
SET CONSTRAINTS identifier_overlap DEFERRED;
UPDATE acs_credentials SET ends_at = NULL WHERE acs_system_id = :'hotel' AND code = '111222' AND starts_at = '2101-01-01';
SELECT pg_temp.overlaps() AS for_now;
SELECT fails('SET CONSTRAINTS identifier_overlap IMMEDIATE') LIKE '23P01 code_overlap |%' AS not_yet;
UPDATE acs_credentials SET ends_at = '2101-01-15' WHERE acs_system_id = :'hotel' AND code = '111222' AND starts_at = '2101-01-01';
COMMIT;
\set VERBOSITY sqlstate
BEGIN;
SET CONSTRAINTS identifier_overlap DEFERRED;
UPDATE acs_credentials SET ends_at = NULL WHERE acs_system_id = :'hotel' AND code = '111222' AND starts_at = '2101-01-01';
UPDATE acs_credentials SET metadata = NULL WHERE acs_system_id = :'hotel' AND code = '111222';
COMMIT;
BEGIN;
SET CONSTRAINTS identifier_overlap DEFERRED;
INSERT INTO acs_credentials (acs_system_id, access_method, code) SELECT :'hotel', 'code', '555666' FROM generate_series(1, 2);
COMMIT;
\set VERBOSITY default
BEGIN;
SET CONSTRAINTS identifier_overlap DEFERRED;
INSERT INTO acs_credentials (acs_system_id, access_method, code) SELECT :'hotel', 'code', '555666' FROM generate_series(1, 2);
DELETE FROM acs_credentials WHERE acs_credential_id = (SELECT acs_credential_id FROM acs_credentials
                             WHERE acs_system_id = :'hotel' AND code = '555666' LIMIT 1);
COMMIT;
SELECT count(*) AS one FROM acs_credentials WHERE acs_system_id = :'hotel' AND code = '555666';
SELECT pg_temp.overlaps();

-- COPY and ON CONFLICT are no ways around it.
\set VERBOSITY sqlstate
\set columns '(acs_system_id, access_method, code, starts_at, ends_at)'
CREATE TEMP TABLE batch (acs_system_id uuid, access_method acs_access_method, code acs_code, starts_at timestamptz, ends_at timestamptz);
INSERT INTO batch SELECT :'hotel', 'code', '777888', '2100-01-01'::timestamptz + i * interval '1 day', '2100-01-02'::timestamptz + i * interval '1 day'
  FROM generate_series(1, 3) AS i;
\getenv directory PG_ABS_BUILDDIR
\set file :directory '/results/overlap.copy'
COPY batch TO STDOUT \g :file
\set load '\\copy acs_credentials ' :columns ' FROM ' :'file'
:load
:load
INSERT INTO acs_credentials :columns SELECT * FROM batch ON CONFLICT DO NOTHING;
\set VERBOSITY default
SELECT count(*) FROM acs_credentials WHERE acs_system_id = :'hotel' AND code = '777888';

---------------------------------------------------------------------------
-- Card numbers, by the same trigger
---------------------------------------------------------------------------

INSERT INTO acs_credentials (acs_system_id, access_method, code, card_number, ends_at)
    VALUES (:'hotel', 'card', '999000', 'F00BA7', '2100-01-01');
SELECT fails($$INSERT INTO acs_credentials (acs_system_id, access_method, card_number) VALUES ($1, 'card', 'F00BA7')$$, :'hotel');
INSERT INTO acs_credentials (acs_system_id, access_method, card_number, starts_at) VALUES (:'hotel', 'card', 'F00BA7', '2100-01-01');
-- in whatever spelling
SELECT fails($$INSERT INTO acs_credentials (acs_system_id, access_method, card_number) VALUES ($1, 'card', 'f0:0b:a7')$$, :'hotel') LIKE '23P01 card_number_overlap |%' AS refused;
INSERT INTO acs_credentials (acs_system_id, access_method, card_number) VALUES (:'hotel', 'card', 'F00:BA7'), (:'annex', 'card', 'F00BA7');
SELECT fails($$UPDATE acs_credentials SET ends_at = NULL WHERE acs_system_id = $1 AND card_number = 'F00BA7'$$, :'hotel') LIKE '23P01 card_number_overlap |%' AS refused;

---------------------------------------------------------------------------
-- Without a usable index the check is an error, never skipped
---------------------------------------------------------------------------

\set try 'SELECT fails($$INSERT INTO acs_credentials (acs_system_id, access_method, code) VALUES ($1, ''code'', ''246801'')$$, :''hotel'');'
BEGIN;
DROP INDEX acs_credentials_identifier_idx;
:try
-- one over half of the codes does not do
CREATE INDEX half ON acs_credentials (identifier, acs_system_id, access_method, workspace_id, valid_from) WHERE identifier > '5';
:try
-- nor one without the start, or with something else in its place, or backwards
CREATE INDEX short ON acs_credentials (identifier, acs_system_id, access_method, workspace_id);
CREATE INDEX long ON acs_credentials (identifier, acs_system_id, access_method, workspace_id, valid_from, ends_at);
CREATE INDEX start_first ON acs_credentials (valid_from, identifier, acs_system_id, access_method, workspace_id);
CREATE INDEX by_expression ON acs_credentials (identifier, acs_system_id, access_method, workspace_id, coalesce(starts_at, created_at));
CREATE INDEX backwards ON acs_credentials (identifier, acs_system_id, access_method, workspace_id, valid_from DESC);
-- nor one in the order of another language, nor another kind of index
CREATE INDEX in_another ON acs_credentials (identifier COLLATE "default", acs_system_id, access_method, workspace_id, valid_from);
CREATE INDEX hashed ON acs_credentials USING hash (identifier);
:try
SELECT fails($$SELECT acs_credentials_create($1, 'code')$$, :'jane') LIKE '55000%' AS generating_fails_too;
-- what does not touch an identifier needs none
UPDATE acs_credentials SET metadata = NULL WHERE acs_system_id = :'annex' AND identifier IS NULL;
-- another one over all of them does, with the four columns before the start in whatever order
CREATE INDEX whole ON acs_credentials (workspace_id, acs_system_id DESC, access_method, identifier, valid_from) INCLUDE (ends_at);
:try
:try
-- but not when it is not valid
SAVEPOINT invalid;
UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'whole'::regclass;
ALTER TABLE acs_credentials ALTER code SET STATISTICS -1; -- so that it is noticed
:try
ROLLBACK TO invalid;
SELECT count(*) FROM acs_credentials WHERE acs_system_id = :'hotel' AND code = '246801';
ROLLBACK;
-- the old one is used again
:try
REINDEX INDEX acs_credentials_identifier_idx;
REINDEX TABLE CONCURRENTLY acs_credentials;
:try

---------------------------------------------------------------------------
-- The trigger anywhere else
---------------------------------------------------------------------------

SELECT fails('SELECT acs_check_overlap()');
CREATE TEMP TABLE other (code acs_code);
CREATE TRIGGER t AFTER INSERT ON other FOR EACH ROW EXECUTE FUNCTION acs_check_overlap();
SELECT fails($$INSERT INTO other VALUES ('824759')$$) AS lacks_columns;
DROP TABLE other;
CREATE TEMP TABLE other (LIKE acs_credentials INCLUDING DEFAULTS INCLUDING GENERATED);
CREATE TRIGGER derive BEFORE INSERT OR UPDATE ON other FOR EACH ROW EXECUTE FUNCTION acs_credential_derive();
CREATE FUNCTION pg_temp.fired(how text, event text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE TRIGGER t %s ON other %s EXECUTE FUNCTION acs_check_overlap()', how, event);
    RETURN fails($statement$
        INSERT INTO other (acs_system_id, access_method, code) VALUES ($1, 'code', '824759');
        UPDATE other SET code = '824758';
        DELETE FROM other$statement$, acs_uuid());
END
$$;
CREATE FUNCTION pg_temp.try(how text, event text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    result text;
BEGIN
    result := pg_temp.fired(how, event);
    DROP TRIGGER t ON other;
    RETURN result;
END
$$;
SELECT how, event, pg_temp.try(how, event)
  FROM (VALUES ('BEFORE INSERT', 'FOR EACH ROW'),
               ('AFTER INSERT', 'FOR EACH STATEMENT'),
               ('AFTER DELETE', 'FOR EACH ROW'),
               ('AFTER INSERT', 'FOR EACH ROW')) AS misuse (how, event);
-- A table like it, with its index, is checked like it.
CREATE INDEX ON other (identifier, acs_system_id, access_method, workspace_id, valid_from);
CREATE TRIGGER t AFTER INSERT OR UPDATE ON other FOR EACH ROW EXECUTE FUNCTION acs_check_overlap();
INSERT INTO other (acs_system_id, access_method, code) VALUES (:'hotel', 'code', '824759');
SELECT fails($$INSERT INTO other (acs_system_id, access_method, code) VALUES ($1, 'code', '824759')$$, :'hotel');
-- without what sets the identifier, it is refused
DROP TRIGGER derive ON other;
SELECT fails($$INSERT INTO other (acs_system_id, access_method, code, identifier, display_name, valid_from) VALUES ($1, 'code', '824759', '1', 'Code', clock_timestamp())$$, :'hotel');
CREATE TRIGGER derive AFTER INSERT OR UPDATE ON other FOR EACH ROW EXECUTE FUNCTION acs_credential_derive();
SELECT fails($$INSERT INTO other (acs_system_id, access_method, code, identifier, display_name, valid_from) VALUES ($1, 'code', '824759', '1', 'Code', clock_timestamp())$$, :'hotel');

---------------------------------------------------------------------------
-- A thousand tries against an oracle
---------------------------------------------------------------------------

CREATE FUNCTION pg_temp.random_window(OUT starts_at timestamptz, OUT ends_at timestamptz) LANGUAGE plpgsql AS $$
DECLARE
    from_day int := floor(random() * 60);
BEGIN
    starts_at := '2200-01-01'::timestamptz + from_day * interval '1 day';
    ends_at := starts_at + (1 + floor(random() * 4)) * interval '1 day';
    IF random() < 0.02 THEN starts_at := NULL; END IF;
    IF random() < 0.02 THEN ends_at := NULL; END IF;
END
$$;
CREATE FUNCTION pg_temp.tries(hotel uuid, n int, OUT accepted int, OUT refused int, OUT wrong int) LANGUAGE plpgsql AS $$
DECLARE
    w record;
    digit acs_code;
    victim uuid;
    taken boolean;
BEGIN
    accepted := 0; refused := 0; wrong := 0;
    FOR i IN 1..n LOOP
        SELECT * INTO w FROM pg_temp.random_window();
        digit := (1 + floor(random() * 5))::int::text;
        victim := NULL;
        IF random() < 0.4 THEN
            SELECT acs_credential_id INTO victim FROM acs_credentials c
             WHERE acs_system_id = hotel AND length(code::text) = 1 ORDER BY random() LIMIT 1;
        END IF;
        taken := EXISTS (SELECT FROM acs_credentials c
                          WHERE c.acs_system_id = hotel AND c.code = digit AND c.acs_credential_id IS DISTINCT FROM victim
                            AND tstzrange(c.starts_at, c.ends_at) && tstzrange(w.starts_at, w.ends_at));
        BEGIN
            IF victim IS NULL THEN
                INSERT INTO acs_credentials (acs_system_id, access_method, code, starts_at, ends_at)
                    VALUES (hotel, 'code', digit, w.starts_at, w.ends_at);
            ELSE
                UPDATE acs_credentials SET code = digit, starts_at = w.starts_at, ends_at = w.ends_at
                 WHERE acs_credential_id = victim;
            END IF;
            accepted := accepted + 1;
            wrong := wrong + taken::int;
        EXCEPTION WHEN exclusion_violation THEN
            refused := refused + 1;
            wrong := wrong + (NOT taken)::int;
        END;
    END LOOP;
END
$$;
SELECT accepted > 20 AS some_accepted, refused > 20 AS some_refused, wrong FROM pg_temp.tries(:'hotel', 1000);
SELECT pg_temp.overlaps();
