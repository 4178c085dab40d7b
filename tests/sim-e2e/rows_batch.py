# SPDX-License-Identifier: Apache-2.0
"""`usher cloud` with lists of devices: what it costs, what the cloud's limits do to it, and what becomes of each item."""
from collections import Counter

from world import OWNER, TOKEN, expect

MANY = 200
PRODUCT = 4711


def device(n, **more):
    return {'id': f'e00fce68{n:016x}', 'serial': f'ARNHAM0000{n:05}', 'mobile_secret': 'ABCDEFGHJKLMNPQ',
            'platform_id': 12, 'online': True, **more}


def account(w, *words):
    return w.run('cloud', *words, '--json', '--cloud', w.url, '--token-file', w.file('token', TOKEN))


def listed(w, rows, key):
    return w.file('list.csv', f'{key}\n' + ''.join(f'{row[key]}\n' for row in rows))


def cloud_with(w, rows, *faults, **more):
    w.cloud(*faults, users=[{'username': 'team@example.com', 'password': 'x', 'max_devices': 1000}],
            tokens=[{'token': TOKEN, 'user': 'team@example.com'}], devices=rows,
            products=[{'id': PRODUCT, 'name': 'Lamp', 'slug': 'lamp', 'platform_id': 12, 'owner': 'team@example.com'}], **more)


def owned(w):
    return sum(d['owner'] == 'team@example.com' for d in w.ask_cloud('/sim/state')['devices'])


def requests(w):
    """What the cloud counted since the last time; no class of requests ever was beyond its limit."""
    counted = w.ask_cloud('/sim/requests?reset=1')
    for name, c in counted['classes'].items():
        assert c['peak'] <= c['limit'] and (c['refused'] == 0 or name == 'serial_numbers'), (name, c)
    return counted


def outcomes(result):
    """Every item has one line, and the summary counts them."""
    items = [e for e in result.events if e['event'] == 'item']
    expect(len({e['item'] for e in items}), len(items), 'items that were told twice')
    expect(sum(result.last[k] for k in ('done', 'failed', 'pending', 'cancelled')), len(items), 'items of the summary', result)
    expect((result.last['done'], result.last['failed']),
           (sum(e['outcome'] == 'done' for e in items), sum(e['outcome'] == 'failed' for e in items)), 'summary', result)
    return Counter(e['fault'] for e in items)


def row_batch_claim_ids(w):
    rows = [device(n) for n in range(MANY)]
    cloud_with(w, rows)
    result = account(w, 'claim', '--from', listed(w, rows, 'id'))
    expect((result.code, outcomes(result)), (0, {None: MANY}), 'a claim of all', result)
    expect(owned(w), MANY, 'devices owned')
    counted = requests(w)
    expect(set(counted['devices'].values()) if 'devices' in counted else None, {2}, 'requests of each device: a look and a claim')
    assert counted['total'] <= 2 * MANY + 5, counted['total']
    again = account(w, 'claim', '--from', listed(w, rows, 'id'))
    expect((again.code, outcomes(again)), (0, {None: MANY}), 'again', again)
    assert requests(w)['total'] <= MANY + 5, 'a device of ours is looked at only'


def row_batch_claim_serials(w):
    """The cloud looks up 50 an hour: what is not looked up is said item by item, and an hour later it goes on."""
    rows = [device(n) for n in range(MANY)]
    cloud_with(w, rows)
    words = ('claim', '--from', listed(w, rows, 'serial'))
    first = account(w, *words)
    expect((first.code, outcomes(first)), (24, {None: 45, 'cloud-busy': MANY - 45}), 'the first hour', first)
    waiting = [e for e in first.events if e.get('fault') == 'cloud-busy']
    assert all('Nothing is done' in e['cause'] and 'minutes' in e['cause'] for e in waiting), waiting[0]
    expect(owned(w), 45, 'devices owned')
    expect(requests(w)['classes']['serial_numbers']['refused'], 0, 'lookups refused')
    w.ask_cloud('/sim/clock', {'advance_ms': 3600 * 1000})
    second = account(w, *words)
    expect((second.code, outcomes(second)), (24, {None: 90, 'cloud-busy': MANY - 90}), 'the second hour', second)
    expect(owned(w), 90, 'devices owned')
    expect(requests(w)['classes']['serial_numbers']['taken'], 45, 'lookups: what is known is not asked again')


