-- The main job of credentials: issue, show and revoke.  Run by script/demo.
\set QUIET 1
\pset null '(null)'
\x on

\echo
\echo '=== A hotel: an access control system, a guest, two doors ==='
SELECT acs_system_id AS system FROM acs_systems_create('Hotel Bellevue') \gset
SELECT acs_user_id AS guest FROM acs_users_create(:'system', 'Jane Doe') \gset
SELECT acs_entrance_id AS front_door FROM acs_entrances_create(:'system', 'Front door') \gset
SELECT acs_entrance_id AS wine_cellar FROM acs_entrances_create(:'system', 'Wine cellar') \gset

\echo
\echo '=== 1. A PIN code ==='
SELECT * FROM acs_credentials_create(
    acs_user_id => :'guest',
    access_method => 'code',
    code => '824759',
    allowed_acs_entrance_ids => ARRAY[:'front_door']::uuid[]);
SELECT acs_credential_id AS pin FROM acs_credentials_list(search => '824759') \gset

\echo
\echo '=== 2. A key card ==='
SELECT * FROM acs_credentials_create(
    acs_user_id => :'guest',
    access_method => 'card',
    code => '123456');

\echo
\echo '=== 3. A mobile key, for every phone of the guest ==='
SELECT acs_system_id AS manager FROM acs_systems_create('Credential service') \gset
SELECT * FROM acs_credentials_create(
    acs_user_id => :'guest',
    credential_manager_acs_system_id => :'manager',
    access_method => 'mobile_key',
    is_multi_phone_sync_credential => true,
    starts_at => '2100-03-01T10:40:00Z',
    ends_at => '2100-03-04T10:40:00Z',
    visionline_metadata => '{"cardFormat": "rfid48", "label": "%ROOMNUM% - %SITENAME%", "is_override_key": true}');

\echo
\echo '=== The same code twice at a time is refused, by whomever ... ==='
SELECT acs_user_id AS other_guest FROM acs_users_create(:'system', 'John Roe') \gset
SELECT * FROM acs_credentials_create(
    acs_user_id => :'other_guest', access_method => 'code', code => '824759',
    starts_at => '2100-07-01T15:00:00Z', ends_at => '2100-07-08T10:00:00Z');
\echo
\echo '=== ... but not after the first has ended ==='
SELECT display_name, ends_at FROM acs_credentials_update(:'pin', ends_at => '2100-07-01T15:00:00Z');
SELECT display_name, code, starts_at, ends_at FROM acs_credentials_create(
    acs_user_id => :'other_guest', access_method => 'code', code => '824759',
    starts_at => '2100-07-01T15:00:00Z', ends_at => '2100-07-08T10:00:00Z');

\echo
\echo '=== At the doors: who may come in, and why not ==='
\x off
SELECT granted, reason FROM acs_access_request(:'front_door', 'code', '824759');
SELECT granted, reason FROM acs_access_request(:'wine_cellar', 'code', '824759');
SELECT acs_users_suspend(:'guest');
SELECT granted, reason FROM acs_access_request(:'front_door', 'code', '824759');

\echo
\echo '=== Revoke the PIN: nothing is returned, and it is gone ==='
SELECT acs_credentials_delete(:'pin');
SELECT * FROM acs_credentials_get(:'pin');
\echo (the code is John Roe's by now, who may not come before July 2100)
SELECT granted, reasons FROM acs_access_request(:'front_door', 'code', '824759');

\echo
\echo '=== Who did what, and when; codes masked ==='
SELECT date_trunc('second', occurred_at) AS at, actor, event_type,
       details ->> 'display_name' AS credential, details ->> 'reason' AS reason
  FROM acs_events ORDER BY event_id;
