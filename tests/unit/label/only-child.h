/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The process id of the one child that this process has. The test fails if it has none, or several. */
unsigned only_child(void);
