#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A camera as the kernel has it, played by vivid: scans, damaged frames, unplugged and back, and what can be wrong with it.
# shellcheck source=tests/vm/guest.sh
. /vm/guest.sh
points=${1:-all}

# probe SCENARIO: what it measured is printed
probe() {
        begin "camera-$1"
        camera-probe "$1" "$points" > /run/work/probe 2>&1
        check "$(tail -n1 /run/work/probe)" [ $? = 0 ]
        while read -r line; do
                log "$line"
        done < /run/work/probe
        end
}

probe absent
modprobe vivid n_devs=1 node_types=0x101 input_types=0x3 output_types=0x1
wait_for 10 [ -c /dev/video0 ]
probe forbidden
probe scans
probe held
probe damaged
probe busy
probe unplugged
modprobe -r vivid
modprobe vivid n_devs=1 node_types=0x1 input_types=0x0
wait_for 10 [ -c /dev/video0 ]
probe webcam
finish
