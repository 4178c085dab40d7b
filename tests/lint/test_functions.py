# SPDX-License-Identifier: Apache-2.0
"""The finder that sizes.py and dead.py rely on, on the layouts that the formatter would not leave, and on what only looks
like a function."""
from functions import functions

SAMPLE = r'''
#define MACRO(x) do { f(x); } while (0)
int declared(int a, struct s { int x; } *b);
int on_its_own_line(void)
{
        const char *text = "int in_a_text(void) {";
        return '{' + text[0]; /* int in_a_comment(void) { */
}
int on_the_same_line(int a) { return a; }
static inline bool in_header(struct x *x) { return x->y; }
__attribute__((noinline)) static int attribute_before(void)
{
        struct { int a; } local = { .a = 1 };
        if (local.a) {
        }
        return 0;
}
static void attribute_behind(void) __attribute__((cold));
static void attribute_behind2(void)
        __attribute__((cold))
{
}
DEFINE_CLEANUP(struct thing, thing_free)

static const struct thing *
broken_line(int a,
            int (*callback)(int, int))
{
        return callback(a, a) ? MACRO(a) : NULL;
}
_Noreturn static void never(void)
{
        for (;;) {
        }
}
const struct row rows[] = {
        { "a", on_the_same_line },
        ROW(b, { 1 }),
};
enum { ONE, TWO };
struct type {
        int (*member)(int);
};
static int x = (int){ 3 };
int array_parameter(const char a[static 4])
{
        return 0;
}
#if 1
#define TWO_LINES(a) \
        int f_##a(void) {
#endif
int last(void) {
        return sizeof(struct type) + x; }
extern "C" {
int in_extern(void)
{
        auto lambda = [](int a) { return a; };
        return lambda(1);
}
}
namespace {
DEFINE_CLEANUP(DIR *, closedir)

const char *behind_a_macro(void) __attribute__((cold)) {}
class Thing : public Other {
        int method() const { return 1; }
        Thing(int a) : a_(a) {}
};
}
'''

EXPECTED = [
    ('on_its_own_line', False, 4, 8), ('on_the_same_line', False, 9, 9), ('in_header', True, 10, 10),
    ('attribute_before', True, 11, 17), ('attribute_behind2', True, 19, 22), ('broken_line', True, 25, 30),
    ('never', True, 31, 35), ('array_parameter', False, 45, 48), ('last', False, 53, 54), ('in_extern', False, 56, 60),
    ('behind_a_macro', False, 65, 65), ('method', False, 67, 67), ('Thing', False, 68, 68),
]

found = [tuple(f) for f in functions(SAMPLE)]
for f in found + EXPECTED:
    if (f in found) != (f in EXPECTED):
        print('found, not expected:' if f in found else 'expected, not found:', f)
assert found == EXPECTED
print(f'{len(found)} functions found')
