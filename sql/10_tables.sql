-- Tables.  Every key has the workspace: a reference across tenants cannot be stored,
-- and the tables can be distributed by workspace_id.  Primary and foreign keys begin
-- with it.  A key …_system_key, to which foreign keys refer so that rights stay in their
-- system, ends with it, as it is also the index of the pages of a system.
-- No other index without a predicate begins with it: without statistics, or with many
-- workspaces, the planner takes such a one for as good as the
-- primary key, and a foreign key's check then reads the whole workspace.
-- A row with a code is checked by triggers which raise the error themselves, because
-- the server's own message about a CHECK constraint prints the row.

CREATE TABLE acs_system_types (
    system_type                  text PRIMARY KEY,
    display_name                 text NOT NULL,
    credential_type              text,
    credential_type_display_name text,
    access_methods               acs_access_method[],
    custom_code                  text CHECK (custom_code IN ('allowed', 'generated', 'none')),
    code_min_length              integer CHECK (code_min_length BETWEEN 1 AND 32),
    code_max_length              integer CHECK (code_max_length BETWEEN 1 AND 32),
    code_digits                  text CHECK (code_digits ~ '^[0-9]{2,10}$' AND code_digits !~ '(.).*\1'),
    code_max_value               bigint CHECK (code_max_value > 0),
    generated_code_length        integer CHECK (generated_code_length BETWEEN 3 AND 32),
    max_entrances_per_code       integer CHECK (max_entrances_per_code > 0),
    requires_entrances           boolean NOT NULL DEFAULT false,
    requires_window              boolean NOT NULL DEFAULT false,
    requires_multi_phone_sync    boolean NOT NULL DEFAULT false,
    max_cards_per_user           integer CHECK (max_cards_per_user > 0),
    max_mobile_keys_per_user     integer CHECK (max_mobile_keys_per_user > 0),
    encodes_cards                boolean NOT NULL DEFAULT false,
    card_number_format           text CHECK (card_number_format IN ('hex', 'decimal', 'wiegand26')),
    metadata_key                 text CHECK (metadata_key IN ('visionline_metadata', 'assa_abloy_vostio_metadata',
                                                              'hotek_metadata', 'salto_space_metadata', 'none')),
    permission_model             text CHECK (permission_model IN ('credential', 'access_group')),
    is_credential_manager        boolean NOT NULL DEFAULT false,
    is_builtin                   boolean NOT NULL DEFAULT false,
    CONSTRAINT code_length_order CHECK (code_min_length <= code_max_length)
);
COMMENT ON TABLE acs_system_types IS
    'what each type of access control system allows; null is unrestricted. Rows of your own are
enforced at once';
COMMENT ON COLUMN acs_system_types.system_type IS 'name of the type, the API''s external_type of a system';
COMMENT ON COLUMN acs_system_types.display_name IS 'name of the type for people';
COMMENT ON COLUMN acs_system_types.credential_type IS 'the API''s external_type of its credentials';
COMMENT ON COLUMN acs_system_types.credential_type_display_name IS 'name of the credential type for people';
COMMENT ON COLUMN acs_system_types.access_methods IS 'access methods that its credentials can have';
COMMENT ON COLUMN acs_system_types.custom_code IS 'allowed: the caller chooses codes, or has one generated; generated: codes are always generated;
none: credentials have no codes';
COMMENT ON COLUMN acs_system_types.code_min_length IS 'digits of a code that is typed, at least; what a card is created with is not';
COMMENT ON COLUMN acs_system_types.code_max_length IS 'digits of a code that is typed, at most';
COMMENT ON COLUMN acs_system_types.code_digits IS 'digits that its keypads have keys for, each once, as 12345; codes have no other';
COMMENT ON COLUMN acs_system_types.code_max_value IS 'greatest code that is typed, read as a number; zero is then no code either';
COMMENT ON COLUMN acs_system_types.generated_code_length IS 'digits of a generated code; null: 6, or as near as the lengths and the greatest value allow';
COMMENT ON COLUMN acs_system_types.max_entrances_per_code IS 'entrances on a code credential, at most';
COMMENT ON COLUMN acs_system_types.requires_entrances IS 'credentials must name an entrance';
COMMENT ON COLUMN acs_system_types.requires_window IS 'credentials must have both starts_at and ends_at';
COMMENT ON COLUMN acs_system_types.requires_multi_phone_sync IS 'mobile keys must be multi-phone sync credentials';
COMMENT ON COLUMN acs_system_types.max_cards_per_user IS 'cards that a user can have at a time; expired ones count until they are deleted';
COMMENT ON COLUMN acs_system_types.max_mobile_keys_per_user IS 'mobile keys that a user can have at a time; expired ones count until they are deleted, copies on
phones do not';
COMMENT ON COLUMN acs_system_types.encodes_cards IS 'a card opens nothing until it is written by an encoder';
COMMENT ON COLUMN acs_system_types.card_number_format IS 'how numbers of its cards are spelt, and compared: hex, whole bytes with or without separators;
decimal, leading zeros do not count; wiegand26, facility:number or both as one number; null: in
any way. It stays as it is while there are cards';
COMMENT ON COLUMN acs_system_types.metadata_key IS 'the one metadata argument it takes; none: no metadata';
COMMENT ON COLUMN acs_system_types.permission_model IS 'where doors and schedule come from: the credential, or access groups';
COMMENT ON COLUMN acs_system_types.is_credential_manager IS 'can be named as credential_manager_acs_system_id';
COMMENT ON COLUMN acs_system_types.is_builtin IS 'comes with the extension';

