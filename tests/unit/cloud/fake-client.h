/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* A client with a token over the scripted http, made and ended by cmocka around a group of tests. */

#include "cloud/client.h"
#include "tests/unit/cloud/fake-http.h"

extern struct cloud_client *client;

int client_set_up(void **state);
int client_tear_down(void **state); /* insists that nothing is left */

/* Lets the verb that was just started (and gave r) run until it has called back, on the virtual clock, and
 * insists that nothing is left then. */
void client_run(int r, const unsigned *calls);
