#include "store/outbox.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "io/wholefile.h"

enum { PUT_TRIES = 5, DRAFT_S = 3600 };

static const char suffix[] = ".note";
static const char draft_suffix[] = ".note.new"; /* of wholefile_replace */

/* ---- writing ---- */

static void add_line(struct buf *text, const char *key, const char *value)
{
    size_t start = text->len;
    buf_addf(text, "%s ", key);
    buf_add_text(text, value ? value : "");
    for (size_t i = start; i < text->len; i++)
        if (text->data[i] == '\n')
            text->data[i] = ' ';
    buf_add_text(text, "\n");
}

static void add_note(struct buf *text, const struct outbox_note *note)
{
    add_line(text, "kind", note->is_mail ? "mail" : "command");
    buf_addf(text, "made_s %" PRId64 "\n", note->made_s);
    add_line(text, "subject", note->subject);
    buf_add_text(text, "\n");
    buf_add_text(text, note->body ? note->body : "");
}

/* A courier may take the directory away, which it has emptied, before the note is in it.  Looking
 * whether it is still there would not do: the kernel shows a directory that is being removed. */
static bool write_note(const char *dir, const char *path, const struct buf *text, struct err *err)
{
    for (int i = 0; i < PUT_TRIES; i++) {
        if (mkdir(dir, 0700) != 0 && errno != EEXIST)
            return err_set_errno(err, "cannot make %s", dir);
        if (wholefile_replace(path, text, err))
            return true;
    }
    return false;
}

bool outbox_put(const char *dir, const struct outbox_note *note, struct err *err)
{
    static unsigned turn;
    struct buf path = {0};
    struct buf text = {0};
    buf_addf(&path, "%s/%016" PRId64 "-%d-%u%s", dir, clock_real_us(), (int)getpid(), turn++,
             suffix);
    add_note(&text, note);
    bool done = path.failed ? err_set_nomem(err) : write_note(dir, buf_text(&path), &text, err);
    buf_release(&path);
    buf_release(&text);
    return done;
}

/* ---- reading ---- */

bool outbox_waits(const char *dir)
{
    return access(dir, F_OK) == 0;
}

static int compare(const void *one, const void *other)
{
    return strcmp(*(char *const *)one, *(char *const *)other);
}

static bool ends_with(const char *name, const char *end)
{
    size_t len = strlen(name);
    return len > strlen(end) && strcmp(name + len - strlen(end), end) == 0;
}

/* Whoever wrote it is dead: the directory would never be empty again. */
static void remove_old_draft(int dir, const char *name)
{
    struct stat st;
    if (ends_with(name, draft_suffix) && fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
        st.st_mtime < clock_real_us() / 1000000 - DRAFT_S)
        unlinkat(dir, name, 0);
}

bool outbox_list(const char *dir, struct dirnames *names, struct err *err)
{
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    *names = (struct dirnames){0};
    if (fd < 0)
        return errno == ENOENT || err_set_errno(err, "cannot open %s", dir);
    bool done = dirnames_read(names, fd, ".", err);
    size_t kept = 0;
    for (size_t i = 0; i < names->count; i++) {
        if (ends_with(names->items[i], suffix)) {
            names->items[kept++] = names->items[i];
            continue;
        }
        remove_old_draft(fd, names->items[i]);
        free(names->items[i]);
    }
    close(fd);
    names->count = kept;
    if (kept)
        qsort(names->items, kept, sizeof *names->items, compare);
    return done;
}

/* The value of a line "key value", cut out of the text; NULL where it does not stand there. */
static char *take_line(char **rest, const char *key)
{
    char *line = *rest ? strsep(rest, "\n") : NULL;
    size_t len = strlen(key);
    return line && strncmp(line, key, len) == 0 && line[len] == ' ' ? line + len + 1 : NULL;
}

static bool parse(char *text, struct outbox_note *note)
{
    char *rest = text;
    char *kind = take_line(&rest, "kind");
    char *made_s = take_line(&rest, "made_s");
    char *subject = take_line(&rest, "subject");
    if (!kind || !made_s || !subject || !rest || *rest != '\n')
        return false;
    *note = (struct outbox_note){
        .is_mail = strcmp(kind, "mail") == 0,
        .made_s = strtoll(made_s, NULL, 10),
        .subject = strdup(subject),
        .body = strdup(rest + 1),
    };
    return note->subject && note->body;
}

bool outbox_read(const char *dir, const char *name, struct outbox_note *note, struct err *err)
{
    struct buf path = {0};
    struct buf text = {0};
    *note = (struct outbox_note){0};
    buf_addf(&path, "%s/%s", dir, name);
    bool done = wholefile_read(buf_text(&path), &text, err);
    if (done && (!text.data || !parse(text.data, note)))
        done = err_set(err, ERR_SYSTEM, "%s: it is no notice", buf_text(&path));
    buf_release(&text);
    buf_release(&path);
    if (!done)
        outbox_note_release(note);
    return done;
}

void outbox_remove(const char *dir, const char *name)
{
    struct buf path = {0};
    buf_addf(&path, "%s/%s", dir, name);
    if (!path.failed)
        unlink(buf_text(&path));
    buf_release(&path);
    rmdir(dir); /* fails while others wait in it */
}

void outbox_note_release(struct outbox_note *note)
{
    if (!note)
        return;
    free(note->subject);
    free(note->body);
    *note = (struct outbox_note){0};
}
