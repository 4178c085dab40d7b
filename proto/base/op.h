/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* An operation under way. Whoever started it owns the handle, and dropping the handle is the cancellation:
 * after op_free() its callback is never called. Rules that every implementation keeps, fakes included:
 *
 *  - the callback never runs inside the call that started the operation;
 *  - the callback runs at most once; the handle stays valid until op_free(), which the owner calls in any
 * case;
 *  - op_free() may be called from inside the operation's own callback, so the implementation does not touch
 * the operation after calling back. */

#include "proto/base/cleanup.h"

/* Embedded as the first member of the concrete operation. `free` cancels what is under way and frees it. */
struct op {
        void (*free)(struct op *op);
};

/* Takes NULL; returns NULL, so that `x->op = op_free(x->op)` reads well. */
static inline struct op *op_free(struct op *op)
{
        if (op)
                op->free(op);
        return NULL;
}

DEFINE_CLEANUP(struct op *, op_free)
