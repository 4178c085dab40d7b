/* SPDX-License-Identifier: Apache-2.0 */

/* Half a scan must never pass for a whole one: the serial number and the first twelve characters of a mobile
 * secret look like an early sticker. So a scan that lost something, or that has no suffix where its scanner
 * sends one, is told as such and its text is not handed out. */

#include "setup/label/scanner/gather.h"

enum { STX = 0x02, ETX = 0x03, EOT = 0x04, GS = 0x1d, DEL = 0x7f };

int gather_init(struct gather *g)
{
        *g = (struct gather){ 0 };
        return secret_new_empty(GATHER_MAX, &g->text);
}

void gather_done(struct gather *g)
{
        g->text = secret_free(g->text);
}

static void clear(struct gather *g)
{
        secret_cut(g->text, secret_text(g->text), 0);
}

void gather_begin(struct gather *g, int64_t at_ms)
{
        g->last_ms = at_ms;
        if (g->open)
                return;
        clear(g);
        g->open = true;
        g->flaw = GATHERED_NOTHING;
}

void gather_add(struct gather *g, uint8_t c, int64_t at_ms)
{
        gather_begin(g, at_ms);
        if (g->flaw == GATHERED_DROPPED)
                return;
        if (secret_append(g->text, &c, 1) < 0)
                g->flaw = GATHERED_TOO_LONG;
}

void gather_add_strange(struct gather *g, uint8_t mark, int64_t at_ms)
{
        gather_add(g, mark, at_ms);
        if (g->flaw == GATHERED_NOTHING)
                g->flaw = GATHERED_STRANGE;
}

enum gathered gather_end(struct gather *g, bool said)
{
        bool empty = secret_len(g->text) == 0 && g->flaw == GATHERED_NOTHING;

        g->said = said;
        g->suffixed |= said;
        if (!g->open)
                return GATHERED_NOTHING;
        g->open = false;
        if (empty)
                return GATHERED_NOTHING;
        if (g->flaw == GATHERED_DROPPED || g->flaw == GATHERED_TOO_LONG)
                return g->flaw;
        if (!said && g->suffixed)
                return GATHERED_BROKEN;
        return g->flaw == GATHERED_STRANGE ? GATHERED_STRANGE : GATHERED_TEXT;
}

enum gathered gather_feed(struct gather *g, uint8_t c, int64_t at_ms)
{
        bool lost = g->open && g->flaw == GATHERED_DROPPED;

        g->last_ms = at_ms;
        switch (c) {
        case 0: return GATHERED_NOTHING;
        case STX:
                if (!lost)
                        g->open = false;
                gather_begin(g, at_ms);
                return GATHERED_NOTHING;
        case ETX:
        case EOT:
        case '\t':
        case '\n':
        case '\r': return lost ? GATHERED_NOTHING : gather_end(g, true);
        default: break;
        }
        if (c < GS || c == DEL)
                gather_add_strange(g, GATHER_STRANGE, at_ms);
        else
                gather_add(g, c, at_ms);
        return GATHERED_NOTHING;
}

void gather_drop(struct gather *g, int64_t at_ms)
{
        gather_begin(g, at_ms);
        clear(g);
        g->flaw = GATHERED_DROPPED;
}

int64_t gather_due_ms(const struct gather *g)
{
        return g->open ? g->last_ms + GATHER_PAUSE_MS : INT64_MAX;
}
