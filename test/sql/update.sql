-- What can be changed of a credential that is in use: its window, its doors, its code,
-- its card; each as a backend would ask for it.
SET datestyle = 'ISO';
SET timezone = 'UTC';
SET credentials.workspace_id = '0bda7e00-0000-4000-8000-000000000000';
INSERT INTO acs_system_types (system_type, display_name, custom_code, max_entrances_per_code, requires_entrances, generated_code_length)
    VALUES ('update_lock', 'One or two doors', 'generated', 2, true, 4);
SELECT acs_system_id AS hotel FROM acs_systems_create('Hotel') \gset
SELECT acs_system_id AS locks FROM acs_systems_create('Locks', 'update_lock') \gset
SELECT acs_entrance_id AS lobby FROM acs_entrances_create(:'hotel', 'Lobby') \gset
SELECT acs_entrance_id AS room FROM acs_entrances_create(:'hotel', 'Room') \gset
SELECT acs_entrance_id AS pool FROM acs_entrances_create(:'hotel', 'Pool') \gset
SELECT acs_entrance_id AS front FROM acs_entrances_create(:'locks', 'Front') \gset
SELECT acs_entrance_id AS back FROM acs_entrances_create(:'locks', 'Back') \gset
SELECT acs_entrance_id AS side FROM acs_entrances_create(:'locks', 'Side') \gset
SELECT acs_user_id AS jane FROM acs_users_create(:'hotel', 'Jane Doe') \gset
SELECT acs_user_id AS joe FROM acs_users_create(:'hotel', 'Joe Bloggs') \gset
SELECT acs_user_id AS ann FROM acs_users_create(:'locks', 'Ann Other') \gset
CREATE FUNCTION pg_temp.doors(id uuid) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(display_name, ', ' ORDER BY display_name) FROM acs_credential_entrances JOIN acs_entrances USING (workspace_id, acs_entrance_id)
     WHERE workspace_id = acs_workspace_id() AND acs_credential_id = id $$;

---------------------------------------------------------------------------
-- The start: early check-in, and back
---------------------------------------------------------------------------

SELECT acs_credential_id AS pin FROM acs_credentials_create(:'jane', 'code', '825001', '2100-01-01 15:00Z', '2100-01-05 11:00Z', allowed_acs_entrance_ids => ARRAY[:'lobby', :'room']::uuid[]) \gset
SELECT starts_at, ends_at FROM acs_credentials_update(:'pin', starts_at => '2100-01-01 10:00Z');
SELECT starts_at, ends_at FROM acs_credentials_update(:'pin', starts_at => '2100-01-02', ends_at => '2100-01-03');
SELECT starts_at, ends_at FROM acs_credentials_update(:'pin', starts_at => '-infinity');
SELECT granted FROM acs_access_check(:'room', 'code', '825001');
SELECT starts_at, ends_at FROM acs_credentials_update(:'pin', starts_at => '2100-01-02 12:00Z');
SELECT fails($$SELECT acs_credentials_update($1, starts_at => '2100-01-03')$$, :'pin') AS after_the_end;
SELECT fails($$SELECT acs_credentials_update($1, starts_at => 'infinity', ends_at => 'infinity')$$, :'pin') AS never;
-- not into the stay before
SELECT count(*) FROM acs_credentials_create(:'joe', 'code', '825001', ends_at => '2100-01-02');
SELECT fails($$SELECT acs_credentials_update($1, starts_at => '2100-01-01 23:59Z')$$, :'pin') LIKE '23P01 code_overlap |%' AS into_it;
SELECT starts_at FROM acs_credentials_update(:'pin', starts_at => '2100-01-02');

---------------------------------------------------------------------------
-- The doors: another room, none, and what may not be
---------------------------------------------------------------------------

