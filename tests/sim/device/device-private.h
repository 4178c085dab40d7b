/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The inside of the virtual device, shared by the files of this folder only. Flash survives a reset, the
 * rest does not. Its functions begin with vd_, so that they meet no other part of usher in a test program.
 * Who does what:
 *
 *   device.c   life, boot, listening mode, the system loop
 *   radio.c    links and advertising;  air.c  connection events
 *   channel.c  what the firmware calls the BLE control request channel: pool, handshake, requests, replies
 *   handlers*  what each request does
 *   net.c      Wi-Fi, cellular, Ethernet;  cloud.c  the way to the cloud */

#include "proto/base/bytes.h"
#include "proto/base/timer.h"
#include "proto/control.h"
#include "proto/session.h"
#include "tests/sim/device/device.h"
#include "tests/sim/device/pool.h"

enum {
        KNOWN_NETWORKS_MAX = 10, /* device.md 3.6 */
        CLAIM_CODE_MAX_LEN = 64,
        LINKS_MAX = 8,
        ATT_VALUE_MAX = 244,
        OTA_CHUNK = 1024,
        MISHAPS_MAX = 16,
};

/* flash */
struct known_network {
        uint8_t ssid[WORLD_SSID_MAX];
        size_t ssid_len;
        unsigned security;
        bool hidden;
        struct secret *password; /* NULL: none */
};

struct stored_apn {
        bool set;
        char apn[WORLD_TEXT_MAX + 1];
        char user[WORLD_TEXT_MAX + 1];
        struct secret *password; /* NULL: none */
};

struct flash {
        struct known_network network[KNOWN_NETWORKS_MAX];
        size_t n_networks;
        bool setup_done;
        bool claimed;
        struct secret *claim_code;
        bool startup_listening; /* 75: spent at the next network connect */
        bool ethernet_detection;
        bool session_saved; /* with the cloud */
        unsigned active_sim;
        struct stored_apn apn[3]; /* by sim type */
        struct os_version os;
};

/* radio */
enum link_state { LINK_FREE, LINK_UP, LINK_DROPPING, LINK_GHOST };

struct link {
        enum link_state state;
        unsigned id;
        unsigned max_value; /* MTU - 3 */
        bool subscribed;
        struct timer *ghost; /* until the client notices */
        struct vdevice *device;
};

struct packet {
        struct packet *next;
        unsigned link;
        uint64_t at_ms; /* when it came up */
        size_t len;
        uint8_t data[ATT_VALUE_MAX];
};

struct packets {
        struct packet *head, **tail;
        size_t n;
};

struct air {
        uint64_t origin_ms; /* of the connection events */
        uint64_t event_ms;  /* when the latest one began */
        struct packets in, out;
        unsigned done_in, done_out; /* in this event */
        bool in_event;
        struct timer *timer;
};

struct radio {
        struct link link[LINKS_MAX];
        struct link *current; /* what the channel is bound to; NULL = none */
        struct air air;
        struct timer *timer; /* drops and advertising, at the next turn */
        struct timer *reset; /* RTL: the stack is to be, or is being, reset */
        bool on;             /* the Bluetooth stack runs */
        struct vdevice_advert advert;
        char name[ADVERT_NAME_MAX + 1];
        uint64_t rx, tx; /* bytes on this connection */
};

/* channel */
struct request {
        struct request *next;
        unsigned conn; /* replies of earlier connections are thrown away */
        uint16_t id, type;
        struct buf body;
        int32_t result;
        struct buf reply;
        void (*sent)(struct vdevice *d); /* once the reply has left */
};

struct requests {
        struct request *head, **tail;
};

struct channel {
        struct pool pool;
        unsigned conn;      /* number of the connection that the channel works on */
        unsigned conn_seen; /* as the radio counts them */
        bool active;        /* false: no link, or the channel has given it up */
        struct session *session;
        unsigned messages; /* of the handshake, read so far */
        size_t frame_len;  /* with its header; 0 = header not read yet */
        struct buf frame;
        struct buf out; /* bytes to notify */
        struct requests ready;
        struct requests sent; /* waiting for their bytes to leave */
};

/* net */
enum uplink_kind { UPLINK_ETHERNET, UPLINK_WIFI, UPLINK_CELLULAR, _UPLINK_MAX };
enum uplink_state { UPLINK_ABSENT, UPLINK_DOWN, UPLINK_LINKING, UPLINK_ADDRESSING, UPLINK_READY };

