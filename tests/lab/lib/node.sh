# shellcheck shell=bash
# Nodes: power, processes, commands in them.

NODE_PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

# Power: one lock a node, since an administrator and a fence device may both want to.
node_on() {
  local name=$1
  (
    flock -w 60 9 || die "someone else switches $name"
    ! pid_lives "$name" || exit 0
    rm -f "$RUN/$name.pid" "$RUN/$name.booted" "$RUN/$name.frozen"
    printf '%(%F %T)T power on\n' -1 >>"$LAB_DIR/log/$name/boot.log"
    # Signals that this shell ignores (as a background job does) must not be ignored by a whole node.
    setsid env -i --default-signal PATH="$NODE_PATH" \
      nsenter -t "$(switch_pid)" -m -n -p -- unshare -n -m -u -i -p --fork --kill-child=KILL -- \
      /bin/bash "$LAB_HOME/node/node-init" "$(number_of "$name")" "$LAB_DIR" \
      </dev/null >>"$LAB_DIR/log/$name/boot.log" 2>&1 9>&- &
    wait_for 10 "$name to start" pid_lives "$name"
  ) 9>"$RUN/$name.lock"
}
node_off() {
  local name=$1 pid
  (
    flock -w 60 9 || die "someone else switches $name"
    rm -f "$RUN/$name.power-returns"
    pid=$(pid_of "$name") || exit 0
    kill -KILL "$pid" 2>/dev/null || true
    wait_for 10 "$name to be off" gone "$name"
    rm -f "$RUN/$name.pid" "$RUN/$name.frozen"
  ) 9>"$RUN/$name.lock"
}
gone() { ! pid_lives "$1"; }
booted() { [ -s "$RUN/$1.booted" ] && pid_lives "$1"; }
wait_booted() { wait_for 20 "$1 to have booted (see $LAB_DIR/log/$1/boot.log)" booted "$1"; }
node_pid() { pid_of "$1" || die "$1 is off"; }

# in_node NODE COMMAND...: as root in all the node's namespaces, with a clean environment. For become see in_switch_net.
in_node() {
  local pid
  pid=$(node_pid "$1")
  shift
  ${become:-} nsenter -t "$pid" -m -u -i -n -p -- env -i PATH="$NODE_PATH" HOME=/root USER=root LOGNAME=root SHELL=/bin/bash \
    LC_ALL=C.UTF-8 TZ=UTC TERM="${TERM:-dumb}" "$@"
}
# For questions that the lab itself asks: a node that hangs must not hang the lab.
ask_node() {
  local pid
  pid=$(pid_of "$1") && [ ! -e "$RUN/$1.frozen" ] || return 1
  shift
  timeout -k 1 10 nsenter -t "$pid" -m -u -i -n -p -- env -i PATH="$NODE_PATH" LC_ALL=C "$@"
}

# The host's pids of all that runs on a node.
processes_of() {
  local pid p
  pid=$(node_pid "$1")
  for p in /proc/[0-9]*; do
    [ ! "$p/ns/pid" -ef "/proc/$pid/ns/pid" ] || printf '%s\n' "${p#/proc/}"
  done
}
# Everything of this boot, and nothing of the next: the kernel signals a whole pid namespace at once, all but its PID 1
# and the asker. One by one it took seconds on a busy machine: the node was fenced meanwhile, and the rest was stopped
# in its new boot.
signal_node() { # signal_node SIGNAL NODE
  local pid
  pid=$(node_pid "$2")
  nsenter -t "$pid" -p -- bash -c "kill -$1 -1" || true
  kill "-$1" "$pid" 2>/dev/null || true
}
# Twice, for those that were being started meanwhile.
signal_sshd() { # signal_sshd SIGNAL NODE
  local pid name
  for _ in 1 2; do
    for pid in $(processes_of "$2"); do
      { read -r name <"/proc/$pid/comm"; } 2>/dev/null || continue
      [[ $name != sshd* ]] || kill "-$1" "$pid" 2>/dev/null || true
    done
  done
}
node_freeze() { touch "$RUN/$1.frozen"; signal_node STOP "$1"; }
node_thaw() { signal_node CONT "$1"; rm -f "$RUN/$1.frozen"; }

# What a monitoring tool might have left on a node: processes, "PID COMMAND LINE", one a line, pids as the host has them,
# and folders.
node_strays() {
  local pid line
  pid=$(node_pid "$1")
  ls -d "/proc/$pid/root/"{dev/shm,tmp}/hatui-{watch,preview}* 2>/dev/null || true
  for pid in $(processes_of "$1"); do
    line=$(tr '\0\n' '  ' <"/proc/$pid/cmdline" 2>/dev/null) || continue
    if [[ $line =~ hatui-watch|hatui-preview|drbdsetup\ events2|crm_mon|tee\ /proc/self|(^|[/ ])script\  ]]; then printf '%s %.200s\n' "$pid" "$line"; fi
  done
}

# Makes a resource die where it runs, so that its next monitor finds it dead.
kill_resource() {
  local rsc=$1 node=$2
  [[ $rsc =~ ^[A-Za-z0-9_.-]+$ ]] || die "no such resource: '$rsc'"
  # shellcheck disable=SC2016
  in_node "$node" sh -c 'found=no
    for f in /run/Dummy-$1.state /run/Dummy-$1:*.state /run/Stateful-$1.state /run/Stateful-$1:*.state \
      /run/resource-agents/Dummy-$1.state /run/resource-agents/Delay_$1; do
      if [ -e "$f" ]; then rm -f "$f"; found=yes; fi
    done
    if [ "$1" = web-ip ] && ip address del 10.77.0.100/24 dev mgmt 2>/dev/null; then found=yes; fi
    [ $found = yes ]' sh "$rsc" || die "$rsc does not run on $node, or leaves no state file there"
}
