/* SPDX-License-Identifier: Apache-2.0 */

/* The probe against OpenSSL's own stateless DTLS listener (a peer that nobody here wrote), a port that
 * refuses, one that stays silent, one that talks something else, and a name that cannot resolve. */

#include "proto/base/timer.h"
#include "setup/doctor/dtls.h"
#include "setup/doctor/probe.h"
#include "tests/unit/cmocka.h"
#include <errno.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <sodium.h>
#include <string.h>
#include <sys/socket.h>
#include <systemd/sd-event.h>

static sd_event *loop;

struct seen {
        bool done;
        enum fault fault;
        char cause[TROUBLE_CAUSE_MAX];
        char address[64];
};

static void on_probe(void *userdata, const struct probe_answer *a)
{
        struct seen *s = userdata;

        assert_false(s->done);
        s->done = true;
        s->fault = a->trouble.fault;
        memcpy(s->cause, a->trouble.cause, sizeof(s->cause));
        strncpy(s->address, a->address, sizeof(s->address) - 1);
}

static int udp_server(uint16_t *ret_port)
{
        struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
        socklen_t len = sizeof(at);
        int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

        assert_true(fd >= 0);
        assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
        assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &len), 0);
        *ret_port = ntohs(at.sin_port);
        return fd;
}

static struct seen probe(const char *host, uint16_t port)
{
        _cleanup_(op_freep) struct op *op = NULL;
        struct seen s = { 0 };

        assert_int_equal(probe_start(loop, host, port, on_probe, &s, &op), 0);
        assert_false(s.done);
        while (!s.done)
                assert_true(sd_event_run(loop, 15 * 1000 * 1000) > 0);
        return s;
}

/* OpenSSL's listener */

static int make_cookie(SSL *ssl, unsigned char *cookie, unsigned int *len)
{
        (void)ssl;
        memcpy(cookie, "cookie", 6);
        *len = 6;
        return 1;
}

static int check_cookie(SSL *ssl, const unsigned char *cookie, unsigned int len)
{
        (void)ssl;
        return len == 6 && memcmp(cookie, "cookie", 6) == 0;
}

static int on_hello(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
        BIO_ADDR *peer = BIO_ADDR_new();

        (void)source;
        (void)fd;
        (void)revents;
        assert_int_equal(DTLSv1_listen(userdata, peer), 0); /* 0: it has sent a HelloVerifyRequest */
        BIO_ADDR_free(peer);
        return 0;
}

static void a_dtls_server_answers(void **state)
{
        _cleanup_(sd_event_source_unrefp) sd_event_source *source = NULL;
        SSL_CTX *ctx = SSL_CTX_new(DTLS_server_method());
        uint16_t port;
        int fd = udp_server(&port);
        BIO *bio = BIO_new_dgram(fd, BIO_CLOSE);
        SSL *ssl = SSL_new(ctx);
        struct seen s;

        (void)state;
        SSL_CTX_set_cookie_generate_cb(ctx, make_cookie);
        SSL_CTX_set_cookie_verify_cb(ctx, check_cookie);
        SSL_free(ssl);
        ssl = SSL_new(ctx);
        SSL_set_options(ssl, SSL_OP_COOKIE_EXCHANGE);
        SSL_set_bio(ssl, bio, bio);
        assert_true(sd_event_add_io(loop, &source, fd, EPOLLIN, on_hello, ssl) >= 0);
        s = probe("127.0.0.1", port);
        assert_int_equal(s.fault, FAULT_NONE);
        assert_string_equal(s.address, "127.0.0.1");
        sd_event_source_disable_unref(TAKE_PTR(source));
        SSL_free(ssl);
        SSL_CTX_free(ctx);
}

static int on_echo(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
        struct sockaddr_in from;
        socklen_t len = sizeof(from);
        char data[512];

        (void)source;
        (void)revents;
        assert_true(recvfrom(fd, data, sizeof(data), 0, (struct sockaddr *)&from, &len) > 0);
        assert_int_equal(sendto(fd, userdata, strlen(userdata), 0, (struct sockaddr *)&from, len),
                         strlen(userdata));
        return 0;
}

