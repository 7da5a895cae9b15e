#!/bin/sh
# status --html: the page, as a browser without a screen sees it.
. "$(dirname "$0")/../lib/tap.sh"
command -v python3 >/dev/null || skip_all 'python3 is not installed'
setup
make_installation "$WORK/kivi"
add_client acme --name '<script>alert(1)</script>'
add_client well --name 'Müller & Söhne'
add_client quiet --name "'\"><img src=x onerror=alert(2)>"
www=$WORK/www
mkdir "$www" && chmod 0755 "$WORK" "$www"
[ "$(id -u)" -ne 0 ] || chown "$PG_USER" "$www"
page=$www/status.html

# ---- the histories ----

# Two weeks of a run every five minutes; in one of the clients nothing ran for four hours, eight hours
# ago, and three runs of another job failed, one of them a week and more ago.
every_five() {
    add_job "$1" MailSync '*/5 * * * *' "$(date -d '3 minutes' '+%F %T')"
    client_sql "$1" "INSERT INTO background_job_histories (package_name, run_at, status)
        SELECT 'MailSync', at, 'success'
        FROM generate_series(now()::timestamp - interval '14 days', now()::timestamp, '5 minutes') AS at
        WHERE $2"
}
failed() {
    client_sql acme "INSERT INTO background_job_histories (package_name, run_at, status, error)
        VALUES ('Import', now()::timestamp - interval '$1', 'failure', '</title><script>alert(3)</script>')"
}
every_five acme "at NOT BETWEEN now()::timestamp - interval '12 hours' AND now()::timestamp - interval '8 hours'"
every_five well true
failed '3 hours'
failed '30 hours'
failed '8 days'

# ---- the file ----

umask 027
ok 'a page is written' run_ts status --html "$page"
is 'nothing is printed' "$TS_OUT$TS_ERR" ''
is 'everybody may read it' "$(stat -c %a "$page")" 644
is 'nothing else is left there' "$(ls "$www")" status.html
is 'there is no tag but ours' "$(grep -c -i '<script\|<img\|onerror=[^a]' "$page")" 0
like 'the policy allows one style sheet' "$(cat "$page")" "default-src 'none'; style-src 'sha256-[A-Za-z0-9+/]{43}='; img-src data:;"
is 'thousands of runs are few bars' "$([ "$(grep -o '<rect\|<g class' "$page" | wc -l)" -lt 200 ] && echo few)" few
inode=$(stat -c %i "$page")
ok 'it is written again' run_ts status --html "$page"
is 'as a new file in place of the old one' "$([ "$(stat -c %i "$page")" != "$inode" ] && echo new)" new
fails 'a directory that is not there' 71 run_ts status --html "$www/none/status.html"
fails 'pages are no JSON' 64 run_ts status --json --html "$page"

# ---- in the browser ----

# browse FILE EXPRESSION…: a line for each, and what the browser has to say; or nothing, and why.
browse() {
    python3 "$TEST_ROOT/tests/lib/browser.py" "$WORK/browser" "$@" 2>"$WORK/browse.err"
}
# line N: of what browse said last.
line() {
    printf '%s\n' "$seen" | sed -n "$1p"
}
# drawn CLASS KIND: how many of them the first client's rows show in its day, or week.
drawn() {
    echo "document.querySelectorAll('details:first-of-type .$2 $1').length"
}

if command -v chromium >/dev/null || command -v chromium-browser >/dev/null; then
    seen=$(browse "$page" \
        "document.querySelector('details .name').textContent" \
        "document.querySelectorAll('script, img, iframe, object').length" \
        "$(drawn g.f day)" "$(drawn g.f week)" "$(drawn rect.g day)" \
        "[...document.querySelectorAll('details')].map(d => d.open)" \
        "document.querySelector('details .day g.f title').textContent.split('\\n').slice(1)" \
        "getComputedStyle(document.querySelector('details')).borderRadius" \
        "document.documentElement.lang" \
        "document.querySelectorAll('details .name')[2].textContent")
    is 'a name that is a script is a text' "$(line 1)" '"<script>alert(1)</script>"'
    is 'and nothing else' "$(line 2)" 0
    is 'the day has one failure' "$(line 3)" 1
    is 'the week has two' "$(line 4)" 2
    is 'and hours without runs are a gap' "$(line 5)" 1
    is 'only the client with a failure is unfolded' "$(line 6)" '[true, false, false]'
    is 'the error is a text, too' "$(line 7)" '["runs: 1, failed: 1", "</title><script>alert(3)</script>"]'
    like 'the style is applied' "$(line 8)" '^"[1-9]'
    is 'the page says its language' "$(line 9)" '"en"'
    is 'a name that is a tag is a text' "$(line 10)" "\"'\\\"><img src=x onerror=alert(2)>\""
    is 'it fits a phone' "$(line 11)" 'overflow 360 0'
    is 'and a tablet' "$(line 12)" 'overflow 800 0'
    is 'and a large screen' "$(line 13)" 'overflow 1600 0'
    is 'the browser has nothing to complain of, and asks nobody' "$(line 14)" 'messages []'
    diag "$(cat "$WORK/browse.err")"
    # A long name and a long package leave the error room, on a tablet and on the narrowest desktop.
    auth_sql "UPDATE auth.clients SET name = 'Wirtschaftsprüfungs- und Steuerberatungsgesellschaft Übersee' WHERE name LIKE '<%'"
    client_sql acme "UPDATE background_job_histories SET package_name = 'CreateOrUpdateFileFullTexts',
        error = repeat('no word of this is long ', 20) WHERE status = 'failure'" >/dev/null
    run_ts status --html "$page"
    error_width="Math.round(document.querySelector('td.bad').getBoundingClientRect().width / 16)"
    seen=$(browse "$page" --shot 800 light "$WORK/shot.png" "$error_width" \
        --shot 1130 light "$WORK/shot.png" "$error_width")
    ok "an error has room on a tablet ($(line 1) rem)" test "$(line 1)" -ge 30
    ok "and beside all columns ($(line 2) rem)" test "$(line 2)" -ge 18
    is 'long names fit a tablet' "$(line 4)" 'overflow 800 0'
    auth_sql "UPDATE auth.clients SET name = '<script>alert(1)</script>' WHERE name LIKE 'W%'"
    sed 's|</body>|<script>alert(4)</script></body>|' "$page" >"$WORK/worse.html"
    seen=$(browse "$WORK/worse.html")
    like 'a script that got in would not run, and be told of' "$(line 4)" 'messages .*Content Security Policy'
else
    skip 'the page in a browser' 'chromium is not installed'
fi

auth_sql "UPDATE auth.clients SET dbname = 'nowhere' WHERE name LIKE 'M%'"
fails 'a client that is away is an exit code' 75 run_ts status --html "$page"
like 'but the page is written' "$(cat "$page")" '<p class="bad">.*nowhere'
run_ts hold --client 3 --why '<b>moving</b>'
run_ts status --html "$page"
like 'a client that is held is shown, and why' "$(cat "$page")" '<p class="bad"><bdi>held by .*: &lt;b&gt;moving&lt;/b&gt;'
like 'with the others' "$(cat "$page")" 'alert\(1\)'
fails 'a directory is no file' 64 run_ts status --html "$WORK"
like 'which is said' "$TS_ERR" "wants the name of a file, not '$WORK'"
fails 'nor is nothing' 64 run_ts status --html ''
done_testing
