/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The command line of usher-sim device. */

#include "tests/sim/device/device.h"

enum { FAULTS_MAX = 16 };

struct device_options {
        const char *dir, *from, *cloud, *world, *log, *effects, *platform,
                *os; /* as given; NULL: not given */
        struct vdevice_config config;
        struct vdevice_timing timing;
        struct mishap mishap[FAULTS_MAX];
        struct secret *secret; /* NULL with a list */
};

/* 1: the help was printed; -EINVAL, and on standard error what is wrong. device_options_done() follows in
 * any case. */
int device_options_parse(int argc, char **argv, struct device_options *o);
void device_options_done(struct device_options *o);
