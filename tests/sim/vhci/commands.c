/* SPDX-License-Identifier: Apache-2.0 */

/* HCI commands by one table: opcode, how long its parameters must be, what it does. Settings that have no
 * effect here are answered with success; what is not in the table does not exist, and the bitmap of
 * supported commands says the same, so that the kernel does not ask for it. */

#include "tests/sim/vhci/controller-private.h"
#include <sys/random.h>

struct command {
        uint16_t opcode;
        uint8_t len; /* parameters that it needs */
        void (*run)(struct controller *c, uint16_t opcode, const uint8_t *p);
};

static void succeed(struct controller *c, uint16_t opcode, const uint8_t *p)
{
        (void)p;
        controller_complete(c, opcode, &(uint8_t){ HCI_SUCCESS }, 1);
}

/* what the controller is */
static void read_version(struct controller *c, uint16_t opcode, const uint8_t *p)
{
        static const uint8_t version[9] = { 0, 9, 0, 0, 9, 0xf1, 0x05, 0, 0 }; /* 5.0, no manufacturer */

        (void)p;
        controller_complete(c, opcode, version, sizeof(version));
}

static void read_commands(struct controller *c, uint16_t opcode, const uint8_t *p)
{
        static const uint8_t supported[64] = {
                [0] = 0x20,  /* disconnect */
                [2] = 0x80,  /* remote version */
                [5] = 0xc0,  /* event mask, reset */
                [14] = 0xa8, /* local version, features, buffer size */
                [15] = 0x22, /* address, RSSI */
                [24] = 0x60, /* LE host support */
                [25] = 0xf7, [26] = 0xff, [27] = 0xf7, [28] = 0x0f, /* LE 4.0 */
        };
        uint8_t ret[65] = { HCI_SUCCESS };

        (void)p;
        memcpy(ret + 1, supported, sizeof(supported));
        controller_complete(c, opcode, ret, sizeof(ret));
}

static void read_features(struct controller *c, uint16_t opcode, const uint8_t *p)
{
        static const uint8_t features[9] = { [5] = 0x60 }; /* no BR/EDR, LE */

        (void)p;
        controller_complete(c, opcode, features, sizeof(features));
}

static void read_address(struct controller *c, uint16_t opcode, const uint8_t *p)
{
        uint8_t ret[7] = { HCI_SUCCESS };

        (void)p;
        memcpy(ret + 1, c->config.address, 6);
        controller_complete(c, opcode, ret, sizeof(ret));
}

static void read_buffer_size(struct controller *c, uint16_t opcode, const uint8_t *p)
{
        (void)p;
        controller_complete(c, opcode, (uint8_t[]){ HCI_SUCCESS, HCI_ACL_MTU, 0, HCI_ACL_PACKETS }, 4);
}

static void read_le_features(struct controller *c, uint16_t opcode, const uint8_t *p)
{
        (void)p;
        controller_complete(c, opcode, (uint8_t[9]){ HCI_SUCCESS }, 9);
}

static void read_adv_tx_power(struct controller *c, uint16_t opcode, const uint8_t *p)
{
        (void)p;
        controller_complete(c, opcode, (uint8_t[]){ HCI_SUCCESS, 0 }, 2);
}

static void read_states(struct controller *c, uint16_t opcode, const uint8_t *p)
{
        (void)p;
        controller_complete(c, opcode, (uint8_t[9]){ HCI_SUCCESS, 0xff, 0xff, 0xff, 0xff, 0xff, 0x03 }, 9);
}

static void encrypt(struct controller *c, uint16_t opcode, const uint8_t *p)
{
        (void)p; /* the kernel encrypts by itself; nobody pairs here */
        controller_complete(c, opcode, (uint8_t[17]){ HCI_SUCCESS }, 17);
}

static void random_number(struct controller *c, uint16_t opcode, const uint8_t *p)
{
        uint8_t ret[9] = { HCI_SUCCESS };

        (void)p;
        (void)!getrandom(ret + 1, 8, GRND_NONBLOCK);
        controller_complete(c, opcode, ret, sizeof(ret));
}

/* scanning */
static void set_scan_parameters(struct controller *c, uint16_t opcode, const uint8_t *p)
{
        c->active = p[0];
        c->accept_list_only = p[6] & 1;
        succeed(c, opcode, p);
}

