#!/usr/bin/env bash
# Stops what node_up.sh started and removes what it made: node_down.sh STATE_DIR
# With NODE_KEEP_LOGS=1 the logs stay in STATE_DIR.logs. Safe to run twice, or after a half-finished node_up.sh.
set -uo pipefail

state=$(realpath -m "${1:?usage: node_down.sh STATE_DIR}")
run=$state/run
[ -e "$run" ] || { echo "nothing to stop in $state"; exit 0; }

alive() {  # NAME: the process of the pid file, and not its zombie or another that got its number
  local pid started
  [ -s "$run/$1.pid" ] || return 1
  read -r pid started <"$run/$1.pid"
  [ "$(awk '$3 != "Z" {print $22}' "/proc/$pid/stat" 2>/dev/null)" = "$started" ]
}
stop() {  # NAME...: the state is thrown away, so there is nothing to shut down gracefully
  local name pid
  for name; do
    alive "$name" && read -r pid _ <"$run/$name.pid" && kill -KILL "$pid"
    while alive "$name"; do sleep 0.1; done
    rm -f "$run/$name.pid"
  done
}

stop kubelet kube-proxy coredns kube-scheduler kube-controller-manager kube-apiserver etcd

# the pods' containers, by their own containerd (started again if it died: its shims outlive it)
if [ -d "$state/containerd/root" ]; then
  ctr() { command ctr --address "$run/containerd.sock" --namespace k8s.io "$@"; }
  if ! alive containerd; then
    setsid containerd --config "$state/containerd/config.toml" >/dev/null 2>&1 </dev/null &
    echo "$! $(awk '{print $22}' "/proc/$!/stat")" >"$run/containerd.pid"
    for _ in $(seq 50); do ctr version >/dev/null 2>&1 && break; sleep 0.1; done
  fi
  ids=$(ctr containers list -q)
  if [ -n "$ids" ]; then
    ctr tasks delete --force $ids >/dev/null 2>&1
    ctr containers delete $ids >/dev/null 2>&1
    for id in $ids; do rm -f /var/lib/cni/results/*-"$id"-*; done
  fi
  stop containerd
  for _ in $(seq 50); do pgrep -f -- "-address $run/containerd.sock" >/dev/null || break; sleep 0.1; done
fi
find /var/log/containers -lname "$state/*" -delete 2>/dev/null

# mounts under the state folder (volumes, root filesystems, network namespaces), innermost first
awk -v p="$state/" 'index($2, p) == 1 {print $2}' /proc/mounts | sort -r | while read -r m; do umount "$m" 2>/dev/null || umount -l "$m"; done

# the kubelet's control groups
for root in /sys/fs/cgroup/*/kubepods /sys/fs/cgroup/kubepods; do
  [ -d "$root" ] && find "$root" -depth -type d -exec rmdir {} + 2>/dev/null
done

# firewall: our two rules, then every chain of kube-proxy, the kubelet and portmap, table by table
bridge=$(cat "$run/bridge" 2>/dev/null)
for tool in iptables ip6tables; do
  for table in nat filter mangle; do
    $tool-save -t $table 2>/dev/null | awk -v bridge="$bridge" '
      /^\*/ {print}
      /^:(KUBE-|CNI-)/ {c = substr($1, 2); print "-F " c; drop[n++] = c}
      /^-A/ && $2 !~ /^(KUBE-|CNI-)/ && (/ -j (KUBE-|CNI-)/ || (bridge != "" && index($0, "--comment " bridge " "))) {sub(/^-A/, "-D"); cut[m++] = $0}
      /^COMMIT/ {for (i = 0; i < m; i++) print cut[i]; for (i = 0; i < n; i++) print "-X " drop[i]; print}
    ' | $tool-restore --noflush 2>/dev/null
  done
done
[ -n "$bridge" ] && ip link del "$bridge" 2>/dev/null

# never delete through a mount that would not go
if awk -v p="$state/" 'index($2, p) == 1 {n++} END {exit !n}' /proc/mounts; then echo "still mounted under $state: left in place" >&2; exit 1; fi
[ "${NODE_KEEP_LOGS:-}" = 1 ] && { rm -rf "$state.logs"; mv "$state/log" "$state.logs"; }
rm -rf "$state"
echo "stopped; $state is gone"
