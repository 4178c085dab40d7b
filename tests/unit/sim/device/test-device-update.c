/* SPDX-License-Identifier: Apache-2.0 */

/* Firmware over 250-253, with its rules and its traps (device.md 1.5). */

#include "proto/base/timer-virtual.h"
#include "tests/unit/cmocka.h"
#include "tests/unit/sim/device/lab.h"

enum { CHUNK = 1024, OTA_VALIDATION_FAILED = -1320, OTA_INTEGRITY_FAILED = -1330 };

/* An image that makes the device `version`, of `size` bytes. */
static void make_image(uint8_t *image, size_t size, const char *version)
{
        memset(image, 0x5a, size);
        memcpy(image, "usher-sim-os ", 13);
        memcpy(image + 13, version, strlen(version));
        image[13 + strlen(version)] = '\n';
}

static int32_t start(struct lab *l, uint32_t size, int format)
{
        _cleanup_(buf_done) struct buf body = buf_init(32);

        assert_int_equal(message_encode_start_firmware_update_request(size, format, &body), 0);
        return lab_ask(l, CONTROL_START_FIRMWARE_UPDATE, &body);
}

static int32_t chunk(struct lab *l, const uint8_t *data, size_t len)
{
        _cleanup_(buf_done) struct buf body = buf_init(8192);

        assert_int_equal(message_encode_firmware_update_data_request(data, len, &body), 0);
        return lab_ask(l, CONTROL_FIRMWARE_UPDATE_DATA, &body);
}

/* A whole chunk at once does not fit the pool (device.md 3.3). */
static void a_chunk_at_once_ends_the_link(void **state)
{
        uint8_t image[CHUNK];
        struct lab l;

        (void)state;
        make_image(image, sizeof(image), "6.2.0");
        lab_start(&l, NULL);
        lab_open(&l);
        l.paced = true;
        assert_int_equal(start(&l, sizeof(image), FIRMWARE_BIN), 0);
        l.paced = false;
        assert_int_equal(chunk(&l, image, CHUNK), LAB_LOST);
        assert_int_equal(lab_facts(&l).pool_overflows, 1);
        lab_done(&l);
}

static int32_t finish(struct lab *l, bool validate_only)
{
        _cleanup_(buf_done) struct buf body = buf_init(32);

        assert_int_equal(message_encode_finish_firmware_update_request(validate_only, &body), 0);
        return lab_ask(l, CONTROL_FINISH_FIRMWARE_UPDATE, &body);
}

static int32_t send_all(struct lab *l, const uint8_t *image, size_t size)
{
        int32_t r = start(l, (uint32_t)size, FIRMWARE_BIN);

        for (size_t at = 0; at < size && r == 0; at += CHUNK)
                r = chunk(l, image + at, size - at < CHUNK ? size - at : CHUNK);
        return r;
}

static void becomes_another_version(void **state)
{
        uint8_t image[3000];
        struct lab l;
        uint32_t size;

        (void)state;
        make_image(image, sizeof(image), "6.2.0");
        lab_start(&l, &(struct lab_config){ .platform = "boron", .os = "3.3.0", .device.setup_done = true });
        lab_open(&l);
        l.paced = true;
        assert_int_equal(start(&l, sizeof(image), FIRMWARE_BIN), 0);
        assert_int_equal(message_decode_start_firmware_update_reply(l.payload.data, l.payload.len, &size),
                         0);
        assert_int_equal(size, CHUNK);
        assert_int_equal(send_all(&l, image, sizeof(image)), 0);
        assert_int_equal(finish(&l, false), 0);
        assert_string_equal(lab_facts(&l).os, "3.3.0"); /* the reply first, then the reset */
        lab_run(LAB_MINUTE);
        assert_string_equal(lab_facts(&l).os, "6.2.0");
        assert_int_equal(lab_facts(&l).resets, 1);
        assert_int_equal(lab_facts(&l).pool_overflows, 0);
        lab_done(&l);
}

