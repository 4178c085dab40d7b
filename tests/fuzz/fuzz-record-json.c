/* SPDX-License-Identifier: Apache-2.0 */

/* Any bytes as what the store has kept of a job. What is taken can be written, and says then the same. */

#include "setup/engine/record-json.h"
#include "setup/flow/job.h"
#include "tests/fuzz/target.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

static void write_and_read(const struct job *j)
{
        struct job back = JOB_NEW;
        struct trouble why = {};
        char *text, *again;

        back.asked.profile.n_networks = j->asked.profile.n_networks;
        assert(record_json_write(j, &text) == 0);
        assert(strlen(text) <= RECORD_JSON_MAX);
        assert(record_json_read(&back, text, &why) == 0);
        assert(record_json_write(&back, &again) == 0);
        assert(strcmp(text, again) == 0);
        free(text);
        free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
        struct job j = JOB_NEW;
        struct trouble why = {};
        char *text = calloc(1, len + 1);

        assert(text);
        if (len > 0)
                memcpy(text, data, len);
        j.asked.profile.n_networks = len % 3;
        if (record_json_read(&j, text, &why) == 0) {
                assert(j.wifi.network < (int)j.asked.profile.n_networks);
                write_and_read(&j);
        } else {
                assert(why.fault == FAULT_STORE && why.cause[0]);
        }
        free(text);
        return 0;
}
