-- The display name masks the code, so that it can be shown and logged.
SET credentials.workspace_id = 'd1500000-0000-4000-8000-000000000000';

-- As in the Seam guide.
SELECT acs_display_name('code', '824759') AS pin,
       acs_display_name('card', '123456') AS card,
       acs_display_name('mobile_key', NULL, is_multi_phone_sync_credential => true) AS mobile_key,
       acs_display_name('mobile_key', NULL) AS on_one_phone;

-- Of a code at most two digits are shown and at most a third of them; of a
-- card at most three and at most half.
SELECT n, acs_display_name('code', left('90817263540918273645', n)) AS code,
       acs_display_name('card', left('90817263540918273645', n)) AS card
  FROM unnest('{1, 2, 3, 4, 5, 6, 7, 10, 20}'::int[]) AS n;
SELECT count(*) AS lengths,
       count(*) FILTER (WHERE acs_display_name('code', digits::acs_code) IS DISTINCT FROM
           'Code ' || left(digits, least(2, n / 3)) || repeat('*', n - least(2, n / 3))) AS wrong_code,
       count(*) FILTER (WHERE acs_display_name('card', digits::acs_code) IS DISTINCT FROM
           'Card ' || left(digits, least(3, n / 2)) || repeat('*', n - least(3, n / 2))) AS wrong_card,
       count(*) FILTER (WHERE acs_display_name('card', NULL, digits) IS DISTINCT FROM
           acs_display_name('card', digits::acs_code)) AS wrong_card_number
  FROM generate_series(1, 32) AS n, left('98765432109876543210987654321098', n) AS digits;

-- A card is named by what opens: its number, or else its code; with neither it is plain.
SELECT acs_display_name('card', '123456', '777888999') AS by_number,
       acs_display_name('card', '123456') AS by_code,
       acs_display_name('card', NULL) AS with_neither,
       acs_display_name('card', NULL, '') AS with_empty_number,
       acs_display_name('card', NULL, 'ÄÖÜäöü') AS cut_between_characters;
-- A mobile key never shows one, nor does a code credential show a card number.
SELECT acs_display_name('mobile_key', '824759'), acs_display_name('mobile_key', '824759', '777888999', true),
       acs_display_name('code', NULL, '777888999') = 'Code ' AS no_code;
-- No method, no name; no flag is a false one.
SELECT acs_display_name(NULL, '824759'), acs_display_name('mobile_key', NULL, NULL, NULL);

-- Stored with the credential, and always in step with it.
SELECT acs_system_id AS hotel FROM acs_systems_create('Hotel') \gset
INSERT INTO acs_credentials (acs_system_id, access_method, code, card_number)
    VALUES (:'hotel', 'card', NULL, '777888999');
SELECT display_name FROM acs_credentials WHERE acs_system_id = :'hotel';
UPDATE acs_credentials SET code = '123456' WHERE acs_system_id = :'hotel';
SELECT display_name FROM acs_credentials WHERE acs_system_id = :'hotel';
UPDATE acs_credentials SET card_number = NULL WHERE acs_system_id = :'hotel' RETURNING display_name;
-- whatever is written into it
UPDATE acs_credentials SET display_name = 'Card 123456' WHERE acs_system_id = :'hotel' RETURNING display_name;
INSERT INTO acs_credentials (acs_system_id, access_method, code, display_name)
    VALUES (:'hotel', 'code', '824759', 'Code 824759') RETURNING display_name;
