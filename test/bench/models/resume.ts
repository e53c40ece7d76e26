import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { killDownload } from "../../sources/fetched/killed-download.ts";
import { type Figure, figure } from "../figure.ts";

const KILLS = 20;
const LENGTH = 60_000_000;

/** What a download loses when its process is killed: bytes that the server sends again, and files that are there before they are whole. */
export async function benchResume(): Promise<readonly Figure[]> {
  const root = mkdtempSync(join(tmpdir(), "mlc-resume-"));
  try {
    const { bytes, sent, early, kept, hash } = await killDownload(root, {
      kills: KILLS,
      length: LENGTH,
      each: LENGTH / (KILLS + 5),
    });
    const share = ((sent - bytes) / bytes) * 100;
    const wrong = early.length + kept.filter((each) => each !== hash).length;
    const detail = `${KILLS} kills in a download of ${bytes / 1e6} MB; the server sent ${(sent / 1e6).toFixed(2)} MB`;
    return [
      figure("fetch-resume-lost", share, "%", { atMost: 5 }, `bytes that were sent again, of the file's: ${detail}`),
      figure(
        "fetch-corrupt-visible",
        wrong,
        "files",
        { atMost: 0 },
        "in the store before a download was whole, or of other bytes than their name says",
      ),
    ];
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