CREATE TABLE acs_systems (
    workspace_id                             uuid NOT NULL DEFAULT @extschema@.acs_workspace_id(),
    acs_system_id                            uuid NOT NULL DEFAULT @extschema@.acs_uuid(),
    system_type                              text NOT NULL REFERENCES acs_system_types,
    name                                     text NOT NULL,
    default_credential_manager_acs_system_id uuid,
    connected_account_id                     uuid,
    time_zone                                text NOT NULL DEFAULT 'UTC',
    mode                                     acs_entrance_mode NOT NULL DEFAULT 'controlled',
    mode_until                               timestamptz,
    created_at                               timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    PRIMARY KEY (workspace_id, acs_system_id),
    CONSTRAINT acs_systems_manager_fkey FOREIGN KEY (workspace_id, default_credential_manager_acs_system_id)
        REFERENCES acs_systems
);
COMMENT ON TABLE acs_systems IS 'access control systems: one for each installation of a brand at a site';
COMMENT ON COLUMN acs_systems.workspace_id IS 'tenant that the row belongs to; by default that of the session';
COMMENT ON COLUMN acs_systems.acs_system_id IS 'id of the system';
COMMENT ON COLUMN acs_systems.system_type IS 'its brand, one of acs_system_types';
COMMENT ON COLUMN acs_systems.name IS 'what people call it';
COMMENT ON COLUMN acs_systems.default_credential_manager_acs_system_id IS 'credential manager of its mobile keys, where none is named';
COMMENT ON COLUMN acs_systems.connected_account_id IS 'the API''s account through which it is reached';
COMMENT ON COLUMN acs_systems.created_at IS 'clock, not start of the transaction';
COMMENT ON COLUMN acs_systems.mode IS 'of all its entrances, unless controlled, which leaves it to them';
COMMENT ON COLUMN acs_systems.mode_until IS 'when the mode ends, and is controlled again; null: it stays';
COMMENT ON COLUMN acs_systems.time_zone IS 'where its clocks are: a name of the IANA time zone database';

CREATE TABLE acs_holidays (
    workspace_id  uuid NOT NULL DEFAULT @extschema@.acs_workspace_id(),
    acs_system_id uuid NOT NULL,
    day           date NOT NULL,
    name          text,
    created_at    timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    PRIMARY KEY (workspace_id, acs_system_id, day),
    CONSTRAINT acs_holidays_system_fkey FOREIGN KEY (workspace_id, acs_system_id)
        REFERENCES acs_systems ON DELETE CASCADE,
    CONSTRAINT holiday_day CHECK (pg_catalog.isfinite(day))
);
COMMENT ON TABLE acs_holidays IS 'holidays of each system, the PH of its schedules';
COMMENT ON COLUMN acs_holidays.workspace_id IS 'tenant that the row belongs to; by default that of the session';
COMMENT ON COLUMN acs_holidays.acs_system_id IS 'system where it is a holiday';
COMMENT ON COLUMN acs_holidays.day IS 'the day, by the clocks of the system';
COMMENT ON COLUMN acs_holidays.name IS 'what people call it; null: nothing';
COMMENT ON COLUMN acs_holidays.created_at IS 'clock, not start of the transaction';

CREATE TABLE acs_users (
    workspace_id     uuid NOT NULL DEFAULT @extschema@.acs_workspace_id(),
    acs_user_id      uuid NOT NULL DEFAULT @extschema@.acs_uuid(),
    acs_system_id    uuid NOT NULL,
    user_identity_id uuid,
    full_name        text NOT NULL,
    email_address    text,
    phone_number     text,
    is_suspended     boolean NOT NULL DEFAULT false,
    access_starts_at timestamptz,
    access_ends_at   timestamptz,
    created_at       timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    PRIMARY KEY (workspace_id, acs_user_id),
    CONSTRAINT acs_users_system_key UNIQUE (acs_system_id, acs_user_id, workspace_id),
    CONSTRAINT acs_users_system_fkey FOREIGN KEY (workspace_id, acs_system_id)
        REFERENCES acs_systems,
    CONSTRAINT window_order CHECK (@extschema@.acs_window_order(access_starts_at, access_ends_at))
);
CREATE UNIQUE INDEX acs_users_identity_key
    ON acs_users (workspace_id, user_identity_id, acs_system_id)
    WHERE user_identity_id IS NOT NULL;
COMMENT ON TABLE acs_users IS 'users of an access control system; a person who uses two systems is two users with one
user_identity_id';
COMMENT ON COLUMN acs_users.workspace_id IS 'tenant that the row belongs to; by default that of the session';
COMMENT ON COLUMN acs_users.acs_user_id IS 'id of the user';
COMMENT ON COLUMN acs_users.acs_system_id IS 'system whose user it is';
COMMENT ON COLUMN acs_users.user_identity_id IS 'the person, the same in every system; null: not known';
COMMENT ON COLUMN acs_users.full_name IS 'name of the person, never empty';
COMMENT ON COLUMN acs_users.email_address IS 'for the application; nothing is sent';
COMMENT ON COLUMN acs_users.phone_number IS 'for the application; nothing is sent';
COMMENT ON COLUMN acs_users.is_suspended IS 'no credential of the user opens anything';
COMMENT ON COLUMN acs_users.access_starts_at IS 'start of the user''s schedule; null: unbounded';
COMMENT ON COLUMN acs_users.access_ends_at IS 'end of the user''s schedule, itself excluded; null: unbounded';
COMMENT ON COLUMN acs_users.created_at IS 'clock, not start of the transaction';

CREATE TABLE acs_entrances (
    workspace_id               uuid NOT NULL DEFAULT @extschema@.acs_workspace_id(),
    acs_entrance_id            uuid NOT NULL DEFAULT @extschema@.acs_uuid(),
    acs_system_id              uuid NOT NULL,
    display_name               text NOT NULL,
    can_unlock_with_code       boolean NOT NULL DEFAULT true,
    can_unlock_with_card       boolean NOT NULL DEFAULT true,
    can_unlock_with_mobile_key boolean NOT NULL DEFAULT true,
    unlock_schedule            acs_schedule,
    mode                       acs_entrance_mode NOT NULL DEFAULT 'controlled',
    mode_until                 timestamptz,
    created_at                 timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    PRIMARY KEY (workspace_id, acs_entrance_id),
    CONSTRAINT acs_entrances_system_key UNIQUE (acs_system_id, acs_entrance_id, workspace_id),
    CONSTRAINT acs_entrances_system_fkey FOREIGN KEY (workspace_id, acs_system_id)
        REFERENCES acs_systems
);
COMMENT ON TABLE acs_entrances IS 'doors, gates and other places where a credential is presented';
COMMENT ON COLUMN acs_entrances.workspace_id IS 'tenant that the row belongs to; by default that of the session';
COMMENT ON COLUMN acs_entrances.acs_entrance_id IS 'id of the entrance';
COMMENT ON COLUMN acs_entrances.acs_system_id IS 'system that it belongs to';
COMMENT ON COLUMN acs_entrances.display_name IS 'what people call it';
COMMENT ON COLUMN acs_entrances.can_unlock_with_code IS 'does it have a keypad?';
COMMENT ON COLUMN acs_entrances.can_unlock_with_card IS 'does it have a reader of cards?';
COMMENT ON COLUMN acs_entrances.can_unlock_with_mobile_key IS 'does it take mobile keys?';
COMMENT ON COLUMN acs_entrances.unlock_schedule IS 'at which hours it is unlocked while controlled, by the clocks of the system; null: at none';
COMMENT ON COLUMN acs_entrances.mode IS 'unless that of the system goes before';
COMMENT ON COLUMN acs_entrances.mode_until IS 'when the mode ends, and is controlled again; null: it stays';
COMMENT ON COLUMN acs_entrances.created_at IS 'clock, not start of the transaction';

