/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* One device after the other, as their stickers come from a scanner or a camera. */

#include "setup/cli/setup-job.h"

/* Until args->count devices had their turn, a signal, or the source's end. Each device has its own result,
 * and then comes a summary. The profile is the context's. Returns the exit code. */
int setup_series(struct setup_host *host);
