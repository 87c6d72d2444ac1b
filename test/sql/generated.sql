-- Codes that the database makes up: as long as the type says, not easily
-- guessed, free, and when there is none left, an error and not a search for ever.
SET datestyle = 'ISO';
SET timezone = 'UTC';
SET credentials.workspace_id = '6e4e7a7e-0000-4000-8000-000000000000';
SET statement_timeout = '60s';

-- A system with a door and a user for each type.
CREATE FUNCTION pg_temp.sandbox(types text[]) RETURNS TABLE (system_type text, acs_system_id uuid, acs_user_id uuid, door uuid)
    LANGUAGE sql AS $$
        SELECT t.system_type, s.acs_system_id, u.acs_user_id, d.acs_entrance_id
          FROM acs_system_types t, acs_systems_create(t.display_name, t.system_type) s,
               acs_users_create(s.acs_system_id, 'Jane Doe') u, acs_entrances_create(s.acs_system_id, 'Door') d
         WHERE t.system_type = ANY (types)
    $$;

---------------------------------------------------------------------------
-- Length
---------------------------------------------------------------------------

-- of the brands, in a request that suits them all
SELECT system_type, length(code::text) AS digits, code::text ~ '^[0-9]+$' AS only_digits
  FROM pg_temp.sandbox('{generic, pti_site, salto_ks_site, latch_building, avigilon_alta_org, brivo_account, kisi_organization}'),
       acs_credentials_create(acs_user_id, 'code', NULL, '2100-01-01', '2100-01-02', ARRAY[door])
 ORDER BY system_type;

-- of one's own types: what they say, else 6 or as near as can be
INSERT INTO acs_system_types (system_type, display_name, generated_code_length, code_min_length, code_max_length, code_max_value)
    VALUES ('generated_default', 'x', NULL, NULL, NULL, NULL),
           ('generated_3', 'x', 3, NULL, NULL, NULL),
           ('generated_4', 'x', 4, 4, 8, NULL),
           ('generated_32', 'x', 32, NULL, NULL, NULL),
           ('generated_min_9', 'x', NULL, 9, NULL, NULL),
           ('generated_max_4', 'x', NULL, NULL, 4, NULL),
           ('generated_byte', 'x', NULL, NULL, NULL, 255),
           ('generated_digit', 'x', NULL, NULL, NULL, 9),
           ('generated_big', 'x', NULL, NULL, NULL, 4294967296);
CREATE TEMP TABLE sandbox AS
    SELECT * FROM pg_temp.sandbox('{generated_default, generated_3, generated_4, generated_32, generated_min_9,
                                    generated_max_4, generated_byte, generated_digit, generated_big}');
CREATE TEMP TABLE codes AS
    SELECT system_type, (acs_credentials_create(acs_user_id, 'code')).code::text
      FROM sandbox, generate_series(1, 200) WHERE system_type NOT IN ('generated_byte', 'generated_digit');
SELECT system_type, count(*), count(DISTINCT code) AS different, min(length(code)) AS min, max(length(code)) AS max
  FROM codes GROUP BY system_type ORDER BY system_type;

---------------------------------------------------------------------------
-- Not easily guessed, and otherwise anything
---------------------------------------------------------------------------

SELECT count(*) FILTER (WHERE code ~ '(\d)\1\1') AS three_in_a_row,
       count(*) FILTER (WHERE code ~ '^(\d+)\1+$') AS repeated,
       count(*) FILTER (WHERE strpos('0123456789', code) > 0 OR strpos('9876543210', code) > 0) AS counting,
       count(*) FILTER (WHERE code IN ('007', '147', '258', '369', '1004', '1122', '2580', '2000', '1984', '112233', '123654', '147258')) AS popular
  FROM codes;
-- leading zeros are digits like others
SELECT system_type, bool_or(code LIKE '0%') AS some_begin_with_zero FROM codes
 WHERE system_type IN ('generated_3', 'generated_4', 'generated_default') GROUP BY system_type ORDER BY system_type;
-- every digit comes up at every place
SELECT count(DISTINCT (place, substr(code, place, 1))) AS of_60 FROM codes, generate_series(1, 6) AS place
 WHERE system_type IN ('generated_default', 'generated_big');

---------------------------------------------------------------------------
-- Where codes are numbers
---------------------------------------------------------------------------

-- three digits, and no more than 255
SELECT count(DISTINCT code::text) AS different, min(length(code::text)) AS min, max(length(code::text)) AS max,
       bool_and(code::text::integer BETWEEN 1 AND 255) AS in_range
  FROM (SELECT (acs_credentials_create(acs_user_id, 'code')).code
          FROM sandbox, generate_series(1, 100) WHERE system_type = 'generated_byte') AS issued;
-- each of nine numbers, and then no more
SELECT array_agg(code::text ORDER BY code) AS all_there_are
  FROM (SELECT (acs_credentials_create(acs_user_id, 'code')).code
          FROM sandbox, generate_series(1, 9) WHERE system_type = 'generated_digit') AS issued;
SELECT fails($$SELECT acs_credentials_create($1, 'code')$$, acs_user_id) AS the_tenth FROM sandbox WHERE system_type = 'generated_digit';

---------------------------------------------------------------------------
-- Of the keys that there are
---------------------------------------------------------------------------

INSERT INTO acs_system_types (system_type, display_name, code_digits, generated_code_length)
    VALUES ('generated_5_keys', 'x', '12345', NULL), ('generated_2_keys', 'x', '60', 4);
