import fc from "fast-check";
import { expect, test } from "vitest";
import { objectName, variantName } from "../../../../components/platforms/kubernetes/route/names.ts";

test("a name says model, version and content", () => {
  expect(variantName("sentiment", "v1", "ab".repeat(32))).toBe("sentiment-v1-abababab");
});

test("a name that would be too long is cut, and told apart by a hash", () => {
  const [model, version] = ["m".repeat(40), "v".repeat(20)];
  const names = ["a", "b"].map((digit) => variantName(model, version, digit.repeat(64)));
  expect(names.map(({ length }) => length)).toEqual([63, 63]);
  expect(new Set(names).size).toBe(2);
});

test("a model that begins with a digit gets a letter in front, and stays apart from the one that is called so", () => {
  expect(objectName("3d-shapes")).toMatch(/^m-3d-shapes-[0-9a-f]{8}$/);
  expect(objectName("m-3d-shapes")).toBe("m-3d-shapes");
});

test("whatever it is made of, a name is one that a Service may have, and another name for other parts", () => {
  const part = fc.string({ minLength: 1, maxLength: 50 });
  fc.assert(
    fc.property(
      fc.array(part, { minLength: 1, maxLength: 3 }),
      fc.array(part, { minLength: 1, maxLength: 3 }),
      (one, other) => {
        const name = objectName(...one);
        expect(name).toMatch(/^[a-z]([-a-z0-9]*[a-z0-9])?$/);
        expect(name.length).toBeLessThanOrEqual(63);
        if (one.join("-") !== other.join("-")) expect(objectName(...other)).not.toBe(name);
      },
    ),
  );
});
