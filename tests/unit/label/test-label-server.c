/* SPDX-License-Identifier: Apache-2.0 */

/* The real decoder and its client: many frames through one process, and what they cost. */

#include "setup/label/decoder.h"
#include "setup/label/image.h"
#include "tests/unit/cmocka.h"
#include "tests/unit/label/only-child.h"
#include "tests/unit/label/pictures.h"
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

enum {
        PATIENCE_MS = 60000,
        FRAMES = 200,
        GROWTH_MAX =
                1024, /* pages that a process may have grown by meanwhile: less than a frame a hundred */
};

#if defined(__SANITIZE_ADDRESS__)
enum { SANITIZED = 1 }; /* it works so long that it is replaced, and keeps freed memory */
#else
enum { SANITIZED = 0 };
#endif

static struct image load(const char *path)
{
        size_t len;
        _cleanup_(freep) uint8_t *data = pictures_read(path, &len);
        struct image image;

        assert_int_equal(image_load(data, len, &image), 0);
        return image;
}

static int frame_of(const struct image *image)
{
        size_t size = (size_t)image->width * image->height;
        int fd = memfd_create("frame", MFD_CLOEXEC | MFD_ALLOW_SEALING);

        assert_int_equal(write(fd, image->grey, size), size);
        return fd;
}

static struct request request_of(const struct image *image)
{
        return (struct request){ .kind = REQUEST_FRAME,
                                 .budget_ms = SANITIZED ? 5000 : REQUEST_FRAME_MS,
                                 .width = image->width,
                                 .height = image->height,
                                 .stride = image->width };
}

static void ask(struct decoder *d, int fd, const struct request *request, struct verdict *ret)
{
        struct trouble why;
        int done = 0;

        assert_int_equal(decoder_submit(d, fd, request, PATIENCE_MS), 0);
        while (done == 0) {
                struct pollfd p = { .fd = decoder_fd(d), .events = POLLIN };

                assert_true(poll(&p, 1, decoder_timeout_ms(d)) >= 0);
                done = decoder_dispatch(d, ret, &why);
        }
        assert_int_equal(done, 1);
        assert_string_equal(why.cause, "");
}

static unsigned resident_pages(unsigned pid)
{
        char path[64];
        unsigned size, resident = 0;
        FILE *f;

        (void)snprintf(path, sizeof(path), "/proc/%u/statm", pid);
        f = fopen(path, "re");
        assert_non_null(f);
        assert_int_equal(fscanf(f, "%u %u", &size, &resident), 2);
        (void)fclose(f);
        return resident;
}

static void reads_many_frames_in_one_process(void **state)
{
        _cleanup_(image_done) struct image code = load(PICTURES "/dm_clean_0000.jpg"),
                                           none = load(PICTURES "/neg_0792.jpg");
        struct request ask_code = request_of(&code), ask_none = request_of(&none);
        _cleanup_(closep) int fd_code = frame_of(&code), fd_none = frame_of(&none);
        _cleanup_(decoder_freep) struct decoder *d = NULL;
        unsigned first = 0, pages = 0;
        struct verdict v;

        (void)state;
        assert_int_equal(decoder_new(&d), 0);
        for (size_t i = 0; i < FRAMES; i++) {
                bool empty = i % 4 == 3;

                ask(d, empty ? fd_none : fd_code, empty ? &ask_none : &ask_code, &v);
                assert_int_equal(v.kind, VERDICT_PICTURE);
                assert_int_equal(v.width, 640);
                assert_int_equal(v.height, 480);
                assert_int_equal(v.n, empty ? 0 : 1);
                if (!empty)
                        assert_memory_equal(v.code[0].text, "HMXGOWGCDEGVKYQ QPJ6D8CEB2WVMHA",
                                            v.code[0].len);
                if (i == 20) {
                        first = only_child();
                        pages = resident_pages(first);
                }
        }
        if (SANITIZED)
                return;
        assert_int_equal(only_child(), first);
        assert_in_range(resident_pages(first), 0, pages + GROWTH_MAX);
}

