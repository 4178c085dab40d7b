/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Every D-Bus name of BlueZ that usher speaks, and the GATT names of Device OS (device.md 0). */

#define BLUEZ_BUS_NAME "org.bluez"

#define BLUEZ_IFACE_ADAPTER "org.bluez.Adapter1"
#define BLUEZ_IFACE_DEVICE  "org.bluez.Device1"
#define BLUEZ_IFACE_SERVICE "org.bluez.GattService1"
#define BLUEZ_IFACE_CHRC    "org.bluez.GattCharacteristic1"

#define DBUS_IFACE_OBJECTS    "org.freedesktop.DBus.ObjectManager"
#define DBUS_IFACE_PROPERTIES "org.freedesktop.DBus.Properties"

#define BLUEZ_ERROR "org.bluez.Error."

/* listening mode; provisioning mode may have others of the product's own */
#define SETUP_UUID_SERVICE "6fa90001-5c4e-48a8-94f4-8030546f36fc"
#define SETUP_UUID_VERSION "6fa90002-5c4e-48a8-94f4-8030546f36fc"
#define SETUP_UUID_TX      "6fa90003-5c4e-48a8-94f4-8030546f36fc"
#define SETUP_UUID_RX      "6fa90004-5c4e-48a8-94f4-8030546f36fc"

/* Particle's company identifier; product firmware may advertise its own */
#define SETUP_COMPANY_ID 0x0662
