/* SPDX-License-Identifier: Apache-2.0 */

/* The sim radio against sockets that this test opens itself: finding (there already, coming later, other
 * names, no folder), connecting, both directions, link loss, a write that has to wait. */

#include "setup/ports/radio.h"
#include "tests/unit/cmocka.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <systemd/sd-event.h>

static char dir[64];
static struct radio *radio;
static struct radio_link *the_link;

static sd_event *loop;
static struct {
        unsigned answers, data, writable, lost;
        enum fault fault;
        int rssi;
        char name[64], cause[TROUBLE_CAUSE_MAX];
        uint8_t byte;
        size_t len;
} seen;

static void turn(unsigned times)
{
        while (times-- > 0)
                assert_true(sd_event_run(loop, 0) >= 0);
}

static void turn_until(const unsigned *count)
{
        for (unsigned i = 0; *count == 0 && i < 100; i++)
                assert_true(sd_event_run(loop, 1000000) >= 0);
        assert_int_not_equal(*count, 0);
}

static int listen_as(const char *name)
{
        struct sockaddr_un sa = { .sun_family = AF_UNIX };
        int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

        (void)snprintf(sa.sun_path, sizeof(sa.sun_path), "%s/%s", dir, name);
        (void)unlink(sa.sun_path);
        assert_int_equal(bind(fd, (struct sockaddr *)&sa, sizeof(sa)), 0);
        assert_int_equal(listen(fd, 1), 0);
        return fd;
}

static void unlink_as(const char *name)
{
        char path[160];

        (void)snprintf(path, sizeof(path), "%s/%s", dir, name);
        assert_int_equal(unlink(path), 0);
}

static void on_found(void *userdata, const struct answer *a)
{
        (void)userdata;
        seen.answers++;
        seen.fault = a->trouble.fault;
        if (a->trouble.fault == FAULT_NONE) {
                (void)snprintf(seen.name, sizeof(seen.name), "%s", a->peer->name);
                seen.rssi = a->peer->rssi;
        }
        (void)snprintf(seen.cause, sizeof(seen.cause), "%s", a->trouble.cause);
}

static void on_data(void *userdata, const uint8_t *data, size_t len)
{
        (void)userdata;
        seen.data++;
        seen.byte = data[0];
        seen.len = len;
}

static void on_writable(void *userdata)
{
        (void)userdata;
        seen.writable++;
}

static void on_lost(void *userdata, const struct trouble *why)
{
        (void)userdata;
        seen.lost++;
        seen.fault = why->fault;
        the_link = radio_link_free(the_link);
}

static const struct radio_link_events link_events = { on_data, on_writable, on_lost };

static void on_connected(void *userdata, const struct answer *a, struct radio_link *link)
{
        (void)userdata;
        seen.answers++;
        seen.fault = a->trouble.fault;
        the_link = link;
        if (link) {
                link->events = &link_events;
                assert_int_equal(link->version, a->link->version);
        }
}

static struct op *find(const char *code)
{
        struct port_target target = { .setup_code = code };
        struct op *op;

        memset(&seen, 0, sizeof(seen));
        assert_int_equal(radio->ops->find(radio, &target, on_found, NULL, &op), 0);
        assert_int_equal(seen.answers, 0);
        return op;
}

static struct op *connect_to(const char *name)
{
        struct op *op;

        memset(&seen, 0, sizeof(seen));
        assert_int_equal(radio->ops->connect(radio, name, on_connected, NULL, &op), 0);
        assert_int_equal(seen.answers, 0);
        return op;
}

/* A link to a socket of ours; the other end comes back. */
static int connected(int listener)
{
        struct op *op = connect_to("Argon-ABCDEF");
        int peer;

        turn(3);
        assert_int_equal(seen.answers, 0);
        peer = accept(listener, NULL, NULL);
        assert_true(peer >= 0);
        assert_int_equal(send(peer, "\x02", 1, 0), 1);
        turn_until(&seen.answers);
        assert_int_equal(seen.fault, FAULT_NONE);
        assert_non_null(the_link);
        assert_int_equal(the_link->version, 2);
        op_free(op);
        return peer;
}

static void finds_what_is_there(void **state)
{
        int fd = listen_as("Argon-ABCDEF");
        struct op *op = find("abcdef");

        (void)state;
        turn_until(&seen.answers);
        assert_int_equal(seen.fault, FAULT_NONE);
        assert_string_equal(seen.name, "Argon-ABCDEF");
        op_free(op);
        (void)close(fd);
        unlink_as("Argon-ABCDEF");
}

