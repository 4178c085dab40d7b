// SPDX-License-Identifier: Apache-2.0
// The vendor's protobuf library (@particle/device-os-protobuf) against proto/message.h: values are encoded by theirs,
// decoded and encoded again by ours, and decoded by theirs to the same values. Both directions of every body are in
// that. The numbers of control requests are compared too. usage: messages.js CONFORMANCE-BODIES
'use strict';
const assert = require('node:assert/strict');
const { spawnSync } = require('node:child_process');
const { test } = require('node:test');
const vendor = require('@particle/device-os-protobuf');

const ROUNDS = 200;
const program = process.argv[2];

// mulberry32: the same values in every run
let state = 20260101;
function random(n) {
	state = (state + 0x6d2b79f5) | 0;
	let t = Math.imul(state ^ (state >>> 15), 1 | state);
	t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
	return ((t ^ (t >>> 14)) >>> 0) % n;
}
const flag = () => random(2) === 1;
const oneOf = (...values) => values[random(values.length)];
const bytes = (length) => Buffer.from(Array.from({ length }, () => random(256)));
const upTo = (length) => bytes(random(length + 1));
const text = (length) => Array.from({ length: random(length + 1) }, () => String.fromCharCode(32 + random(95))).join('');
const digits = (length) => Array.from({ length }, () => '0123456789abcdef'[random(16)]).join('');
const uint32 = () => oneOf(0, 1, 127, 128, 65535, 65536, 0x7fffffff, 0x80000000, 0xffffffff, random(0xffffffff));
const int32 = () => oneOf(0, 1, -1, 127, -128, -95, 0x7fffffff, -0x80000000);
const list = (length, item) => Array.from({ length: random(length + 1) }, item);
const security = () => random(7);

const ssid = () => text(32);
const credentials = () => (flag() ? { type: 1, password: text(64) || 'x' } : { type: 0 });
const join = () => ({
	ssid: ssid(), bssid: oneOf(Buffer.alloc(0), bytes(6)), security: security(), credentials: credentials(), hidden: flag(),
});
const entry = () => ({ index: uint32(), name: text(15), type: oneOf(0, 1, 2, 4, 8, 16) });
const v4 = () => ({ address: { v4: { address: uint32() } }, prefixLength: random(33) });
const v6 = () => ({ address: { v6: { address: bytes(16) } }, prefixLength: random(129) });
const networkInterface = () => ({
	...entry(), flags: uint32(), extFlags: uint32(), hwAddress: upTo(8), mtu: uint32(), metric: uint32(),
	ipv4Config: { addresses: [v4(), ...list(2, v4)] }, ipv6Config: { addresses: [v6(), ...list(3, v6)] },
});
const accessPoint = () => ({ apn: text(127), user: text(127), password: text(64), useDefaults: flag() });
const sim = () => random(3);

