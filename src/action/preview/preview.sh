# The preview: copies the CIB, changes the copy, asks crm_simulate. PROTOCOL.md is the contract. POSIX sh, coreutils, sed.
LC_ALL=C TZ=UTC
export LC_ALL TZ
refuse() { echo "hatui-preview: $1" >&2; exit 64; }
nonce=$1 sudo=$2
case $nonce in *[!0-9a-f]*) refuse nonce ;; ????????????????) ;; *) refuse nonce ;; esac
case $sudo in -|sudo) ;; *) refuse sudo ;; esac
shift 2
umask 077
ulimit -c 0
d=$(mktemp -d /dev/shm/hatui-preview.XXXXXXXXXX 2>/dev/null) || d=$(mktemp -d /tmp/hatui-preview.XXXXXXXXXX) || refuse 'no folder for the copy'
# The copy may hold secrets: it goes with the program, however that ends. A trap on a signal runs this one as well.
trap 'rm -rf "$d"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 141' PIPE
trap 'exit 143' TERM
CIB_shadow_dir=$d
export CIB_shadow_dir
say() { printf '@hatui %s %s\n' "$nonce" "$1"; }
# frame HEAD FILE: the payload is the file.
frame() {
  printf '@hatui %s %s bytes=%d\n' "$nonce" "$1" "$(wc -c <"$2")"
  cat "$2"
  echo
}
leave() { say "bye why=$1"; exit 0; }
# run COUNT WORD...: runs the first COUNT words. They go behind the others, which are then dropped.
run() {
  left=$(($# - 1 - $1)) turns=$1
  shift
  while [ "$turns" -gt 0 ]; do
    word=$1
    shift
    set -- "$@" "$word"
    turns=$((turns - 1))
  done
  shift "$left"
  "$@"
}
counted() {
  case $1 in ''|*[!0-9]*) refuse "$item" ;; esac
  [ "$1" -lt $# ] || refuse "$item"
}
named() { case $1 in ''|*[!A-Za-z0-9._:-]*) refuse "$item" ;; esac; }
# simulate COUNT WORD...: as $how says. Versions before 2.1.0 print no XML.
simulate() {
  count=$1
  shift
  case $how in
    simulate) run $((count + 7)) crm_simulate --simulate --xml-file "$d/cib.xml" --save-output "$d/next.xml" --output-as=xml "$@" ;;
    run) run $((count + 5)) crm_simulate --run --xml-file "$d/cib.xml" --output-as=xml "$@" ;;
    text) run $((count + 4)) crm_simulate --run --xml-file "$d/cib.xml" "$@" ;;
  esac
}

say "hello v=1 node=$(uname -n)"
if [ "$sudo" = sudo ]; then
  sudo -n /usr/sbin/cibadmin -Q >"$d/cib.xml" 2>"$d/err" </dev/null
else
  cibadmin -Q >"$d/cib.xml" 2>"$d/err" </dev/null
fi
rc=$?
if [ $rc != 0 ]; then
  head -c 2000 "$d/err" >"$d/out"
  frame "cib rc=$rc" "$d/out"
  leave failed
fi
sed -nE '/<cib /{s/>$/\/>/;p;q;}' "$d/cib.xml" >"$d/out"
frame 'cib rc=0' "$d/out"
# A set of meta attributes that is empty has no end of its own: nothing may be taken for it.
sed -nE '/<resources[ >]/,/<\/resources>/{
/<\/?(resources|primitive|group|clone|master|bundle|template|op)[ >\/]/p
/<meta_attributes[^>]*[^\/]>/,/<\/meta_attributes>/p
}
/<(op|rsc)_defaults[^>]*[^\/]>|<(op|rsc)_defaults>/,/<\/(op|rsc)_defaults>/p' "$d/cib.xml" >"$d/out"
frame skeleton "$d/out"

n=0
while [ $# -gt 0 ]; do
  n=$((n + 1)) item=$1
  shift
  case $item in
    try)
      counted "$@"
      (CIB_file=$d/cib.xml; export CIB_file; run "$@") >"$d/all" 2>&1 </dev/null
      rc=$?
      shift "$(($1 + 1))"
      head -c 2000 "$d/all" >"$d/out"
      frame "tried n=$n rc=$rc" "$d/out"
      [ $rc = 0 ] || leave failed
      ;;
    forget)
      [ $# -ge 2 ] || refuse forget
      rsc=$1 node=$2
      shift 2
      of_rsc='' of_name="starts-with(@name,'fail-count-') or starts-with(@name,'last-failure-')" of_node=''
      if [ "$rsc" != '*' ]; then
        named "$rsc"
        of_rsc="[@id='$rsc' or starts-with(@id,'$rsc:')]"
        of_name="starts-with(@name,'fail-count-$rsc#') or starts-with(@name,'last-failure-$rsc#') or @name='fail-count-$rsc' or @name='last-failure-$rsc'"
      fi
      if [ "$node" != '*' ]; then
        named "$node"
        of_node="[@uname='$node']"
      fi
      (
        CIB_file=$d/cib.xml
        export CIB_file
        cibadmin --delete-all --force --xpath "//node_state$of_node//lrm_resource$of_rsc/lrm_rsc_op[contains(@id,'_last_failure_')]" || exit
        cibadmin --delete-all --force --xpath "//node_state$of_node//transient_attributes//nvpair[$of_name]"
      ) >"$d/all" 2>&1 </dev/null
      rc=$?
      head -c 2000 "$d/all" >"$d/out"
      frame "tried n=$n rc=$rc" "$d/out"
      [ $rc = 0 ] || leave failed
      ;;
    lose)
      [ $# -ge 2 ] || refuse lose
      named "$1"
      named "$2"
      (CIB_file=$d/cib.xml; export CIB_file
        cibadmin --delete-all --force --xpath "//node_state[@uname='$2']/lrm//lrm_resource[@id='$1' or starts-with(@id,'$1:')]"
      ) >"$d/all" 2>&1 </dev/null
      rc=$?
      shift 2
      head -c 2000 "$d/all" >"$d/out"
      frame "tried n=$n rc=$rc" "$d/out"
      [ $rc = 0 ] || leave failed
      ;;
    plan)
      counted "$@"
      # `--simulate` tells what comes of it too, but some versions abort on it where `--run` does not.
      for how in simulate run text; do
        rm -f "$d/next.xml"
        (simulate "$@") >"$d/out" 2>"$d/err" </dev/null
        rc=$?
        [ $rc != 0 ] || break
      done
      shift "$(($1 + 1))"
      if [ $rc != 0 ]; then
        head -c 2000 "$d/err" >"$d/out"
        frame "plan n=$n how=$how rc=$rc" "$d/out"
        leave failed
      fi
      # What comes of it was not written: then it is not what a later simulation begins with.
      if [ $how = simulate ] && [ ! -s "$d/next.xml" ]; then how=run; fi
      frame "plan n=$n how=$how rc=0" "$d/out"
      if [ $how = simulate ]; then mv "$d/next.xml" "$d/cib.xml"; fi
      ;;
    *) refuse "$item" ;;
  esac
done
leave done