def row_batch_limit_used_by_others(w):
    """The hour is used up before us: one refusal speaks for all that follow."""
    rows = [device(n) for n in range(60)]
    cloud_with(w, rows, 'GET /v1/serial_numbers 429,retry-after=600')
    result = account(w, 'claim', '--from', listed(w, rows, 'serial'))
    expect((result.code, outcomes(result)), (24, {'cloud-busy': 60}), 'outcome', result)
    asked = requests(w)['total']
    assert asked <= 3 + 8, f'{asked} requests: whose account it is, and what was under way together'
    assert all('10 minutes' in e['cause'] for e in result.events if e['event'] == 'item'), result.out
    words = w.run('cloud', 'claim', '--from', listed(w, rows, 'serial'), '--cloud', w.url, '--token-file', w.file('token', TOKEN))
    assert '60 of them wait' in words.err and 'same command again' in words.err, words.err


def row_batch_claim_serials_of_product(w):
    """A product's list knows them without a limit, and its members are claimed while they are offline."""
    rows = [device(n, product_id=PRODUCT, online=False) for n in range(MANY)]
    cloud_with(w, rows)
    result = account(w, 'claim', '--product', str(PRODUCT), '--from', listed(w, rows, 'serial'))
    expect((result.code, outcomes(result)), (0, {None: MANY}), 'outcome', result)
    expect(owned(w), MANY, 'devices owned')
    expect(requests(w)['classes']['serial_numbers']['taken'], 0, 'lookups')
    stranger = account(w, 'check', '--product', str(PRODUCT), 'ARNHAM999999999')
    expect((stranger.code, outcomes(stranger)), (19, {'cloud-not-found': 1}), 'one that is not in it', stranger)


def row_batch_add_to_product(w):
    """A hundred devices a request, a result for each of them."""
    rows = [device(n) for n in range(MANY)]
    rows[7]['owner'], rows[150]['protected'], rows[199]['platform_id'] = OWNER, True, 13
    cloud_with(w, rows)
    unknown = 'e00fce6800000000000000ffff'[:24]
    result = account(w, 'add-to-product', '--product', str(PRODUCT), '--claim-user', 'team@example.com', '--from',
                     listed(w, rows, 'id'), unknown)
    expect((result.code, outcomes(result)), (24, {None: MANY - 3, 'claim-refused': 4}), 'outcome', result)
    texts = {e['item']: e['cause'] for e in result.events if e['event'] == 'item'}
    assert 'team' in texts[rows[7]['id']] and 'protected' in texts[rows[150]['id']], texts
    assert 'unknown' in texts[unknown] and 'platform' in texts[rows[199]['id']], texts
    expect(requests(w)['total'], 3, 'requests for 201 devices')
    expect(owned(w), MANY - 3, 'devices claimed on the way')


def row_batch_add_serials_to_product(w):
    rows = [device(n) for n in range(30)]
    cloud_with(w, rows)
    mixed = [row['serial'] if n % 3 else row['id'] for n, row in enumerate(rows)]
    result = account(w, 'add-to-product', '--product', str(PRODUCT), *mixed, 'ARNHAM999999999')
    expect((result.code, outcomes(result)), (24, {None: 30, 'cloud-not-found': 1}), 'outcome', result)
    expect(requests(w)['total'], 21 + 1, 'lookups and one request')


def row_batch_add_to_product_half_fails(w):
    """Of two requests one is refused: its devices fail, the others are in."""
    rows = [device(n) for n in range(150)]
    cloud_with(w, rows, 'POST /v1/products 403,times=1')
    result = account(w, 'add-to-product', '--product', str(PRODUCT), '--from', listed(w, rows, 'id'))
    found = outcomes(result)
    expect((result.code, found[None] + found['cloud-refused']), (24, 150), 'outcome', result)
    assert found[None] in (50, 100), found
    members = sum(d['product_id'] == PRODUCT for d in w.ask_cloud('/sim/state')['devices'])
    expect(members, found[None], 'members')


def row_batch_lost_answer(w):
    """A claim whose answer is lost is looked at, not repeated."""
    rows = [device(0), device(1)]
    cloud_with(w, rows, 'POST /v1/devices lost,times=1')
    result = account(w, 'claim', rows[0]['id'], rows[1]['id'])
    expect((result.code, outcomes(result)), (0, {None: 2}), 'outcome', result)
    expect(owned(w), 2, 'devices owned')