// our body -> the vendor's message and values for it, within the bounds that message.h names
const bodies = {
	get_device_id_reply: ['GetDeviceIdReply', () => ({ id: digits(24) })],
	get_serial_number_reply: ['GetSerialNumberReply', () => ({ serial: text(16) })],
	get_system_version_reply: ['GetSystemVersionReply', () => ({ version: text(31) })],
	get_ncp_firmware_version_reply: ['GetNcpFirmwareVersionReply', () => ({ version: text(31), moduleVersion: uint32() })],
	get_system_capabilities_reply: ['GetSystemCapabilitiesReply', () => ({ flags: uint32() })],
	set_feature_request: ['SetFeatureRequest', () => ({ feature: random(3), enabled: flag() })],
	get_feature_request: ['GetFeatureRequest', () => ({ feature: random(3) })],
	get_feature_reply: ['GetFeatureReply', () => ({ enabled: flag() })],
	get_device_mode_reply: ['GetDeviceModeReply', () => ({ mode: random(2) })],
	set_startup_mode_request: ['SetStartupModeRequest', () => ({ mode: random(2) })],
	set_device_setup_done_request: ['SetDeviceSetupDoneRequest', () => ({ done: flag() })],
	is_device_setup_done_reply: ['IsDeviceSetupDoneReply', () => ({ done: flag() })],
	get_protected_state_reply: ['GetProtectedStateReply', () => ({ state: flag(), overridden: flag() })],
	set_protected_state_request: ['SetProtectedStateRequest', () => oneOf(
		{ action: 0 },
		{ action: 1, prepare: { serverNonce: bytes(32) } },
		{ action: 2, confirm: { serverSignature: bytes(1 + random(256)), serverPublicKeyFingerprint: bytes(32) } })],
	set_protected_state_reply: ['SetProtectedStateReply', () => oneOf({}, { prepare: {
		deviceNonce: bytes(32), deviceSignature: bytes(1 + random(256)), devicePublicKeyFingerprint: bytes(32),
	} })],
	get_module_info_reply: ['GetModuleInfoReply', () => ({ modules: list(32, () => ({
		type: random(10), index: uint32(), version: uint32(), checkedFlags: random(32), passedFlags: random(32), size: uint32(),
	})) })],
	set_claim_code_request: ['SetClaimCodeRequest', () => ({ code: text(64) })],
	is_claimed_reply: ['IsClaimedReply', () => ({ claimed: flag() })],
	start_firmware_update_request: ['StartFirmwareUpdateRequest', () => ({ size: uint32(), format: random(2) })],
	start_firmware_update_reply: ['StartFirmwareUpdateReply', () => ({ chunkSize: uint32() })],
	finish_firmware_update_request: ['FinishFirmwareUpdateRequest', () => ({ validateOnly: flag() })],
	firmware_update_data_request: ['FirmwareUpdateDataRequest', () => ({ data: bytes(1 + random(1024)) })],
	get_connection_status_reply: ['cloud.GetConnectionStatusReply', () => ({ status: random(4) })],
	get_interface_list_reply: ['GetInterfaceListReply', () => ({ interfaces: list(8, entry) })],
	get_interface_request: ['GetInterfaceRequest', () => ({ index: uint32() })],
	get_interface_reply: ['GetInterfaceReply', () => ({ interface: networkInterface() })],
	join_new_network_request: ['wifi.JoinNewNetworkRequest', join],
	known_network_request: ['wifi.JoinKnownNetworkRequest', () => ({ ssid: ssid() })],
	get_known_networks_reply: ['wifi.GetKnownNetworksReply', () => ({ networks: list(10, () => ({
		ssid: ssid(), security: security(), credentialsType: random(2),
	})) })],
	get_current_network_reply: ['wifi.GetCurrentNetworkReply', () => ({
		ssid: ssid(), bssid: bytes(6), channel: int32(), rssi: int32(),
	})],
	scan_networks_reply: ['wifi.ScanNetworksReply', () => ({ networks: list(64, () => ({
		ssid: ssid(), bssid: bytes(6), security: security(), channel: int32(), rssi: int32(),
	})) })],
	set_access_point_request: ['cellular.SetAccessPointRequest', () => ({ simType: sim(), accessPoint: accessPoint() })],
	get_access_point_request: ['cellular.GetAccessPointRequest', () => ({ simType: sim() })],
	get_access_point_reply: ['cellular.GetAccessPointReply', () => ({ accessPoint: accessPoint() })],
	set_active_sim_request: ['cellular.SetActiveSimRequest', () => ({ simType: sim() })],
	get_active_sim_reply: ['cellular.GetActiveSimReply', () => ({ simType: sim() })],
	get_iccid_reply: ['cellular.GetIccidReply', () => ({ iccid: text(23), imei: text(23) })],
};
// two more requests share a body with one above
const same = {
	known_network_request: 'wifi.RemoveKnownNetworkRequest',
	join_new_network_request: 'wifi.SetNetworkCredentialsRequest',
};

function run(args, input) {
	const { status, stdout, stderr, error } = spawnSync(program, args, { input, encoding: 'latin1', maxBuffer: 1 << 28 });
	assert.equal(status, 0, error ? error.message : stderr);
	return stdout.split('\n').slice(0, -1);
}

const definition = (name) => vendor.getDefinition(name);
const plain = (message, buffer) => message.toObject(message.decode(buffer),
	{ defaults: true, bytes: String, longs: String, enums: Number });

function compare(name, vendorName, make) {
	const { message } = definition(vendorName);
	const sent = Array.from({ length: ROUNDS }, () => Buffer.from(vendor.encode(vendorName, make())));
	const got = run([], sent.map((body) => `${name} ${body.toString('hex')}\n`).join(''));
	assert.equal(got.length, ROUNDS);
	sent.forEach((body, i) => {
		assert.ok(!got[i].startsWith('!'), `${vendorName} ${body.toString('hex')}: ${got[i]}`);
		assert.deepEqual(plain(message, Buffer.from(got[i], 'hex')), plain(message, body), body.toString('hex'));
	});
}

for (const [name, [vendorName, make]] of Object.entries(bodies)) {
	test(vendorName, () => compare(name, vendorName, make));
	if (same[name]) {
		test(same[name], () => compare(name, same[name], make));
	}
}

test('every body that we know is compared', () => {
	assert.deepEqual(run(['--bodies']).sort(), Object.keys(bodies).sort());
});

test('numbers of requests', () => {
	const theirs = new Map(vendor.getDefinitions().filter((name) => /Request$/.test(name))
		.map((name) => [definition(name).id, name.replace(/^.*\./, '').replace(/Request$/, '')]));
	// what the vendor's library calls otherwise, or knows no message for (device.md 3.6)
	const otherwise = {
		40: 'SystemReset', 70: 'StartListeningMode', 71: 'StopListeningMode', 301: 'Connect', 302: 'Disconnect',
	};
	const without = new Set(['Echo', 'AppCustom', 'FactoryReset', 'DfuMode', 'SafeMode', 'DiagnosticInfo']);
	for (const line of run(['--requests'])) {
		const [number, name] = line.split(' ');
		if (without.has(name)) {
			assert.equal(theirs.get(Number(number)), undefined, line);
		} else {
			assert.equal(theirs.get(Number(number)), otherwise[number] || name, line);
		}
	}
});
