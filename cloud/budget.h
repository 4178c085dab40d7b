/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The cloud's rate limits, kept on our side, per class of request (cloud.md 1). Pure: the
 * caller brings the clock. */

#include <stdint.h>

enum budget_class {
        BUDGET_ANY,     /* 10 000 in 5 min and address; every request counts here */
        BUDGET_SIGN_IN, /* POST /oauth/token: 100 in 5 min and address */
        BUDGET_TOKENS,  /* access_tokens: 100 in 5 min and address */
        BUDGET_EVENTS,  /* opening an event stream: 100 in 5 min and address */
        BUDGET_SERIAL,  /* serial numbers: 50 an hour and user */
        _BUDGET_MAX,
};

enum { BUDGET_WINDOW_MAX = 90 };

struct budget {
        uint64_t taken_ms[_BUDGET_MAX][BUDGET_WINDOW_MAX]; /* rings: when the last requests were made */
        uint64_t count[_BUDGET_MAX];
        double any; /* requests that may be made now */
        uint64_t any_at_ms;
};

void budget_init(struct budget *b, uint64_t now_ms);

/* Takes one request of the class (and of BUDGET_ANY) and returns 0, or returns how many milliseconds it
 * takes until there is one, and takes nothing. */
uint64_t budget_take(struct budget *b, enum budget_class which, uint64_t now_ms);
