/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* libusher: what `usher` does with Particle devices, for programs that have a loop of their own. usher(3) is
 * the guide; examples/libusher-setup.c sets a device up in some forty lines, examples/libusher-list.c
 * a list of them.
 *
 * The library calls nobody back, starts no thread that the program could notice, takes no signal, prints
 * nothing, never exits and changes nothing of the process's: environment, locale, signal handlers, limits.
 * It tells by events, which the program takes: wait until usher_ctx_get_fd() is readable, for at most
 * usher_ctx_get_timeout(), call usher_ctx_dispatch(), then usher_ctx_pop_event() until it returns NULL.
 *
 * For all functions:
 *  - int is 0 or a negative errno. -EINVAL: what was asked for cannot be done, and what a person must change
 *    stands in the context: usher_ctx_get_fault() and its neighbours. -ECHILD: the context was made by
 *    another process, which fork() copied; freeing there does nothing. Outputs are written on success only.
 *  - Texts are UTF-8 and belong to the object that was asked, as long as it lives and is not changed; NULL
 *    means that there is none. Texts that a function returns in a `char **` are the caller's, for free().
 *  - What is handed in is copied; secrets into locked memory that is wiped. Nothing that is handed out holds
 *    one.
 *  - A context and all that was made with it are used by one thread at a time; several contexts, each in a
 *    thread of its own, do not know of each other. What is made with a context may outlive it, but then
 *    nothing happens any more.
 *  - usher_*_free() takes NULL and returns NULL. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

struct usher_ctx;
struct usher_label;
struct usher_job;
struct usher_list;
struct usher_event;

/* "0.1.0" */
const char *usher_version(void);

/* On request only, for the whole process and for good: no core files, and no tracing by the same user. What
 * `usher` does first. 0 or -EIO. */
int usher_hide_process(void);

/* ---- context: loop, radio, account, and the profile that jobs begin with ---- */

int usher_ctx_new(struct usher_ctx **ret);
struct usher_ctx *usher_ctx_free(struct usher_ctx *ctx);

/* Sets one of these; value NULL: as it was at first. -ENOENT: there is no such key; -EINVAL: no such value.
 * Jobs and whatever else begins later go by it.
 *
 *   radio           "bluez" (preset), "bluez:hciN", "sim:DIR" (the virtual devices of usher-sim)
 *   cloud           URL of the API; preset: the token's, else the public one
 *   cloud-ca        PEM file with the certificates of a private cloud; preset: the system's
 *   cloud-proxy     URL; preset: what the environment says
 *   token-file      the access token, read when it is needed first. "": where `usher` looks: systemd's
 *                   credential, `usher login`, the Particle CLI; with it comes the cloud that it is for.
 *                   Preset: none, but usher_ctx_set_token()
 *   serials-file    keeps what serial numbers are between runs; preset: nothing is kept
 *   numbers-file    keeps running numbers, for {n} in names; preset: such a name is refused
 *   finished-file   keeps which devices were set up; preset: nothing is kept
 *   sign-ins-file   keeps failed sign-ins of customers; preset: none are remembered
 *   device-cloud    HOST:PORT where devices connect by UDP, for the doctor; preset: Particle's
 *   timeout-s       of one job, 1 to 86400, and of each call that reads files; preset: each step's own
 *                   limits are enough
 *   interactive     "yes": somebody answers questions (usher_job_answer_...()); preset "no": one is a fault
 *   report          "yes": a job keeps what usher_job_get_report() tells; preset "no"
 *   libexec-folder  where usher-decode is; preset: where it was installed. "" looks beside the program first
 */
int usher_ctx_set(struct usher_ctx *ctx, const char *key, const char *value);

/* The access token of an account, instead of token-file; len 0: none. -EINVAL: nothing that could be one. */
int usher_ctx_set_token(struct usher_ctx *ctx, const void *token, size_t len);

