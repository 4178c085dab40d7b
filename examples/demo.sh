#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# demo.sh [BUILD] - sets up a virtual Argon from a photograph of its sticker: no Bluetooth adapter, no account, no device
# needed. Installs what is missing, builds into build/ (unless a folder with a build is named), and ends with the device
# online, owned and named, or with an error.
set -eu
cd "$(dirname "$0")/.."

serial=ARNHAM000C0FFEE
secret=K7QW2RXN5MVT9HD
owner=lab@example.com
token=0123456789abcdef0123456789abcdef01234567 # of the virtual cloud's only account
name=Kitchen

say() {
    printf '\n\033[1m%s\033[0m\n' "$*" | if [ -t 1 ]; then cat; else sed 's/\x1b\[[0-9]*m//g'; fi
}

work=$(mktemp -d)
pids=
cleanup() {
    # shellcheck disable=SC2086 # a list of process ids is meant
    [ -z "$pids" ] || kill $pids 2>/dev/null || true
    rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 130' INT TERM HUP

# Starts a program, waits until it says that it is ready, and leaves what follows the word in $ready.
start() { # NAME COMMAND...
    log=$work/$1.out
    shift
    mkfifo "$log"
    "$@" >"$log" &
    pids="$pids $!"
    exec 3<"$log"
    read -r word ready <&3 || word=
    [ "$word" = ready ] || { echo "'$*' did not start" >&2; exit 1; }
}

say "1. Building usher"
build=${1:-build}
if [ $# = 0 ]; then
    sh examples/install.sh examples/packages
    [ -f build/build.ninja ] || meson setup build >"$work/setup.log" 2>&1 || { cat "$work/setup.log"; exit 1; }
    ninja -C build setup/cli/usher setup/label/usher-decode tests/sim/usher-sim >"$work/build.log" 2>&1 ||
        { grep -v '^\[' "$work/build.log" | tail -n 40; exit 1; }
fi
usher=$build/setup/cli/usher sim=$build/tests/sim/usher-sim
"$usher" version

say "2. A virtual Argon with its sticker, photographed askew, out of focus and in bad light"
umask 077
mkdir "$work/air"
printf '%s' "$secret" >"$work/secret"
printf '%s\n' "$token" >"$work/token"
printf '%s %s' "$serial" "$secret" | "$sim" sticker --text-file - --out "$work/sticker.png" \
    --rotate 17 --tilt 20 --blur 1 --noise 8
"$usher" label "$work/sticker.png"

say "3. A virtual cloud, and the device in its listening mode (its light would blink dark blue)"
start cloud "$sim" cloud --listen 127.0.0.1:0
url=$ready
start device "$sim" device --dir "$work/air" --serial "$serial" --secret-file "$work/secret" --platform argon \
    --os 6.2.0 --interval-ms 30 --cloud "$url"
echo "cloud at $url, '$ready' on the air, Wi-Fi network 'usher-lab' around it"

say "4. What this site wants of every device"
printf 'correct horse\n' >"$work/lab.password"
cat >"$work/site.ini" <<INI
[setup]
claim = user

[wifi]
ssid = usher-lab
password-file = lab.password
INI
cat "$work/site.ini"

say "5. usher setup --image sticker.png --profile site.ini --name $name"
"$usher" setup --image "$work/sticker.png" --profile "$work/site.ini" --name "$name" \
    --radio "sim:$work/air" --cloud "$url" --token-file "$work/token" --no-input

say "6. What the cloud says about it"
python3 - "$url" "$work/token" "$serial" "$owner" "$name" <<'PYTHON'
import json, sys, urllib.request
url, token, serial, owner, name = sys.argv[1:]
def ask(path):
    request = urllib.request.Request(url + path, headers={'Authorization': 'Bearer ' + open(token).read().strip()})
    return json.load(urllib.request.urlopen(request, timeout=10))
device = next((d for d in ask('/v1/devices') if d.get('serial_number') == serial), None)
if not device:
    sys.exit('the cloud does not know the device')
facts = {'owner': device.get('owner') or ask('/v1/devices/' + device['id']).get('owner'),
         'name': device['name'], 'online': device.get('online', device.get('connected'))}
for fact, value in facts.items():
    print(f'  {fact:<8}{value}')
if facts != {'owner': owner, 'name': name, 'online': True}:
    sys.exit('that is not what was asked for')
PYTHON

cat <<'TEXT'

The same with a real device and a Bluetooth adapter: hold MODE for three seconds until the light blinks dark blue, take
a picture of the sticker on the device, sign in with usher login, and run

    usher setup --image sticker.jpg --profile site.ini --name Kitchen

without --radio and --cloud. Without an account: --claim none.
TEXT
