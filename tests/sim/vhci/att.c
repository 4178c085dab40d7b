/* SPDX-License-Identifier: Apache-2.0 */

/* ATT (Bluetooth Core, Vol 3 Part F) as far as a client meets it that discovers services, reads, writes and
 * subscribes. Requests come through the kernel from whatever runs on the machine, so every length is
 * checked; tests/fuzz/fuzz-att.c feeds it anything. */

#include "tests/sim/vhci/att.h"
#include "proto/base/bytes.h"
#include <errno.h>

enum att_opcode {
        ATT_ERROR = 0x01,
        ATT_MTU_REQUEST = 0x02,
        ATT_FIND_INFORMATION = 0x04,
        ATT_FIND_BY_TYPE = 0x06,
        ATT_READ_BY_TYPE = 0x08,
        ATT_READ = 0x0a,
        ATT_READ_BLOB = 0x0c,
        ATT_READ_BY_GROUP = 0x10,
        ATT_WRITE = 0x12,
        ATT_NOTIFICATION = 0x1b,
        ATT_CONFIRMATION = 0x1e,
        ATT_WRITE_COMMAND = 0x52,
};

enum att_error {
        ATT_INVALID_HANDLE = 0x01,
        ATT_READ_NOT_PERMITTED = 0x02,
        ATT_WRITE_NOT_PERMITTED = 0x03,
        ATT_INVALID_PDU = 0x04,
        ATT_NOT_SUPPORTED = 0x06,
        ATT_INVALID_OFFSET = 0x07,
        ATT_NOT_FOUND = 0x0a,
        ATT_INVALID_LENGTH = 0x0d,
        ATT_UNSUPPORTED_GROUP = 0x10,
};

enum {
        UUID_PRIMARY = 0x2800,
        UUID_CHARACTERISTIC = 0x2803,
        UUID_CCCD = 0x2902,
        PROP_READ = 0x02,
        PROP_WRITE_COMMAND = 0x04,
        PROP_WRITE = 0x08,
        PROP_NOTIFY = 0x10,
        PROP_INDICATE = 0x20,
};

#define SETUP_UUID(n)                                                                                       \
        {                                                                                                   \
                0xfc, 0x36, 0x6f, 0x54, 0x30, 0x80, 0xf4, 0x94, 0xa8, 0x48, 0x4e, 0x5c, n, 0x00, 0xa9, 0x6f \
        }

const struct att_uuids att_uuids_listening = {
        .service = SETUP_UUID(1),
        .version = SETUP_UUID(2),
        .tx = SETUP_UUID(3),
        .rx = SETUP_UUID(4),
};

/* the table */
static struct att_attribute *add(struct att *a, const uint8_t *type, size_t type_len, const void *value,
                                 size_t len)
{
        struct att_attribute *t = &a->attribute[a->n++];

        memcpy(t->type, type, type_len);
        t->type_len = (uint8_t)type_len;
        t->len = (uint8_t)(len < ATT_VALUE_MAX ? len : ATT_VALUE_MAX);
        memcpy(t->value, value, t->len);
        return t;
}

static void add16(struct att *a, uint16_t type, const void *value, size_t len)
{
        uint8_t t[2];

        le16_put(t, type);
        add(a, t, sizeof(t), value, len);
}

/* Declaration, value and, where there is something to subscribe to, a CCCD. Returns the value's handle. */
static uint16_t add_chrc(struct att *a, unsigned props, const uint8_t *uuid, size_t uuid_len,
                         const void *value, size_t len)
{
        uint8_t declaration[3 + 16] = { (uint8_t)props };
        uint16_t handle = (uint16_t)(a->n + 2);

        le16_put(declaration + 1, handle);
        memcpy(declaration + 3, uuid, uuid_len);
        add16(a, UUID_CHARACTERISTIC, declaration, 3 + uuid_len);
        add(a, uuid, uuid_len, value, len);
        if (props & (PROP_NOTIFY | PROP_INDICATE))
                add16(a, UUID_CCCD, "\0\0", 2);
        return handle;
}

static uint16_t add_chrc16(struct att *a, unsigned props, uint16_t uuid, const void *value, size_t len)
{
        uint8_t u[2];

        le16_put(u, uuid);
        return add_chrc(a, props, u, sizeof(u), value, len);
}

