/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What the files of the fake share. */

#include "tests/bus/fake.h"

void fake_log(struct fake *f, const char *path, const char *method);

/* `name` without the prefix org.bluez.Error., or a whole one. */
int fake_error(sd_bus_message *m, const char *name, const char *message);

/* As Disconnect and RemoveDevice do: takes disconnect_ms when connected. */
void fake_device_end(struct fake_device *d, bool remove);

/* the setup service of a device */
void fake_gatt_export(struct fake_device *d, bool bare);
void fake_gatt_remove(struct fake_device *d);
void fake_gatt_close(struct fake_device *d);
