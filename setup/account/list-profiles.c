/* SPDX-License-Identifier: Apache-2.0 */

/* A list names few profiles many times: they are found by walking an array. */

#include "setup/account/list-profiles.h"
#include "setup/flow/profile/check.h"
#include "setup/flow/profile/keys.h"
#include <errno.h>
#include <string.h>

struct entry {
        char *named;
        struct profile profile, scratch; /* scratch: a copy, for looking at rows; `copied` */
        bool copied, fine;               /* fine: without a name and groups of a row's */
        struct trouble why;              /* FAULT_NONE: it was loaded */
        size_t rows;
};

struct list_profiles {
        list_profiles_fn load;
        void *userdata;
        struct entry entry[LIST_PROFILES_MAX];
        size_t n;
};

int list_profiles_new(list_profiles_fn load, void *userdata, struct list_profiles **ret)
{
        struct list_profiles *l = calloc(1, sizeof(*l));

        if (!l)
                return -ENOMEM;
        l->load = load;
        l->userdata = userdata;
        *ret = l;
        return 0;
}

struct list_profiles *list_profiles_free(struct list_profiles *l)
{
        for (size_t i = 0; l && i < l->n; i++) {
                free(l->entry[i].named);
                profile_done(&l->entry[i].profile);
                profile_done(&l->entry[i].scratch);
        }
        free(l);
        return NULL;
}

static struct entry *find(struct list_profiles *l, const char *named)
{
        for (size_t i = 0; i < l->n; i++)
                if (strcmp(l->entry[i].named, named) == 0)
                        return &l->entry[i];
        return NULL;
}

static int load(struct list_profiles *l, const char *named, struct entry **ret, struct trouble *ret_trouble)
{
        struct entry e = {};
        int r;

        if (l->n == LIST_PROFILES_MAX)
                return trouble_set(ret_trouble, FAULT_CONFIG,
                                   "the list names more than %d profiles: split it", LIST_PROFILES_MAX);
        e.named = strdup(named);
        if (!e.named)
                return -ENOMEM;
        r = l->load(l->userdata, named, &e.profile, &e.why);
        if (r < 0 && r != -EINVAL) {
                free(e.named);
                return r;
        }
        l->entry[l->n] = e;
        *ret = &l->entry[l->n++];
        return 0;
}

/* *ret_new: nobody has asked for it before. */
static int entry_of(struct list_profiles *l, const char *named, struct entry **ret, bool *ret_new,
                    struct trouble *ret_trouble)
{
        *ret = find(l, named);
        *ret_new = !*ret;
        return *ret ? 0 : load(l, named, ret, ret_trouble);
}

static int lay(const struct list_row *row, struct profile *p, struct trouble *ret_trouble)
{
        int r = 0;

        if (row->name[0])
                r = profile_set(p, "setup", "name", row->name, ret_trouble);
        if (r == 0 && row->groups[0])
                r = profile_set(p, "setup", "groups", row->groups, ret_trouble);
        return r == 0 ? profile_check(p, ret_trouble) : r;
}

static int lay_over(const struct entry *e, const struct list_row *row, struct profile *ret,
                    struct trouble *ret_trouble)
{
        _cleanup_(profile_done) struct profile p = {};
        int r = profile_copy(&e->profile, &p);

        if (r == 0)
                r = lay(row, &p, ret_trouble);
        if (r < 0)
                return r;
        *ret = p;
        p = (struct profile){};
        return 0;
}

int list_profiles_of(struct list_profiles *l, const struct list_row *row, struct profile *ret,
                     struct trouble *ret_trouble)
{
        struct entry *e;
        bool is_new;
        int r = entry_of(l, row->profile, &e, &is_new, ret_trouble);

        if (r < 0)
                return r;
        if (e->why.fault != FAULT_NONE) {
                *ret_trouble = e->why;
                return -EINVAL;
        }
        return lay_over(e, row, ret, ret_trouble);
}

static int put_back(char **to, const char *text)
{
        char *copy = text ? strdup(text) : NULL;

        if (text && !copy)
                return -ENOMEM;
        free(*to);
        *to = copy;
        return 0;
}

/* A copy of secrets for each row would take long. */
static int look_over(struct entry *e, const struct list_row *row, struct trouble *ret_trouble)
{
        bool bare = !row->name[0] && !row->groups[0];
        int r = 0;

        if (bare && e->fine)
                return 0;
        if (!e->copied)
                r = profile_copy(&e->profile, &e->scratch);
        e->copied |= r == 0;
        if (r == 0)
                r = put_back(&e->scratch.name, e->profile.name);
        if (r == 0)
                r = put_back(&e->scratch.groups, e->profile.groups);
        if (r == 0)
                r = lay(row, &e->scratch, ret_trouble);
        e->fine |= bare && r == 0;
        return r;
}

static int check_row(struct list_profiles *l, const struct list_row *row, struct trouble *ret_trouble)
{
        struct entry *e;
        bool is_new;
        int r = entry_of(l, row->profile, &e, &is_new, ret_trouble);

        if (r < 0)
                return r;
        e->rows++;
        if (e->why.fault == FAULT_NONE)
                return look_over(e, row, ret_trouble);
        if (!is_new)
                return 0;
        return row->profile[0] ? trouble_set(ret_trouble, FAULT_CONFIG, "the profile %s: %s", row->profile,
                                             trouble_words(&e->why))
                               : trouble_set(ret_trouble, FAULT_CONFIG, "%s", trouble_words(&e->why));
}

int list_profiles_check(struct list_profiles *l, struct list *list)
{
        const struct list_row *row;
        int r;

        while ((r = list_next(list, &row)) > 0) {
                struct trouble why = {};
                int error = check_row(l, row, &why);

                if (error == -EINVAL)
                        list_refuse(list, row->line, &why);
                else if (error < 0)
                        return error;
        }
        return r;
}

void list_profiles_keep_networks(struct list_profiles *l, const struct list_row *row, struct profile *from)
{
        struct entry *e = find(l, row->profile);

        if (e && e->profile.n_networks == 0)
                profile_take_networks(&e->profile, from);
}

const struct profile *list_profiles_at(const struct list_profiles *l, size_t i, const char **ret_named,
                                       size_t *ret_rows)
{
        if (i >= l->n)
                return NULL;
        *ret_named = l->entry[i].named;
        *ret_rows = l->entry[i].rows;
        return &l->entry[i].profile;
}
