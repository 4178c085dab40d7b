/* SPDX-License-Identifier: Apache-2.0 */

/* libdmtx draws data matrices, and libqrencode QR codes; what they draw is copied out of their structures.
 */

#include "setup/label/sheet/symbol.h"
#include "proto/base/cleanup.h"
#include <dmtx.h>
#include <errno.h>
#include <qrencode.h>
#include <string.h>

static int symbol_new(unsigned side, struct symbol *ret)
{
        uint8_t *dark = calloc(side, side);

        if (!dark)
                return -ENOMEM;
        *ret = (struct symbol){ side, dark };
        return 0;
}

void symbol_done(struct symbol *s)
{
        free(s->dark);
        *s = (struct symbol){ 0 };
}

static void encode_free(DmtxEncode **e)
{
        (void)dmtxEncodeDestroy(e);
}

/* Its shortest coding; the libraries's rows count from the bottom. */
int symbol_data_matrix(const char *text, struct symbol *ret)
{
        _cleanup_(encode_free) DmtxEncode *e = dmtxEncodeCreate();
        _cleanup_(freep) unsigned char *bytes = (unsigned char *)strdup(text);
        struct symbol s;
        int side, r;

        if (!e || !bytes)
                return -ENOMEM;
        (void)dmtxEncodeSetProp(e, DmtxPropScheme, DmtxSchemeAutoBest);
        if (dmtxEncodeDataMatrix(e, (int)strlen(text), bytes) == DmtxFail)
                return -EINVAL;
        side = e->region.symbolRows;
        r = symbol_new((unsigned)side, &s);
        if (r < 0)
                return r;
        for (int row = 0; row < side; row++)
                for (int column = 0; column < side; column++)
                        s.dark[row * side + column] = (dmtxSymbolModuleStatus(e->message, e->region.sizeIdx,
                                                                              side - 1 - row, column) &
                                                       DmtxModuleOnRGB) != 0;
        *ret = s;
        return 0;
}

static void qrcode_freep(QRcode **q)
{
        QRcode_free(*q);
}

int symbol_qr(const char *text, struct symbol *ret)
{
        _cleanup_(qrcode_freep) QRcode *q = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M);
        struct symbol s;
        int r;

        if (!q)
                return errno == ENOMEM ? -ENOMEM : -EINVAL;
        r = symbol_new((unsigned)q->width, &s);
        if (r < 0)
                return r;
        for (size_t i = 0; i < (size_t)s.side * s.side; i++)
                s.dark[i] = q->data[i] & 1;
        *ret = s;
        return 0;
}
