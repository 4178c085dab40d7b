/* SPDX-License-Identifier: Apache-2.0 */

/* The table of devices at work, on a terminal that is read here as a terminal reads it, and the lines that
 * take its place in a file. */

#include "proto/base/timer-virtual.h"
#include "proto/base/timer.h"
#include "setup/cli/board.h"
#include "setup/cli/columns.h"
#include "tests/unit/cmocka.h"
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>

/* ---- a terminal: lines that are complete, and a cursor ---- */

enum { ROWS_MAX = 200, WIDTH_MAX = 100 };

static int master = -1;
static struct winsize size;
static char screen[ROWS_MAX][WIDTH_MAX + 1];
static size_t row, column, top; /* what is above `top` has scrolled away */
static size_t came;             /* bytes that were read */

/* No line is ever broken. */
static void check_width(void)
{
        assert_true(columns_of(screen[row]) < size.ws_col);
}

static void line_feed(void)
{
        check_width();
        row++;
        assert_true(row < ROWS_MAX);
        if (row - top >= size.ws_row)
                top = row - size.ws_row + 1;
}

static const char *code(const char *at)
{
        size_t n = strtoul(at, (char **)&at, 10);

        if (*at == 'A') {
                row = row - top < n ? top : row - n;
        } else if (*at == 'K' || *at == 'J') {
                screen[row][column] = 0;
                for (size_t i = row + 1; *at == 'J' && i < ROWS_MAX; i++)
                        screen[i][0] = 0;
        } else {
                assert_int_equal(*at, 'm'); /* colour: of no width */
        }
        return at + 1;
}

static void show(const char *text)
{
        while (*text) {
                if (*text == '\r') {
                        column = 0;
                } else if (*text == '\n') {
                        line_feed();
                } else if (*text == '\033') {
                        assert_int_equal(text[1], '[');
                        text = code(text + 2);
                        continue;
                } else {
                        if (!screen[row][column])
                                screen[row][column + 1] = 0;
                        screen[row][column++] = *text;
                }
                text++;
        }
}

static void listen(void)
{
        char text[16384];
        ssize_t n;

        while ((n = read(master, text, sizeof(text) - 1)) > 0) {
                text[n] = 0;
                came += (size_t)n;
                show(text);
                check_width();
        }
}

static void resize(unsigned short rows, unsigned short columns)
{
        size = (struct winsize){ .ws_row = rows, .ws_col = columns };
        assert_int_equal(ioctl(master, TIOCSWINSZ, &size), 0);
}

static FILE *open_terminal(void)
{
        FILE *f;

        master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK);
        assert_true(master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0);
        f = fdopen(open(ptsname(master), O_RDWR | O_NOCTTY), "r+");
        assert_non_null(f);
        memset(screen, 0, sizeof(screen));
        row = column = top = came = 0;
        resize(10, 80);
        return f;
}

/* ---- the board on it, or in a file ---- */

static FILE *file;
static char *text;
static size_t text_size;
static struct board *board;
static struct board_counts counts;

static void begin(bool terminal, bool quiet)
{
        (void)setenv("TERM", "xterm", 1);
        (void)unsetenv("NO_COLOR");
        free(text);
        text = NULL;
        counts = (struct board_counts){};
        file = terminal ? open_terminal() : open_memstream(&text, &text_size);
        assert_int_equal(board_new(file, quiet, NULL, &board), 0);
}

static void end(void)
{
        board = board_free(board);
        (void)fclose(file);
        if (master < 0)
                return;
        listen();
        (void)close(master);
        master = -1;
}

static void turn(uint64_t ms)
{
        timer_virtual_advance(ms);
        if (master >= 0)
                listen();
}

static void step(size_t key, const char *words, const char *state, const char *cause)
{
        board_step(board, key,
                   &(struct progress_step){
                           .text = words, .state = state, .cause = cause, .try = 1, .of = 3, .ms = 1250 });
}

static void takes(size_t key, const char *words, uint64_t ms, uint64_t limit_ms, const char *hint)
{
        board_step(board, key,
                   &(struct progress_step){ .text = words, .ms = ms, .limit_ms = limit_ms, .hint = hint });
}

