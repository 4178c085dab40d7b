/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The verb `usher-sim device`. */
int sim_device(int argc, char **argv);
