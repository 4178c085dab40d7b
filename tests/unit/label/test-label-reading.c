/* SPDX-License-Identifier: Apache-2.0 */

/* From paths to labels with the real decoder: good pictures, and everything that is wrong with a path, a
 * file or the codes in it, each with its fault and a cause that names it. */

#include "setup/label/decoder.h"
#include "setup/label/reading.h"
#include "tests/unit/cmocka.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { PATIENCE_MS = 60000 }; /* sanitizers on a busy machine */

#define SERIAL "ARNHAB000ABCDEF"
#define SECRET "abcDEF123456789"

static char folder[] = "/tmp/usher-test-label-XXXXXX";

static int set_up(void **state)
{
        (void)state;
        return mkdtemp(folder) ? 0 : -1;
}

static int tear_down(void **state)
{
        (void)state;
        return rmdir(folder);
}

/* A file of the given bytes; the caller unlinks it. */
static const char *make_file(const char *name, const void *data, size_t len, mode_t mode)
{
        static char path[128];
        int fd;

        (void)snprintf(path, sizeof(path), "%s/%s", folder, name);
        fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        assert_true(fd >= 0);
        assert_int_equal(write(fd, data, len), len);
        assert_int_equal(fchmod(fd, mode), 0);
        close(fd);
        return path;
}

static void expect(struct label_reading *r, enum fault fault, const char *cause)
{
        if (r->trouble.fault != fault || !strstr(r->trouble.cause, cause))
                fail_msg("fault %s, cause '%s' instead of %s, '%s'", fault_info(r->trouble.fault)->key,
                         r->trouble.cause, fault_info(fault)->key, cause);
        assert_null(strstr(r->trouble.cause, SECRET));
        assert_null(r->label.mobile_secret);
        label_reading_done(r);
}

static void finish(int opened, struct source *source, struct label_reading *ret)
{
        assert_int_equal(opened, 0);
        assert_int_equal(label_reading_finish(ret, source), 0);
        assert_null(source_free(source));
}

static void read_file(const char *path, struct label_reading *ret)
{
        struct source *source = NULL;
        int r = source_open_file(path, &source);

        finish(r, source, ret);
}

static void read_picture(const char *path, bool qr, unsigned timeout_ms, struct label_reading *ret)
{
        const struct picture_options options = { .qr = qr, .timeout_ms = timeout_ms };
        struct source *source = NULL;
        int r = source_open_picture(path, &options, &source);

        finish(r, source, ret);
}

static void reads_a_label_file(void **state)
{
        static const char text[] = SERIAL "\r\n" SECRET "\r\n";
        const char *path = make_file("label", text, sizeof(text) - 1, 0600);
        struct label_reading r = { 0 };

        (void)state;
        read_file(path, &r);
        assert_int_equal(r.trouble.fault, FAULT_NONE);
        assert_string_equal(r.label.serial, SERIAL);
        assert_string_equal(secret_text(r.label.mobile_secret), SECRET);
        label_reading_done(&r);
        unlink(path);
}

static void explains_bad_label_files(void **state)
{
        static char big[5000];
        static const struct {
                const char *text;
                size_t len;
                mode_t mode;
                enum fault fault;
                const char *cause;
        } rows[] = {
                { SERIAL " " SECRET, 31, 0644, FAULT_CONFIG, "chmod o-rwx" },
                { SERIAL, 15, 0600, FAULT_LABEL_NO_SECRET, "(Argon) alone" },
                { SERIAL " " SECRET " " SECRET, 47, 0600, FAULT_LABEL_INVALID, "more than two words" },
                { "", 0, 0600, FAULT_LABEL_INVALID, "is empty" },
                { big, sizeof(big), 0600, FAULT_LABEL_INVALID, "--image" },
        };
        struct label_reading r = { 0 };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                const char *path = make_file("label", rows[i].text, rows[i].len, rows[i].mode);

                read_file(path, &r);
                expect(&r, rows[i].fault, rows[i].cause);
                unlink(path);
        }
        read_file("/nonexistent/label", &r);
        expect(&r, FAULT_CONFIG, "/nonexistent/label: No such file");
        read_file("/", &r);
        expect(&r, FAULT_CONFIG, "Is a directory");
}

