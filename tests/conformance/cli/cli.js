// SPDX-License-Identifier: Apache-2.0
// The vendor's command line tool signs in, claims and renames at `usher-sim cloud`, with the words that a person reads;
// what it saves is what `usher` goes on with. usage: cli.js USHER-SIM USHER
'use strict';
const assert = require('node:assert/strict');
const { spawn } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { after, before, test } = require('node:test');
const { startCloud } = require('../sim.js');

const CLI = path.join(process.env.NODE_PATH, 'particle-cli', 'src', 'index.js');
const FREE = 'e00fce680000000000000001';
const ABSENT = 'e00fce680000000000000002';
const FOREIGN = 'e00fce680000000000000003';
const MEMBER = 'e00fce680000000000000004';
const UNKNOWN = 'e00fce68ffffffffffffffff';
const TOKEN = '0123456789abcdef0123456789abcdef01234567';

// no clients: the presets have those that the tool signs in with
const seed = {
	options: { device_timeout_ms: 20 },
	users: [
		{ username: 'me@example.com', password: 'open sesame' },
		{ username: 'two@example.com', password: 'pw', otp: '123456' },
	],
	tokens: [{ token: TOKEN, user: 'me@example.com' }],
	products: [{ id: 4711, slug: 'lamp-v1', name: 'Lamp', owner: 'me@example.com' }],
	devices: [
		{ id: FREE, online: true, serial: 'ARGHAM000000001' },
		{ id: ABSENT },
		{ id: FOREIGN, owner: 'two@example.com', online: true },
		{ id: MEMBER, serial: 'ARGHAM000000004' },
	],
};

let cloud;
let home;
let blocked;

before(async () => {
	cloud = await startCloud(process.argv[2], seed);
	home = fs.mkdtempSync(path.join(os.tmpdir(), 'usher-conformance-cli-'));
	blocked = path.join(home, 'blocked');
	fs.mkdirSync(path.join(home, '.particle'));
	fs.writeFileSync(profile(), JSON.stringify({ apiUrl: cloud.url }), { mode: 0o600 });
	fs.writeFileSync(blocked, '');
});

after(async () => {
	fs.rmSync(home, { recursive: true });
	assert.equal(await cloud.stop(), 0);
});

const profile = () => path.join(home, '.particle', 'particle.config.json');
const saved = () => JSON.parse(fs.readFileSync(profile()));

