/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Names of files over a power cut. */

/* Writes the names in the folder of that path to the disk. Negative errno. */
int folder_sync(const char *path);
