# SPDX-License-Identifier: Apache-2.0
"""Whose a device becomes: products, customers, codes made elsewhere, transfers, names for many, and SIM cards."""
import json
import urllib.request

from world import DEVICE_ID, OWNER, SECRET, SERIAL, TOKEN, expect

PRODUCT = 4711
SCOPES = ['devices:get', 'devices:list', 'devices:import', 'devices:update', 'products:get', 'sims:get', 'sims:import']
BORON, BORON_ID, ICCID = 'B40HAM000000001', 'e00fce680000000000000013', '8934076500002589175'
FAST_CELL = '[cellular]\nregister-ms = 50\nrssi = -80\n'


def product(**more):
    return {'products': [{'id': PRODUCT, 'platform_id': 12, 'owner': OWNER, 'team': [OWNER], **more}]}


def api_user(scopes=None):
    return {'tokens': [{'token': TOKEN, 'user': 'api-user', 'kind': 'api', 'product_id': PRODUCT,
                        'scopes': SCOPES if scopes is None else scopes}]}


def asked(w, start):
    return [route for route in w.ask_cloud('/sim/requests')['routes'] if route.startswith(start)]


def row_product_api_user(w):
    """Made a member and somebody's by a user of the API, before it comes online."""
    w.cloud(**product(), **api_user())
    w.device()
    result = w.setup('--product', str(PRODUCT), '--claim-user', OWNER, '--name', 'Lamp {code}', '--groups', 'north, spare',
                     '--notes', 'in the cellar', '--development', claim='product')
    w.expect_done(result)
    expect((result.last['device']['owner'], result.last['device']['name']), (OWNER, 'Lamp 000001'), 'device', result)
    device = w.cloud_device()
    expect([device[key] for key in ('product_id', 'owner', 'name', 'groups', 'notes', 'development', 'online')],
           [PRODUCT, OWNER, 'Lamp 000001', ['north', 'spare'], 'in the cellar', True, True], 'in the cloud')
    expect(asked(w, 'POST /v1/device_claims'), [], 'claim codes')
    w.expect_done(w.setup('--product', str(PRODUCT), '--claim-user', OWNER, claim='product'))


def row_product_unclaimed(w):
    w.cloud(**product(), **api_user(['devices:import', 'devices:get']))
    w.device()
    result = w.setup('--product', str(PRODUCT), claim='product')
    w.expect_done(result)
    device = w.cloud_device()
    expect((device['product_id'], device.get('owner'), device['online']), (PRODUCT, None, True), 'in the cloud')


def row_product_quarantine(w):
    """Old firmware that waits to be let in."""
    w.cloud(**product(), **api_user(),
            devices=[{'id': DEVICE_ID, 'serial': SERIAL, 'mobile_secret': SECRET, 'platform_id': 12, 'product_id': PRODUCT,
                      'quarantined': True}])
    w.device('--os', '3.3.0')
    w.expect_done(w.setup('--product', str(PRODUCT), claim='product'))
    expect(w.cloud_device()['quarantined'], False, 'quarantine')


def row_product_refused(w):
    """HTTP 200 with the device in the list of those that belong to others; and a product for other devices."""
    w.cloud(users=[{'username': 'other@example.com', 'password': 'x'}], **product(), **api_user(),
            devices=[{'id': DEVICE_ID, 'serial': SERIAL, 'mobile_secret': SECRET, 'platform_id': 12,
                      'owner': 'other@example.com'}])
    w.device()
    result = w.setup('--product', str(PRODUCT), claim='product')
    w.expect_fault(result, 'claim-foreign', 20)
    assert not any(line.startswith('71 ') for line in w.device_log.read_text().splitlines()), 'it left listening mode'


def row_product_owner_outside_the_team(w):
    """The cloud adds the device and leaves it without owner: that is said, soon."""
    w.cloud(**product(), **api_user())
    w.device()
    result = w.setup('--product', str(PRODUCT), '--claim-user', 'nobody@example.com', claim='product')
    w.expect_fault(result, 'claim-refused', 20)
    assert 'nobody@example.com its owner' in result.err, result.err
    assert result.last['ms'] < 60000, result.last


def row_product_platform(w):
    w.cloud(**product(platform_id=13), **api_user())
    w.device()
    result = w.setup('--product', str(PRODUCT), claim='product')
    w.expect_fault(result, 'claim-refused', 20)
    assert 'argon' in result.err and 'boron' in result.err, result.err