struct uplink {
        struct vdevice *device;
        enum uplink_kind kind;
        enum uplink_state state;
        struct timer *timer;
        size_t ap; /* Wi-Fi: index of the access point in the world */
};

enum { CLOUD_DISCONNECTED = 0, CLOUD_CONNECTING = 1, CLOUD_CONNECTED = 2 }; /* as request 300 says */

struct net {
        struct uplink up[_UPLINK_MAX];
        bool wanted; /* connected or to be connected */
        bool ncp_on, modem_on;
        unsigned sim;      /* the one that the modem was started with */
        unsigned attempts; /* net:connatt */
        unsigned drops;    /* net:dconn */
        unsigned reason;   /* net:dconnrsn */
};

struct cloud {
        int status;
        bool wanted; /* 301, 302 */
        unsigned attempts;
        bool due; /* an attempt waits for the system thread */
        int error;
        unsigned drops;
        unsigned reason;
        uint64_t failing_since_ms;
        struct timer *timer;
};

struct ota {
        bool active;
        uint32_t size;
        struct buf image;
        bool validate_only;
        struct request *finishing; /* 251, until the image is checked */
        struct timer *timer;
};

/* the application: answers requests of type 10 one after the other */
struct app {
        struct requests queue;
        struct timer *timer;
};

struct protection {
        bool on;
        bool overridden; /* for 24 hours or 20 resets (device.md 4.6) */
        uint64_t overridden_ms;
        unsigned resets;      /* since then */
        uint64_t prepared_ms; /* 0 = no change under way */
};

typedef void busy_fn(struct vdevice *d, struct request *q);

struct vdevice {
        struct vdevice_config config;
        struct vdevice_ops ops;
        void *userdata;
        struct {
                char serial[16];
                char id[25];
                char advert_name[ADVERT_NAME_MAX + 1];
                struct secret *mobile_secret;
        } identity;
        struct vdevice_timing timing;
        struct mishap mishap[MISHAPS_MAX];
        size_t n_mishaps;
        struct os_behaviour os;
        char os_text[OS_VERSION_TEXT_MAX];

        struct flash flash;
        struct radio radio;
        struct channel channel;
        struct net net;
        struct cloud cloud;
        struct ota ota;
        struct app app;
        struct protection protection;

        bool running;
        bool listening;
        bool provisioning;
        bool dfu; /* the next reset ends in DFU mode */
        uint64_t booted_ms;
        struct timer *boot;
        struct timer *loop;
        struct timer *reboot; /* MISHAP_REBOOTING */

        struct {
                uint64_t at_ms; /* when the latest pass of the loop began */
                uint64_t dice;
        } pass;
        struct { /* the system thread */
                struct timer *timer;
                busy_fn *done;
                struct request *request;
        } busy;
        struct {
                unsigned links, handshakes, requests, bad_frames, resets;
        } count;
        int error;
};

/* device.c */
void vd_fail(struct vdevice *d, int error);
int vd_arm(struct vdevice *d, struct timer **timer, uint64_t after_ms, void (*fire)(void *), void *userdata);

/* The loop has something to do. */
void vd_wake(struct vdevice *d);

/* The system thread does something for so long, then calls done; nothing else of the loop runs meanwhile.
 * q (or NULL) is handed through. Only while it is not busy. */
void vd_busy(struct vdevice *d, uint64_t ms, busy_fn *done, struct request *q);
bool vd_is_busy(const struct vdevice *d);

void vd_listen(struct vdevice *d);
void vd_stop_listening(struct vdevice *d);

/* What follows the reply to 40, 41, 60 and 251: a second in which nothing is read, then the reset. In DFU
 * mode the device is gone until RESET is pressed. */
void vd_reset_soon(struct vdevice *d);
/* Tells the owner; `to` as vdevice_effect has it. */
void vd_effect(struct vdevice *d, const char *name, const void *to, size_t to_len, bool changed);
void vd_dfu_soon(struct vdevice *d);

/* What the device is told to do wrong now (an occasion is counted), or NULL. */
struct mishap *vd_mishap(struct vdevice *d, enum mishap_kind kind);
struct mishap *vd_mishap_at(struct vdevice *d, enum mishap_kind kind, uint32_t arg);