/* The profile (usher.profile(5)): what a site wants of every device. Empty at first, and with `path` NULL
 * again. The file takes the place of all that was set before. */
int usher_ctx_load_profile(struct usher_ctx *ctx, const char *path);

/* One key of it: section "setup", "wifi", "wifi 2", ..., "cellular" or "product". Files of secrets that a
 * value names are read now. */
int usher_ctx_set_profile(struct usher_ctx *ctx, const char *section, const char *key, const char *value);

/* A secret of it as bytes, by its key without "-file": "password" of a "wifi" section, "claim-code",
 * "secret" and "oauth-secret" of "setup", "apn-password" of "cellular". */
int usher_ctx_set_profile_secret(struct usher_ctx *ctx, const char *section, const char *key,
                                 const void *secret, size_t len);

/* Takes all networks out of it. */
int usher_ctx_drop_networks(struct usher_ctx *ctx);

/* Customers whom jobs have signed in (profile: claim = customer with an oauth-client) stay signed in, for
 * the next jobs. This gives their tokens back, which would else last for 90 days; a SIGNED_OUT event comes
 * in any case, its fault says what could not be given back. Jobs that need them are over before. */
int usher_ctx_sign_out(struct usher_ctx *ctx);

/* Whether all is there that a `task` needs besides a device: as of a job ("setup"), or "doctor". For who
 * wants to know before somebody looks for a sticker; a start says the same. -EINVAL; -ENOENT: there is no
 * such task. */
int usher_ctx_check(struct usher_ctx *ctx, const char *task);

/* Readable when dispatch has something to do; the same one as long as the context lives. A negative errno.
 */
int usher_ctx_get_fd(struct usher_ctx *ctx);

/* For how many milliseconds the descriptor need be waited for: 0: call dispatch now; -1: no limit. */
int usher_ctx_get_timeout(struct usher_ctx *ctx);

/* Does what there is to do; never waits. Call it when the descriptor is readable or the timeout has passed;
 * at other times it does no harm. */
int usher_ctx_dispatch(struct usher_ctx *ctx);

/* The next event, the caller's to free; NULL: none. */
struct usher_event *usher_ctx_pop_event(struct usher_ctx *ctx);

/* What the last -EINVAL of this context, or of what was made with it, is about: key of the fault
 * ("wifi-password", usher(1) lists all), the fault in a sentence, the case in words, what to do next, and
 * the code that `usher` would exit with. */
const char *usher_ctx_get_fault(const struct usher_ctx *ctx);
const char *usher_ctx_get_sentence(const struct usher_ctx *ctx);
const char *usher_ctx_get_cause(const struct usher_ctx *ctx);
const char *usher_ctx_get_advice(const struct usher_ctx *ctx);
int usher_ctx_get_exit(const struct usher_ctx *ctx);

/* ---- label: what the sticker says, serial number and mobile secret ---- */

/* The text of the code, as a scanner reads it. */
int usher_label_from_text(struct usher_ctx *ctx, const void *text, size_t len, struct usher_label **ret);

/* A file with that text, which nobody else may read. */
int usher_label_from_file(struct usher_ctx *ctx, const char *path, struct usher_label **ret);

/* The content of a picture file (PNG, JPEG, HEIC, WebP, ...); usher-decode looks at it in a cage. Waits for
 * it, mostly some 100 ms, at most 20 s. `serial`, or its last six characters, says which one is meant where
 * several labels are in it; NULL: there is one. */
int usher_label_from_picture(struct usher_ctx *ctx, const void *picture, size_t len, const char *serial,
                             struct usher_label **ret);

const char *usher_label_get_serial(const struct usher_label *label);
const char *usher_label_get_model(const struct usher_label *label); /* "Argon"; NULL: not known */
struct usher_label *usher_label_free(struct usher_label *label);

/* ---- job: one thing done with one device ---- */

