-- Every row of every table of both schemas, as text to compare: without what must differ, which is
-- when something was written.  Without the columns that are random, too.
-- One line: table, then the row as JSON with sorted keys.
\set ON_ERROR_STOP 1
SELECT format($$
    SELECT '%1$s ' || (to_jsonb(t) - '{itime,mtime,ctime,run_at,last_run_at,random}'::text[])::text
    FROM %2$s.%1$I t ORDER BY 1;$$, table_name, table_schema)
FROM information_schema.tables
WHERE table_schema IN ('public', 'auth', 'tax') AND table_type = 'BASE TABLE'
ORDER BY table_schema, table_name
\gexec
