#include "io/sha256.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/evp.h>

/* ---- what is known already ---- */

static bool same_time(struct timespec a, struct timespec b)
{
    return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

static bool same_file(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
           same_time(a->st_mtim, b->st_mtim) && same_time(a->st_ctim, b->st_ctim);
}

static struct sha256_known *find(struct sha256_memory *memory, const char *path)
{
    for (size_t i = 0; memory && i < SHA256_REMEMBERED; i++)
        if (memory->known[i].path && strcmp(memory->known[i].path, path) == 0)
            return &memory->known[i];
    return NULL;
}

/* What cannot be remembered is made again next time. */
static void remember(struct sha256_memory *memory, const char *path, const struct stat *st,
                     const char *sum)
{
    if (!memory)
        return;
    struct sha256_known *known = find(memory, path);
    if (!known) {
        known = &memory->known[memory->next];
        memory->next = (memory->next + 1) % SHA256_REMEMBERED;
        free(known->path);
        known->path = strdup(path);
    }
    known->st = *st;
    memcpy(known->sum, sum, SHA256_TEXT);
}

void sha256_memory_release(struct sha256_memory *memory)
{
    if (!memory)
        return;
    for (size_t i = 0; i < SHA256_REMEMBERED; i++)
        free(memory->known[i].path);
    *memory = (struct sha256_memory){0};
}

/* ---- making a sum ---- */

static bool digest(EVP_MD_CTX *ctx, int fd, unsigned char bytes[EVP_MAX_MD_SIZE])
{
    char chunk[16384];
    size_t total = 0;
    ssize_t len;
    bool done = EVP_DigestInit_ex(ctx, EVP_sha256(), NULL) == 1;
    errno = EIO;
    while (done && (len = read(fd, chunk, sizeof chunk)) != 0) {
        done = len > 0 && EVP_DigestUpdate(ctx, chunk, (size_t)len) == 1;
        total += done ? (size_t)len : 0;
        if (total > SHA256_FILE_MAX) {
            errno = EFBIG;
            done = false;
        }
    }
    return done && EVP_DigestFinal_ex(ctx, bytes, NULL) == 1;
}

static bool sum_up(int fd, const char *path, char sum[SHA256_TEXT], struct err *err)
{
    unsigned char bytes[EVP_MAX_MD_SIZE];
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    if (!ctx)
        return err_set_nomem(err);
    bool done = digest(ctx, fd, bytes) || err_set_errno(err, "cannot read %s", path);
    EVP_MD_CTX_free(ctx);
    for (size_t i = 0; done && i < (SHA256_TEXT - 1) / 2; i++)
        snprintf(&sum[2 * i], 3, "%02x", bytes[i]);
    return done;
}

static bool sum_of_open(struct sha256_memory *memory, const char *path, int fd,
                        char sum[SHA256_TEXT], struct err *err)
{
    struct stat st;
    if (fstat(fd, &st) != 0)
        return err_set_errno(err, "cannot look at %s", path);
    if (!S_ISREG(st.st_mode))
        return err_set(err, ERR_SYSTEM, "cannot read %s: it is no regular file", path);
    const struct sha256_known *known = find(memory, path);
    if (known && same_file(&known->st, &st)) {
        memcpy(sum, known->sum, SHA256_TEXT);
        return true;
    }
    if (!sum_up(fd, path, sum, err))
        return false;
    remember(memory, path, &st, sum);
    return true;
}

bool sha256_of_file(struct sha256_memory *memory, const char *path, char sum[SHA256_TEXT],
                    struct err *err)
{
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC); /* a fifo must not hold us up */
    if (fd < 0)
        return err_set_errno(err, "cannot open %s", path);
    bool done = sum_of_open(memory, path, fd, sum, err);
    close(fd);
    return done;
}

bool sha256_of_text(const char *text, char sum[SHA256_BASE64])
{
    unsigned char bytes[EVP_MAX_MD_SIZE];
    unsigned int len;
    if (EVP_Digest(text, strlen(text), bytes, &len, EVP_sha256(), NULL) != 1)
        return false;
    return EVP_EncodeBlock((unsigned char *)sum, bytes, (int)len) == SHA256_BASE64 - 1;
}
