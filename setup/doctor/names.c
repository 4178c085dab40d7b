/* SPDX-License-Identifier: Apache-2.0 */

/* What the checks are called. Keys are stable: scripts look for them. */

#include "setup/doctor/doctor.h"

static const struct {
        const char *key, *title;
} names[_DOCTOR_MAX] = {
        [DOCTOR_LIBCURL] = { "libcurl", "libcurl" },
        [DOCTOR_DECODER] = { "decoder", "Picture decoder" },
        [DOCTOR_PROFILE] = { "profile", "Profile" },
        [DOCTOR_CLOCK] = { "clock", "Clock" },
        [DOCTOR_API] = { "api", "Cloud API" },
        [DOCTOR_TOKEN] = { "token", "Access token" },
        [DOCTOR_DEVICE_CLOUD] = { "device-cloud", "Device cloud by UDP" },
        [DOCTOR_RADIO] = { "radio", "Bluetooth" },
        [DOCTOR_LINK] = { "link", "Its connections" },
        [DOCTOR_AIRTIME] = { "airtime", "Wi-Fi beside it" },
        [DOCTOR_DEVICE] = { "device", "Device" },
        [DOCTOR_SESSION] = { "session", "Its session" },
        [DOCTOR_FIRMWARE] = { "firmware", "Its firmware" },
        [DOCTOR_MODE] = { "mode", "Its mode" },
        [DOCTOR_POWER] = { "power", "Its power" },
        [DOCTOR_SIM] = { "sim", "Its SIM" },
        [DOCTOR_NETWORK] = { "network", "Its network" },
        [DOCTOR_CONNECTION] = { "connection", "Its cloud" },
};

const char *doctor_key(enum doctor_id id)
{
        return names[id].key;
}

const char *doctor_title(enum doctor_id id)
{
        return names[id].title;
}

const char *doctor_state_name(enum doctor_state state)
{
        switch (state) {
        case DOCTOR_OK: return "ok";
        case DOCTOR_NOTE: return "note";
        case DOCTOR_PROBLEM: return "problem";
        case DOCTOR_UNKNOWN: break;
        }
        return "unknown";
}

const char *doctor_advice(const struct doctor_check *c)
{
        if (c->advice)
                return c->advice;
        return c->state == DOCTOR_PROBLEM ? fault_info(c->trouble.fault)->advice : NULL;
}

const struct doctor_check *doctor_first_problem(const struct doctor_check checks[static _DOCTOR_MAX])
{
        for (size_t i = 0; i < _DOCTOR_MAX; i++)
                if (checks[i].state == DOCTOR_PROBLEM)
                        return &checks[i];
        return NULL;
}

int doctor_exit_code(const struct doctor_check checks[static _DOCTOR_MAX])
{
        const struct doctor_check *first = doctor_first_problem(checks);

        return first ? fault_info(first->trouble.fault)->exit_code : EXIT_DONE;
}
