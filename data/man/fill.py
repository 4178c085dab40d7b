# SPDX-License-Identifier: Apache-2.0
"""fill.py USHER PAGE.in PAGE - fills the tables of a manual page in from the program's own: steps, faults, exit status,
the options that are keys of a profile, the examples of each verb's help, and the keys of which the page itself says nothing. Everything else is written by
hand; tests/lint/man.py checks it."""
import re
import subprocess
import sys


def table(usher, what):
    out = subprocess.run([usher, 'help', what], capture_output=True, text=True, check=True).stdout
    return [line.split('\t') for line in out.splitlines()]


def plain(text):
    text = text.replace('\\', '\\e')
    return '\\&' + text if text[0] in ".'" else text


def listed(width, rows):
    return '\n'.join([f'.Bl -tag -width {width}', *rows, '.El'])


def option(value):
    """The value of an option, as the page's other items write it."""
    if value == 'yes|no':  # may be left out
        return ' Ns Op = Ns Cm yes | no'
    return ' ' + words(value)


def events(rows):
    """A subsection for each event; its row without a key says who writes it and what it is."""
    titles = {'*': 'All events', '+': 'Events of a setup'}
    lines = []
    for event, key, kind, meaning in rows:
        if key:
            lines.append(f'.It Va {key} Pq {kind.replace("|", " | ")}\n{plain(meaning)}')
            continue
        lines += ['.El'] if lines else []
        lines += [f'.Ss {titles.get(event, event)}', f'{plain(meaning)}\nWritten by: {kind}.', '.Bl -tag -width Ds']
    return '\n'.join([*lines, '.El'])


def step(text, limit_s, hint):
    """Steps that never wait have no limit."""
    limit = f', at most {limit_s} s' if limit_s != '0' else ''
    return plain(f'{text}{limit}{": " if hint else ""}{hint}')


def literal(text):
    """A line that mdoc shows as it is."""
    return plain(text).replace('"', '\\(dq')


def examples(rows):
    """Each as a sentence and a line to type."""
    return '\n'.join(f'{plain(what)}:\n.Pp\n.Dl {literal(command)}\n.Pp' for _, what, command in rows)


def words(value):
    return 'Cm ' + value.replace('|', ' | ') if '|' in value else f'Ar {value}'


def main():
    usher, source, target = sys.argv[1:4]
    faults, steps, codes, keys, rows, shown = (
        table(usher, what) for what in ('--faults', '--steps', '--codes', '--keys', '--events', '--examples'))
    page = open(source, encoding='utf-8').read()

    def more_keys(m):
        return ''.join(f'.It Cm {key} No = {words(value)}\n{plain(what)}\n' for section, key, value, _, what in keys
                         if section == m.group(1) and f'.It Cm {key} No =' not in page)

    filled = re.sub('@KEYS ([a-z]+)@\n', more_keys, page)
    for mark, text in {
            '@EVENTS@': events(rows),
            '@EXAMPLES@': examples(shown),
            '@STEPS@': listed('set-claim-code -compact', [f'.It Cm {key}\n{step(*row)}' for key, *row in steps]),
            '@KEYS@': listed('Ds', [f'.It Fl -{name}{option(value)}\n{plain(what)}' for _, _, value, name, what in keys]),
            '@CODES@': listed('4n -compact', [f'.It {code}\n{plain(meaning)}' for code, meaning in codes]),
            '@FAULTS@': listed('Ds', [f'.It Cm {key} Pq {code}\n{plain(what)}\n{plain(advice)}'
                                      for key, code, what, advice in faults]),
    }.items():
        filled = filled.replace(mark, text)
    if re.search('@[A-Z]+', filled):
        sys.exit(f'{source}: ' + re.search('@[A-Z]+[^@]*@?', filled).group() + ' is not filled in')
    with open(target, 'w', encoding='utf-8') as f:
        f.write(filled)


if __name__ == '__main__':
    main()
