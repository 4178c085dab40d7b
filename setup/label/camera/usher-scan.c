/* SPDX-License-Identifier: Apache-2.0 */

/* usher-scan: holds a camera and reads codes from it. Standard output is a socket of whoever started it
 * (record.h); there is nothing else. It is a program of its own so that a camera's driver, its frames and
 * the time they take are away from the process that holds tokens and sessions; the pictures themselves are
 * looked at by a further one, usher-decode in its cage. */

#include "proto/base/secret.h"
#include "proto/base/standard.h"
#include "setup/label/camera/cage.h"
#include "setup/label/camera/scan.h"
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
        int first = 1;
        bool qr = argc > first && strcmp(argv[first], "--qr") == 0;

        first += qr;
        if (standard_open() < 0 || secret_init() < 0 || secret_hide_process() < 0)
                return 1;
        if (argc != first + 2 || strcmp(argv[first], "--") != 0)
                return 2;
        (void)cage_enter(); /* where that cannot be, the decoder will say so */
        return scan_run(argv[first + 1], qr, STDOUT_FILENO) < 0;
}
