/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The certificates of a private cloud (--cloud-ca). */

#include "proto/base/trouble.h"

/* Whether the file can be the ca_file of cloud/client.h: 0 (also for NULL), or -EINVAL and
 * FAULT_CONFIG. */
int cloud_ca_check(const char *path, struct trouble *ret_trouble);