/* A check alone has no effect; the version that runs there already is no change. */
static void tells_what_it_became(void **state)
{
        static const char *const effects[][2] = { { "6.1.0", "firmware 6.1.0" },
                                                  { "6.2.0", "firmware 6.2.0 again" } };
        uint8_t image[3000];
        struct lab l;

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(effects); i++) {
                make_image(image, sizeof(image), effects[i][0]);
                lab_start(&l, NULL);
                lab_open(&l);
                l.paced = true;
                assert_int_equal(send_all(&l, image, sizeof(image)), 0);
                assert_int_equal(finish(&l, true), 0);
                assert_int_equal(l.effects, 0);
                assert_int_equal(send_all(&l, image, sizeof(image)), 0);
                assert_int_equal(finish(&l, false), 0);
                assert_int_equal(l.effects, 1);
                assert_string_equal(l.effect, effects[i][1]);
                lab_done(&l);
        }
}

static void refusals_at_the_start(void **state)
{
        struct lab l;

        (void)state;
        lab_start(&l, &(struct lab_config){ .mishap = { { .kind = MISHAP_OTA_DISABLED, .times = 1 } },
                                            .n_mishaps = 1 });
        lab_open(&l);
        l.paced = true;
        assert_int_equal(start(&l, 100, FIRMWARE_BIN), CONTROL_OTA_UPDATES_DISABLED);
        assert_int_equal(start(&l, 100, FIRMWARE_MINIZ), CONTROL_NOT_SUPPORTED);
        assert_int_equal(start(&l, 0, FIRMWARE_BIN), CONTROL_OTA_INVALID_SIZE);
        assert_int_equal(start(&l, 100 * 1024 * 1024, FIRMWARE_BIN), CONTROL_OTA_INVALID_SIZE);
        lab_done(&l);
}

/* Any chunk that fails ends the whole update. */
static void one_bad_chunk_ends_it(void **state)
{
        uint8_t image[4096];
        struct lab l;

        (void)state;
        make_image(image, sizeof(image), "6.2.0");
        lab_start(&l, NULL);
        lab_open(&l);
        l.paced = true;
        assert_int_equal(chunk(&l, image, 10), CONTROL_INVALID_STATE); /* none under way */
        assert_int_equal(start(&l, 2000, FIRMWARE_BIN), 0);
        assert_int_equal(chunk(&l, image, CHUNK), 0);
        assert_int_equal(chunk(&l, image, CHUNK), CONTROL_OUT_OF_RANGE); /* more than is left */
        assert_int_equal(chunk(&l, image, 10), CONTROL_INVALID_STATE);
        assert_int_equal(start(&l, 4000, FIRMWARE_BIN), 0);
        assert_int_equal(chunk(&l, image, CHUNK + 1), CONTROL_OUT_OF_RANGE);
        assert_int_equal(start(&l, 4000, FIRMWARE_BIN), 0);
        assert_int_equal(chunk(&l, image, 0), CONTROL_OUT_OF_RANGE);
        assert_int_equal(finish(&l, false), CONTROL_INVALID_STATE);
        lab_done(&l);
}

static void starting_again_forgets_the_first(void **state)
{
        uint8_t image[2048];
        struct lab l;

        (void)state;
        make_image(image, sizeof(image), "6.2.0");
        lab_start(&l, &(struct lab_config){ .os = "6.1.1" });
        lab_open(&l);
        l.paced = true;
        assert_int_equal(start(&l, sizeof(image), FIRMWARE_BIN), 0);
        assert_int_equal(chunk(&l, image, CHUNK), 0);
        assert_int_equal(send_all(&l, image, sizeof(image)), 0);
        assert_int_equal(finish(&l, true), 0); /* only looked at */
        lab_run(LAB_MINUTE);
        assert_int_equal(lab_facts(&l).resets, 0);
        assert_int_equal(finish(&l, false), CONTROL_INVALID_STATE);
        assert_int_equal(start(&l, sizeof(image), FIRMWARE_BIN), 0);
        assert_int_equal(finish(&l, false), CONTROL_INVALID_STATE); /* bytes are missing */
        assert_int_equal(start(&l, sizeof(image), FIRMWARE_BIN), 0);
        assert_int_equal(lab_ask(&l, CONTROL_CANCEL_FIRMWARE_UPDATE, NULL), 0);
        assert_int_equal(chunk(&l, image, CHUNK), CONTROL_INVALID_STATE);
        lab_done(&l);
}

