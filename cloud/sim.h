/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* SIM cards of the account or of a product (cloud.md 5). The card is named by its ICCID, 18
 * to 22 digits, as the device tells it - never as a label does: which card a Boron uses is a setting of the
 * device. product_id 0 means the account's own cards. */

#include "cloud/client.h"

/* states */
enum cloud_sim_state {
        SIM_NOT_OURS,   /* not in this account or product; such a card was usually never activated */
        SIM_NEW,        /* never activated */
        SIM_INACTIVE,   /* was active once; the status says why it is not */
        SIM_ACTIVATING, /* the cloud works on it */
        SIM_ACTIVE,
        SIM_FAILED, /* the last activation went wrong */
        _SIM_STATE_MAX,
};

struct cloud_sim {
        enum cloud_sim_state state;
        const char *iccid;
        const char *status;    /* the cloud's own word, e.g. "inactive_data_limit_reached"; NULL = none */
        const char *owner;     /* NULL = not said, like the next */
        const char *device_id; /* where it was seen last */
        const char *carrier;
        unsigned product_id;  /* 0 = none */
        int64_t changed_s;    /* when the cloud last worked on it, seconds since 1970; 0 = not said */
        unsigned activations; /* how often it was activated */
};

typedef void (*cloud_sim_fn)(void *userdata, const struct cloud_error *e, const struct cloud_sim *sim);

int cloud_sim(struct cloud_client *c, unsigned product_id, const char *iccid, cloud_sim_fn done,
              void *userdata, struct op **ret);

/* Could this account activate the card? FAULT_NONE: nothing speaks against it; FAULT_SIM: it belongs to
 * somebody else; FAULT_CLOUD_NOT_FOUND: unknown, or not a Particle SIM card. It says nothing about the
 * state. */
int cloud_sim_precheck(struct cloud_client *c, const char *iccid, cloud_done_fn done, void *userdata,
                       struct op **ret);

/* activation */
enum sim_speed {
        SIM_FAST,           /* seconds */
        SIM_USUALLY_FAST,   /* up to a minute, rarely a day */
        SIM_SOMETIMES_SLOW, /* quick the first time; again: tens of minutes to days */
};

/* By the SKU of the device (BRN404X, B523MEA, ...); SIM_USUALLY_FAST for NULL and unknown ones. */
enum sim_speed sim_speed(const char *sku);

/* How long it makes sense to wait before calling it pending. */
uint64_t sim_deadline_ms(enum sim_speed speed, bool activated_before);

struct cloud_sim_wish {
        unsigned product_id; /* 0: the account's own */
        const char *iccid;
        const char *country; /* ISO 3166-1 alpha-2, where the device is used; NULL: nothing is asked for,
                                only waited for an activation that is under way */
        uint64_t wait_ms;    /* after this it is pending; 0: ask if it needs it, and do not wait */
};

struct cloud_sim_outcome {
        bool pending; /* asked for and not active yet: look again later */
        bool asked;   /* false: it was active already, or somebody else had asked */
        const char *status;
};

typedef void (*cloud_sim_outcome_fn)(void *userdata, const struct cloud_error *e,
                                     const struct cloud_sim_outcome *outcome);

/* Looks at the card, asks for its activation if it needs one, and looks again until it is active, has failed
 * (FAULT_SIM) or wait_ms are over. Answers that only mean "still working" (408, 504) are no failures. When
 * the endpoint has gone (405, 410) the cause says how to do it by hand. -EINVAL: an ICCID or country that
 * cannot be one. */
int cloud_sim_activate(struct cloud_client *c, const struct cloud_sim_wish *wish, cloud_sim_outcome_fn done,
                       void *userdata, struct op **ret);

/* Only ever by explicit wish of a person. Releasing gives the card back and deactivates it. */
int cloud_sim_deactivate(struct cloud_client *c, unsigned product_id, const char *iccid, cloud_done_fn done,
                         void *userdata, struct op **ret);
int cloud_sim_release(struct cloud_client *c, unsigned product_id, const char *iccid, cloud_done_fn done,
                      void *userdata, struct op **ret);
