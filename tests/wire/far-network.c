/* SPDX-License-Identifier: Apache-2.0 */

/* Bodies about network interfaces as the device reads and writes them. */

#include "proto/codec.h"
#include "proto/messages/network.pb.h"
#include "tests/wire/far-codec.h"
#include "tests/wire/far-message.h"
#include <errno.h>

static int fill_entry(const void *item, void *message)
{
        const struct message_interface_entry *e = item;
        usher_InterfaceEntry *wire = message;

        wire->index = e->index;
        wire->type = (usher_InterfaceType)e->type;
        return codec_put_text(wire->name, sizeof(wire->name), e->name);
}

int message_encode_get_interface_list_reply(const struct message_interfaces *m, struct buf *out)
{
        struct far_list list = {
                .fields = usher_InterfaceEntry_fields,
                .items = m->entry,
                .n = m->n,
                .size = sizeof(m->entry[0]),
                .fill = fill_entry,
        };
        usher_GetInterfaceListReply wire = { .interfaces = far_encode_list(&list) };

        if (m->n > ELEMENTSOF(m->entry))
                return -E2BIG;
        return codec_encode(usher_GetInterfaceListReply_fields, &wire, out);
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

static struct far_list addresses(const struct message_interface *m, size_t from, size_t to)
{
        return (struct far_list){
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
        struct far_list v4, v6;
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
                .ipv4_config.addresses = far_encode_list(&v4),
                .has_ipv6_config = v6.n > 0,
                .ipv6_config.addresses = far_encode_list(&v6),
                .hw_address.size = (pb_size_t)m->hw_address_len,
                .mtu = m->mtu,
                .metric = m->metric,
        };
        memcpy(to->hw_address.bytes, m->hw_address, m->hw_address_len);
        r = codec_put_text(to->name, sizeof(to->name), m->entry.name);
        return r < 0 ? r : codec_encode(usher_GetInterfaceReply_fields, &wire, out);
}
