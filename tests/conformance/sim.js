// SPDX-License-Identifier: Apache-2.0
// Starts and stops `usher-sim cloud` for a test.
'use strict';
const { spawn } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

// A running cloud: { url, sim(method, path, body), stop() }. It is killed when the process ends in any way.
async function startCloud(program, seed) {
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'usher-conformance-'));
	const file = path.join(folder, 'seed.json');
	fs.writeFileSync(file, JSON.stringify(seed));
	const child = spawn(program, ['cloud', '--seed', file], { stdio: ['ignore', 'pipe', 'inherit'] });
	process.on('exit', () => child.kill('SIGKILL'));
	const url = await new Promise((resolve, reject) => {
		let text = '';
		child.on('error', reject);
		child.on('exit', (code) => reject(new Error(`usher-sim cloud ended with ${code}`)));
		child.stdout.on('data', (data) => {
			text += data;
			const match = /^ready (\S+)\n/.exec(text);
			if (match) {
				resolve(match[1]);
			}
		});
	});
	fs.rmSync(folder, { recursive: true });
	return {
		url,
		async sim(method, where, body) {
			const response = await fetch(`${url}/sim${where}`, {
				method,
				headers: body ? { 'Content-Type': 'application/json' } : {},
				body: body ? JSON.stringify(body) : undefined,
			});
			const answer = await response.json();
			if (!response.ok) {
				throw new Error(`${method} /sim${where}: ${JSON.stringify(answer)}`);
			}
			return answer;
		},
		async stop() {
			const ended = new Promise((resolve) => {
				child.removeAllListeners('exit');
				child.on('exit', resolve);
			});
			child.kill('SIGTERM');
			return ended;
		},
	};
}

module.exports = { startCloud };