/* A job with the context's profile. `task`: "setup", "update", "repair-sim", "repair-setup-done",
 * "wifi-list", "wifi-forget", "wifi-clear" or "inspect"; -ENOENT: another one. label NULL: it is not known
 * yet, and usher_job_set_label() gives it before the job starts. */
int usher_job_new(struct usher_ctx *ctx, const char *task, const struct usher_label *label,
                  struct usher_job **ret);
int usher_job_set_label(struct usher_job *job, const struct usher_label *label);

/* A job that is at work is cancelled, and nothing more is told of it. */
struct usher_job *usher_job_free(struct usher_job *job);

/* The same as of the context, for this job only and before its start. */
int usher_job_set_profile(struct usher_job *job, const char *section, const char *key, const char *value);
int usher_job_set_profile_secret(struct usher_job *job, const char *section, const char *key,
                                 const void *secret, size_t len);

/* Whether it could begin, before anybody looks for a label: what is wrong with its profile and, with
 * `account`, with the token that it needs. */
int usher_job_check(struct usher_job *job, bool account);

/* What it would do, as a JSON object: networks, claim, cloud, ... without secrets. The same is wrong with it
 * as with start. */
int usher_job_get_plan(struct usher_job *job, char **ret_json);

/* Begins, with signing in where the profile names a customer and an OAuth client, for whom devices are
 * claimed. What is wrong with profile, token or radio's name is said at once, all else by the RESULT event.
 * A job that could not begin has failed, with that fault; it may be mended and started again. -EALREADY: it
 * was started. */
int usher_job_start(struct usher_job *job);

/* Ends it now: a RESULT event comes. */
int usher_job_cancel(struct usher_job *job);

/* Before its start: the program cannot go on with it. It has failed with this fault ("label-unreadable";
 * "cancelled": it is cancelled) and cause (NULL: the fault says it all), for usher_job_get_...(). */
int usher_job_fail(struct usher_job *job, const char *fault, const char *cause);

/* No further step is begun: what is under way ends, looking for the device ends at once; then the RESULT
 * event comes, outcome cancelled. Called again: as usher_job_cancel(). */
int usher_job_stop(struct usher_job *job);

/* After a QUESTION event. The network to join: ssid NULL: the device shall look again; password NULL: it is
 * asked for next if the network wants one, of 0 bytes: there is none. One that the device has not seen is
 * taken for a hidden one. -EINVAL: that cannot be right, the question stands. */
int usher_job_answer_network(struct usher_job *job, const void *ssid, size_t ssid_len, const void *password,
                             size_t password_len);
int usher_job_answer_password(struct usher_job *job, const void *password, size_t password_len);

/* The networks that the device has seen, the best one first, for the question; or, of "wifi-list", those
 * that it keeps. false past the end. */
struct usher_network {
        uint8_t ssid[32];
        size_t ssid_len;
        char name[33];        /* for people: UTF-8, what cannot be shown as '?' */
        const char *security; /* "wpa2"; NULL: not known */
        bool open;            /* no password */
        int rssi;             /* dBm; 0: not known */
};
bool usher_job_get_network(const struct usher_job *job, size_t i, struct usher_network *ret);

/* The network whose password is asked for, or that was joined; false: none. */
bool usher_job_get_chosen(const struct usher_job *job, struct usher_network *ret);

/* Whether the network that a person answered is the context's from now on, for its next jobs: true if the
 * device has joined it. One that was kept, and that this device has not joined, is asked for again. */
bool usher_job_keep_networks(struct usher_job *job);

const char *usher_job_get_task(const struct usher_job *job);
const char *usher_job_get_serial(const struct usher_job *job);
const char *usher_job_get_outcome(
        const struct usher_job *job);                      /* running, done, failed, pending, cancelled */