CREATE TABLE acs_access_groups (
    workspace_id        uuid NOT NULL DEFAULT @extschema@.acs_workspace_id(),
    acs_access_group_id uuid NOT NULL DEFAULT @extschema@.acs_uuid(),
    acs_system_id       uuid NOT NULL,
    name                text NOT NULL,
    schedule            acs_schedule,
    enters_when_locked  boolean NOT NULL DEFAULT false,
    created_at          timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    PRIMARY KEY (workspace_id, acs_access_group_id),
    CONSTRAINT acs_access_groups_system_key UNIQUE (acs_system_id, acs_access_group_id, workspace_id),
    CONSTRAINT acs_access_groups_system_fkey FOREIGN KEY (workspace_id, acs_system_id)
        REFERENCES acs_systems
);
COMMENT ON TABLE acs_access_groups IS 'groups: every user in one may open every entrance in it';
COMMENT ON COLUMN acs_access_groups.workspace_id IS 'tenant that the row belongs to; by default that of the session';
COMMENT ON COLUMN acs_access_groups.acs_access_group_id IS 'id of the group';
COMMENT ON COLUMN acs_access_groups.acs_system_id IS 'system of its users and entrances';
COMMENT ON COLUMN acs_access_groups.name IS 'what people call it';
COMMENT ON COLUMN acs_access_groups.schedule IS 'at which hours it gives its entrances, by the clocks of the system; null: at all';
COMMENT ON COLUMN acs_access_groups.enters_when_locked IS 'does it give its entrances also while they are locked?';
COMMENT ON COLUMN acs_access_groups.created_at IS 'clock, not start of the transaction';

-- Rights stay in their system: what a row links has one system, that of the row.
CREATE TABLE acs_access_groups_users (
    workspace_id        uuid NOT NULL DEFAULT @extschema@.acs_workspace_id(),
    acs_access_group_id uuid NOT NULL,
    acs_user_id         uuid NOT NULL,
    acs_system_id       uuid NOT NULL,
    starts_at           timestamptz,
    ends_at             timestamptz,
    created_at          timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    PRIMARY KEY (workspace_id, acs_access_group_id, acs_user_id),
    CONSTRAINT window_order CHECK (@extschema@.acs_window_order(starts_at, ends_at)),
    CONSTRAINT acs_access_groups_users_group_fkey FOREIGN KEY (workspace_id, acs_system_id, acs_access_group_id)
        REFERENCES acs_access_groups (workspace_id, acs_system_id, acs_access_group_id) ON DELETE CASCADE,
    CONSTRAINT acs_access_groups_users_user_fkey FOREIGN KEY (workspace_id, acs_system_id, acs_user_id)
        REFERENCES acs_users (workspace_id, acs_system_id, acs_user_id) ON DELETE CASCADE
);
CREATE INDEX acs_access_groups_users_user_idx
    ON acs_access_groups_users (acs_user_id, workspace_id, acs_access_group_id);
COMMENT ON TABLE acs_access_groups_users IS 'users of each access group';
COMMENT ON COLUMN acs_access_groups_users.acs_system_id IS 'system of both; where an INSERT leaves it out, that of the group';
COMMENT ON COLUMN acs_access_groups_users.starts_at IS 'first instant of the membership; null: unbounded';
COMMENT ON COLUMN acs_access_groups_users.ends_at IS 'end of the membership, itself excluded; null: unbounded';
COMMENT ON COLUMN acs_access_groups_users.created_at IS 'clock, not start of the transaction';
COMMENT ON COLUMN acs_access_groups_users.workspace_id IS 'tenant that the row belongs to; by default that of the session';
COMMENT ON COLUMN acs_access_groups_users.acs_access_group_id IS 'group';
COMMENT ON COLUMN acs_access_groups_users.acs_user_id IS 'user in it';

CREATE TABLE acs_access_groups_entrances (
    workspace_id        uuid NOT NULL DEFAULT @extschema@.acs_workspace_id(),
    acs_access_group_id uuid NOT NULL,
    acs_entrance_id     uuid NOT NULL,
    acs_system_id       uuid NOT NULL,
    created_at          timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    PRIMARY KEY (workspace_id, acs_access_group_id, acs_entrance_id),
    CONSTRAINT acs_access_groups_entrances_group_fkey FOREIGN KEY (workspace_id, acs_system_id, acs_access_group_id)
        REFERENCES acs_access_groups (workspace_id, acs_system_id, acs_access_group_id) ON DELETE CASCADE,
    CONSTRAINT acs_access_groups_entrances_entrance_fkey FOREIGN KEY (workspace_id, acs_system_id, acs_entrance_id)
        REFERENCES acs_entrances (workspace_id, acs_system_id, acs_entrance_id) ON DELETE CASCADE
);
CREATE INDEX acs_access_groups_entrances_entrance_idx
    ON acs_access_groups_entrances (acs_entrance_id, workspace_id, acs_access_group_id);
COMMENT ON TABLE acs_access_groups_entrances IS 'entrances of each access group';
COMMENT ON COLUMN acs_access_groups_entrances.acs_system_id IS 'system of both; where an INSERT leaves it out, that of the group';
COMMENT ON COLUMN acs_access_groups_entrances.created_at IS 'clock, not start of the transaction';
COMMENT ON COLUMN acs_access_groups_entrances.workspace_id IS 'tenant that the row belongs to; by default that of the session';
COMMENT ON COLUMN acs_access_groups_entrances.acs_access_group_id IS 'group';
COMMENT ON COLUMN acs_access_groups_entrances.acs_entrance_id IS 'entrance in it';

