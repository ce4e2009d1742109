# Corosync: quorum, links and who is reachable, each when it differs. quorumtool -m wakes it.
feed=corosync beats=t tick=1
start() {
  quorum_at=0 links_at=0 reach_at=0 latency_at=0 waker_at=0 clock_at=0 moving=0 well= units=
  quiet=200 seldom=$((slow * 100)) sample=1000
  # Each sudo is a line in a log.
  [ "$sudo" = - ] || { quiet=$seldom sample=$((slow * 300)); }
  units
}
units() {
  text=
  for tool in corosync pacemakerd drbdadm; do
    flag=--version most=1
    case $tool in corosync) flag=-v ;; drbdadm) most=8 ;; esac
    run units $tool $flag
    lines=0 IFS=$nl
    for line in $out; do
      lines=$((lines + 1))
      [ $lines -gt $most ] || text="$text$tool $line$nl"
    done
    unset IFS
  done
  # Where DRBD is: whether it is started at boot, beside Pacemaker.
  if [ -n "$out" ]; then
    run units systemctl is-enabled drbd.service
    [ -z "$out" ] || text="${text}systemctl ${out%%"$nl"*}$nl"
  fi
  # Others would be refused, and each refusal is a line in the node's log.
  if [ "$(id -u)" = 0 ]; then
    run units corosync-cmapctl -g runtime.config.totem.token
    [ -z "$out" ] || text="${text}token ${out##*= }$nl"
  fi
  clock
  units_at=$((now + slow * 6000))
  [ "$text" = "$units" ] || { units=$text; frame 'units rc=0' "${text%"$nl"}"; }
}
# What this node's clock shows, for who compares it with others'.
tell_time() {
  clock_at=$((now + slow * 600))
  say "clock s=$(date +%s)"
}
move() {
  moving=$((now + 500))
  quorum_at=$now reach_at=$now
}
# due NAME GAP: when to look again
due() {
  [ "$now" -ge "$moving" ] || [ "$2" -le 100 ] || [ "$sudo" != - ] || set -- "$1" 100
  eval "$1=\$((now + $2))"
}
rest() { quorum_at=$((now + slow * 600)) links_at=$quorum_at reach_at=$quorum_at latency_at=$quorum_at moving=0; }
links() {
  run_root links corosync-cfgtool -s
  if give; then
    well=1
    [ -z "$changed" ] || move
  else
    well=
    if denied; then rest; return; fi
  fi
  due links_at $quiet
}
quorum() {
  run_root quorum corosync-quorumtool -s
  date=${out#*"${nl}Date:"}
  [ "$date" = "$out" ] || key="${out%%"${nl}Date:"*}$nl${date#*"$nl"}"
  give && [ -n "$changed" ] && moving=$((now + 500)) reach_at=$now
  due quorum_at $seldom
}
reach() { run_root reach corosync-cfgtool -n; give; due reach_at $seldom; }
latency() {
  run_root latency corosync-cmapctl -m stats stats.knet.
  few= IFS=$nl
  for line in $out; do
    case $line in
      *.connected\ *|*.latency_ave\ *|*.latency_max\ *|*.latency_samples\ *|*.down_count\ *|*.mtu\ *) few="$few$line$nl" ;;
    esac
  done
  unset IFS
  out=${few%"$nl"}
  give
  latency_at=$((now + sample))
}
step() {
  clock
  if [ -n "$wake" ]; then
    wake=
    # Not while refused.
    [ "$links_at" -gt $((now + quiet)) ] || { move; links_at=$now; }
  fi
  [ "$now" -lt $links_at ] || links
  [ "$now" -lt $quorum_at ] || quorum
  [ "$now" -lt $reach_at ] || reach
  [ "$now" -lt $latency_at ] || latency
  [ "$now" -lt $units_at ] || units
  [ "$now" -lt $clock_at ] || tell_time
  if [ -z "$waker" ] && [ -n "$well" ] && [ "$sudo" = - ] && [ "$now" -ge $waker_at ]; then
    waker=starting waker_at=$((now + slow * 100)) line=
    ! command -v stdbuf || line='stdbuf -oL'
    { $line corosync-quorumtool -m 6>&- | bursts; } 5>&- </dev/null &
  fi
}
watch
