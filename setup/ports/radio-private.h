/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The two radios that radio_new() chooses from. */

#include "setup/ports/radio.h"
#include <systemd/sd-event.h>

struct central;

/* The real one: ble/ behind the seam. `adapter`: "hci1" or an address; NULL: any that will do. 0 or -ENOMEM.
 */
int radio_bluez_new(struct sd_event *loop, const char *adapter, struct radio **ret);

/* A folder of listening sockets stands for the devices in range (design.md 3). `dir` is read when
 * something is looked for, not before. 0 or -ENOMEM. */
int radio_sim_new(struct sd_event *loop, const char *dir, struct radio **ret);

/* radio_ops.listen of the two; central and `dir` outlive the operation. */
int radio_bluez_listen(sd_event *loop, struct central *central, radio_heard_fn told, void *userdata,
                       struct op **ret);
int radio_sim_listen(sd_event *loop, const char *dir, radio_heard_fn told, void *userdata, struct op **ret);

/* radio_ops.check of the two; central, `adapter` and `dir` outlive the operation. */
int radio_bluez_check(sd_event *loop, struct central *central, const char *adapter, answer_fn done,
                      void *userdata, struct op **ret);
int radio_sim_check(sd_event *loop, const char *dir, answer_fn done, void *userdata, struct op **ret);
