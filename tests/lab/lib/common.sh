# shellcheck shell=bash
# Names, places and small helpers that every part of the lab shares.

say() { printf 'lab: %s\n' "$*"; }
warn() { printf 'lab: %s\n' "$*" >&2; }
die() { printf 'lab: error: %s\n' "$*" >&2; exit 1; }

now_ms() { local t=${EPOCHREALTIME/[^0-9]/}; printf '%s' "$((t / 1000))"; }

# Everything of one lab is below its directory; its mark keeps `down` from ever removing anything else.
use_dir() {
  LAB_DIR=$1
  [[ $LAB_DIR =~ ^/[A-Za-z0-9_./-]+$ && $LAB_DIR != *..* && $LAB_DIR != / ]] ||
    die "the lab's directory must be an absolute path of letters, digits, . _ - only: '$LAB_DIR'"
  LAB_DIR=${LAB_DIR%/}
  RUN=$LAB_DIR/run
  MARK=$LAB_DIR/.hatui-lab
}

have_lab() { [ -e "$MARK" ] && pid_lives switch; }
need_lab() { have_lab || die "no lab runs in $LAB_DIR; start one: $LAB_HOME/lab up --dir $LAB_DIR"; }

node_count() { cat "$RUN/nodes"; }
node_names() { local i; for ((i = 1; i <= $(node_count); i++)); do printf 'ha-node-%d\n' "$i"; done; }
# Accepts ha-node-2 only, so that a mistyped name is told and never half-works.
need_node() {
  [[ ${1:-} =~ ^ha-node-([1-5])$ ]] && [ "${BASH_REMATCH[1]}" -le "$(node_count)" ] ||
    die "no such node: '${1:-}'; there are: $(node_names | tr '\n' ' ')"
}
number_of() { printf '%s' "${1##*-}"; }

# A recorded process is "PID STARTTIME": a pid that was given to someone else since is never taken for ours.
start_time_of() {
  local line fields
  { read -r line <"/proc/$1/stat"; } 2>/dev/null || return 1
  read -r -a fields <<<"${line##*) }" # the name, in parentheses, may hold anything
  printf '%s' "${fields[19]}"
}
record_pid() { printf '%s %s\n' "$2" "$(start_time_of "$2")" >"$RUN/$1.pid.new" && mv -f "$RUN/$1.pid.new" "$RUN/$1.pid"; }
# Prints the pid of what is recorded under a name; fails where it does not run.
pid_of() {
  local pid start
  { read -r pid start <"$RUN/$1.pid"; } 2>/dev/null || return 1
  [ -n "$start" ] && [ "$(start_time_of "$pid")" = "$start" ] || return 1
  [ "$(awk '/^State:/ {print $2}' "/proc/$pid/status" 2>/dev/null)" != Z ] || return 1
  printf '%s' "$pid"
}
pid_lives() { pid_of "$1" >/dev/null; }

# wait_for SECONDS WHAT COMMAND...: tries until it succeeds; says what it waited for where it does not.
wait_for() {
  local seconds=$1 what=$2 until
  shift 2
  until=$(($(now_ms) + seconds * 1000))
  until "$@" >/dev/null 2>&1; do
    if [ "$(now_ms)" -ge "$until" ]; then
      warn "waited ${seconds} s in vain for: $what"
      return 1
    fi
    sleep 0.1
  done
}

# log_tails [LINES]: the ends of all logs. Pacemaker writes much that is of no use here: from notice on only.
log_tails() {
  local f
  for f in "$LAB_DIR"/log/*.log "$LAB_DIR"/log/*/boot.log "$LAB_DIR"/log/*/*/*.log; do
    [ -s "$f" ] || continue
    printf -- '--- %s\n' "$f" >&2
    case $f in
      */pacemaker.log) grep -aE '[)][[:space:]]+(notice|warning|error|crit|alert|emerg): ' "$f" || true ;;
      *) cat "$f" ;;
    esac | tail -n "${1:-6}" | cut -c1-300 >&2
  done
}

# Says why the lab cannot run here and exits 77, the code that test runners take for "skipped".
check_can_run() {
  local tool missing=()
  skip() { printf 'skipped: %s\n' "$*" >&2; exit 77; }
  [ "$(uname -s)" = Linux ] || skip "the lab needs Linux namespaces"
  [ "$(id -u)" = 0 ] || skip "the lab needs root"
  for tool in corosync pacemakerd crm_mon crm_resource cibadmin crmadmin sshd ssh ssh-keygen ip unshare nsenter pivot_root \
    mount socat script sudo ps pgrep flock setsid; do
    command -v "$tool" >/dev/null || missing+=("$tool")
  done
  [ ${#missing[@]} = 0 ] || skip "not installed: ${missing[*]} (run .ci/packages)"
  [ -x /usr/lib/ocf/resource.d/heartbeat/IPaddr2 ] && [ -x /usr/lib/ocf/resource.d/pacemaker/Stateful ] ||
    skip "no resource agents in /usr/lib/ocf (run .ci/packages)"
  getent group haclient >/dev/null || skip "no group haclient (run .ci/packages)"
  unshare -n -m -u -i -p --fork true 2>/dev/null || skip "unshare -n -m -u -i -p is refused here"
  unshare -m sh -c 'mount -t tmpfs lab /mnt && cd /mnt && mkdir u w r &&
    mount -t overlay lab -o lowerdir=/,upperdir=u,workdir=w r' 2>/dev/null || skip "mounting an overlay over / is refused here"
  unshare -n ip link add probe type bridge 2>/dev/null || skip "no bridge devices in this kernel"
  unshare -n ip link add probe0 type veth peer name probe1 2>/dev/null || skip "no veth devices in this kernel"
}
