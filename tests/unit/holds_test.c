/* store/holds, store/origin, store/origins, store/fields: files that hold clients. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "io/wholefile.h"
#include "scratch.h"
#include "store/fields.h"
#include "store/holds.h"
#include "store/origins.h"

/* ---- holds ---- */

struct find_row {
    const char *name;
    const char *file;
    int client_id;
    int64_t now_s;
    const char *why;   /* NULL: it may run */
    const char *other; /* of the other hold; NULL: there is none */
};

static const struct find_row find_rows[] = {
    {"no file, no hold", NULL, 1, 100, NULL, NULL},
    {"an empty file", "", 1, 100, NULL, NULL},
    {"of this client", "1\t50\t0\troot\tx\n", 1, 100, "x", NULL},
    {"of another", "2\t50\t0\troot\tx\n", 1, 100, NULL, NULL},
    {"of all", "0\t50\t0\troot\tx\n", 1, 100, "x", NULL},
    {"both for ever", "1\t50\t0\ta\tone\n0\t50\t0\ta\tall\n", 1, 100, "all", "one"},
    {"its own lasts longer", "1\t50\t0\ta\tone\n0\t5\t200\ta\tall\n", 1, 100, "one", "all"},
    {"or has the later end", "0\t5\t200\ta\tall\n1\t5\t201\ta\tone\n", 1, 100, "one", "all"},
    {"that of all does", "1\t50\t200\ta\tone\n0\t5\t0\ta\tall\n", 1, 100, "all", "one"},
    {"of all clients asks for itself", "1\t50\t0\ta\tone\n0\t5\t0\ta\tall\n", 0, 100, "all", NULL},
    {"not over", "1\t50\t101\troot\tx\n", 1, 100, "x", NULL},
    {"over", "1\t50\t100\troot\tx\n", 1, 100, NULL, NULL},
    {"over for all, not for one", "0\t5\t9\ta\tb\n1\t50\t0\troot\tx\n", 1, 100, "x", NULL},
    {"the last line of a client counts", "1\t50\t0\ta\told\n1\t50\t0\ta\tnew\n", 1, 100, "new",
     NULL},
    {"nobody and no reason", "1\t50\t0\t\t\n", 1, 100, "", NULL},
    {"the last field may hold tabs", "1\t50\t0\ta\tb\tc\n", 1, 100, "b\tc", NULL},
};

static void write_file(const char *path, const char *text)
{
    struct buf buf = {0};
    struct err err = {0};
    buf_add_text(&buf, text);
    assert_true(wholefile_replace(path, &buf, &err));
    buf_release(&buf);
}

static void holds_are_found(void **state)
{
    struct err err = {0};
    char path[300];
    snprintf(path, sizeof path, "%s/holds", (const char *)*state);
    for (size_t i = 0; i < ARRAY_LEN(find_rows); i++) {
        const struct find_row *row = &find_rows[i];
        struct holds holds;
        unlink(path);
        if (row->file)
            write_file(path, row->file);
        if (!holds_load(&holds, path, &err))
            fail_msg("%s: %s", row->name, err.text);
        const struct hold *hold = holds_find(&holds, row->client_id, row->now_s);
        if ((hold != NULL) != (row->why != NULL) || (hold && strcmp(hold->why, row->why) != 0))
            fail_msg("%s: %s", row->name, hold ? hold->why : "may run");
        hold = holds_find_other(&holds, row->client_id, row->now_s);
        if ((hold != NULL) != (row->other != NULL) || (hold && strcmp(hold->why, row->other) != 0))
            fail_msg("%s: besides %s", row->name, hold ? hold->why : "none");
        holds_release(&holds);
    }
    unlink(path);
}