static void finds_what_comes_later(void **state)
{
        struct op *op = find("ABCDEF");
        int other, fd;

        (void)state;
        turn(3);
        other = listen_as("Argon-ZZZZZZ");
        turn(3);
        assert_int_equal(seen.answers, 0);
        fd = listen_as("P2-ABCDEF");
        turn_until(&seen.answers);
        assert_string_equal(seen.name, "P2-ABCDEF");
        op_free(op);
        (void)close(fd);
        (void)close(other);
        unlink_as("P2-ABCDEF");
        unlink_as("Argon-ZZZZZZ");
}

static void signal_of(const char *name, const char *dbm)
{
        char path[160];
        FILE *f;

        (void)snprintf(path, sizeof(path), "%s/%s.rssi", dir, name);
        f = fopen(path, "w");
        assert_non_null(f);
        assert_true(fputs(dbm, f) >= 0);
        assert_int_equal(fclose(f), 0);
}

static void expect_found(const struct port_target *target, const char *name, int rssi)
{
        struct op *op;

        memset(&seen, 0, sizeof(seen));
        assert_int_equal(radio->ops->find(radio, target, on_found, NULL, &op), 0);
        turn_until(&seen.answers);
        assert_string_equal(seen.name, name);
        assert_int_equal(seen.rssi, rssi);
        op_free(op);
}

/* Three with one code: the strongest first, and those to be passed over not at all */
static void finds_the_strongest(void **state)
{
        static const char *const names[] = { "Argon-ABCDEF", "Boron-ABCDEF", "P2-ABCDEF" };
        struct port_target target = { .setup_code = "ABCDEF", .avoid = &names[1] };
        struct op *op;
        int fd[3];

        (void)state;
        for (size_t i = 0; i < 3; i++)
                fd[i] = listen_as(names[i]);
        signal_of(names[0], "-70\n");
        signal_of(names[1], "-40");
        signal_of(names[2], "loud");
        expect_found(&target, names[1], -40);
        target.n_avoid = 1;
        expect_found(&target, names[0], -70);
        target.avoid = names;
        target.n_avoid = 2;
        expect_found(&target, names[2], 0);
        target.n_avoid = 3;
        memset(&seen, 0, sizeof(seen));
        assert_int_equal(radio->ops->find(radio, &target, on_found, NULL, &op), 0);
        turn(5);
        (void)close(fd[2]);
        fd[2] = listen_as(names[2]); /* it comes again */
        turn(5);
        assert_int_equal(seen.answers, 0);
        op_free(op);
        for (size_t i = 0; i < 3; i++) {
                char file[32];

                (void)close(fd[i]);
                unlink_as(names[i]);
                (void)snprintf(file, sizeof(file), "%s.rssi", names[i]);
                unlink_as(file);
        }
}

static void a_file_is_no_device(void **state)
{
        char path[160];
        struct op *op;

        (void)state;
        (void)snprintf(path, sizeof(path), "%s/%s", dir, "notes-ABCDEF");
        (void)fclose(fopen(path, "w"));
        op = find("ABCDEF");
        turn(5);
        assert_int_equal(seen.answers, 0);
        op_free(op);
        unlink_as("notes-ABCDEF");
}

static void no_folder(void **state)
{
        struct radio *nowhere;
        struct trouble why;
        struct op *op;

        (void)state;
        assert_int_equal(radio_new(loop, "sim:/nonexistent/here", &nowhere, &why), 0);
        memset(&seen, 0, sizeof(seen));
        assert_int_equal(nowhere->ops->find(nowhere, &(struct port_target){ .setup_code = "ABCDEF" },
                                            on_found, NULL, &op),
                         0);
        turn_until(&seen.answers);
        assert_int_equal(seen.fault, FAULT_CONFIG);
        assert_non_null(strstr(seen.cause, "No such file"));
        op_free(op);
        radio_free(nowhere);
}

static void carries_data_both_ways(void **state)
{
        int listener = listen_as("Argon-ABCDEF"), peer = connected(listener);
        uint8_t in[RADIO_WRITE_MAX];

        (void)state;
        assert_int_equal(the_link->ops->write(the_link, (const uint8_t *)"hello", 5), 0);
        assert_int_equal(recv(peer, in, sizeof(in), 0), 5);
        assert_int_equal(send(peer, "xy", 2, 0), 2);
        turn_until(&seen.data);
        assert_int_equal(seen.byte, 'x');
        assert_int_equal(seen.len, 2);

        /* what was sent before the end is heard before the end */
        seen.data = 0;
        assert_int_equal(send(peer, "z", 1, 0), 1);
        (void)close(peer);
        turn_until(&seen.lost);
        assert_int_equal(seen.data, 1);
        assert_int_equal(seen.fault, FAULT_LINK_LOST);
        turn(3);
        assert_int_equal(seen.lost, 1);
        assert_null(the_link);
        (void)close(listener);
        unlink_as("Argon-ABCDEF");
}

