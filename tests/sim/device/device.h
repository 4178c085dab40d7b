/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* A virtual Particle device as a machine over proto/base/timer.h: on the virtual clock in fast tests, on
 * sd-event behind the sim radio of usher-sim. It keeps the limits of the real one (device.md 3): the
 * 1024-byte input pool, its number of links, one request per pass of its loop, nothing read while the system
 * thread is busy, no handshake timeout, the result codes of its version.
 *
 * Inputs only note what happened; everything that follows (and every call of vdevice_ops) comes from the
 * device's own timers. An op may call inputs, but not vdevice_free(). */

#include "proto/base/secret.h"
#include "tests/sim/device/mishap.h"
#include "tests/sim/device/platform.h"
#include "tests/sim/device/version.h"
#include "tests/sim/device/world.h"

struct vdevice;
struct sd_event;

/* How long things take, in virtual milliseconds. vdevice_timing_default is brisk, not measured: what
 * hardware really needs is in device.md 3.6. */
struct vdevice_timing {
        uint32_t loop_ms;      /* a pass of the system loop begins 0 to so many ms after the one before, and
                                * Bluetooth does not wake it (device.md 3.9); 0 = passes follow at once */
        uint32_t ncp_ms;       /* switching the Wi-Fi coprocessor on, first use after boot */
        uint32_t scan_ms;      /* 506 */
        uint32_t join_ms;      /* 500, 501: until the access point has accepted or refused */
        uint32_t associate_ms; /* the same in the background, when connecting by itself */
        uint32_t dhcp_ms;
        uint32_t modem_ms;       /* switching the modem on, first use after boot */
        uint32_t dtls_ms;        /* handshake with the cloud; the system thread is busy */
        uint32_t dtls_fail_ms;   /* until it gives up on an unanswered one */
        uint32_t boot_ms;        /* reset until running */
        uint32_t supervision_ms; /* until the client's radio notices that a device is gone */
        uint32_t radio_reset_ms; /* RTL: the Bluetooth stack off and on again */
        uint32_t flash_ms;       /* 251 */
};
extern const struct vdevice_timing vdevice_timing_default;

enum vdevice_start {
        VDEVICE_START_LISTENING,    /* MODE was pressed for 3 s: listening mode, whatever boot would do */
        VDEVICE_START_BOOT,         /* what the firmware does by itself */
        VDEVICE_START_PROVISIONING, /* an application with BLE.provisioningMode(true), no listening mode
                                     * (device.md 4.4)
                                     */
};

struct vdevice_config {
        struct sd_event *loop; /* what its timers wait on */
        const struct platform *platform;
        struct os_version os;
        const char *serial;      /* 15 characters */
        const char *id;          /* 24 hex digits; NULL: made from the serial number as device.md 2.3 says */
        const char *advert_name; /* NULL: the platform's; products can set another one */
        const struct secret *mobile_secret; /* copied; 15 bytes */
        const struct world *world;          /* stays the caller's, who may change it at any time */
        enum vdevice_start start;
        bool protected;                      /* Device Protection (device.md 4.6) */
        bool setup_done;                     /* < 4.0: the flag in flash; a factory-new device has false */
        unsigned active_sim;                 /* 0 = 1, internal; 2 = the sticky external one */
        bool ethernet_detection;             /* feature flag in flash */
        unsigned interval_ms;                /* 0: data passes at once; else only on connection events */
        unsigned packets;                    /* per connection event and direction; 0 = 4 */
        const struct vdevice_timing *timing; /* NULL: the defaults */
        unsigned loop_seed;                  /* of the passes' lengths: the same seed, the same lengths */
        uint32_t app_ms; /* an application echoes AppCustom (10) after so long; 0 = there is no handler */
        const struct mishap *mishaps; /* copied */
        size_t n_mishaps;
};

/* link: a number that the owner gives to each connection, never 0. */
struct vdevice_advert {
        bool on; /* connectable advertising now */
        const char *name;
        uint8_t manufacturer[10]; /* company id, platform id, setup code (device.md 3.1) */
        size_t manufacturer_len;  /* 4 before 3.3.0, which has no setup code in it */
        const char *service_uuid; /* in the scan response */
};

struct vdevice_online {
        const char *id;
        const char *serial;
        unsigned platform_id;
        const char *os;
        const struct secret *claim_code; /* NULL: none, or the session was resumed (device.md 4.7) */
        bool full_handshake;
};

/* A request, or a button, has set something that stays. */
struct vdevice_effect {
        const char *name;  /* wifi-saved, wifi-joined, setup-done, listening-stopped, claim-code, firmware */
        const uint8_t *to; /* what it is now, as bytes; NULL: nothing to tell. Never a secret */
        size_t to_len;
        bool changed; /* false: it was so before */
};

struct vdevice_ops {
        void (*notify)(void *userdata, unsigned link, const uint8_t *data, size_t len);
        void (*drop_link)(void *userdata, unsigned link);
        void (*advertise)(void *userdata, const struct vdevice_advert *advert);

        /* These four may be NULL. */
        void (*online)(void *userdata, const struct vdevice_online *online);
        void (*offline)(void *userdata);
        void (*handled)(void *userdata, uint16_t type, int32_t result);
        void (*effect)(void *userdata, const struct vdevice_effect *effect);
};

/* The machine starts at the next turn of the loop. -EINVAL: platform, version, serial, id or secret make no
 * sense. */
int vdevice_new(const struct vdevice_config *config, const struct vdevice_ops *ops, void *userdata,
                struct vdevice **ret);
struct vdevice *vdevice_free(struct vdevice *d);
DEFINE_CLEANUP(struct vdevice *, vdevice_free)

/* radio: what comes from the client's side */

/* A connection, with the ATT MTU (23..247; notifications hold 3 bytes less). *ret_version is the value of
 * the version characteristic. -EBUSY: no more links (nRF: one); -ECONNREFUSED: not advertising. */
int vdevice_link_up(struct vdevice *d, unsigned link, unsigned mtu, uint8_t *ret_version);

/* The client enables (or disables) notifications; without it no answer leaves the device. */
void vdevice_subscribe(struct vdevice *d, unsigned link, bool on);

void vdevice_set_mtu(struct vdevice *d, unsigned link, unsigned mtu);

/* A write to the RX characteristic. -EMSGSIZE: longer than the MTU allows; -ENOTCONN: no such link. */
int vdevice_write(struct vdevice *d, unsigned link, const uint8_t *data, size_t len);

/* The link ended on the client's side. Unknown links are ignored. */
void vdevice_link_down(struct vdevice *d, unsigned link);

/* hands and cloud: what comes from elsewhere */
void vdevice_press_mode(struct vdevice *d);                /* 3 s: into listening mode or out of it */
void vdevice_press_reset(struct vdevice *d);               /* links die by supervision timeout */
void vdevice_set_claimed(struct vdevice *d, bool claimed); /* the cloud says so: the claim code is spent */

/* facts */
struct vdevice_facts {
        const char *name; /* as it is advertised */
        const char *id;
        const char *os; /* changes with an update */
        bool running;
        bool listening;
        bool online;
        bool claimed;
        bool setup_done;
        unsigned connections;
        unsigned handshakes; /* completed */
        unsigned requests;
        size_t pool_high_water; /* of all connections */
        unsigned pool_overflows;
        unsigned decrypt_failures;
        unsigned resets;
        unsigned known_networks;
};
void vdevice_facts(const struct vdevice *d, struct vdevice_facts *ret);

/* 0, or the error after which the machine stands still (-ENOMEM). */
int vdevice_error(const struct vdevice *d);
