/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* usher-sim list */
int sim_list(int argc, char **argv);
