/* store/outbox: notices come back in order and whole; what is no notice stays out of the way; two
 * processes may put and remove side by side.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <sys/wait.h>
#include <time.h>

#include "base/attr.h"
#include "scratch.h"
#include "store/outbox.h"

enum { RACE_NOTES = 2000, OLD_S = 7200 };

struct texts {
    bool is_mail;
    int64_t made_s;
    const char *subject;
    const char *body;
};

/* What is put is only read, though a note can also own its texts. */
static bool try_put(const char *dir, const struct texts *texts, struct err *err)
{
    struct outbox_note note = {
        .is_mail = texts->is_mail,
        .made_s = texts->made_s,
        .subject = (char *)texts->subject,
        .body = (char *)texts->body,
    };
    return outbox_put(dir, &note, err);
}

static void put(const char *dir, const struct texts *texts)
{
    struct err err = {0};
    if (!try_put(dir, texts, &err))
        fail_msg("%s", err.text);
}

static size_t list(const char *dir, struct dirnames *names)
{
    struct err err = {0};
    if (!outbox_list(dir, names, &err))
        fail_msg("%s", err.text);
    return names->count;
}

static size_t count(const char *dir)
{
    struct dirnames names;
    size_t found = list(dir, &names);
    dirnames_release(&names);
    return found;
}

static void take(const char *dir, const char *name, struct outbox_note *note)
{
    struct err err = {0};
    if (!outbox_read(dir, name, note, &err))
        fail_msg("%s", err.text);
}

/* ---- texts ---- */

static const struct {
    const char *name;
    struct texts put;
    const char *subject; /* as it is read */
    const char *body;
} texts[] = {
    {"a mail", {true, 1795428000, "failed: äöü", "one\ntwo\n"}, "failed: äöü", "one\ntwo\n"},
    {"for a program", {false, 1, "", "{\"event\":\"failure\"}"}, "", "{\"event\":\"failure\"}"},
    {"a subject of two lines", {true, 1, "a\nmade_s 9\n\nb", "x"}, "a made_s 9  b", "x"},
    {"no texts", {true, 1, NULL, NULL}, "", ""},
    {"a body that looks like a head", {true, 1, "s", "\nkind command\n"}, "s", "\nkind command\n"},
    {"blanks at the ends", {true, 1, "  s  ", "  b  "}, "  s  ", "  b  "},
};

static void test_texts(void **state)
{
    (void)state;
    struct scratch s;
    scratch_make(&s, "/tmp");
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        const char *dir = scratch_path(&s, "outbox");
        struct dirnames names;
        struct outbox_note note;
        put(dir, &texts[i].put);
        assert_int_equal(list(dir, &names), 1);
        take(dir, names.items[0], &note);
        if (strcmp(note.subject, texts[i].subject) != 0 || strcmp(note.body, texts[i].body) != 0)
            fail_msg("%s: got '%s' and '%s'", texts[i].name, note.subject, note.body);
        assert_int_equal(note.is_mail, texts[i].put.is_mail);
        assert_int_equal(note.made_s, texts[i].put.made_s);
        outbox_note_release(&note);
        outbox_note_release(&note);
        outbox_remove(dir, names.items[0]);
        dirnames_release(&names);
    }
    scratch_remove(&s);
}

/* ---- the directory ---- */

