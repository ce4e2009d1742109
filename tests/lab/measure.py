#!/usr/bin/env python3
"""Measures hatui against a lab; `bench` beside it starts the lab and says what is what."""

import json
import os
import random
import re
import statistics
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
from screens import Program, pump  # noqa: E402

HOME = os.path.dirname(os.path.abspath(__file__))
LAB = os.path.join(HOME, "lab")
DIR = os.environ["HATUI_LAB_DIR"]
HATUI = os.environ["HATUI"]
TICKS = os.sysconf("SC_CLK_TCK")


def lab(*words, check=True):
    done = subprocess.run([LAB, *words], capture_output=True, text=True, check=False)
    if check and done.returncode:
        raise SystemExit(f"lab {' '.join(words)}: exit {done.returncode}: {done.stdout}{done.stderr}")
    return done.stdout.strip()


CONFIG = lab("ssh-config")
NODES = [line.strip() for line in lab("exec", "ha-node-1", "crm_node", "-l").splitlines()]
NODES = sorted(line.split()[1] for line in NODES)


with open(os.path.join(DIR, "run", "switch.pid"), encoding="ascii") as file:
    SWITCH = file.read().split()[0]


def hatui(*more):
    """In the lab's network, without the shell of `lab enter`, which takes its time."""
    nodes = [word for node in os.environ.get("WATCHED", " ".join(NODES)).split() for word in ("-n", node)]
    return Program("hatui", ["nsenter", f"--net=/proc/{SWITCH}/ns/net", HATUI, "--ssh-config", CONFIG, *nodes, *more])


def crm_mon():
    return Program("crm_mon", [LAB, "exec", "ha-node-1", "crm_mon"])


def watch(seconds):
    return Program(f"watch -n {seconds}", [LAB, "exec", "ha-node-1", "watch", "-n", str(seconds), "crm_mon", "-1"])


def load():
    with open("/proc/loadavg", encoding="ascii") as file:
        return float(file.read().split()[0])


def quantile(values, part):
    values = sorted(values)
    return values[min(len(values) - 1, round(part * (len(values) - 1)))] if values else float("nan")


def tell(what, values, unit="ms", scale=1000):
    if not values:
        print(f"  {what}: never seen")
        return
    print(f"  {what:44} median {quantile(values, .5) * scale:8.1f}  p95 {quantile(values, .95) * scale:8.1f}  "
          f"min {min(values) * scale:8.1f}  max {max(values) * scale:8.1f} {unit}  n={len(values)}")


# --- what a screen says ---------------------------------------------------------------------------------------------

ROLE = r"(Started|Stopped|Promoted|Unpromoted|Starting|Stopping|Promoting|Demoting|FAILED|Failed|failed|blocked|Monitoring)"
OURS = re.compile(r"[│┃][ ▸]\s*(\S) ([a-z][\w-]*)\s+([A-Za-z]\S*)(?:\s+(ha-node-\d))?")
NODE = re.compile(r"[│┃][ ▸]\s*\S (ha-node-\d)\s+(.*?)\s+(?:\d+ res|[●◐○◌]|[│┃])")


def of_hatui(text):
    """(words of the nodes, places of the resources, whether something is said to be wrong)"""
    nodes, places = {}, []
    for line in text.splitlines():
        left = line[:100]
        match = NODE.search(left)
        if match:
            nodes[match[1]] = re.sub(r"\s+DC\b|\bDC\s+", "", match[2]).strip()
            continue
        match = OURS.search(left)
        if match and match[2] not in ("quorum", "link", "has"):
            places.append((match[2], match[3], match[4] or ""))
    lines = text.splitlines()
    return nodes, sorted(places), "HEALTHY" not in (lines[0] if lines else "")


