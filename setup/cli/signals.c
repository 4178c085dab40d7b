/* SPDX-License-Identifier: Apache-2.0 */

/* Blocked and read by the loop, so that a signal never interrupts anything half done. */

#include "setup/cli/signals.h"
#include "proto/base/cleanup.h"
#include "proto/base/fault.h"
#include <errno.h>
#include <signal.h>
#include <stdint.h>

static int on_signal(sd_event_source *source, const struct signalfd_siginfo *signal, void *userdata)
{
        struct signals_stop *stop = userdata;
        bool at_once = stop->asked || signal->ssi_signo != SIGINT;

        if (stop->at_once)
                return sd_event_exit(sd_event_source_get_event(source), EXIT_CANCELLED);
        stop->asked = true;
        stop->at_once = at_once;
        stop->fn(stop->userdata, at_once);
        return 0;
}

static int watch(sd_event *loop, int signal, struct signals_stop *stop)
{
        sd_event_signal_handler_t handler = stop ? on_signal : NULL;
        void *userdata = stop ? (void *)stop : (void *)(intptr_t)EXIT_CANCELLED;

        return sd_event_add_signal(loop, NULL, signal | SD_EVENT_SIGNAL_PROCMASK, handler, userdata);
}

int signals_watch_stop(sd_event *loop, struct signals_stop *stop)
{
        static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };

        for (size_t i = 0; i < ELEMENTSOF(signals); i++) {
                int r = watch(loop, signals[i], stop);

                if (r < 0)
                        return r;
        }
        return sigaction(SIGPIPE, &(struct sigaction){ .sa_handler = SIG_IGN }, NULL) < 0 ? -errno : 0;
}

int signals_watch(sd_event *loop)
{
        return signals_watch_stop(loop, NULL);
}
