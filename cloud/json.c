/* SPDX-License-Identifier: Apache-2.0 */

/* jansson's parser recurses up to 2048 levels, and makes 300 bytes of two ("{}"); both are counted before it
 * starts, so that its use of stack and heap is ours to choose. Every text is cleaned before anybody sees it:
 * what is shown is then what was compared. */

#include "cloud/json.h"
#include "cloud/wipe.h"
#include "proto/base/text.h"
#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <time.h>

/* Bytes of the heap: an object or array, any other value or a key. */
enum { CONTAINER_COST = 256, VALUE_COST = 96 };

/* Brackets and commas outside of strings; whether they match is the parser's business. */
static bool too_much(const char *text, size_t len)
{
        size_t cost = 0, bound = len * CLOUD_JSON_COST_MAX + CLOUD_JSON_COST_FREE;
        bool in_string = false;
        int depth = 0;

        for (size_t i = 0; i < len; i++) {
                char c = text[i];

                if (in_string && c == '\\')
                        i++;
                else if (c == '"')
                        in_string = !in_string;
                else if (!in_string && (c == '[' || c == '{'))
                        depth++;
                else if (!in_string && (c == ']' || c == '}'))
                        depth--;
                if (!in_string && (c == '[' || c == '{'))
                        cost += CONTAINER_COST;
                else if (!in_string && (c == ',' || c == ':'))
                        cost += VALUE_COST;
                if (depth > CLOUD_JSON_DEPTH_MAX || cost > bound)
                        return true;
        }
        return false;
}

static int clean_text(json_t *j)
{
        const char *text = json_string_value(j);
        char *cleaned = strdup(text);
        bool failed;

        if (!cleaned)
                return -ENOMEM;
        text_clean(cleaned);
        failed = strcmp(cleaned, text) != 0 && json_string_set(j, cleaned) < 0;
        wipe_free(cleaned);
        return failed ? -ENOMEM : 0;
}

/* As deep as too_much() allows. */
static int clean_all(json_t *j)
{
        const char *key;
        json_t *value;
        size_t i;
        int r = 0;

        if (json_is_string(j))
                return clean_text(j);
        json_array_foreach(j, i, value)
                if (r == 0)
                        r = clean_all(value);
        json_object_foreach(j, key, value)
                if (r == 0)
                        r = clean_all(value);
        return r;
}

int cloud_json_read(const char *text, size_t len, json_t **ret)
{
        json_error_t error;
        json_t *j;
        int r;

        if (too_much(text, len))
                return -EBADMSG;
        json_set_alloc_funcs(malloc, wipe_free);
        j = json_loadb(text, len, JSON_REJECT_DUPLICATES, &error);
        if (!j)
                return json_error_code(&error) == json_error_out_of_memory ? -ENOMEM : -EBADMSG;
        r = clean_all(j);
        if (r < 0) {
                json_decref(j);
                return r;
        }
        *ret = j;
        return 0;
}

const char *cloud_json_text(const json_t *object, const char *key)
{
        const char *text = json_string_value(json_object_get(object, key));

        return text && *text ? text : NULL;
}

uint32_t cloud_json_number(const json_t *object, const char *key)
{
        json_int_t n = json_integer_value(json_object_get(object, key));

        return n > 0 && n <= UINT32_MAX ? (uint32_t)n : 0;
}

bool cloud_json_true(const json_t *object, const char *key)
{
        return json_is_true(json_object_get(object, key));
}

int64_t cloud_json_time(const json_t *object, const char *key)
{
        const char *text = cloud_json_text(object, key);

        return text ? cloud_time_read(text) : 0;
}

/* "Z" or "+hh:mm"; false if it is neither. */
static bool read_offset(const char *text, int64_t *ret_s)
{
        int64_t hours, minutes;

        *ret_s = 0;
        if (strcmp(text, "Z") == 0)
                return true;
        if (strlen(text) != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':')
                return false;
        for (size_t i = 1; i < 6; i++)
                if (i != 3 && !isdigit((unsigned char)text[i]))
                        return false;
        hours = (text[1] - '0') * 10 + text[2] - '0';
        minutes = (text[4] - '0') * 10 + text[5] - '0';
        *ret_s = (hours * 60 + minutes) * 60 * (text[0] == '-' ? -1 : 1);
        return true;
}

int64_t cloud_time_read(const char *text)
{
        struct tm tm = { 0 };
        int64_t offset_s, t;
        const char *rest;

        if (!isdigit((unsigned char)text[0]))
                return 0;
        rest = strptime(text, "%Y-%m-%dT%H:%M:%S", &tm);
        if (!rest)
                return 0;
        if (*rest == '.')
                for (rest++; isdigit((unsigned char)*rest);)
                        rest++;
        if (!read_offset(rest, &offset_s) || tm.tm_year >= 9999 - 1900)
                return 0;
        t = timegm(&tm) - offset_s;
        return t > 0 ? t : 0;
}
