import { join, relative, resolve } from "node:path";
import { lockedPackages, renderBill } from "../../../components/packaging/bill-of-materials.ts";
import { buildImage } from "../../../components/packaging/build-image.ts";
import { type ImagePlan, planImage, UnpackagedError } from "../../../components/packaging/image-plan.ts";
import { renderDockerfile } from "../../../components/packaging/render-dockerfile.ts";
import { serverFiles } from "../../../components/packaging/server-files.ts";
import { writeContext } from "../../../components/packaging/write-context.ts";
import {
  contentIn,
  dockerLogin,
  openRepository,
  RegistryError,
  type Repository,
  readReference,
} from "../../../components/registry/index.ts";
import type { ResolvedRelease, ResolvedVersion } from "../../../components/release/index.ts";
import { examineRelease } from "../../../components/release/release.ts";
import { hashOfFiles, listDirectory } from "../../../components/sources/index.ts";
import { loadSource, withoutPin } from "../../../components/sources/load-source.ts";
import { ociSource } from "../../../components/sources/oci/document.ts";
import { type Source, SourceError } from "../../../components/sources/source.ts";
import { exitCodes, Failure, problemsFailure, usageFailure } from "../failure.ts";
import type { PackageOptions } from "../options.ts";
import { findProject } from "../project.ts";
import { readStackFile } from "../stack-file.ts";
import type { Terminal } from "../terminal.ts";
import type { Outcome } from "../verb.ts";

const NAME = String.raw`[a-zA-Z0-9.-]+(?::\d+)?(?:\/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)+`;
const IMAGE = new RegExp(`^${NAME}:[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$`);
const BASE = new RegExp(`^(${NAME})(?::[A-Za-z0-9_][A-Za-z0-9._-]{0,127})?@sha256:[0-9a-f]{64}$`);

/** Writes a version's context, and makes its image when that is asked for. @throws Failure */
export async function packageVersion(terminal: Terminal, version: string, options: PackageOptions): Promise<Outcome> {
  const { image, base } = options;
  checkNames(options);
  const { root, release } = await releaseOf(options);
  const part = partOf(release, version);
  const out = resolve(root, options.out ?? join("images", version));
  try {
    const plan = planImage(
      { model: release.model.name, version, content: part.source.content, ...(part.serve && { serve: part.serve }) },
      base,
    );
    if (options.push && plan.run !== undefined) throw new UnpackagedError(needsDaemon(version, out));
    await terminal.during(`writing ${out}`, writeImage({ root, out, release, version, part, plan }));
    terminal.say(`${terminal.paint("green", "written")}  ${relative(process.cwd(), out) || "."}`);
    const facts = { image, base, folder: out };
    if (!options.push) {
      terminal.say(
        `\nNext:\n  docker build --tag ${image} ${out}\n  docker push ${image}\n  mlc add ${version} --from oci://${image} --stack <a stack of a cluster>`,
      );
      return { facts };
    }
    const digest = await terminal.during(`pushing ${image}`, pushImage(options, plan, out));
    const source = { kind: "oci", image, [ociSource.pinField]: contentIn(digest) };
    terminal.say(`${terminal.paint("green", "pushed")}   ${image}@${digest}\n\nIn a stack of a cluster:\n`);
    terminal.say(
      `${version}:\n  source: { kind: oci, image: "${image}", ${ociSource.pinField}: "${contentIn(digest)}" }`,
    );
    return { facts: { ...facts, digest, source } };
  } catch (error) {
    if (error instanceof UnpackagedError || error instanceof SourceError || error instanceof RegistryError) {
      throw new Failure(exitCodes.error, error.message);
    }
    throw error;
  }
}

function checkNames({ image, base }: PackageOptions): void {
  if (!IMAGE.test(image)) {
    throw usageFailure(
      `--image: seen "${image}", allowed are registry, repository and tag: ghcr.io/team/sentiment:v2.`,
    );
  }
  if (!BASE.test(base)) {
    throw usageFailure(
      `--base: seen "${base}", allowed are registry, repository and digest: docker.io/library/node:22-slim@sha256:… A tag alone is another image tomorrow; docker buildx imagetools inspect <image> prints the digest.`,
    );
  }
}

async function releaseOf(options: PackageOptions) {
  const project = await findProject(options);
  const examined = examineRelease(readStackFile(project).release);
  if (examined.problems !== undefined) throw problemsFailure(examined.problems);
  return { root: project.root, release: examined.release };
}

function partOf({ versions }: ResolvedRelease, version: string): ResolvedVersion {
  const part = versions[version];
  if (part !== undefined) return part;
  throw usageFailure(`No version ${version}. There are: ${Object.keys(versions).join(", ")}.`);
}

const needsDaemon = (version: string, out: string): string =>
  `--push: seen a version whose Python packages are installed while its image is made; allowed: one without serve.python. Leave --push out, then: docker build ${out}; and mlc add ${version} --from oci://… pins what was pushed.`;

interface Writing {
  readonly root: string;
  readonly out: string;
  readonly release: ResolvedRelease;
  readonly version: string;
  readonly part: ResolvedVersion;
  readonly plan: ImagePlan;
}

async function writeImage({ root, out, release, version, part, plan }: Writing): Promise<void> {
  const { source: where, serve } = part;
  const source = await loadSource(withoutPin(where), { root });
  if (source.isElsewhere === true) {
    throw new UnpackagedError(
      `versions.${version}.source: seen ${source.name}, which is no files; allowed: a source of files. It is served as it is.`,
    );
  }
  const server = serve === undefined ? serverFiles(root, await runtimeOf(source)) : undefined;
  const lock = serve?.python && (await source.read(serve.python.lock));
  const copied = Object.entries(server?.files ?? {}).map(([path, from]) => [`app/${path}`, from] as const);
  const texts = { Dockerfile: renderDockerfile(plan) };
  await writeContext(out, { texts, copied: Object.fromEntries(copied) }, async (directory) => {
    await source.open(where.content, directory);
    const files = await listDirectory(directory);
    if (hashOfFiles(files) !== where.content) {
      throw new UnpackagedError(
        `versions.${version}.source: seen other files than pinned in ${source.name}; allowed: those of its hash. Put them back, or make them another version.`,
      );
    }
    const bill = { model: release.model.name, version, content: where.content, base: plan.base, files };
    return renderBill({ ...bill, ingredients: server?.ingredients ?? lockedPackages(lock ?? "") });
  });
}

/** What of the library's own formats it is. */
async function runtimeOf(source: Source): Promise<"own" | "onnx"> {
  const manifest: unknown = JSON.parse((await source.read("model.json")) ?? "{}");
  return typeof manifest === "object" && manifest !== null && "runtime" in manifest && manifest.runtime === "onnx"
    ? "onnx"
    : "own";
}

async function pushImage({ image, base }: PackageOptions, plan: ImagePlan, out: string): Promise<string> {
  const { registry, repository, tag } = readReference(image);
  const [, below = ""] = BASE.exec(base) ?? [];
  const route = {
    from: openWith(below, "OCI_CREDENTIAL"),
    to: openWith(`${registry}/${repository}`, "OCI_ARCHIVE_CREDENTIAL"),
    tag,
  };
  return buildImage(route, plan, out);
}

const openWith = (name: string, credential: string): Repository =>
  openRepository(name, process.env[credential] || dockerLogin(name.split("/")[0] ?? "", process.env));
