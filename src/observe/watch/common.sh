# What the three feeds share; PROTOCOL.md is the contract. POSIX sh, Linux, coreutils.
# Processes: top (waits, traps) -> what feeds events | main. Only main writes to stdout (fd 5), or, while
# it waits for a tool, the half of `run` that attends to events. Events are single words in the pipe that main reads.
# Everything lives in one process group, made by the `timeout` that starts it, and goes at once by `end`.
LC_ALL=C TZ=UTC
export LC_ALL TZ
refuse() { echo "hatui-watch: $1" >&2; exit 64; }
nonce=$1 asked=$2 sudo=$3 pace=$4 figures=${5:-20,15,10}
case $nonce in *[!0-9a-f]*) refuse nonce ;; ????????????????) ;; *) refuse nonce ;; esac
case $sudo in -|sudo) ;; *) refuse sudo ;; esac
case $pace in document|header) ;; *) refuse pace ;; esac
case $figures in *[!0-9,]*|,*|*,|*,,*|*,*,*,*) refuse intervals ;; *,*,*) ;; *) refuse intervals ;; esac
keep=${figures%%,*} slow=${figures##*,} limit=${figures#*,}
limit=${limit%,*}
nl='
'
# st = "STATE PPID PGRP ..." of a process
stat_of() { read -r st <"/proc/$1/stat" || return 1; st=${st##*) }; }
stat_of $$ || refuse 'no /proc'
parent=${st#* } && parent=${parent%% *}
group=${st#* * } && group=${group%% *}
above=$$
if [ "$group" != $$ ]; then
  above=$parent
  read -r comm <"/proc/$parent/comm"
  [ "$group" = "$parent" ] && [ "$comm" = timeout ] || refuse 'no process group of its own'
fi
# A folder of this watcher's, if there is one, goes with it.
folder=
end() {
  [ ! -d "$folder" ] || rm -rf "$folder"
  kill -9 0
}
say() { printf '@hatui %s %s\n' "$nonce" "$1" >&5 || end; }
frame() { printf '@hatui %s %s bytes=%d\n%s\n' "$nonce" "$1" "${#2}" "$2" >&5 || end; }
beat() { [ -z "$greeted" ] || say beat; }
send() { echo "$1" >&6; }
# now = centiseconds of uptime
clock() { read -r now rest </proc/uptime; now=${now%.*}${now#*.}; now=${now#0}; now=${now#0}; }

# Ends all when the shell at the top, or one of those around it, is gone, or nobody reads. (All are reaped at once.)
# Each second an event, and one for each line of the keepalive: without a fork, by the limit that bash's `read` knows.
# It ends with all, or with 9 where bash is too old.
# shellcheck disable=SC2016
heart='
[ "${BASH_VERSINFO:-0}" -ge 4 ] || exit 9
trap "" PIPE
tick=$1 keep=$2 folder=$3
shift 3
clock() { read -r now rest </proc/uptime; now=${now%.*}${now#*.}; now=${now#0}; now=${now#0}; }
end() {
  [ $# = 0 ] || { echo "e$1"; sleep 1; }
  [ ! -d "$folder" ] || rm -rf "$folder"
  kill -9 0
}
clock
due=$((now + tick * 100)) missing=$((now + keep * 100))
while :; do
  left=$((due - now))
  [ "$left" -ge 1 ] || left=1
  part=$((100 + left % 100))
  if read -r -t "$((left / 100)).${part#1}" word; then
    case $word in k|w|d|h|n) ;; *) word=k ;; esac
    echo "i$word" || end
    clock
    missing=$((now + keep * 100))
  else
    [ $? -gt 128 ] || end input
    clock
    [ "$now" -lt "$missing" ] || end keepalive
  fi
  [ "$now" -ge "$due" ] || continue
  due=$((now + tick * 100))
  for pid in "$@" "$PPID"; do kill -0 "$pid" || end; done
  echo t || end
done'
# The same where there is no bash: by a `sleep` for each tick, and inner shells that live for some seconds each, whose
# `timeout` is what notices that the keepalive is missing.
ticker() {
  trap '' PIPE
  stat_of self
  around=${st#* } && around="$$ $above ${around%% *}"
  while sleep "$tick"; do
    for pid in $around; do kill -0 "$pid" || end; done
    echo t || end
  done
}
reader() {
  part=$((keep / 5))
  while timeout --foreground -k 1 $((keep + part)) sh -c '
    read -r a r </proc/uptime; a=${a%.*}
    while read -r w; do
      case $w in k|w|d|h|n) ;; *) w=k ;; esac
      echo "i$w" || exit 2
      read -r b r </proc/uptime; [ $((${b%.*} - a)) -lt "$1" ] || exit 0
    done; exit 1' reader "$part" <&3
    why=$?; [ $why = 0 ]; do :; done
  case $why in 124|137) why=keepalive ;; 1) why=input ;; *) why=ended ;; esac
}
# What feeds main with events.
feed_events() {
  trap '' PIPE
  why=ended
  if ! command -v bash >&2 || { BASH_ENV='' bash --norc -c "$heart" heart "$tick" "$keep" "$folder" $$ "$above" <&3; [ $? = 9 ]; }; then
    ticker &
    reader
  fi
  echo "e$why"
  sleep 1
  end
}

# Reads one event. While a tool runs (`attend`), what it asks is kept for main in $later, whose end ends all.
event() {
  read -r ev || end
  case $ev in
    t) [ "$beats" != t ] || beat ;;
    i*) ev=${ev#i}; [ "$beats" != i ] || beat ;;
    e*) say "bye why=${ev#e}"; end ;;
  esac
  [ -z "$attending" ] || case $ev in
    t|k) kill -0 "$main" || end ;;
    r*|T*) ;;
    # In their order, and both: `h` then `d` brings a document anew.
    d|h) case $later in *"$ev ") ;; *) later="$later$ev " ;; esac ;;
    # By then what it brought is older than what a look tells.
    *:*) later="${later}s${ev%%:*} " ;;
    *) case " $later" in *" $ev "*) ;; *) later="$later$ev " ;; esac ;;
  esac
}
handle() {
  case $ev in
    b|w) wake=1 ;;
    *:*) brought=${ev%%:*} ;;
    s*) brought=${ev#s} wake=1 ;;
    d) [ "$pace" = document ] || { pace=document dirty=1 last_document=; } ;;
    h) pace=header ;;
    n) fresh=1 ;;
    # Of the timer that stands, not of one that another overtook. (`jobs` makes a shell forget those that are over: dash
    # would keep them for ever.)
    z*) [ "${ev#z}" != "$timer" ] || timer=; jobs ;;
    # What was kept while a tool ran may come behind the waker's end.
    p*) [ "$waker" != starting ] || waker=${ev#p} ;;
    # One that brought nothing gives way to another, unless it was told to end.
    x)
      case $waker:${taken-} in stopping:*) taken= ;; *:0) waker_at=0 ;; esac
      waker= ;;
  esac
}
# Events until the tool's own: its exit code is returned. Past the limit it is killed, which is 124.
# (`timeout` would do, but costs half as much as the tool.) One that cannot even be killed is told, and waited for.
attend() {
  trap '' PIPE
  attending=1 later= pid= why=TERM
  clock; over=$((now + limit * 100))
  while event; do
    case $ev in r*) break ;; T*) pid=${ev#T} ;; esac
    clock
    if [ "$now" -ge "$over" ]; then
      case $why in
        TERM|KILL) kill -"$why" "$pid" ;;
        tell) frame "fail tool=$2 kind=$1 rc=137" 'does not end, though it was killed' ;;
      esac
      case $why in TERM) why=KILL ;; KILL) why=tell ;; *) why=told ;; esac
      over=$((now + 150))
    fi
  done
  for word in $later; do send "$word"; done
  [ $why = TERM ] || return 124
  return "${ev#r}"
}
# run KIND TOOL ARG...: sets out, rc, err, took (centiseconds). Beats go on meanwhile.
run() {
  kind=$1 tool=$2
  shift
  if [ -n "$root" ]; then root=; shift; set -- sudo -n "/usr/sbin/$tool" "$@"; fi
  clock; began=$now
  out=$(
    exec 8>&1
    {
      err=$(
        read -r me rest </proc/self/stat
        send "T$me"
        exec "$@" </dev/null 2>&1 >&8 5>&- 6>&- 8>&-
      )
      code=$?
      [ $code = 0 ] || printf '\n%s %.1000s' "$nonce" "$err"
      send "r$code"
    } &
    attend "$kind" "$tool"
    code=$?
    wait
    printf x
    exit $code
  )
  rc=$? out=${out%x} err=
  if [ $rc != 0 ]; then err=${out##*"$nonce "}; out=${out%"$nl$nonce "*}; fi
  clock; took=$((now - began))
}
# The same for tools that need root.
run_root() { [ "$sudo" = - ] || root=1; run "$@"; }
# Whether the tool was refused, so that asking again only fills logs.
denied() {
  case $rc in 0) return 1 ;; 4|13|77) [ "$feed" = pacemaker ] && return 0 ;; esac
  case $err in
    *'rror 11'*|*CS_ERR_ACCESS*|*ermission\ denied*|*not\ permitted*|*rivileges*|*assword*required*|*not\ allowed*) ;;
    *) return 1 ;;
  esac
}
forget() {
  kept=
  for word in $failed; do case $word in "$kind:"*) ;; *) kept="$kept$word " ;; esac; done
  failed=$kept
}
# give [KEY=VALUE]: sends what `run` brought if it, or $key, differs from the last of its kind; changed tells. 1: failed.
give() {
  changed= bad=
  case $rc in
    0) ;;
    12[4-7]|137) bad=1 ;;
    *) if [ -z "$out" ] || denied; then bad=1; fi ;;
  esac
  if [ -n "$bad" ]; then
    case " $failed" in
      *" $kind:$rc "*) ;;
      *) forget; failed="$failed$kind:$rc "; frame "fail tool=$tool kind=$kind rc=$rc" "${err:-$(printf %.1000s "$out")}" ;;
    esac
    eval "last_$kind="
    key=
    return 1
  fi
  case " $failed" in *" $kind:"*) forget; say "ok tool=$tool kind=$kind" ;; esac
  key="$rc ${key:-$out}"
  eval "[ \"\$key\" = \"\${last_$kind-}\" ]" || { changed=1; eval "last_$kind=\$key"; frame "$kind rc=$rc${1+ $1}" "$out"; }
  key=
}
# An event after some centiseconds, unless one comes sooner anyway.
arm() {
  [ "$1" -ge 1 ] || set -- 1
  [ -z "$timer" ] || [ "$timer" -gt $((now + $1)) ] || return 0
  timer=$((now + $1)) part=$((100 + $1 % 100))
  { sleep "$(($1 / 100)).${part#1}"; send "z$timer"; } </dev/null 5>&- &
}
# An event for each burst of bytes: bash sees its first byte, and forks nothing; otherwise a dd for each.
# shellcheck disable=SC2016
flow='
[ "${BASH_VERSINFO:-0}" -ge 4 ] || exit 9
while IFS= read -r -N 1 part; do
  echo b || exit
  while IFS= read -r -t 0.02 -N 65536 part; do :; done
