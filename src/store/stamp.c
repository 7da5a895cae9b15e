#include "store/stamp.h"

#include <inttypes.h>

#include "base/buf.h"
#include "io/wholefile.h"

bool stamp_save(const struct stamp *stamp, const char *path, struct err *err)
{
    struct buf text = {0};
    buf_addf(&text, "started_us %" PRId64 "\n", stamp->started_us);
    buf_addf(&text, "ended_us %" PRId64 "\n", stamp->ended_us);
    buf_addf(&text, "succeeded %d\nfailed %d\nlost %d\nunserved %d\n", stamp->succeeded,
             stamp->failed, stamp->lost, stamp->unserved);
    buf_addf(&text, "unreachable %d\nexit_code %d\n", stamp->unreachable, stamp->exit_code);
    bool saved = wholefile_replace(path, &text, err);
    buf_release(&text);
    return saved;
}
