#include "io/process.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/* Reads the beginning of /proc/<pid>/<name> with a NUL behind it; 0 bytes where it cannot. */
static size_t read_proc(pid_t pid, const char *name, char *text, size_t size)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%ld/%s", (long)pid, name);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t len = fd < 0 ? 0 : read(fd, text, size - 1);
    if (fd >= 0)
        close(fd);
    text[len > 0 ? len : 0] = '\0';
    return len > 0 ? (size_t)len : 0;
}

/* The number behind this prefix, in the first line of the file that begins with it. */
static bool scan_file(const char *path, const char *prefix, unsigned long long *number)
{
    char line[512];
    bool found = false;
    FILE *file = fopen(path, "re");
    if (!file)
        return false;
    size_t len = strlen(prefix);
    while (!found && fgets(line, sizeof line, file))
        found = strncmp(line, prefix, len) == 0 && sscanf(line + len, "%llu", number) == 1;
    fclose(file);
    return found;
}

/* A number in the process's stat file; fields are counted from 1, and this must be behind the
 * second, the name, which may hold blanks and brackets. */
static bool stat_field(pid_t pid, int number, unsigned long long *value)
{
    char stat[1024];
    if (!read_proc(pid, "stat", stat, sizeof stat))
        return false;
    char *at = strrchr(stat, ')');
    for (int field = 2; at && field < number; field++)
        at = strchr(at + 1, ' ');
    return at && sscanf(at, "%llu", value) == 1;
}

bool process_start_ticks(pid_t pid, uint64_t *start_ticks)
{
    unsigned long long ticks = 0;
    bool found = stat_field(pid, 22, &ticks);
    *start_ticks = ticks;
    return found;
}

bool process_start_s(pid_t pid, int64_t *start_s)
{
    uint64_t ticks = 0;
    unsigned long long boot_s = 0;
    long ticks_per_s = sysconf(_SC_CLK_TCK);
    if (!process_start_ticks(pid, &ticks) || ticks_per_s <= 0 ||
        !scan_file("/proc/stat", "btime ", &boot_s))
        return false;
    *start_s = (int64_t)(boot_s + ticks / (unsigned long long)ticks_per_s);
    return true;
}

pid_t process_parent(pid_t pid)
{
    unsigned long long parent = 0;
    return stat_field(pid, 4, &parent) ? (pid_t)parent : 0;
}

bool process_boot_id(char boot_id[PROCESS_BOOT_ID_MAX])
{
    int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
    ssize_t len = fd < 0 ? 0 : read(fd, boot_id, PROCESS_BOOT_ID_MAX - 1);
    if (fd >= 0)
        close(fd);
    boot_id[len > 0 ? len : 0] = '\0';
    boot_id[strcspn(boot_id, "\n")] = '\0';
    return *boot_id;
}

static const char *file_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

bool process_runs_perl(pid_t pid, const char *script)
{
    char args[4096]; /* "perl\0options\0script\0…" */
    size_t len = read_proc(pid, "cmdline", args, sizeof args);
    if (!len || strncmp(file_name(args), "perl", 4) != 0)
        return false;
    for (const char *arg = args; arg < args + len; arg += strlen(arg) + 1)
        if (strcmp(file_name(arg), script) == 0)
            return true;
    return false;
}

pid_t process_holding_flock(const struct stat *file)
{
    char line[256];
    char wanted[64];
    snprintf(wanted, sizeof wanted, " %02x:%02x:%llu ", major(file->st_dev), minor(file->st_dev),
             (unsigned long long)file->st_ino);
    FILE *locks = fopen("/proc/locks", "re");
    long pid = 0;
    while (locks && pid == 0 && fgets(line, sizeof line, locks))
        if (strstr(line, " FLOCK ") && strstr(line, wanted) && !strstr(line, "->") &&
            sscanf(line, "%*s FLOCK %*s %*s %ld", &pid) != 1)
            pid = 0;
    if (locks)
        fclose(locks);
    char stat[8];
    return pid > 0 && read_proc((pid_t)pid, "stat", stat, sizeof stat) ? (pid_t)pid : 0;
}