def of_crm_mon(text):
    nodes, places, clone, failed, listing = {}, [], None, False, False
    for line in text.splitlines():
        line = line.strip()
        if "Failed Resource Actions" in line or "Failed Fencing" in line:
            failed, listing = True, False
        if line.startswith("Active Resources"):
            listing = True
        match = re.match(r"\* (?:GuestOnline|Online|OFFLINE): \[ (.*) \]", line)
        if match:
            for name in match[1].split():
                nodes[name] = "online" if "nline" in line else "offline"
            continue
        match = re.match(r"\* Node (ha-node-\d)[^:]*: (.*)", line)
        if match:
            nodes[match[1]] = match[2]
            failed = failed or "UNCLEAN" in line
            continue
        if not listing:
            continue
        match = re.match(r"\* Clone Set: \S+ \[(\S+)\]", line)
        if match:
            clone = match[1]
            continue
        match = re.match(r"\* (\S+)\s+\(\S+\):\s+(.*)", line)
        if match:
            words = match[2].split()
            place = [word for word in words if word.startswith("ha-node")]
            places.append((match[1], words[0], place[0] if place else ""))
            continue
        match = re.match(r"\* (Started|Promoted|Unpromoted|Stopped|Masters|Slaves): \[ (.*) \]", line)
        if match:
            places += [(clone, match[1], name) for name in match[2].split()]
    return nodes, sorted(places), failed


def said(program):
    return (of_hatui if program.name == "hatui" else of_crm_mon)(program.screen.text())


def running(places):
    """What runs where, for comparison between programs."""
    return sorted(place for place in places if place[1] in ("Started", "Promoted", "Unpromoted"))


class Watcher:
    """Notes when what the programs say changes."""

    def __init__(self, programs):
        self.programs = programs
        self.notes = {program.name: [] for program in programs}

    def note(self, program, moment):
        says, notes = said(program), self.notes[program.name]
        if not notes or notes[-1][1] != says:
            notes.append((moment, says))
        return False

    def begin(self):
        for program in self.programs:
            self.notes[program.name] = [(time.time(), said(program))]

    def first(self, name, node=None):
        """When it first said something else than at the start; of a node, if one is named."""
        (_, start), *notes = self.notes[name]
        about = (lambda says: says[0].get(node)) if node else (lambda says: says)
        return next((moment for moment, says in notes if about(says) != about(start)), None)

    def settled(self, name):
        """When it first said what runs where at the end, to say nothing else for longer than a redraw takes."""
        notes, final, since = self.notes[name], None, None
        final = running(self.notes[name][-1][1][1])
        for (moment, says), after in zip(notes, notes[1:] + [(None, None)]):
            same = running(says[1]) == final
            if same and since is None:
                since = moment
            elif not same and (after[0] is None or after[0] - moment > 0.03):
                since = None
        return since if since != notes[0][0] else None

    def final(self, name):
        return running(self.notes[name][-1][1][1])


def log_moments(pattern, since, nodes=None):
    """The moments, by the nodes' own logs (one clock for all), of lines that match."""
    found = []
    for node in nodes or NODES:
        path = os.path.join(DIR, "log", node, "pacemaker", "pacemaker.log")
        try:
            with open(path, encoding="utf-8", errors="replace") as file:
                file.seek(max(0, os.path.getsize(path) - (1 << 26)))
                lines = file.read().splitlines()
        except OSError:
            continue
        for line in lines:
            match = re.match(r"(\w+ +\d+) (\d+:\d+:\d+\.\d+) ", line)
            if match and re.search(pattern, line):
                day = time.strftime("%Y-%m-%d", time.gmtime(since))
                moment = _parse(f"{day} {match[2]}")
                if moment >= since - 0.005:
                    found.append(moment)
    return sorted(found)


def _parse(text):
    whole, part = text.split(".")
    return time.mktime(time.strptime(whole, "%Y-%m-%d %H:%M:%S")) - time.timezone + float("0." + part)


# --- start ----------------------------------------------------------------------------------------------------------

