/* SPDX-License-Identifier: Apache-2.0 */

/* THE TABLE as data: what is true of every row, so that a cell in the wrong column, a row in the wrong place
 * or a row that waits for the wrong one does not pass. */

#include "setup/flow/runner.h"
#include "setup/flow/step.h"
#include "tests/unit/cmocka.h"
#include <ctype.h>
#include <string.h>

enum { SECOND = 1000, MINUTE = 60 * SECOND };

/* In databases and translations of people who use usher: a new row's name goes where the row stands, a name
 * that is there never changes. */
/* clang-format off */
static const char *const names[] = {
        "find",
        "secret",
        "connect",
        "session",
        "identity",
        "inspect",
        "account",
        "product",
        "member",
        "serial",
        "device-id",
        "owner",
        "limit",
        "claim-code",
        "import",
        "update",
        "ethernet",
        "sim",
        "iccid",
        "restart",
        "resume",
        "set-claim-code",
        "wifi-choose",
        "wifi-join",
        "wifi-save",
        "wait-online",
        "setup-done",
        "release",
        "register",
        "online",
        "wifi-list",
        "wifi-forget",
        "sim-check",
        "sim-activate",
        "sim-verdict",
        "verify-owner",
        "claim",
        "name",
        "mark",
};
/* clang-format on */

static size_t place(const char *name)
{
        size_t n, i = 0;
        const struct step *table = steps(&n);

        while (i < n && strcmp(table[i].name, name) != 0)
                i++;
        return i;
}

static bool is_for_task(const struct step *row, enum task task)
{
        return (row->tasks ? row->tasks : TASKS_SETUP) & 1 << task;
}

static bool is_for(const struct step *row, enum task task, enum claim_mode claim)
{
        return is_for_task(row, task) && (!row->claims || row->claims & 1 << claim);
}

static void names_never_change(void **state)
{
        struct runner_step told;
        size_t n;
        const struct step *table = steps(&n);

        (void)state;
        for (size_t i = 0; i < n && i < ELEMENTSOF(names); i++) {
                if (strcmp(table[i].name, names[i]) != 0)
                        fail_msg("row %zu is '%s', not '%s'", i, table[i].name, names[i]);
                assert_int_equal(place(names[i]), i);
                assert_int_equal(runner_step(i, &told), 0);
                assert_ptr_equal(told.name, table[i].name);
                assert_ptr_equal(told.text, table[i].text);
                assert_ptr_equal(told.hint, table[i].hint);
        }
        assert_int_equal(n, ELEMENTSOF(names));
        assert_int_equal(runner_step(n, &told), -34);
}

/* each row */
typedef void check_fn(const struct step *row);

static const char *checked; /* the row; NULL = all were good */

static int tell_row(void **state)
{
        (void)state;
        if (checked)
                print_error("in row '%s'\n", checked);
        return 0;
}

static void check_words(const struct step *row)
{
        assert_true(strspn(row->name, "abcdefghijklmnopqrstuvwxyz-") == strlen(row->name));
        assert_true(isupper((unsigned char)row->text[0]) && strlen(row->text) > 8);
        assert_true(isalpha((unsigned char)row->text[strlen(row->text) - 1]));
        assert_non_null(row->light);
        assert_true(islower((unsigned char)row->light[0]));
        if (row->hint)
                assert_true(islower((unsigned char)row->hint[0]) && strlen(row->hint) < 50 &&
                            !strpbrk(row->hint, ".\t\n"));
}

static void check_functions(const struct step *row)
{
        bool waits = row->time.budget_ms != 0;

        assert_non_null(row->acts->start);
        assert_non_null(row->acts->skip);
        assert_true((row->acts->finish != NULL) == waits);
        assert_true(waits || (!row->acts->mend && !row->acts->budget && !row->acts->answer));
        assert_true(!row->acts->mend || row->acts->mend != row->acts->finish);
}

/* A try, with its AGAINs, is longer than one operation, that than the pause behind it; whatever is done
 * more than once is done after a pause or within a limit, and what never waits in between pauses. */
static void check_time(const struct step *row)
{
        struct step_time t = row->time;

        assert_in_range(t.tries, 1, 10);
        assert_in_range(t.budget_ms, 0, 15 * MINUTE);
        assert_in_range(t.limit_ms, 0, 2 * 60 * MINUTE);
        assert_in_range(t.pause_ms, 0, 10 * SECOND);
        assert_true(t.limit_ms == 0 || (t.limit_ms >= t.budget_ms && t.limit_ms > t.pause_ms));
        assert_true(t.budget_ms == 0 || t.budget_ms > t.pause_ms);
        assert_true(t.pause_ms || t.tries == 1 || t.limit_ms);
        assert_true(t.first_ms == 0 || (t.first_ms < t.pause_ms && t.limit_ms));
        assert_true(t.pause_ms || row->acts->finish || t.limit_ms == 0);
        assert_true(row->acts->finish || t.tries == 1);
        assert_true(t.told_ms <= t.limit_ms && !(t.told_ms && t.each));
        assert_true((step_lasts_ms(&t) != 0) == (t.budget_ms || t.limit_ms));
}

