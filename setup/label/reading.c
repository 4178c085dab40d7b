/* SPDX-License-Identifier: Apache-2.0 */

/* A picture may show a whole desk: stickers of several devices, the code of a parcel, a network's QR code.
 * Who asked gets one label, and never a guess. */

#include "setup/label/reading.h"
#include <errno.h>
#include <poll.h>
#include <string.h>

void label_reading_done(struct label_reading *r)
{
        label_done(&r->label);
        for (size_t i = 0; i < r->n_codes; i++)
                scan_done(&r->codes[i]);
        *r = (struct label_reading){ 0 };
}

static int parse(const struct scan *code, struct label *ret, struct trouble *ret_trouble)
{
        return label_parse(secret_text(code->text), secret_len(code->text), ret, ret_trouble);
}

/* A second label with another text: the cause lists the serial numbers, so that the person sees which. */
static void add_ambiguity(const char *name, const struct label *other, struct label_reading *r)
{
        if (r->trouble.fault == FAULT_NONE)
                (void)trouble_set(&r->trouble, FAULT_LABEL_AMBIGUOUS, "%s: %s", name, r->label.serial);
        trouble_add(&r->trouble, ", %s", other->serial);
}

/* Takes the labels out of the codes; *ret_n is how many different ones there are. */
static int choose_label(struct label_reading *r, size_t *ret_n)
{
        size_t n = 0;

        for (size_t i = 0; i < r->n_codes; i++) {
                struct label l = { 0 };
                struct trouble why;
                int error = parse(&r->codes[i], &l, &why);

                if (error == -EINVAL)
                        continue;
                if (error < 0)
                        return error;
                if (n == 0) {
                        r->label = l;
                        n = 1;
                        continue;
                }
                if (!label_equal(&r->label, &l)) {
                        add_ambiguity(r->codes[i].from, &l, r);
                        n++;
                }
                label_done(&l);
        }
        if (r->trouble.fault == FAULT_LABEL_AMBIGUOUS)
                label_done(&r->label);
        *ret_n = n;
        return 0;
}

/* -ENOENT: none, or two that differ. */
static int find_called(const struct label_reading *r, const char *serial, struct label *ret)
{
        struct label found = { 0 };
        int error = 0;

        for (size_t i = 0; i < r->n_codes && error >= 0; i++) {
                struct label l = { 0 };
                struct trouble why;

                error = parse(&r->codes[i], &l, &why);
                if (error == -EINVAL)
                        error = 0;
                else if (error >= 0 && label_is_called(&l, serial) && !found.mobile_secret) {
                        found = l;
                        l = (struct label){ 0 };
                } else if (error >= 0 && label_is_called(&l, serial) && !label_equal(&found, &l))
                        error = -ENOENT;
                label_done(&l);
        }
        if (error >= 0 && !found.mobile_secret)
                error = -ENOENT;
        if (error < 0)
                label_done(&found);
        else
                *ret = found;
        return error;
}

int label_reading_choose(struct label_reading *r, const char *serial)
{
        int error;

        if (r->trouble.fault != FAULT_LABEL_AMBIGUOUS)
                return -ENOENT;
        error = find_called(r, serial, &r->label);
        if (error >= 0)
                r->trouble = (struct trouble){ 0 };
        return error;
}

/* No label among the codes: a serial number alone tells most, then any other text that is no QR code. */
static void refuse_codes(struct label_reading *r)
{
        const struct scan *told = NULL;
        struct trouble why;
        struct label none;

        for (size_t i = 0; i < r->n_codes; i++) {
                const struct scan *code = &r->codes[i];
                bool serial = label_check(secret_text(code->text), secret_len(code->text)) ==
                              FAULT_LABEL_NO_SECRET;

                if (serial || (!told && code->symbology != LABEL_QR))
                        told = code;
                if (serial)
                        break;
        }
        if (told && parse(told, &none, &why) == -EINVAL)
                (void)trouble_set(&r->trouble, why.fault, "%s: %s", told->from, why.cause);
        else
                (void)trouble_set(
                        &r->trouble, FAULT_LABEL_UNREADABLE,
                        "%s: there is a QR code, but the code of a device is the small square data matrix",
                        r->codes[0].from);
}

static int judge(struct label_reading *r)
{
        size_t labels;
        int error;

        if (r->trouble.fault != FAULT_NONE)
                return 1;
        error = choose_label(r, &labels);
        if (error < 0)
                return error;
        if (labels == 0 && r->n_codes > 0)
                refuse_codes(r);
        return 1;
}

int label_reading_take(struct label_reading *r, enum source_event event, struct scan *scan,
                       const struct trouble *why)
{
        switch (event) {
        case SOURCE_SCAN:
                if (r->n_codes < LABEL_CODES_MAX) {
                        r->codes[r->n_codes++] = *scan;
                        *scan = (struct scan){ 0 };
                }
                return 0;
        case SOURCE_REFUSED: r->trouble = *why; return 0;
        case SOURCE_END: return judge(r);
        case SOURCE_NOTHING:
        case SOURCE_HINT:
        case SOURCE_LOST:
        case SOURCE_BACK: break;
        }
        return 0;
}

static int dispatch(struct label_reading *r, struct source *s)
{
        _cleanup_(scan_done) struct scan scan = { 0 };
        int event = source_dispatch(s, &scan);

        return event < 0 ? event : label_reading_take(r, (enum source_event)event, &scan, source_trouble(s));
}

int label_reading_finish(struct label_reading *r, struct source *s)
{
        int done;

        while ((done = dispatch(r, s)) == 0) {
                struct pollfd p = { .fd = source_fd(s), .events = POLLIN };

                if (poll(&p, 1, source_timeout_ms(s)) < 0 && errno != EINTR)
                        return -errno;
        }
        return done < 0 ? done : 0;
}

int label_reading_picture(struct label_reading *r, const char *path, struct decoder *decoder)
{
        const struct picture_options options = { .decoder = decoder };
        _cleanup_(source_freep) struct source *source = NULL;
        int error = source_open_picture(path, &options, &source);

        return error < 0 ? error : label_reading_finish(r, source);
}