def measure_start(rounds):
    print(f"start → first paint, start → complete picture over SSH of {len(NODES)} nodes ({rounds} times)")
    print("  complete: every node's state, all resources, quorum, every link with its latency or state, no feed missing; the header's verdict stands")
    first, whole, loads = [], [], []
    for _ in range(rounds):
        program = hatui()
        moments = {}

        def seen(program, moment):
            text = program.screen.text()
            if "Nodes" in text and "first" not in moments:
                moments["first"] = moment
            nodes, places, _ = of_hatui(text)
            online = [node for node in NODES if nodes.get(node, "").startswith("online")]
            complete = len(online) == len(NODES) and len(running(places)) >= 10 and "has quorum" in text \
                and len(re.findall(r"link \d .*? connected", text)) >= len(NODES) * (len(NODES) - 1) \
                and "no DRBD" in text and "HEALTHY" in text and "fencing 3" in text
            if complete:
                moments["whole"] = moment
            return complete

        done = pump([program], 15, seen)
        loads.append(load())
        if not done:
            print("  never complete; the screen:\n" + program.screen.text().replace("\n\n", "\n"))
        else:
            first.append(moments["first"] - program.started)
            whole.append(moments["whole"] - program.started)
        program.write("q")
        pump([program], 1)
        program.end()
    tell("first paint", first)
    tell("complete picture", whole)
    print(f"  load average {min(loads):.1f} to {max(loads):.1f}")


# --- event → screen -------------------------------------------------------------------------------------------------

OPERATION = r"Result of (start|stop|promote|demote) operation for \S+ on \S+: ok"


def settle(programs):
    """Waits until the cluster is idle and no screen changes."""
    lab("settle", "60")
    pump(programs, 1.2)


def spread(times):
    """Where in the two seconds of `watch -n 2` each event begins: evenly, so that its mean is no luck, in random order."""
    parts = [(at + 0.5) / times for at in range(times)]
    random.shuffle(parts)
    return parts


def trial(programs, part, event, window, truth_of_first=None, node=None):
    """One event, at a part (0 to 1) of the way between two looks of `watch -n 2`; gives per program (first sign, settled), and
    the truths."""
    watched, before = programs[-1], programs[-1].screen.text()
    pump(programs, 3, lambda program, moment: program is watched and program.screen.text() != before)
    pump(programs, 0.05 + 2 * part)
    watcher = Watcher(programs)
    watcher.begin()
    began = time.time()
    doing = threading.Thread(target=event)
    doing.start()
    end, quiet_since = began + window, None
    while time.time() < end:
        pump(programs, 0.5, watcher.note)
    doing.join()
    operations = log_moments(OPERATION, began)
    truth_settled = operations[-1] if operations else None
    truth_first = began
    if truth_of_first:
        moments = log_moments(truth_of_first, began)
        truth_first = moments[0] if moments else None
    finals = {program.name: watcher.final(program.name) for program in programs}
    same = len({json.dumps(final) for final in finals.values()}) == 1
    return {
        "first": {program.name: watcher.first(program.name, node) for program in programs},
        "settled": {program.name: watcher.settled(program.name) for program in programs},
        "truth_first": truth_first, "truth_settled": truth_settled, "same": same, "finals": finals, "load": load(),
    }


def report(what, trials, names):
    print(f"{what}: {len(trials)} times, load average {min(t['load'] for t in trials):.1f} to {max(t['load'] for t in trials):.1f}")
    for which in ("first", "settled"):
        truth = f"truth_{which}"
        delays = {}
        for name in names:
            pairs = [(t[which][name], t[truth]) for t in trials if t[which][name] and t[truth] and t["same"]]
            delays[name] = [shown - true for shown, true in pairs]
            tell(f"{which} sign, {name}" if which == "first" else f"settled state, {name}", delays[name])
        ours = [(t[which]["hatui"], t[which]["crm_mon"]) for t in trials if t[which]["hatui"] and t[which]["crm_mon"] and t["same"]]
        tell(f"{which}: hatui later than crm_mon by", [a - b for a, b in ours])
        means = {name: statistics.fmean(values) for name, values in delays.items() if values}
        if "hatui" in means and "watch -n 2" in means:
            print(f"  {which}: mean delay hatui {means['hatui'] * 1000:.0f} ms, crm_mon {means.get('crm_mon', 0) * 1000:.0f} ms, "
                  f"watch -n 2 {means['watch -n 2'] * 1000:.0f} ms: hatui is {means['watch -n 2'] / means['hatui']:.1f} times sooner")
    unequal = [t for t in trials if not t["same"]]
    if unequal:
        print(f"  {len(unequal)} trials not counted: the programs ended with different pictures, the first:")
        for name, final in unequal[0]["finals"].items():
            print(f"    {name}: {final}")


