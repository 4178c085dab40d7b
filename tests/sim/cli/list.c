/* SPDX-License-Identifier: Apache-2.0 */

/* usher-sim list: as many stickers as are wanted, as the CSV that `usher setup --from` and `usher-sim device
 * --from` read. The serial numbers begin as the product's do; the last six characters, by which devices tell
 * themselves apart in the air, are six hexadecimal digits, which every product can have, and differ. */

#include "tests/sim/cli/list.h"
#include "proto/base/fault.h"
#include "proto/base/number.h"
#include "tests/sim/device/platform.h"
#include <errno.h>
#include <getopt.h>
#include <sodium.h>
#include <stdio.h>

enum { COUNT_MAX = 100000, CODES = 1 << 24, SECRET_LEN = 15 };

static const char help[] =
        "Usage: usher-sim list --count N [OPTION]...\n\n"
        "Prints a list of new virtual devices as CSV, serial number and secret of each: what their stickers say.\n"
        "'usher-sim device --from' makes the devices, 'usher setup --from' sets them up.\n\n"
        "  --count N           how many, up to 100000\n"
        "  --platform NAME     argon (preset), boron, p2 ...: serial numbers begin as its do\n"
        "  --help\n";

/* Its first code is any, the others follow it. */
static void print_device(const struct platform *platform, unsigned code)
{
        static const char alphabet[] = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
        char secret[SECRET_LEN + 1] = "";

        for (size_t i = 0; i < SECRET_LEN; i++)
                secret[i] = alphabet[randombytes_uniform(sizeof(alphabet) - 1)];
        printf("%sAB%03u%06X,%s\n", platform->serial_prefix, (unsigned)randombytes_uniform(1000),
               code % CODES, secret);
        sodium_memzero(secret, sizeof(secret));
}

static int usage(const char *what)
{
        fprintf(stderr, "usher-sim list: %s; see --help\n", what);
        return EXIT_USAGE;
}

int sim_list(int argc, char **argv)
{
        static const struct option table[] = { { "count", required_argument, NULL, 'c' },
                                               { "platform", required_argument, NULL, 'p' },
                                               { "help", no_argument, NULL, 'h' },
                                               { NULL, 0, NULL, 0 } };
        const struct platform *platform = platform_by_key("argon");
        unsigned count = 0, first = randombytes_uniform(CODES);
        int c;

        while ((c = getopt_long(argc, argv, "", table, NULL)) >= 0)
                switch (c) {
                case 'c':
                        if (number_read(optarg, 1, COUNT_MAX, &count) < 0)
                                return usage("--count is a number from 1 to 100000");
                        break;
                case 'p': platform = platform_by_key(optarg); break;
                case 'h': fputs(help, stdout); return EXIT_DONE;
                default: return EXIT_USAGE;
                }
        if (optind < argc || count == 0)
                return usage("--count is needed, and no other word");
        if (!platform)
                return usage("there is no such platform");
        printf("serial,secret\n");
        for (unsigned i = 0; i < count; i++)
                print_device(platform, first + i);
        return fflush(stdout) == 0 ? EXIT_DONE : EXIT_INTERNAL;
}
