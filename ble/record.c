/* SPDX-License-Identifier: Apache-2.0 */

/* D-Bus properties to fields by one table. Whatever is not in the table is skipped: BlueZ adds properties
 * with every release. Lists (UUIDs, manufacturer data) replace what was known before, as BlueZ always sends
 * all. */

#include "ble/bluez-names.h"
#include "ble/record-private.h"
#include "proto/base/timer.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

struct target {
        struct record *record;
        struct record_news *news;
        void *field;
        size_t size;
};

struct property {
        enum record_kind kind;
        const char *name;
        const char *type; /* of the value; another one is skipped */
        int (*read)(sd_bus_message *m, struct target *t);
        size_t offset, size;
};

static int read_bool(sd_bus_message *m, struct target *t)
{
        int v, n = sd_bus_message_read(m, "b", &v);

        if (n > 0)
                *(bool *)t->field = v;
        return n;
}

static int read_u16(sd_bus_message *m, struct target *t)
{
        return sd_bus_message_read(m, "q", t->field);
}

/* Strings, object paths. Too long ones are cut: only names can be, and a name is matched by its end or
 * shown. */
static int read_text(sd_bus_message *m, struct target *t)
{
        const char *s;
        char type;
        int n;

        n = sd_bus_message_peek_type(m, &type, NULL);
        if (n > 0)
                n = sd_bus_message_read_basic(m, type, &s);
        if (n > 0)
                (void)snprintf(t->field, t->size, "%s", s);
        return n;
}

static int read_rssi(sd_bus_message *m, struct target *t)
{
        int16_t v;
        int n = sd_bus_message_read(m, "n", &v);

        if (n <= 0)
                return n;
        *(int *)t->field = v;
        t->record->device.present = true;
        t->news->heard = true;
        return n;
}

/* Calls `each` for every string of an array. */
static int read_strings(sd_bus_message *m, struct record *r, void (*each)(struct record *r, const char *s))
{
        const char *s;
        int n = sd_bus_message_enter_container(m, 'a', "s");

        if (n <= 0)
                return n;
        while ((n = sd_bus_message_read(m, "s", &s)) > 0)
                each(r, s);
        return n < 0 ? n : sd_bus_message_exit_container(m);
}

static void add_role(struct record *r, const char *s)
{
        if (strcmp(s, "central") == 0)
                r->adapter.central = true;
}

static int read_roles(sd_bus_message *m, struct target *t)
{
        t->record->adapter.has_roles = true;
        t->record->adapter.central = false;
        return read_strings(m, t->record, add_role);
}

static void add_uuid(struct record *r, const char *s)
{
        struct ble_device *d = &r->device;

        if (d->n_uuids < BLE_DEVICE_UUIDS_MAX && strlen(s) < BLE_UUID_MAX)
                (void)snprintf(d->uuids[d->n_uuids++], BLE_UUID_MAX, "%s", s);
}

static int read_uuids(sd_bus_message *m, struct target *t)
{
        t->record->device.n_uuids = 0;
        return read_strings(m, t->record, add_uuid);
}

static void add_flag(struct record *r, const char *s)
{
        static const struct {
                const char *name;
                enum ble_chrc_flags flag;
        } flags[] = {
                { "read", BLE_CHRC_READ },
                { "write", BLE_CHRC_WRITE },
                { "write-without-response", BLE_CHRC_WRITE_COMMAND },
                { "notify", BLE_CHRC_NOTIFY },
        };

        for (size_t i = 0; i < ELEMENTSOF(flags); i++)
                if (strcmp(s, flags[i].name) == 0)
                        r->chrc.flags |= flags[i].flag;
}

static int read_flags(sd_bus_message *m, struct target *t)
{
        t->record->chrc.flags = 0;
        return read_strings(m, t->record, add_flag);
}

static int read_value(sd_bus_message *m, struct target *t)
{
        const void *p;
        size_t len;
        int n = sd_bus_message_read_array(m, 'y', &p, &len);

        if (n > 0) {
                t->news->value = p;
                t->news->value_len = len;
        }
        return n;
}

static int read_mfr_entry(sd_bus_message *m, struct ble_device *d)
{
        uint16_t company;
        const void *p;
        size_t len;
        int n;

        n = sd_bus_message_read(m, "q", &company);
        if (n > 0)
                n = sd_bus_message_enter_container(m, 'v', "ay");
        if (n > 0)
                n = sd_bus_message_read_array(m, 'y', &p, &len);
        if (n < 0)
                return n;
        if (d->n_mfr < BLE_DEVICE_MFR_MAX && len <= BLE_MFR_BYTES_MAX) {
                struct ble_mfr *f = &d->mfr[d->n_mfr++];

                f->company = company;
                f->len = (uint8_t)len;
                if (len > 0)
                        memcpy(f->data, p, len);
        }
        return sd_bus_message_exit_container(m);
}

static int read_mfr(sd_bus_message *m, struct target *t)
{
        int n = sd_bus_message_enter_container(m, 'a', "{qv}");

        if (n <= 0)
                return n;
        t->record->device.n_mfr = 0;
        while ((n = sd_bus_message_enter_container(m, 'e', "qv")) > 0) {
                n = read_mfr_entry(m, &t->record->device);
                if (n >= 0)
                        n = sd_bus_message_exit_container(m);
                if (n < 0)
                        return n;
        }
        t->news->heard = true;
        return n < 0 ? n : sd_bus_message_exit_container(m);
}

#define FIELD(member) offsetof(struct record, member), sizeof(((struct record *)NULL)->member)

