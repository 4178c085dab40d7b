/* SPDX-License-Identifier: Apache-2.0 */

#include "tests/vhci/app-device.h"
#include <errno.h>
#include <stdio.h>

struct app_devices {
        unsigned n;
};

struct app_devices *app_devices_new(void)
{
        return calloc(1, sizeof(struct app_devices));
}

struct app_devices *app_devices_free(struct app_devices *a)
{
        free(a);
        return NULL;
}

int app_devices_add(struct app_devices *a, const char *spec)
{
        (void)a;
        (void)spec;
        return -EINVAL;
}

int app_devices_world(struct app_devices *a, const char *path)
{
        (void)a;
        (void)path;
        return -EINVAL;
}

int app_devices_cloud(struct app_devices *a, const char *url)
{
        (void)a;
        (void)url;
        return -EINVAL;
}

int app_devices_start(struct app_devices *a, struct controller *c, unsigned max_mtu)
{
        (void)a;
        (void)c;
        (void)max_mtu;
        return 0;
}
