#!/bin/sh
# CloseQuotations, CloseProjectsBelongingToClosedSalesOrders and UpdateEmployeeBaseData: rows before
# and after.
. "$(dirname "$0")/../lib/tap.sh"
setup
make_installation "$WORK/kivi"
. "$TEST_ROOT/tests/lib/jobs.sh"
add_client acme
add_client old --old
projects_job=CloseProjectsBelongingToClosedSalesOrders

language() {
    auth_sql "UPDATE auth.user_config SET cfg_value = '$1' WHERE cfg_key = 'countrycode'"
}

# ---- CloseQuotations ------------------------------------------------------------------------------

# quotations DATE: one of every kind at that date, and one a day later.
quotations() {
    client_sql acme "DELETE FROM oe; INSERT INTO oe (id, record_type, quonumber, transdate, closed) VALUES
        (101, 'sales_quotation', 'A1', '$1', false), (102, 'request_quotation', 'P1', '$1', NULL),
        (103, 'sales_quotation', 'A2', date '$1' + 1, false), (104, 'sales_order', 'A3', '$1', false),
        (105, 'sales_quotation', 'A4', '$1', true), (106, 'sales_quotation', NULL, '2001-01-01', false),
        (107, 'sales_quotation', 'A5', NULL, false), (108, 'sales_order_intake', 'A6', '$1', false)"
}

closed() {
    client_sql acme "SELECT string_agg(id::text, ' ' ORDER BY id) FROM oe WHERE closed"
}

# A year before today in UTC, with DateTime's rule for month ends.
a_year_ago=$(perl -MDateTime -e 'print DateTime->today->subtract(years => 1)->ymd')
quotations "$a_year_ago"
language en
is 'a dry run only reports' "$(perform acme CloseQuotations 'dry_run: 1')" \
    'success|would be closed (dry run): request quotations: P1; sales quotations: A1, (id 106)|NULL'
is 'and closes nothing' "$(closed)" 105
language de_DE
is 'quotations are closed, and named in the language of the user' "$(perform acme CloseQuotations)" \
    'success|geschlossen: Preisanfragen: P1; Angebote: A1, (id 106)|NULL'
is 'those of the day too, but none of another kind' "$(closed)" '101 102 105 106'
is 'nothing is left to close' "$(perform acme CloseQuotations 'dry_run: 1')" \
    'success|würden geschlossen (Probelauf): Preisanfragen: keine; Angebote: keine|NULL'
perform acme CloseQuotations 'years: 0' >/dev/null
is 'years: 0 means today' "$(closed)" '101 102 103 105 106'
for value in -1 1.5 abc '""' 1001 '[1]'; do
    like "years: $value fails" "$(perform acme CloseQuotations "years: $value")" '^failure[|]NULL[|]years: '
done
like 'older tables need the Perl class' "$(perform old CloseQuotations)" \
    '^failure[|]NULL[|]a client database before kivitendo 3.9 .*Perl'

# closes SENTENCE NOW YEARS LAST-DAY-THAT-IS-CLOSED
closes() {
    if at_time "$2"; then
        quotations "$4"
        perform acme CloseQuotations "years: $3" >/dev/null
        is "$1" "$(closed)" '101 102 105 106'
        real_time
    else
        skip "$1" 'no faketime here'
    fi
}

closes 'half past midnight is the day before in UTC, and the last of February' '2026-03-01 00:30:00' 1 2025-02-28
closes 'after one it is March' '2026-03-01 01:30:00' 1 2025-03-01
closes 'the last of February is the last of February' '2025-02-28 12:00:00' 1 2024-02-29
closes 'also the other way round' '2024-02-29 12:00:00' 3 2021-02-28

# ---- CloseProjectsBelongingToClosedSalesOrders ----------------------------------------------------

# projects: 1 and 2 belong to closed orders, 1 is not active; the others do not, each for a reason.
projects() {
    client_sql acme "DELETE FROM oe; DELETE FROM project;
        DELETE FROM project_statuses WHERE name IN ('lost', '0');
        INSERT INTO project_statuses (id, name, description, position) VALUES (77, 'lost', '', 9), (78, '0', '', 10);
        INSERT INTO project (id, project_status_id, active)
        SELECT n, (SELECT id FROM project_statuses WHERE name = 'running'), n <> 1 FROM generate_series(1, 6) AS n;
        UPDATE project SET project_status_id = (SELECT id FROM project_statuses WHERE name = 'done') WHERE id = 6;
        INSERT INTO oe (record_type, globalproject_id, closed) VALUES
        ('sales_order', 1, true), ('sales_order', 2, true), ('sales_order', 2, false),
        ('sales_order', 3, false), ('sales_order', 4, NULL), ('purchase_order', 5, true),
        ('sales_order', NULL, true), ('sales_order', 6, true)"
}

