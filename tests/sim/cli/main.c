/* SPDX-License-Identifier: Apache-2.0 */

/* usher-sim's entry: one table of verbs, from which the help is made as well. */

#include "proto/base/cleanup.h"
#include "proto/base/fault.h"
#include "proto/base/secret.h"
#include "proto/base/standard.h"
#include "tests/sim/cli/cloud.h"
#include "tests/sim/cli/device.h"
#include "tests/sim/cli/list.h"
#include "tests/sim/cli/sim.h"
#include "tests/sim/cli/sticker.h"
#include "tests/sim/cli/vhci.h"
#include <stdio.h>
#include <string.h>

static const struct sim_verb verbs[] = {
        { "device", "virtual Particle devices on the sim radio", sim_device },
        { "list", "a list of new devices: what their stickers say", sim_list },
        { "cloud", "a virtual Particle cloud on a loopback port", sim_cloud },
        { "sticker", "the picture of a sticker, as a camera would see it", sim_sticker },
        { "vhci", "a Bluetooth adapter with virtual devices in range", vhci_main },
};

static void help(FILE *to)
{
        fputs("Usage: usher-sim VERB [OPTION]...\n\n"
              "Virtual Particle devices and a virtual cloud, for tests and dry runs without hardware.\n\n"
              "Verbs:\n",
              to);
        for (size_t i = 0; i < ELEMENTSOF(verbs); i++)
                fprintf(to, "  %-10s %s\n", verbs[i].name, verbs[i].summary);
        fputs("\n'usher-sim VERB --help' tells a verb's options.\n", to);
}

static bool wants_help(const char *arg)
{
        return strcmp(arg, "--help") == 0 || strcmp(arg, "-h") == 0 || strcmp(arg, "help") == 0;
}

int main(int argc, char **argv)
{
        if (standard_open() < 0 || secret_init() < 0 || secret_hide_process() < 0) {
                fputs("usher-sim: libsodium does not start\n", stderr);
                return EXIT_INTERNAL;
        }
        if (argc > 1 && wants_help(argv[1])) {
                help(stdout);
                return EXIT_DONE;
        }
        for (size_t i = 0; argc > 1 && i < ELEMENTSOF(verbs); i++)
                if (strcmp(argv[1], verbs[i].name) == 0)
                        return verbs[i].fn(argc - 1, argv + 1);
        if (argc > 1)
                fprintf(stderr, "usher-sim: there is no verb '%s'; 'usher-sim --help' lists them\n",
                        argv[1]);
        else
                help(stderr);
        return EXIT_USAGE;
}