CREATE TABLE acs_credentials (
    workspace_id                     uuid NOT NULL DEFAULT @extschema@.acs_workspace_id(),
    acs_credential_id                uuid NOT NULL DEFAULT @extschema@.acs_uuid(),
    acs_system_id                    uuid NOT NULL,
    acs_user_id                      uuid,
    access_method                    acs_access_method NOT NULL,
    code                             acs_code,
    card_number                      text,
    identifier                       text COLLATE "C",
    display_name                     text NOT NULL,
    starts_at                        timestamptz,
    ends_at                          timestamptz,
    valid_from                       timestamptz NOT NULL,
    is_multi_phone_sync_credential   boolean NOT NULL DEFAULT false,
    parent_acs_credential_id         uuid,
    phone_id                         text,
    credential_manager_acs_system_id uuid,
    schedule                         acs_schedule,
    max_uses                         integer,
    uses                             integer NOT NULL DEFAULT 0,
    used_up_at                       timestamptz,
    reference                        text,
    is_issued                        boolean,
    issued_at                        timestamptz,
    needs_to_be_reissued_at          timestamptz,
    disable_reasons                  acs_disable_reason[] NOT NULL DEFAULT '{}',
    metadata                         jsonb,
    created_at                       timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    PRIMARY KEY (workspace_id, acs_credential_id),
    CONSTRAINT acs_credentials_system_key UNIQUE (acs_system_id, acs_credential_id, workspace_id),
    CONSTRAINT acs_credentials_system_fkey FOREIGN KEY (workspace_id, acs_system_id)
        REFERENCES acs_systems,
    CONSTRAINT acs_credentials_user_fkey FOREIGN KEY (workspace_id, acs_system_id, acs_user_id)
        REFERENCES acs_users (workspace_id, acs_system_id, acs_user_id) ON DELETE CASCADE,
    CONSTRAINT acs_credentials_parent_fkey FOREIGN KEY (workspace_id, acs_system_id, parent_acs_credential_id)
        REFERENCES acs_credentials (workspace_id, acs_system_id, acs_credential_id) ON DELETE CASCADE,
    CONSTRAINT acs_credentials_manager_fkey FOREIGN KEY (workspace_id, credential_manager_acs_system_id)
        REFERENCES acs_systems
) WITH (fillfactor = 95); -- room for a changed end beside the old one, also after a bulk load
COMMENT ON TABLE acs_credentials IS 'credentials; a code or card number is taken for its system and access method as long as the
window lasts';
COMMENT ON COLUMN acs_credentials.workspace_id IS 'tenant that the row belongs to; by default that of the session';
COMMENT ON COLUMN acs_credentials.acs_credential_id IS 'id of the credential';
COMMENT ON COLUMN acs_credentials.acs_system_id IS 'system in which it opens entrances';
COMMENT ON COLUMN acs_credentials.acs_user_id IS 'holder; null: unassigned';
COMMENT ON COLUMN acs_credentials.access_method IS 'what it is presented as';
COMMENT ON COLUMN acs_credentials.code IS 'digits of a code, in clear; of a card what it was created with; null: none';
COMMENT ON COLUMN acs_credentials.card_number IS 'number of the card that it was written on, as it was given; null: none yet';
COMMENT ON COLUMN acs_credentials.identifier IS 'what it is known by at a door: the code, or the card''s number in canonical spelling; set by a
trigger';
COMMENT ON COLUMN acs_credentials.display_name IS 'the identifier masked; safe to show and to log; set by a trigger';
COMMENT ON COLUMN acs_credentials.starts_at IS 'first instant of validity; null: unbounded';
COMMENT ON COLUMN acs_credentials.ends_at IS 'end of validity, itself excluded; null: unbounded';
COMMENT ON COLUMN acs_credentials.valid_from IS 'the later of starts_at and created_at: nothing is valid before it exists; set by a trigger';
COMMENT ON COLUMN acs_credentials.is_multi_phone_sync_credential IS 'a mobile key that is used by its copies on phones';
COMMENT ON COLUMN acs_credentials.parent_acs_credential_id IS 'the multi-phone sync credential of which this is the copy on one phone';
COMMENT ON COLUMN acs_credentials.phone_id IS 'the phone on which this is a copy';
COMMENT ON COLUMN acs_credentials.credential_manager_acs_system_id IS 'system that brings a mobile key to its phones';
COMMENT ON COLUMN acs_credentials.schedule IS 'at which hours it opens, by the clocks of the system; null: at all';
COMMENT ON COLUMN acs_credentials.max_uses IS 'how many times it opens, at whatever door; null: any number';
COMMENT ON COLUMN acs_credentials.uses IS 'how many times it has opened; counted while it has max_uses';
COMMENT ON COLUMN acs_credentials.used_up_at IS 'when the last of max_uses was used, the end of validity; set by a trigger, null while uses are
left';
COMMENT ON COLUMN acs_credentials.reference IS 'the caller''s own name for it, as of a booking; unique in the system';
COMMENT ON COLUMN acs_credentials.is_issued IS 'has the card been written? null: nothing is to be written';
COMMENT ON COLUMN acs_credentials.issued_at IS 'when the card was last written';
COMMENT ON COLUMN acs_credentials.needs_to_be_reissued_at IS 'since when the card no longer holds what is stored here';
COMMENT ON COLUMN acs_credentials.disable_reasons IS 'why it opens nothing; none: it is not disabled';
COMMENT ON COLUMN acs_credentials.metadata IS 'metadata of brands, keyed by the name of the argument';
COMMENT ON COLUMN acs_credentials.created_at IS 'clock, not start of the transaction';

-- Behind the overlap constraint, and of the door's look-up.  Begins with what tells
-- most; ends with the start, so that past windows cost nothing.  The end is in no
-- index, so that changing it can be a HOT update.
CREATE INDEX acs_credentials_identifier_idx
    ON acs_credentials (identifier, acs_system_id, access_method, workspace_id, valid_from);
-- Pages of a user's credentials.
CREATE INDEX acs_credentials_user_idx
    ON acs_credentials (acs_user_id, workspace_id, acs_credential_id);
CREATE UNIQUE INDEX acs_credentials_phone_idx
    ON acs_credentials (workspace_id, parent_acs_credential_id, phone_id)
    WHERE parent_acs_credential_id IS NOT NULL;

CREATE UNIQUE INDEX acs_credentials_reference_key
    ON acs_credentials (workspace_id, acs_system_id, reference)
    WHERE reference IS NOT NULL;

CREATE TABLE acs_credential_entrances (
    workspace_id      uuid NOT NULL DEFAULT @extschema@.acs_workspace_id(),
    acs_credential_id uuid NOT NULL,
    acs_entrance_id   uuid NOT NULL,
    acs_system_id     uuid NOT NULL,
    created_at        timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    PRIMARY KEY (workspace_id, acs_credential_id, acs_entrance_id),
    CONSTRAINT acs_credential_entrances_credential_fkey FOREIGN KEY (workspace_id, acs_system_id, acs_credential_id)
        REFERENCES acs_credentials (workspace_id, acs_system_id, acs_credential_id) ON DELETE CASCADE,
    CONSTRAINT acs_credential_entrances_entrance_fkey FOREIGN KEY (workspace_id, acs_system_id, acs_entrance_id)
        REFERENCES acs_entrances (workspace_id, acs_system_id, acs_entrance_id) ON DELETE CASCADE
);
CREATE INDEX acs_credential_entrances_entrance_idx
    ON acs_credential_entrances (acs_entrance_id, workspace_id, acs_credential_id);
