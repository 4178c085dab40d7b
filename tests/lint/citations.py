# SPDX-License-Identifier: Apache-2.0
"""What a comment cites can be opened. A fact of the device, the cloud, BlueZ, the decoders or the design is cited as
"device.md 3.4" or "bluez.md 2-9, 12": a document of data/doc and its sections, which are numbered headings, or rows of a
table that begin with the number. Fails on a document or section that does not exist, on other ways to cite, and on a
file of this tree that is named and not there."""
import os
import re

from sources import ROOT, finish, read, tracked

NUMBER = r'\d+(?:\.\d+b?)?'
SHORT = r'\d(?:\.\d+b?)?'
LIST = rf'{NUMBER}(?:(?:-|,\s+|\s+and\s+){NUMBER})*'
CITATION = re.compile(rf'(?<![\w/.-])([a-z]+)\.md\b(?:\s+({LIST}))?')
SECTION = re.compile(rf'^(?:#+ ({NUMBER})\.? |\| ({NUMBER}) \|)', re.M)
OWN = re.compile(rf'\bsections?\s+({LIST})|\(({SHORT}(?:(?:,\s+|\s+and\s+){SHORT})*)\)')  # a document's own sections
OTHER = re.compile(r'\b(?:device|cloud|scanning|bluez)\s+reference\b|\bchecklist\s+\d|(?<!RFC \d{4}, )\b[Ss]ections?\s+\d'
                   r"|\(\d\.\d+b?(?=[),;])|\bthe\s+reference(?:'s|\s+(?:says|knows|states))|\bdesign\.md,\s+[A-Z]")
FOLDERS = sorted({n.split('/')[0] for n in tracked('') if '/' in n and n[0] != '.'})
NAMED = re.compile(rf'(?<![\w/.-])((?:{"|".join(FOLDERS)})/[\w./-]+\.(?:c|h|cpp|py|sh|js|md|json|proto|in|build|\d))\b')

C = ('.c', '.h', '.cpp', '.js', '.proto')
SCRIPT = ('.py', '.sh', '.build', '.options')
PROSE = ('.md', '.1', '.5', '.in', '.txt')
COMMENT = {C: re.compile(r'"(?:\\.|[^"\\\n])*"|(/\*.*?\*/|//[^\n]*)', re.S),
           SCRIPT: re.compile(r'(""".*?"""|(?:^|(?<=\s))#[^\n]*)', re.S | re.M)}
LINE_END = re.compile(r'\n[ \t]*(?:\*(?!/)|#|//)?[ \t]*')


def blank(text):
    return ''.join(c if c == '\n' else ' ' for c in text)


def prose_of(name, text):
    """What is written for people, in its place, with blanks for everything else and for line ends."""
    for endings, pattern in COMMENT.items():
        if name.endswith(endings):
            at, out = 0, []
            for m in pattern.finditer(text):
                if m.group(1):
                    out += [blank(text[at:m.start()]), m.group(1)]
                    at = m.end()
            text = ''.join(out)
    return LINE_END.sub(lambda m: ' ' * len(m.group()), text)


def numbers(text):
    """Of "1.2, 3-5": 1.2, 3 and 5."""
    return re.findall(NUMBER, text or '')


def check(name, documents, problems):
    text = read(name)
    prose = prose_of(name, text)
    own = documents.get(os.path.basename(name)) if name.startswith('data/doc/') else None
    n = 0

    def say(m, what):
        problems.append(f'{name}:{text.count(chr(10), 0, m.start()) + 1}: {what}')

    for m in CITATION.finditer(prose):
        n += 1
        document = m.group(1) + '.md'
        if document not in documents:
            say(m, f'there is no data/doc/{document}')
            continue
        for number in numbers(m.group(2)):
            if number not in documents[document]:
                say(m, f'{document} has no section {number}; its sections are {", ".join(documents[document])}')
    for m in (OWN if own else OTHER).finditer(prose):
        if not own:
            say(m, f'"{" ".join(m.group().split())}": cite as "device.md 3.4"; the documents are {", ".join(documents)}')
            continue
        for number in numbers(m.group(1) or m.group(2)):
            if number not in own:
                say(m, f'it has no section {number}')
    for m in NAMED.finditer(prose):
        if not os.path.exists(os.path.join(ROOT, m.group(1))):
            say(m, f'there is no {m.group(1)}')
    return n


def main():
    documents, problems, n = {}, [], 0
    for name in tracked('.md'):
        if name.startswith('data/doc/'):
            documents[os.path.basename(name)] = [a or b for a, b in SECTION.findall(read(name))]
    for name in tracked(*C, *SCRIPT, *PROSE):
        if name != 'tests/lint/citations.py':
            n += check(name, documents, problems)
    finish('citations', problems, n)


main()
