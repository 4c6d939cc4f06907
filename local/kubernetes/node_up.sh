#!/usr/bin/env bash
# Starts a real one-node Kubernetes from plain binaries: no container engine, no registry, no systemd. As root.
#
#   node_up.sh BIN_DIR STATE_DIR
#
# BIN_DIR holds etcd, kube-apiserver, kube-controller-manager, kube-scheduler, kubelet, kube-proxy, kubectl, coredns and a
# static pause. From the distribution: containerd (with ctr), runc, iptables, openssl, curl, iproute2, the CNI plugins.
# NODE_IMAGES lists image archives (docker or OCI) to load, separated by blanks. One cluster per machine.
# All state is under STATE_DIR; `node_down.sh STATE_DIR` undoes everything. Settings that look odd have their reason
# beside them: they let a machine without CAP_SYS_RESOURCE and with cgroup v1 be a node.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
bin=$(realpath -s "${1:?usage: node_up.sh BIN_DIR STATE_DIR}")
state=$(realpath -m "${2:?usage: node_up.sh BIN_DIR STATE_DIR}")

node=${NODE_NAME:-node1}
bridge=${NODE_BRIDGE:-kube0}
pod_net=${NODE_POD_NET:-10.244.0}          # first three octets of a /24
service_net=${NODE_SERVICE_NET:-10.96.0}   # first three octets of a /24
cni_bin=${NODE_CNI_BIN:-/usr/lib/cni}
node_ip=$pod_net.1                            # the bridge's own address is also the node's
api=https://$node_ip:6443

pki=$state/pki log=$state/log run=$state/run
export KUBECONFIG=$pki/admin.kubeconfig
kubectl=$bin/kubectl

say() { printf '%s %s\n' "$(date +%T)" "$*"; }

# --- already up, or left half-way by an earlier run? -------------------------------------------
if [ -e "$run" ]; then
  if [ -s "$run/ready" ] && timeout 5 "$kubectl" get --raw /readyz >/dev/null 2>&1; then
    say "already up"; echo "export KUBECONFIG=$KUBECONFIG"; exit 0
  fi
  "$here/node_down.sh" "$state"
fi
mkdir -p "$pki" "$log" "$run" "$state"/{etcd,cni,cni-ipam,kubelet,containerd,manifests}
printf '%s\n' "$bridge" >"$run/bridge"
printf '%s\n' "$kubectl" >"$run/kubectl"

# start NAME COMMAND...: in the background, with a log and a pid file ("pid starttime") of its own
start() {
  local name=$1; shift
  setsid nice -n "${NODE_NICE:-0}" "$@" >"$log/$name.log" 2>&1 </dev/null &
  echo "$! $(awk '{print $22}' "/proc/$!/stat")" >"$run/$name.pid"
}

