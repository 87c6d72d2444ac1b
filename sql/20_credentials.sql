-- Credentials: the API object, and /acs/credentials/*.

CREATE TYPE acs_credential AS (
    acs_credential_id              uuid,
    acs_user_id                    uuid,
    user_identity_id               uuid,
    acs_system_id                  uuid,
    workspace_id                   uuid,
    access_method                  acs_access_method,
    display_name                   text,
    code                           acs_code,
    card_number                    text,
    starts_at                      timestamptz,
    ends_at                        timestamptz,
    allowed_acs_entrance_ids       uuid[],
    is_multi_phone_sync_credential boolean,
    parent_acs_credential_id       uuid,
    credential_manager_acs_system_id uuid,
    schedule                       acs_schedule,
    is_one_time_use                boolean,
    max_uses                       integer,
    uses                           integer,
    reference                      text,
    is_issued                      boolean,
    issued_at                      timestamptz,
    external_type                  text,
    external_type_display_name     text,
    visionline_metadata            jsonb,
    assa_abloy_vostio_metadata     jsonb,
    errors                         jsonb,
    warnings                       jsonb,
    created_at                     timestamptz
);
COMMENT ON TYPE acs_credential IS
    'a credential as the API shows it, its code in clear: hand it to whoever may open the door';
COMMENT ON COLUMN acs_credential.acs_credential_id IS 'id of the credential';
COMMENT ON COLUMN acs_credential.acs_user_id IS 'holder; null: unassigned';
COMMENT ON COLUMN acs_credential.user_identity_id IS 'the person who holds it; null: not known';
COMMENT ON COLUMN acs_credential.acs_system_id IS 'system in which it opens entrances';
COMMENT ON COLUMN acs_credential.workspace_id IS 'tenant that it belongs to';
COMMENT ON COLUMN acs_credential.access_method IS 'what it is presented as';
COMMENT ON COLUMN acs_credential.display_name IS 'what opens, masked';
COMMENT ON COLUMN acs_credential.code IS 'its code, in clear; null: none';
COMMENT ON COLUMN acs_credential.card_number IS 'number of the card that it was written on; null: none yet';
COMMENT ON COLUMN acs_credential.starts_at IS 'first instant of validity; null: unbounded';
COMMENT ON COLUMN acs_credential.ends_at IS 'end of validity, itself excluded; null: unbounded';
COMMENT ON COLUMN acs_credential.allowed_acs_entrance_ids IS 'entrances that it allows itself, beside those of its user''s access groups';
COMMENT ON COLUMN acs_credential.is_multi_phone_sync_credential IS 'a mobile key that is used by its copies on phones';
COMMENT ON COLUMN acs_credential.parent_acs_credential_id IS 'the multi-phone sync credential of which this is the copy on one phone';
COMMENT ON COLUMN acs_credential.credential_manager_acs_system_id IS 'system that brings a mobile key to its phones';
COMMENT ON COLUMN acs_credential.schedule IS 'at which hours it opens, by the clocks of the system; null: at all';
COMMENT ON COLUMN acs_credential.is_one_time_use IS 'is max_uses 1?';
COMMENT ON COLUMN acs_credential.max_uses IS 'how many times it opens, at whatever door; null: any number';
COMMENT ON COLUMN acs_credential.uses IS 'how many times it has opened; counted while it has max_uses';
COMMENT ON COLUMN acs_credential.reference IS 'the caller''s own name for it';
COMMENT ON COLUMN acs_credential.is_issued IS 'has the card been written? null: nothing is to be written';
COMMENT ON COLUMN acs_credential.issued_at IS 'when the card was last written';
COMMENT ON COLUMN acs_credential.external_type IS 'the brand''s type of credential';
COMMENT ON COLUMN acs_credential.external_type_display_name IS 'the same for people';
COMMENT ON COLUMN acs_credential.visionline_metadata IS 'metadata of Visionline; null: none';
COMMENT ON COLUMN acs_credential.assa_abloy_vostio_metadata IS 'metadata of Vostio; null: none';
COMMENT ON COLUMN acs_credential.errors IS 'a list of what is wrong, as the API has it; always empty';
COMMENT ON COLUMN acs_credential.warnings IS 'a list of what is to be known, as the API has it: warning_code, message and created_at of each';
COMMENT ON COLUMN acs_credential.created_at IS 'when it was created';

CREATE FUNCTION acs_credentials_create(
    acs_user_id uuid DEFAULT NULL,
    access_method acs_access_method DEFAULT NULL,
    code acs_code DEFAULT NULL,
    starts_at timestamptz DEFAULT NULL,
    ends_at timestamptz DEFAULT NULL,
    allowed_acs_entrance_ids uuid[] DEFAULT '{}',
    is_multi_phone_sync_credential boolean DEFAULT false,
    credential_manager_acs_system_id uuid DEFAULT NULL,
    user_identity_id uuid DEFAULT NULL,
    acs_system_id uuid DEFAULT NULL,
    visionline_metadata jsonb DEFAULT NULL,
    assa_abloy_vostio_metadata jsonb DEFAULT NULL,
    hotek_metadata jsonb DEFAULT NULL,
    salto_space_metadata jsonb DEFAULT NULL,
    schedule acs_schedule DEFAULT NULL,
    max_uses integer DEFAULT NULL,
    reference text DEFAULT NULL
) RETURNS acs_credential
    AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE SECURITY DEFINER COST 100;
COMMENT ON FUNCTION acs_credentials_create IS
    'issue a credential to a user, named by acs_user_id, or by user_identity_id and acs_system_id. A
code credential without a code gets a generated one. Window: starts_at <= t < ends_at, null is
unbounded. schedule is at which hours it opens, by the clocks of its system; null or 24/7: at
all. max_uses is how many times it opens, at whatever door; null or 0: any number. reference is
the caller''s own, unique in the system.
Errors by rule name: user_required, acs_user_not_found, user_mismatch, access_method_required,
acs_entrance_not_found, entrance_in_other_system, invalid_entrances, acs_system_not_found,
not_a_credential_manager, window_order, window_in_the_past, invalid_max_uses, invalid_reference,
reference_taken, invalid_metadata, code_overlap, codes_exhausted, and what the system type does
not allow';

CREATE TYPE acs_credential_result AS (
    credential acs_credential,
    sqlstate   text,
    rule       text,
    message    text,
    detail     text
);
COMMENT ON TYPE acs_credential_result IS
    'a credential, or the rule that stands in its way: SQLSTATE, name, words';
COMMENT ON COLUMN acs_credential_result.credential IS 'the credential; null if there is none';
COMMENT ON COLUMN acs_credential_result.sqlstate IS 'of the error; null if there is none';
COMMENT ON COLUMN acs_credential_result.rule IS 'name of the rule that is broken';
COMMENT ON COLUMN acs_credential_result.message IS 'what is wrong, for people';
COMMENT ON COLUMN acs_credential_result.detail IS 'more of it; null: no more';

CREATE FUNCTION acs_credentials_try_create(
    acs_user_id uuid DEFAULT NULL,
    access_method acs_access_method DEFAULT NULL,
    code text DEFAULT NULL,
    starts_at timestamptz DEFAULT NULL,
    ends_at timestamptz DEFAULT NULL,
    allowed_acs_entrance_ids uuid[] DEFAULT '{}',
    is_multi_phone_sync_credential boolean DEFAULT false,
    credential_manager_acs_system_id uuid DEFAULT NULL,
    user_identity_id uuid DEFAULT NULL,
    acs_system_id uuid DEFAULT NULL,
    visionline_metadata jsonb DEFAULT NULL,
    assa_abloy_vostio_metadata jsonb DEFAULT NULL,
    hotek_metadata jsonb DEFAULT NULL,
    salto_space_metadata jsonb DEFAULT NULL,
    schedule acs_schedule DEFAULT NULL,
    max_uses integer DEFAULT NULL,
    reference text DEFAULT NULL
) RETURNS acs_credential_result
    AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE SECURITY DEFINER COST 200;
COMMENT ON FUNCTION acs_credentials_try_create IS
    'as acs_credentials_create, in a subtransaction: a broken rule is a row and not an error, so that
an import is one statement with a result for each line. code is text, so that a malformed one is
such a row, too (22P02, acs_code). Any other error is one';

CREATE FUNCTION acs_credentials_create_offline_code(
    acs_user_id uuid,
    allowed_acs_entrance_id uuid,
    is_one_time_use boolean DEFAULT false,
    starts_at timestamptz DEFAULT NULL,
    ends_at timestamptz DEFAULT NULL
) RETURNS acs_credential
    AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE SECURITY DEFINER COST 100;
COMMENT ON FUNCTION acs_credentials_create_offline_code IS
    'issue a generated code for one entrance, on request for one use; errors as of
acs_credentials_create';

CREATE FUNCTION acs_credentials_get(acs_credential_id uuid) RETURNS acs_credential
    AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL SAFE SUPPORT acs_planner_support SECURITY DEFINER COST 100;
COMMENT ON FUNCTION acs_credentials_get IS
    'a credential of the workspace; error P0002 (acs_credential_not_found) if there is none';

CREATE FUNCTION acs_credentials_list(
    acs_user_id uuid DEFAULT NULL,
    acs_system_id uuid DEFAULT NULL,
    user_identity_id uuid DEFAULT NULL,
    is_multi_phone_sync_credential boolean DEFAULT NULL,
    search text DEFAULT NULL,
    created_before timestamptz DEFAULT NULL,
    page_size integer DEFAULT 500,
    page_cursor uuid DEFAULT NULL
) RETURNS SETOF acs_credential
    AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL SAFE SUPPORT acs_planner_support SECURITY DEFINER COST 1000 ROWS 100;
COMMENT ON FUNCTION acs_credentials_list IS
    'credentials of the workspace that match every filter given, in order of their ids, which is the
order of creation. Next page: page_cursor is the last id seen. page_size is 1 to 10000, else
error 22023 (invalid_page)';

CREATE FUNCTION acs_credentials_list_accessible_entrances(acs_credential_id uuid)
    RETURNS SETOF acs_entrances
    AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL SAFE SUPPORT acs_planner_support SECURITY DEFINER COST 1000 ROWS 10;
COMMENT ON FUNCTION acs_credentials_list_accessible_entrances IS
    'entrances that the credential opens, of its own and of its user''s access groups, when it and
its user are valid, at whatever hours and whatever the windows of memberships; error P0002
(acs_credential_not_found)';

CREATE FUNCTION acs_credentials_update(
    acs_credential_id uuid,
    code acs_code DEFAULT NULL,
    ends_at timestamptz DEFAULT NULL,
    starts_at timestamptz DEFAULT NULL,
    allowed_acs_entrance_ids uuid[] DEFAULT NULL,
    schedule acs_schedule DEFAULT NULL,
    max_uses integer DEFAULT NULL
) RETURNS acs_credential
    AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE SECURITY DEFINER COST 100;
COMMENT ON FUNCTION acs_credentials_update IS
    'change a credential''s code, window, entrances, schedule or number of uses, with its copies on
phones. Null leaves a value as it is; infinity removes the end, -infinity the start, {} the
entrances, 24/7 the schedule, 0 the limit of uses. max_uses of no more than were used uses it up
now.
Errors P0002 (acs_credential_not_found, acs_entrance_not_found), 23P01 (code_overlap), 23514
(window_order), 22023 (phone_copy, window_in_the_past, code_not_allowed, invalid_max_uses,
invalid_entrances, entrance_in_other_system, and what the system type does not allow)';

CREATE FUNCTION acs_credentials_regenerate_code(acs_credential_id uuid)
    RETURNS acs_credential
    AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE SECURITY DEFINER COST 100;
COMMENT ON FUNCTION acs_credentials_regenerate_code IS
    'give a code credential another generated code; the old one opens nothing from then on.
Errors P0002 (acs_credential_not_found), 22023 (access_method_not_supported, phone_copy,
window_in_the_past), 54000 (codes_exhausted)';

CREATE FUNCTION acs_credentials_assign(
    acs_credential_id uuid,
    acs_user_id uuid DEFAULT NULL,
    user_identity_id uuid DEFAULT NULL
) RETURNS acs_credential
    AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE SECURITY DEFINER COST 100;
COMMENT ON FUNCTION acs_credentials_assign IS
    'give an unassigned credential to a user of its system; again to the same user is no error.
Errors P0002 (acs_credential_not_found, acs_user_not_found), 22023 (user_required,
user_mismatch, already_assigned, credential_limit, phone_copy)';

CREATE FUNCTION acs_credentials_unassign(
    acs_credential_id uuid,
    acs_user_id uuid DEFAULT NULL,
    user_identity_id uuid DEFAULT NULL
) RETURNS acs_credential
    AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE SECURITY DEFINER COST 100;
COMMENT ON FUNCTION acs_credentials_unassign IS
    'take a credential from its user, who may be named to make sure; it opens nothing until it is
assigned again.
Errors P0002 (acs_credential_not_found, acs_user_not_found), 22023 (user_mismatch, phone_copy)';

CREATE FUNCTION acs_credentials_issue(
    acs_credential_id uuid,
    card_number text,
    is_replacement boolean DEFAULT false
) RETURNS acs_credential
    AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE SECURITY DEFINER COST 100;
COMMENT ON FUNCTION acs_credentials_issue IS
    'note that a card was written: the first time it is issued, then reissued. card_number is 1 to 64
visible ASCII characters, with single blanks between them at most, and in the format of the
system''s type if that has one. is_replacement puts it on another card: the old number is free,
and no longer lost, stolen or damaged; who is blocked stays so.
Errors P0002 (acs_credential_not_found), 22023 (invalid_card_number,
access_method_not_supported, already_issued if it is on another card), 23P01
(card_number_overlap)';

CREATE FUNCTION acs_credentials_sync_to_phone(acs_credential_id uuid, phone_id text)
    RETURNS acs_credential
    AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE SECURITY DEFINER COST 100;
COMMENT ON FUNCTION acs_credentials_sync_to_phone IS
    'the copy of a multi-phone sync credential for one phone, made on first call: it has the window,
user and entrances of its parent, follows its changes, opens nothing that its parent does not
open, and goes with it. It has disable reasons of its own. phone_id is whatever names the phone,
1 to 256 characters.
Errors P0002 (acs_credential_not_found), 22023 (multi_phone_sync_required, invalid_phone)';

CREATE FUNCTION acs_credentials_disable(acs_credential_id uuid, reason acs_disable_reason)
    RETURNS acs_credential
    AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE SECURITY DEFINER COST 100;
COMMENT ON FUNCTION acs_credentials_disable IS
    'add a reason why the credential opens nothing; again is no error.
Errors P0002 (acs_credential_not_found), 22023 (disable_reason_required)';

CREATE FUNCTION acs_credentials_enable(acs_credential_id uuid, reason acs_disable_reason)
    RETURNS acs_credential
    AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE SECURITY DEFINER COST 100;
COMMENT ON FUNCTION acs_credentials_enable IS
    'lift one reason; the credential stays disabled for any other.
Errors P0002 (acs_credential_not_found), 22023 (disable_reason_required)';

CREATE FUNCTION acs_credentials_delete(acs_credential_id uuid) RETURNS void
    AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE SECURITY DEFINER COST 100;
COMMENT ON FUNCTION acs_credentials_delete IS
    'revoke a credential, with the copies of a multi-phone sync credential on phones; error P0002
(acs_credential_not_found) if there is none';

-- What the constraint would refuse, of rows that came past it: loads with triggers
-- off, a subscriber, a table that had its triggers disabled.  Each pair once.
CREATE FUNCTION acs_credentials_overlaps(
    OUT acs_system_id uuid,
    OUT access_method acs_access_method,
    OUT acs_credential_id uuid,
    OUT other_acs_credential_id uuid,
    OUT starts_at timestamptz,
    OUT ends_at timestamptz
) RETURNS SETOF record
    AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL SAFE SUPPORT acs_planner_support SECURITY DEFINER COST 10000 ROWS 10;
COMMENT ON FUNCTION acs_credentials_overlaps IS
    'pairs of credentials of the workspace that are known by the same identifier at the same time,
and from when until when; none, unless rows were loaded with triggers off';

REVOKE ALL ON FUNCTION
    acs_credentials_create,
    acs_credentials_try_create,
    acs_credentials_create_offline_code,
    acs_credentials_get,
    acs_credentials_list,
    acs_credentials_list_accessible_entrances,
    acs_credentials_update,
    acs_credentials_regenerate_code,
    acs_credentials_assign,
    acs_credentials_unassign,
    acs_credentials_issue,
    acs_credentials_sync_to_phone,
    acs_credentials_disable,
    acs_credentials_enable,
    acs_credentials_delete,
    acs_credentials_overlaps
    FROM PUBLIC;
