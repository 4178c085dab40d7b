/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What a job asks, as the store keeps it and whoever answers is shown it. */

#include "setup/engine/told.h"

/* {"question":"wifi-network","networks":[{"ssid","rssi","open"}]} or {"question":"wifi-password","ssid"};
 * malloc'ed. NULL: out of memory. */
char *question_json(const struct told *t);
