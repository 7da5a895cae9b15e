#include "core/span.h"

#include "base/i18n.h"

void span_add(int64_t seconds, struct buf *out)
{
    long long s = seconds < 0 ? -seconds : seconds;
    if (s < 120)
        buf_addf(out, _("%lld s"), s);
    else if (s < 120 * 60)
        buf_addf(out, _("%lld min"), s / 60);
    else if (s < 48 * 3600)
        buf_addf(out, _("%lld h"), s / 3600);
    else
        buf_addf(out, _("%lld days"), s / 86400);
}

void span_add_from(int64_t at_s, int64_t now_s, struct buf *out)
{
    struct buf span = {0};
    span_add(at_s - now_s, &span);
    if (at_s == now_s)
        buf_add_text(out, _("now"));
    else
        buf_addf(out, at_s > now_s ? _("in %s") : _("%s ago"), buf_text(&span));
    out->failed |= span.failed;
    buf_release(&span);
}
