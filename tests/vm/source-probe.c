/* SPDX-License-Identifier: Apache-2.0 */

/* A source without the program around it: prints what it tells, each line with the time, until it ends.
 *
 *   source-probe scanner auto|PATH
 */

#include "setup/label/scanner/scanner.h"
#include <errno.h>
#include <poll.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static void say(const char *event, const char *from, const char *text)
{
        struct timespec now;

        (void)clock_gettime(CLOCK_BOOTTIME, &now);
        printf("%lld.%03ld %s %s %s\n", (long long)now.tv_sec, now.tv_nsec / 1000000, event, from, text);
        (void)fflush(stdout);
}

static bool tell(const struct source *s, int event, struct scan *scan)
{
        switch ((enum source_event)event) {
        case SOURCE_NOTHING: break;
        case SOURCE_SCAN:
                say("scan", scan->from, secret_text(scan->text));
                scan_done(scan);
                break;
        case SOURCE_HINT: say("hint", "", ""); break;
        case SOURCE_LOST: say("lost", "", source_trouble(s)->cause); break;
        case SOURCE_BACK: say("back", "", ""); break;
        case SOURCE_REFUSED: say("refused", "", source_trouble(s)->cause); break;
        case SOURCE_END: return false;
        }
        return true;
}

static int turn(struct source *s)
{
        for (bool first = true;; first = false) {
                struct pollfd p = { .fd = source_fd(s), .events = POLLIN };
                struct scan scan = { 0 };
                int r;

                if (poll(&p, 1, source_timeout_ms(s)) < 0 && errno != EINTR)
                        return -errno;
                r = source_dispatch(s, &scan);
                if (r < 0)
                        return r;
                if (!tell(s, r, &scan))
                        return 0;
                if (first) /* and what is there is open */
                        say("ready", "", "");
        }
}

int main(int argc, char **argv)
{
        const struct scanner_options options = { 0 };
        _cleanup_(source_freep) struct source *s = NULL;
        int r;

        if (argc != 3 || sodium_init() < 0)
                return 2;
        r = source_open_scanner(argv[2], &options, &s);
        if (r == 0)
                r = turn(s);
        if (r < 0)
                fprintf(stderr, "source-probe: %s\n", strerror(-r));
        return r < 0;
}
