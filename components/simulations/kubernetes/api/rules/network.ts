import { isIP } from "node:net";
import { type Data, isRecord, type KubernetesObject, recordsOf, valueAt } from "../object.ts";
import { forbidden, invalid, type Problem, required } from "../problem.ts";
import { isPort, PORT_WORDS, portProblems } from "./ports.ts";
import type { Rule } from "./rule.ts";

const SOURCE = "k8s.io/kubernetes v1.34.1 pkg/apis/networking/validation";

/** Something that a rule of a policy lists, and where. */
interface Listed {
  readonly at: string;
  readonly value: Data;
}

const listedIn = (policy: KubernetesObject, ofIngress: string, ofEgress: string): readonly Listed[] =>
  [
    ["ingress", ofIngress],
    ["egress", ofEgress],
  ].flatMap(([way = "", field = ""]) =>
    recordsOf(valueAt(policy, "spec", way)).flatMap((rule, index) =>
      recordsOf(rule[field]).map((value, place) => ({ at: `spec.${way}[${index}].${field}[${place}]`, value })),
    ),
  );

/** Ports of a policy are ports, and a range of them has a beginning and an end. */
export const policyPorts: Rule = {
  name: "policy-ports",
  kinds: ["NetworkPolicy"],
  source: `${SOURCE} (ValidateNetworkPolicyPort)`,
  check: (policy) =>
    listedIn(policy, "ports", "ports").flatMap(({ at, value: { port, endPort } }) => [
      ...(port === undefined ? [] : portProblems(port, `${at}.port`)),
      ...(endPort === undefined ? [] : endProblems(port, endPort, `${at}.endPort`)),
    ]),
};

function endProblems(port: unknown, end: unknown, at: string): readonly Problem[] {
  if (port === undefined) return [invalid(at, end, "may not be specified when `port` is not specified")];
  if (typeof port === "string") return [invalid(at, end, "may not be specified when `port` is non-numeric")];
  return [
    ...(Number(end) < Number(port) ? [invalid(at, port, "must be greater than or equal to `port`")] : []),
    ...(isPort(end) ? [] : [invalid(at, end, PORT_WORDS)]),
  ];
}

/** Whom a policy names is pods, namespaces or a block of addresses. */
export const policyPeers: Rule = {
  name: "policy-peers",
  kinds: ["NetworkPolicy"],
  source: `${SOURCE} (ValidateNetworkPolicyPeer, ValidateIPBlock)`,
  check: (policy) =>
    listedIn(policy, "from", "to").flatMap(({ at, value: { podSelector, namespaceSelector, ipBlock } }) => {
      const isSelecting = isRecord(podSelector) || isRecord(namespaceSelector);
      if (!isRecord(ipBlock)) return isSelecting ? [] : [required(at, "must specify a peer")];
      return [
        ...blockProblems(ipBlock.cidr, `${at}.ipBlock.cidr`),
        ...(isSelecting ? [forbidden(at, "may not specify both ipBlock and another peer")] : []),
      ];
    }),
};

function blockProblems(cidr: unknown, at: string): readonly Problem[] {
  if (cidr === undefined || cidr === "") return [required(at)];
  const [address = "", bits = "", ...rest] = String(cidr).split("/");
  const most = isIP(address) === 6 ? 128 : 32;
  return isIP(address) !== 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= most && rest.length === 0
    ? []
    : [invalid(at, cidr, "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)")];
}
