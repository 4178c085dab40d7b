/* SPDX-License-Identifier: Apache-2.0 */

/* Bodies about network interfaces. */

#include "proto/codec.h"
#include "proto/message.h"
#include "proto/messages/network.pb.h"
#include <errno.h>

static int put_entry(const struct message_interface_entry *e, usher_InterfaceEntry *wire)
{
        wire->index = e->index;
        wire->type = (usher_InterfaceType)e->type;
        return codec_put_text(wire->name, sizeof(wire->name), e->name);
}

static int fill_entry(const void *item, void *message)
{
        return put_entry(item, message);
}

static int keep_entry(void *list, const void *message)
{
        const usher_InterfaceEntry *wire = message;
        struct message_interfaces *m = list;
        struct message_interface_entry *e = &m->entry[m->n];

        if (m->n == ELEMENTSOF(m->entry)) {
                m->n_dropped++;
                return 0;
        }
        m->n++;
        e->index = wire->index;
        e->type = (int)wire->type;
        return codec_get_text(e->name, sizeof(e->name), wire->name);
}

int message_encode_get_interface_list_reply(const struct message_interfaces *m, struct buf *out)
{
        struct codec_list list = {
                .fields = usher_InterfaceEntry_fields,
                .items = m->entry,
                .n = m->n,
                .size = sizeof(m->entry[0]),
                .fill = fill_entry,
        };
        usher_GetInterfaceListReply wire = { .interfaces = codec_encode_list(&list) };

        if (m->n > ELEMENTSOF(m->entry))
                return -E2BIG;
        return codec_encode(usher_GetInterfaceListReply_fields, &wire, out);
}

int message_decode_get_interface_list_reply(const uint8_t *data, size_t len, struct message_interfaces *ret)
{
        struct message_interfaces m = { .n = 0 };
        struct codec_list list = { .fields = usher_InterfaceEntry_fields, .keep = keep_entry, .list = &m };
        usher_GetInterfaceListReply wire = { .interfaces = codec_decode_list(&list) };
        int r;

        r = codec_decode(usher_GetInterfaceListReply_fields, &wire, data, len);
        if (r == 0)
                *ret = m;
        return r;
}

int message_encode_get_interface_request(uint32_t index, struct buf *out)
{
        usher_GetInterfaceRequest m = { .index = index };

        return codec_encode(usher_GetInterfaceRequest_fields, &m, out);
}

int message_decode_get_interface_request(const uint8_t *data, size_t len, uint32_t *ret_index)
{
        usher_GetInterfaceRequest m = usher_GetInterfaceRequest_init_zero;
        int r;

        r = codec_decode(usher_GetInterfaceRequest_fields, &m, data, len);
        if (r < 0)
                return r;
        *ret_index = m.index;
        return 0;
}

static int fill_address(const void *item, void *message)
{
        const struct message_address *a = item;
        usher_InterfaceAddress *wire = message;

        wire->has_address = true;
        wire->prefix_length = a->prefix_len;
        if (a->len == 4) {
                wire->address.has_v4 = true;
                wire->address.v4.address = (uint32_t)a->bytes[0] << 24 | (uint32_t)a->bytes[1] << 16 |
                                           (uint32_t)a->bytes[2] << 8 | a->bytes[3];
        } else {
                wire->address.has_v6 = true;
                wire->address.v6.address.size = 16;
                memcpy(wire->address.v6.address.bytes, a->bytes, 16);
        }
        return 0;
}

static void keep_address(struct message_interface *m, const struct message_address *a)
{
        if (a->len && m->n_addresses < ELEMENTSOF(m->address))
                m->address[m->n_addresses++] = *a;
        else
                m->n_dropped++;
}

/* An address in the list of the other family, of none, or an IPv6 address of another length than 16, is left
 * out as unknown. */
static int keep_ipv4(void *list, const void *message)
{
        const usher_InterfaceAddress *wire = message;
        struct message_address a = { .prefix_len = wire->prefix_length };

        if (wire->address.has_v4) {
                a.len = 4;
                for (int i = 0; i < 4; i++)
                        a.bytes[i] = (uint8_t)(wire->address.v4.address >> (24 - 8 * i));
        }
        keep_address(list, &a);
        return 0;
}