/* radio.c */
void vd_radio_start(struct vdevice *d);
void vd_radio_stop(struct vdevice *d, bool clean);
void vd_radio_done(struct vdevice *d);
void vd_radio_update(struct vdevice *d);
void vd_radio_drop_current(struct vdevice *d);
void vd_radio_reset_stack(struct vdevice *d);

/* RTL872x since 5.5.0: the Bluetooth stack is reset soon after; until it is through, 500 and 506 are BUSY
 * (device.md 3.8). */
void vd_radio_scan_was_empty(struct vdevice *d);
bool vd_radio_needs_reset(const struct vdevice *d);

/* air.c */
void vd_air_clear(struct vdevice *d);
void vd_air_receive(struct vdevice *d, const uint8_t *data, size_t len);
bool vd_air_has_room(const struct vdevice *d);
void vd_air_send(struct vdevice *d, const uint8_t *data, size_t len);

/* channel.c */
void vd_channel_connected(struct vdevice *d);
void vd_channel_disconnected(struct vdevice *d);
void vd_channel_received(struct vdevice *d, const uint8_t *data, size_t len);
bool vd_channel_pass(struct vdevice *d); /* one pass of the loop; false: nothing to do */
void vd_channel_done(struct vdevice *d);
void vd_channel_complete(struct vdevice *d, struct request *q, int32_t result);
struct request *vd_request_free(struct request *q);
void vd_requests_push(struct requests *list, struct request *q);
struct request *vd_requests_pop(struct requests *list); /* NULL: empty */

/* net.c */
void vd_net_start(struct vdevice *d);
void vd_net_connect(struct vdevice *d); /* or into listening mode, as the firmware decides */
void vd_net_restart(struct vdevice *d, unsigned reason);

/* A join begins (the old connection ends), has succeeded, or has failed. */
void vd_net_wifi_down(struct vdevice *d);
void vd_net_wifi_joined(struct vdevice *d, int ap, enum join_rule rule);
void vd_net_wifi_resume(struct vdevice *d);
void vd_net_disconnect(struct vdevice *d, unsigned reason);
void vd_net_done(struct vdevice *d);
bool vd_net_is_ready(const struct vdevice *d);
const struct world_path *vd_net_path(
        const struct vdevice *d); /* what the ready network leads to; NULL = none */
const struct world_network *vd_net_access_point(const struct vdevice *d);

/* wifi.c */
enum { WIFI_NOBODY = -1 };
/* Index of the best access point that the known network would connect to by itself, or WIFI_NOBODY. */
int vd_wifi_choose(const struct vdevice *d);
bool vd_wifi_sees(const struct vdevice *d, const struct world_network *n);
size_t vd_wifi_count_seen(const struct vdevice *d);
unsigned vd_wifi_shown_security(const struct vdevice *d, const struct world_network *n); /* in a scan */

/* The security type that 500 works with: the request's or the one that a scan shows (device.md 4.3). */
unsigned vd_wifi_security_for(const struct vdevice *d, const struct known_network *n, unsigned requested);

/* CONTROL_OK and the access point, or the code that this platform and version have for it. */
int32_t vd_wifi_join_result(struct vdevice *d, const struct known_network *n, bool by_scan, int *ret_ap);
/* `effect` is its name: wifi-saved, wifi-joined. */
int vd_wifi_save(struct vdevice *d, const struct known_network *n, const char *effect);
/* It has connected to that network by itself, which puts it in front of the list (device.md 3.6). */
void vd_wifi_connected(struct vdevice *d, const uint8_t *ssid, size_t ssid_len);
void vd_wifi_forget(struct vdevice *d, const uint8_t *ssid, size_t ssid_len);
void vd_wifi_forget_all(struct vdevice *d);
struct known_network *vd_wifi_known(struct vdevice *d, const uint8_t *ssid, size_t ssid_len);

/* cloud.c */
void vd_cloud_network_changed(struct vdevice *d);
void vd_cloud_disconnect(struct vdevice *d, unsigned reason);
void vd_cloud_continue(struct vdevice *d); /* the system thread is free again */
void vd_cloud_done(struct vdevice *d);

/* handlers-protect.c */
bool vd_is_protected(const struct vdevice *d); /* and not overridden */

/* handlers-ota.c */
void vd_ota_done(struct vdevice *d);

/* handlers.c */
void vd_app_done(struct vdevice *d);

/* Runs the request; its reply comes by vd_channel_complete(), at once or later. */
void vd_handle(struct vdevice *d, struct request *q);
