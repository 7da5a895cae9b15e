/* io/pgpass: what libpq reads out of the file, who may read it, and when it goes.
 *
 * A few lines play the server: they ask for the password in clear and look at the answer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <dirent.h>
#include <fcntl.h>
#include <libpq-fe.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "io/pgpass.h"
#include "scratch.h"

static struct scratch scratch;

static int set_up(void **state)
{
    (void)state;
    scratch_make(&scratch, "/tmp");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    scratch_remove(&scratch);
    return 0;
}

static size_t count_files(void)
{
    struct dirent **names = NULL; /* with . and .. among them */
    int n = scandir(scratch_path(&scratch, "pgpass"), &names, NULL, NULL);
    for (int i = 0; i < n; i++)
        free(names[i]);
    free(names);
    return n < 2 ? 0 : (size_t)n - 2;
}

/* Runs libpq in a child with this password file; its connection goes to our socket. */
static pid_t start_client(const struct pgpass *pass, const struct pgpass_login *login)
{
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid > 0)
        return pid;
    const char *const keys[] = {"host",     "hostaddr", "port",       "dbname",          "user",
                                "passfile", "sslmode",  "gssencmode", "connect_timeout", NULL};
    bool is_socket = login->host[0] == '/';
    const char *addresses = strchr(login->host, ',') ? "127.0.0.1,127.0.0.1" : "127.0.0.1";
    const char *const values[] = {login->host, is_socket ? "" : addresses,
                                  login->port, login->dbname,
                                  login->user, pass->path,
                                  "disable",   "disable",
                                  "10",        NULL};
    PQfinish(PQconnectdbParams(keys, values, 0));
    scratch_exit(0);
    return 0;
}

/* Listens where a client with this login connects: on the directory's socket, or on a port of the
 * loopback interface, which *port becomes. */
