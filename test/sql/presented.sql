-- Whatever a keypad or a reader sends is a decision: a refusal, one event and,
-- of what was typed as a code, one count; never an error.
SET datestyle = 'ISO';
SET timezone = 'UTC';
SET credentials.workspace_id = '94e5e000-0000-4000-8000-000000000000';
SELECT acs_system_id AS hotel FROM acs_systems_create('Hotel') \gset
SELECT acs_entrance_id AS lobby FROM acs_entrances_create(:'hotel', 'Lobby') \gset
SELECT acs_user_id AS jane FROM acs_users_create(:'hotel', 'Jane Doe') \gset
CREATE TEMP TABLE things AS
    SELECT thing, c.acs_credential_id AS id
      FROM (VALUES ('pin', 'code'::acs_access_method, '880001'::acs_code), ('other pin', 'code', '880002'),
                   ('card', 'card', '880003'), ('key', 'mobile_key', NULL)) AS t (thing, method, code),
           acs_credentials_create(:'jane', method, code, allowed_acs_entrance_ids => ARRAY[:'lobby'::uuid]) AS c;
SET credentials.lockout_attempts = 1000;
\pset null '-'

-- What a request changes: how many events it writes, and how many codes it counts.
CREATE FUNCTION pg_temp.written(OUT events bigint, OUT counted bigint) LANGUAGE sql AS $$
    SELECT (SELECT count(*) FROM acs_events WHERE workspace_id = acs_workspace_id()),
           (SELECT sum(failed_attempts) FROM acs_entrance_lockouts WHERE workspace_id = acs_workspace_id()) $$;
CREATE FUNCTION pg_temp.present(method acs_access_method, code text, number text, id uuid,
                                OUT checked text, OUT requested text, OUT events bigint, OUT counted bigint, OUT presented text)
LANGUAGE plpgsql AS $$
DECLARE
    entrance uuid := (SELECT acs_entrance_id FROM acs_entrances WHERE workspace_id = acs_workspace_id());
    before record := pg_temp.written();
    after record;
BEGIN
    checked := array_to_string((acs_access_check(entrance, method, code, number, id)).reasons, ', ');
    requested := array_to_string((acs_access_request(entrance, method, code, number, id)).reasons, ', ');
    after := pg_temp.written();
    events := after.events - before.events;
    counted := after.counted - before.counted;
    SELECT details ->> 'presented' FROM acs_events WHERE workspace_id = acs_workspace_id() ORDER BY event_id DESC LIMIT 1 INTO presented;
END
$$;

---------------------------------------------------------------------------
-- Text of every kind
---------------------------------------------------------------------------

CREATE TEMP TABLE texts (n, what, value) AS
    VALUES (1, 'nothing', NULL), (2, 'empty', ''), (3, 'a blank', ' '), (4, 'blanks', '          '), (5, 'letters', 'open sesame'), (6, 'a letter', '12A4'),
           (7, 'a blank behind', '880001 '), (8, 'a blank before', ' 880001'), (9, 'a sign', '-880001'), (10, 'a star', '880001*'), (11, 'a point', '880001.0'),
           (12, '32 digits', repeat('9', 32)), (13, '33 digits', repeat('9', 33)), (14, '64 digits', repeat('9', 64)), (15, '65 digits', repeat('9', 65)),
           (16, '100 kB of digits', repeat('9', 100000)), (17, '100 kB of letters', repeat('é', 50000)), (18, 'other digits', '٨٨٠٠٠١'),
           (19, 'wide digits', '８８０００１'), (20, 'a line end', E'880001\n'), (21, 'a control', E'88\x010001'), (22, 'a quote', '880001'' OR true --'), (23, 'a backslash', '\880001'),
           (24, 'a format', '%s%n'), (25, 'a number unknown', '888888'), (26, 'a card unknown', 'ED:0B:A9:96');
SELECT what, p.* FROM texts, pg_temp.present('code', value, NULL, NULL) AS p ORDER BY n;
-- a card's number, and a card without one
SELECT what, p.* FROM texts, pg_temp.present('card', NULL, value, NULL) AS p ORDER BY n;
SELECT count(*) AS texts, count(*) FILTER (WHERE by_code IS NOT DISTINCT FROM by_number) AS the_same
  FROM texts, pg_temp.present('card', NULL, value, NULL) AS by_number, pg_temp.present('card', value, NULL, NULL) AS by_code;
-- beside a mobile key, they do not matter
SELECT thing, p.*, count(*) AS texts
  FROM texts, (VALUES ('key'), ('pin'), (NULL)) AS t (thing) LEFT JOIN things USING (thing), pg_temp.present('mobile_key', value, value, id) AS p
 GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1;

---------------------------------------------------------------------------
-- As whatever type it comes
---------------------------------------------------------------------------

SELECT (acs_access_check(:'lobby', 'code', '880001')).granted AS literal,
       (acs_access_check(:'lobby', 'code', '880001'::text)).granted AS text,
       (acs_access_check(:'lobby', 'code', '880001'::varchar)).granted AS varchar,
       (acs_access_check(:'lobby', 'code', '880001'::name)).granted AS name,
       (acs_access_check(:'lobby', 'code', '880001'::char(8))).granted AS padded,
       (acs_access_check(:'lobby', 'code', '880001'::acs_code)).granted AS acs_code,
       (acs_access_check(:'lobby', 'code', code => '880001')).granted AS named,
       (acs_access_check(:'lobby', access_method => 'code', code => '880001'::acs_code, at => now())).granted AS named_acs_code;
