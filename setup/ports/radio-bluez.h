/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The real radio: ble/ behind the seam. */

#include "setup/ports/radio.h"

/* `adapter`: "hci1" or an address; NULL: any that will do. 0 or -ENOMEM. */
int radio_bluez_new(const char *adapter, struct radio **ret);
