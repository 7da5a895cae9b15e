# quotations.sh: jobs whose effects can be compared with their history rows.
# shellcheck shell=sh
# To be sourced after setup of tap.sh, with an installation:
#
#     . "$TEST_ROOT/tests/lib/quotations.sh"
#     add_quotations acme r1 100         100 old quotations, and 100 due jobs that close them
#     … runs, with whatever may happen to them …
#     is 'sentence' "$(judge_quotations acme)" ''
#
# CloseQuotations with `years: N` closes what is N years old, and its result names what it closed.
# The jobs are due in the order of falling N, so each closes one quotation, or also those of jobs that
# were passed over.  The history row has the job's data.  So from the tables alone can be seen whether
# each job ran, ran once, and did what its row says.

# add_quotations KEY ROUND COUNT: COUNT at most 900.
add_quotations() {
    pg_psql "$(client_db "$1")" -v round="$2" -v count="$3" <<'END'
INSERT INTO oe (record_type, quonumber, transdate, closed)
SELECT 'sales_quotation', concat(:'round', '-', n), current_date - make_interval(years => n, days => 5), false
FROM generate_series(1, :count) AS n;
INSERT INTO background_jobs (type, package_name, cron_spec, next_run_at, active, data)
SELECT 'interval', 'CloseQuotations', '0 3 1 1 *', date_trunc('second', localtimestamp) - interval '2 days', true,
    concat('years: ', n, E'\nround: ', :'round')
FROM generate_series(1, :count) AS n ORDER BY n DESC;
END
}

# judge_quotations KEY: prints what is wrong: effects without a row that names them, rows that name
# what was not done, what is named twice; jobs without a row, or with two; jobs still due.  Where jobs
# failed, what they left may be open.
judge_quotations() {
    client_sql "$1" "
        WITH named AS (
            SELECT btrim(number) AS number FROM background_job_histories,
                regexp_split_to_table(split_part(result, ': ', 4), ',') AS number
            WHERE package_name = 'CloseQuotations' AND status = 'success'
                AND btrim(number) NOT IN ('keine', 'none')),
        runs AS (
            SELECT b.id, b.data, count(h.id) AS rows FROM background_jobs AS b
            LEFT JOIN background_job_histories AS h USING (data)
            WHERE b.package_name = 'CloseQuotations' GROUP BY b.id)
        SELECT 'closed, but named by no row', quonumber FROM oe
            WHERE closed AND quonumber NOT IN (SELECT number FROM named)
        UNION ALL SELECT 'named, but not closed', number FROM named
            WHERE number NOT IN (SELECT quonumber FROM oe WHERE closed)
        UNION ALL SELECT 'named twice', number FROM named GROUP BY number HAVING count(*) > 1
        UNION ALL SELECT 'a job has ' || rows || ' rows', data FROM runs WHERE rows <> 1
        UNION ALL SELECT 'still due', data FROM background_jobs
            WHERE package_name = 'CloseQuotations' AND next_run_at < localtimestamp
        UNION ALL SELECT 'two runs have the same run_at', run_at::text FROM background_job_histories
            GROUP BY package_name, run_at HAVING count(*) > 1
        UNION ALL SELECT 'left open, and nothing failed', quonumber FROM oe WHERE NOT closed AND NOT EXISTS
            (SELECT FROM background_job_histories WHERE status = 'failure')"
}