static const struct property properties[] = {
        { RECORD_ADAPTER, "Address", "s", read_text, FIELD(adapter.address) },
        { RECORD_ADAPTER, "Powered", "b", read_bool, FIELD(adapter.powered) },
        { RECORD_ADAPTER, "PowerState", "s", read_text, FIELD(adapter.power_state) },
        { RECORD_ADAPTER, "Discovering", "b", read_bool, FIELD(adapter.discovering) },
        { RECORD_ADAPTER, "Roles", "as", read_roles, FIELD(adapter.central) },
        { RECORD_DEVICE, "Address", "s", read_text, FIELD(device.address) },
        { RECORD_DEVICE, "Name", "s", read_text, FIELD(device.name) },
        { RECORD_DEVICE, "RSSI", "n", read_rssi, FIELD(device.rssi) },
        { RECORD_DEVICE, "Connected", "b", read_bool, FIELD(device.connected) },
        { RECORD_DEVICE, "ServicesResolved", "b", read_bool, FIELD(device.services_resolved) },
        { RECORD_DEVICE, "Paired", "b", read_bool, FIELD(device.paired) },
        { RECORD_DEVICE, "Trusted", "b", read_bool, FIELD(device.trusted) },
        { RECORD_DEVICE, "UUIDs", "as", read_uuids, FIELD(device.uuids) },
        { RECORD_DEVICE, "ManufacturerData", "a{qv}", read_mfr, FIELD(device.mfr) },
        { RECORD_SERVICE, "UUID", "s", read_text, FIELD(service.uuid) },
        { RECORD_CHRC, "UUID", "s", read_text, FIELD(chrc.uuid) },
        { RECORD_CHRC, "Service", "o", read_text, FIELD(chrc.service) },
        { RECORD_CHRC, "Flags", "as", read_flags, FIELD(chrc.flags) },
        { RECORD_CHRC, "MTU", "q", read_u16, FIELD(chrc.mtu) },
        { RECORD_CHRC, "Value", "ay", read_value, 0, 0 },
};

static const struct property *property_find(enum record_kind kind, const char *name)
{
        for (size_t i = 0; i < ELEMENTSOF(properties); i++)
                if (properties[i].kind == kind && strcmp(properties[i].name, name) == 0)
                        return &properties[i];
        return NULL;
}

int record_kind_of(const char *interface, enum record_kind *ret)
{
        static const char *const interfaces[_RECORD_MAX] = {
                [RECORD_ADAPTER] = BLUEZ_IFACE_ADAPTER,
                [RECORD_DEVICE] = BLUEZ_IFACE_DEVICE,
                [RECORD_SERVICE] = BLUEZ_IFACE_SERVICE,
                [RECORD_CHRC] = BLUEZ_IFACE_CHRC,
        };

        for (size_t i = 0; i < _RECORD_MAX; i++)
                if (strcmp(interfaces[i], interface) == 0) {
                        *ret = (enum record_kind)i;
                        return 0;
                }
        return -ENOENT;
}

int record_new(enum record_kind kind, const char *path, struct record **ret)
{
        struct record *r;

        if (strlen(path) >= BLE_PATH_MAX)
                return -EINVAL;
        r = calloc(1, sizeof(*r));
        if (!r)
                return -ENOMEM;
        r->kind = kind;
        (void)snprintf((char *)record_path(r), BLE_PATH_MAX, "%s", path);
        *ret = r;
        return 0;
}

const char *record_path(const struct record *r)
{
        switch (r->kind) {
        case RECORD_ADAPTER: return r->adapter.path;
        case RECORD_DEVICE: return r->device.path;
        case RECORD_SERVICE: return r->service.path;
        case RECORD_CHRC: return r->chrc.path;
        case _RECORD_MAX: break;
        }
        return "";
}

bool ble_path_is_below(const char *path, const char *parent)
{
        size_t n = strlen(parent);

        return strncmp(path, parent, n) == 0 && path[n] == '/';
}

static int read_entry(struct record *r, sd_bus_message *m, struct record_news *news)
{
        const struct property *p;
        const char *name, *type;
        int n;

        n = sd_bus_message_read(m, "s", &name);
        if (n > 0)
                n = sd_bus_message_peek_type(m, NULL, &type);
        if (n < 0)
                return n;
        p = property_find(r->kind, name);
        if (!p || strcmp(p->type, type) != 0)
                return sd_bus_message_skip(m, "v");
        n = sd_bus_message_enter_container(m, 'v', p->type);
        if (n > 0)
                n = p->read(m, &(struct target){ r, news, (char *)r + p->offset, p->size });
        return n < 0 ? n : sd_bus_message_exit_container(m);
}

int record_read(struct record *r, sd_bus_message *m, struct record_news *ret)
{
        struct record_news news = { 0 };
        int n;

        n = sd_bus_message_enter_container(m, 'a', "{sv}");
        if (n < 0)
                return n;
        while ((n = sd_bus_message_enter_container(m, 'e', "sv")) > 0) {
                n = read_entry(r, m, &news);
                if (n >= 0)
                        n = sd_bus_message_exit_container(m);
                if (n < 0)
                        return n;
        }
        if (n < 0)
                return n;
        n = sd_bus_message_exit_container(m);
        if (n < 0)
                return n;
        if (r->kind == RECORD_DEVICE && news.heard)
                r->device.seen_ms = timer_now_ms();
        *ret = news;
        return 0;
}

void record_invalidate(struct record *r, const char *property)
{
        const struct property *p = property_find(r->kind, property);

        /* RSSI goes when a scan ends: that is not an advert, but the end of all of them */
        if (!p)
                return;
        memset((char *)r + p->offset, 0, p->size);
        if (p->read == read_rssi)
                r->device.present = false;
        else if (p->read == read_uuids)
                r->device.n_uuids = 0;
        else if (p->read == read_mfr)
                r->device.n_mfr = 0;
}
