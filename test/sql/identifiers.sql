-- What a credential is known by: the digits of a code, the number of a card in
-- whatever spelling, or a card's code as long as it has no number.  It is held from
-- the later of start and creation until the earlier of end and last use; what is
-- over is free.  (That it costs nothing is in plans.)
SET datestyle = 'ISO';
SET timezone = 'UTC';
SET credentials.workspace_id = '1de00000-0000-4000-8000-000000000000';
SELECT acs_system_id AS hotel FROM acs_systems_create('Hotel') \gset
SELECT acs_entrance_id AS lobby FROM acs_entrances_create(:'hotel', 'Lobby') \gset
SELECT acs_user_id AS ada FROM acs_users_create(:'hotel', 'Ada') \gset
SELECT acs_user_id AS ben FROM acs_users_create(:'hotel', 'Ben') \gset

-- Who is meant, and what is said to them.
CREATE FUNCTION pg_temp.whose(entrance uuid, method acs_access_method, code acs_code DEFAULT NULL, number text DEFAULT NULL,
                              at timestamptz DEFAULT NULL) RETURNS text LANGUAGE sql AS $$
    SELECT concat_ws(' ', u.full_name, coalesce(d.reason::text, 'granted'))
      FROM acs_access_check(entrance, method, code, number, at => at) AS d LEFT JOIN acs_users u USING (acs_user_id) $$;

---------------------------------------------------------------------------
-- A card has one identity
---------------------------------------------------------------------------

SELECT acs_credential_id AS card FROM acs_credentials_create(:'ada', 'card', '0012345678', allowed_acs_entrance_ids => ARRAY[:'lobby'::uuid]) \gset
SELECT acs_credential_id AS blank FROM acs_credentials_create(:'ben', 'card', allowed_acs_entrance_ids => ARRAY[:'lobby'::uuid]) \gset
SELECT fails($$SELECT acs_credentials_issue($1, '0012345678')$$, :'blank') AS taken;
SELECT pg_temp.whose(:'lobby', 'card', '0012345678') AS by_code, pg_temp.whose(:'lobby', 'card', NULL, '0012345678') AS by_number,
       pg_temp.whose(:'lobby', 'card', NULL, '00:12:34:56:78') AS in_another_spelling, pg_temp.whose(:'lobby', 'card', '12345678') AS another;
-- once it has a number, that alone opens, and the code is free
SELECT display_name, code FROM acs_credentials_issue(:'card', 'ed:0b:a9:96');
SELECT display_name FROM acs_credentials_issue(:'blank', '0012345678');
SELECT pg_temp.whose(:'lobby', 'card', '0012345678') AS by_code, pg_temp.whose(:'lobby', 'card', NULL, '0012345678') AS by_number,
       pg_temp.whose(:'lobby', 'card', NULL, 'ED0BA996') AS by_new_number;
-- a code credential's number is nobody's, a mobile key is known by its id
SELECT acs_credential_id AS pin FROM acs_credentials_create(:'ada', 'code', '4711') \gset
UPDATE acs_credentials SET card_number = 'F00BA7' WHERE acs_credential_id = :'pin' RETURNING identifier, display_name;
INSERT INTO acs_credentials (acs_system_id, access_method, code, card_number) VALUES (:'hotel', 'mobile_key', '4711', 'F00BA7') RETURNING identifier, display_name;
SELECT pg_temp.whose(:'lobby', 'card', NULL, 'F00BA7') AS number_of_a_code;

---------------------------------------------------------------------------
-- Spelling
---------------------------------------------------------------------------

-- one card, however a reader, an encoder or a person spells it; but with one separator throughout
SELECT number, fails(format('INSERT INTO acs_credentials (acs_system_id, access_method, card_number) VALUES ($1, ''card'', %L)', number),
                     :'hotel') LIKE '23P01 card_number_overlap |%' AS same_card
  FROM unnest(ARRAY['ed0ba996', 'ED0BA996', 'ED:0B:A9:96', 'ed-0b-a9-96', 'Ed 0b.A9-96', 'ed:0ba9:96', 'ed0:ba9:96', 'ed0ba99', '96a90bed']) AS number;
