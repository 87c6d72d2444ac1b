-- API objects as JSON: keys in the API's order, null left out, times in UTC.

-- What an object says of its system.  Runs as the owner, within the workspace
-- of the object that the caller holds already.
CREATE FUNCTION acs_connected_account_id(workspace_id uuid, acs_system_id uuid) RETURNS uuid
    LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER COST 100
    RETURN (SELECT s.connected_account_id FROM @extschema@.acs_systems s
             WHERE s.workspace_id OPERATOR(pg_catalog.=) $1
               AND s.workspace_id OPERATOR(pg_catalog.=) @extschema@.acs_workspace_id()
               AND s.acs_system_id OPERATOR(pg_catalog.=) $2);
COMMENT ON FUNCTION acs_connected_account_id(uuid, uuid) IS
    'connected account of a system of the session''s workspace, or null';

CREATE FUNCTION acs_credential_json(acs_credential acs_credential) RETURNS json
    LANGUAGE sql STABLE STRICT PARALLEL SAFE SECURITY DEFINER COST 100
    RETURN @extschema@.acs_json_object(
        'acs_credential_id', ($1).acs_credential_id,
        'acs_user_id', ($1).acs_user_id,
        'acs_system_id', ($1).acs_system_id,
        'workspace_id', ($1).workspace_id,
        'connected_account_id',
            @extschema@.acs_connected_account_id(($1).workspace_id, ($1).acs_system_id),
        'access_method', ($1).access_method,
        'display_name', ($1).display_name,
        'code', COALESCE(pg_catalog.to_json(($1).code::pg_catalog.text), 'null'),
        'card_number', ($1).card_number,
        'starts_at', ($1).starts_at,
        'ends_at', ($1).ends_at,
        'is_multi_phone_sync_credential', ($1).is_multi_phone_sync_credential,
        'parent_acs_credential_id', ($1).parent_acs_credential_id,
        'is_one_time_use', ($1).is_one_time_use,
        'is_issued', ($1).is_issued,
        'issued_at', ($1).issued_at,
        'external_type', ($1).external_type,
        'external_type_display_name', ($1).external_type_display_name,
        'visionline_metadata', ($1).visionline_metadata,
        'assa_abloy_vostio_metadata', ($1).assa_abloy_vostio_metadata,
        'errors', COALESCE(($1).errors, '[]'),
        'warnings', COALESCE(($1).warnings, '[]'),
        'created_at', ($1).created_at,
        'is_managed', true);
COMMENT ON FUNCTION acs_credential_json(acs_credential) IS
    'a credential as the API''s acs_credential, its code in clear';

CREATE FUNCTION acs_user_json(acs_user acs_users) RETURNS json
    LANGUAGE sql STABLE STRICT PARALLEL SAFE SECURITY DEFINER COST 100
    RETURN @extschema@.acs_json_object(
        'acs_user_id', ($1).acs_user_id,
        'acs_system_id', ($1).acs_system_id,
        'workspace_id', ($1).workspace_id,
        'connected_account_id',
            @extschema@.acs_connected_account_id(($1).workspace_id, ($1).acs_system_id),
        'user_identity_id', ($1).user_identity_id,
        'display_name', ($1).full_name,
        'full_name', ($1).full_name,
        'email_address', ($1).email_address,
        'phone_number', ($1).phone_number,
        'is_suspended', ($1).is_suspended,
        'access_schedule', CASE
            WHEN ($1).access_starts_at IS NOT NULL OR ($1).access_ends_at IS NOT NULL THEN
                @extschema@.acs_json_object(
                    'starts_at', COALESCE(($1).access_starts_at, ($1).created_at),
                    'ends_at', ($1).access_ends_at,
                    'ends_at', CASE WHEN ($1).access_ends_at IS NULL THEN 'null'::pg_catalog.json END)
        END,
        'created_at', ($1).created_at,
        'errors', '[]'::pg_catalog.json,
        'warnings', '[]'::pg_catalog.json,
        'last_successful_sync_at', ($1).created_at,
        'is_managed', true);
COMMENT ON FUNCTION acs_user_json(acs_users) IS
    'a user as the API''s acs_user; a schedule without a start is shown from the user''s creation';

CREATE FUNCTION acs_entrance_json(acs_entrance acs_entrances) RETURNS json
    LANGUAGE sql STABLE STRICT PARALLEL SAFE SECURITY DEFINER COST 100
    RETURN @extschema@.acs_json_object(
        'acs_entrance_id', ($1).acs_entrance_id,
        'acs_system_id', ($1).acs_system_id,
        'workspace_id', ($1).workspace_id,
        'connected_account_id',
            @extschema@.acs_connected_account_id(($1).workspace_id, ($1).acs_system_id),
        'display_name', ($1).display_name,
        'can_unlock_with_code', ($1).can_unlock_with_code,
        'can_unlock_with_card', ($1).can_unlock_with_card,
        'can_unlock_with_mobile_key', ($1).can_unlock_with_mobile_key,
        'space_ids', '[]'::pg_catalog.json,
        'created_at', ($1).created_at,
        'errors', '[]'::pg_catalog.json,
        'warnings', '[]'::pg_catalog.json);
