/* SPDX-License-Identifier: Apache-2.0 */

/* dbus-daemon says on a pipe when it is there (--print-address), so nobody sleeps or polls. */

#include "tests/bus/bus.h"
#include "tests/unit/cmocka.h"
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char dir[64];
static pid_t daemon_pid;

static const char config[] =
        "<!DOCTYPE busconfig PUBLIC \"-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN\"\n"
        " \"http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd\">\n"
        "<busconfig><type>session</type><listen>unix:path=%s/socket</listen>\n"
        "<auth>EXTERNAL</auth><servicedir>%s/services</servicedir>\n"
        "<policy context=\"default\"><allow send_destination=\"*\" eavesdrop=\"false\"/>\n"
        "<allow receive_sender=\"*\"/><allow own=\"*\"/>%s</policy></busconfig>\n";

const char *bus_dir(void)
{
        return dir;
}

void bus_write(const char *path, const char *text)
{
        char full[256], *slash;
        FILE *f;

        assert_true(snprintf(full, sizeof(full), "%s/%s", dir, path) < (int)sizeof(full));
        for (slash = strchr(full + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
                *slash = '\0';
                (void)mkdir(full, 0700);
                *slash = '/';
        }
        f = fopen(full, "we");
        assert_non_null(f);
        assert_true(fputs(text, f) >= 0);
        assert_int_equal(fclose(f), 0);
}

void bus_start(bool denies)
{
        char text[1024], conf[96], option[128], address[256];
        int fds[2];

        (void)snprintf(dir, sizeof(dir), "/tmp/usher-bus-XXXXXX");
        assert_non_null(mkdtemp(dir));
        (void)snprintf(text, sizeof(text), config, dir, dir,
                       denies ? "<deny send_destination=\"org.bluez\"/>" : "");
        bus_write("bus.conf", text);
        bus_write("services/org.bluez.service", "[D-BUS Service]\nName=org.bluez\nExec=/bin/false\n");
        (void)snprintf(conf, sizeof(conf), "%s/bus.conf", dir);
        assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
        (void)snprintf(option, sizeof(option), "--config-file=%s", conf);
        daemon_pid = fork();
        assert_true(daemon_pid >= 0);
        if (daemon_pid == 0) {
                (void)prctl(PR_SET_PDEATHSIG, SIGTERM);
                if (dup2(fds[1], 3) == 3)
                        (void)execlp("dbus-daemon", "dbus-daemon", option, "--nofork", "--print-address=3",
                                     NULL);
                _exit(127);
        }
        (void)close(fds[1]);
        assert_true(read(fds[0], address, sizeof(address)) > 0);
        (void)close(fds[0]);
        (void)snprintf(address, sizeof(address), "unix:path=%s/socket", dir);
        assert_int_equal(setenv("DBUS_SYSTEM_BUS_ADDRESS", address, 1), 0);
}

void bus_pause(void)
{
        int status;

        assert_int_equal(kill(daemon_pid, SIGSTOP), 0);
        assert_int_equal(waitpid(daemon_pid, &status, WUNTRACED), daemon_pid);
        assert_true(WIFSTOPPED(status));
}

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
        (void)st;
        (void)flag;
        (void)ftw;
        return remove(path);
}

void bus_stop(void)
{
        (void)kill(daemon_pid, SIGTERM);
        (void)kill(daemon_pid, SIGCONT);
        (void)waitpid(daemon_pid, NULL, 0);
        (void)nftw(dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}