def row_product_unknown(w):
    w.cloud(**product(), **api_user())
    w.device()
    result = w.setup('--product', '5', claim='product')
    w.expect_fault(result, 'config', 2)
    assert 'product 5' in result.err, result.err


def row_api_user_cannot_own(w):
    w.cloud(**product(), **api_user())
    w.device()
    result = w.setup()
    w.expect_fault(result, 'token-scope', 18)
    assert 'claim = product' in result.err, result.err


def row_product_claim_code(w):
    """claim = user with a product: the claim code brings the device into it."""
    w.cloud(**product())
    w.device()
    w.expect_done(w.setup('--product', str(PRODUCT), '--groups', 'north'))
    device = w.cloud_device()
    expect((device['owner'], device['product_id'], device['groups']), (OWNER, PRODUCT, ['north']), 'in the cloud')


def shop(w, **more):
    w.secrets.append('shh-secret')
    w.cloud(clients=[{'id': 'shop-1', 'secret': 'shh-secret', 'product_id': PRODUCT}], **product(), **more)
    w.device()
    return ['--product', str(PRODUCT), '--customer', 'kim@example.com', '--oauth-client', 'shop-1', '--oauth-secret-file',
            w.file('oauth', 'shh-secret')]


def row_customer_new(w):
    """A customer who did not exist yet, signed in with the product's OAuth client: no token of ours at all."""
    words = shop(w)
    result = w.setup(*words, '--name', 'Lamp', claim='customer')
    w.expect_done(result)
    device = w.cloud_device()
    expect((device['owner'], device['product_id'], device['name']), ('kim@example.com', PRODUCT, 'Lamp'), 'in the cloud')
    expect(result.last['device']['owner'], 'kim@example.com', 'owner', result)
    expect(w.ask_cloud('/sim/requests')['routes']['DELETE /v1/access_tokens/current'], {'n': 1, 'status': {'200': 1}},
           'the token given back')


def row_customer_known(w):
    words = shop(w, customers=[{'email': 'kim@example.com', 'password': 'pw', 'product_id': PRODUCT}])
    w.expect_done(w.setup(*words, claim='customer'))
    expect(w.cloud_device()['owner'], 'kim@example.com', 'owner')


def row_customer_refused(w):
    words = shop(w)
    words[-1] = w.file('oauth', 'not-the-secret')
    result = w.setup(*words, claim='customer')
    expect(result.last['outcome'], 'failed', 'outcome')
    assert 'kim@example.com' in result.err and not w.device_log.exists() or not w.device_log.read_text(), result.err
    result = w.run(*w.arguments(*words, '--dry-run', claim='customer'))
    expect(result.code, 0, 'dry run', result)
    assert "customer's" in result.out, result.out


def row_customer_failures_remembered(w):
    """A wrong secret of the OAuth client, device after device, must not make the cloud block this address."""
    words = shop(w)
    words[-1] = w.file('oauth', 'not-the-secret')
    for _ in range(3):
        expect(w.setup(*words, claim='customer').last['outcome'], 'failed', 'outcome')
    def tries():
        routes = w.ask_cloud('/sim/requests')['routes']
        return sum(n['n'] for route, n in routes.items() if 'customers' in route or 'token' in route)

    expect(tries(), 3, 'tries')
    result = w.setup(*words, claim='customer')
    w.expect_fault(result, 'sign-in', 18)
    assert 'minutes' in result.err, result.err
    expect(tries(), 3, 'tries after the third')


def row_plan_of_a_product(w):
    """What may cost money and whose the device becomes stand in a dry run."""
    result = w.run(*w.arguments('--dry-run', '--json', '--product', str(PRODUCT), '--claim-user', OWNER, '--country', 'DE',
                                claim='product'))
    expect(result.code, 0, 'exit code', result)
    expect([result.last[key] for key in ('product', 'claim_user', 'customer', 'country')], [PRODUCT, OWNER, None, 'DE'],
           'plan', result)


def row_customer_token(w):
    """The token is the customer's own."""
    w.cloud(customers=[{'email': 'kim@example.com', 'password': 'pw', 'product_id': PRODUCT}], **product(),
            tokens=[{'token': TOKEN, 'user': 'kim@example.com', 'kind': 'customer', 'product_id': PRODUCT}])
    w.device()
    w.expect_done(w.setup('--product', str(PRODUCT), claim='customer'))
    expect(w.cloud_device()['owner'], 'kim@example.com', 'owner')