static void set_scan_enable(struct controller *c, uint16_t opcode, const uint8_t *p)
{
        if (p[0] && !c->scanning)
                c->facts.scans++;
        c->scanning = p[0];
        c->filter_duplicates = p[1];
        for (struct peripheral *q = c->peripherals; q; q = q->next)
                q->reported = false;
        succeed(c, opcode, p);
}

static void read_accept_size(struct controller *c, uint16_t opcode, const uint8_t *p)
{
        (void)p;
        controller_complete(c, opcode, (uint8_t[]){ HCI_SUCCESS, 16 }, 2);
}

static void clear_accept(struct controller *c, uint16_t opcode, const uint8_t *p)
{
        for (struct peripheral *q = c->peripherals; q; q = q->next)
                q->accepted = false;
        succeed(c, opcode, p);
}

static void change_accept(struct controller *c, uint16_t opcode, const uint8_t *p)
{
        struct peripheral *q = controller_by_address(c, p[0], p + 1);

        if (q)
                q->accepted = opcode == HCI_LE_ADD_ACCEPT;
        succeed(c, opcode, p);
}

/* connecting */
static void create_connection(struct controller *c, uint16_t opcode, const uint8_t *p)
{
        if (c->initiating) {
                controller_status(c, opcode, HCI_COMMAND_DISALLOWED);
                return;
        }
        if (c->full || c->facts.links >= c->config.links_max) {
                controller_status(c, opcode, HCI_CONNECTION_LIMIT);
                return;
        }
        c->facts.connects++;
        c->peer_from_list = p[4] & 1;
        c->peer_type = p[5];
        memcpy(c->peer, p + 6, 6);
        c->interval_us = le16_get(p + 15) * 1250u; /* the longest allowed, as most controllers choose */
        c->supervision_ms = le16_get(p + 19) * 10u;
        if (c->interval_us == 0) {
                controller_status(c, opcode, HCI_INVALID_PARAMETERS);
                return;
        }
        c->initiating = true;
        controller_status(c, opcode, HCI_SUCCESS);
}

static void create_cancel(struct controller *c, uint16_t opcode, const uint8_t *p)
{
        uint8_t status = c->initiating ? HCI_SUCCESS : HCI_COMMAND_DISALLOWED;

        (void)p;
        c->facts.cancels++;
        controller_complete(c, opcode, &status, 1);
        if (c->initiating)
                controller_connection_complete(c, NULL, HCI_UNKNOWN_CONNECTION);
}

static void connection_update(struct controller *c, uint16_t opcode, const uint8_t *p)
{
        struct peripheral *q = controller_by_handle(c, le16_get(p));
        uint8_t e[10] = { HCI_LE_UPDATE_COMPLETE, HCI_SUCCESS };

        controller_status(c, opcode, q ? HCI_SUCCESS : HCI_UNKNOWN_CONNECTION);
        if (!q || le16_get(p + 4) == 0)
                return;
        memcpy(e + 2, p, 2);
        memcpy(e + 4, p + 4, 2);
        memcpy(e + 6, p + 6, 2);
        memcpy(e + 8, p + 8, 2);
        q->interval_us = le16_get(p + 4) * 1250u;
        q->supervision_ms = le16_get(p + 8) * 10u;
        air_link_set_interval(q->link, q->interval_us);
        controller_event(c, HCI_LE_META, e, sizeof(e));
}

static void read_remote_features(struct controller *c, uint16_t opcode, const uint8_t *p)
{
        uint8_t e[12] = { HCI_LE_FEATURES_COMPLETE, HCI_SUCCESS };

        controller_status(c, opcode, HCI_SUCCESS);
        memcpy(e + 2, p, 2);
        controller_event(c, HCI_LE_META, e, sizeof(e));
}

static void read_remote_version(struct controller *c, uint16_t opcode, const uint8_t *p)
{
        uint8_t e[8] = { HCI_SUCCESS, 0, 0, 9 };

        controller_status(c, opcode, HCI_SUCCESS);
        memcpy(e + 1, p, 2);
        controller_event(c, HCI_REMOTE_VERSION_COMPLETE, e, sizeof(e));
}

static void disconnect(struct controller *c, uint16_t opcode, const uint8_t *p)
{
        struct peripheral *q = controller_by_handle(c, le16_get(p));

        controller_status(c, opcode, q ? HCI_SUCCESS : HCI_UNKNOWN_CONNECTION);
        if (q)
                controller_link_ended(c, q, HCI_LOCAL_TERMINATED);
}

