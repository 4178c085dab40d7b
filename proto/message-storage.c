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

int message_decode_start_firmware_update_request(const uint8_t *data, size_t len, uint32_t *ret_size,
                                                 int *ret_format)
{
        usher_StartFirmwareUpdateRequest m = usher_StartFirmwareUpdateRequest_init_zero;
        int r;

        r = codec_decode(usher_StartFirmwareUpdateRequest_fields, &m, data, len);
        if (r < 0)
                return r;
        *ret_size = m.size;
        *ret_format = (int)m.format;
        return 0;
}

int message_encode_start_firmware_update_reply(uint32_t chunk_size, struct buf *out)
{
        usher_StartFirmwareUpdateReply m = { .chunk_size = chunk_size };

        return codec_encode(usher_StartFirmwareUpdateReply_fields, &m, out);
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

int message_decode_finish_firmware_update_request(const uint8_t *data, size_t len, bool *ret_validate_only)
{
        usher_FinishFirmwareUpdateRequest m = usher_FinishFirmwareUpdateRequest_init_zero;
        int r;

        r = codec_decode(usher_FinishFirmwareUpdateRequest_fields, &m, data, len);
        if (r < 0)
                return r;
        *ret_validate_only = m.validate_only;
        return 0;
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

struct chunk_reader {
        struct buf *to;
        size_t before; /* what `to` held: only the last of several fields counts */
        int error;
};

static bool read_chunk(pb_istream_t *stream, const pb_field_t *field, void **arg)
{
        struct chunk_reader *reader = *arg;
        struct buf *to = reader->to;
        size_t len = stream->bytes_left;

        (void)field;
        to->len = reader->before;
        if (len == 0)
                return true;
        reader->error = buf_reserve(to, len);
        if (reader->error < 0 || !pb_read(stream, to->data + to->len, len))
                return false;
        to->len += len;
        return true;
}

int message_decode_firmware_update_data_request(const uint8_t *data, size_t len, struct buf *ret_chunk)
{
        struct chunk_reader reader = { .to = ret_chunk, .before = ret_chunk->len };
        usher_FirmwareUpdateDataRequest m = { .data = { .funcs.decode = read_chunk, .arg = &reader } };
        int r;

        r = codec_decode(usher_FirmwareUpdateDataRequest_fields, &m, data, len);
        if (r < 0)
                ret_chunk->len = reader.before;
        return reader.error < 0 ? reader.error : r;
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

static int fill_module(const void *item, void *message)
{
        const struct message_module *m = item;

        *(usher_FirmwareModule *)message = (usher_FirmwareModule){
                .type = (uint32_t)m->type,
                .index = m->index,
                .version = m->version,
                .size = m->size,
                .checked_flags = m->checked,
                .passed_flags = m->passed,
        };
        return 0;
}

int message_encode_get_module_info_reply(const struct message_modules *m, struct buf *out)
{
        struct codec_list list = {
                .fields = usher_FirmwareModule_fields,
                .items = m->module,
                .n = m->n,
                .size = sizeof(m->module[0]),
                .fill = fill_module,
        };
        usher_GetModuleInfoReply wire = { .modules = codec_encode_list(&list) };

        if (m->n > ELEMENTSOF(m->module))
                return -E2BIG;
        return codec_encode(usher_GetModuleInfoReply_fields, &wire, out);
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
