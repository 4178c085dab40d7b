/* SPDX-License-Identifier: Apache-2.0 */

/* Every refusal of the cloud, in the very bytes. [R] recorded from the real one, [D] documented, [C] what an
 * official client parses; the others follow the neighbouring shapes (cloud.md 2-5). */

#include "tests/sim/cloud/machine.h"

static const struct {
        unsigned status;
        const char *body;
} shapes[_SHAPE_MAX] = {
        /* [R] cloud.md 2.2 */
        [SHAPE_TOKEN_MISSING] = { 400, "{\"error\":\"invalid_request\",\"error_description\":\"The access "
                                       "token was not found\"}" },
        [SHAPE_TOKEN_INVALID] = { 401, "{\"error\":\"invalid_token\",\"error_description\":\"The access "
                                       "token provided is invalid.\"}" },
        [SHAPE_TOKEN_EXPIRED] = { 401, "{\"error\":\"invalid_token\",\"error_description\":\"The access "
                                       "token provided has expired.\"}" },
        /* [D] */
        [SHAPE_API_USER] = { 400, "{\"error\":\"unauthorized\",\"error_description\":\"API users are not "
                                  "allowed to call this endpoint\"}" },
        /* [R] cloud.md 2.1 */
        [SHAPE_GRANT_CREDENTIALS] = { 400, "{\"error\":\"invalid_grant\",\"error_description\":\"User "
                                           "credentials are invalid\"}" },
        [SHAPE_GRANT_OTP] = { 400, "{\"error\":\"invalid_grant\",\"error_description\":\"Invalid OTP\"}" },
        /* [C] */
        [SHAPE_GRANT_OTP_EXPIRED] = { 400, "{\"error\":\"invalid_grant\",\"error_description\":\"OTP "
                                           "expired\"}" },
        [SHAPE_GRANT_REFRESH] = { 400,
                                  "{\"error\":\"invalid_grant\",\"error_description\":\"Invalid refresh "
                                  "token\"}" },
        [SHAPE_GRANT_TYPE] = { 400,
                               "{\"error\":\"unsupported_grant_type\",\"error_description\":\"Grant type "
                               "is not supported\"}" },
        [SHAPE_GRANT_FORM] = { 400, "{\"error\":\"invalid_request\",\"error_description\":\"Method must be "
                                    "POST with application/x-www-form-urlencoded encoding\"}" },
        [SHAPE_CLIENT] = { 400,
                           "{\"error\":\"invalid_client\",\"error_description\":\"Client credentials are "
                           "invalid\"}" },
        /* [R] cloud.md 2.3 */
        [SHAPE_BAD_PASSWORD] = { 401, "{\"ok\":false,\"errors\":[\"Bad password\"]}" },
        [SHAPE_UNKNOWN_USER] = { 400, "{\"ok\":false,\"errors\":[\"Unknown user\"]}" },
        [SHAPE_ADDRESS_BLOCKED] = { 429, "{\"ok\":false,\"error\":\"Too many failed attempts. Try again "
                                         "later.\"}" },
        /* [R] cloud.md 3.5, the same for reading, renaming, deleting, pinging */
        [SHAPE_PERMISSION] = { 403, "{\"error\":\"Permission Denied\",\"info\":\"I didn't recognize that "
                                    "device name or ID, try opening "
                                    "https://api.particle.io/v1/devices?access_token=undefined\"}" },
        [SHAPE_FORBIDDEN] = { 403, "{\"error\":\"Permission Denied\",\"info\":\"This access token is not "
                                   "allowed to do that\"}" },
        /* [R] cloud.md 3.3 */
        [SHAPE_NO_SUCH_DEVICE] = { 404, "{\"ok\":false,\"errors\":[\"device does not exist\"]}" },
        [SHAPE_DEVICE_OFFLINE] = { 404, "{\"ok\":false,\"errors\":[[\"Core isn't online\",404]]}" },
        /* [C] */
        [SHAPE_DEVICE_FOREIGN] = { 403, "{\"errors\":[\"That belongs to someone else.\"]}" },
        [SHAPE_DEVICE_LIMIT] = { 403, "{\"ok\":false,\"errors\":[\"You have reached the limit of devices in "
                                      "your sandbox\"]}" },
        [SHAPE_DEVICE_NO_ID] = { 400, "{\"ok\":false,\"errors\":[\"data.id is a required field\"]}" },
        [SHAPE_DEVICE_NAME] = { 400, "{\"ok\":false,\"error\":\"Invalid device name\"}" },
        [SHAPE_UNPROTECT] = { 400,
                              "{\"ok\":false,\"error\":\"Device protection cannot be disabled with this request\"}" },
        [SHAPE_DEVICE_NOTHING] = { 400, "{\"ok\":false,\"error\":\"Nothing to do?\"}" },
        [SHAPE_DEVICE_SETTING] = { 400, "{\"ok\":false,\"error\":\"Invalid value\"}" },
        /* [R] cloud.md 3.6 */
        [SHAPE_DEVICE_TIMEOUT] = { 500, "{\"ok\":false,\"code\":500,\"errors\":[{\"error\":\"Timed out, "
                                        "didn't hear back from device service\"}]}" },
        /* [C] */
        [SHAPE_DEVICE_NOT_MEMBER] = { 404,
                                      "{\"ok\":false,\"error\":\"Device not found for this product\"}" },
        /* [R] */
        [SHAPE_NO_PRODUCT] = { 404, "{\"ok\":false,\"error\":\"Product not found.\"}" },
        [SHAPE_SORT] = { 400, "{\"ok\":false,\"error\":\"Invalid sortAttr or sortDir\"}" },
        [SHAPE_GROUP_NAME] = { 400, "{\"ok\":false,\"error\":\"Group names have lowercase letters, numbers, "
                                    "dashes and underscores only\"}" },
        [SHAPE_GROUP_EXISTS] = { 400, "{\"ok\":false,\"error\":\"Group already exists\"}" },
        [SHAPE_GROUP_UNKNOWN] = { 404, "{\"ok\":false,\"error\":\"Group not found\"}" },
        [SHAPE_IMPORT_NOTHING] = { 400,
                                   "{\"ok\":false,\"error\":\"You must provide an id, ids or a file\"}" },
        [SHAPE_CUSTOMER_EXISTS] = { 400, "{\"ok\":false,\"error\":\"Customer already exists\"}" },
        [SHAPE_CUSTOMER_UNKNOWN] = { 404, "{\"ok\":false,\"error\":\"Customer not found\"}" },
        [SHAPE_CUSTOMER_FIELDS] = { 400,
                                    "{\"ok\":false,\"error\":\"An email and a password, or no_password, are "
                                    "required\"}" },
        [SHAPE_CUSTOMER_SHADOW] = { 400, "{\"ok\":false,\"error\":\"This customer has no password\"}" },
        [SHAPE_TEAM_FIELDS] = { 400, "{\"ok\":false,\"error\":\"friendly_name and scopes are required\"}" },
        [SHAPE_TEAM_UNKNOWN] = { 404, "{\"ok\":false,\"error\":\"API user not found\"}" },
        [SHAPE_SERIAL_UNKNOWN] = { 404, "{\"ok\":false,\"error\":\"Serial number not found\"}" },
        [SHAPE_SIM_UNKNOWN] = { 404, "{\"ok\":false,\"error\":\"SIM not found\"}" },
        [SHAPE_SIM_FOREIGN] = { 403, "{\"ok\":false,\"error\":\"That SIM belongs to someone else\"}" },
        /* [C] cloud.md 5 */
        [SHAPE_SIM_COUNTRY] = { 400, "{\"ok\":false,\"error\":\"You must pass an ISO 3166-1 Alpha-2 country "
                                     "code to import SIM cards\"}" },
        [SHAPE_SIM_ACTION] = { 400, "{\"ok\":false,\"error\":\"Invalid action\"}" },
        /* [D] cloud.md 6 */
        [SHAPE_EVENT_PREFIX] = { 400, "{\"ok\":false,\"error\":\"event prefix filter is required\"}" },
        [SHAPE_EVENT_NAME] = { 400, "{\"ok\":false,\"error\":\"Missing name\"}" },
        [SHAPE_FIRMWARE_QUERY] = { 400, "{\"ok\":false,\"error\":\"platform_id and "
                                        "current_system_firmware_version are required\"}" },
        [SHAPE_FIRMWARE_UNKNOWN] = { 404, "{\"ok\":false,\"error\":\"Version not found\"}" },
        [SHAPE_BAD_JSON] = { 400, "{\"ok\":false,\"error\":\"Invalid JSON or form data\"}" },
        [SHAPE_TOO_LARGE] = { 413, "{\"ok\":false,\"error\":\"Request entity too large\"}" },
        [SHAPE_NO_ROUTE] = { 404, "{\"ok\":false,\"error\":\"Not Found\"}" },
        [SHAPE_TOO_MANY] = { 429, "{\"ok\":false,\"error\":\"Too many requests\"}" },
        [SHAPE_TOO_MANY_STREAMS] = { 529, "{\"ok\":false,\"error\":\"Too many event streams\"}" },
};

int refuse(struct call *c, enum shape shape)
{
        return answer_text(c, shapes[shape].status, "application/json; charset=utf-8", shapes[shape].body);
}