def place_of(resource):
    return re.search(r"running on: (\S+)", lab("exec", "ha-node-1", "crm_resource", "--locate", "-r", resource))[1]


def measure_events(standbys, failures, losses):
    programs = [hatui(), crm_mon(), watch(2)]
    names = [program.name for program in programs]
    try:
        pump(programs, 6)
        trials = []
        parts = spread(2 * standbys)
        for _ in range(standbys):
            for words in (("-v", "on"), ("-D",)):
                settle(programs)
                trials.append(trial(programs, parts.pop(), lambda words=words: lab("exec", "ha-node-2", "crm_standby", *words), 6))
        if trials:
            report("standby of a node on, and off again (truth: the command given; the last operation's result in the nodes' logs)", trials, names)
        trials = []
        for part in spread(failures):
            settle(programs)
            node = place_of("batch")
            trials.append(trial(programs, part, lambda node=node: lab("kill-resource", "batch", node), 8,
                                r"Result of monitor operation for batch on \S+: not running"))
            lab("exec", "ha-node-1", "crm_resource", "--cleanup", "-r", "batch", check=False)
        if trials:
            report("a resource died (truth: the monitor that found it; the last operation's result)", trials, names)
        trials = []
        for part in spread(losses):
            settle(programs)
            if place_of("batch") == "ha-node-1":  # where the others run
                lab("exec", "ha-node-1", "crm_resource", "--move", "-r", "batch", "-N", "ha-node-2")
                settle(programs)
                lab("exec", "ha-node-1", "crm_resource", "--clear", "-r", "batch")
                settle(programs)
            node = place_of("batch")
            lab("fence-fault", node, "noboot")
            trials.append(trial(programs, part, lambda node=node: lab("power", "off", node), 14, r"state is now lost", node))
            lab("fence-fault", node, "ok")
            lab("power", "on", node)
            lab("wait-online", node, "60")
            pump(programs, 4)
        if trials:
            report("a node lost its power (truth: Pacemaker on a survivor says lost; the last operation's result)", trials, names)
    finally:
        programs[0].write("q")
        for program in programs:
            program.end()


# --- a quiet minute -------------------------------------------------------------------------------------------------

def processes():
    """pid -> (parent, ticks used, ticks of reaped children, command line)"""
    found = {}
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            with open(f"/proc/{entry}/stat", encoding="utf-8", errors="replace") as file:
                fields = file.read().rsplit(")", 1)[1].split()
            with open(f"/proc/{entry}/cmdline", "rb") as file:
                words = file.read().split(b"\0")
        except OSError:
            continue
        found[int(entry)] = (int(fields[1]), int(fields[11]) + int(fields[12]), int(fields[13]) + int(fields[14]), words)
    return found


def tree(known, roots):
    """All processes below these, themselves included."""
    children = {}
    for pid, (parent, *_) in known.items():
        children.setdefault(parent, []).append(pid)
    found, waiting = set(), list(roots)
    while waiting:
        pid = waiting.pop()
        if pid not in found and pid in known:
            found.add(pid)
            waiting += children.get(pid, [])
    return found


def used(known, pids):
    return sum(known[pid][1] + known[pid][2] for pid in pids) / TICKS


def namespace(pid, kind):
    try:
        return os.readlink(f"/proc/{pid}/ns/{kind}")
    except OSError:
        return None


def roots_of(known, node, words):
    """The topmost processes on a node whose command line holds a word."""
    place = open(os.path.join(DIR, "run", f"{node}.pid"), encoding="ascii").read().split()[0]
    space = namespace(place, "net")
    mine = [pid for pid, (_, _, _, argv) in known.items() if words in b" ".join(argv) and namespace(pid, "net") == space]
    return [pid for pid in mine if known[pid][0] not in mine]


