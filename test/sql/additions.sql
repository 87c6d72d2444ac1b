-- What a DBA adds to the tables is heeded by the functions as it is by a statement:
-- domains, constraints, triggers.
SET credentials.workspace_id = 'add00000-0000-4000-8000-000000000000';
SELECT acs_system_id AS hotel FROM acs_systems_create('Hotel') \gset
SELECT acs_entrance_id AS lobby FROM acs_entrances_create(:'hotel', 'Lobby') \gset
SELECT acs_access_group_id AS staff FROM acs_access_groups_create(:'hotel', 'Staff') \gset
SELECT acs_user_id AS jane FROM acs_users_create(:'hotel', 'Jane Doe') \gset
SELECT acs_credential_id AS pin FROM acs_credentials_create(:'jane', 'code', '824759') \gset
SELECT acs_credential_id AS card FROM acs_credentials_create(:'jane', 'card', '135791') \gset
SELECT is_issued FROM acs_credentials_issue(:'card', 'ED0BA996');
SELECT acs_credential_id AS phones FROM acs_credentials_create(:'jane', 'mobile_key', is_multi_phone_sync_credential => true) \gset
SELECT acs_credential_id AS phone FROM acs_credentials_sync_to_phone(:'phones', 'phone 1') \gset

-- a domain's default, and its NOT NULL
BEGIN;
CREATE DOMAIN floor AS integer NOT NULL DEFAULT 5;
CREATE DOMAIN wing AS text NOT NULL;
ALTER TABLE acs_users ADD COLUMN floor floor;
SELECT floor FROM acs_users_create(:'hotel', 'John Roe');
ALTER TABLE acs_entrances ADD COLUMN wing wing DEFAULT 'east';
ALTER TABLE acs_entrances ALTER COLUMN wing DROP DEFAULT;
SELECT fails('SELECT acs_entrances_create($1, ''Gate'')', :'hotel');
ROLLBACK;

-- an error of a constraint does not print the row: of one with the name of a rule, and
-- where it is broken by a statement
BEGIN;
ALTER TABLE acs_credentials ADD CONSTRAINT code_length CHECK (ends_at < '2100-01-01' OR access_method <> 'code') NOT VALID;
SELECT fails('SELECT acs_credentials_update($1, ends_at => ''2200-01-01'')', :'pin');
ALTER TABLE acs_credentials ADD CONSTRAINT up_to_date CHECK (needs_to_be_reissued_at IS NULL);
SELECT fails('SELECT acs_access_groups_add_user($1, $2)', :'jane', :'staff');
ROLLBACK;

-- a trigger that changes what is about to be changed next
BEGIN;
CREATE FUNCTION label_copies() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE acs_credentials SET metadata = '{"label": "x"}' WHERE parent_acs_credential_id = NEW.acs_credential_id;
    RETURN NULL;
END $$;
CREATE TRIGGER label AFTER UPDATE ON acs_credentials FOR EACH ROW
    WHEN (NEW.parent_acs_credential_id IS NULL) EXECUTE FUNCTION label_copies();
SELECT ends_at FROM acs_credentials_update(:'phones', ends_at => '2100-01-01');
SELECT ends_at, metadata FROM acs_credentials WHERE acs_credential_id = :'phone';
ROLLBACK;

-- one that changes a code after the identifier was derived from it
BEGIN;
CREATE FUNCTION recode() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.code := ''135791''; RETURN NEW; END';
CREATE TRIGGER recode BEFORE UPDATE ON acs_credentials FOR EACH ROW
    WHEN (NEW.access_method = 'code') EXECUTE FUNCTION recode();
SELECT fails('SELECT acs_credentials_update($1, ends_at => ''2100-01-01'')', :'pin');
SELECT fails('UPDATE acs_credentials SET metadata = ''{}'' WHERE acs_credential_id = $1', :'pin');
ROLLBACK;

-- one that keeps a row as it is: also if one before it has put the old version back
CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE FUNCTION put_back() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN OLD; END';
BEGIN;
CREATE TRIGGER keep BEFORE UPDATE ON acs_credentials FOR EACH ROW EXECUTE FUNCTION keep();
SELECT fails('SELECT acs_credentials_disable($1, ''lost'')', :'pin');
CREATE TRIGGER just_before_keep BEFORE UPDATE ON acs_credentials FOR EACH ROW EXECUTE FUNCTION put_back();
SELECT fails('SELECT acs_credentials_disable($1, ''lost'')', :'pin');
ROLLBACK;

-- nor is there a row where one keeps it from being inserted, or from being deleted
BEGIN;
CREATE TRIGGER keep BEFORE INSERT OR DELETE ON acs_users FOR EACH ROW EXECUTE FUNCTION keep();
CREATE TRIGGER keep BEFORE INSERT ON acs_systems FOR EACH ROW EXECUTE FUNCTION keep();
CREATE TRIGGER keep BEFORE INSERT ON acs_entrances FOR EACH ROW EXECUTE FUNCTION keep();
CREATE TRIGGER keep BEFORE INSERT ON acs_access_groups FOR EACH ROW EXECUTE FUNCTION keep();
CREATE TRIGGER keep BEFORE INSERT OR DELETE ON acs_credentials FOR EACH ROW EXECUTE FUNCTION keep();
SELECT fails('SELECT acs_users_create($1, ''John Roe'')', :'hotel');
SELECT fails('SELECT acs_systems_create(''Annex'')');
SELECT fails('SELECT acs_entrances_create($1, ''Gate'')', :'hotel');
SELECT fails('SELECT acs_access_groups_create($1, ''Guests'')', :'hotel');
SELECT fails('SELECT acs_credentials_create($1, ''code'', ''135791'')', :'jane');
SELECT fails('SELECT acs_credentials_delete($1)', :'pin');
SELECT fails('SELECT acs_users_delete($1)', :'jane');
SELECT full_name, display_name FROM acs_users JOIN acs_credentials USING (workspace_id, acs_user_id) WHERE acs_credential_id = :'pin';
CREATE TABLE members (id uuid, hotel uuid, name text);
CREATE TRIGGER acs AFTER INSERT ON members FOR EACH ROW
    EXECUTE FUNCTION acs_follow_user_changes('acs_user_id=id', 'acs_system_id=hotel', 'full_name=name');
SELECT fails('INSERT INTO members VALUES (gen_random_uuid(), $1, ''John Roe'')', :'hotel');
ROLLBACK;

-- who cannot be spent does not open
BEGIN;
SELECT code AS once FROM acs_credentials_create_offline_code(:'jane', :'lobby', is_one_time_use => true) \gset
CREATE TRIGGER keep BEFORE UPDATE ON acs_credentials FOR EACH ROW EXECUTE FUNCTION keep();
SELECT fails(format('SELECT acs_access_request($1, ''code'', %L)', :'once'), :'lobby');
ROLLBACK;
DROP FUNCTION keep, put_back;
