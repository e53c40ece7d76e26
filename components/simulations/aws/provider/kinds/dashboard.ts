import type { Data } from "../../account/data.ts";
import { Refused } from "../../account/refused.ts";
import type { Cloud } from "../cloud.ts";
import type { AwsType } from "../kind.ts";

function put(cloud: Cloud, inputs: Data): Data {
  return cloud.use((account) => {
    const name = String(inputs.dashboardName);
    account.holdings.dashboards[name] = String(inputs.dashboardBody);
    return { dashboardArn: account.arn("cloudwatch", `dashboard/${name}`, ""), region: account.region };
  });
}

/** Source: terraform-provider-aws internal/service/cloudwatch/dashboard.go@0620f2a6a1 */
export const dashboard: AwsType = {
  type: "cloudwatch/dashboard:Dashboard",
  label: "CloudWatch Dashboard",
  nameOf: ({ dashboardName }) => String(dashboardName),
  create(cloud, inputs) {
    const name = String(inputs.dashboardName);
    const isThere = cloud.use(({ holdings }) => holdings.dashboards[name] !== undefined);
    if (isThere && !cloud.holds("dashboards-are-overwritten")) {
      throw new Refused("ResourceConflict", `Dashboard ${name} already exists.`, 409);
    }
    return put(cloud, inputs);
  },
  update: put,
  read({ holdings: { dashboards } }, { dashboardName }) {
    const dashboardBody = dashboards[String(dashboardName)];
    return dashboardBody === undefined ? undefined : { dashboardBody };
  },
  // One that is gone already is an error: the provider does not look away.
  delete(cloud, { dashboardName }) {
    cloud.use(({ holdings: { dashboards } }) => {
      const name = String(dashboardName);
      if (dashboards[name] === undefined)
        throw new Refused("ResourceNotFound", `Dashboard ${name} does not exist`, 404);
      delete dashboards[name];
    });
  },
};
