# SPDX-License-Identifier: Apache-2.0
"""Code that nothing calls. A function that other files can see must be named by another file: by one that ships, if it
ships itself; by any other one, if it is of the tests or of usher-sim. One that only its own file names is static. What a
header declares is defined somewhere. Comments and texts do not count as naming it, nor does its own declaration;
`_cleanup_(x_freep)` names x_free(), and a macro that puts names together names what it makes."""
import re
from collections import Counter, defaultdict

from functions import code, functions
from sources import finish, read, tracked

# A seam: only tests call it from outside. function -> what the test needs it for. A seam that no test uses, or that is
# not needed any more, is an error. `*`: any name that begins so.
SEAMS = {
    'reply_*': 'the fuzzer gives every reader of the cloud any JSON',
    'client_outstanding': 'the fuzzer compares it with what it asked and was not answered',
    'airtime_channel': 'a table of what drivers give',
    'cloud_message_read': 'a table of what servers say',
    'cloud_time_read': 'a table of dates',
    'pool_cost': 'the arithmetic of the device',
    'items_parse': 'lists from memory, and the fuzzer',
    'list_parse': 'lists from memory, and the fuzzer',
    'sign_ins_parse': 'the fuzzer',
    'sign_ins_wait_s': 'the fuzzer',
    'sign_ins_file_*': 'to the second, and what cannot be written',
    'link_params_parse': 'kernel answers without a kernel',
    'profile_parse': 'profiles from memory, and the fuzzer',
}

# Functions that only tests call, or that are declared only, until what they are made for is there. An entry that is not
# needed any more is an error. `*`: any name that begins so.
COMING = {
    'told_json': 'the library takes events apart',
    'source_open_file_fd': 'usherd is handed labels as descriptors',
    'record_text': 'the store and the D-Bus service write records',
    'engine_heard': 'usherd shows who is heard',
    'engine_adapter_at': 'usherd shows its adapters',
    'engine_held_at': 'usherd shows which account is not let in',
    'engine_cancel': 'usherd cancels jobs',
    'store_prune': 'usherd keeps house',
    'store_backup': 'usherd is backed up',
    'store_restore': 'usherd is restored',
    'store_get': 'usherd shows jobs',
    'store_events': 'usherd shows what happened',
    'store_number': 'usherd keeps running numbers',
    'store_import_numbers': 'usherd takes the numbers file over',
    'store_retry': 'usherd tries failed jobs again',
    'store_state_read': 'usherd lists jobs by state',
}

# Files whose functions only tests call.
FOR_TESTS = {
    'proto/base/timer-virtual.c': 'the clock that tests link in place of timer-event.c',
}

# called from outside, by a library: libheif calls the last one
ENTRY = {'main', 'LLVMFuzzerTestOneInput', 'de265_start_worker_threads'}
NOISE = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"', re.S)
CLEANUP = re.compile(r'DEFINE_CLEANUP\([^()]*?,\s*(\w+)\)')
DEFINE = re.compile(r'^[ \t]*#[ \t]*define[ \t]+(\w+)(?:\(([^)]*)\))?((?:[^\n\\]|\\.)*)', re.M | re.S)
WORD = re.compile(r'(?<![\w.>])[A-Za-z_]\w*')
PROTOTYPE = re.compile(r'^(?!static\b|typedef\b|extern\b)[A-Za-z_][\w\s*]*?[\s*](\w+)\((?!\*)[^;{}]*\)[^;{}()]*;', re.M)


def pasters(texts):
    """The macros of one parameter that make names of it: macro -> what they put behind the parameter."""
    bodies = {m: (p, body) for t in texts for m, p, body in DEFINE.findall(t) if p and ',' not in p}
    tails = {m: set(re.findall(rf'\b{p}##(\w+)', body)) for m, (p, body) in bodies.items()}
    inner = {m: [n for n in re.findall(rf'(\w+)\({p}\)', body) if n in bodies] for m, (p, body) in bodies.items()}
    for _ in bodies:
        before = sum(map(len, tails.values()))
        for m, others in inner.items():
            tails[m].update(*(tails[n] for n in others))
        if sum(map(len, tails.values())) == before:
            break
    return {m: ts for m, ts in tails.items() if ts}


def names_in(name, text, pastes):
    """How often each word is used in a C file; in a header only by what it does, not by what it declares: inline bodies
    and macros."""
    if name.endswith('.h'):
        lines = code(text).split('\n')
        bodies = [lines[n - 1] for f in functions(text) for n in range(f.head + 1, f.last + 1)]
        one_line = [lines[f.head - 1].partition('{')[2] for f in functions(text)]
        text = '\n'.join(bodies + one_line + [m.group(0) for m in DEFINE.finditer(text)])
    words = WORD.findall(text)
    for macro, argument in re.findall(r'(?<![\w.>])(\w+)\((\w+)\)', text):
        words += [argument + tail for tail in pastes.get(macro, ())]
    return Counter(words)


def entry(name, table):
    return next((s for s in table if name == s or (s[-1] == '*' and name.startswith(s[:-1]))), None)


def verdict(name, own, others):
    """What is wrong with a function that its own file names or not, and so do the others; None: nothing."""
    if any(name.startswith('tests/') or not o.startswith('tests/') for o in others):
        return None
    if own:
        return f'called by its own file only{" and by tests: a seam, or" * bool(others)} make it static'
    return 'called by tests only: take it out, or to them' if others else 'called by nobody'


def main():
    texts = {n: NOISE.sub(lambda m: re.sub(r'[^\n]', ' ', m.group(0)), read(n)) for n in tracked('.c', '.h', '.cpp')}
    public = set(re.findall(r'\b(usher_\w+);', read('setup/lib/libusher.map')))  # called by other people's programs
    cleanups = {f for t in texts.values() for f in CLEANUP.findall(t)}
    texts = {n: CLEANUP.sub('', t) for n, t in texts.items()}
    pastes = pasters(texts.values())
    words = {n: names_in(n, t, pastes) for n, t in texts.items()}
    users = defaultdict(set)
    for n, ws in words.items():
        for w in ws:
            users[w].add(n)

    found = {n: list(functions(t)) for n, t in texts.items()}
    defined = {f.name for fs in found.values() for f in fs}
    problems, excused, looked_at = [], set(), 0
    for name, fs in found.items():
        for f in fs:
            if f.name in ENTRY or f.name in public or name in FOR_TESTS or (f.static and not name.endswith('.h')):
                continue
            looked_at += 1
            cleaned_up = users[f.name + 'p'] if f.name in cleanups else set()
            others = (users[f.name] | cleaned_up) - {name}
            wrong = verdict(name, words[name][f.name] > 1 or name in cleaned_up, others)
            excuse = entry(f.name, SEAMS) or entry(f.name, COMING)
            if wrong and others and excuse:
                excused.add(excuse)
            elif wrong:
                problems.append(f'{name}:{f.head}: {f.name}() is {wrong}')
    problems += [f'{n}: {m.group(1)}() is declared and not defined' for n, t in texts.items() if n.endswith('.h')
                 for m in PROTOTYPE.finditer(code(t)) if m.group(1) not in defined and not entry(m.group(1), COMING)]
    problems += [f'{s}() is in SEAMS or COMING, and is called by shipped code, or gone, or no test uses it'
                 for s in sorted({*SEAMS, *COMING} - excused)]
    problems += [f'{n} is gone: take it out of FOR_TESTS' for n in FOR_TESTS if n not in texts]
    finish('dead', problems, looked_at)


main()
