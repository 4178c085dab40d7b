/* SPDX-License-Identifier: Apache-2.0 */

/* A list of devices from anywhere: all rows that are right have a label, once each, and lines grow; what is
 * wrong is told, and never with a secret's text from a cell that is right. Walking it again finds the same.
 */

#include "proto/base/text.h"
#include "setup/label/list.h"
#include "tests/fuzz/target.h"
#include <assert.h>
#include <string.h>

static size_t walk(struct list *l)
{
        const struct list_row *row;
        unsigned line = 0;
        size_t n = 0;

        while (list_next(l, &row) > 0) {
                assert(row->line > line);
                line = row->line;
                assert(strlen(row->serial) == LABEL_SERIAL_LEN && row->secret);
                assert(row->secret_len >= LABEL_SECRET_MIN);
                assert(row->secret_len <= LABEL_SECRET_LEN);
                assert(text_is_utf8(row->name) && text_is_utf8(row->profile));
                assert(text_is_utf8(row->groups) && text_is_utf8(row->site));
                n++;
        }
        return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
        _cleanup_(list_freep) struct list *l = NULL;
        size_t kept = 0;

        if (secret_init() < 0 || list_parse((const char *)data, len, &l) < 0)
                return 0;
        while (list_error_at(l, kept)) {
                assert(list_error_at(l, kept)->line > 0 && list_error_at(l, kept)->why.cause[0]);
                kept++;
        }
        assert(kept <= LIST_ERRORS_MAX && kept <= list_errors(l));
        assert(list_rows(l) + list_errors(l) > 0);
        assert(walk(l) == list_rows(l));
        assert(walk(l) == list_rows(l));
        return 0;
}
