/* SPDX-License-Identifier: Apache-2.0 */

/* The table of control requests and the names of result codes. Timeouts are the time that the device may
 * need at worst plus a margin (device.md 3.6): a join includes a restart of the network processor and 90 s
 * of AT+CWJAP, and a modem that looks for a card that is not there takes 70 s and more (device.md 3.9). */

#include "proto/control.h"
#include "proto/base/cleanup.h"

enum { QUICK_MS = 15000, MODEM_MS = 60000, SIM_MS = 120000, JOIN_MS = 100000 };

/* Sorted by number. */
static const struct control_info table[] = {
        /* type                                 name                        timeout   slow   secret */
        { CONTROL_ECHO, "Echo", QUICK_MS, false, false },
        { CONTROL_APP_CUSTOM, "AppCustom", QUICK_MS, false, true },
        { CONTROL_GET_DEVICE_ID, "GetDeviceId", QUICK_MS, false, false },
        { CONTROL_GET_SERIAL_NUMBER, "GetSerialNumber", QUICK_MS, false, false },
        { CONTROL_GET_SYSTEM_VERSION, "GetSystemVersion", QUICK_MS, false, false },
        { CONTROL_GET_NCP_FIRMWARE_VERSION, "GetNcpFirmwareVersion", MODEM_MS, true, false },
        { CONTROL_GET_SYSTEM_CAPABILITIES, "GetSystemCapabilities", QUICK_MS, false, false },
        { CONTROL_SET_FEATURE, "SetFeature", QUICK_MS, false, false },
        { CONTROL_GET_FEATURE, "GetFeature", QUICK_MS, false, false },
        { CONTROL_RESET, "Reset", QUICK_MS, true, false },
        { CONTROL_FACTORY_RESET, "FactoryReset", QUICK_MS, true, false },
        { CONTROL_DFU_MODE, "DfuMode", QUICK_MS, true, false },
        { CONTROL_SAFE_MODE, "SafeMode", QUICK_MS, true, false },
        { CONTROL_START_LISTENING, "StartListening", QUICK_MS, false, false },
        { CONTROL_STOP_LISTENING, "StopListening", QUICK_MS, true, false },
        { CONTROL_GET_DEVICE_MODE, "GetDeviceMode", QUICK_MS, false, false },
        { CONTROL_SET_DEVICE_SETUP_DONE, "SetDeviceSetupDone", QUICK_MS, false, false },
        { CONTROL_IS_DEVICE_SETUP_DONE, "IsDeviceSetupDone", QUICK_MS, false, false },
        { CONTROL_SET_STARTUP_MODE, "SetStartupMode", QUICK_MS, false, false },
        { CONTROL_GET_PROTECTED_STATE, "GetProtectedState", QUICK_MS, false, false },
        { CONTROL_SET_PROTECTED_STATE, "SetProtectedState", QUICK_MS, false, false },
        { CONTROL_GET_MODULE_INFO, "GetModuleInfo", QUICK_MS, false, false },
        { CONTROL_GET_ASSET_INFO, "GetAssetInfo", QUICK_MS, false, false },
        { CONTROL_DIAGNOSTIC_INFO, "DiagnosticInfo", QUICK_MS, false, false },
        { CONTROL_SET_CLAIM_CODE, "SetClaimCode", QUICK_MS, false, true },
        { CONTROL_IS_CLAIMED, "IsClaimed", QUICK_MS, false, false },
        { CONTROL_START_NYAN_SIGNAL, "StartNyanSignal", QUICK_MS, false, false },
        { CONTROL_STOP_NYAN_SIGNAL, "StopNyanSignal", QUICK_MS, false, false },
        { CONTROL_START_FIRMWARE_UPDATE, "StartFirmwareUpdate", QUICK_MS, true, false },
        { CONTROL_FINISH_FIRMWARE_UPDATE, "FinishFirmwareUpdate", QUICK_MS, true, false },
        { CONTROL_CANCEL_FIRMWARE_UPDATE, "CancelFirmwareUpdate", QUICK_MS, true, false },
        { CONTROL_FIRMWARE_UPDATE_DATA, "FirmwareUpdateData", QUICK_MS, true, false },
        { CONTROL_CLOUD_GET_CONNECTION_STATUS, "GetConnectionStatus", QUICK_MS, false, false },
        { CONTROL_CLOUD_CONNECT, "CloudConnect", QUICK_MS, false, false },
        { CONTROL_CLOUD_DISCONNECT, "CloudDisconnect", QUICK_MS, false, false },
        { CONTROL_NETWORK_GET_INTERFACE_LIST, "GetInterfaceList", QUICK_MS, false, false },
        { CONTROL_NETWORK_GET_INTERFACE, "GetInterface", QUICK_MS, false, false },
        { CONTROL_WIFI_JOIN_NEW_NETWORK, "JoinNewNetwork", JOIN_MS, true, true },
        { CONTROL_WIFI_JOIN_KNOWN_NETWORK, "JoinKnownNetwork", JOIN_MS, true, false },
        { CONTROL_WIFI_GET_KNOWN_NETWORKS, "GetKnownNetworks", QUICK_MS, false, false },
        { CONTROL_WIFI_REMOVE_KNOWN_NETWORK, "RemoveKnownNetwork", QUICK_MS, false, false },
        { CONTROL_WIFI_CLEAR_KNOWN_NETWORKS, "ClearKnownNetworks", QUICK_MS, false, false },
        { CONTROL_WIFI_GET_CURRENT_NETWORK, "GetCurrentNetwork", QUICK_MS, false, false },
        { CONTROL_WIFI_SCAN_NETWORKS, "ScanNetworks", MODEM_MS, true, false },
        { CONTROL_WIFI_SET_NETWORK_CREDENTIALS, "SetNetworkCredentials", QUICK_MS, false, true },
        { CONTROL_CELLULAR_SET_ACCESS_POINT, "SetAccessPoint", QUICK_MS, false, true },
        { CONTROL_CELLULAR_GET_ACCESS_POINT, "GetAccessPoint", QUICK_MS, false, true },
        { CONTROL_CELLULAR_SET_ACTIVE_SIM, "SetActiveSim", QUICK_MS, false, false },
        { CONTROL_CELLULAR_GET_ACTIVE_SIM, "GetActiveSim", QUICK_MS, false, false },
        { CONTROL_CELLULAR_GET_ICCID, "GetIccid", SIM_MS, true, false },
};