static void a_full_link_tells_when_it_has_room(void **state)
{
        int listener = listen_as("Argon-ABCDEF"), peer = connected(listener);
        uint8_t data[RADIO_WRITE_MAX] = { 0 };
        unsigned sent = 0;
        int r;

        (void)state;
        while ((r = the_link->ops->write(the_link, data, sizeof(data))) == 0)
                sent++;
        assert_int_equal(r, -EAGAIN);
        turn(3);
        assert_int_equal(seen.writable, 0);
        while (sent-- > 0)
                assert_int_equal(recv(peer, data, sizeof(data), 0), sizeof(data));
        turn_until(&seen.writable);
        assert_int_equal(the_link->ops->write(the_link, data, 1), 0);
        the_link = radio_link_free(the_link);
        assert_int_equal(recv(peer, data, sizeof(data), 0), 1);
        assert_int_equal(recv(peer, data, sizeof(data), 0), 0);
        (void)close(peer);
        (void)close(listener);
        unlink_as("Argon-ABCDEF");
}

static void too_long_a_notification_ends_the_link(void **state)
{
        int listener = listen_as("Argon-ABCDEF"), peer = connected(listener);
        uint8_t data[RADIO_WRITE_MAX + 1] = { 0 };

        (void)state;
        assert_int_equal(send(peer, data, sizeof(data), 0), sizeof(data));
        turn_until(&seen.lost);
        assert_int_equal(seen.fault, FAULT_LINK_PROTOCOL);
        (void)close(peer);
        (void)close(listener);
        unlink_as("Argon-ABCDEF");
}

static void connect_fails(void **state)
{
        int listener = listen_as("Argon-ABCDEF"), peer;
        struct op *op = connect_to("Argon-ABCDEF");

        (void)state;
        peer = accept(listener, NULL, NULL);
        (void)close(peer);
        turn_until(&seen.answers);
        assert_int_equal(seen.fault, FAULT_BT_CONNECT);
        op_free(op);

        (void)close(listener); /* the socket's name stays: a device that has gone */
        op = connect_to("Argon-ABCDEF");
        turn_until(&seen.answers);
        assert_int_equal(seen.fault, FAULT_BT_CONNECT);
        assert_null(the_link);
        op_free(op);
        unlink_as("Argon-ABCDEF");
}

static void dropping_is_cancelling(void **state)
{
        int listener = listen_as("Argon-ABCDEF");

        (void)state;
        op_free(find("ABCDEF"));
        turn(5);
        assert_int_equal(seen.answers, 0);
        op_free(connect_to("Argon-ABCDEF"));
        turn(5);
        assert_int_equal(seen.answers, 0);
        (void)close(listener);
        unlink_as("Argon-ABCDEF");
}

static void specs(void **state)
{
        static const char *const bad[] = { "", "sim:", "sim", "bluez:", "usb", "bluetooth" };
        struct trouble why;
        struct radio *r;

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(bad); i++) {
                assert_int_equal(radio_new(loop, bad[i], &r, &why), -EINVAL);
                assert_int_equal(why.fault, FAULT_CONFIG);
        }
}

static int setup(void **state)
{
        struct trouble why;
        char spec[80];

        (void)state;
        (void)alarm(20);
        (void)snprintf(dir, sizeof(dir), "/tmp/usher-radio-XXXXXX");
        assert_non_null(mkdtemp(dir));
        (void)snprintf(spec, sizeof(spec), "sim:%s", dir);
        return radio_new(loop, spec, &radio, &why);
}

static int teardown(void **state)
{
        (void)state;
        radio = radio_free(radio);
        return rmdir(dir);
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(finds_what_is_there),
                cmocka_unit_test(finds_what_comes_later),
                cmocka_unit_test(finds_the_strongest),
                cmocka_unit_test(a_file_is_no_device),
                cmocka_unit_test(no_folder),
                cmocka_unit_test(carries_data_both_ways),
                cmocka_unit_test(a_full_link_tells_when_it_has_room),
                cmocka_unit_test(too_long_a_notification_ends_the_link),
                cmocka_unit_test(connect_fails),
                cmocka_unit_test(dropping_is_cancelling),
                cmocka_unit_test(specs),
        };
        int r;

        if (sd_event_new(&loop) < 0)
                return 1;
        r = cmocka_run_group_tests(tests, setup, teardown);
        sd_event_unref(loop);
        return r;
}
