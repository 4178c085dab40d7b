/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* In place of setup/store/clock.c: a wall clock that can be set, and one that cannot, as ever. */

#include <stdint.h>

void set_clock(int64_t by_ms); /* the wall clock is so far from the real one from now on */
