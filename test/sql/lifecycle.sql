-- What becomes of a credential: it is changed, given to others, written on a card,
-- put on phones, spent; each step with its events.
SET datestyle = 'ISO';
SET timezone = 'UTC';
SET credentials.workspace_id = '71fe0000-0000-4000-8000-000000000000';
\set nobody '00000000-0000-4000-8000-000000000000'

INSERT INTO acs_system_types (system_type, display_name, encodes_cards, max_cards_per_user, max_mobile_keys_per_user)
    VALUES ('lifecycle_hotel', 'Encodes its cards', true, 2, 1);
INSERT INTO acs_system_types (system_type, display_name, access_methods, custom_code, code_min_length, code_max_length, requires_window, requires_entrances)
    VALUES ('lifecycle_strict', 'Short codes with windows', '{code, card}', 'allowed', 4, 5, true, true),
           ('lifecycle_own_codes', 'Makes its own codes', '{code}', 'generated', NULL, NULL, false, false);
SELECT acs_system_id AS hotel FROM acs_systems_create('Hotel', 'lifecycle_hotel') \gset
SELECT acs_system_id AS strict FROM acs_systems_create('Strict', 'lifecycle_strict') \gset
SELECT acs_system_id AS own FROM acs_systems_create('Own codes', 'lifecycle_own_codes') \gset
SELECT acs_entrance_id AS lobby FROM acs_entrances_create(:'hotel', 'Lobby') \gset
SELECT acs_entrance_id AS room FROM acs_entrances_create(:'hotel', 'Room 101') \gset
SELECT acs_entrance_id AS pool FROM acs_entrances_create(:'hotel', 'Pool') \gset
SELECT acs_entrance_id AS gate FROM acs_entrances_create(:'strict', 'Gate') \gset
SELECT acs_access_group_id AS swimmers FROM acs_access_groups_create(:'hotel', 'Swimmers', ARRAY[:'pool']::uuid[]) \gset
SELECT acs_user_id AS jane FROM acs_users_create(:'hotel', 'Jane Doe', user_identity_id => '22222222-2222-4222-8222-222222222222') \gset
SELECT acs_user_id AS joe FROM acs_users_create(:'hotel', 'Joe Bloggs') \gset
SELECT acs_user_id AS stranger FROM acs_users_create(:'strict', 'Jane Doe', user_identity_id => '22222222-2222-4222-8222-222222222222') \gset
SELECT acs_user_id AS owner FROM acs_users_create(:'own', 'Ann Other') \gset

-- What was told since the last look; ids by name, instants of now as (now).
CREATE TEMP TABLE names (id, name) AS VALUES (:'jane', 'jane'), (:'joe', 'joe'), (:'lobby', 'lobby'), (:'room', 'room');
CREATE TEMP TABLE seen AS SELECT event_id FROM acs_events;
CREATE FUNCTION pg_temp.news() RETURNS TABLE (event text, acs_user text, details text) LANGUAGE plpgsql AS $$
DECLARE
    known record;
BEGIN
    FOR event, acs_user, details IN
        -- one statement may change a credential and its copies, in any order
        SELECT g.event_type, g.acs_user_id, g.details
          FROM (SELECT f.*, count(*) FILTER (WHERE f.is_next) OVER (ORDER BY f.event_id) AS step
                  FROM (SELECT e.*, e.event_type IS DISTINCT FROM lag(e.event_type) OVER (ORDER BY e.event_id) AS is_next
                          FROM acs_events e
                         WHERE workspace_id = acs_workspace_id() AND e.event_id NOT IN (SELECT s.event_id FROM seen s)) f) g
         ORDER BY g.step, g.details ->> 'display_name', g.event_id LOOP
        FOR known IN SELECT * FROM names LOOP
            acs_user := replace(acs_user, known.id, known.name);
            details := replace(details, known.id, known.name);
        END LOOP;
        details := regexp_replace(details, '"20[2-9][0-9]-[0-9-]{5}T[^"]*"', '(now)', 'g');
        RETURN NEXT;
    END LOOP;
    INSERT INTO seen SELECT e.event_id FROM acs_events e WHERE e.event_id NOT IN (SELECT s.event_id FROM seen s);
