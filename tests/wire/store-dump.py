#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""store-dump.py DATABASE > store-N.sql - a database of the store as text that makes it again, whatever reads it.

For a new schema: build, then test-store-schema --make FILE, then this; the texts of older schemas stay as they are."""
import sqlite3
import sys

db = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True)
for pragma in "application_id", "user_version":
    print(f"PRAGMA {pragma} = {db.execute(f'PRAGMA {pragma}').fetchone()[0]};")
for line in db.iterdump():
    print(line)
