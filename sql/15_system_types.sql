-- The system types that come with the extension.
--
-- A value stands here only if a source states it: null, an absent limit, means
-- that nothing is documented, and what is not documented is not refused.
-- Sources, as of July 2026:
--   types    npm @seamapi/types 1.977.0, models/acs/: names of systems and of
--            credentials.  That a credential belongs to a system is told by
--            their common name.
--   MG/      seamapi/docs, mintlify-docs/device-and-system-integration-guides/
--   samples  seamapi/docs, codegen/data/: display names.  A display name that
--            is in no sample is the name of the type in plain words.
-- No source restricts the keypads of a brand to fewer than the ten digits, or its cards
-- to one format (those of Avigilon Alta and Brivo, for two, can have any of several), so
-- code_digits and card_number_format are null throughout.
-- Where a guide of the brand and a page about all brands differ, the guide counts.
-- A type that no metadata argument is documented for has metadata_key 'none'.
-- Multi-phone sync is required where the brand's guide says so, and of HID, which
-- has no guide, by the rule for all brands
-- (mintlify-docs/capability-guides/mobile-access/issuing-mobile-credentials-from-an-access-control-system.mdx).
--
-- An upgrade script that changes a row disables the triggers below meanwhile.

-- Not a brand: for those whose system is their own.  Allows everything, and can
-- be named as the credential manager.
INSERT INTO acs_system_types (system_type, display_name, is_credential_manager, is_builtin)
    VALUES ('generic', 'Generic', true, true);

-- MG/pti-storlogix-cloud/index.mdx: PIN codes and cards; a PIN is an integer from
-- 1 to 4294967296 that the caller chooses; access levels and units decide about
-- doors.  How many digits a PIN has, leading zeros included, is not documented.
INSERT INTO acs_system_types (
        system_type, display_name, credential_type, credential_type_display_name,
        access_methods, custom_code, code_max_value, metadata_key, permission_model, is_builtin)
    VALUES ('pti_site', 'PTI site', 'pti_card', 'PTI Card',
            '{code, card}', 'allowed', 4294967296, 'none', 'access_group', true);

-- MG/avigilon-alta-access-system/index.mdx tells of remote unlocking only.
INSERT INTO acs_system_types (
        system_type, display_name, credential_type, credential_type_display_name, metadata_key, is_builtin)
    VALUES ('avigilon_alta_org', 'Avigilon Alta organization',
            'avigilon_alta_credential', 'Avigilon Alta Credential', 'none', true);

-- MG/salto-ks-access-control-system/: codes (programming-code-based-…) are made by
-- Salto KS and cannot be chosen, mobile keys (programming-salto-ks-mobile-…) are
-- multi-phone sync credentials, cards (tags) are named in index.mdx, access groups
-- decide about doors.  No length of codes is documented there: 6 is that of its
-- samples, and is only what is generated.  (support.saltosystems.com, "Assign a PIN", has
-- 4 to 6 digits for PINs that people choose, which an integration cannot.)
INSERT INTO acs_system_types (
        system_type, display_name, credential_type, credential_type_display_name,
        access_methods, custom_code, generated_code_length, requires_multi_phone_sync,
        metadata_key, permission_model, is_builtin)
    VALUES ('salto_ks_site', 'Salto KS site', 'salto_ks_credential', 'Salto KS Credential',
            '{code, card, mobile_key}', 'generated', 6, true,
            'none', 'access_group', true);

-- MG/salto-proaccess-space-access-system/: cards, encoded, and mobile keys,
-- multi-phone sync, one of each at most for a user (programming-salto-space-…); access
-- groups decide about doors.  A page about all brands (using-pin-codes.mdx) counts
-- it among those with codes; its own guide has none.
INSERT INTO acs_system_types (
        system_type, display_name, credential_type, credential_type_display_name,
        access_methods, requires_multi_phone_sync, max_cards_per_user, max_mobile_keys_per_user,
        encodes_cards, metadata_key, permission_model, is_builtin)
    VALUES ('salto_space_system', 'Salto Space system', 'salto_space_key', 'Salto Space Key',
            '{card, mobile_key}', true, 1, 1,
            true, 'salto_space_metadata', 'access_group', true);

-- MG/brivo-access/index.mdx has no rules, and pages about all brands
-- (mintlify-docs/use-cases/granting-access/using-….mdx) name it for each access method.
-- PINs have 4 to 8 digits (support.brivo.com, "Issuing a PIN Code to a User", which also
-- keeps people from a few weak ones).
INSERT INTO acs_system_types (
        system_type, display_name, credential_type, credential_type_display_name,
        code_min_length, code_max_length, metadata_key, is_builtin)
    VALUES ('brivo_account', 'Brivo account', 'brivo_credential', 'Brivo Credential',
            4, 8, 'none', true);

-- types, and the page about issuing mobile credentials: a credential manager that has
-- users and mobile credentials of its own.
INSERT INTO acs_system_types (
        system_type, display_name, credential_type, credential_type_display_name,
        access_methods, custom_code, requires_multi_phone_sync,
        metadata_key, is_credential_manager, is_builtin)
    VALUES ('hid_credential_manager_organization', 'HID org', 'hid_credential', 'HID Credential',
            '{mobile_key}', 'none', true,
            'none', true, true);

