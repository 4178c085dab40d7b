/* SPDX-License-Identifier: Apache-2.0 */

/* 200 devices claimed by id, eight at a time, against `usher-sim cloud` in a process of its own: wall time,
 * requests per device, connections, memory of this side; and what the cloud counted against its limits. Each
 * device is looked at, claimed, and looked at again, as a batch does. */

#include "cloud/call.h"
#include "cloud/url.h"
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <systemd/sd-event.h>
#include <time.h>

enum { DEVICES = 200, PARALLEL = 8 };

#define TOKEN "0123456789abcdef0123456789abcdef01234567"

struct worker {
        struct op *op;
        char id[CLOUD_ID_LEN + 1];
        bool claimed;
};

static struct cloud_client *client;
static struct worker workers[PARALLEL];
static unsigned started, done, mine;

static void next(struct worker *w);

static void must(int r, const char *what)
{
        if (r < 0) {
                errno = -r;
                err(1, "%s", what);
        }
}

static void on_device(void *userdata, const struct cloud_error *e, const struct cloud_device *d);

static void on_claim(void *userdata, const struct cloud_error *e, const struct cloud_claim *claim)
{
        struct worker *w = userdata;

        (void)claim;
        if (e->fault != FAULT_NONE)
                errx(1, "%s: %s", w->id, e->cause);
        w->op = op_free(w->op);
        w->claimed = true;
        must(cloud_device(client, w->id, on_device, w, &w->op), "cloud_device");
}

static void on_device(void *userdata, const struct cloud_error *e, const struct cloud_device *d)
{
        struct worker *w = userdata;
        bool owned = d && d->known && d->owner;

        if (e->fault != FAULT_NONE)
                errx(1, "%s: %s", w->id, e->cause);
        w->op = op_free(w->op);
        if (!owned && !w->claimed) {
                must(cloud_claim(client, w->id, false, on_claim, w, &w->op), "cloud_claim");
                return;
        }
        mine += owned;
        done++;
        next(w);
}

static void next(struct worker *w)
{
        if (started == DEVICES)
                return;
        (void)snprintf(w->id, sizeof(w->id), "e00fce68%016x", started++);
        w->claimed = false;
        must(cloud_device(client, w->id, on_device, w, &w->op), "cloud_device");
}

static void write_seed(FILE *f)
{
        fprintf(f,
                "{\"users\":[{\"username\":\"lab@example.com\",\"max_devices\":1000}],\"tokens\":[{\"token\":\"" TOKEN
                "\",\"user\":\"lab@example.com\"}],\"devices\":[");
        for (unsigned i = 0; i < DEVICES; i++)
                fprintf(f, "%s{\"id\":\"e00fce68%016x\",\"online\":true}", i ? "," : "", i);
        fprintf(f, "]}");
        if (fflush(f) != 0)
                err(1, "the seed");
}

/* The cloud says "ready URL" on its standard output. */
static pid_t start_cloud(const char *program, const char *seed, char *url, size_t size)
{
        char line[256] = "";
        int ends[2];
        FILE *out;
        pid_t pid;

        if (pipe(ends) < 0)
                err(1, "pipe");
        pid = fork();
        if (pid == 0) {
                (void)dup2(ends[1], STDOUT_FILENO);
                (void)execl(program, program, "cloud", "--listen", "127.0.0.1:0", "--seed", seed, NULL);
                err(1, "%s", program);
        }
        (void)close(ends[1]);
        out = fdopen(ends[0], "r");
        if (!out || !fgets(line, sizeof(line), out) || strncmp(line, "ready ", 6) != 0)
                errx(1, "the cloud does not start");
        (void)snprintf(url, size, "%.*s", (int)strcspn(line + 6, "\n"), line + 6);
        return pid;
}

static double now_s(void)
{
        struct timespec t;

        (void)clock_gettime(CLOCK_MONOTONIC, &t);
        return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static long peak_kib(void)
{
        FILE *f = fopen("/proc/self/status", "r");
        char line[256];
        long kib = -1;

        while (f && kib < 0 && fgets(line, sizeof(line), f))
                if (strncmp(line, "VmHWM:", 6) == 0)
                        kib = strtol(line + 6, NULL, 10);
        if (f)
                (void)fclose(f);
        return kib;
}

/* what the cloud counted */
static unsigned requests;

static void print_counts(struct call_end *end)
{
        const json_t *class;
        const char *name;

        requests = cloud_json_number(end->json, "total");
        json_object_foreach(json_object_get(end->json, "classes"), name,
                            class) if (cloud_json_number(class, "peak"))
                printf("%s: at most %u of %u in a window, %u refused\n", name,
                       cloud_json_number(class, "peak"), cloud_json_number(class, "limit"),
                       cloud_json_number(class, "refused"));
        done++;
}

static void run_until(sd_event *loop, unsigned n)
{
        while (done < n)
                must(sd_event_run(loop, UINT64_MAX), "sd_event_run");
}

int main(int argc, char **argv)
{
        static const struct call_request counts = { .method = "GET",
                                                    .endpoint = ENDPOINT_ACCOUNT,
                                                    .read = print_counts };
        char url[256], seed[] = "/tmp/bench-claims-XXXXXX";
        struct secret *token = NULL;
        struct op *op = NULL;
        sd_event *loop = NULL;
        double begin, spent;
        pid_t cloud;
        FILE *f;

        if (argc != 2)
                errx(2, "bench-claims USHER-SIM");
        must(secret_init(), "secret_init");
        f = fdopen(mkstemp(seed), "w");
        if (!f)
                err(1, "%s", seed);
        write_seed(f);
        cloud = start_cloud(argv[1], seed, url, sizeof(url));
        must(sd_event_default(&loop), "sd_event_default");
        must(secret_new(TOKEN, strlen(TOKEN), &token), "secret_new");
        must(cloud_client_new(&(struct cloud_config){ .url = url, .token = token }, &client),
             "cloud_client_new");
        begin = now_s();
        for (size_t i = 0; i < PARALLEL; i++)
                next(&workers[i]);
        run_until(loop, DEVICES);
        spent = now_s() - begin;
        must(call_start(client, &counts, NULL, NULL, &op, "/sim/requests"), "call_start");
        run_until(loop, DEVICES + 1);
        op_free(op);
        printf("%u devices claimed, %u owned: %.2f s, %.1f requests each, peak memory %ld KiB\n", DEVICES,
               mine, spent, (double)requests / DEVICES, peak_kib());
        cloud_client_free(client);
        secret_free(token);
        sd_event_unref(loop);
        (void)kill(cloud, SIGTERM);
        (void)waitpid(cloud, NULL, 0);
        (void)fclose(f);
        (void)unlink(seed);
        return mine == DEVICES ? 0 : 1;
}