done'
bursts() {
  if command -v bash >&2; then
    BASH_ENV='' bash --norc -c "$flow" >&6
    [ $? = 9 ] || { send x; return; }
  fi
  while :; do
    case $(dd bs=65536 count=1 2>&1 >/dev/null) in '0+0 '*) break ;; esac
    send b
  done
  send x
}
main() {
  trap end PIPE
  exec 3<&- 5>&1 >/dev/null 6>/proc/self/fd/0
  read -r main rest </proc/self/stat
  greeted= attending= wake= brought= fresh= timer= waker= failed= key= root=
  most=$limit limit=3
  run_root hello crm_node -n
  limit=$most
  node=${out%%"$nl"*}
  case $node in *[!A-Za-z0-9._-]*) node= ;; esac
  [ $rc = 0 ] || node=
  say "hello v=1 feed=$feed uid=$(id -u) host=$(uname -n) node=$node pid=$$"
  greeted=1
  start
  while :; do step; event; handle; done
}
leave() {
  trap '' TERM INT HUP PIPE
  { sleep 1; end; } &
  kill -9 "$main"
  printf '@hatui %s bye why=%s\n' "$nonce" "$1"
  end
}
# What a feed needs before anything runs that could end it.
prepare() { :; }
# watch: does not return
watch() {
  [ "$asked" = "$feed" ] || refuse feed
  exec 2>/dev/null
  trap 'leave signal' TERM INT
  trap 'leave hangup' HUP
  exec 3<&0 </dev/null
  prepare
  feed_events | main &
  main=$!
  wait "$main"
  end
}
