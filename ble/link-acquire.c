/* SPDX-License-Identifier: Apache-2.0 */

/* From "services are known" to a link: ReadValue of the version, AcquireNotify, AcquireWrite. All three
 * calls leave at once: bluetoothd queues the two that need the air (the read, and the CCCD write behind
 * AcquireNotify), AcquireWrite needs none. Notifications are on before the answer to AcquireNotify comes,
 * and the device says nothing before the gateway has written, so none is lost between.
 *
 * The descriptors belong to the messages that carry them: they are duplicated. MTU comes with AcquireWrite's
 * answer, else from the characteristic's property (BlueZ >= 5.62), else it is 23 (bluez.md 13).
 *
 * Where a socket is refused (NotSupported, NotPermitted because another client has it, or a bluetoothd
 * without the method) StartNotify and WriteValue serve (bluez.md 11: TX is notify-only, so a ReadValue that
 * would come back as a second notification does not exist here; indications neither). The signal match for
 * values is in place since the mirror began, so before StartNotify. */

#include "ble/bluez-names.h"
#include "ble/call.h"
#include "ble/error.h"
#include "ble/link-private.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

enum {
        ACQUIRE_TIMEOUT_MS = 10000,
        READ_AGAIN_MS = 10, /* InProgress: somebody else reads the same characteristic (bluez.md 8) */
        READ_TRIES = 50,
};

enum call_index { CALL_VERSION, CALL_NOTIFY, CALL_WRITE, _CALL_MAX };

struct acquire {
        struct op op;
        struct objects *objects;
        link_fn done;
        void *userdata;

        struct link *link;
        char version_path[BLE_PATH_MAX]; /* "" = the product has none */
        sd_bus_slot *call[_CALL_MAX];
        bool waiting[_CALL_MAX];
        unsigned read_tries;
        int write_fd, notify_fd;
        uint16_t rx_mtu; /* the property */
        bool notify_by_signal;

        struct timer *timer;
        struct link_answer answer;
};

static void acquire_free(struct op *op)
{
        struct acquire *a = container_of(op, struct acquire, op);

        for (size_t i = 0; i < _CALL_MAX; i++)
                sd_bus_slot_unref(a->call[i]);
        timer_free(a->timer);
        closep(&a->write_fd);
        closep(&a->notify_fd);
        link_free(a->link);
        free(a);
}

static void answer_now(void *userdata)
{
        struct acquire *a = userdata;

        a->answer.link = a->answer.trouble.fault == FAULT_NONE ? TAKE_PTR(a->link) : NULL;
        a->done(a->userdata, &a->answer);
}

static void finish(struct acquire *a, const struct trouble *why)
{
        for (size_t i = 0; i < _CALL_MAX; i++) {
                a->call[i] = sd_bus_slot_unref(a->call[i]);
                a->waiting[i] = false;
        }
        a->answer.trouble = *why;
        a->timer = timer_free(a->timer);
        (void)timer_new(objects_loop(a->objects), 0, answer_now, a, &a->timer);
}

static void fail(struct acquire *a, const char *what, const sd_bus_error *e)
{
        struct trouble why;

        (void)trouble_set(&why, FAULT_BT_CONNECT, "%s: %s", what, bluez_error_text(e));
        finish(a, &why);
}

static void fail_internal(struct acquire *a, int error)
{
        struct trouble why = {};

        trouble_complete(&why, error);
        finish(a, &why);
}

/* All answers are there: make the link of what they brought. */
static void complete(struct acquire *a)
{
        int r;

        for (size_t i = 0; i < _CALL_MAX; i++)
                if (a->waiting[i])
                        return;
        if (a->write_fd >= 0 && a->notify_fd >= 0) {
                r = link_set_fds(a->link, a->write_fd, a->notify_fd);
                a->write_fd = a->notify_fd = -1; /* the link has them, also when it failed */
                if (r < 0) {
                        fail_internal(a, r);
                        return;
                }
        }
        finish(a, &(struct trouble){});
}

static int call(struct acquire *a, enum call_index i, const char *path, const char *method, bool options,
                sd_bus_message_handler_t done)
{
        const struct bluez_call call = {
                .path = path,
                .interface = BLUEZ_IFACE_CHRC,
                .method = method,
                .fill = options ? bluez_no_options : NULL,
                .done = done,
                .timeout_ms = ACQUIRE_TIMEOUT_MS,
        };
        int r;

        r = bluez_call(objects_bus(a->objects), &call, a, &a->call[i]);
        a->waiting[i] = r == 0;
        return r;
}

/* Whether the other way may work: the refusal of this one, not the loss of the link. */
static bool may_fall_back(const sd_bus_error *e)
{
        enum bluez_error class = bluez_error_class(e);

        return class == BLUEZ_NOT_OFFERED || sd_bus_error_has_name(e, SD_BUS_ERROR_UNKNOWN_METHOD);
}

static int on_notifying(sd_bus_message *m, void *userdata, sd_bus_error *reterr)
{
        struct acquire *a = userdata;
        const sd_bus_error *e = sd_bus_message_get_error(m);

        (void)reterr;
        a->waiting[CALL_NOTIFY] = false;
        if (e)
                fail(a, "StartNotify", e);
        else
                complete(a);
        return 0;
}

/* Both directions change together: a link is either two sockets or none. */
static void fall_back(struct acquire *a)
{
        int r;

        if (a->notify_by_signal)
                return;
        a->notify_by_signal = true;
        closep(&a->write_fd);
        closep(&a->notify_fd);
        a->write_fd = a->notify_fd = -1;
        a->call[CALL_WRITE] = sd_bus_slot_unref(a->call[CALL_WRITE]);
        a->waiting[CALL_WRITE] = false;
        link_set_mtu(a->link, a->rx_mtu);
        r = call(a, CALL_NOTIFY, a->link->tx, "StartNotify", false, on_notifying);
        if (r < 0)
                fail_internal(a, r);
}

