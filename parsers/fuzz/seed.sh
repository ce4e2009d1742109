#!/bin/sh
# Fills corpus/ with small seeds from the fixtures. The names of the copies are numbers: the fuzzer renames what it finds.
# Usage: parsers/fuzz/seed.sh ; then cargo fuzz run TARGET
set -eu
cd "$(dirname "$0")"
fixtures=../fixtures
limit=65536

seed() { # target, then find's tests
    target=$1
    shift
    mkdir -p "corpus/$target"
    number=0
    find "$fixtures" -type f -size "-${limit}c" "$@" | LC_ALL=C sort | while read -r file; do
        number=$((number + 1))
        cp "$file" "corpus/$target/seed-$number"
    done
    printf '%s: %s seeds\n' "$target" "$(find "corpus/$target" -name 'seed-*' | wc -l)"
}

seed xml -name '*.xml'
seed crm_mon -name '*crm_mon*.xml'
seed cib -name '*cib*.xml'
seed fence_history \( -name '*history*.xml' -o -name '*fence*.xml' -o -name '*stonith*.xml' \)
seed simulate -name 'crm_simulate*'
seed skeleton -name 'skeleton*'
seed why -name 'crm_resource_why*'
seed events2 -name '*events2*'
seed cfgtool -name '*cfgtool*'
seed quorumtool -name '*quorumtool*'
seed cmap -name '*cmapctl*'
seed drbd \( -name 'proc-drbd*' -o -name 'drbdadm-version*' \)

# Every kind of frame, after eight sizes of parts.
mkdir -p corpus/frame
nonce=01234567
printf 'abcdefghmotd\n@hatui %s hello v=1\nexists -\r\n@hatui %s doc rc=0 bytes=5\n<a/>\n\n' $nonce $nonce >corpus/frame/seed-1
printf '\001\002\003\004\005\006\007\010@hatui %s doc bytes=99\n@hatui %s doc bytes=3\n12345\n@hatui %s end\n' $nonce $nonce $nonce >corpus/frame/seed-2
printf '\000\000\000\000\000\000\000\000@hatui %s doc bytes=0\n\n@hatui %s Bad\n@hatui %s doc bytes=x\nlost\n@hatui %s doc bytes=8\n12' $nonce $nonce $nonce $nonce >corpus/frame/seed-3
printf '\000\000\000\000\000\000\000\000@hatui %s hello v=1 node=n1\n@hatui %s cib rc=0 bytes=6\n<cib/>\n@hatui %s tried n=1 rc=0 bytes=0\n\n@hatui %s plan n=2 how=run rc=0 bytes=4\n<a/>\n@hatui %s bye why=done\n' $nonce $nonce $nonce $nonce $nonce >corpus/frame/seed-4
printf 'frame: 4 seeds\n'
