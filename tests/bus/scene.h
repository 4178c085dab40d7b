/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* One scenario: a private bus, the fake, a central, and what its operations answered. */

#include "ble/central.h"
#include "tests/bus/bus.h"
#include "tests/bus/fake.h"

/* One device as the central's user sees it. */
struct seen {
        struct op *op;
        struct ble_want want; /* beside the code */
        bool found, connected, lost, answered;
        enum fault fault;
        char cause[TROUBLE_CAUSE_MAX], address[BLE_ADDRESS_MAX], name[64];
        struct link *link;
        uint8_t data[4096];
        size_t len;
        unsigned packets, writable;
        bool free_on_data, free_on_lost;
};

struct scene {
        sd_event *loop;
        struct fake fake;
        struct central *central;
        struct seen a, b;
        bool has_fake;
};

/* cmocka's setup and teardown: a bus with org.bluez, hci0 powered, and the device ABCDEF. */
int scene_setup(void **state);
int scene_setup_bare(void **state);   /* a bus without org.bluez */
int scene_setup_denied(void **state); /* a bus that refuses */
int scene_teardown(void **state);

#define SCENE_ADDRESS "C0:12:34:AB:CD:00"
#define SCENE_DEVICE  "dev_C0_12_34_AB_CD_00"
#define SCENE_CODE    "ABCDEF"

/* The central's configuration has its folders below bus_dir(); `adapter` NULL = any. */
void scene_central(struct scene *s, const char *adapter);

/* operations; `who` collects the answers */
void scene_find(struct scene *s, struct seen *who, const char *code);
void scene_connect(struct scene *s, struct seen *who);

/* Finds and connects ABCDEF, and fails the test when that fails. */
void scene_link(struct scene *s, struct seen *who, const char *code);

sd_event *scene_loop(void);

/* Runs the loop until *flag, fails the test after `ms`. */
void scene_until(const bool *flag, unsigned ms);
void scene_run(unsigned ms);
uint64_t scene_now_ms(void);

/* How long it took until *flag. */
unsigned scene_time_until(const bool *flag, unsigned ms);
