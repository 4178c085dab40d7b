/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* One job, from its runner to what a person and a program read of it, in a hostile world on the virtual
 * clock. hostile_run() holds the end against what the world has said; what is wrong ends the program:
 *
 *  - it is over before its deadline, with one result, and no event after that
 *  - done, and verified, only if device or cloud have said so
 *  - no secret (MARK) and no control byte in events, progress, report; each line of events is JSON
 *  - no operation, timer or memory is left */

#include "setup/ports/device.h"
#include "tests/fuzz/hostile.h"

/* Every secret of the job begins so, and nothing else does. */
#define MARK        "QZMARKED"
#define MARK_MOBILE MARK "SECRETX"

struct world_op;

struct world {
        struct ports ports;
        struct hostile in;
        struct hostile_device device;
        struct hostile_cloud cloud;
        bool linked, opened;
        unsigned ops, alive, exchanges;
        struct world_op *radio; /* the operation that uses the radio */
        struct timer *drop;     /* the device restarts: the link ends */
        void *more;             /* of the world's kind */
};

/* How requests reach the device: as a call, or over a link. find() and cloud() are the same in both. */
struct world_kind {
        int (*open)(struct ports *p, const struct secret *mobile_secret, answer_fn done, void *userdata,
                    struct op **ret);
        int (*ask)(struct ports *p, const struct port_request *requests, size_t n, answer_fn done,
                   void *userdata, struct op **ret);
        void (*hang_up)(struct ports *p);
        unsigned (*exchanges)(struct ports *p);
        void (*connected)(struct world *w, struct port_link *link); /* a link is there */
        void (*init)(struct world *w);
        void (*done)(struct world *w);
};

void hostile_run(const struct world_kind *kind, const uint8_t *data, size_t len);