static void read_rssi(struct controller *c, uint16_t opcode, const uint8_t *p)
{
        struct peripheral *q = controller_by_handle(c, le16_get(p));
        uint8_t ret[4] = { q ? HCI_SUCCESS : HCI_UNKNOWN_CONNECTION, p[0], p[1], 127 };

        if (q)
                ret[3] = (uint8_t)q->config.rssi;
        controller_complete(c, opcode, ret, sizeof(ret));
}

static void read_tx_power(struct controller *c, uint16_t opcode, const uint8_t *p)
{
        controller_complete(c, opcode, (uint8_t[]){ HCI_SUCCESS, p[0], p[1], 0 }, 4);
}

/* The peers have no encryption; the host is told so. */
static void start_encryption(struct controller *c, uint16_t opcode, const uint8_t *p)
{
        (void)p;
        controller_status(c, opcode, HCI_UNSUPPORTED_REMOTE_FEATURE);
}

static void reset(struct controller *c, uint16_t opcode, const uint8_t *p)
{
        c->scanning = c->initiating = false;
        for (struct peripheral *q = c->peripherals; q; q = q->next) {
                if (q->link)
                        c->facts.links--;
                peripheral_disconnected(q);
                q->accepted = q->reported = false;
        }
        succeed(c, opcode, p);
}

static const struct command commands[] = {
        { HCI_DISCONNECT, 3, disconnect },
        { HCI_READ_REMOTE_VERSION, 2, read_remote_version },
        { HCI_SET_EVENT_MASK, 8, succeed },
        { HCI_RESET, 0, reset },
        { HCI_WRITE_LE_HOST_SUPPORT, 2, succeed },
        { HCI_READ_TX_POWER, 3, read_tx_power },
        { HCI_READ_LOCAL_VERSION, 0, read_version },
        { HCI_READ_LOCAL_COMMANDS, 0, read_commands },
        { HCI_READ_LOCAL_FEATURES, 0, read_features },
        { HCI_READ_BD_ADDR, 0, read_address },
        { HCI_READ_RSSI, 2, read_rssi },
        { HCI_LE_SET_EVENT_MASK, 8, succeed },
        { HCI_LE_READ_BUFFER_SIZE, 0, read_buffer_size },
        { HCI_LE_READ_FEATURES, 0, read_le_features },
        { HCI_LE_SET_RANDOM_ADDRESS, 6, succeed },
        { HCI_LE_SET_ADV_PARAMETERS, 15, succeed },
        { HCI_LE_READ_ADV_TX_POWER, 0, read_adv_tx_power },
        { HCI_LE_SET_ADV_DATA, 32, succeed },
        { HCI_LE_SET_SCAN_RESPONSE, 32, succeed },
        { HCI_LE_SET_ADV_ENABLE, 1, succeed },
        { HCI_LE_SET_SCAN_PARAMETERS, 7, set_scan_parameters },
        { HCI_LE_SET_SCAN_ENABLE, 2, set_scan_enable },
        { HCI_LE_CREATE_CONNECTION, 25, create_connection },
        { HCI_LE_CREATE_CANCEL, 0, create_cancel },
        { HCI_LE_READ_ACCEPT_SIZE, 0, read_accept_size },
        { HCI_LE_CLEAR_ACCEPT, 0, clear_accept },
        { HCI_LE_ADD_ACCEPT, 7, change_accept },
        { HCI_LE_REMOVE_ACCEPT, 7, change_accept },
        { HCI_LE_CONNECTION_UPDATE, 14, connection_update },
        { HCI_LE_READ_REMOTE_FEATURES, 2, read_remote_features },
        { HCI_LE_ENCRYPT, 32, encrypt },
        { HCI_LE_RAND, 0, random_number },
        { HCI_LE_START_ENCRYPTION, 28, start_encryption },
        { HCI_LE_READ_STATES, 0, read_states },
};

void controller_command(struct controller *c, uint16_t opcode, const uint8_t *p, size_t len)
{
        for (size_t i = 0; i < ELEMENTSOF(commands); i++) {
                if (commands[i].opcode != opcode)
                        continue;
                if (len >= commands[i].len)
                        commands[i].run(c, opcode, p);
                else
                        controller_status(c, opcode, HCI_INVALID_PARAMETERS);
                return;
        }
        c->facts.unknown_commands++;
        controller_complete(c, opcode, &(uint8_t){ HCI_UNKNOWN_COMMAND }, 1);
}
