/* SPDX-License-Identifier: Apache-2.0 */

/* The wireless extensions, two questions an interface: old, but every driver of the boards that gateways are
 * made of answers them, and nothing is needed that is not in libc. */

#include "setup/ports/airtime.h"
#include "proto/base/cleanup.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <net/if.h> /* before the kernel's own */

#include <linux/wireless.h>

enum { FIRST_MHZ = 2412, LAST_MHZ = 2472, JAPAN_MHZ = 2484, STEP_MHZ = 5, CHANNELS = 14 };

unsigned airtime_channel(int32_t m, int e)
{
        int64_t hz = m;

        if (m <= 0)
                return 0;
        if (e == 0 && m <= 1000)
                return m <= CHANNELS ? (unsigned)m : 0;
        for (; e > 0 && hz < INT64_C(1000000000000); e--)
                hz *= 10;
        hz /= 1000000;
        if (hz == JAPAN_MHZ)
                return CHANNELS;
        return hz >= FIRST_MHZ && hz <= LAST_MHZ ? (unsigned)(hz - FIRST_MHZ) / STEP_MHZ + 1 : 0;
}

void airtime_words(const struct airtime *a, char ret[static AIRTIME_WORDS_MAX])
{
        (void)snprintf(ret, AIRTIME_WORDS_MAX,
                       "this machine's own %s %s is on 2.4 GHz (channel %u), in Bluetooth's way",
                       a->hotspot ? "hotspot" : "Wi-Fi", a->name, a->channel);
}

/* False: no Wi-Fi, switched off, or in another band. */
static bool look(int fd, const char *name, struct airtime *ret)
{
        struct iwreq mode = {}, frequency = {};
        struct ifreq flags = {};
        struct airtime a = {};

        strncpy(flags.ifr_name, name, IFNAMSIZ - 1);
        strncpy(mode.ifr_name, name, IFNAMSIZ - 1);
        strncpy(frequency.ifr_name, name, IFNAMSIZ - 1);
        if (ioctl(fd, SIOCGIFFLAGS, &flags) < 0 || !(flags.ifr_flags & IFF_UP) ||
            ioctl(fd, SIOCGIWMODE, &mode) < 0 || ioctl(fd, SIOCGIWFREQ, &frequency) < 0)
                return false;
        a.hotspot = mode.u.mode == IW_MODE_MASTER;
        a.channel = airtime_channel(frequency.u.freq.m, frequency.u.freq.e);
        strncpy(a.name, name, sizeof(a.name) - 1);
        *ret = a;
        return a.channel > 0;
}

int airtime_find(struct airtime *ret)
{
        _cleanup_(closep) int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        struct if_nameindex *all = fd < 0 ? NULL : if_nameindex();
        struct airtime a;
        int r = -ENOENT;

        for (struct if_nameindex *i = all; i && i->if_index; i++)
                if (look(fd, i->if_name, &a) && (r < 0 || (a.hotspot && !ret->hotspot))) {
                        *ret = a;
                        r = 0;
                }
        if (all)
                if_freenameindex(all);
        return r;
}
