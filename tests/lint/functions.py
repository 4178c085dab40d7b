# SPDX-License-Identifier: Apache-2.0
"""Finds the functions of a C or C++ file by its brackets, however it is laid out: a body is what stands between braces
after a parameter list, outside of any other body. Comments, texts and preprocessor lines are blanked first, so that
every offset and line number stays what it is in the file."""
import bisect
import re
from collections import namedtuple

# `head`: the first line of the declaration, counted from 1; `last`: the line of the closing brace
Function = namedtuple('Function', 'name static head last')

NOISE = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'|^[ \t]*#(?:[^\n\\]|\\.)*', re.S | re.M)
TOKEN = re.compile(r'[A-Za-z_]\w*|[^\s\w]')
# may stand between a parameter list and the body
BEHIND = {'const', 'noexcept', 'override', 'final', 'volatile', '__attribute__', '__asm__'}
NOT_NAMES = {'if', 'for', 'while', 'switch', 'return', 'sizeof', '__attribute__', '__declspec', '__typeof__', 'typeof',
             'alignas', '_Alignas', '__asm__', '_Static_assert', 'static_assert'}
OPEN = re.compile(r'(?:^|[^=\w])(?:namespace(?:\s+\w+)?|extern|(?:class|struct|union)\s+\w+[^=()]*)\s*$')


def code(text):
    """The text with all that is not code blanked; as long as before."""
    return NOISE.sub(lambda m: re.sub(r'[^\n]', ' ', m.group(0)), text)


def close(tokens, i, opening, closing):
    """The index of the token that closes the bracket at i, or the end."""
    depth = 0
    for j in range(i, len(tokens)):
        t = tokens[j].group(0)
        depth += (t == opening) - (t == closing)
        if depth == 0:
            return j
    return len(tokens) - 1


def follows(tokens, i, brace):
    """Is what stands between a bracket and the `{` nothing, or what may stand behind a parameter list?"""
    while i < brace and tokens[i].group(0) in BEHIND:
        i += 1
        if i < brace and tokens[i].group(0) == '(':
            i = close(tokens, i, '(', ')') + 1
    return i >= brace or tokens[i].group(0) in (':', '-')


def declared(tokens, first, brace):
    """The name that the tokens before a `{` declare a function by, and where its declaration starts; (None, first) if
    they declare none. The parameter list is the first one that only words like const, an attribute or a constructor's
    initialisers follow; a macro call before it, like DEFINE_CLEANUP(...), is not part of the declaration."""
    i = first
    while i < brace:
        t = tokens[i].group(0)
        if t == '=':
            break
        if t == '(':
            end = close(tokens, i, '(', ')')
            name = tokens[i - 1].group(0) if i > first else ''
            if re.match(r'[A-Za-z_]', name) and name not in NOT_NAMES:
                if follows(tokens, end + 1, brace):
                    return name, first
                first = end + 1
            i = end
        i += 1
    return None, first


def functions(text):
    text = code(text)
    tokens = list(TOKEN.finditer(text))
    starts = [0] + [m.end() for m in re.finditer('\n', text)]

    def line_of(token):
        return bisect.bisect_right(starts, token.start())

    i = first = 0
    while i < len(tokens):
        t = tokens[i].group(0)
        if t in (';', '}'):
            first = i + 1
        elif t == '(':
            i = close(tokens, i, '(', ')')
        elif t == '{':
            name, first = declared(tokens, first, i)
            before = text[tokens[first].start():tokens[i].start()]
            if name:
                end = close(tokens, i, '{', '}')
                yield Function(name, bool(re.match(r'[^(]*\bstatic\b|__attribute__.*\bstatic\b[^(]*\b' + name, before, re.S)), line_of(tokens[first]),
                               line_of(tokens[end]))
                i, first = end, end + 1
            elif OPEN.search(before):
                first = i + 1  # its content is looked at like the file's
            else:
                i = close(tokens, i, '{', '}')  # an initialiser or a type: the declaration goes on
        i += 1
