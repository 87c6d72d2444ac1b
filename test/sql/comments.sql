-- Whatever has a name in the extension says what it is; in \d+ and \df+ as well.

CREATE TEMP TABLE members AS
    SELECT classid, objid FROM pg_depend
     WHERE refclassid = 'pg_extension'::regclass AND deptype = 'e'
       AND refobjid = (SELECT oid FROM pg_extension WHERE extname = 'credentials');

-- What a cast, an operator family, a row type or an array type is, is said at what it belongs to.
SELECT pg_describe_object(classid, objid, 0) AS without_comment
  FROM members
 WHERE classid NOT IN ('pg_cast'::regclass, 'pg_opfamily'::regclass)
   AND NOT EXISTS (SELECT FROM pg_type AS t LEFT JOIN pg_class AS c ON c.oid = t.typrelid
                    WHERE classid = 'pg_type'::regclass AND t.oid = objid AND (t.typelem <> 0 OR c.relkind <> 'c'))
   AND coalesce(obj_description(objid, classid::regclass::text), '') = ''
 ORDER BY 1;

-- Columns of tables, views and row types.
SELECT a.attrelid::regclass AS relation, a.attname AS without_comment
  FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid
 WHERE a.attnum > 0 AND NOT a.attisdropped AND coalesce(col_description(c.oid, a.attnum), '') = ''
   AND (EXISTS (SELECT FROM members WHERE classid = 'pg_class'::regclass AND objid = c.oid AND c.relkind IN ('r', 'p', 'v'))
     OR EXISTS (SELECT FROM members WHERE classid = 'pg_type'::regclass AND objid = c.reltype AND c.relkind = 'c'))
 ORDER BY a.attrelid::regclass::text, a.attnum;

-- A column of the view without codes is that of the table.
SELECT v.attname AS other
  FROM pg_attribute AS v JOIN pg_attribute AS t USING (attname)
 WHERE v.attrelid = 'acs_credentials_masked'::regclass AND t.attrelid = 'acs_credentials'::regclass
   AND col_description(v.attrelid, v.attnum) IS DISTINCT FROM col_description(t.attrelid, t.attnum);

-- Much was looked at; and a trigger is what its function says.
SELECT count(*) > 100 AS objects, count(*) FILTER (WHERE classid = 'pg_class'::regclass) > 10 AS relations FROM members;
SELECT DISTINCT t.tgname AS without_comment
  FROM pg_trigger AS t JOIN members ON classid = 'pg_class'::regclass AND objid = tgrelid
 WHERE NOT t.tgisinternal AND obj_description(t.tgfoid, 'pg_proc') IS NULL;
-- Lines are short enough for a terminal, after \x or \pset format wrapped.
SELECT pg_describe_object(d.classoid, d.objoid, d.objsubid) AS of, length(line) AS too_long
  FROM pg_description d JOIN members m ON d.classoid = m.classid AND d.objoid = m.objid, regexp_split_to_table(d.description, '\n') AS line
 WHERE length(line) > 96 ORDER BY 1;