def row_claim_code_file(w):
    """A code from somebody's server: no account here, nothing is asked of the cloud."""
    w.cloud()
    w.device()
    request = urllib.request.Request(w.url + '/v1/device_claims', b'{}',
                                     {'Authorization': f'Bearer {TOKEN}', 'Content-Type': 'application/json'})
    with urllib.request.urlopen(request, timeout=10) as answer:
        code = json.load(answer)['claim_code']
    w.secrets.append(code)
    w.ask_cloud('/sim/requests?reset=1')
    words = ['setup', '--json', '--radio', f'sim:{w.air}', '--no-input', '--label', w.label(), '--wifi-ssid', 'usher-lab',
             '--wifi-password-file', w.file('wifi', 'correct horse'), '--claim-code-file', w.file('code', code + '\n')]
    result = w.run(*words)
    w.expect_done(result, verified=False)
    assert 'whose claim code it was' in result.err, result.err
    expect(w.cloud_device()['owner'], OWNER, 'owner')
    w.check_cloud_unasked()
    result = w.run('setup', '--label', w.label(), '--claim-code', code)
    expect(result.code, 2, 'a code on the command line', result)


def row_transfer(w):
    """A device of somebody else: the owner is asked, says yes, and the same command finishes."""
    w.cloud(users=[{'username': 'other@example.com', 'password': 'x'}],
            devices=[{'id': DEVICE_ID, 'serial': SERIAL, 'mobile_secret': SECRET, 'platform_id': 12,
                      'owner': 'other@example.com'}])
    w.device()
    result = w.setup('--request-transfer', '--name', 'Mine')
    w.expect_fault(result, 'pending', 21, 'pending')
    assert 'e-mail' in result.err, result.err
    transfer, = w.ask_cloud('/sim/state')['transfers']  # one e-mail
    w.ask_cloud(f'/sim/transfers/{transfer["id"]}', {'accept': True})
    result = w.setup('--request-transfer', '--name', 'Mine')
    w.expect_done(result)
    expect((w.cloud_device()['owner'], w.cloud_device()['name']), (OWNER, 'Mine'), 'in the cloud')


def row_full_sandbox(w):
    """More devices than the account may have: told before the device is touched."""
    w.cloud(users=[], options=('--fault', 'GET /v1/nothing 500'))
    w.ask_cloud('/sim/faults', {'clear': True, 'faults': []})
    seed = w.seed()
    seed['users'][0]['max_devices'] = 0
    w.url = w.start('full-cloud', w.sim, 'cloud', '--listen', '127.0.0.1:0', '--seed', w.file('full.json', json.dumps(seed)))
    w.device()
    result = w.setup()
    w.expect_fault(result, 'claim-limit', 20)
    assert not any(line.split()[0] in ('200', '500', '71') for line in w.device_log.read_text().splitlines())


def row_names(w):
    """A running number for each device, the same again for the same device."""
    w.cloud()
    w.device()
    w.expect_done(w.setup('--name', '{platform} {n}'))
    expect(w.cloud_device()['name'], 'argon 1', 'name')
    second = 'ARNHAM000000002'
    w.device(serial=second, device_id='e00fce68c0ffee0123450002')
    w.expect_done(w.setup('--name', '{platform} {n}', label=w.label(f'{second} {SECRET}')))
    expect(w.cloud_device('e00fce68c0ffee0123450002')['name'], 'argon 2', 'name')
    result = w.run(*w.arguments('--name', 'Lamp {nr}'))
    expect(result.code, 2, 'exit code', result)
    assert '{serial}' in result.err, result.err


# SIM cards

def boron(w, **sim):
    w.cloud(devices=[{'id': BORON_ID, 'serial': BORON, 'mobile_secret': SECRET, 'platform_id': 13, 'iccid': ICCID}],
            sims=[{'iccid': ICCID, **sim}] if sim else [])
    w.device('--platform', 'boron', '--world', w.file('world.ini', FAST_CELL), serial=BORON, device_id=BORON_ID)
    return w.label(f'{BORON} {SECRET}')


def card(w):
    return next((s for s in w.ask_cloud('/sim/state')['sims'] if s['iccid'] == ICCID), None)


