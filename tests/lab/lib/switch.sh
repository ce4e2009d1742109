# shellcheck shell=bash
# The switch: one process that holds the lab's bridges and the file system that the nodes' disks are on.
# It is PID 1 of the pid namespace that all nodes are below, so the end of it is the end of everything.

switch_start() {
  mkdir -p "$LAB_DIR/fs"
  setsid env --default-signal unshare -n -m -p --fork --kill-child=KILL -- \
    /bin/bash "$LAB_HOME/node/switch-init" "$LAB_DIR" </dev/null >>"$LAB_DIR/log/switch.log" 2>&1 &
  wait_for 10 "the switch to be up" test -e "$RUN/switch.ready" || { log_tails; return 1; }
}

switch_pid() { pid_of switch || die "the switch of $LAB_DIR does not run"; }
# Where the host sees the nodes' disks (they are mounted in the switch's mount namespace only).
disks() { printf '/proc/%s/root%s/fs' "$(switch_pid)" "$LAB_DIR"; }
# With become=exec this shell becomes the command: a signal meant for the command then reaches it.
in_switch_net() { ${become:-} nsenter --net="/proc/$(switch_pid)/ns/net" -- "$@"; }

port_of() { printf 'n%s-%s' "$(number_of "$1")" "$2"; }
group_of() { cat "$RUN/$1.group" 2>/dev/null || printf 0; }
# Ring networks are cut by a split; mgmt is not: ssh and service addresses reach both sides, and so do tests.
bridge_of() {
  local group
  group=$(group_of "$1")
  if [ "$2" = mgmt ] || [ "$group" = 0 ]; then printf '%s' "$2"; else printf '%s-%s' "$2" "$group"; fi
}

link_name() {
  case $1 in
    0 | 1) printf 'ring%s' "$1" ;;
    mgmt | ring0 | ring1) printf '%s' "$1" ;;
    *) die "no such link: '$1' (0, 1 or mgmt)" ;;
  esac
}
# A link that was taken down stays so over a reboot of its node: node-init looks at the same mark.
link_set() {
  local state=$1 node=$2 network
  network=$(link_name "$3")
  if [ "$state" = down ]; then touch "$RUN/$node.$network.down"; else rm -f "$RUN/$node.$network.down"; fi
  pid_lives "$node" || return 0
  in_switch_net ip link set "$(port_of "$node" "$network")" "$state"
}

plug_in() {
  local network
  pid_lives "$1" || return 0
  for network in ring0 ring1; do
    in_switch_net ip link set "$(port_of "$1" "$network")" master "$(bridge_of "$1" "$network")"
  done
}

network_split() {
  local groups group=0 side node seen=()
  IFS='|' read -r -a groups <<<"$1"
  [ ${#groups[@]} -ge 2 ] || die "a split needs two sides or more: 'ha-node-1,ha-node-2|ha-node-3'"
  for side in "${groups[@]}"; do
    for node in ${side//,/ }; do
      need_node "$node"
      [[ " ${seen[*]:-} " != *" $node "* ]] || die "$node is named twice"
      seen+=("$node")
    done
  done
  [ ${#seen[@]} = "$(node_count)" ] || die "a split must name every node once: $(node_names | tr '\n' ' ')"
  for side in "${groups[@]}"; do
    if [ "$group" != 0 ]; then
      in_switch_net ip -force -batch - 2>/dev/null < <(for n in ring0 ring1; do
        printf 'link add %s-%s type bridge stp_state 0 forward_delay 0 mcast_snooping 0\n' "$n" "$group"
        printf 'link set %s-%s up\n' "$n" "$group"
      done) || true # they may be there from an earlier split
    fi
    for node in ${side//,/ }; do printf '%s\n' "$group" >"$RUN/$node.group"; done
    group=$((group + 1))
  done
  for node in "${seen[@]}"; do plug_in "$node"; done
}

network_heal() {
  local node
  for node in $(node_names); do
    rm -f "$RUN/$node.group"
    plug_in "$node"
  done
}
