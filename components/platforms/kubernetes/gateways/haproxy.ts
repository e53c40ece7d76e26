import { escapeRegex } from "../../../metric-sources/prometheus/index.ts";
import type { Gateway } from "./gateway.ts";

/**
 * HAProxy with a backend for each service that is called `<namespace>_<service>_<port>`, and `retries 0`: what is sent
 * again hides a failure. What no server answers stands in no class of a server's answers (seen with 2.6: 112 clients got
 * 503, and both 5xx counters of the servers stood at 0), so it is what is missing there.
 * https://github.com/haproxy/haproxy/blob/master/addons/promex/README
 */
export const haproxy: Gateway = {
  title: "HAProxy",
  sent: { metric: "haproxy_backend_http_requests_total" },
  answers: { metric: "haproxy_server_http_responses_total", status: "code" },
  answersAll: false,
  open: { metric: "haproxy_backend_current_sessions" },
  service: "proxy",
  valueOf: (namespace, { service, port }) => escapeRegex(`${namespace}_${service}_${port}`),
  backendFilters: true,
  // Nothing says that an exact match comes before it.
  headerPatterns: false,
  setUp: ["a backend for each Service, called <namespace>_<service>_<port>", "retries 0 and no redispatch"],
};
