/* SPDX-License-Identifier: Apache-2.0 */

/* What a profile must be like as a whole: values that mean nothing without another one are refused, so that
 * nobody believes they had an effect. */

#include "setup/flow/profile/check.h"
#include <string.h>

/* A file may hold something else by mistake: a line of words, the code in quotes and with a comma. */
static bool is_code(const struct secret *code)
{
        static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=-_";

        return strspn(secret_text(code), letters) == secret_len(code);
}

static int check_claim_code(const struct profile *p, struct trouble *ret_trouble)
{
        if (!is_code(p->claim_code))
                return trouble_set(ret_trouble, FAULT_CONFIG,
                                   "claim-code-file does not hold a claim code: letters and digits (and + / "
                                   "= - _) on one line, no more");
        if (p->claim == CLAIM_PRODUCT || p->claim == CLAIM_NONE)
                return trouble_set(ret_trouble, FAULT_CONFIG,
                                   "claim-code-file goes with claim = user or customer");
        if (p->name || p->customer || p->oauth_client)
                return trouble_set(ret_trouble, FAULT_CONFIG,
                                   "with claim-code-file no account is asked: leave name, customer and "
                                   "oauth-client out");
        return 0;
}

static int check_customer(const struct profile *p, struct trouble *ret_trouble)
{
        if (!p->product && !p->claim_code)
                return trouble_set(ret_trouble, FAULT_CONFIG,
                                   "claim = customer needs the product that the customer belongs to");
        if (!p->customer != !p->oauth_client || !p->oauth_client != !p->oauth_secret)
                return trouble_set(ret_trouble, FAULT_CONFIG,
                                   "customer, oauth-client and oauth-secret-file go together; without them "
                                   "the token must be the customer's own");
        return 0;
}

/* What only one claim mode, or only a product, gives a meaning to. "none" may be laid over any profile. */
static int check_claim(const struct profile *p, struct trouble *ret_trouble)
{
        bool marks = p->groups || p->notes || p->development != CHOICE_LEAVE;
        int e = p->claim_code ? check_claim_code(p, ret_trouble) : 0;

        if (e < 0 || p->claim == CLAIM_NONE)
                return e;
        if (p->claim == CLAIM_PRODUCT && !p->product)
                return trouble_set(ret_trouble, FAULT_CONFIG,
                                   "claim = product needs the number of the product");
        if (p->request_transfer && (p->claim != CLAIM_USER || p->claim_code))
                return trouble_set(ret_trouble, FAULT_CONFIG,
                                   "request-transfer goes with claim = user, and an account");
        if (p->country[0] && (p->claim == CLAIM_CUSTOMER || p->claim_code))
                return trouble_set(ret_trouble, FAULT_CONFIG,
                                   "country lets an account or a product's team activate the SIM: it goes "
                                   "with claim = user or product");
        if (p->claim_user && p->claim != CLAIM_PRODUCT)
                return trouble_set(ret_trouble, FAULT_CONFIG, "claim-user goes with claim = product");
        if (marks && (!p->product || p->claim == CLAIM_CUSTOMER || p->claim_code))
                return trouble_set(
                        ret_trouble, FAULT_CONFIG,
                        "groups, notes and development are set by a product's team: give product, "
                        "and claim = product or user");
        if (p->claim == CLAIM_CUSTOMER)
                return check_customer(p, ret_trouble);
        if (p->customer || p->oauth_client || p->oauth_secret)
                return trouble_set(ret_trouble, FAULT_CONFIG,
                                   "customer, oauth-client and oauth-secret-file go with claim = customer");
        return 0;
}

int profile_check(const struct profile *p, struct trouble *ret_trouble)
{
        for (size_t i = 0; i < p->n_networks; i++) {
                int e = wifi_network_check(&p->networks[i], ret_trouble);

                if (e < 0)
                        return e;
        }
        if ((p->apn.user || p->apn.password) && !p->apn.name)
                return trouble_set(ret_trouble, FAULT_CONFIG,
                                   "apn-user and apn-password-file mean nothing without apn");
        if (p->apn.name && p->sim == SIM_INTERNAL)
                return trouble_set(ret_trouble, FAULT_CONFIG,
                                   "the internal SIM needs no apn: leave it out, or say sim = external");
        if (!p->mode.service_uuid != !p->mode.version_uuid || !p->mode.service_uuid != !p->mode.tx_uuid ||
            !p->mode.service_uuid != !p->mode.rx_uuid)
                return trouble_set(ret_trouble, FAULT_CONFIG,
                                   "service-uuid, version-uuid, tx-uuid and rx-uuid go together");
        return check_claim(p, ret_trouble);
}
