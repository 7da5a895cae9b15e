#include "io/config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/pidname.h"

/* "<installation>/config/<name>", owned by the caller; NULL: out of memory. */
static char *config_path(const char *installation, const char *name)
{
    struct buf path = {0};
    buf_addf(&path, "%s/config/%s", installation, name);
    if (path.failed)
        buf_release(&path);
    return path.data;
}

/* Sets *path if there is anything of that name: a link into nowhere, or a file we may not read, is
 * what the administrator wants us to use, so opening it must fail and say so. */
static bool choose(char **path, const char *installation, const char *name, struct err *err)
{
    struct stat st;
    char *candidate = config_path(installation, name);
    if (!candidate)
        return err_set_nomem(err);
    if (lstat(candidate, &st) == 0 || errno != ENOENT)
        *path = candidate;
    else
        free(candidate);
    return true;
}

bool config_find(struct config_files *files, const char *installation, const char *typed,
                 struct err *err)
{
    *files = (struct config_files){0};
    bool ok = choose(&files->defaults, installation, "kivitendo.conf.default", err);
    if (ok && !typed)
        ok = choose(&files->local, installation, "kivitendo.conf", err);
    if (ok && !typed && !files->local)
        ok = choose(&files->local, installation, "lx_office.conf", err);
    if (ok && ((typed && (!(files->typed = strdup(typed)) || !(files->local = strdup(typed)))) ||
               !(files->installation = strdup(installation))))
        ok = err_set_nomem(err);
    if (ok && !files->defaults && !files->local)
        ok = err_set(err, ERR_CONFIG,
                     "no configuration file: neither kivitendo.conf nor lx_office.conf nor "
                     "kivitendo.conf.default in %s/config",
                     installation);
    if (!ok)
        config_files_release(files);
    return ok;
}

void config_files_release(struct config_files *files)
{
    if (!files)
        return;
    free(files->installation);
    free(files->defaults);
    free(files->local);
    free(files->typed);
    *files = (struct config_files){0};
}

static bool cannot_open(const char *path, struct err *err)
{
    enum err_kind kind = errno == EACCES || errno == EPERM ? ERR_PERMISSION : ERR_CONFIG;
    err_set_errno(err, "cannot read the configuration file %s", path);
    err->kind = kind;
    return false;
}

/* Opens a regular file; waits for nothing, whatever the path turns out to be. */
static FILE *open_file(const char *path, struct err *err)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    FILE *stream = NULL;
    if (fd < 0 || fstat(fd, &st) < 0)
        cannot_open(path, err);
    else if (!S_ISREG(st.st_mode))
        err_set(err, ERR_CONFIG, "the configuration file %s is not a regular file", path);
    else if (!(stream = fdopen(fd, "r")))
        err_set_nomem(err);
    if (!stream && fd >= 0)
        close(fd);
    return stream;
}

/* sink->name is its path. */
static bool load_file(const struct config_sink *sink, struct err *err)
{
    FILE *stream = open_file(sink->name, err);
    if (!stream)
        return false;
    char buffer[BUFSIZ]; /* ours, because the password passes through it */
    setvbuf(stream, buffer, _IOFBF, sizeof buffer);
    bool ok = config_parse_stream(stream, sink, err);
    fclose(stream);
    explicit_bzero(buffer, sizeof buffer);
    return ok;
}

static bool load_files(const struct config_files *files, struct config_sink *sink, struct err *err)
{
    const char *paths[] = {files->defaults, files->local};
    for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
        sink->name = paths[i];
        if (paths[i] && !load_file(sink, err))
            return false;
    }
    return true;
}

/* What stands nowhere belongs into the file that is the administrator's. */
static void name_file(const struct config_files *files, struct options_fault *fault)
{
    if (fault->is_missing)
        err_wrap(&fault->err, "%s", files->local ? files->local : files->defaults);
}

bool config_load(const struct config_files *files, struct options *options, struct buf *warnings,
                 struct err *err)
{
    struct config_sink sink = {.options = options, .warnings = warnings};
    struct options_fault fault;
    size_t at = 0;
    if (!load_files(files, &sink, err))
        return false;
    if (!options_next_fault(options, &at, &fault))
        return true;
    name_file(files, &fault);
    *err = fault.err;
    return false;
}

/* A setting that was refused is not missing besides. */
static void find_whole_faults(const struct config_files *files, const struct config_sink *sink)
{
    struct options_fault fault;
    size_t at = 0;
    while (options_next_fault(sink->options, &at, &fault)) {
        struct buf name = {0};
        config_name_setting(fault.section, fault.key, &name);
        name_file(files, &fault);
        if (!option_map_find(sink->refused, buf_text(&name)))
            buf_addf(sink->faults, "%s\n", fault.err.text);
        buf_release(&name);
    }
}

void config_faults(const struct config_files *files, struct buf *faults, struct buf *warnings)
{
    struct options options = {0};
    struct option_map refused = {0};
    struct err err = {0};
    struct config_sink sink = {
        .options = &options, .warnings = warnings, .faults = faults, .refused = &refused};
    const char *paths[] = {files->defaults, files->local};
    bool whole = options_init(&options, &err);
    for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
        sink.name = paths[i];
        if (!paths[i] || load_file(&sink, &err))
            continue;
        buf_addf(faults, "%s\n", err.text);
        whole = false;
    }
    if (whole)
        find_whole_faults(files, &sink);
    option_map_release(&refused);
    options_release(&options);
}

bool config_pidname(const struct config_files *files, struct buf *name, struct err *err)
{
    if (files->typed)
        return pidname_typed(name, files->typed, err);
    char *installation = realpath(files->installation, NULL);
    char *file = realpath(files->local ? files->local : files->defaults, NULL);
    bool ok = installation && file
                  ? pidname_resolved(name, file, installation, err)
                  : err_set_errno(err, "cannot resolve the paths below %s", files->installation);
    free(installation);
    free(file);
    return ok;
}
