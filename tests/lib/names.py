# SPDX-License-Identifier: Apache-2.0
"""names.py USHER.H MAP LIBRARY PAGE - the library shows the names of its map, usher.h declares them, usher(3) explains them, and
none of these has another;
nothing of the process is changed from inside: the calls that would do so are not there, and what is global and can be
written is in the list below, with the reason why two threads, or a program around, are not hurt by it."""
import pathlib
import re
import shutil
import subprocess
import sys

# variables of ours in .data and .bss that are written after the start: name -> why
WRITTEN = {
    'is_program': 'by standard_open(), which only programs of ours call',
    'curl': 'once, under a lock, before it is read (cloud/http-curl.c)',
    'started': 'under the same lock',
    'lock': 'that lock',
    'passed': 'only where tests have the process die (setup/engine/kill-point.c)',
    **{name: 'never written: a list that libcurl takes without const (cloud/http-request.c)'
       for name in ('tool', 'stream', 'accept', 'no_expect')},
}

# not without being asked
FORBIDDEN = ['setenv', 'unsetenv', 'putenv', 'signal', 'exit', 'abort_handler_s', 'setlocale', 'chdir', 'umask', 'printf', 'puts',
             'perror', 'syslog', 'sd_journal_print', 'sd_event_default', 'atexit']
ALLOWED = {
    'unsetenv': 'SSLKEYLOGFILE, in programs of ours only (cloud/http-curl.c)',
}


def say(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def main():
    header, names, library, page = sys.argv[1:]
    text = re.sub(r'/\*.*?\*/', '', pathlib.Path(header).read_text(), flags=re.S)
    declared = set(re.findall(r'\b(usher_\w+)\(', text))
    mapped = set(re.findall(r'\b(usher_\w+);', pathlib.Path(names).read_text()))
    shown = {line.split()[-1].split('@')[0] for line in say('nm', '-D', '--defined-only', library).splitlines()} - {'LIBUSHER_0'}
    problems = [f'{name}: in usher.h, not in the map' for name in sorted(declared - mapped)]
    problems += [f'{name}: in the map, not in usher.h' for name in sorted(mapped - declared)]
    problems += [f'{name}: shown by the library, not in the map' for name in sorted(shown - mapped)]
    problems += [f'{name}: in the map, not in the library' for name in sorted(mapped - shown)]

    explained = set(re.findall(r'^\.Fn (usher_\w+)', pathlib.Path(page).read_text(), re.M))
    problems += [f'{name}: not in usher(3)' for name in sorted(declared - explained)]
    problems += [f'{name}: in usher(3), not in usher.h' for name in sorted(explained - declared)]
    said = '' if not shutil.which('groff') else subprocess.run(['groff', '-mandoc', '-Tutf8', '-ww', '-z', page], capture_output=True, text=True, check=False).stderr
    problems += [line for line in said.splitlines()]

    used = {line.split()[-1].split('@')[0] for line in say('nm', '-D', '--undefined-only', library).splitlines()}
    problems += [f'it calls {name}()' for name in FORBIDDEN if name in used and name not in ALLOWED]

    # tables that hold pointers are in .data.rel.ro: written by the loader only
    written = {}
    for line in say('readelf', '-sW', library).splitlines():
        m = re.match(r'\s*\d+: \S+\s+(\d+) OBJECT\s+\S+\s+\S+\s+(\d+) (\S+)', line)
        if m and int(m.group(1)):
            written[m.group(3)] = m.group(2)
    sections = {m.group(1): m.group(2) for m in re.finditer(r'^\s*\[\s*(\d+)\] (\S+)', say('readelf', '-SW', library), re.M)}
    for name, index in written.items():
        plain = name.split('.')[0]
        if sections.get(index) in ('.data', '.bss') and plain not in WRITTEN and not plain.startswith(('__', '_', 'completed')):
            problems.append(f'{name}: a variable of the whole process in {sections[index]}')
    print('\n'.join(problems) or f'{len(shown)} names')
    return 1 if problems else 0


if __name__ == '__main__':
    sys.exit(main())
