import { AwsV4Signer } from "aws4fetch";
import { describe, expect, test } from "vitest";
import { entriesOf, keyOf, textOf } from "../../components/sources/object/listing.ts";
import { objectStoreSuite } from "./object-store-suite.ts";
import { hasObjectStore, objectStoreNeeded } from "./real-object-store.ts";

describe.skipIf(!hasObjectStore)(`a real server of the S3 protocol${objectStoreNeeded}`, objectStoreSuite);

test("a list is read as stores write it: encoded names, tags in entities, of Amazon and of Google", () => {
  const xml = `<?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>models</Name><Prefix>fraud/v1/</Prefix><EncodingType>url</EncodingType><IsTruncated>true</IsTruncated><NextContinuationToken>a&amp;b==</NextContinuationToken><Contents><Key>fraud/v1/sp+ace%2B%C3%BC%25.txt</Key><ETag>&#34;554a7f67&#34;</ETag><Size>7</Size><Owner><ID>x</ID></Owner></Contents><Contents><Key>fraud/v1/b</Key><Generation>1795576497045956</Generation><ETag>&quot;c&quot;</ETag><Size>1</Size></Contents></ListBucketResult>`;
  const entries = entriesOf(xml, "Contents");
  expect(entries.map((entry) => keyOf(xml, entry))).toEqual(["fraud/v1/sp ace+ü%.txt", "fraud/v1/b"]);
  expect(entries[0]).toMatchObject({ ETag: '"554a7f67"', Size: "7" });
  expect(entries[1]).toMatchObject({ ETag: '"c"', Generation: "1795576497045956" });
  expect([textOf(xml, "IsTruncated"), textOf(xml, "NextContinuationToken")]).toEqual(["true", "a&b=="]);
});

test("a signature is that of Amazon's own example", async () => {
  // https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html, "GET Bucket (List Objects)".
  const signed = await new AwsV4Signer({
    url: "https://examplebucket.s3.amazonaws.com/?max-keys=2&prefix=J",
    headers: { "x-amz-content-sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
    accessKeyId: "AKIAIOSFODNN7EXAMPLE",
    secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    region: "us-east-1",
    service: "s3",
    datetime: "20130524T000000Z",
  }).sign();
  expect(signed.headers.get("authorization")).toContain(
    "Signature=34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
  );
});
