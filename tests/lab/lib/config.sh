# shellcheck shell=bash
# The cluster's configuration: the seed that every node boots with, and the sets that are loaded once all are online.

cib_seed() {
  cat <<'END'
<cib crm_feature_set="3.1.0" validate-with="pacemaker-3.9" epoch="1" num_updates="0" admin_epoch="0">
  <configuration>
    <crm_config>
      <cluster_property_set id="cib-bootstrap-options">
        <nvpair id="cib-bootstrap-options-dc-deadtime" name="dc-deadtime" value="2s"/>
      </cluster_property_set>
    </crm_config>
    <nodes/>
    <resources/>
    <constraints/>
  </configuration>
  <status/>
</cib>
END
}

properties() { # properties NAME=VALUE...
  local p
  printf '<crm_config><cluster_property_set id="cib-bootstrap-options">'
  for p in "$@"; do
    printf '<nvpair id="cib-bootstrap-options-%s" name="%s" value="%s"/>' "${p%%=*}" "${p%%=*}" "${p#*=}"
  done
  printf '</cluster_property_set></crm_config>\n'
}

nvpairs() { # nvpairs TAG RESOURCE NAME=VALUE...
  local tag=$1 rsc=$2 p
  shift 2
  [ $# -gt 0 ] || return 0
  printf '<%s id="%s-%s">' "$tag" "$rsc" "$tag"
  for p in "$@"; do printf '<nvpair id="%s-%s-%s" name="%s" value="%s"/>' "$rsc" "$tag" "${p%%=*}" "${p%%=*}" "${p#*=}"; done
  printf '</%s>' "$tag"
}

monitor() { # monitor RESOURCE INTERVAL [ATTRIBUTE]
  printf '<operations><op id="%s-monitor-%s" name="monitor" interval="%s" timeout="20s"%s/></operations>' "$1" "$2" "$2" "${3:+ $3}"
}

dummy() { # dummy NAME INTERVAL
  printf '<primitive id="%s" class="ocf" provider="pacemaker" type="Dummy">%s</primitive>\n' "$1" "$(monitor "$1" "$2")"
}

# One device a node. In a cluster of two the first is given a head start, or both would shoot each other in a split.
fence_devices() {
  local i extra
  for ((i = 1; i <= $(node_count); i++)); do
    extra=()
    if [ "$i" = 1 ] && [ "$(node_count)" = 2 ]; then extra=(pcmk_delay_base=2s); fi
    printf '<primitive id="fence-%d" class="stonith" type="fence_hatuilab">' "$i"
    nvpairs instance_attributes "fence-$i" "plug=ha-node-$i" "pcmk_host_list=ha-node-$i" passwd=lab-fence-password "${extra[@]}"
    nvpairs meta_attributes "fence-$i" target-role=Started
    printf '%s</primitive>\n' "$(monitor "fence-$i" 60s)"
  done
}

set_empty() {
  printf '<configuration>'
  properties dc-deadtime=2s stonith-enabled=true
  printf '<resources>\n'
  fence_devices
  printf '</resources></configuration>\n'
}

set_demo() {
  printf '<configuration>'
  properties dc-deadtime=2s stonith-enabled=true
  printf '<resources>\n'
  fence_devices
  printf '<group id="web">\n'
  dummy web-fs 10s
  printf '<primitive id="web-ip" class="ocf" provider="heartbeat" type="IPaddr2">'
  nvpairs instance_attributes web-ip ip=10.77.0.100 cidr_netmask=24 nic=mgmt
  printf '%s</primitive>\n' "$(monitor web-ip 5s)"
  dummy web-app 3s
  printf '</group>\n'
  printf '<clone id="store-clone">'
  nvpairs meta_attributes store-clone promotable=true promoted-max=1
  cat <<'END'
<primitive id="store" class="ocf" provider="pacemaker" type="Stateful"><operations>
<op id="store-monitor-promoted" name="monitor" interval="3s" timeout="20s" role="Promoted"/>
<op id="store-monitor-unpromoted" name="monitor" interval="4s" timeout="20s" role="Unpromoted"/>
</operations></primitive></clone>
END
  printf '<clone id="ping-clone">\n'
  dummy ping 10s
  printf '</clone>\n'
  dummy batch 3s
  printf '<primitive id="slow" class="ocf" provider="heartbeat" type="Delay">'
  nvpairs instance_attributes slow startdelay=2 stopdelay=2 mondelay=0
  printf '%s</primitive>\n' "$(monitor slow 10s)"
  cat <<'END'
</resources><constraints>
<rsc_colocation id="web-with-store" rsc="web" with-rsc="store-clone" with-rsc-role="Promoted" score="INFINITY"/>
<rsc_order id="store-then-web" first="store-clone" first-action="promote" then="web" then-action="start" kind="Mandatory"/>
</constraints>
<rsc_defaults><meta_attributes id="rsc-options"><nvpair id="rsc-options-resource-stickiness" name="resource-stickiness" value="10"/></meta_attributes></rsc_defaults>
</configuration>
END
}

set_bench() { # set_bench COUNT: all stopped until bench-start
  local i
  printf '<configuration>'
  properties dc-deadtime=2s stonith-enabled=true
  printf '<resources>\n'
  fence_devices
  for ((i = 1; i <= $1; i++)); do dummy "$(printf 'load-%04d' "$i")" 60s; done
  cat <<'END'
</resources>
<rsc_defaults><meta_attributes id="rsc-options"><nvpair id="rsc-options-target-role" name="target-role" value="Stopped"/></meta_attributes></rsc_defaults>
</configuration>
END
}

check_set() {
  case $1 in
    demo | empty) ;;
    bench:*) [[ $1 =~ ^bench:[1-9][0-9]{0,3}$ ]] || die "bench:COUNT, with COUNT from 1 to 9999" ;;
    *) die "no such set: '$1' (demo, empty, bench:COUNT)" ;;
  esac
}
set_xml() {
  case $1 in
    demo) set_demo ;;
    empty) set_empty ;;
    bench:*) set_bench "${1#bench:}" ;;
  esac
}
