/* SPDX-License-Identifier: Apache-2.0 */

/* Whoever runs the devices writes the file, and may change it at any time: it is read whenever it counts. */

#include "setup/ports/sim-signal.h"
#include "proto/base/cleanup.h"
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int sim_signal(int dir_fd, const char *name)
{
        char file[NAME_MAX + 1], text[16] = "";
        _cleanup_(closep) int fd = -1;
        int n = snprintf(file, sizeof(file), "%s.rssi", name);
        long dbm;

        if (n < 0 || (size_t)n >= sizeof(file))
                return 0;
        fd = openat(dir_fd, file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
        if (fd < 0 || read(fd, text, sizeof(text) - 1) <= 0)
                return 0;
        dbm = strtol(text, NULL, 10);
        return dbm < -127 || dbm > 20 ? 0 : (int)dbm;
}
