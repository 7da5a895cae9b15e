#include "io/signals.h"

#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/clock.h"

bool signals_open(struct signals *signals, struct err *err)
{
    *signals = (struct signals)SIGNALS_CLOSED;
    sigset_t set;
    sigemptyset(&set);
    static const int numbers[] = {SIGTERM, SIGINT, SIGHUP, SIGALRM, SIGUSR1, SIGCHLD};
    for (size_t i = 0; i < ARRAY_LEN(numbers); i++)
        sigaddset(&set, numbers[i]);
    /* A file that may not grow any more is an error of its write, as a full disk is. */
    if (sigprocmask(SIG_BLOCK, &set, NULL) != 0 || signal(SIGPIPE, SIG_IGN) == SIG_ERR ||
        signal(SIGXFSZ, SIG_IGN) == SIG_ERR)
        return err_set_errno(err, "cannot set up signals");
    /* An ignored signal is discarded even while it is blocked: nohup, and shells' background
     * jobs, leave HUP and INT ignored. */
    for (size_t i = 0; i < ARRAY_LEN(numbers); i++)
        signal(numbers[i], SIG_DFL);
    signals->fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    if (signals->fd < 0)
        return err_set_errno(err, "cannot open a signal descriptor");
    return true;
}

void signals_take(struct signals *signals)
{
    struct signalfd_siginfo info;
    while (signals->fd >= 0 && read(signals->fd, &info, sizeof info) == (ssize_t)sizeof info) {
        if (info.ssi_signo == SIGALRM) {
            signals->wake = true;
        } else if (info.ssi_signo != SIGCHLD) { /* which only ends a poll */
            signals->hurry = signals->hurry || info.ssi_signo == SIGUSR1;
            signals->stopped_ms = signals->stop ? signals->stopped_ms : clock_mono_ms();
            signals->stop = true;
        }
    }
}

void signals_release(struct signals *signals)
{
    if (!signals || signals->fd < 0)
        return;
    close(signals->fd);
    *signals = (struct signals)SIGNALS_CLOSED;
}