-- MG/assa-abloy-visionline-access-control-system/: encoded cards
-- (creating-visionline-card-based-credentials.mdx) and mobile keys, which must be
-- multi-phone sync (mobile-credential-related-properties.mdx); no codes; doors and
-- schedule are the credential's, and both optional.
INSERT INTO acs_system_types (
        system_type, display_name, credential_type, credential_type_display_name,
        access_methods, custom_code, requires_multi_phone_sync, encodes_cards,
        metadata_key, permission_model, is_builtin)
    VALUES ('visionline_system', 'Visionline', 'visionline_card', 'Visionline Card',
            '{card, mobile_key}', 'none', true, true,
            'visionline_metadata', 'credential', true);

-- MG/assa-abloy-vingcard-credential-services/index.mdx: stores the mobile keys of
-- Visionline, has none of its own.
INSERT INTO acs_system_types (
        system_type, display_name, access_methods, metadata_key, is_credential_manager, is_builtin)
    VALUES ('assa_abloy_credential_service', 'Assa Abloy Credential Service', '{}', 'none', true, true);

-- MG/latch-access-control-system/: codes (programming-code-based-…) are made by Latch
-- and cannot be chosen, and have exactly one entrance; mobile keys (programming-latch-acs-
-- mobile-…) are multi-phone sync and have at least one; either has both ends of a
-- window.  No length of codes is documented there: 7 is that of the sample, and is only
-- what is generated.  (By support.door.com, "How do I shorten my residential doorcode?",
-- it is a setting of the property, and 7 can be 5.)
INSERT INTO acs_system_types (
        system_type, display_name, credential_type, credential_type_display_name,
        access_methods, custom_code, generated_code_length, max_entrances_per_code, requires_entrances,
        requires_window, requires_multi_phone_sync, metadata_key, permission_model, is_builtin)
    VALUES ('latch_building', 'Latch building', 'latch_access', 'Latch Access',
            '{code, mobile_key}', 'generated', 7, 1, true,
            true, true, 'none', 'credential', true);

-- MG/dormakaba-community-access-control-system/index.mdx: cards, which are encoded, and
-- mobile keys, a wallet's among them.  types has no credential of it.
INSERT INTO acs_system_types (
        system_type, display_name, access_methods, encodes_cards, metadata_key, is_builtin)
    VALUES ('dormakaba_community_site', 'dormakaba Community site', '{card, mobile_key}', true, 'none', true);

-- MG/dormakaba-ambiance-access-control-system/index.mdx: the same.
INSERT INTO acs_system_types (
        system_type, display_name, credential_type, credential_type_display_name,
        access_methods, encodes_cards, metadata_key, is_builtin)
    VALUES ('dormakaba_ambiance_site', 'dormakaba Ambiance site',
            'dormakaba_ambiance_credential', 'dormakaba Ambiance Credential',
            '{card, mobile_key}', true, 'none', true);

-- types: a credential manager without credentials of its own; that of dormakaba, by
-- the sandbox pages of its two guides.
INSERT INTO acs_system_types (
        system_type, display_name, access_methods, metadata_key, is_credential_manager, is_builtin)
    VALUES ('legic_connect_credential_service', 'LEGIC Connect Credential Service', '{}', 'none', true, true);

-- MG/assa-abloy-vostio-access-control-system/index.mdx: encoded cards and mobile keys;
-- no codes.
INSERT INTO acs_system_types (
        system_type, display_name, credential_type, credential_type_display_name,
        access_methods, custom_code, encodes_cards, metadata_key, is_builtin)
    VALUES ('assa_abloy_vostio', 'Assa Abloy Vostio', 'assa_abloy_vostio_key', 'Assa Abloy Vostio Key',
            '{card, mobile_key}', 'none', true, 'assa_abloy_vostio_metadata', true);

-- types: a credential manager without credentials of its own; that of Vostio, by name.
INSERT INTO acs_system_types (
        system_type, display_name, access_methods, metadata_key, is_credential_manager, is_builtin)
    VALUES ('assa_abloy_vostio_credential_service', 'Assa Abloy Vostio Credential Service', '{}', 'none', true, true);

-- MG/hotek-access-control-system/: encoded cards only; no codes.
INSERT INTO acs_system_types (
        system_type, display_name, credential_type, credential_type_display_name,
        access_methods, custom_code, encodes_cards, metadata_key, is_builtin)
    VALUES ('hotek_site', 'Hotek site', 'hotek_card', 'Hotek Card',
            '{card}', 'none', true, 'hotek_metadata', true);

-- types; no guide.
INSERT INTO acs_system_types (
        system_type, display_name, credential_type, credential_type_display_name, metadata_key, is_builtin)
    VALUES ('kisi_organization', 'Kisi organization', 'kisi_credential', 'Kisi Credential', 'none', true);

---------------------------------------------------------------------------
-- Built-in means: from here
---------------------------------------------------------------------------

-- A dump leaves built-in rows out, so a row of the user's own that says it is one
-- would be missing after a restore, and with it every system of that type.
CREATE TRIGGER builtin_system_type_claimed
    BEFORE INSERT OR UPDATE ON acs_system_types FOR EACH ROW
    WHEN (NEW.is_builtin) EXECUTE FUNCTION @extschema@.acs_builtin_system_type();

-- TRUNCATE fires no trigger FOR EACH ROW, and with CASCADE takes the systems along.
CREATE TRIGGER builtin_system_type_truncated
    BEFORE TRUNCATE ON acs_system_types FOR EACH STATEMENT
    EXECUTE FUNCTION @extschema@.acs_builtin_system_type();