def measure_quiet(seconds):
    ours = hatui()
    pump([ours], 15)
    rival = watch(1)
    pump([ours, rival], 5)
    known = processes()
    feeds = {}
    for node in NODES:
        for root in roots_of(known, node, b"hatui-watch"):
            argv = known[root][3]
            # The daemon crm_mon is nobody's child, and names the watcher in the path of its pid file.
            feed = argv[argv.index(b"hatui-watch") + 2].decode() if b"hatui-watch" in argv else "pacemaker"
            feeds.setdefault((node, feed), []).append(root)
    rival_roots = roots_of(known, "ha-node-1", b"watch -n 1")
    main = next(pid for pid, (_, _, _, argv) in known.items() if argv and argv[0] == HATUI.encode())
    masters = [pid for pid, (_, _, _, argv) in known.items() if argv[0].endswith(b"ssh") or argv[0].startswith(b"ssh:")]
    masters = [pid for pid in masters if namespace(pid, "net") == namespace(main, "net")]
    servers = {node: known[feeds[(node, "corosync")][0]][0] for node in NODES}
    before = processes()
    begin = {key: used(before, tree(before, roots)) for key, roots in feeds.items()}
    begin_rival = used(before, tree(before, rival_roots))
    begin_servers = {node: used(before, [pid]) for node, pid in servers.items()}
    begin_main, begin_masters = used(before, [main]), used(before, [pid for pid in masters if pid in before])
    bytes_before = transferred()
    began = time.time()
    loads = [load()]
    pump([ours, rival], seconds)
    loads.append(load())
    after = processes()
    took = time.time() - began
    print(f"a quiet minute ({took:.0f} s, load average {loads[0]:.1f} to {loads[1]:.1f}); CPU of process trees, reaped children included")
    per_node = {}
    for (node, feed), roots in sorted(feeds.items()):
        value = (used(after, tree(after, roots)) - begin[(node, feed)]) / took * 1000
        per_node.setdefault(node, {})[feed] = value
    for node, values in per_node.items():
        print(f"  {node}: " + ", ".join(f"{feed} {value:.1f}" for feed, value in values.items()) + f" = {sum(values.values()):.1f} ms/s of CPU; "
              f"the sshd that carries it {(used(after, [servers[node]]) - begin_servers[node]) / took * 1000:.1f}")
    value = (used(after, tree(after, rival_roots)) - begin_rival) / took * 1000
    print(f"  ha-node-1: watch -n 1 crm_mon -1: {value:.1f} ms/s of CPU")
    mean = statistics.fmean(sum(values.values()) for values in per_node.values())
    print(f"  hatui's sources cost {mean / value:.2f} of that on a node on average")
    cpu = (used(after, [main]) - begin_main) / took
    ssh = (used(after, [pid for pid in masters if pid in after]) - begin_masters) / took
    with open(f"/proc/{main}/status", encoding="ascii") as file:
        status = dict(line.split(":", 1) for line in file.read().splitlines())
    print(f"  hatui itself: {cpu * 100:.2f} % of a core, RSS {int(status['VmRSS'].split()[0]) / 1024:.1f} MiB "
          f"(peak {int(status['VmHWM'].split()[0]) / 1024:.1f}); its ssh processes {ssh * 100:.2f} %")
    if bytes_before is not None:
        now = transferred()
        for node in NODES:
            received = (now[node] - bytes_before[node]) / took
            print(f"  {node} sends {received:.0f} bytes/s on the wire (SSH and TCP included) to hatui")
    ours.write("q")
    ours.end()
    rival.end()


def transferred():
    """Bytes that each node sent on its mgmt network; on a quiet lab nearly all of them are hatui's."""
    found = {}
    for node in NODES:
        text = lab("exec", node, "cat", "/proc/net/dev")
        line = next((line for line in text.splitlines() if line.strip().startswith("mgmt")), None)
        if line is None:
            return None
        found[node] = int(line.split(":")[1].split()[8])
    return found