static void holds_are_kept(void **state)
{
    struct err err = {0};
    char path[300];
    struct holds holds;
    struct stat st;
    snprintf(path, sizeof path, "%s/holds", (const char *)*state);
    assert_true(holds_load(&holds, path, &err));
    struct hold one = {
        .client_id = 1, .since_s = 5, .who = (char *)"a\tb", .why = (char *)"line\nforged\t"};
    struct hold over = {
        .client_id = 2, .since_s = 5, .until_s = 9, .who = (char *)"", .why = (char *)""};
    assert_true(holds_put(&holds, &one, &err) && holds_put(&holds, &over, &err));
    assert_true(holds_save(&holds, 10, &err));
    holds_release(&holds);

    assert_true(holds_load(&holds, path, &err));
    assert_int_equal(holds.count, 1);
    assert_string_equal(holds.items[0].who, "a b");
    assert_string_equal(holds.items[0].why, "line forged ");
    assert_int_equal(holds.items[0].since_s, 5);
    assert_true(holds_remove(&holds, 1, 100));
    assert_false(holds_remove(&holds, 1, 100));
    assert_true(holds_save(&holds, 10, &err));
    assert_int_not_equal(stat(path, &st), 0);
    holds_release(&holds);
}

static const char *const alien_lines[] = {
    "1\t2",
    "1\t50\t9223372036854775807\ta\tb",
    "1\t50\t253402300800\ta\tb",
    "1\t50\t99999999999999999999999\ta\tb",
    "1\t-9223372036854775808\t0\ta\tb",
    "1\t50\t-1\ta\tb",
    "1\t50\t\ta\tb",
    "1\t50\t6x\ta\tb",
    "2147483648\t50\t0\ta\tb",
    "all\t50\t0\ta\tb",
};

/* Nobody is held by a line that says something else than it did, and nobody released. */
static void alien_lines_are_refused(void **state)
{
    char path[300];
    snprintf(path, sizeof path, "%s/holds", (const char *)*state);
    for (size_t i = 0; i < ARRAY_LEN(alien_lines); i++) {
        struct err err = {0};
        struct holds holds;
        write_file(path, alien_lines[i]);
        if (holds_load(&holds, path, &err))
            fail_msg("'%s' was taken", alien_lines[i]);
        assert_int_equal(err.kind, ERR_SYSTEM);
    }
    struct err err = {0};
    struct holds holds;
    assert_int_equal(truncate(path, 0) || truncate(path, 4096), 0);
    assert_false(holds_load(&holds, path, &err)); /* zeros, as a crash of the machine leaves them */
    unlink(path);
}

enum { CHILDREN = 6, EACH = 20 };

/* Each child changes the file for clients of its own, one after the other, at the same time as the
 * others. */
static void change_many(const char *path, bool (*change)(const char *path, int client_id))
{
    int status;
    for (int i = 0; i < CHILDREN; i++) {
        pid_t pid = fork();
        assert_true(pid >= 0);
        if (pid)
            continue;
        bool done = true;
        for (int id = 1 + i * EACH; done && id <= (i + 1) * EACH; id++)
            done = change(path, id);
        scratch_exit(!done);
    }
    for (int i = 0; i < CHILDREN; i++)
        assert_true(wait(&status) > 0 && status == 0);
}

static bool hold_one(const char *path, int client_id)
{
    struct err err = {0};
    struct holds holds;
    struct hold hold = {.client_id = client_id, .since_s = 5};
    bool done = holds_open(&holds, path, &err) && holds_put(&holds, &hold, &err) &&
                holds_save(&holds, 10, &err);
    holds_release(&holds);
    return done;
}

static void holds_of_all_are_kept(void **state)
{
    struct err err = {0};
    char path[300];
    struct holds holds;
    snprintf(path, sizeof path, "%s/holds", (const char *)*state);
    change_many(path, hold_one);
    assert_true(holds_load(&holds, path, &err));
    assert_int_equal(holds.count, CHILDREN * EACH);
    holds_release(&holds);
    unlink(path);
}

/* ---- which database ---- */

struct parse_row {
    const char *name;
    const char *text;
    const char *expected;
};

static const struct parse_row system_rows[] = {
    {"a row", "(1300,202209061,7711680055937862561,\"2026-11-24 11:17:11+01\")",
     "7711680055937862561"},
    {"a later release with more", "(1300,2,7,\"x\",9)", "7"},
    {"nothing", NULL, ""},
    {"no third field", "(1300,202209061)", ""},
};

static const struct parse_row oid_rows[] = {
    {"the default tablespace", "base/16714/1259", "16714"},
    {"another", "pg_tblspc/16385/PG_15_202209061/16714/1259", "16714"},
    {"no directory", "1259", ""},
    {"nothing", NULL, ""},
    {"hostile", "/", ""},
};