COMMENT ON TABLE acs_credential_entrances IS 'entrances that a credential itself allows, beside those of its user''s access groups';
COMMENT ON COLUMN acs_credential_entrances.acs_system_id IS 'system of both; where an INSERT leaves it out, that of the credential';
COMMENT ON COLUMN acs_credential_entrances.created_at IS 'clock, not start of the transaction';
COMMENT ON COLUMN acs_credential_entrances.workspace_id IS 'tenant that the row belongs to; by default that of the session';
COMMENT ON COLUMN acs_credential_entrances.acs_credential_id IS 'credential';
COMMENT ON COLUMN acs_credential_entrances.acs_entrance_id IS 'entrance that it allows';

CREATE TABLE acs_entrance_lockouts (
    workspace_id    uuid NOT NULL DEFAULT @extschema@.acs_workspace_id(),
    acs_entrance_id uuid NOT NULL,
    failed_attempts integer NOT NULL DEFAULT 0,
    locked_until    timestamptz,
    PRIMARY KEY (workspace_id, acs_entrance_id),
    CONSTRAINT acs_entrance_lockouts_entrance_fkey FOREIGN KEY (workspace_id, acs_entrance_id)
        REFERENCES acs_entrances ON DELETE CASCADE
) WITH (fillfactor = 50); -- every wrong code changes one
COMMENT ON TABLE acs_entrance_lockouts IS 'unknown codes in a row at each entrance, and until when it refuses codes';
COMMENT ON COLUMN acs_entrance_lockouts.workspace_id IS 'tenant that the row belongs to; by default that of the session';
COMMENT ON COLUMN acs_entrance_lockouts.acs_entrance_id IS 'entrance';
COMMENT ON COLUMN acs_entrance_lockouts.failed_attempts IS 'unknown codes since a code last opened';
COMMENT ON COLUMN acs_entrance_lockouts.locked_until IS 'end of the last lockout, itself excluded; null: none since a code last opened';

-- For the default below, so that a DBA's INSERT and a subscriber of logical replication
-- stamp their own.
CREATE FUNCTION acs_feed_epoch() RETURNS integer
    AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE SECURITY DEFINER;
COMMENT ON FUNCTION acs_feed_epoch() IS
    'epoch of the events that are written now; begins one if acs_feed has none of this server and
timeline. Who inserts events without the functions needs EXECUTE on it';

CREATE TABLE acs_events (
    workspace_id        uuid NOT NULL DEFAULT @extschema@.acs_workspace_id(),
    event_id            uuid NOT NULL DEFAULT @extschema@.acs_uuid(),
    event_type          text NOT NULL,
    occurred_at         timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    acs_system_id       uuid,
    acs_user_id         uuid,
    acs_credential_id   uuid,
    acs_entrance_id     uuid,
    acs_access_group_id uuid,
    actor               text NOT NULL DEFAULT SESSION_USER,
    details             jsonb NOT NULL DEFAULT '{}',
    feed_epoch          integer NOT NULL DEFAULT @extschema@.acs_feed_epoch(),
    xact                xid8 NOT NULL DEFAULT pg_catalog.pg_current_xact_id(),
    PRIMARY KEY (workspace_id, event_id)
);
-- Pages of what happened to somebody or something.
CREATE INDEX acs_events_user_idx ON acs_events (workspace_id, acs_user_id, event_id)
    WHERE acs_user_id IS NOT NULL;
CREATE INDEX acs_events_credential_idx ON acs_events (workspace_id, acs_credential_id, event_id)
    WHERE acs_credential_id IS NOT NULL;
CREATE INDEX acs_events_entrance_idx ON acs_events (workspace_id, acs_entrance_id, event_id)
    WHERE acs_entrance_id IS NOT NULL;
CREATE INDEX acs_events_group_idx ON acs_events (workspace_id, acs_access_group_id, event_id)
    WHERE acs_access_group_id IS NOT NULL;
CREATE INDEX acs_events_system_idx ON acs_events (acs_system_id, event_id);
-- Of what is purged, and of what happened since.
CREATE INDEX acs_events_time_idx ON acs_events (occurred_at, workspace_id);
-- Of who follows the log.
CREATE INDEX acs_events_feed_idx ON acs_events (feed_epoch, workspace_id, xact, event_id);
COMMENT ON TABLE acs_events IS 'what happened, in order of event_id; append-only, written in the transaction of what it tells;
codes masked';
COMMENT ON COLUMN acs_events.workspace_id IS 'tenant that the row belongs to; by default that of the session';
COMMENT ON COLUMN acs_events.event_id IS 'id of the event; ids are in the order in which they were made';
COMMENT ON COLUMN acs_events.event_type IS 'what happened, as acs_credential.created';
COMMENT ON COLUMN acs_events.occurred_at IS 'clock, not start of the transaction';
COMMENT ON COLUMN acs_events.acs_system_id IS 'system in which it happened';
COMMENT ON COLUMN acs_events.acs_user_id IS 'user whom it concerns; null: nobody';
COMMENT ON COLUMN acs_events.acs_credential_id IS 'credential that it concerns; null: none';
COMMENT ON COLUMN acs_events.acs_entrance_id IS 'entrance that it concerns; null: none';
COMMENT ON COLUMN acs_events.acs_access_group_id IS 'access group that it concerns; null: none';
COMMENT ON COLUMN acs_events.actor IS 'role that called: the login role, or what it has SET ROLE to';
COMMENT ON COLUMN acs_events.details IS 'old and new values; codes masked';
COMMENT ON COLUMN acs_events.feed_epoch IS 'epoch of acs_feed in which it was written; no publication has it, as a subscriber stamps its own';
COMMENT ON COLUMN acs_events.xact IS 'transaction that wrote it, the outermost; no publication has it, as a subscriber stamps its own';

-- The transaction is part of the key: those that begin an epoch at once each add its row,
-- and none waits for another, which may take long, to commit it.
CREATE TABLE acs_feed (
    feed_epoch        integer NOT NULL,
    system_identifier bigint NOT NULL,
    timeline          integer NOT NULL,
    xact              xid8 NOT NULL,
    began_at          timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    PRIMARY KEY (feed_epoch, system_identifier, timeline, xact)
);
COMMENT ON TABLE acs_feed IS
    'epochs of the log: what was written by one server on one timeline, where transactions are