/* The reason stands behind the path. */
static void names_the_reason_of_long_paths(void **state)
{
        static const size_t lengths[] = { 346, 1000, 4000 };
        struct label_reading r = { 0 };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(lengths); i++) {
                char path[4096];

                memset(path, '/', sizeof(path));
                for (size_t at = 1; at < lengths[i]; at++)
                        path[at] = at % 100 ? 'n' : '/';
                path[lengths[i]] = 0;
                read_file(path, &r);
                expect(&r, FAULT_CONFIG, ": No such file or directory");
                read_picture(path, false, PATIENCE_MS, &r);
                expect(&r, FAULT_CONFIG, ": No such file or directory");
        }
}

static void reads_a_picture(void **state)
{
        struct label_reading r = { 0 };

        (void)state;
        read_picture(PICTURES "/dm_clean_0000.jpg", false, PATIENCE_MS, &r);
        assert_string_equal(r.trouble.cause, "");
        assert_int_equal(r.trouble.fault, FAULT_NONE);
        assert_string_equal(r.label.serial, "HMXGOWGCDEGVKYQ");
        assert_string_equal(secret_text(r.label.mobile_secret), "QPJ6D8CEB2WVMHA");
        assert_int_equal(r.n_codes, 1);
        assert_int_equal(r.codes[0].symbology, LABEL_DATA_MATRIX);
        label_reading_done(&r);
}

static void returns_qr_codes_as_they_are(void **state)
{
        struct label_reading r = { 0 };

        (void)state;
        read_picture(PICTURES "/qr_clean_0447.jpg", true, PATIENCE_MS, &r);
        assert_int_equal(r.n_codes, 1);
        assert_int_equal(r.codes[0].symbology, LABEL_QR);
        assert_memory_equal(secret_text(r.codes[0].text), "WIFI:S:Setup-KNJW;T:WPA;P:", 26);
        assert_null(strstr(r.trouble.cause, "KNJW"));
        expect(&r, FAULT_LABEL_UNREADABLE, "QR code");
}

static void explains_bad_pictures(void **state)
{
        static const struct {
                const char *data;
                size_t len;
                enum fault fault;
                const char *cause;
        } rows[] = {
                { "", 0, FAULT_LABEL_UNREADABLE, "the file is empty" },
                { SERIAL " " SECRET, 31, FAULT_LABEL_UNREADABLE, "no PNG, JPEG" },
                { "\0\0\0\x18"
                  "ftypheic\0\0\0\0",
                  16, FAULT_LABEL_UNREADABLE, "the picture is damaged" },
                { "RIFF\1\1\0\0WEBPVP8 ", 16, FAULT_LABEL_UNREADABLE, "the picture is damaged" },
                { "GIF89a", 6, FAULT_LABEL_UNREADABLE, "save it as PNG or JPEG" },
                { "\0\0\0\x14"
                  "ftypqt  \0\0\0\0",
                  16, FAULT_LABEL_UNREADABLE, "this is a film" },
                { "%PDF-1.7", 8, FAULT_LABEL_UNREADABLE, "this is a PDF" },
                { "GIF", 3, FAULT_LABEL_UNREADABLE, "no PNG, JPEG" },
                { "P5 20000 20000 255 x", 20, FAULT_LABEL_UNREADABLE, "too large" },
                { "P5 100 100 255 x", 16, FAULT_LABEL_UNREADABLE, "damaged or cut off" },
                { "P5 1 1 255 x", 12, FAULT_LABEL_UNREADABLE, "very small" },
                { "\x89PNG\r\n\x1a\n", 8, FAULT_LABEL_UNREADABLE, "the picture is damaged" },
        };
        struct label_reading r = { 0 };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                const char *path = make_file("picture", rows[i].data, rows[i].len, 0600);

                read_picture(path, false, PATIENCE_MS, &r);
                expect(&r, rows[i].fault, rows[i].cause);
                unlink(path);
        }
        read_picture(PICTURES "/neg_0792.jpg", false, PATIENCE_MS, &r);
        expect(&r, FAULT_LABEL_UNREADABLE, "no code found in 640 x 480 pixels");
        read_picture("/nonexistent/a.png", false, PATIENCE_MS, &r);
        expect(&r, FAULT_CONFIG, "/nonexistent/a.png: No such file");
        read_picture("/tmp", false, PATIENCE_MS, &r);
        expect(&r, FAULT_CONFIG, "directory");
}

