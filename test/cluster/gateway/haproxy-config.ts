import type { Header, HeaderMatch, Rule, Table } from "./table.ts";

/** Pods that a backend can have. */
export const SLOTS = 32;

/** Files and ports of one HAProxy. */
export interface HaproxyPlace {
  readonly socket: string;
  /** Thresholds of the draw, which are changed while it runs. */
  readonly thresholds: string;
  readonly port: number;
  readonly metricsPort: number;
}

/** The key of a share's threshold. */
const keyOf = (rule: number, share: number): string => `r${rule}s${share}`;

/** A request draws a number below the sum of a rule's weights, and goes to the first share whose threshold is above it. */
export function thresholdsOf({ rules }: Table): ReadonlyMap<string, number> {
  const thresholds = new Map<string, number>();
  rules.forEach(({ shares }, rule) => {
    const total = shares.reduce((sum, { weight }) => sum + weight, 0);
    let below = 0;
    shares.forEach(({ weight }, share) => {
      below += weight;
      thresholds.set(keyOf(rule, share), total === 0 ? 0 : Math.round((below / total) * DRAW));
    });
  });
  return thresholds;
}

const DRAW = 1_000_000;

/** The configuration without weights and addresses: a table that differs in those alone gives the same text. */
export function renderConfig(table: Table, place: HaproxyPlace): string {
  return [
    "global",
    `  stats socket ${place.socket} mode 600 level admin expose-fd listeners`,
    // A reload leaves idle connections open until their next answer, so that no request meets a closed one.
    "  hard-stop-after 5s",
    "defaults",
    "  option idle-close-on-response",
    "  mode http",
    "  retries 0",
    "  timeout connect 1s",
    "  timeout client 30s",
    "  timeout server 10s",
    "frontend metrics",
    `  bind 127.0.0.1:${place.metricsPort}`,
    "  http-request use-service prometheus-exporter if { path /metrics }",
    "frontend gateway",
    `  bind 127.0.0.1:${place.port}`,
    `  http-request set-var(txn.draw) rand(${DRAW})`,
    ...table.rules.map(renderMatch),
    "  http-request return status 404 if !{ var(txn.rule) -m found }",
    ...table.rules.flatMap((rule, index) => renderShares(rule, index, place)),
    "  http-request return status 500 if !{ var(txn.share) -m found }",
    ...table.rules.flatMap(renderUse),
    ...table.backends.flatMap(({ id }) => renderBackend(id, table.rules)),
    "",
  ].join("\n");
}

function renderMatch({ hosts, headers }: Rule, rule: number): string {
  const host = hosts.includes("*") ? "" : ` { req.hdr(host),host_only -i ${hosts.map(quote).join(" ")} }`;
  const conditions = headers.map(renderHeaderMatch).join("");
  return `  http-request set-var(txn.rule) int(${rule}) if !{ var(txn.rule) -m found }${host}${conditions}`;
}

const renderHeaderMatch = ({ type, name, value }: HeaderMatch): string =>
  ` { req.hdr(${name}) -m ${type === "RegularExpression" ? "reg" : "str"} ${quote(value)} }`;

function renderShares({ shares }: Rule, rule: number, { thresholds }: HaproxyPlace): readonly string[] {
  return shares.flatMap((_, share) => {
    const key = keyOf(rule, share);
    const isRule = `{ var(txn.rule) -m int ${rule} }`;
    const isBelow = `{ var(txn.draw),sub(txn.${key}) -m int lt 0 }`;
    return [
      `  http-request set-var(txn.${key}) str(${key}),map_str_int(${thresholds},0) if ${isRule}`,
      `  http-request set-var(txn.share) int(${share}) if ${isRule} !{ var(txn.share) -m found } ${isBelow}`,
    ];
  });
}

function renderUse({ shares, set }: Rule, rule: number): readonly string[] {
  return shares.flatMap((share, index) => {
    const isShare = `{ var(txn.rule) -m int ${rule} } { var(txn.share) -m int ${index} }`;
    const headers = [...set, ...share.set].map(
      (header) => `  http-after-response ${renderHeader(header)} if ${isShare}`,
    );
    return [`  use_backend ${share.backend} if ${isShare}`, ...headers];
  });
}

/** HAProxy has one deadline for a backend: the longest of the rules that name it. */
function renderBackend(id: string, rules: readonly Rule[]): readonly string[] {
  const deadlines = rules.filter(({ shares }) => shares.some(({ backend }) => backend === id));
  const longest = Math.max(0, ...deadlines.map(({ timeoutMs }) => timeoutMs));
  return [
    `backend ${id}`,
    ...(longest > 0 ? [`  timeout server ${longest}ms`] : []),
    `  server-template pod 1-${SLOTS} 127.0.0.1:1 disabled`,
  ];
}

const renderHeader = ({ name, value }: Header): string => `set-header ${name} ${quote(value.replaceAll("%", "%%"))}`;

const quote = (text: string): string => `"${text.replaceAll(/(["\\$])/g, "\\$1")}"`;
