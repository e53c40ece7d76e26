import type { GatewayKind } from "../../components/platforms/kubernetes/route/gateway-kind.ts";
import type { SeriesByName } from "./rule-tests.ts";
import type { Samples, VersionCounts } from "./situations.ts";

/** How a gateway shows what became of the requests to a service in namespace `models`. */
type Shows = (service: string, counts: VersionCounts) => SeriesByName;

const sum = (...parts: readonly Samples[]): Samples =>
  (parts[0] ?? []).map((_, i) =>
    parts.some((part) => part[i] === null) ? null : parts.reduce((total, part) => total + (part[i] ?? 0), 0),
  );

/** A series that is not there before its first request. */
const fromFirst = (samples: Samples): Samples => {
  const first = samples.findIndex((value) => value !== null && value !== 0);
  return samples.map((value, i) => (first === -1 || i < first ? null : value));
};

const inClusters =
  (nameOf: (service: string) => string): Shows =>
  (service, { answered, errors, unanswered }) => {
    const name = `envoy_cluster_name="${nameOf(service)}"`;
    const inClass = (digit: number) => `envoy_cluster_upstream_rq_xx{${name},envoy_response_code_class="${digit}"}`;
    return {
      [`envoy_cluster_upstream_rq_completed{${name}}`]: sum(answered, errors, unanswered),
      [inClass(2)]: fromFirst(answered),
      [inClass(5)]: fromFirst(sum(errors, unanswered)),
    };
  };

/** As each of them names its series. They stand in for the gateways themselves: that these are the names, their sources say. */
export const shows: Readonly<Record<GatewayKind, Shows>> = {
  envoy: inClusters((service) => `models_${service}_8080`),
  "envoy-gateway": inClusters((service) => `service/models/${service}/8080/http`),
  istio(service, { answered, errors, unanswered }) {
    const series = (code: string, reporter = "source", namespace = "models") =>
      `istio_requests_total{reporter="${reporter}",destination_service_name="${service}",destination_service_namespace="${namespace}",response_code="${code}"}`;
    return {
      [series("200")]: fromFirst(answered),
      [series("500")]: fromFirst(errors),
      [series("0")]: fromFirst(unanswered),
      // The same requests as their servers saw them, and a service of the same name elsewhere: neither counts.
      [series("503", "destination")]: fromFirst(answered),
      [series("503", "source", "others")]: fromFirst(answered),
    };
  },
  haproxy(service, { answered, errors, unanswered }) {
    const proxy = `proxy="models_${service}_8080"`;
    const ofServer = (code: string) => `haproxy_server_http_responses_total{${proxy},server="pod1",code="${code}"}`;
    return {
      [`haproxy_backend_http_requests_total{${proxy}}`]: sum(answered, errors, unanswered),
      [ofServer("2xx")]: answered,
      [ofServer("4xx")]: answered.map(() => 0),
      [ofServer("5xx")]: errors,
      [`haproxy_backend_current_sessions{${proxy}}`]: answered.map(() => 3),
    };
  },
  traefik(service, { answered, errors, unanswered }) {
    const series = (code: string) =>
      `traefik_service_requests_total{service="httproute-models-sentiment-gw-models-ep-web-0-1d1c0-models-${service}-8080@kubernetesgateway",code="${code}"}`;
    return {
      [series("200")]: fromFirst(answered),
      [series("500")]: fromFirst(errors),
      [series("502")]: fromFirst(unanswered),
    };
  },
};
