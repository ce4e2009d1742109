# Pacemaker: a document when it differs: what crm_mon brings by itself, or a look when the CIB's header moved.
feed=pacemaker beats=t tick=1
options='--output-as=xml -r -R --fence-history=3' most_kept=8000000 large=100000
mon="-1 $options"
start() {
  free=0 used=0 dirty=1 turn=0 others= moving=0 resting=0 header_at=0 header_free=0 safe_at=0 waker_at=0 config_at= epoch= config_epoch= well= busy= streams=1 has_script= taken= lead=0 brought_at=0 bustle=
  ! command -v script || has_script=1
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
# Something moved: the header is polled at a short interval for a while. (Who sends nothing else need not hurry.)
move() {
  [ $pace = header ] || moving=$((now + 300))
  at=$((now + 10))
  [ $at -ge $header_free ] || at=$header_free
  [ $header_at -le $at ] || header_at=$at
}
# All nodes are woken at the same moment, to print the same: one of them looks at once, the others a moment later, since
# they would hold up each other where they share something (a host, the way to hatui). It is the first that is online
# and not the DC, which has enough to do at that moment; $others: it is not this one. $busy: this is the DC, of more than two.
precede() {
  others= busy=
  case $out in *'<current_dc '*) text=${out#*'<current_dc '}; dc=${text%%>*} ;; *) return ;; esac
  case $dc in *" name=\"$node\""*) busy=1 ;; esac
  case $out in *'<nodes_configured number="'[12]'"'*) busy= ;; esac
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
  [ -n "$dirty" ] || [ -z "$others" ] || turn=$((now + 7))
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
      mon='--as-xml -r' streams=
      run_root document crm_mon $mon ;;
  esac
  lead=$took
  told $took
}
dismiss() { case $waker in *[0-9]) kill "$waker"; waker=stopping ;; esac; }
# What the waker brought, if it is whole, well and no older than the last look, is sent at once: it costs next to nothing, and
# which of them is slow or gone is not known yet. It was computed before it came, so it counts as a look that began as long ago
# as the last one took; and a look follows soon, to make sure: crm_mon is silent for 2 s now, whatever comes. It may tell of the
# first of several changes only; the DC's word would stand against what others tell of the second, so it looks instead.
take() {
  from=$taken taken=$((brought + 20)) brought=
  [ $taken -le $most_kept ] || dismiss
  # While much moves crm_mon prints all of it at each tenth change, whatever that costs the node. Where it is much it
  # is dismissed until nothing moves; the header tells meanwhile when to look.
  if [ $((taken - from)) -ge $large ] && [ "$now" -lt $((brought_at + 300)) ]; then bustle=1; dismiss; fi
  brought_at=$now
  if [ -n "$wake" ] || [ $pace = header ]; then wake=1; return; fi
  if [ -n "$busy" ]; then dirty=1 turn=$now; move; return; fi
  out=$(dd if=/proc/self/fd/7 bs=65536 skip="$from" count=$((taken - from)) iflag=skip_bytes,count_bytes,fullblock; echo x)
  out=${out%x} rc=0 err= tool=crm_mon kind=document
  case ${out#*'<pacemaker-result '} in
    *'<pacemaker-result '*) wake=1 ;;
    *'<status code="0"'*'</pacemaker-result>'"$nl")
      clock; took=0
      told $lead
      dirty=1 turn=$((now + 4))
      [ -z "$others" ] || turn=$((now + 12))
      move ;;
    *) wake=1 ;;
  esac
}
# told CENTISECONDS: sends `out`, which was asked for that long ago, if it differs. What differs with each call, or with
# the way it was asked for, stands near the start, where cutting in the shell is sooner done than starting a sed.
told() {
  key=$out
  case $key in *'<pacemaker-result '*) text=${key#*"<pacemaker-result "}; key=${text#*>} ;; esac
  case $key in *'<pacemakerd '*) text=${key#*"<pacemakerd "}; key=${key%%"<pacemakerd "*}${text#*>"$nl  "} ;; esac
  case $key in *'<last_update '*) text=${key#*"<last_update "}; key=${key%%"<last_update "*}${text#*>} ;; esac
  safe_at=$((now + slow * 600)) well=
  give "ms=${1}0"
  sent=$?
  pay
  precede
  if [ $sent = 0 ] && [ $rc = 0 ]; then
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
    if [ $pace = header ]; then gap=200
    elif [ "$now" -lt $moving ]; then gap=10
    elif [ -n "$waker" ]; then gap=1000
    else gap=100
    fi
    usage
    header_free=$((now + 4 * cost)) header_at=$((now + gap))
    [ "$sudo" = - ] || header_free=$((now + 200))
    # It could only make due what is due already, and has to wait: the dearer a look, the less is asked for.
    [ -z "$dirty" ] || [ $pace = header ] || [ "$free" -le $((now + 100)) ] || [ $header_free -ge "$free" ] || header_free=$free
    # What it cost may be that of something else that ended just now.
    [ $header_free -le $((now + 1000)) ] || header_free=$((now + 1000))
    [ $header_at -ge $header_free ] || header_at=$header_free
  else
    dirty=1 header_at=$((now + 200))
    if [ $pace = header ] && denied; then rest; fi
  fi
}
# One that failed is asked for again.
section() {
  run_root "$1" cibadmin -Q -o "$2"
  give && return
  config_epoch= config_at=$((now + slow * 100))
  ! denied || config_at=$((now + slow * 600))
}
# The waker. As a daemon crm_mon prints a document at each change (in the foreground some versions print XML once
# only); it stays in this process group, and goes when nobody reads. What it prints is kept in a file without a name, and
# grep tells main where each document ends: a line OFFSET:</pacemaker-result>. (tee writes to its output first: that is
# the file, or main would look for what is not there yet.)
# The daemon insists on a file with its pid, and gets a folder for it, which is gone as soon as that is written. The name is
# known, and the first one made, before anything runs that could end the watcher: `end` removes it. Others can read the
# name from our arguments: a folder is ours only where `mkdir` made it.
prepare() {
  made=
  [ "$sudo" = - ] || return 0
  for folder in /dev/shm /tmp; do
    folder=$folder/hatui-watch.$nonce
    if mkdir -m 700 "$folder"; then made=1; return; fi
  done
  folder=
}
waken() {
  if [ "$taken" = 0 ]; then streams=; fi
  taken=
  if [ -n "$streams" ] && [ -n "$folder" ] && { [ -n "$made" ] || mkdir -m 700 "$folder"; } && true >"$folder/documents"; then
    exec 7<"$folder/documents"
    made= taken=0
    stream 5>&- </dev/null &
    return
  fi
  streams=
  if [ -z "$has_script" ]; then waker=; return; fi
  console 5>&- </dev/null &
}
stream() {
  {
    # shellcheck disable=SC2086
    crm_mon -d --interval=2 --output-to=/proc/self/fd/1 --pid-file="$folder/pid" $options 6>&- 7>&-
    tries=0
    until [ -s "$folder/pid" ] || [ $tries = 20 ]; do sleep 0.05; tries=$((tries + 1)); done
    rm -r "$folder"
  } | {
    read -r me rest </proc/self/stat
    send "p$me"
    exec tee /proc/self/fd/8 8>&1 >/proc/self/fd/7 6>&-
  } | grep -a --line-buffered -b '^</pacemaker-result>' >&6
  send x
}
# Where that does not work: interactive crm_mon on a terminal of its own. Its input is a pipe that it holds open itself.
# A small screen is soon drawn, and its "last updated" differs with each first change after a quiet time.
# `timeout 0` limits nothing, but ends it when the terminal goes: crm_mon alone spins for ever where SIGHUP is ignored.
console() {
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
  [ -z "$brought" ] || take
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
    else
      config_at=
    fi
    [ -n "$dirty" ] || [ "$now" -lt $moving ] || bustle=
    if [ -z "$waker$bustle" ] && [ "$sudo$well" = -1 ] && [ -n "$streams$has_script" ] && [ "$now" -ge "$waker_at" ]; then
      waker=starting waker_at=$((now + 500))
      waken
    fi
  else
    config_at=
    [ $header_at -le $((now + 200)) ] || header_at=$((now + 200))
    dismiss
  fi
  next=$header_at
  at=$free
  [ "$turn" -le "$at" ] || at=$turn
  [ -z "$dirty" ] || [ $pace = header ] || [ "$at" -ge "$next" ] || next=$at
  [ "${config_at:-$next}" -ge "$next" ] || next=$config_at
  [ "$next" -ge $((now + 100)) ] || arm $((next - now))
}
watch
