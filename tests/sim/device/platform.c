/* SPDX-License-Identifier: Apache-2.0 */

/* Facts of device.md 2.4 (ids, prefixes, families), 3.1 (names) and 3.2 (links). The first version is
 * the first that device.md knows for the product. */

#include "tests/sim/device/platform.h"
#include "proto/base/cleanup.h"
#include <string.h>
#include <strings.h>

static const struct platform platforms[] = {
        { "argon", "Argon", 12, CHIP_NRF52840, PLATFORM_WIFI | PLATFORM_ETHERNET | PLATFORM_THREAD, "Argon",
          "ARNK", "1.1.0", NULL },
        { "boron", "Boron", 13, CHIP_NRF52840, PLATFORM_CELLULAR | PLATFORM_ETHERNET | PLATFORM_THREAD,
          "Boron", "B40H", "1.1.0", NULL },
        { "xenon", "Xenon", 14, CHIP_NRF52840, PLATFORM_ETHERNET | PLATFORM_THREAD, "Xenon", "XENT", "1.1.0",
          "1.5.4" },
        { "esomx", "E SoM X", 15, CHIP_NRF52840, PLATFORM_CELLULAR | PLATFORM_ETHERNET, "E-SoMX", "E404",
          "1.5.0", NULL },
        { "asom", "A SoM", 22, CHIP_NRF52840, PLATFORM_WIFI | PLATFORM_ETHERNET | PLATFORM_THREAD, "Argon",
          "ASOM", "1.1.0", "1.5.4" },
        { "bsom", "B SoM", 23, CHIP_NRF52840, PLATFORM_CELLULAR | PLATFORM_ETHERNET | PLATFORM_THREAD,
          "Boron", "P006", "1.1.0", NULL },
        { "b5som", "B5 SoM", 25, CHIP_NRF52840, PLATFORM_CELLULAR | PLATFORM_ETHERNET, "Boron", "P019",
          "1.5.0", NULL },
        { "tracker", "Tracker SoM", 26, CHIP_NRF52840, PLATFORM_CELLULAR | PLATFORM_ETHERNET, "Boron",
          "P024", "1.5.0", NULL },
        { "trackerm", "TrackerM", 28, CHIP_NRF52840, PLATFORM_CELLULAR | PLATFORM_ETHERNET, "Tracker",
          "P100", "5.0.0", NULL },
        { "p2", "P2", 32, CHIP_RTL872X, PLATFORM_WIFI | PLATFORM_ETHERNET | PLATFORM_5GHZ, NULL, "P046",
          "5.0.0", NULL },
        { "photon2", "Photon 2", 32, CHIP_RTL872X, PLATFORM_WIFI | PLATFORM_ETHERNET | PLATFORM_5GHZ, NULL,
          "P051", "5.0.0", NULL },
        { "msom", "M SoM", 35, CHIP_RTL872X,
          PLATFORM_WIFI | PLATFORM_CELLULAR | PLATFORM_ETHERNET | PLATFORM_5GHZ, "M-SoM", "P054", "5.0.0",
          NULL },
};

const struct platform *platform_by_key(const char *key)
{
        for (size_t i = 0; i < ELEMENTSOF(platforms); i++)
                if (strcmp(platforms[i].key, key) == 0)
                        return &platforms[i];
        return NULL;
}

const struct platform *platform_by_serial(const char *serial)
{
        for (size_t i = 0; i < ELEMENTSOF(platforms); i++)
                if (strncasecmp(platforms[i].serial_prefix, serial, strlen(platforms[i].serial_prefix)) == 0)
                        return &platforms[i];
        return NULL;
}

const struct platform *platform_at(size_t i)
{
        return i < ELEMENTSOF(platforms) ? &platforms[i] : NULL;
}
