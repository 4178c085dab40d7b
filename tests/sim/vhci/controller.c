/* SPDX-License-Identifier: Apache-2.0 */

/* Legacy advertising, scanning and connecting, as an LE-only controller of version 5.0 without extended
 * features does it, which is what most USB dongles are to Linux. One advertising event per peripheral and
 * adv_ms; the duplicate filter reports each device once per enabling of the scan, as real controllers do,
 * and the scan response only to an active scan. A connection is made at an advertising event of the peer. */

#include "tests/sim/vhci/controller-private.h"
#include <errno.h>

enum { ESTABLISH_FAILS_MS = 150, FIRST_HANDLE = 0x40 };

/* events */
void controller_event(struct controller *c, uint8_t code, const void *data, size_t len)
{
        uint8_t packet[HCI_EVENT_MAX + 1] = { HCI_EVENT, code, (uint8_t)len };

        if (len > 255)
                return;
        memcpy(packet + 3, data, len);
        c->send(c->userdata, packet, len + 3);
}

void controller_complete(struct controller *c, uint16_t opcode, const void *ret, size_t len)
{
        uint8_t e[255] = { 1 };

        le16_put(e + 1, opcode);
        memcpy(e + 3, ret, len);
        controller_event(c, HCI_COMMAND_COMPLETE, e, len + 3);
}

void controller_status(struct controller *c, uint16_t opcode, uint8_t status)
{
        uint8_t e[4] = { status, 1 };

        le16_put(e + 2, opcode);
        controller_event(c, HCI_COMMAND_STATUS, e, sizeof(e));
}

static void completed(struct controller *c, uint16_t handle, unsigned n)
{
        uint8_t e[5] = { 1 };

        le16_put(e + 1, handle);
        le16_put(e + 3, (uint16_t)n);
        controller_event(c, HCI_COMPLETED_PACKETS, e, sizeof(e));
}

static void send_acl(struct controller *c, const uint8_t *acl, size_t len)
{
        uint8_t packet[1 + 4 + HCI_ACL_MTU] = { HCI_ACL };

        if (len > sizeof(packet) - 1)
                return;
        memcpy(packet + 1, acl, len);
        c->send(c->userdata, packet, len + 1);
}

/* peripherals */
struct peripheral *controller_at(struct controller *c, size_t i)
{
        struct peripheral *p = c->peripherals;

        while (p && i-- > 0)
                p = p->next;
        return p;
}

struct peripheral *controller_by_handle(struct controller *c, uint16_t handle)
{
        for (struct peripheral *p = c->peripherals; p; p = p->next)
                if (p->link && p->handle == handle)
                        return p;
        return NULL;
}

struct peripheral *controller_by_address(struct controller *c, uint8_t type, const uint8_t address[static 6])
{
        for (struct peripheral *p = c->peripherals; p; p = p->next)
                if (p->config.address_type == type && memcmp(p->config.address, address, 6) == 0)
                        return p;
        return NULL;
}

static const struct peripheral_host host = { controller_adverts_changed, send_acl, completed,
                                             controller_link_ended };

void controller_add(struct controller *c, struct peripheral *p)
{
        struct peripheral **q = &c->peripherals;

        while (*q)
                q = &(*q)->next;
        *q = p;
        p->host = &host;
        p->controller = c;
        p->loop = c->config.loop;
        controller_adverts_changed(c);
}

static bool is_on_air(const struct peripheral *p)
{
        return p->advertising && !p->link && !p->faults.hidden;
}

/* scanning */
static void report(struct controller *c, const struct peripheral *p, uint8_t type, const uint8_t *data,
                   size_t len)
{
        uint8_t e[11 + HCI_ADV_MAX + 1] = { HCI_LE_ADVERTISING_REPORT, 1, type, p->config.address_type };

        memcpy(e + 4, p->config.address, 6);
        e[10] = (uint8_t)len;
        memcpy(e + 11, data, len);
        e[11 + len] = (uint8_t)p->config.rssi;
        controller_event(c, HCI_LE_META, e, 12 + len);
}

static void report_advert(struct controller *c, struct peripheral *p)
{
        if ((c->accept_list_only && !p->accepted) || (c->filter_duplicates && p->reported))
                return;
        p->reported = true;
        report(c, p, HCI_ADV_IND, p->advert, p->advert_len);
        if (c->active && !p->faults.no_scan_response)
                report(c, p, HCI_SCAN_RSP, p->response, p->response_len);
}