static void start(size_t key, const char *name)
{
        char serial[32];

        (void)snprintf(serial, sizeof(serial), "ARNHAM00000000%zu", key);
        assert_int_equal(board_begin(board, key, serial, name), 0);
        counts.working++;
        board_count(board, &counts);
}

static void finish(size_t key, uint64_t ms)
{
        counts.working--;
        counts.done++;
        board_count(board, &counts);
        board_end(board, key, &(struct board_end){ .outcome = "done", .ms = ms });
}

static void failed(size_t key)
{
        board_end(board, key,
                  &(struct board_end){ .outcome = "failed",
                                       .sentence = "It is not there.",
                                       .cause = "no\033[2Jbody",
                                       .advice = "Come closer." });
}

/* ---- tests ---- */

static void table(void **state)
{
        (void)state;
        begin(true, false);
        counts.waiting = 3;
        start(1, "Kitchen");
        step(1, "Connecting", "started", NULL);
        turn(300);
        assert_string_equal(screen[0], "  ARNHAM000000001  Kitchen               Connecting ...");
        assert_string_equal(screen[1], "  0 of 4 done, 1 at work, 3 waiting");
        start(2, NULL);
        step(1, "Connecting", "done", NULL);
        takes(2, "Looking", 4000, 30000, "bring it closer");
        turn(300);
        assert_string_equal(screen[0], "  ARNHAM000000001  Kitchen               ");
        assert_string_equal(
                screen[1],
                "  ARNHAM000000002                        Looking ... 4 s of 30 s, bring it clos");
        finish(1, 4000);
        turn(300);
        assert_string_equal(screen[0], "ARNHAM000000001  Kitchen  done in 4.0 s");
        assert_string_equal(screen[2], "  1 of 5 done, 1 at work, 3 waiting, about 10 s left");
        counts.working = 0;
        counts.failed = 1;
        failed(2);
        end();
        assert_string_equal(screen[1], "ARNHAM000000002  failed: It is not there.");
        assert_string_equal(screen[2], "  Cause: no?[2Jbody");
        assert_string_equal(screen[3], "  What to do: Come closer.");
        assert_string_equal(screen[4], "");
        assert_int_equal(row, 4);
}

/* However much happens: four times a second, and nothing where nothing has changed. */
static void seldom(void **state)
{
        size_t before, times = 0;

        (void)state;
        begin(true, false);
        start(1, NULL);
        turn(1000);
        before = came;
        for (unsigned i = 0; i < 1000; i++) {
                takes(1, "Looking", 1000 * i, 2000000, NULL);
                turn(1);
                times += came != before;
                before = came;
        }
        assert_true(times >= 3 && times <= 5);
        turn(1000);
        before = came;
        takes(1, "Looking", 999000, 2000000, NULL);
        turn(1000);
        assert_int_equal(came, before);
        takes(1, "Looking", 1000000, 2000000, NULL);
        turn(1000);
        assert_true(came - before < 120);
        end();
}

/* Two devices of many have changed: the lines of the others are not written again. */
static void only_what_changed(void **state)
{
        size_t before;

        (void)state;
        begin(true, false);
        for (size_t i = 0; i < 8; i++) {
                start(i, "Kitchen");
                takes(i, "Looking", 1000, 30000, NULL);
        }
        turn(1000);
        before = came;
        takes(3, "Looking", 2000, 30000, NULL);
        turn(1000);
        assert_true(came - before < 2 * 80 + 40);
        assert_string_equal(screen[3], "  ARNHAM000000003  Kitchen               Looking ... 2 s of 30 s");
        assert_string_equal(screen[4], "  ARNHAM000000004  Kitchen               Looking ... 1 s of 30 s");
        end();
}

/* Never more lines than there is room for, nor wider ones, also after the terminal has become another. */
static void room(void **state)
{
        (void)state;
        begin(true, false);
        resize(4, 40);
        for (size_t i = 0; i < 9; i++)
                start(i, "a name that is wider than its column is");
        turn(1000);
        assert_int_equal(row, 2);
        assert_string_equal(screen[2], "  0 of 9 done, 9 at work");
        resize(6, 30);
        takes(0, "\xe4\xb8\xad\xe6\x96\x87 is what it does", 1000, 30000, NULL);
        turn(1000);
        assert_int_equal(row - top, 4);
        resize(1, 10);
        takes(0, "Looking", 1000, 30000, NULL);
        turn(1000);
        assert_string_equal(screen[row], "  0 of 9 ");
        end();
}

