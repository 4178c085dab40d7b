/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Control requests of Device OS: their numbers, result codes and how long they may take
 * (device.md 3.4-3.6). One table serves client, flow, virtual device, logs and tests. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum control_type {
        CONTROL_ECHO = 1,
        CONTROL_APP_CUSTOM = 10,
        CONTROL_GET_DEVICE_ID = 20,
        CONTROL_GET_SERIAL_NUMBER = 21,
        CONTROL_GET_SYSTEM_VERSION = 30,
        CONTROL_GET_NCP_FIRMWARE_VERSION = 31,
        CONTROL_GET_SYSTEM_CAPABILITIES = 32,
        CONTROL_SET_FEATURE = 33,
        CONTROL_GET_FEATURE = 34,
        CONTROL_RESET = 40,
        CONTROL_FACTORY_RESET = 41,
        CONTROL_DFU_MODE = 50,
        CONTROL_SAFE_MODE = 60,
        CONTROL_START_LISTENING = 70,
        CONTROL_STOP_LISTENING = 71,
        CONTROL_GET_DEVICE_MODE = 72,
        CONTROL_SET_DEVICE_SETUP_DONE = 73,
        CONTROL_IS_DEVICE_SETUP_DONE = 74,
        CONTROL_SET_STARTUP_MODE = 75,
        CONTROL_GET_PROTECTED_STATE = 76,
        CONTROL_SET_PROTECTED_STATE = 77,
        CONTROL_GET_MODULE_INFO = 90,
        CONTROL_GET_ASSET_INFO = 91,
        CONTROL_DIAGNOSTIC_INFO = 100,
        CONTROL_SET_CLAIM_CODE = 200,
        CONTROL_IS_CLAIMED = 201,
        CONTROL_START_NYAN_SIGNAL = 230,
        CONTROL_STOP_NYAN_SIGNAL = 231,
        CONTROL_START_FIRMWARE_UPDATE = 250,
        CONTROL_FINISH_FIRMWARE_UPDATE = 251,
        CONTROL_CANCEL_FIRMWARE_UPDATE = 252,
        CONTROL_FIRMWARE_UPDATE_DATA = 253,
        CONTROL_CLOUD_GET_CONNECTION_STATUS = 300,
        CONTROL_CLOUD_CONNECT = 301,
        CONTROL_CLOUD_DISCONNECT = 302,
        CONTROL_NETWORK_GET_INTERFACE_LIST = 400,
        CONTROL_NETWORK_GET_INTERFACE = 401,
        CONTROL_WIFI_JOIN_NEW_NETWORK = 500,
        CONTROL_WIFI_JOIN_KNOWN_NETWORK = 501,
        CONTROL_WIFI_GET_KNOWN_NETWORKS = 502,
        CONTROL_WIFI_REMOVE_KNOWN_NETWORK = 503,
        CONTROL_WIFI_CLEAR_KNOWN_NETWORKS = 504,
        CONTROL_WIFI_GET_CURRENT_NETWORK = 505,
        CONTROL_WIFI_SCAN_NETWORKS = 506,
        CONTROL_WIFI_SET_NETWORK_CREDENTIALS = 507,
        CONTROL_CELLULAR_SET_ACCESS_POINT = 550,
        CONTROL_CELLULAR_GET_ACCESS_POINT = 551,
        CONTROL_CELLULAR_SET_ACTIVE_SIM = 552,
        CONTROL_CELLULAR_GET_ACTIVE_SIM = 553,
        CONTROL_CELLULAR_GET_ICCID = 554,
};

enum control_result {
        CONTROL_OK = 0,
        CONTROL_UNKNOWN = -100,
        CONTROL_BUSY = -110,
        CONTROL_NOT_SUPPORTED = -120,
        CONTROL_NOT_ALLOWED = -130,
        CONTROL_CANCELLED = -140,
        CONTROL_ABORTED = -150,
        CONTROL_TIMEOUT = -160,
        CONTROL_NOT_FOUND = -170,
        CONTROL_ALREADY_EXISTS = -180,
        CONTROL_TOO_LARGE = -190,
        CONTROL_LIMIT_EXCEEDED = -200,
        CONTROL_INVALID_STATE = -210,
        CONTROL_IO = -220,
        CONTROL_NETWORK = -230,
        CONTROL_PROTOCOL = -240,
        CONTROL_INTERNAL = -250,
        CONTROL_NO_MEMORY = -260,
        CONTROL_INVALID_ARGUMENT = -270,
        CONTROL_BAD_DATA = -280,
        CONTROL_OUT_OF_RANGE = -290,
        CONTROL_AT_NOT_OK = -1200,
        CONTROL_OTA_INVALID_SIZE = -1351,
        CONTROL_OTA_UPDATES_DISABLED = -1380,
        CONTROL_PROTECTED = -1801,
};

struct control_info {
        enum control_type type;
        const char *name;    /* "JoinNewNetwork" */
        uint32_t timeout_ms; /* how long a reply may take (device.md 3.6) */
        bool slow;           /* goes last in its flight; nothing follows before its reply (device.md 3.4) */
        bool secret;         /* its payload must never be shown, not even in a debug trace */
};

/* NULL for a number that is not in the table. */
const struct control_info *control_info(uint16_t type);

/* The field's own name of a result code, "NOT_FOUND"; NULL if unknown. Results >= 0 are success. */
const char *control_result_name(int32_t result);
