import { join } from "node:path";

/** Where everything of one control plane is. */
export interface Place {
  /** Folder of its files. */
  readonly folder: string;
  /** Ports on loopback. */
  readonly ports: { readonly etcd: number; readonly etcdPeer: number; readonly api: number; readonly kwok: number };
}

/** Files of a control plane that more than one program reads. */
export const filesOf = ({ folder }: Place) =>
  ({
    certificates: join(folder, "certificates"),
    /** Self-signed at the first start, and its own authority. */
    ca: join(folder, "certificates", "apiserver.crt"),
    privateKey: join(folder, "service-accounts.key"),
    publicKey: join(folder, "service-accounts.pub"),
    tokens: join(folder, "tokens.csv"),
    kubeconfig: join(folder, "kubeconfig"),
  }) as const;

export const etcdArguments = ({ folder, ports }: Place): readonly string[] => [
  `--data-dir=${join(folder, "etcd")}`,
  `--listen-client-urls=http://127.0.0.1:${ports.etcd}`,
  `--advertise-client-urls=http://127.0.0.1:${ports.etcd}`,
  `--listen-peer-urls=http://127.0.0.1:${ports.etcdPeer}`,
  `--initial-advertise-peer-urls=http://127.0.0.1:${ports.etcdPeer}`,
  `--initial-cluster=default=http://127.0.0.1:${ports.etcdPeer}`,
  // Nobody keeps this data over a power cut.
  "--unsafe-no-fsync",
  "--log-level=warn",
];

export function apiServerArguments(place: Place): readonly string[] {
  const files = filesOf(place);
  return [
    `--etcd-servers=http://127.0.0.1:${place.ports.etcd}`,
    "--bind-address=127.0.0.1",
    "--advertise-address=127.0.0.1",
    `--secure-port=${place.ports.api}`,
    // A loopback address may not be an endpoint of the service `kubernetes`.
    "--endpoint-reconciler-type=none",
    `--cert-dir=${files.certificates}`,
    "--service-account-issuer=https://kubernetes.default.svc",
    `--service-account-key-file=${files.publicKey}`,
    `--service-account-signing-key-file=${files.privateKey}`,
    `--token-auth-file=${files.tokens}`,
    "--authorization-mode=RBAC",
    // A Service that cannot be is refused once every address was tried: of 65,534 that takes longer than a request may.
    "--service-cluster-ip-range=10.96.0.0/24",
  ];
}

export function controllerManagerArguments(place: Place): readonly string[] {
  const files = filesOf(place);
  return [
    `--kubeconfig=${files.kubeconfig}`,
    `--service-account-private-key-file=${files.privateKey}`,
    `--root-ca-file=${files.ca}`,
    "--use-service-account-credentials=false",
    "--leader-elect=false",
    "--secure-port=0",
  ];
}

export const schedulerArguments = (place: Place): readonly string[] => [
  `--kubeconfig=${filesOf(place).kubeconfig}`,
  "--leader-elect=false",
  "--secure-port=0",
];

export const kwokArguments = (place: Place): readonly string[] => [
  `--kubeconfig=${filesOf(place).kubeconfig}`,
  "--manage-all-nodes=true",
  "--node-ip=127.0.0.1",
  `--cidr=${POD_NETWORK}`,
  `--server-address=127.0.0.1:${place.ports.kwok}`,
  // Without a lease the node is taken for dead after 50 s, and every pod with it.
  "--node-lease-duration-seconds=40",
];

/** Addresses of the pods that kwok lets run. */
export const POD_NETWORK = "10.0.0.1/16";
