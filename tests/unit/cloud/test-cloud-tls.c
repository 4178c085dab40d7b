/* SPDX-License-Identifier: Apache-2.0 */

/* The curl adaptor over TLS and HTTP/2, against nghttpd with a certificate made for "localhost" only: what
 * is not trusted gets no token, and many requests share one connection. */

#include "cloud/http.h"
#include "proto/base/bytes.h"
#include "tests/unit/cmocka.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <systemd/sd-event.h>

enum { PARALLEL = 20 };

static char folder[64], ca[96], key[96], log_text[262144];
static size_t log_len;
static int log_fd;
static unsigned port;
static pid_t server;
static sd_event *loop;
static struct secret *authorization;

static unsigned answered, connects, good;
static enum http_failure failure;
static struct op *ops[PARALLEL];

static void in_folder(char *out, size_t size, const char *name)
{
        (void)snprintf(out, size, "%s/%s", folder, name);
}

/* Runs a program with its output going to `out`. */
static pid_t spawn(char *const argv[], int out)
{
        pid_t pid = fork();

        if (pid != 0)
                return pid;
        if (dup2(out, STDOUT_FILENO) >= 0 && dup2(out, STDERR_FILENO) >= 0)
                (void)execvp(argv[0], argv);
        _exit(127);
}

static int make_certificate(void)
{
        char *const argv[] = { "openssl",
                               "req",
                               "-x509",
                               "-newkey",
                               "ec",
                               "-pkeyopt",
                               "ec_paramgen_curve:P-256",
                               "-nodes",
                               "-keyout",
                               key,
                               "-out",
                               ca,
                               "-days",
                               "2",
                               "-subj",
                               "/CN=usher test",
                               "-addext",
                               "subjectAltName=DNS:localhost",
                               NULL };
        int status = -1, null = open("/dev/null", O_WRONLY | O_CLOEXEC);
        pid_t pid = spawn(argv, null);

        (void)close(null);
        return pid < 0 || waitpid(pid, &status, 0) < 0 || status != 0 ? -1 : 0;
}

/* A port that was free a moment ago: nghttpd cannot tell which one it got from the kernel. */
static unsigned free_port(void)
{
        struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
        socklen_t len = sizeof(a);
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

        if (bind(fd, (struct sockaddr *)&a, len) < 0 || getsockname(fd, (struct sockaddr *)&a, &len) < 0)
                a.sin_port = 0;
        (void)close(fd);
        return ntohs(a.sin_port);
}

/* Takes what the server has printed; blocks for the next piece if `wait`. False at its end. */
static bool read_log(bool wait)
{
        ssize_t n;

        if (fcntl(log_fd, F_SETFL, wait ? 0 : O_NONBLOCK) < 0)
                return false;
        n = read(log_fd, log_text + log_len, sizeof(log_text) - 1 - log_len);
        if (n <= 0)
                return false;
        log_len += (size_t)n;
        return true;
}

static bool log_has(const char *text)
{
        while (read_log(false))
                ;
        return strstr(log_text, text) != NULL;
}

/* It says "listen" when it does, and ends when the port was taken meanwhile. */
static int start_server(void)
{
        for (int tries = 0; tries < 5; tries++) {
                char number[16];
                char *const argv[] = { "nghttpd", "-a",   "127.0.0.1", "-v", "-d",
                                       folder,    number, key,         ca,   NULL };
                int ends[2];

                port = free_port();
                (void)snprintf(number, sizeof(number), "%u", port);
                if (pipe2(ends, O_CLOEXEC) < 0)
                        return -1;
                server = spawn(argv, ends[1]);
                (void)close(ends[1]);
                log_fd = ends[0];
                while (read_log(true))
                        if (strstr(log_text, "listen"))
                                return 0;
                (void)close(log_fd);
                (void)waitpid(server, NULL, 0);
        }
        return -1;
}

static int set_up(void **state)
{
        char path[96];
        int fd;

        (void)state;
        (void)snprintf(folder, sizeof(folder), "/tmp/test-cloud-tls-XXXXXX");
        if (secret_init() < 0 || sd_event_new(&loop) < 0 || !mkdtemp(folder) ||
            secret_new("Authorization: Bearer t0ken-t0ken", 33, &authorization) < 0)
                return -1;
        in_folder(ca, sizeof(ca), "ca.pem");
        in_folder(key, sizeof(key), "key.pem");
        in_folder(path, sizeof(path), "x");
        fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
        if (fd < 0 || write(fd, "{\"ok\":true}", 11) != 11 || close(fd) < 0)
                return -1;
        return make_certificate() < 0 ? -1 : start_server();
}

static int tear_down(void **state)
{
        static const char *const names[] = { "ca.pem", "key.pem", "x", "" };
        char path[96];

        (void)state;
        (void)kill(server, SIGTERM);
        (void)waitpid(server, NULL, 0);
        (void)close(log_fd);
        for (size_t i = 0; i < ELEMENTSOF(names); i++) {
                in_folder(path, sizeof(path), names[i]);
                (void)remove(path);
        }
        authorization = secret_free(authorization);
        loop = sd_event_unref(loop);
        return 0;
}

static void on_reply(void *userdata, const struct http_reply *reply)
{
        struct op **op = userdata;

        answered++;
        connects += reply->connects;
        failure = reply->failure;
        if (reply->status == 200 && strcmp(reply->body, "{\"ok\":true}") == 0)
                good++;
        *op = op_free(*op);
}

static void run(const char *host, const char *ca_file, unsigned n)
{
        struct http *h = NULL;
        char url[96];
        struct http_request req = { .method = "GET", .url = url, .authorization = authorization };

        answered = connects = good = 0;
        (void)snprintf(url, sizeof(url), "https://%s:%u/x", host, port);
        assert_int_equal(http_new(&(struct http_config){ .loop = loop, .ca_file = ca_file }, &h), 0);
        for (unsigned i = 0; i < n; i++)
                assert_int_equal(http_start(h, &req, on_reply, &ops[i], &ops[i]), 0);
        for (int i = 0; i < 1000 && answered < n; i++)
                assert_true(sd_event_run(loop, 100000) >= 0);
        assert_int_equal(answered, n);
        http_free(h);
}

static void an_unknown_certificate_gets_nothing(void **state)
{
        (void)state;
        run("localhost", NULL, 1);
        assert_int_equal(failure, HTTP_UNTRUSTED);
        run("127.0.0.1", ca, 1); /* not the name in the certificate */
        assert_int_equal(failure, HTTP_UNTRUSTED);
        assert_false(log_has("t0ken"));
}

static void requests_share_one_connection(void **state)
{
        (void)state;
        run("localhost", ca, PARALLEL);
        assert_int_equal(good, PARALLEL);
        assert_int_equal(connects, 1);
        assert_true(log_has("authorization: Bearer t0ken-t0ken"));
        assert_true(log_has("HTTP/2") || log_has(":scheme: https"));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(an_unknown_certificate_gets_nothing),
                cmocka_unit_test(requests_share_one_connection),
        };

        return cmocka_run_group_tests(tests, set_up, tear_down);
}