static int keep_ipv6(void *list, const void *message)
{
        const usher_InterfaceAddress *wire = message;
        struct message_address a = { .prefix_len = wire->prefix_length };

        if (wire->address.has_v6 && wire->address.v6.address.size == 16) {
                a.len = 16;
                memcpy(a.bytes, wire->address.v6.address.bytes, 16);
        }
        keep_address(list, &a);
        return 0;
}

/* IPv4 addresses come first: how many are there? -EINVAL if they do not. */
static int count_ipv4(const struct message_interface *m, size_t *ret_n)
{
        size_t n = 0;

        for (size_t i = 0; i < m->n_addresses; i++) {
                if (m->address[i].len == 4 && n == i)
                        n++;
                else if (m->address[i].len != 16)
                        return -EINVAL;
        }
        *ret_n = n;
        return 0;
}

static struct codec_list addresses(const struct message_interface *m, size_t from, size_t to)
{
        return (struct codec_list){
                .fields = usher_InterfaceAddress_fields,
                .items = m->address + from,
                .n = to - from,
                .size = sizeof(m->address[0]),
                .fill = fill_address,
        };
}

int message_encode_get_interface_reply(const struct message_interface *m, struct buf *out)
{
        usher_GetInterfaceReply wire = { .has_interface = true };
        usher_Interface *to = &wire.interface;
        struct codec_list v4, v6;
        size_t n4;
        int r;

        if (m->n_addresses > ELEMENTSOF(m->address) || m->hw_address_len > sizeof(m->hw_address))
                return -E2BIG;
        r = count_ipv4(m, &n4);
        if (r < 0)
                return r;
        v4 = addresses(m, 0, n4);
        v6 = addresses(m, n4, m->n_addresses);
        *to = (usher_Interface){
                .index = m->entry.index,
                .type = (usher_InterfaceType)m->entry.type,
                .flags = m->flags,
                .ext_flags = m->ext_flags,
                .has_ipv4_config = v4.n > 0,
                .ipv4_config.addresses = codec_encode_list(&v4),
                .has_ipv6_config = v6.n > 0,
                .ipv6_config.addresses = codec_encode_list(&v6),
                .hw_address.size = (pb_size_t)m->hw_address_len,
                .mtu = m->mtu,
                .metric = m->metric,
        };
        memcpy(to->hw_address.bytes, m->hw_address, m->hw_address_len);
        r = codec_put_text(to->name, sizeof(to->name), m->entry.name);
        return r < 0 ? r : codec_encode(usher_GetInterfaceReply_fields, &wire, out);
}

int message_decode_get_interface_reply(const uint8_t *data, size_t len, struct message_interface *ret)
{
        usher_GetInterfaceReply wire = usher_GetInterfaceReply_init_zero;
        const usher_Interface *from = &wire.interface;
        struct message_interface m = { .n_addresses = 0 }, m6 = { .n_addresses = 0 };
        struct codec_list v4 = { .fields = usher_InterfaceAddress_fields, .keep = keep_ipv4, .list = &m };
        struct codec_list v6 = { .fields = usher_InterfaceAddress_fields, .keep = keep_ipv6, .list = &m6 };
        int r;

        wire.interface.ipv4_config.addresses = codec_decode_list(&v4);
        wire.interface.ipv6_config.addresses = codec_decode_list(&v6);
        r = codec_decode(usher_GetInterfaceReply_fields, &wire, data, len);
        if (r < 0)
                return r;
        r = codec_get_text(m.entry.name, sizeof(m.entry.name), from->name);
        if (r < 0)
                return r;
        m.n_dropped += m6.n_dropped;
        for (size_t i = 0; i < m6.n_addresses; i++) {
                if (m.n_addresses < ELEMENTSOF(m.address))
                        m.address[m.n_addresses++] = m6.address[i];
                else
                        m.n_dropped++;
        }
        m.entry.index = from->index;
        m.entry.type = (int)from->type;
        m.flags = from->flags;
        m.ext_flags = from->ext_flags;
        m.mtu = from->mtu;
        m.metric = from->metric;
        m.hw_address_len = from->hw_address.size;
        memcpy(m.hw_address, from->hw_address.bytes, from->hw_address.size);
        *ret = m;
        return 0;
}