/* The descriptor of an Acquire answer, duplicated. */
static int read_fd(sd_bus_message *m, int *ret_fd, uint16_t *ret_mtu)
{
        int fd, r = sd_bus_message_read(m, "hq", &fd, ret_mtu);

        if (r < 0)
                return r;
        *ret_fd = fcntl(fd, F_DUPFD_CLOEXEC, 3);
        return *ret_fd < 0 ? -errno : 0;
}

static int on_acquired(sd_bus_message *m, struct acquire *a, enum call_index i, const char *what, int *fd)
{
        const sd_bus_error *e = sd_bus_message_get_error(m);
        uint16_t mtu = 0;
        int r;

        a->waiting[i] = false;
        if (e && may_fall_back(e)) {
                fall_back(a);
                return 0;
        }
        if (e) {
                fail(a, what, e);
                return 0;
        }
        if (a->notify_by_signal)
                return 0;
        r = read_fd(m, fd, &mtu);
        if (r < 0) {
                fail_internal(a, r);
                return 0;
        }
        if (i == CALL_WRITE)
                link_set_mtu(a->link, mtu);
        complete(a);
        return 0;
}

static int on_notify_acquired(sd_bus_message *m, void *userdata, sd_bus_error *reterr)
{
        struct acquire *a = userdata;

        (void)reterr;
        return on_acquired(m, a, CALL_NOTIFY, "AcquireNotify", &a->notify_fd);
}

static int on_write_acquired(sd_bus_message *m, void *userdata, sd_bus_error *reterr)
{
        struct acquire *a = userdata;

        (void)reterr;
        return on_acquired(m, a, CALL_WRITE, "AcquireWrite", &a->write_fd);
}

static int on_version(sd_bus_message *m, void *userdata, sd_bus_error *reterr);

static void read_again(void *userdata)
{
        struct acquire *a = userdata;

        a->timer = timer_free(a->timer);
        if (call(a, CALL_VERSION, a->version_path, "ReadValue", true, on_version) < 0)
                fail_internal(a, -ENOMEM);
}

static int on_version(sd_bus_message *m, void *userdata, sd_bus_error *reterr)
{
        struct acquire *a = userdata;
        const sd_bus_error *e = sd_bus_message_get_error(m);
        const void *p;
        size_t len;

        (void)reterr;
        if (bluez_error_class(e) == BLUEZ_IN_PROGRESS && ++a->read_tries < READ_TRIES &&
            timer_new(objects_loop(a->objects), READ_AGAIN_MS, read_again, a, &a->timer) == 0)
                return 0;
        a->waiting[CALL_VERSION] = false;
        if (e) {
                fail(a, "reading the version", e);
                return 0;
        }
        if (sd_bus_message_read_array(m, 'y', &p, &len) < 0 || len != 1) {
                finish(a, &(struct trouble){ FAULT_LINK_PROTOCOL,
                                             "the version characteristic is not one byte" });
                return 0;
        }
        a->link->version = *(const uint8_t *)p;
        complete(a);
        return 0;
}

/* The paths of the characteristics, as far as they are there. */
static int find_paths(const struct objects *o, const char *device_path, const struct ble_mode *mode,
                      const struct ble_chrc **ret_version, const struct ble_chrc **ret_tx,
                      const struct ble_chrc **ret_rx)
{
        const struct ble_service *s = objects_service(o, device_path, mode->service);

        if (!s)
                return -ENOENT;
        *ret_version = *mode->version ? objects_chrc(o, s->path, mode->version) : NULL;
        *ret_tx = objects_chrc(o, s->path, mode->tx);
        *ret_rx = objects_chrc(o, s->path, mode->rx);
        return (*ret_version || !*mode->version) && *ret_tx && *ret_rx ? 0 : -ENOENT;
}

bool link_is_possible(const struct objects *o, const char *device_path, const struct ble_mode *mode)
{
        const struct ble_chrc *version, *tx, *rx;

        return find_paths(o, device_path, mode, &version, &tx, &rx) == 0;
}

int link_acquire(struct objects *o, const char *device_path, const struct ble_mode *mode, link_fn done,
                 void *userdata, struct op **ret)
{
        const struct ble_chrc *version, *tx, *rx;
        _cleanup_(op_freep) struct op *op = NULL;
        struct acquire *a;
        int r;

        r = find_paths(o, device_path, mode, &version, &tx, &rx);
        if (r < 0)
                return r;
        a = calloc(1, sizeof(*a));
        if (!a)
                return -ENOMEM;
        *a = (struct acquire){ .op.free = acquire_free,
                               .objects = o,
                               .done = done,
                               .userdata = userdata,
                               .write_fd = -1,
                               .notify_fd = -1 };
        op = &a->op;
        a->rx_mtu = rx->mtu;
        r = link_new(o, device_path, tx->path, rx->path, &a->link);
        if (r < 0)
                return r;
        if (version) {
                (void)snprintf(a->version_path, sizeof(a->version_path), "%s", version->path);
                r = call(a, CALL_VERSION, version->path, "ReadValue", true, on_version);
        } else {
                a->link->version = 2; /* what a product without the characteristic speaks */
        }
        if (r >= 0)
                r = call(a, CALL_NOTIFY, tx->path, "AcquireNotify", true, on_notify_acquired);
        if (r >= 0)
                r = call(a, CALL_WRITE, rx->path, "AcquireWrite", true, on_write_acquired);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(op);
        return 0;
}