-- where separators part other groups than of two, they belong to the number
INSERT INTO acs_credentials (acs_system_id, access_method, card_number)
    VALUES (:'hotel', 'card', '1:11572'), (:'hotel', 'card', '11:1572'), (:'hotel', 'card', '111572'), (:'hotel', 'card', 'Gate 7'), (:'hotel', 'card', 'gate7')
    RETURNING card_number, identifier;
-- a stolen card stays out, whatever is read from it
SELECT display_name FROM acs_credentials_disable(:'card', 'stolen');
SELECT number, pg_temp.whose(:'lobby', 'card', NULL, number) FROM unnest(ARRAY['ed:0b:a9:96', 'ED0BA996', 'ed-0b-a9-96', 'ed0ba99', E'ed0ba996\n', ' ']) AS number;

---------------------------------------------------------------------------
-- Spelling, where the system's type has a format
---------------------------------------------------------------------------

INSERT INTO acs_system_types (system_type, display_name, card_number_format)
    VALUES ('spelt_in_any_way', 'Any', NULL), ('spelt_hex', 'Hex', 'hex'), ('spelt_decimal', 'Decimal', 'decimal'), ('spelt_wiegand26', 'Wiegand 26', 'wiegand26');
CREATE TEMP TABLE sites AS
    SELECT coalesce(t.card_number_format, 'any') AS format, s.acs_system_id AS system, d.acs_entrance_id AS door, u.acs_user_id AS jane
      FROM acs_system_types t, acs_systems_create(t.display_name, t.system_type) s, acs_entrances_create(s.acs_system_id, 'Door') d, acs_users_create(s.acs_system_id, 'Jane') u
     WHERE t.system_type LIKE 'spelt%';

-- A card is issued with a number, or stored with it by SQL, and presented with it: what it is
-- known by, or the rule by which it is refused, and at the door is unknown.
CREATE FUNCTION pg_temp.known_by(command text, system uuid) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    outcome text := split_part(fails(command), '|', 1);
BEGIN
    RETURN CASE outcome WHEN 'no error' THEN (SELECT identifier FROM acs_credentials WHERE acs_system_id = system AND identifier IS NOT NULL) ELSE outcome END;
END
$$;
CREATE FUNCTION pg_temp.spelt(number text, system uuid, door uuid, jane uuid, OUT issued text, OUT at_the_door text, OUT by_sql text) LANGUAGE plpgsql AS $$
DECLARE
    card uuid := (acs_credentials_create(jane, 'card', allowed_acs_entrance_ids => ARRAY[door])).acs_credential_id;
BEGIN
    issued := pg_temp.known_by(format('SELECT acs_credentials_issue(%L, %L)', card, number), system);
    at_the_door := pg_temp.whose(door, 'card', NULL, number);
    DELETE FROM acs_credentials WHERE acs_system_id = system;
    by_sql := pg_temp.known_by(format('INSERT INTO acs_credentials (acs_system_id, access_method, card_number) VALUES (%L, ''card'', %L)', system, number), system);
    DELETE FROM acs_credentials WHERE acs_system_id = system;
END
$$;
SELECT number, format, spelt.* FROM sites, unnest(ARRAY['ed:0b-a996', '00:12:34', '001234', '1:11572', '77108', '256:1', '16777216', 'Gate 7']) WITH ORDINALITY AS numbers (number, n),
       pg_temp.spelt(number, system, door, jane) AS spelt
 ORDER BY n, format;

-- the number of a card in two spellings, and that of another one
CREATE TEMP TABLE spellings (format text, number text, same text, other text);
INSERT INTO spellings VALUES ('hex', 'ed:0b-a996', 'ED0BA996', '96A90BED'), ('decimal', '001234', '1234', '12340'), ('wiegand26', '1:11572', '77108', '11:1572');
CREATE FUNCTION pg_temp.issued(jane uuid, door uuid, number text) RETURNS uuid LANGUAGE sql AS $$
    SELECT (acs_credentials_issue(acs_credential_id, number)).acs_credential_id FROM acs_credentials_create(jane, 'card', allowed_acs_entrance_ids => ARRAY[door]) $$;
