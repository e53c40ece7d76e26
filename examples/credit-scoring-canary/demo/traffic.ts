/** Applicants who ask for a loan, and a loan desk that tells who got one. */
import { createRandom } from "../../stage/random.ts";
import { beCustomers } from "../../stage/traffic.ts";
import { createApplication } from "../training/applicants.ts";

const random = createRandom(11);

beCustomers({
  rate: 600,
  next: () => ({ features: createApplication(random) }),
  metric: "approvalRate",
  event: "approved",
});
