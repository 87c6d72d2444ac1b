-- The peer: what a team would write without the extension, in PL/pgSQL. An exclusion
-- constraint (or, from 18 on, a temporal key) keeps windows of one identifier apart; functions
-- hold the rules. Types, ids and the session's workspace are those of the extension.
--
-- One statement where one does, no dynamic SQL, no handlers, no trigger: the functions write
-- the events themselves. What the operations measured here do not use is left out (metadata,
-- generated codes, credential managers, definer rights), to the peer's advantage.
--
-- @window is the window as the constraint has it, of a row p.

CREATE FUNCTION peer_display_name(access_method acs_access_method, code text, card_number text,
                                  is_multi_phone_sync_credential boolean) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE access_method
        WHEN 'code' THEN 'Code ' || rpad(left(code, least(2, length(code) / 3)), length(code), '*')
        WHEN 'card' THEN coalesce('Card ' || rpad(
            left(coalesce(card_number, code), least(3, length(coalesce(card_number, code)) / 2)),
            length(coalesce(card_number, code)), '*'), 'Card')
        ELSE CASE WHEN is_multi_phone_sync_credential THEN 'Multi Phone Sync Credential' ELSE 'Mobile Key' END
    END;

CREATE TYPE peer_credential AS (
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

CREATE FUNCTION peer_time(t timestamptz) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN to_char(t AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"');

-- Inlined by the planner.
CREATE FUNCTION peer_object(c acs_credentials, external_type text, external_type_display_name text,
                            user_identity_id uuid, entrances uuid[], any_takes_it boolean)
    RETURNS peer_credential
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN ROW(
        c.acs_credential_id, c.acs_user_id, user_identity_id, c.acs_system_id, c.workspace_id, c.access_method,
        c.display_name, c.code, c.card_number, c.starts_at, c.ends_at, entrances,
        c.is_multi_phone_sync_credential, c.parent_acs_credential_id, c.credential_manager_acs_system_id,
        c.schedule, c.max_uses IS NOT DISTINCT FROM 1, c.max_uses, c.uses, c.reference,
        c.is_issued, c.issued_at, external_type, external_type_display_name,
        c.metadata -> 'visionline_metadata', c.metadata -> 'assa_abloy_vostio_metadata', '[]'::jsonb,
        CASE
            WHEN c.is_issued IS FALSE THEN jsonb_build_array(jsonb_build_object(
                'warning_code', 'waiting_to_be_issued', 'created_at', peer_time(c.created_at),
                'message', 'The card has not been encoded yet.'))
            WHEN c.needs_to_be_reissued_at IS NOT NULL THEN jsonb_build_array(jsonb_build_object(
                'warning_code', 'needs_to_be_reissued', 'created_at', peer_time(c.needs_to_be_reissued_at),
                'message', 'The card no longer holds what is stored here: encode it again.'))
            ELSE '[]'::jsonb
        END || CASE
            WHEN NOT any_takes_it THEN jsonb_build_array(jsonb_build_object(
                'warning_code', 'entrance_does_not_support_method', 'created_at', peer_time(c.created_at),
                'message', 'None of its entrances can be unlocked with its access method.'))
            ELSE '[]'::jsonb
        END,
        c.created_at)::peer_credential;

-- The first rule of the system's type that is broken, or null. Inlined, too.
CREATE FUNCTION peer_broken_rule(t acs_system_types, access_method acs_access_method, code acs_code,
                                 starts_at timestamptz, ends_at timestamptz, entrances integer,
                                 is_multi_phone_sync_credential boolean, at timestamptz) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE
        WHEN access_method <> ALL (t.access_methods)
             OR access_method = 'code' AND t.custom_code = 'none' THEN 'access_method_not_supported'
        WHEN code IS NOT NULL AND (access_method = 'mobile_key' OR t.custom_code = 'none') THEN 'code_not_allowed'
        WHEN code IS NOT NULL AND t.custom_code = 'generated' THEN 'custom_code_not_allowed'
        WHEN length(code::text) < t.code_min_length OR length(code::text) > t.code_max_length THEN 'code_length'
        WHEN t.code_max_value IS NOT NULL
             AND code::text::numeric NOT BETWEEN 1 AND t.code_max_value THEN 'code_value'
        WHEN access_method = 'mobile_key' AND t.requires_multi_phone_sync
             AND NOT is_multi_phone_sync_credential THEN 'multi_phone_sync_required'
        WHEN t.requires_entrances AND entrances = 0 THEN 'entrance_required'
        WHEN entrances > 1000
             OR access_method = 'code' AND entrances > t.max_entrances_per_code THEN 'too_many_entrances'
        WHEN t.requires_window AND (starts_at IS NULL OR ends_at IS NULL) THEN 'window_required'
        WHEN starts_at >= ends_at THEN 'window_order'
        WHEN ends_at <= at THEN 'window_in_the_past'
    END;

CREATE FUNCTION peer_refuse(rule text) RETURNS void
    LANGUAGE plpgsql AS $$
BEGIN
    RAISE '%', rule USING ERRCODE = CASE rule WHEN 'window_order' THEN '23514' ELSE '22023' END;
END
$$;

---------------------------------------------------------------------------
-- Credentials
---------------------------------------------------------------------------

CREATE FUNCTION peer_create(p_user_id uuid, p_method acs_access_method, p_code acs_code DEFAULT NULL,
                            p_starts_at timestamptz DEFAULT NULL, p_ends_at timestamptz DEFAULT NULL,
                            p_entrances uuid[] DEFAULT '{}', p_is_multi_phone_sync boolean DEFAULT false)
    RETURNS peer_credential
    LANGUAGE plpgsql AS $$
DECLARE
    workspace uuid := acs_workspace_id();
    moment timestamptz := clock_timestamp();
    holder record;
    object peer_credential;
    stored integer;
BEGIN
    SELECT u.acs_system_id, u.user_identity_id, t.encodes_cards, t.credential_type, t.credential_type_display_name,
           CASE p_method WHEN 'card' THEN t.max_cards_per_user
                         WHEN 'mobile_key' THEN t.max_mobile_keys_per_user END AS at_most,
           peer_broken_rule(t, p_method, p_code, p_starts_at, p_ends_at, cardinality(p_entrances),
                            p_is_multi_phone_sync, moment) AS broken
      INTO holder
      FROM acs_users u
      JOIN acs_systems s ON s.workspace_id = u.workspace_id AND s.acs_system_id = u.acs_system_id
      JOIN acs_system_types t ON t.system_type = s.system_type
     WHERE u.workspace_id = workspace AND u.acs_user_id = p_user_id
       FOR KEY SHARE OF u;
    IF NOT FOUND THEN
        RAISE 'acs_user_not_found' USING ERRCODE = 'P0002';
    END IF;
    IF holder.broken IS NOT NULL THEN
        PERFORM peer_refuse(holder.broken);
    END IF;
    IF holder.at_most IS NOT NULL THEN
        PERFORM FROM acs_users u
          WHERE u.workspace_id = workspace AND u.acs_user_id = p_user_id FOR NO KEY UPDATE;
        IF holder.at_most <= (SELECT count(*) FROM acs_credentials c
                               WHERE c.workspace_id = workspace AND c.acs_system_id = holder.acs_system_id
                                 AND c.acs_user_id = p_user_id AND c.access_method = p_method
                                 AND c.parent_acs_credential_id IS NULL) THEN
            PERFORM peer_refuse('credential_limit');
        END IF;
    END IF;

    INSERT INTO acs_credentials AS c (workspace_id, acs_system_id, acs_user_id, access_method, code,
            identifier, display_name, starts_at, ends_at, is_multi_phone_sync_credential, is_issued,
            created_at, valid_from)
        VALUES (workspace, holder.acs_system_id, p_user_id, p_method, p_code,
            CASE WHEN p_method <> 'mobile_key' THEN p_code::text END,
            peer_display_name(p_method, p_code::text, NULL, p_is_multi_phone_sync),
            p_starts_at, p_ends_at, p_is_multi_phone_sync,
            CASE WHEN p_method = 'card' AND holder.encodes_cards THEN false END,
            moment, greatest(p_starts_at, moment))
        RETURNING (peer_object(c, holder.credential_type, holder.credential_type_display_name, holder.user_identity_id,
                               ARRAY(SELECT unnest(p_entrances) ORDER BY 1), true)).* INTO object;
    IF p_entrances <> '{}' THEN
        INSERT INTO acs_credential_entrances (workspace_id, acs_credential_id, acs_entrance_id, acs_system_id)
            SELECT workspace, object.acs_credential_id, e.acs_entrance_id, e.acs_system_id FROM acs_entrances e
             WHERE e.workspace_id = workspace AND e.acs_entrance_id = ANY (p_entrances)
               AND e.acs_system_id = holder.acs_system_id;
        GET DIAGNOSTICS stored = ROW_COUNT;
        IF stored <> cardinality(p_entrances) THEN
            PERFORM peer_refuse('invalid_entrances');
        END IF;
        INSERT INTO acs_events (workspace_id, event_type, acs_system_id, acs_user_id, acs_credential_id,
                                acs_entrance_id, details)
            SELECT workspace, 'acs_credential.entrance_added', object.acs_system_id, p_user_id, object.acs_credential_id,
                   id, jsonb_build_object('display_name', object.display_name)
              FROM unnest(p_entrances) id;
    END IF;
    INSERT INTO acs_events (workspace_id, event_type, acs_system_id, acs_user_id, acs_credential_id, details)
        VALUES (workspace, 'acs_credential.created', object.acs_system_id, p_user_id, object.acs_credential_id,
                jsonb_strip_nulls(jsonb_build_object('access_method', p_method,
                    'display_name', object.display_name, 'starts_at', p_starts_at, 'ends_at', p_ends_at)));
    RETURN object;
END
$$;

CREATE FUNCTION peer_get(p_credential_id uuid) RETURNS peer_credential
    LANGUAGE plpgsql STABLE AS $$
DECLARE
    object peer_credential;
BEGIN
    SELECT (peer_object(c, t.credential_type, t.credential_type_display_name, @surroundings)).* INTO object
      FROM acs_credentials c
      JOIN acs_systems s ON s.workspace_id = c.workspace_id AND s.acs_system_id = c.acs_system_id
      JOIN acs_system_types t ON t.system_type = s.system_type
     WHERE c.workspace_id = acs_workspace_id() AND c.acs_credential_id = p_credential_id;
    IF NOT FOUND THEN
        RAISE 'acs_credential_not_found' USING ERRCODE = 'P0002';
    END IF;
    RETURN object;
END
$$;

CREATE FUNCTION peer_list_of_user(p_user_id uuid, p_size integer DEFAULT 500, p_cursor uuid DEFAULT NULL)
    RETURNS SETOF peer_credential
    LANGUAGE plpgsql STABLE ROWS 100 AS $$
BEGIN
    RETURN QUERY
    SELECT (peer_object(c, t.credential_type, t.credential_type_display_name, @surroundings)).*
      FROM acs_credentials c
      JOIN acs_systems s ON s.workspace_id = c.workspace_id AND s.acs_system_id = c.acs_system_id
      JOIN acs_system_types t ON t.system_type = s.system_type
     WHERE c.workspace_id = acs_workspace_id() AND c.acs_user_id = p_user_id
       AND c.acs_credential_id > coalesce(p_cursor, '00000000-0000-0000-0000-000000000000')
     ORDER BY c.acs_credential_id LIMIT p_size;
END
$$;

CREATE FUNCTION peer_list_of_system(p_system_id uuid, p_size integer DEFAULT 500, p_cursor uuid DEFAULT NULL)
    RETURNS SETOF peer_credential
    LANGUAGE plpgsql STABLE ROWS 100 AS $$
BEGIN
    RETURN QUERY
    SELECT (peer_object(c, t.credential_type, t.credential_type_display_name, @surroundings)).*
      FROM acs_credentials c
      JOIN acs_systems s ON s.workspace_id = c.workspace_id AND s.acs_system_id = c.acs_system_id
      JOIN acs_system_types t ON t.system_type = s.system_type
     WHERE c.workspace_id = acs_workspace_id() AND c.acs_system_id = p_system_id
       AND c.acs_credential_id > coalesce(p_cursor, '00000000-0000-0000-0000-000000000000')
     ORDER BY c.acs_credential_id LIMIT p_size;
END
$$;

CREATE FUNCTION peer_update_end(p_credential_id uuid, p_ends_at timestamptz) RETURNS peer_credential
    LANGUAGE plpgsql AS $$
DECLARE
    workspace uuid := acs_workspace_id();
    moment timestamptz := clock_timestamp();
    old record;
    object peer_credential;
BEGIN
    SELECT c.code, c.display_name, c.ends_at, c.parent_acs_credential_id,
           t.credential_type, t.credential_type_display_name,
           peer_broken_rule(t, c.access_method, NULL, c.starts_at, p_ends_at, e.entrances,
                            c.is_multi_phone_sync_credential, moment) AS broken
      INTO old
      FROM acs_credentials c
      JOIN acs_systems s ON s.workspace_id = c.workspace_id AND s.acs_system_id = c.acs_system_id
      JOIN acs_system_types t ON t.system_type = s.system_type
     CROSS JOIN (SELECT count(*)::integer AS entrances FROM acs_credential_entrances x
                  WHERE x.workspace_id = workspace AND x.acs_credential_id = p_credential_id) e
     WHERE c.workspace_id = workspace AND c.acs_credential_id = p_credential_id
       FOR NO KEY UPDATE OF c;
    IF NOT FOUND THEN
        RAISE 'acs_credential_not_found' USING ERRCODE = 'P0002';
    END IF;
    IF old.parent_acs_credential_id IS NOT NULL THEN
        PERFORM peer_refuse('phone_copy');
    END IF;
    IF p_ends_at IS NOT DISTINCT FROM old.ends_at THEN
        RETURN peer_get(p_credential_id);
    END IF;
    IF old.broken IS NOT NULL THEN
        PERFORM peer_refuse(old.broken);
    END IF;
    UPDATE acs_credentials c
       SET ends_at = p_ends_at,
           needs_to_be_reissued_at =
               CASE WHEN c.issued_at IS NOT NULL THEN coalesce(c.needs_to_be_reissued_at, moment) END
     WHERE c.workspace_id = workspace AND c.acs_credential_id = p_credential_id
    RETURNING (peer_object(c, old.credential_type, old.credential_type_display_name, @surroundings)).* INTO object;
    INSERT INTO acs_events (workspace_id, event_type, acs_system_id, acs_user_id, acs_credential_id, details)
        VALUES (workspace, 'acs_credential.updated', object.acs_system_id, object.acs_user_id, p_credential_id,
                jsonb_build_object('display_name', object.display_name, 'ends_at', jsonb_strip_nulls(
                    jsonb_build_object('old', old.ends_at, 'new', object.ends_at))));
    IF object.is_multi_phone_sync_credential THEN
        PERFORM peer_update_copies(object);
    END IF;
    RETURN object;
END
$$;

CREATE FUNCTION peer_update_code(p_credential_id uuid, p_code acs_code) RETURNS peer_credential
    LANGUAGE plpgsql AS $$
DECLARE
    workspace uuid := acs_workspace_id();
    moment timestamptz := clock_timestamp();
    old record;
    object peer_credential;
BEGIN
    SELECT c.code, c.display_name, c.ends_at, c.parent_acs_credential_id,
           t.credential_type, t.credential_type_display_name,
           peer_broken_rule(t, c.access_method, p_code, c.starts_at, c.ends_at, e.entrances,
                            c.is_multi_phone_sync_credential, moment) AS broken
      INTO old
      FROM acs_credentials c
      JOIN acs_systems s ON s.workspace_id = c.workspace_id AND s.acs_system_id = c.acs_system_id
      JOIN acs_system_types t ON t.system_type = s.system_type
     CROSS JOIN (SELECT count(*)::integer AS entrances FROM acs_credential_entrances x
                  WHERE x.workspace_id = workspace AND x.acs_credential_id = p_credential_id) e
     WHERE c.workspace_id = workspace AND c.acs_credential_id = p_credential_id
       FOR NO KEY UPDATE OF c;
    IF NOT FOUND THEN
        RAISE 'acs_credential_not_found' USING ERRCODE = 'P0002';
    END IF;
    IF old.parent_acs_credential_id IS NOT NULL THEN
        PERFORM peer_refuse('phone_copy');
    END IF;
    IF p_code = old.code THEN
        RETURN peer_get(p_credential_id);
    END IF;
    IF old.broken IS NOT NULL THEN
        PERFORM peer_refuse(old.broken);
    END IF;
    UPDATE acs_credentials c
       SET code = p_code, identifier = coalesce(c.card_number, p_code::text),
           display_name = peer_display_name(c.access_method, p_code::text, c.card_number,
                                            c.is_multi_phone_sync_credential),
           needs_to_be_reissued_at =
               CASE WHEN c.issued_at IS NOT NULL THEN coalesce(c.needs_to_be_reissued_at, moment) END
     WHERE c.workspace_id = workspace AND c.acs_credential_id = p_credential_id
    RETURNING (peer_object(c, old.credential_type, old.credential_type_display_name, @surroundings)).* INTO object;
    INSERT INTO acs_events (workspace_id, event_type, acs_system_id, acs_user_id, acs_credential_id, details)
        VALUES (workspace, 'acs_credential.updated', object.acs_system_id, object.acs_user_id, p_credential_id,
                jsonb_build_object('display_name', object.display_name, 'code',
                    jsonb_build_object('old', old.display_name, 'new', object.display_name)));
    RETURN object;
END
$$;

-- The copies on phones, which end as their parent does.
CREATE FUNCTION peer_update_copies(parent peer_credential) RETURNS void
    LANGUAGE sql AS $$
    WITH old AS (
        SELECT k.acs_credential_id, k.ends_at FROM acs_credentials k
         WHERE k.workspace_id = (parent).workspace_id
           AND k.parent_acs_credential_id = (parent).acs_credential_id
           FOR NO KEY UPDATE
    ), new AS (
        UPDATE acs_credentials k SET ends_at = (parent).ends_at FROM old
         WHERE k.workspace_id = (parent).workspace_id AND k.acs_credential_id = old.acs_credential_id
        RETURNING k.*, old.ends_at AS old_ends_at
    )
    INSERT INTO acs_events (workspace_id, event_type, acs_system_id, acs_user_id, acs_credential_id, details)
        SELECT c.workspace_id, 'acs_credential.updated', c.acs_system_id, c.acs_user_id, c.acs_credential_id,
               jsonb_build_object('display_name', c.display_name, 'ends_at', jsonb_strip_nulls(
                   jsonb_build_object('old', c.old_ends_at, 'new', c.ends_at)))
          FROM new c
$$;

CREATE FUNCTION peer_delete(p_credential_id uuid) RETURNS void
    LANGUAGE plpgsql AS $$
BEGIN
    WITH gone AS (
        DELETE FROM acs_credentials k
         WHERE k.workspace_id = acs_workspace_id()
           AND (k.acs_credential_id = p_credential_id OR k.parent_acs_credential_id = p_credential_id)
        RETURNING k.*
    )
    INSERT INTO acs_events (workspace_id, event_type, acs_system_id, acs_user_id, acs_credential_id,
                            acs_entrance_id, details)
        SELECT c.workspace_id, 'acs_credential.deleted', c.acs_system_id, c.acs_user_id, c.acs_credential_id,
               NULL, jsonb_strip_nulls(jsonb_build_object('access_method', c.access_method,
                   'display_name', c.display_name, 'starts_at', c.starts_at, 'ends_at', c.ends_at))
          FROM gone c
        UNION ALL
        SELECT x.workspace_id, 'acs_credential.entrance_removed', x.acs_system_id, NULL, x.acs_credential_id,
               x.acs_entrance_id, '{}'
          FROM gone c
          JOIN acs_credential_entrances x
            ON x.workspace_id = acs_workspace_id() AND x.acs_credential_id = c.acs_credential_id;
    IF NOT FOUND THEN
        RAISE 'acs_credential_not_found' USING ERRCODE = 'P0002';
    END IF;
END
$$;

---------------------------------------------------------------------------
-- Users
---------------------------------------------------------------------------

CREATE FUNCTION peer_create_user(p_system_id uuid, p_full_name text, p_group_id uuid) RETURNS acs_users
    LANGUAGE plpgsql AS $$
DECLARE
    workspace uuid := acs_workspace_id();
    new_user acs_users;
BEGIN
    IF p_full_name IS NULL OR p_full_name = '' THEN
        PERFORM peer_refuse('invalid_name');
    END IF;
    INSERT INTO acs_users (workspace_id, acs_system_id, full_name) VALUES (workspace, p_system_id, p_full_name)
        RETURNING * INTO new_user;
    INSERT INTO acs_access_groups_users (workspace_id, acs_access_group_id, acs_user_id, acs_system_id)
        VALUES (workspace, p_group_id, new_user.acs_user_id, p_system_id);
    INSERT INTO acs_events (workspace_id, event_type, acs_system_id, acs_user_id, acs_access_group_id, details)
        VALUES (workspace, 'acs_user.created', p_system_id, new_user.acs_user_id, NULL,
                jsonb_build_object('full_name', p_full_name)),
               (workspace, 'acs_access_group.user_added', p_system_id, new_user.acs_user_id, p_group_id, '{}');
    RETURN new_user;
END
$$;

---------------------------------------------------------------------------
-- Access
---------------------------------------------------------------------------

CREATE TYPE peer_decision AS (
    granted           boolean,
    reason            acs_denial_reason,
    reasons           acs_denial_reason[],
    acs_credential_id uuid,
    acs_user_id       uuid,
    acs_entrance_id   uuid,
    decided_at        timestamptz
);

-- The decision, and what a request needs of its facts beside.
CREATE TYPE peer_facts AS (
    reasons           acs_denial_reason[],
    acs_system_id     uuid,
    acs_credential_id uuid,
    holder_id         uuid,
    version           xid,
    acs_user_id       uuid,
    display_name      text,
    max_uses          integer,
    uses              integer,
    has_failures      boolean,
    mode              acs_entrance_mode
);

-- Of the credentials that hold an identifier the one that is valid now is meant, else the
-- nearest in time. A key on a phone is found by its id; one that is a copy has the rights of its
-- parent, and what speaks against either speaks against it. While codes are locked out, none is
-- looked up.
-- By the clocks and holidays of the system.
CREATE FUNCTION peer_open_at(p_schedule acs_schedule, p_at timestamptz, p_system_id uuid) RETURNS boolean
    LANGUAGE sql STABLE
    RETURN (SELECT acs_open_at(p_schedule, p_at, s.time_zone, ARRAY(
                       SELECT h.day FROM acs_holidays h
                        WHERE h.workspace_id = s.workspace_id AND h.acs_system_id = s.acs_system_id))
              FROM acs_systems s WHERE s.workspace_id = acs_workspace_id() AND s.acs_system_id = p_system_id);

CREATE FUNCTION peer_decide(p_entrance_id uuid, p_method acs_access_method, p_identifier text,
                            p_credential_id uuid, p_at timestamptz) RETURNS peer_facts
    LANGUAGE plpgsql STABLE AS $$
DECLARE
    workspace uuid := acs_workspace_id();
    attempts integer := current_setting('credentials.lockout_attempts');
    e record;
    c record;
    u record;
    is_known boolean;
    is_named boolean;
    is_open boolean := true;
    is_within_hours boolean := true;
    enters_when_locked boolean := false;
    facts peer_facts;
BEGIN
    SELECT d.acs_system_id,
           CASE p_method WHEN 'code' THEN d.can_unlock_with_code WHEN 'card' THEN d.can_unlock_with_card
                         ELSE d.can_unlock_with_mobile_key END AS is_supported,
           CASE WHEN s.mode <> 'controlled' AND (p_at < s.mode_until) IS NOT FALSE THEN s.mode
                WHEN d.mode <> 'controlled' AND (p_at < d.mode_until) IS NOT FALSE THEN d.mode
                WHEN d.unlock_schedule IS NOT NULL AND peer_open_at(d.unlock_schedule, p_at, d.acs_system_id) THEN 'unlocked'
                ELSE 'controlled' END AS mode,
           attempts > 0 AND p_at < l.locked_until AS is_locked_out,
           l.failed_attempts > 0 AS has_failures
      INTO e
      FROM acs_entrances d
      JOIN acs_systems s ON s.workspace_id = d.workspace_id AND s.acs_system_id = d.acs_system_id
      LEFT JOIN acs_entrance_lockouts l
             ON l.workspace_id = d.workspace_id AND l.acs_entrance_id = d.acs_entrance_id
     WHERE d.workspace_id = workspace AND d.acs_entrance_id = p_entrance_id;
    IF NOT FOUND THEN
        RAISE 'acs_entrance_not_found' USING ERRCODE = 'P0002';
    END IF;
    facts.acs_system_id := e.acs_system_id;
    facts.has_failures := e.has_failures;
    facts.mode := e.mode;
    IF e.is_locked_out AND p_method = 'code' THEN
        facts.reasons := CASE e.mode WHEN 'unlocked' THEN '{}' ELSE '{too_many_attempts}' END;
        RETURN facts;
    END IF;

    IF p_method = 'mobile_key' THEN
        SELECT p.acs_credential_id, p.xmin AS version, p.parent_acs_credential_id, p.display_name,
               CASE WHEN o.acs_credential_id IS NULL OR o.acs_user_id = p.acs_user_id THEN p.acs_user_id END AS acs_user_id,
               greatest(p.valid_from, o.valid_from) AS valid_from, least(p.ends_at, o.ends_at) AS ends_at,
               CASE WHEN o.acs_credential_id IS NULL THEN p.max_uses ELSE o.max_uses END AS max_uses,
               coalesce(o.uses, p.uses) AS uses, CASE WHEN o.acs_credential_id IS NULL THEN p.used_up_at ELSE o.used_up_at END AS used_up_at,
               p.is_issued IS NOT FALSE AND o.is_issued IS NOT FALSE AS is_issued,
               p.disable_reasons || coalesce(o.disable_reasons, '{}') AS disable_reasons, coalesce(o.schedule, p.schedule) AS schedule
          INTO c FROM acs_credentials p
          LEFT JOIN acs_credentials o ON o.workspace_id = workspace AND o.acs_credential_id = p.parent_acs_credential_id
         WHERE p.workspace_id = workspace AND p.acs_credential_id = p_credential_id
           AND p.acs_system_id = e.acs_system_id AND p.access_method = p_method;
    ELSE
        SELECT p.acs_credential_id, p.xmin AS version, p.acs_user_id, p.parent_acs_credential_id, p.display_name,
               p.valid_from, p.ends_at, p.max_uses, p.uses, p.used_up_at, p.is_issued, p.disable_reasons, p.schedule
          INTO c FROM acs_credentials p
         WHERE p.workspace_id = workspace AND p.acs_system_id = e.acs_system_id
           AND p.access_method = p_method AND p.identifier = p_identifier
           AND @window @> p_at
         LIMIT 1;
        IF NOT FOUND THEN
            SELECT p.acs_credential_id, p.xmin AS version, p.acs_user_id, p.parent_acs_credential_id, p.display_name,
                   p.valid_from, p.ends_at, p.max_uses, p.uses, p.used_up_at, p.is_issued, p.disable_reasons, p.schedule
              INTO c FROM acs_credentials p
             WHERE p.workspace_id = workspace AND p.acs_system_id = e.acs_system_id
               AND p.access_method = p_method AND p.identifier = p_identifier
             ORDER BY CASE WHEN p_at < p.valid_from THEN p.valid_from - p_at
                           WHEN p_at >= p.ends_at THEN p_at - p.ends_at
                           ELSE interval '0' END
             LIMIT 1;
        END IF;
    END IF;
    is_known := FOUND;

    IF c.acs_user_id IS NOT NULL THEN
        SELECT h.is_suspended, h.access_starts_at, h.access_ends_at INTO u FROM acs_users h
         WHERE h.workspace_id = workspace AND h.acs_user_id = c.acs_user_id;
    ELSE
        SELECT NULL::boolean AS is_suspended, NULL::timestamptz AS access_starts_at,
               NULL::timestamptz AS access_ends_at INTO u;
    END IF;
    IF is_known THEN
        is_named := EXISTS (
                SELECT FROM acs_credential_entrances x
                 WHERE x.workspace_id = workspace AND x.acs_entrance_id = p_entrance_id
                   AND x.acs_credential_id = coalesce(c.parent_acs_credential_id, c.acs_credential_id));
        IF NOT is_named OR e.mode = 'locked' THEN
            SELECT is_named OR count(*) > 0, is_named OR coalesce(bool_or(o.is_open), true), coalesce(bool_or(o.is_open AND g.enters_when_locked), false)
              INTO is_named, is_open, enters_when_locked
              FROM acs_access_groups_users gu
              JOIN acs_access_groups_entrances ge ON ge.workspace_id = gu.workspace_id
               AND ge.acs_access_group_id = gu.acs_access_group_id
              JOIN acs_access_groups g ON g.workspace_id = gu.workspace_id AND g.acs_access_group_id = gu.acs_access_group_id
             CROSS JOIN LATERAL (SELECT (gu.starts_at <= p_at) IS NOT FALSE AND
                                        (g.schedule IS NULL OR peer_open_at(g.schedule, p_at, g.acs_system_id)) AS is_open) o
             WHERE gu.workspace_id = workspace AND gu.acs_user_id = c.acs_user_id
               AND ge.acs_entrance_id = p_entrance_id
               AND (gu.ends_at IS NULL OR p_at < gu.ends_at);
        END IF;
        IF c.schedule IS NOT NULL THEN
            is_within_hours := peer_open_at(c.schedule, p_at, e.acs_system_id);
        END IF;
    END IF;

    facts.reasons := array_remove(ARRAY[
        CASE WHEN NOT is_known THEN 'unknown_credential'::acs_denial_reason END,
        CASE WHEN e.mode = 'locked' AND NOT enters_when_locked THEN 'entrance_locked'::acs_denial_reason END,
        CASE WHEN is_known AND c.acs_user_id IS NULL THEN 'unassigned'::acs_denial_reason END,
        CASE WHEN u.is_suspended THEN 'user_suspended'::acs_denial_reason END,
        CASE WHEN c.disable_reasons <> '{}' THEN 'disabled'::acs_denial_reason END,
        CASE WHEN c.used_up_at IS NOT NULL THEN 'used_up'::acs_denial_reason END,
        CASE WHEN c.is_issued IS FALSE THEN 'not_issued'::acs_denial_reason END,
        CASE WHEN p_at < c.valid_from THEN 'not_yet_valid'::acs_denial_reason END,
        CASE WHEN p_at >= c.ends_at THEN 'expired'::acs_denial_reason END,
        CASE WHEN p_at < u.access_starts_at OR p_at >= u.access_ends_at THEN 'outside_user_schedule'::acs_denial_reason END,
        CASE WHEN NOT is_within_hours OR NOT is_open THEN 'outside_schedule'::acs_denial_reason END,
        CASE WHEN NOT e.is_supported THEN 'method_not_supported'::acs_denial_reason END,
        CASE WHEN NOT is_named THEN 'entrance_not_allowed'::acs_denial_reason END
    ], NULL);
    IF e.mode = 'unlocked' THEN
        facts.reasons := '{}';
    END IF;
    facts.acs_credential_id := c.acs_credential_id;
    facts.holder_id := coalesce(c.parent_acs_credential_id, c.acs_credential_id);
    facts.version := c.version;
    facts.acs_user_id := c.acs_user_id;
    facts.display_name := c.display_name;
    facts.max_uses := c.max_uses;
    facts.uses := c.uses;
    RETURN facts;
END
$$;

CREATE FUNCTION peer_check(p_entrance_id uuid, p_method acs_access_method, p_code acs_code DEFAULT NULL,
                           p_card_number text DEFAULT NULL, p_credential_id uuid DEFAULT NULL,
                           p_at timestamptz DEFAULT clock_timestamp()) RETURNS peer_decision
    LANGUAGE plpgsql STABLE AS $$
DECLARE
    f peer_facts := peer_decide(p_entrance_id, p_method, coalesce(p_card_number, p_code::text),
                                p_credential_id, p_at);
BEGIN
    RETURN ROW(f.reasons = '{}', f.reasons[1], f.reasons, f.acs_credential_id, f.acs_user_id,
               p_entrance_id, p_at)::peer_decision;
END
$$;

-- The door's call. What would be granted is locked, and decided again if it has changed.
CREATE FUNCTION peer_request(p_entrance_id uuid, p_method acs_access_method, p_code acs_code DEFAULT NULL,
                             p_card_number text DEFAULT NULL, p_credential_id uuid DEFAULT NULL)
    RETURNS peer_decision
    LANGUAGE plpgsql AS $$
DECLARE
    workspace uuid := acs_workspace_id();
    attempts integer;
    moment timestamptz;
    f peer_facts;
    granted boolean;
BEGIN
    LOOP
        moment := clock_timestamp();
        f := peer_decide(p_entrance_id, p_method, coalesce(p_card_number, p_code::text), p_credential_id, moment);
        granted := f.reasons = '{}';
        EXIT WHEN NOT granted OR f.mode = 'unlocked';
        IF f.holder_id <> f.acs_credential_id THEN
            PERFORM FROM acs_credentials c
              WHERE c.workspace_id = workspace AND c.acs_credential_id = f.holder_id FOR NO KEY UPDATE;
            f := peer_decide(p_entrance_id, p_method, NULL, p_credential_id, moment);
            granted := f.reasons = '{}';
            EXIT WHEN NOT granted;
        END IF;
        PERFORM FROM acs_credentials c
          WHERE c.workspace_id = workspace AND c.acs_credential_id = f.acs_credential_id AND c.xmin = f.version
            FOR NO KEY UPDATE;
        EXIT WHEN FOUND;
    END LOOP;

    IF granted AND f.mode <> 'unlocked' AND f.max_uses IS NOT NULL THEN
        UPDATE acs_credentials c SET uses = f.uses + 1, used_up_at = CASE WHEN f.uses + 1 >= f.max_uses THEN moment END
         WHERE c.workspace_id = workspace AND c.acs_credential_id = f.holder_id;
    END IF;
    IF granted AND f.mode <> 'unlocked' AND f.has_failures AND p_method = 'code' THEN
        UPDATE acs_entrance_lockouts l SET failed_attempts = 0, locked_until = NULL
         WHERE l.workspace_id = workspace AND l.acs_entrance_id = p_entrance_id;
    END IF;
    IF f.reasons[1] = 'unknown_credential' AND p_method = 'code' AND p_code IS NOT NULL THEN
        attempts := current_setting('credentials.lockout_attempts');
        IF attempts > 0 THEN
            INSERT INTO acs_entrance_lockouts AS l (workspace_id, acs_entrance_id, failed_attempts, locked_until)
                VALUES (workspace, p_entrance_id, 1, CASE WHEN attempts = 1
                    THEN moment + current_setting('credentials.lockout_duration')::interval END)
                ON CONFLICT ON CONSTRAINT acs_entrance_lockouts_pkey DO UPDATE
                SET failed_attempts = l.failed_attempts + 1,
                    locked_until = CASE WHEN (l.failed_attempts + 1) % attempts = 0
                        THEN moment + current_setting('credentials.lockout_duration')::interval
                        ELSE l.locked_until END
                WHERE (l.locked_until > clock_timestamp()) IS NOT TRUE;
            IF NOT FOUND THEN
                f.reasons := '{too_many_attempts}';
            END IF;
        END IF;
    END IF;
    INSERT INTO acs_events (workspace_id, event_type, acs_system_id, acs_user_id, acs_credential_id,
                            acs_entrance_id, details)
        VALUES (workspace,
                CASE WHEN granted THEN 'acs_entrance.access_granted' ELSE 'acs_entrance.access_denied' END,
                f.acs_system_id, f.acs_user_id, f.acs_credential_id, p_entrance_id,
                jsonb_strip_nulls(jsonb_build_object('access_method', p_method, 'display_name', f.display_name,
                    'mode', nullif(f.mode, 'controlled'), 'reason', f.reasons[1], 'reasons', nullif(f.reasons, '{}'))));
    IF granted AND f.mode <> 'unlocked' AND f.uses + 1 = f.max_uses THEN
        INSERT INTO acs_events (workspace_id, event_type, acs_system_id, acs_user_id, acs_credential_id, details)
            VALUES (workspace, 'acs_credential.used_up', f.acs_system_id, f.acs_user_id, f.holder_id,
                    jsonb_build_object('display_name', f.display_name, 'used_up_at', jsonb_build_object('new', moment)));
    END IF;
    RETURN ROW(granted, f.reasons[1], f.reasons, f.acs_credential_id, f.acs_user_id, p_entrance_id,
               moment)::peer_decision;
END
$$;