COMMENT ON FUNCTION acs_entrance_json(acs_entrances) IS 'an entrance as the API''s acs_entrance';

CREATE FUNCTION acs_access_group_json(acs_access_group acs_access_groups) RETURNS json
    LANGUAGE sql STABLE STRICT PARALLEL SAFE SECURITY DEFINER COST 100
    RETURN @extschema@.acs_json_object(
        'acs_access_group_id', ($1).acs_access_group_id,
        'acs_system_id', ($1).acs_system_id,
        'workspace_id', ($1).workspace_id,
        'connected_account_id',
            @extschema@.acs_connected_account_id(($1).workspace_id, ($1).acs_system_id),
        'name', ($1).name,
        'display_name', ($1).name,
        'created_at', ($1).created_at,
        'errors', '[]'::pg_catalog.json,
        'warnings', '[]'::pg_catalog.json,
        'is_managed', true);
COMMENT ON FUNCTION acs_access_group_json(acs_access_groups) IS
    'an access group as the API''s acs_access_group, without the type that only brands have';

CREATE FUNCTION acs_system_json(acs_system acs_systems) RETURNS json
    LANGUAGE sql STABLE STRICT PARALLEL SAFE SECURITY DEFINER COST 100
    RETURN (SELECT @extschema@.acs_json_object(
        'acs_system_id', ($1).acs_system_id,
        'workspace_id', ($1).workspace_id,
        'connected_account_id', ($1).connected_account_id,
        'connected_account_ids', CASE WHEN ($1).connected_account_id IS NULL THEN '[]'::pg_catalog.json
            ELSE pg_catalog.json_build_array(($1).connected_account_id) END,
        'name', ($1).name,
        'external_type', t.system_type,
        'external_type_display_name', t.display_name,
        'is_credential_manager', t.is_credential_manager,
        'default_credential_manager_acs_system_id', ($1).default_credential_manager_acs_system_id,
        'location', pg_catalog.json_build_object('time_zone', NULL),
        'image_url', '',
        'image_alt_text', '',
        'created_at', ($1).created_at,
        'errors', '[]'::pg_catalog.json,
        'warnings', '[]'::pg_catalog.json)
       FROM @extschema@.acs_system_types t WHERE t.system_type OPERATOR(pg_catalog.=) ($1).system_type);
COMMENT ON FUNCTION acs_system_json(acs_systems) IS 'a system as the API''s acs_system';

CREATE FUNCTION acs_event_json(acs_event acs_events) RETURNS json
    LANGUAGE sql STABLE STRICT PARALLEL SAFE SECURITY DEFINER COST 100
    RETURN @extschema@.acs_json_object(
        'event_id', ($1).event_id,
        'event_type', ($1).event_type,
        'workspace_id', ($1).workspace_id,
        'created_at', ($1).occurred_at,
        'occurred_at', ($1).occurred_at,
        'acs_system_id', ($1).acs_system_id,
        'connected_account_id',
            @extschema@.acs_connected_account_id(($1).workspace_id, ($1).acs_system_id),
        'acs_user_id', ($1).acs_user_id,
        'acs_credential_id', ($1).acs_credential_id,
        'acs_entrance_id', ($1).acs_entrance_id,
        'actor', ($1).actor,
        'details', ($1).details);
COMMENT ON FUNCTION acs_event_json(acs_events) IS 'an event as the API''s events, with actor and details';

CREATE FUNCTION acs_access_decision_json(acs_access_decision acs_access_decision) RETURNS json
    LANGUAGE sql STABLE STRICT PARALLEL SAFE SECURITY DEFINER COST 100
    RETURN @extschema@.acs_json_object(
        'granted', ($1).granted,
        'reason', ($1).reason,
        'reasons', ($1).reasons,
        'acs_credential_id', ($1).acs_credential_id,
        'acs_user_id', ($1).acs_user_id,
        'acs_entrance_id', ($1).acs_entrance_id,
        'decided_at', ($1).decided_at);
COMMENT ON FUNCTION acs_access_decision_json(acs_access_decision) IS 'a decision about access as JSON';

CREATE FUNCTION acs_request(path text, body jsonb DEFAULT '{}', OUT status integer, OUT response json)
    AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 1000;
COMMENT ON FUNCTION acs_request IS
    'serve a request of the API: path as /acs/credentials/create, body its parameters; status is 200, 400, 403, 404, 409 or 500. Runs as the caller, who needs EXECUTE on the function of the path. A request that fails stores nothing and leaves the transaction usable';

REVOKE ALL ON FUNCTION
    acs_connected_account_id, acs_credential_json, acs_user_json, acs_entrance_json,
    acs_access_group_json, acs_system_json, acs_event_json, acs_access_decision_json, acs_request
    FROM PUBLIC;
