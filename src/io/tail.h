/* tail.h: keeps the beginning and the end of an output of any length, and counts the rest.
 *
 *     struct tail tail = {0};
 *     tail_init(&tail, 65536, err)
 *     while (tail_read(&tail, fd) == TAIL_MORE) …        or tail_add, where the bytes are at hand
 *     tail_drain(&tail, fd);                             what lies in a pipe whose writer has ended
 *     tail_text(&tail, &text);
 *     tail_release(&tail);
 *
 * Kept are the first and the last half of cap_bytes; memory is touched only as it fills up.
 * Units: bytes.  Ownership: the struct owns its memory; {0} keeps nothing and may be released.
 * Errors: ERR_INTERNAL from tail_init only; afterwards nothing can fail.
 * Source: design.md "Every external job"; pipe(7), ioctl_tty(2) FIONREAD.
 * Not here: whose output it is, and opening or closing the descriptor.
 */
#ifndef IO_TAIL_H
#define IO_TAIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"

struct tail {
    char *data;           /* owned, cap_bytes: the first half, then a ring for the last */
    size_t cap_bytes;     /* how much is kept at most */
    uint64_t total_bytes; /* how much there was */
};

enum tail_state {
    TAIL_MORE,  /* something was read, there may be more */
    TAIL_EMPTY, /* nothing to read at the moment */
    TAIL_END,   /* end of file, or an error: nothing will come any more */
};

bool tail_init(struct tail *tail, size_t cap_bytes, struct err *err) MUST_USE;

void tail_add(struct tail *tail, const char *bytes, size_t len);

/* Reads once, up to some 64 KiB.  With a descriptor that does not block it never waits. */
enum tail_state tail_read(struct tail *tail, int fd) MUST_USE;

/* Reads what lies in the pipe now, and no more: other processes may write into it for ever.  The
 * descriptor must not block. */
void tail_drain(struct tail *tail, int fd);

/* How much is missing between the two halves. */
uint64_t tail_left_out_bytes(const struct tail *tail);

/* Appends the whole as valid UTF-8 without NUL (see buf_add_utf8), with a line
 * "… 12345 bytes left out …" where something is missing.  A character that the cut would split is
 * left out, and counted, as a whole. */
void tail_text(const struct tail *tail, struct buf *text);

/* Frees the memory, leaves {0}.  Takes NULL. */
void tail_release(struct tail *tail);

#endif
