/* SPDX-License-Identifier: Apache-2.0 */

/* After a sign-in over HTTP/1.1 neither the password that went out nor the token that came back is left in
 * any memory of this process that can be written to: not in curl's heap, not in jansson's, not in buffers of
 * ours. The words looked for are random and kept masked, so that the test does not find itself. */

#include "cloud/signin.h"
#include "proto/base/bytes.h"
#include "proto/base/standard.h"
#include "tests/unit/cmocka.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <systemd/sd-event.h>

enum { WORD_LEN = 32, MASK = 0x5a, MAPPING_MAX = 64 << 20, MAPS_MAX = 1 << 20 };

static uint8_t masked_password[WORD_LEN], masked_token[WORD_LEN];
static char *area, *maps; /* mappings of their own, not looked at */
static bool answered;
static struct secret *token_seen;

/* A random word of letters, as a secret and masked. */
static struct secret *make_word(uint8_t masked[static WORD_LEN])
{
        struct secret *s = NULL;
        char text[WORD_LEN];

        assert_int_equal(getrandom(text, sizeof(text), 0), WORD_LEN);
        for (size_t i = 0; i < WORD_LEN; i++) {
                text[i] = (char)('a' + (text[i] & 15));
                masked[i] = (uint8_t)text[i] ^ MASK;
        }
        assert_int_equal(secret_new(text, sizeof(text), &s), 0);
        explicit_bzero(text, sizeof(text));
        return s;
}

static bool is_word(const char *at, const uint8_t masked[static WORD_LEN])
{
        for (size_t i = 0; i < WORD_LEN; i++)
                if (((uint8_t)at[i] ^ MASK) != masked[i])
                        return false;
        return true;
}

static size_t scan_mapping(int mem, unsigned long from, size_t len, const uint8_t masked[static WORD_LEN])
{
        ssize_t n = pread(mem, area, len, (off_t)from);
        size_t found = 0;

        for (ssize_t i = 0; i + WORD_LEN <= n; i++)
                found += is_word(area + i, masked);
        explicit_bzero(area, len);
        return found;
}

/* How often the word is in the writable memory of this process. */
static size_t scan(const uint8_t masked[static WORD_LEN])
{
        int fd = open("/proc/self/maps", O_RDONLY | O_CLOEXEC),
            mem = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
        size_t len = 0, found = 0;
        ssize_t n;

        assert_true(fd >= 0 && mem >= 0);
        while ((n = read(fd, maps + len, MAPS_MAX - 1 - len)) > 0)
                len += (size_t)n;
        maps[len] = 0;
        for (const char *line = maps; *line; line += strcspn(line, "\n") + 1) {
                unsigned long from, to;
                char rights[8];

                if (sscanf(line, "%lx-%lx %7s", &from, &to, rights) != 3 || strncmp(rights, "rw", 2) != 0 ||
                    to - from > MAPPING_MAX || from == (unsigned long)area || from == (unsigned long)maps)
                        continue;
                found += scan_mapping(mem, from, to - from, masked);
        }
        (void)close(fd);
        (void)close(mem);
        return found;
}

/* A server in a process of its own: one connection, one answer, with the token in it. */
static pid_t start_server(const struct secret *token, unsigned *ret_port)
{
        struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
        socklen_t len = sizeof(a);
        int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), fd;
        char in[4096], out[512];
        pid_t pid;

        assert_int_equal(bind(listener, (struct sockaddr *)&a, len), 0);
        assert_int_equal(listen(listener, 1), 0);
        assert_int_equal(getsockname(listener, (struct sockaddr *)&a, &len), 0);
        *ret_port = ntohs(a.sin_port);
        pid = fork();
        if (pid != 0) {
                (void)close(listener);
                return pid;
        }
        fd = accept(listener, NULL, NULL);
        for (size_t got = 0; !memmem(in, got, "expires_in=60", 13);) { /* the end of the form */
                ssize_t n = read(fd, in + got, sizeof(in) - got);

                if (n <= 0)
                        _exit(1);
                got += (size_t)n;
        }
        (void)snprintf(out, sizeof(out),
                       "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %u\r\n\r\n"
                       "{\"access_token\":\"%s\"}",
                       19 + WORD_LEN, secret_text(token));
        _exit(write(fd, out, strlen(out)) > 0 ? 0 : 1);
}

static void on_grant(void *userdata, const struct cloud_error *e, const struct cloud_grant *g)
{
        struct op **op = userdata;

        assert_int_equal(e->trouble.fault, FAULT_NONE);
        assert_int_equal(secret_new(secret_bytes(g->token), secret_len(g->token), &token_seen), 0);
        answered = true;
        *op = op_free(*op);
}

static void sign_in(const struct secret *password, unsigned port)
{
        struct cloud_client *client = NULL;
        struct op *op = NULL;
        sd_event *loop = NULL;
        char url[64];

        (void)snprintf(url, sizeof(url), "http://127.0.0.1:%u", port);
        assert_true(sd_event_new(&loop) >= 0);
        assert_int_equal(cloud_client_new(&(struct cloud_config){ .loop = loop, .url = url }, &client), 0);
        assert_int_equal(cloud_sign_in(client, "ann", password, 60, on_grant, &op, &op), 0);
        while (!answered)
                assert_true(sd_event_run(loop, 10000000) > 0);
        cloud_client_free(client);
        sd_event_unref(loop);
}

static void nothing_is_left(void **state)
{
        struct secret *password = make_word(masked_password), *token = make_word(masked_token);
        unsigned port = 0;
        int status = -1;
        pid_t pid;

        (void)state;
        assert_true(scan(masked_password) >= 1); /* the search does find */
        pid = start_server(token, &port);
        sign_in(password, port);
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_int_equal(status, 0);
        assert_true(secret_equal(token, token_seen));
        secret_free(token_seen);
        secret_free(password);
        secret_free(token);
        assert_int_equal(scan(masked_password), 0);
        assert_int_equal(scan(masked_token), 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = { cmocka_unit_test(nothing_is_left) };

        area = mmap(NULL, MAPPING_MAX, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        maps = mmap(NULL, MAPS_MAX, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        if (area == MAP_FAILED || maps == MAP_FAILED || standard_open() < 0 || secret_init() < 0)
                return 1;
        return cmocka_run_group_tests(tests, NULL, NULL);
}
