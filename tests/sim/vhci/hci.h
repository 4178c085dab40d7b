/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Numbers of the Host Controller Interface (Bluetooth Core, Vol 4 Part E) that the virtual controller
 * speaks. */

enum hci_packet { HCI_COMMAND = 1, HCI_ACL = 2, HCI_EVENT = 4, HCI_VENDOR = 0xff };

enum hci_opcode {
        HCI_DISCONNECT = 0x0406,
        HCI_READ_REMOTE_VERSION = 0x041d,
        HCI_SET_EVENT_MASK = 0x0c01,
        HCI_RESET = 0x0c03,
        HCI_WRITE_LE_HOST_SUPPORT = 0x0c6d,
        HCI_READ_TX_POWER = 0x0c2d,
        HCI_READ_LOCAL_VERSION = 0x1001,
        HCI_READ_LOCAL_COMMANDS = 0x1002,
        HCI_READ_LOCAL_FEATURES = 0x1003,
        HCI_READ_BD_ADDR = 0x1009,
        HCI_READ_RSSI = 0x1405,
        HCI_LE_SET_EVENT_MASK = 0x2001,
        HCI_LE_READ_BUFFER_SIZE = 0x2002,
        HCI_LE_READ_FEATURES = 0x2003,
        HCI_LE_SET_RANDOM_ADDRESS = 0x2005,
        HCI_LE_SET_ADV_PARAMETERS = 0x2006,
        HCI_LE_READ_ADV_TX_POWER = 0x2007,
        HCI_LE_SET_ADV_DATA = 0x2008,
        HCI_LE_SET_SCAN_RESPONSE = 0x2009,
        HCI_LE_SET_ADV_ENABLE = 0x200a,
        HCI_LE_SET_SCAN_PARAMETERS = 0x200b,
        HCI_LE_SET_SCAN_ENABLE = 0x200c,
        HCI_LE_CREATE_CONNECTION = 0x200d,
        HCI_LE_CREATE_CANCEL = 0x200e,
        HCI_LE_READ_ACCEPT_SIZE = 0x200f,
        HCI_LE_CLEAR_ACCEPT = 0x2010,
        HCI_LE_ADD_ACCEPT = 0x2011,
        HCI_LE_REMOVE_ACCEPT = 0x2012,
        HCI_LE_CONNECTION_UPDATE = 0x2013,
        HCI_LE_READ_REMOTE_FEATURES = 0x2016,
        HCI_LE_ENCRYPT = 0x2017,
        HCI_LE_RAND = 0x2018,
        HCI_LE_START_ENCRYPTION = 0x2019,
        HCI_LE_READ_STATES = 0x201c,
};

enum hci_event_code {
        HCI_DISCONNECTION_COMPLETE = 0x05,
        HCI_REMOTE_VERSION_COMPLETE = 0x0c,
        HCI_COMMAND_COMPLETE = 0x0e,
        HCI_COMMAND_STATUS = 0x0f,
        HCI_COMPLETED_PACKETS = 0x13,
        HCI_LE_META = 0x3e,
};

enum hci_le_event {
        HCI_LE_CONNECTION_COMPLETE = 0x01,
        HCI_LE_ADVERTISING_REPORT = 0x02,
        HCI_LE_UPDATE_COMPLETE = 0x03,
        HCI_LE_FEATURES_COMPLETE = 0x04,
};

enum hci_status {
        HCI_SUCCESS = 0x00,
        HCI_UNKNOWN_COMMAND = 0x01,
        HCI_UNKNOWN_CONNECTION = 0x02,
        HCI_CONNECTION_TIMEOUT = 0x08,
        HCI_CONNECTION_LIMIT = 0x09,
        HCI_COMMAND_DISALLOWED = 0x0c,
        HCI_INVALID_PARAMETERS = 0x12,
        HCI_REMOTE_TERMINATED = 0x13,
        HCI_LOCAL_TERMINATED = 0x16,
        HCI_UNSUPPORTED_REMOTE_FEATURE = 0x1a,
        HCI_INTERVAL_UNACCEPTABLE = 0x3b,
        HCI_ESTABLISH_FAILED = 0x3e,
};

enum { HCI_ACL_MTU = 251, HCI_ACL_PACKETS = 8, HCI_EVENT_MAX = 257, HCI_ADV_MAX = 31 };

/* connectable undirected, and the answer to a scan request */
enum { HCI_ADV_IND = 0x00, HCI_SCAN_RSP = 0x04 };
