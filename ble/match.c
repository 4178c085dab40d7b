/* SPDX-License-Identifier: Apache-2.0 */

/* Adverts of setup mode: flags, complete local name and manufacturer data (company, platform id u16 LE, six
 * characters of setup code) in the advert, the service UUID only in the scan response. bluetoothd may
 * therefore tell name, manufacturer data and service one after another, in separate signals; every signal
 * leads to a new look at the whole record (bluez.md 17).
 *
 * A name alone proves nothing: bluetoothd keeps names on disk, and a name can be set to anything. The
 * product may also have a name of its own; then the manufacturer data alone tells. Photon 2's name is so
 * long that its manufacturer data loses the last byte on the air and the whole structure is malformed:
 * bluetoothd drops it, or gives one byte less; then service and name tell, or five of six characters and the
 * name.
 *
 * bluetoothd does not say on D-Bus whether an advert was connectable (bluez.md 18: cannot be told apart
 * here). A device that alternates between its setup adverts and those of the user's firmware once a second
 * uses connectable ones for both, and Connect is tried again anyway. */

#include "ble/match.h"
#include "ble/bluez-names.h"
#include "proto/base/bytes.h"
#include <errno.h>
#include <string.h>
#include <strings.h>

enum { PLATFORM_LEN = 2 };

struct ble_mode ble_mode_listening(void)
{
        return (struct ble_mode){
                .service = SETUP_UUID_SERVICE,
                .version = SETUP_UUID_VERSION,
                .tx = SETUP_UUID_TX,
                .rx = SETUP_UUID_RX,
                .company = SETUP_COMPANY_ID,
        };
}

static bool has_service(const struct ble_device *d, const struct ble_mode *mode)
{
        for (size_t i = 0; i < d->n_uuids; i++)
                if (strcasecmp(d->uuids[i], mode->service) == 0)
                        return true;
        return false;
}

static const struct ble_mfr *company_data(const struct ble_device *d, const struct ble_mode *mode)
{
        for (size_t i = 0; i < d->n_mfr; i++)
                if (d->mfr[i].company == mode->company)
                        return &d->mfr[i];
        return NULL;
}

/* The part of the name behind its last dash, if it is as long as a setup code. */
static const char *name_code(const struct ble_device *d)
{
        const char *dash = strrchr(d->name, '-');

        return dash && strlen(dash + 1) == BLE_SETUP_CODE_LEN ? dash + 1 : NULL;
}

bool ble_is_setup_device(const struct ble_device *d, const struct ble_mode *mode)
{
        return has_service(d, mode) || company_data(d, mode);
}

bool ble_is_known_target(const struct ble_device *d, const struct ble_mode *mode,
                         const char setup_code[static BLE_SETUP_CODE_LEN])
{
        const struct ble_mfr *m = company_data(d, mode);
        const char *code = name_code(d);
        bool named = code && strncasecmp(code, setup_code, BLE_SETUP_CODE_LEN) == 0;

        /* Data that names another device wins over a name, which may be old */
        if (m && m->len >= PLATFORM_LEN + BLE_SETUP_CODE_LEN)
                return strncasecmp((const char *)m->data + PLATFORM_LEN, setup_code, BLE_SETUP_CODE_LEN) ==
                       0;
        return named && (m || has_service(d, mode));
}

bool ble_is_target(const struct ble_device *d, const struct ble_mode *mode,
                   const char setup_code[static BLE_SETUP_CODE_LEN])
{
        return d->present && ble_is_known_target(d, mode, setup_code);
}

bool ble_is_wanted(const struct ble_device *d, const struct ble_want *want)
{
        if (*want->only && strcasecmp(want->only, d->address) != 0)
                return false;
        for (size_t i = 0; i < BLE_AVOID_MAX; i++)
                if (*want->avoid[i] && strcasecmp(want->avoid[i], d->address) == 0)
                        return false;
        return true;
}

int ble_setup_code(const struct ble_device *d, const struct ble_mode *mode,
                   char ret[static BLE_SETUP_CODE_LEN + 1])
{
        const struct ble_mfr *m = company_data(d, mode);
        const char *code = name_code(d);

        if (m && m->len >= PLATFORM_LEN + BLE_SETUP_CODE_LEN)
                code = (const char *)m->data + PLATFORM_LEN;
        if (!code)
                return -ENOENT;
        memcpy(ret, code, BLE_SETUP_CODE_LEN);
        ret[BLE_SETUP_CODE_LEN] = '\0';
        return 0;
}

unsigned ble_platform_id(const struct ble_device *d, const struct ble_mode *mode)
{
        const struct ble_mfr *m = company_data(d, mode);

        return m && m->len >= PLATFORM_LEN ? le16_get(m->data) : 0;
}