const char *usher_job_get_id(const struct usher_job *job); /* of the device in the cloud */
const char *usher_job_get_platform(const struct usher_job *job); /* "argon" */
const char *usher_job_get_os(const struct usher_job *job);       /* "6.2.0" */
const char *usher_job_get_name(const struct usher_job *job);
const char *usher_job_get_owner(const struct usher_job *job);
const char *usher_job_get_fault(const struct usher_job *job); /* NULL: none */
const char *usher_job_get_sentence(const struct usher_job *job);
const char *usher_job_get_cause(const struct usher_job *job); /* also of one that is done: a remark */
const char *usher_job_get_advice(const struct usher_job *job);
int usher_job_get_exit(const struct usher_job *job);
bool usher_job_get_verified(const struct usher_job *job); /* what the outcome says was read back */

/* The device has the profile's claim code: it is then whose the code was, and no account was asked. */
bool usher_job_get_code_given(const struct usher_job *job);

/* The RESULT event's line (usher.events(5)) as things stand, also of a job that could not begin. */
int usher_job_get_result(struct usher_job *job, char **ret_json);

/* The support bundle (`usher setup --report`): a JSON text that tells a stranger what happened, on what
 * system, and what the device says of itself; no secret, no account, no network's or person's name. With the
 * setting "report" a device that failed is asked about itself once more for it (LOOK events), within 30 s.
 * -ENODATA: the job was not started with that setting. */
int usher_job_get_report(struct usher_job *job, char **ret_text);

/* All that is known of the device and its setup, as a JSON object without secrets; `personal`: with names of
 * people and numbers of SIM cards. */
int usher_job_get_record(struct usher_job *job, bool personal, char **ret_json);

/* The i-th step of all that there are, in order, for who shows how far a job is (it skips what it does not
 * need); false past the end. */
struct usher_step {
        const char *name, *text, *hint; /* as of an event */
        uint32_t limit_ms;              /* of one try; 0: it does not wait */
};
bool usher_step_get(size_t i, struct usher_step *ret);

/* ---- list: many devices, several at once, through crashes ---- */

/* A list is a file with a row a device (usher(1), LISTS). What becomes of its rows is kept in a journal, a
 * database of its own in a folder: whatever ends the program, a list made of the same file and started again
 * goes on where it stood. "The same" is the file's path with links resolved, and the task; not what is in
 * it: rows may be added, changed and taken out between runs. What was done stays done, unless its profile
 * now asks for another network, SIM or claim, or it was an update a day ago; a row that failed is tried
 * again; a row that is not in the list any more is let go.
 *
 * Reads the file and looks at each row. 0 also where rows are wrong: usher_list_get_error(). -EINVAL: it
 * cannot be read at all. `task`: "setup" or "update"; -ENOENT: another one. */
int usher_list_new(struct usher_ctx *ctx, const char *task, const char *path, struct usher_list **ret);

/* One that is at work ends as by a crash, and can be gone on with; better stop it first. */
struct usher_list *usher_list_free(struct usher_list *list);

/* Names of the profiles that rows want, in the order of the list; "": the row names none. NULL past the end.
 * For each the program sets the context's profile as it understands the name, and hands it over; or says
 * that it cannot be had, and why: `cause`, NULL: the context's trouble as it is now. -ENOENT: no row wants
 * it; -EALREADY: it was handed over. */
const char *usher_list_get_profile(const struct usher_list *list, size_t i, size_t *ret_rows);
int usher_list_take_profile(struct usher_list *list, const char *name);
int usher_list_refuse_profile(struct usher_list *list, const char *name, const char *cause);

/* What is wrong with the list, by line; rows with their profiles are looked at once all profiles are handed
 * over. false past the end; of very many only the first ones are kept, and usher_list_count_errors() counts
 * all. */
bool usher_list_get_error(struct usher_list *list, size_t i, unsigned *ret_line, const char **ret_cause);
size_t usher_list_count_errors(struct usher_list *list);

/* What would be done, as a JSON object. The same is wrong with it as with start, but for the journal. */
int usher_list_get_plan(struct usher_list *list, char **ret_json);

