-- What every run of test/suites/pairs begins with, each in a workspace of its own.
-- Rows are stored out of the order of their ids, so that an order in which they
-- happen to be found is not taken for one in which they are locked.

CREATE FUNCTION id(name text) RETURNS uuid LANGUAGE sql IMMUTABLE
    RETURN rpad(name, 32, '0')::uuid;

INSERT INTO acs_system_types (system_type, display_name, max_entrances_per_code, max_cards_per_user,
                              max_mobile_keys_per_user, encodes_cards)
    VALUES ('pairs', 'Limited', 2, 3, 2, true);

-- Users that follow a table; one for all runs, so its rows say whose they are.
CREATE TABLE members (run uuid, id uuid, site uuid, name text, PRIMARY KEY (run, id));

CREATE PROCEDURE begin_runs(runs uuid[]) LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO acs_systems (workspace_id, acs_system_id, system_type, name)
        SELECT run, id(x.id), 'pairs', x.name FROM unnest(runs) run,
            (VALUES ('5', 'Hotel'), ('6', 'Empty')) x (id, name);
    INSERT INTO acs_users (workspace_id, acs_user_id, acs_system_id, user_identity_id, full_name)
        SELECT run, id(x.id), id('5'), id(x.identity), x.name FROM unnest(runs) run,
            (VALUES ('a2', '12', 'Ben'), ('a1', '11', 'Ann')) x (id, identity, name);
    INSERT INTO acs_entrances (workspace_id, acs_entrance_id, acs_system_id, display_name)
        SELECT run, id(x.id), id('5'), x.name FROM unnest(runs) run,
            (VALUES ('e3', 'Pool'), ('e1', 'Lobby'), ('e2', 'Gym')) x (id, name);
    INSERT INTO acs_entrance_lockouts (workspace_id, acs_entrance_id)
        SELECT run, id(x.id) FROM unnest(runs) run, (VALUES ('e1'), ('e2')) x (id);
    INSERT INTO acs_access_groups (workspace_id, acs_access_group_id, acs_system_id, name)
        SELECT run, id(x.id), id('5'), x.name FROM unnest(runs) run,
            (VALUES ('b2', 'Members'), ('b1', 'Staff')) x (id, name);
    INSERT INTO acs_access_groups_users (workspace_id, acs_access_group_id, acs_user_id)
        SELECT run, id(x.team), id(x.member) FROM unnest(runs) run,
            (VALUES ('b1', 'a2'), ('b1', 'a1'), ('b2', 'a2')) x (team, member);
    INSERT INTO acs_access_groups_entrances (workspace_id, acs_access_group_id, acs_entrance_id)
        SELECT run, id(x.team), id(x.entrance) FROM unnest(runs) run,
            (VALUES ('b1', 'e2'), ('b2', 'e2')) x (team, entrance);
    -- c: codes, the last for one use; d: cards; f: a mobile key and its copy on a phone
    INSERT INTO acs_credentials (workspace_id, acs_credential_id, acs_system_id, acs_user_id, access_method, code,
                                 card_number, is_issued, issued_at, max_uses, is_multi_phone_sync_credential,
                                 parent_acs_credential_id, phone_id, created_at)
        SELECT run, id(x.id), id('5'), id(x.holder), x.method::acs_access_method, x.code::acs_code,
               x.card_number, x.card_number IS NOT NULL, CASE WHEN x.card_number IS NOT NULL THEN timestamptz '2000-01-01' END,
               CASE WHEN x.id = 'c3' THEN 1 END, x.id = 'f1', id(x.parent), x.phone, timestamptz '2000-01-01'
          FROM unnest(runs) run, (VALUES
            ('d4', 'a2', 'card', NULL, '0a44', NULL, NULL),
            ('d3', 'a1', 'card', NULL, '0a33', NULL, NULL),
            ('d2', NULL, 'card', NULL, NULL, NULL, NULL),
            ('d1', 'a1', 'card', NULL, '0a11', NULL, NULL),
            ('c3', 'a1', 'code', '5555', NULL, NULL, NULL),
            ('c2', 'a1', 'code', '2222', NULL, NULL, NULL),
            ('c1', 'a1', 'code', '1111', NULL, NULL, NULL),
            ('f1', 'a1', 'mobile_key', NULL, NULL, NULL, NULL),
            ('f0', 'a1', 'mobile_key', NULL, NULL, 'f1', 'phone 1')) x (id, holder, method, code, card_number, parent, phone);
    UPDATE acs_credentials SET is_issued = NULL WHERE workspace_id = ANY (runs) AND access_method <> 'card';
    INSERT INTO acs_credential_entrances (workspace_id, acs_credential_id, acs_entrance_id)
        SELECT run, id(x.credential), id(x.entrance) FROM unnest(runs) run,
            (VALUES ('f1', 'e1'), ('d1', 'e1'), ('d1', 'e3'), ('c3', 'e1'), ('c1', 'e1')) x (credential, entrance);
    DELETE FROM members WHERE run = ANY (runs);
    SET LOCAL session_replication_role = replica;
    INSERT INTO members SELECT run, id(x.id), id('5'), x.name FROM unnest(runs) run,
        (VALUES ('a2', 'Ben'), ('a1', 'Ann')) x (id, name);
    SET LOCAL session_replication_role = origin;
END $$;

CREATE TRIGGER acs AFTER INSERT OR UPDATE OR DELETE ON members FOR EACH ROW
    EXECUTE FUNCTION acs_follow_user_changes('acs_user_id=id', 'acs_system_id=site', 'full_name=name');
