-- Rows that are loaded with triggers off, as by a subscriber or pg_restore --disable-triggers,
-- come past the constraint: acs_credentials_overlaps() lists what it would have refused.
SET datestyle = 'ISO';
SET timezone = 'UTC';
SET credentials.workspace_id = '0ef1a950-0000-4000-8000-000000000000';
SELECT acs_system_id AS hotel FROM acs_systems_create('Hotel') \gset
SELECT acs_system_id AS annex FROM acs_systems_create('Annex') \gset
CREATE TEMP TABLE names (acs_credential_id uuid, name text);
CREATE PROCEDURE pg_temp.load(name text, system uuid, method text, identifier text, starts timestamptz, ends timestamptz, used timestamptz DEFAULT NULL) LANGUAGE plpgsql AS $$
DECLARE
    id uuid := acs_uuid();
BEGIN
    INSERT INTO names VALUES (id, load.name);
    INSERT INTO acs_credentials (acs_credential_id, acs_system_id, access_method, code, identifier, display_name, starts_at, ends_at, valid_from,
                                 max_uses, uses, used_up_at, created_at)
        VALUES (id, system, method, CASE WHEN method = 'code' THEN identifier END, identifier, 'Code', starts, ends, starts, 1, CASE WHEN used IS NULL THEN 0 ELSE 1 END, used, '2000-01-01');
END
$$;
CREATE TEMP VIEW pairs AS
    SELECT a.name AS one, b.name AS other, access_method, starts_at, ends_at
      FROM acs_credentials_overlaps() AS o JOIN names AS a USING (acs_credential_id) JOIN names AS b ON b.acs_credential_id = o.other_acs_credential_id
     ORDER BY a.name, b.name;
SET session_replication_role = replica;
CALL pg_temp.load('march', :'hotel', 'code', '824759', '2100-03-01', '2100-04-01');
CALL pg_temp.load('april', :'hotel', 'code', '824759', '2100-04-01', '2100-05-01');
CALL pg_temp.load('other system', :'annex', 'code', '824759', '2100-03-01', '2100-04-01');
CALL pg_temp.load('other method', :'hotel', 'card', '824759', '2100-03-01', '2100-04-01');
CALL pg_temp.load('other code', :'hotel', 'code', '824760', '2100-03-01', '2100-04-01');
CALL pg_temp.load('empty', :'hotel', 'code', '824759', '2100-03-10', '2100-03-10');
CALL pg_temp.load('key', :'hotel', 'mobile_key', NULL, '2100-03-01', '2100-04-01');
CALL pg_temp.load('other key', :'hotel', 'mobile_key', NULL, '2100-03-01', '2100-04-01');
-- windows that touch, other systems, methods and codes, and what holds nothing: no pairs
SELECT * FROM pairs;

CALL pg_temp.load('easter', :'hotel', 'code', '824759', '2100-03-28', '2100-04-02');
CALL pg_temp.load('spent', :'hotel', 'code', '824759', '2100-04-10', '2100-06-01', '2100-04-11');
CALL pg_temp.load('summer', :'hotel', 'code', '824759', '2100-05-20', NULL);
CALL pg_temp.load('twin of summer', :'hotel', 'code', '824759', '2100-05-20', '2100-05-21');
SELECT * FROM pairs;
RESET session_replication_role;

-- those of the session's workspace
SET credentials.workspace_id = '0ef1a950-0000-4000-8000-000000000001';
SELECT count(*) FROM acs_credentials_overlaps();
