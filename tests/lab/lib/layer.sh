# shellcheck shell=bash
# What the nodes' disks hold besides the host's own files: one layer for all, and a little for each.

# token: corosync 3.1's own default is 3000; this one makes a dead node noticed in 3.5 s, not 8.
corosync_conf() {
  local i
  cat <<'END'
totem {
  version: 2
  cluster_name: hatui-lab
  transport: knet
  crypto_cipher: none
  crypto_hash: none
  token: 1000
}
system {
  move_to_root_cgroup: no
}
logging {
  to_stderr: no
  to_syslog: no
  to_logfile: yes
  logfile: /var/log/corosync/corosync.log
  timestamp: hires
  debug: off
}
quorum {
  provider: corosync_votequorum
END
  [ "$(node_count)" != 2 ] || printf '  two_node: 1\n'
  printf '}\nnodelist {\n'
  for ((i = 1; i <= $(node_count); i++)); do
    printf '  node {\n    name: ha-node-%d\n    nodeid: %d\n    ring0_addr: 10.77.1.1%d\n    ring1_addr: 10.77.2.1%d\n  }\n' \
      "$i" "$i" "$i" "$i"
  done
  printf '}\n'
}

sshd_config() {
  cat <<'END'
Port 22
AddressFamily inet
HostKey /etc/ssh/ssh_host_ed25519_key
AuthorizedKeysFile /etc/ssh/lab_authorized_keys
PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM no
UseDNS no
PrintMotd no
AcceptEnv LANG LC_*
END
}

# Three users beside root: in haclient, in no group, and in no group but with some rights to sudo.
# Their password is "*", which no password matches: accounts locked with "!" are refused by sshd without PAM.
accounts() {
  local etc=$1 user uid=4101 gid
  gid=$(getent group users | cut -d: -f3)
  for user in passwd shadow group; do
    grep -v -E '^(operator|plain|sudoer):' "/etc/$user" >"$etc/$user" || true
  done
  for user in operator plain sudoer; do
    printf '%s:x:%d:%d:lab user:/home/%s:/bin/bash\n' "$user" "$uid" "$gid" "$user" >>"$etc/passwd"
    printf '%s:*:19000:0:99999:7:::\n' "$user" >>"$etc/shadow"
    uid=$((uid + 1))
  done
  sed -i -E '/^haclient:/ { s/:[^:]*$/:operator/ }' "$etc/group"
  chmod 644 "$etc/passwd" "$etc/group"
  chmod 640 "$etc/shadow"
  chown root:shadow "$etc/shadow"
}

layer_common() {
  local root i
  root=$(disks)/common
  umask 022
  mkdir -p "$root"/etc/{corosync,ssh,sudoers.d,default,pacemaker} "$root"/usr/sbin "$root"/usr/local/sbin "$root"/usr/lib/ocf/resource.d/lab
  corosync_conf >"$root/etc/corosync/corosync.conf"
  sshd_config >"$root/etc/ssh/sshd_config"
  install -m 644 "$LAB_DIR/ssh/id.pub" "$root/etc/ssh/lab_authorized_keys"
  install -m 440 "$LAB_HOME/sudoers" "$root/etc/sudoers.d/hatui-lab"
  printf 'PCMK_logfile=/var/log/pacemaker/pacemaker.log\nPCMK_logfacility=none\n' >"$root/etc/default/pacemaker"
  install -m 755 "$LAB_HOME/node/fence_hatuilab" "$root/usr/sbin/fence_hatuilab"
  install -m 755 "$LAB_HOME/node/Stubborn" "$root/usr/lib/ocf/resource.d/lab/Stubborn"
  install -m 755 "$LAB_HOME/node/lab-stack" "$root/usr/local/sbin/lab-stack"
  printf '127.0.0.1 localhost\n' >"$root/etc/hosts"
  for ((i = 1; i <= $(node_count); i++)); do printf '10.77.0.1%d ha-node-%d\n' "$i" "$i"; done >>"$root/etc/hosts"
  accounts "$root/etc"
}

layer_node() {
  local name=$1 upper
  upper=$(disks)/$name/upper
  umask 022
  mkdir -p "$(disks)/$name/work" "$upper/etc/ssh" "$upper/var/lib/pacemaker/cib" "$upper/var/lib/corosync"
  printf '%s\n' "$name" >"$upper/etc/hostname"
  install -m 600 "$LAB_DIR/ssh/host_$name" "$upper/etc/ssh/ssh_host_ed25519_key"
  install -m 644 "$LAB_DIR/ssh/host_$name.pub" "$upper/etc/ssh/ssh_host_ed25519_key.pub"
  chown -R hacluster:haclient "$upper/var/lib/pacemaker"
  chmod 750 "$upper/var/lib/pacemaker" "$upper/var/lib/pacemaker/cib"
  # Without a small dc-deadtime the first election waits 20 s. No signature beside it: pacemaker takes it as it is.
  cib_seed >"$upper/var/lib/pacemaker/cib/cib.xml"
  chown hacluster:haclient "$upper/var/lib/pacemaker/cib/cib.xml"
  chmod 600 "$upper/var/lib/pacemaker/cib/cib.xml"
  mkdir -p -m 755 "$LAB_DIR/log/$name/corosync"
  install -d -o hacluster -g haclient -m 770 "$LAB_DIR/log/$name/pacemaker"
}

# One key pair a run for all users; host keys are made here, so they are known before the first connection.
ssh_files() {
  local name number user ssh=$LAB_DIR/ssh
  mkdir -p -m 700 "$ssh"
  ssh-keygen -q -t ed25519 -N '' -C hatui-lab -f "$ssh/id"
  : >"$ssh/known_hosts"
  : >"$ssh/config"
  for name in $(node_names); do
    number=$(number_of "$name")
    ssh-keygen -q -t ed25519 -N '' -C "$name" -f "$ssh/host_$name"
    printf '%s,10.77.0.1%d %s\n' "$name" "$number" "$(cut -d' ' -f1,2 "$ssh/host_$name.pub")" >>"$ssh/known_hosts"
    for user in root operator plain sudoer; do
      printf 'Host %s\n  User %s\n  HostName 10.77.0.1%d\n  HostKeyAlias %s\n' \
        "$name$([ $user = root ] || printf '.%s' $user)" "$user" "$number" "$name"
    done >>"$ssh/config"
  done
  cat >>"$ssh/config" <<END
Host ha-node-*
  IdentityFile $ssh/id
  IdentitiesOnly yes
  IdentityAgent none
  UserKnownHostsFile $ssh/known_hosts
  GlobalKnownHostsFile /dev/null
  BatchMode yes
END
}