SELECT pg_temp.doors(acs_credential_id) FROM acs_credentials_update(:'pin', allowed_acs_entrance_ids => ARRAY[:'pool', :'lobby']::uuid[]);
SELECT pg_temp.doors(acs_credential_id) FROM acs_credentials_update(:'pin');
SELECT pg_temp.doors(acs_credential_id) FROM acs_credentials_update(:'pin', allowed_acs_entrance_ids => '{}');
SELECT pg_temp.doors(acs_credential_id) FROM acs_credentials_update(:'pin', allowed_acs_entrance_ids => ARRAY[:'lobby']::uuid[]);
SELECT fails('SELECT acs_credentials_update($1, allowed_acs_entrance_ids => ARRAY[$2, $2])', :'pin', :'lobby') AS repeated;
SELECT fails('SELECT acs_credentials_update($1, allowed_acs_entrance_ids => ARRAY[$2, NULL])', :'pin', :'lobby') AS none;
SELECT fails('SELECT acs_credentials_update($1, allowed_acs_entrance_ids => ARRAY[$2])', :'pin', :'front') AS of_another_system;
SELECT fails('SELECT acs_credentials_update($1, allowed_acs_entrance_ids => ARRAY[$1])', :'pin') AS unknown;
-- what the type says holds for changes, too
SELECT acs_credential_id AS stay, code AS old_code FROM acs_credentials_create(:'ann', 'code', allowed_acs_entrance_ids => ARRAY[:'front']::uuid[]) \gset
SELECT fails('SELECT acs_credentials_update($1, allowed_acs_entrance_ids => ARRAY[$2, $3, $4])', :'stay', :'front', :'back', :'side') AS three;
SELECT fails($$SELECT acs_credentials_update($1, allowed_acs_entrance_ids => '{}')$$, :'stay') AS no_door;
SELECT pg_temp.doors(acs_credential_id) FROM acs_credentials_update(:'stay', allowed_acs_entrance_ids => ARRAY[:'back', :'side']::uuid[]);
-- a copy on a phone opens what its parent opens
SELECT acs_credential_id AS key FROM acs_credentials_create(:'jane', 'mobile_key', is_multi_phone_sync_credential => true, allowed_acs_entrance_ids => ARRAY[:'room']::uuid[]) \gset
SELECT acs_credential_id AS copy FROM acs_credentials_sync_to_phone(:'key', 'phone') \gset
SELECT count(*) FROM acs_credentials_update(:'key', allowed_acs_entrance_ids => ARRAY[:'pool']::uuid[], starts_at => '2001-01-01', max_uses => 9);
SELECT starts_at, max_uses, (acs_access_check(:'room', 'mobile_key', acs_credential_id => :'copy')).reason AS room,
       (acs_access_check(:'pool', 'mobile_key', acs_credential_id => :'copy')).granted AS pool FROM acs_credentials_get(:'copy');
SELECT fails('SELECT acs_credentials_update($1, allowed_acs_entrance_ids => ARRAY[$2])', :'copy', :'room') AS of_the_copy;

---------------------------------------------------------------------------
-- Another code for the same stay
---------------------------------------------------------------------------

SELECT acs_credential_id = :'stay' AS same, code <> :'old_code' AS other, length(code::text) AS digits, code AS new_code FROM acs_credentials_regenerate_code(:'stay') \gset now_
SELECT :'now_same' AS same, :'now_other' AS other, :now_digits AS digits;
SELECT (acs_access_check(:'back', 'code', :'old_code')).reason AS old, (acs_access_check(:'back', 'code', :'now_new_code')).granted AS new;
SELECT count(*) AS told FROM acs_events WHERE acs_credential_id = :'stay' AND event_type = 'acs_credential.updated' AND details ? 'code'
   AND details::text NOT LIKE '%' || :'now_new_code' || '%';
-- where the caller chooses codes, too
SELECT code <> '825001' AS other, length(code::text) AS digits FROM acs_credentials_regenerate_code(:'pin');
SELECT fails('SELECT acs_credentials_regenerate_code($1)', :'key') AS of_a_key;
SELECT fails('SELECT acs_credentials_regenerate_code($1)', :'jane') AS unknown;
SELECT fails('SELECT acs_credentials_regenerate_code($1)', acs_credential_id) AS over FROM acs_credentials_create(:'joe', 'code', '825009', ends_at => clock_timestamp() + interval '10 ms'), pg_sleep(0.05);

---------------------------------------------------------------------------
-- Another card for the same stay
---------------------------------------------------------------------------

SELECT acs_credential_id AS card FROM acs_credentials_create(:'jane', 'card', allowed_acs_entrance_ids => ARRAY[:'room']::uuid[]) \gset
SELECT display_name FROM acs_credentials_issue(:'card', 'ed0ba996');
SELECT count(*) FROM acs_credentials_disable(:'card', 'lost');
SELECT count(*) FROM acs_credentials_disable(:'card', 'damaged');
SELECT fails($$SELECT acs_credentials_issue($1, 'ed0ba997')$$, :'card') AS not_by_itself;
SELECT display_name FROM acs_credentials_issue(:'card', 'ed0ba997', is_replacement => true);
SELECT disable_reasons FROM acs_credentials WHERE acs_credential_id = :'card';
SELECT (acs_access_check(:'room', 'card', card_number => 'ED:0B:A9:96')).reason AS old, (acs_access_check(:'room', 'card', card_number => 'ED:0B:A9:97')).granted AS new;
-- the old one is free; asked again, it is done already
SELECT i.display_name FROM acs_credentials_create(:'joe', 'card') AS c, acs_credentials_issue(c.acs_credential_id, 'ed0ba996') AS i;
SELECT display_name FROM acs_credentials_issue(:'card', 'ed0ba997', is_replacement => true);
SELECT fails($$SELECT acs_credentials_issue($1, 'ed0ba996', is_replacement => true)$$, :'card') LIKE '23P01 card_number_overlap |%' AS taken;
-- who is blocked is blocked with any card
SELECT count(*) FROM acs_credentials_disable(:'card', 'blocked');
SELECT count(*) FROM acs_credentials_issue(:'card', 'ed0ba998', is_replacement => true);
SELECT disable_reasons FROM acs_credentials WHERE acs_credential_id = :'card';