/* What is waited for may come at once. */
static void polls_look_early(void **state)
{
        static const char *const polls[] = { "restart", "wait-online", "register",
                                             "online",  "sim-verdict", "verify-owner" };
        size_t n;

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(polls); i++)
                assert_int_equal(steps(&n)[place(polls[i])].time.first_ms, 500);
}

/* Which network it has is known when the device has said who it is; the cloud is asked with an account, and
 * only by setups and updates. */
static void check_whom(const struct step *row)
{
        assert_int_equal(row->families & ~(FAMILY_WIFI | FAMILY_CELLULAR | FAMILY_ETHERNET), 0);
        assert_int_equal(row->tasks & ~TASKS_ALL, 0);
        assert_int_equal(row->claims & ~(FOR_CLOUD | FOR_CODE), 0);
        assert_true(!row->families || row->needs == NEEDS_SESSION);
        if (row->lane == LANE_RADIO)
                return;
        assert_int_equal(row->lane, LANE_CLOUD);
        assert_int_equal(row->needs, NEEDS_NOTHING);
        assert_true(row->claims && !(row->claims & ~FOR_CLOUD));
        assert_int_equal(row->tasks & ~TASKS_UPDATE, 0);
}

static void check_late(const struct step *row)
{
        assert_in_range(row->late, FAULT_NONE + 1, _FAULT_MAX - 1);
        assert_true(fault_info(row->late)->again);
        assert_true((fault_info(row->late)->exit_code == EXIT_CLOUD) == (row->lane == LANE_CLOUD));
        assert_true(row->needs == NEEDS_NOTHING || row->late == FAULT_LINK_SILENT);
}

static void check_after(const struct step *row)
{
        size_t n;
        const struct step *table = steps(&n), *after;

        if (!row->after)
                return;
        after = &table[place(row->after)];
        assert_true(after < table + n);
        assert_true(after->lane != row->lane);
        assert_int_equal(after->families, 0);
}

static void each_row_is_sound(void **state)
{
        static check_fn *const checks[] = { check_words, check_functions, check_time,
                                            check_whom,  check_late,      check_after };
        size_t n;
        const struct step *table = steps(&n);

        (void)state;
        for (size_t i = 0; i < n; i++) {
                checked = table[i].name;
                for (size_t k = 0; k < ELEMENTSOF(checks); k++)
                        checks[k](&table[i]);
        }
        checked = NULL;
}

/* all rows */

/* What every task begins with, the ones that are still to be thought of, too. */
static void every_task_connects(void **state)
{
        static const char *const first[] = { "find", "secret", "connect", "session", "identity" };
        size_t n;
        const struct step *table = steps(&n);

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(first); i++) {
                const struct step *row = &table[place(first[i])];

                assert_int_equal(row - table, i);
                for (int task = 0; task < _TASK_MAX; task++)
                        assert_true(is_for_task(row, (enum task)task));
                assert_int_equal(row->families, 0);
                assert_int_equal(row->claims, 0);
        }
        for (size_t i = 0; i < n; i++) {
                assert_true(table[i].needs != NEEDS_LINK || i > place("connect"));
                assert_true(table[i].needs != NEEDS_SESSION || i > place("session"));
        }
}

/* One lane as far as it gets; true if it got further. */
static bool walk(enum step_lane lane, enum task task, enum claim_mode claim, size_t *at, const bool *passed)
{
        size_t n, from = *at;
        const struct step *table = steps(&n);

        for (; *at < n; ++*at) {
                const struct step *row = &table[*at];
                const struct step *after = row->after ? &table[place(row->after)] : NULL;

                if (row->lane == lane && is_for(row, task, claim) && after && is_for(after, task, claim) &&
                    !passed[after - table])
                        break;
        }
        return *at > from;
}

/* No two rows wait for each other, whoever sets up what. */
static void no_lane_waits_for_ever(void **state)
{
        size_t n;
        const struct step *table = steps(&n);

        (void)state;
        assert_true(n <= 100);
        for (int task = 0; task < _TASK_MAX; task++)
                for (int claim = CLAIM_USER; claim <= CLAIM_CODE; claim++) {
                        bool passed[100] = { false }, on = true;
                        size_t at[_LANE_MAX] = { 0 };

                        while (on) {
                                on = false;
                                for (int l = 0; l < _LANE_MAX; l++)
                                        on |= walk((enum step_lane)l, (enum task)task,
                                                   (enum claim_mode)claim, &at[l], passed);
                                for (size_t i = 0; i < n; i++)
                                        passed[i] = i < at[table[i].lane];
                        }
                        assert_int_equal(at[LANE_RADIO], n);
                        assert_int_equal(at[LANE_CLOUD], n);
                }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(names_never_change),
                cmocka_unit_test(polls_look_early),
                cmocka_unit_test_teardown(each_row_is_sound, tell_row),
                cmocka_unit_test(every_task_connects),
                cmocka_unit_test(no_lane_waits_for_ever),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
