/* SPDX-License-Identifier: Apache-2.0 */

/* The program reads the profiles, as it knows what a name means, and hands each over once; a row's own name
 * and groups are laid over it when the row begins. What a row asks for is a hash, so that a later run can
 * tell whether it still is the same. */

#include "setup/account/finished.h"
#include "setup/lib/list-private.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static struct list_setup *find(const struct usher_list *l, const char *name)
{
        for (size_t i = 0; i < l->n_setups; i++)
                if (strcmp(l->setups[i].name, name) == 0)
                        return &l->setups[i];
        return NULL;
}

int setups_add(struct usher_list *l, const char *name, size_t *ret_index)
{
        struct list_setup *s = find(l, name);
        struct list_setup *more;

        if (!s) {
                if (l->n_setups == LIST_PROFILES_MAX)
                        return -ERANGE;
                more = realloc(l->setups, (l->n_setups + 1) * sizeof(*more));
                if (!more)
                        return -ENOMEM;
                l->setups = more;
                s = &more[l->n_setups];
                *s = (struct list_setup){ .name = strdup(name) };
                if (!s->name)
                        return -ENOMEM;
                l->n_setups++;
        }
        s->rows++;
        *ret_index = (size_t)(s - l->setups);
        return 0;
}

void setups_free(struct usher_list *l)
{
        for (size_t i = 0; i < l->n_setups; i++) {
                free(l->setups[i].name);
                profile_done(&l->setups[i].profile);
        }
        free(l->setups);
        list_profiles_free(l->profiles);
}

/* ---- handing over ---- */

const char *usher_list_get_profile(const struct usher_list *l, size_t i, size_t *ret_rows)
{
        if (i >= l->n_setups)
                return NULL;
        *ret_rows = l->setups[i].rows;
        return l->setups[i].name;
}

static int find_missing(struct usher_list *l, const char *name, struct list_setup **ret)
{
        struct list_setup *s = find(l, name);

        if (!s)
                return -ENOENT;
        if (s->source != SETUP_MISSING || l->checked)
                return -EALREADY;
        *ret = s;
        return 0;
}

int usher_list_take_profile(struct usher_list *l, const char *name)
{
        _cleanup_(ctx_leave) struct entry e;
        struct list_setup *s = NULL;
        int r = ctx_enter(l->ctx, &e);

        if (r == 0)
                r = find_missing(l, name, &s);
        if (r == 0)
                r = profile_copy(&l->ctx->profile, &s->profile);
        if (r == 0)
                s->source = SETUP_GIVEN;
        return r;
}

int usher_list_refuse_profile(struct usher_list *l, const char *name, const char *cause)
{
        _cleanup_(ctx_leave) struct entry e;
        struct list_setup *s = NULL;
        int r = ctx_enter(l->ctx, &e);

        if (r == 0)
                r = find_missing(l, name, &s);
        if (r < 0)
                return r;
        s->source = SETUP_REFUSED;
        s->why = l->ctx->trouble;
        if (cause)
                (void)trouble_set(&s->why, FAULT_CONFIG, "%s", cause);
        return 0;
}

/* ---- what is asked for ---- */

/* FNV-1a */
static void mix(uint64_t *hash, const void *data, size_t len)
{
        const uint8_t *byte = data;

        for (size_t i = 0; i < len; i++)
                *hash = (*hash ^ byte[i]) * UINT64_C(0x100000001b3);
}

/* With its end, so that two texts are not one. */
static void mix_text(uint64_t *hash, const char *text)
{
        mix(hash, text ? text : "", text ? strlen(text) + 1 : 1);
}

/* What the key stands for, in `of`; secrets and their files are passed over, as they are not kept. */
static void mix_key(uint64_t *hash, const struct profile_key *key, const void *of)
{
        const uint8_t *at = (const uint8_t *)of + key->offset;

        switch (key->kind) {
        case KEY_TEXT:
        case KEY_PLAIN:
        case KEY_NAME:
        case KEY_EMAIL:
        case KEY_GROUPS:
        case KEY_VERSION:
        case KEY_UUID: mix_text(hash, *(char *const *)(const void *)at); break;
        case KEY_WORD: mix(hash, at, sizeof(int)); break;
        case KEY_CHOICE: mix(hash, at, sizeof(enum choice)); break;
        case KEY_NUMBER: mix(hash, at, sizeof(unsigned)); break;
        case KEY_YES_NO: mix(hash, at, sizeof(bool)); break;
        case KEY_COUNTRY: mix_text(hash, (const char *)at); break;
        case KEY_SSID: mix(hash, at, WIFI_SSID_MAX); break;
        case KEY_SSID_HEX:
        case KEY_FILE:
        case KEY_SECRET_FILE:
        case KEY_WORD_FILE: break;
        }
}

