/* SPDX-License-Identifier: Apache-2.0 */

/* One command of the kernel's Bluetooth management socket, the one that every user may send. It changes
 * nothing and takes no adapter away from bluetoothd; usher opens no other HCI socket. The structures are the
 * kernel's ABI. */

#include "setup/doctor/link-params.h"
#include "proto/base/bytes.h"
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <time.h>

enum {
        BT_PROTOCOL_HCI = 1,
        HCI_CONTROL_CHANNEL = 3,
        HCI_NO_DEVICE = 0xffff,
        MGMT_HEADER = 6, /* opcode or event, index, length; u16 each */
        MGMT_READ_DEFAULTS = 0x004b,
        MGMT_COMPLETE = 0x0001,
        MGMT_STATUS = 0x0002,
        MGMT_INVALID_INDEX = 0x11,
        MGMT_PERMISSION_DENIED = 0x14,
        TYPE_INTERVAL_MIN = 0x0017,
        TYPE_INTERVAL_MAX = 0x0018,
        TYPE_LATENCY = 0x0019,
        TYPE_SUPERVISION = 0x001a,
        ANSWER_MS = 500,
};

struct hci_address {
        sa_family_t family;
        uint16_t device, channel;
};

int link_params_parse(const uint8_t *data, size_t len, struct link_params *ret)
{
        struct link_params p = { 0 };
        unsigned seen = 0;

        for (size_t off = 0; off < len;) {
                unsigned type, n;
                uint16_t value;

                if (len - off < 3)
                        return -EBADMSG;
                type = le16_get(data + off);
                n = data[off + 2];
                off += 3;
                if (len - off < n)
                        return -EBADMSG;
                value = n == 2 ? le16_get(data + off) : 0;
                off += n;
                if (n != 2 || type < TYPE_INTERVAL_MIN || type > TYPE_SUPERVISION)
                        continue;
                seen |= 1u << (type - TYPE_INTERVAL_MIN);
                if (type == TYPE_INTERVAL_MIN)
                        p.interval_min_us = value * 1250u;
                else if (type == TYPE_INTERVAL_MAX)
                        p.interval_max_us = value * 1250u;
                else if (type == TYPE_LATENCY)
                        p.latency = value;
                else
                        p.supervision_ms = value * 10u;
        }
        if (seen != 0xf)
                return -EBADMSG;
        *ret = p;
        return 0;
}

/* An answer to our command: 0 and the parameters, -EAGAIN if it is something else, or the refusal. */
static int take_answer(const uint8_t *m, size_t len, struct link_params *ret)
{
        unsigned event;
        uint8_t status;

        if (len < MGMT_HEADER + 3)
                return -EAGAIN;
        event = le16_get(m);
        if ((event != MGMT_COMPLETE && event != MGMT_STATUS) ||
            le16_get(m + MGMT_HEADER) != MGMT_READ_DEFAULTS)
                return -EAGAIN;
        status = m[MGMT_HEADER + 2];
        switch (status) {
        case 0: break;
        case MGMT_INVALID_INDEX: return -ENODEV;
        case MGMT_PERMISSION_DENIED: return -EPERM;
        default: return -EOPNOTSUPP;
        }
        return link_params_parse(m + MGMT_HEADER + 3, len - MGMT_HEADER - 3, ret);
}

static int await_answer(int fd, struct link_params *ret)
{
        struct timespec now;
        uint8_t m[1024];
        int64_t end_ms, left_ms;
        int r;

        (void)clock_gettime(CLOCK_MONOTONIC, &now);
        end_ms = now.tv_sec * 1000 + now.tv_nsec / 1000000 + ANSWER_MS;
        for (;;) {
                ssize_t n;

                (void)clock_gettime(CLOCK_MONOTONIC, &now);
                left_ms = end_ms - (now.tv_sec * 1000 + now.tv_nsec / 1000000);
                if (left_ms <= 0)
                        return -ETIMEDOUT;
                r = poll(&(struct pollfd){ .fd = fd, .events = POLLIN }, 1, (int)left_ms);
                if (r < 0 && errno != EINTR)
                        return -errno;
                if (r <= 0)
                        continue;
                n = recv(fd, m, sizeof(m), MSG_DONTWAIT);
                if (n < 0 && errno != EAGAIN && errno != EINTR)
                        return -errno;
                r = n < 0 ? -EAGAIN : take_answer(m, (size_t)n, ret);
                if (r != -EAGAIN)
                        return r;
        }
}

int link_params_read(const char *adapter, struct link_params *ret)
{
        const struct hci_address control = { AF_BLUETOOTH, HCI_NO_DEVICE, HCI_CONTROL_CHANNEL };
        _cleanup_(closep) int fd = -1;
        uint8_t command[MGMT_HEADER];
        unsigned index;
        char end;

        if (sscanf(adapter, "hci%5u%c", &index, &end) != 1 || index >= HCI_NO_DEVICE)
                return -ENODEV;
        fd = socket(AF_BLUETOOTH, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, BT_PROTOCOL_HCI);
        if (fd < 0 || bind(fd, (const struct sockaddr *)&control, sizeof(control)) < 0)
                return -errno;
        le16_put(command, MGMT_READ_DEFAULTS);
        le16_put(command + 2, (uint16_t)index);
        le16_put(command + 4, 0);
        if (send(fd, command, sizeof(command), MSG_NOSIGNAL) != sizeof(command))
                return -errno;
        return await_answer(fd, ret);
}
