/* SPDX-License-Identifier: Apache-2.0 */

/* usher's tables of verbs, steps and faults, without what they call: a program for the machine that builds,
 * where that cannot run usher itself (a cross build). It prints what `usher help` prints, from which the
 * manual page and the completion are made. The linker leaves what the tables point at empty; nothing here
 * follows such a pointer. */

#include "setup/cli/verbs.h"

int main(int argc, char **argv)
{
        const struct verb *help = verb_find("help");

        return help->run(help, argc - 1, argv + 1);
}
