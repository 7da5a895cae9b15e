#include "engine/heartbeat.h"

#include <string.h>

#include "io/http.h"

enum { HEARTBEAT_MS = 5000 };

void heartbeat_address(const char *url, bool good, struct buf *address)
{
    size_t path_len = strcspn(url, "?#");
    if (good) {
        buf_add_text(address, url);
        return;
    }
    buf_add(address, url, path_len - (path_len && url[path_len - 1] == '/'));
    buf_addf(address, "/fail%s", url + path_len);
}

bool heartbeat_send(const char *url, bool good, struct err *err)
{
    struct buf address = {0};
    heartbeat_address(url, good, &address);
    bool done = address.failed ? err_set_nomem(err)
                               : http_get(buf_text(&address), HEARTBEAT_MS, err);
    buf_release(&address);
    return done || err_wrap(err, "heartbeat_url");
}