static void something_else_answers(void **state)
{
        _cleanup_(sd_event_source_disable_unrefp) sd_event_source *source = NULL;
        uint16_t port;
        _cleanup_(closep) int fd = udp_server(&port);
        struct seen s;

        (void)state;
        assert_true(fd >= 0);
        assert_true(sd_event_add_io(loop, &source, fd, EPOLLIN, on_echo,
                                    (void *)"HTTP/1.1 400 Bad Request") >= 0);
        s = probe("127.0.0.1", port);
        assert_int_equal(s.fault, FAULT_DEVICE_CLOUD_BLOCKED);
        assert_non_null(strstr(s.cause, "not the device cloud"));
}

static void nobody_answers(void **state)
{
        uint16_t port, closed;
        _cleanup_(closep) int fd = udp_server(&port);
        struct seen s;

        (void)state;
        assert_true(fd >= 0);
        close(udp_server(&closed));
        s = probe("127.0.0.1", closed);
        assert_int_equal(s.fault, FAULT_DEVICE_CLOUD_BLOCKED);
        assert_non_null(strstr(s.cause, "refused"));
        s = probe("127.0.0.1", port);
        assert_int_equal(s.fault, FAULT_DEVICE_CLOUD_BLOCKED);
        assert_non_null(strstr(s.cause, "no answer"));
        assert_non_null(strstr(s.cause, "127.0.0.1"));
}

static void no_such_name(void **state)
{
        struct seen s = probe("no such name", 5684);

        (void)state;
        assert_int_equal(s.fault, FAULT_DEVICE_NO_INTERNET);
        assert_non_null(strstr(s.cause, "no such name"));
        assert_string_equal(s.address, "");
}

static void dropping_it_ends_it(void **state)
{
        struct op *op;
        struct seen s = { 0 };
        uint16_t port;
        _cleanup_(closep) int fd = udp_server(&port);

        (void)state;
        assert_int_equal(probe_start(loop, "127.0.0.1", port, on_probe, &s, &op), 0);
        op_free(op);
        assert_int_equal(probe_start(loop, "127.0.0.1", port, on_probe, &s, &op), 0);
        while (recv(fd, &(char){ 0 }, 1, 0) < 0)
                assert_true(sd_event_run(loop, 1000 * 1000) > 0);
        op_free(op);
        assert_true(sd_event_run(loop, 50 * 1000) >= 0);
        assert_false(s.done);
}

static void kinds_of_datagrams(void **state)
{
        static const uint8_t verify[] = { 22, 254, 255, 0, 0, 0, 0, 0, 0, 0, 0, 0,   15,  3,
                                          0,  0,   3,   0, 0, 0, 0, 0, 0, 0, 3, 254, 255, 0 };
        static const uint8_t alert[] = { 21, 254, 253, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 2, 40 };

        (void)state;
        assert_int_equal(dtls_answer_kind(verify, sizeof(verify)), DTLS_HELLO_VERIFY);
        assert_int_equal(dtls_answer_kind(alert, sizeof(alert)), DTLS_OTHER);
        for (size_t n = 0; n < sizeof(verify); n++)
                assert_int_equal(dtls_answer_kind(verify, n), DTLS_NOT_DTLS);
        for (size_t n = 0; n < sizeof(alert); n++)
                assert_int_equal(dtls_answer_kind(alert, n), DTLS_NOT_DTLS);
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_dtls_server_answers), cmocka_unit_test(something_else_answers),
                cmocka_unit_test(nobody_answers),        cmocka_unit_test(no_such_name),
                cmocka_unit_test(dropping_it_ends_it),   cmocka_unit_test(kinds_of_datagrams),
        };
        int r;

        if (sodium_init() < 0 || sd_event_new(&loop) < 0)
                return 1;
        r = cmocka_run_group_tests(tests, NULL, NULL);
        sd_event_unref(loop);
        return r;
}