/* What stands there goes as a whole where lines were broken by a narrower terminal. */
static void broken_lines(void **state)
{
        (void)state;
        begin(true, false);
        start(1, "Kitchen");
        takes(1, "Looking for the device", 4000, 30000, NULL);
        turn(1000);
        assert_int_equal(row, 1);
        assert_int_equal(columns_of(screen[0]), 79);
        memset(screen, 0, sizeof(screen)); /* 79 columns in 40: three lines with the counts */
        row = 2;
        resize(10, 40);
        takes(1, "Looking for the device", 5000, 30000, NULL);
        turn(1000);
        assert_int_equal(row, 1);
        assert_string_equal(screen[0], "  ARNHAM000000001  Looking for the devi");
        end();
}

static void question(void **state)
{
        size_t before;

        (void)state;
        begin(true, false);
        start(1, NULL);
        turn(1000);
        step(1, "Connecting", "started", NULL);
        board_hold(board);
        listen();
        assert_string_equal(screen[0], "");
        before = came;
        failed(1);
        turn(5000);
        assert_int_equal(came, before);
        board_go_on(board);
        listen();
        assert_string_equal(screen[0], "ARNHAM000000001  failed: It is not there.");
        end();
}

static void plain(void **state)
{
        (void)state;
        begin(false, false);
        start(1, "Kitchen");
        board_say(board, "%d of %d", 1, 2);
        step(1, "Connecting", "started", NULL);
        step(1, "Connecting", "retrying", "no answer");
        step(1, "Connecting", "started", NULL);
        takes(1, "Connecting", 9000, 30000, "bring it closer");
        takes(1, "Connecting", 10000, 30000, "bring it closer");
        takes(1, "Connecting", 11000, 30000, "bring it closer");
        step(1, "Connecting", "done", NULL);
        step(1, "Naming", "skipped", NULL);
        finish(1, 900);
        start(2, NULL);
        failed(2);
        board_end(board, 2, &(struct board_end){ .outcome = "done" });
        end();
        assert_string_equal(text, "1 of 2\n"
                                  "ARNHAM000000001  Connecting ... trying again (2 of 3): no answer\n"
                                  "ARNHAM000000001  Connecting ... 10 s of 30 s, bring it closer\n"
                                  "ARNHAM000000001  Connecting ... ok, 1.2 s\n"
                                  "ARNHAM000000001  Kitchen  done in 900 ms\n"
                                  "ARNHAM000000002  failed: It is not there.\n"
                                  "  Cause: no?[2Jbody\n"
                                  "  What to do: Come closer.\n");
}

static void quiet(void **state)
{
        (void)state;
        begin(false, true);
        start(1, NULL);
        board_say(board, "not this");
        step(1, "Connecting", "failed", "no answer");
        takes(1, "Connecting", 10000, 30000, NULL);
        finish(1, 900);
        start(2, NULL);
        failed(2);
        board_warn(board, "but this");
        end();
        assert_string_equal(text, "ARNHAM000000002  failed: It is not there.\n"
                                  "  Cause: no?[2Jbody\n"
                                  "  What to do: Come closer.\n"
                                  "but this\n");
}

static void verbose(void **state)
{
        (void)state;
        begin(false, false);
        board_set_verbose(board);
        start(1, NULL);
        step(1, "Connecting", "started", NULL);
        step(1, "Naming", "skipped", NULL);
        end();
        assert_string_equal(text, "ARNHAM000000001  Connecting ... begins: try 1 of 3, light as before\n"
                                  "ARNHAM000000001  Naming ... not needed\n");
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(table), cmocka_unit_test(seldom),       cmocka_unit_test(only_what_changed),
                cmocka_unit_test(room),  cmocka_unit_test(broken_lines), cmocka_unit_test(question),
                cmocka_unit_test(plain), cmocka_unit_test(quiet),        cmocka_unit_test(verbose),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
