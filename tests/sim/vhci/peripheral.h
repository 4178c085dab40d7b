/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* One virtual device in range of the virtual controller: what it advertises (device.md 3.1),
 * its ATT server, its one link, and its faults. What it does with the values is its app's business. */

#include "tests/sim/vhci/air.h"
#include "tests/sim/vhci/att.h"
#include "tests/sim/vhci/hci.h"

/* link: a number for each connection, never 0. */
struct peripheral_app {
        /* *ret_version: of the version characteristic. Negative errno: the device refuses, the link ends. */
        int (*connected)(void *userdata, unsigned link, unsigned mtu, uint8_t *ret_version);
        void (*mtu)(void *userdata, unsigned link, unsigned mtu);
        void (*subscribed)(void *userdata, unsigned link, bool on);
        void (*written)(void *userdata, unsigned link, const uint8_t *data, size_t len);
        void (*disconnected)(void *userdata, unsigned link);
        void (*freed)(void *userdata); /* the peripheral is gone; may be NULL */
};

enum connect_fault {
        CONNECT_WORKS,
        CONNECT_HANGS, /* the controller's attempt is never answered */
        CONNECT_DIES,  /* as a real one: connected, and lost before the first packet (reason 0x3e) */
};

struct peripheral_faults {
        enum connect_fault connect;
        unsigned connect_count; /* how often; 0 = until changed */
        bool hidden;            /* out of range */
        bool silent;            /* takes everything, answers nothing */
        unsigned loss_percent;  /* packets that need another connection event */
        unsigned lose_values;   /* notifications that get lost for good, which Bluetooth itself never does */
        unsigned delay_ms;      /* every ATT answer and notification */
        unsigned drop_after;    /* bytes of values both ways until the link drops; 0 = never */
        uint8_t drop_reason;    /* 0 = supervision timeout */
        bool no_scan_response;  /* gets lost on the air */
};

struct peripheral_config {
        char name[32];
        uint8_t address[6];   /* little-endian */
        uint8_t address_type; /* 0 public, 1 random (static) */
        int8_t rssi;
        unsigned max_mtu;
        uint16_t company;
        uint16_t platform;
        char setup_code[7]; /* "" = firmware before 3.3.0, which has none in its manufacturer data */
        enum att_layout layout;
        bool asks_interval; /* after 5 s it wants 30-50 ms, and hangs up after two refusals (nRF, 3.2) */
};

struct controller;
struct peripheral;

/* What a controller does for the peripherals in its range. */
struct peripheral_host {
        void (*adverts_changed)(struct controller *c);
        void (*acl)(struct controller *c, const uint8_t *acl, size_t len); /* towards the host */
        void (*completed)(struct controller *c, uint16_t handle, unsigned n);
        void (*link_ended)(struct controller *c, struct peripheral *p, uint8_t reason);
};

struct peripheral {
        struct peripheral *next;
        struct peripheral_config config;
        struct peripheral_faults faults;
        const struct peripheral_app *app;
        void *app_userdata;
        const struct peripheral_host *host; /* NULL: in range of none */
        struct controller *controller;
        struct sd_event *loop; /* the controller's */

        /* advertising */
        bool advertising; /* the app's wish; a connected device is silent all the same */
        uint8_t advert[HCI_ADV_MAX], response[HCI_ADV_MAX];
        size_t advert_len, response_len;
        bool reported, accepted; /* by the controller: duplicate filter, accept list */

        /* link */
        struct air_link *link; /* NULL = not connected */
        uint16_t handle;
        unsigned link_id;
        uint32_t interval_us;
        unsigned supervision_ms;
        struct att att;
        struct timer *timer; /* connection parameters, a link that dies */
        struct timer *doom;
        uint8_t doom_reason;
        unsigned update_tries;
        struct delayed *delayed; /* frames that wait for delay_ms, the oldest first */
        struct timer *delay;
};

int peripheral_new(const struct peripheral_config *config, const struct peripheral_app *app,
                   void *app_userdata, struct peripheral **ret);
struct peripheral *peripheral_free(struct peripheral *p);
DEFINE_CLEANUP(struct peripheral *, peripheral_free)

/* Advertises, or not; a connected device is silent all the same. */
void peripheral_advertise(struct peripheral *p, bool on);

/* Other contents than its configuration's: name, manufacturer data with the company in front. */
void peripheral_set_advert(struct peripheral *p, const char *name, const uint8_t *manufacturer, size_t len);

/* The app's side of its link; unknown link numbers are ignored. */
void peripheral_notify(struct peripheral *p, unsigned link, const uint8_t *data, size_t len);
void peripheral_hang_up(struct peripheral *p, unsigned link, uint8_t reason);

/* The controller's side */
int peripheral_connected(struct peripheral *p, uint16_t handle, uint32_t interval_us,
                         unsigned supervision_ms, unsigned packets);
void peripheral_disconnected(struct peripheral *p);
int peripheral_from_host(struct peripheral *p, bool continues, const uint8_t *data, size_t len);

/* Ends its link after `ms` with this reason. */
void peripheral_doom(struct peripheral *p, unsigned ms, uint8_t reason);
