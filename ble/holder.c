/* SPDX-License-Identifier: Apache-2.0 */

/* A line of /proc/locks: "1: FLOCK  ADVISORY  WRITE 1234 00:1a:567 0 EOF", process, device (hexadecimal) and
 * inode; of who waits "1: -> FLOCK ...". */

#include "ble/holder.h"
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

pid_t holder_find(int fd)
{
        struct stat st;
        char line[256];
        pid_t found = 0;
        FILE *f;

        if (fstat(fd, &st) < 0)
                return 0;
        f = fopen("/proc/locks", "re");
        while (f && !found && fgets(line, sizeof(line), f)) {
                unsigned major_part, minor_part;
                unsigned long inode;
                int pid;

                if (sscanf(line, "%*d: FLOCK ADVISORY WRITE %d %x:%x:%lu", &pid, &major_part, &minor_part,
                           &inode) == 4 &&
                    pid > 0 && inode == st.st_ino && makedev(major_part, minor_part) == st.st_dev)
                        found = pid;
        }
        if (f)
                (void)fclose(f);
        return found;
}

void holder_name(pid_t pid, char to[static HOLDER_NAME_MAX])
{
        char path[64], name[32] = "";
        FILE *f;

        if (pid == 0) {
                (void)snprintf(to, HOLDER_NAME_MAX, "another program");
                return;
        }
        (void)snprintf(path, sizeof(path), "/proc/%d/comm", (int)pid);
        f = fopen(path, "re");
        if (f && fgets(name, sizeof(name), f))
                name[strcspn(name, "\n")] = 0;
        if (f)
                (void)fclose(f);
        (void)snprintf(to, HOLDER_NAME_MAX, "%s%sprocess %d", name, *name ? ", " : "", (int)pid);
}
