/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The certificates of a private cloud (--cloud-ca). */

enum { CLOUD_CA_CAUSE_MAX = 512 };

/* Whether the file can be the ca_file of cloud/client.h: 0 (also for NULL), or -EINVAL and a sentence that
 * names it. */
int cloud_ca_check(const char *path, char ret_why[static CLOUD_CA_CAUSE_MAX]);
