/* SPDX-License-Identifier: Apache-2.0 */

/* Blocked and read by the loop, so that a signal never interrupts anything half done. */

#include "setup/cli/signals.h"
#include "proto/base/cleanup.h"
#include "proto/base/fault.h"
#include <errno.h>
#include <signal.h>
#include <stdint.h>

int signals_watch(sd_event *loop)
{
        static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };

        for (size_t i = 0; i < ELEMENTSOF(signals); i++) {
                int r = sd_event_add_signal(loop, NULL, signals[i] | SD_EVENT_SIGNAL_PROCMASK, NULL,
                                            (void *)(intptr_t)EXIT_CANCELLED);

                if (r < 0)
                        return r;
        }
        return sigaction(SIGPIPE, &(struct sigaction){ .sa_handler = SIG_IGN }, NULL) < 0 ? -errno : 0;
}
