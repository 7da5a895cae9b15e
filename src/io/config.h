/* config.h: finds and reads kivitendo's configuration files.
 *
 *     struct config_files files = {0};
 *     config_find(&files, installation, typed, err)       which files; reads nothing
 *     options_init(&options, err)
 *     config_load(&files, &options, &warnings, err)       reads them, and judges the whole
 *     config_pidname(&files, &name, err)                  what the pid file is called
 *     config_files_release(&files);
 *
 * First config/kivitendo.conf.default, then the second file over it, key by key: the one typed
 * behind -c, else config/kivitendo.conf, else config/lx_office.conf.
 *
 * The format is kivitendo's (Perl's Config::Std): "[section]" with an optional "# note" behind it,
 * blanks inside the brackets belonging to the name; "key = value" or "key: value", possibly
 * indented; whole lines of comment after '#' or ';' and no other comments; a line that begins with
 * the separator continues the value with a newline.  Byte order mark and CRLF do no harm.
 *
 * inih judges the structure and calls us for each setting.  Because the packaged library cuts
 * values at " ;", lines at 200 bytes and names at 50, and joins indented lines to the one before,
 * our reader hands it one short line of the same shape per line of the file and keeps name, key and
 * value beside it, whole.  Both count the same lines.
 *
 * Units: a logical line (with its continuations) of a section we use holds CONFIG_LINE_MAX bytes.
 * Errors: ERR_CONFIG, "FILE:LINE: …"; in sections we use, a line that is too long, has no separator
 * or no key, repeats a key, holds a NUL byte or is not UTF-8.  Elsewhere anything is skipped,
 * except a broken heading: what stands below it could be meant for us.  ERR_PERMISSION where a file
 * may not be read.  No line is ever quoted, since it might hold a password. Warnings: lines in a
 * buffer, see core/options.h. Not here: what the settings mean (core/options), who may write the
 * files (io/identity). Source: kivitendo.md "Files", "File format"; inih's README.
 */
#ifndef IO_CONFIG_H
#define IO_CONFIG_H

#include <stdbool.h>
#include <stdio.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "core/options.h"

enum { CONFIG_LINE_MAX = 8192 };

/* The files of one configuration.  All owned. */
struct config_files {
    char *installation; /* kivitendo's directory, as given */
    char *defaults;     /* path of kivitendo.conf.default, NULL: there is none */
    char *local;        /* path of the file that goes over it, NULL: there is none */
    char *typed;        /* what stood behind -c, NULL: nothing */
};

/* Chooses the files.  typed: the text behind -c, relative to the current directory, or NULL. */
bool config_find(struct config_files *files, const char *installation, const char *typed,
                 struct err *err) MUST_USE;

/* Reads the files into options, which options_init has prepared, and checks the whole. */
bool config_load(const struct config_files *files, struct options *options, struct buf *warnings,
                 struct err *err) MUST_USE;

/* Reads the files once more, for people to whom config_load's error is not enough: every fault, and
 * every warning, a line each.  A line that cannot be understood at all hides those behind it in its
 * file, and what the whole lacks. */
void config_faults(const struct config_files *files, struct buf *faults, struct buf *warnings);

/* Appends the name of the pid file below users/pid: see core/pidname.h. */
bool config_pidname(const struct config_files *files, struct buf *name, struct err *err) MUST_USE;

void config_files_release(struct config_files *files);

/* Where the settings of one stream go. */
struct config_sink {
    const char *name; /* of the file, for messages */
    struct options *options;
    struct buf *warnings;
    /* Both or neither: settings that are wrong are no error, but go there, a line each, and their
     * names (config_name_setting) here. */
    struct buf *faults;
    struct option_map *refused;
};

/* Appends "[section] key". */
void config_name_setting(const char *section, const char *key, struct buf *name);

/* Reads one open stream; does not close it.  For config_load, tests and the fuzzer. */
bool config_parse_stream(FILE *stream, const struct config_sink *sink, struct err *err) MUST_USE;

#endif
