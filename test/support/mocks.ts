import * as pulumi from "@pulumi/pulumi";

export interface Registered {
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

/**
 * Records what a program registers. Mocks obey no resource option, know no old state and run no provider: what depends
 * on one of these is proved on the real engine.
 */
export async function registered(program: () => void): Promise<readonly Registered[]> {
  const rows: Registered[] = [];
  await pulumi.runtime.setMocks({
    newResource: ({ type, name, inputs }) => {
      rows.push({ type, name, inputs });
      return { id: `${name}-id`, state: inputs };
    },
    call: () => ({}),
  });
  program();
  await pulumi.runtime.disconnect();
  return rows;
}