void att_init(struct att *a, const char *name, const struct att_uuids *uuids, enum att_layout layout,
              unsigned max_mtu, const struct att_ops *ops, void *userdata)
{
        static const uint8_t preferred[8] = {
                24, 0, 40, 0, 0, 0, 0xf4, 0x01
        }; /* 30-50 ms, 0, 5 s (device.md 3.1) */

        *a = (struct att){ .ops = ops, .userdata = userdata, .max_mtu = max_mtu };
        add16(a, UUID_PRIMARY, "\x00\x18", 2); /* Generic Access */
        add_chrc16(a, PROP_READ, 0x2a00, name, strlen(name));
        add_chrc16(a, PROP_READ, 0x2a01, "\0\0", 2);
        add_chrc16(a, PROP_READ, 0x2a04, preferred, sizeof(preferred));
        if (layout == ATT_LAYOUT_SHIFTED)
                add_chrc16(a, PROP_READ, 0x2aa6, "\1", 1);
        add16(a, UUID_PRIMARY, "\x01\x18", 2); /* Generic Attribute */
        a->changed_cccd = (uint16_t)(add_chrc16(a, PROP_INDICATE, 0x2a05, "\0\0\0\0", 4) + 1);
        if (layout != ATT_LAYOUT_OTHER) {
                add16(a, UUID_PRIMARY, uuids->service, 16);
                a->version = add_chrc(a, PROP_READ, uuids->version, 16, "\2", 1);
                a->tx = add_chrc(a, PROP_NOTIFY, uuids->tx, 16, "", 0);
                a->tx_cccd = (uint16_t)(a->tx + 1);
                a->rx = add_chrc(a, PROP_WRITE | PROP_WRITE_COMMAND, uuids->rx, 16, "", 0);
        }
        att_reset(a);
}

void att_reset(struct att *a)
{
        a->mtu = ATT_MTU_MIN;
        a->subscribed = false;
        if (a->tx_cccd)
                memset(a->attribute[a->tx_cccd - 1].value, 0, 2);
}

void att_set_version(struct att *a, uint8_t version)
{
        if (a->version)
                a->attribute[a->version - 1].value[0] = version;
}

/* answers */
struct answer {
        uint8_t *data;
        size_t len, size;
};

static void put(struct answer *r, const void *p, size_t len)
{
        memcpy(r->data + r->len, p, len);
        r->len += len;
}

static void put16(struct answer *r, uint16_t v)
{
        le16_put(r->data + r->len, v);
        r->len += 2;
}

static void error(struct answer *r, uint8_t opcode, uint16_t handle, enum att_error code)
{
        r->len = 0;
        put(r, &(uint8_t){ ATT_ERROR }, 1);
        put(r, &opcode, 1);
        put16(r, handle);
        put(r, &(uint8_t){ (uint8_t)code }, 1);
}

static bool has_type(const struct att_attribute *t, const uint8_t *type, size_t len)
{
        return t->type_len == len && memcmp(t->type, type, len) == 0;
}

static bool is_service(const struct att_attribute *t)
{
        return t->type_len == 2 && le16_get(t->type) == UUID_PRIMARY;
}

/* The last handle of the service that begins at `handle`. */
static uint16_t group_end(const struct att *a, unsigned handle)
{
        while (handle < a->n && !is_service(&a->attribute[handle]))
                handle++;
        return (uint16_t)handle;
}

static void handle_mtu(struct att *a, const uint8_t *pdu, struct answer *r)
{
        unsigned asked = le16_get(pdu + 1);

        a->mtu = asked < a->max_mtu ? asked : a->max_mtu;
        if (a->mtu < ATT_MTU_MIN)
                a->mtu = ATT_MTU_MIN;
        put16(r, (uint16_t)a->max_mtu);
        if (a->ops->mtu)
                a->ops->mtu(a->userdata, a->mtu);
}

static void handle_find_information(const struct att *a, unsigned first, unsigned last, struct answer *r)
{
        uint8_t type_len = a->attribute[first - 1].type_len;

        put(r, &(uint8_t){ type_len == 2 ? 1 : 2 }, 1);
        for (unsigned h = first; h <= last && h <= a->n; h++) {
                const struct att_attribute *t = &a->attribute[h - 1];

                if (t->type_len != type_len || r->len + 2 + type_len > r->size)
                        break;
                put16(r, (uint16_t)h);
                put(r, t->type, type_len);
        }
}

static void handle_find_by_type(const struct att *a, unsigned first, unsigned last, const uint8_t *pdu,
                                size_t len, struct answer *r)
{
        for (unsigned h = first; h <= last && h <= a->n; h++) {
                const struct att_attribute *t = &a->attribute[h - 1];

                if (has_type(t, pdu + 5, 2) && t->len == len - 7 && memcmp(t->value, pdu + 7, t->len) == 0 &&
                    r->len + 4 <= r->size) {
                        put16(r, (uint16_t)h);
                        put16(r, group_end(a, h));
                }
        }
}

/* Read By Type, and By Group Type, which adds the end of each group. Entries of one answer have one length.
 */
static void handle_read_by_type(const struct att *a, unsigned first, unsigned last, const uint8_t *pdu,
                                size_t len, struct answer *r)
{
        bool group = pdu[0] == ATT_READ_BY_GROUP;
        size_t each = 0, head = group ? 4 : 2;

        put(r, "", 1); /* the length, below */
        for (unsigned h = first; h <= last && h <= a->n; h++) {
                const struct att_attribute *t = &a->attribute[h - 1];
                size_t n = head + t->len;

                if (!has_type(t, pdu + 5, len - 5))
                        continue;
                if (each == 0 && n > r->size - 2)
                        n = r->size - 2; /* a long value is cut */
                if ((each && n != each) || r->len + n > r->size)
                        break;
                each = n;
                put16(r, (uint16_t)h);
                if (group)
                        put16(r, group_end(a, h));
                put(r, t->value, n - head);
        }
        r->data[1] = (uint8_t)each;
        if (each == 0)
                r->len = 1;
}

