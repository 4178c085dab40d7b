/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What a fuzz target exports, and nothing else. A defect ends the program (assert, abort, sanitizer). */

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);
