/* SPDX-License-Identifier: Apache-2.0 */

/* 100,000 waiting jobs: how long submitting, starting and looking take, what they cost in memory, and how
 * many transitions a second there are beside them. Each phase is a process of its own, so that memory is
 * what it would be after a start. bench-store FOLDER [JOBS]: the database lies in FOLDER, whose disk is what
 * is measured. */

#include "proto/base/cleanup.h"
#include "setup/store/store.h"
#include "tests/bench/percentile.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <systemd/sd-event.h>
#include <time.h>
#include <unistd.h>

enum { JOBS = 100000, JOBS_FEW = 5000, TRANSITIONS = 2000, TRANSITIONS_FEW = 200, PAGE = 50, PAGES = 200 };

struct bench {
        char path[512];
        unsigned n_jobs;
        sd_event *loop;
        struct store *store;
        struct secret *key;
        bool here;
        /* of the last answer */
        int error;
        size_t n;
        uint64_t next, epoch;
        char id[STORE_ID_LEN + 1];
};

static double now_ms(void)
{
        struct timespec t;

        (void)clock_gettime(CLOCK_MONOTONIC, &t);
        return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* KiB in memory that are this process's own. */
static long memory_kib(void)
{
        long size, resident, shared;
        FILE *f = fopen("/proc/self/statm", "re");
        int n = f ? fscanf(f, "%ld %ld %ld", &size, &resident, &shared) : 0;

        if (f)
                (void)fclose(f);
        return n == 3 ? (resident - shared) * (sysconf(_SC_PAGESIZE) / 1024) : -1;
}

static void die(const char *what, int error)
{
        (void)fprintf(stderr, "bench-store: %s: %s\n", what, strerror(-error));
        exit(1);
}

static void answer(void *userdata, const struct store_answer *a)
{
        struct bench *b = userdata;

        b->here = true;
        b->error = a->error;
        b->n = a->n_jobs;
        b->next = a->next;
        if (a->n_jobs) {
                memcpy(b->id, a->jobs[0].id, sizeof(b->id));
                b->epoch = a->jobs[0].epoch;
        }
}

static void wait_for(struct bench *b, const char *what, int r, struct op *op)
{
        if (r < 0)
                die(what, r);
        while (!b->here)
                if ((r = sd_event_run(b->loop, UINT64_MAX)) < 0)
                        die("loop", r);
        b->here = false;
        op_free(op);
        if (b->error < 0)
                die(what, b->error);
}

static void open_it(struct bench *b)
{
        static const uint8_t key[STORE_KEY_LEN] = "the key of a benchmark";
        struct trouble t;
        int r = secret_init();

        if (r >= 0)
                r = secret_new(key, sizeof(key), &b->key);
        if (r >= 0)
                r = sd_event_new(&b->loop);
        if (r < 0)
                die("start", r);
        r = store_open(&(struct store_config){ .loop = b->loop, .path = b->path, .key = b->key }, &b->store,
                       &t);
        if (r < 0) {
                (void)fprintf(stderr, "bench-store: %s\n", t.cause);
                exit(1);
        }
}

static void close_it(struct bench *b)
{
        b->store = store_free(b->store);
        secret_free(b->key);
        sd_event_unref(b->loop);
}

static void ask_a_page(struct bench *b, uint64_t after)
{
        struct op *op = NULL;

        wait_for(b, "list", store_list(b->store, NULL, after, PAGE, answer, b, &op), op);
}

static void print_line(const char *what, double value, const char *unit, const char *goal)
{
        printf("%-44s %10.2f %-6s %s\n", what, value, unit, goal);
}

static void print_times(const char *what, double *ms, size_t n, const char *goal)
{
        char line[64];
        static const size_t parts[] = { 50, 95, 99 };

        for (size_t i = 0; i < 3; i++) {
                (void)snprintf(line, sizeof(line), "%s, p%zu", what, parts[i]);
                print_line(line, percentile(ms, n, parts[i]), "ms", goal);
        }
}

static long phase_empty(struct bench *b)
{
        long kib;

        open_it(b);
        ask_a_page(b, 0);
        kib = memory_kib();
        close_it(b);
        return kib;
}

static long phase_submit(struct bench *b)
{
        struct store_new *list = calloc(b->n_jobs, sizeof(*list));
        char(*texts)[2][16] = calloc(b->n_jobs, sizeof(*texts));
        struct secret *secret;
        struct op *op = NULL;
        double before;

        open_it(b);
        if (!list || !texts || secret_new("ABCDEFGHIJKLMNO", 15, &secret) < 0)
                die("memory", -ENOMEM);
        for (unsigned i = 0; i < b->n_jobs; i++) {
                (void)snprintf(texts[i][0], 16, "S%014u", i);
                (void)snprintf(texts[i][1], 16, "%06u", i % 1000000);
                list[i] = (struct store_new){ .serial = texts[i][0],
                                              .code = texts[i][1],
                                              .secret = secret,
                                              .submitter = "list",
                                              .profile = "lab",
                                              .options = "{\"name\":\"bench-{n}\",\"groups\":[\"a\"]}" };
        }
        before = now_ms();
        wait_for(b, "submit", store_submit(b->store, list, b->n_jobs, answer, b, &op), op);
        print_line("submit in one commit", now_ms() - before, "ms", "");
        secret_free(secret);
        free(list);
        free(texts);
        close_it(b);
        return 0;
}

static void measure_pages(struct bench *b)
{
        double ms[PAGES];

        for (size_t i = 0; i < PAGES; i++) {
                double before = now_ms();

                ask_a_page(b, (uint64_t)i * b->n_jobs / PAGES);
                ms[i] = now_ms() - before;
        }
        print_times("page of 50 by key", ms, PAGES, "<= 50");
}

static void change(struct bench *b, enum store_state state)
{
        static const char *const events[] = {
                "{\"v\":2,\"event\":\"step\",\"step\":\"connect\",\"state\":\"done\"}"
        };
        struct op *op = NULL;
        char id[STORE_ID_LEN + 1];

        memcpy(id, b->id, sizeof(id));
        wait_for(b, "change",
                 store_change(b->store,
                              &(struct store_change){ .id = id,
                                                      .epoch = b->epoch,
                                                      .state = state,
                                                      .step = "connect",
                                                      .events = events,
                                                      .n_events = 1 },
                              answer, b, &op),
                 op);
}

/* One after the other, each waited for: what a single slot would see. */
static void measure_transitions(struct bench *b)
{
        static double ms[TRANSITIONS];
        size_t n = bench_size(TRANSITIONS, TRANSITIONS_FEW);
        double begin = now_ms();

        for (size_t i = 0; i < n; i++) {
                double before = now_ms();
                struct op *op = NULL;

                if (i % 4 == 0)
                        wait_for(b, "claim",
                                 store_claim(b->store,
                                             &(struct store_claim){ .limit = 1, .lease_ms = 60000 }, answer,
                                             b, &op),
                                 op);
                else
                        change(b, i % 4 == 3 ? STORE_DONE : STORE_RUNNING);
                ms[i] = now_ms() - before;
        }
        print_line("transitions one by one", (double)n / (now_ms() - begin) * 1e3, "/s", "");
        print_times("transition", ms, n, "");
}

static long phase_full(struct bench *b)
{
        double before = now_ms();
        struct rusage idle, later;
        long kib;

        open_it(b);
        ask_a_page(b, 0);
        print_line("start, to the first page", now_ms() - before, "ms", "<= 1000");
        kib = memory_kib();
        measure_pages(b);
        (void)getrusage(RUSAGE_SELF, &idle);
        (void)sd_event_run(b->loop, 2000000);
        (void)getrusage(RUSAGE_SELF, &later);
        print_line("processor in 2 s of nothing to do",
                   (double)(later.ru_utime.tv_sec - idle.ru_utime.tv_sec) * 1e3 +
                           (double)(later.ru_utime.tv_usec - idle.ru_utime.tv_usec) / 1e3,
                   "ms", "~ 0");
        measure_transitions(b);
        close_it(b);
        return kib;
}

/* What it answers comes by a pipe. */
static long in_a_process(struct bench *b, long (*phase)(struct bench *b))
{
        int pipes[2], status;
        long value = 0;
        pid_t child;

        (void)fflush(stdout);
        if (pipe(pipes) < 0 || (child = fork()) < 0)
                die("fork", -errno);
        if (child == 0) {
                value = phase(b);
                (void)fflush(stdout);
                _exit(write(pipes[1], &value, sizeof(value)) == sizeof(value) ? 0 : 1);
        }
        (void)close(pipes[1]);
        if (read(pipes[0], &value, sizeof(value)) != sizeof(value) || waitpid(child, &status, 0) != child ||
            status != 0)
                exit(1);
        (void)close(pipes[0]);
        return value;
}

static int remove_all(const struct bench *b, const char *folder)
{
        static const char *const ends[] = { "", "-wal", ".lock" };
        char path[600];

        for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
                (void)snprintf(path, sizeof(path), "%s%s", b->path, ends[i]);
                (void)unlink(path);
        }
        return rmdir(folder) < 0 ? 1 : 0;
}

int main(int argc, char **argv)
{
        static struct bench b;
        char folder[256];
        long empty, full;

        (void)snprintf(folder, sizeof(folder), "%s/bench-store-XXXXXX", argc > 1 ? argv[1] : "/tmp");
        b.n_jobs = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : (unsigned)bench_size(JOBS, JOBS_FEW);
        if (!mkdtemp(folder))
                die(folder, -errno);
        (void)snprintf(b.path, sizeof(b.path), "%s/jobs.db", folder);
        printf("%u waiting jobs\n", b.n_jobs);
        empty = in_a_process(&b, phase_empty);
        (void)in_a_process(&b, phase_submit);
        full = in_a_process(&b, phase_full);
        print_line("memory of an empty store's process", (double)empty, "KiB", "");
        print_line("more with these jobs", (double)(full - empty), "KiB", "< 5120");
        return remove_all(&b, folder);
}