static void bad_images(void **state)
{
        uint8_t image[500];
        struct lab l;

        (void)state;
        lab_start(&l, &(struct lab_config){ .platform = "p2",
                                            .mishap = { { .kind = MISHAP_OTA_CORRUPT, .times = 1 } },
                                            .n_mishaps = 1 });
        lab_open(&l);
        l.paced = true;
        make_image(image, sizeof(image), "6.2.0");
        assert_int_equal(send_all(&l, image, sizeof(image)), 0);
        assert_int_equal(finish(&l, false), OTA_INTEGRITY_FAILED);
        memset(image, 7, sizeof(image));
        assert_int_equal(send_all(&l, image, sizeof(image)), 0);
        assert_int_equal(finish(&l, false), OTA_VALIDATION_FAILED);
        make_image(image, sizeof(image), "3.0.0"); /* never made for a P2 */
        assert_int_equal(send_all(&l, image, sizeof(image)), 0);
        assert_int_equal(finish(&l, false), OTA_VALIDATION_FAILED);
        lab_run(LAB_MINUTE);
        assert_int_equal(lab_facts(&l).resets, 0);
        lab_done(&l);
}

/* 251 is checked beside the system thread: others are answered meanwhile. */
static void others_are_answered_while_it_checks(void **state)
{
        uint8_t image[500];
        struct lab l;
        uint16_t finishing, other;

        (void)state;
        make_image(image, sizeof(image), "6.2.0");
        lab_start(&l, NULL);
        lab_open(&l);
        l.paced = true;
        assert_int_equal(send_all(&l, image, sizeof(image)), 0);
        finishing = lab_send(&l, CONTROL_FINISH_FIRMWARE_UPDATE, NULL);
        other = lab_send(&l, CONTROL_GET_DEVICE_ID, NULL);
        assert_int_equal(lab_next(&l, 10), 0);
        assert_int_equal(l.reply_id, other);
        assert_int_equal(lab_next(&l, LAB_MINUTE), 0);
        assert_int_equal(l.reply_id, finishing);
        lab_done(&l);
}

static void a_lost_link_ends_nothing(void **state)
{
        uint8_t image[2048];
        struct lab l;

        (void)state;
        make_image(image, sizeof(image), "6.2.0");
        lab_start(&l, NULL);
        lab_open(&l);
        l.paced = true;
        assert_int_equal(start(&l, sizeof(image), FIRMWARE_BIN), 0);
        assert_int_equal(chunk(&l, image, CHUNK), 0);
        lab_link_down(&l);
        lab_open(&l);
        l.paced = true;
        /* the device keeps its position, the client cannot ask for it: so it starts again */
        assert_int_equal(send_all(&l, image, sizeof(image)), 0);
        assert_int_equal(finish(&l, false), 0);
        lab_done(&l);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(becomes_another_version),
                cmocka_unit_test(tells_what_it_became),
                cmocka_unit_test(refusals_at_the_start),
                cmocka_unit_test(a_chunk_at_once_ends_the_link),
                cmocka_unit_test(one_bad_chunk_ends_it),
                cmocka_unit_test(starting_again_forgets_the_first),
                cmocka_unit_test(bad_images),
                cmocka_unit_test(others_are_answered_while_it_checks),
                cmocka_unit_test(a_lost_link_ends_nothing),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
