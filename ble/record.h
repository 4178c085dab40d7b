/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Objects of bluetoothd as typed records: what the mirror (objects.h) keeps and gives. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { BLE_PATH_MAX = 128, BLE_ADDRESS_MAX = 18, BLE_NAME_MAX = 249, BLE_UUID_MAX = 37 };
enum { BLE_DEVICE_UUIDS_MAX = 16, BLE_DEVICE_MFR_MAX = 4, BLE_MFR_BYTES_MAX = 27 };

struct ble_adapter {
        char path[BLE_PATH_MAX];
        char address[BLE_ADDRESS_MAX];
        char power_state[16]; /* "on", "off-blocked", ... since BlueZ 5.67; "" = not told */
        bool powered;
        bool discovering; /* for any client */
        bool has_roles, central;
};

struct ble_mfr {
        uint16_t company;
        uint8_t len;
        uint8_t data[BLE_MFR_BYTES_MAX];
};

struct ble_device {
        char path[BLE_PATH_MAX];
        char address[BLE_ADDRESS_MAX];
        char name[BLE_NAME_MAX]; /* "" = none; may come from bluetoothd's cache, see match.h */
        int rssi;                /* dBm; counts while `present` */
        bool present;            /* bluetoothd has an RSSI: heard during the scan that is on */
        bool connected, services_resolved, paired, trusted;
        uint64_t seen_ms; /* timer_now_ms() of the last advert that was told; 0 = never */
        char uuids[BLE_DEVICE_UUIDS_MAX][BLE_UUID_MAX];
        size_t n_uuids;
        struct ble_mfr mfr[BLE_DEVICE_MFR_MAX];
        size_t n_mfr;
};

enum ble_chrc_flags {
        BLE_CHRC_READ = 1 << 0,
        BLE_CHRC_WRITE = 1 << 1,
        BLE_CHRC_WRITE_COMMAND = 1 << 2,
        BLE_CHRC_NOTIFY = 1 << 3,
};

struct ble_service {
        char path[BLE_PATH_MAX];
        char uuid[BLE_UUID_MAX];
};

struct ble_chrc {
        char path[BLE_PATH_MAX];
        char service[BLE_PATH_MAX];
        char uuid[BLE_UUID_MAX];
        unsigned flags; /* enum ble_chrc_flags */
        uint16_t mtu;   /* 0 = not told */
};

/* Whether an object is below another one. */
bool ble_path_is_below(const char *path, const char *parent);