numbered in one row; the first event after a restore, pg_upgrade, recovery to a point in time or
promotion begins the next. Of no workspace';
COMMENT ON COLUMN acs_feed.feed_epoch IS 'number of the epoch; if transactions began it at the same time, each added a row';
COMMENT ON COLUMN acs_feed.system_identifier IS 'of the server, as in pg_control_system()';
COMMENT ON COLUMN acs_feed.timeline IS 'of the server''s WAL, as in pg_control_checkpoint()';
COMMENT ON COLUMN acs_feed.xact IS 'transaction that began it';
COMMENT ON COLUMN acs_feed.began_at IS 'clock, not start of the transaction';

---------------------------------------------------------------------------
-- Constraint triggers
---------------------------------------------------------------------------

-- No CHECK constraint, generated column or WHEN clause, which the server would parse
-- again at every call, and whose errors would print the row with its code.
CREATE FUNCTION acs_credential_derive() RETURNS trigger
    AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION acs_credential_derive() IS
    'trigger: sets identifier, display_name and valid_from of a credential, of a card by the format
of its system''s type; errors 23514 (window_order), 22023 (invalid_card_number), 23502';

CREATE TRIGGER derive
    BEFORE INSERT OR UPDATE ON acs_credentials FOR EACH ROW
    EXECUTE FUNCTION @extschema@.acs_credential_derive();

CREATE FUNCTION acs_check_overlap() RETURNS trigger
    AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION acs_check_overlap() IS
    'constraint trigger: error 23P01 (code_overlap, card_number_overlap) if another credential of the
system and access method has the same identifier during an overlapping window';

CREATE CONSTRAINT TRIGGER identifier_overlap
    AFTER INSERT OR UPDATE ON acs_credentials DEFERRABLE FOR EACH ROW
    EXECUTE FUNCTION @extschema@.acs_check_overlap();

CREATE FUNCTION acs_link_system() RETURNS trigger
    AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE SECURITY DEFINER;
COMMENT ON FUNCTION acs_link_system() IS
    'trigger: sets acs_system_id where an INSERT leaves it out; errors P0002
(acs_access_group_not_found, acs_credential_not_found)';

CREATE TRIGGER link_system BEFORE INSERT ON acs_access_groups_users
    FOR EACH ROW EXECUTE FUNCTION @extschema@.acs_link_system('acs_access_group_user');
CREATE TRIGGER link_system BEFORE INSERT ON acs_access_groups_entrances
    FOR EACH ROW EXECUTE FUNCTION @extschema@.acs_link_system('acs_access_group_entrance');
CREATE TRIGGER link_system BEFORE INSERT ON acs_credential_entrances
    FOR EACH ROW EXECUTE FUNCTION @extschema@.acs_link_system('acs_credential_entrance');

CREATE FUNCTION acs_user_leaves_system() RETURNS trigger
    AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE SECURITY DEFINER;
COMMENT ON FUNCTION acs_user_leaves_system() IS
    'trigger: takes credentials and memberships from a user who moves to another system';

CREATE TRIGGER leave_system BEFORE UPDATE OF acs_system_id ON acs_users
    FOR EACH ROW EXECUTE FUNCTION @extschema@.acs_user_leaves_system();

CREATE FUNCTION acs_check_time_zone() RETURNS trigger
    AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION acs_check_time_zone() IS
    'trigger: error 22023 (invalid_time_zone) unless the time zone of a system is a name of the IANA
database';

CREATE TRIGGER time_zone
    BEFORE INSERT OR UPDATE ON acs_systems FOR EACH ROW
    EXECUTE FUNCTION @extschema@.acs_check_time_zone();

-- What goes by a cascade is locked before, in one order.
CREATE FUNCTION acs_lock_dependents() RETURNS trigger
    AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE SECURITY DEFINER;
COMMENT ON FUNCTION acs_lock_dependents() IS
    'trigger: locks what is deleted together with a user or an entrance, in the order in which the
functions lock';

CREATE TRIGGER lock_dependents BEFORE DELETE ON acs_users
    FOR EACH ROW EXECUTE FUNCTION @extschema@.acs_lock_dependents('acs_user');
CREATE TRIGGER lock_dependents BEFORE DELETE ON acs_entrances
    FOR EACH ROW EXECUTE FUNCTION @extschema@.acs_lock_dependents('acs_entrance');

-- Events of changes, whoever makes them: one for each row.
CREATE FUNCTION acs_record_change() RETURNS trigger
    AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE SECURITY DEFINER;
COMMENT ON FUNCTION acs_record_change() IS
    'trigger: writes the events of a row that is stored, changed or deleted, codes masked; not of one
that a COPY restores';

CREATE TRIGGER record_change AFTER INSERT OR UPDATE OR DELETE ON acs_systems
    FOR EACH ROW EXECUTE FUNCTION @extschema@.acs_record_change('acs_system');
CREATE TRIGGER record_change AFTER INSERT OR UPDATE OR DELETE ON acs_holidays
    FOR EACH ROW EXECUTE FUNCTION @extschema@.acs_record_change('acs_holiday');
CREATE TRIGGER record_change AFTER INSERT OR UPDATE OR DELETE ON acs_users
    FOR EACH ROW EXECUTE FUNCTION @extschema@.acs_record_change('acs_user');
CREATE TRIGGER record_change AFTER INSERT OR UPDATE OR DELETE ON acs_entrances
    FOR EACH ROW EXECUTE FUNCTION @extschema@.acs_record_change('acs_entrance');
CREATE TRIGGER record_change AFTER INSERT OR UPDATE OR DELETE ON acs_access_groups
    FOR EACH ROW EXECUTE FUNCTION @extschema@.acs_record_change('acs_access_group');
CREATE TRIGGER record_change AFTER INSERT OR UPDATE OR DELETE ON acs_access_groups_users
    FOR EACH ROW EXECUTE FUNCTION @extschema@.acs_record_change('acs_access_group_user');
CREATE TRIGGER record_change AFTER INSERT OR UPDATE OR DELETE ON acs_access_groups_entrances
    FOR EACH ROW EXECUTE FUNCTION @extschema@.acs_record_change('acs_access_group_entrance');
CREATE TRIGGER record_change AFTER INSERT OR UPDATE OR DELETE ON acs_credentials
    FOR EACH ROW EXECUTE FUNCTION @extschema@.acs_record_change('acs_credential');