/* connecting */
void controller_connection_complete(struct controller *c, struct peripheral *p, uint8_t status)
{
        uint8_t e[19] = { HCI_LE_CONNECTION_COMPLETE, status, 0, 0, 0 };

        c->initiating = false;
        e[5] = p ? p->config.address_type : c->peer_type;
        memcpy(e + 6, p ? p->config.address : c->peer, 6);
        if (p && status == HCI_SUCCESS) {
                le16_put(e + 2, p->handle);
                le16_put(e + 12, (uint16_t)(c->interval_us / 1250));
                le16_put(e + 16, (uint16_t)(c->supervision_ms / 10));
        }
        controller_event(c, HCI_LE_META, e, sizeof(e));
}

static void establish(struct controller *c, struct peripheral *p)
{
        if (c->next_handle >= 0xeff)
                c->next_handle = FIRST_HANDLE;
        if (peripheral_connected(p, c->next_handle++, c->interval_us, c->supervision_ms, c->config.packets) <
            0)
                return;
        c->facts.links++;
        controller_connection_complete(c, p, HCI_SUCCESS);
        if (p->faults.connect == CONNECT_DIES) {
                if (p->faults.connect_count > 0 && --p->faults.connect_count == 0)
                        p->faults.connect = CONNECT_WORKS;
                peripheral_doom(p, ESTABLISH_FAILS_MS,
                                p->faults.drop_reason ? p->faults.drop_reason : HCI_ESTABLISH_FAILED);
        }
}

static bool is_peer(const struct controller *c, const struct peripheral *p)
{
        if (c->peer_from_list)
                return p->accepted;
        return c->peer_type == p->config.address_type && memcmp(c->peer, p->config.address, 6) == 0;
}

/* One advertising event of every peripheral. */
static void on_advert(void *userdata)
{
        struct controller *c = userdata;

        c->advert = timer_free(c->advert);
        for (struct peripheral *p = c->peripherals; p; p = p->next) {
                if (!is_on_air(p))
                        continue;
                if (c->initiating && is_peer(c, p) && p->faults.connect != CONNECT_HANGS)
                        establish(c, p);
                else if (c->scanning)
                        report_advert(c, p);
        }
        controller_adverts_changed(c);
}

void controller_adverts_changed(struct controller *c)
{
        bool needed = c->initiating;

        if (c->advert)
                return;
        for (struct peripheral *p = c->peripherals; p; p = p->next)
                needed |= c->scanning && is_on_air(p) && !(c->filter_duplicates && p->reported) &&
                          (!c->accept_list_only || p->accepted);
        if (needed)
                (void)timer_new(c->config.loop, c->config.adv_ms, on_advert, c, &c->advert);
}

void controller_link_ended(struct controller *c, struct peripheral *p, uint8_t reason)
{
        uint8_t e[4] = { HCI_SUCCESS };

        if (!p->link)
                return;
        le16_put(e + 1, p->handle);
        e[3] = reason;
        peripheral_disconnected(p);
        c->facts.links--;
        controller_event(c, HCI_DISCONNECTION_COMPLETE, e, sizeof(e));
        controller_adverts_changed(c);
}

void controller_set_full(struct controller *c, bool full)
{
        c->full = full;
}

/* packets of the host */
static void receive_acl(struct controller *c, const uint8_t *p, size_t len)
{
        struct peripheral *peer;

        if (len < 4 || len - 4 != le16_get(p + 2))
                return;
        peer = controller_by_handle(c, le16_get(p) & 0xfff);
        if (peer)
                (void)peripheral_from_host(peer, (le16_get(p) & 0x3000) == 0x1000, p + 4, len - 4);
}

void controller_receive(struct controller *c, const uint8_t *packet, size_t len)
{
        if (len >= 4 && packet[0] == HCI_COMMAND && len - 4 >= packet[3])
                controller_command(c, le16_get(packet + 1), packet + 4, packet[3]);
        else if (len >= 1 && packet[0] == HCI_ACL)
                receive_acl(c, packet + 1, len - 1);
        controller_adverts_changed(c);
}

/* life */
int controller_new(const struct controller_config *config, controller_send_fn send, void *userdata,
                   struct controller **ret)
{
        struct controller *c = calloc(1, sizeof(*c));

        if (!c)
                return -ENOMEM;
        c->config = *config;
        c->send = send;
        c->userdata = userdata;
        c->next_handle = FIRST_HANDLE;
        *ret = c;
        return 0;
}

struct controller *controller_free(struct controller *c)
{
        if (!c)
                return NULL;
        timer_free(c->advert);
        while (c->peripherals) {
                struct peripheral *p = c->peripherals;

                c->peripherals = p->next;
                peripheral_free(p);
        }
        free(c);
        return NULL;
}

void controller_facts(const struct controller *c, struct controller_facts *ret)
{
        *ret = c->facts;
        ret->scanning = c->scanning;
        ret->initiating = c->initiating;
}
