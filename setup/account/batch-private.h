/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Inside of batch: add-to-product, up to 100 devices in one request, and a result for each. */

#include "setup/account/batch.h"

/* As batch_run(). A request that fails fails its own devices; one of many that the cloud does not take does
 * not touch the others. */
int import_run(struct account *a, const struct batch *batch);