// A program's end: { code, text }, where text is all that it said, without colours and moves of the cursor.
async function run(program, words, { env = {}, input = '' } = {}) {
	const child = spawn(program, words, {
		env: { PATH: process.env.PATH, HOME: home, ...env },
		stdio: ['pipe', 'pipe', 'pipe'],
	});
	const kill = () => child.kill('SIGKILL');
	process.on('exit', kill);
	let text = '';
	child.stdout.on('data', (data) => text += data);
	child.stderr.on('data', (data) => text += data);
	child.stdin.on('error', () => {}); // it need not read
	child.stdin.end(input);
	const code = await new Promise((resolve) => child.on('close', resolve));
	process.off('exit', kill);
	// eslint-disable-next-line no-control-regex
	return { code, text: text.replace(/\u001b\[[0-9;?]*[A-Za-z]/g, '') };
}

const guarded = (log) => ({ NODE_OPTIONS: `--require ${path.join(__dirname, 'guard.js')}`, GUARD_LOG: log });

const particle = (words, input) => run(process.execPath, [CLI, ...words], {
	env: { ...guarded(blocked), NODE_PATH: process.env.NODE_PATH, PARTICLE_DISABLE_UPDATE: '1' },
	input,
});

async function says(words, expected, input) {
	const { code, text } = await particle(words, input);
	assert.match(text, expected);
	assert.equal(code, 0, text);
	return text;
}

async function refuses(words, expected, input) {
	const { code, text } = await particle(words, input);
	assert.match(text, expected);
	assert.equal(code, 1, text);
}

async function holds(token, status) {
	const answer = await fetch(`${cloud.url}/v1/user`, { headers: { Authorization: `Bearer ${token}` } });
	assert.equal(answer.status, status);
}

const device = async (id) => (await cloud.sim('GET', '/state')).devices.find((d) => d.id === id);

test('login', async () => {
	await refuses(['login', '-u', 'me@example.com', '-p', 'wrong'], /User credentials are invalid/);
	await says(['login', '-u', 'me@example.com', '-p', 'open sesame'], /Successfully completed login/);
	assert.match(saved().access_token, /^[0-9a-f]{40}$/);
	assert.equal(saved().username, 'me@example.com');
	await says(['whoami'], /me@example\.com/);
	// usher goes on with what the tool saved: its token and its cloud
	const usher = await run(process.argv[3], ['whoami']);
	assert.equal(usher.code, 0, usher.text);
	assert.ok(usher.text.includes(`me@example.com at ${cloud.url}`), usher.text);
	const { access_token: token } = saved();
	await says(['logout'], /You have been logged out/);
	await holds(token, 401);
	await refuses(['list'], /not logged in/);
});

test('login with a second factor', async () => {
	const words = ['login', '-u', 'two@example.com', '-p', 'pw', '--otp'];
	await refuses([...words, '000000'], /This login code didn't work/);
	await says([...words, '123456'], /Successfully completed login/);
	await says(['whoami'], /two@example\.com/);
});

test('token', async () => {
	await says(['login', '--token', TOKEN], /Successfully completed login/);
	assert.equal(saved().username, 'me@example.com');
	const made = await says(['token', 'create', '--expires-in', '600'], /New access token expires on/, 'open sesame\n');
	const [token] = made.match(/\b[0-9a-f]{40}\b/);
	await holds(token, 200);
	await says(['token', 'revoke', token], /Successfully revoked/);
	await holds(token, 401);
	await says(['token', 'create', '--never-expires'], /New access token never expires/, 'open sesame\n');
});

test('claim, list, rename, signal, remove', async () => {
	await says(['list'], /No devices found/);
	await refuses(['cloud', 'claim', ABSENT], /Core isn't online/);
	await refuses(['cloud', 'claim', UNKNOWN], /device does not exist/);
	await says(['cloud', 'claim', FREE], new RegExp(`Successfully claimed device ${FREE}`));
	assert.equal((await device(FREE)).owner, 'me@example.com');
	await says(['list'], new RegExp(`<no name> \\[${FREE}\\] \\(Argon\\) is online`));
	await says(['cloud', 'name', FREE, 'porch'], /Successfully renamed device/);
	assert.equal((await device(FREE)).name, 'porch');
	await says(['list', 'porch'], new RegExp(`porch \\[${FREE}\\]`));
	await says(['cloud', 'nyan', 'porch', 'on'], /^/);
	await says(['cloud', 'remove', 'porch', '--yes'], /Okay!/);
	assert.equal((await device(FREE)).owner, null);
});

test('a claim of what belongs to somebody else asks for a transfer', async () => {
	const { text } = await particle(['cloud', 'claim', FOREIGN], 'y\n');
	assert.match(text, /belongs to someone else/i);
	assert.match(text, /transfer/i);
	const { transfers } = await cloud.sim('GET', '/state');
	assert.deepEqual(transfers.map((t) => [t.device, t.to]), [[FOREIGN, 'me@example.com']]);
	assert.equal((await device(FOREIGN)).owner, 'two@example.com');
});

test('product', async () => {
	const list = path.join(home, 'ids.txt');
	fs.writeFileSync(list, `ARGHAM000000004\nARGHAM000000099\n`);
	await says(['product', 'device', 'add', '4711', ABSENT], new RegExp(`Product 4711 Includes:\\s+${ABSENT}`));
	await says(['product', 'device', 'add', '4711', '--file', list], /Skipped Invalid IDs:\s+ARGHAM000000099/);
	const json = await says(['product', 'device', 'list', '4711', '--json'], /^\{/);
	assert.deepEqual(JSON.parse(json).data.map((d) => d.id).sort(), [ABSENT, MEMBER]);
	await says(['product', 'device', 'list', '4711', MEMBER], new RegExp(`\\[${MEMBER}\\] \\(Product 4711\\) is offline`));
	await says(['cloud', 'claim', MEMBER], /Successfully claimed/);
	await says(['product', 'device', 'remove', '4711', ABSENT], /Success!/);
	assert.equal((await device(ABSENT)).product_id, null);
});

test('it asked for nobody but the virtual cloud', async () => {
	assert.equal(fs.readFileSync(blocked, 'utf8'), '');
	const tried = path.join(home, 'tried');
	const { code } = await run(process.execPath, ['-e', "require('http').get('http://cloud.invalid/')"],
		{ env: guarded(tried) });
	assert.notEqual(code, 0);
	assert.equal(fs.readFileSync(tried, 'utf8'), 'cloud.invalid\n');
});