static void gives_up_on_a_silent_fifo(void **state)
{
        struct label_reading r = { 0 };
        char path[128];

        (void)state;
        (void)snprintf(path, sizeof(path), "%s/fifo", folder);
        assert_int_equal(mkfifo(path, 0600), 0);
        read_picture(path, false, 50, &r);
        expect(&r, FAULT_LABEL_UNREADABLE, "longer than 50 ms");
        unlink(path);
}

static int dispatch(struct label_reading *r, struct source *s)
{
        _cleanup_(scan_done) struct scan scan = { 0 };
        int event = source_dispatch(s, &scan);

        return event < 0 ? event : label_reading_take(r, (enum source_event)event, &scan, source_trouble(s));
}

/* As a program with a loop uses it, with the picture coming through a pipe. */
static void works_without_blocking(void **state)
{
        static const struct picture_options options = { .timeout_ms = PATIENCE_MS };
        _cleanup_(source_freep) struct source *source = NULL;
        struct label_reading r = { 0 };
        struct pollfd p;
        int ends[2], done = 0;

        (void)state;
        assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
        assert_int_equal(source_open_picture_fd(ends[0], "upload", &options, &source), 0);
        close(ends[0]);
        assert_int_equal(dispatch(&r, source), 0);
        assert_in_range(source_timeout_ms(source), 1, PATIENCE_MS);
        assert_int_equal(write(ends[1], "no picture", 10), 10);
        close(ends[1]);

        p = (struct pollfd){ .fd = source_fd(source), .events = POLLIN };
        while (done == 0) {
                assert_true(poll(&p, 1, source_timeout_ms(source)) >= 0);
                done = dispatch(&r, source);
        }
        assert_int_equal(done, 1);
        expect(&r, FAULT_LABEL_UNREADABLE, "upload: this is no PNG, JPEG");
}

static void can_be_dropped_at_any_time(void **state)
{
        static const struct picture_options options = { 0 };
        struct source *source = NULL;

        (void)state;
        assert_int_equal(source_open_picture(PICTURES "/neg_0792.jpg", &options, &source), 0);
        source = source_free(source);
        assert_null(source);
        assert_int_equal(source_open_picture("/nonexistent", &options, &source), 0);
        assert_null(source_free(source));
}

/* One decoder, several pictures, one of them given up. */
static void takes_one_picture_after_the_other(void **state)
{
        _cleanup_(decoder_freep) struct decoder *decoder = NULL;
        struct picture_options options = { .timeout_ms = PATIENCE_MS };
        struct source *source = NULL, *other = NULL;
        struct label_reading r = { 0 };

        (void)state;
        assert_int_equal(decoder_new(&decoder), 0);
        options.decoder = decoder;
        for (size_t i = 0; i < 3; i++) {
                assert_int_equal(source_open_picture(PICTURES "/neg_0792.jpg", &options, &source), 0);
                assert_int_equal(source_open_picture(PICTURES "/neg_0792.jpg", &options, &other), -EBUSY);
                if (i == 1) {
                        assert_null(source_free(source));
                        continue;
                }
                finish(0, source, &r);
                expect(&r, FAULT_LABEL_UNREADABLE, "no code found");
                read_picture(PICTURES "/dm_clean_0000.jpg", false, PATIENCE_MS, &r);
                assert_string_equal(r.label.serial, "HMXGOWGCDEGVKYQ");
                label_reading_done(&r);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(reads_a_label_file),
                cmocka_unit_test(explains_bad_label_files),
                cmocka_unit_test(names_the_reason_of_long_paths),
                cmocka_unit_test(reads_a_picture),
                cmocka_unit_test(returns_qr_codes_as_they_are),
                cmocka_unit_test(explains_bad_pictures),
                cmocka_unit_test(gives_up_on_a_silent_fifo),
                cmocka_unit_test(works_without_blocking),
                cmocka_unit_test(can_be_dropped_at_any_time),
                cmocka_unit_test(takes_one_picture_after_the_other),
        };

        if (secret_init() < 0)
                return 1;
        return cmocka_run_group_tests(tests, set_up, tear_down);
}
