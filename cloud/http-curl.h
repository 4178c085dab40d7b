/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Inside of http: the library's start, and the meaning of its error codes. */

#include "cloud/http.h"

/* Once per process and cheap afterwards: gives curl a heap that wipes. 0 or -EIO. */
int curl_start(void);

/* What the CURLcode of a finished transfer means for the request. `easy` is its CURL handle. */
enum http_failure curl_failure(void *easy, int code, bool too_large);
