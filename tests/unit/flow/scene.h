/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* A job, a fake world and a runner, and what the runner told: tests read like scripts with it. */

#include "setup/flow/runner.h"
#include "tests/unit/flow/fake-ports.h"

struct scene {
        struct fake_ports world;
        struct job job;
        struct runner *runner;
        char events[16384]; /* "find started;find done;..." with the fault after "retrying" and "failed" */
        bool over;
        uint64_t ms;
        unsigned questions;
        enum question_kind question;

        /* what an operator answers; NULL: lets the question stand */
        const char *answer_ssid, *answer_password;
};

/* Profile as text without secrets; NULL: network "Home" with its password, claim = user, name = Lamp. */
void scene_init(struct scene *s, const char *profile);
void scene_set_password(struct scene *s, size_t network, const char *password);

/* Starts the runner (which scene_start() makes) and runs it to its result. False: not over after limit_ms.
 */
void scene_start(struct scene *s);
bool scene_run(struct scene *s, uint64_t limit_ms);

/* Ends it and insists that nothing is left behind. */
void scene_done(struct scene *s);

/* A new runner over the same job and world, as after a restart. */
void scene_restart(struct scene *s);

/* A new runner and a new job in the same world, as the same command run again. */
void scene_again(struct scene *s, const char *profile);

unsigned scene_count(const char *haystack, const char *needle);