/* Before the start. */
int usher_list_set_slots(struct usher_list *list, unsigned slots); /* of each radio; preset 0: as many as it
                                                                      is found to have */
int usher_list_add_radio(struct usher_list *list, const char *radio); /* none: the context's */
int usher_list_set_journal(struct usher_list *list,
                           const char *folder); /* preset "": where usher keeps its
                                                   own, $XDG_STATE_HOME/usher/lists */

/* Opens the journal and begins, or goes on, with the context's settings as they are now. -EINVAL: rows are
 * wrong, there is no token, the journal is another process's (the cause names its pid), or it cannot be
 * written. -EALREADY: it was started. */
int usher_list_start(struct usher_list *list);

/* Nothing more is begun, the steps in hand end; then LIST_END. A second call: without waiting for them. */
int usher_list_stop(struct usher_list *list);

size_t usher_list_count(const struct usher_list *list);

/* Row i, in the order of the list; false past the end. Texts stay until the next dispatch. */
struct usher_list_row {
        unsigned line;
        const char *serial;
        const char *name, *site, *profile; /* as the list has them; "": it says nothing */
        const char *state; /* waiting, running, asking, pending, done, failed, cancelled (at the end: not
                              begun, or stopped) */
        bool before;       /* done by an earlier run, or by another setup on this machine */
        const char *id, *platform, *os, *device_name, *owner; /* NULL: not known */
        const char *fault, *cause, *advice; /* waiting: why it waits to be tried again. NULL: none */
        uint64_t ms;                        /* how long it took; running: so far; 0: not begun by this run */
};
bool usher_list_get_row(const struct usher_list *list, size_t i, struct usher_list_row *ret);

struct usher_list_counts {
        size_t waiting, running, asking, pending, done, failed, cancelled;
        size_t before; /* of those done */
};
void usher_list_get_counts(const struct usher_list *list, struct usher_list_counts *ret);

/* As of a job, for the row with that serial number, after its QUESTION event. What is answered for a profile
 * that names no network is kept for the rows that follow. */
bool usher_list_get_network(const struct usher_list *list, const char *serial, size_t i,
                            struct usher_network *ret);
bool usher_list_get_chosen(const struct usher_list *list, const char *serial, struct usher_network *ret);
int usher_list_answer_network(struct usher_list *list, const char *serial, const void *ssid, size_t ssid_len,
                              const void *password, size_t password_len);
int usher_list_answer_password(struct usher_list *list, const char *serial, const void *password,
                               size_t password_len);

/* ---- devices in setup mode nearby ---- */

struct usher_devices;

/* Listens, by the context's radio, until it is freed; tells by events. */
int usher_devices_new(struct usher_ctx *ctx, struct usher_devices **ret);
struct usher_devices *usher_devices_free(struct usher_devices *devices);

/* The i-th one, best heard first; false past the end. Texts stay until the next dispatch. */
struct usher_device {
        const char *name; /* as it advertises; NULL: not told */
        const char *address;
        const char *setup_code; /* the last six characters of its serial number; NULL: not told */
        const char *platform;   /* "argon"; NULL: not told */
        int rssi;               /* dBm; 0: not known */
        bool connectable;       /* a setup may begin */
        const char *why;        /* not connectable: in words; else NULL */
};
bool usher_devices_get(const struct usher_devices *devices, size_t i, struct usher_device *ret);

/* ---- doctor: what is wrong with this machine, or with a device ---- */

struct usher_doctor;

/* Looks at programs, clock, cloud, token (token-file), radio and profile file, and with a label at the
 * device. Tells by events: a CHECK for each thing that there is something to say about, in order, and a
 * VERDICT at the end. */
int usher_doctor_new(struct usher_ctx *ctx, const struct usher_label *label, struct usher_doctor **ret);
struct usher_doctor *usher_doctor_free(struct usher_doctor *doctor);