def measure_payload(seconds):
    """What the feeds print, run as hatui runs them, by their own command lines."""
    ours = hatui()
    pump([ours], 8)
    known = processes()
    commands = {}
    place = open(os.path.join(DIR, "run", "ha-node-1.pid"), encoding="ascii").read().split()[0]
    for pid, (_, _, _, argv) in known.items():
        if b"hatui-watch" in argv and argv[0] == b"timeout" and namespace(pid, "net") == namespace(place, "net"):
            argv = [word.decode() for word in argv[:-1]]
            commands[argv[argv.index("hatui-watch") + 2]] = argv
    ours.write("q")
    ours.end()
    path = "PATH=/usr/sbin:/sbin:/usr/local/sbin:/usr/bin:/bin:/usr/local/bin"
    running_feeds = {}
    for feed, argv in commands.items():
        words = [LAB, "exec", "ha-node-1", "env", "LC_ALL=C", "TZ=UTC", path, *argv]
        running_feeds[feed] = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    counts, frames, begin = dict.fromkeys(running_feeds, 0), {feed: {} for feed in running_feeds}, time.time()
    for feed in running_feeds.values():
        os.set_blocking(feed.stdout.fileno(), False)
    beat = 0
    while time.time() < begin + 10 + seconds:
        for feed, process in running_feeds.items():
            if beat % 5 == 0 or feed == "drbd":
                process.stdin.write(b"n\n" if feed == "drbd" else b"k\n")
                process.stdin.flush()
            data = process.stdout.read() or b""
            if time.time() > begin + 10:
                counts[feed] += len(data)
                for kind in re.findall(rb"@hatui \S+ (\w+)", data):
                    frames[feed][kind.decode()] = frames[feed].get(kind.decode(), 0) + 1
        beat += 1
        time.sleep(1)
    for process in running_feeds.values():
        process.stdin.close()
        process.wait()
    print(f"payload of a quiet node ({seconds} s): " + ", ".join(f"{feed} {count / seconds:.0f}" for feed, count in counts.items())
          + f" = {sum(counts.values()) / seconds:.0f} bytes/s; frames: {frames}")


# --- many resources at once -----------------------------------------------------------------------------------------

def measure_load(count):
    """All resources of a `bench` set started at once; the caller says whether hatui looks on."""
    looking = os.environ.get("LOOKING", "no")
    programs = []
    if looking == "hatui":
        programs = [hatui()]
        pump(programs, 8)
    began = time.time()
    started = [load()]
    lab("bench-start")
    done = None
    while time.time() - began < 600:
        if programs:
            pump(programs, 2)
        else:
            time.sleep(2)
        text = lab("exec", "ha-node-1", "crm_resource", "--locate", "-r", f"load-{count:04}", check=False)
        idle = lab("exec", "ha-node-1", "crmadmin", "-q", "-D", check=False)
        if "is running on" in text and idle:
            if subprocess.run([LAB, "settle", "2"], capture_output=True, check=False).returncode == 0:
                done = time.time()
                break
    problems = {
        "operations timed out": log_moments(r"Result of \S+ operation .*(Timed Out|timed out)", began),
        "daemons restarted or unresponsive": log_moments(r"Respawning|unresponsive|process .* (terminated|exited)|is unresponsive to ipc", began),
        "nodes lost": log_moments(r"state is now lost", began),
    }
    starts = log_moments(r"Result of start operation for load-\d+ on \S+: ok", began)
    print(f"{count} resources at once, looked on by {looking}: " + (f"settled after {done - began:.0f} s" if done else "NOT settled within 600 s")
          + f"; last start after {starts[-1] - began:.1f} s; {len(starts)} starts" if starts else "; no starts")
    for what, moments in problems.items():
        print(f"  {what}: {len(moments)}")
    print(f"  load average {started[0]:.1f} to {load():.1f}")
    for program in programs:
        while done and time.time() - done < 30 and "all well" not in program.screen.lines()[0]:
            pump(programs, 0.1)
        print(f"  hatui, {time.time() - (done or began):.1f} s after: {program.screen.lines()[0].strip()}")
        program.write("q")
        program.end()


if __name__ == "__main__":
    what, *numbers = sys.argv[1:]
    {"start": measure_start, "events": measure_events, "quiet": measure_quiet, "payload": measure_payload, "load": measure_load}[what](*map(int, numbers))
