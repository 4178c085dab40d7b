/* SPDX-License-Identifier: Apache-2.0 */

/* Spellings differ between the documentation, the official clients and recorded traffic (cloud.md);
 * both are read everywhere. Where a reply names the device it is about, the name is compared: a proxy's
 * cache or a mixed-up answer must not count as this device's. */

#include "cloud/reply.h"
#include <errno.h>
#include <string.h>
#include <strings.h>

const char *reply_text(const json_t *j, const char *key, const char *or_key)
{
        const char *text = cloud_json_text(j, key);

        return text ? text : cloud_json_text(j, or_key);
}

bool reply_is_about(const json_t *j, const char *subject)
{
        const char *id = reply_text(j, "id", "_id");

        return !id || !subject || !*subject || strcasecmp(id, subject) == 0;
}

int reply_done(const json_t *j, size_t body_len, const char *subject)
{
        if (body_len == 0)
                return 0;
        return json_is_object(j) && reply_is_about(j, subject) ? 0 : -EBADMSG;
}
