/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What a verb that works with one device was told: its options. */

#include "setup/cli/label-input.h"

enum {
        SETUP_OVER_MAX = 32,
        SETUP_TIMEOUT_MAX_S = 86400,
        SETUP_COUNT_MAX = 1000000,
        SETUP_RADIOS_MAX = 16,
        SETUP_SLOTS_MAX = 64 /* as usher_list_set_slots() */
};

struct setup_args {
        const struct verb *verb;
        bool several;     /* the verb works with one device after the other */
        const char *word; /* the plain argument; NULL: none */
        struct label_input input;
        const char *from;                     /* a list of devices instead; NULL: none */
        const char *results;                  /* of the list; NULL: none */
        unsigned slots;                       /* devices of the list at once on each radio; 0: learned */
        const char *radio;                    /* NULL: bluez */
        const char *radios[SETUP_RADIOS_MAX]; /* of a list: all of them, `radio` the first */
        size_t n_radios;
        const char *cloud;    /* NULL: the token's, else the public one */
        const char *cloud_ca; /* NULL: the system's store */
        const char *profile;  /* as defaults_profile() takes it */
        bool profile_unnamed; /* it was not given on the command line */
        const char *token_file;
        const char *report; /* NULL: none */
        unsigned timeout_s; /* of one device; 0: no limit */
        unsigned count;     /* devices, one after the other; 0: no end */
        bool json, dry_run, quiet, verbose, no_input, yes;

        /* keys of the profile (setup/flow/profile/profile.h) that were given as options, in their order */
        struct {
                size_t key;
                const char *value;
        } over[SETUP_OVER_MAX];
        size_t n_over;
};

/* -EINVAL and -ECANCELED as options_next(). The texts are those of argv. */
int setup_args_parse(const struct verb *v, int argc, char **argv, struct setup_args *ret);