static void origins_are_parsed(void **state)
{
    (void)state;
    char system[ORIGIN_SYSTEM_MAX];
    char oid[ORIGIN_OID_MAX];
    for (size_t i = 0; i < ARRAY_LEN(system_rows); i++) {
        origin_parse_system(system_rows[i].text, system);
        if (strcmp(system, system_rows[i].expected) != 0)
            fail_msg("system, %s: '%s'", system_rows[i].name, system);
    }
    for (size_t i = 0; i < ARRAY_LEN(oid_rows); i++) {
        origin_parse_oid(oid_rows[i].text, oid);
        if (strcmp(oid, oid_rows[i].expected) != 0)
            fail_msg("oid, %s: '%s'", oid_rows[i].name, oid);
    }
}

/* Home is "system 7, oid 16, host h, port 5432, name acme", with `home_system` instead of 7. */
struct move_row {
    const char *name;
    const char *home_system;
    const char *system;
    const char *oid;
    const char *host;
    const char *dbname;
    bool moved;
};

static const struct move_row move_rows[] = {
    {"the same", "7", "7", "16", "h", "acme", false},
    {"another host, the same server: a standby took over", "7", "7", "16", "g", "acme", false},
    {"another server", "7", "8", "16", "h", "acme", true},
    {"another oid: a restored copy", "7", "7", "17", "h", "acme", true},
    {"another name", "7", "7", "16", "h", "acme2", true},
    {"not asked yet", "7", "", "", "h", "acme", false},
    {"not asked yet, another name", "7", "", "", "h", "acme2", true},
    {"identifier unknown", "", "", "16", "h", "acme", false},
    {"identifier unknown, another host", "", "", "16", "g", "acme", true},
    {"identifier told since", "", "7", "16", "h", "acme", false},
};

static void fill_client(struct client *client, const char *host, const char *dbname)
{
    *client = (struct client){.id = 3};
    client->fields[CLIENT_HOST] = (char *)host;
    client->fields[CLIENT_PORT] = (char *)"5432";
    client->fields[CLIENT_DBNAME] = (char *)dbname;
}

static struct origin make_origin(const char *system, const char *oid)
{
    struct origin origin = {0};
    snprintf(origin.system, sizeof origin.system, "%s", system);
    snprintf(origin.oid, sizeof origin.oid, "%s", oid);
    return origin;
}

static void moves_are_noticed(void **state)
{
    struct err err = {0};
    char path[300];
    struct client client;
    snprintf(path, sizeof path, "%s/databases", (const char *)*state);
    for (size_t i = 0; i < ARRAY_LEN(move_rows); i++) {
        const struct move_row *row = &move_rows[i];
        struct origins origins;
        struct origin first = make_origin(row->home_system, "16");
        struct origin found = make_origin(row->system, row->oid);
        unlink(path);
        assert_true(origins_load(&origins, path, &err));
        fill_client(&client, "h", "acme");
        assert_true(origins_learn(&origins, &client, &first, &err));
        origins_release(&origins);
        assert_true(origins_load(&origins, path, &err)); /* as the next run sees it */
        const struct origin_home *home = origins_find(&origins, 3);
        assert_non_null(home);
        fill_client(&client, row->host, row->dbname);
        if (origin_moved(home, &client, &found) != row->moved)
            fail_msg("%s", row->name);
        origins_release(&origins);
    }
    unlink(path);
}

static void origins_are_forgotten(void **state)
{
    struct err err = {0};
    char path[300];
    struct client client;
    struct origins origins;
    struct origin origin = make_origin("7", "16");
    snprintf(path, sizeof path, "%s/databases", (const char *)*state);
    assert_true(origins_load(&origins, path, &err));
    fill_client(&client, "host\twith\nall", "na me\t");
    assert_true(origins_learn(&origins, &client, &origin, &err));
    assert_false(origin_moved(origins_find(&origins, 3), &client, &origin));
    client.id = 4;
    assert_true(origins_learn(&origins, &client, &origin, &err));
    assert_true(origins_forget(&origins, 3, &err));
    assert_null(origins_find(&origins, 3));
    origins_release(&origins);
    assert_true(origins_load(&origins, path, &err));
    assert_null(origins_find(&origins, 3));
    assert_false(origin_moved(origins_find(&origins, 4), &client, &origin));
    origins_release(&origins);
    unlink(path);
}