def row_sim_activated(w):
    """A card that was never active is activated for the country that the profile names, while the device is set up."""
    label = boron(w, status='never_before_activated', polls=1)
    result = w.setup('--country', 'DE', label=label, wifi=False)
    w.expect_done(result)
    states = {e['step']: e['state'] for e in result.events if e['event'] == 'step'}
    expect(states['sim-activate'], 'done', 'the step', result)
    expect((card(w)['status'], card(w)['country'], card(w)['owner']), ('active', 'DE', OWNER), 'card')


def row_sim_still_working(w):
    """504 to the asking means that the cloud is at it."""
    label = boron(w, status='never_before_activated', put_answer=504, polls=1)
    w.expect_done(w.setup('--country', 'DE', label=label, wifi=False))
    expect(card(w)['status'], 'active', 'card')


def row_sim_no_country(w):
    """Nothing that may cost money without being told to: the device is set up, the card is not touched."""
    label = boron(w, status='never_before_activated')
    result = w.setup(label=label, wifi=False)
    if result.code != 0:
        w.expect_fault(result, 'sim', 16)
        assert ICCID in result.err and '--country' in result.err, result.err
    expect(card(w)['status'], 'never_before_activated', 'card')
    assert '71 0' in w.device_log.read_text(), w.device_log.read_text()


def row_sim_third_party(w):
    """The card of another operator: the cloud does not know it, and it is left alone."""
    label = boron(w)
    w.expect_done(w.setup('--country', 'DE', label=label, wifi=False))
    expect(card(w), None, 'card')


def product_boron(w, **device):
    w.cloud(products=[{'id': PRODUCT, 'platform_id': 13, 'owner': OWNER, 'team': [OWNER]}],
            devices=[{'id': BORON_ID, 'serial': BORON, 'mobile_secret': SECRET, 'platform_id': 13, 'iccid': ICCID, **device}],
            sims=[{'iccid': ICCID, 'status': 'never_before_activated', 'polls': 1}], **api_user())
    w.device('--platform', 'boron', '--world', w.file('world.ini', FAST_CELL), serial=BORON, device_id=BORON_ID)
    w.expect_done(w.setup('--product', str(PRODUCT), '--country', 'DE', claim='product', label=w.label(f'{BORON} {SECRET}'),
                          wifi=False))
    expect((card(w)['status'], card(w)['product_id']), ('active', PRODUCT), 'card')


def row_sim_of_product(w):
    product_boron(w)


def row_sim_of_a_member(w):
    """A member already, whose card never came into the product; an API user may not ask for cards elsewhere."""
    product_boron(w, product_id=PRODUCT)


def row_sim_active_elsewhere(w):
    """Not the account's card, but active: the device shows whether it works, and nothing is asked for."""
    for country in ([], ['--country', 'DE']):
        label = boron(w, status='active', owner='other@example.com', head_answer=205)
        result = w.setup(*country, label=label, wifi=False)
        w.expect_done(result)
        states = {e['step']: e['state'] for e in result.events if e['event'] == 'step'}
        expect((states['sim-activate'], states['sim-verdict']), ('skipped', 'skipped'), 'steps', result)
        w.device_process.terminate()
        w.device_process.wait()


def row_no_claim_codes(w):
    """The endpoint is gone: claimed by its id."""
    w.cloud('POST /v1/device_claims 404')
    w.device()
    w.expect_done(w.setup())
    expect(w.cloud_device()['owner'], OWNER, 'owner')


def row_claim_codes_refused(w):
    """Like an endpoint that is gone; and the claim goes out as soon as the device is online: no owner comes by himself."""
    for status in (400, 403):
        w.cloud(f'POST /v1/device_claims {status}')
        w.device()
        result = w.setup()
        w.expect_done(result)
        expect(w.cloud_device()['owner'], OWNER, 'owner')
        assert result.last['ms'] < 9000, result.last
        w.device_process.terminate()
        w.device_process.wait()


def row_serial_lookups_used_up(w):
    """The device tells its id itself: the lookup is asked for once, and not waited for."""
    w.cloud('GET /v1/serial_numbers 429')
    w.device()
    result = w.setup()
    w.expect_done(result)
    assert result.last['ms'] < 9000, result.last
    expect([n['n'] for route, n in w.ask_cloud('/sim/requests')['routes'].items() if 'serial' in route], [1], 'lookups')


