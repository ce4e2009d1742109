# Pacemaker: a document when it differs. Looks now when interactive crm_mon draws, or the CIB's header moved.
feed=pacemaker beats=t tick=1
mon='-1 --output-as=xml -r -R -m3'
start() {
  free=0 used=0 dirty=1 turn=0 others= moving=0 resting=0 header_at=0 header_free=0 safe_at=0 waker_at=0 config_at= epoch= config_epoch= well= has_script=
  if [ "$sudo" = - ] && command -v script; then has_script=1; fi
  header
}
# cost = centiseconds of CPU that tools used since the last time; reading it costs too
usage() {
  stat_of self
  # shellcheck disable=SC2086
  set -- $st
  cost=$((${14} + ${15} - used)) used=$((${14} + ${15}))
}
# The next look is due five times the CPU after this one, or as long as it took (a busy node is left alone), with
# 1 s of credit for what moves after a quiet time.
pay() {
  usage
  [ "$free" -ge $((now - 100)) ] || free=$((now - 100))
  cost=$((5 * cost + 2))
  [ $cost -ge $took ] || cost=$took
  free=$((free + cost))
  [ "$free" -le $((now + 1000)) ] || free=$((now + 1000))
}
# Something moved: the header is polled at a short interval for a while.
move() {
  moving=$((now + 300)) at=$((now + 10))
  [ $at -ge $header_free ] || at=$header_free
  [ $header_at -le $at ] || header_at=$at
}
# All nodes are woken at the same moment, to print the same: one of them looks at once, the others a moment later, since
# they would hold up each other where they share something (a host, the way to hatui). It is the first that is online
# and not the DC, which has enough to do at that moment; $others: it is not this one.
precede() {
  others=
  case $out in *'<current_dc '*) text=${out#*'<current_dc '}; dc=${text%%>*} ;; *) return ;; esac
  text=${out#*'<nodes>'}
  text=${text%%'</nodes>'*}
  while :; do
    case $text in *'<node name="'*) text=${text#*'<node name="'} ;; *) return ;; esac
    name=${text%%\"*}
    case $dc in *" name=\"$name\""*) continue ;; esac
    case ${text%%>*} in *' type="remote'*) ;; *' online="true"'*) break ;; esac
  done
  [ "$name" = "$node" ] || others=1
}
stir() {
  [ -n "$dirty" ] || [ -z "$others" ] || turn=$((now + 15))
  dirty=1
  move
}
rest() { resting=$((now + slow * 600)) dirty=1; }
look() {
  dirty=
  # shellcheck disable=SC2086
  run_root document crm_mon $mon
  case "$mon $rc $err" in
    '-1 '*' 64 '*|'-1 '*' 1 '*nrecognized*|'-1 '*' 1 '*nknown\ option*)
      mon='--as-xml -r'
      run_root document crm_mon $mon ;;
  esac
  # Both stand near the start, where cutting in the shell is sooner done than starting a sed.
  key=$out
  case $key in *'<last_update '*) text=${key#*"<last_update "}; key=${key%%"<last_update "*}${text#*>} ;; esac
  case $key in *' last_updated="'*) text=${key#*" last_updated=\""}; key=${key%%" last_updated=\""*}${text#*\"} ;; esac
  safe_at=$((now + slow * 600)) well=
  give "ms=${took}0"
  told=$?
  pay
  precede
  if [ $told = 0 ] && [ $rc = 0 ]; then
    well=1
    [ -z "$changed" ] || move
  elif denied; then
    rest
  else
    dirty=1
    [ "$free" -ge $((now + 200)) ] || free=$((now + 200))
  fi
}
header() {
  run_root cib cibadmin -Q -n
  if give; then
    if [ -n "$changed" ]; then
      stir
      epoch=${out#* epoch=\"} && epoch=${epoch%%\"*}
      major=${out#* admin_epoch=\"} && epoch=${major%%\"*}.$epoch
    fi
    if [ "$now" -lt $moving ]; then gap=10
    elif [ $pace = header ]; then gap=200
    elif [ -n "$waker" ]; then gap=1000
    else gap=100
    fi
    usage
    header_free=$((now + 4 * cost)) header_at=$((now + gap))
    [ "$sudo" = - ] || header_free=$((now + 200))
    [ $header_at -ge $header_free ] || header_at=$header_free
  else
    dirty=1 header_at=$((now + 200))
    if [ $pace = header ] && denied; then rest; fi
  fi
}
section() { run_root "$1" cibadmin -Q -o "$2"; give; }
# Interactive crm_mon on a terminal of its own. Its input is a pipe that it holds open itself.
# A small screen is soon drawn, and its "last updated" differs with each first change after a quiet time.
# `timeout 0` limits nothing, but ends it when the terminal goes: crm_mon alone spins for ever where SIGHUP is ignored.
waken() {
  : | {
    exec 0<>/proc/self/fd/0
    read -r me rest </proc/self/stat
    send "p$me"
    exec env SHELL=/bin/sh TERM=xterm LINES=24 COLUMNS=80 script -qfc 'exec timeout --foreground -k 1 0 crm_mon' /dev/null 6>&-
  } | bursts
}
step() {
  clock
  # Refused: not asked again soon, whoever wants it.
  [ "$now" -ge $resting ] || return 0
  [ -z "$wake" ] || { wake=; stir; }
  if [ $pace = document ]; then
    [ "$now" -lt "$safe_at" ] || dirty=1
    [ -z "$dirty" ] || [ "$now" -lt "$free" ] || [ "$now" -lt "$turn" ] || look
  fi
  [ "$now" -lt "$header_at" ] || header
  if [ $pace = document ]; then
    if [ "$epoch" != "$config_epoch" ]; then
      config_at=${config_at:-$((now + 100))}
      if [ "$now" -ge "$config_at" ]; then
        config_at= config_epoch=$epoch
        section constraints constraints
        section options crm_config
        section attributes nodes
      fi
    fi
    if [ -z "$waker" ] && [ -n "$has_script" ] && [ -n "$well" ] && [ "$now" -ge "$waker_at" ]; then
      waker=starting waker_at=$((now + 500))
      waken 5>&- </dev/null &
    fi
  else
    case $waker in *[0-9]) kill "$waker"; waker=stopping ;; esac
  fi
  next=$header_at
  at=$free
  [ "$turn" -le "$at" ] || at=$turn
  [ -z "$dirty" ] || [ $pace = header ] || [ "$at" -ge "$next" ] || next=$at
  [ "${config_at:-$next}" -ge "$next" ] || next=$config_at
  [ "$next" -ge $((now + 100)) ] || arm $((next - now))
}
watch
