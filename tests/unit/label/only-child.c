/* SPDX-License-Identifier: Apache-2.0 */

/* The kernel lists the children of a thread; tests have one thread. */

#include "tests/unit/label/only-child.h"
#include "tests/unit/cmocka.h"
#include <stdio.h>
#include <unistd.h>

unsigned only_child(void)
{
        char path[64], text[64] = "";
        unsigned pid = 0;
        FILE *f;

        (void)snprintf(path, sizeof(path), "/proc/self/task/%d/children", getpid());
        f = fopen(path, "re");
        assert_non_null(f);
        assert_int_equal(fscanf(f, "%u", &pid), 1);
        assert_int_equal(fscanf(f, "%63s", text), EOF);
        (void)fclose(f);
        return pid;
}
