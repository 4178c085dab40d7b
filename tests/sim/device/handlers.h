/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What the files of handlers share: each request is one function that gives the result at once, or starts
 * something that takes time and completes the request later. */

#include "tests/sim/device/device-private.h"
#include "tests/sim/device/wire.h"

/* A handler's "not yet": vd_channel_complete() follows. Never a result code of the firmware. */
enum { HANDLER_LATER = INT32_MAX };

/* Reads q->body; q->reply takes the answer. Returns the result code or HANDLER_LATER. */
typedef int32_t (*handler_fn)(struct vdevice *d, struct request *q);

/* identity and modes: handlers.c;  network and cloud: handlers-net.c */
int32_t vd_get_connection_status(struct vdevice *d, struct request *q);
int32_t vd_cloud_connect(struct vdevice *d, struct request *q);
int32_t vd_cloud_disconnect_request(struct vdevice *d, struct request *q);
int32_t vd_get_interface_list(struct vdevice *d, struct request *q);
int32_t vd_get_interface(struct vdevice *d, struct request *q);
int32_t vd_diagnostic_info(struct vdevice *d, struct request *q);

/* handlers-wifi.c */
int32_t vd_join_new_network(struct vdevice *d, struct request *q);
int32_t vd_join_known_network(struct vdevice *d, struct request *q);
int32_t vd_get_known_networks(struct vdevice *d, struct request *q);
int32_t vd_remove_known_network(struct vdevice *d, struct request *q);
int32_t vd_clear_known_networks(struct vdevice *d, struct request *q);
int32_t vd_get_current_network(struct vdevice *d, struct request *q);
int32_t vd_scan_networks(struct vdevice *d, struct request *q);
int32_t vd_set_network_credentials(struct vdevice *d, struct request *q);

/* handlers-cellular.c */
int32_t vd_set_access_point(struct vdevice *d, struct request *q);
int32_t vd_get_access_point(struct vdevice *d, struct request *q);
int32_t vd_set_active_sim(struct vdevice *d, struct request *q);
int32_t vd_get_active_sim(struct vdevice *d, struct request *q);
int32_t vd_get_iccid(struct vdevice *d, struct request *q);

/* handlers-ota.c */
int32_t vd_start_firmware_update(struct vdevice *d, struct request *q);
int32_t vd_finish_firmware_update(struct vdevice *d, struct request *q);
int32_t vd_cancel_firmware_update(struct vdevice *d, struct request *q);
int32_t vd_firmware_update_data(struct vdevice *d, struct request *q);

/* handlers-protect.c */
bool vd_is_refused(const struct vdevice *d, uint16_t type); /* by Device Protection (device.md 4.6) */
int32_t vd_get_protected_state(struct vdevice *d, struct request *q);
int32_t vd_set_protected_state(struct vdevice *d, struct request *q);

/* Firmware before 4.0.1 and 5.1.0: zero bytes behind a list (device.md 3.4). */
int32_t vd_end_list(struct vdevice *d, struct request *q);

/* An encoder's result as the firmware's: an error here is ENCODING_FAILED. */
static inline int32_t vd_encoded(int r)
{
        return r < 0 ? -281 : CONTROL_OK;
}
