. /vm/guest.sh
mkdir -p /run/work; cd /run/work
umask 077
printf 'P046AD450000001 ABCDEFGHIJKLMNO\n' > label
printf 'correct horse' > pw
bus_up
bt_up --device serial=P046AD450000001,secret=ABCDEFGHIJKLMNO
log up; cat /run/vhci.log
usher setup --radio bluez --label label --claim none --wifi-ssid usher-lab --wifi-password-file pw --json
echo rc=$?
facts
sleep 3
objects | tr ' ' '\n' | grep dev_; facts
bt_down; cat /run/vhci.log
