-- What the housekeeping jobs find: something to do and something to leave alone, for each of them.
-- Loaded into a database with kivitendo's schemas public and auth, as its test set-up makes it.

UPDATE auth.clients SET task_server_user_id = (SELECT id FROM auth."user" WHERE login = 'unittests');

-- CleanAuthSessions
INSERT INTO auth.session (id, ip_address, mtime) VALUES
    ('00aa', '127.0.0.1', now() - interval '3 days'), ('00bb', '127.0.0.1', now());
INSERT INTO auth.session_content (session_id, sess_key, sess_value) VALUES
    ('00aa', 'login', '--- unittests'), ('00bb', 'login', '--- unittests');

-- UpdateEmployeeBaseData: a new user, and an employee who has another name now
INSERT INTO auth."user" (id, login) VALUES (2, 'neu');
INSERT INTO auth.user_config VALUES (2, 'name', 'Nora Neu');
INSERT INTO auth.clients_users (client_id, user_id) VALUES (1, 2);
UPDATE employee SET name = 'old name', deleted = true WHERE login = 'unittests';

-- ValidityTokenCleanup
INSERT INTO validity_tokens (scope, token, valid_until) VALUES
    ('test', 'old', now() - interval '2 days'), ('test', 'new', now() + interval '2 days');

-- CleanBackgroundJobHistory
INSERT INTO background_job_histories (package_name, run_at, status, result, error, data) VALUES
    ('Old', now() - interval '40 days', 'success', '1', NULL, NULL),
    ('New', now() - interval '4 days', 'success', '1', NULL, NULL),
    ('Old', now() - interval '100 days', 'failure', NULL, 'x', NULL),
    ('New', now() - interval '40 days', 'failure', NULL, 'x', NULL);

-- SetNumberRange.  On an empty range kivitendo's class fails, where ours leaves it alone.
UPDATE defaults SET invnumber = 'R2020-00017', sonumber = '99', sqnumber = 'A', closedto = NULL,
    cnnumber = coalesce(cnnumber, '7'), soinumber = coalesce(soinumber, '7'),
    pqinumber = coalesce(pqinumber, '7'), ponumber = coalesce(ponumber, '7'),
    pocnumber = coalesce(pocnumber, '7'), rfqnumber = coalesce(rfqnumber, '7'),
    sdonumber = coalesce(sdonumber, '7'), pdonumber = coalesce(pdonumber, '7'),
    sudonumber = coalesce(sudonumber, '7'), rdonumber = coalesce(rdonumber, '7'),
    s_reclamation_record_number = coalesce(s_reclamation_record_number, '7'),
    p_reclamation_record_number = coalesce(p_reclamation_record_number, '7');

-- All jobs, in the order in which they are to run: one due time, ascending ids.
DELETE FROM background_jobs;
INSERT INTO background_jobs (id, type, package_name, cron_spec, next_run_at, active, data, description)
SELECT number, 'interval', package, '0 3 * * *', date_trunc('minute', localtimestamp) - interval '1 hour',
    true, data, 'Job ' || package
FROM (VALUES
    (101, 'CleanBackgroundJobHistory', NULL),
    (102, 'CreatePeriodicInvoices', NULL),
    (103, 'BackgroundJobCleanup', NULL),
    (104, 'SelfTest', NULL),
    (105, 'CleanAuthSessions', NULL),
    (106, 'CreateOrUpdateFileFullTexts', NULL),
    (107, 'UpdateEmployeeBaseData', NULL),
    (108, 'ValidityTokenCleanup', NULL),
    (109, 'Test', E'result: Grüße\n'),
    (110, 'Test', E'exception: kaputt\n'),
    (111, 'CloseProjectsBelongingToClosedSalesOrders', NULL),
    (112, 'SetClosedTo', NULL),
    (113, 'CloseQuotations', NULL),
    (114, 'SetNumberRange', E'multiplier: 100\n')) AS jobs (number, package, data);

-- BackgroundJobCleanup
INSERT INTO background_jobs (id, type, package_name, last_run_at, active) VALUES
    (201, 'once', 'Test', now() - interval '3 days', true), (202, 'once', 'Test', now(), true);
