/* sha256.h: the SHA-256 sum of a file, remembered as long as the file stays the same.
 *
 *     struct sha256_memory memory = {0};
 *     char sum[SHA256_TEXT];
 *     if (!sha256_of_file(&memory, path, sum, err)) …
 *     sha256_memory_release(&memory);
 *
 * A sum is 64 small hexadecimal digits.  A file counts as the same while its path, device, inode,
 * size and times of change are the same; what it holds is then not read again.  Links are followed.
 * Ownership: the memory owns copies of the paths; {0} is an empty one, and NULL means to remember
 * nothing.
 * Errors: ERR_SYSTEM, with err.text naming the path.  Of more than SHA256_FILE_MAX bytes, or of
 * what is no regular file, no sum is made. Source: FIPS 180-4 by way of OpenSSL's libcrypto, which
 * libpq brings along.  libcrypto sets itself up at the first sum, which takes a millisecond: so no
 * sum is made before it is needed.
 */
#ifndef IO_SHA256_H
#define IO_SHA256_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#include "base/attr.h"
#include "base/err.h"

enum {
    SHA256_TEXT = 65,
    SHA256_BASE64 = 45,
    SHA256_FILE_MAX = 1024 * 1024,
    SHA256_REMEMBERED = 16, /* files; the one remembered first makes room */
};

struct sha256_memory {
    struct sha256_known {
        char *path;     /* owned; NULL: nothing here */
        struct stat st; /* when the sum was made */
        char sum[SHA256_TEXT];
    } known[SHA256_REMEMBERED];
    size_t next; /* where the next one goes */
};

/* The sum of a text in Base64, as browsers want it in a Content-Security-Policy; false: out of
 * memory. */
bool sha256_of_text(const char *text, char sum[SHA256_BASE64]) MUST_USE;

bool sha256_of_file(struct sha256_memory *memory, const char *path, char sum[SHA256_TEXT],
                    struct err *err) MUST_USE;

void sha256_memory_release(struct sha256_memory *memory);

#endif