static void reads_rows_that_lie_apart(void **state)
{
        _cleanup_(image_done) struct image code = load(PICTURES "/dm_clean_0000.jpg");
        _cleanup_(decoder_freep) struct decoder *d = NULL;
        struct request request = request_of(&code);
        _cleanup_(closep) int fd = memfd_create("frame", MFD_CLOEXEC);
        struct verdict v;

        (void)state;
        request.stride = code.width + 128;
        for (size_t y = 0; y < code.height; y++)
                assert_int_equal(
                        pwrite(fd, code.grey + y * code.width, code.width, (off_t)(y * request.stride)),
                        code.width);
        assert_int_equal(decoder_new(&d), 0);
        ask(d, fd, &request, &v);
        assert_int_equal(v.n, 1);
        assert_int_equal(v.code[0].symbology, LABEL_DATA_MATRIX);
}

/* Bytes that are not there end a frame, not the process. */
static void survives_a_frame_that_is_cut_off(void **state)
{
        _cleanup_(image_done) struct image code = load(PICTURES "/dm_clean_0000.jpg");
        _cleanup_(decoder_freep) struct decoder *d = NULL;
        struct request request = request_of(&code);
        _cleanup_(closep) int fd = frame_of(&code);
        struct verdict v;
        unsigned first;

        (void)state;
        assert_int_equal(decoder_new(&d), 0);
        ask(d, fd, &request, &v);
        assert_int_equal(v.n, 1);
        first = only_child();
        assert_int_equal(ftruncate(fd, 640 * 480 - 1), 0);
        ask(d, fd, &request, &v);
        assert_int_equal(v.kind, VERDICT_READ_FAILED);
        assert_int_equal(ftruncate(fd, 0), 0);
        ask(d, fd, &request, &v);
        assert_int_equal(v.kind, VERDICT_READ_FAILED);
        assert_int_equal(only_child(), first);
}

/* Pictures and frames by the same process. */
static void reads_files_between_frames(void **state)
{
        _cleanup_(image_done) struct image code = load(PICTURES "/dm_clean_0000.jpg");
        const struct request file = {
                .kind = REQUEST_PICTURE, .still = true, .qr = true, .budget_ms = REQUEST_STILL_MS
        };
        _cleanup_(decoder_freep) struct decoder *d = NULL;
        struct request request = request_of(&code);
        _cleanup_(closep) int fd = frame_of(&code);
        struct verdict v;

        (void)state;
        assert_int_equal(decoder_new(&d), 0);
        for (size_t i = 0; i < 3; i++) {
                _cleanup_(closep) int picture = open(PICTURES "/qr_clean_0447.jpg", O_RDONLY | O_CLOEXEC);

                ask(d, fd, &request, &v);
                assert_int_equal(v.n, 1);
                ask(d, picture, &file, &v);
                assert_int_equal(v.n, 1);
                assert_int_equal(v.code[0].symbology, LABEL_QR);
        }
}

/* The libraries of these need threads, files or calls that the cage has not, unless they are kept from it.
 */
static void reads_every_format_in_the_cage(void **state)
{
        static const char *const names[] = {
                "exif6.jpg",  "progressive.jpg", "inks.jpg",   "deep.png",   "palette.png",
                "lossy.webp", "lossless.webp",   "clear.webp", "plain.heic", "deep.heic",
                "clear.heic", "tiles.heic",      "plain.avif",
        };
        const struct request file = { .kind = REQUEST_PICTURE,
                                      .still = true,
                                      .budget_ms = REQUEST_STILL_MS };
        _cleanup_(decoder_freep) struct decoder *d = NULL;

        (void)state;
        assert_int_equal(decoder_new(&d), 0);
        for (size_t i = 0; i < ELEMENTSOF(names); i++) {
                _cleanup_(closep) int fd = -1;
                struct verdict v;
                char path[512];

                (void)snprintf(path, sizeof(path), PICTURES "/formats/%s", names[i]);
                fd = open(path, O_RDONLY | O_CLOEXEC);
                ask(d, fd, &file, &v);
                if (v.kind != VERDICT_PICTURE || v.n != 1)
                        fail_msg("%s: kind %d, %zu codes", names[i], (int)v.kind, v.n);
                assert_int_equal(v.code[0].len, 31);
                assert_memory_equal(v.code[0].text, "ARNHAB000ABCDEF abcDEF123456789", 31);
                assert_int_equal(v.width, 176);
                assert_int_equal(v.height, 144);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(reads_many_frames_in_one_process),
                cmocka_unit_test(reads_rows_that_lie_apart),
                cmocka_unit_test(survives_a_frame_that_is_cut_off),
                cmocka_unit_test(reads_files_between_frames),
                cmocka_unit_test(reads_every_format_in_the_cage),
        };

        if (secret_init() < 0)
                return 1;
        return cmocka_run_group_tests(tests, NULL, NULL);
}
