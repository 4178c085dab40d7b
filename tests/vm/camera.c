/* SPDX-License-Identifier: Apache-2.0 */

/* camera-probe SCENARIO [long]: the camera as a source (usher-scan and usher-decode beside this program) in
 * front of the kernel's virtual camera, which shows what it is told to. Exit status 0: as it should be; what
 * was measured goes to standard output. With "long" scans and cables are ten times as many. */

#include "setup/label/camera/camera.h"
#include "setup/label/camera/frames.h"
#include "tests/sim/cli/photo.h"
#include "tests/vm/vivid.h"
#include <dirent.h>
#include <err.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { PATIENCE_MS = 20000, HELD_MS = 2000, LONGER = 10 };

#define DRIVER "/sys/bus/platform/drivers/vivid/"

static const char *const event_names[] = { "nothing", "scan", "hint", "lost", "back", "refused", "end" };

static struct vivid vivid;
static unsigned scans_wanted = 20, unplugs_wanted = 2;

static int64_t now_ms(void)
{
        struct timespec t;

        (void)clock_gettime(CLOCK_BOOTTIME, &t);
        return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static const char *text_of(unsigned i)
{
        static char text[64];

        (void)snprintf(text, sizeof(text), "ARGHAM%09u ABCDEFGHJKLM%03u", i, i % 1000);
        return text;
}

/* From now on the camera sees sticker `i` on a grey table. */
static void show(unsigned i)
{
        enum { WIDTH = 400, HEIGHT = 300, X = 500, Y = 200 };
        static uint8_t table[VIVID_WIDTH * VIVID_HEIGHT];
        const struct photo p = { .text = { text_of(i) },
                                 .stickers = 1,
                                 .width = WIDTH,
                                 .height = HEIGHT,
                                 .module_px = 5,
                                 .rotate_deg = (float)(i * 37 % 360),
                                 .seed = i };
        _cleanup_(freep) uint8_t *sticker = NULL;

        if (photo_take(&p, &sticker) < 0)
                errx(1, "no photograph");
        memset(table, 110, sizeof(table));
        for (unsigned y = 0; y < HEIGHT; y++)
                memcpy(table + (size_t)(Y + y) * VIVID_WIDTH + X, sticker + (size_t)y * WIDTH, WIDTH);
        vivid.picture = table;
}

/* The next event but hints, at most until `ms` have passed: SOURCE_NOTHING then. The show goes on. */
static int next(struct source *s, int ms, struct scan *ret)
{
        int64_t until_ms = now_ms() + ms;

        while (now_ms() < until_ms) {
                struct pollfd p[] = { { .fd = vivid.out, .events = POLLOUT },
                                      { .fd = source_fd(s), .events = POLLIN } };
                int limit_ms = source_timeout_ms(s), left_ms = (int)(until_ms - now_ms()), event;

                if (poll(p, 2, limit_ms >= 0 && limit_ms < left_ms ? limit_ms : left_ms) < 0)
                        err(1, "poll");
                if (p[0].revents & POLLOUT)
                        vivid_feed(&vivid);
                event = source_dispatch(s, ret);
                if (event < 0)
                        errx(1, "dispatch: %s", strerror(-event));
                if (event != SOURCE_NOTHING && event != SOURCE_HINT)
                        return event;
        }
        return SOURCE_NOTHING;
}

static void expect(struct source *s, enum source_event wanted)
{
        struct scan scan = { 0 };
        int event = next(s, PATIENCE_MS, &scan);

        if (event != (int)wanted)
                errx(1, "%s instead of %s: %s", event_names[event], event_names[wanted],
                     source_trouble(s)->cause);
        scan_done(&scan);
}

static void expect_label(struct source *s, unsigned i)
{
        struct scan scan = { 0 };
        int event = next(s, PATIENCE_MS, &scan);

        if (event != SOURCE_SCAN)
                errx(1, "%s instead of scan %u: %s", event_names[event], i, source_trouble(s)->cause);
        if (strcmp(secret_text(scan.text), text_of(i)) != 0)
                errx(1, "scan %u has another text", i);
        if (strcmp(scan.from, vivid.camera) != 0)
                errx(1, "from %s", scan.from);
        scan_done(&scan);
}

static void expect_refusal(struct source *s, const char *words)
{
        expect(s, SOURCE_REFUSED);
        if (!strstr(source_trouble(s)->cause, words))
                errx(1, "'%s' instead of '%s'", source_trouble(s)->cause, words);
        printf("%s\n", source_trouble(s)->cause);
        expect(s, SOURCE_END);
}

static struct source *open_camera(void)
{
        struct source *s;

        if (source_open_camera("auto", false, &s) < 0)
                errx(1, "no source");
        return s;
}

/* Clock ticks of CPU that process `pid` has had; 0 unless it is of that name. */
static long ticks_of(long pid, const char *name)
{
        char path[64], command[32] = "";
        long user = 0, system = 0;
        FILE *f;

        (void)snprintf(path, sizeof(path), "/proc/%ld/stat", pid);
        f = fopen(path, "re");
        if (!f)
                return 0;
        if (fscanf(f, "%*d (%31[^)]) %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %ld %ld", command, &user,
                   &system) != 3 ||
            strcmp(command, name) != 0)
                user = system = 0;
        (void)fclose(f);
        return user + system;
}

/* Milliseconds of CPU that the programs of that name have had. */
static long cpu_ms(const char *name)
{
        DIR *dir = opendir("/proc");
        const struct dirent *e;
        long ticks = 0;

        while (dir && (e = readdir(dir)) != NULL)
                if (*e->d_name >= '0' && *e->d_name <= '9')
                        ticks += ticks_of(strtol(e->d_name, NULL, 10), name);
        if (dir)
                (void)closedir(dir);
        return ticks * 1000 / sysconf(_SC_CLK_TCK);
}

/* ---- scenarios ---- */

/* Each is shown until it is read. */
static void scans(void)
{
        _cleanup_(source_freep) struct source *s = NULL;
        int64_t total_ms = 0, worst_ms = 0;

        vivid_open(&vivid);
        s = open_camera();
        for (unsigned i = 1; i <= scans_wanted; i++) {
                int64_t from_ms;

                show(i);
                from_ms = now_ms();
                expect_label(s, i);
                total_ms += now_ms() - from_ms;
                if (i > 1 && now_ms() - from_ms > worst_ms)
                        worst_ms = now_ms() - from_ms;
        }
        printf("%u scans, %ld ms each, %ld ms at most after the first\n", scans_wanted,
               (long)total_ms / (long)scans_wanted, (long)worst_ms);
}

/* One that stays in view is no second scan; what that costs. */
static void held(void)
{
        _cleanup_(source_freep) struct source *s = NULL;
        struct scan scan = { 0 };
        long scan_ms, decode_ms;

        vivid_open(&vivid);
        s = open_camera();
        show(1);
        expect_label(s, 1);
        scan_ms = cpu_ms("usher-scan");
        decode_ms = cpu_ms("usher-decode");
        if (next(s, HELD_MS, &scan) != SOURCE_NOTHING)
                errx(1, "something happened");
        printf("in %d ms: usher-scan %ld ms of CPU, usher-decode %ld ms\n", HELD_MS,
               cpu_ms("usher-scan") - scan_ms, cpu_ms("usher-decode") - decode_ms);
}

/* Half of the frames are damaged. */
static void damaged(void)
{
        _cleanup_(source_freep) struct source *s = NULL;

        vivid_open(&vivid);
        vivid_set(&vivid, "Percentage of Dropped Buffers", 50);
        s = open_camera();
        for (unsigned i = 1; i <= 3; i++) {
                vivid_set(&vivid, "Inject V4L2_BUF_FLAG_ERROR", 1);
                show(i);
                expect_label(s, i);
        }
}

static void tell_driver(const char *what)
{
        char path[128];
        FILE *f;

        (void)snprintf(path, sizeof(path), DRIVER "%s", what);
        f = fopen(path, "we");
        if (!f || fputs("vivid.0", f) < 0 || fclose(f) != 0)
                err(1, "%s", path);
}

static void unplugged(void)
{
        _cleanup_(source_freep) struct source *s = NULL;

        vivid_open(&vivid);
        s = open_camera();
        for (unsigned i = 1; i <= unplugs_wanted; i++) {
                show(i);
                expect_label(s, i);
                vivid_set(&vivid, "Disconnect", 1);
                vivid_close(&vivid);
                expect(s, SOURCE_LOST);
                printf("%s\n", source_trouble(s)->cause);
                tell_driver("unbind");
                tell_driver("bind");
                vivid_open(&vivid);
                expect(s, SOURCE_BACK);
        }
        show(unplugs_wanted + 1);
        expect_label(s, unplugs_wanted + 1);
}

static void busy(void)
{
        _cleanup_(source_freep) struct source *s = NULL, *second = NULL;

        vivid_open(&vivid);
        s = open_camera();
        show(1);
        expect_label(s, 1);
        second = open_camera();
        expect_refusal(second, "is in use by");
        show(2);
        expect_label(s, 2);
}

/* A camera that lists what it has: 720p at 15 frames a second is chosen, and comes. */
static void webcam(void)
{
        _cleanup_(frames_closep) struct frames *f = NULL;
        struct trouble trouble;
        struct frame frame = { .fd = -1 };
        int64_t until_ms = now_ms() + HELD_MS;
        int n = 0;

        if (frames_open("auto", &f, &trouble) < 0)
                errx(1, "%s", trouble.cause);
        while (now_ms() < until_ms) {
                struct pollfd p = { .fd = frames_fd(f), .events = POLLIN };

                if (poll(&p, 1, (int)(until_ms - now_ms())) > 0)
                        n += frames_look(f) == 1;
        }
        if (frames_take(f, &frame) != 1 || frame.width != VIVID_WIDTH || frame.height != VIVID_HEIGHT ||
            frame.jpeg || frame.size != VIVID_WIDTH * VIVID_HEIGHT)
                errx(1, "a frame of %u x %u, %zu bytes", frame.width, frame.height, frame.size);
        closep(&frame.fd);
        printf("%d frames in %d ms\n", n, HELD_MS);
        if (n < 20 || n > 31)
                errx(1, "%d frames in %d ms", n, HELD_MS);
}

static void absent(void)
{
        _cleanup_(source_freep) struct source *s = NULL;

        vivid.out = -1;
        s = open_camera();
        expect_refusal(s, "there is no camera");
}

static void forbidden(void)
{
        _cleanup_(source_freep) struct source *s = NULL;

        vivid.out = -1;
        if (setresgid(65534, 65534, 65534) < 0 || setresuid(65534, 65534, 65534) < 0)
                err(1, "setresuid");
        s = open_camera();
        expect_refusal(s, "group video");
}

int main(int argc, char **argv)
{
        static const struct {
                const char *name;
                void (*run)(void);
        } scenarios[] = {
                { "scans", scans }, { "held", held },     { "damaged", damaged }, { "unplugged", unplugged },
                { "busy", busy },   { "webcam", webcam }, { "absent", absent },   { "forbidden", forbidden },
        };

        if (argc < 2 || argc > 3 || secret_init() < 0)
                return 2;
        if (argc == 3 && strcmp(argv[2], "long") == 0) {
                scans_wanted *= LONGER;
                unplugs_wanted *= LONGER;
        }
        for (size_t i = 0; i < ELEMENTSOF(scenarios); i++)
                if (strcmp(argv[1], scenarios[i].name) == 0) {
                        scenarios[i].run();
                        return 0;
                }
        return 2;
}
