/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What the device's own scan says of the profile's networks: how they are to be asked for, and why one could
 * not be joined. */

#include "setup/flow/step.h"

/* Takes the answer to a scan (506) into j->now. False: it cannot be read, and there is no scan. */
bool wifi_scan_note(struct job *j, const struct port_reply *reply);

/* The strongest access point of that name in the last scan, or NULL. */
const struct message_network *wifi_seen(const struct job *j, const struct wifi_network *n);

/* The networks of a scan as a person wants them: one row for each name, the strongest, strongest first;
 * hidden ones (no name) left out. Returns how many of `ret` are filled. */
size_t wifi_seen_sorted(const struct message_networks *scan,
                        struct message_network ret[static MESSAGE_NETWORKS_MAX]);

/* Of that name in a list of the networks that the device knows, or NULL. */
const struct message_known_network *wifi_known(const struct message_known_networks *list,
                                               const struct wifi_network *n);

/* Bodies of 500, which joins, and 507, which only stores. */
enum { WIFI_BODY_MAX = 256 };
int wifi_encode_join(const struct job *j, const struct wifi_network *n, struct buf *out);
int wifi_encode_stored(const struct job *j, const struct wifi_network *n, struct buf *out);

/* Why the network under way could not be joined: STEP_FAIL by j->wifi.join_result and the last scan. Another
 * try is no use where the scan has settled it. */
void wifi_tell_why(const struct job *j, struct step_result *r);
