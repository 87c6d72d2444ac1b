-- The metadata of brands: what each may consist of, and what is stored.
SET datestyle = 'ISO';
SET timezone = 'UTC';
SET credentials.workspace_id = '3e7ada7a-0000-4000-8000-000000000000';
\pset null -

SELECT acs_system_id AS hotel FROM acs_systems_create('Hotel') \gset
SELECT acs_user_id AS jane FROM acs_users_create(:'hotel', 'Jane Doe') \gset
SELECT acs_entrance_id AS lobby FROM acs_entrances_create(:'hotel', 'Lobby') \gset
SELECT acs_entrance_id AS room_101 FROM acs_entrances_create(:'hotel', 'Room 101') \gset
SELECT acs_system_id AS annex FROM acs_systems_create('Annex') \gset
SELECT acs_user_id AS joe FROM acs_users_create(:'annex', 'Erika Mustermann') \gset
SELECT acs_entrance_id AS gate FROM acs_entrances_create(:'annex', 'Gate') \gset

-- What is stored of a brand's metadata, or what is wrong with it.  In the
-- metadata, $1, $2, ... are the ids.
CREATE FUNCTION pg_temp.try(brand text, metadata text, VARIADIC ids uuid[] DEFAULT '{}') RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    key text := brand || '_metadata';
    id uuid;
    stored jsonb;
    rule text;
    detail text;
    hint text;
BEGIN
    FOR i IN 1 .. cardinality(ids) LOOP
        metadata := replace(metadata, '$' || i, ids[i]::text);
    END LOOP;
    EXECUTE format('SELECT acs_credential_id FROM acs_credentials_create($1, ''card'', %I => $2)', key)
       INTO id USING (SELECT acs_user_id FROM acs_users WHERE workspace_id = acs_workspace_id() AND full_name = 'Jane Doe'), metadata::jsonb;
    SELECT c.metadata INTO stored FROM acs_credentials c WHERE c.acs_credential_id = id;
    IF stored - key <> '{}' THEN
        RAISE 'unexpected %', stored;
    END IF;
    RETURN regexp_replace((stored -> key)::text, '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}', '<id>', 'g');
EXCEPTION WHEN invalid_parameter_value THEN
    GET STACKED DIAGNOSTICS rule = CONSTRAINT_NAME, detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
    RETURN regexp_replace(concat_ws(' | ', rule, detail, nullif(hint, '')),
                          '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}', '<id>', 'g');
END
$$;

---------------------------------------------------------------------------
-- Visionline
---------------------------------------------------------------------------

SELECT metadata, pg_temp.try('visionline', metadata)
  FROM unnest(ARRAY[
           '{}',
           '{"card_format": "rfid48"}',
           '{"card_format": "TLCode", "card_function_type": "staff"}',
           '{"override": true}',
           '{"override": false, "auto_join": true}',
           '{"auto_join": false, "override": true}',
           '{"joiner_acs_credential_ids": [], "override": true}',
           '{"assa_abloy_credential_service_mobile_endpoint_id": "0C2A4F5E-93CC-47C2-B85A-6F8BA21D07BE"}',
           '{"label": "%ROOMNUM% - %SITENAME%"}',
           '{"label": ""}',
           '{"label": "Zimmer \"Aussicht\" \\ 4. Stock: for the family that stays all summer\n"}'
       ]) WITH ORDINALITY AS m (metadata, n) ORDER BY n;

-- Older names, as the guides had them.
SELECT metadata, pg_temp.try('visionline', metadata)
  FROM unnest(ARRAY[
           '{"cardFormat": "rfid48", "label": "%ROOMNUM%", "override": true}',
           '{"cardFormat": "TLCode", "label": "%ROOMNUM%", "is_override_key": true}',
           '{"cardType": "guest", "cardFormat": "rfid48"}',
           '{"override_previous_credentials": true}',
           '{"override_existing_entrance_credentials": false}',
           '{"joiners": []}',
           '{"jointEntranceAccessCredentialIDs": []}',
           '{"card_format": "rfid48", "cardFormat": "rfid48"}',
           '{"override": true, "is_override_key": true, "override_previous_credentials": true}',
           '{"card_format": "rfid48", "cardFormat": "TLCode"}',
           '{"override": true, "is_override_key": false}',
           '{"override": null, "is_override_key": true}'
       ]) WITH ORDINALITY AS m (metadata, n) ORDER BY n;

