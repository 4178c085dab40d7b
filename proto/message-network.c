/* SPDX-License-Identifier: Apache-2.0 */

/* Bodies about network interfaces. */

#include "proto/codec.h"
#include "proto/message.h"
#include "proto/messages/network.pb.h"
#include <errno.h>

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