SELECT acs_user_id AS five FROM pg_temp.sandbox('{generated_5_keys}') \gset
SELECT acs_user_id AS two FROM pg_temp.sandbox('{generated_2_keys}') \gset
SELECT count(DISTINCT code) AS different, min(length(code)) AS min, max(length(code)) AS max, count(DISTINCT digit) AS digits, min(digit), max(digit)
  FROM (SELECT (acs_credentials_create(:'five', 'code')).code::text FROM generate_series(1, 60)) AS issued, unnest(string_to_array(code, NULL)) AS digit;
-- each code of two keys that is not weak, and then no more
SELECT array_agg(code::text ORDER BY code) AS all_there_are FROM (SELECT (acs_credentials_create(:'two', 'code')).code FROM generate_series(1, 8)) AS issued;
SELECT fails($$SELECT acs_credentials_create($1, 'code')$$, :'two') AS the_ninth;
-- a stored code stays when its keys go; another one is of those that are left
SELECT acs_credential_id AS kept FROM acs_credentials_create(:'five', 'code', '54321') \gset
UPDATE acs_system_types SET code_digits = '67890' WHERE system_type = 'generated_5_keys';
SELECT code FROM acs_credentials_update(:'kept', ends_at => '2100-01-01');
SELECT fails($$SELECT acs_credentials_update($1, code => '12345')$$, :'kept') AS of_keys_that_went;
SELECT code::text ~ '^[67890]{6}$' AS of_the_keys FROM acs_credentials_regenerate_code(:'kept');

---------------------------------------------------------------------------
-- Free in the window that is asked for
---------------------------------------------------------------------------

SELECT acs_user_id AS jane, acs_system_id AS small FROM pg_temp.sandbox('{generated_3}') \gset
-- In January, codes are taken but for those from 400 to 699.
INSERT INTO acs_credentials (acs_system_id, access_method, code, starts_at, ends_at)
    SELECT :'small', 'code', to_char(i, 'FM000'), '2100-01-01', '2100-02-01' FROM generate_series(0, 999) AS i WHERE i NOT BETWEEN 400 AND 699;
SELECT count(DISTINCT code::text) AS different, bool_and(code BETWEEN '400' AND '699') AS free_ones
  FROM (SELECT (acs_credentials_create(:'jane', 'code', NULL, '2100-01-15', '2100-01-16')).code FROM generate_series(1, 20)) AS issued;
SELECT bool_and(code BETWEEN '400' AND '699') AS free_ones
  FROM (SELECT (acs_credentials_create(:'jane', 'code', NULL, '2099-12-01')).code FROM generate_series(1, 5)) AS issued;
-- before and after, the others are free
SELECT bool_or(code NOT BETWEEN '400' AND '699') AS others
  FROM (SELECT (acs_credentials_create(:'jane', 'code', NULL, '2100-02-01', '2100-03-01')).code FROM generate_series(1, 50)
        UNION ALL
        SELECT (acs_credentials_create(:'jane', 'code', NULL, '2099-12-01', '2100-01-01')).code FROM generate_series(1, 50)) AS issued;
-- a card's code is in nobody's way
SELECT acs_user_id AS joe, acs_system_id AS cards FROM pg_temp.sandbox('{generated_3}') \gset
INSERT INTO acs_credentials (acs_system_id, access_method, code)
    SELECT :'cards', 'card', to_char(i, 'FM000') FROM generate_series(0, 999) AS i;
SELECT length(code::text) AS digits FROM acs_credentials_create(:'joe', 'code');
-- nor another system's
SELECT acs_user_id AS ann FROM pg_temp.sandbox('{generated_3}') \gset
SELECT length(code::text) AS digits FROM acs_credentials_create(:'ann', 'code', NULL, '2100-01-01', '2100-02-01');

---------------------------------------------------------------------------
-- None left
---------------------------------------------------------------------------

SELECT acs_user_id AS eve, acs_system_id AS full FROM pg_temp.sandbox('{generated_3}') \gset
INSERT INTO acs_credentials (acs_system_id, access_method, code, ends_at)
    SELECT :'full', 'code', to_char(i, 'FM000'), '2100-01-01' FROM generate_series(0, 999) AS i;
SELECT fails($$SELECT acs_credentials_create($1, 'code')$$, :'eve') AS none_left;
-- The weak ones are not given out, even if they are the last.
DELETE FROM acs_credentials WHERE acs_system_id = :'full' AND code IN ('111', '123', '987', '007');
SELECT fails($$SELECT acs_credentials_create($1, 'code')$$, :'eve') AS only_weak_ones_left;
SELECT display_name FROM acs_credentials_create(:'eve', 'code', '123');
-- Later there are some, and one's own choice is as good as ever.
SELECT length(code::text) AS digits FROM acs_credentials_create(:'eve', 'code', NULL, '2100-01-01');
DELETE FROM acs_credentials WHERE acs_system_id = :'full' AND code BETWEEN '500' AND '799';
SELECT bool_and(code BETWEEN '500' AND '799') AS in_the_gap
  FROM (SELECT (acs_credentials_create(:'eve', 'code', NULL, NULL, '2100-01-01')).code FROM generate_series(1, 20)) AS issued;
-- All or none, also of many.
SELECT count(*) AS before FROM acs_credentials WHERE acs_system_id = :'full' \gset
SELECT split_part(fails($$SELECT acs_credentials_create($1, 'code', NULL, NULL, '2100-01-01') FROM generate_series(1, 400)$$, :'eve'), '|', 1) AS too_many;
SELECT count(*) - :before AS left_behind FROM acs_credentials WHERE acs_system_id = :'full';

-- What was refused or rolled back holds no code.
BEGIN;
SAVEPOINT try;
SELECT count(*) FROM acs_credentials_create(:'joe', 'code');
ROLLBACK TO try;
SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid() AND objsubid = 3;
ROLLBACK;
