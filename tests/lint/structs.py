# SPDX-License-Identifier: Apache-2.0
"""Finds the structs and unions of a C file and counts their own members: those of a nameless inner struct or union are
their own, too, one with a name is one member."""
import bisect
import re
from collections import namedtuple

from functions import TOKEN, close, code

# `line`: where it begins, counted from 1; `members`: how many of its own
Struct = namedtuple('Struct', 'name line members')

OPENING = {'(': ')', '[': ']', '{': '}'}


def own(tokens):
    """The members that stand between a struct's braces."""
    n = 0
    inner = None  # what a body in the declaration that is looked at has
    named = empty = True
    i = first = 0
    while i < len(tokens):
        t = tokens[i].group(0)
        if t == ';':
            n += 0 if empty else 1 if named or inner is None else inner
            inner, named, empty, first = None, False, True, i + 1
        elif t in OPENING:
            end = close(tokens, i, t, OPENING[t])
            if t == '{':
                kind = {x.group(0) for x in tokens[first:i]}
                inner = own(tokens[i + 1:end]) if kind & {'struct', 'union'} else 0
                named = False  # unless a name follows
            i = end
        elif t == ',':
            n += 1
        else:
            empty = False
            named = True
        i += 1
    return n


def structs(text):
    text = code(text)
    tokens = list(TOKEN.finditer(text))
    starts = [0] + [m.end() for m in re.finditer('\n', text)]
    for i, token in enumerate(tokens[:-2]):
        if token.group(0) in ('struct', 'union') and tokens[i + 2].group(0) == '{':
            end = close(tokens, i + 2, '{', '}')
            yield Struct(tokens[i + 1].group(0), bisect.bisect_right(starts, token.start()), own(tokens[i + 3:end]))
