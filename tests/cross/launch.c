/* SPDX-License-Identifier: Apache-2.0 */

/* A program of this machine that runs one of another machine in an emulator: what a program in the emulator
 * starts by itself, it hands to this machine's kernel. No script, because usher starts the decoder by a
 * descriptor that closes, and with an empty environment. EMULATOR, SYSROOT and PROGRAM are given by run.sh.
 */

#include <stddef.h>
#include <unistd.h>

enum { ARGS_MAX = 16 };

int main(int argc, char **argv)
{
        static char emulator[] = EMULATOR, option[] = "-L", sysroot[] = SYSROOT, program[] = PROGRAM;
        char *args[ARGS_MAX + 5] = { emulator, option, sysroot, program };

        if (argc > ARGS_MAX)
                return 126;
        for (int i = 1; i < argc; i++)
                args[3 + i] = argv[i];
        (void)execv(emulator, args);
        return 127;
}
