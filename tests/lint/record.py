# SPDX-License-Identifier: Apache-2.0
"""The job's record is whole: every member of the parts in setup/flow/facts.h is in exactly one row of record-fields.c, an
enum as a WORD. The compiler cannot tell a forgotten member from padding."""
import re

from sources import finish, read

FACTS = 'setup/flow/facts.h'
JOB = 'setup/flow/job.h'
FIELDS = 'setup/flow/record-fields.c'
NO_FACTS = ('asked', 'now')
STRUCT = re.compile(r'^struct (\w+) \{\n(.*?)^\};', re.S | re.M)
ROW = re.compile(r'\b(FIELD|RANGE|WORD)\("\w+",\s*\d+,\s*([\w.]+),')
TYPES = ('bool', 'int', 'unsigned', 'int32_t', 'int64_t', 'char')


def structs(name):
    text = re.sub(r'/\*.*?\*/', '', read(name), flags=re.S)
    return {m.group(1): [' '.join(d.split()) for d in m.group(2).split(';') if d.strip()] for m in STRUCT.finditer(text)}


def split(declaration):
    """'char a[2], b[3]' -> 'char', [('a', '[2]'), ('b', '[3]')]"""
    m = re.match(r'((?:enum |struct )?\w+) (.*)', declaration)
    return m.group(1), re.findall(r'(\**\w+)((?:\[[^]]*\])*)', re.sub(r'\[[^]]*\]', lambda a: a.group(0).replace(' ', ''), m.group(2)))


def main():
    problems = []
    facts = structs(FACTS)
    used = {}
    members = {}
    for declaration in structs(JOB)['job']:
        kind, parts = split(declaration)
        for part, _ in parts:
            if part in NO_FACTS:
                continue
            name = kind.removeprefix('struct ')
            used[name] = part
            if name not in facts:
                problems.append(f'{JOB}: {part} is neither in {FACTS} nor one of {", ".join(NO_FACTS)}')
            for inner in facts.get(name, []):
                type_, names = split(inner)
                for member, size in names:
                    if type_ == 'struct trouble' and not size:
                        members[f'{part}.{member}.fault'] = 'enum fault'
                        members[f'{part}.{member}.cause'] = 'char'
                        continue
                    if not type_.startswith('enum ') and type_ not in TYPES or '*' in member or (type_ == 'char') != bool(size):
                        problems.append(f'{FACTS}: {name}.{member}: {inner} is no single value that a record can have')
                    members[f'{part}.{member}'] = type_
    rows = ROW.findall(re.sub(r'#define.*?[^\\]\n', '', read(FIELDS), flags=re.S))
    for macro, member in rows:
        if member not in members:
            problems.append(f'{FIELDS}: {member} is no member of a part in {FACTS}')
        elif (macro == 'WORD') != members[member].startswith('enum '):
            problems.append(f'{FIELDS}: {member} is {members[member]}: {macro} does not fit it')
    for member in sorted(members):
        n = sum(member == m for _, m in rows)
        if n != 1:
            problems.append(f'{FACTS}: {member} is in {n} rows of {FIELDS}')
    problems += [f'{FACTS}: struct {name} is no part of struct job' for name in facts if name not in used]
    finish('record', problems, len(members))


main()
