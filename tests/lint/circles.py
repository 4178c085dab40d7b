# SPDX-License-Identifier: Apache-2.0
"""Include circles. A noun is NAME.h, NAME-private.h and NAME.c together: whoever reads one of them needs the others. A noun
that includes another one, which in the end includes the first, cannot be read, tested or moved without it."""
import re

ENDING = re.compile(r'(-private)?\.(c|h|cpp)$')


def noun(name):
    return ENDING.sub('', name)


def way(graph, start, goal):
    """The shortest way from one noun to another one, both included; None: there is none."""
    ways = [[start]]
    seen = {start}
    while ways:
        path = ways.pop(0)
        for step in sorted(graph.get(path[-1], ())):
            if step == goal:
                return path + [step]
            if step not in seen:
                seen.add(step)
                ways.append(path + [step])
    return None


def circles(includes):
    """File -> what it includes of ours. Every noun of a circle is in one of the lists, each a whole round."""
    graph = {}
    nouns = {noun(name) for name in includes}
    for name, headers in includes.items():
        graph.setdefault(noun(name), set()).update(n for n in map(noun, headers) if n in nouns and n != noun(name))
    found = []
    for start in sorted(graph):
        if not any(start in circle for circle in found):
            circle = way(graph, start, start)
            if circle:
                found.append(circle)
    return found
