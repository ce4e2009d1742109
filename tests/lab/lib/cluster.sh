# shellcheck shell=bash
# What Pacemaker says of the cluster, and waiting for it.

# The first node that is on, not frozen, and whose Pacemaker answers.
witness() {
  local name
  for name in $(node_names); do
    if ask_node "$name" crm_mon -1 --output-as=xml >/dev/null 2>&1; then printf '%s' "$name"; return; fi
  done
  return 1
}

crm_xml() { ask_node "$1" crm_mon -1 --output-as=xml 2>/dev/null; }

online_nodes() { # as XML on stdin tells it
  grep -E '<node name="[^"]+" id="[^"]+" online="true".* pending="false" unclean="false"' | grep -o 'name="[^"]*"' | cut -d'"' -f2
}
all_online() {
  local xml
  xml=$(crm_xml ha-node-1) || return 1
  [[ $xml == *'<current_dc present="true"'* ]] || return 1
  [ "$(online_nodes <<<"$xml" | wc -l)" = "$(node_count)" ]
}
# As the node itself and its DC see it: others may not have noticed yet that it was away.
node_online() {
  local xml dc
  xml=$(crm_xml "$1") || return 1
  [[ $xml =~ \<current_dc\ present=\"true\"[^\>]*\ name=\"(ha-node-[0-9])\" ]] || return 1
  dc=${BASH_REMATCH[1]}
  online_nodes <<<"$xml" | grep -x "$1" >/dev/null || return 1
  crm_xml "$dc" | online_nodes | grep -x "$1" >/dev/null
}

# Idle: the DC has nothing under way, and the scheduler wants nothing done. (`crm_resource --wait` tells the same, but
# never in less than two seconds.)
settle() {
  local seconds=$1 until name dc
  until=$(($(now_ms) + seconds * 1000))
  while :; do
    name='' dc=''
    if name=$(witness) && dc=$(ask_node "$name" crmadmin -q -D 2>/dev/null | grep -o 'ha-node-[0-9]') && dc_idle "$name" "$dc" &&
      nothing_wanted "$name" && dc_idle "$name" "$dc"; then
      return 0
    fi
    if [ "$(now_ms)" -ge "$until" ]; then
      warn "waited $seconds s in vain for the cluster to be idle; its DC, as ${name:-nobody} sees it, is ${dc:-nobody}"
      [ -z "$name" ] || ask_node "$name" crm_mon -1 >&2 || true
      return 1
    fi
    sleep 0.2
  done
}
dc_idle() { [[ $(ask_node "$1" crmadmin -S "$2" 2>/dev/null) == *S_IDLE* ]]; }
nothing_wanted() {
  local plan
  plan=$(ask_node "$1" crm_simulate -LS 2>/dev/null) || return 1
  plan=${plan#*Executing Cluster Transition:}
  [[ ${plan%%Revised Cluster Status*} != *'* '* ]]
}

load_set() {
  set_xml "$1" >"$LAB_DIR/config.xml"
  in_node ha-node-1 cibadmin --modify --allow-create --scope configuration --xml-pipe <"$LAB_DIR/config.xml"
}

bench_start() {
  local name
  name=$(witness) || die "no node's Pacemaker answers"
  in_node "$name" crm_attribute --type rsc_defaults --name target-role --update Started
}

# A node leaves and founds a cluster of its own, as its only member and under another name. Its old one holds it for off.
node_secede() { # node_secede NODE NAME
  [[ ${2:-} =~ ^[a-z][a-z0-9-]*$ ]] || die "secede NODE NAME"
  in_node "$1" lab-stack stop
  # Another port: knet's packets of the old cluster must not reach it. The files are moved, not their folder: an overlay
  # does not rename a folder that the host has too.
  # shellcheck disable=SC2016
  in_node "$1" bash -euc 'cd /etc/corosync
    [ ! -e corosync.conf.old ] || exit 0
    cp -p corosync.conf corosync.conf.old
    sed -e "/^nodelist/,\$ d" -e "s/cluster_name: .*/cluster_name: $1/" -e "/^totem/ a interface {\nlinknumber: 0\nmcastport: 5505\n}" corosync.conf.old >corosync.conf
    printf "nodelist {\n node {\n name: %s\n nodeid: 1\n ring0_addr: %s\n }\n}\n" "$1" "$2" >>corosync.conf
    install -d -o hacluster -g haclient -m 750 /var/lib/pacemaker/cib.old
    mv /var/lib/pacemaker/cib/* /var/lib/pacemaker/cib.old/
    install -o hacluster -g haclient -m 600 /dev/stdin /var/lib/pacemaker/cib/cib.xml' \
    bash "$2" "10.77.1.1$(number_of "$1")" < <(cib_seed)
  in_node "$1" lab-stack start
}
node_rejoin() {
  in_node "$1" test -e /etc/corosync/corosync.conf.old || return 0
  in_node "$1" lab-stack stop
  in_node "$1" bash -euc 'cd /var/lib/pacemaker
    mv /etc/corosync/corosync.conf.old /etc/corosync/corosync.conf
    rm -rf cib/*
    mv cib.old/* cib/'
  in_node "$1" lab-stack start
}

print_status() {
  local name state
  for name in $(node_names); do
    state=off
    ! pid_lives "$name" || state=on
    [ ! -e "$RUN/$name.frozen" ] || state="$state, frozen"
    [ ! -e "$RUN/$name.ring0.down" ] || state="$state, link 0 down"
    [ ! -e "$RUN/$name.ring1.down" ] || state="$state, link 1 down"
    [ ! -e "$RUN/$name.mgmt.down" ] || state="$state, mgmt down"
    [ ! -e "$RUN/$name.group" ] || state="$state, side $(group_of "$name") of a split"
    [ ! -e "$RUN/$name.fence-fault" ] || state="$state, fencing it: $(cat "$RUN/$name.fence-fault")"
    printf '%s: %s\n' "$name" "$state"
  done
  if name=$(witness); then in_node "$name" crm_mon -1; else say "no node's Pacemaker answers"; fi
}
