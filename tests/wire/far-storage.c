/* SPDX-License-Identifier: Apache-2.0 */

/* Bodies about firmware, modules and update, as the device reads and writes them. */

#include "proto/codec.h"
#include "proto/messages/storage.pb.h"
#include "tests/wire/far-codec.h"
#include "tests/wire/far-message.h"
#include <errno.h>
#include <pb_decode.h>

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
        struct far_list list = {
                .fields = usher_FirmwareModule_fields,
                .items = m->module,
                .n = m->n,
                .size = sizeof(m->module[0]),
                .fill = fill_module,
        };
        usher_GetModuleInfoReply wire = { .modules = far_encode_list(&list) };

        if (m->n > ELEMENTSOF(m->module))
                return -E2BIG;
        return codec_encode(usher_GetModuleInfoReply_fields, &wire, out);
}
