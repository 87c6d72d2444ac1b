-- acs_code: 1 to 32 digits, kept as they were given.
SET credentials.workspace_id = 'c0de0000-0000-4000-8000-000000000000';

SELECT acs_code '824759', acs_code '000824759' AS leading_zeros, acs_code '0' AS shortest,
       repeat('9', 32)::acs_code AS longest;

---------------------------------------------------------------------------
-- Whatever else is refused; the error tells the position, never the input
---------------------------------------------------------------------------

CREATE TEMP TABLE bad (what text, input text);
INSERT INTO bad VALUES
    ('empty', ''),
    ('a letter', '8247S9'),
    ('plus', '+824759'),
    ('minus', '-824759'),
    ('space before', ' 824759'),
    ('space after', '824759 '),
    ('space in between', '824 759'),
    ('newline', E'824759\n'),
    ('tab', E'82\t4759'),
    ('decimal point', '824759.0'),
    ('exponent', '8e5'),
    ('hexadecimal', '0x17'),
    ('Arabic-Indic digits', '٨٢٤٧٥٩'),
    ('Arabic-Indic digit', '82475٩'),
    ('fullwidth digits', '８２４７５９'),
    ('superscript digit', '82475²'),
    ('33 digits', repeat('9', 33)),
    ('a thousand digits', repeat('9', 1000)),
    ('33rd is a letter', repeat('9', 32) || 'S');
SELECT what, fails(format('SELECT %L::acs_code', input)) FROM bad;
-- the casts from text and varchar refuse the same
SELECT what FROM bad
 WHERE fails(format('SELECT %L::acs_code', input)) <> fails(format('SELECT %L::text::acs_code', input))
    OR fails(format('SELECT %L::acs_code', input)) <> fails(format('SELECT %L::varchar::acs_code', input));

-- Soft errors, where the server has them (16 and later).
SELECT current_setting('server_version_num')::int >= 160000 AS has_soft_errors \gset
\if :has_soft_errors
SELECT pg_input_is_valid('824759', 'acs_code') AS good, pg_input_is_valid('8247S9', 'acs_code') AS bad,
       (SELECT bool_or(pg_input_is_valid(input, 'acs_code')) FROM bad) AS any_bad,
       (SELECT concat_ws(' | ', sql_error_code || ' acs_code', message, detail, hint)
          FROM pg_input_error_info('8247S9', 'acs_code')) AS error \gset
\else
SELECT true AS good, false AS bad, false AS any_bad, fails($$SELECT '8247S9'::acs_code$$) AS error \gset
\endif
SELECT :'good' AS good, :'bad' AS bad, :'any_bad' AS any_bad, :'error' AS error;

---------------------------------------------------------------------------
-- Binary is the same digits, and is checked as hard
---------------------------------------------------------------------------

\getenv directory PG_ABS_BUILDDIR
\set file :directory '/results/code.bin'
CREATE TEMP TABLE codes (code acs_code);
INSERT INTO codes VALUES ('824759'), ('000824759'), ('0'), (repeat('9', 32)), (NULL);
COPY codes TO STDOUT (FORMAT binary) \g :file
CREATE TEMP TABLE copies (code acs_code);
\set load '\\copy copies FROM ' :'file' ' (FORMAT binary)'
:load
SELECT count(*) AS copied, count(code) AS codes FROM copies;
SELECT code FROM codes EXCEPT ALL SELECT code FROM copies;

-- One row of one column: header, number of columns, length, the bytes, end.  Of a
-- program, since the server need not be allowed to read files here.
CREATE FUNCTION pg_temp.receive(bytes bytea) RETURNS text LANGUAGE sql RETURN
    fails(format('COPY copies FROM PROGRAM %L (FORMAT binary)', format('echo %s | base64 -d', translate(encode(
        '\x5047434f50590aff0d0a00 00000000 00000000 0001' || int4send(length(bytes)) || bytes || '\xffff', 'base64'), E'\n', ''))));
SELECT what, pg_temp.receive(input)
  FROM (VALUES ('nothing', ''::bytea),
               ('a letter', '8247S9'),
               ('a zero byte', '\x383234003735'),
               ('a zero byte at the end', '\x38323400'),
               ('not UTF-8', '\x38323437ff'),
               ('33 digits', convert_to(repeat('9', 33), 'UTF8'))) AS malformed (what, input);