static void learn(const char *path, int id, const char *dbname)
{
    struct err err = {0};
    struct client client;
    struct origins origins;
    struct origin origin = make_origin("7", "16");
    fill_client(&client, "h", dbname);
    client.id = id;
    assert_true(origins_load(&origins, path, &err));
    assert_true(origins_learn(&origins, &client, &origin, &err));
    origins_release(&origins);
}

static bool forget_one(const char *path, int client_id)
{
    struct err err = {0};
    struct origins origins;
    bool done = origins_open(&origins, path, &err) && origins_forget(&origins, client_id, &err);
    origins_release(&origins);
    return done;
}

static void origins_of_all_are_forgotten(void **state)
{
    struct err err = {0};
    char path[300];
    struct origins origins;
    snprintf(path, sizeof path, "%s/databases", (const char *)*state);
    for (int id = 1; id <= CHILDREN * EACH; id++)
        learn(path, id, "acme");
    change_many(path, forget_one);
    assert_true(origins_load(&origins, path, &err));
    assert_int_equal(origins.count, 0);
    origins_release(&origins);
    unlink(path);
}

/* A line of client 3 that was cut somewhere, or is none of ours: what it had is not known. */
static const char *const torn_lines[] = {
    "3\t7\t1",
    "3\t7\t16\th\t5432",
    "3\t7\t16\th\t5432\t",
    "3\t7\t16\th\t5432\tac",
    "3\t7\t16\th\t5432\tacme",
    "3\t7\t14\t7\t16\th\t5432\tacme\n",
    "3\t7\t16\th\t5432\tac4\t7\t16\th\t5432\tbeta\n",
    "3\t7\t99999999999999999999\th\t5432\tacme\n",
    "3\t7x\t16\th\t5432\tacme\n",
    "x3\t7\t16\th\t5432\tacme\n",
};

static bool is_at_home(const char *path, int id, const char *dbname)
{
    struct err err = {0};
    struct client client;
    struct origins origins;
    struct origin origin = make_origin("7", "16");
    fill_client(&client, "h", dbname);
    assert_true(origins_load(&origins, path, &err));
    const struct origin_home *home = origins_find(&origins, id);
    bool found = home && !origin_moved(home, &client, &origin);
    if (home && !found)
        fail_msg("client %d has '%s' on %s", id, home->dbname, home->host);
    origins_release(&origins);
    return found;
}

/* The next line is neither glued to it nor does it make it whole. */
static void torn_origins_are_passed_over(void **state)
{
    char path[300];
    snprintf(path, sizeof path, "%s/databases", (const char *)*state);
    for (size_t i = 0; i < ARRAY_LEN(torn_lines); i++) {
        print_message("after '%s'\n", torn_lines[i]);
        write_file(path, torn_lines[i]);
        assert_false(is_at_home(path, 3, "acme"));
        learn(path, 4, "beta");
        assert_false(is_at_home(path, 3, "acme"));
        learn(path, 3, "acme");
        assert_true(is_at_home(path, 3, "acme"));
        assert_true(is_at_home(path, 4, "beta"));
    }
    unlink(path);
}

static struct scratch scratch;

static int make_scratch(void **state)
{
    scratch_make(&scratch, "/tmp");
    *state = scratch.dir;
    return 0;
}

static int remove_scratch(void **state)
{
    (void)state;
    scratch_remove(&scratch);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(holds_are_found),
        cmocka_unit_test(holds_are_kept),
        cmocka_unit_test(holds_of_all_are_kept),
        cmocka_unit_test(alien_lines_are_refused),
        cmocka_unit_test(origins_are_parsed),
        cmocka_unit_test(moves_are_noticed),
        cmocka_unit_test(origins_are_forgotten),
        cmocka_unit_test(torn_origins_are_passed_over),
        cmocka_unit_test(origins_of_all_are_forgotten),
    };
    return cmocka_run_group_tests(tests, make_scratch, remove_scratch);
}
