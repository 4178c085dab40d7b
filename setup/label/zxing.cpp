/* SPDX-License-Identifier: Apache-2.0 */

/* The shim in front of zxing-cpp, the only C++ of the project. The library throws on some hostile symbols
 * (std::out_of_range out of ReadBarcodes in 1.4 and 2.3), so everything is caught here. Written for 1.4
 * (Debian 12) and 2.x (Debian 13), whose option type has another name. */

#include "setup/label/zxing.h"
#define ZX_USE_UTF8 1
#include <ZXing/ReadBarcode.h>
#include <ZXing/ZXVersion.h>
#include <cerrno>
#include <cstring>
#include <new>

#if ZXING_VERSION_MAJOR > 2 || (ZXING_VERSION_MAJOR == 2 && ZXING_VERSION_MINOR >= 2)
using Options = ZXing::ReaderOptions;
#else
using Options = ZXing::DecodeHints;
#endif

static Options make_options(unsigned formats, bool fixed, size_t max)
{
        ZXing::BarcodeFormats wanted;
        Options o;

        if (formats & ZXING_DATA_MATRIX)
                wanted |= ZXing::BarcodeFormat::DataMatrix;
        if (formats & ZXING_QR)
                wanted |= ZXing::BarcodeFormat::QRCode;
        o.setFormats(wanted);
        o.setTryHarder(true);
        o.setTryRotate(true);
        o.setTryDownscale(true);
        o.setMaxNumberOfSymbols(static_cast<uint8_t>(max));
        o.setBinarizer(fixed ? ZXing::Binarizer::FixedThreshold : ZXing::Binarizer::LocalAverage);
        return o;
}

extern "C" int zxing_read(const uint8_t *grey, unsigned width, unsigned height, unsigned stride,
                          unsigned formats, int fixed, struct zxing_hit *ret, size_t max)
{
        try {
                ZXing::ImageView view(grey, static_cast<int>(width), static_cast<int>(height),
                                      ZXing::ImageFormat::Lum, static_cast<int>(stride));
                int n = 0;

                for (auto &&found : ZXing::ReadBarcodes(view, make_options(formats, fixed != 0, max))) {
                        const auto &bytes = found.bytes();
                        struct zxing_hit *hit = ret + n;

                        if (!found.isValid() || bytes.empty() || bytes.size() > ZXING_TEXT_MAX ||
                            static_cast<size_t>(n) == max)
                                continue;
                        hit->format = found.format() == ZXing::BarcodeFormat::QRCode ? ZXING_QR
                                                                                     : ZXING_DATA_MATRIX;
                        hit->len = bytes.size();
                        memcpy(hit->text, bytes.data(), bytes.size());
                        for (int i = 0; i < 4; i++) {
                                hit->x[i] = found.position()[i].x;
                                hit->y[i] = found.position()[i].y;
                        }
                        n++;
                }
                return n;
        } catch (const std::bad_alloc &) {
                return -ENOMEM;
        } catch (...) {
                return -EIO;
        }
}