CREATE TRIGGER record_change AFTER INSERT OR UPDATE OR DELETE ON acs_credential_entrances
    FOR EACH ROW EXECUTE FUNCTION @extschema@.acs_record_change('acs_credential_entrance');

CREATE FUNCTION acs_truncate_not_told() RETURNS trigger
    AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION acs_truncate_not_told() IS
    'trigger: error 0A000 (truncate_not_told), as TRUNCATE shows no row to tell';

CREATE TRIGGER truncate_not_told BEFORE TRUNCATE ON acs_systems
    FOR EACH STATEMENT EXECUTE FUNCTION @extschema@.acs_truncate_not_told();
CREATE TRIGGER truncate_not_told BEFORE TRUNCATE ON acs_holidays
    FOR EACH STATEMENT EXECUTE FUNCTION @extschema@.acs_truncate_not_told();
CREATE TRIGGER truncate_not_told BEFORE TRUNCATE ON acs_users
    FOR EACH STATEMENT EXECUTE FUNCTION @extschema@.acs_truncate_not_told();
CREATE TRIGGER truncate_not_told BEFORE TRUNCATE ON acs_entrances
    FOR EACH STATEMENT EXECUTE FUNCTION @extschema@.acs_truncate_not_told();
CREATE TRIGGER truncate_not_told BEFORE TRUNCATE ON acs_access_groups
    FOR EACH STATEMENT EXECUTE FUNCTION @extschema@.acs_truncate_not_told();
CREATE TRIGGER truncate_not_told BEFORE TRUNCATE ON acs_access_groups_users
    FOR EACH STATEMENT EXECUTE FUNCTION @extschema@.acs_truncate_not_told();
CREATE TRIGGER truncate_not_told BEFORE TRUNCATE ON acs_access_groups_entrances
    FOR EACH STATEMENT EXECUTE FUNCTION @extschema@.acs_truncate_not_told();
CREATE TRIGGER truncate_not_told BEFORE TRUNCATE ON acs_credentials
    FOR EACH STATEMENT EXECUTE FUNCTION @extschema@.acs_truncate_not_told();
CREATE TRIGGER truncate_not_told BEFORE TRUNCATE ON acs_credential_entrances
    FOR EACH STATEMENT EXECUTE FUNCTION @extschema@.acs_truncate_not_told();

CREATE FUNCTION acs_events_append_only() RETURNS trigger
    AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION acs_events_append_only() IS
    'trigger: error 42501 (append_only), but for the statements of acs_events_purge() and
acs_events_purge_all()';

CREATE TRIGGER append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON acs_events FOR EACH STATEMENT
    EXECUTE FUNCTION @extschema@.acs_events_append_only();

-- Tells the sessions that know an epoch, whoever changes the table: a restore, too.
CREATE FUNCTION acs_feed_changed() RETURNS trigger
    AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION acs_feed_changed() IS 'trigger: has every session read acs_feed again';

CREATE TRIGGER feed_changed
    AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON acs_feed FOR EACH STATEMENT
    EXECUTE FUNCTION @extschema@.acs_feed_changed();
ALTER TABLE acs_feed ENABLE ALWAYS TRIGGER feed_changed;

CREATE FUNCTION acs_builtin_system_type() RETURNS trigger
    AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION acs_builtin_system_type() IS
    'trigger: error 42501 (builtin_system_type), for rows that come with the extension';

CREATE TRIGGER builtin_system_type
    BEFORE UPDATE OR DELETE ON acs_system_types FOR EACH ROW
    WHEN (OLD.is_builtin) EXECUTE FUNCTION @extschema@.acs_builtin_system_type();

-- What a card is known by follows from the format.
CREATE FUNCTION acs_guard_card_number_format() RETURNS trigger
    AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE SECURITY DEFINER;
COMMENT ON FUNCTION acs_guard_card_number_format() IS
    'trigger: error 22023 (system_type_in_use) if the card_number_format of a system type, or that of
a system by another type, changes while there are cards of it';

CREATE TRIGGER card_number_format BEFORE UPDATE ON acs_system_types
    FOR EACH ROW EXECUTE FUNCTION @extschema@.acs_guard_card_number_format('acs_system_type');
CREATE TRIGGER card_number_format BEFORE UPDATE ON acs_systems
    FOR EACH ROW EXECUTE FUNCTION @extschema@.acs_guard_card_number_format('acs_system');

REVOKE ALL ON FUNCTION
    acs_credential_derive(), acs_check_overlap(), acs_check_time_zone(), acs_link_system(), acs_user_leaves_system(),
    acs_lock_dependents(), acs_record_change(), acs_truncate_not_told(), acs_events_append_only(), acs_feed_epoch(),
    acs_feed_changed(), acs_guard_card_number_format(), acs_builtin_system_type()
    FROM PUBLIC;

---------------------------------------------------------------------------
-- Tenants never meet
---------------------------------------------------------------------------

ALTER TABLE acs_systems ENABLE ROW LEVEL SECURITY;
ALTER TABLE acs_holidays ENABLE ROW LEVEL SECURITY;
ALTER TABLE acs_users ENABLE ROW LEVEL SECURITY;
ALTER TABLE acs_entrances ENABLE ROW LEVEL SECURITY;
ALTER TABLE acs_access_groups ENABLE ROW LEVEL SECURITY;
ALTER TABLE acs_access_groups_users ENABLE ROW LEVEL SECURITY;
ALTER TABLE acs_access_groups_entrances ENABLE ROW LEVEL SECURITY;
ALTER TABLE acs_credentials ENABLE ROW LEVEL SECURITY;
ALTER TABLE acs_credential_entrances ENABLE ROW LEVEL SECURITY;
ALTER TABLE acs_entrance_lockouts ENABLE ROW LEVEL SECURITY;
ALTER TABLE acs_events ENABLE ROW LEVEL SECURITY;

CREATE POLICY workspace ON acs_systems
    USING (workspace_id OPERATOR(pg_catalog.=) @extschema@.acs_workspace_id());
CREATE POLICY workspace ON acs_holidays
    USING (workspace_id OPERATOR(pg_catalog.=) @extschema@.acs_workspace_id());
CREATE POLICY workspace ON acs_users
    USING (workspace_id OPERATOR(pg_catalog.=) @extschema@.acs_workspace_id());
CREATE POLICY workspace ON acs_entrances
    USING (workspace_id OPERATOR(pg_catalog.=) @extschema@.acs_workspace_id());