# project_list: id, status, active.
project_list() {
    client_sql acme "SELECT string_agg(concat_ws(':', p.id, s.name, p.active), ' ' ORDER BY p.id)
        FROM project AS p JOIN project_statuses AS s ON s.id = p.project_status_id"
}

projects
is 'projects of closed sales orders are closed' "$(perform acme $projects_job)" 'success|1|NULL'
is 'and no others; one that has the status stays active' "$(project_list)" \
    '1:done:f 2:done:f 3:running:t 4:running:t 5:running:t 6:done:t'
projects
perform acme $projects_job '{"new_status": "lost", "set_inactive": 0}' >/dev/null
is 'with another status, and active as they were' "$(project_list)" \
    '1:lost:f 2:lost:t 3:running:t 4:running:t 5:running:t 6:lost:t'
projects
perform acme $projects_job '{"new_status": 0, "set_inactive": "x"}' >/dev/null
is 'a false name is the default, whatever statuses there are' "$(project_list)" \
    '1:done:f 2:done:f 3:running:t 4:running:t 5:running:t 6:done:t'
projects
perform acme $projects_job 'set_inactive: ~' >/dev/null
is 'set_inactive may be null, which is false' "$(project_list)" \
    '1:done:f 2:done:t 3:running:t 4:running:t 5:running:t 6:done:t'
is 'an unknown status fails' "$(perform acme $projects_job "new_status: it's")" \
    "failure|NULL|new_status: there is no project status 'it's'"
like 'older tables need the Perl class' "$(perform old $projects_job)" \
    '^failure[|]NULL[|]a client database before kivitendo 3.9 .*Perl'

# ---- UpdateEmployeeBaseData -----------------------------------------------------------------------

# employees: login, name, deleted, and whether the row is a version of its own.
employees() {
    client_sql "$1" "SELECT login, coalesce(name, 'NULL'), deleted FROM employee ORDER BY login"
}

auth_sql "INSERT INTO auth.\"user\" (login) VALUES ('it''s; DROP \"x\" \\'), ('nameless'), ('stranger'), ('zoë');
    INSERT INTO auth.user_config SELECT id, 'name', E'<b>{\"Zoë\"}</b>\\n🦊 \\\\' FROM auth.\"user\" WHERE login = 'zoë';
    INSERT INTO auth.user_config SELECT id, 'name', 'Somebody Else' FROM auth.\"user\" WHERE login = 'stranger';
    INSERT INTO auth.clients_users SELECT c.id, u.id FROM auth.clients c, auth.\"user\" u
    WHERE c.name = 'acme' AND u.login NOT IN ('martin', 'stranger')"
client_sql acme "INSERT INTO employee (login, name, deleted) VALUES ('left', 'Was Here', false),
    ('martin', 'Old Name', true), ('nameless', 'Had One', false), ('stranger', 'Not Ours', true)"
is 'UpdateEmployeeBaseData answers 1' "$(perform acme UpdateEmployeeBaseData)" 'success|1|NULL'
is "and makes the client's users employees" "$(employees acme)" "it's; DROP \"x\" \\|NULL|f
left|Was Here|f
martin|Martin Müller|f
nameless|NULL|f
stranger|Not Ours|t
zoë|<b>{\"Zoë\"}</b>
🦊 \\|f"
client_sql acme "UPDATE employee SET deleted = true WHERE login = 'zoë';
    UPDATE employee SET deleted = NULL WHERE login = 'nameless'"
before=$(client_sql acme 'SELECT login, ctid FROM employee ORDER BY login')
perform acme UpdateEmployeeBaseData >/dev/null
is 'a deleted one that is a user is not deleted any more' \
    "$(client_sql acme "SELECT login FROM employee WHERE deleted IS DISTINCT FROM false")" stranger
is 'only rows that change are written' \
    "$(printf '%s\n%s\n' "$before" "$(client_sql acme 'SELECT login, ctid FROM employee')" | sort | uniq -u | cut -d'|' -f1 | sort -u)" \
    'nameless
zoë'
before=$(client_sql acme 'SELECT ctid FROM employee ORDER BY login')
perform acme UpdateEmployeeBaseData >/dev/null
is 'and none when nothing has changed' "$(client_sql acme 'SELECT ctid FROM employee ORDER BY login')" "$before"
perform old UpdateEmployeeBaseData >/dev/null
is 'the older tables will do' "$(employees old)" 'martin|Martin Müller|f'
auth_sql "DELETE FROM auth.clients_users"
is 'a client without users' "$(perform old UpdateEmployeeBaseData) $(employees old)" \
    'success|1|NULL martin|Martin Müller|f'
done_testing