-- What is no value of a member.  The value is not told: it might be a code.
SELECT metadata, pg_temp.try('visionline', metadata)
  FROM unnest(ARRAY[
           '{"card_format": "RFID48"}', '{"card_format": ""}', '{"card_format": 48}', '{"cardFormat": ["rfid48"]}',
           '{"card_function_type": "824759"}', '{"cardType": true}',
           '{"override": "true"}', '{"override": 1}', '{"is_override_key": {}}', '{"auto_join": "824759"}',
           '{"label": 824759}', '{"label": {"text": "x"}}',
           '{"assa_abloy_credential_service_mobile_endpoint_id": 1}',
           '{"assa_abloy_credential_service_mobile_endpoint_id": ""}',
           '{"assa_abloy_credential_service_mobile_endpoint_id": "{0c2a4f5e-93cc-47c2-b85a-6f8ba21d07be}"}',
           '{"assa_abloy_credential_service_mobile_endpoint_id": "0c2a4f5e-93cc-47c2-b85a-6f8ba21d07bg"}',
           '{"assa_abloy_credential_service_mobile_endpoint_id": "0c2a4f5e-93cc-47c2-b85a-6f8ba21d07be0"}',
           '{"joiner_acs_credential_ids": "0c2a4f5e-93cc-47c2-b85a-6f8ba21d07be"}',
           '{"joiner_acs_credential_ids": {}}',
           '{"joiner_acs_credential_ids": ["824759"]}',
           '{"joiners": [null]}',
           '{"joiners": [["0c2a4f5e-93cc-47c2-b85a-6f8ba21d07be"]]}'
       ]) WITH ORDINALITY AS m (metadata, n) ORDER BY n;

-- What is no member.  A name that is no word might be a code.
SELECT metadata, pg_temp.try('visionline', metadata)
  FROM unnest(ARRAY['{"colour": "red"}', '{"colour": null}', '{"Card_Format": "rfid48"}', '{"824759": true}', '{"": 1}',
                    '{"guest_acs_entrance_ids": []}', format('{"%s": 1}', repeat('x', 100))]) WITH ORDINALITY AS m (metadata, n) ORDER BY n;

-- An override and a joiner are two things.
SELECT acs_credential_id AS card FROM acs_credentials_create(:'jane', 'card') \gset
SELECT acs_credential_id AS parent FROM acs_credentials_create(:'jane', 'mobile_key', is_multi_phone_sync_credential => true) \gset
SELECT acs_credential_id AS child FROM acs_credentials_sync_to_phone(:'parent', 'phone') \gset
SELECT acs_credential_id AS pin FROM acs_credentials_create(:'jane', 'code', '824759') \gset
SELECT acs_credential_id AS elsewhere FROM acs_credentials_create(:'joe', 'card') \gset
SELECT pg_temp.try('visionline', '{"override": true, "auto_join": true}');
SELECT pg_temp.try('visionline', '{"override": true, "joiner_acs_credential_ids": ["$1"]}', :'card');
SELECT pg_temp.try('visionline', '{"is_override_key": true, "joiners": ["$1"]}', :'card');
SELECT pg_temp.try('visionline', '{"override": false, "joiner_acs_credential_ids": ["$1"]}', :'card');

-- Joiners are cards, mobile keys and their copies on phones, of the system.
SELECT pg_temp.try('visionline', '{"joiner_acs_credential_ids": ["$1", "$2", "$3"]}', :'card', :'parent', :'child');
SELECT pg_temp.try('visionline', '{"joiners": ["$1"]}', :'parent') AS joiners,
       pg_temp.try('visionline', '{"jointEntranceAccessCredentialIDs": ["$1"], "joiners": ["$1"]}', :'parent') AS joint;
