/* SPDX-License-Identifier: Apache-2.0 */

/* The readers that verbs of several files share. */

#include "cloud/call.h"
#include "cloud/reply.h"

void call_read_done(struct call_end *end)
{
        cloud_done_fn done = (cloud_done_fn)end->done;

        if (end->error->fault == FAULT_NONE && reply_done(end->json, end->reply->len, end->subject) < 0)
                call_end_unreadable(end);
        done(end->userdata, end->error);
}

void call_read_device(struct call_end *end)
{
        cloud_device_fn done = (cloud_device_fn)end->done;
        struct cloud_device d = { .known = false };

        if (end->error->fault == FAULT_CLOUD_NOT_FOUND)
                end->error->fault = FAULT_NONE;
        else if (end->error->fault == FAULT_NONE && reply_device(end->json, end->subject, &d) < 0)
                call_end_unreadable(end);
        done(end->userdata, end->error, end->error->fault == FAULT_NONE ? &d : NULL);
}

void call_read_devices(struct call_end *end)
{
        cloud_devices_fn done = (cloud_devices_fn)end->done;
        _cleanup_(freep) struct cloud_device *devices = NULL;
        size_t n = 0;

        if (end->error->fault == FAULT_NONE && reply_devices(end->json, &devices, &n) < 0)
                call_end_unreadable(end);
        done(end->userdata, end->error, devices, n);
}