static int listen_for(const char *host, char port[8])
{
    struct sockaddr_un local = {.sun_family = AF_UNIX};
    struct sockaddr_in inet = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t len = sizeof inet;
    bool is_socket = *host == '/';
    int fd = socket(is_socket ? AF_UNIX : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    snprintf(local.sun_path, sizeof local.sun_path, "%s/.s.PGSQL.%s", host, port);
    if (is_socket)
        assert_int_equal(bind(fd, (struct sockaddr *)&local, sizeof local), 0);
    else
        assert_int_equal(bind(fd, (struct sockaddr *)&inet, sizeof inet), 0);
    assert_int_equal(listen(fd, 1), 0);
    if (!is_socket) {
        assert_int_equal(getsockname(fd, (struct sockaddr *)&inet, &len), 0);
        snprintf(port, 8, "%u", (unsigned)ntohs(inet.sin_port));
    }
    return fd;
}

/* Reads exactly len bytes; false at the end. */
static bool read_all(int fd, char *bytes, size_t len)
{
    return recv(fd, bytes, len, MSG_WAITALL) == (ssize_t)len;
}

static size_t length_at(const char *bytes)
{
    uint32_t number;
    memcpy(&number, bytes, sizeof number);
    return ntohl(number);
}

/* Plays the server; what libpq sends as the password, or "" where it has none. */
static void ask_password(int listen_fd, char password[256])
{
    static const char ask[9] = {'R', 0, 0, 0, 8, 0, 0, 0, 3}; /* AuthenticationCleartextPassword */
    char head[5], rest[1024];
    int fd = accept(listen_fd, NULL, NULL);
    assert_true(fd >= 0);
    assert_true(read_all(fd, head, 4));
    assert_true(length_at(head) < sizeof rest && read_all(fd, rest, length_at(head) - 4));
    assert_int_equal(send(fd, ask, sizeof ask, MSG_NOSIGNAL), sizeof ask);
    *password = '\0';
    if (read_all(fd, head, 5) && head[0] == 'p' && length_at(head + 1) < 256)
        assert_true(read_all(fd, password, length_at(head + 1) - 4));
    close(fd);
}

/* A login that is written, what of it the client changes, and the password it then finds.  Its port
 * is what stands before the one on which we listen. */
static const struct {
    const char *name;
    struct pgpass_login login;
    const char *other_user;
    const char *found;
} rows[] = {
    {"plain", {"db.example.com", "", "acme", "kivi", "secret"}, NULL, "secret"},
    {"colons and backslashes everywhere",
     {"d:b\\x", "", "a:c\\m:e", "k\\iv:i", "s:e\\c:r\\\\et:"},
     NULL,
     "s:e\\c:r\\\\et:"},
    {"a star is a star", {"h", "", "*", "*", "x"}, NULL, "x"},
    {"umlauts and blanks", {"h", "", "ä b", "ü", " pässword "}, NULL, " pässword "},
    {"a hash at the beginning", {"#h", "", "d", "u", "#p*"}, NULL, "#p*"},
    {"a star for any user", {"h", "", "d", "*", "x"}, "v", ""},
    {"not for another user", {"h", "", "d", "u", "x"}, "v", ""},
    {"a directory as host", {"/dir", "", "d", "u", "by socket"}, NULL, "by socket"},
    {"the first of two hosts", {"a,b", "", "d", "u", "x"}, NULL, "x"},
    {"the second, with its own port", {"a,b", "1,", "d", "u", "x"}, NULL, "x"},
    {"commas where there are no lists", {"h", "", "d,e", "u,v", "x,y"}, NULL, "x,y"},
};

static void check_row(size_t row)
{
    struct err err = {0};
    struct pgpass pass;
    char port[8] = "5999", ports[16], password[256];
    struct pgpass_login login = rows[row].login;
    if (strcmp(login.host, "/dir") == 0)
        login.host = scratch.dir;
    int fd = listen_for(login.host, port);
    snprintf(ports, sizeof ports, "%s%s", rows[row].login.port, port);
    login.port = ports;
    if (!pgpass_write(&pass, scratch.dir, &login, &err))
        fail_msg("%s: %s", rows[row].name, err.text);
    if (rows[row].other_user)
        login.user = rows[row].other_user;
    pid_t client = start_client(&pass, &login);
    ask_password(fd, password);
    if (strcmp(password, rows[row].found) != 0)
        fail_msg("%s: libpq sent '%s'", rows[row].name, password);
    assert_int_equal(waitpid(client, NULL, 0), client);
    close(fd);
    pgpass_release(&pass);
    assert_int_equal(count_files(), 0);
}

static void test_what_libpq_finds(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        check_row(i);
}

static const struct pgpass_login plain = {.dbname = "d", .user = "u", .password = "p"};

static void test_the_file(void **state)
{
    (void)state;
    struct err err = {0};
    struct pgpass pass;
    struct stat st;
    char text[100] = "";
    assert_true(pgpass_write(&pass, scratch.dir, &plain, &err));
    assert_int_equal(stat(pass.path, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    assert_int_equal(stat(scratch_path(&scratch, "pgpass"), &st), 0);
    assert_int_equal(st.st_mode & 07777, 0700);
    assert_true(pread(pass.fd, text, sizeof text - 1, 0) > 0);
    assert_string_equal(text, "localhost:5432:d:u:p\n");

    /* a forked copy leaves it alone */
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        pgpass_release(&pass);
        scratch_exit(0);
    }
    assert_int_equal(waitpid(child, NULL, 0), child);
    assert_int_equal(count_files(), 1);
    pgpass_release(&pass);
    pgpass_release(&pass);
    pgpass_release(NULL);
    assert_int_equal(count_files(), 0);
}

static void test_sweeping(void **state)
{
    (void)state;
    struct err err = {0};
    struct pgpass pass;
    assert_true(pgpass_write(&pass, scratch.dir, &plain, &err));
    pid_t child = fork(); /* an owner that is killed */
    assert_true(child >= 0);
    if (child == 0) {
        struct pgpass theirs;
        close(pass.fd);
        if (!pgpass_write(&theirs, scratch.dir, &plain, &err))
            scratch_exit(1);
        raise(SIGKILL);
    }
    assert_int_equal(waitpid(child, NULL, 0), child);
    assert_int_equal(count_files(), 2);
    assert_true(pgpass_sweep(scratch.dir));
    assert_int_equal(count_files(), 1);
    assert_int_equal(access(pass.path, F_OK), 0);
    pgpass_release(&pass);
    assert_true(pgpass_sweep(scratch.dir));
    assert_false(pgpass_sweep(scratch_path(&scratch, "missing")));
}

static void test_what_fails(void **state)
{
    (void)state;
    struct err err = {0};
    struct pgpass pass;
    struct pgpass_login login = plain;
    login.password = "two\nlines";
    assert_false(pgpass_write(&pass, scratch.dir, &login, &err));
    assert_int_equal(err.kind, ERR_JOB);
    assert_null(strstr(err.text, "two"));

    assert_false(pgpass_write(&pass, scratch_path(&scratch, "missing"), &plain, &err));
    assert_int_equal(err.kind, ERR_SYSTEM);
    pgpass_release(&pass);

    scratch_dir(&scratch, "wide", 0755);
    scratch_dir(&scratch, "wide/pgpass", 0755);
    assert_false(pgpass_write(&pass, scratch_path(&scratch, "wide"), &plain, &err));
    assert_int_equal(err.kind, ERR_PERMISSION);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_what_libpq_finds, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_the_file, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_sweeping, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_what_fails, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("pgpass", tests, NULL, NULL);
}