-- by the same rules as text
SELECT what FROM bad
 WHERE fails(format('SELECT %L::acs_code', input)) <> pg_temp.receive(convert_to(input, 'UTF8'));

---------------------------------------------------------------------------
-- Order: digit by digit, as text in the C collation
---------------------------------------------------------------------------

SELECT a, b, a < b AS lt, a <= b AS le, a = b AS eq, a <> b AS ne, a >= b AS ge, a > b AS gt,
       sign(acs_code_cmp(a, b)) AS cmp
  FROM (VALUES ('7'::acs_code, '7'::acs_code), ('7', '8'), ('10', '9'), ('12', '120'), ('007', '7')) AS pairs (a, b);

CREATE TEMP TABLE numbers AS
    SELECT left(md5(i::text), i % 12 + 1) AS hex FROM generate_series(1, 3000) AS i;
CREATE TEMP TABLE many AS
    SELECT translate(hex, 'abcdef', '012012') AS digits, translate(hex, 'abcdef', '012012')::acs_code AS code
      FROM numbers;
SELECT count(*) > 1000 AS enough, count(DISTINCT code) = count(DISTINCT digits) AS same_distinct,
       array_agg(code::text ORDER BY code) = array_agg(digits ORDER BY digits COLLATE "C") AS same_order
  FROM many;
SELECT count(*) AS wrong
  FROM many a, (SELECT * FROM many LIMIT 100) b
 WHERE (a.code < b.code) <> (a.digits < b.digits COLLATE "C")
    OR (a.code <= b.code) <> (a.digits <= b.digits COLLATE "C")
    OR (a.code = b.code) <> (a.digits = b.digits)
    OR (a.code <> b.code) <> (a.digits <> b.digits)
    OR (a.code >= b.code) <> (a.digits >= b.digits COLLATE "C")
    OR (a.code > b.code) <> (a.digits > b.digits COLLATE "C")
    OR acs_code_cmp(a.code, b.code) <> - acs_code_cmp(b.code, a.code)
    OR (a.code = b.code AND acs_code_hash(a.code) <> acs_code_hash(b.code));
-- the two hash functions agree, as the server expects of them
SELECT count(*) AS wrong FROM many
 WHERE acs_code_hash(code)::bit(32) <> acs_code_hash_extended(code, 0)::bit(32);

---------------------------------------------------------------------------
-- Everything that sorts, groups, joins and looks up
---------------------------------------------------------------------------

SELECT amname, opcname, amvalidate(c.oid)
  FROM pg_opclass c JOIN pg_am a ON a.oid = c.opcmethod
  JOIN pg_depend d ON d.classid = 'pg_opclass'::regclass AND d.objid = c.oid AND d.deptype = 'e'
  JOIN pg_extension e ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid
 WHERE extname = 'credentials' ORDER BY amname, opcname;

SELECT code FROM codes ORDER BY code DESC NULLS LAST;
CREATE TEMP TABLE twice AS SELECT code FROM codes UNION ALL SELECT code FROM codes;
SELECT DISTINCT code FROM twice ORDER BY code;
SET enable_sort = off;
SELECT count(*) FROM (SELECT code FROM twice GROUP BY code) AS groups;
RESET enable_sort;

ANALYZE many;
SET enable_mergejoin = off;
SET enable_nestloop = off;
EXPLAIN (COSTS OFF) SELECT count(*) FROM many a JOIN many b USING (code);
SELECT count(*) AS hash_join FROM many a JOIN many b USING (code) \gset
RESET enable_mergejoin;
SET enable_hashjoin = off;
EXPLAIN (COSTS OFF) SELECT count(*) FROM many a JOIN many b USING (code);
SELECT count(*) AS merge_join FROM many a JOIN many b USING (code) \gset
RESET enable_nestloop;
RESET enable_hashjoin;
SELECT count(*) = :hash_join AND count(*) = :merge_join AS joins_agree FROM many a JOIN many b USING (digits);