static void handle_range(const struct att *a, const uint8_t *pdu, size_t len, struct answer *r)
{
        uint16_t first = le16_get(pdu + 1), last = le16_get(pdu + 3);

        if (first == 0 || first > last) {
                error(r, pdu[0], first, ATT_INVALID_HANDLE);
                return;
        }
        if (first <= a->n) {
                if (pdu[0] == ATT_FIND_INFORMATION)
                        handle_find_information(a, first, last, r);
                else if (pdu[0] == ATT_FIND_BY_TYPE)
                        handle_find_by_type(a, first, last, pdu, len, r);
                else
                        handle_read_by_type(a, first, last, pdu, len, r);
        }
        if (r->len <= 1)
                error(r, pdu[0], first, ATT_NOT_FOUND);
}

static void handle_read(const struct att *a, const uint8_t *pdu, struct answer *r)
{
        uint16_t handle = le16_get(pdu + 1), offset = pdu[0] == ATT_READ_BLOB ? le16_get(pdu + 3) : 0;
        const struct att_attribute *t;
        size_t n;

        if (handle == 0 || handle > a->n) {
                error(r, pdu[0], handle, ATT_INVALID_HANDLE);
                return;
        }
        t = &a->attribute[handle - 1];
        if (handle == a->tx || handle == a->rx) {
                error(r, pdu[0], handle, ATT_READ_NOT_PERMITTED);
                return;
        }
        if (offset > t->len) {
                error(r, pdu[0], handle, ATT_INVALID_OFFSET);
                return;
        }
        n = t->len - offset;
        put(r, t->value + offset, n < r->size - r->len ? n : r->size - r->len);
}

static void handle_write(struct att *a, const uint8_t *pdu, size_t len, struct answer *r)
{
        uint16_t handle = le16_get(pdu + 1);

        if (handle == 0 || handle > a->n) {
                error(r, pdu[0], handle, ATT_INVALID_HANDLE);
        } else if (handle == a->tx_cccd || handle == a->changed_cccd) {
                if (len != 5) {
                        error(r, pdu[0], handle, ATT_INVALID_LENGTH);
                        return;
                }
                memcpy(a->attribute[handle - 1].value, pdu + 3, 2);
                if (handle == a->tx_cccd) {
                        a->subscribed = pdu[3] & 1;
                        if (a->ops->subscribed)
                                a->ops->subscribed(a->userdata, a->subscribed);
                }
        } else if (handle == a->rx) {
                if (a->ops->written)
                        a->ops->written(a->userdata, pdu + 3, len - 3);
        } else {
                error(r, pdu[0], handle, ATT_WRITE_NOT_PERMITTED);
        }
}

/* The shortest PDU of each kind that is handled, and whether exactly that; 0 = not handled. */
static size_t shortest(uint8_t opcode)
{
        switch (opcode) {
        case ATT_MTU_REQUEST:
        case ATT_READ:
        case ATT_WRITE:
        case ATT_WRITE_COMMAND: return 3;
        case ATT_READ_BLOB:
        case ATT_FIND_INFORMATION: return 5;
        case ATT_FIND_BY_TYPE:
        case ATT_READ_BY_TYPE:
        case ATT_READ_BY_GROUP: return 7;
        default: return 0;
        }
}

void att_handle(struct att *a, const uint8_t *pdu, size_t len, uint8_t ret[static ATT_MTU_MAX],
                size_t *ret_len)
{
        struct answer r = { .data = ret, .size = a->mtu };

        *ret_len = 0;
        if (len == 0 || pdu[0] == ATT_CONFIRMATION)
                return;
        put(&r, &(uint8_t){ (uint8_t)(pdu[0] + 1) }, 1);
        if (shortest(pdu[0]) == 0) {
                error(&r, pdu[0], 0, ATT_NOT_SUPPORTED);
        } else if (len < shortest(pdu[0])) {
                error(&r, pdu[0], 0, ATT_INVALID_PDU);
        } else {
                switch (pdu[0]) {
                case ATT_MTU_REQUEST: handle_mtu(a, pdu, &r); break;
                case ATT_READ:
                case ATT_READ_BLOB: handle_read(a, pdu, &r); break;
                case ATT_WRITE:
                case ATT_WRITE_COMMAND: handle_write(a, pdu, len, &r); break;
                default: handle_range(a, pdu, len, &r); break;
                }
        }
        if (!(pdu[0] & 0x40)) /* commands are never answered */
                *ret_len = r.len;
}

int att_notification(const struct att *a, const uint8_t *data, size_t len, uint8_t ret[static ATT_MTU_MAX],
                     size_t *ret_len)
{
        if (!a->subscribed)
                return -ENOTCONN;
        if (len + 3 > a->mtu)
                return -EMSGSIZE;
        ret[0] = ATT_NOTIFICATION;
        le16_put(ret + 1, a->tx);
        memcpy(ret + 3, data, len);
        *ret_len = len + 3;
        return 0;
}
