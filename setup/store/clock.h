/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The clocks of the store. */

#include <stdint.h>

int64_t clock_wall_ms(void);   /* since 1970 */
int64_t clock_steady_ms(void); /* nobody sets it; goes on in suspend */
