import { execFileSync } from "node:child_process";
import path from "node:path";
import { expect, test } from "vitest";
import { repository } from "../support/project.ts";

const depcruise = path.join(repository, "node_modules/.bin/depcruise");
const floors =
  "^(components/(release|traffic|sources|lifecycle|analysis|guards|rollout|host|provider|kit|monitors|archives)|components/platforms/local/[a-z-]+|stacks/[a-z]+|policies|examples/[a-z-]+)/";

test("nobody imports upwards", () => {
  const output = execFileSync(depcruise, ["components", "stacks", "policies", "examples"], {
    cwd: repository,
    encoding: "utf8",
  });
  expect(output).toContain("no dependency violations found");
});

test("the drawing of the layers is the code's (npx vitest run test/architecture -u)", async () => {
  const args = [
    "components",
    "stacks",
    "policies",
    "examples",
    "--include-only",
    "^(components|stacks|policies|examples)/",
  ];
  const mermaid = execFileSync(depcruise, [...args, "--output-type", "mermaid", "--collapse", floors], {
    cwd: repository,
    encoding: "utf8",
  });
  const page = `# Layers\n\nDrawn from the imports. \`npx vitest run test/architecture -u\` draws it again.\n\n\`\`\`mermaid\n${mermaid.trim()}\n\`\`\`\n`;
  await expect(page).toMatchFileSnapshot(path.join(repository, "docs/layers.md"));
});
