import { bad, type Finding } from "../../components/platforms/data-plane.ts";
import { usageFailure } from "./failure.ts";
import type { Project } from "./project.ts";
import { modelIn } from "./stack-file.ts";

/**
 * One pass over every endpoint of a stack's model, as its controller makes it.
 * @returns what keeps some of them from being decided
 * @throws Failure (2) where what serves decides by itself
 */
export async function drive(project: Project): Promise<readonly Finding[]> {
  const { dataPlane, stack } = project;
  if (dataPlane.drive === undefined) {
    throw usageFailure(`--drive: what serves ${stack} decides by itself. Leave it out.`);
  }
  const endpoints = await dataPlane.endpoints({ model: modelIn(project) });
  const passes = endpoints.map(async ({ endpoint }) => ({ endpoint, problem: await dataPlane.drive?.(endpoint) }));
  return (await Promise.all(passes)).flatMap(({ endpoint, problem }) =>
    problem === undefined ? [] : [bad(`drive ${endpoint}`, problem, "mend it; it is tried again every second")],
  );
}
