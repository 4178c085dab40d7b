/* SPDX-License-Identifier: Apache-2.0 */

/* Our half of the comparison with the vendor's protobuf library. Without arguments it reads lines "NAME HEX"
 * and answers each with the same body decoded and encoded again by proto/message.h and its far end in
 * tests/wire, in hex, or with "!ERRNO". With "--requests" it prints the control requests that we know as
 * lines "NUMBER NAME". */

#include "tests/wire/bodies.h"
#include "proto/base/secret.h"
#include "proto/control.h"
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#define MAX_BODY 16384

static const struct body *find(const char *name)
{
        for (size_t i = 0; i < n_bodies; i++)
                if (strcmp(bodies[i].name, name) == 0)
                        return &bodies[i];
        return NULL;
}

static int answer(const char *name, const char *hex)
{
        const struct body *body = find(name);
        struct buf out = buf_init(MAX_BODY);
        uint8_t data[MAX_BODY];
        size_t len;
        int r;

        if (!body || sodium_hex2bin(data, sizeof(data), hex, strlen(hex), NULL, &len, NULL) < 0) {
                fprintf(stderr, "no such body, or not hex: %s %s\n", name, hex);
                return 2;
        }
        r = body->again(data, len, &out);
        if (r < 0)
                printf("!%d", r);
        for (size_t i = 0; r >= 0 && i < out.len; i++)
                printf("%02x", out.data[i]);
        putchar('\n');
        buf_done(&out);
        return 0;
}

static void list_requests(void)
{
        for (unsigned type = 0; type <= UINT16_MAX; type++)
                if (control_info((uint16_t)type))
                        printf("%u %s\n", type, control_info((uint16_t)type)->name);
}

static void list_bodies(void)
{
        for (size_t i = 0; i < n_bodies; i++)
                puts(bodies[i].name);
}

int main(int argc, char **argv)
{
        static char name[64], hex[2 * MAX_BODY + 2], line[sizeof(name) + sizeof(hex) + 2];
        int r;

        if (secret_init() < 0)
                return 1;
        if (argc == 2) {
                (strcmp(argv[1], "--bodies") == 0 ? list_bodies : list_requests)();
                return 0;
        }
        while (fgets(line, sizeof(line), stdin)) {
                hex[0] = 0;
                if (sscanf(line, "%63s %32768s", name, hex) < 1)
                        continue;
                r = answer(name, hex);
                if (r != 0)
                        return r;
        }
        return 0;
}