CREATE TEMP TABLE cards AS SELECT *, pg_temp.issued(jane, door, number) AS card FROM spellings JOIN sites USING (format);
SELECT format, pg_temp.whose(door, 'card', NULL, same) AS same, pg_temp.whose(door, 'card', NULL, other) AS other,
       split_part(fails(format('SELECT pg_temp.issued(%L, %L, %L)', jane, door, same)), '|', 1) AS taken,
       split_part(fails(format('SELECT acs_credentials_issue(%L, %L)', card, same)), '|', 1) AS again,
       split_part(fails(format('SELECT acs_credentials_issue(%L, %L)', card, other)), '|', 1) AS on_another_card
  FROM cards ORDER BY format;

-- a card that is created with a code is known by it in the same way; a code that the format does not allow would never open
SELECT acs_credential_id AS printed FROM sites, acs_credentials_create(jane, 'card', '0099887766', allowed_acs_entrance_ids => ARRAY[door]) WHERE format = 'decimal' \gset
SELECT pg_temp.whose(door, 'card', '99887766') AS as_code, pg_temp.whose(door, 'card', NULL, '099887766') AS as_number FROM sites WHERE format = 'decimal';
SELECT format, split_part(fails($$SELECT acs_credentials_create($1, 'card', '16777217')$$, jane), '|', 1) AS even,
       split_part(fails($$SELECT acs_credentials_create($1, 'card', '7654321')$$, jane), '|', 1) AS odd,
       split_part(fails($$SELECT acs_credentials_create($1, 'code', '7654321')$$, jane), '|', 1) AS typed FROM sites ORDER BY format;
-- once it has a number, that alone counts
SELECT display_name FROM acs_credentials_issue(:'printed', '007');
SELECT identifier FROM acs_credentials WHERE acs_credential_id = :'printed';
-- what the rule says
SELECT format, fails(format('INSERT INTO acs_credentials (acs_system_id, access_method, card_number) VALUES (%L, ''card'', ''1:2:3'')', system)) AS error FROM sites ORDER BY format;
-- who writes need not have the right to read systems and their types
SELECT system AS by_wiegand FROM sites WHERE format = 'wiegand26' \gset
CREATE ROLE regress_identifiers_enroller;
GRANT USAGE ON SCHEMA acs TO regress_identifiers_enroller;
GRANT SELECT, INSERT, UPDATE (card_number) ON acs_credentials TO regress_identifiers_enroller;
GRANT EXECUTE ON FUNCTION acs_workspace_id(), acs_uuid() TO regress_identifiers_enroller;
SET ROLE regress_identifiers_enroller;
INSERT INTO acs_credentials (acs_system_id, access_method, card_number) VALUES (:'by_wiegand', 'card', '65537') RETURNING identifier;
UPDATE acs_credentials SET card_number = '65538' WHERE acs_system_id = :'by_wiegand' AND identifier = '1:1' RETURNING identifier;
SELECT current_user;
-- nor are they told what format another workspace has
RESET ROLE;
SELECT acs_workspace_id() AS here, '1de00000-0000-4000-8000-000000000001' AS there \gset
SET credentials.workspace_id = :'there';
SELECT acs_system_id AS hidden FROM acs_systems_create('Hidden', 'spelt_wiegand26') \gset
SET credentials.workspace_id = :'here';
SET ROLE regress_identifiers_enroller;
INSERT INTO acs_credentials (workspace_id, acs_system_id, access_method, card_number) VALUES (:'there', :'hidden', 'card', '1:1');
INSERT INTO acs_credentials (workspace_id, acs_system_id, access_method, card_number) VALUES (:'there', :'hidden', 'card', 'Gate 7');
INSERT INTO acs_credentials (workspace_id, acs_system_id, access_method, card_number) VALUES (:'there', acs_uuid(), 'card', 'Gate 7');
RESET ROLE;
-- whom no policy filters, is
INSERT INTO acs_credentials (workspace_id, acs_system_id, access_method, card_number) VALUES (:'there', :'hidden', 'card', 'Gate 7');
DROP OWNED BY regress_identifiers_enroller;
DROP ROLE regress_identifiers_enroller;
-- what becomes a card, or a card of another system, becomes known in that one's way
INSERT INTO acs_credentials (acs_system_id, access_method, code) SELECT system, 'code', '0012' FROM sites WHERE format = 'decimal';
UPDATE acs_credentials SET access_method = 'card' WHERE workspace_id = acs_workspace_id() AND code = '0012' RETURNING identifier;
UPDATE acs_credentials SET acs_system_id = :'by_wiegand' WHERE workspace_id = acs_workspace_id() AND code = '0012' RETURNING identifier;
UPDATE acs_credentials SET acs_system_id = system FROM sites WHERE workspace_id = acs_workspace_id() AND code = '0012' AND format = 'hex' RETURNING identifier;

