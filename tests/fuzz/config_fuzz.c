/* Fuzzes the reader of configuration files: any bytes give settings or an error, never more.
 *
 *     clang -g -O1 -fsanitize=fuzzer,address,undefined -Isrc … tests/fuzz/config_fuzz.c \
 *         src/base/buf.c src/base/err.c src/core/options.c src/io/config_parse.c -linih
 *     config_fuzz -max_len=20000 CORPUS
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Whatever comes out must be text, and an error must say where. */
static void check(bool ok, const struct options *options, const struct err *err)
{
    const char *password = options->auth_db.password;
    for (size_t i = 0, len = password ? strlen(password) : 0; i < len;) {
        size_t step = utf8_sequence(password + i, len - i);
        if (!step)
            abort();
        i += step;
    }
    if (password && strlen(password) > CONFIG_LINE_MAX)
        abort();
    if (!ok && (err->kind != ERR_CONFIG || strncmp(err->text, "f:", 2) != 0))
        abort();
    if (options->max_parallel < 1 || options->max_parallel > 32)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!size)
        return 0;
    struct options options;
    struct buf warnings = {0};
    struct err err = {0};
    const struct config_sink sink = {.name = "f", .options = &options, .warnings = &warnings};
    FILE *stream = fmemopen((void *)(uintptr_t)data, size, "r");
    if (!stream || !options_init(&options, &err))
        abort();
    bool ok = config_parse_stream(stream, &sink, &err);
    check(ok, &options, &err);
    fclose(stream);
    options_release(&options);
    buf_release(&warnings);
    return 0;
}