END
$$;

---------------------------------------------------------------------------
-- Update: a new code, a new end, and nothing else
---------------------------------------------------------------------------

SELECT acs_credential_id AS pin FROM acs_credentials_create(:'jane', 'code', '824759', '2100-01-01', '2100-02-01') \gset
SELECT count(*) > 0 AS told FROM pg_temp.news();
SELECT display_name, code, starts_at, ends_at FROM acs_credentials_update(:'pin', code => '5550');
SELECT display_name, code, starts_at, ends_at FROM acs_credentials_update(:'pin', ends_at => '2100-03-01');
SELECT display_name, code, starts_at, ends_at FROM acs_credentials_update(:'pin', '824759', '2100-04-01');
-- infinity removes the end; null changes nothing, and tells nothing
SELECT display_name, code, starts_at, ends_at FROM acs_credentials_update(:'pin', ends_at => 'infinity');
SELECT display_name, code, starts_at, ends_at FROM acs_credentials_update(:'pin');
SELECT display_name, code, starts_at, ends_at FROM acs_credentials_update(:'pin', NULL, NULL);
-- nor does what it has already
SELECT display_name, code, starts_at, ends_at FROM acs_credentials_update(:'pin', '824759', 'infinity');
SELECT * FROM pg_temp.news();
-- what update returned is what get returns
SELECT updated::text FROM acs_credentials_update(:'pin', ends_at => '2100-02-01') AS updated \gset
SELECT got::text = :'updated' AS same FROM acs_credentials_get(:'pin') AS got;

-- The old code is free for others at once, and the new one is taken.
SELECT acs_credential_id AS other FROM acs_credentials_create(:'joe', 'code', '7777', '2100-01-01', '2100-02-01') \gset
SELECT fails($$SELECT acs_credentials_update($1, '7777')$$, :'pin');
SELECT code FROM acs_credentials_update(:'other', '8888');
SELECT code FROM acs_credentials_update(:'pin', '7777');
-- so is time
SELECT acs_credential_id AS later FROM acs_credentials_create(:'joe', 'code', '7777', '2100-02-01', '2100-03-01') \gset
SELECT fails($$SELECT acs_credentials_update($1, ends_at => '2100-02-01 00:00:00.000001')$$, :'pin') LIKE '23P01 code_overlap%' AS refused;
SELECT ends_at FROM acs_credentials_update(:'pin', ends_at => '2100-01-31');
SELECT ends_at FROM acs_credentials_update(:'pin', ends_at => '2100-02-01');

-- What cannot be: each by its rule, and nothing is changed.
SELECT acs_credential_id AS short FROM acs_credentials_create(:'stranger', 'code', '1357', '2100-01-01', '2100-02-01', ARRAY[:'gate']::uuid[]) \gset
SELECT acs_credential_id AS made FROM acs_credentials_create(:'owner', 'code') \gset
SELECT acs_credential_id AS key FROM acs_credentials_create(:'jane', 'mobile_key', is_multi_phone_sync_credential => true) \gset
SELECT count(*) > 0 AS told FROM pg_temp.news();
SELECT fails($$SELECT acs_credentials_update($1, '1')$$, :'nobody') AS not_found;
SELECT fails($$SELECT acs_credentials_update(NULL, '1')$$) AS null_id;
SELECT fails($$SELECT acs_credentials_update($1, ends_at => '2100-01-01')$$, :'pin') AS window_order;
SELECT fails($$SELECT acs_credentials_update($1, ends_at => '-infinity')$$, :'pin') AS window_order;
SELECT fails($$SELECT acs_credentials_update($1, ends_at => '2001-01-01')$$, :'key') AS in_the_past;
SELECT fails($$SELECT acs_credentials_update($1, '824759')$$, :'key') AS code_not_allowed;
SELECT fails($$SELECT acs_credentials_update($1, '123')$$, :'short') AS too_short;
SELECT fails($$SELECT acs_credentials_update($1, '123456')$$, :'short') AS too_long;
SELECT fails($$SELECT acs_credentials_update($1, ends_at => 'infinity')$$, :'short') AS window_required;
SELECT fails($$SELECT acs_credentials_update($1, '824759')$$, :'made') AS custom_code_not_allowed;
SELECT ends_at FROM acs_credentials_update(:'made', ends_at => '2100-01-01');
SELECT event, regexp_replace(details, '[0-9]{2}\*{4}', '12****') AS details FROM pg_temp.news();
SELECT code, ends_at FROM acs_credentials_update(:'short', '24680', '2100-03-01');
SELECT event, details FROM pg_temp.news();