SELECT pg_temp.try('visionline', '{"jointEntranceAccessCredentialIDs": ["$1"], "joiners": ["$2"]}', :'parent', :'card') AS different;
SELECT visionline_metadata = jsonb_build_object('card_function_type', 'guest', 'joiner_acs_credential_ids', jsonb_build_array(:'card')) AS as_given
  FROM acs_credentials_create(:'jane', 'card', visionline_metadata => jsonb_build_object('joiners', jsonb_build_array(upper(:'card'))));
SELECT pg_temp.try('visionline', '{"joiner_acs_credential_ids": ["$1", "$2"]}', :'card', :'pin') AS a_code;
SELECT pg_temp.try('visionline', '{"joiner_acs_credential_ids": ["$1"]}', :'elsewhere') AS of_another_system;
SELECT pg_temp.try('visionline', '{"joiner_acs_credential_ids": ["$1"]}', :'jane') AS a_user;
SELECT acs_credentials_delete(:'card');
SELECT pg_temp.try('visionline', '{"joiner_acs_credential_ids": ["$1"]}', :'card') AS deleted;
SET credentials.workspace_id = '3e7ada7a-0000-4000-8000-00000000000e';
SELECT acs_system_id AS foreign_hotel FROM acs_systems_create('Hotel') \gset
SELECT acs_user_id AS foreign_jane FROM acs_users_create(:'foreign_hotel', 'Jane Doe') \gset
SELECT pg_temp.try('visionline', '{"joiner_acs_credential_ids": ["$1"]}', :'parent') AS of_another_workspace;
SET credentials.workspace_id = '3e7ada7a-0000-4000-8000-000000000000';

-- In the guide of January 2024 the entrances were in the metadata.
SELECT c.acs_credential_id AS old FROM acs_credentials_create(:'jane', 'card', visionline_metadata => jsonb_build_object(
    'allowed_entrance_ids', jsonb_build_array(:'room_101', :'lobby'), 'label', '%ROOMNUM%',
    'override_existing_entrance_credentials', true, 'jointEntranceAccessCredentialIDs', jsonb_build_array())) AS c \gset
SELECT display_name, (acs_credentials_get(:'old')).visionline_metadata
  FROM acs_credentials_list_accessible_entrances(:'old') ORDER BY display_name;
SELECT pg_temp.try('visionline', '{"allowed_entrance_ids": null}') AS "null", pg_temp.try('visionline', '{"allowed_entrance_ids": []}') AS none;
SELECT pg_temp.try('visionline', '{"allowed_entrance_ids": ["824759"]}') AS wrong;
SELECT pg_temp.try('visionline', '{"allowed_entrance_ids": ["$1", "$1"]}', :'lobby') AS repeated;
SELECT pg_temp.try('visionline', '{"allowed_entrance_ids": ["$1"]}', :'gate') ~ '^entrance_in_other_system' AS of_another_system;
SELECT fails($$SELECT acs_credentials_create($1, 'card', allowed_acs_entrance_ids => ARRAY[$2],
    visionline_metadata => jsonb_build_object('allowed_entrance_ids', jsonb_build_array($2)))$$, :'jane', :'lobby') AS twice;

---------------------------------------------------------------------------
-- Vostio, Hotek, Salto Space
---------------------------------------------------------------------------

SELECT brand, metadata, pg_temp.try(brand, metadata)
  FROM (VALUES (1, 'assa_abloy_vostio', '{}'),
               (2, 'assa_abloy_vostio', '{"auto_join": true, "override_guest_acs_entrance_ids": []}'),
               (3, 'assa_abloy_vostio', '{"override_all_guest_acs_entrances": true, "join_all_guest_acs_entrances": false}'),
               (4, 'assa_abloy_vostio', '{"override_all_guest_acs_entrances": true, "join_all_guest_acs_entrances": true}'),
               (5, 'assa_abloy_vostio', '{"override_all_guest_acs_entrances": "yes"}'),
               (6, 'assa_abloy_vostio', '{"override_guest_acs_entrance_ids": "all"}'),
               (7, 'assa_abloy_vostio', '{"override": true}'),
               (8, 'hotek', '{}'),
               (9, 'hotek', '{"override": true, "auto_join": false}'),
               (10, 'hotek', '{"override": "824759"}'),
               (11, 'hotek', '{"card_format": "rfid48"}'),
               (12, 'salto_space', '{}'),
               (13, 'salto_space', '{"assign_new_key": true, "update_current_key": false}'),
               (14, 'salto_space', '{"assign_new_card": true}'),
               (15, 'salto_space', '{"assign_new_card": false, "assign_new_key": true}'),
               (16, 'salto_space', '{"assign_new_key": 0}'),
               (17, 'salto_space', '{"auto_join": true}')) AS m (n, brand, metadata) ORDER BY n;