def row_import_without_words(w):
    """An answer that does not say what has become of the device: it is looked at."""
    for body in ('', '{"updated":1,"nonmemberDeviceIds":[]}'):
        w.cloud(f'POST /v1/products/{PRODUCT}/devices answered,body={body}', **product(), **api_user())
        added = w.run('cloud', 'add-to-product', '--product', str(PRODUCT), DEVICE_ID, '--claim-user', OWNER, '--cloud', w.url,
                      '--token-file', w.file('token', TOKEN))
        expect(added.code, 0, 'exit code', added)
        assert 'in the product' in added.out, added.out
        w.device()
        w.expect_done(w.setup('--product', str(PRODUCT), claim='product'))
        w.device_process.terminate()
        w.device_process.wait()
    w.cloud(f'POST /v1/products/{PRODUCT}/devices empty', **product(), **api_user())
    missing = w.run('cloud', 'add-to-product', '--product', str(PRODUCT), DEVICE_ID, '--cloud', w.url, '--token-file',
                    w.file('token', TOKEN))
    expect(missing.code, 20, 'exit code', missing)


def row_customer_wrong_client(w):
    """A wrong OAuth secret costs one of the ten tries that the cloud gives, and says what is wrong."""
    words = shop(w)
    w.file('oauth', 'another-secret')
    result = w.setup(*words, claim='customer')
    w.expect_fault(result, 'config', 2)
    assert 'OAuth client' in result.err, result.err
    expect([route for route in asked(w, 'POST ') if 'token' in route or 'customers' in route],
           ['POST /v1/products/:product/customers'], 'tries')


def row_customer_of_no_product(w):
    words = shop(w)
    words[1] = '5'
    result = w.setup(*words, claim='customer')
    w.expect_fault(result, 'config', 2)
    assert 'product 5' in result.err, result.err


def row_update_with_any_profile(w):
    """A profile that says whose devices become is good for an update, too: its files are the account's."""
    w.cloud()
    w.device()
    w.secrets.append('shh-secret')
    w.file('oauth', 'shh-secret')
    profile = w.file('site.ini', f'[setup]\nclaim = customer\nproduct = {PRODUCT}\ncustomer = kim@example.com\n'
                     'oauth-client = shop-1\noauth-secret-file = oauth\n')
    result = w.run('update', '--radio', f'sim:{w.air}', '--label', w.label(), '--cloud', w.url, '--token-file',
                   w.file('token', TOKEN), '--profile', profile)
    expect(result.code, 0, 'exit code', result)


def row_claim_code_refused(w):
    """Nobody would claim the device by its id: without its code nothing is done."""
    w.device('--fault', 'result=200:-130')
    result = w.run('setup', '--json', '--radio', f'sim:{w.air}', '--no-input', '--label', w.label(), '--wifi-ssid',
                   'usher-lab', '--wifi-password-file', w.file('wifi', 'correct horse'), '--claim-code-file',
                   w.file('code', 'made-elsewhere\n'))
    w.expect_fault(result, 'device-refused', 14)
    assert '500' not in w.requests(), 'it was given its network'


def row_claim_none_unseen(w):
    """Its link ends with setup mode: done, and that nobody has seen it online is said."""
    serial = 'P046AM000000001'
    w.device('--platform', 'p2', '--os', '6.1.0', serial=serial)
    result = w.setup(claim='none', label=w.label(f'{serial} {SECRET}'))
    w.expect_done(result, verified=False)
    assert 'breathes cyan' in result.err, result.err
    assert result.last['ms'] < 20000, result.last


def row_quarantined(w):
    """The cloud takes each claim of it with a 200, and never makes it anybody's: the mark is told, not waited at."""
    w.cloud(users=[{'username': 'seller@example.com', 'password': 'x'}],
            products=[{'id': PRODUCT, 'name': 'P', 'slug': 'p', 'platform_id': 12, 'owner': 'seller@example.com'}],
            devices=[{'id': DEVICE_ID, 'serial': SERIAL, 'mobile_secret': SECRET, 'platform_id': 12, 'product_id': PRODUCT,
                      'quarantined': True}])
    w.device()
    result = w.setup()
    w.expect_fault(result, 'claim-refused', 20)
    assert f'in quarantine of product {PRODUCT}' in result.err and 'claim = product' in result.err, result.err
    assert len([r for r in asked(w, 'POST /v1/devices') if r.split()[1] == '/v1/devices']) <= 1, asked(w, 'POST /v1/devices')
    assert result.last['ms'] < 30000, result.last
