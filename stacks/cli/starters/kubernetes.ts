import type { PlatformStarter } from "./platform-starter.ts";

/** A first project for a cluster: its namespace, its Gateway, its Prometheus and the image are the team's own. */
export const starter: PlatformStarter = {
  packages: { "@pulumi/kubernetes": "^4.30.0" },
  archives: true,
  before: ["mlc pin --yes"],
  yours: "namespace, gateway, hosts, prometheus and the image",
  program: `import { ModelEndpoint, ModelRetirement, MonitoringStack, readRelease } from "pulumi-model-lifecycle";
import { loadParts } from "pulumi-model-lifecycle/parts";

// Everything that changes stands in the stack's configuration: Pulumi.<stack>.yaml.
const release = readRelease();
const { name } = release.model;
const { platform, monitor, store } = await loadParts(release);

const endpoint = new ModelEndpoint(name, { release, platform });
if (monitor) new MonitoringStack(\`\${name}-monitoring\`, { release, monitor });
if (store) new ModelRetirement(\`\${name}-retirement\`, { release, endpoint, store });

export const url = endpoint.url;
`,
  release: ({ model, archive }) => `model-lifecycle:release:
  model:
    name: ${model}
    owner: my-team # who answers for it
    riskTier: low # low | medium | high
  platform:
    kind: kubernetes
    namespace: models # it is there already; everything of the model stands in it
    gateway: # it is there already, and lets routes of the namespace in
      kind: envoy-gateway # whose counters are read: envoy | envoy-gateway | istio | haproxy | traefik
      name: public
      namespace: gateways
    hosts: [${model}.example.com] # what clients call
    prometheus: # scrapes the Gateway; a candidate is judged by what it has counted
      url: http://prometheus.monitoring:9090 # as pods call it
      interval: "15 seconds" # its scrape_interval
    replicas: { least: "2", most: "6" } # pods of each version
${archive === undefined ? "" : `  archive: { kind: oci, repository: "${archive}" } # keeps versions that went out of service\n`}
  # The versions by name, each an image that answers on port 8080. \`mlc pin\` asks the registry for the digest of the tag and
  # writes it here: what was reviewed is what is served.
  versions:
    v1:
      source: { kind: oci, image: "ghcr.io/my-team/${model}:v1" }

  rollout:
    stable: v1
    # The next version goes here: add it to versions, then \`mlc pin\` and \`mlc start v2\`.
    steps: ["shadow", "5%", "25%", "50%", "100%"]
    advance: automatic # automatic: by the controller in the cluster | manual
    bake: "1 minute" # the least time on a step
    guards: # a guard that fires takes all traffic from the candidate at once
      - { metric: errorRate, margin: "0.5pp" } # points
      - { metric: latency, margin: "100%" } # relative to stable, as fine as the Gateway's buckets are
    onInconclusive: hold # hold | rollback | promote
`,
};
