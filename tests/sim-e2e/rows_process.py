# SPDX-License-Identifier: Apache-2.0
"""What the process itself may be short of, and how it ends: its child, files' sizes, descriptors, a full disk."""
import os
import pathlib
import select
import signal


def child_of(pid):
    while not (words := pathlib.Path(f'/proc/{pid}/task/{pid}/children').read_text().split()):
        os.sched_yield()
    return int(words[0])


def row_decoder_ends_with_usher(w):
    """The decoder outlives nobody: usher is killed while a picture is still being read."""
    picture = str(w.folder / 'picture')
    os.mkfifo(picture)
    process = w.spawn(['label', picture])
    with open(picture, 'wb') as out:
        decoder = child_of(process.pid)
        while pathlib.Path(f'/proc/{decoder}/comm').read_text() != 'usher-decode\n':
            os.sched_yield()
        handle = os.pidfd_open(decoder)
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert select.select([handle], [], [], 1)[0], 'the decoder goes on'
        os.close(handle)