# until_ok SECONDS WHAT COMMAND...: poll until the command succeeds
until_ok() {
  local limit=$((SECONDS + $1)) what=$2; shift 2
  until "$@" >/dev/null 2>&1; do
    for pid_file in "$run"/*.pid; do
      kill -0 "$(cut -d' ' -f1 "$pid_file")" 2>/dev/null || { say "$(basename "$pid_file" .pid) died; logs are in $log" >&2; exit 1; }
    done
    if [ $SECONDS -ge $limit ]; then say "gave up waiting for $what; logs are in $log" >&2; exit 1; fi
    sleep 0.2
  done
}

# --- certificates and kubeconfigs ---------------------------------------------------------------
printf '[req]\ndistinguished_name=dn\n[dn]\n' >"$pki/openssl.cnf"
new_cert() {  # NAME SUBJECT EXTRA_ARGS...
  local name=$1 subject=$2; shift 2
  openssl req -x509 -config "$pki/openssl.cnf" -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc \
    -days 365 -subj "$subject" -keyout "$pki/$name.key" -out "$pki/$name.crt" "$@" 2>/dev/null
}
ca_cert() { new_cert "$1" "/CN=$1" -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign; }
leaf_cert() {  # NAME CA SUBJECT USAGE [SAN]
  new_cert "$1" "$3" -CA "$pki/$2.crt" -CAkey "$pki/$2.key" -addext basicConstraints=CA:FALSE \
    -addext "extendedKeyUsage=$4" ${5:+-addext "subjectAltName=$5"}
}
kubeconfig() {  # NAME SUBJECT: a client certificate and the kubeconfig that carries it
  leaf_cert "$1" ca "$2" clientAuth
  cat >"$pki/$1.kubeconfig" <<YAML
apiVersion: v1
kind: Config
current-context: default
clusters: [{name: default, cluster: {server: "$api", certificate-authority-data: $(base64 -w0 "$pki/ca.crt")}}]
users: [{name: default, user: {client-certificate-data: $(base64 -w0 "$pki/$1.crt"), client-key-data: $(base64 -w0 "$pki/$1.key")}}]
contexts: [{name: default, context: {cluster: default, user: default}}]
YAML
}
ca_cert ca
ca_cert front-proxy-ca
leaf_cert apiserver ca /CN=kube-apiserver serverAuth \
  "DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc,DNS:kubernetes.default.svc.cluster.local,DNS:localhost,IP:127.0.0.1,IP:$node_ip,IP:$service_net.1"
leaf_cert kubelet-server ca "/CN=$node" serverAuth "DNS:$node,IP:$node_ip"
leaf_cert apiserver-kubelet-client ca /O=system:masters/CN=kube-apiserver-kubelet-client clientAuth
leaf_cert front-proxy-client front-proxy-ca /CN=front-proxy-client clientAuth
kubeconfig admin /O=system:masters/CN=admin
kubeconfig controller-manager /CN=system:kube-controller-manager
kubeconfig scheduler /CN=system:kube-scheduler
kubeconfig kubelet "/O=system:nodes/CN=system:node:$node"
kubeconfig kube-proxy /CN=system:kube-proxy
kubeconfig coredns /CN=system:coredns
openssl ecparam -name prime256v1 -genkey -noout -out "$pki/sa.key" 2>/dev/null
openssl ec -in "$pki/sa.key" -pubout -out "$pki/sa.pub" 2>/dev/null

# --- network: one bridge for the node and its pods; nothing is routed out of this machine --------
ip link add "$bridge" type bridge
ip addr add "$node_ip/24" dev "$bridge"
ip link set "$bridge" up
ip route add "$service_net.0/24" dev "$bridge"   # an unprogrammed ClusterIP must not leave by the default route
sysctl -qw net.ipv4.ip_forward=1 net.bridge.bridge-nf-call-iptables=1
iptables -I FORWARD -i "$bridge" ! -o "$bridge" -m comment --comment "$bridge" -j REJECT
iptables -I FORWARD -i "$bridge" -o "$bridge" -m comment --comment "$bridge" -j ACCEPT
cat >"$state/cni/10-bridge.conflist" <<JSON
{"cniVersion": "0.4.0", "name": "$bridge", "plugins": [
  {"type": "bridge", "bridge": "$bridge", "isDefaultGateway": true, "hairpinMode": true,
   "ipam": {"type": "host-local", "dataDir": "$state/cni-ipam",
            "ranges": [[{"subnet": "$pod_net.0/24", "rangeStart": "$pod_net.10", "gateway": "$node_ip"}]]}},
  {"type": "portmap", "capabilities": {"portMappings": true}}]}
JSON

# --- etcd and the API server ----------------------------------------------------------------------
say "starting the control plane"
start etcd "$bin/etcd" --name "$node" --data-dir "$state/etcd" --unsafe-no-fsync --logger zap --log-level warn \
  --listen-client-urls http://127.0.0.1:2379 --advertise-client-urls http://127.0.0.1:2379 \
  --listen-peer-urls http://127.0.0.1:2380 --initial-advertise-peer-urls http://127.0.0.1:2380 \
  --initial-cluster "$node=http://127.0.0.1:2380"
start kube-apiserver "$bin/kube-apiserver" --etcd-servers=http://127.0.0.1:2379 \
  --bind-address="$node_ip" --advertise-address="$node_ip" --secure-port=6443 \
  --service-cluster-ip-range="$service_net.0/24" \
  --tls-cert-file="$pki/apiserver.crt" --tls-private-key-file="$pki/apiserver.key" \
  --client-ca-file="$pki/ca.crt" --authorization-mode=Node,RBAC --enable-admission-plugins=NodeRestriction \
  --kubelet-client-certificate="$pki/apiserver-kubelet-client.crt" --kubelet-client-key="$pki/apiserver-kubelet-client.key" \
  --kubelet-certificate-authority="$pki/ca.crt" --kubelet-preferred-address-types=InternalIP \
  --service-account-issuer=https://kubernetes.default.svc.cluster.local \
  --service-account-key-file="$pki/sa.pub" --service-account-signing-key-file="$pki/sa.key" \
  --requestheader-client-ca-file="$pki/front-proxy-ca.crt" --requestheader-allowed-names=front-proxy-client \
  --requestheader-extra-headers-prefix=X-Remote-Extra- --requestheader-group-headers=X-Remote-Group \
  --requestheader-username-headers=X-Remote-User \
  --proxy-client-cert-file="$pki/front-proxy-client.crt" --proxy-client-key-file="$pki/front-proxy-client.key" \
  --enable-aggregator-routing=true --allow-privileged=true --profiling=false

# --- containerd and the pause image, while the API server starts -----------------------------------
cat >"$state/containerd/config.toml" <<TOML
version = 2
root = "$state/containerd/root"
state = "$state/containerd/state"
disabled_plugins = ["io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.btrfs",
  "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.zfs", "io.containerd.internal.v1.opt"]
[grpc]
  address = "$run/containerd.sock"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "localhost/pause:1"
  restrict_oom_score_adj = true          # this machine may not lower oom_score_adj
  netns_mounts_under_state_dir = true    # so that node_down.sh finds them
  tolerate_missing_hugetlb_controller = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "$cni_bin"
    conf_dir = "$state/cni"
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
      SystemdCgroup = false
TOML
start containerd containerd --config "$state/containerd/config.toml" --log-level warn
ctr() { command ctr --address "$run/containerd.sock" --namespace k8s.io "$@"; }

image=$state/pause-image; mkdir -p "$image"
tar -C "$bin" --owner=0 --group=0 --dereference -cf "$image/layer.tar" pause
cat >"$image/config.json" <<JSON
{"architecture": "$(uname -m | sed 's/x86_64/amd64/; s/aarch64/arm64/')", "os": "linux", "config": {"Entrypoint": ["/pause"], "User": "65535"},
 "rootfs": {"type": "layers", "diff_ids": ["sha256:$(sha256sum <"$image/layer.tar" | cut -d' ' -f1)"]}}
JSON
echo '[{"Config": "config.json", "RepoTags": ["localhost/pause:1"], "Layers": ["layer.tar"]}]' >"$image/manifest.json"
until_ok 30 containerd ctr version
tar -C "$image" -cf - manifest.json config.json layer.tar | ctr images import - >/dev/null
for archive in ${NODE_IMAGES:-}; do ctr images import "$archive" >/dev/null; done

# --- the rest of the control plane -------------------------------------------------------------------
until_ok 60 kube-apiserver "$kubectl" get --raw /readyz
start kube-controller-manager "$bin/kube-controller-manager" --kubeconfig="$pki/controller-manager.kubeconfig" \
  --bind-address=127.0.0.1 --leader-elect=false --use-service-account-credentials=true \
  --service-account-private-key-file="$pki/sa.key" --root-ca-file="$pki/ca.crt" \
  --cluster-signing-cert-file="$pki/ca.crt" --cluster-signing-key-file="$pki/ca.key" \
  --profiling=false
start kube-scheduler "$bin/kube-scheduler" --kubeconfig="$pki/scheduler.kubeconfig" \
  --bind-address=127.0.0.1 --leader-elect=false --profiling=false

# --- the node -------------------------------------------------------------------------------------------
: >"$state/resolv.conf"
cat >"$state/kubelet.yaml" <<YAML
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
address: $node_ip
authentication: {anonymous: {enabled: false}, webhook: {enabled: true}, x509: {clientCAFile: $pki/ca.crt}}
authorization: {mode: Webhook}
tlsCertFile: $pki/kubelet-server.crt
tlsPrivateKeyFile: $pki/kubelet-server.key
containerRuntimeEndpoint: unix://$run/containerd.sock
cgroupDriver: cgroupfs
failCgroupV1: false                           # a cgroup v1 machine: later kubelets refuse it by default
maxOpenFiles: $(ulimit -Hn)
failSwapOn: false
clusterDomain: cluster.local
clusterDNS: [$node_ip]
resolvConf: $state/resolv.conf
podLogsDir: $state/pod-logs
volumePluginDir: $state/kubelet/volume-plugins
imageGCHighThresholdPercent: 100              # images come from here only: never collect them
evictionHard: {memory.available: 100Mi, nodefs.available: 1%, imagefs.available: 1%, nodefs.inodesFree: 1%}
YAML
start kubelet "$bin/kubelet" --config="$state/kubelet.yaml" --kubeconfig="$pki/kubelet.kubeconfig" \
  --root-dir="$state/kubelet" --cert-dir="$state/kubelet/pki" --hostname-override="$node" --node-ip="$node_ip"
cat >"$state/kube-proxy.yaml" <<YAML
apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
clientConnection: {kubeconfig: $pki/kube-proxy.kubeconfig}
mode: iptables
clusterCIDR: $pod_net.0/24
hostnameOverride: $node
nodePortAddresses: ["127.0.0.0/8", "$pod_net.0/24"]
oomScoreAdj: 0
conntrack: {maxPerCore: 0, min: 0, tcpEstablishedTimeout: 0s, tcpCloseWaitTimeout: 0s}
YAML
start kube-proxy "$bin/kube-proxy" --config="$state/kube-proxy.yaml"

# --- cluster DNS as a host process; names outside the cluster do not exist ---------------------------------
cat >"$state/manifests/base.yaml" <<YAML
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: system:coredns}
rules:
- {apiGroups: [""], resources: [endpoints, services, pods, namespaces], verbs: [list, watch]}
- {apiGroups: [discovery.k8s.io], resources: [endpointslices], verbs: [list, watch]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: system:coredns}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: system:coredns}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: system:coredns}]
YAML
"$kubectl" apply -f "$state/manifests/base.yaml" >/dev/null
cat >"$state/Corefile" <<COREFILE
cluster.local in-addr.arpa ip6.arpa {
  bind $node_ip
  errors
  ready 127.0.0.1:8181
  kubernetes cluster.local in-addr.arpa ip6.arpa {
    kubeconfig $pki/coredns.kubeconfig
    pods insecure
    ttl 5
  }
}
. {
  bind $node_ip
  template ANY ANY . {
    rcode NXDOMAIN
  }
}
COREFILE
start coredns "$bin/coredns" -conf "$state/Corefile"

# --- volumes: folders that any user of a pod may write, bound by size to the claims that come
# Each of them is an argument of its own, so that -m applies to all that matter.
# shellcheck disable=SC2174
mkdir -p -m 0777 "$state"/volumes/{1..8}
chmod 0777 "$state"/volumes/*
cat >"$state/manifests/storage.yaml" <<YAML
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: standard, annotations: {storageclass.kubernetes.io/is-default-class: "true"}}
provisioner: kubernetes.io/no-provisioner
volumeBindingMode: WaitForFirstConsumer
YAML
for volume in {1..8}; do
  cat >>"$state/manifests/storage.yaml" <<YAML
---
apiVersion: v1
kind: PersistentVolume
metadata: {name: volume-$volume}
spec:
  capacity: {storage: 100Gi}
  accessModes: [ReadWriteOnce]
  storageClassName: standard
  persistentVolumeReclaimPolicy: Retain
  hostPath: {path: "$state/volumes/$volume"}
YAML
done
"$kubectl" apply -f "$state/manifests/storage.yaml" >/dev/null

until_ok 30 coredns curl -sf http://127.0.0.1:8181/ready
until_ok 120 "the node to register" "$kubectl" get node "$node"
"$kubectl" wait --for=condition=Ready "node/$node" --timeout=120s >/dev/null
until_ok 60 "the default service account" "$kubectl" get serviceaccount default
echo yes >"$run/ready"
say "node $node is Ready"
echo "export KUBECONFIG=$KUBECONFIG"
