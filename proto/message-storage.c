/* SPDX-License-Identifier: Apache-2.0 */

/* Bodies about firmware: modules and update. */

#include "proto/codec.h"
#include "proto/message.h"
#include "proto/messages/storage.pb.h"
#include <errno.h>
#include <pb_decode.h>
#include <pb_encode.h>

int message_encode_start_firmware_update_request(uint32_t size, int format, struct buf *out)
{
        usher_StartFirmwareUpdateRequest m = { .size = size, .format = (usher_FileFormat)format };

        return codec_encode(usher_StartFirmwareUpdateRequest_fields, &m, out);
}

int message_decode_start_firmware_update_reply(const uint8_t *data, size_t len, uint32_t *ret_chunk_size)
{
        usher_StartFirmwareUpdateReply m = usher_StartFirmwareUpdateReply_init_zero;
        int r;

        r = codec_decode(usher_StartFirmwareUpdateReply_fields, &m, data, len);
        if (r < 0)
                return r;
        *ret_chunk_size = m.chunk_size;
        return 0;
}

int message_encode_finish_firmware_update_request(bool validate_only, struct buf *out)
{
        usher_FinishFirmwareUpdateRequest m = { .validate_only = validate_only };

        return codec_encode(usher_FinishFirmwareUpdateRequest_fields, &m, out);
}

struct chunk {
        const uint8_t *data;
        size_t len;
};

static bool write_chunk(pb_ostream_t *stream, const pb_field_t *field, void *const *arg)
{
        const struct chunk *chunk = *arg;

        return pb_encode_tag_for_field(stream, field) && pb_encode_string(stream, chunk->data, chunk->len);
}

int message_encode_firmware_update_data_request(const uint8_t *chunk, size_t chunk_len, struct buf *out)
{
        struct chunk arg = { chunk, chunk_len };
        usher_FirmwareUpdateDataRequest m = { .data = { .funcs.encode = write_chunk, .arg = &arg } };

        return codec_encode(usher_FirmwareUpdateDataRequest_fields, &m, out);
}

/* Old firmware tells what failed, and has numbers of its own for the types. */
enum { OLD_INTEGRITY_FAILED = 0x01, OLD_DEPENDENCIES_FAILED = 0x02 };

static int type_from_old(uint32_t type)
{
        static const int types[] = {
                MODULE_INVALID, MODULE_BOOTLOADER, MODULE_SYSTEM_PART, MODULE_USER_PART,
                MODULE_MONO,    MODULE_NCP,        MODULE_RADIO_STACK,
        };

        return type < ELEMENTSOF(types) ? types[type] : MODULE_INVALID;
}

static void keep_module(struct message_modules *list, const struct message_module *module)
{
        if (list->n < ELEMENTSOF(list->module))
                list->module[list->n++] = *module;
        else
                list->n_dropped++;
}

static int keep_new(void *list, const void *message)
{
        const usher_FirmwareModule *m = message;

        keep_module(list, &(struct message_module){
                                  .type = (int)m->type,
                                  .index = m->index,
                                  .version = m->version,
                                  .size = m->size,
                                  .checked = m->checked_flags,
                                  .passed = m->passed_flags,
                          });
        return 0;
}

static int keep_old(void *list, const void *message)
{
        const usher_GetModuleInfoReply_Module *m = message;
        uint32_t checked = MODULE_CHECK_INTEGRITY | MODULE_CHECK_DEPENDENCIES, passed = checked;

        if (m->validity & OLD_INTEGRITY_FAILED)
                passed &= ~(uint32_t)MODULE_CHECK_INTEGRITY;
        if (m->validity & OLD_DEPENDENCIES_FAILED)
                passed &= ~(uint32_t)MODULE_CHECK_DEPENDENCIES;
        keep_module(list, &(struct message_module){
                                  .type = type_from_old(m->type),
                                  .index = m->index,
                                  .version = m->version,
                                  .size = m->size,
                                  .checked = checked,
                                  .passed = passed,
                          });
        return 0;
}

int message_decode_get_module_info_reply(const uint8_t *data, size_t len, struct message_modules *ret)
{
        struct message_modules new_ones = { .n = 0 }, old_ones = { .n = 0 };
        struct codec_list modules = {
                .fields = usher_FirmwareModule_fields,
                .keep = keep_new,
                .list = &new_ones,
        };
        struct codec_list modules_deprecated = {
                .fields = usher_GetModuleInfoReply_Module_fields,
                .keep = keep_old,
                .list = &old_ones,
        };
        usher_GetModuleInfoReply wire = {
                .modules = codec_decode_list(&modules),
                .modules_deprecated = codec_decode_list(&modules_deprecated),
        };
        int r;

        r = codec_decode(usher_GetModuleInfoReply_fields, &wire, data, len);
        if (r < 0)
                return r;
        *ret = new_ones.n ? new_ones : old_ones;
        return 0;
}
