/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* usher-sim sticker */
int sim_sticker(int argc, char **argv);
