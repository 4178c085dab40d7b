# SPDX-License-Identifier: Apache-2.0
"""Networks as they are: names that only look right, scans that show nothing, lists that have no room."""
from world import SECRET, expect

P2 = 'P046AB000C0FFEE'
NETWORK = '[network]\nssid = {}\nsecurity = {}\npassword = correct horse\n'


def label_of_p2(w):
    return w.file('label-p2', f'{P2} {SECRET}\n')


def told(w, name, *options, world, fault, code=15, joins=1, p2=False, device=(), says=()):
    if p2:
        w.device('--platform', 'p2', '--world', w.file('world.ini', world), *device, serial=P2)
    else:
        w.device('--world', w.file('world.ini', world), *device)
    result = w.setup('--wifi-ssid', name, *options, claim='none', label=label_of_p2(w) if p2 else None)
    w.expect_fault(result, fault, code)
    for words in says:
        assert words in result.err, f'{words!r} is not in\n{result.err}'
    expect(w.requests().count('500'), joins, 'joins', result)
    return result


def row_wifi_name_alike(w):
    """Apostrophe, case and blank: one join, and the name as the device sees it."""
    world = '[network]\nssid-hex = 416e6e61e28099732069506f6e65\nsecurity = wpa2\npassword = correct horse\n'
    told(w, "Anna's iPone", world=world, fault='wifi-not-seen',
         says=['"Anna\u2019s iPone", which looks like "Anna\'s iPone"', 'ssid-hex = 416e6e61e28099732069506f6e65'])


def row_wifi_name_blank(w):
    told(w, 'home', world='[network]\nssid-hex = 486f6d6520\nsecurity = wpa2\npassword = correct horse\n',
         fault='wifi-not-seen', says=['"Home ", which looks like "home"'])


def row_wifi_nothing_seen(w):
    """A P2 whose scan is empty answers a join with BUSY."""
    result = told(w, 'Home', world='[cellular]\ninternal = ok\n', p2=True, fault='wifi-not-seen',
                  says=['sees no network at all: is its antenna on?', 'security = wpa3'])
    assert 'busy' not in result.err.lower(), result.err


def row_wifi_wpa3_alone(w):
    """A P2 cannot see it, and joins it when it is told."""
    world = NETWORK.format('Home', 'wpa3') + NETWORK.format('Neighbour', 'wpa2')
    told(w, 'Home', world=world, p2=True, fault='wifi-not-seen',
         says=['security = wpa3', 'it sees "Neighbour"'])
    w.expect_done(w.setup('--wifi-ssid', 'Home', '--wifi-security', 'wpa3', claim='none', label=label_of_p2(w)))


def row_wifi_wpa3_old_os(w):
    told(w, 'Home', '--wifi-security', 'wpa3', world=NETWORK.format('Home', 'wpa3'), fault='wifi-settings', joins=0,
         p2=True, device=('--os', '5.3.1'), says=['needs Device OS 5.7', 'runs 5.3.1', 'min-os'])


def row_wifi_other_error(w):
    """A code that no wrong password has is told as what it is."""
    result = told(w, 'Home', world=NETWORK.format('Home', 'wpa2'), device=('--fault', 'result=500:-260'),
                  fault='wifi-join', joins=4, says=['NO_MEMORY (-260)', '"Home" well'])
    assert 'most likely the password' not in result.err, result.err


def row_wifi_hidden_not_said(w):
    """An Argon joins it, does not find it again, and is told once more."""
    w.device('--world', w.file('world.ini', NETWORK.format('Home', 'wpa2') + 'hidden = yes\n'))
    w.expect_done(w.setup('--wifi-ssid', 'Home', claim='none'))
    expect(w.requests().count('500'), 2, 'joins')


def two_networks(w):
    return w.file('two.ini', '[wifi]\nssid = usher-lab\npassword-file = wifi-1\n'
                             '[wifi 2]\nssid = second\npassword-file = wifi-1\n')


def row_wifi_second_network(w):
    """What a P2 was only given is what it connects to when the first one is gone."""
    w.cloud()
    w.file('wifi-1', 'correct horse')
    first, second = NETWORK.format('usher-lab', 'wpa2'), NETWORK.format('second', 'wpa2') + 'rssi = -70\n'
    w.device('--platform', 'p2', '--world', w.file('world.ini', first + second))
    result = w.setup('--profile', two_networks(w), wifi=False)
    w.expect_done(result)
    assert 'not saved' not in result.err, result.err
    assert {'506', '502', '500', '507'} <= set(w.requests()), w.requests()


def row_wifi_second_network_refused(w):
    """6.1 has no request for it: the setup is done, and says what is not."""
    w.file('wifi-1', 'correct horse')
    w.device('--os', '6.1.1')
    result = w.setup('--profile', two_networks(w), claim='none', wifi=False)
    w.expect_done(result, verified=False)
    assert 'not saved on the device: "second" (its Device OS keeps only networks that it has joined)' in result.err, result.err


def row_wifi_zero_byte(w):
    result = w.setup('--profile', w.file('zero.ini', '[wifi]\nssid-hex = 610062\nsecurity = open\n'), claim='none',
                     wifi=False)
    w.expect_fault(result, 'config', 2)
    assert 'byte of value zero' in result.err, result.err
