-- What all variants share: ids and codes that follow from a number, and the cases of the
-- operations. The extension is in the schema acs.

CREATE EXTENSION IF NOT EXISTS btree_gist SCHEMA public;
CREATE EXTENSION credentials SCHEMA acs;
CREATE SCHEMA bench;

-- In the order of their numbers, as ids that begin with the time are, and before all of those.
CREATE FUNCTION bench.id(kind integer, number bigint) RETURNS uuid
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN ('0000000' || kind || '-0000-7000-8000-' || (100000000000 + number))::uuid;
CREATE FUNCTION bench.system_id(number bigint) RETURNS uuid
    LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN bench.id(1, number);
CREATE FUNCTION bench.user_id(number bigint) RETURNS uuid
    LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN bench.id(2, number);
CREATE FUNCTION bench.entrance_id(number bigint) RETURNS uuid
    LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN bench.id(3, number);
CREATE FUNCTION bench.credential_id(number bigint) RETURNS uuid
    LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN bench.id(4, number);
-- The group of a system that has every user.
CREATE FUNCTION bench.group_of(acs_system_id uuid) RETURNS uuid
    LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN ('00000005' || substr(acs_system_id::text, 9))::uuid;

-- Nine digits, different for each number below a hundred million, in no order.
CREATE FUNCTION bench.code(number bigint) RETURNS acs.acs_code
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (100000000 + number * 2654435761 % 100000000)::text::acs.acs_code;

-- The code number j of those with a number of past windows.
CREATE FUNCTION bench.window_code(count integer, j bigint) RETURNS acs.acs_code
    LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN (1000000 + count * 100 + j)::text::acs.acs_code;

-- Where everything is, from the number of a credential: twenty systems, two credentials a
-- user, fifty entrances a system.
CREATE FUNCTION bench.system_of(number bigint) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN number / 2 % 20;
CREATE FUNCTION bench.entrance_of(number bigint) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN number / 2 % 1000;

-- The arguments of each call, the same for every variant.
CREATE TABLE bench.cases (
    operation         text,
    round             integer,
    number            integer,
    acs_credential_id uuid,
    acs_user_id       uuid,
    acs_system_id     uuid,
    acs_entrance_id   uuid,
    code              acs.acs_code,
    display_name      text DEFAULT 'Code 10*******',
    starts_at         timestamptz,
    ends_at           timestamptz,
    credential        acs.acs_credential,
    PRIMARY KEY (operation, round, number)
);

-- The extension's tables again: the same columns, defaults, indexes and foreign keys, but
-- none of its triggers.
CREATE FUNCTION bench.copy_tables(target name) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
    r record;
BEGIN
    EXECUTE format('CREATE SCHEMA %I', target);
    FOR r IN SELECT c.relname, c.reloptions FROM pg_class c
              WHERE c.relnamespace = 'acs'::regnamespace AND c.relkind = 'r'
    LOOP
        EXECUTE format('CREATE TABLE %I.%I (LIKE acs.%2$I INCLUDING DEFAULTS INCLUDING INDEXES)',
                       target, r.relname);
        IF r.reloptions IS NOT NULL THEN
            EXECUTE format('ALTER TABLE %I.%I SET (%s)', target, r.relname,
                           array_to_string(r.reloptions, ', '));
        END IF;
    END LOOP;
    FOR r IN SELECT c.relname, k.conname, pg_get_constraintdef(k.oid) AS definition
               FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
              WHERE c.relnamespace = 'acs'::regnamespace AND k.contype = 'f'
    LOOP
        EXECUTE format('ALTER TABLE %I.%I ADD CONSTRAINT %I %s', target, r.relname, r.conname,
                       replace(r.definition, ' REFERENCES acs.', format(' REFERENCES %I.', target)));
    END LOOP;
    EXECUTE format('INSERT INTO %I.acs_system_types SELECT * FROM acs.acs_system_types', target);
END
$$;

-- A peer has its own guard in place of the indexes of codes and card numbers.
CREATE FUNCTION bench.drop_look_up_indexes(target name) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
    found regclass;
BEGIN
    FOR found IN SELECT i.indexrelid FROM pg_index i
                  WHERE i.indrelid = format('%I.acs_credentials', target)::regclass AND EXISTS (
                        SELECT FROM pg_attribute a WHERE a.attrelid = i.indexrelid
                           AND a.attname IN ('code', 'card_number', 'identifier'))
    LOOP
        EXECUTE format('DROP INDEX %s', found);
    END LOOP;
END
$$;

-- What the extension's tables hold, into those of a variant.
CREATE FUNCTION bench.copy_rows(target name) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog SET session_replication_role = replica AS $$
DECLARE
    r record;
BEGIN
    FOR r IN
        SELECT c.relname, string_agg(quote_ident(a.attname), ', ') AS columns
          FROM pg_class c
          JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
         WHERE c.relnamespace = 'acs'::regnamespace AND c.relkind = 'r' AND c.relname <> 'acs_system_types'
         GROUP BY c.relname
    LOOP
        EXECUTE format('INSERT INTO %I.%I (%3$s) SELECT %3$s FROM acs.%2$I', target, r.relname, r.columns);
    END LOOP;
END
$$;
