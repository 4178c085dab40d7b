/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The flow's questions to the cloud (setup/flow/ports.h) as verbs of its client. */

#include "cloud/client.h"
#include "setup/flow/ports.h"

/* As ports_ops.cloud; client NULL: answers FAULT_TOKEN_MISSING. */
int ports_cloud_ask(struct cloud_client *client, const struct port_query *query, answer_fn done,
                    void *userdata, struct op **ret);
