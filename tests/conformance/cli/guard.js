// SPDX-License-Identifier: Apache-2.0
// Loaded into the CLI before its own code (NODE_OPTIONS): it may speak to 127.0.0.1 only. Whoever else it asks for is
// refused and named in the file GUARD_LOG.
'use strict';
const fs = require('node:fs');
const net = require('node:net');

const connect = net.Socket.prototype.connect;

net.Socket.prototype.connect = function (...args) {
	const options = Array.isArray(args[0]) ? args[0][0] : args[0];
	const host = typeof options === 'object' ? options.host || options.path : args[1];
	if (host !== '127.0.0.1') {
		fs.appendFileSync(process.env.GUARD_LOG, `${host}\n`);
		throw new Error(`no way to ${host}`);
	}
	return connect.apply(this, args);
};