---------------------------------------------------------------------------
-- What is over is free
---------------------------------------------------------------------------

-- a code that expired, though both windows have no start
SELECT acs_credential_id AS over FROM acs_credentials_create(:'ada', 'code', '4821', ends_at => clock_timestamp() + interval '0.2 s', allowed_acs_entrance_ids => ARRAY[:'lobby'::uuid]) \gset
SELECT fails($$SELECT acs_credentials_create($1, 'code', '4821', ends_at => '2099-01-01')$$, :'ben') LIKE '23P01 code_overlap |%' AS refused;
SELECT pg_sleep(0.25);
SELECT pg_temp.whose(:'lobby', 'code', '4821');
SELECT acs_credential_id AS next FROM acs_credentials_create(:'ben', 'code', '4821', ends_at => '2099-01-01', allowed_acs_entrance_ids => ARRAY[:'lobby'::uuid]) \gset
SELECT pg_temp.whose(:'lobby', 'code', '4821');
-- it does not come back: that would reach over the next one, even when that is over as well
SELECT fails($$SELECT acs_credentials_update($1, ends_at => '2100-01-01')$$, :'over');
UPDATE acs_credentials SET ends_at = clock_timestamp() WHERE acs_credential_id = :'next';
SELECT regexp_replace(fails($$SELECT acs_credentials_update($1, ends_at => '2100-01-01')$$, :'over'), 'to 20[^|]*\.', 'to (now).') AS over_a_past_one;
SELECT display_name FROM acs_credentials_create(:'ada', 'code', '4821');

-- a one-time code that is spent
SELECT acs_credential_id AS once FROM acs_credentials_create(:'ada', 'code', '4822', allowed_acs_entrance_ids => ARRAY[:'lobby'::uuid]) \gset
UPDATE acs_credentials SET max_uses = 1 WHERE acs_credential_id = :'once';
SELECT fails($$SELECT acs_credentials_create($1, 'code', '4822')$$, :'ben') LIKE '23P01 code_overlap |%' AS refused;
SELECT granted FROM acs_access_request(:'lobby', 'code', '4822');
SELECT pg_temp.whose(:'lobby', 'code', '4822');
SELECT display_name FROM acs_credentials_create(:'ben', 'code', '4822', allowed_acs_entrance_ids => ARRAY[:'lobby'::uuid]);
SELECT pg_temp.whose(:'lobby', 'code', '4822');
-- what makes it good again is an extension
SELECT fails($$UPDATE acs_credentials SET uses = 0 WHERE acs_credential_id = $1$$, :'once') LIKE '23P01 code_overlap |%' AS unspent,
       fails($$UPDATE acs_credentials SET max_uses = NULL WHERE acs_credential_id = $1$$, :'once') LIKE '23P01 code_overlap |%' AS for_more_uses;

