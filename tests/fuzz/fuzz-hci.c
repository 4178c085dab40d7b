/* SPDX-License-Identifier: Apache-2.0 */

/* Any packets of the host at the virtual controller, with time passing between them: each is a length byte
 * and so many bytes; a length of 0 lets 50 ms pass. */

#include "proto/base/timer-virtual.h"
#include "tests/sim/vhci/app-echo.h"
#include "tests/sim/vhci/controller.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void on_packet(void *userdata, const uint8_t *packet, size_t len)
{
        if (len > 300 || (packet[0] != HCI_EVENT && packet[0] != HCI_ACL))
                __builtin_trap();
        (*(unsigned *)userdata)++;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        static const struct controller_config config = { .adv_ms = 20, .packets = 4, .links_max = 2 };
        struct controller *c;
        struct peripheral *p;
        unsigned packets = 0;
        size_t n;

        if (controller_new(&config, on_packet, &packets, &c) < 0)
                return 0;
        if (app_echo_new(0, ATT_MTU_MAX, &p) == 0)
                controller_add(c, p);
        for (size_t off = 0; off < size; off += n + 1) {
                n = data[off] < size - off - 1 ? data[off] : size - off - 1;
                if (n == 0)
                        timer_virtual_advance(50);
                else
                        controller_receive(c, data + off + 1, n);
        }
        controller_free(c);
        return 0;
}
