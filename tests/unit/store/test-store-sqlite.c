/* SPDX-License-Identifier: Apache-2.0 */

/* SQLite keeps what every store promises. */

#include "tests/unit/store/conform.h"
#include "tests/unit/store/set-clock.h"

int main(void)
{
        static const struct store_maker sqlite = { "jobs.db", store_open, set_clock };

        return conform_run(&sqlite);
}
