/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* One record of any kind, and how D-Bus properties become its fields. */

#include "ble/record.h"
#include <systemd/sd-bus.h>

enum record_kind { RECORD_ADAPTER, RECORD_DEVICE, RECORD_SERVICE, RECORD_CHRC, _RECORD_MAX };

struct record {
        enum record_kind kind;
        union {
                struct ble_adapter adapter;
                struct ble_device device;
                struct ble_service service;
                struct ble_chrc chrc;
        };
};

/* What a set of properties told besides new field values. */
struct record_news {
        bool heard;           /* device: an advert */
        const uint8_t *value; /* characteristic: a value; points into the message */
        size_t value_len;
};

/* -ENOENT for an interface that the mirror does not keep. */
int record_kind_of(const char *interface, enum record_kind *ret);

/* -EINVAL if the path does not fit. */
int record_new(enum record_kind kind, const char *path, struct record **ret);

const char *record_path(const struct record *r);

/* Reads one a{sv}. What has another type than BlueZ documents, or does not fit, is left out. */
int record_read(struct record *r, sd_bus_message *m, struct record_news *ret);

/* A property that was told to be invalid: back to "unknown". */
void record_invalidate(struct record *r, const char *property);
