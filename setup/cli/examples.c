/* SPDX-License-Identifier: Apache-2.0 */

/* All in one file, so that whoever writes one sees how the others are written. Three a verb: the plain case,
 * the case for a script, and the one that people ask for. */

#include "setup/cli/examples.h"

const struct verb_example examples_setup[] = {
        { "The device on a photograph, with what the site wants of every device",
          "usher setup --image sticker.jpg --profile site.ini --name Kitchen" },
        { "Wi-Fi and nothing else, without an account",
          "usher setup --label sticker.txt --claim none --wifi-qr-file home.qr" },
        { "One after the other, as their stickers are scanned",
          "usher setup --scanner auto --profile site.ini" },
        { "The devices of a list; first only whether all of it is right",
          "usher setup --from list.csv --profile site.ini --dry-run" },
        { "From a script: nothing is asked, events go to a file",
          "usher setup --label sticker.txt --profile site.ini --no-input --json >log" },
        {},
};

const struct verb_example examples_repair[] = {
        { "Use the internal SIM card again", "usher repair sim --image sticker.jpg" },
        { "Use an external one",
          "usher repair sim --label sticker.txt --sim external --apn internet.example" },
        { "A device that stays in setup mode", "usher repair setup-done --label sticker.txt" },
        {},
};

const struct verb_example examples_wifi[] = {
        { "What the device knows", "usher wifi list --image sticker.jpg" },
        { "It has moved", "usher wifi forget --label sticker.txt --wifi-ssid Home" },
        { "Before it is given away", "usher wifi clear --label sticker.txt" },
        {},
};

const struct verb_example examples_update[] = {
        { "The device on a photograph", "usher update --image sticker.jpg" },
        { "See what it would ask for", "usher update --label sticker.txt --dry-run" },
        { "For at most half an hour, with a report for whoever helps",
          "usher update --label sticker.txt --timeout 1800 --report update.json" },
        {},
};

const struct verb_example examples_label[] = {
        { "Can this picture be read?", "usher label sticker.jpg" },
        { "With the mobile secret, which opens the device", "usher label --show-secret sticker.jpg" },
        { "Several at once", "usher label --json sticker.jpg sticker.png" },
        {},
};

const struct verb_example examples_scan[] = {
        { "What these pictures hold, for a program", "usher scan --json sticker.jpg sticker.png" },
        { "A page to try scanners with", "usher scan --sheet sheet.svg" },
        { "Does the scanner send what the sticker says?", "usher scan --scanner auto --test" },
        {},
};

const struct verb_example examples_devices[] = {
        { "What is in setup mode nearby", "usher devices" },
        { "Look for three seconds", "usher devices --seconds 3" },
        { "For a program", "usher devices --seconds 3 --json" },
        {},
};

const struct verb_example examples_doctor[] = {
        { "This machine", "usher doctor" },
        { "A device as well, whose way to the cloud is looked at", "usher doctor --image sticker.jpg" },
        { "A profile before the first setup, for a program", "usher doctor --profile site.ini --json" },
        {},
};

const struct verb_example examples_light[] = {
        { "In words, in any order", "usher light \"blinking cyan, 2 orange\"" },
        { "What a P2 never shows is left out", "usher light --platform p2 fast red" },
        { "All that are known", "usher light --list" },
        {},
};

const struct verb_example examples_login[] = {
        { "User, password and code are asked for", "usher login" },
        { "From a script, into a file of its own",
          "usher login --user lab@example.com --password-file password --save token" },
        { "At another cloud, whose token is named wherever it is used",
          "usher login --cloud https://cloud.example --save token" },
        {},
};

const struct verb_example examples_whoami[] = {
        { "Whose is the token that a setup would use?", "usher whoami" },
        { "Another one", "usher whoami --token-file token" },
        { "For a program", "usher whoami --json" },
        {},
};

const struct verb_example examples_logout[] = {
        { "The token of 'usher login'", "usher logout" },
        { "Another one", "usher logout --token-file token" },
        { "For a program", "usher logout --json" },
        {},
};

const struct verb_example examples_cloud[] = {
        { "What the cloud knows of a device", "usher cloud check ARNHAM000000001" },
        { "All devices of a list become this account's", "usher cloud claim --from list.csv" },
        { "A SIM card, waited for five minutes",
          "usher cloud sim activate --country DE --wait 300 89314404000000000001" },
        {},
};

const struct verb_example examples_help[] = {
        { "Of one verb", "usher help setup" },
        { "What can go wrong, and what to do", "usher help --faults" },
        { "Completion for bash", "usher help --completion >usher.bash" },
        {},
};

const struct verb_example examples_version[] = {
        { "The version", "usher version" },
        { "The same", "usher -V" },
        { "For a program", "usher version --json" },
        {},
};