static const struct {
        int32_t result;
        const char *name;
} results[] = {
        /* clang-format off */
        { CONTROL_OK, "OK" },
        { CONTROL_UNKNOWN, "UNKNOWN" },
        { CONTROL_BUSY, "BUSY" },
        { CONTROL_NOT_SUPPORTED, "NOT_SUPPORTED" },
        { CONTROL_NOT_ALLOWED, "NOT_ALLOWED" },
        { CONTROL_CANCELLED, "CANCELLED" },
        { CONTROL_ABORTED, "ABORTED" },
        { CONTROL_TIMEOUT, "TIMEOUT" },
        { CONTROL_NOT_FOUND, "NOT_FOUND" },
        { CONTROL_ALREADY_EXISTS, "ALREADY_EXISTS" },
        { CONTROL_TOO_LARGE, "TOO_LARGE" },
        { -191, "NOT_ENOUGH_DATA" },
        { CONTROL_LIMIT_EXCEEDED, "LIMIT_EXCEEDED" },
        { -201, "END_OF_STREAM" },
        { CONTROL_INVALID_STATE, "INVALID_STATE" },
        { -219, "FLASH_IO" },
        { CONTROL_IO, "IO" },
        { -221, "WOULD_BLOCK" },
        { -225, "FILE" },
        { -226, "PATH_TOO_LONG" },
        { CONTROL_NETWORK, "NETWORK" },
        { CONTROL_PROTOCOL, "PROTOCOL" },
        { CONTROL_INTERNAL, "INTERNAL" },
        { CONTROL_NO_MEMORY, "NO_MEMORY" },
        { CONTROL_INVALID_ARGUMENT, "INVALID_ARGUMENT" },
        { CONTROL_BAD_DATA, "BAD_DATA" },
        { -281, "ENCODING_FAILED" },
        { CONTROL_OUT_OF_RANGE, "OUT_OF_RANGE" },
        { -300, "DEPRECATED" },
        { CONTROL_AT_NOT_OK, "AT_NOT_OK" },
        { -1210, "AT_RESPONSE_UNEXPECTED" },
        { -1300, "OTA_MODULE_NOT_FOUND" },
        { -1310, "OTA_UNSUPPORTED_MODULE" },
        { -1320, "OTA_VALIDATION_FAILED" },
        { -1330, "OTA_INTEGRITY_CHECK_FAILED" },
        { -1331, "OTA_RESUMED_UPDATE_FAILED" },
        { -1340, "OTA_DEPENDENCY_CHECK_FAILED" },
        { -1350, "OTA_INVALID_ADDRESS" },
        { CONTROL_OTA_INVALID_SIZE, "OTA_INVALID_SIZE" },
        { -1360, "OTA_INVALID_PLATFORM" },
        { -1370, "OTA_INVALID_FORMAT" },
        { CONTROL_OTA_UPDATES_DISABLED, "OTA_UPDATES_DISABLED" },
        { -1390, "OTA" },
        { -1400, "CRYPTO" },
        { -1706, "PPP_AUTH_FAIL" },
        { -1708, "PPP_PEER_DEAD" },
        { -1712, "PPP_NO_CARRIER_IN_NETWORK_PHASE" },
        { -1800, "INVALID_SERVER_SETTINGS" },
        { CONTROL_PROTECTED, "PROTECTED" },
        { -1802, "KEY_MISMATCH" },
        { -1803, "INVALID_SIGNATURE" },
        { -3000, "HAL_RTC_INVALID_TIME" },
        /* clang-format on */
};

static int by_type(const void *key, const void *row)
{
        return (int)*(const uint16_t *)key - (int)((const struct control_info *)row)->type;
}

const struct control_info *control_info(uint16_t type)
{
        return bsearch(&type, table, ELEMENTSOF(table), sizeof(table[0]), by_type);
}

const char *control_result_name(int32_t result)
{
        for (size_t i = 0; i < ELEMENTSOF(results); i++)
                if (results[i].result == result)
                        return results[i].name;
        return NULL;
}
