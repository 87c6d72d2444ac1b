-- Looking at credentials, and revoking them.
SET datestyle = 'ISO';
SET timezone = 'UTC';
SET credentials.workspace_id = '9e700000-0000-4000-8000-000000000000';

SELECT acs_system_id AS hotel FROM acs_systems_create('Hotel') \gset
SELECT acs_system_id AS annex FROM acs_systems_create('Annex') \gset
SELECT acs_entrance_id AS lobby FROM acs_entrances_create(:'hotel', 'Lobby') \gset
SELECT acs_user_id AS jane FROM acs_users_create(:'hotel', 'Jane Doe',
    user_identity_id => '22222222-2222-4222-8222-222222222222') \gset
SELECT acs_user_id AS jane_too FROM acs_users_create(:'annex', 'Jane Doe',
    user_identity_id => '22222222-2222-4222-8222-222222222222') \gset
SELECT acs_user_id AS john FROM acs_users_create(:'hotel', 'John Roe') \gset

SELECT acs_credential_id AS pin FROM acs_credentials_create(:'jane', 'code', '710001',
    allowed_acs_entrance_ids => ARRAY[:'lobby']::uuid[]) \gset
SELECT acs_credential_id AS card FROM acs_credentials_create(:'jane', 'card', '710002') \gset
SELECT acs_credential_id AS key FROM acs_credentials_create(:'jane', 'mobile_key',
    is_multi_phone_sync_credential => true) \gset
SELECT acs_credential_id AS annex_pin FROM acs_credentials_create(:'jane_too', 'code', '710003710003') \gset
SELECT acs_credential_id AS john_pin FROM acs_credentials_create(:'john', 'code', '710004',
    starts_at => '2100-01-01', ends_at => '2100-01-08') \gset
UPDATE acs_credentials SET card_number = 'F00BA7-F00BA7' WHERE acs_credential_id = :'card';
-- an unassigned one
INSERT INTO acs_credentials (acs_system_id, access_method, code) VALUES (:'hotel', 'code', '710005');

---------------------------------------------------------------------------
-- get
---------------------------------------------------------------------------

SELECT display_name, code, starts_at, ends_at FROM acs_credentials_get(:'john_pin');
-- what create returned is what get returns
SELECT acs_credential_id AS id, created::text FROM acs_credentials_create(:'john', 'code', '710006',
    ends_at => '2100-01-01', assa_abloy_vostio_metadata => '{"auto_join": true}') AS created \gset
SELECT got::text = :'created' AS same FROM acs_credentials_get(:'id') AS got;
SELECT fails($$SELECT acs_credentials_get('00000000-0000-4000-8000-000000000000')$$);
SELECT fails($$SELECT acs_credentials_get(NULL)$$);

---------------------------------------------------------------------------
-- list: every filter that is given has to match
---------------------------------------------------------------------------

SELECT display_name FROM acs_credentials_list();
SELECT display_name FROM acs_credentials_list(acs_user_id => :'jane');
SELECT display_name FROM acs_credentials_list(acs_system_id => :'annex');
SELECT display_name FROM acs_credentials_list(user_identity_id => '22222222-2222-4222-8222-222222222222');
SELECT display_name FROM acs_credentials_list(acs_system_id => :'hotel',
    user_identity_id => '22222222-2222-4222-8222-222222222222', is_multi_phone_sync_credential => false);
SELECT display_name FROM acs_credentials_list(is_multi_phone_sync_credential => true);
SELECT count(*) AS jane_is_not_in_the_annex FROM acs_credentials_list(acs_user_id => :'jane', acs_system_id => :'annex');
SELECT count(*) AS nobody FROM acs_credentials_list(acs_user_id => '00000000-0000-4000-8000-000000000000');

-- search looks for a part of the display name, code, card number or ids, in any case
SELECT display_name FROM acs_credentials_list(search => '003710003');
SELECT display_name FROM acs_credentials_list(search => 'MULTI PHONE');
SELECT display_name FROM acs_credentials_list(search => 'f00ba7-f');
SELECT display_name FROM acs_credentials_list(search => upper(left(:'annex_pin', 36)));
SELECT count(*) AS of_jane FROM acs_credentials_list(search => :'jane');
SELECT count(*) AS literally FROM acs_credentials_list(search => '7100_');
SELECT count(*) AS literally FROM acs_credentials_list(search => '%');
SELECT count(*) AS across_fields FROM acs_credentials_list(search => 'Code 71****710001');
SELECT count(*) = (SELECT count(*) FROM acs_credentials_list()) AS all_of_them FROM acs_credentials_list(search => '');

