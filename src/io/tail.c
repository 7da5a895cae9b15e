#include "io/tail.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/i18n.h"

enum { CHUNK_BYTES = 65536 };

static size_t head_cap(const struct tail *tail)
{
    return tail->cap_bytes - tail->cap_bytes / 2;
}

static size_t ring_cap(const struct tail *tail)
{
    return tail->cap_bytes / 2;
}

/* How much of it lies in the ring, or would if that had no end. */
static uint64_t ring_total(const struct tail *tail)
{
    uint64_t head = head_cap(tail);
    return tail->total_bytes > head ? tail->total_bytes - head : 0;
}

bool tail_init(struct tail *tail, size_t cap_bytes, struct err *err)
{
    *tail = (struct tail){.cap_bytes = cap_bytes};
    if (cap_bytes && !(tail->data = malloc(cap_bytes)))
        return err_set_nomem(err);
    return true;
}

/* Puts bytes into the ring, whose end follows on its beginning. */
static void add_to_ring(struct tail *tail, const char *bytes, size_t len)
{
    size_t cap = ring_cap(tail);
    uint64_t at = ring_total(tail);
    if (!cap)
        return;
    if (len > cap) {
        at += len - cap;
        bytes += len - cap;
        len = cap;
    }
    char *ring = tail->data + head_cap(tail);
    size_t begin = (size_t)(at % cap);
    size_t first = len < cap - begin ? len : cap - begin;
    memcpy(ring + begin, bytes, first);
    memcpy(ring, bytes + first, len - first);
}

void tail_add(struct tail *tail, const char *bytes, size_t len)
{
    size_t head = head_cap(tail);
    if (tail->total_bytes < head) {
        size_t room = head - (size_t)tail->total_bytes;
        size_t part = len < room ? len : room;
        memcpy(tail->data + tail->total_bytes, bytes, part);
        tail->total_bytes += part;
        bytes += part;
        len -= part;
    }
    if (len)
        add_to_ring(tail, bytes, len);
    tail->total_bytes += len;
}

static ssize_t read_once(struct tail *tail, int fd, size_t most)
{
    char bytes[CHUNK_BYTES];
    ssize_t len;
    do
        len = read(fd, bytes, most < sizeof bytes ? most : sizeof bytes);
    while (len < 0 && errno == EINTR);
    if (len > 0)
        tail_add(tail, bytes, (size_t)len);
    return len;
}

enum tail_state tail_read(struct tail *tail, int fd)
{
    ssize_t len = read_once(tail, fd, CHUNK_BYTES);
    if (len > 0)
        return TAIL_MORE;
    return len < 0 && errno == EAGAIN ? TAIL_EMPTY : TAIL_END;
}

void tail_drain(struct tail *tail, int fd)
{
    int waiting = 0;
    if (ioctl(fd, FIONREAD, &waiting) < 0 || waiting <= 0)
        return;
    size_t left = (size_t)waiting;
    while (left) {
        ssize_t len = read_once(tail, fd, left);
        if (len <= 0)
            return;
        left -= (size_t)len;
    }
}

uint64_t tail_left_out_bytes(const struct tail *tail)
{
    uint64_t total = ring_total(tail);
    return total > ring_cap(tail) ? total - ring_cap(tail) : 0;
}

/* Appends what is kept, the ring unrolled. */
static void add_kept(const struct tail *tail, struct buf *kept)
{
    size_t head = head_cap(tail);
    size_t cap = ring_cap(tail);
    uint64_t total = ring_total(tail);
    buf_add(kept, tail->data, tail->total_bytes < head ? (size_t)tail->total_bytes : head);
    if (!cap)
        return;
    size_t begin = total > cap ? (size_t)(total % cap) : 0;
    buf_add(kept, tail->data + head + begin, (total > cap ? cap : (size_t)total) - begin);
    buf_add(kept, tail->data + head, begin);
}

/* How many bytes at the end are the beginning of a character that goes on behind them. */
static size_t begun_bytes(const char *bytes, size_t len)
{
    for (size_t n = 1; n <= 3 && n <= len; n++) {
        unsigned char c = (unsigned char)bytes[len - n];
        size_t need = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : c >= 0xC0 ? 2 : 1;
        if (need > n)
            return n;
        if (c < 0x80 || c >= 0xC0)
            return 0;
    }
    return 0;
}

/* How many bytes at the beginning are the rest of a character. */
static size_t rest_bytes(const char *bytes, size_t len)
{
    size_t n = 0;
    while (n < 3 && n < len && ((unsigned char)bytes[n] & 0xC0) == 0x80)
        n++;
    return n;
}

/* Appends both halves with a line between them that says how much is missing. */
static void add_halves(const struct tail *tail, const struct buf *kept, struct buf *text)
{
    size_t head = head_cap(tail) < kept->len ? head_cap(tail) : kept->len;
    const char *end = kept->data + head;
    size_t end_len = kept->len - head;
    size_t begun = begun_bytes(kept->data, head);
    size_t rest = rest_bytes(end, end_len);
    uint64_t missing = tail_left_out_bytes(tail) + begun + rest;
    buf_add_utf8(text, kept->data, head - begun);
    buf_addf(text,
             missing == 1 ? _("\n… %" PRIu64 " byte left out …\n")
                          : _("\n… %" PRIu64 " bytes left out …\n"),
             missing);
    buf_add_utf8(text, end + rest, end_len - rest);
}

void tail_text(const struct tail *tail, struct buf *text)
{
    struct buf kept = {0};
    if (tail->data)
        add_kept(tail, &kept);
    else
        buf_add(&kept, "", 0);
    if (tail_left_out_bytes(tail) && !kept.failed)
        add_halves(tail, &kept, text);
    else
        buf_add_utf8(text, buf_text(&kept), kept.len);
    text->failed = text->failed || kept.failed;
    buf_release(&kept);
}

void tail_release(struct tail *tail)
{
    if (!tail)
        return;
    free(tail->data);
    *tail = (struct tail){0};
}
