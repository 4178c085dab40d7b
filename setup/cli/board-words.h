/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The wording of a board's lines (board.h), each into a text of its own. */

#include "setup/cli/board-row.h"
#include "setup/cli/progress.h"
#include <stdbool.h>

/* A line of the table. `named`: there is a column for names. */
void board_words_row(const struct board_row *row, bool named, size_t columns,
                     char ret[static BOARD_LINE_MAX]);

/* "3 of 50 done, 1 failed, 5 at work, 41 waiting, about 2 min left" */
void board_words_counts(const struct board_counts *counts, uint64_t left_ms,
                        char ret[static BOARD_LINE_MAX]);

/* The line of a step that changed its state. False: that is not worth one. */
bool board_words_step(const struct board_row *row, const struct progress_step *step, bool verbose,
                      bool coloured, char ret[static BOARD_LINE_MAX]);

/* The line of one that takes long, as far as its row knows. */
void board_words_wait(const struct board_row *row, char ret[static BOARD_LINE_MAX]);

/* One line, or three. */
void board_words_end(const struct board_row *row, const struct board_end *end, bool coloured,
                     char ret[static BOARD_LINE_MAX]);
