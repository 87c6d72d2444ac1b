-- API objects as JSON: keys in the API's order, null left out, times in UTC.

-- What an object says of its system.  Runs as the owner, within the workspace
-- of the object that the caller holds already.
CREATE FUNCTION acs_connected_account_id(workspace_id uuid, acs_system_id uuid) RETURNS uuid
    AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL SAFE SUPPORT acs_planner_support SECURITY DEFINER COST 100;
COMMENT ON FUNCTION acs_connected_account_id(uuid, uuid) IS
    'connected account of a system of the session''s workspace, or null if there is no such system;
of a system that was given none, the id of the workspace stands for it';

CREATE FUNCTION acs_credential_json(acs_credential acs_credential) RETURNS json
    AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL SAFE SUPPORT acs_planner_support SECURITY DEFINER COST 100;
COMMENT ON FUNCTION acs_credential_json(acs_credential) IS
    'a credential as the API''s acs_credential, its code in clear; without an external_type that the
API does not have';

CREATE FUNCTION acs_user_json(acs_user acs_users) RETURNS json
    AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL SAFE SUPPORT acs_planner_support SECURITY DEFINER COST 100;
COMMENT ON FUNCTION acs_user_json(acs_users) IS
    'a user as the API''s acs_user; a schedule without a start is shown from the user''s creation,
and an email_address only if it is one';

CREATE FUNCTION acs_entrance_json(acs_entrance acs_entrances) RETURNS json
    AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL SAFE SUPPORT acs_planner_support SECURITY DEFINER COST 100;
COMMENT ON FUNCTION acs_entrance_json(acs_entrances) IS 'an entrance as the API''s acs_entrance';

CREATE FUNCTION acs_access_group_json(acs_access_group acs_access_groups) RETURNS json
    AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL SAFE SUPPORT acs_planner_support SECURITY DEFINER COST 100;
COMMENT ON FUNCTION acs_access_group_json(acs_access_groups) IS
    'an access group as the API''s acs_access_group. The API has types of groups of some brands only
and demands one of each: pti_access_level stands for all others';

CREATE FUNCTION acs_system_json(acs_system acs_systems) RETURNS json
    AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL SAFE SUPPORT acs_planner_support SECURITY DEFINER COST 100;
COMMENT ON FUNCTION acs_system_json(acs_systems) IS
    'a system as the API''s acs_system; without an external_type that the API does not have, as
generic';

CREATE FUNCTION acs_event_json(acs_event acs_events) RETURNS json
    AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL SAFE SUPPORT acs_planner_support SECURITY DEFINER COST 100;
COMMENT ON FUNCTION acs_event_json(acs_events) IS 'an event as the API''s events, with actor and details';

CREATE FUNCTION acs_access_decision_json(acs_access_decision acs_access_decision) RETURNS json
    AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL SAFE SUPPORT acs_planner_support SECURITY DEFINER COST 100;
COMMENT ON FUNCTION acs_access_decision_json(acs_access_decision) IS 'a decision about access as JSON';

-- A body as text may be anything: what is no JSON is an answer.  As jsonb, the server reads
-- it before, and its error quotes it.
CREATE FUNCTION acs_request(path text, body text, request_id text DEFAULT NULL,
                            OUT status integer, OUT response json)
    AS 'MODULE_PATHNAME', 'acs_request_text' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 1000;
COMMENT ON FUNCTION acs_request(text, text, text) IS
    'serve a request of the API: path as /acs/credentials/create, body a JSON object of its
parameters, request_id whatever error.request_id is to be; status is 200, 400, 403, 404, 409 or
500. An error of type invalid_input names the parameters in error.validation_errors, a broken
rule is error.data.rule. Runs as the caller, who needs EXECUTE on the function of the path. A
request that fails stores nothing and leaves the transaction usable';
CREATE FUNCTION acs_request(path text, body jsonb DEFAULT '{}', request_id text DEFAULT NULL,
                            OUT status integer, OUT response json)
    AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 1000;
COMMENT ON FUNCTION acs_request(text, jsonb, text) IS
    'the same for a body that is JSON already';

REVOKE ALL ON FUNCTION
    acs_connected_account_id, acs_credential_json, acs_user_json, acs_entrance_json,
    acs_access_group_json, acs_system_json, acs_event_json, acs_access_decision_json,
    acs_request(text, text, text), acs_request(text, jsonb, text)
    FROM PUBLIC;
