/* SPDX-License-Identifier: Apache-2.0 */

/* SQLite keeps what every store promises. */

#include "tests/unit/store/conform.h"

int main(void)
{
        static const struct store_maker sqlite = { "jobs.db", store_open };

        return conform_run(&sqlite);
}