/* ---- events ---- */

enum usher_event_kind {
        USHER_EVENT_STEP,        /* a step of a job changed its state */
        USHER_EVENT_PROGRESS,    /* a step takes long; at most once a second */
        USHER_EVENT_QUIET,       /* nothing takes long any more */
        USHER_EVENT_QUESTION,    /* a person must answer: usher_event_get_question() */
        USHER_EVENT_LOOK,        /* a device that failed is asked about itself once more, for the report */
        USHER_EVENT_RESULT,      /* the job has ended; its last event */
        USHER_EVENT_DEVICE,      /* one of the devices appears, changes or is gone: for its JSON */
        USHER_EVENT_DEVICES,     /* the list of devices is another one */
        USHER_EVENT_DEVICES_END, /* nothing more is heard: fault and cause say why */
        USHER_EVENT_CHECK,      /* of a doctor: step is its key, text its title, state ok, note or problem */
        USHER_EVENT_VERDICT,    /* of a doctor: all was looked at; fault, cause, advice, exit of the first
                                   problem */
        USHER_EVENT_SIGNED_OUT, /* no customer is signed in any more */
        USHER_EVENT_LIST,     /* a row of a list is in another state; or what holds all of them up is another
                                 trouble: fault, cause */
        USHER_EVENT_LIST_END, /* the list has ended, its last event: exit as `usher` exits; fault and cause
                                 if something ended it early */
};

struct usher_event *usher_event_free(struct usher_event *event);

enum usher_event_kind usher_event_get_kind(const struct usher_event *event);

/* The job that it is about, if that was not freed; the caller's. NULL: none. */
struct usher_job *usher_event_get_job(const struct usher_event *event);

/* Of a list: STEP, PROGRESS, QUIET, QUESTION and RESULT of its rows have a row (from 0), and serial number;
 * NULL and 0: it is about no list. */
struct usher_list *usher_event_get_list(const struct usher_event *event);
size_t usher_event_get_row(const struct usher_event *event);
const char *usher_event_get_serial(const struct usher_event *event);

/* STEP, PROGRESS. Step names never change. */
const char *usher_event_get_step(const struct usher_event *event);  /* "connect" */
const char *usher_event_get_text(const struct usher_event *event);  /* "Connecting to the device" */
const char *usher_event_get_light(const struct usher_event *event); /* what the device's light should do */
const char *usher_event_get_hint(const struct usher_event *event);  /* what a person should do meanwhile */
const char *usher_event_get_state(const struct usher_event *event); /* started, done, retrying, skipped,
                                                                       failed, waiting */
unsigned usher_event_get_try(const struct usher_event *event);
unsigned usher_event_get_of(const struct usher_event *event);
uint64_t usher_event_get_ms(const struct usher_event *event);       /* so far; RESULT: of the whole job */
uint64_t usher_event_get_limit_ms(const struct usher_event *event); /* 0: it does not wait */
uint64_t usher_event_get_part(const struct usher_event *event);     /* bytes, of `whole`; 0 of 0: none */
uint64_t usher_event_get_whole(const struct usher_event *event);

/* STEP, PROGRESS, RESULT, DEVICES_END, CHECK, VERDICT, SIGNED_OUT: as of a job. */
const char *usher_event_get_fault(const struct usher_event *event);
const char *usher_event_get_sentence(
        const struct usher_event *event); /* CHECK: NULL where the cause says it all */
const char *usher_event_get_cause(const struct usher_event *event);
const char *usher_event_get_advice(const struct usher_event *event);
int usher_event_get_exit(const struct usher_event *event);

/* "wifi-network" or "wifi-password" */
const char *usher_event_get_question(const struct usher_event *event);

/* The event as `usher --json` writes it, one line (usher.events(5)); NULL: of a kind that it does not write.
 */
const char *usher_event_get_json(const struct usher_event *event);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