-- a card whose window was shortened
UPDATE acs_credentials SET ends_at = clock_timestamp() WHERE acs_credential_id = :'card';
SELECT acs_credential_id AS replacement FROM acs_credentials_create(:'ben', 'card', allowed_acs_entrance_ids => ARRAY[:'lobby'::uuid]) \gset
SELECT display_name FROM acs_credentials_issue(:'replacement', 'ed0ba996');
SELECT pg_temp.whose(:'lobby', 'card', NULL, 'ed:0b:a9:96');

-- every code of three digits was somebody's, and a new one is found
INSERT INTO acs_system_types (system_type, display_name, generated_code_length) VALUES ('identifiers_3', 'Three digits', 3);
SELECT acs_system_id AS locker FROM acs_systems_create('Locker', 'identifiers_3') \gset
SELECT acs_user_id AS eve FROM acs_users_create(:'locker', 'Eve') \gset
INSERT INTO acs_credentials (acs_system_id, acs_user_id, access_method, code, ends_at, created_at)
    SELECT :'locker', :'eve', 'code', to_char(n, 'FM000'), '2024-01-02', '2024-01-01' FROM generate_series(0, 999) AS n;
SELECT length(code::text) AS digits FROM acs_credentials_create(:'eve', 'code');

---------------------------------------------------------------------------
-- Empty windows hold nothing
---------------------------------------------------------------------------

-- history that was imported and not created when it began; twice the same, and beside one that is valid
INSERT INTO acs_credentials (acs_system_id, acs_user_id, access_method, code, starts_at, ends_at)
    VALUES (:'hotel', :'ada', 'code', '4823', '2020-01-01', '2020-02-01'), (:'hotel', :'ada', 'code', '4823', '2020-01-01', '2020-03-01'),
           (:'hotel', :'ada', 'code', '4823', NULL, '2020-03-01');
SELECT pg_temp.whose(:'lobby', 'code', '4823') AS if_nobody_has_it, pg_temp.whose(:'lobby', 'code', '4823', at => '2020-01-15') AS then;
SELECT display_name FROM acs_credentials_create(:'ben', 'code', '4823', '2090-01-01', '2090-02-01', allowed_acs_entrance_ids => ARRAY[:'lobby'::uuid]);
SELECT pg_temp.whose(:'lobby', 'code', '4823') AS before, pg_temp.whose(:'lobby', 'code', '4823', at => '2090-01-15') AS within,
       pg_temp.whose(:'lobby', 'code', '4823', at => '2090-02-15') AS after;
-- more of it
INSERT INTO acs_credentials (acs_system_id, acs_user_id, access_method, code, ends_at) SELECT :'hotel', :'ada', 'code', '4823', '2020-03-01' FROM generate_series(1, 10);
SELECT fails($$SELECT acs_credentials_create($1, 'code', '4823', '2090-01-31')$$, :'ada') LIKE '23P01 code_overlap |%' AS refused;
-- one that is extended is empty no more
SELECT fails($$UPDATE acs_credentials SET ends_at = '2095-01-01' WHERE workspace_id = acs_workspace_id() AND acs_user_id = $1 AND code = '4823' AND ends_at = '2020-02-01'$$, :'ada') LIKE '23P01 code_overlap |%' AS refused;
-- what was stored with its creation is no empty window
INSERT INTO acs_credentials (acs_system_id, access_method, code, ends_at, created_at) VALUES (:'hotel', 'code', '4824', '2020-03-01', '2020-02-01');
SELECT ends_at, fails(format('INSERT INTO acs_credentials (acs_system_id, access_method, code, ends_at, created_at) VALUES ($1, ''code'', ''4824'', %L, ''2020-01-01'')', ends_at), :'hotel') AS error
  FROM unnest(ARRAY['2020-02-01 00:00:00.000001', '2020-02-01']) AS ends_at;

---------------------------------------------------------------------------
-- Columns that follow from others
---------------------------------------------------------------------------