static void test_directory(void **state)
{
    (void)state;
    struct scratch s;
    struct stat st;
    struct dirnames names;
    scratch_make(&s, "/tmp");
    const char *dir = scratch_path(&s, "outbox");

    assert_false(outbox_waits(dir));
    assert_int_equal(count(dir), 0);
    for (int i = 0; i < 20; i++)
        put(dir, &(struct texts){.is_mail = true, .made_s = i, .body = "b"});
    assert_true(outbox_waits(dir));
    assert_int_equal(stat(dir, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0700);

    assert_int_equal(list(dir, &names), 20);
    for (size_t i = 0; i < names.count; i++) {
        struct outbox_note note;
        assert_true(outbox_waits(dir));
        take(dir, names.items[i], &note);
        assert_int_equal(note.made_s, i);
        outbox_note_release(&note);
        outbox_remove(dir, names.items[i]);
    }
    assert_false(outbox_waits(dir));
    outbox_remove(dir, names.items[0]);
    dirnames_release(&names);
    scratch_remove(&s);
}

static void test_no_place(void **state)
{
    (void)state;
    struct scratch s;
    struct err err = {0};
    struct dirnames names;
    const struct texts note = {true, 1, "s", "b"};
    scratch_make(&s, "/tmp");
    assert_false(try_put(scratch_path(&s, "not/there"), &note, &err));
    assert_int_equal(err.kind, ERR_SYSTEM);
    const char *file = scratch_file(&s, "file", "", -1);
    err = (struct err){0};
    assert_false(try_put(file, &note, &err));
    assert_non_null(strstr(err.text, file));
    err = (struct err){0};
    assert_false(outbox_list(file, &names, &err));
    assert_int_equal(names.count, 0);
    scratch_remove(&s);
}

/* ---- rubbish ---- */

static const struct {
    const char *name;
    const char *text;
} rubbish[] = {
    {"empty", ""},
    {"one word", "kind"},
    {"no subject", "kind mail\nmade_s 1\n\nbody"},
    {"no blank line", "kind mail\nmade_s 1\nsubject s\nbody"},
    {"ends after the head", "kind mail\nmade_s 1\nsubject s\n"},
    {"another order", "made_s 1\nkind mail\nsubject s\n\nbody"},
};

static void test_rubbish(void **state)
{
    (void)state;
    struct scratch s;
    scratch_make(&s, "/tmp");
    for (size_t i = 0; i < ARRAY_LEN(rubbish); i++) {
        struct err err = {0};
        struct outbox_note note;
        scratch_file(&s, "outbox/1.note", rubbish[i].text, -1);
        if (outbox_read(scratch_path(&s, "outbox"), "1.note", &note, &err))
            fail_msg("%s: it was taken for a notice", rubbish[i].name);
        assert_non_null(strstr(err.text, "it is no notice"));
        assert_null(note.subject);
    }
    scratch_remove(&s);
}

static void age(const char *path)
{
    struct timespec old[2] = {{.tv_sec = time(NULL) - OLD_S}, {.tv_sec = time(NULL) - OLD_S}};
    assert_int_equal(utimensat(AT_FDCWD, path, old, 0), 0);
}

/* Whoever died in writing left a draft, which must not keep the directory for ever. */
static void test_drafts(void **state)
{
    (void)state;
    struct scratch s;
    scratch_make(&s, "/tmp");
    char *dir = strdup(scratch_path(&s, "outbox"));
    char *young = strdup(scratch_file(&s, "outbox/2.note.new", "kind m", -1));
    assert_int_equal(count(dir), 0);
    assert_int_equal(access(young, F_OK), 0);
    age(young);
    assert_int_equal(count(dir), 0);
    assert_int_not_equal(access(young, F_OK), 0);
    age(scratch_file(&s, "outbox/somebody.else", "", -1));
    age(scratch_file(&s, "outbox/1.note", "", -1));
    assert_int_equal(count(dir), 1);
    assert_int_equal(access(scratch_path(&s, "outbox/somebody.else"), F_OK), 0);
    free(young);
    free(dir);
    scratch_remove(&s);
}

/* ---- two processes ---- */

/* Removes what it finds until it has removed all; so the directory comes and goes. */
static void run_remover(const char *dir)
{
    time_t until = time(NULL) + 120;
    for (int removed = 0; removed < RACE_NOTES && time(NULL) < until;) {
        struct dirnames names = {0};
        struct err err = {0};
        if (!outbox_list(dir, &names, &err))
            scratch_exit(1);
        for (size_t i = 0; i < names.count; i++, removed++)
            outbox_remove(dir, names.items[i]);
        dirnames_release(&names);
    }
    scratch_exit(0);
}

static void test_race(void **state)
{
    (void)state;
    struct scratch s;
    int status = -1;
    scratch_make(&s, "/tmp");
    const char *dir = scratch_path(&s, "outbox");
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0)
        run_remover(dir);
    for (int i = 0; i < RACE_NOTES; i++)
        put(dir, &(struct texts){.is_mail = true, .subject = "s", .body = "b"});
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    assert_false(outbox_waits(dir));
    scratch_remove(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_texts),    cmocka_unit_test(test_directory),
        cmocka_unit_test(test_no_place), cmocka_unit_test(test_rubbish),
        cmocka_unit_test(test_drafts),   cmocka_unit_test(test_race),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
