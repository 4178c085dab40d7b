/* SPDX-License-Identifier: Apache-2.0 */

/* usher's entry: finds the verb in the table and hands over. */

#include "proto/base/cleanup.h"
#include "proto/base/fault.h"
#include "proto/base/secret.h"
#include "proto/base/standard.h"
#include "setup/cli/ending.h"
#include "setup/cli/help.h"
#include "setup/cli/line.h"
#include "setup/cli/verbs.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int unknown(const char *name)
{
        const struct verb *guess = verb_guess(name);
        struct trouble why;

        (void)trouble_set(&why, FAULT_USAGE, "there is no verb '%s'.", name);
        if (guess)
                trouble_add(&why, " Do you mean '%s'?", guess->name);
        ending_note(&why);
        fprintf(stderr, "usher: %s\n'usher help' lists them.\n", why.cause);
        return EXIT_USAGE;
}

/* The most that a setup, its cloud and a picture have open at once, and as many again. */
enum { FILES_NEEDED = 32 };

static int run(const struct verb *v, int argc, char **argv)
{
        struct trouble why;
        int r = v->opens_nothing ? 0 : standard_room(FILES_NEEDED);

        if (r == 0)
                return v->run(v, argc, argv);
        (void)trouble_set(&why, FAULT_CONFIG, "%s: usher wants room for %d more. %s", strerror(-r),
                          FILES_NEEDED,
                          r == -EMFILE ? "Raise the limit (ulimit -n, LimitNOFILE= of a service)."
                                       : "Something on this machine keeps too many.");
        ending_note(&why);
        fprintf(stderr, "usher %s: %s\n", v->name, why.cause);
        return fault_info(why.fault)->exit_code;
}

/* What a verb printed and nobody could keep was not done. The stream does not remember the reason: one more
 * byte that cannot be written, either, tells it. */
static int printed(int code)
{
        if (line_kept())
                return code;
        fprintf(stderr, "usher: standard output could not be written: %s.\n",
                write(STDOUT_FILENO, "\n", 1) < 0 ? strerror(errno) : "something is missing in it");
        return code == EXIT_DONE ? EXIT_INTERNAL : code;
}

int main(int argc, char **argv)
{
        static const char *const aliases[][2] = {
                { "--help", "help" }, { "-h", "help" }, { "--version", "version" }, { "-V", "version" }
        };
        const struct verb *v;

        if (standard_open() < 0 || secret_init() < 0 || secret_hide_process() < 0) {
                fputs("usher: libsodium does not start\n", stderr);
                return EXIT_INTERNAL;
        }
        if (argc < 2) {
                help_print(NULL, stderr);
                return EXIT_USAGE;
        }
        v = verb_find(argv[1]);
        for (size_t i = 0; !v && i < ELEMENTSOF(aliases); i++)
                if (strcmp(argv[1], aliases[i][0]) == 0)
                        v = verb_find(aliases[i][1]);
        ending_begin(argc, argv);
        return printed(ending_finish(v ? run(v, argc - 1, argv + 1) : unknown(argv[1])));
}
