/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What each verb's help and usher(1) show as examples. The tests run every one as it stands here. */

struct verb_example {
        const char *what; /* "List them:" without the colon */
        const char
                *command; /* fits on a line of 80 columns behind two blanks; names only files that a reader
                           * would have: sticker.jpg, sticker.txt, site.ini, home.password, list.csv */
};

/* Of each verb, up to a row without a command. */
extern const struct verb_example examples_setup[], examples_repair[], examples_wifi[], examples_update[],
        examples_label[], examples_scan[], examples_devices[], examples_doctor[], examples_light[],
        examples_login[], examples_whoami[], examples_logout[], examples_cloud[], examples_help[],
        examples_version[];