---------------------------------------------------------------------------
-- Assign, unassign
---------------------------------------------------------------------------

SELECT acs_user_id IS NULL AS unassigned, code FROM acs_credentials_unassign(:'pin', :'jane');
SELECT acs_user_id IS NULL AS unassigned FROM acs_credentials_unassign(:'pin');
-- it is kept, its code is still taken, and it opens nothing
SELECT fails($$SELECT acs_credentials_create($1, 'code', '7777', '2100-01-15')$$, :'joe') LIKE '23P01 code_overlap%' AS taken;
SELECT granted, reasons FROM acs_access_check(:'lobby', 'code', '7777', at => '2100-01-15');
SELECT acs_user_id = :'joe' AS of_joe FROM acs_credentials_assign(:'pin', :'joe');
SELECT acs_user_id = :'joe' AS still FROM acs_credentials_assign(:'pin', :'joe');
SELECT acs_user_id IS NULL AS unassigned FROM acs_credentials_unassign(:'pin');
SELECT acs_user_id = :'jane' AS of_jane FROM acs_credentials_assign(:'pin', user_identity_id => '22222222-2222-4222-8222-222222222222');
SELECT acs_user_id = :'jane' AS of_jane FROM acs_credentials_assign(:'pin', :'jane', '22222222-2222-4222-8222-222222222222');
SELECT * FROM pg_temp.news();

SELECT fails($$SELECT acs_credentials_assign($1, $2)$$, :'pin', :'joe') AS already_assigned;
SELECT fails($$SELECT acs_credentials_assign($1, $2)$$, :'nobody', :'joe') AS no_credential;
SELECT fails($$SELECT acs_credentials_assign($1, $1)$$, :'pin') AS no_user;
SELECT fails($$SELECT acs_credentials_assign($1)$$, :'pin') AS nobody;
SELECT fails($$SELECT acs_credentials_assign($1, $2)$$, :'pin', :'stranger') AS of_another_system;
SELECT fails($$SELECT acs_credentials_assign($1, $2, '22222222-2222-4222-8222-222222222222')$$, :'other', :'joe') AS two_users;
SELECT fails($$SELECT acs_credentials_assign($1, user_identity_id => $2)$$, :'pin', :'nobody') AS no_identity;
SELECT fails($$SELECT acs_credentials_unassign($1, $2)$$, :'pin', :'joe') AS of_another_user;
SELECT fails($$SELECT acs_credentials_unassign($1, $2)$$, :'pin', :'stranger') AS of_another_system;
SELECT fails($$SELECT acs_credentials_unassign($1)$$, :'nobody') AS no_credential;
SELECT fails($$SELECT acs_credentials_unassign($1, $2)$$, :'pin', :'nobody') AS no_user;
SELECT acs_user_id = :'jane' AS still FROM acs_credentials_get(:'pin');
-- a user who has no place for another card is given none
SELECT acs_credential_id AS spare FROM acs_credentials_create(:'jane', 'card') \gset
SELECT acs_user_id IS NULL AS unassigned FROM acs_credentials_unassign(:'spare');
SELECT count(acs_credentials_create(:'joe', 'card')) FROM generate_series(1, 2);
SELECT fails($$SELECT acs_credentials_assign($1, $2)$$, :'spare', :'joe') AS credential_limit;
SELECT fails($$SELECT acs_credentials_create($1, 'card')$$, :'joe') AS credential_limit;
SELECT acs_user_id = :'jane' AS of_jane FROM acs_credentials_assign(:'spare', :'jane');
SELECT count(acs_credentials_delete(acs_credential_id)) AS deleted FROM acs_credentials_list(acs_user_id => :'joe') WHERE access_method = 'card';
SELECT acs_credentials_delete(:'spare');

