/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* usher-sim cloud */
int sim_cloud(int argc, char **argv);
