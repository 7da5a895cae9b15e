/* io/sha256: sums of files, and when they are made again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <sys/stat.h>

#include "io/sha256.h"
#include "scratch.h"

/* The first three are examples of FIPS 180-2; the last is "a" repeated a million times. */
static const struct {
    const char *name;
    const char *text;
    int times;
    const char *sum;
} rows[] = {
    {"nothing", "", 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {"abc", "abc", 1, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {"two blocks", "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
     "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    {"a million", "a", 1000000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"},
};

static const char *write_times(const struct scratch *s, const char *name, const char *text,
                               int times)
{
    const char *path = scratch_path(s, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    for (int i = 0; i < times; i++)
        assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
    return path;
}

static void test_sums(void **state)
{
    (void)state;
    struct scratch s;
    scratch_make(&s, "/tmp");
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct err err = {0};
        char sum[SHA256_TEXT];
        const char *path = write_times(&s, "file", rows[i].text, rows[i].times);
        if (!sha256_of_file(NULL, path, sum, &err))
            fail_msg("%s: %s", rows[i].name, err.text);
        if (strcmp(sum, rows[i].sum) != 0)
            fail_msg("%s: %s", rows[i].name, sum);
    }
    scratch_remove(&s);
}

static void expect(struct sha256_memory *memory, const char *path, size_t row)
{
    struct err err = {0};
    char sum[SHA256_TEXT];
    assert_true(sha256_of_file(memory, path, sum, &err));
    assert_string_equal(sum, rows[row].sum);
}

static void test_made_again_when_changed(void **state)
{
    (void)state;
    struct scratch s;
    struct sha256_memory memory = {0};
    char path[PATH_MAX];
    scratch_make(&s, "/tmp");
    snprintf(path, sizeof path, "%s", scratch_file(&s, "file", "abc", -1));
    expect(&memory, path, 1);
    strcpy(memory.known[0].sum, rows[0].sum); /* so a sum that is remembered can be told */
    expect(&memory, path, 0);
    assert_int_equal(chmod(path, 0600), 0); /* another ctime */
    expect(&memory, path, 1);
    scratch_file(&s, "file", rows[2].text, -1); /* another size */
    expect(&memory, path, 2);
    scratch_file(&s, "new", "abc", -1); /* another inode */
    assert_int_equal(rename(scratch_path(&s, "new"), path), 0);
    expect(&memory, path, 1);
    assert_null(memory.known[1].path);
    sha256_memory_release(&memory);
    scratch_remove(&s);
}

static void test_more_files_than_are_remembered(void **state)
{
    (void)state;
    struct scratch s;
    struct sha256_memory memory = {0};
    char name[16];
    scratch_make(&s, "/tmp");
    for (size_t i = 0; i < 2 * SHA256_REMEMBERED + 3; i++) {
        snprintf(name, sizeof name, "file%zu", i);
        expect(&memory, scratch_file(&s, name, i % 2 ? "abc" : "", -1), i % 2);
    }
    expect(&memory, scratch_path(&s, "file1"), 1);
    sha256_memory_release(&memory);
    sha256_memory_release(NULL);
    scratch_remove(&s);
}

static void test_refused(void **state)
{
    (void)state;
    struct scratch s;
    struct sha256_memory memory = {0};
    scratch_make(&s, "/tmp");
    write_times(&s, "large", "0123456789abcdef", SHA256_FILE_MAX / 16 + 1);
    scratch_dir(&s, "directory", 0755);
    assert_int_equal(mkfifo(scratch_path(&s, "fifo"), 0600), 0);
    static const struct {
        const char *name;
        const char *text;
    } refused[] = {
        {"missing", "No such file"},
        {"large", "too large"},
        {"directory", "no regular file"},
        {"fifo", "no regular file"},
    };
    for (size_t i = 0; i < ARRAY_LEN(refused); i++) {
        struct err err = {0};
        char sum[SHA256_TEXT];
        const char *path = scratch_path(&s, refused[i].name);
        if (sha256_of_file(&memory, path, sum, &err))
            fail_msg("%s has a sum", refused[i].name);
        if (!strstr(err.text, refused[i].text) || !strstr(err.text, path))
            fail_msg("%s: %s", refused[i].name, err.text);
    }
    assert_null(memory.known[0].path);
    sha256_memory_release(&memory);
    scratch_remove(&s);
}

static void texts(void **state)
{
    (void)state;
    char sum[SHA256_BASE64];
    assert_true(sha256_of_text("", sum));
    assert_string_equal(sum, "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
    assert_true(sha256_of_text("abc", sum));
    assert_string_equal(sum, "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts),
        cmocka_unit_test(test_sums),
        cmocka_unit_test(test_made_again_when_changed),
        cmocka_unit_test(test_more_files_than_are_remembered),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
