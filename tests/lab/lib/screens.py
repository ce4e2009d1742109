"""Programs on pseudo-terminals, and what their screens show, with the moment each byte arrived."""

import codecs
import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time

CSI = re.compile(r"\x1b\[([?>=!]?)([0-9;:]*)[ -/]*([@-~])")
OSC = re.compile(r"\x1b[\]PX^_].*?(?:\x07|\x1b\\)", re.S)
SHORT = re.compile(r"\x1b([()*+#%].|[^\[\]PX^_()*+#%])", re.S)


class Screen:
    """As much of a terminal as ratatui, ncurses and watch need."""

    def __init__(self, columns, rows):
        self.columns, self.rows = columns, rows
        self.cells = [[" "] * columns for _ in range(rows)]
        self.x = self.y = 0
        self.top, self.bottom = 0, rows - 1
        self.saved = (0, 0)
        self.rest = ""
        self.decode = codecs.getincrementaldecoder("utf-8")("replace")

    def lines(self):
        return ["".join(row).rstrip() for row in self.cells]

    def text(self):
        return "\n".join(self.lines())

    def feed(self, data):
        text, at = self.rest + self.decode.decode(data), 0
        self.rest = ""
        while at < len(text):
            char = text[at]
            if char == "\x1b":
                match = CSI.match(text, at) or OSC.match(text, at) or SHORT.match(text, at)
                if not match:
                    self.rest = text[at:]
                    return
                if match.re is CSI and not match[1]:
                    self.control(match[3], [int(word) if word.isdigit() else 0 for word in re.split("[;:]", match[2])])
                elif match.re is SHORT:
                    self.escape(match[1])
                at = match.end()
                continue
            at += 1
            if char == "\r":
                self.x = 0
            elif char == "\n":
                self.line_feed()
            elif char == "\b":
                self.x = max(0, self.x - 1)
            elif char == "\t":
                self.x = min(self.columns - 1, (self.x // 8 + 1) * 8)
            elif char >= " ":
                if self.x >= self.columns:
                    self.x = 0
                    self.line_feed()
                self.cells[self.y][self.x] = self.last = char
                self.x += 1

    def escape(self, word):
        if word == "7":
            self.saved = (self.x, self.y)
        elif word == "8":
            self.x, self.y = self.saved
        elif word == "M":
            if self.y == self.top:
                self.scroll(-1)
            else:
                self.y = max(0, self.y - 1)
        elif word in "DE":
            self.x = 0 if word == "E" else self.x
            self.line_feed()

    def line_feed(self):
        if self.y == self.bottom:
            self.scroll(1)
        else:
            self.y = min(self.rows - 1, self.y + 1)

    def scroll(self, count, top=None):
        top = self.top if top is None else top
        for _ in range(min(abs(count), self.bottom - top + 1)):
            if count > 0:
                del self.cells[top]
                self.cells.insert(self.bottom, [" "] * self.columns)
            else:
                del self.cells[self.bottom]
                self.cells.insert(top, [" "] * self.columns)

    def control(self, word, numbers):
        first = numbers[0]
        count = max(1, first)
        row = self.cells[self.y]
        at = min(self.x, self.columns)
        if word in "Hf":
            self.y = min(self.rows, count) - 1
            self.x = min(self.columns, max(1, numbers[1] if len(numbers) > 1 else 1)) - 1
        elif word == "A":
            self.y = max(0, self.y - count)
        elif word in "Be":
            self.y = min(self.rows - 1, self.y + count)
        elif word in "Ca":
            self.x = min(self.columns - 1, self.x + count)
        elif word == "D":
            self.x = max(0, self.x - count)
        elif word in "G`":
            self.x = min(self.columns, count) - 1
        elif word == "d":
            self.y = min(self.rows, count) - 1
        elif word == "J":
            for y in range(self.rows):
                if first == 2 or first == 3 or (first == 0 and y > self.y) or (first == 1 and y < self.y):
                    self.cells[y] = [" "] * self.columns
            if first in (0, 1):
                self.control("K", [first])
        elif word == "K":
            begin, end = {0: (at, self.columns), 1: (0, at + 1), 2: (0, self.columns)}.get(first, (0, 0))
            row[begin:end] = [" "] * (min(end, self.columns) - begin)
        elif word == "X":
            row[at:at + count] = [" "] * min(count, self.columns - at)
        elif word == "P":
            row[at:] = row[at + count:] + [" "] * min(count, self.columns - at)
        elif word == "@":
            row[at:] = ([" "] * count + row[at:])[:self.columns - at]
        elif word == "b":
            self.feed((self.last * count).encode())
        elif word == "L":
            self.scroll(-count, self.y)
        elif word == "M":
            self.scroll(count, self.y)
        elif word in "ST":
            self.scroll(count if word == "S" else -count)
        elif word == "r":
            self.top = max(1, first) - 1
            self.bottom = (numbers[1] if len(numbers) > 1 and numbers[1] else self.rows) - 1
            self.x = self.y = 0


class Program:
    """A program on a terminal of its own."""

    def __init__(self, name, argv, columns=200, rows=60):
        self.name = name
        self.screen = Screen(columns, rows)
        self.bytes = 0
        self.started = time.time()
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
            os.environ.update(TERM="xterm", LC_ALL="C.UTF-8", TZ="UTC")
            os.execvp(argv[0], argv)
        self.alive = True

    def write(self, text):
        os.write(self.fd, text.encode())

    def end(self):
        """Asks, waits, and insists; by its own pid only."""
        for how in (signal.SIGTERM, signal.SIGKILL):
            if self.gone():
                break
            os.kill(self.pid, how)
            deadline = time.time() + 5
            while time.time() < deadline and not self.gone():
                pump([self], 0.05)
        os.close(self.fd)

    def gone(self):
        if self.alive is not None:
            pid, _ = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.alive = None
        return self.alive is None


def pump(programs, seconds, seen=None):
    """Takes in what the programs write, for so long or until `seen(program, moment)` says true after a burst of bytes."""
    deadline = time.time() + seconds
    open_ones = {program.fd: program for program in programs if program.alive}
    while True:
        left = deadline - time.time()
        if left <= 0:
            return False
        ready, _, _ = select.select(list(open_ones), [], [], left)
        moment = time.time()
        # What is there is read first, of all, so that looking at one screen does not delay another's moment.
        bursts = []
        for fd in ready:
            try:
                data = os.read(fd, 1 << 16)
            except OSError:
                data = b""
            bursts.append((open_ones[fd], data))
        for program, data in bursts:
            if not data:
                program.alive = False if program.alive else program.alive
                del open_ones[program.fd]
                continue
            program.bytes += len(data)
            program.screen.feed(data)
            if seen and seen(program, moment):
                return True
        if not open_ones:
            time.sleep(min(left, 0.05))
            if seen is None:
                return False