SELECT count(*) AS none FROM acs_credentials_list(created_before => '2001-01-01');
SELECT count(*) = (SELECT count(*) FROM acs_credentials_list()) AS all_of_them
  FROM acs_credentials_list(created_before => 'infinity');
SELECT display_name FROM acs_credentials_list(
    created_before => (SELECT created_at FROM acs_credentials_get(:'key')));

-- pages: in order of ids, which is the order of creation; the cursor is the last id seen
SELECT (array_agg(acs_credential_id))[3] AS cursor
  FROM acs_credentials_list(page_size => 3) \gset
SELECT display_name FROM acs_credentials_list(page_size => 3);
SELECT display_name FROM acs_credentials_list(page_size => 3, page_cursor => :'cursor');
WITH RECURSIVE pages AS (
    SELECT 1 AS page, NULL::uuid AS cursor, (SELECT array_agg(acs_credential_id) FROM acs_credentials_list(page_size => 2)) AS ids
    UNION ALL
    SELECT page + 1, ids[2], (SELECT array_agg(acs_credential_id) FROM acs_credentials_list(page_size => 2, page_cursor => ids[2]))
      FROM pages WHERE ids[2] IS NOT NULL
)
SELECT count(id) AS seen, count(DISTINCT id) AS different,
       array_agg(id ORDER BY page, id) = (SELECT array_agg(acs_credential_id) FROM acs_credentials_list()) AS same_as_at_once
  FROM pages, unnest(ids) AS id;
SELECT bool_and(acs_credential_id > last) AS in_order
  FROM (SELECT acs_credential_id, lag(acs_credential_id) OVER () AS last FROM acs_credentials_list()) AS ids;
SELECT size, fails(format('SELECT acs_credentials_list(page_size => %L)', size))
  FROM unnest('{0, -1, 10001, NULL, 1, 10000}'::int[]) AS size;

-- It is a table function like others.
SELECT access_method, count(*) FROM acs_credentials_list() GROUP BY access_method ORDER BY access_method;
SELECT (acs_credentials_list(acs_user_id => :'jane')).display_name;
SELECT full_name, count(c) FROM acs_users u, acs_credentials_list(acs_user_id => u.acs_user_id) c
 GROUP BY full_name ORDER BY full_name;

---------------------------------------------------------------------------
-- delete returns nothing, and leaves nothing but its event
---------------------------------------------------------------------------

SELECT acs_credentials_delete(:'pin') IS NULL AS nothing;
SELECT acs_credentials_delete(acs_credential_id => :'card');
SELECT fails('SELECT acs_credentials_get($1)', :'pin');
SELECT fails('SELECT acs_credentials_delete($1)', :'pin');
SELECT count(*) AS entrances FROM acs_credential_entrances WHERE acs_credential_id = :'pin';
-- its code is free again
SELECT display_name FROM acs_credentials_create(:'john', 'code', '710001');

-- A multi-phone sync credential goes with its copies on phones.
INSERT INTO acs_credentials (acs_system_id, acs_user_id, access_method, parent_acs_credential_id)
    SELECT :'hotel', :'jane', 'mobile_key', :'key' FROM generate_series(1, 2);
SELECT display_name, parent_acs_credential_id = :'key' AS copy FROM acs_credentials_list(acs_user_id => :'jane');
SELECT acs_credentials_delete(:'key');
SELECT count(*) AS left_behind FROM acs_credentials_list(acs_user_id => :'jane');
SELECT details ->> 'display_name' AS deleted, count(*) FROM acs_events
 WHERE acs_user_id = :'jane' AND event_type = 'acs_credential.deleted' GROUP BY 1 ORDER BY min(event_id::text);
-- A copy goes alone.
SELECT acs_credential_id AS key FROM acs_credentials_create(:'jane', 'mobile_key',
    is_multi_phone_sync_credential => true) \gset
INSERT INTO acs_credentials (acs_system_id, acs_user_id, access_method, parent_acs_credential_id)
    VALUES (:'hotel', :'jane', 'mobile_key', :'key') RETURNING acs_credential_id AS copy \gset
SELECT acs_credentials_delete(:'copy');
SELECT display_name FROM acs_credentials_list(acs_user_id => :'jane');

-- Deleting is part of the transaction.
BEGIN;
SELECT count(acs_credentials_delete(acs_credential_id)) > 0 AS some FROM acs_credentials_list();
SELECT count(*) AS credentials FROM acs_credentials_list();
ROLLBACK;
SELECT count(*) > 0 AS back_again FROM acs_credentials_list();
