/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* A fake org.bluez on the private bus, in the test's own process and loop: adapters, devices that are heard
 * while a scan runs, the setup service behind them, and a script of what goes wrong. It logs every call. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <systemd/sd-bus.h>

enum { FAKE_DEVICES_MAX = 8, FAKE_ADAPTERS_MAX = 3, FAKE_SCRIPT_MAX = 8, FAKE_LOG_MAX = 256 };

/* What one Connect leads to. The default, all zero, is success. */
struct fake_connect {
        const char *error;   /* of the reply: "Failed", "InProgress", ... without "org.bluez.Error."; NULL =
                                none */
        const char *message; /* "le-connection-abort-by-local" */
        bool never;          /* no reply at all, until Disconnect */
        bool vanish;         /* the device object is removed, and the reply is UnknownObject */
        bool drop;           /* Connected, and gone before the services are known */
        bool remove;         /* Connected, and the object is removed before the services are known */
        bool early;          /* ServicesResolved comes before the services are exported */
        bool bare;           /* the services do not hold the setup service */
        bool restart;        /* bluetoothd restarts instead of answering */
};

enum fake_acquire { FAKE_ACQUIRE_WORKS, FAKE_ACQUIRE_NOT_SUPPORTED, FAKE_ACQUIRE_NOT_PERMITTED };

struct fake;

struct fake_device {
        struct fake *fake;
        char path[64], adapter[32];
        const char *address, *name; /* name NULL = not heard */
        const char *cached_name;    /* known from long ago */
        bool has_service;           /* the scan response was heard */
        uint16_t company;           /* 0 = no manufacturer data */
        uint8_t mfr[16];
        size_t mfr_len;
        bool exported, heard, connected, resolved, services, paired;
        int rssi;

        struct fake_connect script[FAKE_SCRIPT_MAX];
        size_t n_script, connects;
        sd_bus_message *pending; /* a Connect without a reply */
        unsigned disconnect_ms;  /* how long Disconnect and RemoveDevice take; bluetoothd: 2000 */
        sd_event_source *timer;
        bool removing;

        struct { /* its services, while there is a link */
                uint16_t mtu;
                uint8_t version;
                enum fake_acquire acquire;
                unsigned reads_in_progress; /* so many ReadValue answer InProgress */
                int write_fd, notify_fd;    /* the fake's ends */
                sd_event_source *write_io;
                bool notifying; /* StartNotify */
                uint8_t value[512];
                size_t value_len;
                bool echo; /* sends back what is written */
        } gatt;

        sd_bus_slot *slots[8];
        size_t n_slots;
};

struct fake_adapter {
        struct fake *fake;
        char path[32];
        bool powered, central, discovering;
        const char *power_state; /* NULL = an older BlueZ */
        bool other_client;       /* somebody else scans as well, and never stops */
        bool on;
        sd_bus_slot *slot;
};

struct fake {
        sd_bus *bus;
        sd_event *loop;
        struct fake_adapter adapter[FAKE_ADAPTERS_MAX];
        size_t n_adapters;
        struct fake_device device[FAKE_DEVICES_MAX];
        size_t n_devices;
        const char *start_error; /* of StartDiscovery, "InProgress"; taken off after start_errors */
        unsigned start_errors;
        const char *stop_error;
        char log[FAKE_LOG_MAX][48];
        size_t n_log;
        sd_bus_slot *manager;
        sd_event_source *restart;
};

/* life; each fails the test when it cannot */
void fake_start(struct fake *f, sd_event *loop);
void fake_stop(struct fake *f);

/* Owns the name org.bluez (or gives it up, with all its objects). */
void fake_own(struct fake *f, bool own);

/* Gives the name up and takes it again a moment later, with the same adapters and without devices. */
void fake_restart(struct fake *f);

/* objects */
struct fake_adapter *fake_adapter(struct fake *f, const char *name, bool powered);
void fake_adapter_power(struct fake_adapter *a, bool powered);
void fake_adapter_remove(struct fake_adapter *a);
void fake_adapter_return(struct fake_adapter *a);

/* A device in setup mode with this code that will be heard in full as soon as a scan runs. */
struct fake_device *fake_device(struct fake *f, const char *adapter, const char *address, const char *code);

/* Exports it (as heard), or tells what has changed since. */
void fake_hear(struct fake_device *d);
void fake_device_remove(struct fake_device *d);

/* Exports it as connected, services and all: the link of somebody else. */
void fake_device_connected(struct fake_device *d);

/* link */
void fake_drop(struct fake_device *d);                               /* Connected = false */
void fake_send(struct fake_device *d, const void *data, size_t len); /* one notification */
void fake_close_notify(struct fake_device *d);
void fake_close_write(struct fake_device *d);

/* the log: "hci0 StartDiscovery", "dev_AA_.. Connect", ... */
size_t fake_count(const struct fake *f, const char *entry);
/* Position of the first entry after `from`; SIZE_MAX = none. */
size_t fake_find(const struct fake *f, const char *entry, size_t from);