CREATE INDEX many_btree ON many (code);
SET enable_seqscan = off;
SET enable_bitmapscan = off;
EXPLAIN (COSTS OFF) SELECT code FROM many WHERE code = '824759';
EXPLAIN (COSTS OFF) SELECT code FROM many WHERE code >= '82' AND code < '83' ORDER BY code;
SELECT (SELECT count(*) FROM many WHERE code >= '82' AND code < '83')
     = (SELECT count(*) FROM many WHERE digits LIKE '82%') AS range_is_right;
DROP INDEX many_btree;
CREATE INDEX many_hash ON many USING hash (code);
EXPLAIN (COSTS OFF) SELECT code FROM many WHERE code = '824759';
SELECT count(*) AS wrong FROM (SELECT DISTINCT digits FROM many LIMIT 50) d
 WHERE (SELECT count(*) FROM many WHERE code = d.digits::acs_code)
    <> (SELECT count(*) FROM many WHERE digits = d.digits);
RESET enable_seqscan;
RESET enable_bitmapscan;

CREATE TEMP TABLE parted (code acs_code PRIMARY KEY) PARTITION BY HASH (code);
CREATE TEMP TABLE parted_0 PARTITION OF parted FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TEMP TABLE parted_1 PARTITION OF parted FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO parted SELECT DISTINCT code FROM many;
SELECT (SELECT count(*) FROM parted) = (SELECT count(DISTINCT digits) FROM many) AS all_there,
       EXISTS (SELECT FROM parted_0) AND EXISTS (SELECT FROM parted_1) AS spread;

---------------------------------------------------------------------------
-- Casts: text becomes a code by itself; a code becomes text when assigned
---------------------------------------------------------------------------

SELECT castsource::regtype, casttarget::regtype, castcontext
  FROM pg_cast WHERE 'acs_code'::regtype IN (castsource, casttarget) ORDER BY 1, 2;
CREATE TEMP TABLE texts (t text, v varchar(6));
INSERT INTO texts SELECT code, code FROM codes WHERE code = '824759';
SELECT t, v, t = code::text AS same, code = t AS compares_with_text, code = v AS and_varchar
  FROM texts, codes WHERE code = t;
SELECT code || '!' AS not_a_number, length(code::text) FROM codes WHERE code = '824759';
SELECT '{824759,007}'::acs_code[] AS codes, '{824759,007}'::acs_code[] @> ARRAY['007'::acs_code] AS contains;

-- Drivers send text and varchar: every function takes them as they are.
SELECT acs_system_id AS hotel FROM acs_systems_create('Hotel') \gset
SELECT acs_user_id AS jane FROM acs_users_create(:'hotel', 'Jane Doe') \gset
PREPARE issue_text (uuid, text, text, timestamptz, timestamptz) AS
    SELECT access_method, code FROM acs_credentials_create($1, $2, $3, starts_at => $4, ends_at => $5);
PREPARE issue_varchar (uuid, varchar, varchar) AS
    SELECT access_method, code FROM acs_credentials_create(acs_user_id => $1, access_method => $2, code => $3);
PREPARE issue_unknown AS
    SELECT access_method, code FROM acs_credentials_create($1, $2, $3);
EXECUTE issue_text(:'jane', 'code', '555111', '2100-01-01', '2100-02-01');
EXECUTE issue_varchar(:'jane', 'card', '555222');
EXECUTE issue_unknown(:'jane', 'code', '555333');
PREPARE name_text (text, text) AS SELECT acs_display_name($1, $2);
EXECUTE name_text('code', '824759');
PREPARE name_varchar (varchar, varchar) AS SELECT acs_display_name($1, $2);
EXECUTE name_varchar('card', '824759');
PREPARE find_text (uuid, text) AS
    SELECT access_method FROM acs_credentials
     WHERE workspace_id = acs_workspace_id() AND acs_system_id = $1 AND code = $2;
EXECUTE find_text(:'hotel', '555222');
SELECT fails($$EXECUTE issue_varchar('00000000-0000-4000-8000-000000000000', 'fob', '555444')$$) AS no_such_method;
SELECT fails($$EXECUTE issue_varchar('00000000-0000-4000-8000-000000000000', 'code', '5554S4')$$) AS not_a_code;