static uint64_t hash_all(const struct profile *p)
{
        uint64_t hash = UINT64_C(0xcbf29ce484222325);
        const struct profile_key *key;

        for (size_t i = 0; (key = profile_key(i)); i++) {
                bool wifi = strcmp(key->section, "wifi") == 0;

                if (!wifi)
                        mix_key(&hash, key, p);
                for (size_t k = 0; wifi && k < p->n_networks; k++)
                        mix_key(&hash, key, &p->networks[k]);
        }
        return hash;
}

void setup_revision(const struct usher_list *l, const struct row *row, char ret[static REVISION_LEN + 1])
{
        const struct list_setup *s = &l->setups[row->setup];
        uint64_t all = s->all;

        mix_text(&all, listed_text(&l->rows, row, ROW_NAME));
        mix_text(&all, listed_text(&l->rows, row, ROW_GROUPS));
        (void)snprintf(ret, REVISION_LEN + 1, "%016" PRIx64 "-%016" PRIx64, s->finished, all);
}

uint64_t revision_finished(const char *revision)
{
        return strtoull(revision, NULL, 16);
}

/* ---- looking at all of them ---- */

static int load(void *userdata, const char *named, struct profile *ret, struct trouble *ret_trouble)
{
        struct usher_list *l = userdata;
        struct list_setup *s = find(l, named);
        _cleanup_(profile_done) struct profile asked = {};
        int r;

        switch (s->source) {
        case SETUP_MISSING: return trouble_set(ret_trouble, FAULT_CONFIG, "the program has not given it");
        case SETUP_REFUSED: *ret_trouble = s->why; return -EINVAL;
        case SETUP_GIVEN: break;
        }
        r = profile_copy(&s->profile, &asked);
        if (r < 0)
                return r;
        world_fit(l->task, &asked);
        s->finished = finished_hash(&asked);
        s->all = hash_all(&asked);
        *ret = s->profile;
        s->profile = (struct profile){};
        return 0;
}

bool setups_are_complete(const struct usher_list *l)
{
        for (size_t i = 0; i < l->n_setups; i++)
                if (l->setups[i].source == SETUP_MISSING)
                        return false;
        return true;
}

int setups_check(struct usher_list *l)
{
        int r = 0;

        if (l->checked)
                return 0;
        if (!l->profiles)
                r = list_profiles_new(load, l, &l->profiles);
        if (r == 0)
                r = list_profiles_check(l->profiles, l->list);
        l->checked = r == 0;
        return r;
}

int setups_find_account(struct usher_list *l, bool *ret_account)
{
        bool any = false;
        int r = 0;

        for (size_t i = 0; r == 0 && i < l->n_setups; i++) {
                _cleanup_(profile_done) struct profile copy = {};
                const struct profile *p;
                const char *name;
                size_t rows;

                p = list_profiles_at(l->profiles, i, &name, &rows);
                r = p ? profile_copy(p, &copy) : 0;
                if (r < 0 || !p)
                        continue;
                world_fit(l->task, &copy);
                find(l, name)->customer = session_is_wanted(&copy);
                if (session_is_wanted(&copy) && l->n_setups > 1)
                        return trouble_set(
                                &l->ctx->trouble, FAULT_CONFIG,
                                "a customer claims with an account of its own: give such devices a "
                                "list that names no other profile");
                r = world_find_account(l->ctx, &copy, &find(l, name)->account);
                any |= find(l, name)->account;
        }
        if (r == 0)
                *ret_account = any;
        return r;
}

const struct profile *setups_customer(const struct usher_list *l)
{
        const char *name;
        size_t rows;

        return l->n_setups == 1 && l->setups[0].customer ? list_profiles_at(l->profiles, 0, &name, &rows)
                                                         : NULL;
}

/* ---- one row's ---- */

/* As list_profiles knows rows. */
static struct list_row *describe(const struct usher_list *l, const struct row *row)
{
        struct list_row *of = calloc(1, sizeof(*of));

        if (!of)
                return NULL;
        of->line = row->line;
        (void)snprintf(of->profile, sizeof(of->profile), "%s", l->setups[row->setup].name);
        (void)snprintf(of->name, sizeof(of->name), "%s", listed_text(&l->rows, row, ROW_NAME));
        (void)snprintf(of->groups, sizeof(of->groups), "%s", listed_text(&l->rows, row, ROW_GROUPS));
        return of;
}

int setup_of_row(struct usher_list *l, const struct row *row, struct profile *ret,
                 struct trouble *ret_trouble)
{
        _cleanup_(freep) struct list_row *of = describe(l, row);
        int r = of ? list_profiles_of(l->profiles, of, ret, ret_trouble) : -ENOMEM;

        if (r == 0)
                world_fit(l->task, ret);
        return r;
}

void setup_keep_networks(struct usher_list *l, const struct row *row, const struct profile *from)
{
        _cleanup_(freep) struct list_row *of = describe(l, row);
        struct profile copy;

        if (!of || profile_copy(from, &copy) < 0)
                return;
        list_profiles_keep_networks(l->profiles, of, &copy);
        profile_done(&copy);
}
