# SPDX-License-Identifier: Apache-2.0
"""What sizes.py and layers.py rely on: the counter of members, on what is more than a type and a name, and the finder of
include circles."""
from circles import circles
from sources import finish
from structs import structs

SAMPLE = r'''
struct forward;
struct empty {};
struct plain { int a, b[2]; const char *c; /* int d; */ };
struct pointers
{
        int (*call)(int a, int b), (*other)(struct plain *p, char c[3]);
        struct plain *next, **last;
        __typeof__(&call) same;
};
struct nested {
        struct { int a, b; } one;
        struct { int c, d; };   /* two of its own */
        union {
                int e;
                struct { int f, g; };
        };
        enum { X, Y };
        enum { Z } z;
        unsigned bits : 3, more : 4;
        struct named { int h, i; } k, l;
        struct { int m[3]; } n[2];
};
union either { int a; struct plain b; };
static struct plain variable = { .a = 1, .b = { 2, 3 } };
#define LIKE struct macro { int a; }
const char *text = "struct text { int a; }";
'''

WANTED = [('empty', 3, 0), ('plain', 4, 3), ('pointers', 5, 5), ('nested', 11, 12), ('named', 21, 2), ('either', 24, 2)]

INCLUDES = {
    'a/top.c': ['a/top.h', 'a/middle.h'],
    'a/top.h': [],
    'a/top-private.h': ['a/top.h'],
    'a/top-more.c': ['a/top-private.h', 'a/middle.h', 'lib.h'],
    'a/middle.c': ['a/middle.h', 'a/bottom-private.h'],
    'a/middle.h': ['a/bottom.h'],
    'a/bottom.c': ['a/bottom-private.h'],
    'a/bottom.h': [],
    'a/bottom-private.h': ['a/bottom.h'],
}


def main():
    problems = []
    found = [tuple(s) for s in structs(SAMPLE)]
    if found != WANTED:
        problems.append(f'structs: found {found}, wanted {WANTED}')
    if circles(INCLUDES):
        problems.append(f'circles: found {circles(INCLUDES)} where there is none')
    for name, header, circle in (('a/bottom.c', 'a/middle.h', ['a/bottom', 'a/middle', 'a/bottom']),
                                 ('a/bottom.h', 'a/top.h', ['a/bottom', 'a/top', 'a/middle', 'a/bottom'])):
        changed = dict(INCLUDES, **{name: INCLUDES[name] + [header]})
        if circles(changed) != [circle]:
            problems.append(f'circles: {name} includes {header}, found {circles(changed)}')
    finish('test_structs', problems, len(WANTED))


main()
