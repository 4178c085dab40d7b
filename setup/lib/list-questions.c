/* SPDX-License-Identifier: Apache-2.0 */

/* Questions of one row's device. */

#include "setup/lib/list-private.h"
#include <errno.h>

static const struct job *asking(const struct usher_list *l, const char *serial, struct row **ret)
{
        struct row *row = ctx_is_ours(l->ctx) ? listed_find(&l->rows, serial) : NULL;

        if (!row || !row->facts || row->state != ROW_ASKING)
                return NULL;
        if (ret)
                *ret = row;
        return row->facts->at_work;
}

bool usher_list_get_network(const struct usher_list *l, const char *serial, size_t i,
                            struct usher_network *ret)
{
        const struct job *job = asking(l, serial, NULL);

        return job && networks_of(job, i, ret);
}

bool usher_list_get_chosen(const struct usher_list *l, const char *serial, struct usher_network *ret)
{
        const struct job *job = asking(l, serial, NULL);

        return job && network_chosen(job, ret);
}

static int answer(struct usher_list *l, const char *serial, bool again, const void *ssid, size_t ssid_len,
                  const void *password, size_t password_len)
{
        _cleanup_(ctx_leave) struct entry e;
        _cleanup_(wifi_network_done) struct wifi_network network = {};
        struct trouble *trouble = &l->ctx->trouble;
        struct row *row = NULL;
        int r = ctx_enter(l->ctx, &e);

        if (r < 0)
                return r;
        if (!l->engine || !asking(l, serial, &row))
                return trouble_set(trouble, FAULT_USAGE, "nothing was asked");
        r = network_make(row->facts->at_work, ssid, ssid_len, password, password_len, &network, trouble);
        if (r == 0)
                r = engine_answer(l->engine, row->facts->job, again ? NULL : &network, trouble);
        if (r == -ENOENT)
                return trouble_set(trouble, FAULT_USAGE, "nothing is asked any more");
        if (r == 0)
                listed_move(l, row, ROW_RUNNING);
        return r;
}

int usher_list_answer_network(struct usher_list *l, const char *serial, const void *ssid, size_t ssid_len,
                              const void *password, size_t password_len)
{
        return answer(l, serial, !ssid, ssid, ssid ? ssid_len : 0, password, password_len);
}

int usher_list_answer_password(struct usher_list *l, const char *serial, const void *password,
                               size_t password_len)
{
        return answer(l, serial, false, NULL, 0, password, password_len);
}
