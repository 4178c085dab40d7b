# SPDX-License-Identifier: Apache-2.0
"""Who may include whom: the table of the design, read from every #include. A quoted include is one of ours and is
spelled from the root; an angled one of an external library is allowed only where the design says so. No noun
includes itself by way of others."""
import os
import re
import sys

from circles import circles
from sources import finish, read, tracked

FLOW = ['setup/flow', 'setup/flow/profile']

# folder -> what its files may include of ours (longest prefix wins; a folder may always include itself)
OURS = {
    'proto/base': [],
    'proto/messages': [],
    'proto': ['proto/base', 'proto/messages'],
    'ble': ['proto/base'],
    'cloud': ['proto/base'],
    'setup/label': ['proto/base', 'proto'],
    'setup/flow': ['proto/base', 'proto', 'setup/label/label.h', 'setup/flow/profile'],
    'setup/flow/profile': ['proto/base', 'proto', 'setup/label/label.h'],
    'setup/ports': ['proto/base', 'proto', 'ble', 'cloud', 'setup/flow/ports.h', 'setup/flow/job.h'],
    'setup/store': ['proto/base', 'setup/flow/record.h'],
    'setup/engine': ['proto/base', 'setup/label', *FLOW, 'setup/ports/ports.h', 'setup/ports/context.h',
                     'setup/ports/heard.h', 'setup/ports/radio.h', 'setup/store/store.h'],
    'setup/account': ['proto/base', 'cloud', 'setup/label', *FLOW, 'setup/ports'],
    'setup/doctor': ['proto/base', 'proto', 'cloud', 'setup/label', *FLOW, 'setup/ports'],
    'setup/client': ['proto/base'],
    'setup/print': ['proto/base'],
    'setup/daemon': ['proto/base', 'ble/adapter.h', 'cloud/token.h', 'setup/label', *FLOW, 'setup/ports', 'setup/store',
                     'setup/engine', 'setup/account', 'setup/doctor', 'setup/print'],
    'setup/cli': ['proto/base', 'ble/adapter.h', 'cloud/ca.h', 'cloud/token.h', 'setup/account', 'setup/label', *FLOW,
                  'setup/ports', 'setup/doctor', 'setup/engine', 'setup/client', 'setup/store/store.h', 'setup/lib/usher.h'],
    'setup/lib': ['proto/base', 'ble/adapter.h', 'cloud/ca.h', 'cloud/token.h', 'setup/account', 'setup/label', *FLOW,
                  'setup/ports', 'setup/doctor', 'setup/engine', 'setup/store/store.h'],
    'setup/web': ['proto/base', 'setup/client'],
    # the one part of the tests that may include what nanopb generates: the device's side of the messages
    'tests/wire': ['proto/base', 'proto', 'proto/messages'],
    # usher-sim is written apart from usher: of proto/ it has the numbers and the sealing, which recorded bytes pin
    'tests/sim': ['proto/base', 'proto/control.h', 'proto/session.h'],
    'tests/sim/device': ['proto/base', 'proto/control.h', 'proto/session.h'],
    'tests/sim/cloud': ['proto/base'],
    'tests/sim/vhci': ['proto/base'],
    'tests/sim/cli': ['proto/base', 'tests/sim/device', 'tests/sim/cloud', 'tests/sim/vhci'],
}

# external header -> where it may be included
EXTERNAL = {
    r'openssl/': ['proto/', 'tests/'],
    r'pb(_\w+)?\.h': ['proto/', 'tests/wire/far-'],
    r'systemd/': ['ble/', 'cloud/', 'setup/ports/', 'setup/doctor/', 'setup/daemon/', 'setup/cli/', 'setup/account/',
                  'setup/store/', 'setup/label/scanner/discover.c', 'setup/engine/', 'proto/base/timer-event.c', 'tests/'],
    r'curl/': ['cloud/http.c', 'cloud/http-', 'tests/lib/host.c'],
    r'sqlite3\.h|libpq': ['setup/store/', 'tests/unit/store/'],
    r'jansson\.h': ['cloud/', 'setup/', 'tests/'],
    r'microhttpd\.h': ['setup/web/', 'tests/sim/'],
    r'seccomp\.h': ['setup/label/'],
    r'(png|jpeglib|dmtx|qrencode)\.h|ZXing/': ['setup/label/', 'setup/cli/', 'tests/'],
}

# headers that several files of one noun share, and nobody else
HIDDEN = {
    r'setup/engine/engine-private\.h$': ['tests/unit/engine/'],
    r'(?!setup/engine/).*[/-]private\.h$': [],
    r'proto/codec\.h$': ['tests/wire/far-'],
}

# proto/ is bytes and state: no descriptor, loop, clock or log
IMPURE = re.compile(r'^(stdio|time|fcntl|unistd|poll|syslog|signal|pthread)\.h$|^sys/|^netinet/|^systemd/')
IMPURE_MAY = {'proto/base/timer-event.c', 'proto/base/secret.c', 'proto/base/standard.c', 'proto/base/cleanup.h',
              'proto/base/file.c', 'proto/base/places.c'}

INCLUDE = re.compile(r'^\s*#\s*include\s+(["<])([^">]+)[">]', re.M)


def rule_for(name):
    best = max((f for f in OURS if name.startswith(f + '/')), key=len, default=None)
    return best


def allowed(name, folder, header):
    if header.startswith(folder + '/') and not any(
            header.startswith(f + '/') for f in OURS if f != folder and f.startswith(folder + '/')):
        return True
    for may in OURS[folder]:
        if header == may:
            return True
        if not may.endswith('.h') and header.startswith(may + '/'):
            nested = [f for f in OURS if f.startswith(may + '/') and header.startswith(f + '/')]
            if not nested:
                return True
    return False


def main():
    problems = []
    names = tracked('.c', '.h', '.cpp')
    includes = {}
    for name in names:
        folder = rule_for(name)
        found = INCLUDE.findall(read(name))
        includes[name] = [header for kind, header in found if kind == '"']
        for kind, header in found:
            if kind == '"' and '/' in header and folder and not allowed(name, folder, header):
                problems.append(f'{name}: {folder} may not include {header}')
            for pattern, may in HIDDEN.items():
                if kind == '"' and re.match(pattern, header) and not name.startswith(
                        (os.path.dirname(header) + '/', *may)):
                    problems.append(f'{name}: {header} is for its own folder only')
            if kind == '"' and '/' not in header and not header.endswith('.pb.h') and not name.startswith('tests/fuzz'):
                problems.append(f'{name}: spell "{header}" from the root')
            if kind == '<':
                for pattern, may in EXTERNAL.items():
                    if re.match(pattern, header) and not any(name.startswith(m) for m in may):
                        problems.append(f'{name}: <{header}> is not for this layer')
            if name.startswith('proto/') and name not in IMPURE_MAY and kind == '<' and IMPURE.match(header):
                problems.append(f'{name}: proto/ is pure, no <{header}>')
    for circle in circles(includes):
        problems.append(f'an include circle: {" -> ".join(circle)}')
    finish('layers', problems, len(names))


if __name__ == '__main__':
    sys.exit(main())
