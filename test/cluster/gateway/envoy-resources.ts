import type { Backend, Header, HeaderMatch, Rule, Table } from "./table.ts";

/** Files that a running Envoy takes over when one is renamed into place. */
export interface EnvoyFiles {
  readonly clusters: string;
  readonly routes: string;
  /** The addresses of one cluster. */
  readonly endpoints: (backend: string) => string;
}

const file = (path: string) => ({ path_config_source: { path }, resource_api_version: "V3" });

const typed = (type: string, fields: object) => ({ "@type": `type.googleapis.com/${type}`, ...fields });

/** What Envoy is started with: one listener, its administration page for metrics, and where the rest is read. */
export const renderBootstrap = (files: EnvoyFiles, port: number, adminPort: number) => ({
  node: { id: "test", cluster: "test" },
  admin: { address: address("127.0.0.1", adminPort) },
  dynamic_resources: { cds_config: file(files.clusters) },
  static_resources: {
    listeners: [
      { name: "gateway", address: address("127.0.0.1", port), filter_chains: [{ filters: [connections(files)] }] },
    ],
  },
});

const address = (host: string, port: number) => ({ socket_address: { address: host, port_value: port } });

const connections = (files: EnvoyFiles) => ({
  name: "envoy.filters.network.http_connection_manager",
  typed_config: typed("envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager", {
    stat_prefix: "gateway",
    strip_any_host_port: true,
    rds: { route_config_name: "routes", config_source: file(files.routes) },
    http_filters: [
      { name: "envoy.filters.http.router", typed_config: typed("envoy.extensions.filters.http.router.v3.Router", {}) },
    ],
  }),
});

const discovery = (resources: readonly object[]) => ({ resources });

/** One cluster a service, so that each has counters of its own. */
export const renderClusters = ({ backends }: Table, files: EnvoyFiles) =>
  discovery(
    backends.map(({ id }) =>
      typed("envoy.config.cluster.v3.Cluster", {
        name: id,
        type: "EDS",
        connect_timeout: "1s",
        eds_cluster_config: { eds_config: file(files.endpoints(id)) },
      }),
    ),
  );

export const renderEndpoints = ({ id, addresses }: Backend) =>
  discovery([
    typed("envoy.config.endpoint.v3.ClusterLoadAssignment", {
      cluster_name: id,
      endpoints: [
        { lb_endpoints: addresses.map((each) => ({ endpoint: { address: address(each.address, each.port) } })) },
      ],
    }),
  ]);

/** A virtual host a name, with the rules in their order. */
export function renderRoutes({ rules }: Table) {
  const hosts = [...new Set(rules.flatMap((rule) => rule.hosts))];
  return discovery([
    typed("envoy.config.route.v3.RouteConfiguration", {
      name: "routes",
      virtual_hosts: hosts.map((host) => ({
        name: host,
        domains: [host],
        routes: rules.filter((rule) => rule.hosts.includes(host)).map(routeOf),
      })),
    }),
  ]);
}

function routeOf({ headers, shares, mirror, set, timeoutMs }: Rule) {
  const match = { prefix: "/", headers: headers.map(headerMatcher) };
  // The standard asks for 500 where nobody may answer.
  if (shares.every(({ weight }) => weight === 0)) return { match, direct_response: { status: 500 } };
  const clusters = shares.map(({ backend, weight, set }) => ({
    name: backend,
    weight,
    response_headers_to_add: set.map(headerOption),
  }));
  const mirrors = mirror && [
    {
      cluster: mirror.backend,
      runtime_fraction: { default_value: { numerator: mirror.share, denominator: "TEN_THOUSAND" } },
    },
  ];
  return {
    match,
    route: {
      weighted_clusters: { clusters },
      timeout: `${timeoutMs / 1000}s`,
      ...(mirrors && { request_mirror_policies: mirrors }),
    },
    response_headers_to_add: set.map(headerOption),
  };
}

const headerMatcher = ({ type, name, value }: HeaderMatch) => ({
  name,
  string_match: type === "RegularExpression" ? { safe_regex: { regex: value } } : { exact: value },
});

const headerOption = ({ name, value }: Header) => ({
  header: { key: name, value: value.replaceAll("%", "%%") },
  append_action: "OVERWRITE_IF_EXISTS_OR_ADD",
});
