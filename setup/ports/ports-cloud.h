/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The flow's questions to the cloud (setup/flow/ports.h) as verbs of its client. */

#include "cloud/client.h"
#include "setup/flow/ports.h"
#include "setup/ports/news.h"

/* As ports_ops.cloud; client and news NULL: answers FAULT_TOKEN_MISSING. */
int ports_cloud_ask(struct sd_event *loop, struct cloud_client *client, struct news *news,
                    const struct port_query *query, answer_fn done, void *userdata, struct op **ret);