---------------------------------------------------------------------------
-- Cards are written
---------------------------------------------------------------------------

CREATE FUNCTION pg_temp.warning(id uuid) RETURNS text LANGUAGE sql AS $$
    SELECT coalesce(string_agg(w ->> 'warning_code', ' '), 'none') FROM acs_credentials_get(id), jsonb_array_elements(warnings) AS w
$$;
SELECT count(*) > 0 AS told FROM pg_temp.news();
SELECT acs_credential_id AS card FROM acs_credentials_create(:'jane', 'card', '04711', NULL, '2100-01-01', ARRAY[:'lobby', :'room']::uuid[]) \gset
SELECT display_name, is_issued, issued_at, card_number, warnings -> 0 ->> 'warning_code' AS warning,
       warnings -> 0 ->> 'created_at' = to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS since_creation FROM acs_credentials_get(:'card');
-- it opens nothing until it is written
SELECT granted, reason FROM acs_access_check(:'lobby', 'card', '04711');
SELECT display_name, is_issued, issued_at BETWEEN created_at AND clock_timestamp() AS issued_now, card_number, warnings FROM acs_credentials_issue(:'card', '164d29dc4a09b65f');
SELECT granted, reason FROM acs_access_check(:'lobby', 'card', card_number => '164d29dc4a09b65f');
SELECT event, acs_user, details FROM pg_temp.news();
-- written once more on the same card
SELECT issued_at AS first_issued_at FROM acs_credentials_get(:'card') \gset
SELECT is_issued, issued_at > :'first_issued_at' AS again, card_number FROM acs_credentials_issue(:'card', '164d29dc4a09b65f');
SELECT event, details FROM pg_temp.news();

-- What cannot be.
SELECT acs_credential_id AS second_card FROM acs_credentials_create(:'joe', 'card') \gset
SELECT fails($$SELECT acs_credentials_issue($1, 'another')$$, :'card') AS already_issued;
SELECT fails($$SELECT acs_credentials_issue($1, '164d29dc4a09b65f')$$, :'second_card') AS card_number_overlap;
SELECT fails($$SELECT acs_credentials_issue($1, 'x')$$, :'pin') AS of_a_code;
SELECT fails($$SELECT acs_credentials_issue($1, 'x')$$, :'key') AS of_a_mobile_key;
SELECT fails($$SELECT acs_credentials_issue($1, 'x')$$, :'nobody') AS not_found;
SELECT coalesce(left(number, 12), '(null)') AS card_number, fails(format('SELECT acs_credentials_issue(%L, %L)', :'second_card', number)) AS error
  FROM unnest(ARRAY[NULL, '', ' ', 'two  blanks', 'blank at the end ', E'tab\t', 'é', E'\x7f', repeat('x', 65)]) AS number;
SELECT length(card_number) FROM acs_credentials_issue(:'second_card', repeat('~', 64));
SELECT acs_credentials_delete(:'second_card');
-- a card that nothing has to be written on can be noted as written as well
SELECT acs_credential_id AS plain FROM acs_credentials_create(:'stranger', 'card', NULL, '2100-01-01', '2100-02-01', ARRAY[:'gate']::uuid[]) \gset
SELECT is_issued, card_number, pg_temp.warning(:'plain') AS warning FROM acs_credentials_get(:'plain');
SELECT is_issued, card_number, pg_temp.warning(:'plain') AS warning FROM acs_credentials_issue(:'plain', 'A1');
SELECT event, details FROM pg_temp.news();

---------------------------------------------------------------------------
-- What a card holds goes out of date
---------------------------------------------------------------------------