SELECT pg_temp.try('assa_abloy_vostio', '{"override_guest_acs_entrance_ids": ["$1", "$2"]}', :'room_101', :'lobby') AS entrances,
       pg_temp.try('assa_abloy_vostio', '{"override_guest_acs_entrance_ids": ["$1", "$2"]}', :'room_101', :'gate') AS of_another_system,
       pg_temp.try('assa_abloy_vostio', '{"override_guest_acs_entrance_ids": ["$1"]}', :'jane') AS a_user;

---------------------------------------------------------------------------
-- Whole arguments
---------------------------------------------------------------------------

SELECT metadata, pg_temp.try('hotek', metadata)
  FROM unnest(ARRAY['[]', '[{"override": true}]', '"824759"', '824759', 'true']) WITH ORDINALITY AS m (metadata, n) ORDER BY n;
-- A JSON null is nothing given.
SELECT acs_credential_id AS none FROM acs_credentials_create(:'jane', 'card', visionline_metadata => 'null', hotek_metadata => NULL) \gset
SELECT metadata FROM acs_credentials WHERE acs_credential_id = :'none';
-- Of several, each is checked by its own rules.
SELECT acs_credential_id AS several FROM acs_credentials_create(:'jane', 'card', visionline_metadata => '{"cardFormat": "TLCode"}',
    assa_abloy_vostio_metadata => 'null', hotek_metadata => '{"override": null}', salto_space_metadata => '{"assign_new_card": true}') \gset
SELECT metadata FROM acs_credentials WHERE acs_credential_id = :'several';
SELECT visionline_metadata, assa_abloy_vostio_metadata FROM acs_credentials_get(:'several');
SELECT fails($$SELECT acs_credentials_create($1, 'card', visionline_metadata => '{"card_format": "TLCode"}',
                                             hotek_metadata => '{"card_format": "TLCode"}')$$, :'jane');

-- Metadata of another brand than the system's is refused, unless it is null.
SELECT acs_system_id AS visionline FROM acs_systems_create('Visionline', 'visionline_system') \gset
SELECT acs_user_id AS ann FROM acs_users_create(:'visionline', 'Ann Other') \gset
SELECT fails($$SELECT acs_credentials_create($1, 'card', visionline_metadata => '{}', hotek_metadata => '{}')$$, :'ann');
SELECT visionline_metadata FROM acs_credentials_create(:'ann', 'card', visionline_metadata => '{}', hotek_metadata => 'null');
-- What a sample of the guides asks for, and what comes back.
SELECT visionline_metadata, is_multi_phone_sync_credential
  FROM acs_credentials_create(:'ann', 'mobile_key', is_multi_phone_sync_credential => true,
    starts_at => '2100-03-01T10:40:00Z', ends_at => '2100-03-04T10:40:00Z',
    visionline_metadata => '{"cardFormat": "rfid48", "label": "%ROOMNUM% - %SITENAME%", "override": true}');

-- It stays when the rest changes, and copies on phones have it.
SELECT acs_credential_id AS key FROM acs_credentials_create(:'ann', 'mobile_key', is_multi_phone_sync_credential => true,
    visionline_metadata => '{"override": true}') \gset
SELECT visionline_metadata FROM acs_credentials_update(:'key', ends_at => '2100-01-01');
SELECT visionline_metadata FROM acs_credentials_sync_to_phone(:'key', 'phone');
