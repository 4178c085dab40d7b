/* SPDX-License-Identifier: Apache-2.0 */

/* open() gives the lowest free number: so it is opened until that is above the three. */

#include "proto/base/standard.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

int standard_open(void)
{
        int fd;

        do {
                fd = open("/dev/null", O_RDWR | O_NOCTTY);
                if (fd < 0)
                        return -errno;
        } while (fd <= STDERR_FILENO);
        (void)close(fd);
        return sigaction(SIGXFSZ, &(struct sigaction){ .sa_handler = SIG_IGN }, NULL) < 0 ? -errno : 0;
}