-- whatever is written into them
INSERT INTO acs_credentials (acs_system_id, access_method, code, identifier, display_name, valid_from, starts_at, created_at)
    VALUES (:'hotel', 'code', '4830', '4825', 'Code 4830', '-infinity', '2090-01-01', '2020-01-01')
    RETURNING identifier, display_name, valid_from;
UPDATE acs_credentials SET identifier = NULL, display_name = '4830', valid_from = '2020-01-01', starts_at = NULL
 WHERE workspace_id = acs_workspace_id() AND code = '4830' RETURNING identifier, display_name, valid_from;
UPDATE acs_credentials SET code = '4831' WHERE workspace_id = acs_workspace_id() AND code = '4830' RETURNING identifier, display_name, valid_from;

-- A trigger of somebody's own that fires before is seen to; one that fires after it is not.
CREATE FUNCTION pg_temp.tamper() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW := jsonb_populate_record(NEW, TG_ARGV[0]::jsonb);
    RETURN NEW;
END
$$;
CREATE FUNCTION pg_temp.with_trigger(name text, change text, hotel uuid, pin uuid, OUT insert text, OUT update text, OUT api text) LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE TRIGGER %I BEFORE INSERT OR UPDATE ON acs_credentials FOR EACH ROW EXECUTE FUNCTION pg_temp.tamper(%L)', name, change);
    insert := fails($q$INSERT INTO acs_credentials (acs_system_id, access_method, code) VALUES ($1, 'code', '4832')$q$, hotel);
    update := fails($q$UPDATE acs_credentials SET metadata = NULL WHERE acs_credential_id = $1$q$, pin);
    api := fails($q$SELECT acs_credentials_update($1, ends_at => '2050-01-01')$q$, pin);
    EXECUTE format('DROP TRIGGER %I ON acs_credentials', name);
    DELETE FROM acs_credentials WHERE workspace_id = acs_workspace_id() AND code = '4832';
END
$$;
SELECT api FROM pg_temp.with_trigger('zz_tamper', '{"code": "4833"}', :'hotel', :'pin');
SELECT change, left(insert, 8) AS insert, left(update, 8) AS update, left(api, 8) AS api
  FROM unnest(ARRAY['{"code": "4833"}', '{"identifier": "4833"}', '{"display_name": "Code 4832"}', '{"valid_from": "2020-01-01"}', '{"metadata": {}}']) AS change,
       pg_temp.with_trigger('zz_tamper', change, :'hotel', :'pin') AS t;
SELECT change, t.* FROM unnest(ARRAY['{"identifier": "4833"}', '{"display_name": "Code 4832"}', '{"valid_from": "2020-01-01"}']) AS change,
       pg_temp.with_trigger('aa_tamper', change, :'hotel', :'pin') AS t;

-- No error shows the row, and its code with it.
SELECT what, fails(format('INSERT INTO acs_credentials (acs_system_id, access_method, code, %s) VALUES ($1, ''code'', ''4834'', %s)', what, value), :'hotel') AS error
  FROM (VALUES ('acs_credential_id', 'NULL'), ('disable_reasons', 'NULL'), ('uses', 'NULL'), ('is_multi_phone_sync_credential', 'NULL'),
               ('created_at', 'NULL'), ('workspace_id', 'NULL'), ('card_number', ''''''), ('card_number', '''two  blanks'''), ('card_number', '''4834ä'''),
               ('starts_at', '''infinity'''), ('ends_at', '''-infinity''')) AS bad (what, value);
SELECT what, fails(format('UPDATE acs_credentials SET %s WHERE acs_credential_id = $1', what), :'pin') AS error
  FROM unnest(ARRAY['acs_credential_id = NULL', 'access_method = NULL', 'created_at = NULL', 'card_number = ''a  b''', 'starts_at = ''2020-01-02'', ends_at = ''2020-01-01''', 'valid_from = NULL, display_name = NULL',
                    'acs_system_id = NULL', 'code = ''12A4''']) AS what;
