/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Products of a team: membership of devices and what only a product can set (cloud.md 3.5-3.7 and 4.1-4.2).
 * These verbs work with the token of an API user, which cannot claim otherwise: claim_user is its way. */

#include "cloud/device.h"

enum { PRODUCT_IMPORT_MAX = 100 /* devices in one import */ };

/* product */
struct cloud_product {
        unsigned id;
        const char *name;
        const char *slug;
        unsigned platform_id; /* devices of another platform cannot join; 0 = not said */
};

typedef void (*cloud_product_fn)(void *userdata, const struct cloud_error *e, const struct cloud_product *p);

/* FAULT_CLOUD_NOT_FOUND or FAULT_CLOUD_REFUSED: no such product, or not of this account. */
int cloud_product(struct cloud_client *c, unsigned product_id, cloud_product_fn done, void *userdata,
                  struct op **ret);

/* membership */
enum cloud_import {
        IMPORT_ADDED,     /* now a member (also: approved out of quarantine) */
        IMPORT_EXISTED,   /* was one already */
        IMPORT_NOT_OWNED, /* belongs to somebody outside of the team */
        IMPORT_INVALID,   /* unknown, of another platform, or in another product */
        IMPORT_PROTECTED, /* device protection is on */
        IMPORT_UNSAID,    /* the reply does not mention it: read the device */
        _IMPORT_MAX,
};

struct cloud_imports {
        enum cloud_import result[PRODUCT_IMPORT_MAX]; /* in the order of the ids that were given */
        size_t n;
};

typedef void (*cloud_import_fn)(void *userdata, const struct cloud_error *e, const struct cloud_imports *i);

/* In words for a person; never NULL. */
const char *cloud_import_text(enum cloud_import i);

/* Adds devices to the product, claims them for a member of the team if claim_user is not NULL (also while
 * they are offline), and approves them if they wait in quarantine. Built-in SIM cards are imported and
 * activated with import_sims. Some may fail while the call succeeds: look at each result. Adding again does
 * no harm. */
int cloud_import(struct cloud_client *c, unsigned product_id, const char *const *device_ids, size_t n,
                 const char *claim_user, bool import_sims, cloud_import_fn done, void *userdata,
                 struct op **ret);

int cloud_product_remove(struct cloud_client *c, unsigned product_id, const char *device_id,
                         cloud_done_fn done, void *userdata, struct op **ret);

/* Takes the owner away; the device stays in the product. */
int cloud_product_unclaim(struct cloud_client *c, unsigned product_id, const char *device_id,
                          cloud_done_fn done, void *userdata, struct op **ret);

/* devices of a product */
int cloud_product_device(struct cloud_client *c, unsigned product_id, const char *device_id,
                         cloud_device_fn done, void *userdata, struct op **ret);

/* By serial number, which costs nothing of the lookups' limit. An unknown one gives n = 0. */
int cloud_product_find(struct cloud_client *c, unsigned product_id, const char *serial,
                       cloud_devices_fn done, void *userdata, struct op **ret);

/* What is NULL stays as it is. */
struct cloud_product_change {
        const char *name;
        const char *notes;
        const bool *development;          /* keeps the fleet's firmware releases away */
        const unsigned *firmware_version; /* lock to this version of the product's firmware */
        const char *const *groups;        /* replaces all; ends with NULL */
};

int cloud_product_set(struct cloud_client *c, unsigned product_id, const char *device_id,
                      const struct cloud_product_change *change, cloud_done_fn done, void *userdata,
                      struct op **ret);
