import { IMAGE_PORT, IMAGE_USER, type ImagePlan } from "./image-plan.ts";

/** The first line of what may be written again. */
export const DOCKERFILE_MARK = "# Written by mlc package; write it again rather than edit it.";

/** The plan as a Dockerfile, whose context is the folder that it stands in. */
export function renderDockerfile({ base, labels, copies, run, env, directory, entrypoint }: ImagePlan): string {
  return [
    DOCKERFILE_MARK,
    `FROM ${base}`,
    ...Object.entries(labels).map(([key, value]) => `LABEL ${JSON.stringify(key)}=${quoted(value)}`),
    ...copies.map(({ from, to }) => `COPY ${from} ${to}`),
    ...(run === undefined ? [] : [`RUN ${JSON.stringify(run)}`]),
    ...Object.entries(env).map(([name, value]) => `ENV ${name}=${quoted(value)}`),
    `WORKDIR ${directory}`,
    `USER ${IMAGE_USER}`,
    `EXPOSE ${IMAGE_PORT}`,
    `ENTRYPOINT ${JSON.stringify(entrypoint)}`,
    "",
  ].join("\n");
}

/** A value in which Docker finds nothing to fill in. */
const quoted = (value: string): string => JSON.stringify(value).replaceAll("$", "\\$");
