/* SPDX-License-Identifier: Apache-2.0 */

/* Names of networks are anybody's text: cleaned, as in every event. */

#include "setup/engine/question.h"
#include "setup/engine/event.h"
#include "setup/flow/job.h"

static json_t *networks(const struct message_networks *scan)
{
        json_t *list = json_array();

        for (size_t i = 0; list && i < scan->n; i++) {
                const struct message_network *n = &scan->network[i];
                char name[WIFI_TEXT_MAX];

                wifi_ssid_text(n->ssid, n->ssid_len, name);
                if (n->ssid_len > 0 &&
                    json_array_append_new(list, json_pack("{s:o, s:i, s:s?}", "ssid", event_word(name),
                                                          "rssi", n->rssi, "security",
                                                          wifi_security_name(n->security))) < 0) {
                        json_decref(list);
                        return NULL;
                }
        }
        return list;
}

static json_t *chosen(const struct job *j)
{
        int i = j->wifi.network;
        char name[WIFI_TEXT_MAX] = "";

        if (i >= 0 && (size_t)i < j->asked.profile.n_networks)
                wifi_ssid_text(j->asked.profile.networks[i].ssid, j->asked.profile.networks[i].ssid_len,
                               name);
        return event_text(name);
}

static json_t *question(const struct told *t)
{
        switch (t->event->question) {
        case QUESTION_WIFI_NETWORK:
                return json_pack("{s:s, s:o}", "question", "wifi-network", "networks",
                                 networks(&t->job->now.scan));
        case QUESTION_WIFI_PASSWORD: break;
        }
        return json_pack("{s:s, s:o}", "question", "wifi-password", "ssid", chosen(t->job));
}

char *question_json(const struct told *t)
{
        json_t *j = question(t);
        char *text = j ? json_dumps(j, JSON_COMPACT | JSON_PRESERVE_ORDER) : NULL;

        json_decref(j);
        return text;
}
