/* SPDX-License-Identifier: Apache-2.0 */

/* Versions of packages come from dpkg's own list, because that is what a person would look up; elsewhere
 * they are left out. */

#include "setup/engine/report.h"
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#define DPKG_STATUS "/var/lib/dpkg/status"
#define OS_RELEASE  "/etc/os-release"

DEFINE_CLEANUP(FILE *, fclose)

static bool is_ours(const char *package)
{
        static const char *const packages[] = { "bluez",       "libcurl4",  "libjansson4",
                                                "libsodium23", "libssl3",   "libsystemd0",
                                                "libdmtx0b",   "libzxing2", "libinih1" };

        for (size_t i = 0; i < ELEMENTSOF(packages); i++)
                if (strcmp(packages[i], package) == 0)
                        return true;
        return false;
}

/* The rest of the line if it begins with `key`; without its end. */
static char *value_of(char *line, const char *key)
{
        size_t n = strlen(key);

        if (strncmp(line, key, n) != 0)
                return NULL;
        line[strcspn(line, "\n")] = 0;
        return line + n;
}

static json_t *packages(void)
{
        _cleanup_(fclosep) FILE *f = fopen(DPKG_STATUS, "re");
        char line[1024], package[64] = "";
        json_t *found = json_object();
        char *value;

        while (f && found && fgets(line, sizeof(line), f)) {
                value = value_of(line, "Package: ");
                if (value)
                        (void)snprintf(package, sizeof(package), "%.63s", value);
                value = value_of(line, "Version: ");
                if (value && is_ours(package) &&
                    json_object_set_new(found, package, json_string(value)) < 0) {
                        json_decref(found);
                        return NULL;
                }
        }
        return found;
}

static void read_os(size_t size, char *ret)
{
        _cleanup_(fclosep) FILE *f = fopen(OS_RELEASE, "re");
        char line[256];
        char *value;

        *ret = 0;
        while (f && fgets(line, sizeof(line), f)) {
                value = value_of(line, "PRETTY_NAME=");
                if (!value)
                        continue;
                value += *value == '"';
                value[strcspn(value, "\"")] = 0;
                (void)snprintf(ret, size, "%s", value);
        }
}

json_t *report_system(void)
{
        struct utsname u = { 0 };
        char kernel[160], os[128];

        (void)uname(&u);
        read_os(sizeof(os), os);
        (void)snprintf(kernel, sizeof(kernel), "%s %s", u.sysname, u.release);
        return json_pack("{s:s, s:s, s:s, s:s, s:o}", "usher", USHER_VERSION, "os", os, "kernel", kernel,
                         "machine", u.machine, "packages", packages());
}