CREATE POLICY workspace ON acs_access_groups
    USING (workspace_id OPERATOR(pg_catalog.=) @extschema@.acs_workspace_id());
CREATE POLICY workspace ON acs_access_groups_users
    USING (workspace_id OPERATOR(pg_catalog.=) @extschema@.acs_workspace_id());
CREATE POLICY workspace ON acs_access_groups_entrances
    USING (workspace_id OPERATOR(pg_catalog.=) @extschema@.acs_workspace_id());
CREATE POLICY workspace ON acs_credentials
    USING (workspace_id OPERATOR(pg_catalog.=) @extschema@.acs_workspace_id());
CREATE POLICY workspace ON acs_credential_entrances
    USING (workspace_id OPERATOR(pg_catalog.=) @extschema@.acs_workspace_id());
CREATE POLICY workspace ON acs_entrance_lockouts
    USING (workspace_id OPERATOR(pg_catalog.=) @extschema@.acs_workspace_id());
CREATE POLICY workspace ON acs_events
    USING (workspace_id OPERATOR(pg_catalog.=) @extschema@.acs_workspace_id());

-- Statistics are of all workspaces: they would have codes in clear, and the planner's estimate would
-- tell a role with SELECT how often a code, a person or a place occurs in workspaces that it does not see.
ALTER TABLE acs_systems ALTER name SET STATISTICS 0;
ALTER TABLE acs_users ALTER full_name SET STATISTICS 0, ALTER email_address SET STATISTICS 0,
    ALTER phone_number SET STATISTICS 0;
ALTER TABLE acs_entrances ALTER display_name SET STATISTICS 0;
ALTER TABLE acs_access_groups ALTER name SET STATISTICS 0;
ALTER TABLE acs_credentials ALTER code SET STATISTICS 0, ALTER card_number SET STATISTICS 0,
    ALTER identifier SET STATISTICS 0, ALTER display_name SET STATISTICS 0, ALTER reference SET STATISTICS 0;

-- Runs as its owner, who sees every workspace, so it names the workspace itself.
CREATE VIEW acs_credentials_masked WITH (security_barrier) AS
    SELECT workspace_id, acs_credential_id, acs_system_id, acs_user_id, access_method, display_name,
           starts_at, ends_at, is_multi_phone_sync_credential, parent_acs_credential_id,
           credential_manager_acs_system_id, schedule, max_uses, uses, used_up_at, reference, is_issued, issued_at,
           needs_to_be_reissued_at, disable_reasons, created_at
      FROM acs_credentials
     WHERE workspace_id OPERATOR(pg_catalog.=) @extschema@.acs_workspace_id();
COMMENT ON VIEW acs_credentials_masked IS
    'credentials of the session''s workspace without codes, card numbers and metadata: what support
staff may read';
COMMENT ON COLUMN acs_credentials_masked.workspace_id IS 'tenant that the row belongs to; by default that of the session';
COMMENT ON COLUMN acs_credentials_masked.acs_credential_id IS 'id of the credential';
COMMENT ON COLUMN acs_credentials_masked.acs_system_id IS 'system in which it opens entrances';
COMMENT ON COLUMN acs_credentials_masked.acs_user_id IS 'holder; null: unassigned';
COMMENT ON COLUMN acs_credentials_masked.access_method IS 'what it is presented as';
COMMENT ON COLUMN acs_credentials_masked.display_name IS 'the identifier masked; safe to show and to log; set by a trigger';
COMMENT ON COLUMN acs_credentials_masked.starts_at IS 'first instant of validity; null: unbounded';
COMMENT ON COLUMN acs_credentials_masked.ends_at IS 'end of validity, itself excluded; null: unbounded';
COMMENT ON COLUMN acs_credentials_masked.is_multi_phone_sync_credential IS 'a mobile key that is used by its copies on phones';
COMMENT ON COLUMN acs_credentials_masked.parent_acs_credential_id IS 'the multi-phone sync credential of which this is the copy on one phone';
COMMENT ON COLUMN acs_credentials_masked.credential_manager_acs_system_id IS 'system that brings a mobile key to its phones';
COMMENT ON COLUMN acs_credentials_masked.schedule IS 'at which hours it opens, by the clocks of the system; null: at all';
COMMENT ON COLUMN acs_credentials_masked.max_uses IS 'how many times it opens, at whatever door; null: any number';
COMMENT ON COLUMN acs_credentials_masked.uses IS 'how many times it has opened; counted while it has max_uses';
COMMENT ON COLUMN acs_credentials_masked.used_up_at IS 'when the last of max_uses was used, the end of validity; set by a trigger, null while uses are
left';
COMMENT ON COLUMN acs_credentials_masked.reference IS 'the caller''s own name for it, as of a booking; unique in the system';
COMMENT ON COLUMN acs_credentials_masked.is_issued IS 'has the card been written? null: nothing is to be written';
COMMENT ON COLUMN acs_credentials_masked.issued_at IS 'when the card was last written';
COMMENT ON COLUMN acs_credentials_masked.needs_to_be_reissued_at IS 'since when the card no longer holds what is stored here';
COMMENT ON COLUMN acs_credentials_masked.disable_reasons IS 'why it opens nothing; none: it is not disabled';
COMMENT ON COLUMN acs_credentials_masked.created_at IS 'clock, not start of the transaction';

---------------------------------------------------------------------------
-- What pg_dump has to save: of the system types, those that are not built in
---------------------------------------------------------------------------

SELECT pg_catalog.pg_extension_config_dump('acs_system_types', 'WHERE NOT is_builtin');
SELECT pg_catalog.pg_extension_config_dump('acs_systems', '');
SELECT pg_catalog.pg_extension_config_dump('acs_holidays', '');
SELECT pg_catalog.pg_extension_config_dump('acs_users', '');
SELECT pg_catalog.pg_extension_config_dump('acs_entrances', '');
SELECT pg_catalog.pg_extension_config_dump('acs_access_groups', '');
SELECT pg_catalog.pg_extension_config_dump('acs_access_groups_users', '');
SELECT pg_catalog.pg_extension_config_dump('acs_access_groups_entrances', '');
SELECT pg_catalog.pg_extension_config_dump('acs_credentials', '');
SELECT pg_catalog.pg_extension_config_dump('acs_credential_entrances', '');
SELECT pg_catalog.pg_extension_config_dump('acs_entrance_lockouts', '');
SELECT pg_catalog.pg_extension_config_dump('acs_events', '');
SELECT pg_catalog.pg_extension_config_dump('acs_feed', '');