SELECT (acs_access_request(:'lobby', 'code', '880001')).granted AS literal,
       (acs_access_request(:'lobby', 'code', '880001'::text)).granted AS text,
       (acs_access_request(:'lobby', 'code', '880001'::varchar)).granted AS varchar,
       (acs_access_request(:'lobby', 'code', '880001'::name)).granted AS name,
       (acs_access_request(:'lobby', 'code', '880001'::char(8))).granted AS padded,
       (acs_access_request(:'lobby', 'code', '880001'::acs_code)).granted AS acs_code,
       (acs_access_request(:'lobby', 'code', code => '880001')).granted AS named,
       (acs_access_request(access_method => 'code', acs_entrance_id => :'lobby', code => '880001'::acs_code)).granted AS named_acs_code;
-- as a parameter of unknown type, and of one that is told
PREPARE unknown AS SELECT granted FROM acs_access_request($1, $2, $3);
EXECUTE unknown(:'lobby', 'code', '12A4');
EXECUTE unknown(:'lobby', 'code', '880001');
PREPARE typed(uuid, acs_access_method, acs_code) AS SELECT granted FROM acs_access_request($1, $2, $3);
EXECUTE typed(:'lobby', 'code', '880001');
DEALLOCATE ALL;
-- what is stored, of its own type or null
SELECT thing, (acs_access_check(:'lobby', access_method, code, card_number, acs_credential_id)).granted
  FROM acs_credentials JOIN things ON id = acs_credential_id WHERE workspace_id = acs_workspace_id() ORDER BY thing;
-- a null of either type is nothing
SELECT (acs_access_request(:'lobby', 'code', NULL)).reason AS null, (acs_access_request(:'lobby', 'code', NULL::text)).reason AS text,
       (acs_access_request(:'lobby', 'code', NULL::acs_code)).reason AS acs_code, (acs_access_request(:'lobby', 'code')).reason AS without;
-- over HTTP
SELECT code, status, response #>> '{acs_access_decision,granted}' AS granted, response #>> '{acs_access_decision,reason}' AS reason, response #>> '{error,type}' AS error
  FROM unnest(ARRAY['"12A4"', '""', 'null', '880001', '"880001"']::jsonb[]) WITH ORDINALITY AS c (code, n),
       acs_request('/acs/access/request', jsonb_build_object('acs_entrance_id', :'lobby', 'access_method', 'code', 'code', code)) ORDER BY n;

---------------------------------------------------------------------------
-- An id beside a code or card must fit
---------------------------------------------------------------------------

SELECT what, coalesce(nullif(p.requested, ''), 'granted') AS requested, p.checked = p.requested AS check_agrees, p.events, p.counted, p.presented
  FROM (SELECT * FROM (VALUES (1, 'code and its id', 'code'::acs_access_method, '880001', NULL, 'pin'),
                              (2, 'code and the id of another code', 'code', '880001', NULL, 'other pin'),
                              (3, 'code and the id of a card', 'code', '880001', NULL, 'card'),
                              (4, 'unknown code and an id', 'code', '880009', NULL, 'pin'),
                              (5, 'an id alone', 'code', NULL, NULL, 'pin'),
                              (6, 'card and its id', 'card', NULL, '880003', 'card'),
                              (7, 'card as code and its id', 'card', '880003', NULL, 'card'),
                              (8, 'card and the id of a code', 'card', NULL, '880003', 'pin'),
                              (9, 'card and the id of a key', 'card', NULL, '880003', 'key'),
                              (10, 'unknown card and an id', 'card', NULL, '880009', 'card')) AS v (n, what, method, code, number, thing)
          JOIN things USING (thing) ORDER BY n OFFSET 0) AS v, pg_temp.present(method, code, number, id) AS p ORDER BY n;

---------------------------------------------------------------------------
-- The event of an unknown card has its number masked, as a display name has it
---------------------------------------------------------------------------

SELECT number, p.presented, p.presented = c.display_name AS as_when_enrolled
  FROM (VALUES (1, '7'), (2, '77108'), (3, '0012345678'), (4, 'ED0BA996'), (5, '5F3759DF5F3759DF')) AS v (n, number),
       pg_temp.present('card', NULL, number, NULL) AS p, acs_credentials_create(CASE WHEN n > 0 THEN :'jane'::uuid END, 'card') AS k,
       acs_credentials_issue(k.acs_credential_id, number) AS c ORDER BY n;
-- once it is enrolled, the event has the credential, and no number beside
SELECT p.requested, p.presented FROM pg_temp.present('card', NULL, '77108', NULL) AS p;

-- In all of this, no code was written down.
SELECT count(*) > 0 AS events, count(*) FILTER (WHERE e::text ~ '88000|9{6}|88888|sesame|12A4') AS leaks
  FROM (SELECT event_type, actor, details FROM acs_events WHERE workspace_id = acs_workspace_id()) AS e;
