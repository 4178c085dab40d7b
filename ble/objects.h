/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* A mirror of what bluetoothd exports: adapters, devices, services and characteristics as typed records,
 * kept by signals. Nobody else in usher asks bluetoothd for a property. Signals are subscribed before the
 * first GetManagedObjects, so nothing that happens in between is lost; when bluetoothd restarts the mirror
 * empties itself and loads again. Never blocks. */

#include "ble/record.h"
#include "proto/base/cleanup.h"
#include "proto/base/trouble.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <systemd/sd-bus.h>

struct objects;

/* Opens the system bus ($DBUS_SYSTEM_BUS_ADDRESS) on `loop`, which outlives it, and begins to load. A bus
 * that is not there is no error here but a state. -ENOMEM and the like only. */
int objects_new(sd_event *loop, struct objects **ret);
struct objects *objects_free(struct objects *o);
DEFINE_CLEANUP(struct objects *, objects_free)

/* What it was given. */
sd_event *objects_loop(const struct objects *o);

enum objects_state {
        OBJECTS_LOADING,
        OBJECTS_READY,
        OBJECTS_NO_DAEMON, /* org.bluez has no owner; the mirror loads as soon as it has */
        OBJECTS_NO_BUS,    /* no system bus, or it went away: final */
        OBJECTS_DENIED,    /* final until bluetoothd restarts */
};

enum objects_state objects_state(const struct objects *o);

/* Why the state is not OBJECTS_READY; none while it loads. */
const struct trouble *objects_trouble(const struct objects *o);

sd_bus *objects_bus(struct objects *o);

/* records; NULL when there is none. Valid until the loop runs again. */
const struct ble_adapter *objects_adapter(const struct objects *o, const char *path);
const struct ble_device *objects_device(const struct objects *o, const char *path);

/* The i-th one; NULL past the end. */
const struct ble_adapter *objects_adapter_at(const struct objects *o, size_t i);
const struct ble_device *objects_device_at(const struct objects *o, size_t i);

/* The service with this UUID on that device, a characteristic with this UUID in that service. */
const struct ble_service *objects_service(const struct objects *o, const char *device_path,
                                          const char *uuid);
const struct ble_chrc *objects_chrc(const struct objects *o, const char *service_path, const char *uuid);

/* changes */
enum objects_change {
        OBJECTS_STATE,        /* objects_state() is another one; all records may be gone */
        OBJECTS_ADAPTER,      /* appeared or changed */
        OBJECTS_ADAPTER_GONE, /* with everything below it */
        OBJECTS_DEVICE,       /* appeared, changed, or was heard */
        OBJECTS_DEVICE_GONE,  /* with everything below it */
        OBJECTS_CHRC,         /* a service or characteristic appeared */
        OBJECTS_CHRC_VALUE,   /* a characteristic's value was told: `value` */
};

struct objects_event {
        enum objects_change change;
        const char *path; /* of the object; NULL for OBJECTS_STATE */
        const uint8_t *value;
        size_t len;
};

/* Embedded by whoever watches. A watch may be added and removed at any time, also inside an event; nobody
 * frees the mirror inside an event. */
struct objects_watch {
        void (*changed)(void *userdata, const struct objects_event *e);
        void *userdata;
        struct objects_watch *next;
        bool on;
};

void objects_watch(struct objects *o, struct objects_watch *w);
void objects_unwatch(struct objects *o, struct objects_watch *w);