-- Each change of an issued card's rights brings the warning; writing the card ends it.
CREATE FUNCTION pg_temp.after(card uuid, what text, change text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    before text := pg_temp.warning(card);
    warning text;
BEGIN
    EXECUTE change;
    warning := pg_temp.warning(card);
    PERFORM acs_credentials_issue(card, '164d29dc4a09b65f');
    RETURN rpad(what, 40) || before || ' -> ' || warning || ' -> ' || pg_temp.warning(card);
END
$$;
\t on
SELECT pg_temp.after(:'card', 'another end', format('SELECT acs_credentials_update(%L, ends_at => ''2100-02-01'')', :'card'));
SELECT pg_temp.after(:'card', 'a code', format('SELECT acs_credentials_update(%L, code => ''99999'')', :'card'));
SELECT pg_temp.after(:'card', 'an entrance of the user', format('SELECT acs_entrances_grant_access(%L, %L)', :'pool', :'jane'));
SELECT pg_temp.after(:'card', 'a group joined', format('SELECT acs_access_groups_add_user(%L, %L)', :'jane', :'swimmers'));
SELECT pg_temp.after(:'card', 'a group left', format('SELECT acs_users_remove_from_access_group(%L, %L)', :'jane', :'swimmers'));
SELECT pg_temp.after(:'card', 'a group joined, by the user''s function', format('SELECT acs_users_add_to_access_group(%L, %L)', :'jane', :'swimmers'));
SELECT pg_temp.after(:'card', 'a group deleted', format('SELECT acs_access_groups_delete(%L)', :'swimmers'));
SELECT pg_temp.after(:'card', 'all entrances revoked', format('SELECT acs_users_revoke_access_to_all_entrances(%L)', :'jane'));
SELECT pg_temp.after(:'card', 'another holder', format('SELECT acs_credentials_unassign(%L), acs_credentials_assign(%L, %L)', :'card', :'card', :'joe'));
SELECT pg_temp.after(:'card', 'the first holder again', format('SELECT acs_credentials_unassign(%L), acs_credentials_assign(%L, %L)', :'card', :'card', :'jane'));
-- what does not: nothing that is written on it changed
SELECT pg_temp.after(:'card', 'update of nothing', format('SELECT acs_credentials_update(%L)', :'card'));
SELECT pg_temp.after(:'card', 'the same end', format('SELECT acs_credentials_update(%L, ends_at => ''2100-02-01'')', :'card'));
SELECT pg_temp.after(:'card', 'the same code', format('SELECT acs_credentials_update(%L, code => ''99999'')', :'card'));
SELECT pg_temp.after(:'card', 'disabled and enabled', format('SELECT acs_credentials_disable(%L, ''lost''), acs_credentials_enable(%L, ''lost'')', :'card', :'card'));
SELECT pg_temp.after(:'card', 'another name', format('SELECT acs_users_update(%L, full_name => ''Jane Roe'')', :'jane'));
SELECT pg_temp.after(:'card', 'suspended and not', format('SELECT acs_users_suspend(%L), acs_users_unsuspend(%L)', :'jane', :'jane'));
SELECT pg_temp.after(:'card', 'a group left that she was not in', format('SELECT acs_users_remove_from_access_group(%L, acs_access_group_id) FROM acs_access_groups_create(%L, ''Empty'')', :'jane', :'hotel'));
SELECT pg_temp.after(:'card', 'a credential beside it', format('SELECT acs_credentials_create(%L, ''code'', ends_at => ''2100-01-01'')', :'jane'));
\t off
-- Only cards that were issued: neither the code beside it, nor one that waits.
SELECT acs_credential_id AS waiting FROM acs_credentials_create(:'jane', 'card') \gset
SELECT acs_access_group_id AS guests FROM acs_access_groups_create(:'hotel', 'Guests', ARRAY[:'lobby']::uuid[]) \gset
SELECT acs_access_groups_add_user(:'jane', :'guests');
SELECT pg_temp.warning(:'card') AS issued, pg_temp.warning(:'waiting') AS waiting, pg_temp.warning(:'pin') AS code;
-- the warning says since when, and stays until the card is written, whatever else happens
SELECT warnings -> 0 ->> 'created_at' AS since FROM acs_credentials_get(:'card') \gset
SELECT warnings -> 0 ->> 'created_at' = :'since' AS since_the_first FROM acs_credentials_update(:'card', ends_at => '2100-03-01');
SELECT acs_access_groups_remove_user(:'jane', :'guests');
SELECT pg_temp.warning(:'card') AS still;
-- the door, which asks here, lets in by what is stored
SELECT acs_entrances_grant_access(:'room', :'jane');
SELECT granted, reason FROM acs_access_check(:'room', 'card', card_number => '164d29dc4a09b65f');
SELECT warnings FROM acs_credentials_issue(:'card', '164d29dc4a09b65f');
SELECT acs_credentials_delete(:'waiting');

---------------------------------------------------------------------------
-- Mobile keys on phones
---------------------------------------------------------------------------

SELECT acs_credentials_delete(:'key');
SELECT acs_credential_id AS key FROM acs_credentials_create(:'jane', 'mobile_key', NULL, '2100-01-01', '2100-02-01', ARRAY[:'lobby']::uuid[],
    is_multi_phone_sync_credential => true, visionline_metadata => '{"card_format": "rfid48"}') \gset
SELECT count(*) AS disabled FROM acs_credentials_disable(:'key', 'blocked');
SELECT count(*) > 0 AS told FROM pg_temp.news();
SELECT acs_credential_id AS phone_1 FROM acs_credentials_sync_to_phone(:'key', 'phone 1') \gset
SELECT acs_credential_id AS phone_2 FROM acs_credentials_sync_to_phone(:'key', 'phone 2') \gset
-- a copy is like its parent, but for what it is disabled for
SELECT display_name, access_method, acs_user_id = :'jane' AS of_jane, parent_acs_credential_id = :'key' AS copy, is_multi_phone_sync_credential, starts_at, ends_at,
       visionline_metadata ->> 'card_format' AS card_format
  FROM acs_credentials_get(:'phone_1');
SELECT disable_reasons FROM acs_credentials WHERE acs_credential_id = :'phone_1';
-- one for each phone
SELECT acs_credential_id = :'phone_1' AS the_same FROM acs_credentials_sync_to_phone(:'key', 'phone 1');
SELECT count(*) AS copies FROM acs_credentials WHERE parent_acs_credential_id = :'key';
SELECT event, acs_user, details FROM pg_temp.news();
-- it is not one key more for the user
SELECT fails($$SELECT acs_credentials_create($1, 'mobile_key', is_multi_phone_sync_credential => true)$$, :'jane') AS limit_of_one;
SELECT display_name, access_method FROM acs_credentials_list(acs_user_id => :'jane', is_multi_phone_sync_credential => true);

-- It follows: the end,
SELECT ends_at FROM acs_credentials_update(:'key', ends_at => '2100-03-01');
SELECT DISTINCT ends_at FROM acs_credentials WHERE :'key' IN (acs_credential_id, parent_acs_credential_id);
-- the reasons why it is disabled,
SELECT count(*) AS enabled FROM acs_credentials_enable(:'key', 'blocked');
SELECT DISTINCT disable_reasons FROM acs_credentials WHERE :'key' IN (acs_credential_id, parent_acs_credential_id);
SELECT granted, reasons FROM acs_access_check(:'lobby', 'mobile_key', acs_credential_id => :'phone_2', at => '2100-02-15');
SELECT count(*) AS disabled FROM acs_credentials_disable(:'key', 'stolen');
SELECT granted, reasons FROM acs_access_check(:'lobby', 'mobile_key', acs_credential_id => :'phone_2', at => '2100-02-15');
SELECT count(*) AS enabled FROM acs_credentials_enable(:'key', 'stolen');
-- the holder,
SELECT count(*) AS unassigned FROM acs_credentials_unassign(:'key');
SELECT DISTINCT acs_user_id FROM acs_credentials WHERE :'key' IN (acs_credential_id, parent_acs_credential_id);
SELECT count(*) AS assigned FROM acs_credentials_assign(:'key', :'joe');
SELECT DISTINCT acs_user_id = :'joe' AS of_joe FROM acs_credentials WHERE :'key' IN (acs_credential_id, parent_acs_credential_id);
-- the entrances, which are the parent's.
SELECT acs_entrances_grant_access(:'room', :'joe');
SELECT display_name FROM acs_credentials_list_accessible_entrances(:'phone_1');
SELECT granted, reasons FROM acs_access_check(:'room', 'mobile_key', acs_credential_id => :'phone_2', at => '2100-02-15');
SELECT event, acs_user, details FROM pg_temp.news();

-- A lost phone is one copy, and the others stay.
SELECT count(*) AS disabled FROM acs_credentials_disable(:'phone_1', 'lost');
SELECT granted FROM acs_access_check(:'lobby', 'mobile_key', acs_credential_id => :'phone_1', at => '2100-02-15');
SELECT granted FROM acs_access_check(:'lobby', 'mobile_key', acs_credential_id => :'phone_2', at => '2100-02-15');
-- what is done to the parent does not lift that
SELECT count(*) AS disabled FROM acs_credentials_disable(:'key', 'blocked');
SELECT count(*) AS enabled FROM acs_credentials_enable(:'key', 'blocked');
SELECT granted, reasons FROM acs_access_check(:'lobby', 'mobile_key', acs_credential_id => :'phone_1', at => '2100-02-15');
SELECT acs_credentials_delete(:'phone_1');
SELECT count(*) AS copies FROM acs_credentials WHERE parent_acs_credential_id = :'key';
-- A copy alone cannot be another's, nor last longer.
SELECT fails($$SELECT acs_credentials_unassign($1)$$, :'phone_2') <> 'no error' AS refused;
SELECT fails($$SELECT acs_credentials_update($1, ends_at => '2101-01-01')$$, :'phone_2') <> 'no error' AS refused;
SELECT p.acs_user_id = c.acs_user_id AND p.ends_at = c.ends_at AS like_its_parent FROM acs_credentials c JOIN acs_credentials p ON p.acs_credential_id = c.parent_acs_credential_id
 WHERE c.acs_credential_id = :'phone_2';
-- All go together.
SELECT count(*) > 0 AS told FROM pg_temp.news();
SELECT acs_credentials_delete(:'key');
SELECT event, acs_user, details FROM pg_temp.news();
SELECT fails($$SELECT acs_credentials_get($1)$$, :'phone_2') AS gone;

-- What cannot be.
SELECT acs_credential_id AS single FROM acs_credentials_create(:'jane', 'mobile_key') \gset
SELECT fails($$SELECT acs_credentials_sync_to_phone($1, 'phone')$$, :'single') AS no_copies;
SELECT fails($$SELECT acs_credentials_sync_to_phone($1, 'phone')$$, :'pin') AS of_a_code;
SELECT fails($$SELECT acs_credentials_sync_to_phone($1, 'phone')$$, :'nobody') AS not_found;
SELECT acs_credential_id AS key FROM acs_credentials_create(:'joe', 'mobile_key', is_multi_phone_sync_credential => true) \gset
SELECT fails($$SELECT acs_credentials_sync_to_phone($1, NULL)$$, :'key') AS no_phone;
SELECT fails($$SELECT acs_credentials_sync_to_phone($1, '')$$, :'key') AS no_phone;
SELECT fails($$SELECT acs_credentials_sync_to_phone($1, repeat('ü', 257))$$, :'key') AS long_phone;
SELECT acs_credential_id AS copy FROM acs_credentials_sync_to_phone(:'key', repeat(U&'\+01F511', 256)) \gset
SELECT octet_length(phone_id) FROM acs_credentials WHERE acs_credential_id = :'copy';
SELECT acs_credential_id AS copy FROM acs_credentials_sync_to_phone(:'key', 'phone') \gset
SELECT fails($$SELECT acs_credentials_sync_to_phone($1, 'phone')$$, :'copy') AS copy_of_a_copy;
-- with the user go the key and its copies
SELECT acs_users_delete(:'joe');
SELECT count(*) AS left_behind FROM acs_credentials WHERE acs_credential_id IN (:'key', :'copy');

---------------------------------------------------------------------------
-- Offline codes
---------------------------------------------------------------------------

SELECT count(*) > 0 AS told FROM pg_temp.news();
SELECT acs_credential_id AS once, code AS code_once FROM acs_credentials_create_offline_code(:'jane', :'room', is_one_time_use => true, ends_at => '2100-01-01') \gset
SELECT access_method, length(code::text) AS digits, is_one_time_use, starts_at, ends_at, warnings FROM acs_credentials_get(:'once');
SELECT display_name FROM acs_credentials_list_accessible_entrances(:'once');
SELECT event, acs_user, regexp_replace(details, '[0-9]{2}\*{4}', '12****') AS details FROM pg_temp.news();
-- to be used once, and at that entrance
SELECT granted, reasons FROM acs_access_request(:'lobby', 'code', :'code_once');
SELECT granted, reasons FROM acs_access_request(:'room', 'code', :'code_once');
SELECT granted, reasons FROM acs_access_request(:'room', 'code', :'code_once');
-- or as often as one likes
SELECT is_one_time_use, starts_at, ends_at FROM acs_credentials_create_offline_code(:'jane', :'room');
SELECT is_one_time_use, starts_at, ends_at FROM acs_credentials_create_offline_code(:'jane', :'room', NULL, '2100-01-01', '2100-02-01');
-- where codes cannot be chosen, too
SELECT acs_entrance_id AS own_door FROM acs_entrances_create(:'own', 'Own door') \gset
SELECT access_method, is_one_time_use FROM acs_credentials_create_offline_code(:'owner', :'own_door');
SELECT length(code::text) AS digits FROM acs_credentials_create_offline_code(:'stranger', :'gate', starts_at => '2100-01-01', ends_at => '2100-02-01');
SELECT fails($$SELECT acs_credentials_create_offline_code($1, $2)$$, :'stranger', :'gate') AS window_required;
SELECT fails($$SELECT acs_credentials_create_offline_code($1, $2)$$, :'jane', :'gate') AS of_another_system;
SELECT fails($$SELECT acs_credentials_create_offline_code($1, $2)$$, :'jane', :'nobody') AS no_entrance;
SELECT fails($$SELECT acs_credentials_create_offline_code($1, NULL)$$, :'jane') AS no_entrance;
SELECT fails($$SELECT acs_credentials_create_offline_code($1, $2)$$, :'nobody', :'room') AS no_user;
SELECT fails($$SELECT acs_credentials_create_offline_code(NULL, $1)$$, :'room') AS no_user;
SELECT fails($$SELECT acs_credentials_create_offline_code($1, $2, ends_at => '2001-01-01')$$, :'jane', :'room') AS in_the_past;

---------------------------------------------------------------------------
-- Not of another workspace, and no code in any event
---------------------------------------------------------------------------

SET credentials.workspace_id = '71fe0000-0000-4000-8000-00000000000e';
SELECT fails(format(call, :'pin')) LIKE 'P0002 acs_credential_not_found %' AS not_found, call
  FROM unnest(ARRAY['SELECT acs_credentials_update(%L, ''1'')', 'SELECT acs_credentials_assign(%L, acs_uuid())', 'SELECT acs_credentials_unassign(%L)',
                    'SELECT acs_credentials_issue(%L, ''x'')', 'SELECT acs_credentials_sync_to_phone(%L, ''x'')', 'SELECT acs_credentials_disable(%L, ''lost'')',
                    'SELECT acs_credentials_enable(%L, ''lost'')', 'SELECT acs_credentials_delete(%L)']) AS call;
SET credentials.workspace_id = '71fe0000-0000-4000-8000-000000000000';
-- Parts of ids and of seconds are none.
SELECT count(*) AS leaks FROM acs_events WHERE workspace_id = acs_workspace_id()
   AND details::text ~ '(?<![-.0-9a-f])(824759|04711|5550|7777|8888|99999|164d29dc4a09b65f|1357|24680)(?![-0-9a-f])';
