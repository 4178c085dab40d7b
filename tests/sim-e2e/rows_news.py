# SPDX-License-Identifier: Apache-2.0
"""Waiting for a device that is the account's already and that only the cloud can see come online (an RTL872x ends its
link with listening mode): one event stream instead of a question every two seconds, and what becomes of the setup when
the stream is no good."""
import threading
import time

from world import DEVICE_ID, OWNER, SECRET, expect

P2 = 'P046HAM00000001'


def come_online(w, late_ms, *faults):
    """A setup of it, and how long after it came online usher was done."""
    w.cloud(*faults, devices=[{'id': DEVICE_ID, 'serial': P2, 'mobile_secret': SECRET, 'platform_id': 32,
                               'owner': OWNER, 'late_online_ms': late_ms}])
    w.device('--platform', 'p2', '--os', '5.6.0', serial=P2)
    seen = []

    def watch():
        while not w.cloud_device()['online']:
            time.sleep(0.02)
        seen.append(time.monotonic())

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    result = w.setup(label=w.label(f'{P2} {SECRET}'))
    end = time.monotonic()
    w.expect_done(result)
    watcher.join(10)
    return result, end - seen[0], w.ask_cloud('/sim/requests')


def asked(requests, route):
    return requests['routes'].get(f'GET /v1/devices/{route}', {'n': 0})['n']


def row_news(w):
    """32 seconds of waiting: five questions, and done as soon as the cloud tells. Asking every two seconds took 18
    questions and noticed a second late on average."""
    result, after_s, requests = come_online(w, 32000)
    expect(asked(requests, 'events/*prefix'), 1, 'streams opened')
    assert asked(requests, ':id') <= 6, requests
    assert after_s < 1, (after_s, result.err)
    print(f'{asked(requests, ":id")} questions in {result.last["ms"]} ms, done {after_s * 1000:.0f} ms after the event')


def row_news_of_a_silent_stream(w):
    """The device is asked for all the while."""
    _, after_s, requests = come_online(w, 12000, 'GET /v1/devices/events stall')
    expect(asked(requests, 'events/*prefix'), 1, 'streams opened')
    assert after_s < 18, after_s


def row_news_cut_off(w):
    """The stream ends within the very event: that alone makes usher ask."""
    _, after_s, _ = come_online(w, 12000, 'GET /v1/devices/events cut-event')
    assert after_s < 1, after_s


def refused_stream(w, rule):
    _, after_s, requests = come_online(w, 12000, rule)
    expect(asked(requests, 'events/*prefix'), 1, 'tries to open the stream')
    assert after_s < 3, after_s


def row_news_limited(w):
    refused_stream(w, 'GET /v1/devices/events 529')


def row_news_refused(w):
    refused_stream(w, 'GET /v1/devices/events 401')
