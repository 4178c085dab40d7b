/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* A place for tests of many jobs: a store of its own, a context, and virtual devices on a loop of theirs. */

#include "proto/base/timer.h"
#include "setup/engine/engine.h"
#include "setup/ports/context.h"
#include "tests/sim/cli/radio.h"

enum { PLACE_LIMIT_MS = 30000, DEVICES = 5, SLOTS = 2, NORTH = 2 /* devices of that profile */ };

struct place;

struct device {
        struct place *place;
        char serial[STORE_SERIAL_LEN + 1], id[25];
        struct sim_radio *radio;
        struct vdevice *v;
};

struct place {
        char dir[32], folder[32], path[64], radio[64];
        sd_event *air;
        struct world *world;
        struct secret *secret, *key;
        struct device device[DEVICES];
        struct context *context;
        struct store *store;
        struct engine *engine;
        struct { /* of the engine: how often it came; whether it is there */
                size_t n;
                bool now;
        } trouble;
        size_t n_results, n_steps, n_begun, n_ended, most;
        int refuse;              /* what begin() answers ... */
        const char *refused;     /* ... for jobs of this profile; NULL: of any */
        const char *profile;     /* NULL: that of usher-lab */
        unsigned retries, slots; /* 0: the preset, SLOTS */
        unsigned question_s;     /* for so long somebody thinks about a question; 0: nobody is there */
        const char *vfs;
        char question[1024]; /* the last one told */
        bool answered, over;
        size_t n_events;
        char id[STORE_ID_LEN + 1];
};

void place_device_in(struct place *p, size_t i, const char *dir, const struct mishap *m);
void place_device(struct place *p, size_t i);
void place_engine_on(struct place *p, bool any, const char *second);
void place_engine(struct place *p, bool any);

/* The answer must be no error. */
void place_on_answer(void *userdata, const struct store_answer *a);
void place_answer(struct place *p, int asked, struct op **op);

/* One turn of both loops. */
void place_turn(struct place *p);
void place_wait(struct place *p, const bool *over);
void place_open_store(struct place *p);
uint64_t place_count(struct place *p, enum store_state state);

int place_set_up(void **state);
int place_tear_down(void **state);
