-- What every run of test/suites/pairs begins with: it is made once, and copied into a
-- workspace for each. Rows are stored out of the order of their ids, so that an order in
-- which they happen to be found is not taken for one in which they are locked.

CREATE FUNCTION id(name text) RETURNS uuid LANGUAGE sql IMMUTABLE
    RETURN rpad(name, 32, '0')::uuid;

INSERT INTO acs_system_types (system_type, display_name, max_entrances_per_code, max_cards_per_user,
                              max_mobile_keys_per_user, encodes_cards)
    VALUES ('pairs', 'Limited', 2, 3, 2, true);

INSERT INTO acs_systems (acs_system_id, system_type, name)
    VALUES (id('5'), 'pairs', 'Hotel'), (id('6'), 'pairs', 'Empty');
INSERT INTO acs_holidays (acs_system_id, day) VALUES (id('6'), '2100-01-01');
INSERT INTO acs_users (acs_user_id, acs_system_id, user_identity_id, full_name)
    VALUES (id('a2'), id('5'), id('12'), 'Ben'), (id('a1'), id('5'), id('11'), 'Ann');
INSERT INTO acs_entrances (acs_entrance_id, acs_system_id, display_name)
    VALUES (id('e3'), id('5'), 'Pool'), (id('e1'), id('5'), 'Lobby'), (id('e2'), id('5'), 'Gym');
-- not of the pool, as of one that a DBA has inserted
INSERT INTO acs_entrance_lockouts (acs_entrance_id) VALUES (id('e1')), (id('e2'));
INSERT INTO acs_access_groups (acs_access_group_id, acs_system_id, name)
    VALUES (id('b2'), id('5'), 'Members'), (id('b1'), id('5'), 'Staff');
INSERT INTO acs_access_groups_users (acs_access_group_id, acs_user_id)
    VALUES (id('b1'), id('a2')), (id('b1'), id('a1')), (id('b2'), id('a2'));
INSERT INTO acs_access_groups_entrances (acs_access_group_id, acs_entrance_id)
    VALUES (id('b1'), id('e2')), (id('b2'), id('e2'));
-- c: codes, the last for one use; d: cards; f: a mobile key and its copy on a phone
INSERT INTO acs_credentials (acs_credential_id, acs_system_id, acs_user_id, access_method, card_number, is_issued, issued_at)
    VALUES (id('d4'), id('5'), id('a2'), 'card', '0a44', true, '2000-01-01'),
           (id('d3'), id('5'), id('a1'), 'card', '0a33', true, '2000-01-01'),
           (id('d2'), id('5'), NULL, 'card', NULL, false, NULL),
           (id('d1'), id('5'), id('a1'), 'card', '0a11', true, '2000-01-01');
INSERT INTO acs_credentials (acs_credential_id, acs_system_id, acs_user_id, access_method, code, max_uses)
    VALUES (id('c3'), id('5'), id('a1'), 'code', '5555', 1),
           (id('c2'), id('5'), id('a1'), 'code', '2222', NULL),
           (id('c1'), id('5'), id('a1'), 'code', '1111', NULL);
INSERT INTO acs_credentials (acs_credential_id, acs_system_id, acs_user_id, access_method, is_multi_phone_sync_credential,
                             parent_acs_credential_id, phone_id)
    VALUES (id('f1'), id('5'), id('a1'), 'mobile_key', true, NULL, NULL),
           (id('f0'), id('5'), id('a1'), 'mobile_key', false, id('f1'), 'phone 1');
INSERT INTO acs_credential_entrances (acs_credential_id, acs_entrance_id)
    VALUES (id('f1'), id('e1')), (id('d1'), id('e1')), (id('d1'), id('e3')), (id('c3'), id('e1')), (id('c1'), id('e1'));

-- Users that follow a table, in which the workspace is a column as any other.
CREATE TABLE members (workspace_id uuid DEFAULT acs_workspace_id(), id uuid, site uuid, name text, PRIMARY KEY (workspace_id, id));
INSERT INTO members (id, site, name) VALUES (id('a2'), id('5'), 'Ben'), (id('a1'), id('5'), 'Ann');
CREATE TRIGGER acs AFTER INSERT OR UPDATE OR DELETE ON members FOR EACH ROW
    EXECUTE FUNCTION acs_follow_user_changes('acs_user_id=id', 'acs_system_id=site', 'full_name=name');

-- All that is compared and copied.
CREATE VIEW of_workspaces AS
    SELECT c.oid::regclass AS name
      FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'workspace_id'
     WHERE c.oid = 'members'::regclass
        OR c.oid IN (SELECT unnest(extconfig) FROM pg_extension WHERE extname = 'credentials');

-- As a restore, without triggers; it tells nothing.
CREATE PROCEDURE begin_runs(runs uuid[]) LANGUAGE plpgsql AS $$
DECLARE
    source regclass;
    columns text;
BEGIN
    SET LOCAL session_replication_role = replica;
    FOR source IN SELECT name FROM of_workspaces WHERE name <> 'acs_events'::regclass LOOP
        SELECT string_agg(quote_ident(attname), ', ') INTO columns FROM pg_attribute
         WHERE attrelid = source AND attnum > 0 AND NOT attisdropped AND attname <> 'workspace_id';
        EXECUTE format('INSERT INTO %1$s (workspace_id, %2$s)
                        SELECT run, %2$s FROM %1$s, unnest($1) run WHERE workspace_id = acs_workspace_id()', source, columns)
          USING runs;
    END LOOP;
    SET LOCAL session_replication_role = origin;
END $$;
