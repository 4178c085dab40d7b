/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Wi-Fi of this machine on 2.4 GHz, which takes the air, and on most small boards the antenna, from
 * Bluetooth: nearly every connect fails beside a hotspot of one's own (bluez.md 5). Read only. */

#include <stdbool.h>
#include <stdint.h>

struct airtime {
        char name[16];    /* "wlan0" */
        bool hotspot;     /* an access point, which sends all the time; else a station */
        unsigned channel; /* 1 to 14 */
};

/* The hotspot, if there is one, else the first station. -ENOENT: there is no Wi-Fi on 2.4 GHz, or the kernel
 * does not tell. */
int airtime_find(struct airtime *ret);

/* "this machine's own hotspot wlan0 is on 2.4 GHz (channel 6), in Bluetooth's way" */
enum { AIRTIME_WORDS_MAX = 112 };
void airtime_words(const struct airtime *a, char ret[static AIRTIME_WORDS_MAX]);

/* A frequency as the kernel gives it, m * 10^e Hz, or the channel itself: the channel of the 2.4 GHz band, 0
 * = it is in another one. */
unsigned airtime_channel(int32_t m, int e);
