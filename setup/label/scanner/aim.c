/* SPDX-License-Identifier: Apache-2.0 */

/* ISO/IEC 15424: "]", a letter for the family, a digit for the option. */

#include "setup/label/scanner/aim.h"
#include <string.h>

enum { AIM_LEN = 3, ECI_LEN = 7 /* "\000026" says how the text is encoded */ };

static bool is_digit(char c)
{
        return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static size_t eci_len(const char *text, size_t len)
{
        size_t n = 1;

        if (len < ECI_LEN || text[0] != '\\')
                return 0;
        while (n < ECI_LEN && is_digit(text[n]))
                n++;
        return n == ECI_LEN ? ECI_LEN : 0;
}

/* Data Matrix: 0 and 1 plain, 4 with an ECI. QR: 0 and 1 plain, 2 with an ECI. The rest has GS1's FNC1. */
static enum aim_kind square(char letter, char option, bool *ret_eci)
{
        *ret_eci = option == (letter == 'd' ? '4' : '2');
        return option <= '1' || *ret_eci ? AIM_CODE : AIM_GS1;
}

struct aim aim_read(const char *text, size_t len)
{
        struct aim aim = { .skip = AIM_LEN };
        bool eci = false;

        if (len < AIM_LEN || text[0] != ']' || !is_letter(text[1]) || !is_digit(text[2]))
                return (struct aim){ .kind = AIM_NONE };
        if (text[1] == 'd' || text[1] == 'Q') {
                aim.kind = square(text[1], text[2], &eci);
                if (aim.kind == AIM_CODE)
                        aim.symbology = text[1] == 'd' ? LABEL_DATA_MATRIX : LABEL_QR;
                if (eci)
                        aim.skip += eci_len(text + AIM_LEN, len - AIM_LEN);
        } else {
                /* L: PDF417, U: MaxiCode, z: Aztec, O: OCR, h: Han Xin, K: Code 49, T and P: stacked */
                aim.kind = strchr("LUzOhKTXZ", text[1]) ? AIM_OTHER_CODE : AIM_BAR_CODE;
        }
        return aim;
}
