# DRBD: `drbdsetup events2 --full --poll` where kernel and tools know it (DRBD 9, tools >= 9.17), looks elsewhere: by
# `drbdsetup status --json` where they know that (DRBD 9, tools >= 8.9.8), else by `events2 --now`.
feed=drbd beats=i tick=5
start() { mode= tools= tools_at=0 at=0 tries=0 no_json=; }
# Another way to ask: what was told of the one before is void.
mode_is() {
  [ "$mode" != "$1" ] || return 0
  for kind in poll status now; do forget; done
  mode=$1
  frame "mode mode=$mode" "$tools"
}
decide() {
  # What came with the module.
  if [ "$mode" = absent ] && [ -e /proc/drbd ]; then tools_at=0 tries=0 no_json=; fi
  if [ "$now" -ge $tools_at ]; then
    run mode drbdadm --version
    # Others may know what these did not.
    [ "$out" = "$tools" ] || { tries=0 no_json=; }
    tools=$out tools_at=$((now + slow * 600))
  fi
  # drbdsetup would load the module: without it, it is not called.
  if ! [ -e /proc/drbd ]; then mode_is absent; return; fi
  major=${tools#*DRBDADM_VERSION=}
  minor=${major#*.} && minor=${minor%%.*} major=${major%%.*}
  case $major$minor in *[!0-9]*|'') major=0 minor=0 ;; esac
  read -r line </proc/drbd
  case $line in 'version: 8'*) major=0 ;; esac
  # $tries: it ended at once, again and again.
  if [ $tries -lt 3 ] && { [ "$major" -gt 9 ] || { [ "$major" = 9 ] && [ "$minor" -ge 17 ]; }; }; then mode_is poll
  elif [ "$major" -ge 8 ] && [ -z "$no_json" ]; then mode_is status
  else mode_is now
  fi
}
# The part of `stream` that reads events: a beat for each line, `n` for drbdsetup.
feeder() {
  trap '' PIPE
  attending=1 later=
  while event; do
    case $ev in n) echo n ;; r*) break ;; esac
  done
  for word in $later; do [ "$word" = n ] || send "$word"; done
}
# Lines of drbdsetup go straight to stdout, each in one write, so that no beat lands within one.
stream() {
  kind=poll tool=drbdsetup
  set -- events2 --full --poll
  if [ "$sudo" = - ]; then set -- drbdsetup "$@"; else set -- sudo -n /usr/sbin/drbdsetup "$@"; fi
  clock; began=$now
  rc=$(
    {
      feeder | {
        err=$(exec "$@" 2>&1 >&8 3<&- 5>&- 6>&- 8>&- 9>&-)
        printf '%s %.1000s' $? "$err" >&9
        send r
      } 8>&1 | grep --line-buffered . >&5
    } 9>&1
  )
  err=${rc#* } rc=${rc%% *} out=
  [ -n "$rc" ] || end
  clock
  at=$now
  if [ "$rc" = 0 ]; then tries=0; at=$((now + 100)); return; fi
  if [ $((now - began)) -ge 200 ]; then tries=0; forget; else tries=$((tries + 1)); at=$((now + slow * 100)); fi
  give
  if denied; then tries=0 at=$((now + slow * 600)); fi
}
look() {
  if [ "$mode" = status ]; then run_root status drbdsetup status --json; else run_root now drbdsetup events2 --now --statistics; fi
  if give; then
    moved=$changed
    if [ "$mode" = now ]; then
      run proc cat /proc/drbd
      give
    fi
    at=$((now + slow * 100))
    if [ -n "$moved$changed" ]; then at=$((now + 200)); fi
    [ "$sudo" = - ] || at=$((at + 300))
  elif [ "$mode" = status ] && [ "$rc" != 124 ] && [ "$rc" != 137 ]; then
    # Tools that do not know it after all, or sudo rules older than it.
    no_json=1 at=$now
  elif denied; then
    at=$((now + slow * 600))
  else
    at=$((now + slow * 100))
  fi
}
step() {
  clock
  fresh=
  if [ -n "$wake" ]; then
    wake=
    [ "$at" -gt $((now + slow * 100)) ] || at=$now
  fi
  [ "$now" -ge "$at" ] || return 0
  decide
  case $mode in
    poll) stream ;;
    now|status) look ;;
    absent) at=$((now + slow * 100)) ;;
  esac
  # What comes next may be due at once.
  [ "$at" -gt "$now" ] || send z
}
watch
